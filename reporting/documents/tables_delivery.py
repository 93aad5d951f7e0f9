"""Delivery: completeness and timeliness. Pure."""

from __future__ import annotations

from . import texts
from .book import TOTAL, Book, Line, Measure, name_runs
from .content import Block, Bullets, Figure, Heading, Paragraph, Text
from .facts import MISSING, YEARLY
from .formats import format_date

ALL_UNITS = {"units": "all"}


def delivery_measures(book: Book) -> tuple[Measure, ...]:
    """How the reports stand, of all units: their states, and shares of them."""
    _ = book._
    every = _("All units that report, municipalities and the districts of Oslo")
    states = texts.delivery_states(_)
    words = {
        "on_time": _("The report was sent in by the deadline"),
        "late": _("The report was sent in after the deadline, and before the figures were taken"),
        "returned": _("The report was sent back with a comment and had not been sent in anew; it does not count"),
        "missing": _("No report had been sent in when the figures were taken"),
    }
    return (
        Measure("units", _("Units"), {}, definition=_("Units that report on the reference date"), rule="units"),
        *(
            Measure(key, label, {"delivery": key}, definition=words[key], denominator=every, rule=f"delivery.{key}")
            for key, label in states.items()
        ),
        Measure("delivered", _("Delivered in all"), {"delivery": "delivered"},
                definition=_("On time or after the deadline"), denominator=every, rule="delivery.delivered"),
        Measure("share", _("Share delivered"), {"delivery": "delivered", "measure": "share"}, kind="share",
                definition=_("On time or after the deadline"), denominator=every, rule="delivery.delivered"),
        Measure("share_on_time", _("Share on time"), {"delivery": "on_time", "measure": "share"}, kind="share",
                definition=words["on_time"], denominator=every, rule="delivery.on_time"),
        Measure("extended", _("Within an extended deadline"), {"delivery": "extended"},
                definition=_("Counted among those on time: sent in within a later deadline that the statsforvalter"
                             " had given this unit"),
                denominator=every, rule="delivery.extended"),
        Measure("on_behalf", _("By the office for the unit"), {"delivery": "on_behalf"},
                definition=_("Sent in by the statsforvalter on behalf of the unit"),
                denominator=every, rule="delivery.on_behalf"),
    )  # fmt: skip


def delivery_chapter(book: Book) -> tuple[Block, ...]:
    """Completeness and timeliness by office: all units, and of these municipalities and districts."""
    _ = book._
    country, *offices = book.office_lines(**ALL_UNITS)
    lines = [
        country,
        Line("municipalities", _("of these municipalities"), {"units": "municipality"}),
        Line("districts", _("of these districts of Oslo"), {"units": "district"}),
        *offices,
    ]
    table = book.table(
        "delivery",
        _("Delivery by office"),
        _("Office"),
        lines,
        delivery_measures(book),
        note=_("On time + after the deadline + sent back + not delivered = units."),
    )  # fmt: skip

    def of(column: str, row: str = TOTAL) -> Figure:
        return book.figure("delivery", column, row)

    lead = book.say(
        _("{share} of the units have delivered, and {on_time} delivered by the deadline."),
        share=of("share"), on_time=of("share_on_time"),
    )  # fmt: skip
    body = book.say(
        _(
            "{delivered} of {units} units have delivered: {on_time} on time and {late} after the deadline. "
            "{returned} have been sent back and do not count, and {missing} have not delivered. "
            "Of the {municipalities} municipalities, {delivered_m} have delivered."
        ),
        delivered=of("delivered"), units=of("units"), on_time=of("on_time"), late=of("late"),
        returned=of("returned"), missing=of("missing"),
        municipalities=of("units", "municipalities"), delivered_m=of("delivered", "municipalities"),
    )  # fmt: skip
    chart = book.by_office(
        _("Delivery by office, number of units"), "delivery",
        [(key, key if key == MISSING else f"delivery_{key}", label) for key, label in texts.delivery_states(_).items()],
        share="share", head=_("Delivered"),
    )  # fmt: skip
    return (
        Heading("delivery", 1, _("Delivery")),
        Paragraph(lead, "lead"),
        Paragraph(body),
        chart,
        table,
        *_rounds_of_the_year(book),
        *_absent(book),
    )


def _rounds_of_the_year(book: Book) -> tuple[Block, ...]:
    """What a yearly report rests on: the delivery in each round of the year. Empty in a half-year note."""
    _ = book._
    year = book.facts.round.date.year
    rounds = [entry for entry in book.facts.rounds if entry.of is None and entry.date.year == year]
    if book.facts.composed.kind != YEARLY:
        return ()
    lines = [
        Line(entry.date.isoformat(), format_date(entry.date), {"round": entry.date.isoformat(), **ALL_UNITS})
        for entry in rounds
    ]
    table = book.table(
        "delivery_rounds", _("Delivery in the rounds of the year"), _("Round"), lines, delivery_measures(book),
        note=_("The municipalities have been asked in these rounds only. An answer of the first round is not carried "
               "into the second."),
    )  # fmt: skip
    return (Heading("delivery_rounds", 2, _("The rounds of the year")), table)


def _absent(book: Book) -> tuple[Block, ...]:
    """Who has not delivered, by name: the returned ones and the missing ones, municipalities and
    districts."""
    _ = book._
    items = []
    for state, label in ((key, texts.delivery_states(_)[key]) for key in ("returned", "missing")):
        absent = {row.unit for row in book.facts.reports if row.state == state and row.round == book.facts.round.date}
        units = [unit for unit in book.facts.units if unit.id in absent]
        if units:
            items.append((Text(label + ": ", strong=True), *name_runs(units)))
    if not items:
        return ()
    return (Heading("not_delivered", 2, _("Who is missing")), Bullets(tuple(items)))

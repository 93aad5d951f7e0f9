"""The core indicators over the rounds in the borders of the document's own day. Pure."""

from __future__ import annotations

from dataclasses import replace

from .book import Book, Line, Measure
from .content import Block, Heading
from .formats import format_date
from .tables_core import indicator_measures

CARRIED = ("network", "support", "adopted", "adopted_process")
"""The indicators that the registers give for each municipality on any day."""


def borders_section(book: Book) -> tuple[Block, ...]:
    """The development in the borders of the last round; empty where they were the same in all rounds."""
    _, facts = book._, book.facts
    if not facts.parts:
        return ()
    borders = {"borders": facts.round.date.isoformat()}
    lines = [
        Line(entry.date.isoformat(), format_date(entry.date), {"round": entry.date.isoformat()})
        for entry in facts.rounds
    ]
    whole = _("A municipality made of several is counted when all its parts were")
    every = book.tell(_("The municipalities of {date}"), date=facts.round.date)
    indicators = [
        replace(
            measure, select={**measure.select, **borders}, definition=f"{measure.definition}. {whole}",
            denominator=every, rule=f"{measure.rule}.borders", version=1,
        )
        for measure in indicator_measures(book)
        if measure.key in CARRIED
    ]  # fmt: skip
    table = book.table(
        "trend_borders",
        book.tell(_("Core indicators over the rounds in the borders of {date}, number of municipalities"),
                  date=facts.round.date),
        _("Round"),
        lines,
        (
            Measure("units", _("Municipalities"), borders, definition=every, rule="units.borders"),
            *indicators,
            Measure("unknown", _("Cannot be said"), {**borders, "carried": "no"},
                    definition=_("Municipalities that were part of one that has been split: the figure of the whole "
                                 "is not shared out"),
                    denominator=every, rule="units.borders.unknown"),
        ),
        note=_("From the registers, as they were on each reference date. The figures of municipalities that have "
               "merged since are brought together; nothing is shared out by guess."),
    )  # fmt: skip
    return (Heading("trend_borders", 2, book.tell(_("In the borders of {date}"), date=facts.round.date)), table)

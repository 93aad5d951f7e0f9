"""Networks, and the support that was given and is wanted. Pure."""

from __future__ import annotations

from . import texts
from .book import TOTAL, Book, Line, Measure
from .content import Block, Column, Heading, Paragraph
from .facts import NetworkFact
from .tables_core import indicator_measures


def network_chapter(book: Book) -> tuple[Block, ...]:
    """Who takes part in a learning network, by office, and each network with its members in the register."""
    _ = book._
    every = book.every
    question = {"question": "network.participates"}
    core = next(measure for measure in indicator_measures(book) if measure.key == "network")
    answers = {"yes": _("Takes part"), "planned": _("Planned"), "no": _("Does not take part")}
    table = book.table(
        "networks",
        _("Learning networks by office, number of municipalities"),
        _("Office"),
        book.office_lines(),
        (
            book.units(),
            *(
                Measure(key, label, {**question, "values": key},
                        definition=book.tell(_("Answer on regional learning networks: {answer}"), answer=label.lower()),
                        denominator=every, rule=f"network.participates={key}")
                for key, label in answers.items()
            ),
            Measure("missing", _("Not answered"), {**question, "answer": "missing"},
                    definition=_("The report is missing, or the question is empty"), denominator=every,
                    rule="network.participates.missing"),
            Measure("share", _("Share taking part"), {**question, "values": "yes", "measure": "share"}, kind="share",
                    definition=_("Municipalities that answer that they take part in a regional learning network"),
                    denominator=every, rule="network.participates=yes"),
            Measure("registered", _("In the network register"), core.select, definition=core.definition,
                    denominator=core.denominator, rule=core.rule, version=core.version),
        ),
        note=_(
            "Takes part + planned + does not + not answered = municipalities: that is what they report. The last "
            "column is the core indicator."
        ),
    )  # fmt: skip
    chart = book.by_office(
        _("Learning networks by office, number of municipalities"), "networks",
        [*((key, f"network_{key}", label) for key, label in answers.items()),
         ("missing", "missing", _("Not answered"))],
        share="share", head=_("Takes part"),
    )  # fmt: skip
    lead = book.say(
        _("{n} of {units} municipalities take part in a regional network, by the network register. In their reports "
          "{said} answer that they do, and {planned} that they plan to."),
        n=book.figure("core", "network"), units=book.figure("core", "units"), said=book.figure("networks", "yes"),
        planned=book.figure("networks", "planned"),
    )  # fmt: skip
    return (Heading("networks", 1, _("Networks")), Paragraph(lead, "lead"), chart, table, _register(book))


def _register(book: Book) -> Block:
    _ = book._
    kinds = texts.network_kinds(_)
    lines = [
        Line(
            str(network.id),
            network.name,
            {"network": str(network.id)},
            words=(kinds.get(network.kind, network.kind), _offices(book, network), network.host or "–"),
        )
        for network in book.facts.networks
    ]
    return book.table(
        "register",
        _("The networks in the register, number of municipalities"),
        _("Network"),
        lines,
        (
            Measure("active", _("Active"), {"register": "participation", "status": "active"},
                    definition=_("Municipalities that are active in the network on the reference date"),
                    rule="register.participation"),
            Measure("planned", _("Planned"), {"register": "participation", "status": "planned"},
                    definition=_("Municipalities that plan to take part in the network"),
                    rule="register.participation"),
        ),
        words=(Column("kind", _("Kind")), Column("offices", _("Offices")), Column("host", _("Host"))),
        empty=_("No networks are registered."),
    )  # fmt: skip


def _offices(book: Book, network: NetworkFact) -> str:
    if len(network.offices) == len(book.facts.offices) and len(network.offices) > 1:
        return book._("All")
    return ", ".join(book.office_name(key) for key in network.offices) or "–"


def support_chapter(book: Book) -> tuple[Block, ...]:
    """Support given by kind (register and answers), and by office with what is wanted."""
    _ = book._
    given, by_office = _given(book), _by_office(book)
    since = book.facts.round.since
    lead = book.say(
        _("The regional support apparatus has given support to {n} of {units} municipalities since {date}."),
        n=book.figure("support", "reached"), units=book.figure("support", "units"), date=book._plain(since),
    )  # fmt: skip
    body = book.say(
        _(
            "{activities} activities are registered. In their reports {received} municipalities say that they have "
            "received support and {none} that they have not; {missing} have not answered. "
            "{needs} describe what they need."
        ),
        activities=book.figure("support_kinds", "activities", TOTAL), received=book.figure("support", "received"),
        none=book.figure("support", "none"), missing=book.figure("support", "missing"),
        needs=book.figure("support", "needs"),
    )  # fmt: skip
    kinds = texts.support_kinds(_)
    series = book.series(
        "support_kinds",
        [("reached", "reached", _("In the register")), ("said", "said", _("In the reports"))],
        kinds,
    )
    parts = ". ".join(
        f"{label}: {series[0].values[index]}, {series[1].values[index]}" for index, label in enumerate(kinds.values())
    )
    chart = book.chart(
        "bars", _("Support by kind, number of municipalities"), "support_kinds", kinds.values(),
        series,
        alt=book.tell(_("Bars: municipalities reached by the register; a stroke: those that report it. {parts}."),
                      parts=parts),
        note=_("The bar is the register, the stroke what the municipalities report."),
    )  # fmt: skip
    return (Heading("support", 1, _("Support")), Paragraph(lead, "lead"), Paragraph(body), chart, given, by_office)


def _given(book: Book) -> Block:
    _ = book._
    country = Line(TOTAL, _("All kinds"), {}, total=True)
    lines = [country, *(Line(key, label, {"kind": key}) for key, label in texts.support_kinds(_).items())]
    register = {"register": "support"}
    measures = [
        Measure("activities", _("Activities"), {**register, "measure": "activities"},
                definition=_("Registered activities in the half-year up to the reference date"),
                rule="register.support.activities"),
        Measure("reached", _("Municipalities reached"), register,
                definition=_("Municipalities with at least one such activity in the register"), rule="core.support"),
        *(
            Measure(f"by_{key}", label, {**register, "provider": key},
                    definition=book.tell(_("Municipalities reached by: {provider}"), provider=label),
                    rule="register.support")
            for key, label in (("statsforvalter", _("Statsforvalter")), ("ks", _("KS")), ("usht", _("USHT")))
        ),
        _said(book),
    ]  # fmt: skip
    return book.table(
        "support_kinds", _("Support by kind since the last round"), _("Kind of support"), lines, measures,
        note=_("A municipality can have been given support of several kinds and by several, so columns do not sum."),
    )  # fmt: skip


def _said(book: Book) -> Measure:
    return Measure(
        "said", book._("Municipalities that report it"), {"question": "support.received"},
        definition=book._("Municipalities that answer that they have received this support since the last round"),
        rule="support.received", rename=("kind", "values"), otherwise={"except": "none"},
    )  # fmt: skip


def _by_office(book: Book) -> Block:
    _ = book._
    every = book.every
    question = {"question": "support.received"}
    register = {"register": "support"}
    return book.table(
        "support",
        _("Support by office, number of municipalities"),
        _("Office"),
        book.office_lines(),
        (
            book.units(),
            Measure("activities", _("Activities"), {**register, "measure": "activities"},
                    definition=_("Registered activities in the half-year up to the reference date"),
                    rule="register.support.activities"),
            Measure("reached", _("Reached"), register,
                    definition=_("Municipalities with at least one registered activity"), denominator=every,
                    rule="core.support"),
            Measure("not_reached", _("Not reached"), {**register, "status": "none"},
                    definition=_("Municipalities without a registered activity"), denominator=every,
                    rule="core.support"),
            Measure("share", _("Share reached"), {**register, "measure": "share"}, kind="share",
                    definition=_("Municipalities with at least one registered activity"), denominator=every,
                    rule="core.support"),
            Measure("received", _("Report support"), {**question, "except": "none"},
                    definition=_("Municipalities that answer that they have received support of some kind"),
                    denominator=every, rule="support.received"),
            Measure("none", _("Report none"), {**question, "values": "none"},
                    definition=_("Municipalities that answer that they have received none"), denominator=every,
                    rule="support.received=none"),
            Measure("missing", _("Not answered"), {**question, "answer": "missing"},
                    definition=_("The report is missing, or the question is empty"), denominator=every,
                    rule="support.received.missing"),
            Measure("needs", _("Describe a need"), {"question": "support.needed", "answer": "given"},
                    definition=_("Municipalities that have written what support they need"), denominator=every,
                    rule="support.needed"),
        ),
        note=_("Report support + report none + not answered = municipalities."),
    )  # fmt: skip

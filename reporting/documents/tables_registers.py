"""Where reports and registers say different things about the core indicators. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain

from . import rules, texts
from .book import Book, Measure, name_cell
from .by_unit import ByUnit
from .content import Block, Cell, Column, Figure, Heading, Paragraph, Row, Table, Text, many
from .facts import Unit, holds
from .tables_core import NETWORK, every_unit


def registers_chapter(book: Book) -> tuple[Block, ...]:
    """How many municipalities report what the registers say, by office, and by name where they do not."""
    _ = book._
    plan = _plan_table(book)
    network = _network_table(book)
    lead = book.say(
        _("For {same} of {units} municipalities the report and the plan register say the same; for {differ} they say "
          "different things."),
        same=book.figure("agree_plan", "same"), units=book.figure("agree_plan", "units"),
        differ=book.figure("agree_plan", "differ"),
    )  # fmt: skip
    body = Text(
        _(
            "The core indicators are counted from the registers. A report that is sent in changes them when it is "
            "approved, so the two differ until then. They also differ where somebody has put the register right "
            "after the report, and where a municipality has not reported. What was sent in is never changed."
        )
    )
    return (
        Heading("registers", 1, _("Reports and registers")),
        Paragraph(lead, "lead"),
        Paragraph((body,)),
        plan,
        network,
        _names(book),
    )


def _plan_table(book: Book) -> Table:
    _ = book._
    words = {
        "same": _("The report and the plan register give the same status on the reference date"),
        "differ": _("The report and the plan register give different statuses on the reference date"),
        "report_only": _("The report gives a status, and the plan register has none"),
        "register_only": _("The plan register has a status, and the municipality has not answered"),
        "neither": _("Neither the report nor the plan register gives a status"),
    }
    return _table(book, "plan", _("Plan status in reports and register by office, number of municipalities"), words)


def _network_table(book: Book) -> Table:
    _ = book._
    words = {
        "same": _("The report and the network register say the same about taking part in a regional network"),
        "differ": _("The report says that the municipality does not take part, the register that it does"),
        "report_only": _("The report says that the municipality takes part, and the register does not"),
        "register_only": _("The register says that the municipality takes part, and it has not answered"),
        "neither": _("The municipality has not answered, and it takes part in no network by the register"),
    }
    return _table(book, "network", _("Networks in reports and register by office, number of municipalities"), words)


def _table(book: Book, what: str, title: str, words: dict[str, str]) -> Table:
    _ = book._
    heads = {
        "same": _("Say the same"),
        "differ": _("Say different things"),
        "report_only": _("In the report only"),
        "register_only": _("In the register only"),
        "neither": _("In neither"),
    }
    return book.table(
        f"agree_{what}", title, _("Office"), book.office_lines(),
        (
            book.units(),
            *(
                Measure(key, heads[key], {"agree": what, "state": key}, definition=words[key],
                        denominator=every_unit(book), rule=f"agree.{what}={key}")
                for key in rules.AGREEMENT
            ),
        ),
        note=_("The five columns make up the municipalities."),
    )  # fmt: skip


# --- by name --------------------------------------------------------------------------------------


def _names(book: Book) -> Table:
    """Each municipality whose report and register do not say the same, with both, since when, and why."""
    _ = book._
    lines = _Lines(book)
    rows = chain.from_iterable(lines.of(unit) for unit in book.facts.units if unit.kind == "municipality")
    columns = (
        Column("name", _("Municipality")),
        Column("number", _("Number"), "number_text"),
        Column("what", _("About")),
        Column("report", _("The report says")),
        Column("register", _("The register says")),
        Column("since", _("In the register since"), "date"),
        Column("why", _("Why")),
    )
    return Table(
        book.next_table(), _("Municipalities whose report and register do not say the same"), columns, many(rows),
        note=_("Municipalities that have not answered are left out here; they stand in the tables above."),
        empty=_("Reports and registers say the same everywhere."), name="agree_names",
    )  # fmt: skip


class _Lines:
    """The rows of one municipality; the words and the register are looked up once for all."""

    def __init__(self, book: Book) -> None:
        _ = book._
        self.tallies = book.tallies
        self.day = book.facts.round.date.isoformat()
        self.approved, self.plans, self.since = _looked_up(book)
        self.statuses = texts.plan_answers(_)
        self.part = {"yes": _("Takes part"), "planned": _("Planned"), "no": _("Does not take part")}
        self.plan, self.network, self.none = _("Plan status"), _("Networks"), _("Not registered")
        self.waiting = _("The report is not approved yet")
        self.direct = _("Changed directly in the register")
        self.later = _("The register was changed after the approval")

    def of(self, unit: Unit) -> Iterator[Row]:
        """One row for each thing that the report and the register say differently; often none, and none where there is
        no report."""
        approved = self.approved.get(unit.id)
        if approved is None:
            return
        shown = (rules.DIFFER, rules.REPORT_ONLY)
        if self.tallies.agreement(unit.id, "plan") in shown:
            status, since, direct = self.plans.get(unit.id) or ("", None, False)
            said = self.statuses.get(next(iter(self.tallies.given_to(self.day, unit.id, "plan.status")), ""), "–")
            registered = self.statuses.get(status, status) if status else self.none
            yield _row(unit, "plan", self.plan, said, registered, since, self._why(approved, direct))
        if self.tallies.agreement(unit.id, "network") in shown:
            said = self.part.get(next(iter(self.tallies.given_to(self.day, unit.id, "network.participates")), ""), "–")
            registered = self.part["yes" if unit.id in self.tallies.in_network else "no"]
            yield _row(unit, "network", self.network, said, registered, self.since.get(unit.id), self._why(approved))

    def _why(self, approved: bool, direct: bool = False) -> str:
        """The likely reason, from what is known: approval, or who wrote the register last."""
        if not approved:
            return self.waiting
        return self.direct if direct else self.later


def _looked_up(book: Book) -> tuple[ByUnit[bool], ByUnit[tuple[str, date, bool]], ByUnit[date]]:
    """Of each municipality that reports: whether its report is approved; what the plan register says, since when, and
    whether somebody wrote it there directly; since when it takes part in a regional network."""
    facts, places, day = book.facts, book.tallies.places, book.facts.round.date
    approved, plans, since = ByUnit[bool](places), ByUnit[tuple[str, date, bool]](places), ByUnit[date](places)
    for report in facts.reports:
        if report.round == day:
            approved[report.unit] = report.approved
    for plan in facts.plans:
        if plan.unit in approved and holds(plan, day):
            plans[plan.unit] = plan.status, plan.since, plan.origin.startswith("register")
    for row in facts.participations:
        regional = row.status == NETWORK["status"] and row.since and row.kind in rules.REGIONAL_KINDS
        if regional and row.since and row.unit in approved and holds(row, day):
            since[row.unit] = min(row.since, since.get(row.unit) or row.since)
    return approved, plans, since


def _row(unit: Unit, key: str, what: str, said: str, registered: str, since: date | None, why: str) -> Row:
    day = Figure(since, "date") if since else "–"
    cells: tuple[Cell, ...] = (name_cell(unit), Figure(unit.number, "number_text"), what, said, registered, day, why)
    return Row(f"{unit.number}:{key}", cells)

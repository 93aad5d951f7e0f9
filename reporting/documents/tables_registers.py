"""Where reports and registers say different things about the core indicators. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from . import rules, texts
from .book import Book, Measure, name_cell
from .content import Block, Cell, Column, Figure, Heading, Paragraph, Row, Table, Text
from .facts import PlanFact, Unit, UnitReport, holds
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
    day = book.facts.round.date
    reports = {report.unit: report for report in book.facts.reports if report.round == day}
    lines = _Lines(book)
    rows: list[Row] = []
    for unit in book.facts.units:
        if unit.kind == "municipality" and unit.id in reports:
            rows += lines.of(unit, reports[unit.id])
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
        book.next_table(), _("Municipalities whose report and register do not say the same"), columns, tuple(rows),
        note=_("Municipalities that have not answered are left out here; they stand in the tables above."),
        empty=_("Reports and registers say the same everywhere."), name="agree_names",
    )  # fmt: skip


class _Lines:
    """The rows of one municipality; the words and the register are looked up once for all."""

    def __init__(self, book: Book) -> None:
        _ = book._
        day = book.facts.round.date
        self.tallies = book.tallies
        self.day = day.isoformat()
        self.plans = {row.unit: row for row in book.facts.plans if holds(row, day)}
        self.since: dict[int, date] = {}
        for row in book.facts.participations:
            if row.status == NETWORK["status"] and row.since and row.kind in rules.REGIONAL_KINDS and holds(row, day):
                self.since[row.unit] = min(row.since, self.since.get(row.unit, row.since))
        self.statuses = texts.plan_answers(_)
        self.part = {"yes": _("Takes part"), "planned": _("Planned"), "no": _("Does not take part")}
        self.plan, self.network, self.none = _("Plan status"), _("Networks"), _("Not registered")
        self.waiting = _("The report is not approved yet")
        self.direct = _("Changed directly in the register")
        self.later = _("The register was changed after the approval")

    def of(self, unit: Unit, report: UnitReport) -> Iterable[Row]:
        """One row for each thing that the report and the register say differently; often none."""
        shown = (rules.DIFFER, rules.REPORT_ONLY)
        if self.tallies.agreement(unit.id, "plan") in shown:
            plan = self.plans.get(unit.id)
            said = self.statuses.get(next(iter(self.tallies.given_to(self.day, unit.id, "plan.status")), ""), "–")
            registered = self.statuses.get(plan.status, plan.status) if plan else self.none
            why = self._why(report, plan)
            yield _row(unit, "plan", self.plan, said, registered, plan.since if plan else None, why)
        if self.tallies.agreement(unit.id, "network") in shown:
            said = self.part.get(next(iter(self.tallies.given_to(self.day, unit.id, "network.participates")), ""), "–")
            registered = self.part["yes" if unit.id in self.tallies.in_network else "no"]
            why = self._why(report, None)
            yield _row(unit, "network", self.network, said, registered, self.since.get(unit.id), why)

    def _why(self, report: UnitReport, plan: PlanFact | None) -> str:
        """The likely reason, from what is known: approval, or who wrote the register last."""
        if not report.approved:
            return self.waiting
        return self.direct if plan is not None and plan.origin.startswith("register") else self.later


def _row(unit: Unit, key: str, what: str, said: str, registered: str, since: date | None, why: str) -> Row:
    day = Figure(since, "date") if since else "–"
    cells: tuple[Cell, ...] = (name_cell(unit), Figure(unit.number, "number_text"), what, said, registered, day, why)
    return Row(f"{unit.number}:{key}", cells)

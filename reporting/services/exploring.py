"""Any figure of the note, for any rounds and by another grouping than the note's: counted by the very same rules.

What the rules look at is read unit by unit, for the chosen questions and rounds alone, in eight queries. A unit is then
put in its group (region, county, form of plan) as it was on each round's reference date, and ``measure.Tallies`` counts
as it does for the note.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from municipalities.models import MunicipalityVersion, OfficeName
from networks.models import SupportActivity
from reform.dates import previous_reference_date
from reporting.documents import rules, texts
from reporting.documents.collect import report_state
from reporting.documents.collect_registers import participations, plans
from reporting.documents.facts import (
    AnswerCount,
    DeliveryCount,
    Facts,
    Office,
    ParticipationFact,
    PlanFact,
    RegisterCount,
    RoundFact,
    SupportFact,
    UnitAnswer,
    UnitReport,
    holds,
)
from reporting.documents.measure import Tallies, share
from reporting.form_spec import FormSpec
from reporting.models import Report, Round
from reporting.services.indicators import DELIVERY, Indicator

REASON = "explore the figures"
COUNTRY, OFFICE, COUNTY, PLAN, UNIT = "land", "embete", "fylke", "plan", "enhet"
GROUPINGS = (COUNTRY, OFFICE, COUNTY, PLAN)
"""Those that a page offers. By ``UNIT`` each unit is a group of its own, for what is asked about a single one."""
UNREGISTERED = "unregistered"
MUNICIPALITY = "municipality"


@dataclass(frozen=True)
class Cell:
    """``n`` of ``of`` units in a round; ``missing`` so many have not answered (None: a register, or the delivery, where
    nothing is asked)."""

    n: int
    of: int
    missing: int | None = None

    @property
    def share(self) -> Decimal | None:
        """Of one, with six decimals."""
        return share(self.n, self.of)


@dataclass(frozen=True)
class Row:
    """A group with a cell for each round; None where the group did not exist then."""

    key: str
    name: str
    cells: tuple[Cell | None, ...]


class AnyRound(Tallies):
    """The note's rules on facts in which every round was read whole, so that each may be asked anything."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self._near = {entry.date.isoformat() for entry in facts.rounds}
        self._given.clear()  # how many answered is seen from the units, also where several answers can be given
        members = {(report.round, report.unit): report.office for report in facts.reports}
        asked = {(row.round, row.unit, row.question, row.row) for row in facts.unit_answers}
        for day, unit, question, row in asked:
            self._given[day.isoformat(), members[day, unit], question, row] += 1


def explore(
    rounds: Sequence[Round], *, select: Mapping[str, str], missing: Mapping[str, str] | None, grouping: str,
    questions: Collection[str], form: FormSpec, now: dt.datetime,
) -> list[Row]:  # fmt: skip
    """The figure of ``select`` in each of ``rounds`` (oldest first): the country, and each group of ``grouping``.

    ``missing`` selects those that have not answered. ``questions`` are those that the rule looks at. Groups without a
    unit in any of the rounds are left out.
    """
    facts = read(rounds, questions=questions, grouping=grouping, form=form, now=now)
    tallies = AnyRound(facts)
    groups = [("", _("Whole country")), *((group.key, group.name) for group in facts.offices)]
    if grouping == COUNTRY:
        groups = groups[:1]
    rows = []
    for key, name in groups:
        where = {"office": key} if key else {}
        cells = [cell(tallies, {**select, **where}, missing and {**missing, **where}, r.reference_date) for r in rounds]
        if not key or any(cells):
            rows.append(Row(key or "total", name, tuple(cells)))
    return rows


def select_of(chosen: Indicator, grouping: str) -> dict[str, str]:
    """The selector of an indicator by a grouping: a district has no form of plan of its own."""
    if chosen.group == DELIVERY and grouping == PLAN:
        return {**chosen.select, "units": MUNICIPALITY}
    return dict(chosen.select)


def cell(tallies: Tallies, select: Mapping[str, str], missing: Mapping[str, str] | None, day: dt.date) -> Cell | None:
    """One figure of the round of ``day``; None where there is no unit to count."""
    when = {"round": day.isoformat()}
    of = tallies.base({**select, **when})
    if not of:
        return None
    left = tallies.count({**missing, **when}) if missing else None
    return Cell(tallies.count({**select, **when}), of, left)


def read(
    rounds: Sequence[Round], *, questions: Collection[str], grouping: str, form: FormSpec, now: dt.datetime
) -> Facts:
    """The facts of ``rounds`` (oldest first) that the rules need for ``questions``, with the groups in the place of the
    offices."""
    entries = tuple(
        RoundFact(row.pk, row.reference_date, row.municipality_deadline, previous_reference_date(row.reference_date))
        for row in rounds
    )
    first, last = entries[0], entries[-1]
    registered, parts = plans(first.date, last.date), participations(first.date, last.date)
    groups = Groups(grouping, entries, registered)
    reports, deliveries = _reports(entries, groups)
    answers = _answers(entries, questions)
    return Facts(
        round=last, rounds=entries, frozen_at=now, version=0, sample=False, units=(), offices=groups.named(reports),
        form=form, reports=reports, deliveries=deliveries, counts=_counts(answers, reports), unit_answers=answers,
        solutions=(), participations=parts, plans=registered, support=_support(first.since, last.date),
        register_counts=_registered(reports, registered, parts),
    )  # fmt: skip


def groups_of(round_: Round, grouping: str) -> Groups:
    """Which group each unit of ``round_`` is in on its reference date."""
    day = round_.reference_date
    entry = RoundFact(round_.pk, day, round_.municipality_deadline, previous_reference_date(day))
    return Groups(grouping, (entry,), plans(day, day) if grouping == PLAN else ())


class Groups:
    """Which group a unit is in on a day."""

    def __init__(self, grouping: str, rounds: Sequence[RoundFact], registered: Sequence[PlanFact]) -> None:
        self.grouping = grouping
        self._counties = self._plans = {}
        self._names: dict[str, str] = {}
        if grouping == COUNTY:
            self._counties = self._of_versions(rounds)
        elif grouping == PLAN:
            self._plans = {(r.date, row.unit): row.status for r in rounds for row in registered if holds(row, r.date)}
            self._names = {**texts.plan_answers(_), UNREGISTERED: _("Not in the plan register")}
        elif grouping != UNIT:
            rows = OfficeName.objects.filter(valid_from__lte=rounds[-1].date).order_by("office__order", "valid_from")
            self._names = dict(rows.values_list("office__key", "short_name"))

    def _of_versions(self, rounds: Sequence[RoundFact]) -> dict[tuple[dt.date, int], str]:
        rows = MunicipalityVersion.objects.filter(valid_from__lte=rounds[-1].date).exclude(valid_to__lt=rounds[0].date)
        found: dict[tuple[dt.date, int], str] = {}
        fields = ("municipality_id", "county__number", "county__name", "valid_from", "valid_to")
        for unit, number, name, start, end in rows.order_by("county__number").values_list(*fields):
            self._names[number] = f"{name} ({number})"
            for entry in rounds:
                if start <= entry.date and (end is None or entry.date <= end):
                    found[entry.date, unit] = number
        return found

    def of(self, day: dt.date, unit: int, office: str) -> str:
        """The key of the group."""
        if self.grouping == COUNTY:
            return self._counties.get((day, unit), "")
        if self.grouping == UNIT:
            return str(unit)
        if self.grouping == PLAN:
            return self._plans.get((day, unit), UNREGISTERED)
        return office

    def name(self, key: str) -> str:
        """A group in words; its key where it has no name."""
        return self._names.get(key, key or "–")

    def named(self, reports: Iterable[UnitReport]) -> tuple[Office, ...]:
        """The groups that are used, in their order; one without a name last, under its key."""
        used = {report.office for report in reports}
        known = [Office(key, name) for key, name in self._names.items() if key in used]
        return (*known, *(Office(key, key or "–") for key in sorted(used - set(self._names))))


def _reports(rounds: Sequence[RoundFact], groups: Groups) -> tuple[tuple[UnitReport, ...], tuple[DeliveryCount, ...]]:
    days = {entry.id: entry.date for entry in rounds}
    rows = Report.objects.across_all(reason=REASON).filter(round_id__in=days).annotate(state=report_state())
    fields = (
        "round_id", "municipality_id", "office__key", "municipality__kind", "state", "current__on_behalf_of_id",
        "current__extended_to",
    )  # fmt: skip
    found, counts, behalf, extended = [], Counter(), Counter(), Counter()
    for round_id, unit, office, kind, state, by_office, own in rows.values_list(*fields):
        day = days[round_id]
        sent = state in ("on_time", "late")
        report = UnitReport(
            day, unit, groups.of(day, unit, office), kind, state, on_behalf=bool(by_office) and sent,
            extended=state == "on_time" and own is not None,
        )  # fmt: skip
        key = (day, report.office, kind, state)
        counts[key] += 1
        behalf[key] += report.on_behalf
        extended[key] += report.extended
        found.append(report)
    return tuple(found), tuple(DeliveryCount(*key, n, behalf[key], extended[key]) for key, n in counts.items())


def _answers(rounds: Sequence[RoundFact], questions: Collection[str]) -> tuple[UnitAnswer, ...]:
    """What the municipalities whose Submission counts have answered to ``questions``."""
    days = {entry.id: entry.date for entry in rounds}
    rows = Report.objects.across_all(reason=REASON).filter(
        round_id__in=days, status__in=Report.DELIVERED, municipality__kind=MUNICIPALITY,
        current__answer_rows__question__in=questions,
    )  # fmt: skip
    fields = ("question", "row", "value", "number")
    found = rows.values_list("round_id", "municipality_id", *(f"current__answer_rows__{name}" for name in fields))
    return tuple(UnitAnswer(days[round_id], *row) for round_id, *row in found)


def _counts(answers: Iterable[UnitAnswer], reports: Iterable[UnitReport]) -> tuple[AnswerCount, ...]:
    groups = {(report.round, report.unit): report.office for report in reports}
    counted = Counter((a.round, groups[a.round, a.unit], a.question, a.row, a.value) for a in answers)
    return tuple(AnswerCount(*key, n) for key, n in counted.items())


def _registered(
    reports: Iterable[UnitReport], registered: Sequence[PlanFact], parts: Sequence[ParticipationFact]
) -> tuple[RegisterCount, ...]:
    """What the registers say of the municipalities that report, on each round's reference date."""
    by_unit: dict[int, list[PlanFact]] = {}
    for row in registered:
        by_unit.setdefault(row.unit, []).append(row)
    active: dict[int, list[ParticipationFact]] = {}
    for part in parts:
        if part.status == "active" and part.kind in rules.REGIONAL_KINDS:
            active.setdefault(part.unit, []).append(part)
    counted: Counter[tuple[dt.date, str, str, str]] = Counter()
    for report in reports:
        if report.kind != MUNICIPALITY:
            continue
        for row in by_unit.get(report.unit, ()):
            if holds(row, report.round):
                counted[report.round, report.office, "plan", row.status] += 1
        if any(holds(part, report.round) for part in active.get(report.unit, ())):
            counted[report.round, report.office, "participation", "active"] += 1
    return tuple(RegisterCount(*key, n) for key, n in counted.items())


def _support(after: dt.date, until: dt.date) -> tuple[SupportFact, ...]:
    rows = SupportActivity.municipalities.through.objects.filter(
        supportactivity__on__gt=after, supportactivity__on__lte=until, municipality__kind=MUNICIPALITY
    )
    at = "supportactivity__"
    fields: tuple[Any, ...] = (f"{at}id", "municipality_id", f"{at}kind", f"{at}provider", f"{at}on")
    return tuple(SupportFact(*row) for row in rows.values_list(*fields))

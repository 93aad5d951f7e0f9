"""The inputs of a summary, kept with it, and read back from it: the same facts again at any later time.

Answers are read from the frozen Submissions, which never change. What can change later is kept by value with the
summary: the register rows (``collect_registers``), and here the names and places of units, offices, networks and
solutions, the days of the rounds, and which reports were approved. A summary made before these were kept is read with
those of today.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from reporting.form_spec import FormSpec
from reporting.models import Answer, FormVersion, NationalSummary

from . import rules
from .collect_forms import older_forms
from .collect_registers import kept_registers
from .facts import (
    AddedAmount,
    AddedFact,
    AnswerCount,
    DeliveryCount,
    Facts,
    NetworkFact,
    Office,
    RegisterCount,
    RoundFact,
    SolutionFact,
    Unit,
    UnitAnswer,
    UnitReport,
    holds,
)
from .selectors import Frozen
from .year import as_year, near_of

REASON = "check of a national summary"
SEVERAL_IDS = 500  # how many Submissions one query names


BY_VALUE: dict[str, tuple[str, type]] = {
    "unit": ("units", Unit),
    "office": ("offices", Office),
    "round": ("rounds", RoundFact),
    "solution": ("solutions", SolutionFact),
    "network": ("networks", NetworkFact),
    "added": ("added", AddedFact),
    "amount": ("amounts", AddedAmount),
}
"""What is kept whole: its key in ``register_ids``, the field of the facts, and what it is."""


def kept(facts: Facts, form_version: int) -> dict[str, list[Any]]:
    """What is kept by value beside the register rows, for ``NationalSummary.register_ids``."""
    rows = {key: [_plain(row) for row in getattr(facts, name)] for key, (name, _kind) in BY_VALUE.items()}
    approved = [[row.round.isoformat(), row.unit] for row in facts.reports if row.approved]
    return {**rows, "approved": approved, "form": [form_version], "sample": [facts.sample]}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return {"date": value.isoformat()} if isinstance(value, dt.date) else value


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_rich(member) for member in value)
    if isinstance(value, dict) and value.keys() == {"date"}:
        return dt.date.fromisoformat(value["date"])
    return value


def recollect(summary: NationalSummary, today: Facts) -> Facts:
    """The facts that ``summary`` was computed from. ``today`` are those of this moment, collected for it with its
    moment and number: they stand in for what an older summary has not kept."""
    names = _names(summary, today)
    frozen = Frozen(summary)
    rounds = tuple(entry for entry in names.get("rounds", today.rounds) if entry.of is None)
    yearly = summary.kind == NationalSummary.Kind.YEARLY
    near = near_of(rounds, yearly)
    reports = tuple(_reports(near, frozen, summary, today))
    read = _Answers(rounds, near, frozen)
    registers = kept_registers(summary)
    facts = replace(
        today,
        **{"added": (), "amounts": (), **{key: value for key, value in names.items() if key != "rounds"}},
        rounds=rounds,
        round=rounds[-1],
        reports=reports,
        deliveries=tuple(_deliveries(rounds, frozen)),
        counts=read.counts(),
        unit_answers=read.unit_answers(near),
        answers=read.answers(rounds[-1]),
        participations=registers.participations,
        plans=registers.plans if registers.plans is not None else today.plans,
        support=registers.support,
        parts=tuple(row for row in registers.parts if row.round in {entry.date for entry in rounds}),
        submission_ids=tuple(summary.submission_ids),
        older_forms=older_forms(
            summary.round, summary.register_ids.get("form", [summary.round.form_version_id])[0], frozen.ids
        ),
    )
    facts = as_year(facts) if yearly else facts
    return replace(facts, register_counts=tuple(_register_counts(facts, frozen)))


def _names(summary: NationalSummary, today: Facts) -> dict[str, Any]:
    """What was kept by value, as facts; nothing for an older summary."""
    rows = summary.register_ids
    if "unit" not in rows:
        return {}
    form = today.form
    definition = FormVersion.objects.filter(pk=rows["form"][0]).values_list("definition", flat=True).first()
    if definition is not None:
        form = FormSpec.parse(definition)
    known = {
        name: tuple(kind(**{field: _rich(value) for field, value in row.items()}) for row in rows.get(key, ()))
        for key, (name, kind) in BY_VALUE.items()
    }
    return {**known, "form": form, "sample": rows["sample"][0]}


def _reports(near: Iterable[RoundFact], frozen: Frozen, summary: NationalSummary, today: Facts) -> Iterator[UnitReport]:
    if "approved" in summary.register_ids:
        approved = {(day, unit) for day, unit in summary.register_ids["approved"]}
    else:
        approved = {(row.round.isoformat(), row.unit) for row in today.reports if row.approved}
    for entry in near:
        day = entry.date.isoformat()
        for unit in frozen.units(day):
            yield UnitReport(
                round=entry.date, unit=unit.unit, office=unit.office, kind=unit.kind, state=unit.state,
                days_late=unit.days_late, on_behalf=unit.on_behalf, extended=unit.extended,
                submission=unit.submission, number=unit.number, approved=(day, unit.unit) in approved,
            )  # fmt: skip


def _deliveries(rounds: Iterable[RoundFact], frozen: Frozen) -> Iterator[DeliveryCount]:
    for entry in rounds:
        units = frozen.units(entry.date.isoformat())
        keys = [(unit.office, unit.kind, unit.state) for unit in units]
        behalf = Counter(key for key, unit in zip(keys, units, strict=True) if unit.on_behalf)
        extended = Counter(key for key, unit in zip(keys, units, strict=True) if unit.extended)
        for key, n in Counter(keys).items():
            yield DeliveryCount(entry.date, *key, n, behalf[key], extended[key])


class _Answers:
    """The answers of the frozen Submissions: all of the ``close`` rounds, the core indicators of the others."""

    def __init__(self, rounds: tuple[RoundFact, ...], close: tuple[RoundFact, ...], frozen: Frozen) -> None:
        self.units = {
            unit.submission: (entry.date, unit.unit, unit.office, unit.kind)
            for entry in rounds
            for unit in frozen.units(entry.date.isoformat())
            if unit.submission is not None
        }
        near = {entry.date for entry in close}
        late = [pk for pk, (day, *_) in self.units.items() if day in near]
        early = [pk for pk, (day, *_) in self.units.items() if day not in near]
        self.rows = [*_rows(late), *_rows(early, question__in=rules.TREND_QUESTIONS)]

    def counts(self) -> tuple[AnswerCount, ...]:
        found: Counter[tuple[Any, ...]] = Counter()
        for submission, question, row, value, *_ in self.rows:
            day, _unit, office, kind = self.units[submission]
            if kind == "municipality":
                found[day, office, question, row, value] += 1
        return tuple(AnswerCount._make((*key, n)) for key, n in found.items())

    def unit_answers(self, near: tuple[RoundFact, ...]) -> tuple[UnitAnswer, ...]:
        wanted = {*rules.UNIT_CHOICES, *rules.UNIT_VALUES}
        days = {entry.date for entry in near}
        return tuple(
            UnitAnswer(self.units[submission][0], self.units[submission][1], question, "", value, number, day)
            for submission, question, _row, value, number, day, _text in self.rows
            if question in wanted and self.units[submission][0] in days
        )

    def answers(self, last: RoundFact) -> tuple[UnitAnswer, ...]:
        return tuple(
            UnitAnswer(last.date, self.units[submission][1], *given)
            for submission, *given in self.rows
            if self.units[submission][0] == last.date
        )


def _rows(submissions: Iterable[int], **only: Any) -> Iterator[tuple[Any, ...]]:
    columns = ("submission_id", "question", "row", "value", "number", "date", "text")
    answers = Answer.objects.across_all(reason=REASON).filter(**only)
    ids = sorted(submissions)
    found = [
        row
        for start in range(0, len(ids), SEVERAL_IDS)
        for row in answers.filter(submission_id__in=ids[start : start + SEVERAL_IDS]).values_list("id", *columns)
    ]
    return iter([row[1:] for row in sorted(found, key=lambda row: row[0])])


def _register_counts(facts: Facts, frozen: Frozen) -> Iterator[RegisterCount]:
    """What the kept register rows said on each round's day, of the municipalities that reported in it."""
    for entry in facts.rounds:
        offices = {
            unit.unit: unit.office for unit in frozen.units(entry.date.isoformat()) if unit.kind == "municipality"
        }
        plans = Counter(
            (offices[row.unit], row.status) for row in facts.plans if row.unit in offices and holds(row, entry.date)
        )
        active = {
            row.unit
            for row in facts.participations
            if row.status == "active" and row.kind in rules.REGIONAL_KINDS and holds(row, entry.date)
        }
        networks = Counter(office for unit, office in offices.items() if unit in active)
        for (office, status), n in plans.items():
            yield RegisterCount(entry.date, office, "plan", status, n)
        for office, n in networks.items():
            yield RegisterCount(entry.date, office, "participation", "active", n)

"""The way home: from a figure's selector and a summary's frozen set to the units and the answers behind it.

Here every unit is looked at by itself, from the Submissions that the summary froze; ``measure`` counts the same
selectors from grouped facts. That the two agree for every figure is what ``verify_summary`` and a test check.
A selector's words are explained in ``measure``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Min

from reporting.models import Answer, NationalSummary, Report, Round, Submission

from . import borders, rules
from .collect_registers import kept_registers
from .content import Figure
from .facts import UNKNOWN, YEARLY, AddedAmount, ParticipationFact, PlanFact, SupportFact, day_of, holds
from .frozen_units import FrozenUnit, GivenAnswer, Home, questions_of
from .kept_added import kept_added
from .measure import (
    KINDS,
    NO_ANSWER,
    Select,
    added_units,
    amounts_of,
    delivery_states,
    delivery_words,
    matches,
    share,
    summed,
)
from .year import since_of

__all__ = ["Frozen", "FrozenUnit", "GivenAnswer", "Home", "disagreements", "questions_of"]
REASON = "the way home from a figure of a national summary"


class Frozen:
    """A summary's frozen set, read round by round and question by question as selectors ask for it."""

    def __init__(self, summary: NationalSummary) -> None:
        self.summary = summary
        self.ids = frozenset(summary.submission_ids)
        self.now: dt.date = summary.as_of
        self._rounds = {
            row.reference_date.isoformat(): row
            for row in Round.objects.across_all(reason=REASON).counted().filter(reference_date__lte=self.now)
        }
        if summary.kind == NationalSummary.Kind.YEARLY:  # the last day of a year has the reports of its last round
            autumn = [row for row in self._rounds.values() if row.reference_date.month == 11]
            self._rounds |= {day_of(YEARLY, row.reference_date).isoformat(): row for row in autumn}
        self._units: dict[str, list[FrozenUnit]] = {}
        self._answers: dict[tuple[str, str], dict[int, list[GivenAnswer]]] = {}
        self._registers = kept_registers(summary)
        self._brought = kept_added(summary)

    # --- reading ------------------------------------------------------------------------------------

    def units(self, day: str) -> list[FrozenUnit]:
        """All units of a round. KeyError for a round that the summary does not know."""
        if day not in self._units:
            self._units[day] = self._read_units(self._rounds[day])
        return self._units[day]

    def _read_units(self, round_: Round) -> list[FrozenUnit]:
        sent = self._read_submissions(round_)
        first = dict(
            Submission.objects.across_all(reason=REASON)
            .filter(report__round=round_)
            .values("report_id")
            .annotate(first=Min("submitted_at"))
            .values_list("report_id", "first")
        )
        frozen_at = self.summary.frozen_at
        rows = (
            Report.objects.across_all(reason=REASON)
            .filter(round=round_)
            .values_list("municipality_id", "id", "office__key", "municipality__kind")
        )
        found = []
        for unit, report, office, kind in rows:
            once = report in first and (frozen_at is None or first[report] <= frozen_at)
            found.append(FrozenUnit(unit, report, office, kind, **sent.get(report, {}), sent_once=once))
        return found

    def _read_submissions(self, round_: Round) -> dict[int, dict[str, Any]]:
        rows = (
            Submission.objects.across_all(reason=REASON)
            .filter(report__round=round_)
            .values_list("id", "report_id", "number", "days_late", "on_behalf_of_id", "submitted_at", "extended_to")
        )
        return {
            report: {
                "submission": pk, "number": number, "days_late": late, "on_behalf": behalf is not None,
                "submitted_at": moment, "extended": own is not None and not late,
            }
            for pk, report, number, late, behalf, moment, own in rows
            if pk in self.ids
        }  # fmt: skip

    def answers(self, day: str, question: str) -> dict[int, list[GivenAnswer]]:
        """The answers to one question in a round, by the unit that gave them. One query a question."""
        key = day, question
        if key not in self._answers:
            found: dict[int, list[GivenAnswer]] = defaultdict(list)
            rows = (
                Answer.objects.across_all(reason=REASON)
                .filter(submission__report__round=self._rounds[day], question=question)
                .order_by("id")
                .values_list(
                    "submission_id", "submission__report__municipality_id", "row", "value", "number", "date", "text"
                )
            )
            for submission, unit, *values in rows:
                if submission in self.ids:
                    found[unit].append(GivenAnswer(*values))
            self._answers[key] = dict(found)
        return self._answers[key]

    def round_of(self, day: dt.date | None) -> Round:
        """The round behind a figure of ``day``; the summary's own for a day that is none's."""
        return self._rounds.get(day.isoformat() if day else "", self.summary.round)

    # --- following ----------------------------------------------------------------------------------

    def value(self, select: Select) -> int | Decimal | None:
        """The figure of a selector, counted unit by unit; None where the summary has not kept what it rests on."""
        measure = select.get("measure", "count")
        if not self.knows(select):
            return None
        if measure == "activities":
            return len({row.activity for row in self._support_rows(select)})
        if "amount" in select:
            return summed(self._brought.amounts, select)
        counted, others, missing = self._sort(select)
        if measure == "share":
            return share(len(counted), len(counted) + len(others) + len(missing))
        if measure == "change":
            return len(counted) - len(self._sort({**select, "round": select["since"]})[0])
        return len(counted)

    def knows(self, select: Select) -> bool:
        """Whether the summary keeps the register that a selector rests on: an older one has no plans by value."""
        needs_dates = select.get("register") == "plan" or "kinds" in select or "agree" in select
        return self._registers.dated or not needs_dates

    def home(self, select: Select) -> Home:
        """Everything behind a selector. For a change it is this round's side; activities lead to the municipalities
        that were reached."""
        counted, others, missing = self._sort(select)
        return Home(
            value=self.value(select),
            counted=counted,
            not_counted=others,
            missing=missing,
            questions=questions_of(select),
            row=select.get("row", ""),
            round=dt.date.fromisoformat(select.get("borders") or self._day(select)),
        )

    def figure_value(self, figure: Figure) -> int | Decimal | None:
        """The value of a figure with a source. KeyError for one without."""
        if figure.source is None:
            raise KeyError(figure.ref)
        return self.value(dict(figure.source.select))

    def _day(self, select: Select) -> str:
        return select.get("round", self.now.isoformat())

    def _sort(self, select: Select) -> tuple[list[FrozenUnit], list[FrozenUnit], list[FrozenUnit]]:
        """The units that a selector speaks of: counted, not counted, and without the answer it needs."""
        if "borders" in select:
            return self._sort_carried(select)
        if "amount" in select:
            return [], [], []
        kinds = KINDS[select.get("units", "municipality")]
        members = [
            unit
            for unit in self.units(self._day(select))
            if unit.kind in kinds and select.get("office", unit.office) == unit.office
        ]
        test, known = self._test(select)
        counted = [unit for unit in members if test(unit)]
        rest = [unit for unit in members if not test(unit)]
        return counted, [unit for unit in rest if known(unit)], [unit for unit in rest if not known(unit)]

    def _test(self, select: Select) -> tuple[Any, Any]:
        """Two tests of a unit: whether it counts, and whether it has answered what the selector needs."""
        if "delivery" in select:
            states = delivery_states(select["delivery"])
            return (lambda unit: not states.isdisjoint(delivery_words(unit))), _always
        if "pattern" in select:
            return self._pattern_test(select)
        if "register" in select:
            return self._register_test(select)
        if "agree" in select:
            return self._agreement_test(select), _always
        if "added" in select:
            return self._added_test(select)
        if "move" in select:
            return self._move_test(select)
        if "question" in select:
            return self._answer_test(select)
        return _always, _always

    def _sort_carried(self, select: Select) -> tuple[list[FrozenUnit], list[FrozenUnit], list[FrozenUnit]]:
        """The municipalities of the summary's own day, by what their parts were in an earlier round."""
        kept = self._registers
        held: frozenset[int] = frozenset()
        if "register" in select:
            day = dt.date.fromisoformat(select["round"])
            period = since_of(day), day
            held = frozenset(borders.holding(select, period, kept.plans or (), kept.participations, kept.support))
        counted = frozenset(borders.carried(kept.parts, select, held))
        unknown = {*borders.carried(kept.parts, {"round": select["round"], "carried": "no"}, held)} - counted
        members = [unit for unit in self.units(select["borders"]) if unit.kind == "municipality"]
        return (
            [unit for unit in members if unit.unit in counted],
            [unit for unit in members if unit.unit not in counted and unit.unit not in unknown],
            [unit for unit in members if unit.unit in unknown],
        )

    def parts(self, select: Select) -> dict[int, tuple[int, ...]]:
        """What each municipality was made of in the round of a selector with ``borders``."""
        return {row.unit: row.parts for row in self._registers.parts if row.round.isoformat() == select["round"]}

    def _answer_test(self, select: Select) -> tuple[Any, Any]:
        given = self.answers(self._day(select), select["question"])
        row = select.get("row", "")

        def mine(unit: FrozenUnit) -> list[GivenAnswer]:
            return [entry for entry in given.get(unit.unit, ()) if entry.row == row]

        if "answer" in select:
            tests = {
                "given": lambda unit: bool(mine(unit)),
                "missing": lambda unit: not mine(unit),
                "empty": lambda unit: unit.submission is not None and not mine(unit),
                "absent": lambda unit: unit.submission is None,
            }
            return tests[select["answer"]], _always
        if "numbers" in select:

            def test(unit: FrozenUnit) -> bool:
                return any(
                    entry.number is not None and rules.in_range(entry.number, select["numbers"]) for entry in mine(unit)
                )
        elif "except" in select:

            def test(unit: FrozenUnit) -> bool:
                return any(entry.value != select["except"] for entry in mine(unit))
        else:
            wanted = set(select["values"].split("|"))

            def test(unit: FrozenUnit) -> bool:
                return any(entry.value in wanted for entry in mine(unit))

        return test, lambda unit: bool(mine(unit))

    def _pattern_test(self, select: Select) -> tuple[Any, Any]:
        day, key, wanted = self._day(select), select["pattern"], select["state"]
        needed = rules.PATTERN_BY_KEY[key].questions

        def state(unit: FrozenUnit) -> str:
            given = {
                question: frozenset(entry.value for entry in self.answers(day, question).get(unit.unit, ()))
                for question in needed
            }
            return rules.pattern_state(key, given)

        return (lambda unit: state(unit) == wanted), (lambda unit: state(unit) != rules.MISSING)

    def _move_test(self, select: Select) -> tuple[Any, Any]:
        after = self.answers(self._day(select), select["question"])
        before = self.answers(select["since"], select["question"])

        def values(given: dict[int, list[GivenAnswer]], unit: FrozenUnit) -> frozenset[str]:
            return frozenset(entry.value for entry in given.get(unit.unit, ()))

        def test(unit: FrozenUnit) -> bool:
            return matches(values(before, unit), select["from"]) and matches(values(after, unit), select["to"])

        def known(unit: FrozenUnit) -> bool:
            return bool(values(before, unit)) and bool(values(after, unit))

        return test, known if NO_ANSWER not in (select["from"], select["to"]) else _always

    def _added_test(self, select: Select) -> tuple[Any, Any]:
        counted = added_units(self._brought.added, select, select["values"])
        unknown = added_units(self._brought.added, select, UNKNOWN)
        return (lambda unit: unit.unit in counted), (lambda unit: unit.unit not in unknown)

    def amounts(self, select: Select) -> list[AddedAmount]:
        """The kept sums of money that a selector names."""
        return amounts_of(self._brought.amounts, select)

    def _register_test(self, select: Select) -> tuple[Any, Any]:
        if select["register"] == "plan":
            return self._plan_test(select)
        if select["register"] == "participation":
            reached = {row.unit for row in self.participations(select)}
        else:
            reached = {row.unit for row in self._support_rows(select)}
        if select.get("status") == "none":
            return (lambda unit: unit.unit not in reached), _always
        return (lambda unit: unit.unit in reached), _always

    def _plan_test(self, select: Select) -> tuple[Any, Any]:
        held = {row.unit: row.status for row in self.plans(select)}
        if select.get("status") == "none":
            return (lambda unit: unit.unit not in held), _always
        wanted = set(select["values"].split("|")) if "values" in select else set(rules.PLAN_STATES)
        return (lambda unit: held.get(unit.unit) in wanted), (lambda unit: unit.unit in held)

    def _agreement_test(self, select: Select) -> Any:
        states = select["state"].split("|")
        compare, question, held = self._compared(select)
        given = self.answers(self._day(select), question)

        def test(unit: FrozenUnit) -> bool:
            answer = next((entry.value for entry in given.get(unit.unit, ())), "")
            return compare(answer, held.get(unit.unit, "")) in states

        return test

    def _compared(self, select: Select) -> tuple[Any, str, dict[int, str]]:
        """What ``agree`` sets side by side: the rule, the question, and what the register says of each unit."""
        if select["agree"] == "plan":
            return rules.agreement, "plan.status", {row.unit: row.status for row in self.plans(select)}
        active = self.participations({**select, "status": "active", "kinds": "regional"})
        return rules.network_agreement, "network.participates", {row.unit: "yes" for row in active}

    def plans(self, select: Select) -> list[PlanFact]:
        """The frozen rows of the plan register that held on the selector's day."""
        day = dt.date.fromisoformat(self._day(select))
        return [row for row in self._registers.plans or () if holds(row, day)]

    def participations(self, select: Select) -> list[ParticipationFact]:
        """The frozen rows of the network register that a selector names."""
        day = dt.date.fromisoformat(self._day(select))
        return [
            row
            for row in self._registers.participations
            if holds(row, day)
            and row.status == select.get("status", row.status)
            and str(row.network) == select.get("network", str(row.network))
            and ("kinds" not in select or row.kind in rules.REGIONAL_KINDS)
        ]

    def _support_rows(self, select: Select) -> list[SupportFact]:
        day = dt.date.fromisoformat(self._day(select))
        since = since_of(day)
        members = {
            unit.unit
            for unit in self.units(day.isoformat())
            if unit.kind == "municipality" and select.get("office", unit.office) == unit.office
        }
        return [
            row
            for row in self._registers.support
            if since < row.on <= day
            and row.unit in members
            and row.kind == select.get("kind", row.kind)
            and row.provider == select.get("provider", row.provider)
        ]

    def support(self, select: Select) -> list[SupportFact]:
        """The frozen rows of the support register that a selector names."""
        return self._support_rows(select)


def _always(_unit: FrozenUnit) -> bool:
    return True


def disagreements(frozen: Frozen, figures: Iterable[Figure]) -> list[str]:
    """Which figures with a source are not what their selector counts, in English; empty when all agree."""
    found = []
    for figure in figures:
        if figure.source is not None:
            counted = frozen.figure_value(figure)
            if counted != figure.value:
                found.append(f"{figure.ref}/{figure.row} says {figure.value}, the database {counted}")
    return found

"""From counted facts and a selector to a number. The selectors that stand on figures are read here when the
figures are made, and by ``selectors`` (from the frozen Submissions, unit by unit) when somebody asks where
one comes from.

A selector is a set of words:

* whom: ``office``, ``units`` (``municipality``, the default, ``district`` or ``all``), ``round`` (a
  reference date; this round when left out);
* what: nothing (all units), ``delivery`` (states joined by ``|``, or ``delivered``, ``on_behalf``, ``extended``);
  ``question`` with ``values`` (joined by ``|``; one only where several answers can be given), ``numbers``
  (``7-12``) or ``answer`` (``given``, ``missing``), and ``row`` in a matrix; ``pattern`` with ``state``;
  ``register`` (``plan`` with ``values`` (states joined by ``|``) or ``status`` ``none``; ``participation`` with
  ``status`` and either ``network`` or ``kinds`` ``regional``; ``support`` with ``kind`` and ``provider``, or
  ``status`` ``none``), always as the register was on the round's reference date; ``agree`` (``plan`` or
  ``network``: the report beside the register) with ``state``; ``move`` (``question`` with ``from`` and ``to``;
  ``-`` is not answered); any ``register`` but with ``borders`` (the document's day): the municipalities of that day,
  all of whose parts counted in ``round``, or ``carried`` ``no``: those whose figure of then cannot be said; ``added``
  (another app's part) with ``key`` and ``values``: the classes that it brought; ``amount`` (another app's part) with
  ``key`` and, for one receiver, ``of``: a sum of money and not a number of units;
* how: ``measure`` ``count`` (the default), ``share`` (of all units that ``whom`` names), ``change`` (against
  the round ``since``), ``activities`` (support activities instead of units).

Pure.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

from . import borders, rules
from .by_unit import ByUnit, Places
from .facts import DELIVERY, LATE, ON_TIME, AddedAmount, AddedFact, Facts, SupportFact, holds
from .given import Given

Select = Mapping[str, str]
DELIVERED = (ON_TIME, LATE)
KINDS = {"municipality": ("municipality",), "district": ("district",), "all": ("municipality", "district")}
NO_ANSWER = "-"


def delivery_states(words: str) -> frozenset[str]:
    """The states that ``delivery`` names."""
    named = words.split("|")
    return frozenset(state for word in named for state in (DELIVERED if word == "delivered" else (word,)))


def delivery_words(unit: Any) -> frozenset[str]:
    """Every word of ``delivery`` that holds for one unit: its state, and how it came there."""
    marks = (("on_behalf", unit.on_behalf), ("extended", unit.extended))
    return frozenset({unit.state, *(word for word, holds in marks if holds)})


def share(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` as a fraction with six decimals; None of nothing."""
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.000001")) if whole else None


def added_units(rows: Iterable[AddedFact], select: Select, values: str) -> frozenset[int]:
    """The units that another app's part has put in one of the classes ``values`` (joined by ``|``)."""
    wanted = set(values.split("|"))
    return frozenset(
        row.unit
        for row in rows
        if row.part == select["added"] and row.key == select["key"] and row.value in wanted
    )  # fmt: skip


def summed(rows: Iterable[AddedAmount], select: Select) -> int:
    """The sum of another app's amounts under a key; of one receiver where the selector names it."""
    return sum(row.amount for row in amounts_of(rows, select))


def amounts_of(rows: Iterable[AddedAmount], select: Select) -> list[AddedAmount]:
    """The amounts that a selector names."""
    return [
        row
        for row in rows
        if row.part == select["amount"] and row.key == select["key"] and row.row == select.get("of", row.row)
    ]


class Tallies:
    """The counted facts, ready to be asked."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.now = facts.round.date.isoformat()
        self._near = {entry.date.isoformat() for entry in facts.near}
        self._office_keys = tuple(office.key for office in facts.offices)
        self._units: dict[tuple[str, str, str], int] = defaultdict(int)
        self._delivery: dict[tuple[str, str, str, str], int] = defaultdict(int)
        self._index_deliveries()
        self._values: dict[tuple[str, str, str, str, str], int] = defaultdict(int)
        self._numbers: dict[tuple[str, str, str, str], dict[Decimal, int]] = defaultdict(lambda: defaultdict(int))
        self._given: dict[tuple[str, str, str, str], int] = defaultdict(int)
        self._index_answers()
        reported, units = (row.unit for row in facts.reports), (unit.id for unit in facts.units)
        self.places = Places(chain(reported, units, borders.units_in(facts.parts)))
        self._given_by = Given(self.places)
        self._pattern_tally: dict[tuple[str, str, str], Counter[str]] = {}
        self._move_tally: dict[tuple[str, str, str, str], Counter[tuple[frozenset[str], frozenset[str]]]] = {}
        self._office_of: dict[str, ByUnit[str]] = defaultdict(lambda: ByUnit(self.places))
        self._members: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))
        self._index_units()
        self._registers: dict[tuple[str, str, str, str], int] = defaultdict(int)
        self._index_registers()
        self._agreement: dict[tuple[str, str, str], Counter[str]] = {}

    def _index_deliveries(self) -> None:
        for entry in self.facts.deliveries:
            day = entry.round.isoformat()
            self._units[day, entry.office, entry.kind] += entry.n
            self._delivery[day, entry.office, entry.kind, entry.state] += entry.n
            self._delivery[day, entry.office, entry.kind, "on_behalf"] += entry.on_behalf
            self._delivery[day, entry.office, entry.kind, "extended"] += entry.extended

    def _index_answers(self) -> None:
        days = {entry.date: entry.date.isoformat() for entry in self.facts.rounds}
        for round_, office, question, row, value, n in self.facts.counts:
            day = days[round_]
            self._values[day, office, question, row, value] += n
            if question not in rules.SEVERAL:
                self._given[day, office, question, row] += n

    def _index_units(self) -> None:
        """One pass over what each unit has answered: the largest of all the facts."""
        days = {entry.date: entry.date.isoformat() for entry in self.facts.rounds}
        for report in self.facts.reports:
            if report.kind == "municipality":
                self._members[days[report.round], report.office].append(report.unit)
                self._office_of[days[report.round]][report.unit] = report.office
        add = self._given_by.add
        for round_, unit, question, row, value, number, _date, _text in self.facts.unit_answers:
            day = days[round_]
            add(day, unit, question, value)
            if number is not None and (office := self._office_of[day].get(unit)) is not None:
                self._numbers[day, office, question, row][number] += 1
        for day, members in [*self._office_of.items()]:
            for question in rules.SEVERAL:
                for unit in self._given_by.answered(day, question):
                    if (office := members.get(unit)) is not None:
                        self._given[day, office, question, ""] += 1

    def _index_registers(self) -> None:
        for round_, office, register, value, n in self.facts.register_counts:
            self._registers[round_.isoformat(), office, register, value] += n
        day, members = self.facts.round.date, self._office_of[self.now]
        self.plan_status: ByUnit[str] = ByUnit(self.places)
        """What the plan register says of each unit on the reference date."""
        for plan in self.facts.plans:
            if plan.unit in members and holds(plan, day):
                self.plan_status[plan.unit] = plan.status
        self.in_network: ByUnit[bool] = ByUnit(self.places)
        """Who takes part in a regional network by the register on the reference date."""
        self._networks: dict[tuple[str, str, str], array[int]] = defaultdict(lambda: array("q"))
        for row in self.facts.participations:
            where = members.get(row.unit)
            if where is not None and holds(row, day):
                self._networks[where, str(row.network), row.status].append(row.unit)
                if row.status == "active" and row.kind in rules.REGIONAL_KINDS:
                    self.in_network[row.unit] = True

    def value(self, select: Select) -> int | Decimal | None:
        """The figure that the selector names."""
        measure = select.get("measure", "count")
        if measure == "share":
            return share(self.count(select), self.base(select))
        if measure == "change":
            return self.count(select) - self.count({**select, "round": select["since"]})
        if measure == "activities":
            return len({row.activity for row in self._support(select)})
        if "amount" in select:
            return summed(self.facts.amounts, select)
        return self.count(select)

    def base(self, select: Select) -> int:
        """How many units the selector speaks of: the denominator."""
        day, offices = self._where(select)
        kinds = KINDS[select.get("units", "municipality")]
        return sum(self._units[day, office, kind] for office in offices for kind in kinds)

    def count(self, select: Select) -> int:
        """How many of them it counts."""
        if "borders" in select:
            return sum(1 for _unit in self._carried(select))
        if "delivery" in select:
            return self._delivered(select)
        if "pattern" in select:
            return self._patterns(select)
        if "register" in select:
            return self._registered(select)
        if "agree" in select:
            return self._agreeing(select)
        if "added" in select:
            return self._added(select)
        if "move" in select:
            return self._moved(select)
        if "question" in select:
            return self._answers(select)
        return self.base(select)

    def given(self, day: str, unit: int) -> dict[str, frozenset[str]]:
        """What one unit has answered on the questions that are read unit by unit."""
        return self._given_by.all_of(day, unit)

    def given_to(self, day: str, unit: int, question: str) -> frozenset[str]:
        """What one unit has answered to one of these questions."""
        return self._given_by.to(day, unit, question)

    def office_of(self, unit: int) -> str | None:
        """The key of the office of a municipality that reports in the document's round; None for all other units."""
        return self._office_of[self.now].get(unit)

    def _where(self, select: Select) -> tuple[str, tuple[str, ...]]:
        day = select.get("round", self.now)
        return day, ((select["office"],) if "office" in select else self._office_keys)

    def _delivered(self, select: Select) -> int:
        day, offices = self._where(select)
        kinds = KINDS[select.get("units", "municipality")]
        states = delivery_states(select["delivery"])
        if not states <= {*DELIVERY, "on_behalf", "extended"}:
            raise ValueError(f"unknown state of delivery in {select['delivery']!r}")
        return sum(self._delivery[day, o, kind, state] for o in offices for kind in kinds for state in states)

    def _answers(self, select: Select) -> int:
        day, offices = self._where(select)
        question, row = select["question"], select.get("row", "")
        if day not in self._near and question not in rules.TREND_QUESTIONS:
            raise ValueError(f"{question} is not counted for the round of {day}")
        if "answer" in select:
            given = sum(self._given[day, office, question, row] for office in offices)
            delivered = self._delivered({**select, "delivery": "delivered"})
            return {
                "given": given,
                "missing": self.base(select) - given,
                "empty": delivered - given,
                "absent": self.base(select) - delivered,
            }[select["answer"]]
        if "numbers" in select:
            return sum(
                n
                for office in offices
                for number, n in self._numbers[day, office, question, row].items()
                if rules.in_range(number, select["numbers"])
            )
        if "except" in select:
            given = sum(self._given[day, office, question, row] for office in offices)
            return given - sum(self._values[day, office, question, row, select["except"]] for office in offices)
        values = select["values"].split("|")
        return sum(self._values[day, office, question, row, value] for office in offices for value in values)

    def _patterns(self, select: Select) -> int:
        day, offices = self._where(select)
        key, state = select["pattern"], select["state"]
        return sum(self._pattern_counts(day, office, key)[state] for office in offices)

    def _pattern_counts(self, day: str, office: str, key: str) -> Counter[str]:
        """Each combination of answers is judged once: there are few of them, however many units."""
        kept = self._pattern_tally.get((day, office, key))
        if kept is None:
            questions = rules.PATTERN_BY_KEY[key].questions
            asked = Counter(
                tuple(self.given_to(day, unit, question) for question in questions)
                for unit in self._members[day, office]
            )
            kept = Counter()
            for answers, n in asked.items():
                kept[rules.pattern_state(key, dict(zip(questions, answers, strict=True)))] += n
            self._pattern_tally[day, office, key] = kept
        return kept

    def _added(self, select: Select) -> int:
        day, offices = self._where(select)
        found = added_units(self.facts.added, select, select["values"])
        return sum(self._office_of[day].get(unit) in offices for unit in found)

    def _moved(self, select: Select) -> int:
        """Counted by the two answers first: few pairs, however many units."""
        day, offices = self._where(select)
        pairs: Counter[tuple[frozenset[str], frozenset[str]]] = Counter()
        for office in offices:
            pairs += self._moves(select["since"], day, office, select["question"])
        return sum(
            n
            for (before, after), n in pairs.items()
            if matches(before, select["from"]) and matches(after, select["to"])
        )

    def _moves(
        self, since: str, day: str, office: str, question: str
    ) -> Counter[tuple[frozenset[str], frozenset[str]]]:
        key = since, day, office, question
        kept = self._move_tally.get(key)
        if kept is None:
            kept = Counter(
                (self.given_to(since, unit, question), self.given_to(day, unit, question))
                for unit in self._members[day, office]
            )
            self._move_tally[key] = kept
        return kept

    def _registered(self, select: Select) -> int:
        if select["register"] == "support":
            reached = {row.unit for row in self._support(select)}
            return self.base(select) - len(reached) if select.get("status") == "none" else len(reached)
        day, offices = self._where(select)
        if select["register"] == "plan":
            states = select["values"].split("|") if "values" in select else rules.PLAN_STATES
            n = sum(self._registers[day, office, "plan", state] for office in offices for state in states)
            return self.base(select) - n if select.get("status") == "none" else n
        if "kinds" in select:
            return sum(self._registers[day, office, "participation", select["status"]] for office in offices)
        return self._in_network(select, day, offices)

    def _carried(self, select: Select) -> Iterator[int]:
        """The municipalities of the document's day that a figure of an earlier round counts."""
        held: ByUnit[bool] = ByUnit(self.places)
        if "register" in select:
            facts = self.facts
            entry = next(row for row in facts.rounds if row.date.isoformat() == select["round"])
            period = entry.since, entry.date
            for unit in borders.holding(select, period, facts.plans, facts.participations, facts.support):
                held.put(unit, True)
        return borders.carried(self.facts.parts, select, held)

    def _in_network(self, select: Select, day: str, offices: tuple[str, ...]) -> int:
        if day != self.now:
            raise ValueError(f"the networks are not counted one by one for the round of {day}")
        wanted, network = select.get("status"), select.get("network")
        total = 0
        for office in offices:
            found: set[int] = set()
            for (where, which, status), units in self._networks.items():
                if where == office and wanted in (None, status) and network in (None, which):
                    found.update(units)
            total += len(found)
        return total

    def agreement(self, unit: int, what: str) -> str:
        """How one unit's report and the register stand to each other on the reference date: a ``rules.AGREEMENT``."""
        if what == "plan":
            given = self.given_to(self.now, unit, "plan.status")
            return rules.agreement(next(iter(given), ""), self.plan_status.get(unit) or "")
        given = self.given_to(self.now, unit, "network.participates")
        return rules.network_agreement(next(iter(given), ""), "yes" if unit in self.in_network else "")

    def _agreeing(self, select: Select) -> int:
        day, offices = self._where(select)
        if day != self.now:
            raise ValueError(f"reports and registers are not compared for the round of {day}")
        what = select["agree"]
        total = 0
        for office in offices:
            key = day, office, what
            if key not in self._agreement:
                self._agreement[key] = Counter(self.agreement(unit, what) for unit in self._members[day, office])
            total += sum(self._agreement[key][state] for state in select["state"].split("|"))
        return total

    def _support(self, select: Select) -> Iterable[SupportFact]:
        day, offices = self._where(select)
        rounds = {entry.date.isoformat(): entry for entry in self.facts.rounds}
        period = rounds[day]
        within = self._office_of[day] if "office" in select else None
        for row in self.facts.support:
            if (
                period.since < row.on <= period.date
                and row.kind == select.get("kind", row.kind)
                and row.provider == select.get("provider", row.provider)
                and (within is None or within.get(row.unit) in offices)
            ):
                yield row


def matches(values: frozenset[str], words: str) -> bool:
    """Whether an answer (a set of values, empty when not answered) is among ``words``; ``-`` is not
    answered."""
    wanted = set(words.split("|"))
    return NO_ANSWER in wanted if not values else bool(values & wanted)

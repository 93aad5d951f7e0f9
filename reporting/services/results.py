"""What a municipality gets back when the figures of a round are opened: its own answers beside its region's and the
country's.

The figures are those of the note: the same facts and the same rules, of this one round. Of others only counts are told:
a region in which fewer than ``comparison.SMALL`` municipalities have delivered shows none, so that no count is about
one other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count
from django.utils.translation import gettext

from reporting.documents import rules
from reporting.documents.book import Book
from reporting.documents.collect import collect
from reporting.documents.facts import Facts
from reporting.documents.measure import Tallies, share
from reporting.documents.tables_core import indicator_measures
from reporting.form_spec import FormSpec, QuestionSpec, local
from reporting.live import KEEP_SECONDS, last_change
from reporting.models import Report, Round
from reporting.services import comparison
from reporting.services.rounds import form_spec

REASON = "own answers beside region and country"
CHOICES = ("yes_no", "one_of", "several_of")
Counts = Mapping[str, int]
"""Counts by the keys of the offices."""


class IndicatorTally(NamedTuple):
    """A core indicator: its name and rule in words, how many count in each region, and which ones they are."""

    key: str
    label: str
    definition: str
    counts: Counts
    units: frozenset[int]


@dataclass(frozen=True)
class Tally:
    """A round, counted by region: municipalities, those that have delivered, and each answer.

    ``districts`` and ``districts_delivered`` are Oslo's, which count in the delivery only. ``given`` says how many
    answered a question (or a row of one).
    """

    taken: dt.datetime
    units: Counts
    delivered: Counts
    districts: Counts
    districts_delivered: Counts
    indicators: tuple[IndicatorTally, ...]
    values: Mapping[tuple[str, str, str], Counts]
    given: Mapping[tuple[str, str], Counts]


@dataclass(frozen=True)
class Part:
    """``n`` of ``of`` municipalities; ``n`` is None where a count would tell about too few."""

    n: int | None
    of: int

    @property
    def share(self) -> Any:
        """Of one, with six decimals; None where there is nothing to show."""
        return None if self.n is None else share(self.n, self.of)

    @property
    def width(self) -> str:
        """Of a hundred, written for a bar."""
        return f"{100 * (self.n or 0) / self.of:.1f}" if self.of else "0"


@dataclass(frozen=True)
class Line:
    """One answer or one row: its words, whether it is one's own answer, one's own words, and the others' counts."""

    key: str
    text: str
    region: Part
    country: Part
    own: bool = False
    words: str = ""
    definition: str = ""
    missing: bool = False


@dataclass(frozen=True)
class Block:
    """A question with its answers, or a matrix with its rows; ``matrix`` is ``taken`` where what is in use or decided
    is counted, ``same`` where those with the same answer are, and empty for a question."""

    code: str
    title: str
    lines: tuple[Line, ...]
    matrix: str = ""
    groups: tuple[tuple[str, tuple[Line, ...]], ...] = ()


@dataclass(frozen=True)
class Results:
    """Everything on the page. ``small`` says that the region is too small for counts of its own."""

    taken: dt.datetime
    small: bool
    delivered: tuple[Part, Part]
    indicators: tuple[Line, ...] = ()
    blocks: tuple[Block, ...] = ()


def results(report: Report, *, language: str, now: dt.datetime) -> Results:
    """The results of the round for the municipality of ``report``, which is sent in. A district of Oslo gets how many
    districts and municipalities have delivered, and no more: its answers are in no figure."""
    tally = tally_of(report.round, language=language, now=now)
    office = report.office.key
    if report.municipality.is_district:
        region = Part(tally.districts_delivered.get(office, 0), tally.districts.get(office, 0))
        return Results(tally.taken, False, (region, _part(tally.delivered, tally.units, None)))
    page = _Page(report, tally, language)
    return Results(
        tally.taken,
        page.small,
        (_part(tally.delivered, tally.units, office), _part(tally.delivered, tally.units, None)),
        page.indicators(),
        page.blocks(),
    )


def tally_of(round_: Round, *, language: str, now: dt.datetime) -> Tally:
    """The counts of ``round_`` as they stand, at most ``KEEP_SECONDS`` old where a register was put right."""
    key = f"results:{round_.pk}:{language}:{last_change()}"
    kept: Tally | None = cache.get(key)
    if kept is None:
        kept = count(collect(round_, frozen_at=now, sheets=False, alone=True), language)
        cache.set(key, kept, KEEP_SECONDS)
    return kept


def count(facts: Facts, language: str) -> Tally:
    """Count one round's facts by region, by the rules of the note. One query, for questions with several answers."""
    book = Book(facts, language, gettext)
    tallies, offices = book.tallies, [office.key for office in facts.offices]

    def by_office(**select: str) -> Counts:
        return {office: tallies.count({**select, "office": office}) for office in offices}

    return Tally(
        taken=facts.frozen_at,
        units=by_office(),
        delivered=by_office(delivery="delivered"),
        districts=by_office(units="district"),
        districts_delivered=by_office(units="district", delivery="delivered"),
        indicators=tuple(
            IndicatorTally(
                measure.key, measure.label, measure.definition, by_office(**measure.select),
                _counted(tallies, measure.select),
            )
            for measure in indicator_measures(book)
        ),
        values=_values(facts),
        given=_given(facts, by_office),
    )  # fmt: skip


def _counted(tallies: Tallies, select: Mapping[str, str]) -> frozenset[int]:
    """The municipalities that a core indicator counts."""
    facts = tallies.facts
    members = {unit.id for unit in facts.units if unit.kind == "municipality"}
    if select.get("register") == "plan":
        states = select["values"].split("|")
        found = {unit for unit in members if tallies.plan_status.get(unit) in states}
    elif select.get("register") == "support":
        found = {row.unit for row in facts.support if facts.round.since < row.on <= facts.round.date}
    elif "register" in select:
        found = {unit for unit in members if unit in tallies.in_network}
    else:
        question, value = select["question"], select["values"]
        found = {unit for unit in members if value in tallies.given_to(tallies.now, unit, question)}
    return frozenset(found & members)


def _values(facts: Facts) -> dict[tuple[str, str, str], dict[str, int]]:
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in facts.counts:
        found.setdefault((row.question, row.row, row.value), {})[row.office] = row.n
    return found


def _given(facts: Facts, by_office: Any) -> dict[tuple[str, str], Counts]:
    """How many have answered each question: of one answer by the note's rule, of several by their reports."""
    several = [question.code for question in facts.form.questions() if question.kind == "several_of"]
    found: dict[tuple[str, str], Counts] = {}
    for question in facts.form.questions():
        if question.kind in ("yes_no", "one_of"):
            found[question.code, ""] = by_office(question=question.code, answer="given")
        for row in question.row_keys:
            found[question.code, row] = by_office(question=question.code, row=row, answer="given")
    reports = Report.objects.across_all(reason=REASON).filter(
        round_id=facts.round.id, status__in=Report.DELIVERED, municipality__kind="municipality",
        current__answer_rows__question__in=several,
    )  # fmt: skip
    rows = reports.values_list("current__answer_rows__question", "office__key").annotate(n=Count("pk", distinct=True))
    for code in several:
        found[code, ""] = {}
    for code, office, n in rows.order_by():
        found[code, ""] = {**found[code, ""], office: n}
    return found


def _part(counts: Counts, wholes: Counts, office: str | None, *, hidden: bool = False) -> Part:
    """``office`` None is the whole country."""
    whole = sum(wholes.values()) if office is None else wholes.get(office, 0)
    if hidden:
        return Part(None, whole)
    return Part(sum(counts.values()) if office is None else counts.get(office, 0), whole)


class _Page:
    """One municipality's page, put together from the counts and its own answers."""

    def __init__(self, report: Report, tally: Tally, language: str) -> None:
        self.report, self.tally, self.language = report, tally, language
        self.office = report.office.key
        self.own: Mapping[str, Any] = report.current.answers if report.current else {}
        self.small = tally.delivered.get(self.office, 0) < comparison.SMALL
        self.spec: FormSpec = form_spec(report.round.form_version)

    def indicators(self) -> tuple[Line, ...]:
        unit = self.report.municipality_id
        return tuple(
            Line(
                one.key, one.label, own=unit in one.units, definition=one.definition,
                region=_part(one.counts, self.tally.units, self.office, hidden=self.small),
                country=_part(one.counts, self.tally.units, None),
            )
            for one in self.tally.indicators
        )  # fmt: skip

    def blocks(self) -> tuple[Block, ...]:
        found = [self._question(q) for q in self.spec.questions() if q.kind in CHOICES]
        return (*found, *(self._matrix(q) for q in self.spec.questions() if q.kind == "matrix"))

    def _pair(self, counts: Counts) -> tuple[Part, Part]:
        """The region's part and the country's."""
        region = _part(counts, self.tally.units, self.office, hidden=self.small)
        return region, _part(counts, self.tally.units, None)

    def _missing(self, code: str, row: str = "") -> Counts:
        given = self.tally.given.get((code, row), {})
        return {office: n - given.get(office, 0) for office, n in self.tally.units.items()}

    def _question(self, question: QuestionSpec) -> Block:
        value = self.own.get(question.code)
        chosen = value if isinstance(value, list) else [value]
        lines = [
            Line(
                option.key, local(option.text, self.language),
                *self._pair(self.tally.values.get((question.code, "", option.key), {})), own=option.key in chosen,
            )
            for option in question.options
        ]  # fmt: skip
        silent = gettext("Not answered"), self._missing(question.code)
        if question.kind == "several_of":  # to choose nothing is an answer of those who have delivered
            given = self.tally.given[question.code, ""]
            empty = {office: n - given.get(office, 0) for office, n in self.tally.delivered.items()}
            lines.append(Line("-", gettext("Nothing chosen"), *self._pair(empty), own=not value))
            absent = {office: n - self.tally.delivered[office] for office, n in self.tally.units.items()}
            silent, value = (gettext("Not delivered"), absent), True
        lines.append(Line("", silent[0], *self._pair(silent[1]), own=not value, missing=True))
        return Block(question.code, local(question.text, self.language), tuple(lines))

    def _matrix(self, question: QuestionSpec) -> Block:
        """What is taken into use or decided for the reform's solutions; else how many answer as oneself does."""
        taken = set(rules.POSITION_TAKEN) <= set(question.option_keys)
        lines = {row.key: self._row(question, row.key, local(row.text, self.language), taken) for row in question.rows}
        groups = tuple(
            (local(group.text, self.language), tuple(lines[row.key] for row in question.rows if row.group == group.key))
            for group in question.groups
        )
        rest = tuple(line for row, line in zip(question.rows, lines.values(), strict=True) if not row.group)
        every = (*groups, ("", rest)) if rest else groups
        title = local(question.text, self.language)
        return Block(question.code, title, tuple(lines.values()), "taken" if taken else "same", every)

    def _row(self, question: QuestionSpec, row: str, text: str, taken: bool) -> Line:
        value = (self.own.get(question.code) or {}).get(row)
        option = question.option(value) if value else None
        wanted: Iterable[str] = rules.POSITION_TAKEN if taken else [value or ""]
        counts: dict[str, int] = {}
        for key in wanted:
            for office, n in self.tally.values.get((question.code, row, key), {}).items():
                counts[office] = counts.get(office, 0) + n
        words = local(option.text, self.language) if option else gettext("Not answered")
        own = value in rules.POSITION_TAKEN if taken else bool(value)
        if not taken and not value:
            counts = dict(self._missing(question.code, row))
        return Line(row, text, *self._pair(counts), own=own, words=words, missing=not value)

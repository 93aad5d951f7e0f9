"""What the national summary is computed from: plain frozen values, already counted where the database can
count.

``collect`` fills them, ``compute`` reads them. Pure: no Django, no clock, no locale. Names that exist in two
languages carry both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from reporting.form_spec import FormSpec

ON_TIME, LATE, RETURNED, MISSING = "on_time", "late", "returned", "missing"
DELIVERY = (ON_TIME, LATE, RETURNED, MISSING)
"""How a unit's report stands when the figures are taken; ``returned`` is sent back and not sent in anew, and
does not count. ``delivered`` in a selector is the first two."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A municipality or a district of Oslo on the reference date. ``names`` are all official names with their
    language (``no``, ``se`` ...), the Norwegian one first; ``column`` and ``row`` its place in the tile
    map."""

    id: int
    number: str
    name: str
    names: tuple[tuple[str, str], ...]
    office: str
    county: str
    county_name: str
    kind: str = "municipality"
    column: int | None = None
    row: int | None = None

    @property
    def display_name(self) -> str:
        return " – ".join(name for name, _lang in self.names)


@dataclass(frozen=True)
class Office:
    """One of the offices of the statsforvalter, by its key and short name."""

    key: str
    name: str


@dataclass(frozen=True)
class RoundFact:
    """A round. ``since`` is the reference date before it: support counts from the day after to ``date``. In a yearly
    report the last day of a year stands as one too, with the reports ``of`` that year's last round."""

    id: int
    date: dt.date
    deadline: dt.date
    since: dt.date
    of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class UnitReport:
    """How one unit's report in a round stood when the figures were taken. ``submission`` is the one that
    counts; only an ``approved`` one has changed the registers."""

    round: dt.date
    unit: int
    office: str
    kind: str
    state: str
    days_late: int = 0
    on_behalf: bool = False
    extended: bool = False
    submission: int | None = None
    number: int = 0
    approved: bool = False


@dataclass(frozen=True)
class DeliveryCount:
    """So many units of a round, office and kind stand in ``state``; ``on_behalf`` of them through their
    office, ``extended`` within a later deadline of their own."""

    round: dt.date
    office: str
    kind: str
    state: str
    n: int
    on_behalf: int = 0
    extended: int = 0


class AnswerCount(NamedTuple):
    """So many municipalities gave this answer. Texts, dates and numbers have no value: then it is how many
    answered."""

    round: dt.date
    office: str
    question: str
    row: str
    value: str
    n: int


class UnitAnswer(NamedTuple):
    """One answer of one unit, for the rules that look at a unit as a whole and for the annex."""

    round: dt.date
    unit: int
    question: str
    row: str
    value: str
    number: Decimal | None = None
    date: dt.date | None = None
    text: str = ""


@dataclass(frozen=True)
class NetworkFact:
    """A network that exists on the reference date; ``offices`` are the keys of the regions it covers, ``since`` its
    first day."""

    id: int
    name: str
    kind: str
    host: str
    offices: tuple[str, ...]
    since: dt.date | None = None


class ParticipationFact(NamedTuple):
    """A municipality's part in a network: ``active`` or ``planned`` from ``since`` to ``until`` (None: open).

    Without ``kind`` (of the network) and ``since`` it is a row of a summary made before these were kept: it held on
    the reference date.
    """

    id: int
    unit: int
    network: int
    status: str
    kind: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


class PlanFact(NamedTuple):
    """A row of the plan register: the municipality's status from ``since`` to ``until`` (None: open).

    ``decided_on`` is the day of the council's decision; ``origin`` the report that wrote it (``report:12/2``) or
    ``register…`` where somebody wrote it there.
    """

    id: int
    unit: int
    status: str
    since: dt.date
    until: dt.date | None
    decided_on: dt.date | None
    origin: str


class RegisterCount(NamedTuple):
    """So many municipalities of a round and office have ``value`` in a register on the round's reference date:
    ``plan`` with a status, ``participation`` with ``active`` (in a regional network, ``rules.REGIONAL_KINDS``)."""

    round: dt.date
    office: str
    register: str
    value: str
    n: int


def holds(row: ParticipationFact | PlanFact, day: dt.date) -> bool:
    """Whether a register row held on ``day``."""
    return (row.since is None or row.since <= day) and (row.until is None or day <= row.until)


@dataclass(frozen=True)
class FormUse:
    """A form other than the round's newest in which ``units`` have given the answers that count."""

    form: FormSpec
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PartsFact:
    """What a municipality of the document's day was made of in an earlier ``round``: the units of then whose whole
    figure belongs to it. Empty where it lay in one that was split."""

    round: dt.date
    unit: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class SupportFact:
    """One support activity for one municipality."""

    activity: int
    unit: int
    kind: str
    provider: str
    on: dt.date


@dataclass(frozen=True)
class SolutionFact:
    """One of the 25 solutions, with its focus area; ``names`` and ``area_names`` by language."""

    code: str
    names: Mapping[str, str]
    area: str
    area_names: Mapping[str, str]


@dataclass(frozen=True)
class TaskFact:
    """One of Helsedirektoratet's tasks in the reform, with the letter that gave it; both by language."""

    code: str
    names: Mapping[str, str]
    sources: Mapping[str, str]


@dataclass(frozen=True)
class AddedFact:
    """What a part of another app knows of a municipality on the document's day: its class under a key. ``unknown``
    is the class of those of whom nothing is known."""

    part: str
    key: str
    unit: int
    value: str


@dataclass(frozen=True)
class AddedAmount:
    """A sum of money that a part of another app knows of: what it is for (``key``), whose it is (``row``, with its
    names by language), and how much, in the unit that its column names (1 000 kr or kr)."""

    part: str
    key: str
    row: str
    amount: int
    names: Mapping[str, str] = field(default_factory=dict)


UNKNOWN = "unknown"
HALF_YEAR, YEARLY = "half_year", "yearly"


def day_of(kind: str, reference_date: dt.date) -> dt.date:
    """The day of a document's figures: the round's reference date, or the last day of its year."""
    return reference_date if kind != YEARLY else dt.date(reference_date.year, 12, 31)


@dataclass(frozen=True)
class Composed:
    """How Helsedirektoratet wants the document: its ``kind``, the keys of its parts in order (none: the usual ones),
    its own words by language (``{"nb": {part: text}}``), those at single tables (``{"nb": {table: text}}``), and the
    risk of each task (``{task: {"level": 1-4, "nb": text, "nn": text}}``)."""

    kind: str = HALF_YEAR
    outline: tuple[str, ...] = ()
    assessment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    remarks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    risks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Any) -> Composed:
        """What a row with these fields says: a composition, or the copy of it that a version keeps."""
        return cls(row.kind, tuple(row.outline), row.assessment, row.remarks, row.risks)


@dataclass(frozen=True)
class Facts:
    """Everything about one round and the earlier ones, at one moment.

    ``rounds`` are oldest first and end with ``round``; ``previous`` is the one before it, if there is one.
    ``answers`` are all answers of the round with their texts (empty when the workbook's own sheets are not
    wanted), ``submissions`` counts the frozen Submissions of the round. ``participations`` and ``plans`` are the
    register rows that held on one of the rounds' reference dates. ``parts`` is there where the borders of the
    rounds differ, ``older_forms`` where the round's form was mended after some had sent in. ``added`` and ``amounts``
    are what parts of other apps know (``documents.added``). Where there is a row for each municipality, ``collect``
    gives ``Columns``.
    """

    round: RoundFact
    rounds: tuple[RoundFact, ...]
    frozen_at: dt.datetime
    version: int
    sample: bool
    units: Sequence[Unit]
    offices: tuple[Office, ...]
    form: FormSpec
    reports: Sequence[UnitReport]
    deliveries: tuple[DeliveryCount, ...]
    counts: tuple[AnswerCount, ...]
    unit_answers: Sequence[UnitAnswer]
    solutions: tuple[SolutionFact, ...]
    networks: tuple[NetworkFact, ...] = ()
    participations: Sequence[ParticipationFact] = ()
    plans: Sequence[PlanFact] = ()
    register_counts: tuple[RegisterCount, ...] = ()
    support: tuple[SupportFact, ...] = ()
    parts: Sequence[PartsFact] = ()
    older_forms: tuple[FormUse, ...] = ()
    answers: Sequence[UnitAnswer] = ()
    composed: Composed = field(default_factory=Composed)
    tasks: tuple[TaskFact, ...] = ()
    submission_ids: Sequence[int] = ()
    added: tuple[AddedFact, ...] = ()
    amounts: tuple[AddedAmount, ...] = ()

    @property
    def previous(self) -> RoundFact | None:
        """What the document compares with: the round before, and in a yearly report the end of the year before."""
        earlier = [entry for entry in self.rounds[:-1] if (entry.of is None) == (self.round.of is None)]
        return earlier[-1] if earlier else None

    @property
    def near(self) -> tuple[RoundFact, ...]:
        """The round and the one it is compared with: of these every answer is counted."""
        return (self.round,) if self.previous is None else (self.previous, self.round)

    def unit(self, pk: int) -> Unit | None:
        return self._units_by_id.get(pk)

    @property
    def _units_by_id(self) -> dict[int, Unit]:
        cached: dict[int, Unit] | None = self.__dict__.get("_by_id")
        if cached is None:
            cached = {unit.id: unit for unit in self.units}
            self.__dict__["_by_id"] = cached
        return cached

    def text(self, entry: Mapping[str, Any], language: str) -> str:
        """The word of a name in two languages."""
        return str(entry.get(language) or entry.get("nb") or "")

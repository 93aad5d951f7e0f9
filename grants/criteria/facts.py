"""What a criterion may look at, and what it answers. Pure: no Django, no database, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["met", "not_met", "unknown"]
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """A row of the plan register that holds on the day. ``unit`` is the identity it was registered for."""

    id: int
    unit: int
    status: str
    valid_from: dt.date
    decided_on: dt.date | None
    expected_on: dt.date | None
    has_process: bool
    origin: str


@dataclass(frozen=True)
class Position:
    """A position on a solution (``solution`` set) or on a focus area as a whole, that holds on the day."""

    id: int
    unit: int
    area: str
    solution: str
    position: str
    valid_from: dt.date
    origin: str


@dataclass(frozen=True)
class Anchoring:
    """A plan in which the reform is anchored, or, with ``is_expected``, is to be taken in."""

    id: int
    unit: int
    plan_type: str
    is_expected: bool
    valid_from: dt.date
    adopted_on: dt.date | None
    expected_on: dt.date | None
    origin: str


@dataclass(frozen=True)
class Participation:
    """A part in a network that holds on the day, or is planned from a later one."""

    id: int
    unit: int
    network: int
    kind: str
    status: str
    valid_from: dt.date
    origin: str


@dataclass(frozen=True)
class Answers:
    """The answers of the newest report that was approved by the day: of which round, and which Submission.

    ``values`` maps a question's code to its values: option keys, a date as ISO text, or a text; a question that was
    not answered has no key. ``asked`` are the codes that the form had, so that "asked and left empty" is told from
    "never asked".
    """

    report: int
    submission: int
    unit: int
    reference_date: dt.date
    approved_on: dt.date
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class UnitFacts:
    """Everything that the registers and approved reports say of one municipality on ``day``.

    ``parts`` are the facts of each municipality that it was made of by a merger or split, as of the last day on which
    that one existed; they count only where the municipality's own registers say nothing (see ``collect``).
    """

    unit: int
    day: dt.date
    decisions: tuple[Decision, ...] = ()
    positions: tuple[Position, ...] = ()
    anchorings: tuple[Anchoring, ...] = ()
    participations: tuple[Participation, ...] = ()
    answers: Answers | None = None
    parts: tuple[UnitFacts, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """One thing that the outcome rests on, so that a reader can go to it.

    ``kind`` is ``decision``, ``position``, ``anchoring``, ``participation`` or ``answer``; ``id`` the register row's,
    or the Submission's; ``question`` the code of an answer; ``unit`` whose it is (a part's, after a merger); ``since``
    the day from which it holds; ``word`` the key of the sentence that says what it shows (``grants/words.py``).
    """

    kind: Literal["decision", "position", "anchoring", "participation", "answer"]
    id: int
    unit: int
    since: dt.date | None
    word: str
    question: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a criterion comes to. ``since`` is the day from which it is met; ``missing`` the key of the one sentence
    that the municipality can act on (empty where it is met)."""

    state: State
    evidence: tuple[Evidence, ...] = ()
    since: dt.date | None = None
    missing: str = ""


Judge = Callable[[UnitFacts, Settings], Outcome]


@dataclass(frozen=True)
class Rule:
    """A criterion as code: its key, where it is from, its version (raised when it may answer otherwise), what it can
    be asked to accept with the defaults, and the function."""

    code: str
    source: str
    version: int
    defaults: Settings
    judge: Judge

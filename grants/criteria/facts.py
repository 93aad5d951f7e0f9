"""What a criterion may look at, and what it answers. Pure: no Django, no database, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

State = Literal["met", "not_met", "unknown"]
MET: State = "met"
NOT_MET: State = "not_met"
UNKNOWN: State = "unknown"
Settings = Mapping[str, Any]

AREAS = ("1", "2", "3", "4", "5")
"""The five focus areas of the reform (Meld. St. 15 (2017-2018)), by code; a solution's code begins with its area's."""


class Decision(NamedTuple):
    """A row of the plan register that holds on the day. ``unit`` is the identity it was registered for."""

    id: int
    unit: int
    status: str
    has_process: bool
    valid_from: dt.date
    valid_to: dt.date | None
    decided_on: dt.date | None
    expected_on: dt.date | None
    origin: str


class Position(NamedTuple):
    """The positions in one focus area that hold on the day, counted: on its solutions, or (``of`` is ``area``) on the
    area as a whole. ``held`` are all of them, ``taken`` those by which the council has taken a position ("not
    considered" is none); ``since`` is when the first of these began, and ``id`` the first of their rows."""

    unit: int
    area: str
    of: Literal["solution", "area"]
    held: int
    taken: int
    since: dt.date | None
    id: int | None


class Anchoring(NamedTuple):
    """A plan in which the reform is anchored, or, with ``is_expected``, is to be taken in."""

    id: int
    unit: int
    plan_type: str
    is_expected: bool
    valid_from: dt.date
    valid_to: dt.date | None
    adopted_on: dt.date | None
    expected_on: dt.date | None
    origin: str


class Participation(NamedTuple):
    """A part in a network that holds on the day: active, or planned. ``is_regional`` says whether the network is of a
    kind that counts as a regional learning network (Tillegg 40)."""

    id: int
    unit: int
    network: int
    is_regional: bool
    status: str
    valid_from: dt.date
    valid_to: dt.date | None
    origin: str


@dataclass(frozen=True)
class Answers:
    """The answers of the newest report that was approved by the day: of which round, and which Submission.

    ``values`` maps a question's code to its values: option keys, a date as ISO text, or a text; a question that was
    not answered has no key. ``positions`` are its positions by the solution's code. ``asked`` are the codes that the
    form had, so that "asked and left empty" is told from "never asked".
    """

    report: int
    submission: int
    unit: int
    reference_date: dt.date
    approved_on: dt.date
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    positions: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()

    def one(self, question: str) -> str:
        """The answer to a question with one answer; empty when it was not answered."""
        return next(iter(self.values.get(question, ())), "")


@dataclass(frozen=True)
class UnitFacts:
    """Everything that the registers and approved reports say of one municipality on ``day``.

    ``ended`` tells of what a register once said and says no longer: ``plan``, ``samfunnsdel`` or ``network`` to the
    last day on which it held. ``parts`` are the facts of each municipality that it was made of by a merger or split,
    with what held on the last day on which that one existed; they count only where the municipality's own registers
    and report say nothing (see ``parts``).
    """

    unit: int
    day: dt.date
    decisions: tuple[Decision, ...] = ()
    positions: tuple[Position, ...] = ()
    anchorings: tuple[Anchoring, ...] = ()
    participations: tuple[Participation, ...] = ()
    answers: Answers | None = None
    ended: Mapping[str, dt.date] = field(default_factory=dict)
    parts: tuple[UnitFacts, ...] = ()

    def answered(self, subject: str) -> Answers | None:
        """The report's answers where they may stand in for a register that is silent about ``subject`` (a key of
        ``ended``): not when what they said has ended there since."""
        if self.answers is None:
            return None
        ended = self.ended.get(subject)
        return self.answers if ended is None or ended < self.answers.reference_date else None


class Evidence(NamedTuple):
    """One thing that the outcome rests on, so that a reader can go to it.

    ``kind`` is ``decision``, ``position``, ``anchoring``, ``participation`` or ``answer``; ``id`` the register row's,
    or the Submission's; ``question`` the code of an answer, ``area`` that of a position's focus area; ``unit`` whose
    it is (a part's, after a merger); ``since`` the day from which it holds; ``word`` the key of the sentence that says
    what it shows (``grants/words.py``).
    """

    kind: Literal["decision", "position", "anchoring", "participation", "answer"]
    id: int
    unit: int
    since: dt.date | None
    word: str
    question: str = ""
    area: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a criterion comes to. ``since`` is the day from which it is met; ``missing`` the key of the one sentence
    that the municipality can act on (empty where it is met), and ``about`` what the sentence names: codes of focus
    areas, or a day as ISO text. ``parts`` are the outcomes of the municipalities it was made of, where those decide."""

    state: State
    evidence: tuple[Evidence, ...] = ()
    since: dt.date | None = None
    missing: str = ""
    about: tuple[str, ...] = ()
    parts: tuple[tuple[int, State], ...] = ()


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

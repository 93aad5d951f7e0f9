"""The rules of the figures: the five risk patterns, the classes of delay, and the questions that they need.

Every rule looks at what one municipality has answered. A municipality that has not answered what the rule
needs is ``missing`` and never guessed. Pure.

Sources: the core indicators are those of Tillegg 40 to the letters of 2021; the five patterns are those that
Helsedirektoratet asks the offices to follow up in the letter of assignment (oppdragsbrev) of 2022.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

SEEN, NOT_SEEN, MISSING = "seen", "not_seen", "missing"

Given = Mapping[str, frozenset[str]]
"""What a municipality has answered: question -> the options it chose."""

ADOPTED = ("own", "inside")
ADOPTED_OR_PROCESS = ("own", "inside", "process")
WITHOUT = ("none", "declined")
PLAN_TYPES = ("samfunnsdel", "handlingsdel", "budget", "care_plan", "strategy", "own_plan")
BROAD_PLAN_TYPES = frozenset(PLAN_TYPES) - {"own_plan"}
POSITIONS = ("in_place", "adopted", "adapted", "considered", "not_considered")
POSITION_TAKEN = ("in_place", "adopted", "adapted")
SUPPORT_KINDS = ("dialogue", "leaders", "course", "planning", "letter")
DELAY_CLASSES = ("0", "1-6", "7-12", "13-24", "25-")
DELAY_REASONS = ("pandemic", "capacity", "money", "merger", "priority", "other")

SEVERAL = ("plan.anchoring", "org.sectors", "org.involved", "support.received")
"""Questions with several answers: how many answered at all has to be counted for itself."""


@dataclass(frozen=True)
class Pattern:
    """One of the five patterns: the questions it rests on and the test that says ``seen``."""

    key: str
    questions: tuple[str, ...]
    seen: Callable[[Given], bool]
    version: int = 1


def _health_only(given: Given) -> bool:
    return given["org.sectors"] == {"health"}


def _little_involvement(given: Given) -> bool:
    involved = given["org.involved"]
    return "inhabitants" not in involved or len(involved) < 2


def _placed_low(given: Given) -> bool:
    return bool(given["org.responsible"] & {"unit", "project"})


def _isolated(given: Given) -> bool:
    return not given["plan.anchoring"] & BROAD_PLAN_TYPES


def _no_analysis(given: Given) -> bool:
    return given["org.analysis"] == {"no"}


PATTERNS = (
    Pattern("health_only", ("org.sectors",), _health_only),
    Pattern("involvement", ("org.involved",), _little_involvement),
    Pattern("placed_low", ("org.responsible",), _placed_low),
    Pattern("isolated", ("plan.anchoring",), _isolated),
    Pattern("analysis", ("org.analysis",), _no_analysis),
)
PATTERN_BY_KEY = {pattern.key: pattern for pattern in PATTERNS}
PATTERN_QUESTIONS = tuple(question for pattern in PATTERNS for question in pattern.questions)

TREND_QUESTIONS = ("plan.status", "plan.anchoring", "network.participates")
"""The questions of the core indicators: all that is counted of the rounds before the last two."""

NUMBER_QUESTIONS = ("progress.delay_months",)
"""Questions whose numbers are counted in classes."""

UNIT_CHOICES = (
    *PATTERN_QUESTIONS, "support.received", "plan.status", "network.participates", "progress.step", "progress.phase",
)  # fmt: skip
UNIT_VALUES = ("plan.decided_on", "progress.delay_months")
"""The questions that are read for each unit by itself, for the patterns, the changes and the annex."""


def pattern_state(key: str, given: Given) -> str:
    """``seen``, ``not_seen`` or ``missing`` for one municipality. KeyError for an unknown pattern."""
    pattern = PATTERN_BY_KEY[key]
    if any(not given.get(question) for question in pattern.questions):
        return MISSING
    return SEEN if pattern.seen(given) else NOT_SEEN


def in_range(number: object, numbers: str) -> bool:
    """Whether a number lies in ``7-12``, ``25-`` or ``0`` (both ends included)."""
    low, dash, high = numbers.partition("-")
    value = float(str(number))
    if not dash:
        return value == float(low)
    return float(low) <= value and (not high or value <= float(high))

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
PLAN_STATES = ("own", "inside", "process", "none", "declined")
PLAN_TYPES = ("samfunnsdel", "handlingsdel", "budget", "care_plan", "strategy", "own_plan")
BROAD_PLAN_TYPES = frozenset(PLAN_TYPES) - {"own_plan"}
POSITIONS = ("in_place", "adopted", "adapted", "considered", "not_considered")
POSITION_TAKEN = ("in_place", "adopted", "adapted")
REGIONAL_KINDS = ("municipal", "leader", "professional", "regional", "hospital")
"""The kinds of networks that count as regional learning networks (Tillegg 40): they build on what there is, also on
leader networks and on forums with the hospital. The national network of age-friendly communities is none."""
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

SAME, DIFFER, REPORT_ONLY, REGISTER_ONLY, NEITHER = "same", "differ", "report_only", "register_only", "neither"
AGREEMENT = (SAME, DIFFER, REPORT_ONLY, REGISTER_ONLY, NEITHER)
"""How a report and a register stand to each other; every municipality is in exactly one of them."""

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


def agreement(answer: str, registered: str) -> str:
    """What the report answers beside what the register says on the same day; empty where one says nothing."""
    if answer and registered:
        return SAME if answer == registered else DIFFER
    return REPORT_ONLY if answer else REGISTER_ONLY if registered else NEITHER


def network_agreement(answer: str, registered: str) -> str:
    """The same of taking part in a regional network, where having no row is an answer too: ``planned`` and ``no``
    agree with a register in which the municipality is not active (``registered`` is ``yes`` or empty)."""
    if not answer:
        return REGISTER_ONLY if registered else NEITHER
    if (answer == "yes") == bool(registered):
        return SAME
    return DIFFER if registered else REPORT_ONLY


def in_range(number: object, numbers: str) -> bool:
    """Whether a number lies in ``7-12``, ``25-`` or ``0`` (both ends included)."""
    low, dash, high = numbers.partition("-")
    value = float(str(number))
    if not dash:
        return value == float(low)
    return float(low) <= value and (not high or value <= float(high))

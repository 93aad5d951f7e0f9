"""What stands behind a figure: the units of a round as a summary saw them, and what they answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from . import rules
from .facts import LATE, MISSING, ON_TIME, RETURNED
from .measure import Select

BESIDE = {"plan": "plan.status", "network": "network.participates", "participation": "network.participates"}
"""The question that asks about the same as a register: its answer is shown beside the register's row."""


@dataclass(frozen=True)
class FrozenUnit:
    """A unit of a round as the summary saw it; ``submission`` is the one that counted, None when none did."""

    unit: int
    report: int
    office: str
    kind: str
    submission: int | None = None
    number: int = 0
    days_late: int = 0
    on_behalf: bool = False
    extended: bool = False
    submitted_at: dt.datetime | None = None
    sent_once: bool = False

    @property
    def state(self) -> str:
        """How its report stood: on time, late, returned or missing."""
        if self.submission is not None:
            return LATE if self.days_late else ON_TIME
        return RETURNED if self.sent_once else MISSING


@dataclass(frozen=True)
class GivenAnswer:
    """One answer of a frozen Submission."""

    row: str
    value: str
    number: Decimal | None
    date: dt.date | None
    text: str


@dataclass
class Home:
    """Where a figure comes from: the units counted, those not counted, and those that have not answered.

    ``question`` and ``row`` are what was asked, where one question is behind the figure; ``units`` all that were
    looked at, in no particular order.
    """

    value: int | Decimal | None
    counted: list[FrozenUnit] = field(default_factory=list)
    not_counted: list[FrozenUnit] = field(default_factory=list)
    missing: list[FrozenUnit] = field(default_factory=list)
    questions: tuple[str, ...] = ()
    row: str = ""
    round: dt.date | None = None

    @property
    def units(self) -> list[FrozenUnit]:
        return [*self.counted, *self.not_counted, *self.missing]


def questions_of(select: Select) -> tuple[str, ...]:
    """The questions whose answers are behind a selector."""
    if "borders" in select:
        return ()
    if "pattern" in select:
        return rules.PATTERN_BY_KEY[select["pattern"]].questions
    if "agree" in select or select.get("register") in BESIDE:
        return (BESIDE[select.get("agree") or select["register"]],)
    return (select["question"],) if "question" in select else ()

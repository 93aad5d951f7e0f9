"""What the regions' volumes are made from, unit by unit: plain frozen values. Pure.

Only what a municipality has sent in and what the registers say of it: no internal notes, no judgement of risk, no
drafts, and nobody's name or address. A volume may be handed on by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reporting.form_spec import FormSpec


@dataclass(frozen=True)
class SentIn:
    """The Submission of a unit that counts in a round, with the form that it answered (its own version)."""

    unit: int
    round: dt.date
    number: int
    submitted_at: dt.datetime
    days_late: int
    extended_to: dt.date | None
    on_behalf: bool
    approved: bool
    answers: Mapping[str, Any]
    form: FormSpec


@dataclass(frozen=True)
class Decision:
    """A row of the plan register: ``since`` and ``until`` are the days between which it holds."""

    unit: int
    status: str
    since: dt.date
    until: dt.date | None
    decided_on: dt.date | None
    expected_on: dt.date | None
    title: str
    case_number: str
    registered_at: dt.datetime


@dataclass(frozen=True)
class Anchoring:
    """A plan in which the reform is anchored, or is to be (``expected``); the years that it covers."""

    unit: int
    plan_type: str
    name: str
    since: dt.date
    until: dt.date | None
    adopted_on: dt.date | None
    covers_from: int | None
    covers_to: int | None
    expected: bool
    registered_at: dt.datetime


@dataclass(frozen=True)
class Progress:
    """Step and phase by the register, with the delay in months and its reason."""

    unit: int
    since: dt.date
    until: dt.date | None
    step: int | None
    phase: int | None
    delay_months: int | None
    delay_reason: str
    registered_at: dt.datetime


@dataclass(frozen=True)
class Part:
    """A unit's part in a network, ``active`` or ``planned``."""

    unit: int
    network: str
    kind: str
    status: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class Given:
    """One support activity for one unit. ``registered_at`` is None where the register does not know."""

    unit: int
    kind: str
    provider: str
    on: dt.date
    title: str
    registered_at: dt.datetime | None


@dataclass(frozen=True)
class VolumeFacts:
    """Everything for all volumes, of the last two rounds. ``networks`` are the names behind the ids in answers."""

    sent: tuple[SentIn, ...] = ()
    decisions: tuple[Decision, ...] = ()
    anchorings: tuple[Anchoring, ...] = ()
    progress: tuple[Progress, ...] = ()
    parts: tuple[Part, ...] = ()
    support: tuple[Given, ...] = ()
    networks: Mapping[str, str] = field(default_factory=dict)


def held(row: Decision | Anchoring | Progress | Part, day: dt.date) -> bool:
    """Whether a register row held on ``day``."""
    return row.since <= day and (row.until is None or day <= row.until)

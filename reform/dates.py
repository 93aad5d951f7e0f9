"""The reform's calendar: round dates, phases, its end, days left. Pure: no database and no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class PhaseDates:
    """The period of phase ``number`` as it was decided on ``decided_on``; both ends are included."""

    number: int
    starts_on: dt.date
    ends_on: dt.date
    decided_on: dt.date
    source: str = ""


@dataclass(frozen=True)
class EndDecision:
    """A decision of ``decided_on`` that the reform ends on ``ends_on``."""

    ends_on: dt.date
    decided_on: dt.date
    source: str = ""


@dataclass(frozen=True)
class EndChange:
    """A decision about the end, beside the one before it (None: it was the first). ``kind`` is planned, prolonged,
    taken_back or unchanged; ``in_force`` says whether it is the last one that was made by the day asked about, and
    ``known`` whether it was made by then."""

    decision: EndDecision
    before: dt.date | None
    kind: str
    known: bool
    in_force: bool


def round_dates(year: int) -> tuple[dt.date, dt.date]:
    """The two reference dates of a year, 1 May and 1 November (Tillegg 40)."""
    return dt.date(year, 5, 1), dt.date(year, 11, 1)


def previous_reference_date(day: dt.date) -> dt.date:
    """The last reference date before ``day``: 1 November 2021 for 1 May 2022."""
    candidates = (*round_dates(day.year - 1), *round_dates(day.year))
    return max(date for date in candidates if date < day)


def phases_on(day: dt.date, periods: Iterable[PhaseDates]) -> tuple[int, ...]:
    """The numbers of the phases that run on ``day``, lowest first, by what was decided by then. Phases overlap."""
    periods = periods_known(day, periods)
    return tuple(period.number for period in periods if period.starts_on <= day <= period.ends_on)


def periods_known(day: dt.date, periods: Iterable[PhaseDates]) -> tuple[PhaseDates, ...]:
    """The period of each phase by what was decided by ``day``, in the order of the phases."""
    in_force: dict[int, PhaseDates] = {}
    for period in sorted(periods, key=lambda row: row.decided_on):
        if period.decided_on <= day:
            in_force[period.number] = period
    return tuple(period for _number, period in sorted(in_force.items()))


def phase_on(day: dt.date, periods: Iterable[PhaseDates]) -> int | None:
    """The furthest phase that runs on ``day``, or None before the first and after the last."""
    running = phases_on(day, periods)
    return running[-1] if running else None


def reform_end_on(day: dt.date, ends: Iterable[EndDecision]) -> dt.date | None:
    """The reform's last day as it was known on ``day``; None when nothing was decided yet."""
    known = [end for end in ends if end.decided_on <= day]
    return max(known, key=lambda end: end.decided_on).ends_on if known else None


def end_changes(day: dt.date, ends: Iterable[EndDecision]) -> tuple[EndChange, ...]:
    """Every decision about the reform's end in order, seen from ``day``: planned, prolonged, taken back."""
    ordered = sorted(ends, key=lambda end: end.decided_on)
    last = max((end.decided_on for end in ordered if end.decided_on <= day), default=None)
    changes = []
    before: dt.date | None = None
    for end in ordered:
        changes.append(
            EndChange(end, before, _kind(before, end.ends_on), end.decided_on <= day, end.decided_on == last)
        )
        before = end.ends_on
    return tuple(changes)


def _kind(before: dt.date | None, after: dt.date) -> str:
    if before is None:
        return "planned"
    return "prolonged" if after > before else "taken_back" if after < before else "unchanged"


def days_left(deadline: dt.date, today: dt.date) -> int:
    """Days until ``deadline``: 0 on the day itself, negative after it."""
    return (deadline - today).days

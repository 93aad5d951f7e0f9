"""Which years a handlingsdel with økonomiplan covers, when it runs out, and whether its yearly revision is due. Pure.

Kommuneloven § 14-3 and plan- og bygningsloven § 11-1: the økonomiplan covers at least the next four calendar years and
is decided anew every year before it begins; the yearly budget covers one. The other plans have no years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

HANDLINGSDEL, BUDGET = "handlingsdel", "budget"
LENGTH = {HANDLINGSDEL: 4, BUDGET: 1}
"""How many years a plan of a kind covers; a kind that is not here has no years."""


@dataclass(frozen=True)
class Years:
    """The first and the last year that a plan covers, both included. Raises ValueError when they are turned round."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.first}-{self.last} ends before it begins")

    def __contains__(self, year: object) -> bool:
        return isinstance(year, int) and self.first <= year <= self.last

    @property
    def runs_out_on(self) -> dt.date:
        """The last day of the last year: 31 December 2025 for 2022-2025."""
        return dt.date(self.last, 12, 31)


@dataclass(frozen=True)
class Coverage:
    """How a kind of plan stands on a day.

    ``years`` is the plan that is in force (None: none covers the day's year), ``runs_out_on`` the last day that the
    known plans cover without a gap, ``revision_due_from`` the day from which the yearly revision is due (None: a plan
    for the day's own four years is there), ``gaps`` the years within what is known that no plan covers.
    """

    years: Years | None
    runs_out_on: dt.date | None
    revision_due_from: dt.date | None
    gaps: tuple[int, ...] = ()

    @property
    def is_due(self) -> bool:
        return self.revision_due_from is not None


def years_from(plan_type: str, first: int) -> Years | None:
    """The years of a plan that begins in ``first``: four for a handlingsdel, one for a budget, None for the others."""
    length = LENGTH.get(plan_type)
    return Years(first, first + length - 1) if length else None


def first_year(adopted_on: dt.date) -> int:
    """The first year of a plan that was adopted on the day: the next one, for it is decided before the year begins."""
    return adopted_on.year + 1


def coverage(plan_type: str, known: Iterable[Years], day: dt.date) -> Coverage:
    """How a kind of plan stands on ``day``, by the years of the rows that are ``known`` and adopted by then.

    A handlingsdel 2022-2025 runs out on 31 December 2025, and its revision is due from 1 January 2023 when no row
    covers 2023-2026. Of several that cover the day the one that began last is in force.
    """
    rows = sorted(set(known), key=lambda row: (row.first, row.last))
    running = [row for row in rows if day.year in row]
    if not running:
        return Coverage(None, None, _due_without(rows, day), _gaps(rows))
    years = running[-1]
    wanted = years_from(plan_type, day.year)
    enough = wanted is None or any(row.first <= wanted.first and wanted.last <= row.last for row in rows)
    due = None if enough or years.first >= day.year else dt.date(years.first + 1, 1, 1)
    return Coverage(years, dt.date(_reach(rows, day.year), 12, 31), due, _gaps(rows))


def _due_without(rows: list[Years], day: dt.date) -> dt.date | None:
    """Without a plan in force the revision has been due since the last one ran out; never when there was none."""
    ended = [row.last for row in rows if row.last < day.year]
    return dt.date(max(ended) + 1, 1, 1) if ended else None


def _reach(rows: list[Years], year: int) -> int:
    """The last year that the rows cover without a gap from ``year`` on."""
    reach = year
    for row in rows:
        if row.first <= reach + 1:
            reach = max(reach, row.last)
    return reach


def _gaps(rows: list[Years]) -> tuple[int, ...]:
    if not rows:
        return ()
    whole = range(rows[0].first, max(row.last for row in rows) + 1)
    return tuple(year for year in whole if not any(year in row for row in rows))

"""Who would fall in or out if a criterion or the day were another one: tried before Hdir decides, and never stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from grants.services.priority import Changes, UnitOutcomes, criteria_of, outcomes
from municipalities.access import Scope


@dataclass(frozen=True)
class Moved:
    """A municipality that falls in or out. ``before`` is None where it did not exist on the first day, ``after`` where
    it does not on the other."""

    before: UnitOutcomes | None
    after: UnitOutcomes | None

    @property
    def shown(self) -> UnitOutcomes:
        """The municipality as it is called after the change, else as it was."""
        row = self.after or self.before
        assert row is not None  # one of them is always there  # noqa: S101
        return row

    @property
    def falls_in(self) -> bool:
        return self.after is not None and self.after.priority

    @property
    def codes(self) -> tuple[str, ...]:
        """The criteria whose outcome is another one, in their order."""
        before = self.before.states if self.before else {}
        after = self.after.states if self.after else {}
        return tuple(code for code in {**before, **after} if before.get(code) != after.get(code))


@dataclass(frozen=True)
class OfficeSum:
    """An office's municipalities with priority before and after, and how many fall in and out."""

    key: str
    name: str
    municipalities: int
    before: int
    after: int
    falls_in: int
    falls_out: int


@dataclass(frozen=True)
class WhatIf:
    """What a change would do. ``moved`` are those that fall in or out, by office and in Norwegian order."""

    day: dt.date
    tried_day: dt.date
    before: int
    after: int
    moved: tuple[Moved, ...]
    offices: tuple[OfficeSum, ...]


def what_if(
    year: int,
    day: dt.date,
    *,
    settings: Changes | None = None,
    without: Collection[str] = (),
    tried_day: dt.date | None = None,
    scope: Scope | None = None,
) -> WhatIf:
    """The priority list of ``year`` on ``day`` against the same with other ``settings`` (by the criterion's code),
    ``without`` some criteria, or on ``tried_day``. What the statsforvalter has overruled stays overruled.

    Raises NoCriteria, and ValueError for a criterion or a setting that the year does not have, or when no criterion
    would be left.
    """
    rows = criteria_of(year)
    known = {row.code: set(row.settings) for row in rows}
    for code, changed in (settings or {}).items():
        if code not in known or not set(changed) <= known[code]:
            raise ValueError(f"{code} has no such setting in {year}: {', '.join(changed)}")
    if not set(without) < set(known):
        raise ValueError(f"the criteria of {year} are {', '.join(known)}; one of them must be left")
    left = [row for row in rows if row.code not in without]
    other_day = tried_day or day
    now = outcomes(year, day, scope=scope, criteria=rows)
    then = outcomes(year, other_day, scope=scope, criteria=left, settings=settings)
    return _compare(now, then, day, other_day)


def _compare(now: list[UnitOutcomes], then: list[UnitOutcomes], day: dt.date, other_day: dt.date) -> WhatIf:
    before, after = {row.unit: row for row in now}, {row.unit: row for row in then}
    every = {**before, **after}
    moved = [
        Moved(before.get(unit), after.get(unit))
        for unit in every
        if _first(before.get(unit)) != _first(after.get(unit))
    ]
    moved.sort(key=lambda entry: (entry.shown.office, entry.shown.sort_key))
    offices = {row.office: (row.office_key, row.office_name) for row in every.values()}
    sums = [
        OfficeSum(
            key, name,
            municipalities=sum(row.office == pk for row in then),
            before=sum(row.priority for row in now if row.office == pk),
            after=sum(row.priority for row in then if row.office == pk),
            falls_in=sum(entry.falls_in for entry in moved if entry.shown.office == pk),
            falls_out=sum(not entry.falls_in for entry in moved if entry.shown.office == pk),
        )
        for pk, (key, name) in sorted(offices.items())
    ]  # fmt: skip
    return WhatIf(day, other_day, sum(map(_first, now)), sum(map(_first, then)), tuple(moved), tuple(sums))


def _first(row: UnitOutcomes | None) -> bool:
    return row is not None and row.priority

"""What the registers say when a workbook is compared with them. Plain values; the services fill them in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from networks.rules import Life, NetworkValues, Part, life_of

Version = tuple[int, str, str, tuple[str, ...], dt.date, dt.date | None, int]
"""Identity, number, shown name, all names, first and last day, office: one version of a unit."""


@dataclass(frozen=True)
class Meeting:
    """A meeting; ``attendance`` are the region's own units that were there, ``others`` those of other regions."""

    network: int
    on: dt.date
    title: str = ""
    note: str = ""
    attendance: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()
    pk: int | None = None


class Units:
    """Every unit by number and name through time, and which of them belong to the region."""

    def __init__(self, versions: Iterable[Version], *, office: int, today: dt.date) -> None:
        self._versions: dict[int, list[Version]] = defaultdict(list)
        self._by_number: dict[str, list[Version]] = defaultdict(list)
        for version in versions:  # in the order of their first days
            self._versions[version[0]].append(version)
            self._by_number[version[1]].append(version)
        self._office, self._today = office, today
        self._begins = min((rows[0][4] for rows in self._versions.values()), default=dt.date.min)

    def own(self, unit: int) -> bool:
        """Whether the region answers for the unit now, or did when it ended."""
        known = [version for version in self._versions[unit] if version[4] <= self._today]
        return bool(known) and known[-1][6] == self._office

    def all_own(self) -> list[int]:
        """The region's units, those that are gone too."""
        return [unit for unit in self._versions if self.own(unit)]

    def life(self, unit: int) -> Life:
        """How long the unit existed, as it is known today."""
        return life_of([row[2:3] + row[4:6] for row in self._versions[unit]], self._begins, self._today)

    def exists(self, unit: int, day: dt.date) -> bool:
        return any(row[4] <= day and (row[5] is None or day <= row[5]) for row in self._versions[unit])

    def on(self, unit: int, day: dt.date) -> tuple[str, str]:
        """The unit's number and name on a day, or the ones nearest to it."""
        rows = self._versions[unit]
        before = [row for row in rows if row[4] <= day]
        row = before[-1] if before else rows[0]
        return row[1], row[2]

    def with_number(self, number: str, day: dt.date) -> list[int]:
        """The units that have had the number: first the one that has it on the day, then the last before, then those
        that get it."""
        rows = self._by_number.get(number, [])
        holding = [row[0] for row in rows if row[4] <= day and (row[5] is None or day <= row[5])]
        before = [row[0] for row in reversed(rows) if row[4] <= day]
        return list(dict.fromkeys([*holding, *before, *(row[0] for row in rows)]))

    def has_had(self, unit: int, number: str) -> bool:
        """Whether the unit has, or has had, this number."""
        return any(row[1] == number for row in self._versions[unit])

    def is_called(self, unit: int, name: str) -> bool:
        """Whether the unit has, or has had, this name in one of its languages."""
        wanted = name.casefold()
        return any(wanted == known.casefold() for row in self._versions[unit] for known in row[3])

    def with_name(self, name: str, day: dt.date) -> list[int]:
        """The region's units of this name; those that exist on the day where there are any."""
        found = [unit for unit in self.all_own() if self.is_called(unit, name)]
        return [unit for unit in found if self.exists(unit, day)] or found


@dataclass(frozen=True)
class Snapshot:
    """The registers of one region: its networks, its own units' participations (with their network), its meetings."""

    office: int
    today: dt.date
    units: Units
    solutions: frozenset[str]
    networks: dict[int, NetworkValues] = field(default_factory=dict)
    parts: dict[int, tuple[int, Part]] = field(default_factory=dict)
    meetings: dict[int, Meeting] = field(default_factory=dict)

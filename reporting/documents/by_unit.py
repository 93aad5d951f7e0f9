"""One value for each unit in little memory. Pure.

The units stand in a sorted array and have a place in it; of each only the number of its value is kept, for there are
few different ones, however many units.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator
from heapq import merge
from itertools import groupby, islice
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Hashable)
AT_ONCE = 8_192
"""Ids that are sorted together; as objects they take ten times what they take in an array."""
ROOM = 16
"""So many times the number of units their ids may span for a table of all ids between them, the quicker way."""


NOWHERE = -1


class Places:
    """The places of some units, given by their ids in any order and however often."""

    def __init__(self, units: Iterable[int]) -> None:
        left = iter(units)
        some = iter(lambda: sorted(islice(left, AT_ONCE)), [])
        runs = [array("q", run) for run in some]
        self.ids: array[int] = array("q", (unit for unit, _same in groupby(merge(*runs))))
        self._low = self.ids[0] if self.ids else 0
        self._table: array[int] = array("l")
        if self.ids and self.ids[-1] - self._low < ROOM * len(self.ids):
            self._table = array("l", [NOWHERE]) * (self.ids[-1] - self._low + 1)
            for place, unit in enumerate(self.ids):
                self._table[unit - self._low] = place

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, unit: object) -> bool:
        return self.of(unit) is not None  # type: ignore[arg-type]

    def of(self, unit: int) -> int | None:
        """Where the unit stands; None when it is not one of them."""
        if self._table:
            near = unit - self._low
            place = self._table[near] if 0 <= near < len(self._table) else NOWHERE
            return None if place == NOWHERE else place
        place = bisect_left(self.ids, unit)
        return place if place < len(self.ids) and self.ids[place] == unit else None


class ByUnit(Generic[Value]):
    """A value for some of the units that ``places`` knows."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._rows: array[int] = array("H", bytes(2 * len(places)))
        self._values: list[Value | None] = [None]
        self._numbers: dict[Value, int] = {}

    def __setitem__(self, unit: int, value: Value) -> None:
        """Raises KeyError for a unit that the places do not know."""
        if not self.put(unit, value):
            raise KeyError(unit)

    def put(self, unit: int, value: Value) -> bool:
        """The same, but whether the places know the unit, which else is passed over."""
        place = self._places.of(unit)
        if place is None:
            return False
        self.put_at(place, value)
        return True

    def put_at(self, place: int, value: Value) -> None:
        """The value of the unit at a place."""
        number = self._numbers.setdefault(value, len(self._values))
        if number == len(self._values):
            self._values.append(value)
            if number == 65_536:
                self._rows = array("L", self._rows)
        self._rows[place] = number

    def at(self, place: int) -> Value | None:
        """The value of the unit at a place; None when it has none."""
        return self._values[self._rows[place]]

    def get(self, unit: int) -> Value | None:
        """The unit's value; None when it has none."""
        place = self._places.of(unit)
        return None if place is None else self._values[self._rows[place]]

    def __contains__(self, unit: object) -> bool:
        place = self._places.of(unit)  # type: ignore[arg-type]
        return place is not None and self._rows[place] != 0

    def __iter__(self) -> Iterator[int]:
        """The units that have a value, by their ids."""
        return (unit for unit, number in zip(self._places.ids, self._rows, strict=True) if number)

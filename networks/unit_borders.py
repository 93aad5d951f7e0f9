"""Municipalities and districts of other days in today's borders: those of one merger stand as one, none is doubled.

Pure but for the words: ``support_units.UnitBook`` has read the registers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from municipalities.border_words import TODAY, Placed, Places, beside
from networks.services.support_units import UnitBook, UnitOnDay

Pair = tuple[int, dt.date]
"""A unit's id, and the day of what it did."""


@dataclass(frozen=True)
class Standing:
    """A unit in the borders that hold. In today's, ``then`` are the units of then that stand here where any was
    another or was called otherwise, and ``leads_to`` those of today that a split unit became."""

    unit: UnitOnDay
    then: tuple[UnitOnDay, ...] = ()
    leads_to: tuple[UnitOnDay, ...] = ()

    @property
    def beside(self) -> str:
        """``then 0220 Asker and 0627 Røyken``; empty for a unit that is what it was."""
        return beside([row.numbered for row in self.then], [row.numbered for row in self.leads_to])

    @property
    def went(self) -> str:
        """Where a split unit went; empty for others."""
        return beside([], [row.numbered for row in self.leads_to])

    @property
    def full_name(self) -> str:
        """All its names, and what it was called then."""
        return f"{self.unit.full_name} ({self.beside})" if self.beside else self.unit.full_name

    @property
    def numbered(self) -> str:
        """``3025 Asker (then 0627 Røyken)``."""
        return f"{self.unit.number} {self.full_name}"


class Standings:
    """Says where units stand, in the ``borders`` that hold (``da`` or ``na``). The book must be whole for today's."""

    def __init__(self, book: UnitBook, borders: str, today: dt.date) -> None:
        self.book, self.borders, self.today = book, borders, today

    @cached_property
    def places(self) -> Places:
        """Where each unit stands today."""
        return Places(self.book.lineage, self.today)

    def of(self, pairs: Iterable[Pair]) -> tuple[Standing, ...]:
        """The units in Norwegian order, the districts last; in today's borders each unit of today once."""
        known = [(unit, day) for unit, day in pairs if self.book.near(unit, day) is not None]
        if self.borders == TODAY:
            groups: dict[tuple[int, bool], list[Pair]] = {}
            for unit, day in known:
                groups.setdefault(place_key(self.places.of(unit, day)), []).append((unit, day))
            found = [self._joined(members) for members in groups.values()]
        else:
            found = [Standing(self._near(*pair)) for pair in known]
        return tuple(sorted(found, key=_order))

    def counts(self, pairs: Iterable[Pair]) -> tuple[int, int]:
        """How many municipalities and how many districts, as many as ``of`` gives; quick for a whole region."""
        if self.borders == TODAY:
            units = [unit for unit, _fits in {place_key(self.places.of(*pair)) for pair in pairs}]
        else:
            units = [unit for unit, _day in pairs]
        districts = sum(self._near(unit, self.today).is_district for unit in units)
        return len(units) - districts, districts

    def one(self, unit_id: int, day: dt.date) -> Standing:
        """One unit. Raises KeyError for one that nobody knows."""
        if self.borders == TODAY:
            return self._joined([(unit_id, day)])
        return Standing(self._near(unit_id, day))

    def _joined(self, members: list[Pair]) -> Standing:
        places = [self.places.of(*member) for member in members]
        here, changed = places[0], len({place.then.unit_id for place in places}) > 1
        then = {row.unit_id: row for row in (self._near(*member) for member in members)}
        return Standing(
            unit=self._near(here.unit_id, self.today),
            then=tuple(sorted(then.values(), key=_unit_order)) if changed or here.renamed else (),
            leads_to=tuple(self._near(part.unit_id, self.today) for part in here.leads_to),
        )

    def _near(self, unit_id: int, day: dt.date) -> UnitOnDay:
        row = self.book.near(unit_id, day)
        if row is None:
            raise KeyError(unit_id)
        return row


def place_key(place: Placed) -> tuple[int, bool]:
    """What tells one line in today's borders from another: a split unit never stands with the one it went on as."""
    return place.unit_id, bool(place.leads_to)


def _unit_order(row: UnitOnDay) -> tuple[bool, str, str]:
    return row.is_district, row.sort_key, row.number


def _order(row: Standing) -> tuple[bool, str, str]:
    return _unit_order(row.unit)

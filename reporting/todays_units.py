"""Rows about units of another day in today's borders: under the name and number of today, each part a row of its own.

For answers and judgements, which are never summed (``municipalities.borders``): of a merger's parts each keeps its
row, and a unit that was split since stays itself. A row is a frozen dataclass with ``unit``, ``number``, ``name``,
``official_names`` and ``beside`` (what it was called then, and where it went).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from municipalities.border_words import Places
from municipalities.lineage import Lineage
from municipalities.names import sort_key
from municipalities.services import UnitName, lineage_of_all, unit_names

Row = TypeVar("Row", bound=Any)


class TodaysUnits:
    """Where the units of ``then`` stand on ``today``. Two queries, and one more when a row is moved."""

    def __init__(self, then: dt.date, today: dt.date) -> None:
        self.then, self.today = then, today

    @cached_property
    def lineage(self) -> Lineage:
        return lineage_of_all()

    @cached_property
    def places(self) -> Places:
        return Places(self.lineage, self.today)

    def exists(self, unit: int) -> bool:
        """Whether the unit exists today."""
        return self.lineage.exists(unit, self.today)

    @cached_property
    def names(self) -> dict[int, UnitName]:
        return unit_names(None, self.today)

    def differ(self, units: Iterable[int]) -> bool:
        """Whether any of the units is shown otherwise today. No query when the two days are the same."""
        return self.then != self.today and self.places.differ((unit, self.then) for unit in units)

    def moved(self, row: Row) -> Row:
        """``row`` under the name and number that its unit has today; a unit that was split since keeps its own."""
        place = self.places.of(row.unit, self.then)
        if not place.changed:
            return row
        now = None if place.leads_to else self.names.get(place.unit_id)
        same = place.name == row.name
        changes = {
            "number": place.number,
            "name": place.name,
            "official_names": now.official_names if now else row.official_names if same else [],
            "beside": place.then_words,
        }
        if hasattr(row, "sort_key"):
            changes["sort_key"] = now.sort_key if now else sort_key(place.name)
        return replace(row, **changes)


def matches_text(row: Any, text: str) -> bool:
    """Whether a search means the row: a part of its name or of what it was called then, or its whole number.

    ``text`` is folded (``casefold``).
    """
    return not text or text in row.full_name.casefold() or text == row.number or text in row.beside.casefold()

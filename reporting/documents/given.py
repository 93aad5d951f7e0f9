"""What each unit has answered on the questions that are looked at unit by unit, in little memory. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .by_unit import ByUnit, Places

NOTHING: frozenset[str] = frozenset()


class Given:
    """The answers of the units that ``places`` knows by round and question; of a question with several answers all that
    were chosen.

    A question of a round is a column, and in it stands the number of each unit's set of answers: there are few
    different ones, however many units.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._columns: dict[tuple[str, str], ByUnit[frozenset[str]]] = {}
        self._with: dict[tuple[frozenset[str], str], frozenset[str]] = {}

    def add(self, day: str, unit: int, question: str, value: str) -> None:
        """One answer more of a unit in the round of ``day``. Raises KeyError for a unit that the places do not know."""
        column = self._columns.get((day, question))
        if column is None:
            column = self._columns[day, question] = ByUnit(self._places)
        place = self._places.of(unit)
        if place is None:
            raise KeyError(unit)
        before = column.at(place) or NOTHING
        whole = self._with.get((before, value))
        if whole is None:
            whole = self._with[before, value] = before | {value}
        column.put_at(place, whole)

    def to(self, day: str, unit: int, question: str) -> frozenset[str]:
        """What a unit has answered to one question; empty when nothing."""
        column = self._columns.get((day, question))
        return NOTHING if column is None else column.get(unit) or NOTHING

    def all_of(self, day: str, unit: int) -> dict[str, frozenset[str]]:
        """All that a unit has answered in a round."""
        place = self._places.of(unit)
        if place is None:
            return {}
        columns = ((question, column) for (when, question), column in self._columns.items() if when == day)
        return {question: found for question, column in columns if (found := column.at(place)) is not None}

    def answered(self, day: str, question: str) -> Iterator[int]:
        """The units that have answered a question, in the order of their ids."""
        return iter(self._columns.get((day, question), ()))

"""What each unit has answered on the questions that are looked at unit by unit, in little memory. Pure."""

from __future__ import annotations

from array import array

NOTHING: frozenset[str] = frozenset()


class Given:
    """The answers of units by round and question; of a question with several answers all that were chosen.

    A unit has a place, a question of a round a column, and in it stands the number of the set of answers: there are few
    different ones, however many units.
    """

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._columns: dict[tuple[str, str], array[int]] = {}
        self._sets: list[frozenset[str]] = [NOTHING]
        self._numbers: dict[frozenset[str], int] = {NOTHING: 0}
        self._with: dict[tuple[int, str], int] = {}

    def add(self, day: str, unit: int, question: str, value: str) -> None:
        """One answer more of a unit in the round of ``day``."""
        place = self._places.setdefault(unit, len(self._places))
        column = self._columns.get((day, question))
        if column is None:
            column = self._columns[day, question] = array("L")
        if place >= len(column):
            column.extend([0] * (place + 1 - len(column)))
        column[place] = self._joined(column[place], value)

    def _joined(self, number: int, value: str) -> int:
        found = self._with.get((number, value))
        if found is None:
            whole = self._sets[number] | {value}
            found = self._numbers.setdefault(whole, len(self._sets))
            if found == len(self._sets):
                self._sets.append(whole)
            self._with[number, value] = found
        return found

    def to(self, day: str, unit: int, question: str) -> frozenset[str]:
        """What a unit has answered to one question; empty when nothing."""
        column, place = self._columns.get((day, question)), self._places.get(unit)
        return NOTHING if column is None or place is None or place >= len(column) else self._sets[column[place]]

    def all_of(self, day: str, unit: int) -> dict[str, frozenset[str]]:
        """All that a unit has answered in a round."""
        questions = [question for when, question in self._columns if when == day]
        return {question: found for question in questions if (found := self.to(day, unit, question))}

    def answered(self, day: str, question: str) -> list[int]:
        """The units that have answered a question."""
        column = self._columns.get((day, question), ())
        return [unit for unit, place in self._places.items() if place < len(column) and column[place]]

"""Many rows of one kind in little memory: a column for each field, a number for each value. Pure.

A note on all municipalities reads their answers one by one, and a row of Python objects takes some hundred bytes for
each. Here what the rows have in common (a round, a question, an answer) is kept once, and the numbers that say which
are packed in blocks (``blocks``), so that a row takes a few bytes. To those who read them they are the same rows, made
anew each time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from itertools import compress, count, islice, starmap
from typing import Any, TypeVar, overload

from .blocks import NONE, Alike, Numbers, Values

Row = TypeVar("Row")
AT_ONCE = 2_000
"""Rows that are read and put away together."""


class _Pool:
    """A column whose values are few: each is kept once, and a row holds its number."""

    def __init__(self) -> None:
        self.places: defaultdict[Hashable, int] = defaultdict(count().__next__)
        self.rows = Numbers("H")
        self.values: list[Any] = []

    def extend(self, found: Iterable[Any]) -> None:
        places = [*map(self.places.__getitem__, found)]
        if len(self.places) > 65_536 and self.rows.code == "H":
            self.rows = Numbers("L", self.rows)
        self.rows.extend(places)

    def close(self) -> None:
        self.values = list(self.places)
        self.places = defaultdict(int)

    def __iter__(self) -> Iterator[Any]:
        return map(self.values.__getitem__, self.rows)

    def at(self, index: int) -> Any:
        return self.values[self.rows[index]]

    def hits(self, value: Hashable) -> Iterator[Any]:
        """For each row whether it holds ``value``."""
        number = self.values.index(value) if value in self.values else -1
        return map(number.__eq__, self.rows)


class _Own:
    """A column whose values are mostly different: each row holds its own. ``rows`` are empty to begin with."""

    def __init__(self, rows: Numbers | Values[Any]) -> None:
        self.rows: Any = rows

    def extend(self, found: Iterable[Any]) -> None:
        self.rows.extend(found)

    def close(self) -> None:
        """Nothing is left to be done."""

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def at(self, index: int) -> Any:
        return self.rows[index]


class _MaybeNumbers(_Own):
    """Whole numbers, where some rows have none."""

    def extend(self, found: Iterable[int | None]) -> None:
        super().extend(NONE if number is None else number for number in found)

    def __iter__(self) -> Iterator[Any]:
        return (None if number == NONE else number for number in self.rows)

    def at(self, index: int) -> Any:
        number = self.rows[index]
        return None if number == NONE else number


class Columns(Alike[Row]):
    """Rows of ``kind``, a dataclass or a named tuple, in their order. ``rows`` hold the values of its fields, all in
    the order of the class. ``numbers`` are the fields of whole numbers that are mostly different, ``maybe`` those of
    them where a row may have None, and ``various`` the fields of other values that are mostly different; all others
    hold values that can be keys of a dict. ``make`` makes a row where the class itself does not. Equal to any sequence
    of equal rows."""

    def __init__(
        self,
        kind: type[Row],
        rows: Iterable[Iterable[Any]],
        *,
        numbers: Iterable[str] = (),
        maybe: Iterable[str] = (),
        various: Iterable[str] = (),
        make: Callable[..., Row] | None = None,
    ) -> None:
        self._kind, self._make = kind, make or kind
        own: dict[str, _Own] = {name: _Own(Numbers("q")) for name in numbers}
        own |= {name: _MaybeNumbers(Numbers("q")) for name in maybe} | {name: _Own(Values()) for name in various}
        self._columns: list[_Pool | _Own] = [own.get(name) or _Pool() for name in names_of(kind)]
        self._n = 0
        left = iter(rows)
        while some := list(islice(left, AT_ONCE)):
            for column, found in zip(self._columns, zip(*some, strict=True), strict=True):
                column.extend(found)
            self._n += len(some)
        for column in self._columns:
            column.close()

    def __len__(self) -> int:
        return self._n

    def __iter__(self) -> Iterator[Row]:
        return starmap(self._make, zip(*self._columns, strict=True))

    def picked(self, *names: str, where: tuple[str, Hashable]) -> Iterator[tuple[Any, ...]]:
        """Some fields of the rows in which one field (one with few values) has a value, as plain tuples."""
        chosen = zip(*(self._column(name) for name in names), strict=True)
        return compress(chosen, self._pool(where[0]).hits(where[1]))

    def distinct(self, name: str) -> Sequence[Any]:
        """The different values of a field that has few, in the order in which they came first."""
        return self._pool(name).values

    def _column(self, name: str) -> _Pool | _Own:
        return self._columns[names_of(self._kind).index(name)]

    def _pool(self, name: str) -> _Pool:
        column = self._column(name)
        if not isinstance(column, _Pool):
            raise ValueError(f"{name} is not a column of few values")
        return column

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(self._n)))
        return self._make(*(column.at(range(self._n)[index]) for column in self._columns))

    def __repr__(self) -> str:
        return f"Columns({len(self)} rows)"


def names_of(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass or a named tuple."""
    if is_dataclass(kind):
        return tuple(item.name for item in fields(kind))
    return tuple(getattr(kind, "_fields"))  # noqa: B009


def values_of(row: Any) -> tuple[Any, ...]:
    """The values of a row's fields, as ``Columns`` takes them."""
    return row if isinstance(row, tuple) else tuple(getattr(row, name) for name in names_of(type(row)))

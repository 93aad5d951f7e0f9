"""What differs between two Contents of the same document: figure by figure with its address, then words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import zip_longest
from typing import Any

from .content import Cell, Column, Content, Figure, Row, Table
from .formats import format_cell, one_line

GONE = "not there"
SHOWN = 80  # characters of a value that a difference names


@dataclass(frozen=True)
class Difference:
    """One thing that is other in the second Content. ``table``, ``column`` and ``row`` are its place in a table, by
    their ids and keys; ``table`` alone names another place. ``figure`` says whether it is a value or only words."""

    table: str
    column: str
    row: str
    old: str
    new: str
    figure: bool = True

    def __str__(self) -> str:
        place = ", ".join(
            f"{word} {name}"
            for word, name in (("table", self.table), ("column", self.column), ("row", self.row))
            if name
        )
        return f"{place}: {self.old} -> {self.new}" if place else f"{self.old} -> {self.new}"


def differences(old: Content, new: Content) -> Iterator[Difference]:
    """Everything that differs, in the order of the document: tables first, then the rest. The version, the moment and
    what only repeats them are no difference."""
    before, after = _tables(old), _tables(new)
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield from _of_tables(before.get(key), after.get(key))
    yield from _elsewhere("", _rest(old), _rest(new))


def first_difference(old: Content, new: Content) -> Difference | None:
    """The first of them; None when there is none."""
    return next(differences(old, new), None)


def _tables(content: Content) -> dict[str, Table]:
    return {table.id: table for table in (*content.tables(), *content.sheets)}


def _of_tables(old: Table | None, new: Table | None) -> Iterator[Difference]:
    if old is None or new is None:
        yield _lost((old or new).id, "", "", old, new)  # type: ignore[union-attr]
        return
    columns_before, columns_after = _by_key(old.columns), _by_key(new.columns)
    for key in dict.fromkeys((*columns_before, *columns_after)):
        if key not in columns_before or key not in columns_after:
            yield _lost(old.id, key, "", columns_before.get(key), columns_after.get(key))
    both = [column for column in old.columns if column.key in columns_after]
    rows_before, rows_after = _by_key(old.rows), _by_key(new.rows)
    for key in dict.fromkeys((*rows_before, *rows_after)):
        before, after = rows_before.get(key), rows_after.get(key)
        if before is None or after is None:
            yield _lost(old.id, "", key, before, after)
        elif before != after:
            yield from _of_rows(old, new, both, before, after)
    yield from _words(old.id, replace(old, rows=()), replace(new, rows=()))


def _lost(table: str, column: str, row: str, old: object, new: object) -> Difference:
    return Difference(table, column, row, GONE if old is None else "there", GONE if new is None else "there")


def _by_key(entries: tuple[Column, ...] | tuple[Row, ...]) -> dict[str, Any]:
    return {entry.key: entry for entry in entries}


def _of_rows(old: Table, new: Table, both: list[Column], before: Row, after: Row) -> Iterator[Difference]:
    for column in both:
        one, other = _cell(old, before, column.key), _cell(new, after, column.key)
        if one != other:
            figure = isinstance(one, Figure) and isinstance(other, Figure) and one.value != other.value
            name = f"{column.key} ({column.ref})" if column.ref else column.key
            yield Difference(old.id, name, before.key, *_both(one, other), figure)
    yield from _words(f"{old.id}/{before.key}", replace(before, cells=()), replace(after, cells=()))


def _cell(table: Table, row: Row, key: str) -> Cell:
    place = [column.key for column in table.columns].index(key)
    return row.cells[place] if place < len(row.cells) else ""


def _shown(value: Any) -> str:
    text = format_cell(value) if isinstance(value, Figure | str) or _is_runs(value) else str(value)
    if isinstance(value, Figure):
        text = "–" if value.value is None else str(value.value)
    text = one_line(text)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _both(old: Any, new: Any) -> tuple[str, str]:
    """The two values as they are shown; where that is the same, all that they hold, from where they differ."""
    shown = _shown(old), _shown(new)
    if shown[0] != shown[1]:
        return shown
    one, other = repr(old), repr(new)
    start = max(0, next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0) - 10)
    return f"…{one[start : start + SHOWN]}", f"…{other[start : start + SHOWN]}"


def _is_runs(value: Any) -> bool:
    return isinstance(value, tuple) and all(hasattr(run, "text") for run in value)


def _rest(content: Content) -> Content:
    blocks = tuple(block for block in content.blocks if not isinstance(block, Table))
    return replace(content, blocks=blocks, sheets=(), version="", frozen_at="")


def _words(place: str, old: Any, new: Any) -> Iterator[Difference]:
    yield from (replace(found, figure=False) for found in _elsewhere(place, old, new))


def _elsewhere(place: str, old: Any, new: Any) -> Iterator[Difference]:
    """The innermost values that differ, each with the way to it."""
    if old == new:
        return
    if isinstance(old, Figure) and isinstance(new, Figure):
        if old.value != new.value:
            yield Difference(old.ref.partition(".")[0] or place, old.ref, old.row, *_both(old, new))
        else:
            yield Difference(place, old.ref, old.row, *_both(old, new), figure=False)
    elif is_dataclass(old) and type(old) is type(new):
        name = getattr(old, "id", "") or place or type(old).__name__
        for item in fields(old):
            inside = name if item.name in ("parts", "blocks", "id") else f"{name}/{item.name}"
            yield from _elsewhere(inside, getattr(old, item.name), getattr(new, item.name))
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for number, (one, other) in enumerate(zip_longest(old, new, fillvalue=GONE)):
            yield from _elsewhere(f"{place}/{number}", one, other)
    else:
        counted = isinstance(old, int) or isinstance(new, int)
        yield Difference(place, "", "", *_both(old, new), figure=counted)

"""Which figures differ between two versions of a document. Pure.

A figure is found again by the stable name of its table, the key of its column and the key of its row, so that it does
not matter which number the table has, or in which order the parts stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .content import Cell, Content, Figure, Row, Table, Text


@dataclass(frozen=True)
class ChangedFigure:
    """One figure that differs, by the keys of its column and row and what they are called. ``old`` or ``new`` is None
    where the row or column is in the other version only."""

    column: str
    row: str
    column_label: str
    row_label: str
    old: Figure | None
    new: Figure | None


@dataclass(frozen=True)
class ChangedTable:
    """The figures that differ in one table, in the order in which they stand."""

    name: str
    title: str
    figures: tuple[ChangedFigure, ...]


@dataclass(frozen=True)
class Changes:
    """What differs: table by table, and the titles of the tables that one of the versions does not have."""

    tables: tuple[ChangedTable, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many figures differ."""
        return sum(len(table.figures) for table in self.tables)

    def __bool__(self) -> bool:
        return bool(self.tables or self.came or self.went)


def changed_figures(old: Content, new: Content) -> Changes:
    """The figures of the tables that differ from ``old`` to ``new``, in the order of ``new``.

    A value and its kind are compared, never how it is written. Tables of a version that was made before tables had
    names are found by their titles.
    """
    named = all(table.name for content in (old, new) for table in content.tables())
    before, after = _by_key(old, named), _by_key(new, named)
    tables = []
    for key, table in after.items():
        if key in before and (figures := tuple(_differences(before[key], table))):
            tables.append(ChangedTable(table.name, table.title, figures))
    came = tuple(table.title for key, table in after.items() if key not in before)
    went = tuple(table.title for key, table in before.items() if key not in after)
    return Changes(tuple(tables), came, went)


def _by_key(content: Content, named: bool) -> dict[str, Table]:
    return {table.name if named else table.title: table for table in content.tables()}


def _differences(old: Table, new: Table) -> Iterator[ChangedFigure]:
    before, after = _figures(old), _figures(new)
    columns = {column.key: column.label for table in (old, new) for column in table.columns}
    rows = {row.key: _label(row) for table in (old, new) for row in table.rows}
    for key in (*after, *(key for key in before if key not in after)):
        was, now = before.get(key), after.get(key)
        if _plain(was) != _plain(now):
            row, column = key
            yield ChangedFigure(column, row, columns[column], rows[row], was, now)


def _figures(table: Table) -> dict[tuple[str, str], Figure]:
    """The table's figures by row and column, in reading order."""
    return {
        (row.key, column.key): cell
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if isinstance(cell, Figure) and cell.kind != "number_text"
    }


def _plain(figure: Figure | None) -> tuple[object, ...] | None:
    return None if figure is None else (figure.kind, figure.value)


def _label(row: Row) -> str:
    """The head of a row as text."""
    cell: Cell = row.cells[0] if row.cells else ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, tuple):
        return "".join(run.text for run in cell if isinstance(run, Text))
    return row.key

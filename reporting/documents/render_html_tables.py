"""Tables and the annex of definitions as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from . import layout
from .content import (
    Cell,
    Column,
    Definitions,
    Figure,
    Row,
    Table,
    Text,
)
from .formats import format_figure, number_of, one_line
from .render_html_words import LIVE_MM, NARROW_MM, SHORT_LETTERS, SHORT_ROWS, Medium, partial, text_html

ROW = "row-"
"""What the ids of rows begin with."""


@dataclass(frozen=True)
class TableRows:
    """A table ready to be drawn, whole or some of its ``size`` rows; ``starts``: it begins a page."""

    context: dict[str, Any]
    groups: list[tuple[str, list[dict[str, Any]]]]
    size: int
    starts: bool = False

    @property
    def html(self) -> SafeString:
        """The whole table."""
        return partial("table", **self.context, groups=self.groups, first=True, last=True)

    def some(self, start: int, stop: int) -> SafeString:
        """The rows from ``start`` to before ``stop``, each with ``row_id`` as its id: the name of the table stands over
        its first row, its note under its last, and its heads over all."""
        groups, before = [], 0
        for name, rows in self.groups:
            chosen = [
                {**row, "id": self.row_id(before + index)}
                for index, row in enumerate(rows)
                if start <= before + index < stop
            ]
            if chosen:
                groups.append((name if start <= before else "", chosen))
            before += len(rows)
        return partial("table", **self.context, groups=groups, first=start == 0, last=stop >= self.size)

    def row_id(self, number: int) -> str:
        return f"{ROW}{self.context['id']}-{number}"


def table_rows(medium: Medium, table: Table, *, starts: bool = False) -> TableRows:
    """The table with every word as the medium shows it. ``starts``: it begins a page."""
    numeric = sum(column.kind in layout.NUMERIC for column in table.columns)
    dense = table.kind == "annex" or len(table.columns) > 10
    size = 7.2 if dense else 7.4 if len(table.columns) > 8 else 7.9
    narrow = len(table.columns) <= 4 and numeric >= len(table.columns) - 1
    whole = NARROW_MM if narrow else LIVE_MM
    head = layout.header_column(table)
    context = {
        "paper": medium.paper,
        "id": layout.safe_id(table.id),
        "word": medium.words(one_line(medium.content.label("table")), 80),
        "number": number_of(table.id),
        "title": medium.words(one_line(table.title), layout.TITLE_LIMIT),
        "note": medium.words(one_line(table.note), layout.CELL_LIMIT),
        "empty": medium.words(one_line(table.empty or medium.content.label("no_rows")), 400),
        "size": "dense" if dense else "tight" if size < 7.9 else "",
        "narrow": narrow,
        "short": _is_short(table),
        "starts": starts,
        "widths": _percents(table, size, whole) if medium.paper else [],
        "heads": [_head(medium, column, step) for column, step in zip(table.columns, _steps(table), strict=True)],
        "span": len(table.columns),
    }
    groups = [
        (
            medium.words(one_line(name), layout.TITLE_LIMIT),
            [_row(medium, table, row, head, hold) for row, hold in layout.held(rows)],
        )
        for name, rows in layout.grouped(table.rows)
    ]
    return TableRows(context, groups, len(table.rows), starts)


def _is_short(table: Table) -> bool:
    """Whether a table is kept on one page; a long one goes on on the next with its heads repeated."""
    letters = sum(len(cell) for row in table.rows for cell in row.cells if isinstance(cell, str))
    return len(table.rows) <= SHORT_ROWS and letters <= SHORT_LETTERS and table.kind == "main"


def _percents(table: Table, size: float, whole_mm: float) -> list[str]:
    """The columns' widths in per cent, as a style sheet writes them."""
    whole = whole_mm * 72 / 25.4
    return [f"{100 * width / whole:.2f}" for width in layout.column_widths(table, size, whole)]


def _head(medium: Medium, column: Column, step: str) -> dict[str, str]:
    return {
        "label": medium.words(one_line(column.label), 200),
        "ref": column.ref if column.ref in medium.home else "",
        "target": layout.anchor(medium.home.get(column.ref, "")),
        "mark": medium.words(one_line(column.mark), 4),
        "step": step,
        "kind": "num" if column.kind in layout.NUMERIC else "txt",
    }


def _steps(table: Table) -> list[str]:
    """The step of the scale of each column's mark, as in charts and map; the last, unanswered one is
    white."""
    marked = [column.key for column in table.columns if column.mark and column.mark != "–"]
    return [str(min(marked.index(c.key), 3)) if c.key in marked else "white" for c in table.columns]


def _row(medium: Medium, table: Table, row: Row, head: int, hold: str) -> dict[str, Any]:
    cells = [
        (index == head, "num" if column.kind in layout.NUMERIC else "txt", _cell(medium, cell))
        for index, (column, cell) in enumerate(zip(table.columns, row.cells, strict=False))
    ]
    return {"class": " ".join(filter(None, ("total" if row.total else "", hold))), "cells": cells}


def _cell(medium: Medium, cell: Cell) -> SafeString:
    if isinstance(cell, Figure):
        value = medium.words(format_figure(cell), layout.CELL_LIMIT)
        url = medium.url(cell)
        return format_html('<a href="{}">{}</a>', url, value) if url else format_html("{}", value)
    if isinstance(cell, tuple):
        return mark_safe("".join(text_html(run, medium.words(run.text, layout.CELL_LIMIT)) for run in cell))
    return text_html(Text(""), medium.words(cell, layout.CELL_LIMIT))


def definitions_html(medium: Medium, block: Definitions) -> SafeString:
    content = medium.content
    word = one_line(content.label("table"))
    groups = []
    for tables, columns in layout.definition_groups(content):
        numbers = number_of(tables[0].id)
        name = one_line(tables[0].title)
        if len(tables) > 1:
            numbers, name = f"{numbers}–{number_of(tables[-1].id)}", f"{name} – {one_line(tables[-1].title)}"
        rows = [_definition(medium, column) for column in columns]
        groups.append((medium.words(f"{word} {numbers}", 80), medium.words(name, layout.TITLE_LIMIT), rows))
    keys = ("ref", "name", "text", "rule", "denominator")
    return partial(
        "definitions",
        heads=[medium.words(one_line(content.label(f"definition_{key}")), 80) for key in keys],
        groups=groups,
        widths=_percents(layout.definitions_table(content), 7.2, LIVE_MM) if medium.paper else [],
        paper=medium.paper,
        name=medium.words(one_line(content.label("definitions")), 80),
    )


def _definition(medium: Medium, column: Column) -> dict[str, str]:
    return {
        "id": layout.anchor(column.ref),
        "ref": column.ref,
        "label": medium.words(one_line(column.label), 200),
        "definition": medium.words(one_line(column.definition), layout.CELL_LIMIT),
        "rule": medium.words(one_line(column.rule), 200),
        "denominator": medium.words(one_line(column.denominator), 200),
    }

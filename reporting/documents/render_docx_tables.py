"""Tables and the annex of definitions in Word."""

from __future__ import annotations

from typing import Any

from . import layout
from . import render_docx_xml as x
from .content import (
    Cell,
    Column,
    Definitions,
    Figure,
    Row,
    Table,
)
from .formats import format_figure, number_of, one_line
from .render_docx_writer import LIVE, Writer, add_caption, language_of


def add_table(writer: Writer, table: Table) -> None:
    add_caption(writer, table, "table")
    size = 7.0 if table.kind == "annex" or len(table.columns) > 10 else 7.4 if len(table.columns) > 8 else 8.0
    style = {7.0: "LhlCellDense", 7.4: "LhlCellTight"}.get(size, "LhlCell")
    widths = layout.column_widths(table, size * 1.02, LIVE, head=7.1, padding=7.5)
    made = x.table(widths, writer.line(table.title, 240))
    made.append(_head(writer, table, widths))
    for group, rows in layout.grouped(table.rows):
        if group:
            made.append(_spanning(writer.line(group), widths, style))
        for row in rows:
            made.append(_row(writer, table, row, widths, style))
    if not table.rows:
        empty = writer.line(table.empty or writer.content.label("no_rows"))
        made.append(_spanning(empty, widths, style, bold=False))
    writer.append(made)
    writer.add("Lhl Note", x.run(writer.line(table.note, layout.CELL_LIMIT)))


def _head(writer: Writer, table: Table, widths: list[float]) -> Any:
    """The head: mark and name of each column, and its address as a link to its definition."""
    row = x.table_row(head=True)
    for column, width in zip(table.columns, widths, strict=True):
        right = column.kind in layout.NUMERIC
        mark = f"{one_line(column.mark)[:4]} " if column.mark else ""
        inner = [x.run(mark + writer.line(column.label, 200))]
        if column.ref in writer.home:
            reference = x.run(f"\n{column.ref}", size=6, color="#0B4F6C")
            inner.append(x.inner_link(layout.anchor(writer.home[column.ref]), reference))
        row.append(x.table_cell(width, inner, style="LhlHead", right=right, line="thick", bottom=True, keep=True))
    return row


def _spanning(text: str, widths: list[float], style: str, bold: bool = True) -> Any:
    row = x.table_row()
    row.append(
        x.table_cell(sum(widths), [x.run(text, bold=bold)], style=style, span=len(widths), line="thin", keep=bold)
    )
    return row


def _row(writer: Writer, table: Table, row: Row, widths: list[float], style: str) -> Any:
    made = x.table_row()
    line = "thick" if row.total else "thin"
    for column, cell, width in zip(table.columns, row.cells, widths, strict=False):
        right = column.kind in layout.NUMERIC
        made.append(x.table_cell(width, _cell(writer, cell, row.total), style=style, right=right, line=line))
    return made


def _cell(writer: Writer, cell: Cell, bold: bool) -> list[Any]:
    if isinstance(cell, Figure):
        return [x.run(writer.words(format_figure(cell), layout.CELL_LIMIT), bold=bold)]
    if isinstance(cell, tuple):
        return [
            x.run(writer.words(r.text, layout.CELL_LIMIT), bold=bold or r.strong, lang=language_of(r.lang))
            for r in cell
        ]
    return [x.run(writer.words(cell, layout.CELL_LIMIT), bold=bold)]


def add_definitions(writer: Writer, block: Definitions) -> None:
    widths = layout.column_widths(layout.definitions_table(writer.content), 7.1, LIVE, head=7.1, padding=7.5)
    made = x.table(widths, writer.label("definitions"))
    head = x.table_row(head=True)
    for key, width in zip(("ref", "name", "text", "rule", "denominator"), widths, strict=True):
        head.append(x.table_cell(width, [x.run(writer.label(f"definition_{key}"))], style="LhlHead", line="thick"))
    made.append(head)
    for tables, columns in layout.definition_groups(writer.content):
        numbers = number_of(tables[0].id) + (f"–{number_of(tables[-1].id)}" if len(tables) > 1 else "")
        title = f"{writer.label('table')} {numbers}  {writer.line(tables[0].title)}"
        made.append(_spanning(title, widths, "LhlCellDense"))
        for column in columns:
            made.append(_definition(writer, column, widths))
    writer.append(made)
    writer.add("Lhl Note")


def _definition(writer: Writer, column: Column, widths: list[float]) -> Any:
    row = x.table_row()
    reference = x.run(writer.line(column.ref, 40), bold=True, color="#0B4F6C")
    first = writer.marks.around(layout.anchor(column.ref), [reference])
    texts = (column.label, column.definition, column.rule, column.denominator or "–")
    cells = [first, *([x.run(writer.line(text, layout.CELL_LIMIT))] for text in texts)]
    for inner, width in zip(cells, widths, strict=True):
        row.append(x.table_cell(width, inner, style="LhlCellDense", line="thin"))
    return row

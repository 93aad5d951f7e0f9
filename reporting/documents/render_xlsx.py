"""Content as an Excel workbook: a cover with counts, a sheet for each table, all answers, and the
definitions.

Numbers are numbers, shares fractions with a format, dates dates; municipality numbers and every text are
text, whatever they look like. There is no formula in the file. Each sheet's rows are counted as they are
written and checked against the content: a row can not go missing without a word.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import xlsxwriter

from . import layout
from .cards import card_table
from .content import Cell, Column, Content, Figure, Row, Table
from .formats import DASH, format_cell, one_line
from .render_html_words import FigureUrl
from .render_xlsx_book import (
    EXACT,
    FIRST_ROW,
    LINE_HEIGHT,
    Book,
    Sheet,
    address_of,
    page_setup,
    write_date,
    write_text,
    write_title,
)
from .render_xlsx_cover import definition_rows, set_properties, write_cover, write_definitions

LARGE = 200_000  # cells; above it the rows are written to disk as they come


def render_xlsx(content: Content, links: FigureUrl | None = None) -> bytes:
    """The workbook. ``links`` gives the address behind a figure of a main table, or None.

    Raises RuntimeError where the rows written are not the rows of the content.
    """
    out = io.BytesIO()
    large = _cells(content) > LARGE
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": large,
            "in_memory": not large,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    state = Book(content, book, links)
    cover = book.add_worksheet(state.sheet_name(content.label("sheet_cover")))
    sheets = [_sheet(state, title, table, wanted) for wanted, title, table in _tables(content)]
    definitions = book.add_worksheet(state.sheet_name(content.label("definitions")))
    state.places = definition_rows(content)
    for sheet in sheets:
        _write_table(state, sheet, definitions.name)
    write_definitions(state, definitions)
    write_cover(state, cover, sheets)
    wrong = [sheet.name for sheet in sheets if sheet.rows != sheet.expected]
    if wrong:
        raise RuntimeError(f"rows are missing from the sheets {', '.join(wrong)}")
    set_properties(state)
    book.close()
    return out.getvalue()


def _cells(content: Content) -> int:
    return sum(len(t.rows) * len(t.columns) for t in (*content.tables(), *content.sheets))


def _tables(content: Content) -> list[tuple[str, str, Table]]:
    """Wanted name, title and table of each sheet: main tables, the annex tables merged (a volume has them
    in its own sheets), then the workbook's own."""
    found = [(f"{t.id} {t.title}", t.title, t) for t in content.tables() if t.kind != "annex"]
    annex = [table for table in content.tables() if table.kind == "annex" and content.kind != "volume"]
    for number, tables in enumerate(_alike(annex)):
        name = content.label("sheet_annex")
        found.append((name if not number else f"{name} {number + 1}", name, _merged(content, tables)))
    cards = card_table(content)
    if cards is not None:
        found.insert(0, (cards.title, cards.title, cards))
    return [*found, *((sheet.title, sheet.title, sheet) for sheet in content.sheets)]


def _alike(tables: list[Table]) -> list[list[Table]]:
    groups: dict[tuple[str, ...], list[Table]] = {}
    for table in tables:
        groups.setdefault(tuple(column.key for column in table.columns), []).append(table)
    return list(groups.values())


def _merged(content: Content, tables: list[Table]) -> Table:
    """Annex tables with the same columns as one, with a first column that says which table a row is from."""
    group = Column("annex_table", content.label("annex_group"))
    rows = tuple(
        Row(f"{table.id}/{row.key}", (table.title, *row.cells), row.total, row.group)
        for table in tables
        for row in table.rows
    )
    return Table("annex", content.label("sheet_annex"), (group, *tables[0].columns), rows, tables[0].note, "annex")


def _sheet(state: Book, title: str, table: Table, wanted: str) -> Sheet:
    name = state.sheet_name(wanted)
    return Sheet(name, title, table, state.book.add_worksheet(name), expected=len(table.rows))


def _write_table(state: Book, sheet: Sheet, definitions: str) -> None:
    page, table = sheet.page, sheet.table
    groups = any(row.group for row in table.rows)
    columns = [Column("group", state.content.label("group")), *table.columns] if groups else list(table.columns)
    sheet.indented = _after_numbers(columns)
    widths = [_width(table, index - groups, column) for index, column in enumerate(columns)]
    for index, width in enumerate(widths):
        page.set_column(index, index, width)
    page.set_row(FIRST_ROW - 1, LINE_HEIGHT * _head_lines(columns, widths))
    write_title(state, page, 0, sheet.title, "title")
    if state.content.sample:
        write_text(state, page, 1, 0, state.content.label("sample"), "mark")
        write_text(state, page, 1, 1, table.note, "second")
    else:
        write_text(state, page, 1, 0, table.note, "second")
    for index, column in enumerate(columns):
        if column.ref in state.places:
            target = f"internal:'{definitions}'!A{state.places[column.ref] + 1}"
            page.write_url(2, index, target, state.format("ref", *_side(column)), _ref_label(table, column))
    for index, column in enumerate(columns):
        label = f"{column.mark} {column.label}" if column.mark else column.label
        write_text(state, page, FIRST_ROW - 1, index, one_line(label), "head", *_side(column), *_step(sheet, index))
    for number, row in enumerate(table.rows):
        cells = (row.group, *row.cells) if groups else row.cells
        for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            sheet.figures += _cell(state, sheet, FIRST_ROW + number, index, column, cell, row.total)
        sheet.rows += 1
    page.freeze_panes(FIRST_ROW, layout.header_column(table) + 1 + groups)
    page.autofilter(FIRST_ROW - 1, 0, FIRST_ROW - 1 + max(1, sheet.rows), max(0, len(columns) - 1))
    page_setup(page)


def _side(column: Column) -> tuple[str, ...]:
    """Heads and addresses of numbers stand over them, at the right."""
    return ("right",) if column.kind in layout.NUMERIC else ()


def _after_numbers(columns: Sequence[Column]) -> frozenset[int]:
    numeric = [column.kind in layout.NUMERIC for column in columns]
    return frozenset(index for index in range(1, len(columns)) if numeric[index - 1] and not numeric[index])


def _step(sheet: Sheet, index: int) -> tuple[str, ...]:
    return ("indent",) if index in sheet.indented else ()


def _ref_label(table: Table, column: Column) -> str:
    """The column's address; in the merged annex only its place, since the table differs from row to row."""
    return column.ref if table.kind != "annex" else f"{DASH}.{column.ref.partition('.')[2]}"


def _head_lines(columns: Sequence[Column], widths: Sequence[float]) -> int:
    """How many lines the highest of the heads takes: no program sets the height of a wrapped row by itself."""
    heights = []
    for column, width in zip(columns, widths, strict=True):
        label = f"{column.mark} {column.label}" if column.mark else column.label
        heights.append(len(textwrap.wrap(one_line(label), max(6, int(width * 0.85)))))  # bold letters are wider
    return min(8, max(heights, default=1))


def _width(table: Table, index: int, column: Column) -> float:
    if index < 0:
        return 28
    head = max((len(word) for word in column.label[:200].split()), default=0) + 4
    if column.kind in layout.NUMERIC:  # no number that is counted here is wider than its head
        return float(min(70, max(11, head)))
    texts = [format_cell(row.cells[index])[:200] for row in table.rows[:300] if index < len(row.cells)]
    longest = max((len(text) for text in texts), default=0)
    return float(min(70, max(9, head, min(longest + 2, 64))))


def _cell(state: Book, sheet: Sheet, row: int, index: int, column: Column, cell: Cell, total: bool) -> int:
    """Write one cell; 1 where it is a figure, with or without a value."""
    base = "total" if total else "line"
    if not isinstance(cell, Figure):
        text = cell if isinstance(cell, str) else format_cell(cell)
        write_text(state, sheet.page, row, index, text, base, *_step(sheet, index))
        return 0
    if state.links and sheet.table.kind == "main" and layout.is_figure(cell):
        address = address_of(state, cell)
        if address:
            sheet.page.write_url(row, index, address, state.format(base), "-")
    value = cell.value
    if type(value) is int and -EXACT < value < EXACT and cell.kind in layout.NUMERIC:  # nearly all are
        sheet.page.write_number(row, index, value, state.format(base, cell.kind))
    elif value is None:
        write_text(state, sheet.page, row, index, DASH, base, *(("right",) if column.kind in layout.NUMERIC else ()))
    elif cell.kind in ("text", "number_text") or isinstance(value, str):
        write_text(state, sheet.page, row, index, str(value), base, "text")
    elif isinstance(value, date):
        write_date(state, sheet.page, row, index, value, base)
    elif value >= EXACT or value <= -EXACT:
        write_text(state, sheet.page, row, index, str(value), base, "right")
    else:
        trait = "points" if cell.kind == "change" and isinstance(value, Decimal) else cell.kind
        sheet.page.write_number(row, index, float(value), state.format(base, trait))
    return 1

"""Content as an Excel workbook: a cover with counts, a sheet for each table, all answers, and the
definitions.

Numbers are numbers, shares fractions with a format, dates dates; municipality numbers and every text are
text, whatever they look like. There is no formula in the file. Each sheet's rows are counted as they are
written and checked against the content: a row can not go missing without a word.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from . import layout
from .content import Cell, Column, Content, Figure, Row, Table, content_hash, to_json
from .formats import DASH, clean, format_cell, format_date, moment, number_of, one_line
from .render_html import FigureUrl, cover_lines

FIRST_ROW = 4  # counted from 0: heads stand in row 4, the first row of data is row 5
CELL_UNITS = 32_767  # what a cell holds, in UTF-16 units
LARGE = 200_000  # cells; above it the rows are written to disk as they come
EXACT = 10**15  # whole numbers from here on lose digits in Excel and are written as text
LINK_LENGTH = 2_000

LINE_HEIGHT = 15.0  # points
TITLE_HEIGHT = {"title": 22.0, "big": 30.0}

INK, SECOND, ACCENT, RULE = "#1B2126", "#56616B", "#0B4F6C", "#DDE1E4"


@dataclass
class Sheet:
    """One sheet and what was written to it."""

    name: str
    title: str
    table: Table
    page: Worksheet
    expected: int = 0
    rows: int = 0
    figures: int = 0


@dataclass
class Book:
    """The workbook while it is written."""

    content: Content
    book: xlsxwriter.Workbook
    links: FigureUrl | None
    formats: dict[tuple[str, ...], Format] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    cut_cells: int = 0

    def format(self, *traits: str) -> Format:
        """The cell format with these traits, made once."""
        if traits not in self.formats:
            wish: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "font_color": INK, "valign": "top"}
            for trait in traits:
                wish |= _TRAITS[trait]
            self.formats[traits] = self.book.add_format(wish)
        return self.formats[traits]

    def words(self, text: str) -> str:
        """``text`` as a cell can hold it; where it is too long it ends with a mark, and is counted."""
        text = clean(text)
        if len(text) <= CELL_UNITS // 2 or _units(text) <= CELL_UNITS:
            return text
        self.cut_cells += 1
        mark = " " + clean(self.content.label("text_cut"))[:200]
        kept = text[: CELL_UNITS - len(mark)]
        while _units(kept) + _units(mark) > CELL_UNITS:
            kept = kept[:-64]
        return kept + mark

    def sheet_name(self, wanted: str) -> str:
        """A name that Excel takes: no forbidden signs, at most 31 long, used once."""
        base = re.sub(r"[\[\]:*?/\\]", " ", one_line(wanted))
        base = re.sub(" +", " ", base).strip(" '") or "-"
        if base.lower() in ("history", "historikk"):
            base += " -"
        name, number = _fit(base, 31), 1
        while name.lower() in self.names:
            number += 1
            name = _fit(base, 31 - len(str(number)) - 1) + f" {number}"
        self.names.add(name.lower())
        return name


_TRAITS: dict[str, dict[str, Any]] = {
    "title": {"font_size": 14, "bold": True},
    "big": {"font_size": 20, "bold": True},
    "second": {"font_color": SECOND},
    "mark": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT},
    "bold": {"bold": True},
    "link": {"font_color": ACCENT, "underline": 1},
    "head": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bottom_color": INK},
    "ref": {"font_color": ACCENT, "font_size": 8, "underline": 1},
    "line": {"bottom": 1, "bottom_color": RULE},
    "total": {"bold": True, "bottom": 1, "bottom_color": INK},
    "right": {"align": "right"},
    "wrap": {"text_wrap": True},
    "count": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.0#"},
    "share": {"num_format": "0.0\u00a0%"},
    "change": {"num_format": "+#,##0;\u2212#,##0;\u00b10"},
    "points": {"num_format": "+0.0;\u22120.0;\u00b10.0"},
    "date": {"num_format": "[$-414]d. mmmm yyyy", "align": "left"},
    "text": {"num_format": "@"},
    # A text that looks like a formula stays a text even when someone edits the cell.
    "quoted": {"quote_prefix": True},
}


def render_xlsx(content: Content, links: FigureUrl | None = None) -> bytes:
    """The workbook. ``links`` gives the address behind a figure of a main table, or None.

    Raises RuntimeError where the rows written are not the rows of the content.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": _cells(content) > LARGE,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    state = Book(content, book, links)
    cover = book.add_worksheet(state.sheet_name(content.label("sheet_cover")))
    sheets = [_sheet(state, title, table, wanted) for wanted, title, table in _tables(content)]
    definitions = book.add_worksheet(state.sheet_name(content.label("definitions")))
    state.places = _definition_rows(content)
    for sheet in sheets:
        _write_table(state, sheet, definitions.name)
    _write_definitions(state, definitions)
    _write_cover(state, cover, sheets)
    wrong = [sheet.name for sheet in sheets if sheet.rows != sheet.expected]
    if wrong:
        raise RuntimeError(f"rows are missing from the sheets {', '.join(wrong)}")
    _properties(state)
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
    for index, column in enumerate(columns):
        page.set_column(index, index, _width(table, index - groups, column))
    page.set_row(FIRST_ROW - 1, LINE_HEIGHT * _head_lines(table, columns, groups))
    _title(state, page, 0, sheet.title, "title")
    if state.content.sample:
        _text(state, page, 1, 0, state.content.label("sample"), "mark")
        _text(state, page, 1, 1, table.note, "second")
    else:
        _text(state, page, 1, 0, table.note, "second")
    for index, column in enumerate(columns):
        if column.ref in state.places:
            target = f"internal:'{definitions}'!A{state.places[column.ref] + 1}"
            page.write_url(2, index, target, state.format("ref"), _ref_label(table, column))
    for index, column in enumerate(columns):
        right = ("right",) if column.kind in layout.NUMERIC else ()
        label = f"{column.mark} {column.label}" if column.mark else column.label
        _text(state, page, FIRST_ROW - 1, index, one_line(label), "head", *right)
    for number, row in enumerate(table.rows):
        cells = (row.group, *row.cells) if groups else row.cells
        for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            sheet.figures += _cell(state, sheet, FIRST_ROW + number, index, column, cell, row.total)
        sheet.rows += 1
    page.freeze_panes(FIRST_ROW, layout.header_column(table) + 1 + groups)
    page.autofilter(FIRST_ROW - 1, 0, FIRST_ROW - 1 + max(1, sheet.rows), max(0, len(columns) - 1))
    _page_setup(page)


def _ref_label(table: Table, column: Column) -> str:
    """The column's address; in the merged annex only its place, since the table differs from row to row."""
    return column.ref if table.kind != "annex" else f"{DASH}.{column.ref.partition('.')[2]}"


def _page_setup(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(FIRST_ROW - 1)
    page.hide_gridlines(2)


def _head_lines(table: Table, columns: Sequence[Column], groups: bool) -> int:
    """How many lines the highest of the heads takes: no program sets the height of a wrapped row by itself."""
    heights = []
    for index, column in enumerate(columns):
        width = int(_width(table, index - groups, column) * 0.85)  # bold letters are wider
        label = f"{column.mark} {column.label}" if column.mark else column.label
        heights.append(len(textwrap.wrap(one_line(label), max(6, width))))
    return min(8, max(heights, default=1))


def _width(table: Table, index: int, column: Column) -> float:
    if index < 0:
        return 28
    head = max((len(word) for word in column.label[:200].split()), default=0) + 4
    texts = [format_cell(row.cells[index])[:200] for row in table.rows[:300] if index < len(row.cells)]
    longest = max((len(text) for text in texts), default=0)
    return float(min(70, max(9, head, min(longest + 2, 64))))


def _cell(state: Book, sheet: Sheet, row: int, index: int, column: Column, cell: Cell, total: bool) -> int:
    """Write one cell; 1 where it is a figure, with or without a value."""
    base = "total" if total else "line"
    if not isinstance(cell, Figure):
        _text(state, sheet.page, row, index, format_cell(cell), base)
        return 0
    address = _address(state, cell) if sheet.table.kind == "main" and layout.is_figure(cell) else ""
    if address:
        sheet.page.write_url(row, index, address, state.format(base), "-")
    value = cell.value
    if value is None:
        _text(state, sheet.page, row, index, DASH, base, *(("right",) if column.kind in layout.NUMERIC else ()))
    elif cell.kind in ("text", "number_text") or isinstance(value, str):
        _text(state, sheet.page, row, index, str(value), base, "text")
    elif isinstance(value, date):
        _date(state, sheet.page, row, index, value, base)
    elif abs(value) >= EXACT:
        _text(state, sheet.page, row, index, str(value), base, "right")
    else:
        trait = "points" if cell.kind == "change" and isinstance(value, Decimal) else cell.kind
        sheet.page.write_number(row, index, float(value), state.format(base, trait))
    return 1


def _date(state: Book, page: Worksheet, row: int, index: int, day: date, base: str) -> None:
    """A date as Excel's number of days; before 1900 Excel has no dates, and it is text."""
    if day.year < 1900:
        _text(state, page, row, index, format_date(day), base)
    else:
        page.write_datetime(row, index, datetime(day.year, day.month, day.day), state.format(base, "date"))  # noqa: DTZ001


def _address(state: Book, figure: Figure) -> str:
    address = (state.links(figure) or "") if state.links else ""
    return address if address.startswith(("https://", "http://")) and len(address) <= LINK_LENGTH else ""


def _text(state: Book, page: Worksheet, row: int, index: int, text: str, *traits: str) -> None:
    text = state.words(text)
    quoted = ("quoted",) if text.lstrip()[:1] in ("=", "+", "-", "@") and len(text.strip()) > 1 else ()
    if text:
        page.write_string(row, index, text, state.format(*traits, *quoted))
    else:
        page.write_blank(row, index, None, state.format(*traits))


def _title(state: Book, page: Worksheet, row: int, text: str, trait: str) -> None:
    page.set_row(row, TITLE_HEIGHT[trait])
    _text(state, page, row, 0, one_line(text)[:1000], trait)


def _definition_rows(content: Content) -> dict[str, int]:
    """In which row (from 0) of the sheet of definitions each column's address stands."""
    rows: dict[str, int] = {}
    number = FIRST_ROW
    for tables, columns in layout.definition_groups(content):
        for column in columns:
            rows[column.ref] = number
            for table in tables[1:]:
                rows |= {other.ref: number for other in table.columns if other.ref and other.key == column.key}
            number += 1
    return rows


def _write_definitions(state: Book, page: Worksheet) -> None:
    content = state.content
    widths = (10, 44, 34, 70, 34, 22)
    for index, width in enumerate(widths):
        page.set_column(index, index, width)
    _title(state, page, 0, content.label("definitions"), "title")
    if content.sample:
        _text(state, page, 1, 0, content.label("sample"), "mark")
    keys = (
        "definition_ref",
        "table",
        "definition_name",
        "definition_text",
        "definition_rule",
        "definition_denominator",
    )
    for index, key in enumerate(keys):
        _text(state, page, FIRST_ROW - 1, index, content.label(key), "head")
    number = FIRST_ROW
    for tables, columns in layout.definition_groups(content):
        title = one_line(tables[0].title)
        if len(tables) > 1:
            title = f"{number_of(tables[0].id)}–{number_of(tables[-1].id)} {content.label('sheet_annex')}"
        for column in columns:
            texts = (column.ref, title, column.label, column.definition, column.rule, column.denominator)
            for index, text in enumerate(texts):
                _text(state, page, number, index, one_line(text), "line", "wrap")
            number += 1
    page.freeze_panes(FIRST_ROW, 1)
    page.autofilter(FIRST_ROW - 1, 0, max(FIRST_ROW, number - 1), len(keys) - 1)
    _page_setup(page)


def _write_cover(state: Book, page: Worksheet, sheets: list[Sheet]) -> None:
    """Title, lines of the cover, counts, and for each sheet how many rows it should hold and holds."""
    content = state.content
    for index, width in enumerate((34, 60, 14, 14, 14)):
        page.set_column(index, index, width)
    _title(state, page, 0, content.title, "big")
    _title(state, page, 1, content.subtitle, "title")
    if content.sample:
        _text(state, page, 2, 0, content.label("sample"), "mark")
    digest = content_hash(to_json(content))
    lines = [(content.label("as_of"), format_date(content.as_of)), *cover_lines(content, digest)]
    row = 4
    for name, value in lines:
        _text(state, page, row, 0, name, "second")
        _text(state, page, row, 1, value, "text")
        row += 1
    row = _counts(state, page, row + 1)
    heads = ("sheet", "contents", "rows", "rows_written", "figures_written")
    for index, key in enumerate(heads):
        _text(state, page, row, index, content.label(key), "head", *(("right",) if index > 1 else ()))
    for sheet in sheets:
        row += 1
        page.write_url(row, 0, f"internal:'{sheet.name}'!A1", state.format("link"), sheet.name)
        _text(state, page, row, 1, one_line(sheet.title)[:1000], "line")
        for index, number in enumerate((sheet.expected, sheet.rows, sheet.figures), 2):
            page.write_number(row, index, number, state.format("line", "count"))
    page.hide_gridlines(2)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.activate()


def _counts(state: Book, page: Worksheet, row: int) -> int:
    content = state.content
    _text(state, page, row, 0, content.label("counts"), "head")
    _text(state, page, row, 1, content.label("count"), "head", "right")
    for name, number in (*content.counts, (content.label("cut_cells"), state.cut_cells)):
        row += 1
        _text(state, page, row, 0, name, "line")
        page.write_number(row, 1, number, state.format("line", "count"))
    return row + 2


def _properties(state: Book) -> None:
    content = state.content
    state.book.set_properties(
        {
            "title": one_line(f"{content.title}: {content.subtitle}")[:250],
            "author": one_line(content.label("publisher"))[:250],
            "comments": f"{content.version} {content_hash(to_json(content))}"[:250],
            "created": moment(content).replace(tzinfo=None),
        }
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fit(text: str, most: int) -> str:
    """``text`` in at most ``most`` UTF-16 units, cut between words where that leaves enough of it."""
    if _units(text) <= most:
        return text
    while _units(text) > most:
        text = text[:-1]
    words = text.rpartition(" ")[0]
    return (words if len(words) > most / 2 else text).strip(" ',") or "-"

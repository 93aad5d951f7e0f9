"""The cover of the workbook with its counts, and its sheet of definitions."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from . import layout
from .content import Content, content_hash, to_json
from .formats import format_date, moment, number_of, one_line
from .render_html import cover_lines
from .render_xlsx_book import FIRST_ROW, Book, Sheet, page_setup, write_text, write_title


def definition_rows(content: Content) -> dict[str, int]:
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


def write_definitions(state: Book, page: Worksheet) -> None:
    content = state.content
    widths = (10, 44, 34, 70, 34, 22)
    for index, width in enumerate(widths):
        page.set_column(index, index, width)
    write_title(state, page, 0, content.label("definitions"), "title")
    if content.sample:
        write_text(state, page, 1, 0, content.label("sample"), "mark")
    keys = (
        "definition_ref",
        "table",
        "definition_name",
        "definition_text",
        "definition_rule",
        "definition_denominator",
    )
    for index, key in enumerate(keys):
        write_text(state, page, FIRST_ROW - 1, index, content.label(key), "head")
    number = FIRST_ROW
    for tables, columns in layout.definition_groups(content):
        title = one_line(tables[0].title)
        if len(tables) > 1:
            title = f"{number_of(tables[0].id)}–{number_of(tables[-1].id)} {content.label('sheet_annex')}"
        for column in columns:
            texts = (column.ref, title, column.label, column.definition, column.rule, column.denominator)
            for index, text in enumerate(texts):
                write_text(state, page, number, index, one_line(text), "line", "wrap")
            number += 1
    page.freeze_panes(FIRST_ROW, 1)
    page.autofilter(FIRST_ROW - 1, 0, max(FIRST_ROW, number - 1), len(keys) - 1)
    page_setup(page)


def write_cover(state: Book, page: Worksheet, sheets: list[Sheet]) -> None:
    """Title, lines of the cover, counts, and for each sheet how many rows it should hold and holds."""
    content = state.content
    for index, width in enumerate((34, 60, 14, 14, 14)):
        page.set_column(index, index, width)
    write_title(state, page, 0, content.title, "big")
    write_title(state, page, 1, content.subtitle, "title")
    if content.sample:
        write_text(state, page, 2, 0, content.label("sample"), "mark")
    digest = content_hash(to_json(content))
    lines = [(content.label("as_of"), format_date(content.as_of)), *cover_lines(content, digest)]
    row = 4
    for name, value in lines:
        write_text(state, page, row, 0, name, "second")
        write_text(state, page, row, 1, value, "text")
        row += 1
    row = _counts(state, page, row + 1)
    heads = ("sheet", "contents", "rows", "rows_written", "figures_written")
    for index, key in enumerate(heads):
        write_text(state, page, row, index, content.label(key), "head", *(("right",) if index > 1 else ()))
    for sheet in sheets:
        row += 1
        page.write_url(row, 0, f"internal:'{sheet.name}'!A1", state.format("link"), sheet.name)
        write_text(state, page, row, 1, one_line(sheet.title)[:1000], "line")
        for index, number in enumerate((sheet.expected, sheet.rows, sheet.figures), 2):
            page.write_number(row, index, number, state.format("line", "count"))
    page.hide_gridlines(2)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.activate()


def _counts(state: Book, page: Worksheet, row: int) -> int:
    content = state.content
    write_text(state, page, row, 0, content.label("counts"), "head")
    write_text(state, page, row, 1, content.label("count"), "head", "right")
    for name, number in (*content.counts, (content.label("cut_cells"), state.cut_cells)):
        row += 1
        write_text(state, page, row, 0, name, "line")
        page.write_number(row, 1, number, state.format("line", "count"))
    return row + 2


def set_properties(state: Book) -> None:
    content = state.content
    state.book.set_properties(
        {
            "title": one_line(f"{content.title}: {content.subtitle}")[:250],
            "author": one_line(content.label("publisher"))[:250],
            "comments": f"{content.version} {content_hash(to_json(content))}"[:250],
            "created": moment(content).replace(tzinfo=None),
        }
    )

"""The workbook of a note with all answers: at most 1.3 times XlsxWriter writing the same cells."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import xlsxwriter

from bench.contents import content_of, table
from reporting.documents.content import Content, Figure, stored, to_json
from reporting.documents.formats import format_cell
from reporting.documents.render_xlsx import render_xlsx

NAME = "excel_note"
TRIES = 5


def run(emit: Callable[..., None]) -> None:
    for rows in (2_000, 20_000):
        content = content_of(
            *(table(40, name=f"T{number}", columns=12) for number in range(1, 21)),
            sheets=(table(rows, name="answers"), table(400, name="codes")),
        )
        content = stored(to_json(content))
        pairs = [(_timed(render_xlsx, content), _timed(plain, content)) for _ in range(TRIES)]
        ours, bare = (min(column) for column in zip(*pairs, strict=True))
        cells = sum(len(t.rows) * len(t.columns) for t in (*content.tables(), *content.sheets))
        emit(NAME, ours / bare, "ratio", limit=1.3, size=f"{cells} cells")
        emit(f"{NAME}_seconds", ours, "s", size=f"{cells} cells")


def plain(content: Content) -> bytes:
    """The same cells, each with a format, by the library alone."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    text = book.add_format({"num_format": "@"})
    number = book.add_format({"num_format": "#,##0"})
    for entry in (*content.tables(), *content.sheets):
        page = book.add_worksheet()
        for column, head in enumerate(entry.columns):
            page.write_string(0, column, head.label, text)
        for index, row in enumerate(entry.rows, start=1):
            for column, cell in enumerate(row.cells):
                if isinstance(cell, Figure) and isinstance(cell.value, int):
                    page.write_number(index, column, float(cell.value), number)
                else:
                    page.write_string(index, column, format_cell(cell), text)
    book.close()
    return out.getvalue()


def _timed(work: Callable[[Content], bytes], content: Content) -> float:
    start = time.perf_counter()
    work(content)
    return time.perf_counter() - start

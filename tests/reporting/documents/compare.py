"""One document in four files: whether every figure of the Content stands in each of them, and is the same.

For use on any Content, the made-up one here and the real summary: ``check(content, files)``. Each file is read back
with a reader that is not the library that wrote it, where there is one.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from reporting.documents.cards import card_table
from reporting.documents.content import Bullets, Content, Figure, KeyFigures, Paragraph, Row, Table
from reporting.documents.formats import DASH, clean, format_cell, format_figure, format_run, one_line
from reporting.documents.render_json import read_json
from reporting.documents.svg import drawable

FIRST_ROW = 5


def check(content: Content, files: dict[str, bytes]) -> dict[str, int]:
    """Compare ``content`` with each of ``files`` (format to bytes); the number of figures found equal in each.

    Raises AssertionError that names the first figure that is missing or differs.
    """
    readers = {"json": _json, "xlsx": _xlsx, "docx": _docx, "pdf": _pdf}
    addressed(content)
    return {fmt: readers[fmt](content, data) for fmt, data in files.items()}


def addressed(content: Content) -> int:
    """Every figure in the text that has an address equals the cell it leads to; how many there are."""
    cells = {
        (cell.ref, row.key): cell.value
        for table in content.tables()
        for row in table.rows
        for cell in row.cells
        if isinstance(cell, Figure) and cell.ref
    }
    found = [figure for block in content.blocks for figure in _inline(block) if figure.ref]
    for figure in found:
        address = (figure.ref, figure.row)
        assert address in cells, f"{address} leads to no cell"
        assert cells[address] == figure.value, f"{address}: {figure.value} in the text, {cells[address]} in the table"
    return len(found)


def _inline(block: object) -> list[Figure]:
    if isinstance(block, Paragraph):
        return [run for run in block.parts if isinstance(run, Figure)]
    if isinstance(block, Bullets):
        return [run for item in block.items for run in item if isinstance(run, Figure)]
    if isinstance(block, KeyFigures):
        return [card.figure for card in block.cards]
    return []


def _json(content: Content, data: bytes) -> int:
    found, wanted = list(read_json(data).figures()), list(content.figures())
    assert found == wanted
    return len(found)


# Excel: every cell of every table, as a value


def _xlsx(content: Content, data: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data))
    main = [table for table in content.tables() if table.kind != "annex"]
    annex = [table for table in content.tables() if table.kind == "annex"]
    pages = book.worksheets[1:-1]
    groups: dict[tuple[str, ...], list[Table]] = {}
    for table in annex:
        groups.setdefault(tuple(column.key for column in table.columns), []).append(table)
    cards = card_table(content)
    wanted = [
        *([(table, 0, table.rows)] for table in ([cards] if cards else [])),
        *([(table, 0, table.rows)] for table in main),
        *([(table, 1, table.rows) for table in tables] for tables in groups.values()),
        *([(table, 0, table.rows)] for table in content.sheets),
    ]
    assert len(pages) == len(wanted), f"{len(pages)} sheets for {len(wanted)} tables"
    return sum(_xlsx_page(page, parts) for page, parts in zip(pages, wanted, strict=True))


def _xlsx_page(page, parts: list[tuple[Table, int, tuple[Row, ...]]]) -> int:
    found, number = 0, FIRST_ROW
    groups = any(row.group for _, _, rows in parts for row in rows)
    for table, merged, rows in parts:
        shift = merged + groups
        for row in rows:
            for index, cell in enumerate(row.cells):
                if isinstance(cell, Figure):
                    shown = page.cell(number, index + 1 + shift).value
                    place = f"sheet {page.title}, row {number}, {table.columns[index].key}"
                    assert _same(cell, shown), f"{place}: {shown!r} for {cell.value!r}"
                    found += 1
            number += 1
    assert page.max_row < max(number, FIRST_ROW + 1), f"sheet {page.title} has {page.max_row} rows, not {number - 1}"
    return found


def _same(figure: Figure, shown: object) -> bool:
    value = figure.value
    if value is None:
        return shown == DASH
    if isinstance(value, str):
        return (shown or "") == clean(value)
    if isinstance(value, date):
        return isinstance(shown, datetime) and shown.date() == value
    return isinstance(shown, int | float) and not isinstance(shown, bool) and Decimal(str(shown)) == Decimal(value)


# Word and PDF: the words that stand for every cell and sentence, in order


def _docx(content: Content, data: bytes) -> int:
    file = docx.Document(io.BytesIO(data))
    tables = [t for t in file.element.body.iter(qn("w:tbl")) if _row_texts(t)]
    rows = iter([row for table in tables for row in _row_texts(table)])
    found = 0
    for table in content.tables():
        for row in table.rows:
            wanted = [_squeeze(format_cell(cell)) for cell in row.cells]
            assert any(_squeezed(candidate) == wanted for candidate in rows), f"{table.id}, row {row.key}: {wanted}"
            found += sum(isinstance(cell, Figure) for cell in row.cells)
    text = _squeeze("".join(node.text or "" for node in file.element.body.iter(qn("w:t"))))
    return found + _sentences(content, text, lambda words: words)


def _row_texts(table) -> list[list[str]]:
    return [
        ["".join(node.text or "" for node in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))]
        for row in table.iter(qn("w:tr"))
    ]


def _squeezed(texts: list[str]) -> list[str]:
    return [_squeeze(text) for text in texts]


def _pdf(content: Content, data: bytes) -> int:
    text = _squeeze(pdf_text(data))
    found, at = 0, 0
    for table in content.tables():
        for row in table.rows:
            wanted = _squeeze(drawable("".join(one_line(format_cell(cell)) for cell in row.cells))[0])
            at = text.find(wanted, at)
            assert at >= 0, f"{table.id}, row {row.key}: {wanted[:200]} is not in the PDF after the row before it"
            found += sum(isinstance(cell, Figure) for cell in row.cells)
    return found + _sentences(content, text, lambda words: drawable(words)[0])


def _sentences(content: Content, text: str, draw) -> int:
    """Each paragraph with its figures, word for word, and each key figure with its share and change."""
    found = 0
    known = {column.ref for table in content.tables() for column in table.columns if column.ref}
    for block in content.blocks:
        items = block.items if isinstance(block, Bullets) else [block.parts] if isinstance(block, Paragraph) else []
        for item in items:
            wanted = _squeeze(draw("".join(format_run(run) + _reference(run, known) for run in item)))
            assert _without_references(wanted) in _without_references(text), f"not there: {wanted[:200]}"
            found += sum(isinstance(run, Figure) for run in item)
        if isinstance(block, KeyFigures):
            for card in block.cards:
                for figure in filter(None, (card.figure, card.share, card.change, card.year)):
                    assert _squeeze(format_figure(figure)) in text, f"{card.label}: {format_figure(figure)}"
                    found += 1
    return found


def _reference(run: object, known: set[str]) -> str:
    return f"[{run.ref}]" if isinstance(run, Figure) and run.ref in known else ""


def _without_references(text: str) -> str:
    return re.sub(r"\[[A-Z]?[0-9]+\.[0-9]+\]", "", text)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("\u00a0", ""))


def pdf_text(data: bytes, *options: str) -> str:
    """The words of a PDF in the order they are drawn."""
    if not shutil.which("pdftotext"):
        pytest.skip("poppler: pdftotext is not installed")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(data)
        run = subprocess.run(["pdftotext", "-raw", *options, str(path), "-"], capture_output=True, check=True)
    return run.stdout.decode("utf-8")

"""Whether the four files of a summary say the same: each is read back and compared with the JSON, row by row."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from . import read_files
from .content import Content, Figure, Row, Table, content_hash
from .formats import DASH, format_cell

MOST_NAMED = 5  # rows that are named in a message; how many there are in all is always said


def pdf_problems(data: bytes, canonical: str) -> list[str]:
    """What a PDF says otherwise than the JSON: the JSON that is attached to it must be the very same."""
    try:
        attached = read_files.pdf_attachment(data)
    except ValueError as error:
        return [f"pdf: {error}"]
    if attached != canonical.encode("utf-8"):
        return ["pdf: the attached JSON is another one"]
    return []


def docx_problems(data: bytes, content: Content, canonical: str) -> list[str]:
    """What a Word file says otherwise: every row of every table must stand in it, as it is read."""
    try:
        tables = read_files.docx_tables(data)
        words = read_files.docx_text(data)
    except ValueError as error:
        return [f"docx: {error}"]
    there = Counter(tuple(_words(cell) for cell in row) for table in tables for row in table)
    wanted = [(table, row, tuple(_words(format_cell(cell)) for cell in row.cells)) for table, row in _rows(content)]
    return [*_missing("docx", there, wanted), *_hash_problems("docx", words, canonical)]


def xlsx_problems(data: bytes, content: Content, canonical: str) -> list[str]:
    """What a workbook says otherwise: every row of every table and sheet must stand in it, as values."""
    try:
        sheets = read_files.xlsx_sheets(data)
    except ValueError as error:
        return [f"xlsx: {error}"]
    rows = [tuple(_value(cell) for cell in row) for sheet in sheets.values() for row in sheet]
    wanted = [
        (table, row, tuple(_expected(cell) for cell in row.cells)) for table, row in _rows(content, content.sheets)
    ]
    widths = {len(entry) for _table, _row, entry in wanted}
    there: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        width = max((place for place, cell in enumerate(row, start=1) if cell != ""), default=0)
        for start in range(3):  # a merged sheet has up to two columns before the table's own
            for size in widths:
                if start + size >= width:
                    there[(*row[start : start + size], *[""] * (start + size - len(row)))] += 1
    texts = "\n".join(str(cell) for row in rows for cell in row)
    return [*_missing("xlsx", there, wanted), *_hash_problems("xlsx", texts, canonical)]


def _rows(content: Content, sheets: Iterable[Table] = ()) -> Iterable[tuple[Table, Row]]:
    for table in (*content.tables(), *sheets):
        for row in table.rows:
            yield table, row


def _missing(name: str, there: Counter[Any], wanted: list[tuple[Table, Row, tuple[Any, ...]]]) -> list[str]:
    lost = [f"{table.id}/{row.key}" for table, row, cells in wanted if there[cells] == 0]
    if not lost:
        return []
    more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    return [f"{name}: {len(lost)} of {len(wanted)} rows differ: {', '.join(lost[:MOST_NAMED])}{more}"]


def _hash_problems(name: str, words: str, canonical: str) -> list[str]:
    return [] if content_hash(canonical) in words else [f"{name}: it does not carry the control code of the JSON"]


def _words(text: Any) -> str:
    return re.sub(r"\s+", " ", str(text).replace("\u00ad", "")).strip()


def _expected(cell: Any) -> Any:
    if isinstance(cell, Figure) and cell.kind != "number_text":
        return _value(DASH if cell.value is None else cell.value)
    return _value(format_cell(cell))


def _value(cell: Any) -> Any:
    """A cell's value in one form, whatever library it comes from."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float | Decimal):
        return Decimal(str(cell)).quantize(Decimal("0.000001"))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return _words(cell)

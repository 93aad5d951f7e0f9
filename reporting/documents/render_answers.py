"""The extract of all answers as an Excel workbook, written line by line.

Numbers are numbers, dates dates, municipality numbers text; no text is ever run as a formula. The lines written are
counted against those that there must be: none goes missing without a word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .extract import Extract
from .formats import clean

SHEET_ROWS = 1_000_000  # Excel holds 1 048 576; a further sheet is begun here
CELL_LENGTH = 32_767 // 2  # in characters that may take two UTF-16 units each
EXCEL_DAY_0 = dt.date(1899, 12, 30)
WIDTHS = (13, 9, 24, 8, 24, 9, 24, 8, 34, 44, 12, 24, 34, 12)


def render_answers(found: Extract, out: BinaryIO, heads: tuple[str, ...], words: Callable[[str], str]) -> int:
    """Write the workbook into ``out``. Returns the number of lines. ``heads`` are the column heads: eleven, or fourteen
    where the lines are given in the borders of another day too. ``words`` gives the fixed words ``cover``,
    ``answers``, ``code_book``, ``rounds``, ``reports``, ``lines``, ``cut``, ``borders``, ``borders_then``,
    ``borders_of`` (with a place for ``{day}``), ``question``, ``kind``, ``key``, ``text``.

    Raises RuntimeError when the lines written are not the lines expected.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, {**options, "strings_to_numbers": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    cover = book.add_worksheet(words("cover"))
    writer = _Answers(book, day, bold, heads, words("answers"))
    for line in found.lines:
        writer.write(line)
    if writer.total != found.expected:
        raise RuntimeError(f"{writer.total} answers were written, {found.expected} were expected")
    _code_book(book, found, bold, words)
    rounds = ", ".join(reference.isoformat() for reference in found.rounds)
    borders = words("borders_then")
    if found.borders is not None:
        borders = words("borders_of").format(day=found.borders.isoformat())
    facts = (
        ("rounds", rounds), ("reports", found.reports), ("lines", writer.total), ("cut", writer.cut),
        ("borders", borders),
    )  # fmt: skip
    for number, (key, value) in enumerate(facts):
        cover.write_string(number, 0, words(key), bold)
        cover.write(number, 1, value)
    cover.set_column(0, 0, 44)
    cover.set_column(1, 1, 60)
    book.close()
    return writer.total


class _Answers:
    """The sheets of answers; a new one is begun before Excel's limit."""

    def __init__(self, book: xlsxwriter.Workbook, day: Format, bold: Format, heads: tuple[str, ...], name: str) -> None:
        self.book, self.day, self.bold, self.heads, self.name = book, day, bold, heads, name
        self.total = self.row = self.cut = self.sheets = 0
        self.serials: dict[dt.date, int] = {}
        self.page: Worksheet = self._sheet()

    def _sheet(self) -> Worksheet:
        self.sheets += 1
        page = self.book.add_worksheet(self.name if self.sheets == 1 else f"{self.name} {self.sheets}")
        for index, width in enumerate(WIDTHS[: len(self.heads)]):
            page.set_column(index, index, width)
        for index, head in enumerate(self.heads):
            page.write_string(0, index, head, self.bold)
        page.freeze_panes(1, 3)
        page.autofilter(0, 0, SHEET_ROWS, len(self.heads) - 1)
        self.row = 1
        return page

    def write(self, line: tuple[Any, ...]) -> None:
        if self.row > SHEET_ROWS:
            self.page = self._sheet()
        page, row = self.page, self.row
        reference, number, name, county, office, version, question, part, given, label, *here = line
        page.write_number(row, 0, self._serial(reference), self.day)
        page.write_string(row, 1, number)
        page.write_string(row, 2, name)
        page.write_string(row, 3, county)
        page.write_string(row, 4, office)
        page.write_number(row, 5, version)
        page.write_string(row, 6, question)
        if part:
            page.write_string(row, 7, part)
        if label:  # then the answer is the key of an option or a register row, which the portal made itself
            page.write_string(row, 8, str(given))
            page.write_string(row, 9, label)
        else:
            self._given(row, given)
        for column, text in enumerate(here, start=10):
            if text:
                page.write_string(row, column, text)
        self.row += 1
        self.total += 1

    def _serial(self, day: dt.date) -> int:
        """Excel's number of a day, worked out once for each."""
        if day not in self.serials:
            self.serials[day] = (day - EXCEL_DAY_0).days
        return self.serials[day]

    def _given(self, row: int, given: object) -> None:
        if isinstance(given, str):
            text = clean(given)
            if len(text) > CELL_LENGTH:
                text, self.cut = text[:CELL_LENGTH] + " …", self.cut + 1
            self.page.write_string(row, 8, text)
        elif isinstance(given, dt.date) and given.year < 1900:  # Excel knows no such day
            self.page.write_string(row, 8, given.isoformat())
        elif isinstance(given, dt.date):
            self.page.write_number(row, 8, self._serial(given), self.day)
        elif isinstance(given, Decimal | int):
            self.page.write_number(row, 8, float(given))


def _code_book(book: xlsxwriter.Workbook, found: Extract, bold: Format, words: Callable[[str], str]) -> None:
    page = book.add_worksheet(words("code_book"))
    for index, (key, width) in enumerate((("question", 24), ("kind", 16), ("key", 20), ("text", 90))):
        page.set_column(index, index, width)
        page.write_string(0, index, words(key), bold)
    for number, entry in enumerate(found.code_book, start=1):
        for index, text in enumerate(entry):
            page.write_string(number, index, text)
    page.freeze_panes(1, 1)

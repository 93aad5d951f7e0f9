"""Opens a workbook that anybody may have made.

The file is judged before anything in it is parsed: what it is (by its content, not by its name), how large it is
packed and unpacked, how many parts and elements it has, and that no part declares entities. Only then is it read,
row by row. A row or column that is far away, merged cells and formulas are read as a person sees them.
"""

from __future__ import annotations

import bisect
import enum
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl  # noqa: TID251 - a read_*.py reads Excel files
from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries  # noqa: TID251

from municipalities import archives
from municipalities.archives import ArchiveRefused
from municipalities.virus import virus_fault

FILE_SIZE = 5 * 1024 * 1024
BOUNDS = archives.Bounds(unpacked=64 * 1024 * 1024, parts=300, elements=1_500_000)
ROWS, COLUMNS, SHEETS = 25_000, 40, 30
MERGED, SPREAD = 5_000, 100_000
_FORMULAS = (b"<f>", b"<f ", b":f>", b":f ", b' t="e"')
"""What a sheet with formulas or errors holds; looked for as plain bytes, which is quickest."""
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]{0,60}?ref=\"([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})\"")
_FAR = re.compile(rb"\sr=\"[A-Z]{3}")


Rows = Sequence[tuple[int, Sequence[Any]]]


class WorkbookRefused(Exception):
    """The file is not taken in; the message is a sentence for the person."""


class Broken(enum.Enum):
    """A cell that has no value to read: a formula that was never calculated, or one that gives an error."""

    FORMULA = "formula"
    ERROR = "error"


@dataclass(frozen=True)
class Sheet:
    """A sheet as read: the rows that hold anything, each with its number (from 1) and its cells from column A on."""

    name: str
    hidden: bool
    rows: Rows


@dataclass
class _Part:
    """What a part holds that the reader must know; ``wide``: a cell stands so far to the right that rows must not be
    filled up to it."""

    formulas: bool = False
    wide: bool = False
    merged: dict[str, None] = field(default_factory=dict)

    def look(self, piece: bytes) -> None:
        """Note what the next piece of the part holds."""
        self.formulas = self.formulas or any(mark in piece for mark in _FORMULAS)
        self.wide = self.wide or _FAR.search(piece) is not None
        if b"mergeCell" in piece and len(self.merged) < MERGED:
            self.merged |= dict.fromkeys(match.decode() for match in _MERGE.findall(piece))


def read_workbook(data: bytes) -> list[Sheet]:
    """The sheets of an ``.xlsx`` file. Raises WorkbookRefused with one sentence."""
    parts = judge(data)
    if fault := virus_fault(data):
        raise WorkbookRefused(fault)
    try:
        return _read(data, parts)
    except WorkbookRefused:
        raise
    except Exception as error:  # whatever a broken file makes the reader stumble over
        raise WorkbookRefused(
            _("The file is damaged and cannot be read. Open it in Excel and save it anew.")
        ) from error


def judge(data: bytes) -> dict[str, _Part]:
    """Whether the file may be parsed at all; what its parts hold that the reader must know. Raises WorkbookRefused."""
    if len(data) > FILE_SIZE:
        raise WorkbookRefused(_("The file is larger than 5 MB. Remove pictures and empty rows, and save it anew."))
    _kind(data)
    found: dict[str, _Part] = {}
    try:
        with archives.opened(data, BOUNDS) as archive:
            _container(archive)
            archives.scan(archive, BOUNDS, lambda name, piece: found.setdefault(name, _Part()).look(piece))
    except ArchiveRefused as error:
        raise _refused(error.code) from error
    return found


def _kind(data: bytes) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise WorkbookRefused(
            _("The file is in the old Excel format or has a password. Save it as an Excel workbook without one.")
        )
    if not data.startswith(b"PK\x03\x04"):
        raise WorkbookRefused(_("This is not an Excel workbook. Save the sheet as an Excel workbook (.xlsx)."))


def _container(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if "xl/workbook.xml" not in names and not any(name.endswith("workbook.xml") for name in names):
        raise WorkbookRefused(_("This is not an Excel workbook. Save the sheet as an Excel workbook (.xlsx)."))


def _refused(code: str) -> WorkbookRefused:
    """What the guard found, as a sentence."""
    if code in (archives.BOMB, archives.NESTED):
        return _too_large()
    if code == archives.LOCKED:
        return WorkbookRefused(_("The file has a password. Save it without one."))
    if code == archives.DECLARES:
        return WorkbookRefused(_("The file holds definitions that a workbook does not need, and is not read."))
    return WorkbookRefused(_("The file is damaged and cannot be read. Open it in Excel and save it anew."))


def _too_large() -> WorkbookRefused:
    return WorkbookRefused(
        _("The workbook holds far more than it can. Copy the rows into a newly downloaded workbook and send in that.")
    )


def _read(data: bytes, parts: dict[str, _Part]) -> list[Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    if len(book.worksheets) > SHEETS:
        raise _too_large()
    formulas = _formulas(data) if any(part.formulas for part in parts.values()) else {}
    sheets = []
    for page in book.worksheets:
        part = parts.get(getattr(page, "_worksheet_path", ""))
        rows: Rows = list(_rows(page, COLUMNS if part is None or part.wide else None))
        if formulas.get(page.title):
            rows = _mark(rows, formulas[page.title])
        if part is not None and part.merged:
            rows = _spread(rows, list(part.merged)[:MERGED])
        sheets.append(Sheet(page.title, page.sheet_state != "visible", rows))
    book.close()
    return sheets


def _rows(page: Any, width: int | None) -> Iterator[tuple[int, Sequence[Any]]]:
    page.reset_dimensions()  # what the file says of its own size may be wrong, and would cut off the last row
    count = 0
    for number, cells in enumerate(page.iter_rows(max_col=width, values_only=True), start=1):
        if cells.count(None) == len(cells):
            continue
        count += 1
        if count > ROWS:
            raise _too_large()
        yield number, cells[:COLUMNS]


def _formulas(data: bytes) -> dict[str, list[tuple[int, int, Broken]]]:
    """Where formulas and errors stand, by sheet: row and column, both from 1, and what is wrong if nothing or no value
    is read there. Two more readings, only of a file that has any."""
    found: dict[str, list[tuple[int, int, Broken]]] = {}
    for data_only in (True, False):
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)
        kind, broken = ("e", Broken.ERROR) if data_only else ("f", Broken.FORMULA)
        for page in book.worksheets:
            page.reset_dimensions()
            places = found.setdefault(page.title, [])
            for number, cells in enumerate(page.iter_rows(max_col=COLUMNS), start=1):
                places += [(number, at, broken) for at, cell in enumerate(cells, 1) if cell.data_type == kind]
        book.close()
    return found


def _mark(rows: Rows, places: Iterable[tuple[int, int, Broken]]) -> Rows:
    """A formula without a calculated value is no empty cell, and an error is no text."""
    by_number = {number: list(cells) for number, cells in rows}
    for number, column, broken in places:
        _fill(by_number.setdefault(number, []), column - 1, broken)
    return sorted(by_number.items())


def _spread(rows: Rows, merged: list[str]) -> Rows:
    """What stands in cells merged downwards stands in each of them, in rows that hold something else too."""
    by_number, numbers, room = {n: list(cells) for n, cells in rows}, [number for number, _cells in rows], SPREAD
    for reference in merged:
        column, first, _last_column, last = range_boundaries(reference)
        cells = by_number.get(first, [])
        value = cells[column - 1] if column <= len(cells) else None
        if value is None:
            continue
        inside = numbers[bisect.bisect_right(numbers, first) : bisect.bisect_right(numbers, last)]
        room -= len(inside)
        if room < 0:
            raise _too_large()
        for number in inside:
            _fill(by_number[number], column - 1, value)
    return sorted(by_number.items())


def _fill(cells: list[Any], index: int, value: Any) -> None:
    """Put a value where none stands, or a text that is no value."""
    cells.extend([None] * (index + 1 - len(cells)))
    if cells[index] is None or value is Broken.ERROR:
        cells[index] = value

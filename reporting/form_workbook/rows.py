"""From sheets as read to the rows of a form: which report the workbook is of, and each field's cell.

Moved columns, sorted or missing rows, notes beside the table and sheets of one's own do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter  # noqa: TID251 - the name of a column, no file

from networks.workbook.layout import plain
from networks.workbook.read_workbook import Sheet, WorkbookRefused
from reporting.form_workbook.layout import MARKER, MARKER_SHEET, NEEDED, heads

HEAD_ROWS = 30
"""How far down the row with the heads may stand."""
_UNSHOWABLE = re.compile(r"[^\w .,()/’'-]")


@dataclass(frozen=True)
class Origin:
    """Which report a workbook says it is of. ``words`` are to be shown: the unit and its number."""

    report: str
    number: str
    unit: str
    reference_date: str
    language: str

    @property
    def words(self) -> str:
        return _UNSHOWABLE.sub("", f"{self.number} {self.unit}")[:80].strip()


@dataclass(frozen=True)
class ReadRow:
    """One row: the sheet, the number of the row, the name of the answer's cell, and the cells by column with the letter
    of each."""

    sheet: str
    number: int
    cell: str
    values: dict[str, Any]
    letters: dict[str, str] = field(default_factory=dict)

    def cell_of(self, column: str) -> str:
        """The name of another cell of the row."""
        return f"{self.letters[column]}{self.number}" if column in self.letters else self.cell

    def text(self, column: str) -> str:
        """A hidden column as text; a number without decimals as Excel may have made it."""
        value = self.values.get(column)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip() if isinstance(value, str | int) else ""


@dataclass
class ReadForm:
    """A form as read."""

    origin: Origin
    rows: list[ReadRow] = field(default_factory=list)


def read_form(sheets: Iterable[Sheet]) -> ReadForm:
    """The form in a workbook's sheets. Raises WorkbookRefused with one sentence when there is none."""
    every = list(sheets)
    form = ReadForm(_origin(every))
    found = False
    for sheet in every:
        columns, at = _head(sheet)
        if columns is None or sheet.hidden:
            continue
        found = True
        form.rows += _rows(sheet, columns, at)
    if not found:
        raise WorkbookRefused(
            _("The heads of the columns are not found. Download the workbook anew, and copy your answers into it.")
        )
    return form


def _origin(sheets: Sequence[Sheet]) -> Origin:
    for sheet in sheets:
        if sheet.name == MARKER_SHEET:
            kept = [str(cells[0]) if cells and cells[0] is not None else "" for _number, cells in sheet.rows[:7]]
            if len(kept) == 7 and kept[0] == MARKER:
                return Origin(report=kept[1], number=kept[2], unit=kept[3], reference_date=kept[4], language=kept[6])
    raise WorkbookRefused(
        _("This is not the workbook of a report. Download the workbook here, fill it in, and send in that one.")
    )


def _head(sheet: Sheet) -> tuple[dict[str, int] | None, int]:
    """The places of the columns, by key, and the number of their row; None where the sheet has no such row."""
    for number, cells in sheet.rows[:HEAD_ROWS]:
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            key = heads().get(plain(cell)) if isinstance(cell, str) else None
            if key is not None:
                found.setdefault(key, place)
        if all(key in found for key in NEEDED):
            return found, number
    return None, 0


def _rows(sheet: Sheet, columns: dict[str, int], at: int) -> Iterable[ReadRow]:
    letters = {key: get_column_letter(place + 1) for key, place in columns.items()}
    for number, cells in sheet.rows:
        values = {key: cells[place] if place < len(cells) else None for key, place in columns.items()}
        if number > at and isinstance(values["key"], str) and values["key"].strip():
            yield ReadRow(sheet.name, number, f"{letters['answer']}{number}", values, letters)

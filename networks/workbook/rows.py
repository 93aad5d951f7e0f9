"""From sheets as read to the rows of the three lists: sheets by title or heads, columns by their heads.

The rows are plain values that can be kept as JSON between the preview and the acceptance. Blank rows, notes beside the
table, moved columns and unknown sheets do no harm; what was left out is said.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from networks.workbook.layout import BY_KEY, LAYOUT, SheetLayout, plain, titles
from networks.workbook.read_workbook import Broken, Sheet

HEAD_ROWS = 30
"""How far down the row with the heads may stand: people put a title above it."""
CELL_LENGTH = 5_000
MARK = "\x1f"
"""Before a day (``\\x1f2022-05-01``) and before the word for a cell without a value (``\\x1fformula``): no text of a
file begins with it, and plain texts are what a database keeps and a program walks through fastest."""
_UNSTORABLE = re.compile("[\x00\x1f\ud800-\udfff]")


@dataclass
class Found:
    """A list as found: its layout's ``key``, the sheet's ``name``, the letter of each column, and its rows as
    (number, {column key: value}). ``missing`` and ``twice`` are columns that keep it from being read."""

    key: str
    name: str
    letters: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    @property
    def readable(self) -> bool:
        return not self.missing and not self.twice


@dataclass
class Book:
    """The lists of a workbook, and the names of the sheets that were not read: unknown, hidden, or there twice."""

    lists: list[Found] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    def get(self, key: str) -> Found | None:
        """The list of this key, if the workbook has it."""
        return next((entry for entry in self.lists if entry.key == key), None)

    def as_json(self) -> dict[str, Any]:
        """What is kept in the database."""
        return {
            "lists": [entry.__dict__ for entry in self.lists],
            "unknown": self.unknown,
            "hidden": self.hidden,
            "repeated": self.repeated,
        }


def book_from_json(kept: dict[str, Any]) -> Book:
    """The same again."""
    lists = [
        Found(**{**entry, "rows": [(number, cells) for number, cells in entry["rows"]]}) for entry in kept["lists"]
    ]
    return Book(lists, kept["unknown"], kept["hidden"], kept["repeated"])


def find_rows(sheets: Iterable[Sheet]) -> Book:
    """The three lists in a workbook's sheets."""
    book = Book()
    for sheet in sheets:
        title = titles().get(plain(sheet.name))
        if title == "" or not sheet.rows:
            continue  # help, lists, an empty sheet
        if sheet.hidden:
            book.hidden.append(sheet.name)
            continue
        at, layout = _heads_of(sheet, title)
        if layout is None:
            book.unknown.append(sheet.name)
        elif book.get(layout.key) is not None:
            book.repeated.append(sheet.name)
        else:
            book.lists.append(read_list(sheet, layout, at))
    return book


def _heads_of(sheet: Sheet, title: str | None) -> tuple[int, SheetLayout | None]:
    """Where the row of heads is, and whose heads they are: those of the sheet's title, else those that fit best."""
    if title:
        layout = BY_KEY[title]
        at = max(range(min(HEAD_ROWS, len(sheet.rows))), key=lambda index: hits(sheet.rows[index][1], layout))
        return at, layout
    for index, (_number, cells) in enumerate(sheet.rows[:HEAD_ROWS]):
        for layout in LAYOUT:
            found = {layout.heads().get(plain(cell)) for cell in cells if isinstance(cell, str)}
            if all(column.key in found for column in layout.columns if column.needed):
                return index, layout
    return 0, None


def hits(cells: Sequence[Any], layout: SheetLayout) -> int:
    return len({layout.heads().get(plain(cell)) for cell in cells if isinstance(cell, str)} - {None})


def read_list(sheet: Sheet, layout: SheetLayout, at: int) -> Found:
    """The rows of a sheet below its heads, which stand in the row with the index ``at`` among those that were read."""
    found = Found(layout.key, sheet.name)
    places: dict[str, int] = {}
    for index, cell in enumerate(sheet.rows[at][1]):
        key = layout.heads().get(plain(cell)) if isinstance(cell, str) else None
        if key is None:
            continue
        if key in places:
            found.twice.append(key)
        places.setdefault(key, index)
    found.missing = [column.key for column in layout.columns if column.needed and column.key not in places]
    found.letters = {key: letter(index) for key, index in places.items()}
    if not found.readable:
        return found
    wanted = list(places.items())
    for number, cells in sheet.rows[at + 1 :]:
        width = len(cells)
        row: dict[str, Any] = {}
        for key, index in wanted:
            value = cells[index] if index < width else None
            if value is None:
                continue
            if value.__class__ is not int and (value := _kept(value)) == "":
                continue
            row[key] = value
        if row:
            found.rows.append((number, row))
    return found


def letter(index: int) -> str:
    """The letter of a column, counted from 0."""
    text, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def _kept(value: Any) -> Any:
    """A cell as it can be kept: text without blanks around it, numbers, and marked days and broken cells."""
    if value.__class__ is str:
        text = value.strip()[:CELL_LENGTH]
        return text if text.isprintable() else _UNSTORABLE.sub("", text)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return MARK + Broken.ERROR.value
        return int(value) if value.is_integer() and abs(value) < 10**15 else value
    if isinstance(value, dt.date):
        return f"{MARK}{value.year:04}-{value.month:02}-{value.day:02}"
    if isinstance(value, Broken):
        return MARK + value.value
    return f"{MARK}time"  # a time of day, or a length of time

"""Workbooks for tests: the one that the portal makes, opened and edited as a person would, and broken ones."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl

from municipalities.models import Office
from networks.services.workbook import workbook_make

TODAY = dt.date(2022, 5, 4)
SHEETS = ("networks", "participations", "meetings")


class Edited:
    """A downloaded workbook, open for editing. ``sheet`` takes the key of a list, ``row`` what a new row holds."""

    def __init__(self, office: Office, *, today: dt.date = TODAY, language: str = "nb") -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(workbook_make(office, today=today, language=language)))

    def sheet(self, key: str) -> Any:
        return self.book.worksheets[SHEETS.index(key)]

    def column(self, key: str, column: str) -> int:
        from networks.workbook.layout import BY_KEY

        return [entry.key for entry in BY_KEY[key].columns].index(column) + 1

    def set(self, key: str, row: int, **values: Any) -> None:
        """Write cells; the first row below the heads is 2."""
        for column, value in values.items():
            self.sheet(key).cell(row, self.column(key, column)).value = value

    def add(self, key: str, *, after: int = 0, **values: Any) -> int:
        """Write a row below the others, ``after`` blank ones; returns its number."""
        row = self.sheet(key).max_row + 1 + after
        self.set(key, row, **values)
        return row

    def bytes(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def repacked(data: bytes, replace: dict[str, bytes] | None = None, extra: dict[str, bytes] | None = None) -> bytes:
    """The same container with some parts exchanged or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, (replace or {}).get(entry.filename, old.read(entry)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()

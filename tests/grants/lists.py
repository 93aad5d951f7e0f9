"""Lists of applications for tests: the workbook that the portal makes, filled in as a person would."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from grants.application_sheet import LAYOUT
from grants.services.applications import list_read, template_make

TODAY = dt.date(2022, 5, 4)
KEYS = [column.key for column in LAYOUT.columns]


def template(year: int = 2021) -> Any:
    """The workbook of a year, opened."""
    return openpyxl.load_workbook(io.BytesIO(template_make(year, today=TODAY, language="nb")))


def written(*rows: dict[str, Any], year: int = 2021, heads: Sequence[str] = ()) -> bytes:
    """The workbook with these rows below its heads; ``heads`` takes the place of the sheet's own."""
    book = template(year)
    page = book.worksheets[0]
    for line in range(page.max_row, 1, -1):
        page.delete_rows(line)
    for index, head in enumerate(heads, start=1):
        page.cell(1, index).value = head
    for line, row in enumerate(rows, start=2):
        for key, value in row.items():
            page.cell(line, KEYS.index(key) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(**changes: Any) -> dict[str, Any]:
    """A row without a fault, with changes."""
    plain = {
        "number": "3004", "unit": "Fredrikstad", "scheme": "usht", "status": "applied", "applied_kr": 450_000,
        "shielded": "no", "note": "",
    }  # fmt: skip
    return {key: value for key, value in {**plain, **changes}.items() if value is not None}


def sent(world: Any, data: bytes, *, now: dt.datetime, year: int = 2021) -> Any:
    """The list as it is kept when Hdir sends it in."""
    return list_read(year=year, file_name="liste.xlsx", data=data, actor=world.user("hdir"), now=now)

"""A list as Excel or CSV, as any list page offers it: what it is, per which day and in which borders stands on top.

Municipality numbers are text, numbers are numbers, dates are dates; no text is ever run as a formula. The rows written
are counted against those of the list.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("xlsx", "csv")
CELL_LENGTH = 32_000
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ListTable:
    """A list to be written: ``title``; ``facts`` are lines above it (the day, the borders, the filters) as (what,
    value); ``heads`` the column heads; ``rows`` text, whole or decimal numbers, dates, booleans or None."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)


def table_response(table: ListTable, style: str, file_name: str) -> HttpResponse:
    """The list as a download. ``style`` is ``xlsx`` or ``csv`` (KeyError for another); ``file_name`` has no ending."""
    body, media_type = {
        "xlsx": lambda: (as_xlsx(table), XLSX),
        "csv": lambda: (as_csv(table), "text/csv; charset=utf-8"),
    }[style]()
    response = HttpResponse(body, content_type=media_type)
    disposition = content_disposition_header(True, f"{file_name}.{style}")
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def as_csv(table: ListTable) -> bytes:
    """UTF-8 with a mark and semicolons, as Norwegian Excel opens it; a text that looks like a formula gets a quote
    before it. The facts stand in the Excel file only, so that a program can read the first line as heads."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_csv_cell(head) for head in table.heads])
    for row in table.rows:
        writer.writerow([_csv_cell(value) for value in row])
    return ("\ufeff" + out.getvalue()).encode()


def _csv_cell(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, int | Decimal):
        return "" if value is None else str(value)
    text = _clean(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_xlsx(table: ListTable) -> bytes:
    """One sheet: title, facts, heads with filters, rows. Raises RuntimeError when a row went missing."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(out, options)
    bold, title = book.add_format({"bold": True, "bottom": 1, "text_wrap": True}), book.add_format({"bold": True})
    title.set_font_size(14)
    day = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
    page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", table.title)[:31].strip() or "-")
    page.write_string(0, 0, _clean(table.title), title)
    facts = [*table.facts, (_("Rows"), str(len(table.rows)))]
    for line, (what, value) in enumerate(facts, start=1):
        page.write_string(line, 0, _clean(f"{what}: {value}"))
    top = len(facts) + 2
    for index, head in enumerate(table.heads):
        page.write_string(top, index, _clean(head), bold)
    written = 0
    for line, row in enumerate(table.rows, start=top + 1):
        for index, value in enumerate(row):
            _write(page, line, index, value, day)
        written += 1
    if written != len(table.rows):
        raise RuntimeError(f"{written} rows were written of {len(table.rows)}")
    for index, head in enumerate(table.heads):
        longest = max((len(str(row[index] or "")) for row in table.rows[:500]), default=0)
        page.set_column(index, index, min(60, max(10, len(head) + 2, longest + 2)))
    page.freeze_panes(top + 1, 1)
    if table.rows:
        page.autofilter(top, 0, top + written, len(table.heads) - 1)
    book.close()
    return out.getvalue()


def _write(page: Any, line: int, index: int, value: Any, day: Any) -> None:
    if isinstance(value, bool):
        page.write_string(line, index, _("yes") if value else _("no"))
    elif isinstance(value, dt.date) and value.year >= 1900:
        page.write_datetime(line, index, dt.datetime.combine(value, dt.time()), day)
    elif isinstance(value, int | Decimal):
        page.write_number(line, index, float(value))
    elif value is not None and str(value):
        page.write_string(line, index, _clean(str(value))[:CELL_LENGTH])


def _clean(text: str) -> str:
    """Text that no file format refuses and that does not turn the direction of its neighbours."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))

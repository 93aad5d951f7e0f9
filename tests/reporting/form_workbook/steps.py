"""What the tests of the form as a workbook share: cells, rows, sending."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from reporting.form_workbook.layout import COLUMNS
from reporting.models import Report
from reporting.services.drafts import draft_open, draft_save_many
from reporting.services.form_workbook import (
    form_workbook_make,
    form_workbook_preview,
    form_workbook_use,
)
from reporting.services.machines import as_typed
from tests.reporting.every_kind import SPEC, every_kind_report, values
from tests.reporting.factories import at, items
from tests.world import World

NOW = at(dt.date(2022, 4, 20), 10)
PLACE = {column.key: index + 1 for index, column in enumerate(COLUMNS)}
ANSWER = PLACE["answer"]


class Desk:
    """One who fills in her report in Excel."""

    def __init__(self, world: World, *, filled: bool = True, language: str = "nb") -> None:
        self.world, self.actor, self.language = world, world.user("editor-3004"), language
        self.report = every_kind_report(world)
        draft_open(report=self.report, actor=self.actor, now=NOW)
        if filled:
            given = [(key, as_typed(SPEC.field(key)[0], value), rev) for key, value, rev in items(values(world))]
            draft_save_many(report=self.report, items=given, actor=self.actor, now=NOW)

    def download(self) -> openpyxl.Workbook:
        with translation.override(self.language):
            data = form_workbook_make(report=self.report, actor=self.actor, now=NOW, language=self.language)
        return openpyxl.load_workbook(io.BytesIO(data))

    def preview(self, book: openpyxl.Workbook, report: Report | None = None) -> Any:
        return form_workbook_preview(report=report or self.report, data=packed(book), actor=self.actor, now=NOW)

    def change(self, **cells: Any) -> Any:
        """Download, write (``decimal=1.5`` or ``matrix_1_1="x"``), and look at what differs."""
        book = self.download()
        for name, value in cells.items():
            cell_of(book, name).value = value
        return self.preview(book)

    def use(self, preview: Any, *mine: str) -> Any:
        return form_workbook_use(report=self.report, accept=preview.accept, mine=mine, actor=self.actor, now=NOW)

    def answers(self) -> dict[str, Any]:
        self.report.refresh_from_db()
        return dict(draft_open(report=self.report, actor=self.actor, now=NOW).answers)


def packed(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(book: openpyxl.Workbook) -> dict[tuple[str, str], int]:
    """The number of each field's row, by key and option."""
    page = book.worksheets[0]
    found = {}
    for number in range(4, page.max_row + 1):
        key = page.cell(number, PLACE["key"]).value
        if key:
            found[key, page.cell(number, PLACE["option"]).value or ""] = number
    return found


def cell_of(book: openpyxl.Workbook, name: str) -> Any:
    """The answer's cell of ``decimal``, ``matrix_1_1`` or ``several_of__done``."""
    name, _, option = name.partition("__")
    code = f"k.{name}"
    if name.startswith("matrix_"):
        code = f"k.matrix:{name.removeprefix('matrix_').replace('_', '.')}"
    return book.worksheets[0].cell(rows_of(book)[code, option], ANSWER)


def differences(preview: Any) -> dict[str, Any]:
    assert not preview.comparison.faults, preview.comparison.faults
    return {entry.key: entry.after for entry in preview.comparison.differences}


def send(client: Client, report: Report, data: bytes, name: str = "rapport.xlsx") -> Any:
    return client.post(reverse("report_workbook_upload", args=[report.pk]), {"file": SimpleUploadedFile(name, data)})

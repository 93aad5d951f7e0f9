"""A workbook that has been sorted, moved and cut is read all the same, and only by its own unit."""

from __future__ import annotations

from collections.abc import Callable

import openpyxl
import pytest
from django.utils import translation

from networks.workbook.read_workbook import WorkbookRefused
from reporting.form_workbook.layout import LISTS_SHEET, MARKER_SHEET
from tests.reporting.every_kind import every_kind_report
from tests.world import World

from .steps import ANSWER, PLACE, Desk, cell_of, differences

pytestmark = pytest.mark.django_db


def sorted_rows(book: openpyxl.Workbook) -> None:
    page = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    for number, row in enumerate(reversed(rows), start=4):
        for place, value in enumerate(row, start=1):
            page.cell(number, place).value = value
            if isinstance(value, str):
                page.cell(number, place).data_type = "s"  # a text that begins with = is no formula


def moved_columns(book: openpyxl.Workbook) -> None:
    book.worksheets[0].insert_cols(1, 2)


def a_title_above(book: openpyxl.Workbook) -> None:
    book.worksheets[0].insert_rows(1, 5)


def no_visible_columns(book: openpyxl.Workbook) -> None:
    book.worksheets[0].delete_cols(1, 3)


def notes_and_sheets(book: openpyxl.Workbook) -> None:
    book.create_sheet("Mine notater", 0).append(["Svar", "Ring Kari"])
    book.worksheets[1].cell(2, 12).value = "Ring Kari"


def renamed(book: openpyxl.Workbook) -> None:
    book.worksheets[0].title = "Ark1"


def lists_removed(book: openpyxl.Workbook) -> None:
    del book[LISTS_SHEET]


@pytest.mark.parametrize(
    "mangle", [sorted_rows, moved_columns, a_title_above, no_visible_columns, notes_and_sheets, renamed, lists_removed]
)
def test_it_is_read_all_the_same(world: World, mangle: Callable[[openpyxl.Workbook], None]):
    desk = Desk(world)
    book = desk.download()
    cell_of(book, "whole_number").value = 12
    mangle(book)
    assert differences(desk.preview(book)) == {"k.whole_number": 12}


def test_a_row_that_is_gone_changes_nothing(world: World):
    desk = Desk(world)
    book = desk.download()
    for name in ("whole_number", "several_of__plan", "matrix_1_2"):
        page = book.worksheets[0]
        page.delete_rows(cell_of(book, name).row)
    assert differences(desk.preview(book)) == {}


def test_a_row_that_stands_twice_or_is_not_asked_is_a_fault(world: World):
    desk = Desk(world)
    book = desk.download()
    page = book.worksheets[0]
    for key in ("k.whole_number", "k.gone"):
        line = page.max_row + 1
        page.cell(line, PLACE["key"]).value, page.cell(line, ANSWER).value = key, 3
    preview = desk.preview(book)
    assert len(preview.comparison.faults) == 2
    assert not preview.comparison.differences


def test_without_the_hidden_columns_but_the_key_it_is_compared_with_what_stands(world: World):
    desk = Desk(world)
    book = desk.download()
    page = book.worksheets[0]
    page.delete_cols(PLACE["rev"], 2)
    cell_of(book, "whole_number").value = 12
    found = desk.preview(book).comparison
    assert {entry.key: entry.after for entry in found.changes} == {"k.whole_number": 12}
    assert not found.conflicts


def test_another_municipalitys_workbook_is_refused_in_one_sentence(world: World):
    desk = Desk(world)
    with pytest.raises(WorkbookRefused) as refused, translation.override("en"):
        desk.preview(desk.download(), report=every_kind_report(world, "3025"))
    text = str(refused.value)
    assert "3004 Fredrikstad" in text
    assert "3025 Asker" in text


def test_another_rounds_workbook_is_refused(world: World):
    desk = Desk(world)
    book = desk.download()
    book[MARKER_SHEET]["A2"].value, book[MARKER_SHEET]["A5"].value = "999999", "2021-11-01"
    with pytest.raises(WorkbookRefused):
        desk.preview(book)


def test_any_other_workbook_is_refused(world: World):
    desk = Desk(world)
    other = openpyxl.Workbook()
    other.active.append(["Nøkkel", "Svar"])
    with pytest.raises(WorkbookRefused):
        desk.preview(other)
    book = desk.download()
    book.worksheets[0].delete_rows(3)  # the heads
    with pytest.raises(WorkbookRefused):
        desk.preview(book)

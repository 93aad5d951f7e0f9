"""A workbook that goes out and comes in unchanged changes nothing, in any language."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import python_calamine
from django.utils.translation import override

from networks.services.workbook import (
    workbook_make,
    workbook_plan,
)
from tests.networks.workbooks import TODAY, Edited

from .steps import D, said

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("back", ["nb", "nn"])
def test_a_round_trip_changes_nothing_in_any_language(office, filled, plan, language, back):
    with override(language):
        data = Edited(office, language=language).bytes()
    with override(back):
        result = plan(data)
    assert (result.changes, result.faults, result.notes) == ([], [], [])
    assert result.unchanged == {"networks": 2, "participations": 5, "meetings": 1}
    assert result.absent == {"networks": 0, "participations": 0, "meetings": 0}


def test_a_round_trip_of_numbers_from_another_year(office, filled, send):
    upload = send(Edited(office, today=D(2024, 5, 1)))  # Fredrikstad is 3107 there
    for day in (TODAY, D(2024, 5, 1)):
        result = workbook_plan(upload, today=day)
        assert (result.changes, said(result)) == ([], [])


def test_text_that_looks_like_a_formula_goes_out_and_in_as_text(office, filled, plan):
    book = Edited(office)
    notes = [row[8].value for row in book.sheet("networks").iter_rows(min_row=2)]
    assert "=1+1" in notes
    assert all(
        cell.data_type != "f" for row in book.sheet("networks").iter_rows() for cell in row if cell.value != "=1+1"
    )
    assert plan(workbook_make(office, today=TODAY, language="nb")).changes == []


def test_numbers_are_text_and_words_can_be_chosen(office, filled):
    book = Edited(office)
    numbers = {row[2].value for row in book.sheet("participations").iter_rows(min_row=2)}
    assert numbers == {"3004", "3025", "0301", "030101", "0220"}
    kinds = {(rule.type, str(rule.sqref)) for rule in book.sheet("participations").data_validations.dataValidation}
    assert {kind for kind, _where in kinds} == {"list", "date"}
    assert len(book.book.worksheets) == 5


def test_another_reader_sees_the_same(office, filled):
    """Numbers stay text with their zero, days are days, and no cell is a formula, also to a reader of other make."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook_make(office, today=TODAY, language="nb")))
    rows = book.get_sheet_by_index(1).to_python()
    assert {row[2] for row in rows[1:]} == {"3004", "3025", "0301", "030101", "0220"}
    assert all(isinstance(row[5], dt.date) for row in rows[1:])
    assert "=1+1" in [row[8] for row in book.get_sheet_by_index(0).to_python()]

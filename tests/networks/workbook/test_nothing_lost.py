"""Rows, columns and sheets that are missing, hidden or unknown take nothing away."""

from __future__ import annotations

import io

import pytest

from networks.models import NetworkMeeting, Participation
from tests.networks.workbooks import Edited

pytestmark = pytest.mark.django_db


def test_rows_that_are_missing_stay_and_it_is_said(office, filled, send, apply):
    book = Edited(office)
    book.sheet("participations").delete_rows(2, 3)
    book.book.remove(book.sheet("meetings"))
    book.set("networks", 2, host="Moss")
    before = Participation.objects.across_all(reason="test").count()
    result = apply(send(book))
    assert result.absent["participations"] == 3
    assert any("Meetings" in note for note in result.notes)
    assert Participation.objects.across_all(reason="test").count() == before
    assert NetworkMeeting.objects.across_all(reason="test").count() == 1


def test_a_column_that_was_taken_out_changes_nothing(office, filled, plan):
    book = Edited(office)
    book.sheet("participations").delete_cols(7, 2)  # last day and note
    book.sheet("networks").delete_cols(4, 3)  # host, organisers, solutions
    assert plan(book).changes == []


def test_hidden_unknown_and_empty_sheets(office, filled, plan):
    book = Edited(office)
    book.sheet("meetings").sheet_state = "hidden"
    book.book.create_sheet("Notater").cell(1, 1).value = "Ring Moss"
    book.book.create_sheet("Tomt")
    notes = plan(book).notes
    assert len([note for note in notes if "hidden" in note]) == 1
    assert len([note for note in notes if "Notater" in note]) == 1
    assert not any("Tomt" in note for note in notes)


def test_a_missing_and_a_doubled_column_are_said_once(office, filled, plan):
    book = Edited(office)
    book.sheet("participations").cell(1, 5).value = "Noe annet"
    book.sheet("networks").cell(1, 4).value = book.sheet("networks").cell(1, 2).value
    result = plan(book)
    assert [fault.row for fault in result.faults] == [0, 0]
    assert "missing" in result.faults[1].sentence or "missing" in result.faults[0].sentence


def test_a_workbook_of_something_else(office, filled, plan):
    import openpyxl

    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.cell(1, 1).value = "Budsjett"
    book.save(out)
    result = plan(out.getvalue())
    assert len(result.faults) == 1
    assert result.changes == []

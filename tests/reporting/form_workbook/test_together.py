"""Two who change the same answer, the file itself, and the pages that take it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from reporting.form_workbook.layout import MARKER_SHEET
from reporting.services.drafts import draft_save
from reporting.services.form_workbook import (
    PreviewGone,
    form_workbook_use,
)
from tests.reporting.every_kind import every_kind_report
from tests.world import World

from .steps import NOW, Desk, cell_of, differences, packed, send

pytestmark = pytest.mark.django_db


def colleague(desk: Desk, key: str, value: Any) -> None:
    draft_save(report=desk.report, key=key, raw=value, base_rev=None, actor=desk.world.user("editor-3004"), now=NOW)


def test_a_field_that_another_has_changed_is_asked_about(world: World):
    desk = Desk(world)
    book = desk.download()
    colleague(desk, "k.whole_number", 99)
    colleague(desk, "k.long_text", "Kollegaens")
    cell_of(book, "whole_number").value = 12
    cell_of(book, "decimal").value = 4
    preview = desk.preview(book)
    (conflict,) = preview.comparison.conflicts
    assert (conflict.key, conflict.before, conflict.after, conflict.by) == ("k.whole_number", 99, 12, str(desk.actor))
    assert [entry.key for entry in preview.comparison.changes] == ["k.decimal"]  # what she left is no change of hers
    desk.use(preview)
    kept = desk.answers()
    assert (kept["k.whole_number"], kept["k.decimal"], kept["k.long_text"]) == (99, "4", "Kollegaens")
    desk.use(desk.preview(book), "k.whole_number")
    assert desk.answers()["k.whole_number"] == 12


def test_the_same_answer_by_two_is_no_conflict(world: World):
    desk = Desk(world)
    book = desk.download()
    colleague(desk, "k.whole_number", 12)
    cell_of(book, "whole_number").value = 12
    assert differences(desk.preview(book)) == {}


def test_what_is_changed_while_the_preview_is_looked_at_stands_and_is_said(world: World):
    desk = Desk(world)
    preview = desk.change(whole_number=12, decimal=4)
    colleague(desk, "k.whole_number", 99)
    used = desk.use(preview)
    assert (used.saved, [met.key for met in used.conflicts]) == (1, ["k.whole_number"])
    kept = desk.answers()
    assert (kept["k.whole_number"], kept["k.decimal"]) == (99, "4")


def test_a_preview_of_another_report_or_a_forged_one_is_refused(world: World):
    desk = Desk(world)
    preview = desk.change(whole_number=12)
    other = every_kind_report(world, "3025")
    for report, accept in ((other, preview.accept), (desk.report, "forged"), (desk.report, "")):
        with pytest.raises(PreviewGone):
            form_workbook_use(report=report, accept=accept, mine=(), actor=world.user("editor-3025"), now=NOW)


def test_no_cell_is_a_formula_and_the_choices_have_lists(world: World):
    desk = Desk(world)
    book = desk.download()
    page = book.worksheets[0]
    assert not [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    for name in ("yes_no", "one_of", "matrix_1_1", "several_of__plan"):
        assert rules[cell_of(book, name).coordinate].type == "list"
    assert rules[cell_of(book, "date").coordinate].type == "date"
    assert cell_of(book, "date").is_date
    assert cell_of(book, "whole_number").value == 1234
    assert cell_of(book, "per_cent").number_format == "@"
    assert [page.column_dimensions[column].hidden for column in "ABCDEFGHIJK"] == [False] * 6 + [True] * 5
    assert page["A1"].value.startswith("3004 Fredrikstad")
    assert book[MARKER_SHEET].sheet_state == "veryHidden"


def test_it_speaks_the_language_it_was_asked_in(world: World):
    nynorsk = Desk(world, language="nn").download().worksheets[0]
    text = " ".join(str(cell.value) for row in nynorsk.iter_rows() for cell in row)
    assert "Spørsmål på nynorsk om date" in text
    assert "Vurdert; ikkje no" in text
    assert "Vurdert; ikke nå" not in text


@pytest.fixture
def desk_and_client(world: World) -> tuple[Desk, Client]:
    client = Client()
    client.force_login(world.user("editor-3004"))
    return Desk(world), client


def test_the_way_over_the_pages(desk_and_client):
    desk, client = desk_and_client
    answer = client.get(reverse("report_workbook", args=[desk.report.pk]))
    assert answer.status_code == 200
    assert "rapport-3004-2022-05-01.xlsx" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cell_of(book, "whole_number").value = 12
    cell_of(book, "date").value = "i fjor"
    colleague(desk, "k.decimal", "8")
    cell_of(book, "decimal").value = 9
    page = send(client, desk.report, packed(book))
    assert page.status_code == 200
    text = page.content.decode()
    assert cell_of(book, "date").coordinate in text
    assert "choice:k.decimal" in text
    assert len(page.context["changes"]) == 1
    done = client.post(
        reverse("report_workbook_use", args=[desk.report.pk]),
        {"accept": page.context["accept"], "choice:k.decimal": "mine"},
    )
    assert done.status_code == 302
    assert done.headers["Location"] == reverse("report_summary", args=[desk.report.pk])
    kept = desk.answers()
    assert (kept["k.whole_number"], kept["k.decimal"], kept["k.date"]) == (12, "9", "2021-06-17")


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"])
def test_a_file_that_is_none_is_one_sentence_on_the_page(desk_and_client, data: bytes):
    desk, client = desk_and_client
    page = send(client, desk.report, data)
    assert page.status_code == 422
    assert len(page.context["form"].errors["file"]) == 1


def test_no_file_and_a_forged_acceptance_are_422(desk_and_client):
    desk, client = desk_and_client
    assert client.post(reverse("report_workbook_upload", args=[desk.report.pk])).status_code == 422
    answer = client.post(reverse("report_workbook_use", args=[desk.report.pk]), {"accept": "x"})
    assert answer.status_code == 422


def test_what_is_typed_in_a_cell_is_text_on_the_page(desk_and_client):
    desk, client = desk_and_client
    book = desk.download()
    cell_of(book, "long_text").value = "<script>alert(1)</script>"
    cell_of(book, "one_of").value = "<img src=x>"
    text = send(client, desk.report, packed(book)).content.decode()
    assert "<script>alert(1)" not in text
    assert "<img src=x>" not in text
    assert "&lt;script&gt;" in text


def test_a_locked_report_says_why(desk_and_client, settings):
    desk, client = desk_and_client
    settings.PORTAL_CLOCK = "2022-12-01T10:00+01:00"
    for name in ("report_workbook", "report_workbook_upload"):
        assert client.get(reverse(name, args=[desk.report.pk])).status_code == 409
    assert send(client, desk.report, b"x").status_code == 409


def test_who_was_logged_out_comes_back_to_the_page(world: World):
    report = every_kind_report(world)
    answer = send(Client(), report, b"x")
    assert answer.status_code == 302
    assert f"next={reverse('report_workbook_upload', args=[report.pk])}" in answer.headers["Location"]


@pytest.mark.parametrize(("username", "there"), [("editor-3004", True), ("reader-3004", False)])
def test_the_way_to_excel_is_shown_to_those_who_fill_in(world: World, username: str, there: bool):
    report = every_kind_report(world)
    client = Client()
    client.force_login(world.user(username))
    address = reverse("report_workbook_upload", args=[report.pk])
    assert (address in client.get(reverse("municipality_home")).content.decode()) is there
    form = client.get(reverse("report_section", args=[report.pk, "first"]))
    assert (address in form.content.decode()) is there

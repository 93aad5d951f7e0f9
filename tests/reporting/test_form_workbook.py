"""A report's form in Excel: a round trip changes nothing, cells are read kindly, and nobody overwrites another."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from networks.workbook.read_workbook import WorkbookRefused
from reporting.form_workbook.layout import COLUMNS, LISTS_SHEET, MARKER_SHEET
from reporting.models import DraftChange, Report
from reporting.services.drafts import draft_open, draft_save, draft_save_many
from reporting.services.form_workbook import (
    PreviewGone,
    form_workbook_make,
    form_workbook_preview,
    form_workbook_use,
)
from reporting.services.machines import as_typed
from tests.reporting.every_kind import SPEC, every_kind_report, values
from tests.reporting.factories import ReportFactory, at, items, open_round
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = at(dt.date(2022, 4, 20), 10)
PLACE = {column.key: index + 1 for index, column in enumerate(COLUMNS)}
ANSWER = PLACE["answer"]


@pytest.fixture(autouse=True)
def in_the_round(settings):
    settings.PORTAL_CLOCK = "2022-04-20T10:00+02:00"


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


def faults(preview: Any) -> dict[str, str]:
    return {fault.key: fault.sentence for fault in preview.comparison.faults}


# --- out and in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("filled", [True, False])
def test_a_round_trip_changes_nothing(world: World, language: str, filled: bool):
    desk = Desk(world, filled=filled, language=language)
    for upload_in in ("nb", "nn"):
        with translation.override(upload_in):
            preview = desk.preview(desk.download())
        assert differences(preview) == {}
        assert preview.comparison.same == len(SPEC.field_keys())
    before = desk.report.draft_version
    assert desk.use(preview).saved == 0
    desk.report.refresh_from_db()
    assert desk.report.draft_version == before


def test_a_round_trip_of_the_standard_form_changes_nothing(world: World):
    report = ReportFactory.draft(round_=open_round(), municipality=world.unit("3004"), actor=world.user("editor-3004"))
    actor = world.user("editor-3004")
    data = form_workbook_make(report=report, actor=actor, now=NOW, language="nb")
    preview = form_workbook_preview(report=report, data=data, actor=actor, now=NOW)
    assert not preview.comparison.differences
    assert not preview.comparison.faults


@pytest.mark.parametrize(
    "text",
    [
        "_x0041_",
        "  to  ",
        "a\n\nb",
        "=1+1",
        "-5",
        "0301",
        "1.5.2022",
        "TRUE",
        "æøå “sitat” & <b>",
        "\u00a0x\u00a0y",
        "x" * 2000,
    ],
)
def test_any_text_comes_back_as_it_was(world: World, text: str):
    desk = Desk(world)
    draft_save(report=desk.report, key="k.long_text", raw=text, base_rev=None, actor=desk.actor, now=NOW)
    assert differences(desk.preview(desk.download())) == {}


def test_what_is_written_is_saved_and_is_what_the_form_would_hold(world: World):
    desk = Desk(world, filled=False)
    name = world.networks["oslo-og-viken"].pk
    preview = desk.change(
        yes_no="Ja", one_of="Likt svar [twin]", several_of__plan="x", several_of__same="X", matrix_1_1="På plass, alt",
        matrix_1_2="Likt svar [twin]", whole_number=1234, decimal=1.234, per_cent="12,5 %",
        date=dt.datetime(2021, 6, 17), short_text=values(world)["k.short_text"],
        long_text=values(world)["k.long_text"],
        **{f"register__{name}": "x"},
    )  # fmt: skip
    # openpyxl writes a text that begins with = as a formula, as Excel does: it is not taken, and says so
    assert set(faults(preview)) == {"k.short_text"}
    desk.use(preview)
    right = values(world)
    del right["k.short_text"]
    assert desk.answers() == right
    assert DraftChange.objects.across_all(reason="test").filter(report=desk.report).count() == len(right) + 1


def test_it_leads_through_the_same_service_and_starts_the_report(world: World):
    desk = Desk(world, filled=False)
    assert desk.report.status == "not_started"
    preview = desk.change(yes_no="Nei")
    assert desk.report.status == "not_started"
    desk.use(preview)
    desk.report.refresh_from_db()
    assert desk.report.status == "draft"
    assert desk.report.draft["fields"]["k.yes_no"]["by"] == str(desk.actor)


def test_the_findings_are_those_that_the_draft_would_have(world: World):
    desk = Desk(world)
    assert not [row for row in desk.preview(desk.download()).findings if row.level == "error"]
    preview = desk.change(yes_no=None)
    assert [row.question for row in preview.findings if row.level == "error"] == ["k.yes_no"]
    assert desk.answers()["k.yes_no"] == "yes"  # nothing is saved by looking


# --- cells as people write them -------------------------------------------------------------------

READ = [
    ("yes_no", "nei", "no"), ("yes_no", "  NEI ", "no"), ("yes_no", False, "no"), ("yes_no", "no", "no"),
    ("one_of", "vurdert;\u00a0ikke  nå", "plan"), ("one_of", "Vurdert; ikkje no", "plan"), ("one_of", "plan", "plan"),
    ("one_of", None, None), ("matrix_1_1", "Ingen", "none"),
    ("whole_number", "1 500", 1500), ("whole_number", "1\u00a0500", 1500), ("whole_number", 7.0, 7),
    ("decimal", "12,5", "12.5"), ("decimal", 12.3, "12.3"), ("decimal", 0.1 + 0.2, "0.3"), ("decimal", -3, "-3"),
    ("per_cent", "45 %", "45"), ("per_cent", 45, "45"), ("per_cent", "0,5", "0.5"), ("per_cent", 0, "0"),
    ("date", "17. juni 2022", "2022-06-17"), ("date", "1.5.22", "2022-05-01"), ("date", 44682, "2022-05-01"),
    ("short_text", 301, "301"), ("short_text", dt.datetime(2022, 5, 1), "1.5.2022"), ("short_text", "  a   b ", "a b"),
    ("long_text", 12.5, "12,5"), ("long_text", "x\r\ny", "x\ny"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "typed", "value"), READ)
def test_what_is_typed_is_read_kindly(world: World, name: str, typed: Any, value: Any):
    found = differences(Desk(world).change(**{name: typed}))
    assert list(found.values()) == [value]


REFUSED = [
    ("yes_no", "kanskje"), ("one_of", "Likt svar"), ("one_of", 7), ("matrix_1_1", "x"), ("several_of__plan", "tja"),
    ("whole_number", 2001), ("whole_number", 1.5), ("whole_number", dt.datetime(2022, 5, 1)), ("decimal", "1.234"),
    ("decimal", "mange"), ("decimal", -6), ("per_cent", 0.45), ("per_cent", 1), ("per_cent", "101 %"),
    ("date", "31.2.2022"), ("date", "i fjor"), ("date", dt.time(9, 30)), ("short_text", "x" * 201),
    ("long_text", "=1+1"), ("short_text", "=A1"), ("yes_no", "=TRUE()"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "typed"), REFUSED)
def test_what_cannot_be_an_answer_is_one_sentence_at_its_cell(world: World, name: str, typed: Any):
    desk = Desk(world)
    book = desk.download()
    cell = cell_of(book, name)
    cell.value = typed
    preview = desk.preview(book)
    assert [(row.sheet, row.cell) for row in preview.comparison.faults] == [(book.worksheets[0].title, cell.coordinate)]
    assert preview.comparison.faults[0].sentence.endswith(".")
    assert not preview.comparison.differences
    assert desk.use(preview).saved == 0
    assert desk.answers() == values(world)


def test_several_answers_are_marked_each_in_its_row(world: World):
    desk = Desk(world)
    assert differences(desk.change(several_of__same=None, several_of__done="ja")) == {"k.several_of": ["plan", "done"]}
    assert differences(desk.change(several_of__plan="", several_of__same="nei")) == {"k.several_of": None}
    assert "k.several_of" in faults(desk.change(several_of__none="x"))  # it stands alone


# --- a workbook that has been through something ---------------------------------------------------


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


# --- whose ----------------------------------------------------------------------------------------


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


# --- together -------------------------------------------------------------------------------------


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


# --- the file -------------------------------------------------------------------------------------


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


# --- the pages ------------------------------------------------------------------------------------


@pytest.fixture
def desk_and_client(world: World) -> tuple[Desk, Client]:
    client = Client()
    client.force_login(world.user("editor-3004"))
    return Desk(world), client


def send(client: Client, report: Report, data: bytes, name: str = "rapport.xlsx") -> Any:
    return client.post(reverse("report_workbook_upload", args=[report.pk]), {"file": SimpleUploadedFile(name, data)})


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

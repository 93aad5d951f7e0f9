"""The form as a workbook goes out and comes in, with cells as people write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from reporting.models import DraftChange
from reporting.services.drafts import draft_save
from reporting.services.form_workbook import (
    form_workbook_make,
    form_workbook_preview,
)
from tests.reporting.every_kind import SPEC, values
from tests.reporting.factories import ReportFactory, open_round
from tests.world import World

from .steps import NOW, Desk, cell_of, differences

pytestmark = pytest.mark.django_db


def faults(preview: Any) -> dict[str, str]:
    return {fault.key: fault.sentence for fault in preview.comparison.faults}


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

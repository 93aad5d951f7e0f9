"""The extract of all answers: complete, typed, and harmless whatever was written."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from municipalities.models import Municipality, MunicipalityLink, MunicipalityVersion
from reform.models import Solution
from reporting.documents import render_answers as module
from reporting.documents.answer_words import fixed_word, heads
from reporting.documents.extract import extract
from reporting.documents.render_answers import render_answers
from reporting.models import Answer, Round
from tests.reporting.factories import SPRING, ReportFactory, answers, open_round
from tests.world import World

pytestmark = pytest.mark.django_db


def every_answer(**changes):
    """Answers that raise no finding, with every solution of the world."""
    open_round(SPRING)
    return answers(**{"solutions": {row.code: "in_place" for row in Solution.objects.all()}, **changes})


HOSTILE = '=HYPERLINK("http://127.0.0.1/") <script>x</script> file:///etc/passwd'


def workbook(rounds: list[Round], **changes) -> openpyxl.Workbook:
    out = io.BytesIO()
    found = extract(rounds, "nb")
    render_answers(replace(found, **changes) if changes else found, out, heads(), fixed_word)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def sent_in(world: World, number: str, **changes) -> Round:
    round_ = open_round(SPRING)
    ReportFactory.submitted(
        round_=round_,
        municipality=world.unit(number),
        actor=world.user(f"editor-{number}"),
        values=every_answer(**changes),
    )
    return round_


def test_a_line_says_when_the_statsforvalter_sent_in_on_the_unit_s_behalf(world: World):
    round_ = sent_in(world, "3004")
    by = world.user("statsforvalter-oslo-og-viken")
    ReportFactory.on_behalf(
        round_=round_, municipality=world.unit("3025"), actor=world.user("editor-3025"), by=by, values=every_answer()
    )
    for days, places in ((None, 11), (SPRING, 14)):
        out = io.BytesIO()
        found = extract([round_], "nb", borders=days)
        render_answers(found, out, heads(in_other_borders=days is not None), fixed_word)
        sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[1]
        said = {(row[1], row[-1]) for row in sheet.iter_rows(min_row=2, values_only=True)}
        assert said == {("3004", None), ("3025", "Ja")}
        assert sheet.max_column == places


def test_every_counted_answer_is_a_line_with_its_type(world: World):
    sent_in(world, "3004")
    book = workbook([sent_in(world, "0301", comment=HOSTILE)])
    rows = list(book.worksheets[1].iter_rows(min_row=2, values_only=True))
    assert len(rows) == Answer.objects.across_all(reason="test").count()
    oslo = {(row[6], row[7]): row for row in rows if row[1] == "0301"}
    assert oslo["comment", None][8].startswith("=HYPERLINK")
    assert oslo["plan.decided_on", None][8] == dt.datetime(2021, 6, 17)
    assert isinstance(oslo["progress.delay_months", None][8], int | float)
    assert {row[0] for row in rows} == {dt.datetime(2022, 5, 1)}
    cell = next(cell for cell in book.worksheets[1]["I"] if str(cell.value).startswith("=HYPERLINK"))
    assert cell.data_type == "s"  # a text, not a formula


def test_a_returned_report_is_not_counted(world: World):
    round_ = sent_in(world, "3004")
    ReportFactory.returned(
        round_=round_, municipality=world.unit("3025"), actor=world.user("editor-3025"),
        by=world.user("statsforvalter-oslo-og-viken"), values=every_answer(),
    )  # fmt: skip
    numbers = {row[1] for row in workbook([round_]).worksheets[1].iter_rows(min_row=2, values_only=True)}
    assert numbers == {"3004"}


def test_the_cover_counts_and_a_missing_line_is_told(world: World):
    round_ = sent_in(world, "3004")
    count = Answer.objects.across_all(reason="test").count()
    cover = {row[0]: row[1] for row in workbook([round_]).worksheets[0].iter_rows(values_only=True)}
    assert count in cover.values()
    with pytest.raises(RuntimeError, match="expected"):
        workbook([round_], expected=count + 1)


def test_a_new_sheet_is_begun_before_excel_is_full(world: World, monkeypatch):
    monkeypatch.setattr(module, "SHEET_ROWS", 7)
    book = workbook([sent_in(world, "3004")])
    lines = [row for sheet in book.worksheets[1:-1] for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]]
    assert len(book.worksheets) > 4
    assert len(lines) == Answer.objects.across_all(reason="test").count()


def test_in_todays_borders_each_line_says_who_the_unit_is_today(world: World):
    """Fredrikstad has another number; a unit that was split stays itself and is never shared out."""
    day = dt.date(2024, 5, 1)
    asker = MunicipalityVersion.objects.get(number="3203")
    asker.municipality = Municipality.objects.get_queryset().create()
    asker.save()
    other = Municipality.objects.get_queryset().create()
    MunicipalityVersion.objects.create(
        municipality=other, number="3299", name="Hurum", sort_key="hurum", county=asker.county, office=asker.office,
        valid_from=asker.valid_from,
    )  # fmt: skip
    for unit, number in ((asker.municipality, "3203"), (other, "3299")):
        MunicipalityLink.objects.create(
            old=world.unit("3025"), new=unit, kind="split", on=asker.valid_from, old_number="3025", new_number=number
        )
    rounds = [sent_in(world, "3004"), sent_in(world, "3025")][:1]
    out = io.BytesIO()
    render_answers(extract(rounds, "nb", borders=day), out, heads(in_other_borders=True), fixed_word)
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    lines = {(row[1], row[2], row[10], row[11], row[12]) for row in book.worksheets[1].iter_rows(2, values_only=True)}
    assert lines == {
        ("3004", "Fredrikstad", "3107", "Fredrikstad", None),
        ("3025", "Asker", "3025", "Asker", "3203 Asker, 3299 Hurum"),
    }
    assert any("2024-05-01" in str(row[1]) for row in book.worksheets[0].iter_rows(values_only=True))
    plain = {row[0]: row[1] for row in workbook(rounds).worksheets[0].iter_rows(values_only=True)}
    assert fixed_word("borders_then") in plain.values()


def test_the_command_takes_then_or_today_and_says_so_otherwise(world: World, tmp_path):
    sent_in(world, "3004")
    path = tmp_path / "answers.xlsx"
    for borders, columns in (("then", 11), ("today", 14)):
        call_command("export_answers", "--out", str(path), "--borders", borders, stdout=io.StringIO())
        assert openpyxl.load_workbook(path).worksheets[1].max_column == columns
    with pytest.raises(CommandError, match=r"Unknown borders 'now'\. Choose then or today\."):
        call_command("export_answers", "--out", str(path), "--borders", "now")


def test_the_number_of_queries_does_not_grow(world: World, django_assert_num_queries):
    rounds = [sent_in(world, "3004")]
    with django_assert_num_queries(7):
        first = len(list(extract(rounds, "nb").lines))
    sent_in(world, "3025")
    with django_assert_num_queries(7):
        assert len(list(extract(rounds, "nb").lines)) > first
    with django_assert_num_queries(9):
        assert list(extract(rounds, "nb", borders=dt.date(2024, 5, 1)).lines)

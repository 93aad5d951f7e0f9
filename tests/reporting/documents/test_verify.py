"""One file alone leads to its summary, is compared with what the frozen inputs give, and names what differs."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO

import docx
import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.translation import gettext

from reform.tasks import BackgroundTask
from reporting import guards
from reporting.documents import build, difference
from reporting.documents.content import Table, from_json
from reporting.models import Composition, Document, NationalSummary, Report, SummaryContent
from reporting.services import verify
from reporting.services.verify import verify_file
from tests.reporting.documents.population import FROZEN, built, populate

from .conftest import content_of
from .test_agree import columns, with_cell

FORMATS = ("json", "pdf", "docx", "xlsx")


@pytest.fixture(autouse=True)
def day(settings):
    settings.PORTAL_CLOCK = (FROZEN + dt.timedelta(days=2)).isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=5)


@pytest.fixture
def ready(people, monkeypatch) -> NationalSummary:
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    return NationalSummary.objects.get_queryset().get(pk=built(people).pk)


def write(summary, folder, fmt, language="nb", office=None):
    row = Document(format=fmt, language=language, summary=summary, office=office)
    path = folder / f"{fmt}.{fmt}"
    path.write_bytes(build.draw(row))
    return path


def test_each_file_alone_is_equal(ready, tmp_path):
    for fmt in FORMATS:
        verdict = verify_file(write(ready, tmp_path, fmt, "nn"))
        assert verdict.problems == []
        said = "\n".join(verdict.checked)
        assert "version 1 per 2022-05-01 in nn" in said
        assert "computed again from the frozen inputs: equal" in said
        assert "byte for byte" in said


def alter_one_answer(people):
    """As somebody who owns the database could: past every rule of the portal, and its guards taken away."""
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reporting_answer SET value = 'none' WHERE id = (SELECT min(a.id) FROM reporting_answer a"
            " JOIN reporting_submission s ON s.id = a.submission_id JOIN reporting_report r ON r.current_id = s.id"
            " WHERE r.round_id = %s AND a.question = 'plan.status' AND a.value = 'own' AND r.status = 'submitted')",
            [people.now.pk],
        )
        assert cursor.rowcount == 1


def test_one_answer_altered_in_the_database_is_named_from_each_file(people, ready, tmp_path):
    files = [write(ready, tmp_path, fmt) for fmt in FORMATS]
    alter_one_answer(people)
    content = build.summary_content(ready, "nb")
    with_total = [table for table in content.tables() if any(row.total for row in table.rows)]
    table = next(table for table in with_total if any(column.key == "own" for column in table.columns))
    column = next(c for c in table.columns if c.key == "own")
    total = next(row for row in table.rows if row.total)
    value = total.cells[table.columns.index(column)].value
    named = f"computed again: table {table.id}, column own ({column.ref}), row {total.key}: {value} -> {value - 1}"
    for file in files:
        problems = verify_file(file).problems
        assert named in problems
        assert any(problem.startswith("database: ") and column.ref in problem for problem in problems)


def test_what_was_put_right_in_the_portal_later_changes_nothing(people, ready, tmp_path):
    file = write(ready, tmp_path, "xlsx")
    Report.objects.get_queryset().filter(round=people.now, municipality=people.units[3]).update(status="returned")
    assert verify_file(file).problems == []


def test_a_word_file_that_was_edited_is_found_by_its_properties(ready, tmp_path):
    file = write(ready, tmp_path, "docx")
    document = docx.Document(str(file))
    for table in document.tables[:1]:  # the cover's lines, with the hash
        table._element.getparent().remove(table._element)
    document.paragraphs[8].insert_paragraph_before("Helsedirektoratet skriver videre.")
    document.save(str(file))
    verdict = verify_file(file)
    assert verdict.problems == ["docx: it does not carry the control code of the JSON"]


def test_a_word_file_with_a_sentence_more_agrees(ready, tmp_path):
    file = write(ready, tmp_path, "docx")
    document = docx.Document(str(file))
    document.paragraphs[8].insert_paragraph_before("Helsedirektoratet skriver videre.")
    document.save(str(file))
    verdict = verify_file(file)
    assert verdict.problems == []
    assert any("edited" in line for line in verdict.checked)


def test_a_figure_changed_in_the_workbook_is_named(ready, tmp_path):
    file = write(ready, tmp_path, "xlsx")
    book = openpyxl.load_workbook(file)
    sheet = next(sheet for sheet in book.worksheets if sheet.title.startswith("T3"))
    cell = next(cell for row in sheet.iter_rows(min_row=5) for cell in row if isinstance(cell.value, int))
    old, cell.value = cell.value, cell.value + 3
    book.save(file)
    problems = verify_file(file).problems
    assert len(problems) == 1
    assert re.match(rf"xlsx: table T3, column T3\.\d+, row \w+: {old + 3}\.0+ for {old}\.0+", problems[0])


def test_files_that_are_none_are_one_sentence(ready, tmp_path):
    for name, data in (
        ("a.pdf", b"%PDF-1.7 no"),
        ("a.docx", b"no"),
        ("a.xlsx", b"no"),
        ("a.json", b"{}"),
        ("a.odt", b""),
    ):
        (tmp_path / name).write_bytes(data)
        verdict = verify_file(tmp_path / name)
        assert len(verdict.problems) == 1, name
        with pytest.raises(CommandError, match="1 things do not agree"):
            call_command("verify_summary", str(tmp_path / name), stdout=StringIO(), stderr=StringIO())


def test_a_regions_volume_is_found_too(ready, tmp_path):
    rows = SummaryContent.objects.filter(summary=ready, language="nb").exclude(office=None).select_related("office")
    office = rows.first().office
    for fmt in FORMATS:
        verdict = verify_file(write(ready, tmp_path, fmt, office=office))
        assert verdict.problems == []
        assert f"volume of {office.key}" in verdict.checked[0]


def test_the_same_inputs_give_the_same_files_in_the_same_version(people, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    call_command("build_summary", "2022-05-01", "--out", str(first), "--here", stdout=StringIO())
    said = StringIO()
    call_command("build_summary", "2022-05-01", "--out", str(second), "--here", stdout=said)
    assert "Nothing has changed since version 1" in said.getvalue()
    for fmt in FORMATS:
        assert (first / f"summary.{fmt}").read_bytes() == (second / f"summary.{fmt}").read_bytes(), fmt
    assert NationalSummary.objects.get_queryset().count() == 1


def build_said(folder, *options, day="2022-05-01"):
    out = StringIO()
    call_command("build_summary", day, "--out", str(folder), "--here", *options, stdout=out)
    return out.getvalue()


def test_words_composed_since_are_a_new_version(people, ready, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "render", lambda content, fmt, **more: b"drawn")
    assert "Nothing has changed since version 1" in build_said(tmp_path)
    Composition.objects.get_queryset().create(round=people.now, assessment={"nb": {"status": "Godt i gang."}})
    assert "Version 2" in build_said(tmp_path)
    assert "Nothing has changed since version 2" in build_said(tmp_path)


def test_a_yearly_report_is_built_when_the_year_is_over(people, tmp_path, monkeypatch, settings):
    monkeypatch.setattr(build, "render", lambda content, fmt, **more: b"drawn")
    with pytest.raises(CommandError, match="round of 1 November"):
        build_said(tmp_path, "--yearly")
    settings.PORTAL_CLOCK = "2021-12-30T12:00+01:00"
    with pytest.raises(CommandError, match="2021-12-31 has been"):
        build_said(tmp_path, "--yearly", day="2021-11-01")
    settings.PORTAL_CLOCK = "2022-01-10T12:00+01:00"
    assert "Version 1" in build_said(tmp_path, "--yearly", day="2021-11-01")
    assert "Nothing has changed" in build_said(tmp_path, "--yearly", day="2021-11-01")


def test_a_changed_report_gives_a_new_version_and_its_differences(people, ready, tmp_path):
    assert build.unchanged(ready) and ready.inputs_hash
    Report.objects.get_queryset().filter(round=people.now, municipality=people.units[0]).update(status="submitted")
    assert not build.unchanged(ready)
    again = build.build(ready, now=ready.frozen_at)
    assert again.inputs != ready.inputs_hash
    found = list(difference.differences(build.summary_content(ready, "nb"), from_json(again.canonical["nb"])))
    assert any(entry.figure and entry.row == "total" for entry in found)
    assert all(entry.old != entry.new for entry in found)


def test_other_words_of_hdir_are_a_change(ready):
    NationalSummary.objects.get_queryset().filter(pk=ready.pk).update(assessment={"nb": {"status": "Nytt."}, "nn": {}})
    changed = NationalSummary.objects.get_queryset().get(pk=ready.pk)
    assert build.build(changed, now=changed.frozen_at).inputs != ready.inputs_hash


def test_words_that_the_portal_changed_are_no_difference_in_figures(ready, tmp_path, monkeypatch):
    file = write(ready, tmp_path, "json")
    monkeypatch.setattr(verify, "gettext", lambda words: f"{gettext(words)} ny")
    verdict = verify_file(file)
    assert verdict.problems == []
    assert any("words" in line and "figures equal" in line for line in verdict.checked)


def test_the_first_difference_is_where_the_figure_stands():
    note = content_of("note")
    table = next(block for block in note.blocks if isinstance(block, Table) and block.id == "T2")
    assert difference.first_difference(note, note) is None
    key, ref, value = columns(note, "T2")[1]
    found = difference.first_difference(note, with_cell(note, "T2", key, value + 1))
    assert (found.table, found.column, found.row) == ("T2", f"{key} ({ref})", table.rows[7].key)
    assert (found.old, found.new, found.figure) == (str(value), str(value + 1), True)

"""Building and verifying from the command line."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from reporting.documents import build
from reporting.models import NationalSummary
from tests.reporting.documents.population import FROZEN


def test_build_and_verify_from_the_command_line(people, tmp_path):
    out = StringIO()
    call_command("build_summary", "2022-05-01", "--out", str(tmp_path / "ut"), "--here", stdout=out)
    for suffix in ("json", "pdf", "docx", "xlsx"):
        assert (tmp_path / "ut" / f"summary.{suffix}").stat().st_size > 1000
    file = tmp_path / "ut" / "summary.json"
    said = StringIO()
    call_command("verify_summary", str(file), stdout=said)
    assert "All agree." in said.getvalue()
    _tampered_files_are_found(file)


def _tampered_files_are_found(file):
    whole = file.read_bytes()
    other = json.loads(whole)
    figures = [block for block in other["content"]["blocks"] if block["_"] == "Table"]
    figures[0]["rows"][0]["cells"][1]["value"] += 1
    file.write_text(json.dumps(other, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    refuse(file, "hash")
    file.write_bytes(whole)

    workbook = file.with_suffix(".xlsx")
    kept = workbook.read_bytes()
    book = openpyxl.load_workbook(workbook)
    sheet = next(sheet for sheet in book.worksheets if sheet.title.startswith("T3"))
    cell = next(cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int))
    cell.value += 1
    book.save(workbook)
    refuse(file, "xlsx")
    workbook.write_bytes(kept)

    file.with_suffix(".pdf").write_bytes(b"%PDF-1.7 nothing")
    refuse(file, "pdf")


def refuse(file, word):
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_summary", str(file), stdout=StringIO(), stderr=err)
    assert word in err.getvalue()


def test_a_content_that_is_not_of_this_database_is_refused(ready, tmp_path):
    file = tmp_path / "summary.json"
    file.write_bytes(build.draw(ready.documents.get(format="json", language="nb")))
    call_command("verify_summary", str(file), stdout=StringIO())
    NationalSummary.objects.get_queryset().filter(pk=ready.pk).delete()
    refuse(file, "no summary")


def test_a_figure_that_the_database_no_longer_gives_is_found(people, ready, tmp_path):
    file = tmp_path / "summary.json"
    file.write_bytes(build.draw(ready.documents.get(format="json", language="nb")))
    NationalSummary.objects.get_queryset().filter(pk=ready.pk).update(submission_ids=ready.submission_ids[:-3])
    refuse(file, "database")


@pytest.mark.parametrize("round_", ["2022-05-02", "yesterday"])
def test_a_bad_round_is_one_clear_line(people, tmp_path, round_):
    with pytest.raises(CommandError, match=round_):
        call_command("build_summary", round_, "--out", str(tmp_path))


def test_a_round_without_reports_ends_the_command_with_a_sentence(world, tmp_path):
    from reporting.services.rounds import round_open

    round_open(reference_date=dt.date(2022, 5, 1), actor=None, now=FROZEN)
    with pytest.raises(CommandError, match="could not be made"):
        call_command("build_summary", "2022-05-01", "--out", str(tmp_path), "--here", stdout=StringIO())


def test_a_missing_file_is_one_clear_line(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_summary", str(tmp_path / "none.json"), stdout=StringIO())

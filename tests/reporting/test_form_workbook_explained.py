"""The explanations that warnings ask for, written in Excel: read back at their answer, shown with the differences,
saved with the answers, and never over what a colleague has written."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from reform.models import Solution
from reporting.checks import WARNING, Finding
from reporting.form_workbook.explained import asked_of, standing
from reporting.form_workbook.layout import COLUMNS
from reporting.services.draft_view import spec_of
from reporting.services.drafts import comment_save, draft_open
from reporting.services.form_workbook import EXPLAINS, form_workbook_make, form_workbook_preview, form_workbook_use
from reporting.services.submissions import submission_submit
from tests.reporting.factories import ReportFactory, answers, at, open_round
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = at(dt.date(2022, 4, 20), 10)
PLACE = {column.key: index + 1 for index, column in enumerate(COLUMNS)}
DELAY, CHECK = "progress.delay_months", "long_delay"
WHY = "Kommunen er slått sammen.\nPlanen begynte på nytt."


class Desk:
    """One who fills in her report in Excel: every answer stands, and none asks for an explanation."""

    def __init__(self, world: World, *, months: int = 0) -> None:
        self.actor = world.user("editor-3004")
        values = answers(solutions={row.code: "in_place" for row in Solution.objects.all()})
        self.report = ReportFactory.draft(
            round_=open_round(), municipality=world.unit("3004"), actor=self.actor, values=values
        )
        if months:
            self.use(self.change(months=months))

    def download(self) -> openpyxl.Workbook:
        with translation.override("nb"):
            data = form_workbook_make(report=self.report, actor=self.actor, now=NOW, language="nb")
        return openpyxl.load_workbook(io.BytesIO(data))

    def preview(self, book: openpyxl.Workbook) -> Any:
        return form_workbook_preview(report=self.report, data=packed(book), actor=self.actor, now=NOW)

    def change(self, *, months: int | None = None, why: Any = ..., book: openpyxl.Workbook | None = None) -> Any:
        """Download, write, and look at what differs."""
        book = book or self.download()
        if months is not None:
            cell(book, DELAY).value = months
            cell(book, "progress.delay_reason").value = "Økonomi" if months else None
        if why is not ...:
            cell(book, DELAY, "explanation").value = why
        return self.preview(book)

    def use(self, preview: Any, *mine: str) -> Any:
        return form_workbook_use(report=self.report, accept=preview.accept, mine=mine, actor=self.actor, now=NOW)

    def explain(self, text: str) -> None:
        comment_save(report=self.report, finding=CHECK, text=text, actor=self.actor, now=NOW)

    @property
    def comments(self) -> dict[str, str]:
        self.report.refresh_from_db()
        return dict(self.report.draft.get("comments", {}))


@pytest.fixture(autouse=True)
def in_the_round(settings, monkeypatch):
    settings.PORTAL_CLOCK = NOW.isoformat()
    monkeypatch.setattr("reporting.services.submissions.receipt_make", lambda **_how: None)


def packed(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(book: openpyxl.Workbook, key: str, column: str = "answer") -> Any:
    page = book.worksheets[0]
    line = next(n for n in range(4, page.max_row + 1) if page.cell(n, PLACE["key"]).value == key)
    return page.cell(line, PLACE[column])


def test_the_whole_job_is_done_in_excel(world: World):
    desk = Desk(world)
    preview = desk.change(months=36, why=WHY)
    assert not preview.comparison.faults and not preview.unexplained
    assert [(one.key, one.before, one.after, one.conflict) for one in preview.explained] == [(DELAY, "", WHY, False)]
    assert desk.comments == {}  # nothing is saved by looking
    used = desk.use(preview)
    assert (used.saved, used.explained, used.conflicts) == (2, 1, ())
    assert desk.comments == {CHECK: WHY}
    sent = submission_submit(report=desk.report, actor=desk.actor, now=NOW)
    assert [(one["code"], one["comment"]) for one in sent.findings if one["level"] == WARNING] == [(CHECK, WHY)]


def test_without_an_explanation_the_warning_is_said_and_stands_in_the_next_workbook(world: World):
    desk = Desk(world)
    assert [finding.key for finding in desk.change(months=36).unexplained] == [CHECK]
    desk.use(desk.change(months=36))
    book = desk.download()
    assert "36" in cell(book, DELAY, "help").value and cell(book, DELAY, "explanation").value is None
    desk.use(desk.change(why=WHY))
    again = desk.download()
    assert "36" not in cell(again, DELAY, "help").value  # it is explained
    assert cell(again, DELAY, "explanation").value == WHY


def test_a_round_trip_changes_nothing_and_an_emptied_cell_takes_it_away(world: World):
    desk = Desk(world, months=36)
    desk.explain(WHY)
    same = desk.preview(desk.download())
    assert (same.explained, same.unexplained, same.comparison.faults) == ([], [], [])
    gone = desk.change(why=None)
    assert [one.after for one in gone.explained] == [""] and [one.key for one in gone.unexplained] == [CHECK]
    desk.use(gone)
    assert not desk.comments.get(CHECK)


def test_what_is_not_asked_for_is_said_at_its_cell_and_stops_nothing(world: World):
    desk = Desk(world)
    book = desk.download()
    preview = desk.change(months=3, why="Vi er i rute.", book=book)
    fault = preview.comparison.faults[0]
    assert (fault.key, fault.cell) == (DELAY, cell(book, DELAY, "explanation").coordinate)
    assert {entry.key for entry in preview.comparison.changes} == {DELAY, "progress.delay_reason"}
    assert desk.use(preview).explained == 0 and desk.comments == {}


@pytest.mark.parametrize("why", ["x" * 1001, "=1/0", "Skjult\u202etekst"])
def test_what_cannot_be_an_explanation_is_one_sentence_at_its_cell(world: World, why: str):
    desk = Desk(world, months=36)
    preview = desk.change(why=why)
    assert [fault.key for fault in preview.comparison.faults] == [DELAY]
    assert not preview.explained and [one.key for one in preview.unexplained] == [CHECK]


def test_numbers_and_days_are_read_as_people_see_them(world: World):
    desk = Desk(world, months=36)
    assert desk.change(why=12.5).explained[0].after == "12,5"
    assert desk.change(why=dt.datetime(2022, 5, 1)).explained[0].after == "1.5.2022"


@pytest.mark.parametrize(("choice", "stands"), [("mine", WHY), ("theirs", "Kollegaens")])
def test_one_that_a_colleague_has_changed_is_asked_about(world: World, choice: str, stands: str):
    desk = Desk(world, months=36)
    desk.explain("Den gamle")
    book = desk.download()
    desk.explain("Kollegaens")
    preview = desk.change(why=WHY, book=book)
    assert [(one.before, one.conflict) for one in preview.explained] == [("Kollegaens", True)]
    desk.use(preview, *([f"{EXPLAINS}{DELAY}"] if choice == "mine" else []))
    assert desk.comments == {CHECK: stands}


def test_what_is_changed_while_the_preview_is_looked_at_stands_and_is_said(world: World):
    desk = Desk(world, months=36)
    preview = desk.change(why=WHY)
    desk.explain("Kollegaens")
    used = desk.use(preview)
    assert (used.explained, len(used.conflicts)) == (0, 1)
    assert desk.comments == {CHECK: "Kollegaens"}


@pytest.mark.parametrize("columns", [("explanation",), ("explained",), ("explained", "explanation")])
def test_a_workbook_without_the_columns_takes_nothing_away(world: World, columns: tuple[str, ...]):
    desk = Desk(world, months=36)
    desk.explain(WHY)
    book = desk.download()
    for name in columns:
        book.worksheets[0].delete_cols(PLACE[name])
    assert desk.preview(book).explained == []


def test_a_warning_about_a_whole_matrix_is_explained_in_its_first_row(world: World):
    desk = Desk(world)
    spec = spec_of(desk.report)
    rows = spec.question("solutions").field_keys()
    whole = Finding(WARNING, "whole", "x", "solutions", "solutions")
    one = Finding(WARNING, "one", "x", "solutions", rows[2].partition(":")[2])
    asked = asked_of(spec, [whole, one, whole, Finding("error", "e", "x", DELAY)])
    assert asked == {rows[0]: [whole], rows[2]: [one]}
    both = [Finding(WARNING, "a", "x", DELAY), Finding(WARNING, "b", "x", DELAY), Finding(WARNING, "c", "x", DELAY)]
    assert standing(both, {"a": "Likt", "b": "Likt", "c": "Ulikt"}) == "Likt\nUlikt"


def test_the_way_over_the_pages(world: World, client):
    desk = Desk(world)
    client.force_login(desk.actor)
    book = desk.download()
    cell(book, DELAY).value = 36
    cell(book, DELAY, "explanation").value = "<b>Slått sammen</b>"
    upload = SimpleUploadedFile("rapport.xlsx", packed(book))
    page = client.post(reverse("report_workbook_upload", args=[desk.report.pk]), {"file": upload})
    assert page.status_code == 200 and not page.context["warnings"]
    assert [entry.after for entry in page.context["explained"]] == ["<b>Slått sammen</b>"]
    assert "&lt;b&gt;Slått sammen" in page.content.decode() and "<b>Slått sammen" not in page.content.decode()
    use = reverse("report_workbook_use", args=[desk.report.pk])
    done = client.post(use, {"accept": page.context["accept"]}, follow=True)
    assert len(list(done.context["messages"])) == 2
    assert desk.comments == {CHECK: "<b>Slått sammen</b>"}
    assert draft_open(report=desk.report, actor=desk.actor, now=NOW).answers[DELAY] == 36


def test_a_conflict_is_chosen_on_the_page(world: World, client):
    desk = Desk(world, months=36)
    desk.explain("Den gamle")
    book = desk.download()
    desk.explain("Kollegaens")
    cell(book, DELAY, "explanation").value = WHY
    client.force_login(desk.actor)
    upload = SimpleUploadedFile("rapport.xlsx", packed(book))
    page = client.post(reverse("report_workbook_upload", args=[desk.report.pk]), {"file": upload})
    name = f"choice:{EXPLAINS}{DELAY}"
    assert name in page.content.decode() and "Kollegaens" in page.content.decode()
    use = reverse("report_workbook_use", args=[desk.report.pk])
    client.post(use, {"accept": page.context["accept"], name: "mine"})
    assert desk.comments == {CHECK: WHY}

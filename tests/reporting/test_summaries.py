"""The pages of the country, sending a summary, files for those who may, and the two commands."""

from __future__ import annotations

import datetime as dt
import json
from html import unescape
from io import StringIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.transitions import WrongState
from reform.tasks import BackgroundTask
from reporting.documents import build
from reporting.models import Document, NationalSummary
from reporting.services import documents, summaries
from reporting.services.documents import content_disposition, safe_name
from reporting.services.summary_steps import summary_approve, summary_send, summary_unapprove, summary_withdraw
from tests.reporting.changed_world import said_borders
from tests.reporting.documents.population import FROZEN, built, populate
from tests.reporting.drawn_files import draw_files

LATER = FROZEN + dt.timedelta(days=2)


def clock():
    return FROZEN


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = LATER.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=5)


@pytest.fixture
def ready(people, monkeypatch) -> NationalSummary:
    """A summary that is made; no file is drawn."""
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    return built(people)


@pytest.fixture
def approved(world, ready) -> NationalSummary:
    """The same, approved on the day it was made, with its files."""
    summary_approve(summary=ready, actor=world.user("hdir"), now=FROZEN)
    return draw_files(ready)


@pytest.fixture
def login(world, client):
    def as_user(name):
        client.force_login(world.user(name))
        return client

    return as_user


# --- sending --------------------------------------------------------------------------------------


def test_the_ministry_reads_a_summary_only_after_it_is_sent(world, approved, login):
    hod = login("hod")
    url = reverse("summary_detail", args=[approved.pk])
    assert hod.get(url).status_code == 404
    assert approved.round.reference_date.strftime("%Y") not in hod.get(reverse("summary_list")).content.decode()
    summary_send(summary=approved, actor=world.user("hdir"), now=LATER, case="22/1234")
    page = hod.get(url)
    assert page.status_code == 200
    assert "22/1234" in page.content.decode()
    assert url in hod.get(reverse("summary_list")).content.decode()
    assert "/tall/" not in page.content.decode()  # the way home is not the ministry's


def test_the_ministry_still_reads_what_was_withdrawn_and_sees_what_replaces_it(world, people, approved, login):
    hdir, hod = world.user("hdir"), login("hod")
    summary_send(summary=approved, actor=hdir, now=LATER, case="22/1")
    url = reverse("summary_detail", args=[approved.pk])
    before = hod.get(url).content.decode()
    summary_withdraw(summary=approved, actor=hdir, now=LATER, reason="Tabell 3 var <feil>.")
    page = hod.get(url)
    assert page.status_code == 200 and "Tabell 3 var &lt;feil&gt;." in page.content.decode()
    assert document_of(page.content.decode()) == document_of(before)
    second = summaries.summary_request(round=people.now, actor=hdir, now=LATER)
    summaries.summary_build(pk=second.pk, clock=lambda: LATER)
    summary_approve(summary=second, actor=hdir, now=LATER, change_note="Vedtaket i Frogn er rettet.")
    summary_send(summary=draw_files(second), actor=hdir, now=LATER, case="22/1")
    page = hod.get(url).content.decode()
    assert reverse("summary_detail", args=[second.pk]) in page
    listed = hod.get(reverse("summary_list"))
    assert [entry["replaced"] for entry in listed.context["entries"]] == [None, second]
    assert "Vedtaket i Frogn er rettet." in hod.get(reverse("summary_detail", args=[second.pk])).content.decode()


def document_of(page: str) -> str:
    """The document on the page of a summary."""
    return page[page.index('<div class="preview">') : page.index("</main>")]


def test_sending_twice_is_refused_and_nothing_is_lost(world, approved):
    hdir = world.user("hdir")
    summary_send(summary=approved, actor=hdir, now=LATER, case="22/1")
    with pytest.raises(WrongState):
        summary_send(summary=approved, actor=hdir, now=LATER, case="22/2")
    approved.refresh_from_db()
    assert approved.sent_case == "22/1"


def test_the_day_of_sending_is_checked_and_kept(world, approved):
    hdir = world.user("hdir")
    for day in (LATER.date() + dt.timedelta(days=1), FROZEN.date() - dt.timedelta(days=1)):
        with pytest.raises(ValidationError):
            summary_send(summary=approved, actor=hdir, now=LATER, case="22/1", sent_on=day)
    summary_send(summary=approved, actor=hdir, now=LATER, case="22/1", sent_on=FROZEN.date())
    approved.refresh_from_db()
    assert approved.sent_at.date() == FROZEN.date()


@pytest.mark.parametrize("name", ["hod", "evaluator", "statsforvalter-oslo-og-viken", "editor-3004"])
def test_only_hdir_asks_for_approves_sends_and_withdraws_summaries(world, people, ready, name):
    user, hdir = world.user(name), world.user("hdir")
    with pytest.raises(PermissionDenied):
        summaries.summary_request(round=people.now, actor=user, now=LATER)
    with pytest.raises(PermissionDenied):
        summary_approve(summary=ready, actor=user, now=LATER)
    summary_approve(summary=ready, actor=hdir, now=LATER)
    with pytest.raises(PermissionDenied):
        summary_unapprove(summary=ready, actor=user, now=LATER, reason="x")
    with pytest.raises(PermissionDenied):
        summary_send(summary=ready, actor=user, now=LATER, case="22/1")
    summary_send(summary=draw_files(ready), actor=hdir, now=LATER, case="22/1")
    with pytest.raises(PermissionDenied):
        summary_withdraw(summary=ready, actor=user, now=LATER, reason="x")


def test_the_form_that_marks_as_sent_tells_what_is_wrong_at_the_field(approved, login):
    hdir = login("hdir")
    url = reverse("summary_send", args=[approved.pk])
    answer = hdir.post(url, {"sent_on": "31.31.2022", "case": "x" * 70})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode() and "x" * 70 in answer.content.decode()
    assert hdir.post(url, {"sent_on": "25.5.2022", "case": ""}).status_code == 422
    assert hdir.post(url, {"sent_on": "25.5.2022", "case": "22/1"}).status_code == 302
    assert hdir.post(url, {"sent_on": "25.5.2022", "case": "22/2"}).status_code == 409


def test_the_page_says_which_files_are_missing_beside_the_button_and_loses_nothing_typed(world, ready, login):
    summary_approve(summary=ready, actor=world.user("hdir"), now=FROZEN)
    hdir, url = login("hdir"), reverse("summary_send", args=[ready.pk])
    said = hdir.get(reverse("summary_detail", args=[ready.pk]))
    assert said.context["files_missing"] in unescape(said.content.decode())
    assert all(word in said.context["files_missing"] for word in ("22 ", "(8 ", " 12 ", " 2 "))
    refused = hdir.post(url, {"sent_on": "25.5.2022", "case": "22/998877"})
    page = unescape(refused.content.decode())
    assert refused.status_code == 422 and "22/998877" in page
    assert page.count(refused.context["files_missing"]) == 2  # at the head of the page, and beside the button
    draw_files(ready)
    assert hdir.get(reverse("summary_detail", args=[ready.pk])).context["files_missing"] == ""
    ready.documents.filter(kind="volume", format="xlsx", language="nn", office__key="troms-og-finnmark").delete()
    said = hdir.get(reverse("summary_detail", args=[ready.pk])).context["files_missing"]
    assert all(word in said for word in ("Troms og Finnmark", "Excel", "nynorsk"))
    draw_files(ready)
    assert hdir.post(url, {"sent_on": "25.5.2022", "case": "22/998877"}).status_code == 302


def test_the_page_leads_through_the_steps_and_keeps_what_was_typed(ready, login):
    """From the draft to the withdrawal by the forms that the page shows, and no other."""
    hdir = login("hdir")
    page = reverse("summary_detail", args=[ready.pk])

    def shown() -> set[str]:
        return set(hdir.get(page).context["steps"])

    def step(name: str, **data: str) -> int:
        return hdir.post(reverse(f"summary_{name}", args=[ready.pk]), data).status_code

    assert shown() == {"approve"} and step("approve") == 302
    assert shown() == {"unapprove", "send"}
    assert step("unapprove", reason=" ") == 422 and step("unapprove", reason="En feil.") == 302
    assert shown() == {"approve"} and step("approve") == 302
    draw_files(ready)
    assert step("send", sent_on="25.5.2022", case="22/1") == 302
    assert shown() == {"withdraw"} and step("withdraw", reason="x" * 4001) == 422
    assert step("withdraw", reason="Feil tall.") == 302
    assert shown() == set() and step("approve") == 409


def test_a_version_that_replaces_a_sent_one_is_not_approved_without_its_reason(world, people, approved, login):
    hdir = world.user("hdir")
    summary_send(summary=approved, actor=hdir, now=LATER, case="22/1")
    second = summaries.summary_request(round=people.now, actor=hdir, now=LATER)
    summaries.summary_build(pk=second.pk, clock=lambda: LATER)
    client, url = login("hdir"), reverse("summary_approve", args=[second.pk])
    refused = client.post(url, {"change_note": " "})
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.content.decode()
    assert client.post(url, {"change_note": "To svar er rettet."}).status_code == 302
    second.refresh_from_db()
    assert (second.status, second.replaces, second.change_note) == ("approved", approved, "To svar er rettet.")


def test_the_making_is_cancelled_and_tried_again(people, login, monkeypatch):
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    summary = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    client, page = login("hdir"), reverse("summary_detail", args=[summary.pk])
    assert reverse("summary_cancel", args=[summary.pk]) in client.get(page).content.decode()
    assert client.post(reverse("summary_cancel", args=[summary.pk])).status_code == 302
    assert not summaries.summary_build(pk=summary.pk, clock=clock)
    assert reverse("summary_retry", args=[summary.pk]) in client.get(page).content.decode()
    assert client.post(reverse("summary_retry", args=[summary.pk])).status_code == 302
    assert summaries.summary_build(pk=summary.pk, clock=clock)


# --- pages ----------------------------------------------------------------------------------------


def test_the_national_status_without_a_round_says_so(world, login):
    page = login("hdir").get(reverse("national_status"))
    assert page.status_code == 200
    assert "empty" in page.content.decode()


def test_the_national_status_shows_what_the_live_figures_say(people, login):
    client = login("hdir")
    page = client.get(reverse("national_status"))
    assert page.status_code == 200
    assert page.context["country"].delivered.value == len(people.units) - 2
    assert page.context["plan_rows"][0].cells[-1].value == len(people.units) - 1
    again = client.get(reverse("national_status"))
    assert again.context["taken"] == page.context["taken"]  # computed once for the same reports
    assert said_borders(people.now.reference_date) in page.content.decode()


def test_the_pages_ask_no_more_when_the_country_grows(world, login):
    from tests.reporting.documents.population import NOW, _more_units

    client = login("hdir")
    populate(world)
    url = reverse("national_status")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    _more_units(world, 30)
    from reporting.services.rounds import round_open

    round_open(reference_date=NOW, actor=None, now=FROZEN)
    client.get(url)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few)


def test_starting_a_summary_leads_to_its_page_and_twice_to_the_same(people, login, monkeypatch):
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    client = login("hdir")
    url = reverse("summary_start", args=[people.now.pk])
    first = client.post(url)
    second = client.post(url)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert NationalSummary.objects.get_queryset().count() == 1


def test_the_progress_is_asked_for_until_all_is_made(people, ready, login):
    client = login("hdir")
    url = reverse("summary_progress", args=[ready.pk])
    waiting = client.get(url, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    ready.documents.update(status="done", file="x", size=10)
    done = client.get(url + "?fra=building", headers={"HX-Request": "true"})
    assert "hx-trigger" not in done.content.decode()
    assert done["HX-Refresh"] == "true"


def test_a_failed_summary_says_why_and_can_be_tried_again(ready, login, monkeypatch):
    NationalSummary.objects.get_queryset().filter(pk=ready.pk).update(status="failed", error="too_long")
    client = login("hdir")
    page = client.get(reverse("summary_detail", args=[ready.pk])).content.decode()
    assert documents.sentence("too_long") in page or "too_long" not in page
    assert reverse("summary_retry", args=[ready.pk]) in page
    assert client.post(reverse("summary_retry", args=[ready.pk])).status_code == 302
    ready.refresh_from_db()
    assert ready.status == "building"


def test_the_assessment_stands_in_the_next_version(people, ready, login):
    client = login("hdir")
    words = {"edit_number": "0", "nb_status": "Godt i gang <b>æ</b>.", "nn_status": "Godt i gang."}
    assert client.post(reverse("summary_compose_words", args=["notat", people.now.pk]), words).status_code == 302
    assert client.post(reverse("summary_start", args=[people.now.pk])).status_code == 302
    made = NationalSummary.objects.get_queryset().get(version=2)
    assert made.assessment["nb"]["status"] == "Godt i gang <b>æ</b>."
    summaries.summary_build(pk=made.pk, clock=clock)
    text = "Godt i gang &lt;b&gt;æ&lt;/b&gt;."
    assert text in client.get(reverse("summary_detail", args=[made.pk])).content.decode()
    assert text not in client.get(reverse("summary_detail", args=[ready.pk])).content.decode()


def test_every_figure_of_the_page_leads_home(ready, login):
    import re

    client = login("hdir")
    page = client.get(reverse("summary_detail", args=[ready.pk])).content.decode()
    addresses = sorted(set(re.findall(r'href="(/oppsummering/\d+/tall/[^"]+)"', page)))
    assert len(addresses) > 200
    for url in addresses[::23]:
        assert client.get(url).status_code == 200, url


def test_the_page_of_a_figure_names_the_units_and_their_answers(world, people, ready, login):
    content = build.summary_content(ready, "nb")
    plan = next(table for table in content.tables() if any(column.key == "declined" for column in table.columns))
    ref = next(column.ref for column in plan.columns if column.key == "adopted")
    client = login("hdir")
    page = client.get(reverse("figure_detail", args=[ready.pk, ref, "total"]), {"kommune": "Guovdageaidnu"})
    found = page.context["found"]
    assert found.value == str(found.sums["counted"])
    assert sum(found.sums.values()) == found.base == len(people.units) - 1
    assert page.context["hit"]["line"].name == "Kautokeino"
    assert said_borders(people.now.reference_date) in page.content.decode()
    line = found.counted[0].lines[0]
    assert line.submission == 1 and line.answer
    unit = client.get(line.url)
    assert unit.status_code == 200
    assert unit.context["submission"].number == 1
    assert unit.context["submission"].answers_hash in unit.content.decode()


def test_the_way_home_of_a_sent_summary_shows_the_submission_that_counted(world, people, approved, login):
    ready = approved
    from reporting.models import Submission

    summary_send(summary=ready, actor=world.user("hdir"), now=LATER, case="22/1")
    report = people.report(3)
    new = Submission.objects.get_queryset().create(
        report=report, number=2, form_version=people.now.form_version, answers={"plan.status": "none"},
        answers_hash="y" * 64, submitted_by_name="Ny", submitted_at=LATER,
    )  # fmt: skip
    report.current = new
    report.save()
    client = login("hdir")
    url = reverse("figure_unit", args=[ready.pk, "T4.1", "total", people.units[3].pk])
    page = client.get(url)
    assert page.context["submission"].number == 1
    assert "y" * 64 not in page.content.decode()


@pytest.mark.parametrize("ref", ["T99.1", "T3.99", "x", "T3.1%0A"])
def test_an_unknown_figure_is_not_found(ready, login, ref):
    assert login("hdir").get(f"/oppsummering/{ready.pk}/tall/{ref}/total/").status_code == 404


def test_a_live_figure_leads_home_too(people, login):
    client = login("hdir")
    page = client.get(reverse("figure_live", args=["T3.6", "total"]))
    assert page.status_code == 200
    assert page.context["found"].sums["counted"] == len(people.units) - 2


# --- versions -------------------------------------------------------------------------------------


@pytest.fixture
def corrected(world, people, approved) -> NationalSummary:
    """The second version, after the first was sent and the report that was returned has come in."""
    summary_send(summary=approved, actor=world.user("hdir"), now=LATER, case="22/1")
    report = people.report(0)
    report.status = "submitted"
    report.save()
    second = summaries.summary_request(round=people.now, actor=world.user("hdir"), now=LATER)
    summaries.summary_build(pk=second.pk, clock=lambda: LATER)
    second.refresh_from_db()
    return second


def test_a_correction_after_sending_gives_a_version_that_lists_what_changed_and_why(world, corrected, login):
    note = "Rapporten som var returnert, er sendt inn."
    summary_approve(summary=corrected, actor=world.user("hdir"), now=LATER, change_note=note)
    summary_send(summary=draw_files(corrected), actor=world.user("hdir"), now=LATER, case="22/1")
    page = login("hod").get(reverse("summary_detail", args=[corrected.pk]))
    assert page.context["other"].version == 1 and note in page.content.decode()
    delivery = next(table for table in page.context["changed_tables"] if table["title"].startswith("Lever"))
    old, new = (build.summary_content(row, "nb") for row in (corrected.replaces, corrected))
    assert delivery["lines"] and page.context["changes"].count > 20
    assert {line["url"] for line in delivery["lines"]} == {None}  # the way home is not the ministry's

    def delivered(content) -> int:
        table = next(entry for entry in content.tables() if entry.name == "delivery")
        place = [column.key for column in table.columns].index("delivered")
        return next(row for row in table.rows if row.key == "total").cells[place].value

    lines = {(line["figure"].column, line["figure"].row): line["figure"] for line in delivery["lines"]}
    country = lines["delivered", "total"]
    assert (country.old.value, country.new.value) == (delivered(old), delivered(new))
    assert delivered(new) == delivered(old) + 1


def test_hdir_compares_with_any_version_and_goes_on_to_the_figures(people, corrected, login):
    client = login("hdir")
    third = summaries.summary_request(round=people.now, actor=None, now=LATER)
    summaries.summary_build(pk=third.pk, clock=lambda: LATER)
    page = reverse("summary_detail", args=[third.pk])
    same = client.get(page)
    assert same.context["other"] == corrected and same.context["changes"].count == 0
    first = client.get(page, {"mot": "1"})
    assert first.context["other"].version == 1 and first.context["changes"].count > 20
    lines = [line for table in first.context["changed_tables"] for line in table["lines"] if line["url"]]
    assert client.get(lines[0]["url"]).status_code == 200
    assert client.get(page, {"mot": "99"}).context["other"] == corrected


def test_the_list_names_each_document_and_where_the_next_is_composed(people, ready, login):
    page = login("hdir").get(reverse("summary_list"))
    addresses = [entry["url"] for entry in page.context["composable"]]
    assert reverse("summary_compose", args=["notat", people.now.pk]) in addresses
    assert sum("arsrapport" in address for address in addresses) == 1
    assert login("hod").get(reverse("summary_list")).context["composable"] == []


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def file(ready, monkeypatch) -> Document:
    monkeypatch.setattr(build, "draw", lambda document: b"innhold")
    document = ready.documents.get(format="pdf", language="nb")
    documents.document_render(pk=document.pk, clock=clock)
    document.refresh_from_db()
    return document


def test_a_file_is_handed_out_with_safe_headers(file, login):
    answer = login("hdir").get(reverse("document_download", args=[file.pk]))
    assert b"".join(answer.streaming_content) == b"innhold"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["Content-Length"] == "7"
    assert "filename*=UTF-8''Leve%20hele%20livet" in answer["Content-Disposition"]


@pytest.mark.parametrize("name", ["hod", "evaluator", "statsforvalter-oslo-og-viken", "editor-3004", "nobody"])
def test_a_file_is_nothing_for_others(file, login, name):
    assert login(name).get(reverse("document_download", args=[file.pk])).status_code in (403, 404)


def test_a_file_needs_a_login(file, client):
    answer = client.get(reverse("document_download", args=[file.pk]))
    assert answer.status_code == 302


def test_the_folder_of_files_has_no_address(file, login):
    client = login("hdir")
    for address in (f"/{file.file}", f"/static/{file.file}", f"/media/{file.file}", f"/dokument/{file.file}"):
        assert client.get(address).status_code == 404


def test_a_file_that_is_not_made_or_is_gone_says_so(ready, file, login, settings):
    client = login("hdir")
    waiting = ready.documents.get(format="xlsx", language="nb")
    assert client.get(reverse("document_download", args=[waiting.pk])).status_code == 409
    documents.remove_file(file.file)
    assert client.get(reverse("document_download", args=[file.pk])).status_code == 409


def test_a_row_that_points_out_of_the_folder_opens_nothing(file, login, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    Document.objects.get_queryset().filter(pk=file.pk).update(file="../secret.txt")
    assert login("hdir").get(reverse("document_download", args=[file.pk])).status_code == 409


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Våler æø.pdf", "attachment; filename=\"Valer aeo.pdf\"; filename*=UTF-8''V%C3%A5ler%20%C3%A6%C3%B8.pdf"),
        ('a"b.pdf', "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"),
        ("a\r\nX-Evil: 1.pdf", "attachment; filename=\"a X-Evil 1.pdf\"; filename*=UTF-8''a%20X-Evil%201.pdf"),
        ("../../etc/passwd.pdf", "attachment; filename=\"etc passwd.pdf\"; filename*=UTF-8''etc%20passwd.pdf"),
    ],
)  # fmt: skip
def test_names_of_files_in_the_header(name, header):
    assert content_disposition(name) == header


def test_a_name_is_never_empty_or_endless():
    assert safe_name("///", "pdf") == "document.pdf"
    assert len(safe_name("å" * 500, "pdf")) <= 154


# --- commands -------------------------------------------------------------------------------------


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


# --- figures from the registers -------------------------------------------------------------------


def core_ref(ready, column: str) -> str:
    content = build.summary_content(ready, "nb")
    table = next(t for t in content.tables() if any(c.key == "unregistered" for c in t.columns))
    return next(entry.ref for entry in table.columns if entry.key == column)


@pytest.mark.parametrize("column", ["network", "support", "adopted", "adopted_process", "unregistered"])
def test_a_figure_from_a_register_leads_to_its_rows_and_to_the_reports(people, ready, login, column):
    client = login("hdir")
    ref = core_ref(ready, column)
    page = client.get(reverse("figure_detail", args=[ready.pk, ref, "total"]))
    assert page.status_code == 200
    found = page.context["found"]
    assert found.from_register
    if column != "unregistered":
        assert found.counted
        assert all(line.register for group in found.counted for line in group.lines)
    line = next(line for group in (found.counted or found.not_counted) for line in group.lines)
    unit = client.get(reverse("figure_unit", args=[ready.pk, ref, "total", line.unit]))
    assert unit.status_code == 200
    assert reverse("municipality_detail", args=[line.number]) in unit.content.decode()


def test_the_words_of_a_register_are_those_that_were_frozen(people, ready, login):
    from municipalities.models import PlanDecision

    PlanDecision.objects.get_queryset().update(status="none", decided_on=dt.date(2022, 1, 1))
    page = login("hdir").get(reverse("figure_detail", args=[ready.pk, core_ref(ready, "adopted"), "total"]))
    words = [line.register for group in page.context["found"].counted for line in group.lines]
    assert words and not any("1. januar" in word.replace("\xa0", " ") for word in words)
    assert any("1. juni 2020" in word.replace("\xa0", " ") for word in words)


def test_an_older_summary_says_nothing_of_a_register_that_it_did_not_keep(ready, login):
    ref = core_ref(ready, "adopted")
    type(ready).objects.get_queryset().filter(pk=ready.pk).update(register_ids={"participation": [], "support": []})
    page = login("hdir").get(reverse("figure_detail", args=[ready.pk, ref, "total"]))
    assert page.status_code == 200

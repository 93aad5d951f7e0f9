"""Faults that other reporting systems had, one test each; docs/proof.md says where the others are tested."""

from __future__ import annotations

import datetime as dt
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from municipalities.mail import mails_release
from municipalities.models import Event, OutgoingMail
from reform.models import Solution
from reporting.documents import build
from reporting.documents.answer_words import fixed_word, heads
from reporting.documents.extract import extract
from reporting.documents.receipt import receipt_content
from reporting.documents.render_answers import render_answers
from reporting.models import Answer, Document, Report, Submission
from reporting.services import documents
from reporting.services.submissions import submission_approve, submission_submit
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers, at, open_round
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
NOW = at(dt.date(2022, 4, 19), 10, 40)
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()


def whole(**changes: Any) -> dict[str, Any]:
    return answers(solutions={row.code: "in_place" for row in Solution.objects.all()}, **changes)


def draft(world: World, number: str = "3004", **values: Any) -> Report:
    actor = world.user(f"editor-{number}")
    return ReportFactory.draft(
        round_=open_round(), municipality=world.unit(number), actor=actor, values=whole(**values)
    )


def sent_in(world: World, number: str = "3004", now: dt.datetime = NOW) -> Report:
    report = draft(world, number)
    submission_submit(report=report, actor=world.user(f"editor-{number}"), now=now)
    return report


def signed_in(world: World, username: str) -> Client:
    client = Client()
    if username != "anonymous":
        client.force_login(world.user(username))
    return client


# --- jobs -----------------------------------------------------------------------------------------


def test_a_report_is_sent_in_whole_although_its_jobs_never_ran(world, settings, django_capture_on_commit_callbacks):
    """What counts as sent in hangs on no job; the receipt says that it waits, and is found again."""
    with django_capture_on_commit_callbacks(execute=False):
        report = sent_in(world)
    report.refresh_from_db()
    submission = Submission.objects.get_queryset().get(report=report)
    assert (report.status, report.current_id) == ("submitted", submission.pk)
    assert Answer.objects.get_queryset().filter(submission=submission).count() >= len(submission.answers)
    assert Event.objects.get_queryset().filter(name="submit", object_id=report.pk).count() == 1
    document, mail = Document.objects.get_queryset().get(), OutgoingMail.objects.get()
    assert (document.status, mail.status) == ("queued", "queued")
    assert signed_in(world, "editor-3004").get(reverse("report_receipt", args=[report.pk])).status_code == 200
    later = NOW + settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
    assert documents.documents_release(now=later) == [document.pk]
    assert mails_release(now=later) == [mail.pk]


def test_a_receipt_of_demo_data_says_so(world, settings):
    submission = sent_in(world).current
    for demo in (True, False):
        settings.PORTAL_DEMO = demo
        assert receipt_content(submission, "nb").sample is demo


# --- who sees what --------------------------------------------------------------------------------

READERS = {
    "editor-3004": 200, "reader-3004": 200, "statsforvalter-oslo-og-viken": 200, "anonymous": 302,
    "statsforvalter-troms-og-finnmark": 404, "editor-5430": 404, "editor-3025": 404, "nobody": 403, "hod": 404,
}  # fmt: skip


def test_the_file_of_a_receipt_is_for_its_readers_only(world, monkeypatch):
    monkeypatch.setattr(build, "draw", lambda document: b"innhold")
    report = sent_in(world)
    document = Document.objects.get_queryset().get()
    documents.document_render(pk=document.pk, clock=lambda: NOW)
    document.refresh_from_db()
    assert document.submission_id == report.current_id
    address = reverse("document_download", args=[document.pk])
    got = {}
    for name in READERS:
        answer = signed_in(world, name).get(address)
        got[name] = answer.status_code
        if answer.streaming:
            assert b"".join(answer.streaming_content) == b"innhold"
    assert got == READERS
    anonymous = signed_in(world, "anonymous").get(address)
    assert anonymous["Location"].startswith(reverse("account_login"))
    for address in (f"/static/{document.file}", f"/media/{document.file}", f"/static/../documents/{document.file}"):
        assert signed_in(world, "editor-3004").get(address).status_code == 404


def test_the_folder_of_documents_lies_outside_what_is_served():
    folder = (site.VAR_DIR / "documents").resolve()
    served = [site.STATIC_ROOT, *site.STATICFILES_DIRS, *filter(None, [getattr(site, "WHITENOISE_ROOT", None)])]
    assert not site.MEDIA_ROOT
    for root in served:
        assert not folder.is_relative_to(Path(root).resolve())


@pytest.mark.parametrize(
    "username",
    ["editor-3004", "reader-5430", "statsforvalter-oslo-og-viken", "statsforvalter-troms-og-finnmark", "hdir", "hod",
     "nobody", "anonymous"],
)  # fmt: skip
def test_a_list_shows_exactly_what_its_pages_open(world, username):
    """A list that is filtered, and a page that is not, would show here; so would the other way round."""
    sent_in(world, "3004")
    sent_in(world, "5430")
    client = signed_in(world, username)
    every = set(Report.objects.get_queryset().values_list("pk", flat=True))
    answer = client.get(reverse("api_round_reports", args=[SPRING]), headers=JSON)
    listed = {row["id"] for row in answer.json()["results"]} if answer.status_code == 200 else set()
    by_api = {pk for pk in every if client.get(reverse("api_report", args=[pk]), headers=JSON).status_code == 200}
    by_page = {pk for pk in every if client.get(reverse("report_detail", args=[pk])).status_code == 200}
    assert listed == by_api == by_page
    for name in ("work_list", "report_list"):
        page = client.get(reverse(name), {"visning": "alle"})
        linked = re.findall(r'href="/rapport/(\d+)/', page.content.decode()) if page.status_code == 200 else []
        assert {int(pk) for pk in linked} <= by_page


def test_a_page_of_one_person_is_never_given_to_another(world):
    """The same address in turn, from one process: no cache in between mixes them up, and none on the way may."""
    report = sent_in(world)
    people = {name: signed_in(world, name) for name in ("editor-3004", "reader-3004", "statsforvalter-oslo-og-viken")}
    names = {name: str(world.user(name)) for name in people}
    assert len(set(names.values())) == 3
    for address in (reverse("report_detail", args=[report.pk]), reverse("help")):
        for _turn in range(2):
            for name, client in people.items():
                answer = client.get(address)
                header = re.search(r"<header.*?</header>", answer.content.decode(), re.DOTALL)[0]
                assert names[name] in header
                assert not [other for other in names.values() if other != names[name] and other in header]
                assert {"no-store", "private"} <= set(re.split(r",\s*", answer["Cache-Control"]))
                assert "ETag" not in answer


def test_nothing_keeps_a_rendered_page():
    root = Path(site.BASE_DIR)
    code = [
        path for app in ("reform", "municipalities", "networks", "reporting") for path in (root / app).rglob("*.py")
    ]
    assert not [path for path in code if re.search(r"cache_page|UpdateCacheMiddleware", path.read_text())]
    templates = list((root / "templates").rglob("*.html"))
    assert templates and not [path for path in templates if "{% cache " in path.read_text()]


# --- time -----------------------------------------------------------------------------------------


def test_half_past_midnight_in_oslo_is_the_next_day_everywhere(world, settings):
    """In UTC it is still the day of the deadline."""
    report = sent_in(world, now=at(dt.date(2022, 5, 2), 0, 30))
    settings.PORTAL_CLOCK = at(dt.date(2022, 5, 2), 0, 31).isoformat()
    client = signed_in(world, "editor-3004")
    api = client.get(reverse("api_report", args=[report.pk])).json()
    assert api["days_late"] == 1
    assert api["submitted_at"] == "2022-05-02T00:30:00+02:00"
    assert api["submissions"][0]["submitted_at"] == "2022-05-02T00:30:00+02:00"
    page = client.get(reverse("report_receipt", args=[report.pk])).content.decode().replace("\xa0", " ")
    assert "2. mai 2022" in page and "00.30" in page
    content = receipt_content(report.current, "nb")
    assert content.frozen_at == "2022-05-02T00:30:00+02:00"
    mail = OutgoingMail.objects.get().body.replace("\xa0", " ")
    assert "2. mai 2022" in mail and "22.30" not in mail


# --- files ----------------------------------------------------------------------------------------


def test_a_bad_character_that_got_into_the_database_breaks_no_extract(world):
    """Nobody can type it into the form; a row from elsewhere may hold it."""
    report = sent_in(world)
    bad = "a\x0bb\x1f\ufffe\u202ec"
    Answer.objects.get_queryset().bulk_create([Answer(submission=report.current, question="made.up", text=bad)])
    out = io.BytesIO()
    found = extract([report.round], "nb")
    render_answers(found, out, heads(), fixed_word)
    rows = list(openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[1].iter_rows(min_row=2, values_only=True))
    assert len([row for row in rows if row[0]]) == found.expected
    given = next(row[8] for row in rows if row[6] == "made.up")
    assert given[0] == "a" and given[-1] == "c" and "\x0b" not in given


# --- the form -------------------------------------------------------------------------------------


class Elements(HTMLParser):
    """Every element's attributes, and the text inside those that have an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.texts: dict[str, str] = {}
        self._open: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self.found.append({"tag": tag, **attributes})
        if tag not in ("input", "meta", "link", "img", "br", "hr", "use", "path"):
            self._open.append((tag, attributes.get("id", "")))
        self.texts.setdefault(attributes.get("id", ""), "")

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for _tag, name in self._open:
            self.texts[name] = self.texts.get(name, "") + data


@pytest.mark.parametrize(
    ("key", "value", "section"),
    [
        ("plan.decided_on", "17.17.2022", "plan"),
        ("progress.delay_months", "seks", "progress"),
        ("comment", "x" * 100_000, "results"),
        ("org.responsible", "the king", "organisation"),
        ("org.sectors", ["the moon"], "organisation"),
        ("solutions:1.1", "maybe", "plan"),
    ],
)
def test_an_error_is_read_out_with_its_field(world, key, value, section):
    report, client = draft(world), signed_in(world, "editor-3004")
    report.refresh_from_db()
    rev = report.draft["fields"].get(key, {}).get("rev", 0)
    body = {"key": key, "value": value, "rev": rev}
    saved = client.post(
        reverse("report_save", args=[report.pk]), body, content_type="application/json", headers=JSON
    ).json()
    assert saved["error"]
    page = Elements(client.get(reverse("report_section", args=[report.pk, section])).content.decode())
    controls = [entry for entry in page.found if entry.get("name") == key and entry["tag"] in ("input", "textarea")]
    assert controls and all(entry.get("aria-invalid") == "true" for entry in controls)
    groups = [entry for entry in page.found if entry.get("data-describes") == controls[0].get("data-describes", "-")]
    ids = " ".join(entry.get("aria-describedby", "") for entry in [*controls, *groups, *_around(page, key)]).split()
    assert ids, "nothing describes the field"
    assert saved["error"] in [page.texts[name].strip() for name in ids if name in page.texts]


def _around(page: Elements, key: str) -> list[dict[str, str]]:
    """The group that carries a choice's error: the fieldset or the row before its first control."""
    place = next(index for index, entry in enumerate(page.found) if entry.get("name") == key)
    before = [entry for entry in page.found[:place] if "data-describes" in entry]
    return before[-1:]


def test_sending_in_after_the_round_is_closed_is_one_clear_page(world, settings):
    report, client = draft(world), signed_in(world, "editor-3004")
    version = report.draft_version
    settings.PORTAL_CLOCK = at(report.round.closes_on + dt.timedelta(days=1)).isoformat()
    before = Event.objects.get_queryset().count()
    for name in ("report_submit", "report_nothing_new"):
        answer = client.post(reverse(name, args=[report.pk]), {"draft_version": version})
        html = answer.content.decode()
        assert answer.status_code == 409
        assert html.count("<h1") == 1 and reverse("report_detail", args=[report.pk]) in html
    report.refresh_from_db()
    assert (report.status, report.draft_version) == ("draft", version)
    assert Event.objects.get_queryset().count() == before
    assert not Submission.objects.get_queryset().filter(report=report).exists()


# --- a session that ran out while somebody wrote ----------------------------------------------------


def logged_out(client: Client) -> None:
    client.cookies.pop(site.SESSION_COOKIE_NAME)


def log_in(client: Client, username: str, answer: Any) -> Any:
    """Through the login page that ``answer`` leads to; the page that one comes back to."""
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    assert "utlopt=1" in answer["Location"]
    return client.post(answer["Location"], {"login": username, "password": PASSWORD}, follow=True)


@pytest.mark.parametrize(
    ("name", "control"),
    [("report_return", "melding"), ("report_comment", "kommentar-comment"), ("report_note", "notat")],
)
def test_what_a_reviewer_wrote_is_there_again_after_the_login(world, name, control):
    report = sent_in(world)
    who = "statsforvalter-oslo-og-viken"
    client = signed_in(world, who)
    logged_out(client)
    data = {"text": "Skriv <b>datoen</b>.", "question": "comment", "submission": "1"}
    page = log_in(client, who, client.post(reverse(name, args=[report.pk]), data))
    assert page.status_code == 200 and page.request["PATH_INFO"] == reverse("report_review", args=[report.pk])
    elements = Elements(page.content.decode())
    assert elements.texts[control].strip() == "Skriv <b>datoen</b>."
    report.refresh_from_db()
    assert report.status == "submitted"
    again = client.get(reverse("report_review", args=[report.pk])).content.decode()
    assert Elements(again).texts[control].strip() == ""


def test_what_was_written_is_not_shown_to_one_who_may_not_see_the_report(world):
    report = sent_in(world)
    client = signed_in(world, "statsforvalter-oslo-og-viken")
    logged_out(client)
    answer = client.post(reverse("report_return", args=[report.pk]), {"text": "Skriv datoen."})
    page = log_in(client, "statsforvalter-troms-og-finnmark", answer)
    assert page.status_code == 404
    assert "Skriv datoen." not in page.content.decode()


def test_the_assessment_is_there_again_after_the_login(world):
    report = sent_in(world)
    client = signed_in(world, "hdir")
    logged_out(client)
    address = reverse("summary_compose_words", args=["notat", report.round_id])
    page = log_in(client, "hdir", client.post(address, {"nb_status": "Godt i gang.", "nn_status": ""}))
    assert page.request["PATH_INFO"] == address
    assert Elements(page.content.decode()).texts["id_nb_status"].strip() == "Godt i gang."


def test_what_was_written_stands_on_the_page_that_says_somebody_was_first(world):
    report = sent_in(world)
    client = signed_in(world, "statsforvalter-oslo-og-viken")
    submission_approve(report=report, actor=world.user("statsforvalter-oslo-og-viken"), now=NOW)
    answer = client.post(reverse("report_return", args=[report.pk]), {"text": "Skriv <datoen>.", "submission": "1"})
    assert answer.status_code == 409
    assert "Skriv &lt;datoen&gt;." in answer.content.decode()


def test_sending_nothing_new_twice_gives_one_submission(world):
    actor, by = world.user("editor-3004"), world.user("statsforvalter-oslo-og-viken")
    ReportFactory.approved(
        round_=open_round(AUTUMN), municipality=world.unit("3004"), actor=actor, by=by, values=whole()
    )
    report = Report.objects.get_queryset().get(round=open_round(), municipality=world.unit("3004"))
    client = signed_in(world, "editor-3004")
    address = reverse("report_nothing_new", args=[report.pk])
    assert [client.post(address).status_code for _turn in range(2)] == [302, 409]
    assert Submission.objects.get_queryset().filter(report=report).count() == 1

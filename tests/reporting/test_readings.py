"""Every reading of the table leaves exactly one Event, and one that is made again soon leaves none."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from municipalities.filestore import write_file
from municipalities.models import Event, User
from municipalities.readings import READINGS
from reporting.models import Document, NationalSummary, RegionalReport, Report, ReviewComment, SummaryContent
from reporting.services.on_behalf import report_take_over
from tests.access import rows_decisions, rows_regional, rows_review
from tests.reporting.drawn_files import draw_files
from tests.reporting.factories import SPRING, at, open_round

NOW = at(SPRING)
SF, ADMIN, HDIR = "statsforvalter-oslo-og-viken", "hdir-admin", "hdir"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()
    settings.SECURE_SSL_REDIRECT = False


def untouched(world) -> Report:
    round_ = open_round(SPRING)
    return Report.objects.across_all(reason="test").get(round=round_, municipality=world.unit("3004"))


def notes(world):
    report = rows_review.sent_in(world, world.unit("3004"))
    ReviewComment.objects.get_queryset().create(
        report=report, submission=report.current, text="Ring dem.", internal=True, author=world.user(SF),
        author_name="Amina", written_at=NOW,
    )  # fmt: skip
    return SF, reverse("report_review", args=[report.pk])


def draft(world):
    report = untouched(world)
    report_take_over(report=report, reason="Ingen kontakt er på plass nå.", actor=world.user(SF), now=NOW)
    return SF, reverse("report_section", args=[report.pk, "plan"])


def contacts(world):
    untouched(world)
    return SF, reverse("work_list_missing")


def plan_document(world):
    document = rows_decisions.document(world, world.unit("3004")).obj
    return SF, reverse("plan_document", args=[document.pk])


def plan_attachment(world):
    target = rows_regional.region()(world, world.unit("3004"))
    RegionalReport.objects.get_queryset().filter(pk=target.obj.pk).update(
        plan_file=write_file(b"%PDF-1.7 test", "pdf"), plan_name="plan.pdf", plan_type="application/pdf"
    )
    return SF, reverse("regional_plan", kwargs=target.kwargs)


def summary(world) -> NationalSummary:
    report = rows_review.sent_in(world, world.unit("3004"))
    return NationalSummary.objects.get_queryset().create(
        round=report.round, version=1, status="ready", as_of=SPRING, requested_at=NOW, frozen_at=NOW,
        submission_ids=[report.current_id], register_ids={"plan": []},
    )  # fmt: skip


def summary_page(world):
    row = summary(world)
    NationalSummary.objects.get_queryset().filter(pk=row.pk).update(status="failed", error="stuck")
    return HDIR, reverse("summary_detail", args=[row.pk])


def a_file(world, kind):
    row = summary(world)
    for language in ("nb", "nn"):
        SummaryContent.objects.create(summary=row, language=language, canonical="{}", content_hash="a" * 64)
    draw_files(row)
    known = Document.objects.get_queryset().filter(kind=kind).first()
    if known is None:
        known = Document.objects.get_queryset().filter(kind="summary").first()
        Document.objects.get_queryset().filter(pk=known.pk).update(kind=kind, office=world.office("oslo-og-viken"))
    return HDIR, reverse("document_download", args=[known.pk])


def administration(world):
    User.objects.filter(username=ADMIN).update(is_staff=True, is_superuser=True)
    return ADMIN, reverse("admin:municipalities_user_changelist")


READ = {
    "notes_read": notes,
    "draft_read": draft,
    "risk_read": lambda world: (SF, reverse("risk_unit", args=["3004"])),
    "risk_list_read": lambda world: (SF, reverse("risk_list")),
    "contacts_read": contacts,
    "admin_people_read": administration,
    "plan_document_read": plan_document,
    "plan_attachment_read": plan_attachment,
    "summary_read": summary_page,
    "summary_file_read": lambda world: a_file(world, "summary"),
    "volume_read": lambda world: a_file(world, "volume"),
    "trail_searched": lambda world: (ADMIN, reverse("trail")),
    "trail_exported": lambda world: (ADMIN, reverse("trail_file", args=["csv"])),
}


def made_summary(world):
    row = summary(world)
    SummaryContent.objects.create(summary=row, language="nb", canonical="{}", content_hash="a" * 64)
    return HDIR, reverse("api_round_summary", args=[SPRING.isoformat()])


def draft_over_the_api(world):
    _user, _url = draft(world)
    report = Report.objects.across_all(reason="test").get(round=open_round(SPRING), municipality=world.unit("3004"))
    return SF, reverse("api_report_draft", args=[report.pk])


ALSO = {
    "over the API: a draft": ("draft_read", draft_over_the_api),
    "over the API: a summary": ("summary_read", made_summary),
    "who has access at an office": (
        "contacts_read", lambda world: (ADMIN, reverse("access_office", args=[world.office("oslo-og-viken").pk])),
    ),
    "who has access at the national bodies": ("contacts_read", lambda world: (ADMIN, reverse("access_national"))),
    "who has access at a municipality": (
        "contacts_read", lambda world: (SF, reverse("access_municipality", args=[world.unit("3004").pk])),
    ),
    "who has access, gone through": ("contacts_read", lambda world: (SF, reverse("access_review"))),
    "who has access, as a file": ("contacts_read", lambda world: (ADMIN, reverse("access_review") + "?fil=csv")),
    "who was told": ("contacts_read", lambda world: (open_round(SPRING), (HDIR, reverse("notice_list")))[1]),
    "who would be told": ("contacts_read", lambda world: (open_round(SPRING), (HDIR, reverse("notice_day")))[1]),
}  # fmt: skip
"""Other doors to the same."""


def readings() -> list[Event]:
    return list(Event.everything.filter(kind="reading").order_by("pk"))


def test_every_reading_of_the_table_is_tried():
    assert READ.keys() == READINGS.keys()
    assert all(reading.label and reading.reason for reading in READINGS.values())
    assert max(map(len, READINGS)) <= 40


@pytest.mark.parametrize("name", READ)
def test_a_reading_leaves_one_event(name, world):
    username, url = READ[name](world)
    client = Client()
    client.force_login(world.user(username))
    for _time in range(2):  # the same again within ten minutes is the same reading
        response = client.get(url, headers={"X-Request-ID": "reading-of-a-test"})
        assert response.status_code == 200
        getattr(response, "streaming_content", None) and b"".join(response.streaming_content)
    (event,) = readings()
    assert (event.name, event.actor, event.request_id) == (name, world.user(username), "reading-of-a-test")
    assert len(event.session_hash) == 64 and client.session.session_key not in event.session_hash
    assert not Event.objects.across_all(reason="test").filter(pk=event.pk).exists()  # no page tells it as a change
    cache.clear()
    client.get(url)
    assert [row.name for row in readings()] == [name, name]


def test_a_units_own_page_and_draft_leave_none(world):
    report = untouched(world)
    client = Client()
    client.force_login(world.user("editor-3004"))
    for url in (reverse("report_section", args=[report.pk, "plan"]), reverse("municipality_detail", args=["3004"])):
        assert client.get(url).status_code == 200
    assert readings() == []


def test_who_may_not_read_leaves_none(world):
    _reader, url = notes(world)
    client = Client()
    client.force_login(world.user("statsforvalter-troms-og-finnmark"))
    assert client.get(url).status_code == 404
    assert readings() == []


def test_an_event_that_cannot_be_written_lets_nothing_be_read(world, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(world.user(SF))
    monkeypatch.setattr(Event, "save", lambda self, **more: 1 / 0)
    assert client.get(reverse("risk_list")).status_code == 500
    monkeypatch.undo()
    assert client.get(reverse("risk_list")).status_code == 200
    assert len(readings()) == 1


def test_a_cache_that_is_away_makes_more_rows_and_no_error(world, monkeypatch):
    client = Client()
    client.force_login(world.user(SF))
    monkeypatch.setattr("municipalities.readings.cache.add", lambda *a: 1 / 0)
    for _time in range(2):
        assert client.get(reverse("risk_list")).status_code == 200
    assert len(readings()) == 2


@pytest.mark.parametrize("door", ALSO)
def test_other_doors_to_the_same_leave_it_too(door, world):
    name, make = ALSO[door]
    username, url = make(world)
    client = Client()
    client.force_login(world.user(username))
    for _time in range(2):
        assert client.get(url).status_code == 200
    assert [(event.name, event.actor.username) for event in readings()] == [(name, username)]


@pytest.mark.parametrize("name", ["contacts", "access_review"])
def test_ones_own_colleagues_leave_none(world, name):
    client = Client()
    client.force_login(world.user("editor-3004"))
    assert client.get(reverse(name)).status_code == 200
    assert readings() == []

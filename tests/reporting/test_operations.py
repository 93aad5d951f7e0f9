"""How jobs and mails are doing: counted right, told on a page and in figures, and to nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families

from municipalities.models import OutgoingMail
from reform import clock, health
from reporting.models import Document, NationalSummary
from reporting.services import operations
from reporting.tasks import sweep_jobs
from tests.browser import axe_violations
from tests.reporting.documents.population import populate

NOW = dt.datetime(2022, 5, 4, 7, tzinfo=dt.UTC)
STALE = NOW - dt.timedelta(hours=2)


@pytest.fixture(autouse=True)
def day(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()


@pytest.fixture
def jobs(world):
    """One of each state and kind that there is something to say about."""
    people = populate(world)
    summaries = NationalSummary.objects.get_queryset()
    common = {"kind": "half_year", "as_of": people.now.reference_date, "round": people.now, "submission_ids": []}
    waits = summaries.create(version=1, status="building", requested_at=NOW - dt.timedelta(minutes=20), **common)
    summaries.create(version=2, status="building", requested_at=STALE, heartbeat_at=STALE, **common)
    summaries.create(version=3, status="failed", error="no_submissions", requested_at=STALE, **common)
    made = summaries.create(version=4, status="ready", requested_at=STALE, **common)
    rows = Document.objects.get_queryset()

    def document(summary, status, number, at=STALE, **more):
        rows.create(
            kind="volume", format="pdf", input_key=str(number), summary=summary, status=status, requested_at=at, **more
        )

    document(waits, "queued", 1)  # waits for its figures, and is not late
    document(made, "queued", 2, NOW - dt.timedelta(seconds=90))
    document(made, "running", 3, heartbeat_at=NOW)
    document(made, "running", 4, heartbeat_at=STALE)
    document(made, "failed", 5, error="too_long")
    document(made, "failed", 6, NOW - dt.timedelta(days=8), error="too_long")
    user = world.user("editor-3004")
    said = {"queued": "", "sent": "", "failed": "SMTPException: kari@x.example"}
    for status, error in said.items():
        OutgoingMail.objects.create(key=status, user=user, subject="S", status=status, queued_at=STALE, error=error)
    return made


def told(now=NOW):
    return {work.kind: work for work in operations.health(now=now).works}


def test_each_state_is_counted_once(jobs):
    works = told()
    assert {kind: (one.waiting, one.running, one.stuck, one.failed) for kind, one in works.items()} == {
        "build": (1, 0, 1, 1), "summary": (0, 0, 0, 0), "volume": (1, 1, 1, 1), "delivery": (0, 0, 0, 0),
        "receipt": (0, 0, 0, 0), "mail": (1, 0, 0, 1),
    }  # fmt: skip
    assert works["volume"].age(NOW) == 90 and not works["volume"].is_late(NOW)
    assert works["build"].is_late(NOW) and works["mail"].is_late(NOW) and not works["receipt"].is_late(NOW)


def test_what_went_wrong_is_told_in_words_newest_first_and_without_addresses(jobs):
    found = operations.failures(now=NOW)
    assert {(one.kind, one.summary == jobs.pk) for one in found} == {
        ("build", False),
        ("volume", True),
        ("mail", False),
    }
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert all(one.words and "@" not in one.words for one in found)


def test_the_queries_do_not_grow(jobs, django_assert_num_queries):
    with django_assert_num_queries(5):
        operations.health(now=NOW)
    with django_assert_num_queries(3):
        operations.failures(now=NOW)


def test_the_scheduler_is_seen_by_its_job_and_missed_after_ten_minutes(world):
    cache.clear()
    assert operations.health(now=NOW).beat_stands_still
    sweep_jobs()
    assert clock.now() - operations.swept_at() < dt.timedelta(seconds=30)
    assert not operations.health(now=NOW + dt.timedelta(minutes=9)).beat_stands_still
    assert operations.health(now=NOW + dt.timedelta(minutes=11)).beat_stands_still


def test_the_page_shows_it(jobs, world, client, monkeypatch):
    def away():
        raise OSError("away")

    monkeypatch.setitem(health.CHECKS, "broker", away)
    client.force_login(world.user("hdir-admin"))
    page = client.get(reverse("operations")).content.decode()
    for words in ("Regionhefter", "Svarer ikke", "Det tok for lang tid", "Planleggeren ser ut til å stå stille"):
        assert words in page
    assert "kari@x.example" not in page


def test_the_page_with_nothing_wrong(world, client):
    sweep_jobs()
    client.force_login(world.user("hdir-admin"))
    page = client.get(reverse("operations")).content.decode()
    assert "Ingenting." in page and "stå stille" not in page and "Svarer ikke" not in page


# --- The figures for a machine ----------------------------------------------------------------------


@pytest.fixture
def token(settings):
    settings.PORTAL_METRICS_TOKEN = "t" * 32
    return {"authorization": f"Bearer {'t' * 32}"}


@pytest.mark.parametrize("said", [None, "", "Bearer ", "Bearer tt", f"Basic {'t' * 32}", f"Bearer {'t' * 33}"])
def test_without_the_token_there_is_no_such_page(world, client, token, said):
    headers = {} if said is None else {"authorization": said}
    assert client.get("/metrics", headers=headers).status_code == 404
    client.force_login(world.user("hdir-admin"))
    assert client.get("/metrics", headers=headers).status_code == 404


def test_without_one_in_the_environment_nobody_has_it(client, settings):
    settings.PORTAL_METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def figures(client, headers):
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    assert "no-store" in answer["Cache-Control"]
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(answer.content.decode())
        for one in family.samples
    }


def test_the_figures_are_those_of_the_page(jobs, client, token):
    sweep_jobs()
    found = figures(client, token)
    works = told()
    for kind, work in works.items():
        for state in ("waiting", "running", "stuck", "failed"):
            assert found["portal_jobs", (("kind", kind), ("state", state))] == getattr(work, state)
        assert found["portal_queue_age_seconds", (("kind", kind),)] == pytest.approx(work.age(NOW), abs=30)
    assert found["portal_scheduler_age_seconds", ()] < 30 and ("portal_trail_unsealed", ()) in found


def test_requests_are_counted_by_view_and_never_by_address(world, client, token):
    key = (("method", "GET"), ("status", "404"), ("view", "municipality_detail"))
    before = figures(client, token).get(("portal_request_seconds_count", key), 0)
    client.force_login(world.user("hdir"))
    client.get(reverse("municipality_detail", args=["9999"]))
    client.generic("BREW", "/kommune/3004/")
    client.get("/no/such/page/kari-nordmann/")
    found = figures(client, token)
    assert found["portal_request_seconds_count", key] == before + 1
    labels = {value for name, pairs in found for _label, value in pairs}
    assert not any("9999" in value or "/" in value or "kari" in value or value == "BREW" for value in labels)


@pytest.mark.looks
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn")])
def test_the_page_fits_and_axe_finds_nothing(jobs, world, open_page, live_server, settings, width, language):
    page = open_page(width=width, user=world.user("hdir-admin"))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    page.goto("/drift/")
    assert page.locator("main table").count() == 1
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""Building and drawing as jobs: stored before drawn, safe to run twice, taken over from a dead worker, never early."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from municipalities.models import Event, Membership
from reform.tasks import BackgroundTask
from reporting.documents import build
from reporting.documents.content import content_hash, from_json, to_json
from reporting.documents.render_json import read_json
from reporting.models import Composition, Document, NationalSummary, SummaryContent
from reporting.services import documents, summaries
from tests.reporting.documents.population import FROZEN, NOW, populate

LATER = FROZEN + dt.timedelta(hours=2)


def clock():
    return FROZEN


def later():
    return LATER


@pytest.fixture
def people(world):
    return populate(world)


@pytest.fixture
def started(monkeypatch):
    """The jobs that were started, by name and key; none runs."""
    calls = []
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: calls.append((self.__name__, *keys)))
    return calls


@pytest.fixture
def quick(monkeypatch):
    """A drawing that costs nothing; it counts how often it is called."""
    calls = []

    def draw(document):
        calls.append(document.pk)
        return f"{document.format} {document.language}".encode()

    monkeypatch.setattr(build, "draw", draw)
    return calls


def ask(people, actor=None) -> NationalSummary:
    return summaries.summary_request(round=people.now, actor=actor, now=FROZEN)


def made(people, actor=None) -> NationalSummary:
    summary = ask(people, actor)
    assert summaries.summary_build(pk=summary.pk, clock=clock)
    summary.refresh_from_db()
    return summary


def test_the_content_of_both_languages_is_stored_with_its_hash_before_anything_is_drawn(people, started):
    summary = made(people)
    rows = SummaryContent.objects.filter(summary=summary, office=None)
    assert {row.language for row in rows} == {"nb", "nn"}
    for row in rows:
        assert row.content_hash == content_hash(row.canonical)
        assert to_json(from_json(row.canonical)) == row.canonical
    assert summary.status == "ready" and summary.frozen_at == FROZEN and summary.as_of == NOW
    assert {document.status for document in summary.documents.all()} == {"queued"}
    asked = [name for name, *_keys in started]
    assert asked == ["build_summary"] + ["render_document"] * 8


def test_no_job_starts_before_its_row_is_committed(people, django_capture_on_commit_callbacks, quick):
    with django_capture_on_commit_callbacks() as waiting:
        with transaction.atomic():
            summary = ask(people)
            assert waiting == []
        summary.refresh_from_db()
        assert summary.status == "building" and summary.attempts == 0
    assert len(waiting) == 1
    with django_capture_on_commit_callbacks(execute=True):
        waiting[0]()
    summary.refresh_from_db()
    assert summary.status == "ready"
    assert {document.status for document in summary.documents.all()} == {"done"}


def test_building_twice_gives_the_same_with_fewer_queries(people, started):
    summary = ask(people)
    with CaptureQueriesContext(connection) as first:
        assert summaries.summary_build(pk=summary.pk, clock=clock)
    rows = SummaryContent.objects.filter(summary=summary, office=None).order_by("language")
    kept = list(rows.values_list("canonical", flat=True))
    with CaptureQueriesContext(connection) as second:
        assert not summaries.summary_build(pk=summary.pk, clock=later)
    assert kept == list(rows.all().values_list("canonical", flat=True))
    assert len(second) <= 2 < len(first)


def test_drawing_twice_makes_one_file(people, started, quick, settings):
    document = made(people).documents.first()
    assert documents.document_render(pk=document.pk, clock=clock)
    assert not documents.document_render(pk=document.pk, clock=later)
    assert len(quick) == 1
    document.refresh_from_db()
    files = [path for path in Path(settings.DOCUMENT_ROOT).rglob("*") if path.is_file()]
    assert [str(path.relative_to(settings.DOCUMENT_ROOT)) for path in files] == [document.file]
    assert re.fullmatch(r"[\w-]{2}/[\w-]{32}\.\w{3,4}", document.file), "192 random bits, and nothing to guess from"


def test_only_one_summary_of_a_round_is_made_at_a_time(people, started):
    first = ask(people)
    with pytest.raises(summaries.SummaryBusy) as busy:
        ask(people)
    assert busy.value.summary == first
    assert NationalSummary.objects.get_queryset().count() == 1


def test_a_round_without_reports_fails_with_a_sentence_and_can_be_tried_again(world, people, started):
    from reporting.models import Report

    hdir = world.user("hdir")
    reports = Report.objects.get_queryset().filter(round=people.now)
    kept = dict(reports.values_list("pk", "status"))
    reports.update(status="not_started")
    summary = ask(people, hdir)
    assert not summaries.summary_build(pk=summary.pk, clock=clock)
    summary.refresh_from_db()
    assert summary.status == "failed"
    assert documents.sentence(summary.error).startswith("No report") or documents.sentence(summary.error)
    for pk, status in kept.items():
        reports.filter(pk=pk).update(status=status)
    summaries.summary_retry(summary=summary, actor=hdir, now=LATER)
    assert summaries.summary_build(pk=summary.pk, clock=later)
    summary.refresh_from_db()
    assert summary.status == "ready"


def test_the_right_of_the_requester_is_asked_again_by_the_job(world, people, started, quick):
    hdir = world.user("hdir")
    summary = ask(people, hdir)
    Membership.objects.filter(user=hdir).update(valid_to=dt.date(2022, 5, 1))
    assert not summaries.summary_build(pk=summary.pk, clock=clock)
    summary.refresh_from_db()
    assert (summary.status, summary.error) == ("failed", "no_right")


def test_a_document_is_not_drawn_for_one_who_may_no_longer_see_it(world, people, started, quick):
    hdir = world.user("hdir")
    document = made(people, hdir).documents.first()
    Membership.objects.filter(user=hdir).update(valid_to=dt.date(2022, 5, 1))
    assert not documents.document_render(pk=document.pk, clock=clock)
    document.refresh_from_db()
    assert (document.status, document.error) == ("failed", "no_right")
    assert quick == []


def test_a_later_worker_takes_up_a_summary_whose_worker_was_killed(people, started, settings):
    summary = ask(people)
    assert summaries._claim(summary.pk, FROZEN)  # the worker claimed it, and died
    soon, late = FROZEN + dt.timedelta(seconds=5), FROZEN + settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
    assert not summaries.summary_build(pk=summary.pk, clock=lambda: soon)
    assert summaries.summaries_release(now=soon) == []
    assert summaries.summaries_release(now=late) == [summary.pk]
    assert summaries.summary_build(pk=summary.pk, clock=lambda: late)
    summary.refresh_from_db()
    assert summary.status == "ready" and summary.attempts == 2


def test_a_summary_that_nobody_finishes_says_failed_and_can_be_tried_again(world, people, started, settings):
    summary = ask(people)
    late = FROZEN
    for _attempt in range(documents.MAX_ATTEMPTS):
        late += settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
        assert summaries._claim(summary.pk, late)
    late += settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
    assert summaries.summaries_release(now=late) == []
    summary.refresh_from_db()
    assert (summary.status, summary.error) == ("failed", "given_up")
    summaries.summary_retry(summary=summary, actor=world.user("hdir"), now=late)
    assert summaries.summary_build(pk=summary.pk, clock=lambda: late)


def test_a_worker_that_was_overtaken_stores_nothing(people, started, settings):
    summary = ask(people)
    late = FROZEN + settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
    slow_worker = build.build

    def overtaken(row, *, now, step):
        found = slow_worker(row, now=now, step=step)
        NationalSummary.objects.get_queryset().filter(pk=row.pk).update(claim=row.claim + 1, heartbeat_at=late)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "build", overtaken)
        assert not summaries.summary_build(pk=summary.pk, clock=clock)
    assert not SummaryContent.objects.filter(summary=summary).exists()
    summary.refresh_from_db()
    assert summary.status == "building"


def test_a_cancelled_summary_that_is_tried_again_at_once_takes_nothing_from_the_worker_that_had_it(
    world, people, started
):
    summary, hdir = ask(people), world.user("hdir")
    whole, seen = build.build, []

    def slow(row, *, now, step):
        found = whole(row, now=now, step=step)
        if not seen:  # in the same moment as the clock tells it: nothing but the claim tells the two workers apart
            seen.append(row.claim)
            summaries.summary_cancel(summary=summary, actor=hdir, now=FROZEN)
            summaries.summary_retry(summary=summary, actor=hdir, now=FROZEN)
            seen.append(summaries._claim(row.pk, FROZEN))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "build", slow)
        assert not summaries.summary_build(pk=summary.pk, clock=clock)
    assert seen == [1, 2]
    assert not SummaryContent.objects.filter(summary=summary).exists()
    summary.refresh_from_db()
    assert (summary.status, summary.attempts, summary.claim) == ("building", 1, 2)


def test_nor_does_that_worker_say_failed_for_the_other(world, people, started):
    summary, hdir = ask(people), world.user("hdir")

    def broken(row, *, now, step):
        summaries.summary_cancel(summary=summary, actor=hdir, now=FROZEN)
        summaries.summary_retry(summary=summary, actor=hdir, now=FROZEN)
        assert summaries._claim(row.pk, FROZEN) == 2
        raise OSError("the disk is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "build", broken)
        with pytest.raises(OSError, match="full"):
            summaries.summary_build(pk=summary.pk, clock=clock)
    summary.refresh_from_db()
    assert (summary.status, summary.error) == ("building", "")


def test_a_document_that_is_tried_again_at_once_keeps_nothing_of_the_worker_that_had_it(world, people, started, quick):
    document, hdir = made(people).documents.first(), world.user("hdir")

    def cancelled(row):
        Document.objects.get_queryset().filter(pk=row.pk).update(status="cancelled")
        documents.document_retry(document=row, actor=hdir, now=FROZEN)
        assert documents._claim(row.pk, FROZEN) == 2  # in the same moment as the clock tells it
        return b"old"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "draw", cancelled)
        assert not documents.document_render(pk=document.pk, clock=clock)
    document.refresh_from_db()
    assert (document.status, document.file, document.attempts, document.claim) == ("running", "", 1, 2)


def test_a_document_whose_worker_was_killed_is_taken_up_or_says_failed(world, people, started, quick, settings):
    document = made(people).documents.first()
    step = settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
    late = FROZEN
    for attempt in range(documents.MAX_ATTEMPTS):
        assert documents._claim(document.pk, late), attempt
        assert document.pk not in documents.documents_release(now=late)
        late += step
    assert document.pk not in documents.documents_release(now=late)
    document.refresh_from_db()
    assert (document.status, document.error) == ("failed", "given_up")
    documents.document_retry(document=document, actor=world.user("hdir"), now=late)
    assert documents.document_render(pk=document.pk, clock=lambda: late)
    document.refresh_from_db()
    assert document.status == "done"


def test_a_forgotten_job_is_found_and_one_of_an_unmade_summary_waits(people, started, quick, settings):
    summary = ask(people)
    late = FROZEN + settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
    assert summaries.summaries_release(now=late) == [summary.pk]
    assert documents.documents_release(now=late) == []
    summaries.summary_build(pk=summary.pk, clock=clock)
    assert len(documents.documents_release(now=late)) == 8
    assert documents.documents_release(now=late + dt.timedelta(minutes=2)) == []  # they may just be waiting in line
    later = late + settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
    assert len(documents.documents_release(now=later)) == 8


def test_the_sweep_starts_what_it_finds(people, started, settings):
    from reporting.tasks import sweep_jobs

    summary = ask(people)
    started.clear()
    settings.PORTAL_CLOCK = (FROZEN + dt.timedelta(days=1)).isoformat()
    sweep_jobs()
    assert started == [("build_summary", summary.pk)]


def test_an_unexpected_error_is_written_on_the_row_and_raised(people, started, monkeypatch):
    summary = ask(people)
    monkeypatch.setattr(build, "compute", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        summaries.summary_build(pk=summary.pk, clock=clock)
    summary.refresh_from_db()
    assert (summary.status, summary.error) == ("failed", "unexpected")


def test_a_drawing_that_breaks_leaves_no_file_and_says_so(people, started, monkeypatch, settings):
    document = made(people).documents.first()
    monkeypatch.setattr(build, "draw", lambda document: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        documents.document_render(pk=document.pk, clock=clock)
    document.refresh_from_db()
    assert (document.status, document.error) == ("failed", "unexpected")
    assert not Path(settings.DOCUMENT_ROOT).exists() or not list(Path(settings.DOCUMENT_ROOT).rglob("*.*"))


def test_a_file_appears_whole_or_not_at_all(settings, monkeypatch):
    monkeypatch.setattr("os.replace", lambda *args: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        documents.write_file(b"x", "pdf")
    assert [path for path in Path(settings.DOCUMENT_ROOT).rglob("*") if path.is_file()] == []


def test_what_was_sent_is_drawn_again_unchanged_after_a_correction(people, started):
    summary = made(people)
    row = summary.documents.get(format="json", language="nb")
    first = build.draw(row)
    report = people.report(0)
    report.status = "submitted"
    report.save()
    assert build.draw(row) == first
    assert json.loads(first)["sha256"] == summary.contents.get(language="nb", office=None).content_hash


def test_a_new_version_has_new_figures_and_keeps_the_text(people, started):
    Composition.objects.get_queryset().create(round=people.now, assessment={"nb": {"status": "Godt i gang."}, "nn": {}})
    first = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    summaries.summary_build(pk=first.pk, clock=clock)
    report = people.report(0)
    report.status = "submitted"
    report.save()
    second = made(people)
    assert second.version == 2
    assert second.assessment == {"nb": {"status": "Godt i gang."}, "nn": {}}
    first.refresh_from_db()
    assert len(second.submission_ids) == len(first.submission_ids) + 1


def test_the_steps_and_the_event_are_written(people, started):
    summary = made(people)
    events = Event.objects.across_all(reason="test").filter(object_type="reporting.nationalsummary")
    assert [event.name for event in events.filter(object_id=summary.pk)] == ["request", "built"]
    assert events.get(name="built").content_hash == summary.contents.get(language="nb", office=None).content_hash


def test_a_real_worker_makes_the_summary_and_its_documents(celery_worker, monkeypatch):
    import time

    from tests.world import build_world

    monkeypatch.setattr(build, "draw", lambda document: b"drawn")
    people = populate(build_world())
    summary = ask(people)
    for _wait in range(300):
        summary.refresh_from_db()
        done = summary.documents.filter(status="done").count()
        if summary.status == "ready" and done == 8:
            break
        time.sleep(0.1)
    assert summary.status == "ready" and done == 8
    assert Document.objects.get_queryset().filter(summary=summary, attempts=1).count() == 8


def test_the_json_file_is_read_back_as_the_content(people, started):
    summary = made(people)
    row = summary.documents.get(format="json", language="nn")
    assert read_json(build.draw(row)) == build.summary_content(summary, "nn")
    assert build.summary_content(summary, "nn", sheets=False).sheets == ()

"""The volumes and the delivery of a summary: asked for once, drawn apart, gathered, used again, cancelled."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from municipalities.filestore import open_file
from reform.tasks import BackgroundTask
from reporting.documents import build
from reporting.models import Document, NationalSummary
from reporting.services import delivery, documents, summaries
from reporting.services.summary_steps import summary_approve
from tests.reporting.documents.population import FROZEN, populate

VIKEN, FINNMARK = "oslo-og-viken", "troms-og-finnmark"
LATER = FROZEN + dt.timedelta(minutes=1)
VOLUMES = 2 * len(delivery.VOLUME_FORMATS) * 2  # two regions, in two languages


def clock():
    return FROZEN


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = LATER.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=5)


@pytest.fixture
def started(monkeypatch):
    """The jobs that were started, as (task, key); none is run."""
    calls = []
    monkeypatch.setattr(
        BackgroundTask, "start", lambda self, *keys, **where: calls.append((self.name.rpartition(".")[2], *keys))
    )
    return calls


@pytest.fixture
def drawn(monkeypatch):
    """Drawing is quick; what was drawn, in order."""
    found = []

    def draw(document):
        found.append(document.pk)
        return f"{document.kind} {document.format} {document.language} {document.content_hash}".encode()

    monkeypatch.setattr(build, "draw", draw)
    return found


def version(people, actor=None) -> NationalSummary:
    summary = summaries.summary_request(round=people.now, actor=actor, now=FROZEN)
    assert summaries.summary_build(pk=summary.pk, clock=clock)
    summary.refresh_from_db()
    return summary


def rows(summary, **more):
    return Document.objects.get_queryset().filter(summary=summary, **more)


def draw_all(started) -> int:
    """Run the jobs that were started, and those that they start; how many ran."""
    ran = 0
    while started:
        _task, pk = started.pop(0)
        if _task == "render_document":
            documents.document_render(pk=pk, clock=lambda: LATER)
            ran += 1
    return ran


def ask(summary, actor=None):
    return delivery.delivery_request(summary=summary, actor=actor, now=LATER)


# --- asking ---------------------------------------------------------------------------------------


def test_one_job_a_file_and_one_delivery_a_language(people, started, drawn):
    summary = version(people)
    started.clear()
    packed = ask(summary)
    assert [row.language for row in packed] == ["nb", "nn"]
    volumes = rows(summary, kind="volume")
    assert volumes.count() == VOLUMES
    assert sorted(started) == sorted(("render_document", pk) for pk in volumes.values_list("pk", flat=True))
    contents = {(c.office_id, c.language): c.content_hash for c in summary.contents.exclude(office=None)}
    assert all(row.content_hash == contents[row.office_id, row.language] for row in volumes)


def test_the_longest_volume_is_begun_first(people, started, drawn):
    summary = version(people)
    started.clear()
    ask(summary)
    first = Document.objects.get_queryset().get(pk=started[0][1])
    longest = max(summary.contents.exclude(office=None), key=lambda content: len(content.canonical))
    assert (first.office_id, first.format) == (longest.office_id, "pdf")


def test_who_asks_second_gets_the_same_job(world, people, started, drawn):
    summary = version(people)
    first = ask(summary, world.user("hdir"))
    started.clear()
    second = ask(summary, world.user("hdir-admin"))
    assert [row.pk for row in first] == [row.pk for row in second]
    assert rows(summary, kind="volume").count() == VOLUMES
    draw_all(list(started))
    assert len(drawn) == len(set(drawn)) == VOLUMES  # named twice, drawn once


@pytest.mark.parametrize("name", ["hod", "evaluator", "statsforvalter-oslo-og-viken", "editor-3004"])
def test_only_hdir_asks_for_and_cancels_the_delivery(world, people, started, name):
    summary = version(people)
    with pytest.raises(PermissionDenied):
        ask(summary, world.user(name))
    with pytest.raises(PermissionDenied):
        delivery.delivery_cancel(summary=summary, actor=world.user(name), now=LATER)


def test_a_summary_that_is_not_made_has_nothing_to_deliver(people, started):
    summary = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    with pytest.raises(delivery.NothingToDeliver):
        ask(summary)
    assert not rows(summary, kind="volume").exists()


# --- gathering ------------------------------------------------------------------------------------


def test_the_delivery_is_packed_when_its_last_part_is_done_and_holds_them_all(people, started, drawn):
    summary = version(people)
    ask(summary)
    draw_all(started)
    packed = rows(summary, kind="delivery", language="nn").get()
    assert packed.status == "done" and packed.file_name.endswith("nynorsk.zip")
    with open_file(packed.file) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        sums = archive.read(delivery.HASHES).decode().splitlines()
        page = archive.read("Innhald.html").decode()
        assert archive.testzip() is None
        for line in sums:
            digest, name = line.split("  ", 1)
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
            assert digest in page
        assert {entry.date_time for entry in archive.infolist()} == {delivery.EARLIEST}
    parts = rows(summary, language="nn").exclude(kind="delivery")
    assert len(sums) == parts.count() == 4 + 2 * len(delivery.VOLUME_FORMATS)
    assert len(names) == len(set(names)) == len(sums) + 2
    assert 'lang="nn-NO"' in page


def test_packing_twice_gives_the_same_bytes_at_another_time_in_another_language(people, started, drawn, settings):
    from django.utils import translation

    summary = version(people)
    ask(summary)
    draw_all(started)
    packed = rows(summary, kind="delivery", language="nb").get()
    settings.TIME_ZONE = "Pacific/Auckland"
    with translation.override("nn"):
        again = delivery.pack(packed)
    assert hashlib.sha256(again).hexdigest() == packed.sha256


def test_a_delivery_waits_for_its_parts_and_no_worker_can_begin_it_early(people, started, drawn, settings):
    summary = version(people)
    ask(summary)
    packed = rows(summary, kind="delivery", language="nb").get()
    assert not documents.document_render(pk=packed.pk, clock=lambda: LATER)
    late = LATER + settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1)
    named = documents.documents_release(now=late)
    assert packed.pk not in named and len(named) == VOLUMES + 8
    packed.refresh_from_db()
    assert packed.status == "queued" and packed.attempts == 0


def test_a_part_that_failed_is_tried_again_alone_and_then_the_delivery_is_packed(world, people, started, monkeypatch):
    summary = version(people)
    drawn = []

    def draw(document):
        drawn.append(document.pk)
        if broken and document.pk == broken[0]:
            raise build.BuildRefused("no_source")
        return b"drawn"

    monkeypatch.setattr(build, "draw", draw)
    ask(summary)
    broken = [rows(summary, kind="volume", format="xlsx", language="nb").first().pk]
    draw_all(started)
    failed = Document.objects.get_queryset().get(pk=broken[0])
    assert (failed.status, failed.error) == ("failed", "no_source")
    assert rows(summary, kind="delivery", language="nn").get().status == "done"
    assert rows(summary, kind="delivery", language="nb").get().status == "queued"
    drawn.clear()
    broken.clear()
    documents.document_retry(document=failed, actor=world.user("hdir"), now=LATER)
    assert draw_all(started) == 2  # the part, and the delivery
    assert drawn == [failed.pk]
    assert rows(summary, kind="delivery", language="nb").get().status == "done"


def test_a_part_whose_bytes_are_not_those_that_were_written_is_not_delivered(people, started, drawn, settings):
    summary = version(people)
    ask(summary)
    waiting = list(started)
    started.clear()
    for task, pk in waiting[:-1]:
        if task == "render_document":
            documents.document_render(pk=pk, clock=lambda: LATER)
    spoilt = rows(summary, kind="volume", language="nb", status="done").first()
    (Path(settings.DOCUMENT_ROOT) / spoilt.file).write_bytes(b"spoilt")
    started.append(waiting[-1])
    draw_all(started)
    packed = rows(summary, kind="delivery", language="nb").get()
    assert (packed.status, packed.error) == ("failed", "no_part")


# --- used again -----------------------------------------------------------------------------------


def test_a_volume_that_has_not_changed_is_not_drawn_again(people, started, drawn):
    first = version(people)
    ask(first)
    draw_all(started)
    report = people.report(0)  # it was sent back, and counts from now on
    report.status = "submitted"
    report.save()
    started.clear()
    second = version(people)
    drawn.clear()
    ask(second)
    changed = {row.office.key for row in rows(second, kind="volume", pk__in=[pk for _task, pk in started])}
    assert len(changed) == 1
    kept = rows(second, kind="volume").exclude(office__key__in=changed)
    assert {row.status for row in kept} == {"done"} and kept.count() == VOLUMES // 2
    old = {(r.office_id, r.language, r.format): r for r in rows(first, kind="volume")}
    for row in kept:
        twin = old[row.office_id, row.language, row.format]
        assert (row.file, row.sha256, row.file_name) == (twin.file, twin.sha256, twin.file_name)
    draw_all(started)
    assert not set(drawn) & {row.pk for row in kept}
    assert rows(second, kind="delivery", status="done").count() == 2


def test_another_renderer_draws_anew(people, started, drawn, monkeypatch):
    first = version(people)
    ask(first)
    draw_all(started)
    monkeypatch.setattr(delivery, "fingerprint", lambda: "another")
    second = version(people)
    started.clear()
    ask(second)
    assert sum(task == "render_document" for task, _pk in started) == VOLUMES


def test_a_file_that_is_gone_is_drawn_again(people, started, drawn, settings):
    first = version(people)
    ask(first)
    draw_all(started)
    for row in rows(first, kind="volume", language="nb"):
        (Path(settings.DOCUMENT_ROOT) / row.file).unlink()
    second = version(people)
    started.clear()
    ask(second)
    assert len(started) == VOLUMES // 2


def test_volumes_say_nothing_of_the_version_so_that_their_names_may_be_shared(people, started, drawn):
    summary = version(people)
    ask(summary)
    draw_all(started)
    names = set(rows(summary, kind="volume").values_list("file_name", flat=True))
    assert len(names) == VOLUMES
    assert "Leve hele livet, Oslo og Viken 1. mai 2022, bokmål.pdf" in names


# --- cancelling and killed jobs ---------------------------------------------------------------------


def test_cancelling_stops_what_waits_and_throws_away_what_is_being_drawn(world, people, started, monkeypatch, settings):
    summary = version(people)
    hdir = world.user("hdir")

    def draw(document):
        if document.kind == "volume":
            delivery.delivery_cancel(summary=summary, actor=hdir, now=LATER)  # somebody presses while it is drawn
        return b"drawn"

    monkeypatch.setattr(build, "draw", draw)
    ask(summary)
    running = rows(summary, kind="volume").first()
    assert not documents.document_render(pk=running.pk, clock=lambda: LATER)
    assert {row.status for row in rows(summary, kind__in=("volume", "delivery"))} == {"cancelled"}
    assert {row.status for row in rows(summary, kind="summary")} == {"queued"}  # the note itself goes on
    assert [path for path in Path(settings.DOCUMENT_ROOT).rglob("*") if path.is_file()] == []
    for task, pk in started:  # the jobs come to the workers all the same
        if task == "render_document" and pk != running.pk and rows(summary, pk=pk, kind="volume").exists():
            assert not documents.document_render(pk=pk, clock=lambda: LATER)


def test_what_was_cancelled_is_asked_for_again(world, people, started, drawn):
    summary = version(people)
    ask(summary)
    draw_all([entry for entry in started if rows(summary, pk=entry[1], kind="volume", language="nb").exists()])
    done = rows(summary, kind="volume", status="done").count()
    assert delivery.delivery_cancel(summary=summary, actor=world.user("hdir"), now=LATER) == VOLUMES - done + 2
    drawn.clear()
    ask(summary, world.user("hdir"))
    draw_all(started)
    assert rows(summary).exclude(status="done").count() == 0
    assert len(drawn) == VOLUMES - done + 8


def test_a_worker_that_was_thought_dead_does_not_take_the_row_of_one_that_was_asked_for_anew(
    world, people, started, monkeypatch, settings
):
    summary = version(people)
    ask(summary)
    row = rows(summary, kind="volume").first()
    hdir = world.user("hdir")

    def draw(document):
        if document.attempts == 1 and not seen:
            seen.append(1)
            delivery.delivery_cancel(summary=summary, actor=hdir, now=LATER)
            delivery.delivery_request(summary=summary, actor=hdir, now=LATER)
            later = LATER + dt.timedelta(seconds=5)
            assert documents.document_render(pk=row.pk, clock=lambda: later)
            return b"old"
        return b"new"

    seen: list[int] = []
    monkeypatch.setattr(build, "draw", draw)
    assert not documents.document_render(pk=row.pk, clock=lambda: LATER)
    row.refresh_from_db()
    assert row.status == "done"
    with open_file(row.file) as file:
        assert file.read() == b"new"


def test_a_volume_whose_worker_was_killed_is_taken_up_or_says_failed(people, started, drawn, settings):
    summary = version(people)
    ask(summary)
    row = rows(summary, kind="volume").first()
    step, late = settings.JOB_STUCK_AFTER + dt.timedelta(seconds=1), LATER
    for _attempt in range(documents.MAX_ATTEMPTS):
        assert documents._claim(row.pk, late)
        late += step
        found = documents.documents_release(now=late)
        assert (row.pk in found) == (_attempt < documents.MAX_ATTEMPTS - 1)
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "given_up")


# --- who may read ---------------------------------------------------------------------------------


def seen_by(world, name, summary):
    found = Document.objects.visible_to(world.user(name), today=LATER.date()).filter(summary=summary)
    return {(row.kind, row.office.key if row.office else "") for row in found}


def test_a_statsforvalter_reads_its_own_volume_when_it_is_approved_and_the_ministry_when_it_is_sent(
    world, people, started, drawn
):
    summary = version(people)
    ask(summary)
    draw_all(started)
    everything = {("summary", ""), ("delivery", ""), ("volume", VIKEN), ("volume", FINNMARK)}
    mine = "statsforvalter-oslo-og-viken"
    assert seen_by(world, "hdir", summary) == everything
    assert seen_by(world, mine, summary) == seen_by(world, "hod", summary) == set()

    every = NationalSummary.objects.get_queryset().filter(pk=summary.pk)
    every.update(status="approved", approved_at=LATER)
    assert seen_by(world, mine, summary) == {("volume", VIKEN)}
    assert seen_by(world, "hod", summary) == set()

    every.update(status="sent", sent_at=LATER, sent_case="22/1")
    assert seen_by(world, mine, summary) == {("volume", VIKEN)}
    assert seen_by(world, "hod", summary) == everything
    for name in ("ks-oslo-og-viken", "usht-oslo-og-viken", "editor-3004", "reader-3004", "evaluator", "nobody"):
        assert seen_by(world, name, summary) == set(), name


def test_the_approval_has_the_volumes_drawn(world, people, started, drawn):
    hdir = world.user("hdir")
    summary = version(people, hdir)
    assert rows(summary, kind="volume").count() == 0
    summary_approve(summary=summary, actor=hdir, now=LATER)
    draw_all(started)
    summary.refresh_from_db()
    assert summary.status == "approved"
    assert seen_by(world, "statsforvalter-oslo-og-viken", summary) == {("volume", VIKEN)}
    assert set(rows(summary, kind="volume").values_list("status", flat=True)) == {"done"}


# --- the page -------------------------------------------------------------------------------------


def test_the_page_asks_follows_and_cancels(world, people, started, drawn, client):
    summary = version(people)
    client.force_login(world.user("hdir"))
    page = reverse("summary_detail", args=[summary.pk])
    assert reverse("summary_deliver", args=[summary.pk]) in client.get(page).content.decode()
    assert client.post(reverse("summary_deliver", args=[summary.pk])).status_code == 302
    text = client.get(page).content.decode()
    assert reverse("summary_deliver_cancel", args=[summary.pk]) in text and 'hx-trigger="every 3s"' in text
    draw_all(started)
    part = client.get(reverse("summary_delivery", args=[summary.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "every 3s" not in part
    for row in rows(summary, kind__in=("volume", "delivery")):
        assert reverse("document_download", args=[row.pk]) in part
    packed = rows(summary, kind="delivery", language="nb").get()
    answer = client.get(reverse("document_download", args=[packed.pk]))
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None


def test_the_page_lets_a_failed_file_be_tried_again(world, people, started, drawn, client):
    summary = version(people)
    ask(summary)
    draw_all(started)
    row = rows(summary, kind="volume").first()
    rows(summary, pk=row.pk).update(status="failed", error="too_long", file="")
    client.force_login(world.user("hdir"))
    text = client.get(reverse("summary_delivery", args=[summary.pk])).content.decode()
    assert reverse("document_retry", args=[row.pk]) in text and documents.sentence("too_long") in text
    client.post(reverse("document_retry", args=[row.pk]))
    row.refresh_from_db()
    assert row.status == "queued"


def test_the_statsforvalter_finds_its_volume_in_the_list_its_region_leads_to(world, people, started, drawn, client):
    summary = version(people)
    ask(summary)
    draw_all(started)
    mine = rows(summary, kind="volume", office__key=VIKEN)
    other = rows(summary, kind="volume", office__key=FINNMARK)
    page = reverse("volume_list")

    def shown(name, found, where=page):
        client.force_login(world.user(name))
        text = client.get(where).content.decode()
        return [reverse("document_download", args=[row.pk]) in text for row in found]

    assert not any(shown("statsforvalter-oslo-og-viken", mine))
    NationalSummary.objects.get_queryset().filter(pk=summary.pk).update(status="approved", approved_at=LATER)
    assert all(shown("statsforvalter-oslo-og-viken", mine))
    assert not any(shown("statsforvalter-oslo-og-viken", other))
    assert all(shown("hdir", mine))
    assert client.get(reverse("region_page", args=[VIKEN])).content.decode().count(page)
    assert not any(shown("hod", mine))
    client.force_login(world.user("ks-oslo-og-viken"))
    assert client.get(page).status_code == 403
    assert page not in client.get(reverse("region_page", args=[VIKEN])).content.decode()
    document = mine.first()
    client.force_login(world.user("statsforvalter-oslo-og-viken"))
    answer = client.get(reverse("document_download", args=[document.pk]))
    assert answer.status_code == 200
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == document.sha256
    client.force_login(world.user("ks-oslo-og-viken"))
    assert client.get(reverse("document_download", args=[document.pk])).status_code == 404


@pytest.mark.parametrize("kind", ["summary", "volume"])
def test_a_pdf_is_the_same_whether_its_sheets_are_held_while_it_is_drawn_or_not(people, started, kind):
    from reporting.documents.render import render

    summary = version(people)
    ask(summary)
    row = rows(summary, kind=kind, format="pdf", language="nb").order_by("-office__order").first()
    content = build.content_of(row)
    assert content.sheets
    links = build.figure_link(summary) if kind == "summary" else None
    assert build.draw(row) == render(content, "pdf", links=links)

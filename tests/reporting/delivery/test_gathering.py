"""One job a file, gathered into one delivery when the last part is done."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from municipalities.filestore import open_file
from reporting.documents import build
from reporting.models import Document
from reporting.services import delivery, documents, summaries
from tests.reporting.documents.population import FROZEN

from .steps import LATER, VOLUMES, ask, draw_all, rows, version


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

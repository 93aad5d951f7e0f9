"""What has not changed is not drawn again, and what was cancelled or killed is taken up or says so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from municipalities.filestore import open_file
from reporting.documents import build
from reporting.services import delivery, documents

from .steps import LATER, VOLUMES, ask, draw_all, rows, version


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

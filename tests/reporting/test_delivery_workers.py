"""The whole delivery with two real Celery workers, over PostgreSQL and Redis: drawn side by side, each file once, also
when two ask at once, a worker is killed, or a file fails."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection

from municipalities.filestore import open_file
from reform.celery import app
from reporting.documents import pieces_kept
from reporting.models import Document, NationalSummary, SummaryContent
from reporting.services import delivery, documents, summaries
from reporting.tasks import sweep_jobs
from tests.reporting.documents.population import FROZEN, populate
from tests.reporting.test_concurrency import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

LATER = FROZEN + dt.timedelta(minutes=1)
LIMIT = 300  # seconds: no measure of speed, only the end of patience on a busy machine
VIKEN, FINNMARK = "oslo-og-viken", "troms-og-finnmark"
COMMAND = (
    "-m", "celery", "-A", "reform.celery:app", "worker", "--include", "tests.reporting.watched_drawing",
    "--concurrency", "1", "--without-gossip", "--without-mingle",
)  # fmt: skip


def wait_until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + LIMIT
    while not true():  # a look ten times a second
        assert time.monotonic() < end, f"in {LIMIT} seconds it did not come so far that {what}"
        time.sleep(0.1)


@dataclass
class Workers:
    """Programs of their own, each with one process for its jobs, and what they have begun to draw."""

    folder: Path
    documents: Path
    programs: list[subprocess.Popen] = field(default_factory=list)

    def begin(self) -> None:
        server, _, _name = os.environ["DATABASE_URL"].rpartition("/")
        environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "reform.settings", "PORTAL_VAR_DIR": str(self.folder),
            "DOCUMENT_ROOT": str(self.documents), "PORTAL_CLOCK": LATER.isoformat(),
            "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        }  # fmt: skip
        self.programs.append(subprocess.Popen([sys.executable, *COMMAND], env=environment, start_new_session=True))

    def ready(self) -> None:
        names = [self.folder / f"ready-{program.pid}" for program in self.programs]
        wait_until(lambda: all(name.exists() for name in names), "both workers listen")

    def begun(self) -> list[tuple[int, str]]:
        """The worker and the file of each drawing that was begun, in order."""
        path = self.folder / "begun"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(int(line.split()[0]), line.split()[2]) for line in lines]

    def at(self, name: str) -> list[int]:
        """The workers that have begun this file."""
        return [worker for worker, other in self.begun() if other == name]

    def hold(self, name: str) -> None:
        (self.folder / f"hold-{name}").touch()

    def let_go(self, name: str) -> None:
        (self.folder / f"hold-{name}").unlink()

    def kill(self, worker: int) -> None:
        """As the machine does when it has no memory left: the worker and the process of its job, without a word."""
        program = next(program for program in self.programs if program.pid == worker)
        os.killpg(program.pid, signal.SIGKILL)
        program.wait(30)

    def end(self) -> None:
        """At once: a worker that is asked to stop takes some seconds, and has nothing left to finish."""
        for program in self.programs:
            if program.poll() is None:
                self.kill(program.pid)


def forget_queue() -> None:
    """What another test or a killed worker left behind is none of the next one's business."""
    app.control.purge()
    with app.connection_for_write() as broker:
        broker.default_channel.client.delete("unacked", "unacked_index")


@pytest.fixture
def workers(settings, tmp_path, transactional_db):
    folder = tmp_path / "var"
    folder.mkdir()
    forget_queue()
    app.conf.task_always_eager = False
    two = Workers(folder, Path(settings.DOCUMENT_ROOT))
    try:
        two.begin()
        two.begin()
        yield two
    finally:
        for held in folder.glob("hold-*"):
            held.unlink()
        two.end()
        app.conf.task_always_eager = True
        forget_queue()


def rows(summary: NationalSummary, **more):
    return Document.objects.get_queryset().filter(summary=summary, **more)


def made(people) -> NationalSummary:
    """A summary that is asked for here, and made by one of the workers; the note's own files are drawn from now on."""
    summary = summaries.summary_request(round=people.now, actor=None, now=LATER)
    every = NationalSummary.objects.get_queryset()
    wait_until(lambda: every.get(pk=summary.pk).status in NationalSummary.MADE, "the summary is made")
    return every.get(pk=summary.pk)


def row_of(summary: NationalSummary, kind: str, fmt: str, office: str) -> Document:
    return rows(summary, kind=kind, format=fmt, language="nb", office__key=office).get()


def require_one_file_a_row(summary: NationalSummary, folder: Path) -> None:
    """All is done, and beside the pieces that pages are drawn from lies one file for each row and nothing else."""
    assert set(rows(summary).values_list("status", flat=True)) == {"done"}
    named = list(rows(summary).values_list("file", flat=True))
    found = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    found = [name for name in found if not name.startswith(f"{pieces_kept.FOLDER}/")]
    assert sorted(found) == sorted(named)
    assert len(named) == len(set(named))


def require_whole(packed: Document, summary: NationalSummary, folder: Path) -> None:
    """The archive holds every file in its language, and the program that people have says that each is right."""
    with open_file(packed.file) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", delivery.HASHES], cwd=folder, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    parts = rows(summary, language=packed.language).exclude(kind="delivery")
    assert parts.count() == 4 + 2 * len(delivery.VOLUME_FORMATS)
    files = {path.name for path in folder.rglob("*") if path.is_file()}
    assert files == {delivery.HASHES, delivery.CONTENTS[packed.language], *parts.values_list("file_name", flat=True)}
    assert len(checked.stdout.splitlines()) == parts.count()


def test_two_workers_draw_once_what_two_people_ask_for_at_once(world, workers, settings, tmp_path):
    people = populate(world)
    workers.ready()
    held = f"volume-pdf-nb-{VIKEN}"
    workers.hold(held)  # until the other worker has drawn a volume too: else a quick one may draw them all
    summary = made(people)
    hdir = [world.user("hdir"), world.user("hdir-admin")]

    def ask(actor):
        return lambda: delivery.delivery_request(summary=summary, actor=actor, now=LATER, languages=("nb",))

    first, second = at_once(*map(ask, hdir))
    assert [row.pk for row in first] == [row.pk for row in second]
    assert (len(first), rows(summary, kind="volume").count()) == (1, 2 * len(delivery.VOLUME_FORMATS))

    def drawn_by(kind: str) -> set[int]:
        return {worker for worker, name in workers.begun() if name.startswith(kind)}

    wait_until(lambda: len(drawn_by("volume")) == 2, "both workers have begun a volume")
    workers.let_go(held)
    wait_until(lambda: not rows(summary).exclude(status="done").exists(), "all is done")
    times = Counter(name for _worker, name in workers.begun())
    assert len(times) == rows(summary).count() == 8 + 2 * len(delivery.VOLUME_FORMATS) + 1
    assert set(times.values()) == {1}, times
    assert drawn_by("") == {program.pid for program in workers.programs}
    require_one_file_a_row(summary, Path(settings.DOCUMENT_ROOT))
    require_whole(rows(summary, kind="delivery").get(), summary, tmp_path / "unpacked")


def content_of(summary: NationalSummary, office: str) -> SummaryContent:
    return SummaryContent.objects.get(summary=summary, office__key=office, language="nb")


def lose_a_cell(content: SummaryContent) -> None:
    """Break the stored content of a region as a fault in the table would: a cell of a sheet is gone, which only the
    workbook shows."""
    plain = json.loads(content.canonical)
    plain["sheets"][0]["rows"][0]["cells"].pop()
    write_past_the_portal(content, json.dumps(plain))


def write_past_the_portal(content: SummaryContent, canonical: str) -> None:
    """The portal itself never changes a stored content, so this is SQL."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reporting_summarycontent SET canonical = %s WHERE id = %s", [canonical, content.pk])


def test_a_killed_worker_and_a_broken_file_hold_up_nothing_but_themselves(world, workers, settings, tmp_path):
    people, hdir = populate(world), world.user("hdir")
    workers.ready()
    killed, broken = f"volume-docx-nb-{VIKEN}", f"volume-xlsx-nb-{FINNMARK}"
    workers.hold(killed)
    workers.hold(broken)
    summary = made(people)
    (packed,) = delivery.delivery_request(summary=summary, actor=hdir, now=LATER, languages=("nb",))

    # One worker dies in the middle of a file. Its row looks as if it were being made, and nobody may have it yet.
    wait_until(lambda: workers.at(killed), "the file is begun")
    workers.kill(workers.at(killed)[0])
    lost = row_of(summary, "volume", "docx", VIKEN)
    assert (lost.status, lost.attempts) == ("running", 1)
    assert lost.pk not in documents.documents_release(now=LATER)

    # The other goes on, and comes to a file that cannot be drawn.
    wait_until(lambda: workers.at(broken), "the other worker is at the next")
    workers.let_go(killed)
    content = content_of(summary, FINNMARK)
    lose_a_cell(content)
    workers.let_go(broken)
    failed = row_of(summary, "volume", "xlsx", FINNMARK)
    others = rows(summary).exclude(pk__in=(failed.pk, lost.pk, packed.pk))
    wait_until(lambda: not others.exclude(status="done").exists(), "all the others are done")
    wait_until(lambda: rows(summary, pk=failed.pk, status="failed").exists(), "it says failed")
    failed.refresh_from_db()
    lost.refresh_from_db()
    assert (failed.error, failed.file, lost.status) == ("unexpected", "", "running")

    # After the time that a job may take, the sweep gives the lost file to the living worker; the archive still waits.
    rows(summary, pk=lost.pk).update(heartbeat_at=LATER - settings.JOB_STUCK_AFTER - dt.timedelta(seconds=1))
    sweep_jobs.start()
    wait_until(lambda: rows(summary, pk=lost.pk, status="done").exists(), "the lost file is done")
    lost.refresh_from_db()
    packed.refresh_from_db()
    assert (lost.attempts, lost.claim, packed.status) == (2, 2, "queued")

    # The cause is mended, and a person asks for that file again: it is drawn alone, and then all is packed.
    write_past_the_portal(content, content.canonical)
    so_far = len(workers.begun())
    documents.document_retry(document=failed, actor=hdir, now=LATER)
    wait_until(lambda: rows(summary, pk=packed.pk, status="done").exists(), "the delivery is done")
    assert [name for _worker, name in workers.begun()[so_far:]] == [broken, "delivery-zip-nb"]
    times = Counter(name for _worker, name in workers.begun())
    assert {name: number for name, number in times.items() if number > 1} == {killed: 2, broken: 2}
    require_one_file_a_row(summary, Path(settings.DOCUMENT_ROOT))
    packed.refresh_from_db()
    require_whole(packed, summary, tmp_path / "unpacked")

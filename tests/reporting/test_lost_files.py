"""A file that was drawn and is gone from the folder: said where it is listed, made again alone, and never of what was
sent."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse

from municipalities.filestore import open_file
from reform.tasks import BackgroundTask
from reporting.documents import build
from reporting.models import Document
from reporting.services import delivery, documents, summaries
from reporting.services.summary_files import missing_files
from reporting.services.summary_steps import summary_approve, summary_send
from tests.reporting.documents.population import FROZEN, populate

LATER = FROZEN + dt.timedelta(minutes=1)
GONE, SENT = "Filen er borte fra mappen", "Den ble sendt, så den blir hentet fra sikkerhetskopien."


@pytest.fixture
def started(monkeypatch):
    """The keys of the jobs that were started; none is run."""
    calls = []
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: calls.append(keys[0]))
    return calls


@pytest.fixture
def login(world, client):
    def as_user(name):
        client.force_login(world.user(name))
        return client

    return as_user


@pytest.fixture
def summary(world, settings, started, monkeypatch):
    """A summary with all its files, drawn quickly."""
    settings.PORTAL_CLOCK = LATER.isoformat()
    monkeypatch.setattr(build, "draw", lambda row: f"{row.kind} {row.format} {row.language} {row.office_id}".encode())
    people = populate(world, extra=5)
    made = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    assert summaries.summary_build(pk=made.pk, clock=lambda: FROZEN)
    made.refresh_from_db()
    delivery.delivery_request(summary=made, actor=None, now=LATER)
    draw(started)
    assert missing_files(made) == []
    return made


def draw(started) -> None:
    while started:
        documents.document_render(pk=started.pop(0), clock=lambda: LATER)


def lose(summary, **which) -> Document:
    row = Document.objects.get_queryset().get(summary=summary, **which)
    (Path(documents.settings.DOCUMENT_ROOT) / row.file).unlink()
    return row


def text(client, summary) -> str:
    return client.get(reverse("summary_detail", args=[summary.pk])).content.decode()


@pytest.mark.parametrize("kind", ["summary", "volume", "delivery"])
def test_a_lost_file_is_said_and_made_again(world, summary, started, login, kind):
    fmt = "zip" if kind == "delivery" else "docx"
    row = lose(summary, kind=kind, format=fmt, language="nn", **({"office__order": 1} if kind == "volume" else {}))
    hdir = login("hdir")
    page = text(hdir, summary)
    assert GONE in page and page.count(reverse("document_retry", args=[row.pk])) == 1
    assert f'href="{reverse("document_download", args=[row.pk])}"' not in page
    assert len(missing_files(summary)) == 1
    hdir.post(reverse("document_retry", args=[row.pk]))
    draw(started)
    assert missing_files(summary) == []
    assert GONE not in text(hdir, summary)


def test_the_delivery_is_packed_anew_with_the_part_that_was_lost(world, summary, started, monkeypatch):
    row = lose(summary, kind="summary", format="docx", language="nb")
    monkeypatch.setattr(build, "draw", lambda document: b"drawn by a newer renderer")
    documents.document_retry(document=row, actor=world.user("hdir"), now=LATER)
    draw(started)
    packed = Document.objects.get_queryset().get(summary=summary, kind="delivery", language="nb")
    with open_file(packed.file) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    row.refresh_from_db()
    assert row.sha256 in archive.read("SHA256SUMS").decode()
    assert any(archive.read(name) == b"drawn by a newer renderer" for name in archive.namelist())


def test_a_file_that_is_there_is_not_made_again(world, summary, started):
    row = Document.objects.get_queryset().get(summary=summary, kind="summary", format="docx", language="nb")
    documents.document_retry(document=row, actor=world.user("hdir"), now=LATER)
    row.refresh_from_db()
    assert row.status == "done" and started == []


def test_a_lost_file_of_what_was_sent_is_not_drawn_anew(world, summary, started, login):
    hdir = world.user("hdir")
    summary_approve(summary=summary, actor=hdir, now=LATER)
    draw(started)
    summary.refresh_from_db()
    summary_send(summary=summary, actor=hdir, now=LATER, case="26/1234")
    summary.refresh_from_db()
    row = lose(summary, kind="summary", format="pdf", language="nn")
    client = login("hdir")
    page = text(client, summary)
    assert SENT in page and reverse("document_retry", args=[row.pk]) not in page
    client.post(reverse("document_retry", args=[row.pk]))
    row.refresh_from_db()
    assert row.status == "done" and started == []

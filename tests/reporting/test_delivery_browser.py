"""The delivery of a note in a real browser: asked for, followed by file, one tried again, cancelled, and downloaded."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reform.tasks import BackgroundTask
from reporting.documents import build
from reporting.models import Document, NationalSummary
from reporting.services import documents, summaries
from reporting.services.delivery import CONTENTS
from tests.browser import axe_violations
from tests.reporting.documents.population import FROZEN, populate
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = FROZEN + dt.timedelta(minutes=1)


class Queue:
    """The jobs that the pages start wait here until the test lets a worker take some. ``broken`` is the file whose
    drawing fails."""

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.broken: int | None = None

    def start(self, task, *keys, **_where) -> None:
        if task.name.endswith("render_document"):
            self.keys.append(keys[0])

    def draw(self, document) -> bytes:
        if document.pk == self.broken:
            raise OSError("the disk is full")
        return f"{document.pk} {document.format}".encode()

    def work(self, most: int = 1000) -> None:
        while self.keys and most:
            with suppress(OSError):  # said in the row already; a worker writes it in its log
                documents.document_render(pk=self.keys.pop(0), clock=lambda: SOON)
            most -= 1


@pytest.fixture
def queue(monkeypatch):
    found = Queue()
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: found.start(self, *keys, **where))
    monkeypatch.setattr(build, "draw", found.draw)
    return found


@pytest.fixture
def summary(settings, transactional_db, queue):
    settings.PORTAL_CLOCK = SOON.isoformat()
    world = build_world()
    made = summaries.summary_request(round=populate(world, extra=4).now, actor=None, now=FROZEN)
    assert summaries.summary_build(pk=made.pk, clock=lambda: FROZEN)
    queue.work()
    return world, NationalSummary.objects.across_all(reason="test").get(pk=made.pk)


def test_the_delivery_is_asked_for_followed_mended_cancelled_and_downloaded(summary, queue, open_page, tmp_path):
    world, made = summary
    page = open_page(user=world.user("hdir"))
    page.goto(reverse("summary_detail", args=[made.pk]))
    part = page.locator("#leveranse")
    part.get_by_role("button", name="Lag regionheftene og leveransen").click()
    status = part.get_by_role("status")
    expect(part.locator("progress")).to_have_attribute("value", "0")
    queue.broken = queue.keys[0]
    queue.work(4)
    expect(part.locator("progress")).to_have_attribute("value", "3")  # by itself: the part asks again
    again = part.get_by_role("button", name="Prøv igjen")
    expect(again).to_have_count(1)
    assert axe_violations(page) == []
    part.get_by_role("button", name="Avbryt filene som ikke er klare").click()
    expect(part.locator("progress")).to_have_count(0)
    queue.keys.clear()
    expect(again.first).to_be_visible()
    drawn = set(Document.objects.get_queryset().filter(summary=made, status="done").values_list("pk", flat=True))
    queue.broken, alone = None, queue.broken
    failed = Document.objects.get_queryset().get(pk=alone)
    assert failed.status == Document.Status.FAILED
    part.locator(f"form[action='{reverse('document_retry', args=[alone])}'] button").click()
    page.wait_for_load_state()
    assert queue.keys == [alone]
    queue.work()
    failed.refresh_from_db()
    assert failed.status == Document.Status.DONE
    page.goto(reverse("summary_detail", args=[made.pk]))
    part.get_by_role("button", name="Lag filene som mangler").click()
    expect(part.locator("progress")).to_be_visible()
    assert not drawn & set(queue.keys)
    queue.work()
    link = part.get_by_role("link", name="Last ned alle filene").first
    expect(link).to_be_visible(timeout=10_000)
    expect(status).to_contain_text("filer er klare")
    with page.expect_download() as loading:
        link.click()
    whole = tmp_path / "leveranse.zip"
    loading.value.save_as(whole)
    complete(whole)


def complete(path: Path) -> None:
    """Every document of the archive is in the list of hashes, with the hash that it has."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        listing = next(name for name in names if name.endswith("SHA256SUMS"))
        folder = listing.removesuffix("SHA256SUMS")
        lines = [line.split("  ", 1) for line in archive.read(listing).decode().splitlines()]
        assert {folder + name for _hash, name in lines} == names - {listing, folder + CONTENTS["nb"]}
        assert sum(name.endswith(".pdf") for name in names) == 3  # the note, and two regions
        for code, name in lines:
            assert hashlib.sha256(archive.read(folder + name)).hexdigest() == code


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn")])
def test_the_part_fits_while_files_are_made_and_when_one_failed(summary, queue, open_page, width, language):
    world, made = summary
    user = world.user("hdir")
    page = open_page(width=width, user=user)
    page.goto(reverse("summary_detail", args=[made.pk]))
    if language == "nn":
        page.get_by_role("button", name="Nynorsk").click()
    page.locator("#leveranse form button").first.click()
    expect(page.locator("#leveranse progress")).to_be_visible()
    queue.broken = queue.keys[0]
    queue.work(3)
    page.reload()
    expect(page.locator("#leveranse form[action*='igjen'] button")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe_violations(page) == []

"""Who may read the volumes, and the page on which the delivery is asked for and followed."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.urls import reverse

from reporting.documents import build
from reporting.models import Document, NationalSummary
from reporting.services import documents
from reporting.services.summary_steps import summary_approve

from .steps import LATER, ask, draw_all, rows, version

VIKEN, FINNMARK = "oslo-og-viken", "troms-og-finnmark"


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

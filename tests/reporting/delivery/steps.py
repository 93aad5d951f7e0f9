"""What the tests of the delivery share: a version, its rows, and drawing all that waits."""

from __future__ import annotations

import datetime as dt

from reporting.models import Document, NationalSummary
from reporting.services import delivery, documents, summaries
from tests.reporting.documents.population import FROZEN

LATER = FROZEN + dt.timedelta(minutes=1)
VOLUMES = 2 * len(delivery.VOLUME_FORMATS) * 2  # two regions, in two languages


def clock():
    return FROZEN


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

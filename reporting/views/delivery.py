"""The volumes of a summary and the delivery of all its files, on the summary's page: asked for, followed, cancelled."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.services import office_names
from municipalities.views import ScopedPage
from reporting.documents.build import LANGUAGES
from reporting.models import Document, NationalSummary
from reporting.services import delivery
from reporting.services.documents import is_stuck, lost, sentence
from reporting.views.summary import FORMAT_WORDS, LANGUAGE_NAMES, SummaryView, file_size

_Status = Document.Status


def delivery_context(summary: NationalSummary, user: Any, now: dt.datetime) -> dict[str, Any]:
    """What the part about volumes and delivery shows; the summary's documents are loaded. One query."""
    kinds = (Document.Kind.VOLUME, Document.Kind.DELIVERY)
    rows = [row for row in summary.documents.all() if row.kind in kinds]
    may_build = can(user, "summary.build", today=now.date())
    files = {row.pk: _file(row, summary, now) for row in rows}
    done = sum(entry["status"] == _Status.DONE for entry in files.values())
    waiting = any(entry["waiting"] for entry in files.values())
    stopped = any(row.status in (_Status.FAILED, _Status.CANCELLED) for row in rows)
    made = summary.status in NationalSummary.MADE and summary.kind == NationalSummary.Kind.HALF_YEAR
    return {
        "summary": summary,
        "shown": made and (bool(rows) or bool(may_build)),
        "languages": _languages(summary, rows, files),
        "done": done,
        "all": len(rows),
        "waiting": waiting,
        "may_ask": may_build and (not rows or (stopped and not waiting)),
        "may_cancel": may_build and waiting,
        "may_retry": bool(may_build),
    }


def _file(row: Document, summary: NationalSummary, now: dt.datetime) -> dict[str, Any]:
    stuck = row.status == _Status.RUNNING and is_stuck(row, now)
    gone = lost(row, summary)
    return {
        "row": row,
        "status": _Status.FAILED.value if gone else row.status,
        "label": FORMAT_WORDS.get(row.format, row.format),
        "size": file_size(row.size),
        "waiting": row.status in (_Status.QUEUED, _Status.RUNNING) and not stuck,
        "again": row.status in (_Status.FAILED, _Status.CANCELLED) or stuck or gone == "lost",
        "error": sentence(gone or row.error),
    }


def _languages(
    summary: NationalSummary, rows: list[Document], files: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """For each language, the reader's own first: the delivery, and a line a region with its files."""
    if not rows:
        return []
    names = office_names(summary.as_of)
    mine = "nn" if (get_language() or "nb").startswith("nn") else "nb"
    groups = []
    for language in sorted(LANGUAGES, key=lambda code: code != mine):
        here = [row for row in rows if row.language == language]
        regions = [
            (names[office].short_name, [
                files[row.pk] for fmt in delivery.VOLUME_FORMATS for row in here
                if row.office_id == office and row.format == fmt
            ])
            for office in names
        ]  # fmt: skip
        packed = next((files[row.pk] for row in here if row.kind == Document.Kind.DELIVERY), None)
        groups.append(
            {
                "code": language,
                "name": LANGUAGE_NAMES[language],
                "packed": packed,
                "regions": [(name, found) for name, found in regions if found],
                "open": language == mine or any(files[row.pk]["again"] for row in here),
            }
        )
    return groups


class SummaryDelivery(SummaryView, ScopedPage):
    """The part of the page that htmx asks for again until every file is made; posting asks for the files."""

    right = "summary.read"
    template_name = "reporting/national/_delivery.html"

    def get_context(self) -> dict[str, Any]:
        return {"delivery": delivery_context(self.object, self.request.user, self.now)}


class SummaryDeliver(SummaryView):
    """Ask for the volumes and the delivery."""

    right = "summary.build"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        summary = self.get_object()
        try:
            delivery.delivery_request(summary=summary, actor=request.user, now=self.now)
        except delivery.NothingToDeliver:
            messages.warning(request, _("This version has no volumes of the regions. Make a new version."))
        return redirect("summary_detail", summary.pk)


class SummaryDeliverCancel(SummaryView):
    """Stop the files that are not made yet."""

    right = "summary.build"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        summary = self.get_object()
        delivery.delivery_cancel(summary=summary, actor=request.user, now=self.now)
        return redirect("summary_detail", summary.pk)


class VolumeList(ScopedPage):
    """The volumes of the newest summary that is approved or sent: all of them for Helsedirektoratet, those that were
    sent for the ministry, its own for a statsforvalter."""

    right = "volume.read"
    template_name = "reporting/national/volume_list.html"

    def get_context(self) -> dict[str, Any]:
        return {"volumes": delivery.volumes_for(user=self.request.user, today=self.today)}

"""National summaries: the list, the page of one with its files and its words, and what is done with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.readings import read_logged
from municipalities.views import ScopedList, ScopedPage, ScopedView, stopped
from reporting.documents import build
from reporting.documents.content import Block, Content, Definitions, Figure, Heading
from reporting.documents.facts import day_of
from reporting.documents.render_html import page_fragment
from reporting.documents.texts import document_kinds
from reporting.models import Document, NationalSummary, Round
from reporting.services import documents as document_services
from reporting.services import summaries
from reporting.services.compositions import has_yearly_report
from reporting.services.documents import content_disposition, is_stuck, lost, sentence
from reporting.views.summary_versions import versions_context

STEP_WORDS = {
    "": gettext_lazy("Waiting for a worker"),
    "collect": gettext_lazy("Reads the reports and registers"),
    "compute": gettext_lazy("Computes the figures"),
    "store": gettext_lazy("Stores the figures"),
}
LANGUAGE_NAMES = {"nb": "Bokmål", "nn": "Nynorsk"}
FORMAT_WORDS = {
    "pdf": gettext_lazy("PDF"),
    "docx": gettext_lazy("Word"),
    "xlsx": gettext_lazy("Excel"),
    "json": gettext_lazy("JSON"),
}


KINDS = {"notat": NationalSummary.Kind.HALF_YEAR, "arsrapport": NationalSummary.Kind.YEARLY}
"""The documents, by the word in their address."""
COMPOSABLE_ROUNDS = 2


def compose_url(kind: str, round_id: int, page: str = "summary_compose", *args: Any) -> str:
    """The address of a page about the composition of a round's document."""
    word = next(word for word, known in KINDS.items() if known == kind)
    return reverse(page, args=[word, round_id, *args])


def progress_context(summary: NationalSummary, user: Any, now: dt.datetime) -> dict[str, Any]:
    """What the fragment of progress shows: the figures' step, then each file, and whether to ask again."""
    rows = [document for document in summary.documents.all() if document.kind == Document.Kind.SUMMARY]
    files = [_file(row, summary, now) for row in sorted(rows, key=_order)]
    building = summary.status == NationalSummary.Status.BUILDING
    failed = summary.status == NationalSummary.Status.FAILED
    stopped_ = failed or summary.status == NationalSummary.Status.CANCELLED
    done = sum(entry["status"] == "done" for entry in files)
    return {
        "summary": summary,
        "files": files,
        "languages": _languages(files),
        "step": STEP_WORDS.get(summary.step, summary.step),
        "done": done,
        "error": sentence(summary.error) if failed else "",
        "stuck": building and is_stuck(summary, now),
        "stopped": stopped_,
        "waiting": building or (not stopped_ and any(entry["waiting"] for entry in files)),
        "may_retry": can(user, "summary.build", today=now.date()),
    }


def _order(document: Document) -> tuple[int, int]:
    return build.LANGUAGES.index(document.language), build.FORMATS.index(document.format)


def _file(row: Document, summary: NationalSummary, now: dt.datetime) -> dict[str, Any]:
    stuck = row.status == Document.Status.RUNNING and is_stuck(row, now)
    gone = lost(row, summary)
    return {
        "row": row,
        "status": "failed" if gone else row.status,
        "label": FORMAT_WORDS[row.format],
        "size": file_size(row.size),
        "stuck": stuck,
        "waiting": row.status in ("queued", "running") and not stuck,
        "again": row.status == "failed" or stuck or gone == "lost",
        "error": sentence(gone or row.error),
        "url": reverse("document_download", args=[row.pk]),
    }


def _languages(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = LANGUAGE_NAMES
    mine = "nn" if (get_language() or "nb").startswith("nn") else "nb"
    order = sorted(names, key=lambda code: code != mine)
    return [
        {"code": code, "name": names[code], "files": [entry for entry in files if entry["row"].language == code]}
        for code in order
    ]


def file_size(size: int) -> str:
    """Bytes as a reader expects them: ``1,3 MB``; empty for none."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f}".replace(".", ",") + "\u00a0MB"
    return f"{max(1, round(size / 1000))}\u00a0kB" if size else ""


class SummaryList(ScopedList):
    """Summaries: all for Helsedirektoratet, those that are sent for the ministry."""

    right = "summary.read"
    model = NationalSummary
    template_name = "reporting/national/summary_list.html"

    def get_rows(self) -> Any:
        sent = (
            self.rows(NationalSummary).filter(sent_at__isnull=False).defer(*NationalSummary.KEPT).order_by("-sent_at")
        )
        instead = Prefetch("replaced_by", queryset=sent, to_attr="sent_instead")
        rows = self.rows(NationalSummary).select_related("round").prefetch_related("documents", instead)
        return rows.defer(*NationalSummary.KEPT).order_by("-round__reference_date", "-version")

    def get_context(self) -> dict[str, Any]:
        context = super().get_context()
        mine = "nn" if (get_language() or "nb").startswith("nn") else "nb"
        entries = []
        for row in context["rows"]:
            own = [entry for entry in row.documents.all() if entry.kind == Document.Kind.SUMMARY]
            files = [_file(entry, row, self.now) for entry in sorted(own, key=_order)]
            ready = [entry for entry in files if entry["row"].status == "done" and entry["row"].language == mine]
            entries.append({"summary": row, "files": ready, "replaced": next(iter(row.sent_instead), None)})
        may_build = bool(can(self.request.user, "summary.build", today=self.today))
        return {
            **context,
            "entries": entries,
            "may_build": may_build,
            "composable": self.composable() if may_build else [],
        }

    def composable(self) -> list[dict[str, Any]]:
        """The documents of the newest rounds, the yearly report with the round of November."""
        rounds = self.rows(Round).counted().filter(opened_at__isnull=False).order_by("-reference_date")
        names = document_kinds(_)
        return [
            {
                "name": names[kind], "day": day_of(kind, round_.reference_date),
                "url": compose_url(kind, round_.pk),
            }
            for round_ in rounds[:COMPOSABLE_ROUNDS]
            for kind in (NationalSummary.Kind.YEARLY, NationalSummary.Kind.HALF_YEAR)
            if kind != NationalSummary.Kind.YEARLY or has_yearly_report(round_)
        ]  # fmt: skip


class SummaryView(ScopedView):
    """A page about one summary."""

    abstract = True
    model = NationalSummary

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("round__form_version", "requested_by", "approved_by", "replaces")
        return rows.prefetch_related("documents")

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("To the summary"), reverse("summary_detail", args=[self.kwargs["pk"]]))]


class SummaryDetail(SummaryView, ScopedPage):
    """The summary: progress or files, the content as a page, and the mark that it is sent."""

    right = "summary.read"
    template_name = "reporting/national/summary_detail.html"

    def get_context(self) -> dict[str, Any]:
        if self.object.sent_at is None:
            read_logged(self.request, self.object, "summary_read")
        return detail_context(self, self.object)


def detail_context(view: SummaryView, summary: NationalSummary, bound: forms.Form | None = None) -> dict[str, Any]:
    """Everything on the page of a summary; ``bound`` is the form of a step that was refused."""
    from reporting.views.summary_steps import steps_context

    user, today = view.request.user, view.today
    language = "nn" if (get_language() or "nb").startswith("nn") else "nb"
    made = summary.status in NationalSummary.MADE
    hashes = dict(summary.contents.filter(office=None).values_list("language", "content_hash"))
    fragment: Any = ""
    versions: dict[str, Any] = {}
    if made:
        link = build.figure_link(summary, base="") if can(user, "figure.read", today=today) else _no_link
        content = build.summary_content(summary, language, sheets=False)
        fragment = page_fragment(preview(content), link, lift=1)
        versions = versions_context(view, summary, language, content, link)
    from reporting.views.delivery import delivery_context  # which builds on this module

    return {
        **progress_context(summary, user, view.now),
        "delivery": delivery_context(summary, user, view.now),
        "object": summary,
        "fragment": fragment,
        **versions,
        **steps_context(summary, user, today, bound),
        "hash": hashes.get(language, ""),
        "replaced": summary.replaced if summary.sent_at else None,
        "may_build": can(user, "summary.build", today=today),
        "compose_url": compose_url(summary.kind, summary.round_id),
        "made": made,
    }


def preview(content: Content) -> Content:
    """The content without its annex of municipalities and its definitions, which are long and stand in the files."""
    shown: list[Block] = []
    annex = False
    for block in content.blocks:
        if isinstance(block, Heading) and block.level == 1:
            annex = block.id == "annex"
        if not annex and not isinstance(block, Definitions):
            shown.append(block)
    return replace(content, blocks=tuple(shown))


def _no_link(_figure: Figure) -> None:
    return None


class SummaryProgress(SummaryView, ScopedPage):
    """The part of the page that htmx asks for again until everything is made."""

    right = "summary.read"
    template_name = "reporting/national/_progress.html"

    def get_context(self) -> dict[str, Any]:
        return progress_context(self.object, self.request.user, self.now)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        was = request.GET.get("fra", "")
        if getattr(request, "htmx", False) and was == "building" and self.object.status != was:
            response["HX-Refresh"] = "true"  # the page has more to show now
        return response


class SummaryRetry(SummaryView):
    """Try a summary again that could not be made."""

    right = "summary.build"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        summary = self.get_object()
        summaries.summary_retry(summary=summary, actor=request.user, now=self.now)
        return redirect("summary_detail", summary.pk)


class DocumentView(ScopedView):
    """A file: a summary's for those who read summaries, a receipt for those who read the report."""

    abstract = True
    right = "home.read"  # which right the file needs follows from its kind; the service asks for it
    model = Document

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("summary__round", "submission__report")
        return rows.defer(*(f"summary__{name}" for name in NationalSummary.KEPT))


class DocumentDownload(DocumentView):
    """Hand out a finished file. Its name on disk is random and is never shown."""

    right = "home.read"

    def get(self, request: HttpRequest, pk: int) -> Any:
        document = self.get_object()
        try:
            opened = document_services.document_open(document=document, user=request.user, today=self.today)
        except document_services.NotReady:
            text = _("The file is being made, or could not be made. Look at the page where you found the link.")
            return stopped(request, _("The file is not ready"), text, [(_("To the front page"), "/")], 409)
        if document.kind == Document.Kind.VOLUME:
            read_logged(request, document, "volume_read")
        elif document.summary_id and document.summary.sent_at is None:
            read_logged(request, document, "summary_file_read")
        response = FileResponse(opened.stream, content_type=opened.media_type)
        response["Content-Disposition"] = content_disposition(opened.name)
        response["Content-Length"] = str(opened.size)
        response["Cache-Control"] = "private, no-store"
        return response


class DocumentRetry(DocumentView):
    """Put a file that could not be made back in the queue."""

    right = "home.read"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = self.get_object()
        document_services.document_retry(document=document, actor=request.user, now=self.now)
        if document.summary_id:
            return redirect("summary_detail", document.summary_id)
        return redirect("report_receipt", document.submission.report_id)

"""The versions of a document beside each other: which figures differ, with what was written about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reporting.documents import build
from reporting.documents.changed import ChangedFigure, changed_figures
from reporting.documents.content import Content, Figure
from reporting.models import NationalSummary

OTHERS = 20


def versions_context(
    view: Any, summary: NationalSummary, language: str, content: Content, link: Callable[[Figure], str | None]
) -> dict[str, Any]:
    """The other versions that the reader may see, the one that is compared (``?mot=2``; else the one that this one
    replaces, or the one before it), and the figures that differ, each with the address of what is behind it."""
    rows = view.rows(NationalSummary).filter(kind=summary.kind, round=summary.round_id, frozen_at__isnull=False)
    rows = rows.exclude(pk=summary.pk).select_related("round").defer(*NationalSummary.KEPT)
    others = list(rows.order_by("-version")[:OTHERS])
    other = _chosen(others, view.request.GET.get("mot", ""), summary)
    if other is None:
        return {"others": others, "other": None}
    changes = changed_figures(build.summary_content(other, language, sheets=False), content)
    tables = [
        {"title": table.title, "lines": [_line(figure, link) for figure in table.figures]} for table in changes.tables
    ]
    return {"others": others, "other": other, "changes": changes, "changed_tables": tables}


def _chosen(others: list[NationalSummary], wanted: str, summary: NationalSummary) -> NationalSummary | None:
    for entry in others:
        if wanted and str(entry.version) == wanted:
            return entry
    for entry in others:
        if summary.replaces_id == entry.pk:
            return entry
    return next((entry for entry in others if entry.version < summary.version), None)


def _line(changed: ChangedFigure, link: Callable[[Figure], str | None]) -> dict[str, Any]:
    url = link(changed.new) if changed.new is not None else None
    return {"figure": changed, "url": url}

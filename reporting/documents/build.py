"""From a summary's row to its stored Content in both languages, and from a stored Content to a file's bytes.

The Content is stored with its hash before anything is drawn (idea 6), so page, PDF, Word, Excel and JSON are the
same figures, and what was sent can be drawn again unchanged.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext

from reporting.models import Document, NationalSummary, SummaryContent

from .collect import collect
from .collect_registers import register_ids
from .compute import compute
from .content import Content, Figure, content_hash, from_json, to_json
from .content_check import problems
from .facts import Facts
from .render import render

LANGUAGES = ("nb", "nn")
FORMATS = ("pdf", "docx", "xlsx", "json")

Step = Callable[[str], None]
"""Called as the work comes to a new step: ``collect``, ``compute`` or ``store``."""


class BuildRefused(Exception):
    """What can be expected to stop a document, by a code that ``services.documents.SENTENCES`` explains."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Built:
    """What a build came to: the frozen sets, and the canonical JSON of each language."""

    facts: Facts
    canonical: dict[str, str]


def build(summary: NationalSummary, *, now: dt.datetime, step: Step = lambda name: None) -> Built:
    """Collect and compute the summary, without storing anything. Raises BuildRefused when no report has come in."""
    step("collect")
    facts = _snapshot(summary, now)
    if not any(report.submission for report in facts.reports if report.round == facts.round.date):
        raise BuildRefused("no_submissions")
    step("compute")
    canonical = {}
    for language in LANGUAGES:
        with translation.override(language):
            content = compute(facts, language, gettext)
        wrong = problems(content)
        if wrong:
            raise ValueError("the summary does not hang together: " + "; ".join(wrong[:5]))
        canonical[language] = to_json(content)
    return Built(facts, canonical)


def _snapshot(summary: NationalSummary, now: dt.datetime) -> Facts:
    """All facts as of one moment: one transaction, that sees the same rows from its first query to its last."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return collect(summary.round, frozen_at=now, version=summary.version, assessment=summary.assessment)


def store(summary: NationalSummary, built: Built) -> None:
    """Keep the frozen sets and the Content. Call it inside the transaction that ends the building."""
    summary.submission_ids = list(built.facts.submission_ids)
    summary.register_ids = register_ids(built.facts)
    summary.as_of = built.facts.round.date
    summary.frozen_at = built.facts.frozen_at
    summary.save(update_fields=["submission_ids", "register_ids", "as_of", "frozen_at"])
    SummaryContent.objects.bulk_create(
        SummaryContent(summary=summary, language=language, canonical=text, content_hash=content_hash(text))
        for language, text in built.canonical.items()
    )


def summary_content(summary: NationalSummary, language: str, *, sheets: bool = True) -> Content:
    """The stored Content in ``nb`` or ``nn``; a page leaves out the workbook's own ``sheets``, most of its weight.

    Raises SummaryContent.DoesNotExist before the summary is made.
    """
    row = SummaryContent.objects.get(summary=summary, office=None, language="nn" if language.startswith("nn") else "nb")
    if sheets:
        return from_json(row.canonical)
    plain = json.loads(row.canonical)
    plain["sheets"] = []
    return from_json(json.dumps(plain))


def content_of(document: Document) -> Content:
    """What a document is drawn from."""
    if document.summary is not None:
        return summary_content(document.summary, document.language)
    if document.submission is not None:
        from .receipt import receipt_content

        with translation.override(document.language):
            return receipt_content(document.submission, document.language)
    raise BuildRefused("no_source")


def draw(document: Document) -> bytes:
    """The bytes of a document. A summary's figures lead to their pages in the portal."""
    content = content_of(document)
    links = figure_link(document.summary) if document.summary is not None else None
    return render(content, document.format, links=links)  # type: ignore[arg-type]


def figure_link(summary: NationalSummary, base: str | None = None) -> Callable[[Figure], str | None]:
    """The address of the page behind each figure, absolute by ``base`` (the site's own when None)."""
    site = settings.PORTAL_BASE_URL if base is None else base

    def link(figure: Figure) -> str | None:
        if not figure.ref or figure.source is None:
            return None
        try:
            return site + reverse("figure_detail", args=[summary.pk, figure.ref, figure.row])
        except NoReverseMatch:
            return None

    return link

"""From a summary's row to its stored Content in both languages, and from a stored Content to a file's bytes.

The Content is stored with its hash before anything is drawn (idea 6), so page, PDF, Word, Excel and JSON are the
same figures, and what was sent can be drawn again unchanged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from municipalities.models import Office
from reporting.models import Document, NationalSummary, SummaryContent

from .added import with_added
from .collect import collect
from .collect_registers import register_ids
from .collect_volume import collect_volumes
from .compute import compute
from .content import Content, Figure, content_hash, from_json, stored, to_json
from .content_check import problems
from .facts import Composed, Facts
from .freeze import kept
from .freeze_volume import kept_volumes
from .inputs import inputs_hash, rules_of
from .render import FigureUrl, render
from .volume import volumes
from .volume_facts import VolumeFacts

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
    """What a build came to: the frozen sets, and the canonical JSON of each language; ``volumes`` that of each region's
    volume, by the office's key and language; ``inputs`` the hash over all it was computed from, and ``registers`` what
    is kept of that by value."""

    facts: Facts
    canonical: dict[str, str]
    volumes: dict[tuple[str, str], str] = field(default_factory=dict)
    inputs: str = ""
    registers: dict[str, Any] = field(default_factory=dict)


def build(summary: NationalSummary, *, now: dt.datetime, step: Step = lambda name: None) -> Built:
    """Collect and compute the summary, without storing anything. Raises BuildRefused when no report has come in."""
    step("collect")
    facts, found = _snapshot(summary, now)
    if not any(report.submission for report in facts.reports if report.round == facts.round.date):
        raise BuildRefused("no_submissions")
    step("compute")
    canonical, regions = {}, {}
    registers = {**register_ids(facts), **kept(facts, summary.round.form_version_id)}
    if found is not None:
        registers |= kept_volumes(facts, found)
    for language in LANGUAGES:
        with translation.override(language):
            note = compute(facts, language, gettext)
            canonical[language] = _checked(note)
            for office, content in volumes(facts, found, language, gettext) if found else ():
                regions[office, language] = _checked(content)
    inputs = inputs_of(facts, note, map(content_hash, regions.values()))
    return Built(facts, canonical, regions, inputs, registers)


def inputs_of(facts: Facts, note: Content, volume_hashes: Iterable[str]) -> str:
    """The hash over what a summary is computed from. A volume holds neither version nor moment, so that its own hash
    stands for what it is computed from."""
    return inputs_hash(facts, rules_of([note]), sorted(volume_hashes))


def unchanged(summary: NationalSummary) -> bool:
    """Whether a build of this moment would come to what ``summary``, a version that was made, says already.

    It is built again with the moment and the number of that version and without storing anything, so that changed rules
    and words of the portal are seen as well as changed rows.
    """
    if summary.frozen_at is None:
        return False
    try:
        built = build(summary, now=summary.frozen_at)
    except BuildRefused:
        return False
    again = {(None, language): content_hash(text) for language, text in built.canonical.items()}
    again |= {key: content_hash(text) for key, text in built.volumes.items()}
    rows = summary.contents.values_list("office__key", "language", "content_hash")
    return again == {(office, language): digest for office, language, digest in rows}


def _checked(content: Content) -> str:
    """Its canonical JSON. Raises ValueError where it does not hang together."""
    wrong = problems(content)
    if wrong:
        raise ValueError("the summary does not hang together: " + "; ".join(wrong[:5]))
    return to_json(content)


def _snapshot(summary: NationalSummary, now: dt.datetime) -> tuple[Facts, VolumeFacts | None]:
    """All facts as of one moment: one transaction, that sees the same rows from its first query to its last."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        facts = facts_of(summary, now)
        return facts, collect_volumes(facts) if summary.kind == NationalSummary.Kind.HALF_YEAR else None


def facts_of(summary: NationalSummary, moment: dt.datetime) -> Facts:
    """The facts as they stand now, for the version ``summary``; ``moment`` is written on them in Oslo's time."""
    taken = timezone.localtime(moment, timezone.get_default_timezone())
    return with_added(collect(summary.round, frozen_at=taken, version=summary.version, composed=Composed.of(summary)))


def store(summary: NationalSummary, built: Built) -> None:
    """Keep the frozen sets and the Content. Call it inside the transaction that ends the building."""
    summary.submission_ids = list(built.facts.submission_ids)
    summary.register_ids = built.registers
    summary.inputs_hash = built.inputs
    summary.as_of = built.facts.round.date
    summary.frozen_at = built.facts.frozen_at
    summary.save(update_fields=["submission_ids", "register_ids", "inputs_hash", "as_of", "frozen_at"])
    SummaryContent.objects.bulk_create(
        SummaryContent(summary=summary, language=language, canonical=text, content_hash=content_hash(text))
        for language, text in built.canonical.items()
    )
    offices = dict(Office.objects.get_queryset().values_list("key", "pk"))
    SummaryContent.objects.bulk_create(
        SummaryContent(
            summary=summary, office_id=offices[office], language=language, canonical=text,
            content_hash=content_hash(text),
        )
        for (office, language), text in built.volumes.items()
    )  # fmt: skip


def summary_content(summary: NationalSummary, language: str, *, sheets: bool = True) -> Content:
    """The stored Content in ``nb`` or ``nn``; a page leaves out the workbook's own ``sheets``, most of its weight.

    Raises SummaryContent.DoesNotExist before the summary is made.
    """
    row = SummaryContent.objects.get(summary=summary, office=None, language="nn" if language.startswith("nn") else "nb")
    if sheets:
        return stored(row.canonical)
    return _without_sheets(row.canonical)


def content_of(document: Document) -> Content:
    """What a document is drawn from."""
    if document.office_id is not None:
        rows = SummaryContent.objects.filter(
            summary=document.summary, office=document.office_id, language=document.language
        )
        return stored(rows.get().canonical)
    if document.summary is not None:
        return summary_content(document.summary, document.language)
    if document.submission is not None:
        from .receipt import receipt_content

        with translation.override(document.language):
            return receipt_content(document.submission, document.language)
    raise BuildRefused("no_source")


def draw(document: Document) -> bytes:
    """The bytes of a document. A note's figures lead to their pages in the portal; a volume's do not, for those pages
    are one version's, and the volume may be the same in several."""
    whole = document.summary is not None and document.office_id is None
    links = figure_link(document.summary) if whole else None
    if document.summary is not None and document.format == "pdf":
        return _draw_pdf(document, links)
    return render(content_of(document), document.format, links=links)  # type: ignore[arg-type]


def _draw_pdf(document: Document, links: FigureUrl | None) -> bytes:
    """A PDF shows no sheets and carries the whole Content as text: so the sheets, most of its weight, are not held
    while the pages are laid out."""
    rows = SummaryContent.objects.filter(summary=document.summary, office=document.office_id)
    canonical = rows.get(language=document.language).canonical
    return render(_without_sheets(canonical), "pdf", links=links, canonical=canonical)


def _without_sheets(canonical: str) -> Content:
    return replace(from_json(canonical), sheets=())


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

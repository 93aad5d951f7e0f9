"""The volumes of a summary and the delivery that gathers all its files: asked for, cancelled, used again, packed.

Each file is a Document row and a job of its own, so several workers draw at once and one that fails is tried again
alone. The delivery of a language is drawn by whichever job finishes the last of its parts. A volume with the same
content, drawn by the same renderer for an earlier version, is not drawn again: its row points at the same file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.filestore import NotThere, open_file
from municipalities.models import User
from municipalities.services import office_names
from municipalities.transitions import log
from reporting.documents import build
from reporting.documents.formats import format_date
from reporting.documents.renderer import fingerprint
from reporting.models import Document, NationalSummary, SummaryContent

VOLUME_FORMATS = ("pdf", "docx", "xlsx")
CONTENTS, HASHES = {"nb": "Innhold.html", "nn": "Innhald.html"}, "SHA256SUMS"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of the archive: a clock would make two packings differ."""

_Kind, _Status = Document.Kind, Document.Status
_unfinished = (
    Document.objects.get_queryset()
    .filter(summary=OuterRef("summary"), language=OuterRef("language"), kind__in=(_Kind.SUMMARY, _Kind.VOLUME))
    .exclude(status=_Status.DONE)
)
INCOMPLETE = Q(kind=_Kind.DELIVERY) & Q(Exists(_unfinished))
"""A delivery that waits for one of its parts."""


class NothingToDeliver(Exception):
    """The summary is not made, or has no volumes (a yearly report, or a note from before there were any)."""


def delivery_request(
    *,
    summary: NationalSummary,
    actor: User | None,
    now: dt.datetime,
    languages: Collection[str] = build.LANGUAGES,
) -> list[Document]:
    """Ask for the volumes and the delivery of a made summary, in these languages. Returns the deliveries.

    Whoever asks second gets the same rows: what is made or being made is left alone, what was cancelled or failed is
    put in the queue again. ``actor`` None is the portal itself. Raises PermissionDenied, and NothingToDeliver.
    """
    if actor is not None and not (decision := can(actor, "summary.build", summary, today=timezone.localdate(now))):
        raise PermissionDenied(decision.reason)
    with transaction.atomic():
        every = NationalSummary.objects.across_all(reason="one delivery at a time")
        locked = every.select_for_update().get(pk=summary.pk)
        contents = list(
            SummaryContent.objects.filter(summary=locked, office__isnull=False, language__in=languages)
            .order_by(Length("canonical").desc(), "pk")  # the longest first, so that the workers end together
            .values_list("office_id", "office__key", "language", "content_hash")
        )
        if locked.status not in NationalSummary.MADE or not contents:
            raise NothingToDeliver
        rows = Document.objects.get_queryset()
        known = {row.key for row in rows.filter(summary=locked)}
        wanted = _rows(locked, contents, languages, actor, now)
        new = rows.bulk_create(row for row in wanted if row.key not in known)
        _start(locked, actor, now)
        if new:
            log(locked, "deliver", actor=actor, now=now, to_state=locked.status, from_state=locked.status)
    return list(rows.filter(summary=summary, kind=_Kind.DELIVERY, language__in=languages).order_by("language"))


def _rows(
    summary: NationalSummary,
    contents: list[tuple[int, str, str, str]],
    languages: Collection[str],
    actor: User | None,
    now: dt.datetime,
) -> list[Document]:
    common: dict[str, Any] = {"summary": summary, "requested_by": actor, "requested_at": now}
    volumes = [
        Document(
            kind=_Kind.VOLUME, format=fmt, language=language, input_key=f"summary:{summary.pk}/{key}",
            office_id=office, content_hash=digest, **common,
        )
        for fmt in VOLUME_FORMATS
        for office, key, language, digest in contents
    ]  # fmt: skip
    deliveries = [
        Document(
            kind=_Kind.DELIVERY, format="zip", language=language, input_key=f"summary:{summary.pk}", **common
        )
        for language in languages
    ]  # fmt: skip
    return [*volumes, *deliveries]


def _start(summary: NationalSummary, actor: User | None, now: dt.datetime) -> None:
    """Queue what is neither made nor being made; what was drawn before is taken at once."""
    from reporting.tasks import render_document

    rows = Document.objects.get_queryset().filter(summary=summary, kind__in=(_Kind.VOLUME, _Kind.DELIVERY))
    rows.filter(status__in=(_Status.CANCELLED, _Status.FAILED)).update(
        status=_Status.QUEUED, progress=0, error="", attempts=0, heartbeat_at=None, requested_by=actor,
        requested_at=now,
    )  # fmt: skip
    for document in rows.filter(status=_Status.QUEUED, kind=_Kind.VOLUME).order_by("pk"):
        if not reuse(document, now=now):
            render_document.start(document.pk, queue="summaries")
    for ready in rows.filter(status=_Status.QUEUED, kind=_Kind.DELIVERY).exclude(INCOMPLETE):
        render_document.start(ready.pk, queue="summaries")


def delivery_cancel(*, summary: NationalSummary, actor: User, now: dt.datetime) -> int:
    """Stop the volumes and the delivery that are not made yet: those that wait are not begun, and a worker that is
    drawing one throws it away. Returns how many. Raises PermissionDenied."""
    if not (decision := can(actor, "summary.build", summary, today=timezone.localdate(now))):
        raise PermissionDenied(decision.reason)
    rows = Document.objects.get_queryset().filter(summary=summary, kind__in=(_Kind.VOLUME, _Kind.DELIVERY))
    with transaction.atomic():
        stopped: int = rows.filter(status__in=(_Status.QUEUED, _Status.RUNNING)).update(
            status=_Status.CANCELLED, progress=0, finished_at=now
        )
        if stopped:
            log(summary, "deliver_cancel", actor=actor, now=now, from_state=summary.status, to_state=summary.status)
    return stopped


# --- used again -----------------------------------------------------------------------------------


def reuse(document: Document, *, now: dt.datetime) -> bool:
    """Give a volume the file that the same renderer has drawn of the same content. Returns whether there was one.

    Only a row that waits or runs gets it. The other row is locked, so that the cleaning cannot take the file away in
    the same moment."""
    if document.kind != _Kind.VOLUME or not document.content_hash:
        return False
    with transaction.atomic():
        rows = Document.objects.get_queryset()
        twin = (
            rows.select_for_update()
            .filter(
                kind=_Kind.VOLUME, format=document.format, language=document.language, status=_Status.DONE,
                content_hash=document.content_hash, renderer=fingerprint(),
            )
            .exclude(pk=document.pk)
            .order_by("pk")
            .first()
        )  # fmt: skip
        if twin is None or not is_there(twin.file):
            return False
        mine = rows.filter(pk=document.pk, status__in=(_Status.QUEUED, _Status.RUNNING))
        return bool(
            mine.update(
                status=_Status.DONE, progress=100, finished_at=now, file=twin.file, file_name=twin.file_name,
                size=twin.size, sha256=twin.sha256, renderer=twin.renderer, error="",
            )
        )  # fmt: skip


def is_there(file: str) -> bool:
    """Whether the file that a row names is on the disk."""
    try:
        open_file(file).close()
    except NotThere:
        return False
    return True


def part_done(document: Document) -> None:
    """Start the delivery that waited for this file alone. Two workers may both start it; one gets it."""
    from reporting.tasks import render_document

    if document.summary_id is None or document.kind == _Kind.DELIVERY:
        return
    rows = Document.objects.get_queryset().filter(
        summary=document.summary_id, language=document.language, kind=_Kind.DELIVERY, status=_Status.QUEUED
    )
    for pk in rows.exclude(INCOMPLETE).values_list("pk", flat=True):
        render_document.start(pk, queue="summaries")


def packed_again(part: Document, queued: Mapping[str, Any]) -> None:
    """Put the delivery that held a lost ``part`` back in the queue (the values of a row that waits): it is packed when
    the part is drawn, and says its hash anew."""
    if part.summary_id is None or part.kind == _Kind.DELIVERY:
        return
    rows = Document.objects.get_queryset().filter(summary=part.summary_id, language=part.language)
    rows.filter(kind=_Kind.DELIVERY, status=_Status.DONE).update(**queued)


def volume_words(document: Document) -> str:
    """What a volume's file is called, in the language in use; nothing of the version, for it may be in several."""
    if document.summary is None or document.office_id is None:
        raise build.BuildRefused("no_source")
    name = office_names(document.summary.as_of)[document.office_id].short_name
    day = format_date(document.summary.as_of).replace("\u00a0", " ")
    words = _("Leve hele livet, %(region)s %(day)s") % {"region": name, "day": day}
    return f"{words}, {dict(settings.LANGUAGES)[document.language].lower()}"


# --- the archive ----------------------------------------------------------------------------------


def parts_of(document: Document) -> list[Document]:
    """The files of a delivery in their order: the note's, then the regions' in the offices' order."""
    rows = Document.objects.get_queryset().filter(
        summary=document.summary_id, language=document.language, kind__in=(_Kind.SUMMARY, _Kind.VOLUME)
    )
    order = [*build.FORMATS]
    return sorted(
        rows.select_related("office"),
        key=lambda row: (row.office.order if row.office else 0, order.index(row.format)),
    )


def pack(document: Document) -> bytes:
    """The archive: every file of the summary in the document's language, a list of contents, and a list of SHA-256 as
    ``sha256sum -c`` reads it. The same files give the same bytes.

    Raises BuildRefused where a part is not made, or its file is gone or is not the one that was written."""
    parts = parts_of(document)
    if document.summary is None or not parts:
        raise build.BuildRefused("no_source")
    if any(part.status != _Status.DONE for part in parts):
        raise build.BuildRefused("no_part")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, translation.override(document.language):
        sums, lines = [], []
        for part in parts:
            name = f"{_('Regions') if part.office_id else _('Note')}/{part.file_name}"
            data = _read(part)
            _put(archive, name, data)
            sums.append(f"{part.sha256}  {name}\n")
            lines.append((part, name))
        contents = render_to_string("documents/delivery.html", _contents(document, lines))
        _put(archive, CONTENTS[document.language], contents.encode())
        _put(archive, HASHES, "".join(sums).encode())
    return out.getvalue()


def _read(part: Document) -> bytes:
    try:
        with open_file(part.file) as file:
            data = file.read()
    except NotThere:
        raise build.BuildRefused("no_part") from None
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise build.BuildRefused("no_part")
    return data


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # the same on every machine
    entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith((".json", ".html")) else zipfile.ZIP_STORED
    archive.writestr(entry, data)


def _contents(document: Document, lines: list[tuple[Document, str]]) -> dict[str, Any]:
    summary = document.summary
    names = office_names(summary.as_of) if summary else {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for part, name in lines:
        group = names[part.office_id].short_name if part.office_id else _("The note")
        groups.setdefault(group, []).append(
            {"name": part.file_name, "path": name, "size": part.size, "sha256": part.sha256, "format": part.format}
        )
    return {
        "summary": summary, "groups": list(groups.items()), "lang": {"nb": "nb-NO", "nn": "nn-NO"}[document.language],
        "day": format_date(summary.as_of) if summary else "", "sample": settings.PORTAL_DEMO, "hashes": HASHES,
    }  # fmt: skip


# --- for the regions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Volumes:
    """The volumes of one summary that somebody may read: each region's short name with its files."""

    summary: NationalSummary
    regions: list[tuple[str, list[Document]]]


def volumes_for(*, user: Any, today: dt.date) -> Volumes | None:
    """The volumes of the newest summary that is approved or sent and not withdrawn, as far as ``user`` may read them;
    None where there are none. Raises PermissionDenied."""
    if not (decision := can(user, "volume.read", today=today)):
        raise PermissionDenied(decision.reason)
    settled = Q(summary__status=NationalSummary.Status.APPROVED) | Q(summary__status=NationalSummary.Status.SENT)
    seen = Document.objects.visible_to(user, today=today).filter(settled, kind=_Kind.VOLUME, status=_Status.DONE)
    newest = seen.order_by("-summary__round__reference_date", "-summary__version").first()
    if newest is None:
        return None
    rows = seen.filter(summary=newest.summary_id).select_related("summary__round")
    rows = rows.defer(*(f"summary__{name}" for name in NationalSummary.KEPT))
    names = office_names(newest.summary.as_of)
    found: dict[int, list[Document]] = {office: [] for office in names}
    for row in sorted(rows, key=lambda row: (row.language, VOLUME_FORMATS.index(row.format))):
        found[row.office_id].append(row)
    regions = [(names[office].short_name, files) for office, files in found.items() if files]
    return Volumes(regions[0][1][0].summary, regions)

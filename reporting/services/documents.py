"""Files that jobs make: claimed by one worker, drawn, written whole or not at all, and opened for those who may.

A Document row exists before its job. A worker claims it with one conditional update, so a job that comes twice draws
once. A worker that dies leaves a stale heartbeat: ``jobs_release`` gives the row to a later worker, and after a few
attempts it says failed, which a person can try again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import can
from municipalities.filestore import NotThere, content_disposition, open_file, remove_file, safe_name, write_file
from municipalities.models import User
from reporting.documents import build
from reporting.documents.collector import fewer_collections
from reporting.documents.formats import format_date
from reporting.documents.render import MEDIA_TYPES
from reporting.documents.renderer import fingerprint
from reporting.models import Document, NationalSummary
from reporting.services import delivery

__all__ = ["content_disposition", "remove_file", "safe_name", "write_file"]

log = structlog.get_logger("portal.document")

Clock = Callable[[], dt.datetime]
MAX_ATTEMPTS = 3

SENTENCES = {
    "no_submissions": gettext_lazy("No report has been sent in for this round yet, so there is nothing to sum up."),
    "no_right": gettext_lazy("The person who asked for this may no longer see it."),
    "no_source": gettext_lazy("What the file should be made from is not there."),
    "no_part": gettext_lazy("One of the files that belong in it is not there. Make that file again first."),
    "cleaned": gettext_lazy(
        "This draft has been replaced, and its file was removed to save room. It can be made again."
    ),
    "lost": gettext_lazy("The file is gone from the folder where it was kept. It can be made again."),
    "lost_sent": gettext_lazy(
        "The file is gone from the folder where it was kept. It was sent, so it is fetched from the backup."
    ),
    "too_long": gettext_lazy("It took too long and was stopped. Try again."),
    "given_up": gettext_lazy(
        "The worker stopped several times without finishing. Try again, or tell those who run the portal."
    ),
    "unexpected": gettext_lazy("Something unexpected went wrong. It has been written down. Try again."),
}
"""What stopped a job, for the person who reads the page."""

_Status = Document.Status
_Kind = Document.Kind
RIGHT_BY_KIND = {
    _Kind.SUMMARY: "summary.read", _Kind.VOLUME: "volume.read", _Kind.DELIVERY: "summary.read",
    _Kind.RECEIPT: "report.read",
}  # fmt: skip
RETRY_RIGHTS = {**RIGHT_BY_KIND, _Kind.VOLUME: "summary.build", _Kind.DELIVERY: "summary.build"}


def sentence(code: str) -> str:
    """The sentence of an error's code in the language in use; empty for none."""
    return str(SENTENCES.get(code, SENTENCES["unexpected"])) if code else ""


def is_stuck(row: Document | NationalSummary, now: dt.datetime) -> bool:
    """Whether a running job has given no sign of life for longer than a job may take."""
    return row.heartbeat_at is not None and row.heartbeat_at < now - settings.JOB_STUCK_AFTER


def lost(row: Document, summary: NationalSummary | None) -> str:
    """The code of what is to be said where a document that was made has no file any more; empty where it has. What was
    sent is never drawn anew: the bytes might not be those that were sent."""
    if row.status != _Status.DONE or delivery.is_there(row.file):
        return ""
    return "lost_sent" if summary is not None and summary.sent_at else "lost"


# --- the job --------------------------------------------------------------------------------------


def document_render(*, pk: int, clock: Clock) -> bool:
    """Draw one document, unless it is done or another worker has it. Returns whether it was drawn now.

    Expected failures become a status and a sentence; an unexpected one too, and is raised for the log.
    """
    now = clock()
    claim = _claim(pk, now)
    if not claim:
        return False
    rows = Document.objects.get_queryset().select_related("summary__round", "submission", "requested_by")
    document = rows.defer(*(f"summary__{name}" for name in NationalSummary.KEPT)).get(pk=pk)
    mine = Document.objects.get_queryset().filter(pk=pk, status=_Status.RUNNING, claim=claim)
    try:
        _require_reader(document, now)
        if delivery.reuse(document, now=now):
            delivery.part_done(document)
            return True
        with fewer_collections():
            data = delivery.pack(document) if document.kind == _Kind.DELIVERY else build.draw(document)
        mine.update(progress=90, heartbeat_at=clock())
        name = write_file(data, document.format)
    except build.BuildRefused as refused:
        mine.update(status=_Status.FAILED, error=refused.code)
        return False
    except SoftTimeLimitExceeded:
        mine.update(status=_Status.FAILED, error="too_long")
        raise
    except Exception:
        mine.update(status=_Status.FAILED, error="unexpected")
        raise
    done = mine.update(
        status=_Status.DONE, progress=100, finished_at=clock(), file=name, file_name=file_name(document),
        size=len(data), sha256=hashlib.sha256(data).hexdigest(), error="", renderer=fingerprint(),
    )  # fmt: skip
    if not done:  # it was cancelled, or another worker took the row over while this one was thought dead
        remove_file(name)
        return False
    delivery.part_done(document)
    return True


def _claim(pk: int, now: dt.datetime) -> int:
    """Take the job up. Returns the number of the claim, which no other worker ever gets for this row; 0 where the job
    is not to be had."""
    waiting = Q(status=_Status.QUEUED)
    abandoned = Q(status=_Status.RUNNING, heartbeat_at__lt=now - settings.JOB_STUCK_AFTER)
    rows = Document.objects.get_queryset().filter(waiting | abandoned, pk=pk).exclude(delivery.INCOMPLETE)
    last = rows.values_list("claim", flat=True).first()
    if last is None:
        return 0
    taken = rows.filter(claim=last).update(
        status=_Status.RUNNING, progress=10, started_at=now, heartbeat_at=now, attempts=F("attempts") + 1,
        claim=last + 1, error="",
    )  # fmt: skip
    return last + 1 if taken else 0


def _require_reader(document: Document, now: dt.datetime) -> None:
    """The requester must still be able to see it: her role may have ended since she asked."""
    user = document.requested_by
    if user is None:
        return
    seen = Document.objects.visible_to(user, today=timezone.localdate(now))
    if not seen.filter(pk=document.pk).exists():
        raise build.BuildRefused("no_right")


def documents_release(*, now: dt.datetime) -> list[int]:
    """The documents that a worker should look at: those that were forgotten, and those whose worker died.

    After ``MAX_ATTEMPTS`` a document that nobody finishes says failed. Documents of a summary that is not made yet
    wait for it, and a delivery for its parts. One that waits in a long queue is named again only after as long a
    wait: it may just be its turn that has not come.
    """
    stale = now - settings.JOB_STUCK_AFTER
    rows = Document.objects.get_queryset()
    abandoned = Q(status=_Status.RUNNING, heartbeat_at__lt=stale)
    rows.filter(abandoned, attempts__gte=MAX_ATTEMPTS).update(status=_Status.FAILED, error="given_up")
    ready = Q(summary__isnull=True) | Q(summary__status__in=NationalSummary.MADE)
    never_named = Q(heartbeat_at__isnull=True, requested_at__lt=stale)
    forgotten = Q(status=_Status.QUEUED) & (never_named | Q(heartbeat_at__lt=stale)) & ready
    found = list(
        rows.filter(abandoned | forgotten).exclude(delivery.INCOMPLETE).order_by("pk").values_list("pk", flat=True)
    )
    rows.filter(pk__in=found, status=_Status.QUEUED).update(heartbeat_at=now)
    return found


def document_retry(*, document: Document, actor: User, now: dt.datetime) -> None:
    """Put a document that failed, was cancelled or abandoned, or whose file is lost, back in the queue, asked for by
    ``actor`` from now on.

    Raises PermissionDenied when she may not see it; does nothing where it waits, runs or has its file.
    """
    from reporting.tasks import render_document

    decision = can(actor, RETRY_RIGHTS[_Kind(document.kind)], document, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    abandoned = Q(status=_Status.RUNNING, heartbeat_at__lt=now - settings.JOB_STUCK_AFTER)
    with transaction.atomic():
        stopped = Q(status__in=(_Status.FAILED, _Status.CANCELLED))
        queued = {
            "status": _Status.QUEUED, "progress": 0, "error": "", "attempts": 0, "requested_by": actor,
            "requested_at": now, "heartbeat_at": None,
        }  # fmt: skip
        if lost(document, document.summary) == "lost":
            stopped |= Q(status=_Status.DONE, file=document.file)
            delivery.packed_again(document, queued)
        rows = Document.objects.get_queryset().filter(stopped | abandoned, pk=document.pk)
        again = rows.update(**queued)
        if again:
            render_document.start(document.pk, queue="summaries" if document.summary_id else None)


# --- files ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenDocument:
    """A file that may be read: the open stream, its name for the reader, its type and size in bytes."""

    stream: IO[bytes]
    name: str
    media_type: str
    size: int


class NotReady(Exception):
    """The document is not made yet, or its file is gone."""


def document_open(*, document: Document, user: Any, today: dt.date) -> OpenDocument:
    """The document's file for ``user``. Raises PermissionDenied when she may not read it, NotReady when there is
    no file. Whether she sees the row at all is asked by ``Document.objects.visible_to`` before."""
    decision = can(user, RIGHT_BY_KIND[_Kind(document.kind)], document, today=today)
    if not decision:
        raise PermissionDenied(decision.reason)
    if document.status != _Status.DONE:
        raise NotReady
    try:
        stream = open_file(document.file)
    except NotThere:
        log.error("a document's file is gone", document=document.pk)
        raise NotReady from None
    return OpenDocument(
        stream, document.file_name, {**MEDIA_TYPES, "zip": "application/zip"}[document.format], document.size
    )


def file_name(document: Document) -> str:
    """What the file is called when it is saved."""
    with translation.override(document.language):
        if document.kind == _Kind.VOLUME:
            return safe_name(delivery.volume_words(document), document.format)
        if document.summary is not None:
            day = format_date(document.summary.as_of).replace("\u00a0", " ")
            words = _("Leve hele livet, status on %(day)s, version %(version)s") % {
                "day": day,
                "version": document.summary.version,
            }
            return safe_name(f"{words}, {dict(settings.LANGUAGES)[document.language].lower()}", document.format)
        return safe_name(build.content_of(document).title, document.format)

"""Documents of a plan decision: taken in when they are what they should be, kept privately, given back to readers."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import IO, Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from municipalities import archives
from municipalities.archives import MEGABYTE
from municipalities.filestore import (
    LARGEST_UPLOAD,
    NotThere,
    kind_of,
    open_file,
    remove_file,
    safe_name,
    write_file,
)
from municipalities.models import Municipality, PlanDecision, PlanDocument
from municipalities.services.dated import EntryRefused, refuse
from municipalities.services.decisions import DecisionEntry, decision_enter
from municipalities.services.registers import register_lock
from municipalities.transitions import log as event
from municipalities.virus import virus_fault

log = structlog.get_logger("portal.document")

MOST = 10
"""Documents of one decision."""

FIELD = "document"


@dataclass(frozen=True)
class Upload:
    """A file as it came: the name its owner gave it, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class OpenPlanDocument:
    """A document that is read: the open file, its name, media type and size in bytes."""

    stream: IO[bytes]
    name: str
    media_type: str
    size: int


def size_fault(name: str, size: int) -> str:
    """What is wrong with a file's size in bytes; asked before it is read."""
    if size > LARGEST_UPLOAD:
        text = _("%(name)s is larger than %(most)s MB. Put it on the net, and write the address instead.")
        return text % {"name": name, "most": LARGEST_UPLOAD // MEGABYTE}
    return "" if size else _("%(name)s is empty.") % {"name": name}


def room_fault() -> str:
    """That a decision has no room for so many documents; asked before they are read."""
    return _("A decision has room for %(most)s documents.") % {"most": MOST}


def upload_fault(upload: Upload) -> str:
    """What is wrong with a file: its size, that it is not one of the four kinds (its name says nothing), what it
    unpacks to, or a virus in it. Empty when it may be kept."""
    if fault := size_fault(upload.name, len(upload.data)):
        return fault
    kind = kind_of(upload.data)
    if kind is None:
        text = _(
            "%(name)s cannot be taken in. Choose a PDF, or a document or workbook without macros (docx, odt, xlsx)."
        )
        return text % {"name": upload.name}
    if kind.suffix != "pdf":
        try:
            archives.judge(upload.data, archives.DOCUMENT)
        except archives.ArchiveRefused as refused:
            return _inside_fault(refused.code) % {"name": upload.name}
    if fault := virus_fault(upload.data):
        return f"{upload.name}: {fault}"
    return ""


def _inside_fault(code: str) -> str:
    """What is wrong inside a document, with a place for its name."""
    if code == archives.LOCKED:
        return _("%(name)s has a password. Save it without one.")
    if code in (archives.BOMB, archives.NESTED):
        return _("%(name)s unpacks to far more than a document holds. Save it as a PDF, and send in that.")
    if code == archives.DECLARES:
        return _("%(name)s holds definitions that a document does not need. Save it as a PDF, and send in that.")
    return _("%(name)s is damaged. Open it, save it anew, and send in that.")


def decision_with_documents(
    *, municipality: Municipality, entry: DecisionEntry, uploads: list[Upload], actor: Any, now: dt.datetime
) -> PlanDecision:
    """Register a decision together with its documents: both or neither. Raises EntryRefused as each of them does."""
    with transaction.atomic():
        decision = decision_enter(municipality=municipality, entry=entry, actor=actor, now=now)
        documents_add(decision=decision, uploads=uploads, actor=actor, now=now)
        return decision


def documents_add(*, decision: PlanDecision, uploads: list[Upload], actor: Any, now: dt.datetime) -> list[PlanDocument]:
    """Keep the files with the decision; one that is there already is not kept twice.

    All or none: raises EntryRefused (``document``) for the first file that cannot be taken in, or too many.
    """
    faults = [fault for fault in map(upload_fault, uploads) if fault]
    refuse({FIELD: faults[0]} if faults else {})
    written: list[str] = []
    target: Any = decision
    try:
        with transaction.atomic():
            register_lock(target.municipality_id)
            there = {row.sha256: row for row in target.documents.all()}
            if sum(1 for row in there.values() if row.removed_at is None) + len(uploads) > MOST:
                raise EntryRefused({FIELD: room_fault()})
            added = [_keep(decision, upload, there, written, actor, now) for upload in uploads]
    except BaseException:
        for name in written:
            remove_file(name)
        raise
    return [row for row in added if row is not None]


def _keep(
    decision: PlanDecision, upload: Upload, there: dict[str, Any], written: list[str], actor: Any, now: dt.datetime
) -> PlanDocument | None:
    digest = hashlib.sha256(upload.data).hexdigest()
    known = there.get(digest)
    if known is not None and known.removed_at is None:
        return None
    kind = kind_of(upload.data)
    assert kind is not None  # upload_fault has seen to it  # noqa: S101
    stem = upload.name.rpartition(".")[0] or upload.name
    row = known or PlanDocument(decision=decision, sha256=digest)
    row.file = write_file(upload.data, kind.suffix)
    written.append(row.file)
    row.file_name, row.media_type, row.size = safe_name(stem, kind.suffix), kind.media_type, len(upload.data)
    row.uploaded_by, row.uploaded_at, row.removed_at = actor, now, None
    row.save()
    there[digest] = row
    event(decision, "document_added", actor=actor, now=now, note=row.file_name, content_hash=digest)
    return row


def document_remove(*, document: PlanDocument, actor: Any, now: dt.datetime) -> None:
    """Take a document away: its bytes are deleted after the commit, and the Event keeps its name and hash."""
    with transaction.atomic():
        decision: Any = document.decision
        register_lock(decision.municipality_id)
        row = PlanDocument.objects.across_all(reason="take a document away").select_for_update().get(pk=document.pk)
        if row.removed_at is not None:
            return
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        event(decision, "document_removed", actor=actor, now=now, note=row.file_name, content_hash=row.sha256)
        transaction.on_commit(lambda: remove_file(row.file))


def document_read(document: PlanDocument) -> OpenPlanDocument:
    """Open a document for one who may read it. Raises NotThere when it was taken away, or its file is gone."""
    if document.removed_at is not None:
        raise NotThere
    try:
        stream = open_file(document.file)
    except NotThere:
        log.error("a plan document's file is gone", document=document.pk)
        raise
    return OpenPlanDocument(stream, document.file_name, document.media_type, document.size)

"""Which files are removed, and when.

* The files of a draft that another version has replaced go after ``DRAFT_FILES_KEPT``. Its words and figures stay, so
  the files can be made again.
* A file on the disk that no row names goes after a day: it was left by a worker that was killed while it wrote.
* A piece of a PDF that no drawing has used for ``PIECES_KEPT`` goes: no document needs it, it only saves time.

The files of what is approved or was sent to the ministry are never removed, nor is one that another row still names.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from municipalities.filestore import remove_file
from municipalities.models import PlanDocument
from reporting.documents import pieces_kept
from reporting.models import Document, NationalSummary, RegionalReport, RegionalSubmission

log = structlog.get_logger("portal.files")

ORPHAN_AFTER = dt.timedelta(days=1)
PIECES_KEPT = dt.timedelta(days=14)
_STATUS = NationalSummary.Status
REASON = "removing files that nobody needs"


@dataclass(frozen=True)
class Cleaned:
    """How many rows lost their file, how many files were removed for that, and how many that no row named; and how many
    pieces of PDFs were removed."""

    rows: int
    files: int
    orphans: int
    pieces: int = 0


def files_clean(*, now: dt.datetime) -> Cleaned:
    """Remove what the rules say. Safe to run at any time, twice, and beside workers that draw."""
    rows = files = 0
    for name in list(_replaced(now).values_list("file", flat=True).distinct()):
        cleared, free = _clear(name, now)
        rows, files = rows + cleared, files + free
    found = Cleaned(rows, files, _orphans(now), _pieces(now))
    if found != Cleaned(0, 0, 0):
        log.info("files removed", **asdict(found))
    return found


def _replaced(now: dt.datetime) -> QuerySet[Document]:
    """The files of drafts that a newer version has replaced; a draft that was never sent is one that is ready, or
    failed in the end."""
    newer = NationalSummary.objects.across_all(reason=REASON).filter(
        kind=OuterRef("summary__kind"), round=OuterRef("summary__round"), version__gt=OuterRef("summary__version"),
        status__in=NationalSummary.MADE,
    )  # fmt: skip
    drafts = Document.objects.across_all(reason=REASON).filter(
        Exists(newer), summary__status=_STATUS.READY, summary__sent_at__isnull=True,
        finished_at__lt=now - settings.DRAFT_FILES_KEPT,
    )  # fmt: skip
    return drafts.exclude(file="")  # type: ignore[no-any-return]


def _clear(name: str, now: dt.datetime) -> tuple[int, int]:
    """Take the file from the rows that need it no more; remove it when no other row names it."""
    with transaction.atomic():
        naming = Document.objects.across_all(reason=REASON).filter(file=name).select_for_update()
        named = set(naming.values_list("pk", flat=True))
        old = set(_replaced(now).filter(pk__in=named).values_list("pk", flat=True))
        Document.objects.across_all(reason=REASON).filter(pk__in=old).update(
            status=Document.Status.CANCELLED, error="cleaned", file="", size=0, sha256="", progress=0
        )
        free = bool(old) and old == named
        if free:
            transaction.on_commit(lambda: remove_file(name))
    return len(old), int(free)


def _orphans(now: dt.datetime) -> int:
    """Remove the files on the disk that no row names. They are listed before the rows, and a file is named within the
    time that a job may run, so one that is being written is never taken. Pieces of PDFs have a rule of their own."""
    root, pieces = Path(settings.DOCUMENT_ROOT), pieces_kept.folder()
    old = _older(root, now - ORPHAN_AFTER, leave=pieces)
    named = _named()
    return _removed(path for path in old if path.relative_to(root).as_posix() not in named)


def _pieces(now: dt.datetime) -> int:
    """Remove the pieces of PDFs that have not been used for a while; a drawing that looks for one draws it anew."""
    return _removed(_older(pieces_kept.folder(), now - PIECES_KEPT))


def _older(root: Path, moment: dt.datetime, leave: Path | None = None) -> list[Path]:
    """The files below ``root`` that were last written, or used, before ``moment``."""
    found = (path for path in root.rglob("*") if leave is None or leave not in path.parents)
    return [path for path in found if _used(path) < moment.timestamp()] if root.is_dir() else []


def _used(path: Path) -> float:
    """The moment of a file as seconds; of no age where it is no file, or another cleaning has just taken it."""
    try:
        return path.stat().st_mtime if path.is_file() else math.inf
    except FileNotFoundError:
        return math.inf


def _removed(paths: Iterable[Path]) -> int:
    removed = 0
    for path in paths:
        path.unlink(missing_ok=True)
        removed += 1
    return removed


def _named() -> set[str]:
    """Every file that a row of any kind names."""
    columns = (
        (Document, "file"), (PlanDocument, "file"), (RegionalReport, "plan_file"), (RegionalSubmission, "plan_file"),
    )  # fmt: skip
    return {
        name
        for model, column in columns
        for name in model.objects.get_queryset().exclude(**{column: ""}).values_list(column, flat=True)
    }

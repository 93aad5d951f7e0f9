"""Which files are removed, and when.

* The files of a draft that another version has replaced go after ``DRAFT_FILES_KEPT``. Its words and figures stay, so
  the files can be made again.
* A file on the disk that no row names goes after a day: it was left by a worker that was killed while it wrote.

The files of what is approved or was sent to the ministry are never removed, nor is one that another row still names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from municipalities.filestore import remove_file
from municipalities.models import PlanDocument
from reporting.models import Document, NationalSummary, RegionalReport, RegionalSubmission

log = structlog.get_logger("portal.files")

ORPHAN_AFTER = dt.timedelta(days=1)
_STATUS = NationalSummary.Status
REASON = "removing files that nobody needs"


@dataclass(frozen=True)
class Cleaned:
    """How many rows lost their file, how many files were removed for that, and how many that no row named."""

    rows: int
    files: int
    orphans: int


def files_clean(*, now: dt.datetime) -> Cleaned:
    """Remove what the rules say. Safe to run at any time, twice, and beside workers that draw."""
    rows = files = 0
    for name in list(_replaced(now).values_list("file", flat=True).distinct()):
        cleared, free = _clear(name, now)
        rows, files = rows + cleared, files + free
    found = Cleaned(rows, files, _orphans(now))
    if any((found.rows, found.files, found.orphans)):
        log.info("files removed", rows=found.rows, files=found.files, orphans=found.orphans)
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
    time that a job may run, so one that is being written is never taken."""
    root = Path(settings.DOCUMENT_ROOT)
    latest = (now - ORPHAN_AFTER).timestamp()
    old = [path for path in _files(root) if path.stat().st_mtime < latest]
    named = _named()
    removed = 0
    for path in old:
        if path.relative_to(root).as_posix() not in named:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file()) if root.is_dir() else iter(())


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

"""The national summary: asked for, built by a job, cancelled, and tried again (``summary_steps`` is what comes after).

A summary is a row first, with its eight Document rows (four formats in two languages). The job stores the Content of
both languages with the frozen sets in the transaction that makes the summary ready, and only then lets the documents
be drawn. A job that comes twice finds the Content and changes nothing.
"""

from __future__ import annotations

import datetime as dt

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import log, perform
from reporting.documents import build
from reporting.documents.content import content_hash
from reporting.documents.facts import day_of
from reporting.models import Document, NationalSummary, Round
from reporting.services.compositions import composition_of, has_yearly_report
from reporting.services.documents import MAX_ATTEMPTS, Clock
from reporting.workflow import SUMMARY

_Status = NationalSummary.Status
STEPS = ("collect", "compute", "store")


class TooEarly(Exception):
    """The yearly report is made when its ``day``, the last one of the year, has been."""

    def __init__(self, day: dt.date) -> None:
        super().__init__("the year is not over")
        self.day = day


class SummaryBusy(Exception):
    """A summary of the round is being made already: ``summary`` is that one."""

    def __init__(self, summary: NationalSummary) -> None:
        super().__init__("being made already")
        self.summary = summary


def summary_request(
    *, round: Round, actor: User | None, now: dt.datetime, kind: str = NationalSummary.Kind.HALF_YEAR
) -> NationalSummary:
    """Ask for a new version of the round's half-year note or yearly report (``kind``): the row with a copy of the
    composition, its documents, and the job after the commit.

    ``actor`` None is the portal itself. Raises PermissionDenied, NoYearlyReport for a round that has none, TooEarly for
    a year that is not over, and SummaryBusy while another version of the same document is being made.
    """
    from reporting.tasks import build_summary

    if actor is not None and not (decision := can(actor, "summary.build", today=timezone.localdate(now))):
        raise PermissionDenied(decision.reason)
    as_of = day_of(kind, round.reference_date)
    if kind == NationalSummary.Kind.YEARLY and has_yearly_report(round) and timezone.localdate(now) <= as_of:
        raise TooEarly(as_of)
    with transaction.atomic():
        locked = Round.objects.across_all(reason="one summary at a time").select_for_update().get(pk=round.pk)
        every = NationalSummary.objects.across_all(reason="one summary at a time")
        versions = every.filter(kind=kind, round=locked)
        busy = versions.filter(status=_Status.BUILDING).first()
        if busy is not None:
            raise SummaryBusy(busy)
        composed = composition_of(kind, locked)
        summary = NationalSummary.objects.get_queryset().create(
            kind=kind,
            round=locked,
            version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
            outline=composed.outline,
            assessment=composed.assessment,
            remarks=composed.remarks,
            risks=composed.risks,
            as_of=as_of,
            requested_by=actor,
            requested_at=now,
        )
        _make_documents(summary, actor, now)
        log(summary, "request", actor=actor, now=now, to_state=_Status.BUILDING)
        build_summary.start(summary.pk)
    return summary


def _make_documents(summary: NationalSummary, actor: User | None, now: dt.datetime) -> None:
    Document.objects.get_queryset().bulk_create(
        Document(
            kind=Document.Kind.SUMMARY, format=fmt, language=language, input_key=f"summary:{summary.pk}",
            summary=summary, requested_by=actor, requested_at=now,
        )
        for language in build.LANGUAGES
        for fmt in build.FORMATS
    )  # fmt: skip


# --- the job --------------------------------------------------------------------------------------


def summary_build(*, pk: int, clock: Clock) -> bool:
    """Build one summary, unless it is built or another worker has it. Returns whether it was built now.

    Run again after it is done it changes nothing. Expected failures become a status and a sentence.
    """
    now = clock()
    claim = _claim(pk, now)
    if not claim:
        return False
    summary = NationalSummary.objects.get_queryset().select_related("round__form_version", "requested_by").get(pk=pk)
    summary.claim = claim  # what another worker may have written since is not this one's
    mine = NationalSummary.objects.get_queryset().filter(pk=pk, status=_Status.BUILDING, claim=claim)

    def step(name: str) -> None:
        mine.update(step=name, heartbeat_at=clock())

    try:
        _require_right(summary, now)
        built = build.build(summary, now=now, step=step)
        step("store")
        return _finish(summary, built, clock())
    except build.BuildRefused as refused:
        _fail(summary, refused.code, clock())
        return False
    except SoftTimeLimitExceeded:
        _fail(summary, "too_long", clock())
        raise
    except Exception:
        _fail(summary, "unexpected", clock())
        raise


def _claim(pk: int, now: dt.datetime) -> int:
    """Take the job up. Returns the number of the claim, which no other worker ever gets for this row; 0 where the job
    is not to be had."""
    free = Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=now - settings.JOB_STUCK_AFTER)
    rows = NationalSummary.objects.get_queryset().filter(free, pk=pk, status=_Status.BUILDING)
    last = rows.values_list("claim", flat=True).first()
    if last is None:
        return 0
    mine = rows.filter(claim=last)
    taken = mine.update(heartbeat_at=now, attempts=F("attempts") + 1, claim=last + 1, step=STEPS[0], error="")
    return last + 1 if taken else 0


def _require_right(summary: NationalSummary, now: dt.datetime) -> None:
    user = summary.requested_by
    if user is not None and not can(user, "summary.build", summary, today=timezone.localdate(now)):
        raise build.BuildRefused("no_right")


def _finish(summary: NationalSummary, built: build.Built, now: dt.datetime) -> bool:
    """Store and make ready in one transaction; a worker that was overtaken meanwhile stores nothing."""
    from reporting.tasks import render_document

    with transaction.atomic():
        locked = NationalSummary.objects.get_queryset().select_for_update().get(pk=summary.pk)
        if locked.status != _Status.BUILDING or locked.claim != summary.claim:
            return False
        build.store(locked, built)
        perform(
            SUMMARY, locked, "built", actor=None, now=now, content_hash=content_hash(built.canonical["nb"]),
            updates={"step": "", "error": ""},
        )  # fmt: skip
        for document in locked.documents.filter(kind=Document.Kind.SUMMARY).order_by("pk"):
            render_document.start(document.pk, queue="summaries")
    return True


def _fail(summary: NationalSummary, code: str, now: dt.datetime) -> None:
    with transaction.atomic():
        locked = NationalSummary.objects.get_queryset().select_for_update().get(pk=summary.pk)
        if locked.status == _Status.BUILDING and locked.claim == summary.claim:
            perform(SUMMARY, locked, "failed", actor=None, now=now, note=code, updates={"error": code, "step": ""})


def summaries_release(*, now: dt.datetime) -> list[int]:
    """The summaries that a worker should look at: forgotten ones, and those whose worker died; after
    ``MAX_ATTEMPTS`` a summary that nobody finishes says failed."""
    stale = now - settings.JOB_STUCK_AFTER
    rows = NationalSummary.objects.get_queryset().filter(status=_Status.BUILDING)
    abandoned = Q(heartbeat_at__lt=stale)
    for summary in rows.filter(abandoned, attempts__gte=MAX_ATTEMPTS):
        _fail(summary, "given_up", now)
    forgotten = Q(heartbeat_at__isnull=True, requested_at__lt=stale)
    return list(rows.filter(abandoned | forgotten).order_by("pk").values_list("pk", flat=True))


# --- what people do -------------------------------------------------------------------------------


def summary_cancel(*, summary: NationalSummary, actor: User, now: dt.datetime) -> None:
    """Stop the making of a summary: the job that comes to it, or that has it, stores nothing.

    Raises WrongState where it is made or not being made, PermissionDenied.
    """
    with transaction.atomic():
        perform(SUMMARY, summary, "cancel", actor=actor, now=now, updates={"step": "", "heartbeat_at": None})


def summary_retry(*, summary: NationalSummary, actor: User, now: dt.datetime) -> None:
    """Try a failed or cancelled summary again, or one whose worker gave no sign of life.

    Raises WrongState where it is being made or done, PermissionDenied.
    """
    from reporting.tasks import build_summary

    with transaction.atomic():
        if not _restart_stuck(summary, actor, now):
            updates = {"heartbeat_at": None, "attempts": 0, "error": "", "requested_by": actor, "requested_at": now}
            perform(SUMMARY, summary, "retry", actor=actor, now=now, updates=updates)
        build_summary.start(summary.pk)


def _restart_stuck(summary: NationalSummary, actor: User, now: dt.datetime) -> bool:
    if not can(actor, "summary.build", summary, today=timezone.localdate(now)):
        return False  # perform says why
    rows = NationalSummary.objects.get_queryset().filter(
        pk=summary.pk, status=_Status.BUILDING, heartbeat_at__lt=now - settings.JOB_STUCK_AFTER
    )
    return bool(rows.update(heartbeat_at=None, attempts=0, error="", requested_by=actor, requested_at=now))

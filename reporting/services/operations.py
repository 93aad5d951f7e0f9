"""How jobs and mails are doing, in counts: for the page of Helsedirektoratet's administrators and for the metrics.

A fixed number of queries, however much waits. Nothing of what is in a report or a mail is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from municipalities.models import Event, OutgoingMail, TrailSeal
from reporting.models import Document, NationalSummary
from reporting.services.documents import sentence

REASON = "operations"
SWEEP_SEEN = "operations/swept"
SHOWN = 20
"""So many of what went wrong are listed, the newest."""
RECENT = dt.timedelta(days=7)
"""What went wrong and is older is no alarm any more."""
BEAT_LATE = dt.timedelta(minutes=10)
"""The scheduler looks at forgotten jobs every other minute; after this it is said to stand still."""
QUEUE_LATE = dt.timedelta(minutes=15)
"""A job or a mail that has waited longer is an alarm."""


@dataclass(frozen=True)
class Work:
    """Jobs of one ``kind`` (``summary``, ``volume``, ``delivery``, ``receipt``, ``build`` or ``mail``): how many wait,
    are being done, have a worker that died (``stuck``), and went wrong in the last seven days; ``oldest`` is when the
    one that has waited longest was asked for."""

    kind: str
    waiting: int
    running: int
    stuck: int
    failed: int
    oldest: dt.datetime | None

    def age(self, now: dt.datetime) -> float:
        """Seconds that the oldest has waited; 0 where none waits."""
        return max((now - self.oldest).total_seconds(), 0.0) if self.oldest else 0.0

    def is_late(self, now: dt.datetime) -> bool:
        return self.age(now) > QUEUE_LATE.total_seconds()


@dataclass(frozen=True)
class Failure:
    """One job or mail that went wrong: its kind, when, what is said about it, and the summary it belongs to."""

    kind: str
    at: dt.datetime
    words: str
    summary: int | None = None


@dataclass(frozen=True)
class Health:
    """All of it at one moment. ``swept`` is when the scheduler's job ran last (None: not known), ``unsealed`` how many
    rows of the trail wait for their seal."""

    at: dt.datetime
    works: tuple[Work, ...]
    swept: dt.datetime | None
    unsealed: int

    @property
    def beat_stands_still(self) -> bool:
        return self.swept is None or self.at - self.swept > BEAT_LATE


def health(*, now: dt.datetime) -> Health:
    """How it stands at ``now``. Four queries."""
    sealed = TrailSeal.objects.count()
    return Health(
        at=now,
        works=(_builds(now), *_documents(now), _mails(now)),
        swept=swept_at(),
        unsealed=max(Event.everything.count() - sealed, 0),
    )


def swept_note(*, now: dt.datetime) -> None:
    """The scheduler's job has run: so somebody has started it."""
    cache.set(SWEEP_SEEN, now.isoformat(), None)


def swept_at() -> dt.datetime | None:
    said = cache.get(SWEEP_SEEN)
    return dt.datetime.fromisoformat(said) if said else None


def failures(*, now: dt.datetime) -> list[Failure]:
    """What went wrong in the last seven days, the newest first. Three queries."""
    since = now - RECENT
    builds = _every_summary().filter(status=NationalSummary.Status.FAILED, requested_at__gt=since)
    documents = _every_document().filter(status=Document.Status.FAILED, requested_at__gt=since)
    mails = OutgoingMail.objects.filter(status=OutgoingMail.Status.FAILED, queued_at__gt=since)
    found = [
        *(Failure("build", at, sentence(code), pk)
          for pk, at, code in _newest(builds, "requested_at").values_list("pk", "requested_at", "error")),
        *(Failure(kind, at, sentence(code), summary)
          for kind, at, code, summary in _newest(documents, "requested_at").values_list(
              "kind", "requested_at", "error", "summary")),
        *(Failure("mail", at, _("The mail server did not take it (%(said)s).") % {"said": said.partition(":")[0]})
          for at, said in _newest(mails, "queued_at").values_list("queued_at", "error")),
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def _newest(rows: QuerySet[Any], moment: str) -> QuerySet[Any]:
    return rows.order_by(f"-{moment}")[:SHOWN]


def _every_summary() -> QuerySet[NationalSummary]:
    rows: QuerySet[NationalSummary] = NationalSummary.objects.across_all(reason=REASON)
    return rows


def _every_document() -> QuerySet[Document]:
    rows: QuerySet[Document] = Document.objects.across_all(reason=REASON)
    return rows


def _builds(now: dt.datetime) -> Work:
    stale = now - settings.JOB_STUCK_AFTER
    building = Q(status=NationalSummary.Status.BUILDING)
    found = _every_summary().aggregate(
        waiting=Count("pk", filter=building & Q(heartbeat_at__isnull=True)),
        running=Count("pk", filter=building & Q(heartbeat_at__gte=stale)),
        stuck=Count("pk", filter=building & Q(heartbeat_at__lt=stale)),
        failed=Count("pk", filter=Q(status=NationalSummary.Status.FAILED, requested_at__gt=now - RECENT)),
        oldest=Min("requested_at", filter=building & Q(heartbeat_at__isnull=True)),
    )
    return Work("build", **found)


def _documents(now: dt.datetime) -> Iterable[Work]:
    stale = now - settings.JOB_STUCK_AFTER
    ready = Q(summary__isnull=True) | Q(summary__status__in=NationalSummary.MADE)  # others wait for the figures
    waiting, running = Q(status=Document.Status.QUEUED) & ready, Q(status=Document.Status.RUNNING)
    rows = (
        _every_document()
        .values("kind")
        .annotate(
            waiting=Count("pk", filter=waiting),
            running=Count("pk", filter=running & Q(heartbeat_at__gte=stale)),
            stuck=Count("pk", filter=running & Q(heartbeat_at__lt=stale)),
            failed=Count("pk", filter=Q(status=Document.Status.FAILED, requested_at__gt=now - RECENT)),
            oldest=Min("requested_at", filter=waiting),
        )
        .order_by()
    )
    found = {row["kind"]: Work(**row) for row in rows}
    return [found.get(kind, Work(kind, 0, 0, 0, 0, None)) for kind in Document.Kind.values]


def _mails(now: dt.datetime) -> Work:
    stale = now - settings.JOB_STUCK_AFTER
    status = OutgoingMail.Status
    waiting, sending = Q(status=status.QUEUED), Q(status=status.SENDING)
    found = OutgoingMail.objects.aggregate(
        waiting=Count("pk", filter=waiting),
        running=Count("pk", filter=sending & Q(claimed_at__gte=stale)),
        stuck=Count("pk", filter=sending & Q(claimed_at__lt=stale)),
        failed=Count("pk", filter=Q(status=status.FAILED, queued_at__gt=now - RECENT)),
        oldest=Min("queued_at", filter=waiting),
    )
    return Work("mail", **found)

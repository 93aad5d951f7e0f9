"""What follows from a round's dates and is never stored: its state, the deadline in days, late or missing reports.

The functions are pure; ``with_delivery`` is the same rule as a queryset annotation, for lists, and a test holds the
two together.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from reporting.models import Report, Round


class RoundState(StrEnum):
    """``late``: the municipalities' deadline is over, but reports can still be sent in."""

    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


class DeliveryKind(StrEnum):
    """Whether a report came, and when. ``extended``: after the round's deadline, inside the later one that the
    statsforvalter had given it alone. ``pending``: not yet due."""

    ON_TIME = "on_time"
    EXTENDED = "extended"
    LATE = "late"
    MISSING = "missing"
    PENDING = "pending"


@dataclass(frozen=True)
class Deadline:
    """A deadline and the days left: 0 on the day itself, negative after it."""

    date: dt.date
    days: int

    @property
    def is_over(self) -> bool:
        return self.days < 0


@dataclass(frozen=True)
class Delivery:
    """``days`` is how many days after the deadline the report came, or has been missing; else 0."""

    kind: DeliveryKind
    days: int = 0


def round_state(round_: Round, today: dt.date) -> RoundState:
    """The state of a round on ``today`` (the last day of each span included)."""
    if today < round_.opens_on:
        return RoundState.UPCOMING
    if today > round_.closes_on:
        return RoundState.CLOSED
    return RoundState.OPEN if today <= round_.municipality_deadline else RoundState.LATE


def open_until(round_: Round, status: str, extended_to: dt.date | None = None) -> dt.date:
    """The last day on which a report in this state can be changed and sent in by whoever fills it in.

    Sent in the first time it comes until the round closes; what was returned or reopened until the round locks.
    Hdir's administrator may open the whole round longer, and the statsforvalter one report alone (``extended_to``).
    """
    first = status in ("not_started", "draft")
    days = (round_.closes_on if first else round_.locks_after, round_.unlocked_until, extended_to)
    return max(day for day in days if day is not None)


def deadline_of(round_: Round, extended_to: dt.date | None = None) -> dt.date:
    """The deadline of a report: the round's, or a later one of its own."""
    return max(round_.municipality_deadline, extended_to or round_.municipality_deadline)


def deadline(round_: Round, today: dt.date, extended_to: dt.date | None = None) -> Deadline:
    """The municipalities' deadline, or that of one report, seen from ``today``."""
    day = deadline_of(round_, extended_to)
    return Deadline(day, (day - today).days)


def days_late(round_: Round, day: dt.date, extended_to: dt.date | None = None) -> int:
    """How many days after the deadline that holds for a report ``day`` is; 0 up to and with the deadline."""
    return max(0, (day - deadline_of(round_, extended_to)).days)


def extension_used(round_: Round, day: dt.date, extended_to: dt.date | None) -> dt.date | None:
    """The deadline of its own by which a report sent in on ``day`` is judged; None where it needed none."""
    return extended_to if extended_to and round_.municipality_deadline < min(day, extended_to) else None


def delivery_kind(current_late: int | None, current_extended: dt.date | None, over: int) -> DeliveryKind:
    """The kind from the counted Submission's ``days_late`` and ``extended_to`` (None: nothing has come) and the days
    that the report's deadline is over."""
    if current_late is None:
        return DeliveryKind.MISSING if over > 0 else DeliveryKind.PENDING
    if current_late:
        return DeliveryKind.LATE
    return DeliveryKind.EXTENDED if current_extended else DeliveryKind.ON_TIME


def delivery(report: Report, round_: Round, today: dt.date) -> Delivery:
    """Whether and how late a report came. A report that came in time stays so when it is returned and sent in anew
    (the Submission that follows carries the first one's days). ``report.current`` is read."""
    over = days_late(round_, today, report.extended_to)
    current = report.current if report.current_id is not None else None
    kind = delivery_kind(current.days_late if current else None, current.extended_to if current else None, over)
    if kind is DeliveryKind.LATE:
        return Delivery(kind, current.days_late if current else 0)
    return Delivery(kind, over if kind is DeliveryKind.MISSING else 0)


def with_delivery(reports: QuerySet[Any], today: dt.date) -> QuerySet[Any]:
    """Annotate reports with ``delivery_kind`` (a DeliveryKind's value) and ``delivery_late`` (days late, 0 where
    nothing has come): the twin of ``delivery``."""
    came = Q(current__isnull=False)
    over = Q(round__municipality_deadline__lt=today) & (Q(extended_to__isnull=True) | Q(extended_to__lt=today))
    return reports.annotate(
        delivery_kind=Case(
            When(came & Q(current__days_late__gt=0), then=Value(DeliveryKind.LATE.value)),
            When(came & Q(current__extended_to__isnull=False), then=Value(DeliveryKind.EXTENDED.value)),
            When(came, then=Value(DeliveryKind.ON_TIME.value)),
            When(over, then=Value(DeliveryKind.MISSING.value)),
            default=Value(DeliveryKind.PENDING.value),
            output_field=CharField(),
        ),
        delivery_late=Coalesce(F("current__days_late"), Value(0), output_field=IntegerField()),
    )

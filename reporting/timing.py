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
    """Whether a report came, and when. ``pending``: not yet due."""

    ON_TIME = "on_time"
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


def deadline(round_: Round, today: dt.date) -> Deadline:
    """The municipalities' deadline, seen from ``today``."""
    return Deadline(round_.municipality_deadline, (round_.municipality_deadline - today).days)


def days_late(round_: Round, day: dt.date) -> int:
    """How many days after the municipalities' deadline ``day`` is; 0 up to and with the deadline."""
    return max(0, (day - round_.municipality_deadline).days)


def delivery(report: Report, round_: Round, today: dt.date) -> Delivery:
    """Whether and how late a report came. A report that came in time stays so when it is returned and sent in anew
    (the Submission that follows carries the first one's days). ``report.current`` is read."""
    if report.current_id is not None:
        late = report.current.days_late
        return Delivery(DeliveryKind.LATE, late) if late else Delivery(DeliveryKind.ON_TIME)
    over = days_late(round_, today)
    return Delivery(DeliveryKind.MISSING, over) if over else Delivery(DeliveryKind.PENDING)


def with_delivery(reports: QuerySet[Any], today: dt.date) -> QuerySet[Any]:
    """Annotate reports with ``delivery_kind`` (a DeliveryKind's value) and ``delivery_late`` (days late, 0 where
    nothing has come): the twin of ``delivery``."""
    came = Q(current__isnull=False)
    return reports.annotate(
        delivery_kind=Case(
            When(came & Q(current__days_late=0), then=Value(DeliveryKind.ON_TIME.value)),
            When(came, then=Value(DeliveryKind.LATE.value)),
            When(round__municipality_deadline__lt=today, then=Value(DeliveryKind.MISSING.value)),
            default=Value(DeliveryKind.PENDING.value),
            output_field=CharField(),
        ),
        delivery_late=Coalesce(F("current__days_late"), Value(0), output_field=IntegerField()),
    )

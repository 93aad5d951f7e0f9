"""Reminders to those who have not delivered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.mail import absolute_url, mail_queue_template
from municipalities.models import OutgoingMail, User
from municipalities.services import unit_names
from municipalities.transitions import log
from reporting.models import Report
from reporting.querysets import editors_of


@dataclass(frozen=True)
class Reminded:
    """How many reports were reminded of, in how many mails, and the reports whose unit has nobody to write to."""

    reports: int
    mails: int
    without_contact: tuple[Report, ...]


def reminders_send(*, reports: Collection[Report], actor: User | None, now: datetime, request_id: str = "") -> Reminded:
    """Mail the contacts of the units whose report has not come; at most one mail a day to each for each report.

    ``reports`` come with their round; those that are sent in are passed over. ``actor`` None is the portal itself.
    Each reminder is an Event of its report.
    """
    today = timezone.localdate(now)
    waiting = [report for report in reports if report.current_id is None]
    editors = editors_of({report.municipality_id for report in waiting}, today=today)
    days = {report.round.reference_date for report in waiting}
    names = {day: unit_names({report.municipality_id for report in waiting}, day) for day in days}
    mails = reminded = 0
    with transaction.atomic():
        for report in waiting:
            unit = names[report.round.reference_date][report.municipality_id].display_name
            made = sum(_mail(report, unit, user, now) for user in editors.get(report.municipality_id, ()))
            mails += made
            if made:
                reminded += 1
                state = report.status
                log(report, "remind", actor=actor, now=now, from_state=state, to_state=state, request_id=request_id)
    return Reminded(reminded, mails, tuple(r for r in waiting if r.municipality_id not in editors))


def _mail(report: Report, unit: str, user: User, now: datetime) -> bool:
    """Whether a mail was queued; the same report, person and day again gives none."""
    today = timezone.localdate(now)
    key = f"report:{report.pk} remind:{today.isoformat()} user:{user.pk}"
    if OutgoingMail.objects.filter(key=key).exists():
        return False
    left = (report.round.municipality_deadline - today).days
    mail_queue_template(
        key=key,
        user=user,
        name="reminder",
        context={
            "unit": unit,
            "reference_date": report.round.reference_date,
            "deadline": report.round.municipality_deadline,
            "days": left,
            "days_over": -left,
            "url": absolute_url(reverse("report_form", args=[report.pk])),
        },
        now=now,
    )
    return True

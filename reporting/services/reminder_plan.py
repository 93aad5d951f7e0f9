"""On which days the portal tells about a round and reminds of it by itself, and whom.

The days are counted from the municipalities' deadline. A stage that was missed (the job did not run that day) is
caught up until the next one; a report that somebody has reminded of since its stage began is left alone.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from municipalities.mail import mail_queue_template
from municipalities.models import Event
from municipalities.services import unit_names
from municipalities.transitions import log
from reporting.models import Report, Round
from reporting.querysets import editors_of
from reporting.services.receipts import page_url
from reporting.services.reminders import Reminded, reminders_send
from reporting.timing import RoundState, round_state

STAGES = (-14, -3, 1, 8)
"""Days from the deadline: two weeks and three days before it, the day after, and a week later."""


def stage_on(round_: Round, today: dt.date) -> dt.date | None:
    """The first day of the stage that ``today`` lies in; None before the first, and outside the round."""
    if round_state(round_, today) not in (RoundState.OPEN, RoundState.LATE):
        return None
    days = [round_.municipality_deadline + dt.timedelta(days=count) for count in STAGES]
    begun = [day for day in days if round_.opens_on < day <= today]
    return max(begun) if begun else None


def round_announce(*, round_: Round, now: dt.datetime) -> int:
    """Tell every unit's contacts that the round can be filled in, once and not before it opens. Returns the mails."""
    today = timezone.localdate(now)
    if round_state(round_, today) not in (RoundState.OPEN, RoundState.LATE) or _is_announced(round_):
        return 0
    reports = Report.objects.across_all(reason="tell about the round").filter(round=round_, current__isnull=True)
    rows = list(reports.order_by("pk"))
    editors = editors_of({row.municipality_id for row in rows}, today=today)
    names = unit_names({row.municipality_id for row in rows}, round_.reference_date)
    left = (round_.municipality_deadline - today).days
    mails = 0
    with transaction.atomic():
        for row in rows:
            for user in editors.get(row.municipality_id, ()):
                context = {
                    "unit": names[row.municipality_id].display_name,
                    "reference_date": round_.reference_date,
                    "deadline": round_.municipality_deadline,
                    "days": left,
                    "url": page_url("report_form", row),
                }
                key = f"report:{row.pk} opened user:{user.pk}"
                mail_queue_template(key=key, user=user, name="round_opened", context=context, now=now)
                mails += 1
        log(round_, "announce", actor=None, now=now, note=str(mails))
    return mails


def _is_announced(round_: Round) -> bool:
    told = Event.objects.across_all(reason="tell once")
    return told.filter(name="announce", object_type=round_._meta.label_lower, object_id=round_.pk).exists()


def reminders_due(*, now: dt.datetime) -> dict[Round, Reminded]:
    """Remind the contacts of every unit whose report has not come, in each round that has reached a stage; a round
    that has opened since the last time is told about first.

    Run again in the same stage it sends nothing more. Returns what was done by round.
    """
    today = timezone.localdate(now)
    open_rounds = (
        Round.objects.across_all(reason="remind")
        .counted()
        .filter(opened_at__isnull=False, opens_on__lte=today, closes_on__gte=today)
    )
    done: dict[Round, Reminded] = {}
    for round_ in open_rounds.order_by("reference_date"):
        round_announce(round_=round_, now=now)
        begun = stage_on(round_, today)
        if begun is not None:
            done[round_] = reminders_send(reports=_not_reminded(round_, begun), actor=None, now=now)
    return done


def _not_reminded(round_: Round, begun: dt.date) -> list[Report]:
    since = timezone.make_aware(dt.datetime.combine(begun, dt.time.min))
    reminded = Event.objects.across_all(reason="never the same reminder twice").filter(
        name="remind", object_type=Report._meta.label_lower, happened_at__gte=since
    )
    reports = Report.objects.across_all(reason="remind").filter(round=round_, current__isnull=True)
    return list(reports.exclude(pk__in=reminded.values("object_id")).select_related("round").order_by("pk"))

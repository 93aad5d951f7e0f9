"""The demo's exceptions in the current round: a later deadline, a takeover, an approved report reopened, a question.

What and where is written out; a second run finds everything in place."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from municipalities.models import Event, MunicipalityVersion
from reporting.demo.people import Cast
from reporting.models import Report
from reporting.services.draft_view import EDITABLE
from reporting.services.extensions import extension_give
from reporting.services.messages import OFFICE, message_write
from reporting.services.on_behalf import report_take_over
from reporting.services.reopening import report_reopen

OSLO = ZoneInfo("Europe/Oslo")
EXTENDED = {"3039": "Kommunestyret vedtar planen 5. mai.", "5430": "Kontakten har vært syk."}
TAKEN_OVER = {"030111": "Bydelen har ingen kontakt i mai. Vi fyller ut etter avtale på telefon."}
REOPENED = {"3025": "Dere meldte at vedtaket er gjort om. Rett status og saksnummer."}
QUESTIONS = {"3052": "Gjelder spørsmålet om plan bare vedtak etter 2019?", "3004": "Kan vi føre opp begge nettverkene?"}


def exceptions_make(cast: Cast, *, reference: dt.date, until: dt.datetime) -> int:
    """Make them in the round of ``reference``, as far as they happen before ``until``. Returns how many were new."""
    numbers = MunicipalityVersion.objects.on(reference).values_list("number", "municipality_id")
    units = dict(numbers.filter(number__in=[*EXTENDED, *TAKEN_OVER, *REOPENED, *QUESTIONS]))
    rows = Report.objects.across_all(reason="demo").filter(round__reference_date=reference, round__kind="regular")
    reports = {row.municipality_id: row for row in rows.select_related("round", "municipality")}
    found = {number: reports[unit] for number, unit in units.items() if unit in reports}
    return sum(_one(number, report, cast, until) for number, report in found.items())


def _one(number: str, report: Report, cast: Cast, until: dt.datetime) -> bool:
    by, contact = cast.reviewers[report.office_id], cast.contacts[report.municipality_id]
    deadline = report.round.municipality_deadline
    now = dt.datetime.combine(deadline + dt.timedelta(days=2), dt.time(14, 20), OSLO)
    if now > until or _done(report):
        return False
    if number in EXTENDED and report.status in EDITABLE:
        day = deadline + dt.timedelta(days=8)
        extension_give(report=report, until=day, reason=EXTENDED[number], actor=by, now=now)
    elif number in TAKEN_OVER and report.status in EDITABLE:
        report_take_over(report=report, reason=TAKEN_OVER[number], actor=by, now=now)
    elif number in REOPENED and report.status == Report.Status.APPROVED:
        report_reopen(report=report, note=REOPENED[number], actor=by, now=now)
    elif number in QUESTIONS:
        message_write(report=report, text=QUESTIONS[number], audience=OFFICE, actor=contact, now=now)
    else:
        return False
    return True


def _done(report: Report) -> bool:
    names = ("extend", "take_over", "reopen", "message")
    rows = Event.objects.across_all(reason="demo").filter(object_type=Report._meta.label_lower, object_id=report.pk)
    return rows.filter(name__in=names).exists()

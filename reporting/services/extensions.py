"""A later deadline for one municipality alone, given by the statsforvalter with a reason.

It opens the report for that municipality and no other, and what comes inside it counts as delivered in an extended
time, not as late. It never reaches beyond the day on which the round locks: that is Hdir's to move.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import User
from municipalities.transitions import TransitionRefused, WrongState, log
from reporting.answers import date_text
from reporting.models import Notice, Report
from reporting.querysets import editors_of
from reporting.services.draft_view import EDITABLE
from reporting.services.notices import notice_write
from reporting.services.steps import locked_report, reason_text, step
from reporting.timing import open_until
from reporting.workflow import REPORT, not_locked, region_not_delivered, require_published


class ExtensionRefused(TransitionRefused):
    """The day cannot be the report's deadline; ``message`` says why and up to when it could be."""


def extension_last_day(report: Report) -> dt.date:
    """The latest deadline that the statsforvalter can give: the day on which the round locks."""
    return open_until(report.round, Report.Status.RETURNED)


def extension_refused(report: Report, now: dt.datetime) -> str:
    """Why no extension can be given at ``now``, whoever asks, as a sentence; "" when one can, and for a report that
    does not wait for the municipality."""
    if report.status not in EDITABLE:
        return ""
    try:
        _require_giveable(report, now)
    except TransitionRefused as refused:
        return str(refused.message)
    return ""


def extension_give(
    *, report: Report, until: dt.date, reason: str, actor: User, now: dt.datetime, request_id: str = ""
) -> Report:
    """Give the report the deadline ``until`` (an Oslo day, that day included), or move the one it has.

    The municipality is told. Raises PermissionDenied, WrongState when the report is sent in, ExtensionRefused for a
    day that does not do, RoundClosed when the round is locked or has not opened, RegionDelivered, NoteMissing or
    TextRefused for the reason; then nothing is written.
    """
    with step(report, "report.extend", actor, now) as row:
        _require_waiting(row)
        _require_giveable(row, now)
        _require_day(row, until, timezone.localdate(now))
        row.extended_to, row.extension_reason = until, reason_text(reason)
        row.save(update_fields=["extended_to", "extension_reason"])
        said = f"{date_text(until)}: {row.extension_reason}"
        log(row, "extend", actor=actor, now=now, note=said, from_state=row.status, request_id=request_id)
        users = editors_of({row.municipality_id}, today=timezone.localdate(now)).get(row.municipality_id, [])
        facts = {"comment": row.extension_reason, "by": str(actor)}
        if users:
            notice_write(kind=Notice.Kind.EXTENDED, round=row.round, report=row, users=users, now=now, facts=facts)
    return locked_report(report, row)


def extension_end(*, report: Report, actor: User, now: dt.datetime, request_id: str = "") -> Report:
    """Take the extension back: the round's own deadline holds again.

    Raises PermissionDenied, WrongState when the report is sent in, ExtensionRefused when it has none.
    """
    with step(report, "report.extend", actor, now) as row:
        _require_waiting(row)
        if row.extended_to is None:
            raise ExtensionRefused(_("The report has no deadline of its own."), state=row.status)
        said = date_text(row.extended_to)
        row.extended_to, row.extension_reason = None, ""
        row.save(update_fields=["extended_to", "extension_reason"])
        log(row, "extension_end", actor=actor, now=now, note=said, from_state=row.status, request_id=request_id)
    return locked_report(report, row)


def _require_waiting(row: Report) -> None:
    if row.status not in EDITABLE:
        raise WrongState(REPORT.wrong_state[row.status], state=row.status)


def _require_giveable(row: Report, now: dt.datetime) -> None:
    require_published(row.round, now)
    not_locked(row, now)
    region_not_delivered(row, now)


def _require_day(row: Report, until: dt.date, today: dt.date) -> None:
    last = extension_last_day(row)
    if until > last:
        sentence = _("The round locks after %(day)s. Choose a day until then, or ask Helsedirektoratet.")
        raise ExtensionRefused(sentence % {"day": date_text(last)}, state=row.status)
    if until < today:
        raise ExtensionRefused(_("The day is already over. Choose a later one."), state=row.status)
    if until <= row.round.municipality_deadline:
        sentence = _("The deadline of the round is %(day)s. Choose a later day.")
        raise ExtensionRefused(sentence % {"day": date_text(row.round.municipality_deadline)}, state=row.status)

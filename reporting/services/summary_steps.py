"""What Helsedirektoratet does with a version that is made: approve it, take that back, send it, withdraw it.

What was sent is never changed: a version is withdrawn with a reason, and another one replaces it and says why.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import TransitionRefused, perform
from reporting.models import NationalSummary, SummaryContent
from reporting.services.delivery import NothingToDeliver, delivery_request
from reporting.services.summary_files import missing_files, missing_sentence
from reporting.workflow import SUMMARY, last_sent

CASE_LIMIT = 60
NOTE_LIMIT = 4000


class FilesMissing(TransitionRefused):
    """A summary is not marked as sent before all its files are there: what is sent is what can be read."""


def summary_approve(*, summary: NationalSummary, actor: User, now: dt.datetime, change_note: str = "") -> None:
    """Approve a draft: from now on it can be sent. The regions' volumes are drawn, which each statsforvalter reads now.

    Where a version was sent before, this one ``replaces`` it, and ``change_note`` says what has changed and why (the
    one that is there stays when none is given). Raises WrongState, PermissionDenied, ChangeUnexplained, and
    ValidationError for a note that is too long.
    """
    note = _note(change_note, "change_note")
    with transaction.atomic():
        locked = _locked(summary)
        replaced = last_sent(locked)
        if locked.status == NationalSummary.Status.READY and note and replaced is not None:
            locked.change_note = note
            locked.save(update_fields=["change_note"])
        perform(
            SUMMARY, summary, "approve", actor=actor, now=now, note=note, content_hash=_hash(summary),
            updates={"approved_by": actor, "replaces": replaced},
        )  # fmt: skip
        with suppress(NothingToDeliver):  # a yearly report has no volumes
            delivery_request(summary=summary, actor=actor, now=now)
    summary.change_note = locked.change_note


def summary_unapprove(*, summary: NationalSummary, actor: User, now: dt.datetime, reason: str) -> None:
    """Take the approval back: the version is a draft again. Raises WrongState, PermissionDenied, and ValidationError
    without a reason, or for one that is too long."""
    perform(
        SUMMARY, summary, "unapprove", actor=actor, now=now, note=_reason(reason),
        updates={"approved_at": None, "approved_by": None, "replaces": None},
    )  # fmt: skip


def summary_send(
    *, summary: NationalSummary, actor: User, now: dt.datetime, case: str, sent_on: dt.date | None = None
) -> None:
    """Mark an approved version as sent to the ministry: from now on HOD reads it, and it never changes.

    ``sent_on`` is the day it was sent when that was earlier, ``case`` the number of the case. Raises WrongState,
    PermissionDenied, ReplacesAnother, FilesMissing, and ValidationError for a day that has not been or is before the
    approval, and a case number that is missing or longer than ``CASE_LIMIT`` characters.
    """
    case = " ".join(case.split())
    today = timezone.localdate(now)
    day = sent_on or today
    with transaction.atomic():
        locked = _locked(summary)
        if locked.status == NationalSummary.Status.APPROVED:  # in another state it is the state that is said
            _check_sending(locked, case, day, today)
            _check_files(locked, actor, today)
        noon = dt.datetime.combine(day, dt.time(12), tzinfo=now.tzinfo)
        perform(
            SUMMARY, summary, "send", actor=actor, now=now, note=case, content_hash=_hash(summary),
            updates={"sent_case": case, "sent_at": now if day == today else noon},
        )  # fmt: skip


def _check_sending(summary: NationalSummary, case: str, day: dt.date, today: dt.date) -> None:
    errors = {}
    if day > today:
        errors["sent_on"] = _("The day has not been yet. Write the day on which it was sent.")
    elif summary.approved_at is not None and day < timezone.localdate(summary.approved_at):
        errors["sent_on"] = _("The day is before this version was approved.")
    if not case:
        errors["case"] = _("Write the number of the case in which it was sent.")
    elif len(case) > CASE_LIMIT:
        errors["case"] = _("The case number can have at most 60 characters.")
    if errors:
        raise ValidationError(errors)


def _check_files(summary: NationalSummary, actor: User, today: dt.date) -> None:
    if not can(actor, "summary.send", summary, today=today):
        return  # perform says why
    if missing := missing_files(summary):
        raise FilesMissing(missing_sentence(summary, missing), state=summary.status)


def summary_withdraw(*, summary: NationalSummary, actor: User, now: dt.datetime, reason: str) -> None:
    """Withdraw a version that was sent. The ministry still reads it, as withdrawn and with the reason.

    Raises WrongState, PermissionDenied, and ValidationError without a reason, or for one that is too long.
    """
    reason = _reason(reason)
    perform(SUMMARY, summary, "withdraw", actor=actor, now=now, note=reason, updates={"withdraw_reason": reason})


def _locked(summary: NationalSummary) -> NationalSummary:
    rows = NationalSummary.objects.across_all(reason="one step at a time").select_for_update()
    return rows.get(pk=summary.pk)  # type: ignore[no-any-return]


def _note(text: str, field: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > NOTE_LIMIT:
        raise ValidationError({field: _("The text can have at most 4 000 characters.")})
    return text


def _reason(text: str) -> str:
    text = _note(text, "reason")
    if not text:
        raise ValidationError({"reason": _("Write the reason.")})
    return text


def _hash(summary: NationalSummary) -> str:
    contents = SummaryContent.objects.filter(summary=summary, office=None).order_by("language")
    return next(iter(contents.values_list("content_hash", flat=True)), "")

"""The statsforvalter reports on behalf of a municipality: takes the report over, and gives it back.

She fills it in and sends it in through the same form, and every Submission and Event of hers says on whose behalf. The
municipality is told, keeps its access, and can go on itself at any time.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from municipalities.access import MUNICIPAL, scope_of
from municipalities.models import User
from municipalities.transitions import TransitionRefused, WrongState, log
from reporting.models import Notice, Report
from reporting.notice_words import LANGUAGES
from reporting.querysets import editors_of
from reporting.services.draft_view import EDITABLE
from reporting.services.notices import notice_write
from reporting.services.steps import locked_report, reason_text, step
from reporting.workflow import REPORT, require_report_open


class NotTakenOver(TransitionRefused):
    """The report is filled in by the municipality itself: there is nothing to give back."""


class AlreadyTakenOver(TransitionRefused):
    """Somebody at the statsforvalter's has already taken the report over."""


def is_own(actor: Any, report: Report, *, today: dt.date) -> bool:
    """Whether ``actor`` is of the report's own municipality on ``today`` (and not the statsforvalter)."""
    return report.municipality_id in scope_of(actor, today=today).only(MUNICIPAL).municipality_ids


def report_take_over(*, report: Report, reason: str, actor: User, now: dt.datetime, request_id: str = "") -> Report:
    """Take the reporting over on behalf of the municipality, which is told why.

    Raises PermissionDenied, WrongState when it is sent in, AlreadyTakenOver, RoundClosed when nothing can be sent in,
    NoteMissing or TextRefused for the reason; then nothing is written.
    """
    with step(report, "report.on_behalf", actor, now) as row:
        if row.status not in EDITABLE:
            raise WrongState(REPORT.wrong_state[row.status], state=row.status)
        if row.on_behalf_at is not None:
            raise AlreadyTakenOver(gettext_lazy("The report has already been taken over."), state=row.status)
        require_report_open(row, now)
        row.on_behalf_at, row.on_behalf_reason = now, reason_text(reason)
        row.save(update_fields=["on_behalf_at", "on_behalf_reason"])
        _log(row, "take_over", actor, now, row.on_behalf_reason, request_id)
        _tell(row, actor, now, taken=True)
    return locked_report(report, row)


def report_hand_back(*, report: Report, actor: User, now: dt.datetime, note: str = "", request_id: str = "") -> Report:
    """Leave the reporting to the municipality again, which is told. What was filled in is kept.

    Raises PermissionDenied, NotTakenOver, WrongState when the report is sent in.
    """
    with step(report, "report.on_behalf", actor, now) as row:
        if row.status not in EDITABLE:
            raise WrongState(REPORT.wrong_state[row.status], state=row.status)
        if row.on_behalf_at is None:
            raise NotTakenOver(gettext_lazy("The municipality fills in the report itself."), state=row.status)
        row.on_behalf_at, row.on_behalf_reason = None, ""
        row.save(update_fields=["on_behalf_at", "on_behalf_reason"])
        words = reason_text(note) if note.strip() else ""
        _log(row, "hand_back", actor, now, words, request_id)
        _tell(row, actor, now, taken=False, note=words)
    return locked_report(report, row)


def sent_in_tell(*, report: Report, actor: User, now: dt.datetime) -> None:
    """Tell the municipality that its report is sent in on its behalf. Call it in the transaction of the sending in."""
    _say(report, actor, now, gettext_lazy("The statsforvalter has sent in this report on your behalf."), "")


def _log(row: Report, name: str, actor: User, now: dt.datetime, note: str, request_id: str) -> None:
    log(
        row, name, actor=actor, now=now, note=note, on_behalf_of=row.municipality, from_state=row.status,
        request_id=request_id,
    )  # fmt: skip


def _tell(row: Report, actor: User, now: dt.datetime, *, taken: bool, note: str = "") -> None:
    if taken:
        text = gettext_lazy(
            "The statsforvalter has taken over this report, and fills it in on your behalf. You can still go on with it"
            " yourselves."
        )
        _say(row, actor, now, text, row.on_behalf_reason)
    else:
        text = gettext_lazy("The statsforvalter has given this report back to you. What was filled in is kept.")
        _say(row, actor, now, text, note)


def _say(row: Report, actor: User, now: dt.datetime, text: Any, said: str) -> None:
    """A message to the municipality's contacts: ``text`` in both languages, and what somebody wrote."""
    users = editors_of({row.municipality_id}, today=timezone.localdate(now)).get(row.municipality_id, [])
    if not users:
        return
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = f"{text}\n\n{said}".strip()
    facts = {"comment": words, "by": str(actor), "path": reverse("report_detail", args=[row.pk])}
    notice_write(kind=Notice.Kind.MESSAGE, round=row.round, report=row, users=users, now=now, facts=facts)

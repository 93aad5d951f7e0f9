"""What is said about a report, at a question or about the whole: between colleagues in the municipality, or with the
statsforvalter. A message is kept with the report and goes by mail too.

A message waits until the other side answers it or says that it is settled. Reading is in ``querysets.messages_of``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import TransitionRefused, log
from reporting.form_spec import local
from reporting.models import Notice, Report, ReportMessage
from reporting.notice_words import LANGUAGES
from reporting.querysets import editors_of, staff_of
from reporting.services.draft_view import spec_of
from reporting.services.notices import notice_write
from reporting.services.on_behalf import is_own
from reporting.services.review import text_clean

COLLEAGUES, OFFICE = ReportMessage.Audience.COLLEAGUES, ReportMessage.Audience.OFFICE


class UnknownQuestion(TransitionRefused):
    """The report's form has no such question."""


def message_write(
    *, report: Report, text: str, audience: str, actor: User, now: dt.datetime, question: str = "",
    request_id: str = "",
) -> ReportMessage:  # fmt: skip
    """Write a message at a question (empty: about the whole), and mail it to those it is for.

    ``audience`` is ``colleagues`` (the municipality's own only) or ``office`` (the municipality and the
    statsforvalter). What the other side wrote in the same place counts as answered. Raises PermissionDenied, also when
    the statsforvalter would write among the colleagues, TextRefused, UnknownQuestion.
    """
    with transaction.atomic():
        row, own = _locked(report, actor, now)
        if audience != OFFICE and not own:
            raise PermissionDenied(_("Only the municipality's own contacts write to each other here."))
        if question and not spec_of(row).has(question):
            raise UnknownQuestion(_("The form has no such question. Load the page again."), state=row.status)
        message: ReportMessage = ReportMessage.objects.get_queryset().create(
            report=row, question=question, audience=audience, text=text_clean(text), author=actor,
            author_name=str(actor), from_office=not own, written_at=now,
        )  # fmt: skip
        if audience == OFFICE:
            _waiting(row, question, from_office=own).update(settled_at=now)
        _tell(row, message, actor, now)
        log(
            row, "message" if audience == OFFICE else "message_colleagues", actor=actor, now=now, note=question,
            request_id=request_id, internal=audience != OFFICE,
        )  # fmt: skip
        return message


def messages_settle(*, report: Report, question: str, actor: User, now: dt.datetime) -> int:
    """Say that what the other side wrote at a question needs no answer. Returns how many messages that were waiting.

    Raises PermissionDenied.
    """
    with transaction.atomic():
        row, own = _locked(report, actor, now)
        return _waiting(row, question, from_office=own).update(settled_at=now)


def messages_waiting(report: Report, *, from_office: bool) -> int:
    """How many messages from the one side wait for the other. One query."""
    rows = ReportMessage.objects.across_all(reason="only their number is told")
    return rows.filter(report=report, audience=OFFICE, from_office=from_office, settled_at__isnull=True).count()


def _waiting(row: Report, question: str, *, from_office: bool) -> Any:
    return ReportMessage.objects.get_queryset().filter(
        report=row, question=question, audience=OFFICE, from_office=from_office, settled_at__isnull=True
    )


def _locked(report: Report, actor: User, now: dt.datetime) -> tuple[Report, bool]:
    today = timezone.localdate(now)
    rows = Report.objects.across_all(reason="one row, locked to be written").defer("draft")
    joined = rows.select_related("round__form_version", "municipality")
    row = joined.select_for_update(of=("self",)).get(pk=report.pk)
    decision = can(actor, "report.message", row, today=today)
    if not decision:
        raise PermissionDenied(decision.reason)
    return row, is_own(actor, row, today=today)


def _tell(row: Report, message: ReportMessage, actor: User, now: dt.datetime) -> None:
    """Mail it: to the municipality's other contacts, or to those at the office who have to do with the report."""
    today = timezone.localdate(now)
    to_office = message.audience == OFFICE and not message.from_office
    users = _concerned(row, today) if to_office else editors_of({row.municipality_id}, today=today).get(
        row.municipality_id, []
    )  # fmt: skip
    users = [user for user in users if user.pk != actor.pk]
    if not users:
        return
    spec, code = spec_of(row), message.question
    name = {language: local(spec.question(code).name, language) for language in LANGUAGES} if code else ""
    facts: dict[str, Any] = {"comments": [{"question": name, "text": message.text}], "by": message.author_name}
    if not to_office:
        facts["path"] = f"{reverse('report_detail', args=[row.pk])}#samtale"
    else:
        facts |= {"audience": "office", "path": f"{reverse('report_review', args=[row.pk])}#samtale"}
    notice_write(
        kind=Notice.Kind.MESSAGE, round=row.round, report=row, users=users, now=now, facts=facts,
        key=f"message:{message.pk}",
    )  # fmt: skip


def _concerned(row: Report, today: dt.date) -> list[User]:
    """Those at the office who have written about the report; all of them while nobody has."""
    staff = staff_of(row.office_id, today=today)
    wrote = set(
        ReportMessage.objects.across_all(reason="who has the report in hand")
        .filter(report=row, from_office=True)
        .values_list("author_id", flat=True)
    )
    return [user for user in staff if user.pk in wrote] or staff

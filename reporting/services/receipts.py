"""What the municipality gets when its report is sent in: a receipt as PDF and by mail; and the notices when it is
returned or approved. The receipt answers what somebody has just done, so it is no notice and waits for none."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from municipalities.mail import absolute_url, mail_queue_template
from municipalities.models import User
from municipalities.services import unit_names
from reporting.form_spec import FormSpec, local
from reporting.models import Document, Notice, Report, ReviewComment, Submission
from reporting.notice_words import LANGUAGES
from reporting.querysets import editors_of
from reporting.services.draft_view import spec_of
from reporting.services.notices import notice_write


def receipt_make(*, submission: Submission, actor: User, now: dt.datetime) -> Document:
    """The Document row of a new Submission's receipt in the actor's language; a job draws it after the commit."""
    document: Document = Document.objects.get_queryset().create(
        kind=Document.Kind.RECEIPT,
        format="pdf",
        language=actor.language,
        input_key=f"submission:{submission.pk}",
        submission=submission,
        requested_by=actor,
        requested_at=now,
    )
    from reporting.tasks import render_document  # a door, which imports the services

    render_document.start(document.pk)
    return document


def receipt_mail(*, submission: Submission, report: Report, actor: User, now: dt.datetime) -> None:
    """Mail the receipt to whoever sent the report in; to the unit's contacts when that was a machine, which has no
    address."""
    users = [actor] if actor.email else _contacts(report, now)
    context = {
        "unit": _unit_name(report),
        "reference_date": report.round.reference_date,
        "submitted_at": submission.submitted_at,
        "number": submission.number,
        "days_late": submission.days_late,
        "answers_hash": submission.answers_hash,
        "url": page_url("report_receipt", report),
    }
    for user in users:
        mail_queue_template(
            key=f"report:{report.pk}/{submission.number} receipt user:{user.pk}",
            user=user,
            name="receipt",
            context=context,
            now=now,
        )


def returned_tell(*, report: Report, note: str, now: dt.datetime) -> None:
    """Tell the unit's contacts that the report is returned, with the comment and those at single questions."""
    comments = ReviewComment.objects.across_all(reason="tell the unit itself").filter(
        report=report, submission_id=report.current_id, internal=False
    )
    spec = spec_of(report)
    asked = [{"question": _both(spec, code), "text": text} for code, text in comments.values_list("question", "text")]
    _tell_contacts(report, Notice.Kind.RETURNED, {"comment": note, "comments": asked}, now)


def approved_tell(*, report: Report, note: str, now: dt.datetime) -> None:
    """Tell the unit's contacts that the report is approved."""
    _tell_contacts(report, Notice.Kind.APPROVED, {"comment": note}, now)


def _tell_contacts(report: Report, kind: str, facts: dict[str, Any], now: dt.datetime) -> None:
    if users := _contacts(report, now):
        notice_write(kind=kind, round=report.round, report=report, users=users, now=now, facts=facts)


def _contacts(report: Report, now: dt.datetime) -> list[User]:
    return editors_of({report.municipality_id}, today=timezone.localdate(now)).get(report.municipality_id, [])


def _both(spec: FormSpec, code: str) -> dict[str, str]:
    """A question's name in both languages; empty for a comment about the whole."""
    name = spec.question(code).name if spec.has(code) else {}
    return {language: local(name, language) for language in LANGUAGES if name}


def page_url(name: str, report: Report) -> str:
    """The whole address of a report's page, for a mail."""
    return absolute_url(reverse(name, args=[report.pk]))


def _unit_name(report: Report) -> str:
    """The unit's name on the reference date, in all its languages."""
    name = unit_names([report.municipality_id], report.round.reference_date).get(report.municipality_id)
    return name.display_name if name else ""

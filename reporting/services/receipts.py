"""What the municipality gets when its report is sent in, returned or approved: a receipt as PDF, and mails."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from municipalities.mail import absolute_url, mail_queue_template
from municipalities.models import User
from municipalities.services import office_names, unit_names
from reporting.form_spec import local
from reporting.models import Document, Report, ReviewComment, Submission
from reporting.querysets import editors_of
from reporting.services.draft_view import spec_of


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
    """Mail the receipt to whoever sent the report in."""
    context = {
        "unit": _unit_name(report),
        "reference_date": report.round.reference_date,
        "submitted_at": submission.submitted_at,
        "number": submission.number,
        "days_late": submission.days_late,
        "answers_hash": submission.answers_hash,
        "url": page_url("report_receipt", report),
    }
    mail_queue_template(
        key=f"report:{report.pk}/{submission.number} receipt user:{actor.pk}",
        user=actor,
        name="receipt",
        context=context,
        now=now,
    )


def returned_mails(*, report: Report, note: str, now: dt.datetime) -> None:
    """Tell the unit's contacts that the report is returned, with the comment and those at single questions."""
    comments = ReviewComment.objects.across_all(reason="mail to the unit itself").filter(
        report=report, submission_id=report.current_id, internal=False
    )
    rows = list(comments.values_list("question", "text"))
    _mail_contacts(report, "returned", "report_form", {"comment": note}, rows, now)


def approved_mails(*, report: Report, note: str, now: dt.datetime) -> None:
    """Tell the unit's contacts that the report is approved."""
    _mail_contacts(report, "approved", "report_detail", {"comment": note}, [], now)


def _mail_contacts(
    report: Report, name: str, page: str, context: dict[str, Any], comments: list[tuple[str, str]], now: dt.datetime
) -> None:
    today = timezone.localdate(now)
    users = editors_of({report.municipality_id}, today=today).get(report.municipality_id, [])
    if not users:
        return
    day, spec = report.round.reference_date, spec_of(report)
    whole = {
        **context,
        "unit": _unit_name(report),
        "reference_date": day,
        "url": page_url(page, report),
    }
    number = report.current.number if report.current else 0
    for user in users:
        with translation.override(user.language):
            office = office_names(today).get(report.office_id)
        asked = [(local(spec.question(code).name, user.language) if spec.has(code) else "", text)
                 for code, text in comments]  # fmt: skip
        mail_queue_template(
            key=f"report:{report.pk}/{number} {name} user:{user.pk}",
            user=user,
            name=name,
            context={**whole, "office": office.name if office else "", "comments": asked},
            now=now,
        )


def page_url(name: str, report: Report) -> str:
    """The whole address of a report's page, for a mail."""
    return absolute_url(reverse(name, args=[report.pk]))


def _unit_name(report: Report) -> str:
    """The unit's name on the reference date, in all its languages."""
    name = unit_names([report.municipality_id], report.round.reference_date).get(report.municipality_id)
    return name.display_name if name else ""

"""What the statsforvalter's staff write about a report: comments to the municipality, internal notes, and the
judgement of each warning. Returning and approving are in ``submissions``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.access import can
from municipalities.free_text import text_fault
from municipalities.models import User
from municipalities.transitions import TransitionRefused, WrongState
from reporting.answers_typed import clean
from reporting.form_spec import QuestionSpec
from reporting.models import FindingReview, Report, ReviewComment, Submission
from reporting.workflow import REPORT

MAX_LENGTH = 4000


class TextRefused(TransitionRefused):
    """The text of a comment or note cannot be kept; ``message`` says why."""


class NewerSubmission(TransitionRefused):
    """The report has been sent in anew since the reader opened it: what she judged is no longer what counts."""


class UnknownFinding(TransitionRefused):
    """The submission has no such warning."""


def comment_add(*, report: Report, question: str, text: str, actor: User, now: datetime) -> ReviewComment:
    """Write a comment to the municipality at a question (empty: on the whole report).

    It is shown when the report is returned or approved. Raises PermissionDenied, WrongState when the report is not
    with the statsforvalter, TextRefused.
    """
    with transaction.atomic():
        row = _locked(report, right="report.return", actor=actor, now=now)
        _require_sent_in(row)
        return ReviewComment.objects.get_queryset().create(
            report=row,
            submission_id=row.current_id,
            question=question,
            text=text_clean(text),
            author=actor,
            author_name=str(actor),
            written_at=now,
        )


def comment_remove(*, report: Report, comment_id: int, actor: User, now: datetime) -> bool:
    """Take back a comment that the municipality has not seen. Returns whether there was one to take back."""
    with transaction.atomic():
        row = _locked(report, right="report.return", actor=actor, now=now)
        kept = ReviewComment.objects.get_queryset().filter(report=row, pk=comment_id, internal=False)
        deleted, _rows = kept.filter(shown_at__isnull=True).delete()
        return bool(deleted)


def note_add(*, report: Report, text: str, actor: User, now: datetime) -> ReviewComment:
    """Write an internal note, which the municipality never sees. Notes are added, never changed.

    Raises PermissionDenied, TextRefused.
    """
    with transaction.atomic():
        row = _locked(report, right="report.note", actor=actor, now=now)
        return ReviewComment.objects.get_queryset().create(
            report=row,
            submission_id=row.current_id,
            text=text_clean(text),
            internal=True,
            author=actor,
            author_name=str(actor),
            written_at=now,
        )


def finding_judge(
    *, report: Report, submission_number: int, finding: str, accepted: bool, actor: User, now: datetime
) -> FindingReview:
    """Say whether the municipality's explanation of a warning is good enough; a second judgement replaces the first.

    ``finding`` is the warning's key. Raises PermissionDenied, WrongState, NewerSubmission when the municipality has
    sent the report in anew, UnknownFinding.
    """
    with transaction.atomic():
        row = _locked(report, right="report.approve", actor=actor, now=now)
        _require_sent_in(row)
        submission = require_submission(row, submission_number)
        if finding not in {entry["key"] for entry in warnings_of(submission)}:
            raise UnknownFinding(_("The report has no such warning. Load the page again."), state=row.status)
        judgement, _made = FindingReview.objects.update_or_create(
            submission=submission,
            finding=finding,
            defaults={"accepted": accepted, "judged_by": actor, "judged_at": now},
        )
        return judgement


def return_note(*, report: Report, text: str) -> str:
    """What a return says: the text, or where there are comments at the questions, a sentence that points to them.

    Raises TextRefused for a text that cannot be kept, and when there is neither text nor comment.
    """
    if text.strip():
        return text_clean(text)
    waiting = ReviewComment.objects.get_queryset().filter(report=report, internal=False, shown_at__isnull=True)
    if waiting.exists():
        return gettext("See the comments at the questions.")
    raise TextRefused(_("Write a comment that says what is to be changed."), state=report.status)


def require_submission(report: Report, number: int) -> Submission:
    """The Submission that counts. Raises NewerSubmission when it is not the one with this number."""
    submission = report.current
    if submission is None or submission.number != number:
        raise NewerSubmission(
            _("The municipality has sent the report in anew since you opened the page. Go through the new answers."),
            state=report.status,
        )
    return submission


def warnings_of(submission: Submission) -> list[dict[str, Any]]:
    """The warnings of a Submission, as they were stored with it."""
    return [entry for entry in submission.findings if entry.get("level") == "warning"]


def _locked(report: Report, *, right: str, actor: User, now: datetime) -> Report:
    row = Report.objects.get_queryset().select_for_update(of=("self",)).select_related("round").get(pk=report.pk)
    decision = can(actor, right, row, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    return row


def _require_sent_in(row: Report) -> None:
    if row.status != Report.Status.SUBMITTED:
        raise WrongState(REPORT.wrong_state[row.status], state=row.status)


def text_clean(raw: str, *, longest: int = MAX_LENGTH) -> str:
    """A text as it is kept. Raises TextRefused when it is empty, too long, or holds what the portal may not keep."""
    limits = {"max_length": longest}
    cleaned = clean(QuestionSpec(code="comment", kind="long_text", text={"nb": "", "nn": ""}, limits=limits), raw)
    if cleaned.error:
        raise TextRefused(cleaned.error)
    if not cleaned.value:
        raise TextRefused(_("Write something first."))
    text: str = cleaned.value
    if fault := text_fault(text):
        raise TextRefused(fault)
    return text

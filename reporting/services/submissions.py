"""A report is sent in, returned, approved. One service for each step, and only these make the transitions.

What is sent in is a Submission with its Answer rows, frozen, in the same transaction as the new state and its Event;
mails and the receipt are rows in it too, and their jobs start after the commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import can
from municipalities.models import Municipality, User
from municipalities.transitions import TransitionRefused, WrongState, perform
from reporting.answers import answer_rows, answers_hash, diff, value_at
from reporting.answers_typed import clean
from reporting.checks import ERROR, WARNING, Finding
from reporting.form_spec import QuestionSpec
from reporting.models import Answer, FindingReview, Report, ReviewComment, Submission
from reporting.services.draft_view import spec_of, split_answers
from reporting.services.drafts import DraftWriter, fill, lock_for_edit, lock_report, refresh
from reporting.services.findings import findings_now, unexplained
from reporting.services.form_follow import draft_comes_back
from reporting.services.on_behalf import is_own, sent_in_tell
from reporting.services.prefill import LastReport, last_report
from reporting.services.receipts import approved_tell, receipt_mail, receipt_make, returned_tell
from reporting.services.registers import registers_follow
from reporting.services.review import require_submission, warnings_of
from reporting.timing import days_late, extension_used
from reporting.workflow import REPORT, require_report_open


class ChecksFailed(Exception):
    """The report cannot be sent in as it stands. ``findings`` are all of them, ``stopping`` those that stop it: errors,
    and warnings without an explanation."""

    def __init__(self, findings: list[Finding], stopping: list[Finding]) -> None:
        super().__init__(", ".join(finding.key for finding in stopping))
        self.findings, self.stopping = findings, stopping

    @property
    def has_errors(self) -> bool:
        return any(finding.level == ERROR for finding in self.stopping)


class StaleDraft(TransitionRefused):
    """The draft has been changed since the person looked it over."""


class NothingToRepeat(TransitionRefused):
    """There is no earlier report to send in again, or this one has already been changed."""


class NotJudged(TransitionRefused):
    """The report has warnings whose explanation nobody has accepted."""


@dataclass(frozen=True)
class Outcome:
    """What became of several reports: those approved, and those refused with a sentence."""

    approved: tuple[Report, ...]
    refused: tuple[tuple[Report, Any], ...]


# --- the municipality -----------------------------------------------------------------------------


def submission_submit(
    *,
    report: Report,
    actor: User,
    now: dt.datetime,
    on_behalf_of: Municipality | None = None,
    nothing_new: bool = False,
    draft_version: int | None = None,
    request_id: str = "",
) -> Submission:
    """Send the report in as its draft stands. Returns the Submission.

    Who is not of the municipality itself (the statsforvalter, with a report that she has taken over) sends in on its
    behalf, and the Submission says so. ``draft_version`` is the version that the person looked over (None: not
    compared). Raises ChecksFailed, StaleDraft, WrongState when it is already sent in, RoundClosed, PermissionDenied;
    then nothing is written.
    """
    _require_right(actor, "report.submit", report, now)
    with transaction.atomic():
        row = lock_report(report)
        if row.status not in (Report.Status.NOT_STARTED, *REPORT.get("submit").source):
            raise WrongState(REPORT.wrong_state[row.status], state=row.status)
        require_report_open(row, now)
        if draft_version is not None and draft_version != row.draft_version:
            raise StaleDraft(
                _("The answers have been changed since you looked them over. Look them over again, then send in."),
                state=row.status,
            )
        if on_behalf_of is None and not is_own(actor, row, today=timezone.localdate(now)):
            on_behalf_of = row.municipality
        last = last_report(row)
        findings = findings_now(row, last, timezone.localdate(now))
        comments = row.draft.get("comments", {})
        if stopping := unexplained(findings, comments):
            raise ChecksFailed(findings, stopping)
        if row.status == Report.Status.NOT_STARTED:
            perform(REPORT, row, "start", actor=actor, now=now, request_id=request_id)
        submission = _freeze(row, last, findings, actor=actor, now=now, on_behalf_of=on_behalf_of, same=nothing_new)
        perform(
            REPORT, row, "submit", actor=actor, now=now, on_behalf_of=on_behalf_of, request_id=request_id,
            content_hash=submission.answers_hash, updates={"current": submission},
        )  # fmt: skip
        receipt_mail(submission=submission, report=row, actor=actor, now=now)
        if on_behalf_of is not None:
            sent_in_tell(report=row, actor=actor, now=now)
        receipt_make(submission=submission, actor=actor, now=now)
    follow_row(report, row)
    return submission


def _freeze(
    row: Report,
    last: LastReport,
    findings: list[Finding],
    *,
    actor: User,
    now: dt.datetime,
    on_behalf_of: Municipality | None,
    same: bool,
) -> Submission:
    """Write the Submission and its Answer rows. Sent in anew it is as late, or as much inside its extension, as it was
    the first time."""
    spec = spec_of(row)
    answers, hidden = split_answers(spec, row.draft)
    comments = row.draft.get("comments", {})
    changed = _changed(spec, last, answers)
    today = timezone.localdate(now)
    number, late = 1, days_late(row.round, today, row.extended_to)
    extended_to = extension_used(row.round, today, row.extended_to)
    if row.current_id is not None:
        before = Submission.objects.get_queryset().only("number", "days_late", "extended_to").get(pk=row.current_id)
        number, late, extended_to = before.number + 1, before.days_late, before.extended_to
    submission = Submission.objects.get_queryset().create(
        report=row,
        number=number,
        form_version_id=row.round.form_version_id,
        answers=answers,
        hidden=hidden,
        findings=[finding.stored(comments.get(finding.key, "")) for finding in findings],
        warning_count=sum(finding.level == WARNING for finding in findings),
        changed=changed,
        change_count=len(changed),
        nothing_new=same,
        answers_hash=answers_hash(answers),
        submitted_by=actor,
        submitted_by_name=str(actor),
        on_behalf_of=on_behalf_of,
        submitted_at=now,
        days_late=late,
        extended_to=extended_to,
    )
    Answer.objects.get_queryset().bulk_create(
        [
            Answer(
                submission=submission,
                question=entry.question,
                row=entry.row,
                value=entry.value,
                number=entry.number,
                date=entry.date,
                text=entry.text,
            )
            for entry in answer_rows(spec, answers)
        ]
    )
    return submission


def _changed(spec: Any, last: LastReport, answers: Mapping[str, Any]) -> list[str]:
    """The codes that differ from the last report, in form order; none when there is no last report."""
    if last.submission is None:
        return []
    return list(dict.fromkeys(change.code for change in diff(spec, last.answers, answers)))


def nothing_new(*, report: Report, actor: User, now: dt.datetime, request_id: str = "") -> Submission:
    """Send in last time's answers again, in one step.

    What only holds since last time (support received) is taken from the register where it knows. Raises
    NothingToRepeat when there is no earlier report, or when this one has been changed by hand or returned;
    ChecksFailed when last time's answers do not do any longer (the draft then holds them); else as
    ``submission_submit``.
    """
    with transaction.atomic():
        row = lock_for_edit(report, actor, now)
        last = last_report(row)
        require_repeatable(row, last)
        if changed_by_hand(row, last):
            raise changed_since_last(row)
        _repeat(row, last, actor, now, request_id)
    refresh(report, row)
    return submission_submit(report=report, actor=actor, now=now, nothing_new=True, request_id=request_id)


def require_repeatable(report: Report, last: LastReport) -> None:
    """Raise NothingToRepeat when there is no earlier report, or this one has been returned or reopened."""
    if report.status == Report.Status.RETURNED:
        raise NothingToRepeat(
            _("The report has been returned. Change what is needed and send it in from the form."), state=report.status
        )
    if report.status == Report.Status.REOPENED:
        raise NothingToRepeat(
            _("The report is reopened. Change what is needed and send it in from the form."), state=report.status
        )
    if last.submission is None:
        raise NothingToRepeat(_("There is no earlier report to repeat. Fill in the form instead."), state=report.status)


def repeats_last(question: QuestionSpec, known: Any) -> bool:
    """Whether last time's answer is repeated: unless the question holds for one round only (support received) and the
    registers know something (``known``)."""
    return "last" in question.prefill or known is None


def changed_by_hand(report: Report, last: LastReport) -> bool:
    """Whether somebody has written an answer in the draft that is not last time's. No query."""
    fields, spec = report.draft.get("fields", {}), spec_of(report)
    for key in spec.field_keys():
        stored = fields.get(key)
        if not stored or stored.get("source"):
            continue
        question, matrix_row = spec.field(key)
        before = clean(question, value_at(last.answers, question, matrix_row), row=matrix_row).value
        if stored.get("error") or stored.get("value") != before:
            return True
    return False


def changed_since_last(report: Report) -> NothingToRepeat:
    """What is raised where ``changed_by_hand`` holds: the answers that somebody wrote are not thrown away."""
    return NothingToRepeat(
        _("The form has already been changed. Look the answers over and send them in from there."), state=report.status
    )


def _repeat(row: Report, last: LastReport, actor: User, now: dt.datetime, request_id: str) -> None:
    if "fields" not in row.draft:
        fill(row, last, now)
    spec = spec_of(row)
    writer = DraftWriter(row, spec, actor, now)
    for key in spec.field_keys():
        question, matrix_row = spec.field(key)
        stored = row.draft["fields"].get(key, {})
        before = clean(question, value_at(last.answers, question, matrix_row), row=matrix_row).value
        if repeats_last(question, stored.get("value")):
            writer.put_value(key, before)
        writer.confirm(key)
    comments = row.draft.setdefault("comments", {})
    for finding in last.submission.findings if last.submission else []:
        if finding.get("comment"):
            comments.setdefault(finding["key"], finding["comment"])
    writer.touched = True
    writer.store(request_id)


# --- the statsforvalter ---------------------------------------------------------------------------


def submission_return(
    *, report: Report, actor: User, now: dt.datetime, note: str, seen: int | None = None, request_id: str = ""
) -> Report:
    """Return the report to the municipality with a comment; the comments at its questions are shown from now on.

    ``seen`` is the number of the Submission that the reader looked at (None: not compared). Raises WrongState,
    NoteMissing, NewerSubmission, RoundClosed when the municipality could not send it in again, PermissionDenied.
    """
    with transaction.atomic():
        row = _lock_sent_in(report, "report.return", actor, now, seen)
        perform(REPORT, row, "return", actor=actor, now=now, note=note, request_id=request_id)
        draft_comes_back(row)
        _show_comments(row, now)
        returned_tell(report=row, note=note.strip(), now=now)
    follow_row(report, row)
    return report


def submission_approve(
    *, report: Report, actor: User, now: dt.datetime, note: str = "", seen: int | None = None, request_id: str = ""
) -> Report:
    """Approve the report, and bring the registers to what it says.

    ``seen`` as in ``submission_return``. Raises NotJudged when a warning's explanation is not accepted, WrongState,
    NewerSubmission, PermissionDenied.
    """
    with transaction.atomic():
        row = _lock_sent_in(report, "report.approve", actor, now, seen)
        _require_judged(row)
        perform(REPORT, row, "approve", actor=actor, now=now, note=note, request_id=request_id)
        registers_follow(report=row, now=now)
        _show_comments(row, now)
        approved_tell(report=row, note=note.strip(), now=now)
    follow_row(report, row)
    return report


def submissions_approve_many(
    *,
    reports: Iterable[Report],
    actor: User,
    now: dt.datetime,
    seen: Mapping[int, int] | None = None,
    request_id: str = "",
) -> Outcome:
    """Approve several reports, each in a transaction of its own; one that is refused stops none of the others.

    ``seen`` is the number of the Submission that the reader looked at, by the report's id.
    """
    approved: list[Report] = []
    refused: list[tuple[Report, Any]] = []
    for report in reports:
        number = seen.get(report.pk) if seen is not None else None
        try:
            submission_approve(report=report, actor=actor, now=now, seen=number, request_id=request_id)
        except TransitionRefused as refusal:
            refused.append((report, refusal.message))
        except PermissionDenied as denied:
            refused.append((report, str(denied)))
        else:
            approved.append(report)
    return Outcome(tuple(approved), tuple(refused))


def _lock_sent_in(report: Report, right: str, actor: User, now: dt.datetime, seen: int | None) -> Report:
    _require_right(actor, right, report, now)
    row = lock_report(report)
    if row.status != Report.Status.SUBMITTED:
        raise WrongState(REPORT.wrong_state[row.status], state=row.status)
    if seen is not None:
        require_submission(row, seen)
    return row


def _require_judged(row: Report) -> None:
    warnings = {entry["key"] for entry in warnings_of(row.current)} if row.current else set()
    if not warnings:
        return
    accepted = FindingReview.objects.filter(submission_id=row.current_id, accepted=True)
    if warnings - set(accepted.values_list("finding", flat=True)):
        raise NotJudged(
            _("The report has warnings that you have not judged. Judge them first, or return the report."),
            state=row.status,
        )


def _show_comments(row: Report, now: dt.datetime) -> None:
    waiting = ReviewComment.objects.get_queryset().filter(report=row, internal=False, shown_at__isnull=True)
    waiting.update(shown_at=now)


def _require_right(actor: User, right: str, report: Report, now: dt.datetime) -> None:
    decision = can(actor, right, report, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)


def follow_row(report: Report, row: Report) -> None:
    """Bring the caller's object up to date with the row that was written."""
    refresh(report, row)
    for name in ("submitted_at", "returned_at", "approved_at", "reopened_at", "current"):
        setattr(report, name, getattr(row, name))

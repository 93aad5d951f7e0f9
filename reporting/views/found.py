"""What the checks found, as the form shows it: at the fields, in the list at the top, and why a report is locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.templatetags.portal import day, moment
from reporting.answers import format_answer
from reporting.checks.finding import ERROR, WARNING, Finding
from reporting.form_spec import QuestionSpec, SectionSpec, local
from reporting.models import Report
from reporting.question_views import Clash, FindingView
from reporting.services import drafts
from reporting.services.draft_view import DraftView
from reporting.services.drafts import DraftConflict, UnknownField
from reporting.timing import RoundState, open_until, round_state
from reporting.views import shown
from reporting.workflow import locked_sentence


@dataclass(frozen=True)
class ProblemLine:
    """A line of the summary at the top: what is wrong, and the way to it."""

    text: str
    url: str


@dataclass(frozen=True)
class Problems:
    """The summary at the top of a page that could not be sent in."""

    title: str
    lines: Sequence[ProblemLine]


def finding_view(draft: DraftView, finding: Finding, *, asked: bool = False) -> FindingView:
    """One finding as its template draws it. ``asked``: the comment of a warning was missing when it was sent in."""
    question = draft.spec.question(finding.question)
    comment = draft.comments.get(finding.key, "")
    missing = asked and finding.level == WARNING and not comment
    return FindingView(
        level=finding.level,
        message=finding.message,
        key=finding.key,
        dom=finding_dom(finding.key),
        question=finding.question,
        name=local(question.name, shown.language()),
        url=shown.field_url(draft.report, draft.spec, finding.field_key, checked=True),
        comment=comment,
        error=_("Write a short explanation, or change the answer.") if missing else "",
    )


def finding_dom(key: str) -> str:
    """The id of the comment's control."""
    return "f-" + "".join(sign if sign.isalnum() else "-" for sign in key)


def by_place(findings: Sequence[Finding], draft: DraftView) -> dict[str, list[FindingView]]:
    """Errors and warnings by the field they belong to; a row's finding stands at the row."""
    places: dict[str, list[FindingView]] = {}
    for finding in findings:
        if finding.level in (ERROR, WARNING) and finding.code != "invalid":  # the field says that itself
            places.setdefault(finding.field_key, []).append(finding_view(draft, finding))
    return places


def problems(
    draft: DraftView, findings: Sequence[Finding], *, section: SectionSpec | None = None, here: bool = False
) -> Problems | None:
    """What must be corrected or explained, with links: in one section, or in the whole form. None when nothing is.

    ``here`` leads to the explanations on the same page; errors always lead to their field.
    """
    codes = {question.code for question in section.questions} if section else None
    wanted = [finding for finding in findings if codes is None or finding.question in codes]
    errors = [finding for finding in wanted if finding.level == ERROR]
    open_ = [finding for finding in wanted if finding.level == WARNING and not draft.comments.get(finding.key)]
    if not errors and not open_:
        return None
    lines = [
        ProblemLine(_("Error: %(text)s") % {"text": finding.message}, _way(draft, finding, section))
        for finding in errors
    ]
    for finding in open_:
        url = f"#{finding_dom(finding.key)}" if here or section else _way(draft, finding, section)
        lines.append(ProblemLine(_("Warning: %(text)s") % {"text": finding.message}, url))
    return Problems(_title(len(errors), len(open_)), lines)


def _way(draft: DraftView, finding: Finding, section: SectionSpec | None) -> str:
    address = shown.field_url(draft.report, draft.spec, finding.field_key, checked=True)
    return "#" + address.partition("#")[2] if section else address


def _title(errors: int, warnings: int) -> str:
    correct = ngettext("Correct %(count)s error", "Correct %(count)s errors", errors) % {"count": errors}
    explain = ngettext("explain %(count)s warning", "explain %(count)s warnings", warnings) % {"count": warnings}
    if errors and warnings:
        return _("%(correct)s and %(explain)s") % {"correct": correct, "explain": explain}
    return correct if errors else explain[:1].upper() + explain[1:]


def in_words(question: QuestionSpec, value: Any, names: Mapping[str, str]) -> str:
    """A value in words, also one that cannot be an answer: then as it was typed."""
    try:
        return format_answer(question, value, shown.language(), names)
    except (ValueError, TypeError, ArithmeticError, AttributeError):
        return str(value)


def comment_keep(report: Report, name: str, text: str, actor: Any, now: dt.datetime) -> str:
    """Save an explanation that came with a whole page. Returns the sentence when it could not be kept, else ""."""
    try:
        drafts.comment_save(report=report, finding=name.partition(":")[2], text=text, actor=actor, now=now)
    except UnknownField:
        return ""
    except ValueError as refused:
        return str(refused)
    return ""


def comment_clash(key: str, clash: DraftConflict, now: dt.datetime) -> Clash:
    """Two explanations of the same warning."""
    nothing = _("Not answered")
    return Clash(
        key=key,
        dom=finding_dom(clash.key),
        label=_("Explain why this is right"),
        mine=clash.mine or nothing,
        theirs=clash.theirs or nothing,
        their_name=clash.their_name or _("Somebody else"),
        their_at=shown.short_moment(clash.their_at, now),
    )


def why_locked(report: Report, today: dt.date) -> tuple[str, list[str]]:
    """Heading and sentences for a report that the municipality cannot change now."""
    state = round_state(report.round, today)
    if report.status == Report.Status.APPROVED:
        return _("The report is approved"), [
            _("The statsforvalter approved it %(moment)s, and it can no longer be changed.")
            % {"moment": moment(report.approved_at)},
            _("If something is wrong, ask the statsforvalter to reopen it."),
            _("What has changed since then goes into the next report."),
        ]
    if report.status == Report.Status.SUBMITTED:
        name = report.current.submitted_by_name if report.current else ""
        return _("The report is sent in"), [
            _("%(name)s sent it in %(moment)s. It cannot be changed while the statsforvalter looks at it.")
            % {"name": name, "moment": moment(report.submitted_at)},
            _("If something is wrong, ask the statsforvalter to return it."),
        ]
    if state is RoundState.UPCOMING:
        return _("The round has not opened yet"), [
            _("The report can be filled in from %(day)s.") % {"day": day(report.round.opens_on)}
        ]
    return _("The round is closed"), [
        _("The last day to send in was %(day)s.")
        % {"day": day(open_until(report.round, report.status, report.extended_to))},
        _("What was filled in is kept."),
        locked_sentence(report.round, today),
    ]

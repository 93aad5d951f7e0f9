"""What a municipality's front page reads: its reports, whom it can ask, and who else can fill in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from municipalities.models import Membership, Role, User
from municipalities.querysets import valid_on
from reporting.form_spec import local
from reporting.models import Report, SectionAssignment
from reporting.querysets import editors_of
from reporting.services.draft_view import EDITABLE, DraftView, spec_of
from reporting.services.messages import messages_waiting
from reporting.services.sections import assignments_of
from reporting.services.submissions import changed_by_hand, changed_since_last, repeats_last, require_repeatable
from reporting.timing import RoundState, open_until, round_state

CONTACTS = 2
"""So many names at the statsforvalter's are shown; more is no help."""


@dataclass(frozen=True)
class Contact:
    """Somebody to ask."""

    name: str
    email: str


def contacts_at(office_id: int, *, today: dt.date) -> list[Contact]:
    """Staff of the statsforvalter's office on ``today`` who can get mail, by name. One query."""
    users = User.objects.filter(
        pk__in=Membership.objects.filter(valid_on(today), role=Role.STATSFORVALTER, office_id=office_id).values(
            "user_id"
        ),
        is_active=True,
    ).exclude(email="")
    ordered = users.order_by("last_name", "first_name", "pk")[:CONTACTS]
    return [Contact(str(user), user.email) for user in ordered]


def colleagues_of(unit_id: int, *, user: User, today: dt.date) -> list[str]:
    """The others who can fill in for the unit. One query."""
    return [str(other) for other in editors_of([unit_id], today=today).get(unit_id, []) if other.pk != user.pk]


def current_report(reports: list[Report], today: dt.date) -> Report | None:
    """Of a unit's reports, newest first: the one whose round is open, or that can be changed although the round is
    closed (sent back, or with a later deadline of its own); None when there is none."""
    for report in reports:
        state, last = round_state(report.round, today), open_until(report.round, report.status, report.extended_to)
        back = report.status in EDITABLE and today <= last
        if state in (RoundState.OPEN, RoundState.LATE) or (state is RoundState.CLOSED and back):
            return report
    return None


def questions_to(report: Report | None) -> int:
    """How many messages from the statsforvalter wait for the municipality's answer. One query."""
    return messages_waiting(report, from_office=True) if report is not None else 0


@dataclass(frozen=True)
class HandedPart:
    """A part of the form that somebody has got and not filled in yet; ``title`` in the language in use."""

    number: int
    key: str
    title: str
    row: SectionAssignment


def parts_handed(report: Report | None, *, user: User, today: dt.date) -> list[HandedPart]:
    """The parts of a report that wait for ``user``, in the form's order. One query (and the scope)."""
    if report is None or report.status not in EDITABLE:
        return []
    rows = assignments_of([report], user, today=today).get(report.pk, {})
    mine = {key: row for key, row in rows.items() if row.user_id == user.pk and row.done_at is None}
    language, parts = get_language() or "nb", enumerate(spec_of(report).sections, 1)
    return [HandedPart(at, one.key, local(one.title, language), mine[one.key]) for at, one in parts if one.key in mine]


def what_waits(report: Report | None, *, user: User, today: dt.date) -> dict[str, Any]:
    """What others wait for: ``asked``, the number of the statsforvalter's questions, and ``handed``, her parts."""
    return {"asked": questions_to(report), "handed": parts_handed(report, user=user, today=today)}


def repeated_answers(draft: DraftView) -> dict[str, Any]:
    """The answers that ``submissions.nothing_new`` would send in: last time's, and the registers' where a question
    does not repeat last time's (support since then). Raises NothingToRepeat where it can be seen beforehand."""
    require_repeatable(draft.report, draft.last)
    if changed_by_hand(draft.report, draft.last):
        raise changed_since_last(draft.report)
    answers: dict[str, Any] = {}
    for question in draft.spec.questions():
        before, known = draft.last.answers.get(question.code), draft.answers.get(question.code)
        value = before if repeats_last(question, known) else known
        if value is not None:
            answers[question.code] = value
    return answers

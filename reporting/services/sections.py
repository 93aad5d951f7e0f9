"""A section of the form is handed to a colleague, who is told by mail and says when it is filled in; then who handed
it over is told.

It divides the work and locks nothing: everybody who may fill in the report may still change all of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.free_text import text_fault
from municipalities.models import User
from municipalities.transitions import NoteRefused, TransitionRefused, WrongState, log
from reporting.models import Notice, Report, SectionAssignment
from reporting.notice_words import LANGUAGES
from reporting.querysets import editors_of
from reporting.services.draft_view import EDITABLE, spec_of
from reporting.services.notices import notice_write
from reporting.services.on_behalf import is_own
from reporting.services.steps import step
from reporting.workflow import REPORT, require_report_open

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

NOTE_LENGTH = 500


class NotAColleague(TransitionRefused):
    """The section can be handed only to somebody who fills in for the same municipality."""


class NoteTooLong(TransitionRefused):
    """The words to the colleague are longer than the row holds."""


class NotHanded(TransitionRefused):
    """Nobody has the section."""


def colleagues_of(report: Report, *, today: dt.date) -> list[User]:
    """Those who can be given a section: the municipality's contacts on ``today``. One query."""
    return editors_of({report.municipality_id}, today=today).get(report.municipality_id, [])


def assignments_of(reports: Iterable[Report], user: User, *, today: dt.date) -> dict[int, dict[str, SectionAssignment]]:
    """Who has which section, by report and section, as far as ``user`` may see. One query (and the scope)."""
    found: dict[int, dict[str, SectionAssignment]] = {}
    mine = SectionAssignment.objects.visible_to(user, today=today).filter(report__in=[row.pk for row in reports])
    for row in mine:
        found.setdefault(row.report_id, {})[row.section] = row
    return found


def section_hand(
    *, report: Report, section: str, to: int, actor: User, now: dt.datetime, note: str = "", request_id: str = ""
) -> SectionAssignment:
    """Hand ``section`` to the colleague with the user id ``to``, who is told by mail; over whoever had it.

    Handing again to who has it gives it back to her as not done. Raises KeyError for an unknown section,
    NotAColleague, NoteTooLong, NoteRefused, PermissionDenied (also for the statsforvalter, who fills in alone),
    WrongState and RoundClosed; then nothing is written.
    """
    note = " ".join(note.split())
    with _step(report, actor, now) as row:
        spec_of(row).section(section)
        _require_own(row, actor, now)
        if len(note) > NOTE_LENGTH:
            raise NoteTooLong(_("The message is too long. Write at most 500 characters."), state=row.status)
        if fault := text_fault(note):
            raise NoteRefused(fault, state=row.status)
        person = next((user for user in colleagues_of(row, today=timezone.localdate(now)) if user.pk == to), None)
        if person is None:
            raise NotAColleague(_("Choose a colleague who fills in for your municipality."), state=row.status)
        values = {
            "user": person, "user_name": str(person), "note": note, "assigned_by": actor,
            "assigned_by_name": str(actor), "assigned_at": now, "done_at": None,
        }  # fmt: skip
        given: SectionAssignment
        given, _new = SectionAssignment.objects.get_queryset().update_or_create(
            report=row, section=section, defaults=values
        )
        _log(row, "section_hand", section, actor, now, request_id)
        if person.pk != actor.pk:
            facts = {**_facts(row, section, actor), "comment": note}
            notice_write(
                kind=Notice.Kind.SECTION, round=row.round, report=row, users=[person], now=now, facts=facts,
                key=f"section:{given.pk} at:{_moment(now)}",
            )  # fmt: skip
        return given


def section_done(*, report: Report, section: str, actor: User, now: dt.datetime, request_id: str = "") -> None:
    """Say that a handed section is filled in, which all see in the form, and of which who handed it over is told while
    she still fills in for the municipality. Once more changes and tells nothing.

    Any colleague may say it. Raises NotHanded, PermissionDenied, WrongState and RoundClosed.
    """
    with _step(report, actor, now) as row:
        _require_own(row, actor, now)
        given = _handed(row, section)
        if given.done_at is not None:
            return
        given.done_at = now
        given.save(update_fields=["done_at"])
        _log(row, "section_done", section, actor, now, request_id)
        if given.assigned_by_id not in (None, actor.pk):
            colleagues = colleagues_of(row, today=timezone.localdate(now))
            notice_write(
                kind=Notice.Kind.SECTION_DONE, round=row.round, report=row, now=now,
                users=[user for user in colleagues if user.pk == given.assigned_by_id],
                facts=_facts(row, section, actor), key=f"section:{given.pk} {_moment(given.assigned_at)} done",
            )  # fmt: skip


def section_take(*, report: Report, section: str, actor: User, now: dt.datetime, request_id: str = "") -> None:
    """Nobody has the section any more. Any colleague may do it. Raises as ``section_done``."""
    with _step(report, actor, now) as row:
        _require_own(row, actor, now)
        _handed(row, section).delete()
        _log(row, "section_take", section, actor, now, request_id)


def _facts(row: Report, section: str, actor: User) -> dict[str, Any]:
    """What a notice says of a section: its name, who did it, and the page."""
    title = spec_of(row).section(section).title
    return {
        "section": {language: title[language] for language in LANGUAGES}, "by": str(actor),
        "path": reverse("report_section", args=[row.pk, section]),
    }  # fmt: skip


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}"


def _step(report: Report, actor: User, now: dt.datetime) -> AbstractContextManager[Report]:
    return step(report, "report.edit", actor, now)


def _require_own(row: Report, actor: User, now: dt.datetime) -> None:
    if not is_own(actor, row, today=timezone.localdate(now)):
        raise PermissionDenied(_("Only the municipality's own contacts hand sections to each other."))
    if row.status not in EDITABLE:
        raise WrongState(REPORT.wrong_state[row.status], state=row.status)
    require_report_open(row, now)


def _handed(row: Report, section: str) -> SectionAssignment:
    given = SectionAssignment.objects.get_queryset().filter(report=row, section=section).first()
    if given is None:
        raise NotHanded(_("Nobody has this part now. Load the page again."), state=row.status)
    return given


def _log(row: Report, name: str, section: str, actor: User, now: dt.datetime, request_id: str) -> None:
    log(row, name, actor=actor, now=now, note=section, request_id=request_id, internal=True)

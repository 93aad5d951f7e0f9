"""The transitions of a report and of a national summary, as tables for ``municipalities.transitions`` (idea 3)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.transitions import Transition, TransitionRefused, Workflow
from reporting.models import NationalSummary, Report
from reporting.timing import RoundState, round_state

if TYPE_CHECKING:
    from reporting.models import Round


class RoundClosed(TransitionRefused):
    """The round has not opened yet, or its last day is over."""


def require_open(round_: Round, now: datetime) -> None:
    """Raises RoundClosed with a sentence when municipalities can change nothing at ``now`` (aware)."""
    state = round_state(round_, timezone.localdate(now))
    if state is RoundState.UPCOMING:
        raise RoundClosed(_("The round has not opened yet."), state=state)
    if state is RoundState.CLOSED:
        raise RoundClosed(_("The round is closed. Ask the statsforvalter if something must be changed."), state=state)


def _report_round_open(report: Report, now: datetime) -> None:
    require_open(report.round, now)


_STATE = Report.Status

REPORT = Workflow(
    name="report",
    states=tuple(_STATE.values),
    transitions=(
        Transition(
            name="start",
            source=(_STATE.NOT_STARTED,),
            target=_STATE.DRAFT,
            right="report.edit",
            label=_("Started"),
            checks=(_report_round_open,),
        ),
        Transition(
            name="submit",
            source=(_STATE.DRAFT, _STATE.RETURNED),
            target=_STATE.SUBMITTED,
            right="report.submit",
            label=_("Sent in"),
            checks=(_report_round_open,),
            stamp="submitted_at",
        ),
        Transition(
            name="return",
            source=(_STATE.SUBMITTED,),
            target=_STATE.RETURNED,
            right="report.return",
            label=_("Returned"),
            checks=(_report_round_open,),  # else nobody could send it in again
            needs_note=True,
            stamp="returned_at",
        ),
        Transition(
            name="approve",
            source=(_STATE.SUBMITTED,),
            target=_STATE.APPROVED,
            right="report.approve",
            label=_("Approved"),
            stamp="approved_at",
        ),
    ),
    wrong_state={
        _STATE.NOT_STARTED: _("The report has not been started yet."),
        _STATE.DRAFT: _("The report has not been sent in yet."),
        _STATE.SUBMITTED: _("The report has already been sent in."),
        _STATE.RETURNED: _("The report has been returned to the municipality."),
        _STATE.APPROVED: _("The report has already been approved."),
    },
)

_SUMMARY = NationalSummary.Status

SUMMARY = Workflow(
    name="summary",
    states=tuple(_SUMMARY.values),
    transitions=(
        Transition("built", (_SUMMARY.BUILDING,), _SUMMARY.READY, None, _("Made")),
        Transition("failed", (_SUMMARY.BUILDING,), _SUMMARY.FAILED, None, _("Could not be made")),
        Transition("retry", (_SUMMARY.FAILED,), _SUMMARY.BUILDING, "summary.build", _("Tried again")),
        Transition(
            "send", (_SUMMARY.READY,), _SUMMARY.SENT, "summary.send", _("Sent to the ministry"), stamp="sent_at"
        ),
    ),
    wrong_state={
        _SUMMARY.BUILDING: _("The summary is being made."),
        _SUMMARY.FAILED: _("The summary could not be made. Try again first."),
        _SUMMARY.READY: _("The summary is already made."),
        _SUMMARY.SENT: _("The summary has already been sent to the ministry."),
    },
)

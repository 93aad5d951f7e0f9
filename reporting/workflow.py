"""The transitions of a report, of a region's report and of a national summary, as tables for the engine
(``municipalities.transitions``, idea 3)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from municipalities.transitions import Transition, TransitionRefused, Workflow
from reporting.models import NationalSummary, RegionalReport, Report
from reporting.timing import RoundState, open_until, round_state

if TYPE_CHECKING:
    import datetime as dt

    from reporting.models import Round


class RoundClosed(TransitionRefused):
    """The round has not opened yet, or its last day is over."""


def require_open(
    round_: Round, now: datetime, *, status: str = Report.Status.DRAFT, extended_to: dt.date | None = None
) -> None:
    """Raises RoundClosed with a sentence when a report of this state, with this deadline of its own, can no longer be
    changed at ``now`` (aware), or not yet."""
    today = timezone.localdate(now)
    if round_state(round_, today) is RoundState.UPCOMING:
        raise RoundClosed(_("The round has not opened yet."), state=RoundState.UPCOMING)
    if today > open_until(round_, status, extended_to):
        raise RoundClosed(locked_sentence(round_, today), state=RoundState.CLOSED)


def locked_sentence(round_: Round, today: dt.date) -> str:
    """Why nothing can be sent in on ``today``, after the last day for it, and who can open it."""
    if today > open_until(round_, Report.Status.RETURNED):
        return gettext("The round is locked. Only Helsedirektoratet can open it for corrections.")
    return gettext("The round is closed. Ask the statsforvalter if something must be changed.")


def require_report_open(report: Report, now: datetime) -> None:
    """``require_open`` for a report as it stands. Reads its round."""
    require_open(report.round, now, status=report.status, extended_to=report.extended_to)


def require_published(round_: Round, now: datetime) -> None:
    """Raises RoundClosed before the round has opened; the statsforvalter and Hdir work on after its last day."""
    if round_state(round_, timezone.localdate(now)) is RoundState.UPCOMING:
        raise RoundClosed(_("The round has not opened yet."), state=RoundState.UPCOMING)


def _comes_back(report: Report, now: datetime) -> None:
    """What goes back to the municipality must be able to come again."""
    require_open(report.round, now, status=Report.Status.RETURNED, extended_to=report.extended_to)


def not_locked(report: Report, now: datetime) -> None:
    """Raises RoundClosed for what the nation has locked: no office opens it, not by an extension either."""
    require_open(report.round, now, status=Report.Status.REOPENED)


class RegionDelivered(TransitionRefused):
    """The region's report is with Hdir: what it was built on stays as it is."""


def region_not_delivered(report: Report, now: datetime) -> None:
    """Raises RegionDelivered when the region's report of the round lies with Hdir."""
    under = RegionalReport.objects.across_all(reason="what was delivered to Hdir stays as it was")
    if under.filter(round=report.round_id, office=report.office_id, status__in=RegionalReport.CLOSED).exists():
        sentence = _("The region has been delivered to Hdir. Ask Hdir to return it first.")
        raise RegionDelivered(sentence, state=report.status)


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
            checks=(require_report_open,),
        ),
        Transition(
            name="submit",
            source=(_STATE.DRAFT, _STATE.RETURNED, _STATE.REOPENED),
            target=_STATE.SUBMITTED,
            right="report.submit",
            label=_("Sent in"),
            checks=(require_report_open,),
            stamp="submitted_at",
        ),
        Transition(
            name="return",
            source=(_STATE.SUBMITTED,),
            target=_STATE.RETURNED,
            right="report.return",
            label=_("Returned"),
            checks=(_comes_back,),
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
        Transition(
            name="take_back",
            source=(_STATE.APPROVED,),
            target=_STATE.SUBMITTED,
            right="report.reopen",
            label=_("Approval taken back"),
            checks=(not_locked, region_not_delivered),
        ),
        Transition(
            name="reopen",
            source=(_STATE.APPROVED,),
            target=_STATE.REOPENED,
            right="report.reopen",
            label=_("Reopened"),
            checks=(not_locked, region_not_delivered),
            needs_note=True,
            stamp="reopened_at",
        ),
    ),
    wrong_state={
        _STATE.NOT_STARTED: _("The report has not been started yet."),
        _STATE.DRAFT: _("The report has not been sent in yet."),
        _STATE.SUBMITTED: _("The report has already been sent in."),
        _STATE.RETURNED: _("The report has been returned to the municipality."),
        _STATE.APPROVED: _("The report has already been approved."),
        _STATE.REOPENED: _("The report is reopened and lies with the municipality."),
    },
)


def step_refused(report: Report, name: str, now: datetime) -> str:
    """Why a transition that starts in the report's state cannot be made now, whoever asks, as a sentence; "" when it
    can, and in a state in which there is no question of it."""
    rule = REPORT.get(name)
    if report.status not in rule.source:
        return ""
    try:
        for check in rule.checks:
            check(report, now)
    except TransitionRefused as refused:
        return str(refused.message)
    return ""


_REGION = RegionalReport.Status


def _regional_round_open(regional: RegionalReport, now: datetime) -> None:
    require_published(regional.round, now)


REGIONAL = Workflow(
    name="regional",
    states=tuple(_REGION.values),
    transitions=(
        Transition(
            name="deliver",
            source=(_REGION.DRAFT, _REGION.RETURNED),
            target=_REGION.DELIVERED,
            right="regional.edit",
            label=_("Delivered to Hdir"),
            checks=(_regional_round_open,),
            stamp="delivered_at",
        ),
        Transition(
            name="return",
            source=(_REGION.DELIVERED, _REGION.ACCEPTED),
            target=_REGION.RETURNED,
            right="regional.judge",
            label=_("Returned"),
            needs_note=True,
            stamp="returned_at",
        ),
        Transition(
            name="accept",
            source=(_REGION.DELIVERED,),
            target=_REGION.ACCEPTED,
            right="regional.judge",
            label=pgettext_lazy("region", "Accepted"),
            stamp="accepted_at",
        ),
    ),
    wrong_state={
        _REGION.DRAFT: _("The region has not been delivered yet."),
        _REGION.DELIVERED: _("The region has already been delivered."),
        _REGION.RETURNED: _("The region's report has been returned."),
        _REGION.ACCEPTED: _("The region's report has already been accepted."),
    },
)

_SUMMARY = NationalSummary.Status


class ChangeUnexplained(TransitionRefused):
    """A version that replaces one that was sent says what has changed, and why."""


class ReplacesAnother(TransitionRefused):
    """Since the version was approved, another one has been sent, which this one would replace too."""


def last_sent(summary: NationalSummary) -> NationalSummary | None:
    """The version of the same document that was sent last, withdrawn or not; the version itself aside. One query."""
    rows = NationalSummary.objects.across_all(reason="what a version replaces")
    sent = rows.filter(kind=summary.kind, round=summary.round_id, sent_at__isnull=False).exclude(pk=summary.pk)
    return sent.order_by("sent_at", "version").last()  # type: ignore[no-any-return]


def _change_explained(summary: NationalSummary, _now: datetime) -> None:
    if last_sent(summary) is not None and not summary.change_note.strip():
        sentence = _("This version replaces one that was sent. Write what has changed, and why.")
        raise ChangeUnexplained(sentence, state=summary.status)


def _replaces_the_last(summary: NationalSummary, _now: datetime) -> None:
    last = last_sent(summary)
    if last is not None and summary.replaces_id != last.pk:
        sentence = gettext("Version %(version)s has been sent since this one was approved. Take the approval back, "
                           "look at what has changed, and approve it again.") % {"version": last.version}  # fmt: skip
        raise ReplacesAnother(sentence, state=summary.status)


SUMMARY = Workflow(
    name="summary",
    states=tuple(_SUMMARY.values),
    transitions=(
        Transition("built", (_SUMMARY.BUILDING,), _SUMMARY.READY, None, _("Made")),
        Transition("failed", (_SUMMARY.BUILDING,), _SUMMARY.FAILED, None, _("Could not be made")),
        Transition("cancel", (_SUMMARY.BUILDING,), _SUMMARY.CANCELLED, "summary.build", _("Cancelled")),
        Transition(
            "retry", (_SUMMARY.FAILED, _SUMMARY.CANCELLED), _SUMMARY.BUILDING, "summary.build", _("Tried again")
        ),
        Transition(
            name="approve",
            source=(_SUMMARY.READY,),
            target=_SUMMARY.APPROVED,
            right="summary.approve",
            label=_("Approved"),
            checks=(_change_explained,),
            stamp="approved_at",
        ),
        Transition(
            name="unapprove",
            source=(_SUMMARY.APPROVED,),
            target=_SUMMARY.READY,
            right="summary.approve",
            label=_("Approval taken back"),
            needs_note=True,
        ),
        Transition(
            name="send",
            source=(_SUMMARY.APPROVED,),
            target=_SUMMARY.SENT,
            right="summary.send",
            label=_("Sent to the ministry"),
            checks=(_replaces_the_last,),
        ),  # the day it was sent is said by who sends it, and written with the state
        Transition(
            name="withdraw",
            source=(_SUMMARY.SENT,),
            target=_SUMMARY.WITHDRAWN,
            right="summary.withdraw",
            label=_("Withdrawn"),
            needs_note=True,
            stamp="withdrawn_at",
        ),
    ),
    wrong_state={
        _SUMMARY.BUILDING: _("The summary is being made."),
        _SUMMARY.FAILED: _("The summary could not be made. Try again first."),
        _SUMMARY.CANCELLED: _("The making of the summary was cancelled."),
        _SUMMARY.READY: _("The summary is a draft. It is approved before it is sent."),
        _SUMMARY.APPROVED: _("The summary is approved."),
        _SUMMARY.SENT: _("The summary has already been sent to the ministry."),
        _SUMMARY.WITHDRAWN: _("The summary has been withdrawn."),
    },
)

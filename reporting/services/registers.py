"""What an approved report changes in the registers (idea 4): the plan decision, its anchoring, the positions on the
solutions, step and phase, and the networks. Each row names its origin, ``report:<report>/<submission>``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from municipalities.models import Municipality
from municipalities.services import (
    phase_status_register,
    plan_anchoring_register,
    plan_decision_register,
    register_lock,
    solution_positions_register,
)
from networks.models import Participation
from networks.services import participation_register
from reporting.form_spec import FormSpec
from reporting.models import Report, Round, Submission
from reporting.services.rounds import form_spec


def registers_follow(*, report: Report, now: dt.datetime) -> None:
    """Bring the registers to what a report says that has just been approved.

    Where reports of later rounds have been approved before it, what they say is written once more after it, in their
    order: a late approval fills in the time until the next report, and never changes what holds after that. Call it
    in the transaction of the approval.
    """
    if report.round.is_test:  # what was tried out is no fact
        return
    register_lock(report.municipality_id)
    approved = (
        Report.objects.across_all(reason="the later reports of the same unit")
        .filter(
            municipality=report.municipality_id,
            status=Report.Status.APPROVED,
            round__reference_date__gt=report.round.reference_date,
        )
        .exclude(round__kind=Round.Kind.TEST)
    )
    later = approved.select_related("round", "municipality", "current__form_version").defer("draft")
    for row in (report, *later.order_by("round__reference_date")):
        if row.current is not None:
            spec = form_spec(row.current.form_version)
            known_at = None if row.pk == report.pk else row.approved_at
            registers_write(report=row, submission=row.current, spec=spec, now=now, known_at=known_at)


def registers_write(
    *, report: Report, submission: Submission, spec: FormSpec, now: dt.datetime, known_at: dt.datetime | None = None
) -> None:
    """Bring the registers to what the submission says, from the round's reference date on.

    Only what the form asks is touched: a round without the networks changes no participation. Run again it changes
    nothing. ``known_at`` is the moment of the approval, where it is written once more: what was entered directly in
    the registers since then stays. What was entered about a network after the report was sent in stays too.
    """
    answers: Mapping[str, Any] = submission.answers
    where = {
        "municipality": report.municipality,
        "origin": f"report:{report.pk}/{submission.number}",
        "valid_from": report.round.reference_date,
    }
    plans = {**where, "now": now, "known_at": known_at}
    if "plan.status" in answers:
        plan_decision_register(**plans, **_plan(answers))
    if spec.has("plan.anchoring"):
        plan_anchoring_register(**plans, plan_types=answers.get("plan.anchoring", []))
    if "solutions" in answers:
        solution_positions_register(**plans, positions=answers["solutions"])
    if "progress.step" in answers or "progress.phase" in answers:
        phase_status_register(**plans, **_phase(answers))
    if "network.participates" in answers:
        _networks(answers, **where, now=now, known_at=known_at or submission.submitted_at)


def _plan(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": answers["plan.status"],
        "decided_on": _date(answers.get("plan.decided_on")),
        "case_number": answers.get("plan.case", ""),
        "link": answers.get("plan.link", ""),
        "expected_on": _date(answers.get("plan.expected_on")),
        "process": answers.get("plan.process", ""),
    }


def _phase(answers: Mapping[str, Any]) -> dict[str, Any]:
    step, phase = answers.get("progress.step"), answers.get("progress.phase")
    return {
        "step": int(step) if step else None,
        "phase": int(phase) if phase else None,
        "delay_months": answers.get("progress.delay_months"),
        "delay_reason": answers.get("progress.delay_reason", ""),
    }


def _networks(
    answers: Mapping[str, Any],
    *,
    municipality: Municipality,
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
    known_at: dt.datetime,
) -> None:
    active = answers["network.participates"] == "yes"
    participation_register(
        municipality=municipality,
        network_ids=[int(pk) for pk in answers.get("network.which", [])],
        status=Participation.Status.ACTIVE if active else Participation.Status.PLANNED,
        origin=origin,
        valid_from=valid_from,
        now=now,
        known_at=known_at,
    )


def _date(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None

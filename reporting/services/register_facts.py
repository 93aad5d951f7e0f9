"""What the registers say of a unit on the reference date of its report, for the checks that compare with them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, Q, QuerySet, Subquery

from municipalities.models import PhaseStatus, PlanDecision
from networks.models import Participation
from reporting.documents.rules import REGIONAL_KINDS
from reporting.models import Report

_REASON = "hold a report against the registers"


def register_facts(report: Report) -> dict[str, str]:
    """The canonical answers that the registers would give on the round's reference date, by question; what they do not
    know is left out. They are read anew each time, in one query."""
    unit, day = report.municipality_id, report.round.reference_date
    plan = held(PlanDecision, unit, day)
    phase = held(PhaseStatus, unit, day)
    taken = participations(unit, report.office_id, day).filter(network__kind__in=REGIONAL_KINDS)
    row = Report.objects.across_all(reason=_REASON).filter(pk=report.pk).values_list(
        Subquery(plan.values("status")[:1]),
        Subquery(phase.values("step")[:1]),
        Subquery(phase.values("phase")[:1]),
        Exists(taken.filter(status=Participation.Status.ACTIVE)),
        Exists(taken),
    )  # fmt: skip
    status, step, number, active, taken_up = row.get()
    answers = {
        "plan.status": status,
        "progress.step": step,
        "progress.phase": number,
        "network.participates": "yes" if active else "planned" if taken_up else None,
    }
    return {code: str(value) for code, value in answers.items() if value}


def held(model: type[Any], unit: int, day: dt.date) -> QuerySet[Any]:
    """A register's rows of a unit that hold on a day, the newest first."""
    rows = model.objects.across_all(reason=_REASON).filter(municipality_id=unit)
    return rows.on(day).order_by("-valid_from", "id")  # type: ignore[no-any-return]


def participations(unit: int, office: int, day: dt.date) -> QuerySet[Participation]:
    """A unit's participations on a day, planned ones too, in the networks that its form offers: those of the region
    ``office``, and of no region."""
    offered = Q(network__offices=office) | Q(network__offices__isnull=True)
    return held(Participation, unit, day).filter(offered).exclude(status=Participation.Status.ENDED)

"""What the registers say of a unit on the reference date of its report, for the checks that compare with them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from municipalities.models import PhaseStatus, PlanDecision
from networks.models import Participation
from reporting.documents.rules import REGIONAL_KINDS
from reporting.models import Report

_REASON = "hold a report against the registers"


def with_registers(rows: QuerySet[Report]) -> QuerySet[Report]:
    """The reports with what the registers say of them now read along, so that ``register_facts`` asks nothing more."""
    told = _expressions(OuterRef("municipality_id"), OuterRef("office_id"), OuterRef("round__reference_date"))
    return rows.annotate(**{f"registered_{name}": expression for name, expression in told.items()})


def register_facts(report: Report) -> dict[str, str]:
    """The canonical answers that the registers would give on the round's reference date, by question; what they do not
    know is left out. They are read anew each time, in one query, or were read with the report (``with_registers``)."""
    told = _expressions(report.municipality_id, report.office_id, report.round.reference_date)
    if hasattr(report, "registered_status"):
        found = {name: getattr(report, f"registered_{name}") for name in told}
    else:
        row = Report.objects.across_all(reason=_REASON).filter(pk=report.pk)
        found = dict(zip(told, row.values_list(*told.values()).get(), strict=True))
    answers = {
        "plan.status": found["status"],
        "progress.step": found["step"],
        "progress.phase": found["phase"],
        "network.participates": "yes" if found["active"] else "planned" if found["taken_up"] else None,
    }
    return {code: str(value) for code, value in answers.items() if value}


def _expressions(unit: Any, office: Any, day: Any) -> dict[str, Any]:
    """What the registers say, as parts of a query: values, or references to the row outside."""
    plan, phase = held(PlanDecision, unit, day), held(PhaseStatus, unit, day)
    taken = participations(unit, office, day).filter(network__kind__in=REGIONAL_KINDS)
    return {
        "status": Subquery(plan.values("status")[:1]),
        "step": Subquery(phase.values("step")[:1]),
        "phase": Subquery(phase.values("phase")[:1]),
        "active": Exists(taken.filter(status=Participation.Status.ACTIVE)),
        "taken_up": Exists(taken),
    }


def held(model: type[Any], unit: Any, day: Any) -> QuerySet[Any]:
    """A register's rows of a unit that hold on a day, the newest first."""
    rows = model.objects.across_all(reason=_REASON).filter(municipality_id=unit)
    return rows.on(day).order_by("-valid_from", "id")  # type: ignore[no-any-return]


def participations(unit: Any, office: Any, day: Any) -> QuerySet[Participation]:
    """A unit's participations on a day, planned ones too, in the networks that its form offers: those of the region
    ``office``, and of no region."""
    offered = Q(network__offices=office) | Q(network__offices__isnull=True)
    return held(Participation, unit, day).filter(offered).exclude(status=Participation.Status.ENDED)

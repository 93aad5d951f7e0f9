"""Access to plan decisions, their documents, anchoring, progress, and the page of the reform."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from municipalities.filestore import write_file
from municipalities.models import Municipality, PhaseStatus, PlanAnchoring, PlanDecision, PlanDocument
from tests.access.matrix import Row, Target
from tests.world import UNITS_2022, World

NOW = dt.datetime(2022, 5, 4, 7, tzinfo=dt.UTC)


def by_number(world: World, unit: Municipality) -> Target:
    """A page below the unit's number."""
    number = next(key for key in UNITS_2022 if world.units[key] == unit)
    return Target(obj=unit, kwargs={"number": number}, data={})


def _row(model: Any, unit: Municipality, **values: Any) -> Any:
    return model.objects.get_queryset().create(
        municipality=unit,
        valid_from=dt.date(2021, 6, 17),
        origin=f"register:{id(object())}",
        registered_at=NOW,
        **values,
    )


def decision(world: World, unit: Municipality) -> Target:
    """A decision of the unit."""
    return Target(obj=_row(PlanDecision, unit, status="own", decided_on=dt.date(2021, 6, 17)), data={})


def document(world: World, unit: Municipality) -> Target:
    """A document of a decision of the unit, with its file."""
    data = b"%PDF-1.7 test"
    row = PlanDocument.objects.get_queryset().create(
        decision=decision(world, unit).obj, file=write_file(data, "pdf"), file_name="sak.pdf",
        media_type="application/pdf", size=len(data), sha256=hashlib.sha256(data).hexdigest(), uploaded_at=NOW,
    )  # fmt: skip
    return Target(obj=row, data={})


def anchoring(world: World, unit: Municipality) -> Target:
    """An anchoring of the unit."""
    return Target(obj=_row(PlanAnchoring, unit, plan_type="budget"), data={})


def progress(world: World, unit: Municipality) -> Target:
    """Step and phase of the unit."""
    return Target(obj=_row(PhaseStatus, unit, step=2), data={})


ROWS = [
    Row("reform_page", "GET", "home.read"),
    Row("decision_new", "GET", "register.edit", by_number),
    Row("decision_new", "POST", "register.edit", by_number),
    Row("decision_detail", "GET", "register.read", decision),
    Row("decision_correct", "GET", "register.edit", decision),
    Row("decision_correct", "POST", "register.edit", decision),
    Row("decision_remove", "POST", "register.edit", decision),
    Row("plan_document_add", "POST", "register.edit", decision),
    Row("plan_document", "GET", "register.read", document),
    Row("plan_document_remove", "POST", "register.edit", document),
    Row("anchoring_edit", "GET", "register.read", by_number),
    Row("anchoring_edit", "POST", "register.edit", by_number),
    Row("anchoring_correct", "GET", "register.edit", anchoring),
    Row("anchoring_correct", "POST", "register.edit", anchoring),
    Row("progress_edit", "GET", "register.read", by_number),
    Row("progress_edit", "POST", "register.edit", by_number),
    Row("progress_correct", "GET", "register.edit", progress),
    Row("progress_correct", "POST", "register.edit", progress),
]

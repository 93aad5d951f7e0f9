"""The registers that an approved report changes.

A register row holds from a day until another takes its place. The writers close what no longer holds on the day
before, and add a row only where something differs; run twice with the same values they change nothing. Everything
here takes the day and the moment as arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from municipalities.models import Municipality, PhaseStatus, PlanAnchoring, PlanDecision, SolutionPosition
from reform.models import Solution


def plan_decision_register(
    *,
    municipality: Municipality,
    status: str,
    decided_on: dt.date | None = None,
    case_number: str = "",
    link: str = "",
    expected_on: dt.date | None = None,
    process: str = "",
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
) -> PlanDecision | None:
    """The municipality's position on the reform from ``valid_from``; ``status`` is a ``PlanDecision.Status``.

    Returns the new row, or None when the register already said so.
    """
    values = {
        "status": status,
        "decided_on": decided_on,
        "case_number": case_number,
        "link": link,
        "expected_on": expected_on,
        "process": process,
    }
    return _register_one(PlanDecision, municipality, values, origin, valid_from, now)


def phase_status_register(
    *,
    municipality: Municipality,
    step: int | None = None,
    phase: int | None = None,
    delay_months: int | None = None,
    delay_reason: str = "",
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
) -> PhaseStatus | None:
    """Step 1-5, phase 2-4 and delay in months from ``valid_from``. Returns the new row, or None when unchanged."""
    values = {"step": step, "phase": phase, "delay_months": delay_months, "delay_reason": delay_reason}
    return _register_one(PhaseStatus, municipality, values, origin, valid_from, now)


def plan_anchoring_register(
    *, municipality: Municipality, plan_types: Iterable[str], origin: str, valid_from: dt.date, now: dt.datetime
) -> int:
    """The plans in which the reform is anchored from ``valid_from``; those not named end. Returns rows changed."""
    return register_set(
        PlanAnchoring,
        municipality,
        "plan_type",
        {plan_type: {} for plan_type in plan_types},
        origin=origin,
        valid_from=valid_from,
        extra={"registered_at": now},
    )


def solution_positions_register(
    *, municipality: Municipality, positions: Mapping[str, str], origin: str, valid_from: dt.date, now: dt.datetime
) -> int:
    """The position on each solution from ``valid_from``, by the solution's code; those not named end.

    Returns rows changed. Raises KeyError for a code that is no solution.
    """
    ids = dict(Solution.objects.values_list("code", "id"))
    return register_set(
        SolutionPosition,
        municipality,
        "solution_id",
        {ids[code]: {"position": position} for code, position in positions.items()},
        origin=origin,
        valid_from=valid_from,
        extra={"registered_at": now},
    )


def _register_one(
    model: type[Any],
    municipality: Municipality,
    values: Mapping[str, Any],
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
) -> Any:
    with transaction.atomic():
        register_lock(municipality.pk)
        rows = list(_rows(model, municipality).order_by("valid_from"))
        holds = [row for row in rows if _holds(row, valid_from)]
        if any(_same(row, values) for row in holds):
            return None
        _end(holds, valid_from)
        return model.objects.get_queryset().create(
            municipality=municipality,
            origin=origin,
            registered_at=now,
            valid_from=valid_from,
            valid_to=_day_before_next(rows, valid_from),
            **values,
        )


def register_set(
    model: type[Any],
    municipality: Municipality,
    about: str,
    wanted: Mapping[Any, Mapping[str, Any]],
    *,
    origin: str,
    valid_from: dt.date,
    extra: Mapping[str, Any] | None = None,
) -> int:
    """Bring a register with several rows a municipality to what holds from ``valid_from``.

    ``about`` is the field that tells the rows apart (a plan type, a solution), ``wanted`` its values with the other
    fields. What is not wanted ends the day before. Returns how many rows were ended or added.
    """
    with transaction.atomic():
        register_lock(municipality.pk)
        rows = list(_rows(model, municipality).order_by("valid_from"))
        holds = [row for row in rows if _holds(row, valid_from)]
        kept = {getattr(row, about) for row in holds if _same(row, wanted.get(getattr(row, about)))}
        ended = [row for row in holds if getattr(row, about) not in kept]
        _end(ended, valid_from)
        added = [
            model(
                municipality=municipality,
                origin=origin,
                valid_from=valid_from,
                valid_to=_day_before_next([row for row in rows if getattr(row, about) == key], valid_from),
                **{about: key},
                **values,
                **(extra or {}),
            )
            for key, values in wanted.items()
            if key not in kept
        ]
        model.objects.get_queryset().bulk_create(added)
        return len(ended) + len(added)


def register_lock(municipality_id: int) -> None:
    """Two approvals for the same municipality write its registers one after the other. Call it in a transaction."""
    every = Municipality.objects.across_all(reason="lock the row whose registers are written")
    every.select_for_update().get(pk=municipality_id)


def _rows(model: type[Any], municipality: Municipality) -> Any:
    return model.objects.across_all(reason="write the registers of one municipality").filter(municipality=municipality)


def _holds(row: Any, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)


def _same(row: Any, values: Mapping[str, Any] | None) -> bool:
    return values is not None and all(getattr(row, key) == value for key, value in values.items())


def _end(rows: Iterable[Any], day: dt.date) -> None:
    """End rows the day before ``day``; one that began on the day itself never held, and goes."""
    for row in rows:
        if row.valid_from == day:
            row.delete()
        else:
            row.valid_to = day - dt.timedelta(days=1)
            row.save(update_fields=["valid_to"])


def _day_before_next(rows: Iterable[Any], day: dt.date) -> dt.date | None:
    """Where a row from ``day`` must end because a later one is known already (a report approved after a newer one)."""
    later = [row.valid_from for row in rows if row.valid_from > day]
    return min(later) - dt.timedelta(days=1) if later else None

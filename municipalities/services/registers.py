"""The registers that an approved report changes.

A register row holds from a day until another takes its place. The writers close what no longer holds on the day
before, and add a row only where something differs; run twice with the same values they change nothing. Each row that
begins, ends, goes or is rewritten leaves an Event, and those of one register are written together. Everything here
takes the day and the moment as arguments.

Rows that were entered directly (origin ``register:``) give way to a report that is approved after them. Where an
earlier approval is written once more, ``known_at`` is its moment: what was entered directly since then stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction

from municipalities.models import Event, Municipality, PhaseStatus, PlanAnchoring, PlanDecision, SolutionPosition
from municipalities.services.notes import DIRECT, all_said, by_report, change
from municipalities.transitions import log_many
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
    known_at: dt.datetime | None = None,
) -> PlanDecision | None:
    """The municipality's position on the reform from ``valid_from``; ``status`` is a ``PlanDecision.Status``.

    Returns the new row, or None when the register already said so. Where the report says the same decision (status
    and day) in other words, the title and the statement of the council for the elderly follow along, and a case number
    or address that it leaves empty is no difference.
    """
    values = {
        "status": status,
        "decided_on": decided_on,
        "case_number": case_number,
        "link": link,
        "expected_on": expected_on,
        "process": process,
    }
    row: PlanDecision | None = _register_one(
        PlanDecision, municipality, values, origin, valid_from, now, known_at, _same_decision
    )
    return row


def _same_decision(held: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What a report says about the decision that is registered already, with what only the register knows."""
    if held.decided_on is None or (held.status, held.decided_on) != (values["status"], values["decided_on"]):
        return values
    kept = {name: values[name] or getattr(held, name) for name in ("case_number", "link")}
    own = ("title", "elder_council_on", "elder_council")
    return {**values, **kept, **{name: getattr(held, name) for name in own}}


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
    known_at: dt.datetime | None = None,
) -> PhaseStatus | None:
    """Step 1-5, phase 2-4 and delay in months from ``valid_from``. Returns the new row, or None when unchanged."""
    values = {"step": step, "phase": phase, "delay_months": delay_months, "delay_reason": delay_reason}
    row: PhaseStatus | None = _register_one(PhaseStatus, municipality, values, origin, valid_from, now, known_at)
    return row


def plan_anchoring_register(
    *,
    municipality: Municipality,
    plan_types: Iterable[str],
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
    known_at: dt.datetime | None = None,
) -> int:
    """The plans in which the reform is anchored from ``valid_from``; those not named end. Returns rows changed.

    One that goes on keeps its name, years and link. A plan in which the reform is only expected is no anchoring: it
    stays as it is.
    """
    return register_set(
        PlanAnchoring,
        municipality,
        "plan_type",
        {plan_type: {} for plan_type in plan_types},
        origin=origin,
        valid_from=valid_from,
        now=now,
        only={"is_expected": False},
        known_at=known_at,
    )


def solution_positions_register(
    *,
    municipality: Municipality,
    positions: Mapping[str, str],
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
    known_at: dt.datetime | None = None,
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
        now=now,
        known_at=known_at,
    )


def _register_one(
    model: type[Any],
    municipality: Municipality,
    values: dict[str, Any],
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
    known_at: dt.datetime | None = None,
    completed: Callable[[Any, dict[str, Any]], dict[str, Any]] = lambda held, values: values,
) -> Any:
    with transaction.atomic(savepoint=False):  # a part of the approval: it is undone with it
        register_lock(municipality.pk)
        rows = list(_rows(model, municipality).order_by("valid_from"))
        holds = [row for row in rows if _holds(row, valid_from)]
        for row in holds:
            values = completed(row, values)
        if any(_same(row, values) or _entered_since(row, known_at) for row in holds):
            return None
        same_day = next((row for row in holds if row.valid_from == valid_from), None)
        if same_day is not None:
            return _rewrite(same_day, values, origin, now)
        ended = _end(holds, valid_from, origin=origin, now=now)
        row = model.objects.get_queryset().create(
            **_replacing(model, holds, values),
            municipality=municipality,
            origin=origin,
            registered_at=now,
            valid_from=valid_from,
            valid_to=_day_before_next(rows, valid_from),
            **values,
        )
        log_many([*ended, by_report(row, all_said(row), origin=origin, now=now)])
        return row


def _replacing(model: type[Any], holds: list[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What a new plan decision replaces; the same decision in other words replaces nothing."""
    if model is not PlanDecision or not holds:
        return {}
    held = holds[-1]
    same = held.decided_on is not None and (held.status, held.decided_on) == (values["status"], values["decided_on"])
    return {"replaces": held.replaces if same else held}


def _rewrite(row: Any, values: Mapping[str, Any], origin: str, now: dt.datetime) -> Any:
    """A row that began on the very day says from now on what the report says; what points to it stays. What it said
    before is kept in an Event."""
    lines = [change(name, getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value]
    log_many([by_report(row, "\n".join(lines), origin=origin, now=now, before=row.origin)])
    for name, value in {**values, "origin": origin, "registered_at": now, "registered_by_name": ""}.items():
        setattr(row, name, value)
    row.save()
    return row


def register_set(
    model: type[Any],
    municipality: Municipality,
    about: str,
    wanted: Mapping[Any, Mapping[str, Any]],
    *,
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
    only: Mapping[str, Any] | None = None,
    known_at: dt.datetime | None = None,
) -> int:
    """Bring a register with several rows a municipality to what holds from ``valid_from``.

    ``about`` is the field that tells the rows apart (a plan type, a solution), ``wanted`` its values with the other
    fields. What is not wanted ends the day before; ``now`` is when that is written. ``only`` leaves rows out of the
    register that are something else (a plan that is only expected). Returns how many rows were ended or added.
    """
    with transaction.atomic(savepoint=False):  # a part of the approval: it is undone with it
        register_lock(municipality.pk)
        rows = list(_rows(model, municipality).filter(**(only or {})).order_by("valid_from"))
        holds = [row for row in rows if _holds(row, valid_from)]
        kept = {
            getattr(row, about)
            for row in holds
            if _same(row, wanted.get(getattr(row, about))) or _entered_since(row, known_at)
        }
        gone = [row for row in holds if getattr(row, about) not in kept]
        ended = _end(gone, valid_from, origin=origin, now=now)
        added = [
            model(
                municipality=municipality,
                origin=origin,
                registered_at=now,
                valid_from=valid_from,
                valid_to=_day_before_next([row for row in rows if getattr(row, about) == key], valid_from),
                **{about: key},
                **values,
            )
            for key, values in wanted.items()
            if key not in kept
        ]
        model.objects.get_queryset().bulk_create(added)
        log_many([*ended, *(by_report(row, all_said(row), origin=origin, now=now) for row in added)])
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


def _entered_since(row: Any, known_at: dt.datetime | None) -> bool:
    """Whether a row was entered directly after the approval that is written once more."""
    return known_at is not None and str(row.origin).startswith(DIRECT) and row.registered_at > known_at


def _end(rows: Iterable[Any], day: dt.date, *, origin: str, now: dt.datetime) -> list[Event]:
    """End rows the day before ``day``; one that began on the day itself never held, and goes. Returns an Event of each,
    not saved yet."""
    events = []
    for row in rows:
        gone, last = row.valid_from == day, day - dt.timedelta(days=1)
        note = f"{row}\n{all_said(row)}" if gone else change("valid_to", row.valid_to, last)
        events.append(by_report(row, note, origin=origin, now=now, before=row.origin))
        if gone:
            row.delete()
        else:
            row.valid_to = last
            row.save(update_fields=["valid_to"])
    return events


def _day_before_next(rows: Iterable[Any], day: dt.date) -> dt.date | None:
    """Where a row from ``day`` must end because a later one is known already (a report approved after a newer one)."""
    later = [row.valid_from for row in rows if row.valid_from > day]
    return min(later) - dt.timedelta(days=1) if later else None

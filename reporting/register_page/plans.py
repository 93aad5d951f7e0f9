"""Decisions, anchoring, positions and steps of a unit as the page shows them. Pure: it takes rows that are loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from municipalities.coverage import Years, coverage
from municipalities.models import PlanAnchoring, PlanDecision, PlanDocument
from municipalities.timeline import years_words
from municipalities.vocabulary import CHOSEN, PLAN_TYPES, POSITIONS, STEPS, word
from reform.models import Solution
from reporting.register_page.shapes import AnchorRow, AreaRow, Origin, PlanRow, PositionRow, Step
from reporting.register_page.unit import holds


def origin_of(row: Any, approved_at: dt.datetime | None) -> Origin:
    """Where a row comes from; ``approved_at`` is when the unit's last report was approved."""
    if row.origin.startswith("report:"):
        return Origin(direct=False)
    at = getattr(row, "registered_at", None)
    after = at is not None and approved_at is not None and at > approved_at
    return Origin(True, after, getattr(row, "registered_by_name", ""), at)


def plan_rows(
    decisions: Iterable[PlanDecision],
    documents: Iterable[PlanDocument],
    positions: Iterable[Any],
    approved_at: dt.datetime | None,
) -> list[PlanRow]:
    """The decisions, the newest first."""
    rows = sorted(decisions, key=lambda row: (row.valid_from, row.pk), reverse=True)
    by_id = {row.pk: row for row in rows}
    kept: dict[int, list[PlanDocument]] = {}
    for document in documents:
        if document.removed_at is None:
            kept.setdefault(document.decision_id, []).append(document)
    taken: dict[int, set[int]] = {}
    for position in positions:
        if position.decision_id and position.position in CHOSEN:
            taken.setdefault(position.decision_id, set()).add(position.solution_id)
    return [
        PlanRow(
            row=row, day=row.decided_on or row.valid_from, url=safe_url(row.link), origin=origin_of(row, approved_at),
            documents=tuple(kept.get(row.pk, ())), positions=len(taken.get(row.pk, ())),
            replaces=by_id.get(row.replaces_id) if row.replaces_id else None,
        )
        for row in rows
    ]  # fmt: skip


def safe_url(link: str) -> str:
    """The address when a browser may follow it, else empty."""
    try:
        return link if link and urlsplit(link).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def anchor_rows(
    rows: Sequence[PlanAnchoring], today: dt.date, approved_at: dt.datetime | None, day_words: Any
) -> list[AnchorRow]:
    """Each kind of plan in its order, and those of an older form after them. ``day_words`` writes a date."""
    held = [row for row in rows if holds(row, today)]
    keys = [*PLAN_TYPES, *sorted({row.plan_type for row in held} - set(PLAN_TYPES))]
    return [_anchor(key, [row for row in held if row.plan_type == key], today, approved_at, day_words) for key in keys]


def _anchor(
    key: str, rows: list[PlanAnchoring], today: dt.date, approved_at: dt.datetime | None, day_words: Any
) -> AnchorRow:
    text = word(PLAN_TYPES, key)
    adopted = [row for row in rows if not row.is_expected]
    expected = [row for row in rows if row.is_expected]
    if adopted:
        row = max(adopted, key=lambda entry: (entry.covers_from or 0, entry.valid_from, entry.pk))
        sub = [row.name, years_words(row), _adopted(row, day_words), *_due(key, adopted, today)]
        return AnchorRow(text, "yes", tuple(part for part in sub if part), origin_of(row, approved_at))
    if expected:
        row = expected[-1]
        when = _("Expected %(day)s") % {"day": day_words(row.expected_on)} if row.expected_on else _("Expected")
        return AnchorRow(text, "expected", (when,), origin_of(row, approved_at))
    return AnchorRow(text, "no")


def _adopted(row: PlanAnchoring, day_words: Any) -> str:
    return _("Adopted %(day)s") % {"day": day_words(row.adopted_on)} if row.adopted_on else ""


def _due(key: str, rows: list[PlanAnchoring], today: dt.date) -> list[str]:
    years = [Years(row.covers_from, row.covers_to or row.covers_from) for row in rows if row.covers_from]
    if not years:
        return []
    return [_("The yearly revision is due.")] if coverage(key, years, today).is_due else []


def area_rows(
    solutions: Iterable[Solution],
    positions: Iterable[Any],
    areas: Iterable[Any],
    plans: Iterable[PlanRow],
    today: dt.date,
    approved_at: dt.datetime | None,
) -> list[AreaRow]:
    """The focus areas and solutions in their order, each with the position that holds today."""
    held = {row.solution_id: row for row in positions if holds(row, today)}
    whole = {row.area_id: row.position for row in areas if holds(row, today)}
    decisions = {plan.row.pk: plan for plan in plans}
    found: dict[int, tuple[str, list[PositionRow]]] = {}
    for solution in solutions:
        row = held.get(solution.pk)
        _name, rows = found.setdefault(solution.area_id, (solution.area.name, []))
        if row is None:
            rows.append(PositionRow(solution.code, solution.name, "", False))
            continue
        rows.append(
            PositionRow(
                solution.code, solution.name, word(POSITIONS, row.position), row.position in CHOSEN, row.valid_from,
                decisions.get(row.decision_id), origin_of(row, approved_at),
            )
        )  # fmt: skip
    return [
        AreaRow(name, tuple(rows), word(POSITIONS, whole[pk]) if pk in whole else "")
        for pk, (name, rows) in found.items()
    ]


def step_rows(statuses: Iterable[Any], today: dt.date) -> list[Step]:
    """The five steps as they stand today: which are done (and when the next one was begun), and which is now."""
    rows = sorted(
        (row for row in statuses if row.valid_from <= today and row.step), key=lambda row: (row.valid_from, row.pk)
    )
    now = next((row.step for row in reversed(rows) if holds(row, today)), None)
    if now is None:
        return []

    def begun(number: int) -> dt.date | None:
        """The first day of the last time that the unit was at the step or further."""
        first = None
        for row in rows:
            if row.step < number:
                first = None
            elif first is None:
                first = row.valid_from
        return first

    return [
        Step(number, str(text), "done", begun(number + 1))
        if number < now
        else Step(number, str(text), "now" if number == now else "", begun(number) if number == now else None)
        for number, text in STEPS.items()
    ]

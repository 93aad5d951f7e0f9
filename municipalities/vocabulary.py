"""The words of the registers' keys: plan types, positions, steps, reasons for delay. The keys are those of the form's
questions, so that a report and a register say the same. No database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words = Mapping[str, "_StrPromise"]

SAMFUNNSDEL, HANDLINGSDEL, BUDGET = "samfunnsdel", "handlingsdel", "budget"
CARE_PLAN, STRATEGY, OWN_PLAN = "care_plan", "strategy", "own_plan"

PLAN_TYPES: Words = {
    SAMFUNNSDEL: _("Community part of the municipal plan"),
    HANDLINGSDEL: _("Action part with the economic plan"),
    BUDGET: _("Yearly budget"),
    CARE_PLAN: _("Municipal sub-plan for health and care"),
    STRATEGY: _("Planning strategy"),
    OWN_PLAN: _("Own action plan or thematic plan"),
}
"""Where the reform can be anchored: plan- og bygningsloven § 11-2 (samfunnsdel), § 11-1 (handlingsdel) and others."""

IN_PLACE, ADOPTED, ADAPTED = "in_place", "adopted", "adapted"
CONSIDERED, NOT_CONSIDERED = "considered", "not_considered"

POSITIONS: Words = {
    IN_PLACE: _("In place"),
    ADOPTED: _("Adopted"),
    ADAPTED: _("Adapted locally"),
    CONSIDERED: _("Considered, not now"),
    NOT_CONSIDERED: _("Not considered"),
}
"""What a municipality may have decided about a solution or a focus area."""

CHOSEN = frozenset({IN_PLACE, ADOPTED, ADAPTED})
"""Positions by which a solution is in use or decided."""

STEPS: Mapping[int, _StrPromise] = {
    1: _("Step 1: Start"),
    2: _("Step 2: Mapping"),
    3: _("Step 3: Plan and decide"),
    4: _("Step 4: Take the reform into the plans"),
    5: _("Step 5: Carry out and evaluate"),
}
"""The handbook's five steps."""

PHASES: Mapping[int, _StrPromise] = {
    2: _("Phase 2: Mapping, planning and decisions"),
    3: _("Phase 3: Carrying out"),
    4: _("Phase 4: Evaluation and improvement"),
}
"""The phases in which a municipality can be (phase 1 was the country's)."""

DELAY_REASONS: Words = {
    "pandemic": _("The pandemic"),
    "capacity": _("Too few people or too little time"),
    "money": _("Economy"),
    "merger": _("Merger or split of municipalities"),
    "priority": _("Other tasks came first"),
    "other": _("Another reason"),
}


K = TypeVar("K", str, int)


def word(words: Mapping[K, _StrPromise], key: K) -> str:
    """The words of a key in the language in use; the key itself where it is not known (an older form's)."""
    return str(words.get(key, key))

"""Facts of one municipality, made by hand. The day is 1 May 2022 where nothing else is said."""

from __future__ import annotations

import datetime as dt
from typing import Any

from grants.criteria.facts import AREAS, Anchoring, Answers, Decision, Participation, Position, UnitFacts

D = dt.date
DAY = D(2022, 5, 1)
REPORTED = D(2021, 11, 1)
HELD = D(2021, 6, 17)
EXPECTED = D(2022, 6, 20)


def decision(status: str = "own", **said: Any) -> Decision:
    decided_on = HELD if status in ("own", "inside") else None
    values = {
        "id": 1, "unit": 7, "valid_from": D(2021, 7, 1), "valid_to": None, "decided_on": decided_on,
        "expected_on": None, "has_process": False, "origin": "register:x",
    }  # fmt: skip
    return Decision(status=status, **{**values, **said})


def process(expected_on: dt.date | None = EXPECTED, *, has_process: bool = True) -> Decision:
    return decision("process", expected_on=expected_on, has_process=has_process)


def positions(*areas: str, taken: int = 2) -> tuple[Position, ...]:
    """Three positions on the solutions of each area (all five when none is said), of which ``taken`` are some."""
    return tuple(
        Position(7, area, "solution", 3, taken, D(2021, 8, place + 1) if taken else None, 10 + place if taken else None)
        for place, area in enumerate(areas or AREAS)
    )


def anchoring(plan_type: str = "samfunnsdel", *, is_expected: bool = False, **said: Any) -> Anchoring:
    adopted = None if is_expected else D(2021, 3, 2)
    values = {
        "id": 20, "unit": 7, "valid_from": D(2021, 3, 10), "valid_to": None, "adopted_on": adopted, "expected_on": None,
        "origin": "register:x",
    }  # fmt: skip
    return Anchoring(plan_type=plan_type, is_expected=is_expected, **{**values, **said})


def participation(status: str = "active", *, is_regional: bool = True, **said: Any) -> Participation:
    values = {"id": 30, "unit": 7, "network": 3, "valid_from": D(2020, 9, 1), "valid_to": None, "origin": "register:x"}
    return Participation(status=status, is_regional=is_regional, **{**values, **said})


def answers(asked: tuple[str, ...] = (), positions: dict[str, str] | None = None, **values: Any) -> Answers:
    """An approved report's; ``plan_status="own"`` answers ``plan.status``, and several values come as a list."""
    given = {
        name.replace("_", ".", 1): tuple(value) if isinstance(value, list) else (value,)
        for name, value in values.items()
    }
    return Answers(
        report=40, submission=41, unit=7, reference_date=REPORTED, approved_on=D(2021, 11, 12), values=given,
        positions=positions or {}, asked=frozenset({*asked, *given}),
    )  # fmt: skip


def unit(**said: Any) -> UnitFacts:
    return UnitFacts(**{"unit": 7, "day": DAY, **said})

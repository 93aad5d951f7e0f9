"""What the registers know about one unit, gathered for its page. A constant number of queries; no rule lives here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import get_language

from municipalities.models import (
    Municipality,
    MunicipalityLink,
    MunicipalityVersion,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    SolutionPosition,
    User,
)
from municipalities.services import office_names
from networks.models import Participation, SupportActivity
from reform.models import Solution
from reporting.form_spec import FormSpec, QuestionSpec, local
from reporting.models import Report, Round
from reporting.services.rounds import form_spec

STEPS = ("1", "2", "3", "4", "5")
CHOSEN = frozenset({"in_place", "adopted", "adapted"})
"""Positions by which a solution is in use or decided."""


@dataclass(frozen=True)
class NumberRow:
    """A number and name that held for a while, joined over versions in which neither they nor the county changed."""

    number: str
    name: str
    official_names: list[dict[str, str]]
    county: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class LinkRow:
    """A merger or split on ``on``: the unit was made of ``names`` or became them."""

    on: dt.date
    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class PlanRow:
    """A plan decision; ``url`` is its address when it is one that a browser may follow."""

    row: PlanDecision
    day: dt.date
    url: str


@dataclass(frozen=True)
class Choice:
    """An option's words, and whether it is chosen."""

    text: str
    chosen: bool


@dataclass(frozen=True)
class PositionRow:
    code: str
    solution: str
    position: str
    chosen: bool


@dataclass(frozen=True)
class AreaRow:
    name: str
    rows: tuple[PositionRow, ...]


@dataclass(frozen=True)
class Step:
    number: str
    text: str
    state: str  # done, now or empty


@dataclass(frozen=True)
class RegisterPage:
    """Everything on the page of one unit."""

    unit: Municipality
    version: MunicipalityVersion
    exists: bool
    office: str
    numbers: list[NumberRow]
    made_of: list[LinkRow]
    became: list[LinkRow]
    plans: list[PlanRow]
    plan: PlanRow | None
    anchoring: list[Choice]
    areas: list[AreaRow]
    chosen: int
    solutions: int
    status: PhaseStatus | None
    steps: list[Step]
    networks: list[Participation]
    networks_now: int
    support: list[SupportActivity]
    reports: list[Report]


def register_page(*, unit: Municipality, user: User, today: dt.date) -> RegisterPage:
    """Gather the page of ``unit`` as ``user`` may see it on ``today``."""
    versions = list(unit.versions.select_related("county").order_by("valid_from"))
    known = [version for version in versions if version.valid_from <= today] or versions[:1]
    current = next((version for version in versions if _holds(version, today)), None)
    version = current or known[-1]
    names = office_names(today)
    spec = _spec()
    areas, chosen = _positions(_rows(SolutionPosition, unit, user, today), spec, today)
    plans = [_plan(row) for row in _rows(PlanDecision, unit, user, today).order_by("-valid_from", "-pk")]
    status = _rows(PhaseStatus, unit, user, today).on(today).order_by("pk").last()
    networks = list(
        _rows(Participation, unit, user, today).select_related("network").order_by("-valid_from", "network__name")
    )
    made_of, became = _links(unit, today)
    return RegisterPage(
        unit=unit,
        version=version,
        exists=current is not None,
        office=names[version.office_id].name if version.office_id in names else "",
        numbers=_numbers(known),
        made_of=made_of,
        became=became,
        plans=plans,
        plan=next((plan for plan in plans if _holds(plan.row, today)), None),
        anchoring=_anchoring(_rows(PlanAnchoring, unit, user, today), spec, today),
        areas=areas,
        chosen=chosen,
        solutions=sum(len(area.rows) for area in areas),
        status=status,
        steps=_steps(status, spec),
        networks=networks,
        networks_now=sum(1 for row in networks if row.status == Participation.Status.ACTIVE and _holds(row, today)),
        support=list(
            SupportActivity.objects.visible_to(user, today=today).filter(municipalities=unit).order_by("-on", "-pk")
        ),
        reports=list(
            Report.objects.visible_to(user, today=today)
            .filter(municipality=unit)
            .select_related("round", "current")
            .defer("draft", "current__answers", "current__hidden")
            .order_by("-round__reference_date")
        ),
    )


def _rows(model: Any, unit: Municipality, user: User, today: dt.date) -> Any:
    return model.objects.visible_to(user, today=today).filter(municipality=unit)


def _holds(row: Any, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def _spec() -> FormSpec | None:
    """The newest round's form, for the words of the options."""
    newest = (
        Round.objects.across_all(reason="the words of a form, which are public").select_related("form_version").first()
    )
    return form_spec(newest.form_version) if newest else None


def _question(spec: FormSpec | None, code: str) -> QuestionSpec | None:
    return spec.question(code) if spec is not None and spec.has(code) else None


def _option(question: QuestionSpec | None, key: str) -> str:
    option = question.option(key) if question else None
    return local(option.text, get_language() or "nb") if option else key


def _numbers(versions: list[MunicipalityVersion]) -> list[NumberRow]:
    rows: list[NumberRow] = []
    for version in versions:
        row = NumberRow(
            version.number,
            version.name,
            version.official_names,
            version.county.name,
            version.valid_from,
            version.valid_to,
        )
        if rows and (rows[-1].number, rows[-1].name, rows[-1].county) == (row.number, row.name, row.county):
            names = row.official_names or rows[-1].official_names
            rows[-1] = NumberRow(row.number, row.name, names, row.county, rows[-1].valid_from, row.valid_to)
        else:
            rows.append(row)
    return rows[::-1]


def _links(unit: Municipality, today: dt.date) -> tuple[list[LinkRow], list[LinkRow]]:
    """Mergers and splits of the unit until today: of whom it was made, and whom it became."""
    kinds = (MunicipalityLink.Kind.MERGER, MunicipalityLink.Kind.SPLIT)
    until = {"kind__in": kinds, "on__lte": today}
    back = list(unit.links_back.filter(**until).order_by("on", "old_number"))
    forward = list(unit.links_forward.filter(**until).exclude(new=unit).order_by("on", "new_number"))
    numbers = {link.old_number for link in back} | {link.new_number for link in forward}
    names = {
        (row.number, row.municipality_id): row.name
        for row in MunicipalityVersion.objects.filter(number__in=numbers).order_by("valid_from")
    }
    made_of = _grouped((link.on, link.kind, names[link.old_number, link.old_id]) for link in back)
    return made_of, _grouped((link.on, link.kind, names[link.new_number, link.new_id]) for link in forward)


def _grouped(entries: Iterable[tuple[dt.date, str, str]]) -> list[LinkRow]:
    """One row for each day: a merger when any of its links is one."""
    days: dict[dt.date, list[tuple[str, str]]] = {}
    for on, kind, name in entries:
        days.setdefault(on, []).append((kind, name))
    return [
        LinkRow(on, "merger" if any(kind == "merger" for kind, _ in found) else "split", tuple(n for _, n in found))
        for on, found in days.items()
    ]


def _plan(row: PlanDecision) -> PlanRow:
    safe = urlsplit(row.link).scheme in ("http", "https") if row.link else False
    return PlanRow(row, row.decided_on or row.valid_from, row.link if safe else "")


def _anchoring(rows: Any, spec: FormSpec | None, today: dt.date) -> list[Choice]:
    held = set(rows.on(today).filter(is_expected=False).values_list("plan_type", flat=True))
    question = _question(spec, "plan.anchoring")
    keys = question.option_keys if question else tuple(sorted(held))
    return [Choice(_option(question, key), key in held) for key in keys]


def _positions(rows: Any, spec: FormSpec | None, today: dt.date) -> tuple[list[AreaRow], int]:
    held = dict(rows.on(today).values_list("solution_id", "position"))
    question = _question(spec, "solutions")
    areas: dict[str, list[PositionRow]] = {}
    for solution in Solution.objects.select_related("area").order_by("area__order", "order"):
        key = held.get(solution.pk, "")
        text = _option(question, key) if key else ""
        areas.setdefault(solution.area.name, []).append(PositionRow(solution.code, solution.name, text, key in CHOSEN))
    found = [AreaRow(name, tuple(positions)) for name, positions in areas.items()]
    return found, sum(1 for position in held.values() if position in CHOSEN)


def _steps(status: PhaseStatus | None, spec: FormSpec | None) -> list[Step]:
    if status is None or status.step is None:
        return []
    question = _question(spec, "progress.step")
    return [
        Step(
            key, _option(question, key), "done" if int(key) < status.step else "now" if int(key) == status.step else ""
        )
        for key in STEPS
    ]

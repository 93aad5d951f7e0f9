"""Reads the list of municipalities on a day: a fixed number of queries, whatever the number of units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Count, Max, Q

from municipalities.borders import Group, regroup
from municipalities.lineage import Span
from municipalities.models import Municipality, PhaseStatus, PlanDecision, SolutionPosition, User
from municipalities.names import sort_key
from municipalities.services import lineage_of_all, office_names, units_search
from municipalities.vocabulary import CHOSEN
from networks.models import Participation, SupportActivity
from reporting.models import Report
from reporting.register_list import MIXED, SUPPORT_SINCE, Part, UnitRow

REASON = "names and places on the map of another day"
_UNIT = (
    "pk", "number", "name", "official_names", "sort_key", "kind", "county_number", "county_name", "office_id",
    "office_key", "tile_column", "tile_row",
)  # fmt: skip


def unit_rows(user: User, *, day: dt.date, today: dt.date) -> list[UnitRow]:
    """The units of ``day`` that ``user`` may see today, with what was registered on ``day``. Eight queries."""
    units = Municipality.objects.visible_to(user, today=today).units_as_of(day)
    offices = _offices(day)
    rows = {pk: _unit(values, pk, offices) for pk, *values in units.values_list(*_UNIT)}
    return list(_filled(rows, user, day, today).values())


def _offices(day: dt.date) -> dict[int, tuple[str, int]]:
    """The short name and the place of each office."""
    return {pk: (office.short_name, place) for place, (pk, office) in enumerate(office_names(day).items())}


def _unit(values: list[Any], pk: int, offices: dict[int, tuple[str, int]]) -> UnitRow:
    number, name, official, key, kind, county_number, county, office_id, office_key, column, row = values
    office, place = offices.get(office_id, (office_key, len(offices)))
    return UnitRow(
        unit_id=pk, number=number, name=name, official_names=official, key=key, district=kind == "district",
        county_number=county_number, county=county, office_key=office_key, office=office, office_place=place,
        column=column, row=row,
    )  # fmt: skip


def _filled(rows: dict[int, UnitRow], user: User, day: dt.date, today: dt.date) -> dict[int, UnitRow]:
    found: dict[int, dict[str, Any]] = {pk: {} for pk in rows}

    def take(pk: int, **values: Any) -> None:
        if pk in found:
            found[pk].update(values)

    def seen(model: Any) -> Any:
        return model.objects.visible_to(user, today=today)

    plans = seen(PlanDecision).on(day).order_by("valid_from", "pk")
    for pk, status, decided, expected in plans.values_list("municipality_id", "status", "decided_on", "expected_on"):
        take(pk, plan=status, decided_on=decided, expected_on=expected)
    positions = seen(SolutionPosition).on(day).filter(position__in=CHOSEN).order_by()
    for pk, count in positions.values_list("municipality_id").annotate(n=Count("solution_id", distinct=True)):
        take(pk, positions=count)
    steps = seen(PhaseStatus).on(day).order_by("valid_from", "pk")
    for pk, step, phase, delay in steps.values_list("municipality_id", "step", "phase", "delay_months"):
        take(pk, step=step, phase=phase, delay=delay)
    active, planned = (Q(status=status) for status in (Participation.Status.ACTIVE, Participation.Status.PLANNED))
    parts = seen(Participation).on(day).order_by().values_list("municipality_id")
    for pk, n, p in parts.annotate(
        n=Count("network", filter=active, distinct=True), p=Count("network", filter=planned, distinct=True)
    ):
        take(pk, networks=n, planned=p)
    for pk, count, last in (
        _support(user, day, today).values_list("municipalities").annotate(n=Count("pk", distinct=True), last=Max("on"))
    ):
        take(pk, support=count, last_support=last)
    reports = seen(Report).filter(current__isnull=False, round__reference_date__lte=day).order_by()
    for pk, last in reports.values_list("municipality_id").annotate(last=Max("round__reference_date")):
        take(pk, last_report=last)
    return {pk: replace(row, **found[pk]) for pk, row in rows.items()}


def _support(user: User, day: dt.date, today: dt.date) -> Any:
    """Support since the reform began and until ``day``."""
    given = SupportActivity.objects.visible_to(user, today=today)
    return given.filter(on__gte=SUPPORT_SINCE, on__lte=day).order_by()


def found_by(rows: Iterable[UnitRow], text: str, day: dt.date, then: dt.date) -> dict[int, str]:
    """The units among ``rows`` that ``text`` means, by what they are or were called, each with why (empty when it is
    called so on ``day``). ``then`` is the day of units that are shown in borders that are gone. Two to four queries."""
    rows = list(rows)
    found: dict[int, str] = {}
    for when, among in (
        (then, {row.unit_id for row in rows if row.leads_to}),
        (day, {row.unit_id for row in rows if not row.leads_to}),
    ):
        if among:
            found |= {match.unit_id: match.why for match in units_search(text, when, among=among, limit=None)}
    return found


# --- today's borders --------------------------------------------------------------------------------


def in_todays_borders(rows: Iterable[UnitRow], user: User, *, day: dt.date, today: dt.date) -> list[UnitRow]:
    """The same rows in the borders of ``today``. Six queries more.

    What may be joined is joined: how often support was given and how many networks, each counted once though several
    parts took part in it. Plan status, positions, step and phase are listed per part. A unit that was split since
    stays itself.
    """
    then = {row.unit_id: row for row in rows}
    groups = regroup(lineage_of_all(), then, day, today)
    offices = _offices(today)
    units = Municipality.objects.across_all(reason=REASON).units_as_of(today)
    wanted = {group.unit_id for group in groups if group.fits}
    now = {pk: _unit(values, pk, offices) for pk, *values in units.values_list(*_UNIT) if pk in wanted}
    several = {span.unit_id for group in groups if len(group.members) > 1 for span in group.members}
    support, networks, planned = _which(several, user, day, today)

    def joined(group: Group) -> UnitRow:
        members = [then[span.unit_id] for span in group.members]
        if not group.fits:
            row = replace(members[0], column=None, row=None, leads_to=_names(group.leads_to))
            if len(members) == 1:
                return row
            # A merger that was split since: its parts come together under the name it had between.
            row = replace(row, unit_id=group.unit_id, number=group.number, name=group.name, official_names=[],
                          key=sort_key(group.name))  # fmt: skip
        else:
            row = replace(now[group.unit_id], also_from=_names(group.also_from))
            if len(members) == 1:
                return _moved(members[0], row)
            if not members:
                return replace(row, positions=None)
        ids = {member.unit_id for member in members}

        def distinct(kept: dict[int, set[int]]) -> int:
            return len(set().union(*(kept.get(pk, set()) for pk in ids)))

        return replace(
            row, plan=MIXED, positions=None, networks=distinct(networks), planned=distinct(planned),
            support=distinct(support),
            last_support=max((m.last_support for m in members if m.last_support), default=None),
            last_report=max((m.last_report for m in members if m.last_report), default=None),
            parts=tuple(
                Part(m.number, m.name, m.official_names, m.plan, m.positions, m.step, m.phase) for m in members
            ),
        )  # fmt: skip

    return [joined(group) for group in groups]


def _moved(then: UnitRow, now: UnitRow) -> UnitRow:
    """One unit of then that is one unit of today: what was registered, under the name and number of today."""
    names = (
        "unit_id", "number", "name", "official_names", "key", "county_number", "county", "office_key", "office",
        "office_place", "column", "row", "also_from",
    )  # fmt: skip
    return replace(then, **{name: getattr(now, name) for name in names})


def _names(spans: Iterable[Span]) -> tuple[str, ...]:
    return tuple(span.name for span in spans)


def _which(
    unit_ids: Collection[int], user: User, day: dt.date, today: dt.date
) -> tuple[dict[int, set[int]], dict[int, set[int]], dict[int, set[int]]]:
    """Which support, active networks and planned networks each of the units had, so that none is counted twice."""
    support: dict[int, set[int]] = {}
    networks: dict[str, dict[int, set[int]]] = {}
    for unit, pk in _support(user, day, today).values_list("municipalities", "pk"):
        if unit in unit_ids:
            support.setdefault(unit, set()).add(pk)
    parts = Participation.objects.visible_to(user, today=today).on(day)
    for unit, pk, status in parts.values_list("municipality_id", "network_id", "status"):
        if unit in unit_ids:
            networks.setdefault(status, {}).setdefault(unit, set()).add(pk)
    return support, networks.get("active", {}), networks.get("planned", {})

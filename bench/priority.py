"""The priority list of all municipalities for all schemes of a year: against reading the same rows bare."""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections.abc import Callable
from copy import copy
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import data
from bench.data import REASON
from grants.models import Scheme
from grants.services.priority import outcomes
from municipalities.access import scope_of
from municipalities.models import (
    AreaPosition,
    Event,
    Municipality,
    MunicipalityVersion,
    PlanAnchoring,
    PlanDecision,
    SolutionPosition,
    User,
)
from networks.models import Network, Participation
from reform.models import FocusArea, Solution
from reporting.demo.people import cast_make
from reporting.models import Report

NAME = "priority_list"
DAY = dt.date(2022, 5, 15)
MOMENT = dt.datetime(2022, 5, 15, 9, tzinfo=dt.UTC)
FIRST, LAST, AFTER = dt.date(2021, 11, 1), dt.date(2022, 5, 1), dt.date(2022, 9, 1)
STATUSES = ("own", "inside", "process", "none")
POSITIONS = ("in_place", "adopted", "adapted", "considered", "not_considered")


def run(emit: Callable[..., None]) -> None:
    data.registers()
    cast = cast_make(day=dt.date(2021, 1, 1), now=MOMENT, password="bench-password", language_nn=frozenset())
    reader = cast.national["hdir"]
    taken = []
    for factor in (1, 10):
        data.copies(factor)
        _filled()
        size = f"{356 * factor} municipalities, 8 schemes, all registers and two rounds"
        with CaptureQueriesContext(connection) as queries:
            whole(reader)
        emit(f"{NAME}_queries", len(queries), "queries", limit=12, size=size)
        pairs = [(_timed(lambda: whole(reader)), _timed(_bare)) for _time in range(7)]
        ours, bare = (min(column) for column in zip(*pairs, strict=True))
        taken.append(ours)
        emit(f"{NAME}_bare", ours / bare, "ratio", limit=3.0, size=size)
        emit(f"{NAME}_time", ours, "s", size=size)
    emit(f"{NAME}_growth", taken[1] / taken[0] / 10, "ratio", limit=1.5, size="seconds a municipality, 3560 to 356")


def whole(reader: User) -> int:
    """Every municipality's outcomes for each scheme under the criteria: who comes first. The reader's scope is not
    known yet, as in a new request."""
    user = copy(reader)
    user.__dict__.pop("_scopes", None)
    rows = outcomes(2021, DAY, scope=scope_of(user, today=DAY))
    schemes = Scheme.objects.visible_to(user, today=DAY).filter(year=2021, prioritised=True)
    return sum(len([row.number for row in rows if row.priority]) for _scheme in schemes)


def _bare() -> None:
    """The rows that the list is made of, read and left alone."""
    there: dict[str, Any] = {"municipality__kind": "municipality"}
    list(
        MunicipalityVersion.objects.on(DAY).filter(**there).values_list(
            "municipality_id", "number", "name", "official_names", "sort_key", "office__key", "valid_from", "valid_to"
        )
    )  # fmt: skip
    for model, fields in READ.items():
        list(model.objects.across_all(reason=REASON).on(DAY).values_list(*fields))
    list(
        Report.objects.across_all(reason=REASON)
        .filter(round__reference_date=LAST, status=Report.Status.APPROVED)
        .values_list("pk", "municipality_id", "approved_at", "current_id", "current__answers")
    )
    list(Scheme.objects.across_all(reason=REASON).filter(year=2021))


COMMON = ("id", "municipality_id", "valid_from", "valid_to")
READ: dict[Any, tuple[str, ...]] = {
    PlanDecision: (*COMMON, "status", "process", "decided_on", "expected_on", "origin"),
    PlanAnchoring: (*COMMON, "plan_type", "is_expected", "adopted_on", "expected_on", "origin"),
    SolutionPosition: (*COMMON, "solution__code", "solution__area__code", "position"),
    AreaPosition: (*COMMON, "area__code", "position"),
    Participation: (*COMMON, "network_id", "network__kind", "status", "origin"),
}


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# --- The data ---------------------------------------------------------------------------------------


def _filled() -> None:
    """Two rounds of approved reports, and full registers, for every municipality that has none yet."""
    data.filled_rounds((FIRST, LAST))
    done = set(PlanDecision.objects.across_all(reason=REASON).values_list("municipality_id", flat=True))
    units = [unit.pk for unit in Municipality.objects.across_all(reason=REASON).as_of(DAY) if unit.pk not in done]
    network = Network.objects.get_queryset().get_or_create(name="Bench", kind="regional", valid_from=FIRST)[0]
    solutions, areas = list(Solution.objects.order_by("order")), list(FocusArea.objects.order_by("order"))
    common = {"valid_from": FIRST, "registered_at": MOMENT, "origin": "register:bench"}
    rows: dict[Any, list[Any]] = {
        PlanDecision: [
            PlanDecision(
                municipality_id=unit, status=STATUSES[place % 4], decided_on=FIRST, expected_on=AFTER,
                process="Saken er til høring.", **common,
            )
            for place, unit in enumerate(units)
        ],
        PlanAnchoring: [
            PlanAnchoring(municipality_id=unit, plan_type=kind, adopted_on=FIRST, **common)
            for unit in units
            for kind in ("samfunnsdel", "handlingsdel")
        ],
        SolutionPosition: [
            SolutionPosition(municipality_id=unit, solution=row, position=POSITIONS[(place + index) % 5], **common)
            for place, unit in enumerate(units)
            for index, row in enumerate(solutions)
        ],
        AreaPosition: [
            AreaPosition(municipality_id=unit, area=row, position="adopted", **common)
            for unit in units[::3]
            for row in areas
        ],
        Participation: [
            Participation(
                municipality_id=unit, network=network, status="active", valid_from=FIRST, origin="register:bench"
            )
            for unit in units
        ],
    }  # fmt: skip
    for model, made in rows.items():
        model.objects.get_queryset().bulk_create(made, batch_size=2000)
    _events()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    gc.collect()
    gc.freeze()  # what building the data has left behind is not part of the work


def _events() -> None:
    """The Event of every approval, which the bulk of reports leaves out."""
    there = set(Event.objects.across_all(reason=REASON).filter(name="approve").values_list("object_id", flat=True))
    reports = Report.objects.across_all(reason=REASON).filter(status=Report.Status.APPROVED).exclude(pk__in=there)
    Event.objects.get_queryset().bulk_create(
        [
            Event(
                object_type="reporting.report", object_id=pk, name="approve", to_state="approved", happened_at=moment,
                actor_name="bench",
            )
            for pk, moment in reports.values_list("pk", "approved_at")
        ],
        batch_size=2000,
    )  # fmt: skip

"""Two who write the same municipality's plan registers at once, on PostgreSQL with real threads."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from municipalities.models import PhaseStatus, PlanDecision, SolutionPosition
from municipalities.services import plan_decision_register
from municipalities.services.dated import EntryRefused
from municipalities.services.decisions import DecisionEntry, decision_enter
from municipalities.services.progress import ProgressEntry, progress_enter
from tests.world import build_world

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
D = dt.date


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; what each gave, or the exception it met."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=20)
            results[place] = call()
        except Exception as met:
            results[place] = met
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def by(now):
    world = build_world()
    return {"municipality": world.unit("3004"), "actor": world.user("hdir-admin"), "now": now}


def whole(model: Any) -> bool:
    """Whether the rows of the one municipality lie side by side: no overlap, no gap, the last one open."""
    rows = list(model.objects.get_queryset().order_by("valid_from"))
    pairs = itertools.pairwise(rows)
    return rows[-1].valid_to is None and all(a.valid_to == b.valid_from - dt.timedelta(days=1) for a, b in pairs)


def test_of_two_decisions_of_one_day_one_is_refused(by):
    entry = DecisionEntry("own", decided_on=D(2021, 6, 17), solutions={"1.1": "adopted"})
    results = at_once(*[lambda: decision_enter(entry=entry, **by)] * 4)
    assert sum(isinstance(result, PlanDecision) for result in results) == 1
    assert sum(isinstance(result, EntryRefused) for result in results) == 3
    assert SolutionPosition.objects.get_queryset().count() == 1


def test_decisions_steps_and_a_report_at_once_leave_no_overlap(by):
    days = [D(2020, month, 3) for month in range(1, 9)]
    calls: list[Callable[[], Any]] = []
    for step, day in enumerate(days):
        entry = DecisionEntry("own", decided_on=day)
        calls.append(lambda entry=entry: decision_enter(entry=entry, **by))
        # No two say the same: an entry that only repeats what holds on its day is refused, whatever the order.
        progress = ProgressEntry(day, 1 + step % 5, phase=2 + step % 3)
        calls.append(lambda progress=progress: progress_enter(entry=progress, **by))
    report = {"municipality": by["municipality"], "now": by["now"], "origin": "report:1/1"}
    calls.append(lambda: plan_decision_register(status="none", valid_from=D(2020, 5, 1), **report))
    assert not [result for result in at_once(*calls) if isinstance(result, Exception)]
    assert PlanDecision.objects.get_queryset().count() == 9 and whole(PlanDecision)
    assert PhaseStatus.objects.get_queryset().count() == 8 and whole(PhaseStatus)

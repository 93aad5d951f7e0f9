"""Computing takes little more memory for many municipalities than for few."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from reporting.documents import blocks, content, tables_annex, tables_registers
from reporting.documents.collect import collect
from reporting.documents.columns import Columns, values_of
from reporting.documents.compute import compute
from reporting.documents.facts import Facts, ParticipationFact, PlanFact, Unit, UnitAnswer, UnitReport
from tests.reporting.documents.population import FROZEN, populate
from tests.world import build_world

pytestmark = pytest.mark.django_db
FEW, MANY = 50, 200
"""Copies of the population's municipalities."""
BYTES = 850
"""For each municipality more: some 570 are measured, and over 1 200 where its rows are not packed."""


@pytest.fixture(scope="module")
def facts(django_db_setup, django_db_blocker) -> Facts:
    with django_db_blocker.unblock(), transaction.atomic():
        found = collect(populate(build_world(), extra=6).now, frozen_at=FROZEN, sheets=False)
        transaction.set_rollback(True)
    return found


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks.Values, "size", 64)
    monkeypatch.setattr(content, "VALUES", 64)


def copied(facts: Facts, times: int) -> Facts:
    """The same municipalities so many times, each copy under ids and numbers of its own, as ``collect`` gives them."""
    step = max(unit.id for unit in facts.units) + 1

    def rows(found: Any, kind: type, **how: Any) -> Columns[Any]:
        return Columns(kind, (values_of(row) for row in _copies(found, step, times)), **how)

    return replace(
        facts,
        units=rows(facts.units, Unit, numbers=("id",), various=("number", "name", "names")),
        reports=rows(facts.reports, UnitReport, numbers=("unit",), maybe=("submission",)),
        unit_answers=rows(facts.unit_answers, UnitAnswer, numbers=("unit",)),
        plans=rows(facts.plans, PlanFact, numbers=("id", "unit"), various=("origin",)),
        participations=rows(facts.participations, ParticipationFact, numbers=("id", "unit")),
    )


def _copies(rows: Any, step: int, times: int) -> Iterator[Any]:
    for copy in range(times):
        for row in rows:
            if isinstance(row, Unit):
                yield replace(row, id=row.id + copy * step, number=f"{copy}{row.number}")
            elif isinstance(row, UnitReport):
                yield replace(row, unit=row.unit + copy * step)
            else:
                yield row._replace(unit=row.unit + copy * step)


def highest(facts: Facts) -> int:
    """Bytes that computing takes at its worst moment, beside the facts."""
    gc.collect()
    tracemalloc.start()
    try:
        compute(facts, "nb", str)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def for_each(facts: Facts) -> float:
    few, many = copied(facts, FEW), copied(facts, MANY)
    compute(few, "nb", str)  # what is kept from one time to the next is kept now
    return (highest(many) - highest(few)) / (len(many.units) - len(few.units))


def test_a_municipality_more_takes_some_hundred_bytes(facts):
    assert for_each(facts) < BYTES


def test_rows_that_are_not_packed_are_noticed(facts, monkeypatch):
    for module in (tables_annex, tables_registers):
        monkeypatch.setattr(module, "many", tuple)
    assert for_each(facts) > BYTES

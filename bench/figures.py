"""National figures for 12 rounds: at most twice the bare SQL aggregate over the same rows, linear up to 100 times the
units, in memory that hardly grows."""

from __future__ import annotations

import datetime as dt
import gc
import itertools
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext, override

from bench import data, memory
from municipalities.models import Municipality, PlanDecision
from networks.models import Network, Participation
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.models import Answer

NAME = "national_figures"
FACTORS = (1, 10, 100)
MEMORY = 25
"""MiB at 100 times the units, 37 100: a twentieth of what a worker may have."""
MEMORY_GROWTH = 3.0
"""How many times the memory 100 times the units may take. What is left to grow are the rows themselves, packed: some
0.3 KiB for each municipality over twelve rounds, answers, registers and the document's tables together."""

AGGREGATE = """
    SELECT report.round_id, report.office_id, answer.question, answer.row, answer.value, COUNT(*)
    FROM reporting_answer answer
    JOIN reporting_report report ON report.current_id = answer.submission_id
    JOIN municipalities_municipality unit ON unit.id = report.municipality_id
    WHERE report.status IN ('submitted', 'approved') AND unit.kind = 'municipality'
    GROUP BY report.round_id, report.office_id, answer.question, answer.row, answer.value
"""

REGISTERS = (
    """
    SELECT round.id, version.office_id, decision.status, COUNT(*)
    FROM reporting_round round
    JOIN municipalities_plandecision decision ON decision.valid_from <= round.reference_date
     AND (decision.valid_to IS NULL OR decision.valid_to >= round.reference_date)
    JOIN municipalities_municipalityversion version ON version.municipality_id = decision.municipality_id
     AND version.valid_from <= round.reference_date
     AND (version.valid_to IS NULL OR version.valid_to >= round.reference_date)
    GROUP BY round.id, version.office_id, decision.status
    """,
    """
    SELECT round.id, version.office_id, part.status, COUNT(DISTINCT part.municipality_id)
    FROM reporting_round round
    JOIN networks_participation part ON part.valid_from <= round.reference_date
     AND (part.valid_to IS NULL OR part.valid_to >= round.reference_date)
    JOIN municipalities_municipalityversion version ON version.municipality_id = part.municipality_id
     AND version.valid_from <= round.reference_date
     AND (version.valid_to IS NULL OR version.valid_to >= round.reference_date)
    GROUP BY round.id, version.office_id, part.status
    """,
)
"""The same of the registers' rows as they were on each round's day: the core indicators are counted from them."""


def run(emit: Callable[..., None]) -> None:
    data.registers()
    seconds: dict[int, float] = {}
    memories: dict[int, float] = {}
    for factor in FACTORS:
        data.copies(factor)
        rounds = data.filled_rounds()
        registered(rounds)
        round_ = rounds[-1]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        gc.collect()
        gc.freeze()  # what building the data has left behind is not part of the work
        times = 1 if factor == max(FACTORS) else 3
        bare = best(aggregate, times)
        used = memory.peak(lambda round_=round_: figures(round_))
        seconds[factor] = best(lambda round_=round_: figures(round_), times)
        size = f"12 rounds x {371 * factor} units"
        emit(NAME, seconds[factor] / bare, "ratio", limit=2.0, size=size)
        emit(f"{NAME}_seconds", seconds[factor], "s", size=size)
        if used is not None:
            memories[factor] = used
            emit(f"{NAME}_memory", used, "MiB", limit=MEMORY, size=size)
    for small, large in itertools.pairwise(FACTORS):
        times_as_long = seconds[large] / seconds[small] / (large / small)
        emit(f"{NAME}_growth", times_as_long, "ratio", limit=1.25, size=f"{371 * small} to {371 * large} units")
    if memories:
        least, most = min(FACTORS), max(FACTORS)
        times_as_much = memories[most] / memories[least]
        size = f"{371 * least} to {371 * most} units"
        emit(f"{NAME}_memory_growth", times_as_much, "ratio", limit=MEMORY_GROWTH, size=size)


def registered(rounds: list[Any]) -> None:
    """What the figures read of the registers: three statuses of every unit over the rounds, the last one what its
    report says for four of five, and two networks."""
    days = [rounds[0].reference_date, rounds[len(rounds) // 2].reference_date, rounds[-2].reference_date]
    made = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    units = Municipality.objects.across_all(reason="bench").order_by("pk")
    PlanDecision.objects.get_queryset().all().delete()
    Participation.objects.get_queryset().all().delete()
    network = Network.objects.get_queryset().get_or_create(name="Bench", kind="regional", valid_from=days[0])[0]
    other = Network.objects.get_queryset().get_or_create(name="Bench 2", kind="leader", valid_from=days[0])[0]
    said = dict(
        Answer.objects.across_all(reason="bench")
        .filter(submission__report__round=rounds[-1], question="plan.status")
        .values_list("submission__report__municipality_id", "value")
    )
    ends = [days[1] - dt.timedelta(days=1), days[2] - dt.timedelta(days=1), None]
    PlanDecision.objects.get_queryset().bulk_create(
        [
            PlanDecision(
                municipality=unit, status=status, origin=f"register:{place}",
                registered_at=made, valid_from=day, valid_to=ends[place],
            )
            for unit in units
            for place, (day, status) in enumerate(
                zip(days, ("process", "inside", said.get(unit.pk, "none") if unit.pk % 5 else "own"), strict=True)
            )
        ],
        batch_size=2000,
    )  # fmt: skip
    Participation.objects.get_queryset().bulk_create(
        [
            Participation(
                municipality=unit, network=entry, status="active", origin="register", valid_from=days[0]
            )
            for unit in units
            for entry in (network, other)
        ],
        batch_size=2000,
    )  # fmt: skip


def aggregate() -> int:
    with connection.cursor() as cursor:
        rows = 0
        for query in (AGGREGATE, *REGISTERS):
            cursor.execute(query)
            rows += len(cursor.fetchall())
        return rows


def figures(round_: Any) -> None:
    with transaction.atomic(), override("nb"):
        facts = collect(round_, frozen_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), sheets=False)
        compute(facts, "nb", gettext)


def best(work: Callable[[], Any], times: int = 3) -> float:
    """The shortest of several runs, in seconds: what else the machine does only makes a run longer."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)

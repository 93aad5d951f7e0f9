"""National figures for 12 rounds: at most twice the bare SQL aggregate over the same rows."""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext, override

from bench import data
from reporting.documents.collect import collect
from reporting.documents.compute import compute

NAME = "national_figures"

AGGREGATE = """
    SELECT report.round_id, report.office_id, answer.question, answer.row, answer.value, COUNT(*)
    FROM reporting_answer answer
    JOIN reporting_report report ON report.current_id = answer.submission_id
    JOIN municipalities_municipality unit ON unit.id = report.municipality_id
    WHERE report.status IN ('submitted', 'approved') AND unit.kind = 'municipality'
    GROUP BY report.round_id, report.office_id, answer.question, answer.row, answer.value
"""


def run(emit: Callable[..., None]) -> None:
    data.registers()
    for factor in (1, 10):
        data.copies(factor)
        round_ = data.filled_rounds()[-1]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        gc.collect()
        gc.freeze()  # what building the data has left behind is not part of the work
        bare = best(aggregate)
        whole = best(lambda round_=round_: figures(round_))
        size = f"12 rounds x {371 * factor} units"
        emit(NAME, whole / bare, "ratio", limit=2.0, size=size)
        emit(f"{NAME}_seconds", whole, "s", size=size)


def aggregate() -> int:
    with connection.cursor() as cursor:
        cursor.execute(AGGREGATE)
        return len(cursor.fetchall())


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

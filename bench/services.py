"""Filling in, checking and sending in one report through the services: reports per second, and PostgreSQL's share."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from bench import data
from municipalities.models import Municipality
from reporting.demo.answers import Unit, answers, fits
from reporting.demo.networks import networks_make
from reporting.demo.people import Cast, cast_make
from reporting.demo.population import as_items, explain_and_send
from reporting.models import Report
from reporting.services.drafts import draft_open, draft_save_many
from reporting.services.rounds import form_spec, round_open

NAME = "report_services"
REPORTS = 120
DAY = dt.date(2022, 5, 1)
NOW = dt.datetime(2022, 4, 20, 10, tzinfo=ZoneInfo("Europe/Oslo"))


class Clock:
    """How long the database was at work, as the driver sees it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.queries = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - start
            self.queries += 1


def begun(
    limit: int | None, change: Callable[[str, dict[str, Any]], dict[str, Any]] = lambda number, given: given
) -> tuple[list[Report], Cast, Callable[[Report], list[Any]]]:
    """The round with reports that nobody has begun (at most ``limit``), the people, and what each report is answered
    with: the demo's answers after ``change``, which gets the unit's number too."""
    cast = cast_make(day=dt.date(2021, 1, 1), now=NOW, password="bench-password", language_nn=frozenset())
    networks = networks_make(now=NOW)
    round_ = round_open(reference_date=DAY, actor=None, now=NOW)
    spec = form_spec(round_.form_version)
    codes = [question.code for question in spec.questions()]
    rows = [key for question in spec.questions() if question.kind == "matrix" for key in question.row_keys]
    names = {unit.pk: unit for unit in Municipality.objects.across_all(reason=data.REASON).units_as_of(DAY)}

    def items(report: Report) -> list[Any]:
        number = names[report.municipality_id].number
        given = answers(Unit(number, False, networks[report.office_id], rows), 1, DAY)
        return list(as_items(spec, fits(change(number, given), codes)))

    reports = Report.objects.across_all(reason=data.REASON).filter(round=round_, status="not_started")
    return list(reports.select_related("round__form_version").order_by("id")[:limit]), cast, items


def run(emit: Callable[..., None]) -> None:
    data.registers()
    for factor in (1, 10):
        data.copies(factor)
        _measure(emit, 371 * factor)


def _measure(emit: Callable[..., None], units: int) -> None:
    reports, cast, items = begun(REPORTS)
    fields = len(items(reports[0]))
    clock, sent = Clock(), 0
    start = time.perf_counter()
    with connection.execute_wrapper(clock):
        for report in reports:
            contact = cast.contacts[report.municipality_id]
            draft_open(report=report, actor=contact, now=NOW)
            draft_save_many(report=report, items=items(report), actor=contact, now=NOW)
            sent += explain_and_send(report, contact, NOW)
    seconds = time.perf_counter() - start
    size = f"{sent} reports of {fields} fields, {units} units, on {connection.vendor}"
    emit(NAME, sent / seconds, "1/s", better="higher", size=size)
    emit(f"{NAME}_database_share", clock.seconds / seconds, "ratio", size=size)
    emit(f"{NAME}_queries", clock.queries / len(reports), "queries", size=f"{size}; open, save all, send in")

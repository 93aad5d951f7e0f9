"""The form: saving one field (at most 15 ms of server time and 6 queries), and opening a section of it (at most 12
queries, also of a form three times as long)."""

from __future__ import annotations

import copy
import datetime as dt
import json
import statistics
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from bench import data
from municipalities.models import User
from reporting.demo.people import cast_make
from reporting.models import FormVersion, Report
from reporting.question_bank import definition_hash

NAME = "form"
MOMENT = dt.datetime(2022, 4, 20, 9, tzinfo=ZoneInfo("Europe/Oslo"))
JSON = {"content_type": "application/json", "HTTP_ACCEPT": "application/json"}


def run(emit: Callable[..., None]) -> None:
    data.registers()
    cast = cast_make(day=dt.date(2021, 1, 1), now=MOMENT, password="bench-password", language_nn=frozenset())
    data.filled_rounds((dt.date(2021, 11, 1), dt.date(2022, 5, 1)))
    report = _report()
    client = Client()
    client.force_login(cast.contacts[report.municipality_id])
    with override_settings(PORTAL_CLOCK=MOMENT.isoformat(), ALLOWED_HOSTS=["testserver"]):
        for times in (1, 3):
            if times > 1:
                _lengthen(report, times)
            fields = sum(len(section["questions"]) for section in report.round.form_version.definition["sections"])
            size = f"a form of {fields} questions"
            _save(emit, client, report, size)
            _open(emit, client, report, size)


def _report() -> Report:
    """A report of the open round that nobody has begun."""
    reports = Report.objects.across_all(reason=data.REASON).filter(round__reference_date=data.DAY)
    report = reports.select_related("round__form_version").order_by("pk").first()
    reports.filter(pk=report.pk).update(status="not_started", current=None, draft={})
    report.refresh_from_db()
    return report  # type: ignore[no-any-return]


def _lengthen(report: Report, times: int) -> None:
    """Let the round ask every question so many times."""
    definition = copy.deepcopy(report.round.form_version.definition)
    for section in definition["sections"]:
        asked = list(section["questions"])
        for number in range(1, times):
            for question in asked:
                again = {**question, "code": f"{question['code'][:36]}.{number}"}
                for name in ("shown_when", "required_when"):
                    again.pop(name, None)
                section["questions"].append(again)
    longer = FormVersion.objects.create(
        name="longer", definition=definition, definition_hash=definition_hash(definition), published_at=MOMENT
    )
    report.round.form_version = longer
    report.round.save(update_fields=["form_version"])


def _save(emit: Callable[..., None], client: Client, report: Report, size: str) -> None:
    address, times, queries = reverse("report_save", args=[report.pk]), [], 0
    client.get(reverse("report_section", args=[report.pk, "plan"]))
    report.refresh_from_db()
    rev = report.draft["fields"].get("plan.case", {}).get("rev", 0)
    for number in range(40):
        body = json.dumps({"key": "plan.case", "value": f"PS {number}/22", "rev": rev})
        with CaptureQueriesContext(connection) as seen:
            before = time.perf_counter()
            answer = client.post(address, body, **JSON)
            times.append(time.perf_counter() - before)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content[:200]!r}")
        rev, queries = answer.json()["rev"], max(queries, _own(seen) if number > 3 else 0)
    emit(f"{NAME}_save_queries", queries, "queries", limit=6, size=size)
    emit(f"{NAME}_save_seconds", statistics.median(times[4:]), "s", limit=0.015, size=f"{size}, the median of 36")


def _open(emit: Callable[..., None], client: Client, report: Report, size: str) -> None:
    address = reverse("report_section", args=[report.pk, "plan"])
    client.get(address)
    times = []
    for _again in range(5):
        before = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - before)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    emit(f"{NAME}_open_queries", _own(seen), "queries", limit=12, size=size)
    emit(f"{NAME}_open_seconds", statistics.median(times), "s", size=size)


def _own(seen: CaptureQueriesContext) -> int:
    """Queries of the page's own: without the session and the user, and without the transaction's beginning and end."""
    outside = ("django_session", f'FROM "{User._meta.db_table}"', "SAVEPOINT", "BEGIN", "COMMIT")
    return sum(1 for query in seen if not any(word in query["sql"] for word in outside))

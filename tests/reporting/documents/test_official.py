"""The figures that Norway's authorities have given of the reform, out of a population that has them.

422, 356 and 357 municipalities by day; "307 of 356 had taken decisions or documented that they would" (per 1 May
2022); "more than 300 had adopted politically on 1 November 2022", as a point of the trend. The real registers of
municipalities, an invented plan register; the figures are looked for in all four files.
"""

from __future__ import annotations

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import OuterRef, Subquery

from municipalities.models import Municipality, PlanDecision
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.documents.content import KeyFigures
from reporting.documents.render import render
from reporting.models import Report, Round, Submission
from reporting.services import rounds as round_services

from . import compare

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
LAST_YEAR, SPRING, AUTUMN = dt.date(2021, 11, 1), dt.date(2022, 5, 1), dt.date(2022, 11, 1)
DECIDED, DOCUMENTED = 214, 93
"""Per 1 May 2022: an adopted plan, and a process that leads to one. Together the 307 of the sentence."""
BY_AUTUMN = 304
FORMATS = ("json", "xlsx", "docx", "pdf")


def _population() -> None:
    """All municipalities of 2022 in the plan register: adopted first, then those on their way, the rest without."""
    units = Municipality.objects.across_all(reason="test").units_as_of(SPRING).filter(kind="municipality")
    rows = []
    for place, unit in enumerate(units.order_by("pk")):
        steps = [("process" if place < DECIDED + DOCUMENTED else "none", dt.date(2021, 1, 1))]
        if place < DECIDED:
            steps.append(("own" if place % 2 else "inside", dt.date(2021, 12, 1)))
        elif place < BY_AUTUMN:
            steps.append(("own", dt.date(2022, 10, 15)))
        ends = [first - dt.timedelta(days=1) for _status, first in steps[1:]]
        for (status, first), last in zip(steps, [*ends, None], strict=True):
            rows.append(
                PlanDecision(
                    municipality_id=unit.pk, status=status, valid_from=first, valid_to=last, origin=f"register:{first}",
                    registered_at=dt.datetime(2022, 1, 1, tzinfo=OSLO),
                )
            )  # fmt: skip
    PlanDecision.objects.get_queryset().bulk_create(rows)


def _delivered(round_: Round, moment: dt.datetime) -> None:
    """Every unit has sent in; what it answered is not what is asked here."""
    reports = Report.objects.across_all(reason="test").filter(round=round_)
    Submission.objects.get_queryset().bulk_create(
        Submission(
            report=report, number=1, form_version=round_.form_version, answers={}, answers_hash="x" * 64,
            submitted_by_name="A contact", submitted_at=moment, days_late=0,
        )
        for report in reports
    )  # fmt: skip
    sent = Submission.objects.across_all(reason="test").filter(report=OuterRef("pk")).values("pk")
    reports.update(status=Report.Status.SUBMITTED, submitted_at=moment, current_id=Subquery(sent))


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """The counts by day, the note per 1 November 2022 and its four files, made once and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_registers", stdout=io.StringIO())
        every = Municipality.objects.across_all(reason="test")
        days = (dt.date(2019, 12, 31), dt.date(2020, 1, 1), dt.date(2023, 12, 31), dt.date(2024, 1, 1))
        counts = [every.as_of(day).filter(kind="municipality").count() for day in days]
        _population()
        for day in (LAST_YEAR, SPRING, AUTUMN):
            moment = dt.datetime.combine(day, dt.time(9), tzinfo=OSLO)
            round_ = round_services.round_open(reference_date=day, actor=None, now=moment)
            _delivered(round_, moment)
        facts = collect(round_, frozen_at=dt.datetime(2022, 11, 21, 12, tzinfo=OSLO))
        transaction.set_rollback(True)
    content = compute(facts, "nb", lambda text: text)
    return counts, content, {fmt: render(content, fmt) for fmt in FORMATS}


def trend(content, day: dt.date) -> dict[str, object]:
    table = next(t for t in content.tables() if any(column.key == "samfunnsdel" for column in t.columns))
    row = next(row for row in table.rows if row.key == day.isoformat())
    return {column.key: cell.value for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)}


def test_the_number_of_municipalities_is_the_days(made):
    assert made[0] == [422, 356, 356, 357]


def test_decided_or_documented_that_they_would_is_307_of_356(made):
    row = trend(made[1], SPRING)
    assert (row["units"], row["adopted"], row["adopted_process"]) == (356, DECIDED, 307)


def test_more_than_300_had_adopted_on_1_november_2022_is_a_point_of_the_trend(made):
    row = trend(made[1], AUTUMN)
    assert row["units"] == 356 and row["adopted"] == BY_AUTUMN > 300


def test_the_cards_say_the_change_since_last_round_and_since_last_year(made):
    cards = next(block for block in made[1].blocks if isinstance(block, KeyFigures)).cards
    adopted = cards[2]
    assert (adopted.change.value, adopted.change_label) == (BY_AUTUMN - DECIDED, "since 1.\u00a0mai\u00a02022")
    assert (adopted.year.value, adopted.year_label) == (BY_AUTUMN, "since 1.\u00a0november\u00a02021")


def test_the_figures_of_both_sentences_stand_in_all_four_files(made):
    _counts, content, files = made
    found = compare.check(content, files)
    assert found["json"] == sum(1 for _ in content.figures())
    assert min(found.values()) > 300

"""The figures of a region: what has come, the plans, the registers, and the risk as of the reference date."""

from __future__ import annotations

import datetime as dt

import pytest

from reporting.documents import rules
from reporting.services.regional import regional_open
from reporting.services.regional_figures import regional_figures
from reporting.services.risk import risk_assess
from tests.reporting.factories import SPRING, ReportFactory, at, open_round, reviewer, unit

pytestmark = pytest.mark.django_db
NOW = at(SPRING + dt.timedelta(days=15))


@pytest.fixture
def report():
    """An approved report in the region."""
    return ReportFactory.approved()


@pytest.fixture
def staff(report):
    return reviewer(report.office)


def test_the_figures_follow_the_reports(report):
    ReportFactory.submitted(round_=report.round, municipality=unit("Sein"), day=SPRING + dt.timedelta(days=3))
    ReportFactory.draft(round_=report.round, municipality=unit("Ikke"))
    regional = regional_open(round_=report.round, office=report.office, now=NOW)
    found = {line.key: (line.value, line.whole) for line in regional_figures(regional, today=NOW.date())}
    assert found["units"] == (3, None) and found["delivered"] == (2, 3) and found["late"] == (1, 3)
    assert found["not_delivered"] == (1, 3) and found["on_time"] == (1, 3) and found["approved"] == (1, 3)
    assert found["plan_adopted"] == (2, 3) and found["plan_missing"] == (1, 3)


def test_a_returned_report_is_a_line_of_its_own_and_not_delivered(report):
    ReportFactory.returned(round_=report.round, municipality=unit("Retur"))
    regional = regional_open(round_=report.round, office=report.office, now=NOW)
    found = {line.key: line.value for line in regional_figures(regional, today=NOW.date())}
    assert (found["units"], found["delivered"], found["returned"], found["not_delivered"]) == (2, 1, 1, 0)
    assert found["on_time"] == 1


def test_the_risk_is_counted_by_pattern_as_of_the_reference_date(report, staff):
    """Judged after the reference date on this round's report counts; what a later report led to does not, nor what was
    judged of no report at all after that day."""
    regional = regional_open(round_=report.round, office=report.office, now=NOW)
    quiet = unit("Stille", of=report.office)
    ReportFactory.draft(round_=report.round, municipality=quiet)

    def judge(place, pattern, verdict, submission, now):
        risk_assess(
            unit=place, pattern=pattern, verdict=verdict, reason="Sett.", submission=submission, actor=staff, now=now
        )

    def found():
        rows = regional_figures(regional, today=NOW.date())
        return {row.key[5:]: (row.value, row.whole) for row in rows if row.key.startswith("risk")}

    none = dict.fromkeys((one.key for one in rules.PATTERNS), (0, 2))
    assert found() == none
    judge(report.municipality, "isolated", "confirmed", report.current_id, NOW)
    judge(report.municipality, "analysis", "partly", report.current_id, NOW)
    judge(report.municipality, "involvement", "dismissed", report.current_id, NOW)
    judge(quiet, "isolated", "confirmed", None, at(SPRING - dt.timedelta(days=1)))
    judge(quiet, "placed_low", "confirmed", None, NOW)
    said = none | {"isolated": (2, 2), "analysis": (1, 2)}
    assert found() == said

    later = open_round(dt.date(2022, 11, 1))
    newer = ReportFactory.submitted(round_=later, municipality=report.municipality, day=dt.date(2022, 10, 20))
    judge(report.municipality, "isolated", "dismissed", newer.current_id, at(dt.date(2022, 11, 5)))
    judge(report.municipality, "health_only", "confirmed", newer.current_id, at(dt.date(2022, 11, 5)))
    assert found() == said

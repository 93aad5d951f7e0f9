"""Who may ask what of the API. An anonymous caller gets 401."""

from __future__ import annotations

import datetime as dt
from typing import Any

from municipalities.models import Municipality
from tests.access.matrix import PUBLIC, Row, Target
from tests.access.rows_form import open_report, untouched
from tests.access.rows_review import sent_in
from tests.reporting.factories import SPRING, open_round
from tests.world import World


def a_round(world: World, unit: Municipality) -> Target:
    open_round(SPRING)
    return Target(kwargs={"date": dt.date(2022, 5, 1)})


def delivered(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        return Target(obj=sent_in(world, unit), data=data, json=True)

    return make


def draft(world: World, unit: Municipality) -> Target:
    data = {"key": "plan.case", "value": "PS 1/22", "rev": 0, "version": 0}
    return Target(obj=untouched(world, unit), data=data, json=True)


ROWS = [
    Row("api_schema", "GET", PUBLIC),
    *(
        Row(name, "GET", "register.read", anonymous=401)
        for name in (
            "api_municipalities", "api_offices", "api_solutions", "api_plan_decisions", "api_networks",
            "api_participations", "api_support",
        )
    ),
    Row("api_rounds", "GET", "report.read", anonymous=401),
    Row("api_round_reports", "GET", "report.read", a_round, anonymous=401),
    Row("api_round_regions", "GET", "regional.read", a_round, anonymous=401),
    Row("api_round_summary", "GET", "summary.read", a_round, nothing_there=True, anonymous=401),
    Row("api_report", "GET", "report.read", delivered(), anonymous=401),
    Row("api_report_draft", "GET", "report.edit", draft, anonymous=401),
    Row("api_report_form", "GET", "report.read", open_report, anonymous=401),
    Row("api_report_findings", "GET", "report.edit", open_report, anonymous=401),
    Row("api_report_draft", "PUT", "report.edit", draft, anonymous=401),
    Row("api_report_draft", "POST", "report.edit", draft, anonymous=401),
    Row("api_report_submit", "POST", "report.submit", draft, anonymous=401),
    Row("api_report_return", "POST", "report.return", delivered(submission=1, note="Skriv datoen."), anonymous=401),
    Row("api_report_approve", "POST", "report.approve", delivered(submission=1), anonymous=401),
]  # fmt: skip

"""Who may open and press what on the statsforvalter's pages."""

from __future__ import annotations

from typing import Any

from municipalities.models import Municipality, User
from reform.models import Solution
from reporting.models import Report
from tests.access.matrix import Row, Target
from tests.reporting.factories import SPRING, ReportFactory, answers, open_round
from tests.world import World


def sent_in(world: World, unit: Municipality) -> Report:
    """A report of the unit that is sent in and waits for the statsforvalter."""
    number = next(key for key, known in world.units.items() if known == unit)
    actor = User.objects.get(username=f"editor-{number}")
    round_ = open_round(SPRING)
    every = {solution.code: "in_place" for solution in Solution.objects.all()}
    return ReportFactory.submitted(round_=round_, municipality=unit, actor=actor, values=answers(solutions=every))


def target(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        return Target(obj=sent_in(world, unit), data={"submission": "1", **data})

    return make


ROWS = [
    Row("work_list", "GET", "report.review"),
    Row("work_list_missing", "GET", "report.return"),
    Row("work_list_missing", "POST", "report.return"),
    Row("reports_approve", "POST", "report.approve"),
    Row("report_review", "GET", "report.review", target()),
    Row("report_return", "POST", "report.return", target(text="Skriv datoen for vedtaket.")),
    Row("report_approve", "POST", "report.approve", target()),
    Row("report_comment", "POST", "report.return", target(question="plan.status", text="Når?")),
    Row("report_judge", "POST", "report.approve", target(finding="x", accepted="yes")),
    Row("report_note", "POST", "report.note", target(text="Ring dem.")),
    Row("report_extend", "POST", "report.extend", target(text="Møtet er 7. mai.", until="9.5.2022")),
    Row("report_on_behalf", "POST", "report.on_behalf", target(text="Ingen kontakt.")),
    Row("report_take_back", "POST", "report.reopen", target()),
    Row("report_reopen", "POST", "report.reopen", target(text="Vedtaket er gjort om.")),
    Row("report_message", "POST", "report.message", target(text="Når?")),
    Row("report_talk", "POST", "report.return", target(text="Når?", question="plan.status")),
]

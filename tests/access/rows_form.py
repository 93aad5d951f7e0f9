"""Who may open and press what on the municipality's pages."""

from __future__ import annotations

from municipalities.models import Municipality, User
from reform.models import Solution
from reporting.models import DraftChange, Report, SectionAssignment
from tests.access.matrix import PUBLIC, Row, Target
from tests.access.rows_review import sent_in
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers, open_round
from tests.world import World

JSON = {"Accept": "application/json"}


def untouched(world: World, unit: Municipality) -> Report:
    """A report of the open round that nobody has started on."""
    round_ = open_round(SPRING)
    return Report.objects.across_all(reason="test").get(round=round_, municipality=unit)


def open_report(world: World, unit: Municipality) -> Target:
    return Target(obj=untouched(world, unit))


def delivered(world: World, unit: Municipality) -> Target:
    return Target(obj=sent_in(world, unit))


def section(world: World, unit: Municipality) -> Target:
    report = untouched(world, unit)
    return Target(obj=report, kwargs={"pk": report.pk, "section": "plan"}, data={})


def read_section(world: World, unit: Municipality) -> Target:
    report = untouched(world, unit)
    return Target(obj=report, kwargs={"pk": report.pk, "section": "plan"})


def one_field(world: World, unit: Municipality) -> Target:
    data = {"key": "plan.case", "value": "PS 1/22", "rev": 0}
    return Target(obj=untouched(world, unit), data=data, json=True, headers=JSON)


def some_time(world: World, unit: Municipality) -> Target:
    return Target(obj=untouched(world, unit), data={"seconds": {"plan.status": 3}}, json=True, headers=JSON)


def handed(world: World, unit: Municipality) -> Target:
    report = untouched(world, unit)
    SectionAssignment.objects.get_queryset().create(
        report=report, section="plan", user=User.objects.first(), user_name="Kari", assigned_by_name="Per",
        assigned_at=report.round.opened_at,
    )  # fmt: skip
    return Target(obj=report, kwargs={"pk": report.pk, "section": "plan"}, data={"what": "done"})


def changed(world: World, unit: Municipality) -> Target:
    report = untouched(world, unit)
    change = DraftChange.objects.get_queryset().create(
        report=report, key="plan.case", rev=1, value="PS 1/22", saved_at=report.round.opened_at
    )
    return Target(obj=report, data={"change": str(change.pk), "rev": "0"})


def posted(world: World, unit: Municipality) -> Target:
    return Target(obj=untouched(world, unit), data={})


def repeatable(world: World, unit: Municipality) -> Target:
    """A report whose unit sent one in in the round before."""
    number = next(key for key, known in world.units.items() if known == unit)
    every = {solution.code: "in_place" for solution in Solution.objects.all()}
    ReportFactory.submitted(
        round_=open_round(AUTUMN), municipality=unit, actor=User.objects.get(username=f"editor-{number}"),
        values=answers(solutions=every), day=AUTUMN,
    )  # fmt: skip
    return Target(obj=untouched(world, unit))


ROWS = [
    Row("checks_list", "GET", PUBLIC),
    Row("municipality_home", "GET", "home.read"),
    Row("report_list", "GET", "report.list"),
    Row("report_detail", "GET", "report.read", delivered),
    Row("report_workbook", "GET", "report.edit", open_report),
    Row("report_workbook_upload", "GET", "report.edit", open_report),
    Row("report_workbook_upload", "POST", "report.edit", posted),
    Row("report_workbook_use", "GET", "report.edit", open_report),
    Row("report_workbook_use", "POST", "report.edit", posted),
    Row("report_receipt", "GET", "report.read", delivered),
    Row("report_form", "GET", "report.edit", open_report),
    Row("report_section", "GET", "report.edit", read_section),
    Row("report_section", "POST", "report.edit", section),
    Row("section_hand", "POST", "report.edit", handed),
    Row("report_changes", "GET", "report.edit", open_report),
    Row("report_changes", "POST", "report.edit", changed),
    Row("report_print", "GET", "report.read", open_report),
    Row("report_save", "POST", "report.edit", one_field, anonymous=401),
    Row("report_time", "POST", "report.edit", some_time, anonymous=401),
    Row("round_burden", "GET", "burden.read"),
    Row("report_summary", "GET", "report.edit", open_report),
    Row("report_submit", "POST", "report.submit", posted),
    Row("report_nothing_new", "GET", "report.submit", repeatable),
    Row("report_nothing_new", "POST", "report.submit", posted),
]

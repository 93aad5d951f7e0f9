"""Where reports and registers say different things, and why; a Submission is never touched."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from municipalities.models import PlanAnchoring, PlanDecision
from municipalities.services import (
    phase_status_register,
    plan_anchoring_register,
    plan_decision_register,
    solution_positions_register,
)
from networks.models import Network, Participation
from reporting.models import Report, Submission
from reporting.services.disagreement import report_differences, round_differences
from tests.reporting import factories
from tests.reporting.factories import SPRING, ReportFactory, answers, at

TODAY = dt.date(2022, 6, 10)
NOW = at(TODAY)


@pytest.fixture
def home(db):
    return factories.office("agder")


@pytest.fixture
def staff(home):
    return factories.reviewer(home, "amina")


def approved(home, staff, name="Lyngdal", **changes):
    place = factories.unit(name, of=home)
    return ReportFactory.approved(
        round_=factories.open_round(), municipality=place, by=staff, values=answers(**changes)
    )


def found(report):
    return {entry.subject: entry for entry in report_differences(report=report)}


def directly(report, day=SPRING, **values):
    return plan_decision_register(
        municipality=report.municipality, origin="register:7", valid_from=day, now=NOW, **values
    )


def test_an_approved_report_and_the_registers_say_the_same(home, staff):
    assert found(approved(home, staff)) == {}


def test_a_report_that_waits_for_approval_says_so_and_names_what_only_it_says(home, staff):
    place = factories.unit("Lyngdal", of=home)
    report = ReportFactory.submitted(round_=factories.open_round(), municipality=place, values=answers())
    entries = found(report)
    assert {entry.why for entry in entries.values()} == {"waiting"}
    assert entries["plan.status"].registered == "Nothing" or entries["plan.status"].registered
    assert entries["plan.status"].since is None
    assert all(entry.explained for entry in entries.values())
    assert "plan.decided_on" not in entries  # it follows from the status


def test_a_change_made_directly_after_the_approval_shows_and_leaves_the_submission_as_it_was(home, staff):
    report = approved(home, staff)
    before = Submission.objects.get_queryset().values().get(pk=report.current_id)
    rows = list(report.current.answer_rows.order_by("pk").values())
    directly(report, status="inside", decided_on=dt.date(2022, 4, 20), case_number="PS 1/22")
    PlanDecision.objects.get_queryset().filter(origin="register:7").update(registered_by_name="Ola Nordmann")
    entry = found(report)["plan.status"]
    assert (entry.why, entry.by, entry.since) == ("direct", "Ola Nordmann", SPRING)
    assert entry.said != entry.registered
    assert not entry.explained
    assert Submission.objects.get_queryset().values().get(pk=report.current_id) == before
    assert list(report.current.answer_rows.order_by("pk").values()) == rows


def test_what_an_approval_will_write_over_is_told_before_it(home, staff):
    place = factories.unit("Lyngdal", of=home)
    plan_decision_register(
        municipality=place, origin="register:7", valid_from=SPRING - dt.timedelta(days=30), now=NOW, status="process",
        expected_on=TODAY,
    )  # fmt: skip
    report = ReportFactory.submitted(round_=factories.open_round(), municipality=place, values=answers())
    entries = found(report)
    assert entries["plan.status"].why == "overwrites" and not entries["plan.status"].explained
    assert entries["progress.step"].why == "waiting"


def test_planned_without_a_network_is_nothing_that_a_register_holds(home, staff):
    assert found(approved(home, staff, network_participates="planned")) == {}


def test_a_change_that_holds_from_a_later_day_is_no_difference_on_the_reference_date(home, staff):
    report = approved(home, staff)
    directly(report, SPRING + dt.timedelta(days=1), status="none")
    assert found(report) == {}


def test_the_day_and_the_case_of_a_decision_are_compared_where_the_status_is_the_same(home, staff):
    report = approved(home, staff)
    row = PlanDecision.objects.get_queryset().get(municipality=report.municipality)
    row.decided_on, row.case_number, row.origin = dt.date(2021, 6, 18), "PS 83/21", "register:9"
    row.save()
    entries = found(report)
    assert set(entries) == {"plan.decided_on", "plan.case"}
    assert (entries["plan.case"].said, entries["plan.case"].registered) == ("PS 82/21", "PS 83/21")


def test_plans_solutions_networks_and_steps_are_compared_too(home, staff):
    report = approved(home, staff)
    where = {"municipality": report.municipality, "origin": "register:3", "valid_from": SPRING, "now": NOW}
    plan_anchoring_register(**where, plan_types=["budget"])
    solution_positions_register(**where, positions={"1.1": "adopted", "1.2": "in_place", "2.1": "in_place"})
    phase_status_register(**where, step=2, phase=2, delay_months=0)
    net = factories.network("Agder", home)
    Participation.objects.get_queryset().create(
        network=net, municipality=report.municipality, status="active", origin="register:4",
        valid_from=dt.date(2022, 1, 1),
    )  # fmt: skip
    entries = found(report)
    assert set(entries) == {
        "plan.anchoring", "solutions", "network.participates", "progress.step", "progress.phase",
    }  # fmt: skip
    assert len(entries["solutions"].parts) == 2
    assert {entry.why for entry in entries.values()} == {"direct"}


def test_a_plan_that_is_only_expected_and_a_network_of_another_region_are_no_difference(home, staff):
    report = approved(home, staff)
    PlanAnchoring.objects.get_queryset().create(
        municipality=report.municipality, plan_type="strategy", is_expected=True, origin="register:1",
        registered_at=NOW, valid_from=dt.date(2022, 1, 1),
    )  # fmt: skip
    abroad = factories.network("Rogaland", factories.office("rogaland"))
    friends = Network.objects.get_queryset().create(
        name="Aldersvennlig", kind="age_friendly", valid_from=dt.date(2019, 1, 1)
    )
    for net in (abroad, friends):
        Participation.objects.get_queryset().create(
            network=net, municipality=report.municipality, status="active", origin="register:4",
            valid_from=dt.date(2022, 1, 1),
        )  # fmt: skip
    assert set(found(report)) == {"network.which"}  # the age-friendly one may be chosen in the form


def test_what_another_report_or_nobody_has_written_is_told_apart(home, staff):
    report = approved(home, staff)
    PlanDecision.objects.get_queryset().update(status="none", origin="report:99/1")
    assert found(report)["plan.status"].why == "replaced"
    PlanDecision.objects.get_queryset().all().delete()
    assert found(report)["plan.status"].why == "nothing"


def test_a_returned_report_is_not_compared(home, staff):
    report = approved(home, staff)
    Report.objects.get_queryset().filter(pk=report.pk).update(status=Report.Status.RETURNED)
    PlanDecision.objects.get_queryset().update(status="none")
    report.refresh_from_db()
    assert report_differences(report=report) == []


def test_a_region_sees_its_own_differences(home, staff):
    report = approved(home, staff)
    directly(report, status="none")
    stranger = factories.reviewer(factories.office("rogaland"), "olav")
    assert round_differences(round_=report.round, user=stranger, today=TODAY) == []
    assert [entry.subject for entry in round_differences(round_=report.round, user=staff, today=TODAY)] == [
        "plan.status"
    ]


def test_the_number_of_queries_does_not_grow(home, staff):
    report = approved(home, staff)

    def count():
        with CaptureQueriesContext(connection) as caught:
            found = round_differences(round_=report.round, user=staff, today=TODAY)
        return len(caught), len(found)

    count()
    few, _none = count()
    for index in range(3):
        directly(approved(home, staff, f"Kommune {index}"), status="none")
    many, rows = count()
    assert few == many <= 9 and rows == 3

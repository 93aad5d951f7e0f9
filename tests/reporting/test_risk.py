"""The five risk patterns of a municipality: derived, judged, overtaken, and seen by the region and Hdir alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from municipalities.models import Event
from reporting.models import Report, RiskAssessment
from reporting.services import risk
from tests.reporting import factories
from tests.reporting.factories import ReportFactory, answers, at

TODAY = dt.date(2022, 5, 10)
NOW = at(TODAY)
RISKY = {
    "org.sectors": ["health"],
    "org.involved": ["hospital"],
    "org.responsible": "project",
    "plan.anchoring": ["own_plan"],
    "org.analysis": "no",
}


@pytest.fixture
def home(db):
    return factories.office("agder")


@pytest.fixture
def staff(home):
    return factories.reviewer(home, "amina")


def sent(home, values=None, name="Lyngdal"):
    place = factories.unit(name, of=home)
    given = answers()
    given.update(values or {})
    return ReportFactory.submitted(round_=factories.open_round(), municipality=place, values=given)


def rows_of(report, user):
    return {row.key: row for row in risk.risk_rows(unit=report.municipality, user=user, today=TODAY)}


def judge(report, actor, **how):
    settings = {"pattern": "health_only", "verdict": "confirmed", "submission": report.current_id, **how}
    return risk.risk_assess(unit=report.municipality, actor=actor, now=NOW, **settings)


def test_each_pattern_is_derived_from_the_latest_delivered_answers(home, staff):
    report = sent(home, RISKY)
    rows = rows_of(report, staff)
    assert list(rows) == ["health_only", "involvement", "placed_low", "isolated", "analysis"]
    assert {row.derived for row in rows.values()} == {"seen"}
    assert rows["health_only"].answers == {"org.sectors": ("health",)}
    good = sent(home, {"org.involved": ["inhabitants", "employees"]}, "Risør")
    assert {row.derived for row in rows_of(good, staff).values()} == {"not_seen"}


def test_what_is_not_answered_is_missing_and_never_guessed(home, staff):
    report = sent(home, {"org.involved": []})
    assert rows_of(report, staff)["involvement"].derived == "missing"
    place = factories.unit("Åmli", of=home)
    rows = risk.risk_rows(unit=place, user=staff, today=TODAY)
    assert {row.derived for row in rows} == {"missing"} and len(rows) == 5


def test_a_returned_report_does_not_count_the_one_before_does(home, staff):
    place = factories.unit("Lyngdal", of=home)
    autumn = factories.open_round(factories.AUTUMN)
    given = answers() | RISKY
    ReportFactory.submitted(round_=autumn, municipality=place, values=given)
    spring = factories.open_round()
    newest = ReportFactory.submitted(
        round_=spring, municipality=place, values=answers(), actor=place.memberships.get().user
    )
    assert rows_of(newest, staff)["health_only"].derived == "not_seen"
    Report.objects.get_queryset().filter(pk=newest.pk).update(status=Report.Status.RETURNED)
    found = risk.risk_units(user=staff, today=TODAY, unit=place)[0]
    assert found.rows[0].derived == "seen"
    assert found.round == factories.AUTUMN


def test_a_judgement_is_kept_with_what_it_rested_on_and_the_newest_counts(home, staff):
    report = sent(home, RISKY)
    assert rows_of(report, staff)["health_only"].waits
    first = judge(report, staff, follow_up="Møte i juni.")
    assert (first.derived, first.submission_id, first.rule_version) == ("seen", report.current_id, 1)
    judge(report, staff, verdict="dismissed", reason="Kultur er med fra i vår.")
    row = rows_of(report, staff)["health_only"]
    assert row.assessment.verdict == row.stands == "dismissed"
    assert not row.waits and not row.outdated
    kept = risk.assessments_of(unit=report.municipality, user=staff, today=TODAY)["health_only"]
    assert [entry.verdict for entry in kept] == ["dismissed", "confirmed"]
    with pytest.raises(TypeError):
        first.save()


def test_a_newer_report_that_says_otherwise_makes_the_judgement_outdated(home, staff):
    report = sent(home, RISKY)
    judge(report, staff)
    RiskAssessment.objects.get_queryset().filter(municipality=report.municipality).count()
    type(report.current).objects.get_queryset().filter(pk=report.current_id).update(answers=answers())
    row = rows_of(report, staff)["health_only"]
    assert row.outdated and row.waits and row.stands == "not_seen"
    assert row.assessment.verdict == "confirmed"


def test_every_judgement_leaves_an_event_that_no_municipality_finds(home, staff):
    report = sent(home, RISKY)
    judge(report, staff, verdict="partly", follow_up="Hemmelig oppfølging")
    event = Event.objects.get_queryset().get(name="risk_assessed")
    assert (event.actor, event.to_state, event.municipality_id, event.office_id) == (staff, "partly", None, None)
    assert "Hemmelig" not in event.note
    editor = report.municipality.memberships.get().user
    assert not Event.objects.visible_to(editor, today=TODAY).filter(name="risk_assessed").exists()


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"verdict": "dismissed"}, "reason"),
        ({"verdict": "dismissed", "reason": "  \n "}, "reason"),
        ({"verdict": "maybe"}, "verdict"),
        ({"pattern": "something"}, "pattern"),
        ({"follow_up": "x" * 4001}, "follow_up"),
        ({"submission": None}, "submission"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_written(home, staff, how, field):
    report = sent(home, RISKY)
    with pytest.raises(ValidationError) as told:
        judge(report, staff, **how)
    assert list(told.value.message_dict) == [field]
    assert not RiskAssessment.objects.get_queryset().exists()


@pytest.mark.parametrize("role", ["ks", "usht", "hdir", "hod", "evaluator"])
def test_only_the_statsforvalter_judges(home, staff, role):
    report = sent(home, RISKY)
    other = factories.user(role, of=home if role in ("ks", "usht") else None)
    with pytest.raises(PermissionDenied):
        judge(report, other)


def test_another_region_neither_sees_nor_judges(home, staff):
    report = sent(home, RISKY)
    judge(report, staff)
    stranger = factories.reviewer(factories.office("rogaland"), "olav")
    assert risk.risk_rows(unit=report.municipality, user=stranger, today=TODAY) == []
    with pytest.raises(PermissionDenied):
        judge(report, stranger)


@pytest.mark.parametrize("role", ["ks", "usht", "hod", "evaluator"])
def test_partners_ministry_and_evaluator_see_nothing(home, staff, role):
    report = sent(home, RISKY)
    judge(report, staff)
    other = factories.user(role, of=home if role in ("ks", "usht") else None)
    assert risk.risk_units(user=other, today=TODAY) == []
    assert not RiskAssessment.objects.visible_to(other, today=TODAY).exists()
    editor = report.municipality.memberships.get().user
    assert risk.risk_rows(unit=report.municipality, user=editor, today=TODAY) == []
    assert not RiskAssessment.objects.visible_to(editor, today=TODAY).exists()


def test_two_queries_whatever_the_number_of_units(home, staff):
    report = sent(home, RISKY)
    judge(report, staff)

    def count(**how):
        user = type(staff).objects.get(pk=staff.pk)
        user.has_scope = risk.scope_of(user, today=TODAY)
        with CaptureQueriesContext(connection) as caught:
            found = risk.risk_units(user=user, today=TODAY, **how)
        return len(caught), len(found)

    assert count(unit=report.municipality) == (2, 1)
    few, _units = count()
    for index in range(4):
        judge(sent(home, RISKY, f"Kommune {index}"), staff)
    many, units = count()
    assert few == many == 2 and units == 5

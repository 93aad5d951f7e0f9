"""An approval taken back, and an approved report reopened: not under a delivered region, not in a locked round."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from municipalities.models import Event, PlanDecision, SolutionPosition
from municipalities.transitions import NoteMissing, WrongState
from reporting.models import Notice, RegionalReport, Report, ReviewComment
from reporting.services.drafts import draft_save_many
from reporting.services.reopening import approval_take_back, report_reopen
from reporting.services.submissions import NothingToRepeat, nothing_new, submission_approve, submission_submit
from reporting.workflow import RegionDelivered, RoundClosed
from tests.reporting.factories import ReportFactory, at, editor, items, office, reviewer
from tests.reporting.region import delivered_region

D = dt.date
MAY = at(D(2022, 5, 10))
HELD = {"valid_to__isnull": True}


def registers(report) -> tuple[int, int]:
    """How many plan decisions and positions hold for the municipality."""
    home = report.municipality
    return (
        PlanDecision.objects.get_queryset().filter(municipality=home).count(),
        SolutionPosition.objects.get_queryset().filter(municipality=home, **HELD).count(),
    )


@pytest.mark.django_db
def test_an_approval_taken_back_waits_again_and_what_was_sent_in_stays():
    report = ReportFactory.approved()
    kept = report.current_id
    approval_take_back(report=report, actor=reviewer(report.office), now=MAY)
    assert (report.status, report.current_id) == ("submitted", kept)
    assert Event.objects.get_queryset().get(name="take_back").to_state == "submitted"
    told = Notice.objects.get_queryset().get(kind="message")
    assert "Godkjenningen" in told.facts["comment"]["nb"] or "approval" in told.facts["comment"]["nb"]


@pytest.mark.django_db
def test_approving_again_writes_the_registers_without_doubling():
    report = ReportFactory.approved()
    before, by = registers(report), reviewer(report.office)
    assert before[0] == 1 and before[1] > 0
    approval_take_back(report=report, actor=by, now=MAY)
    submission_approve(report=report, actor=by, now=MAY + dt.timedelta(hours=1))
    assert registers(report) == before


@pytest.mark.django_db
def test_what_is_sent_in_after_a_reopening_takes_the_place_of_the_old_in_the_registers():
    report = ReportFactory.approved()
    before, by, one = registers(report), reviewer(report.office), report.current.submitted_by
    report_reopen(report=report, actor=by, now=MAY, note="Vedtaket er gjort om.")
    draft_save_many(report=report, items=items({"plan.case": "PS 12/22"}), actor=one, now=MAY)
    submission_submit(report=report, actor=one, now=MAY)
    submission_approve(report=report, actor=by, now=MAY + dt.timedelta(hours=1))
    assert registers(report) == before
    held = PlanDecision.objects.get_queryset().get(municipality=report.municipality)
    assert (held.case_number, held.origin) == ("PS 12/22", f"report:{report.pk}/2")


@pytest.mark.django_db
def test_a_reopened_report_is_told_with_its_reason_and_can_be_changed_but_not_repeated():
    report = ReportFactory.reopened()
    one = report.current.submitted_by
    notice = Notice.objects.get_queryset().get(kind="reopened")
    assert (notice.user, notice.facts["comment"]) == (one, "Vedtaket er gjort om.")
    assert report.status == "reopened" and report.reopened_at is not None
    with pytest.raises(NothingToRepeat):
        nothing_new(report=report, actor=one, now=MAY)
    submission_submit(report=report, actor=one, now=MAY)
    assert (report.status, report.current.number) == ("submitted", 2)


@pytest.mark.django_db
def test_a_reopening_needs_a_reason_and_an_approved_report():
    report = ReportFactory.approved()
    with pytest.raises(NoteMissing):
        report_reopen(report=report, actor=reviewer(report.office), now=MAY, note=" ")
    approval_take_back(report=report, actor=reviewer(report.office), now=MAY)
    for step in (report_reopen, approval_take_back):
        with pytest.raises(WrongState):
            step(report=report, actor=reviewer(report.office), now=MAY, note="x")


@pytest.mark.django_db
@pytest.mark.parametrize("status", RegionalReport.CLOSED)
@pytest.mark.parametrize("step", [report_reopen, approval_take_back])
def test_a_county_cannot_open_what_lies_with_the_nation(status, step):
    report = ReportFactory.approved()
    delivered_region(report, status)
    with pytest.raises(RegionDelivered) as refused:
        step(report=report, actor=reviewer(report.office), now=MAY, note="x")
    assert str(refused.value.message).count(".") == 2
    assert Report.objects.get_queryset().get(pk=report.pk).status == "approved"


@pytest.mark.django_db
@pytest.mark.parametrize("step", [report_reopen, approval_take_back])
def test_a_county_cannot_open_what_the_nation_has_locked_not_by_an_extension_either(step):
    report = ReportFactory.approved()
    locked = report.round.locks_after + dt.timedelta(days=1)
    Report.objects.get_queryset().filter(pk=report.pk).update(extended_to=locked + dt.timedelta(days=30))
    with pytest.raises(RoundClosed):
        step(report=report, actor=reviewer(report.office), now=at(locked), note="x")
    report.round.unlocked_until = locked
    report.round.save()
    step(report=report, actor=reviewer(report.office), now=at(locked), note="x")
    assert report.status != "approved"


@pytest.mark.django_db
@pytest.mark.parametrize("step", [report_reopen, approval_take_back])
def test_only_the_office_that_answers_for_it(step):
    report = ReportFactory.approved()
    for actor in (editor(report.municipality), reviewer(office("rogaland"))):
        with pytest.raises(PermissionDenied):
            step(report=report, actor=actor, now=MAY, note="x")
    assert not ReviewComment.objects.get_queryset().exists()

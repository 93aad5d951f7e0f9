"""A later deadline for one report: given and ended with a reason, open for that one alone, and no lateness."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from municipalities.models import Event
from municipalities.transitions import NoteMissing, WrongState
from reporting.models import Notice, Report, Submission
from reporting.services.extensions import ExtensionRefused, extension_end, extension_give
from reporting.services.submissions import submission_return, submission_submit
from reporting.timing import Delivery, delivery, open_until
from reporting.workflow import RegionDelivered, RoundClosed
from tests.reporting.factories import ReportFactory, at, editor, office, open_round, reviewer, unit
from tests.reporting.region import delivered_region

D = dt.date
LATER = D(2022, 5, 9)
WHY = "Kommunestyret møtes først 7. mai."


def give(report, until=LATER, *, by=None, now=None, reason=WHY):
    by = by or reviewer(report.office)
    return extension_give(report=report, until=until, reason=reason, actor=by, now=now or at(D(2022, 5, 1)))


@pytest.mark.django_db
def test_what_comes_inside_it_is_extended_and_not_late():
    report = ReportFactory.delivered_extended(after=8)
    submission = report.current
    assert (submission.days_late, submission.extended_to) == (0, D(2022, 5, 9))
    assert delivery(report, report.round, D(2022, 6, 1)) == Delivery("extended")


@pytest.mark.django_db
def test_what_comes_after_it_is_late_counted_from_it():
    report = ReportFactory.delivered_extended(after=10)
    assert (report.current.days_late, report.current.extended_to) == (2, D(2022, 5, 9))
    assert delivery(report, report.round, D(2022, 6, 1)) == Delivery("late", 2)


@pytest.mark.django_db
def test_who_did_not_need_it_is_on_time():
    report = ReportFactory.delivered_extended(after=0)
    assert (report.current.days_late, report.current.extended_to) == (0, None)
    assert delivery(report, report.round, D(2022, 6, 1)) == Delivery("on_time")


@pytest.mark.django_db
def test_nothing_is_missing_until_the_extension_is_over():
    report = ReportFactory.extended()
    assert delivery(report, report.round, D(2022, 5, 9)) == Delivery("pending")
    assert delivery(report, report.round, D(2022, 5, 11)) == Delivery("missing", 2)


@pytest.mark.django_db
def test_sent_in_anew_after_a_return_it_stays_inside_the_extension():
    report = ReportFactory.delivered_extended(after=8)
    actor = report.current.submitted_by
    submission_return(report=report, actor=reviewer(report.office), now=at(D(2022, 5, 12)), note="Se på datoen.")
    submission_submit(report=report, actor=actor, now=at(D(2022, 5, 14)))
    assert (report.current.number, report.current.days_late, report.current.extended_to) == (2, 0, D(2022, 5, 9))


@pytest.mark.django_db
def test_it_opens_the_report_for_that_municipality_and_no_other():
    homes = [unit("Utsatt"), unit("Nabo")]
    people = [editor(home) for home in homes]
    round_ = open_round(closes_on=D(2022, 5, 5), corrections_until=D(2022, 5, 20))
    mine, other = (
        ReportFactory.draft(round_=round_, municipality=home, actor=one)
        for home, one in zip(homes, people, strict=True)
    )
    give(mine, D(2022, 5, 12), now=at(D(2022, 5, 6)))
    submission_submit(report=mine, actor=people[0], now=at(D(2022, 5, 12), 23, 59))
    with pytest.raises(RoundClosed):
        submission_submit(report=other, actor=people[1], now=at(D(2022, 5, 12)))
    assert (mine.current.days_late, mine.status) == (0, "submitted")
    assert not Submission.objects.get_queryset().filter(report=other).exists()


@pytest.mark.django_db
def test_the_municipality_is_told_the_reason_once_and_it_stands_in_the_history():
    report = ReportFactory.draft()
    give(report)
    notice = Notice.objects.get_queryset().get(kind="extended")
    assert (notice.user_id, notice.facts["comment"]) == (report.municipality.memberships.get().user_id, WHY)
    assert "9. mai 2022" in notice.mail.body and WHY in notice.mail.body
    event = Event.objects.get_queryset().get(name="extend")
    assert (event.object_id, WHY in event.note, event.municipality) == (report.pk, True, report.municipality)


@pytest.mark.django_db
def test_who_corrects_a_returned_report_is_told_too():
    report = ReportFactory.returned()
    give(report, D(2022, 5, 20), now=at(D(2022, 5, 7)))
    told = Notice.objects.get_queryset().get(kind="extended")
    assert told.mail is not None
    assert told.dropped_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("until", "now", "refused"),
    [
        (D(2022, 5, 1), at(D(2022, 4, 20)), ExtensionRefused),  # no later than the round's own deadline
        (D(2022, 5, 3), at(D(2022, 5, 4)), ExtensionRefused),  # already over
        (D(2022, 6, 2), at(D(2022, 5, 4)), ExtensionRefused),  # beyond the day on which the round locks
        (D(2022, 6, 5), at(D(2022, 6, 2)), RoundClosed),  # locked
        (D(2022, 5, 9), at(D(2022, 3, 1)), RoundClosed),  # not opened
    ],
)
def test_a_day_that_does_not_do_is_refused_and_nothing_is_written(until, now, refused):
    report = ReportFactory.draft()
    with pytest.raises(refused) as told:
        give(report, until, now=now)
    assert str(told.value.message)
    assert Report.objects.get_queryset().get(pk=report.pk).extended_to is None
    assert not Event.objects.get_queryset().filter(name="extend").exists()


@pytest.mark.django_db
def test_without_a_reason_or_by_another_office_or_for_one_that_is_sent_in_it_is_refused():
    report = ReportFactory.draft()
    with pytest.raises(NoteMissing):
        give(report, reason="  ")
    with pytest.raises(PermissionDenied):
        give(report, by=reviewer(office("rogaland")))
    with pytest.raises(PermissionDenied):
        give(report, by=editor(report.municipality))
    sent = ReportFactory.submitted(municipality=unit("Sendt"), round_=report.round)
    with pytest.raises(WrongState):
        give(sent)


@pytest.mark.django_db
def test_under_a_delivered_region_it_is_refused():
    report = ReportFactory.draft()
    delivered_region(report)
    with pytest.raises(RegionDelivered):
        give(report)


@pytest.mark.django_db
def test_it_can_be_ended_and_then_the_round_s_deadline_holds():
    report = ReportFactory.extended()
    extension_end(report=report, actor=reviewer(report.office), now=at(D(2022, 5, 2)))
    assert delivery(report, report.round, D(2022, 5, 3)) == Delivery("missing", 2)
    with pytest.raises(ExtensionRefused):
        extension_end(report=report, actor=reviewer(report.office), now=at(D(2022, 5, 2)))


@pytest.mark.django_db
def test_until_when_each_state_is_open():
    round_ = ReportFactory.draft().round
    round_.corrections_until = D(2022, 6, 15)
    assert open_until(round_, "draft") == D(2022, 6, 1)
    assert open_until(round_, "draft", D(2022, 6, 8)) == D(2022, 6, 8)
    assert open_until(round_, "returned") == open_until(round_, "reopened") == D(2022, 6, 15)
    round_.unlocked_until = D(2022, 7, 1)
    assert open_until(round_, "draft") == open_until(round_, "returned") == D(2022, 7, 1)

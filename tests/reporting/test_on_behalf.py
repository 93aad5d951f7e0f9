"""The statsforvalter reports on behalf of a municipality: only after taking over, and always seen as such."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.urls import reverse

from municipalities.access import can
from municipalities.models import Event, Membership
from municipalities.transitions import NoteMissing, WrongState
from reporting.documents.receipt import receipt_content
from reporting.models import Notice, Report, Submission
from reporting.services.burden import time_add
from reporting.services.drafts import draft_save_many
from reporting.services.on_behalf import AlreadyTakenOver, NotTakenOver, report_hand_back, report_take_over
from reporting.services.submissions import submission_submit
from reporting.workflow import RoundClosed
from tests.reporting.factories import ReportFactory, at, editor, items, office, reviewer, unit

D = dt.date
MAY = at(D(2022, 5, 3))
WHY = "Kommunen har ingen kontakt."


@pytest.mark.django_db
def test_the_statsforvalter_fills_in_only_what_she_has_taken_over():
    report = ReportFactory.draft()
    by = reviewer(report.office)
    change = items({"comment": "Fylt ut av statsforvalteren."})
    with pytest.raises(PermissionDenied):
        draft_save_many(report=report, items=change, actor=by, now=MAY)
    with pytest.raises(PermissionDenied):
        submission_submit(report=report, actor=by, now=MAY)
    report_take_over(report=report, reason=WHY, actor=by, now=MAY)
    draft_save_many(report=report, items=change, actor=by, now=MAY)
    submission_submit(report=report, actor=by, now=MAY)
    assert report.current.on_behalf_of == report.municipality
    assert report.current.submitted_by == by


@pytest.mark.django_db
def test_another_office_gains_nothing_by_it():
    report = ReportFactory.taken_over()
    other = reviewer(office("rogaland"))
    with pytest.raises(PermissionDenied):
        submission_submit(report=report, actor=other, now=MAY)
    with pytest.raises(PermissionDenied):
        report_hand_back(report=report, actor=other, now=MAY)


@pytest.mark.django_db
def test_the_municipality_is_told_why_and_can_go_on_itself():
    report = ReportFactory.taken_over()
    one = editor(report.municipality, "kari")
    notice = Notice.objects.get_queryset().filter(kind="message").first()
    assert all(WHY in notice.facts["comment"][language] for language in ("nb", "nn"))
    submission_submit(report=report, actor=one, now=MAY)
    assert report.current.on_behalf_of is None


@pytest.mark.django_db
def test_it_is_seen_in_history_and_receipt():
    report = ReportFactory.on_behalf()
    events = {event.name: event for event in Event.objects.get_queryset().filter(object_id=report.pk)}
    assert events["take_over"].on_behalf_of == events["submit"].on_behalf_of == report.municipality
    assert events["take_over"].note == WHY
    meta = dict(receipt_content(report.current, "nb").meta)
    assert any("Prøvekommune" in value for key, value in meta.items() if "vegne" in key.lower())


@pytest.mark.django_db
def test_the_municipality_is_told_that_it_is_sent_in_and_its_time_is_not_counted():
    report = ReportFactory.taken_over()
    by, one = reviewer(report.office), report.municipality.memberships.get().user
    assert time_add(report=report, seconds={"comment": 60}, actor=by, now=MAY) == 0
    assert time_add(report=report, seconds={"comment": 60}, actor=one, now=MAY) == 60
    submission_submit(report=report, actor=by, now=MAY)
    told = Notice.objects.get_queryset().filter(user=one, kind="message")
    assert told.count() == 2  # that it was taken over, and that it is sent in
    assert told.latest("id").facts["path"] == reverse("report_detail", args=[report.pk])
    assert not Notice.objects.get_queryset().filter(user=by).exists()


@pytest.mark.django_db
def test_handed_back_it_is_the_municipality_s_alone_and_what_was_filled_in_is_kept():
    report = ReportFactory.taken_over()
    by = reviewer(report.office)
    draft_save_many(report=report, items=items({"comment": "Fra embetet."}), actor=by, now=MAY)
    report_hand_back(report=report, actor=by, now=MAY)
    assert not can(by, "report.edit", report, today=MAY.date())
    assert Report.objects.get_queryset().get(pk=report.pk).draft["fields"]["comment"]["value"] == "Fra embetet."
    with pytest.raises(NotTakenOver):
        report_hand_back(report=report, actor=by, now=MAY)


@pytest.mark.django_db
def test_it_needs_a_reason_an_open_round_and_a_report_that_is_not_sent_in():
    report = ReportFactory.draft()
    by = reviewer(report.office)
    with pytest.raises(NoteMissing):
        report_take_over(report=report, reason="", actor=by, now=MAY)
    with pytest.raises(RoundClosed):
        report_take_over(report=report, reason=WHY, actor=by, now=at(D(2022, 7, 1)))
    report_take_over(report=report, reason=WHY, actor=by, now=MAY)
    with pytest.raises(AlreadyTakenOver):
        report_take_over(report=report, reason=WHY, actor=by, now=MAY)
    sent = ReportFactory.submitted(municipality=unit("Sendt"), round_=report.round)
    with pytest.raises(WrongState):
        report_take_over(report=sent, reason=WHY, actor=by, now=MAY)
    for actor in (editor(report.municipality), reviewer(office("rogaland"))):
        with pytest.raises(PermissionDenied):
            report_take_over(report=report, reason=WHY, actor=actor, now=MAY)


@pytest.mark.django_db
def test_who_has_sent_in_is_never_deleted_and_her_name_stays_when_she_has_left():
    report = ReportFactory.submitted()
    one = report.current.submitted_by
    with pytest.raises(ProtectedError):
        one.delete()
    one.is_active = False
    one.save()
    Membership.objects.filter(user=one).update(valid_to=D(2022, 5, 2))
    submission = Submission.objects.get_queryset().get(report=report)
    assert submission.submitted_by_name == str(one)
    assert not can(one, "report.read", report, today=MAY.date())

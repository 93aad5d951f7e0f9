"""Sending in: once, whole or not at all, and with everything that follows from it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from municipalities.models import (
    Event,
    OutgoingMail,
)
from municipalities.transitions import WrongState
from reporting.answers import answers_hash
from reporting.models import Answer, Document, Report, Submission
from reporting.services import submissions
from reporting.services.drafts import RoundClosed, comment_save, draft_open, draft_save
from reporting.services.submissions import (
    ChecksFailed,
    NothingToRepeat,
    StaleDraft,
    nothing_new,
    submission_submit,
)
from tests.reporting.factories import (
    AUTUMN,
    ReportFactory,
    answers,
    at,
    editor,
    open_round,
    reviewer,
    unit,
)

pytestmark = pytest.mark.django_db


def again(report):
    rows = Report.objects.get_queryset().select_related("round__form_version", "municipality", "current")
    return rows.get(pk=report.pk)


def rows_of(submission):
    rows = Answer.objects.get_queryset().filter(submission=submission)
    return {(row.question, row.row, row.value): row for row in rows}


def draft(**changes):
    """A draft, its editor and the day before the deadline."""
    home = unit()
    one = editor(home)
    report = ReportFactory.draft(municipality=home, actor=one, values=answers(**changes))
    return report, one, at(report.round.municipality_deadline - dt.timedelta(days=1))


def nothing_is_written(report, status="draft"):
    row = again(report)
    assert (row.status, row.current) == (status, None)
    for model in (Submission, Answer, Document):
        assert not model.objects.get_queryset().exists()
    assert not OutgoingMail.objects.exists()
    assert not Event.objects.get_queryset().filter(name="submit").exists()


def test_what_is_sent_in_is_a_submission_with_typed_answers():
    report, one, now = draft()
    submission = submission_submit(report=report, actor=one, now=now, request_id="r-12345678")
    row = again(report)
    assert (row.status, row.current, row.submitted_at) == ("submitted", submission, now)
    assert report.status == "submitted" and report.current == submission
    assert (submission.number, submission.days_late, submission.submitted_by_name) == (1, 0, str(one))
    assert submission.answers == {**answers(), "solutions": answers()["solutions"]}
    assert submission.answers_hash == answers_hash(submission.answers)
    assert (submission.changed, submission.change_count, submission.nothing_new) == ([], 0, False)
    found = rows_of(submission)
    assert ("plan.status", "", "own") in found and ("solutions", "1.2", "in_place") in found
    assert ("org.sectors", "", "health") in found and ("org.sectors", "", "planning") in found
    assert found[("progress.delay_months", "", "")].number == 0
    assert found[("plan.decided_on", "", "")].date == dt.date(2021, 6, 17)
    assert found[("comment", "", "")].text == "Ordføreren følger arbeidet."
    event = Event.objects.get_queryset().get(name="submit")
    assert (event.content_hash, event.request_id) == (submission.answers_hash, "r-12345678")


def test_a_receipt_and_a_mail_are_queued_in_the_same_transaction():
    report, one, now = draft()
    submission = submission_submit(report=report, actor=one, now=now)
    document = Document.objects.get_queryset().get()
    assert (document.kind, document.format, document.status) == ("receipt", "pdf", "queued")
    assert (document.submission, document.requested_by) == (submission, one)
    mail = OutgoingMail.objects.get()
    assert mail.user == one and submission.answers_hash in mail.body


def test_a_mistake_on_the_way_leaves_nothing(monkeypatch):
    report, one, now = draft()

    def broken(**_how):
        raise RuntimeError("the queue is down")

    monkeypatch.setattr(submissions, "receipt_make", broken)
    with pytest.raises(RuntimeError):
        submission_submit(report=report, actor=one, now=now)
    nothing_is_written(report)


def test_sending_in_twice_gives_one_submission():
    report, one, now = draft()
    stale = again(report)
    submission_submit(report=report, actor=one, now=now)
    with pytest.raises(WrongState) as refused:
        submission_submit(report=stale, actor=one, now=now)
    assert refused.value.state == "submitted"
    assert Submission.objects.get_queryset().count() == 1
    assert OutgoingMail.objects.count() == 1


def test_what_somebody_changed_meanwhile_is_not_sent_in_unseen():
    report, one, now = draft()
    seen = report.draft_version
    other = editor(report.municipality)
    draft_save(report=again(report), key="comment", raw="Nytt", base_rev=None, actor=other, now=now)
    with pytest.raises(StaleDraft):
        submission_submit(report=report, actor=one, now=now, draft_version=seen)
    nothing_is_written(report)
    submission_submit(report=report, actor=one, now=now, draft_version=again(report).draft_version)
    assert again(report).current.answers["comment"] == "Nytt"


def test_errors_stop_and_nothing_is_written():
    report, one, now = draft(plan_decided_on=None, org_analysis=None)
    with pytest.raises(ChecksFailed) as failed:
        submission_submit(report=report, actor=one, now=now)
    assert [finding.key for finding in failed.value.stopping] == ["required:org.analysis", "adopted_without_date"]
    assert failed.value.has_errors
    nothing_is_written(report)


def test_a_text_that_cannot_be_an_answer_stops_once():
    report, one, now = draft()
    draft_save(report=report, key="plan.decided_on", raw="i fjor", base_rev=None, actor=one, now=now)
    with pytest.raises(ChecksFailed) as failed:
        submission_submit(report=report, actor=one, now=now)
    assert [finding.key for finding in failed.value.stopping] == ["invalid:plan.decided_on"]


def test_a_warning_stops_until_it_is_explained_and_is_kept_with_its_explanation():
    report, one, now = draft(progress_delay_months=30, progress_delay_reason="money")
    with pytest.raises(ChecksFailed) as failed:
        submission_submit(report=report, actor=one, now=now)
    assert [finding.key for finding in failed.value.stopping] == ["long_delay"] and not failed.value.has_errors
    comment_save(report=report, finding="long_delay", text="Nytt kommunestyre.", actor=one, now=now)
    submission = submission_submit(report=report, actor=one, now=now)
    assert submission.warning_count == 1
    stored = submission.findings[0]
    assert (stored["key"], stored["level"], stored["comment"]) == ("long_delay", "warning", "Nytt kommunestyre.")
    assert set(stored["message"]) == {"nb", "nn"}


def test_hidden_answers_are_kept_and_not_counted():
    report, one, now = draft()
    draft_save(report=report, key="plan.status", raw="none", base_rev=None, actor=one, now=now)
    draft_save(report=report, key="progress.phase", raw="2", base_rev=None, actor=one, now=now)
    submission = submission_submit(report=report, actor=one, now=now)
    assert submission.hidden == {"plan.decided_on": "2021-06-17", "plan.case": "PS 82/21"}
    assert "plan.decided_on" not in submission.answers
    assert not {key for key in rows_of(submission) if key[0] in ("plan.decided_on", "plan.case")}


@pytest.mark.parametrize(("after", "late"), [(-1, 0), (0, 0), (1, 1), (31, 31)])
def test_days_late_are_counted_from_the_deadline(after, late):
    report, one, _now = draft()
    day = report.round.municipality_deadline + dt.timedelta(days=after)
    assert submission_submit(report=report, actor=one, now=at(day, 23, 59)).days_late == late


def test_after_the_round_is_closed_nothing_is_sent_in():
    report, one, _now = draft()
    with pytest.raises(RoundClosed):
        submission_submit(report=report, actor=one, now=at(report.round.closes_on + dt.timedelta(days=1)))
    nothing_is_written(report)


def test_only_the_unit_s_own_editor_sends_in():
    report, _one, now = draft()
    for other in (editor(unit("Nabo")), reviewer(report.office)):
        with pytest.raises(PermissionDenied):
            submission_submit(report=report, actor=other, now=now)
    nothing_is_written(report)


def test_a_submission_and_its_answers_are_never_changed():
    report = ReportFactory.submitted()
    with pytest.raises(TypeError):
        report.current.save()
    with pytest.raises(TypeError):
        Answer.objects.get_queryset().first().save()


def test_the_database_refuses_a_report_that_is_sent_in_without_a_submission():
    report = ReportFactory.draft()
    with pytest.raises(IntegrityError):
        Report.objects.get_queryset().filter(pk=report.pk).update(status="submitted")


def last_autumn(**changes):
    """A unit that answered last autumn, its editor, and its report of this spring."""
    home = unit()
    one = editor(home)
    autumn = open_round(AUTUMN)
    ReportFactory.submitted(round_=autumn, municipality=home, actor=one, values=answers(**changes))
    report = ReportFactory.not_started(municipality=home)
    return report, one, at(report.round.opens_on)


def test_what_differs_from_last_time_is_stored_with_the_submission():
    report, one, now = last_autumn(solutions={"1.1": "considered", "1.2": "in_place", "2.1": "in_place",
                                              "2.2": "in_place"})  # fmt: skip
    draft_open(report=report, actor=one, now=now)
    for key, raw in (("solutions:1.1", "adopted"), ("plan.case", ""), ("result.example", "Turgruppe")):
        draft_save(report=report, key=key, raw=raw, base_rev=None, actor=one, now=now)
    for key, raw in (("support.received", ["course"]), ("comment", "Ordføreren følger arbeidet.")):
        draft_save(report=report, key=key, raw=raw, base_rev=None, actor=one, now=now)
    submission = submission_submit(report=report, actor=one, now=now)
    assert submission.changed == ["plan.case", "solutions", "support.received", "result.example"]
    assert submission.change_count == 4
    remarks = [stored["key"] for stored in submission.findings if stored["level"] == "remark"]
    assert remarks == ["solution_newly_adopted:1.1"]
    assert submission.warning_count == 0


def test_nothing_new_is_one_step_and_sends_the_same_answers():
    report, one, now = last_autumn()
    submission = nothing_new(report=report, actor=one, now=now)
    assert submission.nothing_new and submission.changed == []
    assert submission.answers == answers()
    assert again(report).status == "submitted"
    names = list(Event.objects.get_queryset().filter(object_type="reporting.report").values_list("name", flat=True))
    assert names[-2:] == ["start", "submit"]
    with pytest.raises(WrongState):
        nothing_new(report=report, actor=one, now=now)


def test_nothing_new_takes_last_time_s_explanations_along():
    home = unit()
    one = editor(home)
    autumn = open_round(AUTUMN)
    before = ReportFactory.draft(round_=autumn, municipality=home, actor=one,
                                 values=answers(progress_delay_months=30, progress_delay_reason="money"))  # fmt: skip
    comment_save(report=before, finding="long_delay", text="Økonomi.", actor=one, now=at(autumn.opens_on))
    submission_submit(report=before, actor=one, now=at(autumn.opens_on))
    report = ReportFactory.not_started(municipality=home)
    submission = nothing_new(report=report, actor=one, now=at(report.round.opens_on))
    assert submission.findings[0]["comment"] == "Økonomi."


def test_nothing_new_needs_something_to_repeat():
    report = ReportFactory.not_started()
    with pytest.raises(NothingToRepeat):
        nothing_new(report=report, actor=editor(report.municipality), now=at(report.round.opens_on))
    assert again(report).draft == {}


def test_nothing_new_does_not_sweep_away_what_somebody_has_changed():
    report, one, now = last_autumn()
    draft_open(report=report, actor=one, now=now)
    draft_save(report=report, key="org.analysis", raw="no", base_rev=1, actor=one, now=now)
    with pytest.raises(NothingToRepeat):
        nothing_new(report=report, actor=one, now=now)
    assert again(report).draft["fields"]["org.analysis"]["value"] == "no"
    assert again(report).status == "draft"


def test_nothing_new_that_no_longer_does_leads_to_the_form_with_all_filled_in():
    report, one, now = last_autumn(
        plan_status="process", plan_decided_on=None, plan_case=None, plan_expected_on="2022-02-01",
        plan_process="Til høring.", progress_phase="2",
    )  # fmt: skip
    with pytest.raises(ChecksFailed) as failed:
        nothing_new(report=report, actor=one, now=now)
    assert [finding.key for finding in failed.value.stopping] == ["expected_date_past"]
    row = again(report)
    assert row.status == "draft" and row.draft["fields"]["plan.process"]["value"] == "Til høring."


def test_sending_in_costs_few_queries_whatever_the_form_holds(django_assert_max_num_queries):
    ReportFactory.submitted(municipality=unit("Warm"))
    report, one, now = draft()
    report = again(report)
    with django_assert_max_num_queries(22):
        submission_submit(report=report, actor=one, now=now)

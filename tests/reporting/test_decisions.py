"""Returning and approving: each once, told to the contacts, and with the registers brought up to date."""

import datetime as dt

import pytest

from municipalities.models import (
    OutgoingMail,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    SolutionPosition,
)
from municipalities.transitions import NoteMissing, WrongState
from networks.models import Participation
from reporting.models import FindingReview, Report, ReviewComment, Submission
from reporting.services.drafts import RoundClosed, comment_save, draft_save
from reporting.services.review import NewerSubmission
from reporting.services.submissions import (
    NotJudged,
    submission_approve,
    submission_return,
    submission_submit,
    submissions_approve_many,
)
from tests.reporting.factories import (
    AUTUMN,
    SPRING,
    ReportFactory,
    answers,
    at,
    editor,
    network,
    office,
    open_round,
    reviewer,
    unit,
)

pytestmark = pytest.mark.django_db


def again(report):
    rows = Report.objects.get_queryset().select_related("round__form_version", "municipality", "current")
    return rows.get(pk=report.pk)


def test_a_return_needs_a_comment_tells_the_contacts_and_shows_the_comments():
    report = ReportFactory.submitted()
    by = reviewer(report.office)
    now = at(report.round.municipality_deadline)
    waiting = ReviewComment.objects.get_queryset().create(
        report=report, submission=report.current, question="plan.case", text="Hvilket møte?", author=by,
        author_name="Amina", written_at=now,
    )  # fmt: skip
    internal = ReviewComment.objects.get_queryset().create(
        report=report, text="Ring dem.", internal=True, author=by, author_name="Amina", written_at=now
    )
    with pytest.raises(NoteMissing):
        submission_return(report=report, actor=by, now=now, note=" ")
    OutgoingMail.objects.all().delete()
    submission_return(report=report, actor=by, now=now, note="Skriv datoen.")
    row = again(report)
    assert (row.status, row.returned_at) == ("returned", now)
    waiting.refresh_from_db()
    internal.refresh_from_db()
    assert waiting.shown_at == now and internal.shown_at is None
    mail = OutgoingMail.objects.get()
    assert "Skriv datoen." in mail.body and "Hvilket møte?" in mail.body and "Ring dem." not in mail.body


def test_sent_in_anew_after_a_return_it_is_as_late_as_the_first_time():
    home = unit()
    one = editor(home)
    report = ReportFactory.returned(municipality=home, actor=one)
    day = report.round.municipality_deadline + dt.timedelta(days=9)
    draft_save(report=report, key="plan.case", raw="PS 83/21", base_rev=None, actor=one, now=at(day))
    submission = submission_submit(report=report, actor=one, now=at(day))
    assert (submission.number, submission.days_late) == (2, 0)
    assert Submission.objects.get_queryset().filter(report=report).count() == 2
    assert again(report).current == submission


def test_after_the_round_is_closed_nothing_is_returned():
    report = ReportFactory.submitted()
    with pytest.raises(RoundClosed):
        submission_return(
            report=report, actor=reviewer(report.office), note="x",
            now=at(report.round.closes_on + dt.timedelta(days=1)),
        )  # fmt: skip


def test_approving_changes_the_registers_from_the_reference_date():
    home = unit()
    net = network("Agder", office())
    one = editor(home)
    values = answers(network_participates="yes", progress_delay_months=6, progress_delay_reason="money")
    values["network.which"] = [str(net.pk)]
    report = ReportFactory.submitted(municipality=home, actor=one, values=values)
    assert not PlanDecision.objects.get_queryset().exists()
    now = at(report.round.municipality_deadline + dt.timedelta(days=5))
    submission_approve(report=report, actor=reviewer(report.office), now=now)
    assert (again(report).status, again(report).approved_at) == ("approved", now)
    decision = PlanDecision.objects.get_queryset().get()
    assert (decision.status, decision.decided_on, decision.case_number) == ("own", dt.date(2021, 6, 17), "PS 82/21")
    assert (decision.valid_from, decision.origin) == (report.round.reference_date, f"report:{report.pk}/1")
    anchored = PlanAnchoring.objects.get_queryset().values_list("plan_type", flat=True)
    assert set(anchored) == {"samfunnsdel", "handlingsdel"}
    assert SolutionPosition.objects.get_queryset().count() == 4
    phase = PhaseStatus.objects.get_queryset().get()
    assert (phase.step, phase.phase, phase.delay_months, phase.delay_reason) == (5, 3, 6, "money")
    part = Participation.objects.get_queryset().get()
    assert (part.network, part.status) == (net, "active")


def test_a_register_that_already_says_so_is_left_alone():
    home = unit()
    autumn = open_round(AUTUMN)
    before = ReportFactory.approved(round_=autumn, municipality=home)
    ReportFactory.approved(municipality=home, actor=editor(home))
    assert PlanDecision.objects.get_queryset().get().origin == f"report:{before.pk}/1"
    assert SolutionPosition.objects.get_queryset().count() == 4


def test_a_late_approval_never_changes_what_a_later_report_says():
    """The report of autumn is approved after that of spring, which says the same as the year before."""
    home = unit()
    one, by = editor(home), reviewer(office())
    rounds = [open_round(dt.date(2021, 5, 1)), open_round(AUTUMN), open_round()]
    status = ["process", "none", "process"]
    anchoring = [["budget"], ["budget", "strategy"], ["budget"]]
    reports = []
    for round_, answer, plans in zip(rounds, status, anchoring, strict=True):
        values = answers(plan_status=answer, plan_anchoring=plans, plan_decided_on=None, plan_case=None)
        values |= {"solutions": dict.fromkeys(values["solutions"], "considered"), "progress.phase": "2"}
        if answer == "process":
            values |= {"plan.expected_on": "2022-12-01", "plan.process": "Til kommunestyret."}
        report = ReportFactory.draft(round_=round_, municipality=home, actor=one, values=values)
        submission_submit(report=report, actor=one, now=at(round_.opens_on))
        reports.append(report)
    for place in (0, 2, 1):
        submission_approve(report=reports[place], actor=by, now=at(SPRING))
    held = list(
        PlanDecision.objects.get_queryset().order_by("valid_from").values_list("status", "valid_from", "valid_to")
    )
    assert held == [
        ("process", dt.date(2021, 5, 1), dt.date(2021, 10, 31)),
        ("none", AUTUMN, dt.date(2022, 4, 30)),
        ("process", SPRING, None),
    ]
    today = PlanAnchoring.objects.get_queryset().filter(valid_to__isnull=True)
    assert list(today.values_list("plan_type", flat=True)) == ["budget"]
    strategy = PlanAnchoring.objects.get_queryset().get(plan_type="strategy")
    assert (strategy.valid_from, strategy.valid_to) == (AUTUMN, dt.date(2022, 4, 30))


def test_approving_what_another_has_just_returned_is_refused_and_changes_nothing():
    report = ReportFactory.submitted()
    stale = again(report)
    by, other = reviewer(report.office), reviewer(report.office)
    now = at(report.round.municipality_deadline)
    submission_return(report=report, actor=by, now=now, note="Skriv datoen.")
    with pytest.raises(WrongState) as refused:
        submission_approve(report=stale, actor=other, now=now)
    assert refused.value.state == "returned"
    assert not PlanDecision.objects.get_queryset().exists()


def test_a_decision_about_an_older_submission_is_refused():
    home = unit()
    one = editor(home)
    report = ReportFactory.returned(municipality=home, actor=one)
    now = at(report.round.municipality_deadline + dt.timedelta(days=5))
    submission_submit(report=report, actor=one, now=now)
    by = reviewer(report.office)
    with pytest.raises(NewerSubmission):
        submission_approve(report=report, actor=by, now=now, seen=1)
    with pytest.raises(NewerSubmission):
        submission_return(report=report, actor=by, now=now, note="x", seen=1)
    submission_approve(report=report, actor=by, now=now, seen=2)


def with_warning(home):
    one = editor(home)
    report = ReportFactory.draft(municipality=home, actor=one,
                                 values=answers(progress_delay_months=30, progress_delay_reason="money"))  # fmt: skip
    now = at(report.round.opens_on)
    comment_save(report=report, finding="long_delay", text="Økonomi.", actor=one, now=now)
    submission_submit(report=report, actor=one, now=now)
    return report


def test_warnings_are_judged_before_approval():
    report = with_warning(unit())
    by = reviewer(report.office)
    now = at(report.round.municipality_deadline)
    with pytest.raises(NotJudged):
        submission_approve(report=report, actor=by, now=now)
    judgement = FindingReview.objects.create(
        submission=report.current, finding="long_delay", accepted=False, judged_by=by, judged_at=now
    )
    with pytest.raises(NotJudged):
        submission_approve(report=report, actor=by, now=now)
    judgement.accepted = True
    judgement.save()
    submission_approve(report=report, actor=by, now=now)
    assert again(report).status == "approved"


def test_several_are_approved_at_once_and_one_that_is_refused_stops_no_other():
    homes = [unit("A"), unit("B")]
    round_ = open_round()
    clean = [ReportFactory.submitted(municipality=home, round_=round_) for home in homes]
    warned = with_warning(unit("C"))
    foreign = ReportFactory.submitted(municipality=unit("D", of=office("rogaland")), round_=round_)
    started = ReportFactory.draft(municipality=unit("E"), round_=round_)
    outcome = submissions_approve_many(
        reports=[clean[0], warned, foreign, started, clean[1]], actor=reviewer(office()),
        now=at(round_.municipality_deadline), seen={report.pk: 1 for report in (*clean, warned, foreign, started)},
    )  # fmt: skip
    assert [report.pk for report in outcome.approved] == [report.pk for report in clean]
    assert [report.pk for report, _reason in outcome.refused] == [warned.pk, foreign.pk, started.pk]
    assert all(str(reason).endswith(".") for _report, reason in outcome.refused)
    assert {again(report).status for report in clean} == {"approved"}


def test_approving_costs_a_bounded_number_of_queries(django_assert_max_num_queries):
    report = ReportFactory.submitted()
    by = reviewer(report.office)
    with django_assert_max_num_queries(50):
        submission_approve(report=report, actor=by, now=at(report.round.municipality_deadline))

"""What the checks say of a whole draft: one error a question, errors first, and nothing that is hidden."""

import pytest

from municipalities.models import PlanDecision
from reporting.services.draft_view import draft_view
from reporting.services.drafts import draft_open, draft_save
from reporting.services.findings import draft_findings, unexplained
from reporting.services.prefill import LastReport, last_report
from tests.reporting.factories import SPRING, ReportFactory, answers, at, editor

pytestmark = pytest.mark.django_db


def found(report):
    return [finding.key for finding in draft_findings(report, LastReport(), report.round.opens_on)]


def test_a_draft_without_fault_has_no_findings():
    assert found(ReportFactory.draft()) == []


def test_a_check_speaks_instead_of_the_general_sentence():
    report = ReportFactory.draft(values=answers(plan_decided_on=None, network_participates="yes"))
    assert found(report) == ["adopted_without_date", "network_missing"]


def test_a_text_that_cannot_be_an_answer_speaks_alone():
    report = ReportFactory.draft()
    one = editor(report.municipality)
    now = at(report.round.opens_on)
    draft_save(report=report, key="plan.decided_on", raw="i fjor", base_rev=None, actor=one, now=now)
    assert found(report) == ["invalid:plan.decided_on"]


def test_an_untouched_draft_misses_what_is_required_in_the_form_s_order():
    report = ReportFactory.not_started()
    missing = found(report)
    assert missing[:3] == ["required:org.responsible", "required:org.sectors", "required:org.analysis"]
    assert "required:plan.decided_on" not in missing


def test_only_errors_and_unexplained_warnings_stop():
    report = ReportFactory.draft(
        values=answers(progress_delay_months=30, progress_delay_reason="money", plan_decided_on=None)
    )
    findings = draft_findings(report, LastReport(), report.round.opens_on)
    assert [finding.key for finding in findings] == ["adopted_without_date", "long_delay"]
    assert [f.key for f in unexplained(findings, {"long_delay": " "})] == ["adopted_without_date", "long_delay"]
    assert [f.key for f in unexplained(findings, {"long_delay": "Flom."})] == ["adopted_without_date"]


def test_progress_counts_a_network_only_where_it_is_needed():
    report = ReportFactory.draft()
    now = at(report.round.opens_on)
    one = editor(report.municipality)
    for answer, total in (("no", 1), ("planned", 1), ("yes", 2)):
        draft_save(report=report, key="network.participates", raw=answer, base_rev=None, actor=one, now=now)
        steps = {step.key: step for step in draft_view(report, LastReport(), now).progress}
        assert steps["network"].total == total


def test_what_the_register_knows_goes_through_an_opened_draft_to_its_finding():
    """From a row of the register, by the draft that was filled in from it, to the warning at the changed answer."""
    report = ReportFactory.not_started()
    decided = SPRING.replace(year=2021)
    PlanDecision.objects.get_queryset().create(
        municipality=report.municipality,
        status="own",
        decided_on=decided,
        valid_from=decided,
        registered_at=at(decided),
    )
    actor, now = editor(report.municipality), at(SPRING)
    assert draft_open(report=report, actor=actor, now=now).answers["plan.status"] == "own"
    codes = {finding.code for finding in draft_findings(report, last_report(report), SPRING)}
    assert "register_plan" not in codes
    draft_save(report=report, key="plan.status", raw="none", base_rev=None, actor=actor, now=now)
    found = {finding.code: finding for finding in draft_findings(report, last_report(report), SPRING)}
    assert (found["register_plan"].level, found["register_plan"].field_key) == ("warning", "plan.status")

"""A report is held against the registers as they are when it is looked over and sent in, on its reference date."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from municipalities.models import PhaseStatus, PlanDecision
from networks.models import Network, Participation
from reporting.models import Report
from reporting.services.drafts import comment_save, draft_save
from reporting.services.findings import draft_findings, findings_now
from reporting.services.prefill import LastReport, last_report
from reporting.services.register_facts import register_facts
from reporting.services.submissions import ChecksFailed, submission_submit
from tests.reporting import factories
from tests.reporting.factories import SPRING, ReportFactory, answers, at, editor

pytestmark = pytest.mark.django_db

SENT = dt.date(2022, 4, 27)
BEHIND = {
    "plan_status": "none", "plan_decided_on": None, "plan_case": None, "progress_step": "2", "progress_phase": "2",
    "solutions": {"1.1": "considered", "1.2": "considered", "2.1": "considered", "2.2": "considered"},
}  # fmt: skip
"""Answers that raise no finding while the registers know nothing, and one for each register that knows more."""


def decided(report, since=dt.date(2022, 4, 1), **more):
    values = {"municipality": report.municipality, "status": "own", "decided_on": since, "valid_from": since}
    return PlanDecision.objects.get_queryset().create(**values, registered_at=at(since), **more)


def know_more(report, since=dt.date(2022, 4, 1)):
    """A plan, a step, a phase and a network, entered in the registers."""
    origin = f"register:{since}"
    decided(report, since, origin=origin)
    PhaseStatus.objects.get_queryset().create(
        municipality=report.municipality, step=4, phase=3, valid_from=since, registered_at=at(since), origin=origin
    )
    Participation.objects.get_queryset().create(
        municipality=report.municipality, network=factories.network("Nettverket", report.office), status="active",
        valid_from=since, origin=origin,
    )  # fmt: skip


def codes(findings):
    return [finding.code for finding in findings]


def now_codes(report):
    return codes(findings_now(report, last_report(report), SENT))


FOUND = ["register_plan", "register_step", "register_phase", "register_network"]


@pytest.fixture
def report():
    """A whole draft, opened before the registers knew anything."""
    return ReportFactory.draft(values=answers(**BEHIND))


def test_what_came_into_the_registers_since_the_draft_was_opened_is_found_when_it_is_sent_in(report):
    actor = editor(report.municipality)
    assert now_codes(report) == []
    know_more(report)
    with pytest.raises(ChecksFailed) as failed:
        submission_submit(report=report, actor=actor, now=at(SENT))
    assert codes(failed.value.stopping) == ["register_plan"]
    assert sorted(codes(failed.value.findings)) == sorted(FOUND)
    comment_save(report=report, finding="register_plan", text="Vedtaket er opphevet.", actor=actor, now=at(SENT))
    sent = submission_submit(report=report, actor=actor, now=at(SENT))
    assert sorted(entry["code"] for entry in sent.findings) == sorted(FOUND)
    assert sent.warning_count == 1


def test_what_has_left_the_registers_since_stops_nobody():
    report = ReportFactory.not_started()
    row = decided(report, origin="register:1")
    report = ReportFactory.draft(round_=report.round, municipality=report.municipality, values=answers(**BEHIND))
    assert now_codes(report) == ["register_plan"]
    row.delete()
    sent = submission_submit(report=report, actor=editor(report.municipality), now=at(SENT))
    assert sent.findings == []


def test_the_registers_are_asked_about_the_reference_date(report):
    know_more(report, since=SPRING + dt.timedelta(days=1))
    assert register_facts(report) == {}
    assert now_codes(report) == []
    know_more(report, since=SPRING)
    facts = {"plan.status": "own", "progress.step": "4", "progress.phase": "3", "network.participates": "yes"}
    assert register_facts(report) == facts
    PlanDecision.objects.get_queryset().filter(valid_from=SPRING).update(valid_to=SPRING)
    assert register_facts(report)["plan.status"] == "own"
    PlanDecision.objects.get_queryset().filter(valid_from=SPRING).update(
        valid_from=dt.date(2022, 1, 1), valid_to=SPRING - dt.timedelta(days=1)
    )
    assert "plan.status" not in register_facts(report)


@pytest.mark.parametrize(
    ("kind", "status", "ours", "known"),
    [
        ("regional", "active", True, "yes"), ("regional", "planned", True, "planned"),
        ("regional", "ended", True, None), ("regional", "active", False, None), ("national", "active", True, None),
    ],
)  # fmt: skip
def test_taking_part_is_asked_of_regional_networks_that_the_form_offers(report, kind, status, ours, known):
    where = report.office if ours else factories.office("rogaland")
    network = factories.network("Nettverket", where)
    Network.objects.get_queryset().update(kind=kind)
    Participation.objects.get_queryset().create(
        municipality=report.municipality, network=network, status=status, valid_from=SPRING, origin="register:1"
    )
    assert register_facts(report).get("network.participates") == known


def test_a_network_of_no_region_counts_too_and_active_goes_before_planned(report):
    for name, status in (("A", "planned"), ("B", "active")):
        Participation.objects.get_queryset().create(
            municipality=report.municipality, network=factories.network(name), status=status, valid_from=SPRING,
            origin="register:1",
        )  # fmt: skip
    assert register_facts(report)["network.participates"] == "yes"


def test_who_looks_it_over_brings_the_draft_up_to_date_and_no_answer_or_version_is_touched(report):
    know_more(report)
    assert codes(draft_findings(report, LastReport(), SENT)) == []
    before = {**report.draft, "registers": None}
    assert sorted(now_codes(report)) == sorted(FOUND)
    row = Report.objects.across_all(reason="test").get(pk=report.pk)
    assert {**row.draft, "registers": None} == before
    assert row.draft["registers"] == report.draft["registers"] == register_facts(report)
    assert row.draft_version == report.draft_version
    # a field that is saved next is held against the same
    draft_save(report=report, key="comment", raw="Ny", base_rev=None, actor=editor(report.municipality), now=at(SENT))
    assert sorted(codes(draft_findings(report, LastReport(), SENT))) == sorted(FOUND)


def test_asking_again_is_one_query(report, django_assert_num_queries):
    know_more(report)
    now_codes(report)
    with django_assert_num_queries(1):
        findings_now(report, LastReport(), SENT)


def test_a_report_that_is_sent_in_keeps_what_it_was_held_against(report):
    submission_submit(report=report, actor=editor(report.municipality), now=at(SENT))
    know_more(report)
    report.refresh_from_db()
    now_codes(report)
    assert Report.objects.across_all(reason="test").get(pk=report.pk).draft["registers"] == {}


@pytest.mark.parametrize("page", ["report_section", "report_summary"])
def test_the_pages_say_what_the_registers_say_now(report, page, settings):
    settings.PORTAL_CLOCK = at(SENT).isoformat()
    client = Client()
    client.force_login(editor(report.municipality))
    address = reverse(page, args=[report.pk, "plan"] if page == "report_section" else [report.pk])
    assert "Planregisteret har en vedtatt plan" not in client.get(address).content.decode()
    know_more(report)
    assert "Planregisteret har en vedtatt plan" in client.get(address).content.decode()

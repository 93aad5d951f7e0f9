"""The burden: active seconds added up without names, shown to the municipality alone, and to Hdir in sums only."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.models import Membership, Role
from reporting.models import DraftChange, FormTime, Report
from reporting.services import burden
from reporting.services.burden import (
    FEWEST,
    MOST_AT_ONCE,
    burden_of,
    burden_of_round,
    measured_medians,
    time_add,
)
from reporting.services.drafts import draft_save, section_confirm
from reporting.services.on_behalf import report_take_over
from reporting.templatetags.burden import hours, minutes
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, at, editor, open_round, unit, user

pytestmark = pytest.mark.django_db
NOW = at(SPRING)


def times(report):
    return dict(FormTime.objects.get_queryset().filter(report=report).values_list("question", "seconds"))


def add(report, seconds, actor=None):
    return time_add(report=report, seconds=seconds, actor=actor or editor(report.municipality), now=NOW)


def measured(count, seconds=60):
    """So many reports of one round with the same time at one question and some elsewhere."""
    reports = [ReportFactory.draft()]
    reports += [ReportFactory.draft(round_=reports[0].round, municipality=unit(f"Nr {i}")) for i in range(1, count)]
    for report in reports:
        add(report, {"plan.status": seconds, "": 10})
    return reports


class TestAdding:
    def test_it_adds_up_by_question(self):
        report = ReportFactory.draft()
        assert add(report, {"plan.status": 20, "": 5}) == 25
        assert add(report, {"plan.status": 10}) == 10
        assert times(report) == {"plan.status": 30, "": 5}

    @pytest.mark.parametrize(
        "seconds",
        [{"no.such": 5}, {"plan.status": -5}, {"plan.status": "5"}, {"plan.status": 2.5}, {"plan.status": True}],
    )
    def test_what_cannot_be_is_passed_over(self, seconds):
        report = ReportFactory.draft()
        assert add(report, seconds) == 0 and times(report) == {}

    def test_no_message_brings_more_than_its_time(self):
        report = ReportFactory.draft()
        assert add(report, {"plan.status": 86_400, "comment": 50}) == MOST_AT_ONCE
        assert times(report) == {"plan.status": MOST_AT_ONCE}

    def test_only_who_fills_in_adds(self):
        report = ReportFactory.draft()
        reader = user(Role.MUNICIPALITY_READER, municipality=report.municipality)
        for stranger in (editor(unit("Nabo")), reader, user(Role.HDIR)):
            with pytest.raises(PermissionDenied):
                add(report, {"plan.status": 5}, stranger)
        assert times(report) == {}

    def test_at_most_three_queries_for_a_question_besides_the_right(self):
        report = ReportFactory.draft()
        actor = editor(report.municipality)
        add(report, {"plan.status": 5}, actor)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            add(report, {"plan.status": 5}, actor)
        assert len(seen) <= 3

    def test_the_page_s_message_is_taken_and_rubbish_does_no_harm(self, client, settings):
        settings.PORTAL_CLOCK = f"{SPRING}T09:00+02:00"
        report = ReportFactory.draft()
        client.force_login(editor(report.municipality))
        address = reverse("report_time", args=[report.pk])
        for body in (json.dumps({"seconds": {"plan.status": 7}}), "[]", "{", json.dumps({"seconds": 5})):
            answer = client.post(address, body, content_type="application/json", HTTP_ACCEPT="application/json")
            assert answer.status_code == 200
        assert times(report) == {"plan.status": 7}


class TestAReport:
    def test_what_was_written_and_what_was_accepted(self):
        home = unit("Heim")
        ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home)
        report = ReportFactory.not_started(round_=open_round(SPRING), municipality=home)
        actor = editor(home)
        draft_save(report=report, key="comment", raw="Nytt.", base_rev=None, actor=actor, now=NOW)
        draft_save(report=report, key="comment", raw="Nyere.", base_rev=None, actor=actor, now=NOW)
        before = burden_of(report)
        assert before.changed == 1  # one answer, however often it was written
        section_confirm(report=report, section="plan", actor=actor, now=NOW)
        report.refresh_from_db()
        confirmed = [key for key, one in report.draft["fields"].items() if one.get("source") and one.get("confirmed")]
        assert burden_of(report).accepted == len(confirmed) > 0

    def test_what_the_statsforvalter_fills_in_on_behalf_is_no_burden_of_the_municipality(self):
        home = unit("Heim")
        ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home)
        report = ReportFactory.not_started(round_=open_round(SPRING), municipality=home)
        own, staff = editor(home), user(Role.STATSFORVALTER, of=report.office)
        draft_save(report=report, key="comment", raw="Vårt.", base_rev=None, actor=own, now=NOW)
        before, of_round = burden_of(report), burden._answers(report.round)
        assert before.changed == of_round[1] == 1
        report_take_over(report=report, reason="Ingen tid.", actor=staff, now=NOW)
        draft_save(report=report, key="plan.case", raw="22/1", base_rev=None, actor=staff, now=NOW)
        draft_save(report=report, key="comment", raw="Embetets.", base_rev=None, actor=staff, now=NOW)
        section_confirm(report=report, section="plan", actor=staff, now=NOW)
        report.refresh_from_db()
        assert any(one.get("source") and one.get("confirmed") for one in report.draft["fields"].values())
        assert burden_of(report) == before
        assert burden._answers(report.round) == of_round
        # the municipality goes on itself
        draft_save(report=report, key="plan.case", raw="22/2", base_rev=None, actor=own, now=NOW)
        assert burden_of(report).changed == before.changed + 1

    def test_who_has_left_the_municipality_for_the_office_counts_by_the_role_of_the_day(self):
        report = ReportFactory.not_started()
        moved = editor(report.municipality)
        draft_save(report=report, key="comment", raw="Vårt.", base_rev=None, actor=moved, now=NOW)
        later = timezone.localdate(NOW) + dt.timedelta(days=1)
        Membership.objects.filter(user=moved).update(valid_to=timezone.localdate(NOW))
        Membership.objects.create(user=moved, role=Role.STATSFORVALTER, office=report.office, valid_from=later)
        assert burden_of(report).changed == 1
        DraftChange.objects.get_queryset().update(saved_at=NOW + dt.timedelta(days=1))
        assert burden_of(report).changed == 0

    def test_minutes_are_begun_ones(self):
        report = ReportFactory.draft()
        add(report, {"plan.status": 61})
        assert (burden_of(report).seconds, burden_of(report).minutes) == (61, 2)


class TestARound:
    def test_sums_and_medians(self):
        reports = measured(FEWEST)
        found = burden_of_round(reports[0].round)
        assert (found.measured, found.seconds, found.median) == (FEWEST, FEWEST * 70, 70)
        assert [(row.code, row.seconds, row.reports, row.median) for row in found.questions] == [
            ("plan.status", FEWEST * 60, FEWEST, 60),
            ("", FEWEST * 10, FEWEST, 10),
        ]
        assert found.begun == FEWEST and found.changed > 0
        assert measured_medians(reports[0].round) == {"plan.status": 60.0, "": 10.0}

    def test_too_few_show_nothing(self):
        reports = measured(FEWEST - 1)
        found = burden_of_round(reports[0].round)
        assert not found.enough
        assert (found.seconds, found.median, found.questions, found.changed, found.accepted) == (0, 0, (), 0, 0)
        assert measured_medians(reports[0].round) == {}

    def test_a_question_that_few_spent_time_at_is_left_out(self):
        reports = measured(FEWEST)
        add(reports[0], {"comment": 33})
        found = burden_of_round(reports[0].round)
        assert "comment" not in {row.code for row in found.questions} and found.hidden == 1

    def test_the_queries_do_not_grow(self):
        reports = measured(FEWEST)
        with CaptureQueriesContext(connection) as few:
            burden_of_round(reports[0].round)
        for i in range(4):
            add(ReportFactory.draft(round_=reports[0].round, municipality=unit(f"Til {i}")), {"plan.status": 5})
        with CaptureQueriesContext(connection) as more:
            burden_of_round(reports[0].round)
        assert len(more) == len(few) <= 4


class TestWhoSees:
    @pytest.fixture(autouse=True)
    def _clock(self, settings):
        settings.PORTAL_CLOCK = f"{SPRING}T09:00+02:00"

    def test_only_sums_leave_the_municipality(self, client):
        """Nobody else's page or answer holds the one municipality's time: it is a number that stands nowhere else."""
        reports = measured(FEWEST)
        mine = ReportFactory.submitted(round_=reports[0].round, municipality=unit("Egen"))
        FormTime.objects.get_queryset().create(report=mine, question="comment", seconds=60 * 4321)
        one = editor(mine.municipality)
        receipt = reverse("report_receipt", args=[mine.pk])
        client.force_login(one)
        assert "4\u00a0321" in client.get(receipt).content.decode()
        pages = {
            Role.STATSFORVALTER: [receipt, reverse("report_review", args=[mine.pk]), reverse("work_list"),
                                  reverse("report_detail", args=[mine.pk]), f"/api/v1/reports/{mine.pk}/"],
            Role.HDIR: [receipt, reverse("report_detail", args=[mine.pk]), reverse("round_burden"),
                        f"/api/v1/reports/{mine.pk}/", f"/api/v1/rounds/{SPRING}/reports/"],
        }  # fmt: skip
        for role, addresses in pages.items():
            client.force_login(user(role, of=mine.office if role == Role.STATSFORVALTER else None))
            for address in addresses:
                answer = client.get(address)
                assert answer.status_code == 200, address
                text = answer.content.decode()
                assert "4\u00a0321" not in text and str(60 * 4321) not in text, address

    def test_hdir_s_page_with_and_without_enough(self, client):
        client.force_login(user(Role.HDIR))
        assert client.get(reverse("round_burden")).status_code == 200  # no round at all
        reports = measured(FEWEST - 1)
        text = client.get(reverse("round_burden")).content.decode()
        assert "<table" not in text
        add(ReportFactory.draft(round_=reports[0].round, municipality=unit("Til")), {"plan.status": 60, "": 10})
        page = client.get(reverse("round_burden"))
        assert "<table" in page.content.decode() and page.context["burden"].seconds == FEWEST * 70


@pytest.mark.parametrize(("seconds", "words"), [(30, "under 1"), (60, "1"), (89, "1"), (90, "2"), (3600 * 2, "120")])
def test_minutes_in_words(seconds, words):
    assert minutes(seconds).startswith(words)


@pytest.mark.parametrize(("seconds", "words"), [(3600, "1 "), (5400, "1,5"), (36_000, "10"), (558_000, "155")])
def test_hours_in_words(seconds, words):
    assert hours(seconds).replace("\u00a0", " ").startswith(words)


def test_every_report_can_be_measured():
    assert {field.name for field in FormTime._meta.fields} == {"id", "report", "question", "seconds"}  # nobody's name
    assert FormTime._meta.get_field("report").related_model is Report

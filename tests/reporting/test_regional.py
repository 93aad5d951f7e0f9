"""The region's own report: filled in without losing anything, delivered as a whole, accepted or returned."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.filestore import NotThere, open_file
from municipalities.models import Event, OfficeName, Role
from municipalities.services.dated import EntryRefused
from municipalities.services.plan_documents import Upload
from municipalities.transitions import NoteMissing, WrongState
from reporting.compose import faults
from reporting.models import Notice, RegionalReport, RegionalSubmission
from reporting.services import regional as service
from reporting.services.regional import (
    NotDeliverable,
    missing_of,
    plan_attach,
    regional_accept,
    regional_deliver,
    regional_open,
    regional_return,
    regional_save,
    regional_spec,
)
from reporting.services.regional_form import regional_definition, regional_form_publish
from reporting.services.reopening import approval_take_back, report_reopen
from reporting.workflow import RegionDelivered, RoundClosed
from tests.reporting.factories import SPRING, ReportFactory, at, office, reviewer, unit, user

pytestmark = pytest.mark.django_db
NOW = at(SPRING + dt.timedelta(days=15))
PDF = Upload("Regional plan.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")


@pytest.fixture
def report():
    """An approved report in the region."""
    return ReportFactory.approved()


@pytest.fixture
def regional(report):
    return regional_open(round_=report.round, office=report.office, now=NOW)


@pytest.fixture
def staff(report):
    return reviewer(report.office)


@pytest.fixture
def hdir():
    return user(Role.HDIR)


def answers(regional, text="Godt i gang."):
    """An answer to everything that is asked."""
    given = []
    for question in regional_spec(regional, now=NOW).questions():
        given.append((question.code, question.option_keys[0] if question.option_keys else text, None))
    return given


def ready(regional, staff, reasons=None):
    regional_save(regional=regional, items=answers(regional), reasons=reasons or {}, actor=staff, now=NOW)
    return regional


class TestTheForm:
    def test_the_standard_form_has_no_fault_and_is_kept_once(self):
        assert faults(regional_definition(), "region") == []
        assert regional_form_publish(now=NOW) == regional_form_publish(now=NOW)

    def test_it_asks_what_the_letter_asks(self):
        codes = {question["code"] for section in regional_definition()["sections"] for question in section["questions"]}
        assert {"region.status", "region.support_given", "region.support_needed", "region.evaluation"} <= codes
        assert sum(code.startswith("region.risk_") and code != "region.risk_text" for code in codes) == 5

    def test_it_is_made_once_and_not_before_the_round_opens(self, report, regional):
        again = regional_open(round_=report.round, office=report.office, now=NOW)
        assert again == regional and report.round.regional_reports.count() == 1
        with pytest.raises(RoundClosed):
            regional_open(
                round_=report.round, office=report.office, now=at(report.round.opens_on - dt.timedelta(days=1))
            )


class TestFillingIn:
    def test_one_answer_that_cannot_be_one_holds_up_none_of_the_others(self, regional, staff):
        items = [("region.status", "no such", None), ("region.status_text", "Godt i gang.", None)]
        assert regional_save(regional=regional, items=items, actor=staff, now=NOW) == []
        fields = regional.draft["fields"]
        assert fields["region.status"]["raw"] == "no such" and fields["region.status"]["value"] is None
        assert fields["region.status_text"]["value"] == "Godt i gang."

    def test_two_who_fill_in_do_not_overwrite_each_other_and_nothing_is_lost(self, regional, staff, report):
        other = reviewer(report.office)
        regional_save(regional=regional, items=[("region.status_text", "Mitt", 0)], actor=staff, now=NOW)
        [clash] = regional_save(
            regional=regional, items=[("region.status_text", "Ditt", 0), ("region.comment", "Nytt", 0)], actor=other,
            now=NOW,
        )  # fmt: skip
        assert (clash.key, clash.mine, clash.by) == ("region.status_text", "Ditt", str(staff))
        fields = regional.draft["fields"]
        assert fields["region.status_text"]["value"] == "Mitt" and fields["region.comment"]["value"] == "Nytt"
        assert [entry["value"] for entry in regional.draft["lost"]] == ["Ditt"]

    def test_only_the_office_s_own_staff_fill_in(self, regional, hdir):
        for stranger in (reviewer(office("rogaland")), hdir, user(Role.KS, of=regional.office)):
            with pytest.raises(PermissionDenied):
                regional_save(regional=regional, items=[], actor=stranger, now=NOW)

    def test_the_plan_is_judged_by_its_bytes_and_kept_with_an_event(self, regional, staff):
        plan_attach(regional=regional, upload=PDF, actor=staff, now=NOW)
        assert regional.plan_type == "application/pdf" and len(regional.plan_sha256) == 64
        assert Event.objects.across_all(reason="test").filter(name="plan_attached").exists()
        with pytest.raises(EntryRefused):
            plan_attach(regional=regional, upload=Upload("plan.pdf", b"MZ not a pdf"), actor=staff, now=NOW)
        assert regional.plan_name.endswith(".pdf")

    def test_a_plan_that_is_replaced_is_gone_and_a_delivered_one_stays(
        self, regional, staff, hdir, django_capture_on_commit_callbacks
    ):
        def attach(data):
            with django_capture_on_commit_callbacks(execute=True):
                plan_attach(regional=regional, upload=Upload("plan.pdf", data), actor=staff, now=NOW)
            return regional.plan_file

        first, second = attach(PDF.data), attach(PDF.data + b"2")
        with pytest.raises(NotThere):
            open_file(first)
        regional_deliver(regional=ready(regional, staff), actor=staff, now=NOW)
        regional_return(regional=regional, actor=hdir, now=NOW, note="Ny plan?")
        attach(PDF.data + b"3")
        open_file(second).close()


class TestDelivering:
    def test_it_is_frozen_whole(self, regional, staff, hdir, report):
        plan_attach(regional=ready(regional, staff), upload=PDF, actor=staff, now=NOW)
        submission = regional_deliver(regional=regional, actor=staff, now=NOW)
        assert (regional.status, regional.current, submission.number) == ("delivered", submission, 1)
        assert submission.answers["region.status_text"] == "Godt i gang." and len(submission.answers_hash) == 64
        assert submission.submission_ids == [report.current_id] and submission.missing == []
        assert submission.plan_sha256 == regional.plan_sha256 and submission.days_late == 0
        lines = {line["key"]: (line["value"], line["whole"]) for line in submission.figures["lines"]}
        assert lines["delivered"] == (1, 1) and lines["approved"] == (1, 1)
        event = Event.objects.across_all(reason="test").get(name="deliver")
        assert event.content_hash == submission.answers_hash and event.actor == staff
        assert Notice.objects.across_all(reason="test").filter(kind="delivered", user=hdir).count() == 1

    def test_everything_that_is_missing_is_said_at_once_and_nothing_is_written(self, regional, staff):
        with pytest.raises(NotDeliverable) as stopped:
            regional_deliver(regional=regional, actor=staff, now=NOW)
        asked = [question for question in regional_spec(regional, now=NOW).questions() if question.required]
        assert {finding.question for finding in stopped.value.findings} == {question.code for question in asked}
        assert not RegionalSubmission.objects.get_queryset().exists()
        assert not Notice.objects.across_all(reason="test").filter(kind="delivered").exists()

    def test_what_is_not_approved_needs_its_reason_which_goes_along(self, report, staff):
        late = ReportFactory.draft(round_=report.round, municipality=unit("Sein"))
        regional = ready(regional_open(round_=report.round, office=report.office, now=NOW), staff)
        assert [(row.report, row.status) for row in missing_of(regional)] == [(late.pk, "draft")]
        with pytest.raises(NotDeliverable) as stopped:
            regional_deliver(regional=regional, actor=staff, now=NOW)
        assert [row.report for row in stopped.value.unexplained] == [late.pk] and stopped.value.findings == []
        regional_save(regional=regional, items=[], reasons={late.pk: "Ny kommunedirektør."}, actor=staff, now=NOW)
        submission = regional_deliver(regional=regional, actor=staff, now=NOW)
        assert [(row["report"], row["reason"]) for row in submission.missing] == [(late.pk, "Ny kommunedirektør.")]

    def test_what_is_delivered_is_not_changed(self, regional, staff):
        regional_deliver(regional=ready(regional, staff), actor=staff, now=NOW)
        with pytest.raises(WrongState):
            regional_save(regional=regional, items=[("region.comment", "x", None)], actor=staff, now=NOW)
        with pytest.raises(WrongState):
            regional_deliver(regional=regional, actor=staff, now=NOW)
        with pytest.raises(WrongState):
            plan_attach(regional=regional, upload=PDF, actor=staff, now=NOW)

    def test_late_is_computed_from_the_statsforvalter_s_deadline(self, regional, staff):
        late = at(regional.round.office_deadline + dt.timedelta(days=2))
        submission = regional_deliver(regional=ready(regional, staff), actor=staff, now=late)
        assert submission.days_late == 2

    def test_approved_reports_do_not_change_under_a_delivered_or_accepted_region(self, regional, staff, hdir, report):
        regional_deliver(regional=ready(regional, staff), actor=staff, now=NOW)
        for _state in range(2):
            with pytest.raises(RegionDelivered):
                approval_take_back(report=report, actor=staff, now=NOW)
            with pytest.raises(RegionDelivered):
                report_reopen(report=report, actor=staff, now=NOW, note="Feil")
            if regional.status == "delivered":
                regional_accept(regional=regional, actor=hdir, now=NOW)
        regional_return(regional=regional, actor=hdir, now=NOW, note="Se på tallene.")
        approval_take_back(report=report, actor=staff, now=NOW)
        report.refresh_from_db()
        assert report.status == "submitted"


class TestJudging:
    @pytest.fixture
    def delivered(self, regional, staff):
        regional_deliver(regional=ready(regional, staff), actor=staff, now=NOW)
        return regional

    def test_hdir_accepts_and_the_staff_are_told(self, delivered, staff, hdir):
        regional_accept(regional=delivered, actor=hdir, now=NOW)
        assert delivered.status == "accepted" and delivered.accepted_at == NOW
        assert Notice.objects.across_all(reason="test").filter(kind="accepted", user=staff).count() == 1

    def test_a_return_needs_its_comment_and_opens_it_again(self, delivered, staff, hdir):
        with pytest.raises(NoteMissing):
            regional_return(regional=delivered, actor=hdir, now=NOW, note=" ")
        regional_return(regional=delivered, actor=hdir, now=NOW, note="Se på tallene.")
        notice = Notice.objects.across_all(reason="test").get(kind="region_returned", user=staff)
        assert notice.facts["comment"] == "Se på tallene."
        regional_save(regional=delivered, items=[("region.comment", "Rettet", None)], actor=staff, now=NOW)
        second = regional_deliver(regional=delivered, actor=staff, now=NOW)
        first = RegionalSubmission.objects.get_queryset().get(regional=delivered, number=1)
        assert second.number == 2 and second.answers["region.comment"] == "Rettet" != first.answers["region.comment"]

    def test_only_hdir_judges(self, delivered, staff):
        with pytest.raises(PermissionDenied):
            regional_accept(regional=delivered, actor=staff, now=NOW)

    def test_an_acceptance_whose_next_step_fails_is_no_acceptance(self, delivered, hdir, monkeypatch):
        def broken(**_kwargs):
            raise RuntimeError("the notice could not be written")

        monkeypatch.setattr(service, "notice_write", broken)
        with pytest.raises(RuntimeError):
            regional_accept(regional=delivered, actor=hdir, now=NOW)
        delivered.refresh_from_db()
        assert delivered.status == "delivered" and delivered.accepted_at is None
        assert not Event.objects.across_all(reason="test").filter(name="accept").exists()


STATES = ("draft", "delivered", "returned", "accepted")
STEPS = {"deliver": ({"draft", "returned"}, "staff"), "accept": ({"delivered"}, "hdir"),
         "return": ({"delivered", "accepted"}, "hdir")}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", list(Role))
def test_every_step_in_every_state_by_every_role(state, role, report):
    """Each role tries each step in each state: made where the table says so, else refused and nothing changed."""
    staff, hdir = reviewer(report.office), user(Role.HDIR)
    regional = ready(regional_open(round_=report.round, office=report.office, now=NOW), staff)
    if state != "draft":
        regional_deliver(regional=regional, actor=staff, now=NOW)
    if state == "accepted":
        regional_accept(regional=regional, actor=hdir, now=NOW)
    if state == "returned":
        regional_return(regional=regional, actor=hdir, now=NOW, note="x")
    municipal = {Role.MUNICIPALITY_EDITOR, Role.MUNICIPALITY_READER}
    regional_roles = {Role.STATSFORVALTER, Role.KS, Role.USHT}
    actor = user(
        role,
        municipality=report.municipality if role in municipal else None,
        of=report.office if role in regional_roles else None,
    )
    may = {"staff": {Role.STATSFORVALTER}, "hdir": {Role.HDIR, Role.HDIR_ADMIN}}
    steps = {
        "deliver": lambda: regional_deliver(regional=regional, actor=actor, now=NOW),
        "accept": lambda: regional_accept(regional=regional, actor=actor, now=NOW),
        "return": lambda: regional_return(regional=regional, actor=actor, now=NOW, note="x"),
    }
    for name, (sources, whose) in STEPS.items():
        if state in sources and role in may[whose]:
            continue  # made in the tests above
        with pytest.raises((PermissionDenied, WrongState)):
            steps[name]()
        regional.refresh_from_db()
        assert regional.status == state


class TestPages:
    @pytest.fixture(autouse=True)
    def _page(self, report, staff, hdir, client, settings):
        settings.PORTAL_CLOCK = NOW.isoformat()
        OfficeName.objects.create(
            office=report.office, name_nb="Statsforvalteren", name_nn="Statsforvaltaren", short_name="Embetet",
            valid_from=dt.date(2018, 1, 1),
        )  # fmt: skip
        self.client, self.staff, self.hdir = client, staff, hdir
        self.address = reverse("regional_report", args=[report.office.key, str(SPRING)])
        self.late = ReportFactory.draft(round_=report.round, municipality=unit("Sein"))

    def fill(self, **more):
        regional = RegionalReport.objects.get_queryset().get()
        data = {}
        for code, value, _rev in answers(regional):
            data[code] = value
            data[f"rev:{code}"] = regional.draft.get("fields", {}).get(code, {}).get("rev", 0)
        return self.client.post(self.address, {**data, **more})

    def test_the_whole_way(self):
        self.client.force_login(self.staff)
        assert self.client.get(self.address).status_code == 200
        stopped = self.fill(hva="lever")
        assert stopped.status_code == 422
        assert f"#grunn-{self.late.pk}" in stopped.content.decode() and "Godt i gang." in stopped.content.decode()
        done = self.fill(hva="lever", **{f"reason:{self.late.pk}": "Ny kommunedirektør."})
        assert done.status_code == 302
        assert '<form method="post" enctype' not in self.client.get(self.address).content.decode()
        self.client.force_login(self.hdir)
        page = self.client.get(self.address).content.decode()
        assert "Ny kommunedirektør." in page and "Godt i gang." in page
        judge = reverse("regional_judge", args=[RegionalReport.objects.get_queryset().get().office.key, str(SPRING)])
        assert self.client.post(judge, {"hva": "returner", "note": ""}).status_code == 409
        assert RegionalReport.objects.get_queryset().get().status == "delivered"  # the comment was missing
        assert self.client.post(judge, {"hva": "godta"}).status_code == 302
        refused = self.client.post(judge, {"hva": "godta", "note": "Skrevet mens en annen godtok"})
        assert refused.status_code == 409 and "Skrevet mens en annen godtok" in refused.content.decode()
        assert RegionalReport.objects.get_queryset().get().status == "accepted"
        assert "Embetet" in self.client.get(reverse("regional_list")).content.decode()

    def test_a_reason_that_is_too_long_is_kept_whole_and_stops_the_delivery_with_one_sentence(self):
        self.client.force_login(self.staff)
        self.client.get(self.address)
        self.fill()
        reason = "Ny kommunedirektør " + "ø" * 482
        assert self.fill(**{f"reason:{self.late.pk}": reason}).status_code == 302
        stopped = self.fill(hva="lever", **{f"reason:{self.late.pk}": reason})
        html = stopped.content.decode()
        assert stopped.status_code == 422 and reason in html
        assert re.search(rf'href="#grunn-{self.late.pk}"[^>]*>[^<]*Sein[^<]*500', html)
        assert RegionalReport.objects.get_queryset().get().status != "delivered"
        assert self.fill(hva="lever", **{f"reason:{self.late.pk}": reason[:500]}).status_code == 302

    @pytest.mark.parametrize("what", ["godta", "returner"])
    def test_hdir_s_comment_that_is_too_long_comes_back_whole(self, what):
        self.client.force_login(self.staff)
        self.client.get(self.address)
        self.fill()
        assert self.fill(hva="lever", **{f"reason:{self.late.pk}": "Ny."}).status_code == 302
        self.client.force_login(self.hdir)
        judge = reverse("regional_judge", args=[RegionalReport.objects.get_queryset().get().office.key, str(SPRING)])
        typed = "Tallene " + "æ" * 3992 + "!"
        refused = self.client.post(judge, {"hva": what, "note": typed})
        assert refused.status_code == 409 and f">{typed}</textarea>" in refused.content.decode()
        assert RegionalReport.objects.get_queryset().get().status == "delivered"
        assert self.client.post(judge, {"hva": what, "note": typed[:4000]}).status_code == 302

    def test_what_was_typed_stays_in_a_clash(self):
        self.client.force_login(self.staff)
        self.client.get(self.address)
        self.fill()
        answer = self.client.post(self.address, {"region.comment": "Mitt ord", "rev:region.comment": "0"})
        assert answer.status_code == 409 and "Mitt ord" in answer.content.decode()

    def test_the_plan_is_downloaded_and_never_shown(self):
        self.client.force_login(self.staff)
        self.client.get(self.address)
        regional = RegionalReport.objects.get_queryset().get()
        plan_attach(regional=regional, upload=PDF, actor=self.staff, now=NOW)
        answer = self.client.get(reverse("regional_plan", args=[regional.office.key, str(SPRING)]))
        assert b"".join(answer.streaming_content) == PDF.data
        assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_the_queries_do_not_grow_with_the_region(self):
        self.client.force_login(self.staff)
        self.client.get(self.address)
        with CaptureQueriesContext(connection) as few:
            self.client.get(self.address)
        for i in range(5):
            ReportFactory.draft(round_=self.late.round, municipality=unit(f"Nr {i}"))
        with CaptureQueriesContext(connection) as more:
            self.client.get(self.address)
        assert len(more) == len(few) <= 30

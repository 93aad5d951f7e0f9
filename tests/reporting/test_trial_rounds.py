"""A test round is tried out beside the real one, is counted nowhere, and is wiped without a trace."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from municipalities.models import Event, Municipality, MunicipalityVersion, OfficeName, PlanDecision, Role
from municipalities.services import lineage_of_all, unit_names, unit_with_number, units_search
from municipalities.services.training import NAME, NUMBER, training_unit
from reporting.compose import editing
from reporting.documents.collect import collect
from reporting.management.commands.export_answers import Command
from reporting.models import (
    DraftChange,
    FormTime,
    FormVersion,
    Notice,
    RegionalReport,
    RegionalSubmission,
    Report,
    ReportMessage,
    Round,
    SectionAssignment,
    Submission,
)
from reporting.querysets import opened_rounds
from reporting.services.composing import (
    ComposeRefused,
    NotPublishable,
    form_edit,
    round_compose,
    round_publish,
)
from reporting.services.drafts import draft_open, draft_save_many
from reporting.services.form_corrections import correction_begin
from reporting.services.form_mending import form_correct
from reporting.services.prefill import last_report
from reporting.services.review import finding_judge, warnings_of
from reporting.services.rounds import previous_round
from reporting.services.submissions import submission_approve, submission_submit
from reporting.services.trial_rounds import participants, round_try, round_wipe
from tests.reporting.factories import (
    AUTUMN,
    SPRING,
    ReportFactory,
    answers,
    at,
    editor,
    items,
    office,
    open_round,
    reviewer,
    unit,
    user,
)

pytestmark = pytest.mark.django_db
NOW = at(SPRING)


@pytest.fixture
def admin():
    return user(Role.HDIR_ADMIN)


@pytest.fixture
def real():
    """A report of the round that counts."""
    return ReportFactory.submitted()


@pytest.fixture
def trial(real, admin):
    """A test round per the same date in which the same unit takes part."""
    return round_try(round_=real.round, unit_ids=[real.municipality_id], actor=admin, now=NOW)


def rows(model):
    return model.objects.across_all(reason="test")


def named(office):
    OfficeName.objects.create(
        office=office, name_nb="Embetet", name_nn="Embetet", short_name="Embetet", valid_from=date(2018, 1, 1)
    )


def sent_in(trial, municipality):
    """The unit's report in the test round, sent in and approved with other answers."""
    report = (
        rows(Report)
        .select_related("round__form_version", "municipality", "office")
        .get(round=trial, municipality=municipality)
    )
    actor = editor(municipality)
    draft_open(report=report, actor=actor, now=NOW)
    given = {**answers(), "plan.case": "PRØVE 1", "plan.decided_on": "2020-02-02"}
    draft_save_many(report=report, items=items(given), actor=actor, now=NOW)
    submission_submit(report=report, actor=actor, now=NOW)
    staff = reviewer(report.office)
    for warning in warnings_of(report.current):
        finding_judge(
            report=report, submission_number=1, finding=warning["key"], accepted=True, actor=staff, now=NOW
        )  # fmt: skip
    submission_approve(report=report, actor=staff, now=NOW)
    return report


def test_the_made_up_municipality_and_those_who_are_asked_take_part(trial, real):
    own = unit_names([real.municipality_id], SPRING)[real.municipality_id]
    assert set(participants(trial)) == {NAME, own.display_name}
    assert trial.is_test and trial.form_version.definition == real.round.form_version.definition
    assert trial.form_version_id != real.round.form_version_id


def test_a_form_that_is_not_finished_is_not_tried(admin, real):
    round_ = round_compose(reference_date=SPRING.replace(month=11), actor=admin, now=NOW, letter="x")
    form_edit(
        form=round_.form_version, edit_number=0, actor=admin, now=NOW,
        change=lambda form: editing.question_set(form, code="comment", values={"text": {"nb": "Bare", "nn": ""}}),
    )  # fmt: skip
    round_.refresh_from_db()
    with pytest.raises(NotPublishable):
        round_try(round_=round_, actor=admin, now=NOW)
    assert not rows(Round).filter(kind="test").exists()


def test_a_test_round_is_counted_nowhere(trial, real, settings, client):
    settings.PORTAL_CLOCK = f"{SPRING}T10:00+02:00"
    report = sent_in(trial, real.municipality)
    # the rounds
    assert list(opened_rounds(user(Role.HDIR), today=SPRING)) == [real.round]
    assert previous_round(open_round(SPRING.replace(month=11))) == real.round
    # the registers
    assert not rows(PlanDecision).filter(case_number="PRØVE 1").exists()
    # the figures of the country
    named(real.office)
    facts = collect(real.round, frozen_at=NOW)
    assert [fact.date for fact in facts.rounds] == [SPRING] and len(facts.reports) == 1
    assert report.current_id not in facts.submission_ids
    # what the next round is filled in with
    later = ReportFactory.not_started(round_=open_round(SPRING.replace(month=11)), municipality=real.municipality)
    assert last_report(later).submission == rows(Submission).get(report=real)
    # pages and files
    assert Command()._rounds([]) == list(Round.objects.get_queryset().counted())
    assert Command()._rounds([str(SPRING)]) == [real.round]
    client.force_login(user(Role.HDIR))
    number = unit_names([real.municipality_id], SPRING)[real.municipality_id].number
    addresses = [
        "/nasjonal-status/", "/arbeidsliste/", "/kommuner/", f"/api/v1/rounds/{SPRING}/reports/", "/risiko/", "/avvik/",
        f"/kommune/{number}/", f"/region/{real.office.key}/",
    ]  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert f"/rapport/{report.pk}/" not in answer.content.decode(), address
        assert NAME not in answer.content.decode() and NUMBER not in answer.content.decode(), address
    listed = client.get(f"/api/v1/rounds/{SPRING}/reports/").json()
    assert report.pk not in {row["id"] for row in listed["results"]}
    assert [row["reference_date"] for row in client.get("/api/v1/rounds/").json()["results"]].count(str(SPRING)) == 1


def test_a_later_test_round_leads_no_list(real, admin, client, settings):
    """A test round per a later date is not the newest round of anybody's page."""
    later = round_compose(reference_date=AUTUMN.replace(year=2022), actor=admin, now=NOW, letter="x")
    trial = round_try(round_=later, unit_ids=[real.municipality_id], actor=admin, now=NOW)
    named(real.office)
    settings.PORTAL_CLOCK = f"{SPRING}T10:00+02:00"
    readers = {
        "/nasjonal-status/": user(Role.HDIR), "/arbeidsliste/": reviewer(real.office),
        "/rapporter/": user(Role.EVALUATOR), "/belastning/": user(Role.HDIR),
    }  # fmt: skip
    for address, reader in readers.items():
        client.force_login(reader)
        answer = client.get(address)
        assert answer.status_code == 200, address
        context = answer.context
        chosen = context.get("round") or context["listing"].round
        assert chosen == real.round, address
        assert trial not in list(context.get("rounds", [])), address


def test_a_late_approval_takes_nothing_from_a_later_test_round(real, admin):
    later = round_compose(reference_date=AUTUMN.replace(year=2022), actor=admin, now=NOW, letter="x")
    trial = round_try(round_=later, unit_ids=[real.municipality_id], actor=admin, now=NOW)
    sent_in(trial, real.municipality)
    submission_approve(report=real, actor=reviewer(real.office), now=NOW)
    origins = rows(PlanDecision).filter(municipality=real.municipality).values_list("origin", flat=True)
    assert set(origins) == {f"report:{real.pk}/1"}


class TestWhoTakesPart:
    """Finds the test apart from the real report, and is told on every page what it is."""

    SAID = ("Dette er en prøverunde", "This is a test round")

    @pytest.fixture(autouse=True)
    def _clock(self, settings):
        settings.PORTAL_CLOCK = f"{SPRING}T10:00+02:00"

    def said(self, page):
        return any(words in page for words in self.SAID)

    def test_a_real_municipality_still_sees_its_real_report_first(self, trial, real, client):
        client.force_login(editor(real.municipality))
        page = client.get("/kommune/")
        assert page.context["now"].report == real
        assert [row.round for row in page.context["tests"]] == [trial]
        assert trial not in [row.report.round for row in page.context["earlier"]]

    def test_the_made_up_municipality_goes_from_its_front_page_to_the_receipt(self, trial, client):
        report = rows(Report).select_related("municipality").get(round=trial, municipality__kind="training")
        person = editor(report.municipality)
        client.force_login(person)
        assert [row.pk for row in client.get("/kommune/").context["tests"]] == [report.pk]
        pages = [f"/rapport/{report.pk}/", f"/rapport/{report.pk}/skjema/", f"/rapport/{report.pk}/se-over/"]
        for address in pages:
            page = client.get(address, follow=True)
            assert page.status_code == 200 and self.said(page.content.decode()), address
        sent_in(trial, report.municipality)
        page = client.get(f"/rapport/{report.pk}/kvittering/")
        assert page.status_code == 200 and self.said(page.content.decode())

    def test_the_statsforvalter_goes_from_the_work_list_to_the_report_that_was_tried(self, trial, real, client):
        report = rows(Report).select_related("office").get(round=trial, municipality=real.municipality)
        client.force_login(reviewer(report.office))
        page = client.get("/arbeidsliste/?utvalg=alle")
        assert [row.row.pk for row in page.context["rows"]] == [real.pk] and not self.said(page.content.decode())
        address = f"/arbeidsliste/?runde=prove{trial.pk}&amp;utvalg=alle"
        assert address in page.content.decode()
        page = client.get(address.replace("&amp;", "&"))
        took_part = set(rows(Report).filter(round=trial, office=report.office).values_list("pk", flat=True))
        assert {row.row.pk for row in page.context["rows"]} == took_part >= {report.pk}
        assert self.said(page.content.decode())
        assert client.get(page.context["rows"][0].url).status_code == 200

    def test_a_region_that_takes_no_part_hears_nothing_of_it(self, trial, client):
        other = unit("Et annet sted", of=office("troms-finnmark"))
        open_round()
        client.force_login(reviewer(office("troms-finnmark")))
        page = client.get(f"/arbeidsliste/?runde=prove{trial.pk}&utvalg=alle")
        assert page.context["listing"].tests == [] and page.context["listing"].round is None
        page = client.get("/arbeidsliste/?utvalg=alle")
        assert [row.row.unit_id for row in page.context["rows"]] == [other.pk]

    def test_the_statsforvalter_reads_that_it_is_a_test(self, trial, real, client):
        report = rows(Report).get(round=trial, municipality=real.municipality)
        client.force_login(reviewer(report.office))
        page = client.get(f"/rapport/{report.pk}/gjennomgang/")
        assert page.status_code == 200 and self.said(page.content.decode())


def test_reminders_of_a_test_round_go_to_its_participants_only(trial, real, settings):
    settings.PORTAL_CLOCK = f"{SPRING}T10:00+02:00"
    call_command("send_reminders", "--today", str(trial.municipality_deadline), stdout=io.StringIO())
    people = {notice.user_id for notice in rows(Notice).filter(round=trial)}
    allowed = set(real.municipality.memberships.values_list("user_id", flat=True))
    assert people <= allowed


class TestTheMadeUpMunicipality:
    @pytest.fixture(autouse=True)
    def _made(self):
        unit("Heim")
        self.unit = training_unit(now=NOW)

    def test_it_is_made_once_with_an_event(self):
        assert training_unit(now=NOW) == self.unit
        assert Event.objects.across_all(reason="test").filter(name="training_unit_made").count() == 1

    def test_it_is_in_no_list_search_or_lineage(self):
        every = Municipality.objects.across_all(reason="test")
        assert self.unit not in every.as_of(SPRING) and self.unit not in every.units_as_of(SPRING)
        assert self.unit.pk not in unit_names(None, SPRING)
        assert unit_with_number(NUMBER, SPRING) is None
        assert units_search(NAME, SPRING) == [] and units_search(NUMBER, SPRING) == []
        assert self.unit.pk not in lineage_of_all().units_on(SPRING)

    def test_it_gets_no_report_in_a_round_that_counts(self):
        assert not rows(Report).filter(round=open_round(SPRING), municipality=self.unit).exists()

    def test_its_page_is_not_there_and_the_commands_do_not_know_it(self, client, settings):
        settings.PORTAL_CLOCK = f"{SPRING}T10:00+02:00"
        client.force_login(user(Role.HDIR))
        page = client.get(f"/kommune/{NUMBER}/")
        assert page.status_code == 404 and NAME not in page.content.decode()
        out = io.StringIO()
        call_command("municipalities", "--as-of", str(SPRING), "--format", "json", stdout=out)
        assert NUMBER not in out.getvalue()

    def test_its_number_can_be_no_other_s(self):
        assert MunicipalityVersion.objects.filter(number=NUMBER).count() == 1


class TestWiping:
    def test_everything_goes_but_the_events_and_what_counts(self, trial, real, admin):
        report = sent_in(trial, real.municipality)
        kept = (rows(Report).exclude(round=trial).count(), rows(Submission).exclude(report__round=trial).count())
        forms = FormVersion.objects.count()
        round_wipe(round_=trial, actor=admin, now=NOW)
        assert not rows(Round).filter(pk=trial.pk).exists() and not rows(Report).filter(pk=report.pk).exists()
        assert (rows(Report).count(), rows(Submission).count()) == kept
        assert FormVersion.objects.count() == forms - 1
        names = set(Event.objects.across_all(reason="test").filter(object_id=trial.pk).values_list("name", flat=True))
        assert {"tried", "wiped"} <= names

    def test_all_that_people_and_machines_have_added_goes_too(self, trial, real, admin):
        report = sent_in(trial, real.municipality)
        person, when = editor(real.municipality), {"written_at": NOW}
        who = {"author": person, "author_name": "Kari"}
        report.messages.create(audience="office", text="Hei", **who, **when)
        report.comments.create(question="comment", text="Se her", submission=report.current, **who, written_at=NOW)
        report.assignments.create(
            section="plan", user=person, user_name="Kari", assigned_by=person, assigned_by_name="Kari", assigned_at=NOW
        )  # fmt: skip
        report.times.create(question="comment", seconds=5)
        assert report.draft_changes.exists() and report.current.answer_rows.exists()
        region = RegionalReport.objects.get_queryset().create(round=trial, office=report.office)
        region.current = region.submissions.create(
            number=1, form_version=trial.form_version, answers={}, answers_hash="x", submitted_by_name="Ola",
            submitted_at=NOW,
        )  # fmt: skip
        region.status = "delivered"
        region.save()
        note = {"nb": "Rettet.", "nn": "Retta."}
        definition = editing.question_set(
            trial.form_version.definition, code="comment", values={"help": {"nb": "Ny", "nn": "Ny"}}
        )
        form_correct(round_=trial, definition=definition, note=note, actor=admin, now=NOW)
        trial.refresh_from_db()
        correction_begin(round_=trial, actor=admin, now=NOW)
        assert rows(Notice).filter(round=trial).exists()
        mine = set(FormVersion.objects.exclude(rounds=real.round).values_list("pk", flat=True))
        assert len(mine) == 3
        round_wipe(round_=trial, actor=admin, now=NOW)
        assert not FormVersion.objects.filter(pk__in=mine).exists()
        for model in (RegionalReport, RegionalSubmission, SectionAssignment, ReportMessage, FormTime):
            assert not rows(model).exists(), model
        assert set(rows(DraftChange).values_list("report", flat=True)) == {real.pk}
        assert rows(Submission).filter(report=real).count() == 1

    def test_no_summary_is_made_of_a_test_round(self, trial, admin, client):
        client.force_login(admin)
        assert client.post(f"/nasjonal-status/{trial.pk}/start/").status_code == 404

    def test_a_round_that_counts_is_never_wiped(self, real, admin):
        with pytest.raises(ComposeRefused):
            round_wipe(round_=real.round, actor=admin, now=NOW)
        assert rows(Round).filter(pk=real.round.pk).exists()

    def test_a_round_that_was_begun_by_mistake_is_wiped_until_it_is_published(self, real, admin, client):
        """Else its date could never be used again."""
        day = AUTUMN.replace(year=2022)
        forms = FormVersion.objects.count()
        begun = round_compose(reference_date=day, actor=admin, now=NOW, letter="x")
        client.force_login(admin)
        address = f"/runde/{begun.pk}/slett/"
        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 302
        assert not rows(Round).filter(pk=begun.pk).exists() and FormVersion.objects.count() == forms
        again = round_publish(
            round_=round_compose(reference_date=day, actor=admin, now=NOW, letter="x"), actor=admin, now=NOW
        )
        with pytest.raises(ComposeRefused):
            round_wipe(round_=again, actor=admin, now=NOW)
        client.post(f"/runde/{again.pk}/slett/")
        assert rows(Round).filter(pk=again.pk).exists() and again.reports.exists()

    def test_only_the_administrator_wipes(self, trial):
        with pytest.raises(PermissionDenied):
            round_wipe(round_=trial, actor=user(Role.HDIR), now=NOW)


def test_the_round_before_may_be_tried_too(admin):
    unit("Heim")
    assert round_try(round_=open_round(AUTUMN), actor=admin, now=NOW).is_test

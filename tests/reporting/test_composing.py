"""A round is composed from the last one, published when it is whole, mended without losing an answer, unlocked."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from municipalities.models import Event, Role
from reporting.compose import EditRefused, editing
from reporting.compose.editing import question_of
from reporting.models import FormVersion, Notice, Report, Round, Submission
from reporting.services.composing import (
    ComposeRefused,
    NotPublishable,
    StaleForm,
    bank_question,
    form_edit,
    round_compose,
    round_dates_set,
    round_publish,
    round_unlock,
    standard_definition,
)
from reporting.services.drafts import draft_open, draft_save
from reporting.services.form_mending import form_correct
from reporting.services.rounds import form_publish, form_spec, load_question_bank
from reporting.timing import RoundState, round_state
from reporting.workflow import RoundClosed
from tests.reporting.factories import (
    AUTUMN,
    SPRING,
    ReportFactory,
    at,
    editor,
    open_round,
    reviewer,
    solutions,
    unit,
    user,
)

pytestmark = pytest.mark.django_db
MARCH = at(dt.date(2022, 3, 14))
NOTE = {"nb": "Hjelpeteksten er rettet.", "nn": "Hjelpeteksten er retta."}


@pytest.fixture
def admin():
    return user(Role.HDIR_ADMIN)


@pytest.fixture
def bank():
    solutions()
    load_question_bank()


def rounds():
    return Round.objects.across_all(reason="test")


def compose(admin, **changed):
    return round_compose(**{"reference_date": SPRING, "actor": admin, "now": MARCH, "letter": "22/4811", **changed})


class TestComposing:
    def test_it_starts_from_the_last_round_s_form(self, admin):
        unit("Heim")
        last = open_round(AUTUMN)
        round_ = compose(admin)
        assert round_.form_version.definition == last.form_version.definition
        assert round_.form_version != last.form_version and round_.form_version.published_at is None
        assert round_.published_at is None and not round_.reports.exists()
        assert round_.municipality_deadline == SPRING

    def test_the_first_one_starts_from_the_portal_s_own_form(self, admin, bank):
        assert compose(admin).form_version.definition == standard_definition()

    def test_there_is_one_round_a_date_and_a_test_round_beside_it(self, admin, bank):
        compose(admin)
        with pytest.raises(ComposeRefused) as refused:
            compose(admin)
        assert list(refused.value.faults) == ["reference_date"]
        assert (
            compose(admin, kind=Round.Kind.TEST).form_version.name
            != compose(admin, reference_date=dt.date(2022, 9, 1), kind=Round.Kind.EXTRA).form_version.name
        )

    @pytest.mark.parametrize("role", [Role.HDIR, Role.HDIR_ADMIN])
    def test_hdir_composes(self, bank, role):
        assert compose(user(role)).pk

    @pytest.mark.parametrize("role", [Role.HOD, Role.EVALUATOR])
    def test_nobody_else_composes(self, bank, role):
        with pytest.raises(PermissionDenied):
            compose(user(role))
        assert not rounds().exists()

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"municipality_deadline": dt.date(2022, 3, 1)}, "municipality_deadline"),
            ({"office_deadline": dt.date(2022, 4, 30)}, "office_deadline"),
            ({"hdir_deadline": dt.date(2022, 5, 2)}, "hdir_deadline"),
            ({"closes_on": dt.date(2022, 4, 30)}, "closes_on"),
            ({"corrections_until": dt.date(2022, 5, 31)}, "corrections_until"),
        ],
    )
    def test_dates_out_of_order_are_said_at_their_field(self, admin, bank, changed, field):
        with pytest.raises(ComposeRefused) as refused:
            compose(admin, dates=changed)
        assert list(refused.value.faults) == [field]

    def test_dates_are_moved_with_an_event_by_hdir_until_it_is_published_and_then_by_the_administrator(
        self, admin, bank
    ):
        unit("Heim")
        round_, hdir = compose(admin), user(Role.HDIR)
        later = SPRING + dt.timedelta(days=7)
        move = {"dates": {"municipality_deadline": later}, "letter": "22/4811", "now": MARCH}
        row = round_dates_set(round_=round_, actor=hdir, **move)
        assert row.municipality_deadline == later
        note = Event.objects.across_all(reason="test").get(name="dates_set").note
        assert "2022-05-01 → 2022-05-08" in note
        round_publish(round_=round_, actor=admin, now=MARCH)
        with pytest.raises(PermissionDenied):
            round_dates_set(round_=round_, actor=hdir, **move)
        assert round_dates_set(round_=round_, actor=admin, **move)


class TestEditing:
    def test_each_change_counts_and_leaves_an_event(self, admin, bank):
        form = compose(admin).form_version

        def change(definition):
            return editing.question_set(definition, code="plan.case", values={"help": {"nb": "Nytt", "nn": ""}})

        row = form_edit(form=form, change=change, edit_number=0, actor=admin, now=MARCH, what="plan.case")
        assert (row.edit_number, row.edited_by) == (1, str(admin))
        assert question_of(row.definition, "plan.case")["help"] == {"nb": "Nytt", "nn": ""}
        assert Event.objects.across_all(reason="test").get(name="form_edited").note == "plan.case"

    def test_two_who_compose_do_not_overwrite_each_other(self, admin, bank):
        form, other = compose(admin).form_version, user(Role.HDIR)
        remove = lambda code: lambda definition: editing.question_remove(definition, code=code)  # noqa: E731
        form_edit(form=form, change=remove("comment"), edit_number=0, actor=other, now=MARCH)
        with pytest.raises(StaleForm, match=str(other)):
            form_edit(form=form, change=remove("plan.case"), edit_number=0, actor=admin, now=MARCH)
        form.refresh_from_db()
        assert question_of(form.definition, "plan.case") and form.edit_number == 1

    def test_a_published_form_is_not_edited(self, admin, bank):
        form = form_publish(name="x", now=MARCH)
        with pytest.raises(ComposeRefused):
            form_edit(form=form, change=lambda definition: definition, edit_number=0, actor=admin, now=MARCH)

    def test_a_change_that_cannot_be_made_writes_nothing(self, admin, bank):
        form = compose(admin).form_version
        with pytest.raises(EditRefused):
            form_edit(
                form=form, edit_number=0, actor=admin, now=MARCH,
                change=lambda definition: editing.question_remove(definition, code="no.such"),
            )  # fmt: skip
        form.refresh_from_db()
        assert form.edit_number == 0

    def test_every_question_of_the_bank_can_be_added(self, admin, bank):
        form = editing.section_add(editing.empty_definition(), key="one", title={"nb": "En", "nn": "Ein"})
        for section in standard_definition()["sections"]:
            for question in section["questions"]:
                whole = bank_question(question["code"])
                assert whole == question
                form = editing.question_add(form, question=whole, section="one")
        assert len(form["sections"][0]["questions"]) == 23


class TestPublishing:
    def test_it_freezes_the_form_and_makes_a_report_for_every_unit_that_opens_on_its_day(self, admin, bank):
        home = unit("Heim")
        round_ = round_publish(round_=compose(admin), actor=admin, now=MARCH)
        form = round_.form_version
        assert form.published_at == MARCH and len(form.definition_hash) == 64
        report = Report.objects.across_all(reason="test").select_related("round").get(round=round_, municipality=home)
        assert round_state(round_, MARCH.date()) is RoundState.UPCOMING
        one = editor(home)
        with pytest.raises(RoundClosed):
            draft_save(report=report, key="plan.case", raw="PS 1", base_rev=None, actor=one, now=MARCH)
        opens = at(round_.opens_on, 0, 1)
        assert (
            draft_save(report=report, key="plan.case", raw="PS 1", base_rev=None, actor=one, now=opens).value == "PS 1"
        )

    def test_what_is_missing_stops_it_and_is_said(self, admin, bank):
        unit("Heim")
        round_ = compose(admin, letter="")
        form = round_.form_version
        form_edit(
            form=form, edit_number=0, actor=admin, now=MARCH,
            change=lambda definition: editing.question_set(
                definition, code="plan.case", values={"help": {"nb": "Bare bokmål", "nn": ""}}
            ),
        )  # fmt: skip
        with pytest.raises(NotPublishable) as refused:
            round_publish(round_=round_, actor=admin, now=MARCH)
        assert "letter" in refused.value.faults
        found = refused.value.found["municipality"]
        assert [(one.code, one.question, one.language) for one in found] == [("help_missing", "plan.case", "nn")]
        round_.refresh_from_db()
        assert round_.published_at is None

    def test_a_round_whose_deadline_is_over_or_that_asks_nobody_is_not_published(self, admin, bank):
        with pytest.raises(ComposeRefused) as refused:
            round_publish(round_=compose(admin), actor=admin, now=MARCH)
        assert list(refused.value.faults) == ["reference_date"]
        unit("Heim")
        round_ = rounds().get()
        with pytest.raises(ComposeRefused) as refused:
            round_publish(round_=round_, actor=admin, now=at(SPRING + dt.timedelta(days=1), 0, 1))
        assert list(refused.value.faults) == ["municipality_deadline"]
        round_.refresh_from_db()
        assert round_.published_at is None and round_.form_version.published_at is None

    def test_only_the_administrator_publishes_and_only_once(self, admin, bank):
        unit("Heim")
        round_ = compose(admin)
        with pytest.raises(PermissionDenied):
            round_publish(round_=round_, actor=user(Role.HDIR), now=MARCH)
        round_publish(round_=round_, actor=admin, now=MARCH)
        with pytest.raises(ComposeRefused):
            round_publish(round_=round_, actor=admin, now=MARCH)


def mended(round_, **values):
    """The round's form with one question changed."""
    return editing.question_set(round_.form_version.definition, **values)


class TestMending:
    def test_drafts_keep_every_answer_and_the_contacts_are_told_once(self, admin):
        report = ReportFactory.draft()
        round_, before = report.round, copy.deepcopy(report.draft)
        definition = mended(round_, code="plan.case", values={"help": {"nb": "Ny hjelp", "nn": "Ny hjelp"}})
        now = at(SPRING)
        done = form_correct(round_=round_, definition=definition, note=NOTE, actor=admin, now=now)
        report.refresh_from_db()
        assert report.draft == before and done.drafts >= 1 and done.to_look_at == 0
        assert (done.form.replaces, done.form.change_note) == (round_.form_version, NOTE)
        assert Notice.objects.across_all(reason="test").filter(kind="form_changed", report=report).count() == 1

    def test_an_answer_that_fits_no_more_stands_as_it_was_written_until_somebody_looks(self, admin):
        report = ReportFactory.draft()
        actor = editor(report.municipality)
        draft_save(report=report, key="plan.case", raw="PS 82/21", base_rev=None, actor=actor, now=at(SPRING))
        definition = mended(report.round, code="plan.case", values={"kind": "whole_number", "limits": {}})
        done = form_correct(round_=report.round, definition=definition, note=NOTE, actor=admin, now=at(SPRING))
        assert done.to_look_at == 1
        report = Report.objects.across_all(reason="test").select_related("round__form_version").get(pk=report.pk)
        field = draft_open(report=report, actor=actor, now=at(SPRING)).fields["plan.case"]
        assert (field.value, field.raw, bool(field.error)) == (None, "PS 82/21", True)

    def test_what_was_sent_in_keeps_its_form_and_prints_with_its_own_questions(self, admin, client, settings):
        settings.PORTAL_CLOCK = f"{SPRING}T10:00+02:00"
        report = ReportFactory.submitted()
        sent = Submission.objects.across_all(reason="test").get(report=report)
        new = {"nb": "Et helt nytt spørsmål", "nn": "Eit heilt nytt spørsmål"}
        definition = mended(report.round, code="plan.case", values={"text": new, "short": {}})
        form_correct(round_=report.round, definition=definition, note=NOTE, actor=admin, now=at(SPRING))
        sent.refresh_from_db()
        assert form_spec(sent.form_version).question("plan.case").text != new
        client.force_login(editor(report.municipality))
        page = client.get(f"/rapport/{report.pk}/kvittering/").content.decode()
        assert new["nb"] not in page
        client.force_login(reviewer(report.office))
        page = client.get(f"/rapport/{report.pk}/gjennomgang/?vis=alle").content.decode()
        assert new["nb"] not in page

    @pytest.mark.parametrize("note", [{}, {"nb": "Bare bokmål"}, {"nb": "x", "nn": " "}])
    def test_the_note_is_in_both_languages(self, admin, note):
        report = ReportFactory.draft()
        forms = FormVersion.objects.count()
        with pytest.raises(ComposeRefused):
            form_correct(
                round_=report.round, definition=report.round.form_version.definition, note=note, actor=admin,
                now=at(SPRING),
            )  # fmt: skip
        assert FormVersion.objects.count() == forms

    def test_only_the_administrator_mends(self, admin):
        report = ReportFactory.draft()
        with pytest.raises(PermissionDenied):
            form_correct(
                round_=report.round, definition=report.round.form_version.definition, note=NOTE, actor=user(Role.HDIR),
                now=at(SPRING),
            )  # fmt: skip


class TestUnlocking:
    def test_a_locked_round_opens_until_the_day(self, admin):
        report = ReportFactory.draft()
        late = report.round.closes_on + dt.timedelta(days=10)
        actor = editor(report.municipality)
        save = {"report": report, "key": "comment", "raw": "Sent", "base_rev": None, "actor": actor}
        with pytest.raises(RoundClosed):
            draft_save(**save, now=at(late))
        round_unlock(round_=report.round, until=late, reason="Feil i skjemaet.", actor=admin, now=at(late))
        report.round.refresh_from_db()
        assert draft_save(**save, now=at(late, 23, 59)).value == "Sent"
        with pytest.raises(RoundClosed):
            draft_save(**save, now=at(late + dt.timedelta(days=1), 0, 1))

    def test_it_needs_a_reason_a_day_to_come_and_the_administrator(self, admin):
        round_ = ReportFactory.draft().round
        with pytest.raises(ComposeRefused) as refused:
            round_unlock(round_=round_, until=SPRING - dt.timedelta(days=1), reason=" ", actor=admin, now=at(SPRING))
        assert set(refused.value.faults) == {"until", "reason"}
        with pytest.raises(PermissionDenied):
            round_unlock(round_=round_, until=SPRING, reason="x", actor=user(Role.HDIR), now=at(SPRING))

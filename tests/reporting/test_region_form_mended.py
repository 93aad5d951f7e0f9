"""The statsforvalter's form, mended after it was published: drafts keep every answer, those concerned are told, and
what is delivered keeps the form it was delivered on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from municipalities.models import OfficeName, Role
from reporting.compose import editing
from reporting.compose.editing import questions_of
from reporting.models import FormVersion, Notice, RegionalReport, RegionalSubmission, Round
from reporting.services.composing import ComposeRefused, NotPublishable
from reporting.services.form_corrections import correction_begin, correction_of
from reporting.services.form_mending import REGION, form_correct
from reporting.services.regional import regional_deliver, regional_open, regional_return, regional_save, regional_spec
from reporting.services.regional_form import regional_definition
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, at, office, open_round, reviewer, user

pytestmark = pytest.mark.django_db
NOW = at(SPRING + dt.timedelta(days=15))
NOTE = {"nb": "Et spørsmål var galt stilt.", "nn": "Eit spørsmål var gale stilt."}
WORDS = {"nb": "Et nytt ord", "nn": "Eit nytt ord"}
TYPED = "Skrevet mens skjemaet ble rettet."
CODES = [question["code"] for _section, question in questions_of(regional_definition())]


@pytest.fixture
def report(settings):
    """An approved report in the region."""
    settings.PORTAL_CLOCK = NOW.isoformat()
    report = ReportFactory.approved()
    OfficeName.objects.create(
        office=report.office, name_nb="Statsforvalteren", name_nn="Statsforvaltaren", short_name="Embetet",
        valid_from=dt.date(2018, 1, 1),
    )  # fmt: skip
    return report


@pytest.fixture
def staff(report):
    return reviewer(report.office)


@pytest.fixture
def regional(report, staff):
    """The region's report with an answer to everything that is asked."""
    row = regional_open(round_=report.round, office=report.office, now=NOW)
    items = [
        (one.code, one.option_keys[0] if one.option_keys else "Godt i gang.", None)
        for one in regional_spec(row, now=NOW).questions()
    ]
    regional_save(regional=row, items=items, actor=staff, now=NOW)
    return row


def mend(regional, change, actor=None):
    round_ = Round.objects.across_all(reason="test").get(pk=regional.round_id)
    return form_correct(
        round_=round_, definition=change(round_.regional_form.definition), note=NOTE, audience=REGION, now=NOW,
        actor=actor or user(Role.HDIR_ADMIN),
    )  # fmt: skip


def reworded(form):
    return editing.question_set(form, code=CODES[0], values={"text": WORDS})


def numbered(form):
    """A question of words is one of a number now: no answer to it fits any more."""
    return editing.question_set(form, code="region.comment", values={"kind": "whole_number", "limits": {}})


def taken_away(form):
    return editing.question_remove(form, code="region.comment")


def read(regional) -> RegionalReport:
    rows = RegionalReport.objects.get_queryset().select_related("round__regional_form", "office", "current")
    return rows.get(pk=regional.pk)


def told() -> list[tuple[str, int | None]]:
    rows = Notice.objects.across_all(reason="test").filter(kind=Notice.Kind.FORM_CHANGED)
    return [(row.user.username, row.regional_id) for row in rows.select_related("user")]


class TestMending:
    def test_every_answer_is_kept_and_the_statsforvalter_is_told_once(self, regional, staff):
        before, municipal = read(regional).draft, read(regional).round.form_version_id
        done = mend(regional, reworded)
        after = read(regional)
        assert (after.draft, done.drafts, done.to_look_at) == (before, 1, 0)
        assert (after.round.regional_form, after.round.form_version_id) == (done.form, municipal)
        assert (done.form.audience, done.form.change_note) == (FormVersion.Audience.REGION, NOTE)
        assert regional_spec(after, now=NOW).question(CODES[0]).text == WORDS
        assert told().count((staff.username, regional.pk)) == 1
        mail = Notice.objects.across_all(reason="test").get(kind=Notice.Kind.FORM_CHANGED, user=staff).mail
        assert NOTE["nb"] in mail.body and "/region/" in mail.body and "regionens rapport" in mail.subject

    def test_an_answer_that_fits_no_more_stands_as_it_was_written(self, regional):
        assert mend(regional, numbered).to_look_at == 1
        field = read(regional).draft["fields"]["region.comment"]
        assert (field["value"], field["raw"], bool(field["error"])) == (None, "Godt i gang.", True)

    def test_what_is_delivered_keeps_its_form_until_it_comes_back(self, regional, staff):
        regional_deliver(regional=regional, actor=staff, now=NOW)
        form, draft = regional.current.form_version, read(regional).draft
        done = mend(regional, numbered)
        assert (done.drafts, told()) == (0, [])
        assert read(regional).draft == draft
        assert regional_spec(read(regional), now=NOW).question("region.comment").kind == "long_text"
        regional_return(regional=read(regional), actor=user(Role.HDIR), now=NOW, note="Se på tallet.")
        field = read(regional).draft["fields"]["region.comment"]
        assert (field["value"], field["raw"]) == (None, "Godt i gang.")
        assert RegionalSubmission.objects.get_queryset().get().form_version == form

    def test_a_region_that_has_not_begun_is_not_told(self, regional, staff):
        other = reviewer(office("rogaland"))
        mend(regional, reworded)
        names = {name for name, about in told() if about == regional.pk}
        assert staff.username in names and len(names) == len(told()) and other.username not in names

    def test_only_the_administrator_mends_and_only_to_a_form_that_can_be_asked(self, regional):
        with pytest.raises(PermissionDenied):
            mend(regional, reworded, actor=user(Role.HDIR))
        with pytest.raises(NotPublishable) as refused:
            mend(regional, lambda form: editing.question_set(form, code=CODES[0], values={"text": {"nb": "x"}}))
        assert list(refused.value.found) == [REGION]
        assert FormVersion.objects.filter(audience=REGION).count() == 1

    def test_a_correction_of_the_one_form_is_none_of_the_other(self, regional):
        round_ = read(regional).round
        begun = correction_begin(round_=round_, audience=REGION, actor=user(Role.HDIR), now=NOW)
        assert correction_of(round_, REGION) == begun and correction_of(round_) is None

    def test_rounds_that_share_a_form_correct_it_each_for_itself(self, regional):
        this, other = read(regional).round, open_round(AUTUMN)
        Round.objects.get_queryset().filter(pk=other.pk).update(regional_form=this.regional_form)
        other.refresh_from_db()
        hdir = user(Role.HDIR)
        begun = correction_begin(round_=this, audience=REGION, actor=hdir, now=NOW)
        assert correction_of(other, REGION) is None
        second = correction_begin(round_=other, audience=REGION, actor=hdir, now=NOW)
        assert second != begun and correction_of(this, REGION) == begun
        mend(regional, reworded)
        other.refresh_from_db()
        assert other.regional_form == begun.replaces and correction_of(other, REGION) == second

    def test_a_round_without_a_form_of_its_own_for_the_region_is_given_the_standard_one_to_mend(self, report):
        round_ = report.round
        assert round_.regional_form_id is None and correction_of(round_, REGION) is None
        begun = correction_begin(round_=round_, audience=REGION, actor=user(Role.HDIR), now=NOW)
        assert begun.definition == regional_definition() and begun.replaces == round_.regional_form
        Round.objects.get_queryset().filter(pk=round_.pk).update(published_at=None, opened_at=None, regional_form=None)
        round_.refresh_from_db()
        with pytest.raises(ComposeRefused):
            correction_begin(round_=round_, audience=REGION, actor=user(Role.HDIR), now=NOW)


class TestPages:
    def test_it_is_composed_and_published_like_the_municipalities_form(self, client, regional):
        round_, admin = read(regional).round, user(Role.HDIR_ADMIN)
        client.force_login(admin)
        where = {
            name: reverse(name, args=[round_.pk]) + "?skjema=region" for name in ("round_compose", "round_correct")
        }
        assert client.get(where["round_compose"]).context["view"].editable is False
        assert client.post(where["round_correct"], {"action": "begin"})["Location"] == where["round_compose"]
        shown = client.get(where["round_compose"])
        assert shown.context["view"].editable
        assert reverse("round_region", args=[round_.pk]) not in shown.content.decode()  # it is taken out no more
        assert client.get(reverse("round_compose", args=[round_.pk])).context["view"].correction is None
        question = reverse("compose_question", args=[round_.pk, "region.comment"]) + "?skjema=region"
        typed = client.get(question).context["editor"].typed
        sent = dict(typed.texts) | {"kind": typed.kind, "text_nb": "Annet å melde?", "text_nn": "Anna å melde?"}
        assert client.post(question, sent).status_code == 302
        look = client.get(where["round_correct"])
        assert [one.code for one in look.context["view"].changed] == ["region.comment"]
        note = {"note_nb": NOTE["nb"], "note_nn": NOTE["nn"], "edit_number": look.context["correction"].edit_number}
        assert client.post(where["round_correct"], note | {"note_nn": ""}).status_code == 400
        assert client.post(where["round_correct"], note)["Location"] == where["round_compose"]
        assert regional_spec(read(regional), now=NOW).question("region.comment").text["nb"] == "Annet å melde?"

    def test_it_is_thrown_away(self, client, regional):
        client.force_login(user(Role.HDIR))
        address = reverse("round_correct", args=[regional.round_id]) + "?skjema=region"
        client.post(address, {"action": "begin"})
        assert correction_of(read(regional).round, REGION) is not None
        client.post(address, {"action": "drop"})
        assert correction_of(read(regional).round, REGION) is None

    def test_what_is_typed_at_a_question_that_is_asked_no_more_is_kept_and_told(self, client, regional, staff):
        client.force_login(staff)
        address = reverse("regional_report", args=[regional.office.key, str(SPRING)])
        mend(regional, taken_away)
        fields = read(regional).draft["fields"]
        data = {"region.comment": TYPED, "rev:region.comment": fields["region.comment"]["rev"]}
        text = next(one.code for one in regional_spec(read(regional), now=NOW).questions() if not one.option_keys)
        answer = client.post(address, data | {text: "Ny tekst", f"rev:{text}": fields[text]["rev"], "hva": "lever"})
        assert answer.status_code == 409 and TYPED in answer.content.decode()
        after = read(regional)
        assert (after.status, after.draft["fields"]["region.comment"]["value"]) == ("draft", TYPED)
        assert after.draft["fields"][text]["value"] == "Ny tekst"
        assert client.post(address, {"hva": "lever"}).status_code == 302
        sent = RegionalSubmission.objects.get_queryset().get()
        assert "region.comment" not in sent.answers | sent.hidden

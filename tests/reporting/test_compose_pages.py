"""The composer's pages: what they show, what they save, and that nothing typed is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import Role
from reporting.compose.editing import question_of, questions_of, sections_of
from reporting.models import Round
from reporting.services.composing import form_edit, round_compose, round_publish
from tests.reporting.factories import at, office, open_round, solutions, unit, user

pytestmark = pytest.mark.django_db
NOW = at(dt.date(2022, 3, 14), 11)


@pytest.fixture
def hdir(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()
    return user(Role.HDIR_ADMIN, name="ola")


@pytest.fixture
def round_(hdir) -> Round:
    """A round per 1 May 2022 that is composed, after one per 1 November 2021."""
    unit(of=office("agder"))
    solutions()
    open_round(dt.date(2021, 11, 1))
    return round_compose(reference_date=dt.date(2022, 5, 1), letter="22/4811", actor=hdir, now=NOW)


@pytest.fixture
def page(client, hdir):
    client.force_login(hdir)
    return client


def editor(round_, code):
    return reverse("compose_question", args=[round_.pk, code])


def fields(response) -> dict[str, object]:
    """What a browser would send back from the editor of a page."""
    shown = response.context["editor"]
    sent: dict[str, object] = {
        "seen": response.context["seen"],
        "kind": shown.typed.kind,
        "prefill": shown.typed.prefill,
        "indicator": shown.typed.indicator,
        "section": next(pick.value for pick in shown.sections if pick.chosen),
        **shown.typed.texts,
        **{f"limit_{name}": text for name, text in shown.typed.limits.items()},
    }
    if shown.typed.required:
        sent["required"] = "1"
    for what, lines in (("option", shown.typed.options), ("row", shown.typed.rows)):
        sent[f"{what}_count"] = len(lines)
        for place, line in enumerate(lines):
            for name in ("key", "nb", "nn", "help_nb", "help_nn", "group"):
                sent[f"{what}_{place}_{name}"] = getattr(line, name)
            if line.alone:
                sent[f"{what}_{place}_alone"] = "1"
    sent["cond_count"] = len(shown.typed.conditions)
    for place, (cond, view) in enumerate(zip(shown.typed.conditions, shown.conditions, strict=True)):
        how = "at_least" if view.is_number else cond.how  # a number has no other
        sent |= {f"cond_{place}_question": cond.question, f"cond_{place}_how": how}
        sent |= {f"cond_{place}_values": list(cond.values), f"cond_{place}_least": cond.least}
    return sent


def stored(round_, code):
    round_.form_version.refresh_from_db()
    return question_of(round_.form_version.definition, code)


def test_the_list_has_the_rounds_with_state_and_letter(page, round_):
    text = page.get(reverse("round_list")).content.decode()
    assert "22/4811" in text
    assert reverse("round_compose", args=[round_.pk]) in text


def test_the_builder_opens_without_a_fault_for_each_question(page, round_):
    assert page.get(reverse("round_compose", args=[round_.pk])).status_code == 200
    for _section, question in questions_of(round_.form_version.definition):
        assert page.get(editor(round_, question["code"])).status_code == 200
    for section in sections_of(round_.form_version.definition):
        for name in ("compose_section", "compose_add", "compose_preview_section"):
            assert page.get(reverse(name, args=[round_.pk, section["key"]])).status_code == 200


def test_saving_a_question_as_it_stands_changes_nothing_of_it(page, round_):
    for _section, question in questions_of(round_.form_version.definition):
        sent = fields(page.get(editor(round_, question["code"])))
        assert page.post(editor(round_, question["code"]), sent).status_code == 302
        assert stored(round_, question["code"]) == question


def test_an_option_is_added_and_keeps_its_key_when_it_is_renamed(page, round_):
    address = editor(round_, "plan.status")
    sent = fields(page.get(address))
    count = sent["option_count"]
    grown = page.post(address, sent | {"action": "option_add", "text_nb": "Skrevet før lagring"})
    assert grown.context["editor"].typed.texts["text_nb"] == "Skrevet før lagring"
    assert stored(round_, "plan.status")["text"]["nb"] != "Skrevet før lagring"
    sent = fields(grown) | {f"option_{count}_nb": "Under arbeid", f"option_{count}_nn": "Under arbeid"}
    assert page.post(address, sent).status_code == 302
    assert stored(round_, "plan.status")["options"][-1] == {
        "key": "under_arbeid",
        "text": {"nb": "Under arbeid", "nn": "Under arbeid"},
    }
    again = fields(page.get(address)) | {f"option_{count}_nb": "I arbeid"}
    page.post(address, again)
    assert stored(round_, "plan.status")["options"][-1]["key"] == "under_arbeid"


@pytest.mark.parametrize("code", ["plan.status", "org.involved", "solutions"])
def test_the_help_with_an_answer_is_written_in_both_languages_and_stands_at_the_answer(page, round_, code):
    address = editor(round_, code)
    shown = page.get(address)
    assert b'name="option_0_help_nn"' in shown.content and b'type="hidden" name="option_0_help' not in shown.content
    sent = fields(shown) | {"option_0_help_nb": "Når det er vedtatt", "option_0_help_nn": ""}
    assert page.post(address, sent).status_code == 302
    half = page.get(address)
    assert "nynorsk" in half.context["editor"].errors["options"]  # said at the answers, and stops the publishing
    assert page.post(address, fields(half) | {"option_0_help_nn": "Når det er vedteke"}).status_code == 302
    assert "options" not in page.get(address).context["editor"].errors
    section = next(pick.value for pick in shown.context["editor"].sections if pick.chosen)
    for language, words in (("nb", "Når det er vedtatt"), ("nn", "Når det er vedteke")):
        drawn = page.get(reverse("compose_preview_section", args=[round_.pk, section]) + f"?sprak={language}")
        assert words in drawn.content.decode()


def test_help_that_is_too_long_stays_in_the_page(page, round_):
    address = editor(round_, "plan.status")
    sent = fields(page.get(address)) | {"option_0_help_nb": "x" * 301, "option_0_help_nn": "y"}
    refused = page.post(address, sent)
    assert refused.status_code == 400 and "options" in refused.context["editor"].errors
    assert refused.context["editor"].typed.options[0].help_nb == "x" * 301
    assert "help" not in stored(round_, "plan.status")["options"][0]


def test_a_condition_is_added_from_the_questions_above(page, round_):
    address = editor(round_, "plan.case")
    first = page.get(address)
    codes = {pick.value for pick in first.context["editor"].candidates}
    assert "progress.delay_months" in codes
    assert "network.participates" not in codes  # stands below
    grown = page.post(address, fields(first) | {"action": "cond_add", "cond_new": "progress.delay_months"})
    place = grown.context["editor"].conditions[-1].place
    page.post(address, fields(grown) | {f"cond_{place}_least": "3"})
    assert {"question": "progress.delay_months", "at_least": 3} in stored(round_, "plan.case")["shown_when"]


def test_a_number_that_is_none_is_said_at_its_field_and_everything_stays(page, round_):
    address = editor(round_, "progress.delay_months")
    sent = fields(page.get(address)) | {"limit_max": "mange", "text_nn": "Ny tekst"}
    response = page.post(address, sent)
    assert response.status_code == 400
    assert "limit_max" in response.context["editor"].errors
    assert response.context["editor"].typed.limits["max"] == "mange"
    assert response.context["editor"].typed.texts["text_nn"] == "Ny tekst"
    assert stored(round_, "progress.delay_months")["limits"]["max"] == 120


def test_a_missing_nynorsk_text_is_kept_in_the_draft_and_stops_the_publishing(page, round_):
    address = editor(round_, "plan.decided_on")
    assert page.post(address, fields(page.get(address)) | {"help_nn": ""}).status_code == 302
    shown = page.get(address)
    assert "help_nn" in shown.context["editor"].errors
    assert not shown.context["view"].ready
    publish = reverse("round_publish", args=[round_.pk])
    assert page.post(publish, {"edit_number": shown.context["view"].form.edit_number}).status_code == 409
    round_.refresh_from_db()
    assert round_.published_at is None


def test_anothers_change_of_the_same_question_is_told_and_nothing_typed_is_lost(page, round_):
    address = editor(round_, "plan.case")
    sent = fields(page.get(address)) | {"text_nb": "Mitt spørsmål"}
    other = user(Role.HDIR, name="kari")

    def change(definition):
        question_of(definition, "plan.case")["text"]["nb"] = "Hennes spørsmål"
        return definition

    form_edit(form=round_.form_version, change=change, edit_number=0, actor=other, now=NOW)
    response = page.post(address, sent)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Mitt spørsmål" in text
    assert "Hennes spørsmål" in text
    assert stored(round_, "plan.case")["text"]["nb"] == "Hennes spørsmål"
    assert page.post(address, fields(response)).status_code == 302
    assert stored(round_, "plan.case")["text"]["nb"] == "Mitt spørsmål"


def test_anothers_change_elsewhere_stands_in_no_way(page, round_):
    address = editor(round_, "plan.case")
    sent = fields(page.get(address)) | {"text_nb": "Mitt spørsmål"}

    def change(definition):
        question_of(definition, "comment")["text"]["nb"] = "Hennes spørsmål"
        return definition

    form_edit(form=round_.form_version, change=change, edit_number=0, actor=user(Role.HDIR), now=NOW)
    assert page.post(address, sent).status_code == 302
    assert stored(round_, "plan.case")["text"]["nb"] == "Mitt spørsmål"
    assert stored(round_, "comment")["text"]["nb"] == "Hennes spørsmål"


def test_moving_on_an_old_list_is_refused_with_a_sentence(page, round_):
    address = reverse("compose_move", args=[round_.pk])
    page.post(address, {"move": "down:org.responsible", "edit_number": "0"})
    order = [one["code"] for _section, one in questions_of(_form(round_))]
    assert order[:2] == ["org.sectors", "org.responsible"]
    told = page.post(address, {"move": "down:org.sectors", "edit_number": "0"}, follow=True)
    assert "Ola" in told.content.decode()
    assert [one["code"] for _section, one in questions_of(_form(round_))] == order


def _form(round_):
    round_.form_version.refresh_from_db()
    return round_.form_version.definition


def test_a_question_is_taken_out_and_added_again_from_the_bank(page, round_):
    number = round_.form_version.edit_number
    page.post(editor(round_, "plan.case"), {"action": "remove", "edit_number": number})
    add = reverse("compose_add", args=[round_.pk, "plan"])
    assert "plan.case" in page.get(add).content.decode()
    assert page.post(add, {"bank": "plan.case"}).status_code == 302
    assert [one["code"] for section, one in questions_of(_form(round_)) if section["key"] == "plan"][-1] == "plan.case"


def test_a_section_is_added_named_and_taken_out(page, round_):
    address = reverse("compose_section_new", args=[round_.pk])
    refused = page.post(address, {"title_nb": "", "title_nn": "", "lead_nb": "Innledning", "edit_number": "0"})
    assert refused.status_code == 400
    assert "Innledning" in refused.content.decode()
    sent = {"title_nb": "Økonomi", "title_nn": "Økonomi", "edit_number": "0"}
    assert page.post(address, sent).status_code == 302
    assert sections_of(_form(round_))[-1]["key"] == "okonomi"
    page.post(reverse("compose_section", args=[round_.pk, "okonomi"]), {"action": "remove", "edit_number": "1"})
    assert sections_of(_form(round_))[-1]["key"] != "okonomi"


def test_the_preview_draws_an_unfinished_form_in_both_languages(page, round_):
    address = editor(round_, "org.responsible")
    page.post(address, fields(page.get(address)) | {"help_nn": "", "text_nb": "Hvem har ansvaret?"})
    preview = reverse("compose_preview_section", args=[round_.pk, "organisation"])
    nb = page.get(preview, {"sprak": "nb"}).content.decode()
    nn = page.get(preview, {"sprak": "nn"}).content.decode()
    assert "Hvem har ansvaret?" in nb
    assert "Kven har ansvaret for reforma i kommunen?" in nn
    assert "disabled" in nb


def test_a_published_form_is_only_read_until_a_correction_is_begun(page, round_, hdir):
    round_publish(round_=round_, actor=hdir, now=NOW)
    address = editor(round_, "plan.case")
    assert not page.get(address).context["view"].editable
    refused = page.post(address, fields(page.get(address)) | {"text_nb": "Endret"})
    assert refused.status_code == 409
    correct = reverse("round_correct", args=[round_.pk])
    page.post(correct, {"action": "begin"})
    assert page.post(address, fields(page.get(address)) | {"text_nb": "Rettet"}).status_code == 302
    shown = page.get(correct)
    assert [one.text for one in shown.context["differences"]] == ["Rettet"]
    assert stored(round_, "plan.case")["text"]["nb"] != "Rettet"
    number = shown.context["correction"].edit_number
    missing = page.post(correct, {"edit_number": number, "note_nb": "Ny ordlyd."})
    assert missing.status_code == 400
    assert "Ny ordlyd." in missing.content.decode()
    note = {"edit_number": number, "note_nb": "Ny ordlyd.", "note_nn": "Ny ordlyd."}
    assert page.post(correct, note).status_code == 302
    round_.refresh_from_db()
    assert question_of(round_.form_version.definition, "plan.case")["text"]["nb"] == "Rettet"
    assert page.get(address).context["view"].correction is None


def test_a_correction_is_thrown_away(page, round_, hdir):
    round_publish(round_=round_, actor=hdir, now=NOW)
    correct = reverse("round_correct", args=[round_.pk])
    page.post(correct, {"action": "begin"})
    page.post(correct, {"action": "drop"})
    assert page.get(reverse("round_compose", args=[round_.pk])).context["view"].correction is None


def test_dates_that_cannot_be_are_said_at_their_fields(page, round_):
    address = reverse("round_dates", args=[round_.pk])
    sent = {"letter": "22/5000", "opens_on": "21.3.2022", "municipality_deadline": "1.3.2022",
            "office_deadline": "20.5.2022", "hdir_deadline": "15.6.2022", "closes_on": "1.6.2022"}  # fmt: skip
    refused = page.post(address, sent)
    assert refused.status_code == 400
    assert list(refused.context["form"].errors) == ["municipality_deadline"]
    assert "22/5000" in refused.content.decode()
    assert page.post(address, sent | {"municipality_deadline": "1.5.2022"}).status_code == 302
    round_.refresh_from_db()
    assert (round_.letter, round_.opens_on) == ("22/5000", dt.date(2022, 3, 21))


def test_a_new_round_is_begun_with_the_form_of_the_last_one(page, round_):
    response = page.post(reverse("round_new"), {"reference_date": "1.11.2022", "kind": "regular", "letter": ""})
    made = Round.objects.get_queryset().get(reference_date=dt.date(2022, 11, 1))
    assert response["Location"] == reverse("round_compose", args=[made.pk])
    assert made.form_version.definition == round_.form_version.definition
    again = page.post(reverse("round_new"), {"reference_date": "1.11.2022", "kind": "regular"})
    assert list(again.context["form"].errors) == ["reference_date"]


def test_a_locked_round_is_opened_with_a_reason(page, round_, hdir):
    address = reverse("round_unlock", args=[round_.pk])
    assert list(page.post(address, {"until": "1.8.2022"}).context["form"].errors) == ["reason"]
    assert page.post(address, {"until": "1.8.2022", "reason": "Én kommune mangler."}).status_code == 302
    round_.refresh_from_db()
    assert round_.unlocked_until == dt.date(2022, 8, 1)
    assert page.get(reverse("round_compose", args=[round_.pk])).context["open_again"]


def test_a_test_round_is_started_and_wiped(page, round_):
    response = page.post(reverse("round_try", args=[round_.pk]), {"units": "9999"})
    assert list(response.context["form"].errors) == ["units"]
    assert page.post(reverse("round_try", args=[round_.pk]), {"units": ""}).status_code == 302
    trial = Round.objects.get_queryset().get(kind=Round.Kind.TEST)
    assert page.get(reverse("round_wipe", args=[trial.pk])).status_code == 200
    page.post(reverse("round_wipe", args=[trial.pk]))
    assert not Round.objects.get_queryset().filter(kind=Round.Kind.TEST).exists()


def test_the_statsforvalters_form_is_composed_by_the_same_pages_and_can_be_taken_out(page, round_):
    begin = reverse("round_region", args=[round_.pk])
    here = reverse("round_compose", args=[round_.pk])
    assert page.get(here, {"skjema": "region"}).status_code == 404
    assert page.post(begin)["Location"] == f"{here}?skjema=region"
    section = {"title_nb": "Økonomi", "title_nn": "Økonomi", "edit_number": "0"}
    page.post(reverse("compose_section_new", args=[round_.pk]) + "?skjema=region", section)
    add = reverse("compose_add", args=[round_.pk, "okonomi"]) + "?skjema=region"
    made = page.post(add, {"text_nb": "Hvordan går det?", "text_nn": "Korleis går det?", "kind": "long_text"})
    assert "skjema=region" in made["Location"]
    round_.refresh_from_db()
    asked = questions_of(round_.regional_form.definition)
    assert [one["kind"] for section, one in asked if section["key"] == "okonomi"] == ["long_text"]
    taken = asked[0][1]["code"]
    at = reverse("compose_question", args=[round_.pk, taken]) + "?skjema=region"
    page.post(at, {"action": "remove", "edit_number": round_.regional_form.edit_number})
    assert page.post(add, {"bank": taken}).status_code == 302
    assert not any(one["code"].startswith("own.") for _section, one in questions_of(_form(round_)))
    assert page.get(reverse("compose_preview", args=[round_.pk]) + "?skjema=region").status_code == 200
    assert len(page.get(here).context["tabs"]) == 2
    page.post(begin, {"action": "drop"})
    round_.refresh_from_db()
    assert round_.regional_form is None


def test_the_builder_asks_as_many_queries_for_a_long_form_as_for_a_short_one(page, round_):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page.get(editor(round_, "plan.status")).status_code == 200
        return len(queries)

    asked()
    short = asked()
    for number in range(5):
        add = reverse("compose_add", args=[round_.pk, "plan"])
        assert page.post(add, {"text_nb": f"Mer {number}", "kind": "date"}).status_code == 302
    page.get(editor(round_, "plan.status"))  # shows the messages of the five, once
    assert asked() == short <= 16


def test_who_was_logged_out_while_typing_gets_it_back_after_the_login(page, round_, hdir):
    address = editor(round_, "plan.case")
    sent = fields(page.get(address)) | {"text_nb": "Skrevet lenge"}
    add = reverse("compose_add", args=[round_.pk, "plan"])
    dates = reverse("round_dates", args=[round_.pk])
    for where, data, typed in (
        (address, sent, "Skrevet lenge"),
        (add, {"text_nb": "Nytt spørsmål her", "kind": "date"}, "Nytt spørsmål her"),
        (dates, {"letter": "22/9999"}, "22/9999"),
        (reverse("compose_section", args=[round_.pk, "plan"]), {"title_nb": "Ny overskrift"}, "Ny overskrift"),
        (reverse("round_unlock", args=[round_.pk]), {"reason": "En kommune mangler"}, "En kommune mangler"),
        (reverse("round_new"), {"letter": "23/1"}, "23/1"),
    ):
        page.cookies.clear()
        assert "/login/" in page.post(where, data)["Location"]
        session = page.session
        kept = dict(session)
        page.force_login(hdir)
        again = page.session
        again.update({name: value for name, value in kept.items() if name.startswith("unsent")})
        again.save()
        assert typed in page.get(where).content.decode(), where
    assert stored(round_, "plan.case")["text"]["nb"] != "Skrevet lenge"


def test_unseen_signs_are_left_out_and_what_is_too_long_is_said_at_its_field(page, round_):
    address = editor(round_, "plan.case")
    sent = fields(page.get(address)) | {"text_nb": "Sak\x00en\x07", "help_nn": "x" * 5000}
    refused = page.post(address, sent)
    assert refused.status_code == 400
    assert list(refused.context["editor"].errors) == ["help_nn"]
    assert page.post(address, sent | {"help_nn": "Kort"}).status_code == 302
    assert stored(round_, "plan.case")["text"]["nb"] == "Saken"
    status = editor(round_, "plan.status")
    long = page.post(status, fields(page.get(status)) | {"option_0_nb": "x" * 400})
    assert list(long.context["editor"].errors) == ["options"]


def test_a_core_indicator_without_its_answers_is_said_at_the_question(page, round_):
    address = editor(round_, "plan.status")
    gone = page.post(address, fields(page.get(address)) | {"action": "option_remove:0"})
    assert page.post(address, fields(gone)).status_code == 302
    shown = page.get(address)
    assert "indicator" in shown.context["editor"].errors
    form, conditions, indicators, dates, texts = (bool(check.faults) for check in shown.context["checks"])
    assert (form, conditions, indicators, dates, texts) == (False, True, True, False, False)


def test_a_round_whose_deadline_is_over_is_not_published_and_says_so(page, round_, settings):
    settings.PORTAL_CLOCK = at(dt.date(2022, 7, 1)).isoformat()
    publish = reverse("round_publish", args=[round_.pk])
    refused = page.post(publish, {"edit_number": round_.form_version.edit_number})
    assert refused.status_code == 409
    assert refused.context["refused"]


def test_the_estimate_counts_with_what_the_last_round_was_measured_to_take(page, round_, monkeypatch):
    address = reverse("round_compose", args=[round_.pk])
    monkeypatch.setattr("reporting.views.compose.measured_medians", lambda _round: {"solutions": 0.0})
    rest = minutes(page.get(address))
    monkeypatch.setattr("reporting.views.compose.measured_medians", lambda _round: {"solutions": 3600.0})
    assert minutes(page.get(address)) == rest + 60


def minutes(response) -> float:
    """The estimate for one municipality that stands on the page."""
    text = response.context["figures"][1].value.split("\xa0")[0].split()[0]
    return float(text.replace("½", ".5") if "½" in text else text)

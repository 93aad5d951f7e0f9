"""Answering together: parts handed to colleagues, who changed what, and the form on paper."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from municipalities.models import Event, Membership, Municipality, Role, User
from municipalities.transitions import WrongState
from reporting.models import DraftChange, Notice, SectionAssignment
from reporting.services import sections
from reporting.services.draft_view import spec_of
from reporting.services.drafts import DraftConflict, draft_save
from reporting.services.messages import message_write
from reporting.services.notices import notices_send
from reporting.services.on_behalf import report_take_over
from reporting.services.submissions import submission_return, submission_submit
from reporting.workflow import RoundClosed
from tests.reporting.form_views.steps import NOW, draft, fresh, last_round, save, signed_in, stored


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()


@pytest.fixture
def kari(world):
    """A colleague of the one who fills in for 3004."""
    user = User.objects.create(
        username="kari", first_name="Kari", last_name="Kollega", email="kari@example.org", language="nb"
    )  # fmt: skip
    world.users["kari"] = user
    Membership.objects.create(
        user=user, role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("3004"), valid_from=dt.date(2020, 1, 1)
    )
    return user


def handed(report):
    return SectionAssignment.objects.across_all(reason="test").filter(report=report)


def press(client, report, section="plan", **data):
    return client.post(reverse("section_hand", args=[report.pk, section]), data, follow=True)


def test_a_part_is_handed_to_a_colleague_who_is_told_and_says_when_it_is_filled_in(world, kari):
    report, per = draft(world), signed_in(world)
    page = press(per, report, what="hand", to=kari.pk, note="Du kjenner planen.")
    assert page.status_code == 200
    assert handed(report).get().user == kari
    told = Notice.objects.across_all(reason="test").get(kind=Notice.Kind.SECTION)
    assert (told.user, told.report) == (kari, report)
    assert told.facts["comment"] == "Du kjenner planen."
    hers = signed_in(world, "kari")
    html = hers.get(reverse("report_section", args=[report.pk, "plan"])).content.decode()
    assert "Du kjenner planen." in html
    links = hers.get(reverse("report_section", args=[report.pk, "plan"])).context["sections"]
    assert [link.key for link in links if link.hand] == ["plan"]
    press(hers, report, what="done")
    assert handed(report).get().done_at is not None
    press(per, report, what="take")
    assert not handed(report).exists()
    names = Event.objects.across_all(reason="test").filter(object_id=report.pk).values_list("name", flat=True)
    assert {"section_hand", "section_done", "section_take"} <= set(names)


def done_notices():
    return Notice.objects.across_all(reason="test").filter(kind=Notice.Kind.SECTION_DONE)


@pytest.mark.parametrize(("chosen", "words"), [("", "som du ga videre"), ("nn", "som du gav vidare")])
def test_who_handed_a_part_over_is_told_once_that_it_is_filled_in(
    world, kari, chosen, words, django_capture_on_commit_callbacks
):
    report, editor = draft(world), world.user("editor-3004")
    Municipality.objects.get_queryset().filter(pk=report.municipality_id).update(notice_language=chosen)
    sections.section_hand(report=report, section="plan", to=kari.pk, actor=editor, now=NOW)
    assert not done_notices().exists()
    with django_capture_on_commit_callbacks(execute=True):
        for minute in (1, 2):  # once more tells nothing
            at = NOW + dt.timedelta(minutes=minute)
            sections.section_done(report=report, section="plan", actor=kari, now=at)
        assert outbox.outbox == []
    told = done_notices().get()
    assert (told.user, told.report) == (editor, report)
    (mail,) = [one for one in outbox.outbox if one.to == [editor.email]]
    assert words in mail.body and str(kari) in mail.subject
    assert reverse("report_section", args=[report.pk, "plan"]) in mail.body


def test_that_a_part_is_filled_in_waits_for_the_next_day_s_message_and_is_left_out_when_it_is_taken_over(world, kari):
    report, editor = draft(world), world.user("editor-3004")
    message_write(report=report, text="Ser du?", audience="colleagues", actor=kari, now=NOW)  # the day's one
    sections.section_hand(report=report, section="plan", to=kari.pk, actor=editor, now=NOW)
    sections.section_done(report=report, section="plan", actor=kari, now=NOW + dt.timedelta(hours=1))
    assert done_notices().get().mail is None
    report_take_over(
        report=report, reason="Ingen tid.", actor=world.user("statsforvalter-oslo-og-viken"),
        now=NOW + dt.timedelta(hours=2),
    )  # fmt: skip
    notices_send(now=NOW + dt.timedelta(days=1))
    assert done_notices().get().dropped_at is not None


def test_nobody_is_told_of_her_own_part_nor_after_she_has_left(world, kari):
    report, editor = draft(world), world.user("editor-3004")
    sections.section_hand(report=report, section="plan", to=kari.pk, actor=editor, now=NOW)
    sections.section_done(report=report, section="plan", actor=editor, now=NOW)
    later = NOW + dt.timedelta(days=2)
    sections.section_hand(report=report, section="plan", to=kari.pk, actor=editor, now=NOW + dt.timedelta(minutes=1))
    Membership.objects.filter(user=editor).update(valid_to=NOW.date())
    sections.section_done(report=report, section="plan", actor=kari, now=later)
    assert not done_notices().exists()


def test_the_front_page_leads_to_the_part_that_was_handed_until_it_is_filled_in(world, kari):
    report, editor = draft(world), world.user("editor-3004")
    sections.section_hand(report=report, section="plan", to=kari.pk, actor=editor, now=NOW)
    hers, address = signed_in(world, "kari"), reverse("municipality_home")
    page = hers.get(address)
    assert [part.key for part in page.context["handed"]] == ["plan"]
    assert reverse("report_section", args=[report.pk, "plan"]) in page.content.decode()
    assert signed_in(world).get(address).context["handed"] == []
    sections.section_done(report=report, section="plan", actor=kari, now=NOW)
    assert hers.get(address).context["handed"] == []


def test_what_is_written_stands_at_its_question_and_leads_to_the_answer(world, kari):
    report = draft(world)
    message_write(
        report=report, text="Er saken oppe?", audience="colleagues", question="plan.case", actor=kari, now=NOW
    )
    client = signed_in(world)
    html = client.get(reverse("report_section", args=[report.pk, "plan"])).content.decode()
    assert "Er saken oppe?" in html
    write = f"{reverse('report_detail', args=[report.pk])}?om=plan.case"
    assert f"{write}#samtale" in html
    assert 'value="plan.case" selected' in client.get(write).content.decode()


def test_a_part_handed_on_has_one_holder_and_is_not_filled_in(world, kari):
    report, editor = draft(world), world.user("editor-3004")
    sections.section_hand(report=report, section="plan", to=kari.pk, actor=editor, now=NOW)
    sections.section_done(report=report, section="plan", actor=kari, now=NOW)
    sections.section_hand(report=report, section="plan", to=editor.pk, actor=kari, now=NOW + dt.timedelta(minutes=1))
    row = handed(report).get()
    assert (row.user, row.done_at) == (editor, None)


@pytest.mark.parametrize("to", ["", "0", "x", "99999999999", "²"])
def test_a_part_goes_to_a_colleague_only(world, kari, to):
    report = draft(world)
    assert press(signed_in(world), report, what="hand", to=to).status_code == 422
    stranger = world.user("editor-0301")
    with pytest.raises(sections.NotAColleague):
        sections.section_hand(
            report=report, section="plan", to=stranger.pk, actor=world.user("editor-3004"), now=NOW
        )  # fmt: skip
    assert not handed(report).exists()
    assert not Notice.objects.across_all(reason="test").filter(kind=Notice.Kind.SECTION).exists()


def test_a_part_that_is_not_there_and_a_button_that_is_not_there(world, kari):
    report, client = draft(world), signed_in(world)
    assert press(client, report, "nothing", what="hand", to=kari.pk).status_code == 404
    assert press(client, report, what="nothing").status_code == 400
    assert press(client, report, what="done").status_code == 200
    assert not handed(report).exists()


def test_a_long_message_to_a_colleague_is_one_sentence(world, kari):
    report = draft(world)
    with pytest.raises(sections.NoteTooLong):
        sections.section_hand(
            report=report, section="plan", to=kari.pk, actor=world.user("editor-3004"), now=NOW, note="x" * 501
        )  # fmt: skip


def test_the_statsforvalter_who_fills_in_sees_and_hands_no_parts(world, kari):
    report, office = draft(world), world.user("statsforvalter-oslo-og-viken")
    sections.section_hand(report=report, section="plan", to=kari.pk, actor=kari, now=NOW, note="Mellom oss.")
    report_take_over(report=report, reason="Ingen tid.", actor=office, now=NOW)
    with pytest.raises(PermissionDenied):
        sections.section_hand(report=report, section="plan", to=kari.pk, actor=office, now=NOW)
    page = signed_in(world, office.username).get(reverse("report_section", args=[report.pk, "plan"]))
    assert page.status_code == 200
    assert "Mellom oss." not in page.content.decode()


def test_no_part_is_handed_when_the_report_is_sent_in_or_the_round_over(world, kari):
    editor, report = world.user("editor-3004"), draft(world)
    with pytest.raises(RoundClosed):
        sections.section_hand(
            report=report, section="plan", to=kari.pk, actor=editor, now=NOW + dt.timedelta(days=400)
        )  # fmt: skip
    submission_submit(report=report, actor=editor, now=NOW)
    report.refresh_from_db()
    with pytest.raises(WrongState):
        sections.section_hand(report=report, section="plan", to=kari.pk, actor=editor, now=NOW)
    assert not handed(report).exists()


# --- who changed what -----------------------------------------------------------------------------


def test_the_answer_says_who_gave_it_and_when(world, kari):
    report, hers = draft(world), signed_in(world, "kari")
    answer = save(hers, report, "plan.case", "PS 9/22", None)
    assert str(kari) in answer.json()["by"]
    html = signed_in(world).get(reverse("report_section", args=[report.pk, "plan"])).content.decode()
    assert re.search(rf"data-by>[^<]*{re.escape(str(kari))}", html)


def test_the_history_shows_every_change_and_puts_back_what_lost(world, kari):
    report, editor = draft(world), world.user("editor-3004")
    rev = stored(report, "plan.case")["rev"]
    draft_save(report=report, key="plan.case", raw="PS 1/22", base_rev=rev, actor=editor, now=NOW)
    with pytest.raises(DraftConflict):
        draft_save(report=report, key="plan.case", raw="PS 2/22", base_rev=rev, actor=kari, now=NOW)
    client, address = signed_in(world), reverse("report_changes", args=[report.pk])
    page = client.get(address)
    lost = next(line for line in page.context["lines"] if line.lost)
    assert (lost.text, lost.who, lost.can_restore) == ("PS 2/22", str(kari), True)
    client.post(address, {"change": lost.pk, "rev": lost.rev})
    assert stored(report, "plan.case")["value"] == "PS 2/22"
    newest = client.get(address).context["lines"][0]
    assert (newest.text, newest.lost, newest.can_restore) == ("PS 2/22", False, False)


def test_putting_back_never_overwrites_what_somebody_wrote_meanwhile(world, kari):
    report, client = draft(world), signed_in(world)
    address = reverse("report_changes", args=[report.pk])
    save(client, report, "plan.case", "PS 1/22", None)
    save(client, report, "plan.case", "PS 2/22", None)
    old = next(line for line in client.get(address).context["lines"] if line.text == "PS 1/22")
    save(signed_in(world, "kari"), report, "plan.case", "PS 3/22", None)
    client.post(address, {"change": old.pk, "rev": old.rev})
    assert stored(report, "plan.case")["value"] == "PS 3/22"


@pytest.mark.parametrize("data", [{}, {"change": "x", "rev": "1"}, {"change": "1"}, {"change": "²", "rev": "0"}])
def test_a_put_back_that_cannot_be_read_is_refused(world, data):
    assert signed_in(world).post(reverse("report_changes", args=[draft(world).pk]), data).status_code == 400


def test_another_municipalitys_change_is_not_put_back(world):
    report, other = draft(world), draft(world, "0301")
    change = DraftChange.objects.across_all(reason="test").filter(report=other).first()
    address = reverse("report_changes", args=[report.pk])
    assert signed_in(world).post(address, {"change": change.pk, "rev": 0}).status_code == 404
    assert signed_in(world).get(reverse("report_changes", args=[other.pk])).status_code == 404


# --- on paper -------------------------------------------------------------------------------------


def test_the_empty_form_has_every_question_with_its_condition_and_no_answer(world):
    report = draft(world, **{"plan.case": "PS 77/22"})
    page = signed_in(world).get(reverse("report_print", args=[report.pk]), {"tom": "1"})
    html = page.content.decode()
    drawn = [question for section in page.context["sections"] for question in section.questions]
    spec = spec_of(report)
    assert len(drawn) == len(list(spec.questions()))
    assert all(bool(one.condition) == bool(two.shown_when) for one, two in zip(drawn, spec.questions(), strict=True))
    assert "PS 77/22" not in html
    assert not any(box.ticked for question in drawn for box in question.boxes)


def test_the_filled_form_holds_the_answers_and_what_was_sent_in_stays(world):
    report = draft(world, **{"plan.case": "PS 77/22"})
    client, address = signed_in(world), reverse("report_print", args=[report.pk])
    assert "PS 77/22" in client.get(address).content.decode()
    submission_submit(report=report, actor=world.user("editor-3004"), now=NOW)
    page = client.get(address)
    assert "PS 77/22" in page.content.decode()
    assert any(box.ticked for section in page.context["sections"] for q in section.questions for box in q.boxes)


def test_a_draft_is_not_printed_for_the_statsforvalter(world):
    report = draft(world, **{"plan.case": "PS 77/22"})
    page = signed_in(world, "statsforvalter-oslo-og-viken").get(reverse("report_print", args=[report.pk]))
    assert page.status_code == 200
    assert "PS 77/22" not in page.content.decode()


def test_printing_an_empty_form_begins_nothing(world):
    last_round(world)
    report = fresh(world)
    signed_in(world).get(reverse("report_print", args=[report.pk]), {"tom": "1"})
    report.refresh_from_db()
    assert "fields" not in report.draft


# --- bounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("returned", [False, True])
@pytest.mark.parametrize("section", ["organisation", "plan", "network", "results"])
def test_opening_the_form_asks_few_questions_of_the_database(
    world, kari, django_assert_max_num_queries, section, returned
):
    """At most twelve, whatever the length of the form, with parts that are handed out and messages at the questions."""
    last_round(world)
    report, client, office = draft(world), signed_in(world), world.user("statsforvalter-oslo-og-viken")
    sections.section_hand(report=report, section=section, to=kari.pk, actor=kari, now=NOW)
    message_write(report=report, text="Er saken oppe?", audience="office", question="plan.case", actor=kari, now=NOW)
    if returned:
        submission_submit(report=report, actor=kari, now=NOW)
        report.refresh_from_db()
        submission_return(report=report, actor=office, now=NOW, note="Se på planen.")
    address = reverse("report_section", args=[report.pk, section])
    client.get(address)
    with django_assert_max_num_queries(12):
        assert client.get(address).status_code == 200

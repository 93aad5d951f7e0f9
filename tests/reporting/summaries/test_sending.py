"""A summary is approved, marked as sent and withdrawn: who may, what is checked, what is kept."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from municipalities.transitions import WrongState
from reform.tasks import BackgroundTask
from reporting.services import summaries
from reporting.services.summary_steps import summary_approve, summary_send, summary_unapprove, summary_withdraw
from tests.reporting.documents.population import FROZEN
from tests.reporting.drawn_files import draw_files

from .steps import LATER, clock


def test_the_ministry_reads_a_summary_only_after_it_is_sent(world, approved, login):
    hod = login("hod")
    url = reverse("summary_detail", args=[approved.pk])
    assert hod.get(url).status_code == 404
    assert approved.round.reference_date.strftime("%Y") not in hod.get(reverse("summary_list")).content.decode()
    summary_send(summary=approved, actor=world.user("hdir"), now=LATER, case="22/1234")
    page = hod.get(url)
    assert page.status_code == 200
    assert "22/1234" in page.content.decode()
    assert url in hod.get(reverse("summary_list")).content.decode()
    assert "/tall/" not in page.content.decode()  # the way home is not the ministry's


def test_the_ministry_still_reads_what_was_withdrawn_and_sees_what_replaces_it(world, people, approved, login):
    hdir, hod = world.user("hdir"), login("hod")
    summary_send(summary=approved, actor=hdir, now=LATER, case="22/1")
    url = reverse("summary_detail", args=[approved.pk])
    before = hod.get(url).content.decode()
    summary_withdraw(summary=approved, actor=hdir, now=LATER, reason="Tabell 3 var <feil>.")
    page = hod.get(url)
    assert page.status_code == 200 and "Tabell 3 var &lt;feil&gt;." in page.content.decode()
    assert document_of(page.content.decode()) == document_of(before)
    second = summaries.summary_request(round=people.now, actor=hdir, now=LATER)
    summaries.summary_build(pk=second.pk, clock=lambda: LATER)
    summary_approve(summary=second, actor=hdir, now=LATER, change_note="Vedtaket i Frogn er rettet.")
    summary_send(summary=draw_files(second), actor=hdir, now=LATER, case="22/1")
    page = hod.get(url).content.decode()
    assert reverse("summary_detail", args=[second.pk]) in page
    listed = hod.get(reverse("summary_list"))
    assert [entry["replaced"] for entry in listed.context["entries"]] == [None, second]
    assert "Vedtaket i Frogn er rettet." in hod.get(reverse("summary_detail", args=[second.pk])).content.decode()


def document_of(page: str) -> str:
    """The document on the page of a summary."""
    return page[page.index('<div class="preview">') : page.index("</main>")]


def test_sending_twice_is_refused_and_nothing_is_lost(world, approved):
    hdir = world.user("hdir")
    summary_send(summary=approved, actor=hdir, now=LATER, case="22/1")
    with pytest.raises(WrongState):
        summary_send(summary=approved, actor=hdir, now=LATER, case="22/2")
    approved.refresh_from_db()
    assert approved.sent_case == "22/1"


def test_the_day_of_sending_is_checked_and_kept(world, approved):
    hdir = world.user("hdir")
    for day in (LATER.date() + dt.timedelta(days=1), FROZEN.date() - dt.timedelta(days=1)):
        with pytest.raises(ValidationError):
            summary_send(summary=approved, actor=hdir, now=LATER, case="22/1", sent_on=day)
    summary_send(summary=approved, actor=hdir, now=LATER, case="22/1", sent_on=FROZEN.date())
    approved.refresh_from_db()
    assert approved.sent_at.date() == FROZEN.date()


@pytest.mark.parametrize("name", ["hod", "evaluator", "statsforvalter-oslo-og-viken", "editor-3004"])
def test_only_hdir_asks_for_approves_sends_and_withdraws_summaries(world, people, ready, name):
    user, hdir = world.user(name), world.user("hdir")
    with pytest.raises(PermissionDenied):
        summaries.summary_request(round=people.now, actor=user, now=LATER)
    with pytest.raises(PermissionDenied):
        summary_approve(summary=ready, actor=user, now=LATER)
    summary_approve(summary=ready, actor=hdir, now=LATER)
    with pytest.raises(PermissionDenied):
        summary_unapprove(summary=ready, actor=user, now=LATER, reason="x")
    with pytest.raises(PermissionDenied):
        summary_send(summary=ready, actor=user, now=LATER, case="22/1")
    summary_send(summary=draw_files(ready), actor=hdir, now=LATER, case="22/1")
    with pytest.raises(PermissionDenied):
        summary_withdraw(summary=ready, actor=user, now=LATER, reason="x")


def test_the_form_that_marks_as_sent_tells_what_is_wrong_at_the_field(approved, login):
    hdir = login("hdir")
    url = reverse("summary_send", args=[approved.pk])
    answer = hdir.post(url, {"sent_on": "31.31.2022", "case": "x" * 70})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode() and "x" * 70 in answer.content.decode()
    assert hdir.post(url, {"sent_on": "25.5.2022", "case": ""}).status_code == 422
    assert hdir.post(url, {"sent_on": "25.5.2022", "case": "22/1"}).status_code == 302
    assert hdir.post(url, {"sent_on": "25.5.2022", "case": "22/2"}).status_code == 409


def test_the_page_says_which_files_are_missing_beside_the_button_and_loses_nothing_typed(world, ready, login):
    summary_approve(summary=ready, actor=world.user("hdir"), now=FROZEN)
    hdir, url = login("hdir"), reverse("summary_send", args=[ready.pk])
    said = hdir.get(reverse("summary_detail", args=[ready.pk]))
    assert said.context["files_missing"] in unescape(said.content.decode())
    assert all(word in said.context["files_missing"] for word in ("22 ", "(8 ", " 12 ", " 2 "))
    refused = hdir.post(url, {"sent_on": "25.5.2022", "case": "22/998877"})
    page = unescape(refused.content.decode())
    assert refused.status_code == 422 and "22/998877" in page
    assert page.count(refused.context["files_missing"]) == 2  # at the head of the page, and beside the button
    draw_files(ready)
    assert hdir.get(reverse("summary_detail", args=[ready.pk])).context["files_missing"] == ""
    ready.documents.filter(kind="volume", format="xlsx", language="nn", office__key="troms-og-finnmark").delete()
    said = hdir.get(reverse("summary_detail", args=[ready.pk])).context["files_missing"]
    assert all(word in said for word in ("Troms og Finnmark", "Excel", "nynorsk"))
    draw_files(ready)
    assert hdir.post(url, {"sent_on": "25.5.2022", "case": "22/998877"}).status_code == 302


def test_the_page_leads_through_the_steps_and_keeps_what_was_typed(ready, login):
    """From the draft to the withdrawal by the forms that the page shows, and no other."""
    hdir = login("hdir")
    page = reverse("summary_detail", args=[ready.pk])

    def shown() -> set[str]:
        return set(hdir.get(page).context["steps"])

    def step(name: str, **data: str) -> int:
        return hdir.post(reverse(f"summary_{name}", args=[ready.pk]), data).status_code

    assert shown() == {"approve"} and step("approve") == 302
    assert shown() == {"unapprove", "send"}
    assert step("unapprove", reason=" ") == 422 and step("unapprove", reason="En feil.") == 302
    assert shown() == {"approve"} and step("approve") == 302
    draw_files(ready)
    assert step("send", sent_on="25.5.2022", case="22/1") == 302
    assert shown() == {"withdraw"} and step("withdraw", reason="x" * 4001) == 422
    assert step("withdraw", reason="Feil tall.") == 302
    assert shown() == set() and step("approve") == 409


def test_a_version_that_replaces_a_sent_one_is_not_approved_without_its_reason(world, people, approved, login):
    hdir = world.user("hdir")
    summary_send(summary=approved, actor=hdir, now=LATER, case="22/1")
    second = summaries.summary_request(round=people.now, actor=hdir, now=LATER)
    summaries.summary_build(pk=second.pk, clock=lambda: LATER)
    client, url = login("hdir"), reverse("summary_approve", args=[second.pk])
    refused = client.post(url, {"change_note": " "})
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.content.decode()
    assert client.post(url, {"change_note": "To svar er rettet."}).status_code == 302
    second.refresh_from_db()
    assert (second.status, second.replaces, second.change_note) == ("approved", approved, "To svar er rettet.")


def test_the_making_is_cancelled_and_tried_again(people, login, monkeypatch):
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    summary = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    client, page = login("hdir"), reverse("summary_detail", args=[summary.pk])
    assert reverse("summary_cancel", args=[summary.pk]) in client.get(page).content.decode()
    assert client.post(reverse("summary_cancel", args=[summary.pk])).status_code == 302
    assert not summaries.summary_build(pk=summary.pk, clock=clock)
    assert reverse("summary_retry", args=[summary.pk]) in client.get(page).content.decode()
    assert client.post(reverse("summary_retry", args=[summary.pk])).status_code == 302
    assert summaries.summary_build(pk=summary.pk, clock=clock)

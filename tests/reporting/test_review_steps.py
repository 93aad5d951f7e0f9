"""The review's steps as pages: later deadlines, on behalf, taking back, reopening, messages, and whose a report is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from municipalities.models import MunicipalityLink, MunicipalityVersion, Role
from reporting.models import Report, ReportMessage
from reporting.services import messages as talk
from reporting.services.drafts import draft_save_many
from tests.reporting import factories
from tests.reporting.factories import ReportFactory, at, items
from tests.reporting.region import delivered_region
from tests.reporting.review_world import *  # noqa: F403 - the region and its staff
from tests.reporting.review_world import login, names_in, page, post, said

pytestmark = pytest.mark.django_db
WHY = "Kommunestyret møtes først 7. mai."


def fresh(report) -> Report:
    return Report.objects.across_all(reason="test").select_related("current", "round", "municipality").get(pk=report.pk)


def text(reader, name, *args, **data) -> str:
    """A page with plain blanks."""
    return page(reader, name, *args, **data).replace("\xa0", " ")


def own(report):
    return login(report.municipality.memberships.get(role=Role.MUNICIPALITY_EDITOR).user)


# --- later deadlines ------------------------------------------------------------------------------


def test_a_later_deadline_is_given_shown_moved_and_taken_back(region, client):
    report = region["Aremark"]
    html = said(post(client, "report_extend", report, until="9.5.2022", text=WHY), client)
    assert fresh(report).extended_to == dt.date(2022, 5, 9)
    assert WHY in html
    listed = text(client, "work_list", levert="utsatt", utvalg="alle")
    assert names_in(listed) == ["Aremark"]
    assert "9. mai" in listed
    home = text(own(report), "municipality_home")
    assert "9. mai 2022" in home
    post(client, "report_extend", report, end="1")
    assert fresh(report).extended_to is None


@pytest.mark.parametrize(("until", "text"), [("snart", WHY), ("", WHY), ("9.5.2022", "  "), ("9.9.2022", WHY)])
def test_what_was_typed_comes_back_with_one_sentence(region, client, until, text):
    response = post(client, "report_extend", region["Aremark"], until=until, text=text)
    html = response.content.decode()
    assert response.status_code == 422
    assert f'value="{until}"' in html
    assert f">{text}</textarea>" in html
    assert html.count('aria-invalid="true"') == 1
    assert fresh(region["Aremark"]).extended_to is None


def test_one_inside_its_extension_stands_so_everywhere(home, client):
    report = ReportFactory.delivered_extended(municipality=factories.unit("Grimstad", of=home), after=2)
    for name in ("report_review", "report_detail", "report_receipt"):
        assert "9. mai" in text(client, name, report.pk)
    listed = text(client, "work_list", utvalg="alle")
    assert 'data-color="danger"' not in listed
    assert "9. mai" in listed


# --- on behalf ------------------------------------------------------------------------------------


def test_the_statsforvalter_fills_in_and_sends_in_through_the_same_form(region, client, staff):
    report = region["Aremark"]
    assert client.get(reverse("report_form", args=[report.pk])).status_code == 403
    response = post(client, "report_on_behalf", report, text="Ingen kontakt i kommunen.")
    assert response["Location"] == reverse("report_form", args=[report.pk])
    started = client.get(response["Location"], follow=True)
    assert started.status_code == 200
    assert "Aremark" in started.content.decode()
    summary = page(client, "report_summary", report.pk)
    assert "Ingen kontakt i kommunen." in summary
    assert "Ingen kontakt i kommunen." in page(own(report), "municipality_home")
    assert "Aremark" in names_in(page(client, "work_list", levert="paa-vegne"))
    sent = client.post(
        reverse("report_submit", args=[report.pk]), {"draft_version": str(fresh(report).draft_version)}, follow=True
    )
    assert sent.status_code == 200
    submission = fresh(report).current
    assert (submission.submitted_by, submission.on_behalf_of) == (staff, report.municipality)
    for reader in (client, own(report)):
        html = page(reader, "report_receipt", report.pk)
        assert "on behalf of the municipality" in html or "på vegne av kommunen" in html
    assert "Aremark" in names_in(page(client, "work_list", utvalg="alle", levert="paa-vegne"))


def test_one_field_is_saved_by_the_statsforvalter_and_not_after_it_is_given_back(region, client):
    report = region["Aremark"]
    post(client, "report_on_behalf", report, text="Ingen kontakt.")
    address = reverse("report_save", args=[report.pk])
    rev = fresh(report).draft["fields"]["comment"]["rev"]
    sent = {"key": "comment", "value": "Fra embetet.", "rev": rev}
    assert client.post(address, sent, content_type="application/json").status_code == 200
    post(client, "report_on_behalf", report, end="1")
    sent |= {"value": "Igjen.", "rev": rev + 1}
    assert client.post(address, sent, content_type="application/json").status_code == 403
    assert fresh(report).draft["fields"]["comment"]["value"] == "Fra embetet."


# --- taking back and reopening --------------------------------------------------------------------


def test_an_approval_is_taken_back_from_the_page(region, client):
    html = page(client, "report_review", region["Åsnes"].pk)
    assert reverse("report_take_back", args=[region["Åsnes"].pk]) in html
    said(post(client, "report_take_back", region["Åsnes"]), client)
    assert fresh(region["Åsnes"]).status == "submitted"


def test_a_reopened_report_is_with_the_municipality_with_the_reason(region, client, settings):
    report = region["Åsnes"]
    post(client, "report_reopen", report, text="Vedtaket er gjort om.")
    assert fresh(report).status == "reopened"
    assert names_in(page(client, "work_list", utvalg="alle", status="gjenaapnet")) == ["Åsnes"]
    municipality = own(report)
    for name, args in (("municipality_home", ()), ("report_detail", (report.pk,))):
        assert "Vedtaket er gjort om." in page(municipality, name, *args)
    assert "1. juni 2022 kl. 23.59" in text(municipality, "municipality_home")  # until when it can be sent in again
    form = municipality.get(reverse("report_form", args=[report.pk]), follow=True)
    assert (form.status_code, "Vedtaket er gjort om." in form.content.decode()) == (200, True)
    settings.PORTAL_CLOCK = "2022-07-01T09:00:00"
    assert municipality.get(reverse("report_form", args=[report.pk])).status_code == 409


def test_without_a_reason_it_comes_back(region, client):
    response = post(client, "report_reopen", region["Åsnes"], text=" ")
    assert (response.status_code, fresh(region["Åsnes"]).status) == (422, "approved")


def test_under_a_delivered_region_the_page_says_why_and_offers_nothing(region, client):
    report = region["Åsnes"]
    delivered_region(report)
    html = page(client, "report_review", report.pk)
    assert reverse("report_reopen", args=[report.pk]) not in html
    assert "Hdir" in html
    waiting = page(client, "report_review", region["Aremark"].pk)
    assert 'name="until"' not in waiting
    assert "Hdir" in waiting
    assert post(client, "report_reopen", report, text="x").status_code == 409
    assert post(client, "report_take_back", report).status_code == 409
    assert fresh(report).status == "approved"


# --- messages -------------------------------------------------------------------------------------


def test_a_question_is_asked_answered_and_settled(region, client, settings):
    report = region["Aremark"]
    html = said(post(client, "report_talk", report, question="plan.status", text="Når ble den vedtatt?"), client)
    assert "Når ble den vedtatt?" in html
    assert "Aremark" not in names_in(page(client, "work_list", utvalg="svar"))
    talk.message_write(
        report=report, question="plan.status", text="I juni.", audience="office",
        actor=report.municipality.memberships.get().user, now=at(dt.date(2022, 5, 4), 10),
    )  # fmt: skip
    assert names_in(page(client, "work_list", utvalg="svar")) == ["Aremark"]
    assert "I juni." in page(client, "report_review", report.pk)
    post(client, "report_talk", report, question="plan.status", settle="1")
    assert names_in(page(client, "work_list", utvalg="svar")) == []


def test_the_municipality_reads_answers_and_keeps_some_of_it_to_itself(region, client, home):
    report = region["Aremark"]
    municipality = own(report)
    post(client, "report_talk", report, question="plan.status", text="Når ble den vedtatt?")
    assert "Når ble den vedtatt?" in page(municipality, "report_detail", report.pk)
    waits = reverse("report_detail", args=[report.pk]) + "#samtale"
    assert waits in page(municipality, "municipality_home")
    answered = post(municipality, "report_message", report, question="plan.status", text="I juni.", audience="office")
    assert answered["Location"] == waits
    assert waits not in page(municipality, "municipality_home")
    said(post(municipality, "report_message", report, text="Husk tallene.", audience="colleagues"), municipality)
    html = page(client, "report_review", report.pk)
    assert "I juni." in html
    assert "Husk tallene." not in html
    assert "Husk tallene." in page(municipality, "report_detail", report.pk)
    for stranger in (client, login(factories.user(Role.HDIR)), login(factories.user(Role.KS, of=home))):
        assert "Husk tallene." not in stranger.get(reverse("report_detail", args=[report.pk])).content.decode()
    empty = post(municipality, "report_message", report, question="plan.case", text=" ", audience="colleagues")
    assert empty.status_code == 422
    assert 'value="plan.case" selected' in empty.content.decode()
    assert 'value="colleagues" selected' in empty.content.decode()


def test_a_message_that_cannot_be_kept_comes_back_where_it_was_written(region, client):
    for place in ("pair", ""):
        response = post(client, "report_talk", region["Ås"], question="plan.status", text=" x" * 2001, place=place)
        html = response.content.decode()
        assert response.status_code == 422
        assert html.count('aria-invalid="true"') == 1
    assert not ReportMessage.objects.get_queryset().exists()


def test_the_municipality_cannot_press_the_office_s_buttons(region):
    report = region["Ås"]
    municipality = own(report)
    for name in ("report_extend", "report_on_behalf", "report_take_back", "report_reopen", "report_talk"):
        assert post(municipality, name, report, text="x", until="9.5.2022").status_code == 403


# --- the register beside the answer ---------------------------------------------------------------


def test_the_register_stands_beside_the_answer(region, client, now):
    from municipalities.services import plan_decision_register

    report = region["Ås"]
    plan_decision_register(
        municipality=report.municipality, status="none", origin="register:1", valid_from=dt.date(2022, 1, 1), now=now,
        decided_on=None, case_number="", link="", expected_on=None, process="",
    )  # fmt: skip
    html = text(client, "report_review", report.pk, vis="alle")
    answer = html.partition('id="sp-plan.status"')[2].partition('id="sp-')[0]
    assert "data-differs" in answer
    assert "1. januar 2022" in answer


# --- whose it is now ------------------------------------------------------------------------------


def test_a_unit_that_ended_in_the_middle_keeps_its_report_and_the_page_says_whose_it_is(region, client, home):
    report = region["Aremark"]
    other = factories.unit("Nye Aremark", of=home)
    MunicipalityVersion.objects.filter(municipality=report.municipality).update(valid_to=dt.date(2022, 5, 2))
    MunicipalityLink.objects.create(
        old=report.municipality, new=other, kind=MunicipalityLink.Kind.MERGER, on=dt.date(2022, 5, 3)
    )
    for name in ("report_review", "report_detail"):
        html = page(client, name, report.pk)
        assert "Nye Aremark" in html
        assert "Aremark" in html
    post(client, "report_on_behalf", report, text="Kommunen er slått sammen.")
    draft_save_many(
        report=report, items=items({"comment": "Siste rapport."}), actor=factories.reviewer(home),
        now=at(dt.date(2022, 5, 4)),
    )  # fmt: skip
    assert "Nye Aremark" not in page(client, "report_review", region["Ås"].pk)

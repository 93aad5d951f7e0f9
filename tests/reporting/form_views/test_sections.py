"""The form without script: a section is sent whole and leads on, and nothing typed is lost."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from reporting.models import Report

from .steps import draft, fresh, hidden, last_round, save, section_data, signed_in, stored


def test_a_section_is_saved_whole_and_leads_on(world):
    report, client = draft(world), signed_in(world)
    data = section_data(report, "plan", **{"plan.case": "PS 7/22", "plan.decided_on": "17.17.2022", "next": "network"})
    answer = client.post(reverse("report_section", args=[report.pk, "plan"]), data)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("report_section", args=[report.pk, "network"])
    assert stored(report, "plan.case")["value"] == "PS 7/22"
    assert stored(report, "plan.decided_on")["raw"] == "17.17.2022"
    html = client.get(reverse("report_section", args=[report.pk, "plan"])).content.decode()
    assert 'value="17.17.2022"' in html
    assert 'aria-describedby="q-plan-decided_on-error' in html


def test_going_on_from_a_section_confirms_what_was_filled_in(world):
    last_round(world)
    report, client = fresh(world), signed_in(world)
    assert "1" in client.get(reverse("report_section", args=[report.pk, "organisation"])).content.decode()
    assert not stored(report, "org.responsible").get("confirmed")
    data = section_data(report, "organisation", next="progress")
    client.post(reverse("report_section", args=[report.pk, "organisation"]), data)
    assert stored(report, "org.responsible")["confirmed"]
    assert report.status == Report.Status.DRAFT


def test_an_unticked_box_and_a_cleared_text_are_no_longer_answered(world):
    report, client = draft(world), signed_in(world)
    data = section_data(report, "plan", next="plan")
    del data["plan.anchoring"]
    data["plan.case"] = ""
    client.post(reverse("report_section", args=[report.pk, "plan"]), data)
    assert stored(report, "plan.anchoring")["value"] is None
    assert stored(report, "plan.case")["value"] is None


def test_a_clash_without_script_shows_both_and_the_chosen_one_stands(world):
    report, client = draft(world), signed_in(world)
    data = section_data(report, "plan", **{"plan.case": "PS 2/22", "plan.link": "https://kommunen.example/2"})
    save(client, report, "plan.case", "PS 1/22", None)
    address = reverse("report_section", args=[report.pk, "plan"])
    answer = client.post(address, data | {"next": "network"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'name="choice:plan.case"' in html
    assert "PS 1/22" in html
    assert "PS 2/22" in html
    assert stored(report, "plan.link")["value"] == "https://kommunen.example/2"
    mine = section_data(report, "plan", **{"plan.case": "PS 2/22", "choice:plan.case": "mine", "next": "network"})
    assert client.post(address, mine).status_code == 302
    assert stored(report, "plan.case")["value"] == "PS 2/22"


def test_the_page_of_a_clash_sends_the_chosen_value(world):
    """What the page itself holds, when its button is pressed: mine stands in the control, with the new revision."""
    report, client = draft(world), signed_in(world)
    data = section_data(report, "plan", **{"plan.case": "PS 2/22"})
    save(client, report, "plan.case", "PS 1/22", None)
    html = client.post(reverse("report_section", args=[report.pk, "plan"]), data).content.decode()
    rev = stored(report, "plan.case")["rev"]
    assert f'name="rev:plan.case" value="{rev}"' in html
    assert 'name="plan.case" value="PS 2/22"' in html


def test_the_last_answer_is_put_back_without_script(world):
    last_round(world, plan_case="PS 1/20")
    report, client = draft(world), signed_in(world)
    assert stored(report, "plan.case")["value"] == "PS 82/21"
    data = section_data(report, "plan", use_last="plan.case")
    answer = client.post(reverse("report_section", args=[report.pk, "plan"]), data)
    assert answer["Location"].endswith("#sp-q-plan-case")
    assert stored(report, "plan.case")["value"] == "PS 1/20"


def test_what_was_sent_after_the_session_ran_out_is_saved_after_the_login(world):
    report, client = draft(world), signed_in(world)
    data = section_data(report, "plan", **{"plan.case": "PS 3/22", "next": "network"})
    client.cookies.pop("portal_session")
    address = reverse("report_section", args=[report.pk, "plan"])
    answer = client.post(address, data)
    assert answer.status_code == 302
    assert "next=" in answer["Location"]
    assert stored(report, "plan.case")["value"] == "PS 82/21"
    session = client.session
    kept = dict(session)
    client.force_login(world.user("editor-3004"))
    session = client.session  # force_login makes a new session; a real login keeps what an anonymous one held
    session.update({name: value for name, value in kept.items() if not name.startswith("_")})
    session.save()
    assert client.get(address).status_code == 302
    assert stored(report, "plan.case")["value"] == "PS 3/22"
    assert client.get(address).status_code == 200


def test_what_somebody_else_left_in_the_session_is_not_saved_by_one_without_the_right(world):
    report, client = draft(world), Client()
    address = reverse("report_section", args=[report.pk, "plan"])
    client.post(address, section_data(report, "plan", **{"plan.case": "PS 3/22"}))
    kept = dict(client.session)
    client.force_login(world.user("reader-3004"))
    session = client.session
    session.update({name: value for name, value in kept.items() if not name.startswith("_")})
    session.save()
    assert client.get(address).status_code == 403
    assert stored(report, "plan.case")["value"] == "PS 82/21"


def test_an_unknown_section_is_not_there(world):
    report, client = draft(world), signed_in(world)
    assert client.get(reverse("report_section", args=[report.pk, "nothing"])).status_code == 404


def test_questions_are_shown_by_the_answers_also_without_script(world):
    report, client = draft(world), signed_in(world)
    address = reverse("report_section", args=[report.pk, "plan"])
    html = client.get(address).content.decode()
    assert hidden(html, "q-plan-expected_on")
    assert not hidden(html, "q-plan-decided_on")
    client.post(address, section_data(report, "plan", **{"plan.status": "process", "next": "plan"}))
    html = client.get(address).content.decode()
    assert not hidden(html, "q-plan-expected_on")
    assert hidden(html, "q-plan-decided_on")
    assert stored(report, "plan.decided_on")["value"] == "2021-06-17"  # a hidden answer is kept


def test_what_is_known_is_filled_in_and_marked(world):
    last_round(world)
    report, client = fresh(world), signed_in(world)
    html = client.get(reverse("report_section", args=[report.pk, "organisation"])).content.decode()
    assert "checked" in html
    assert html.count("data-source") >= 3
    report.refresh_from_db()
    assert report.status == Report.Status.NOT_STARTED

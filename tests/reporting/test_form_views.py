"""The municipality's pages, asked as a browser asks them: with and without script."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext, override

from municipalities.filestore import write_file
from municipalities.models import Membership, Role
from reform.models import Solution
from reporting.checks import RULES
from reporting.models import Answer, Document, DraftChange, Report, ReviewComment, Submission
from reporting.services.opening import figures_open
from reporting.services.submissions import submission_approve, submission_return, submission_submit
from tests.reporting.factories import AUTUMN, ReportFactory, answers, at, open_round
from tests.world import World

NOW = at(dt.date(2022, 4, 19), 10, 40)
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()


def whole(**changes: Any) -> dict[str, Any]:
    """Answers that raise no finding, with all 25 solutions."""
    return answers(solutions={row.code: "in_place" for row in Solution.objects.all()}, **changes)


def draft(world: World, number: str = "3004", **values: Any) -> Report:
    """A draft with answers to everything; ``values`` replace some of them."""
    actor = world.user(f"editor-{number}")
    return ReportFactory.draft(
        round_=open_round(), municipality=world.unit(number), actor=actor, values=whole(**values)
    )


def fresh(world: World, number: str = "3004") -> Report:
    """A report that nobody has started on."""
    return Report.objects.across_all(reason="test").get(round=open_round(), municipality=world.unit(number))


def last_round(world: World, number: str = "3004", **values: Any) -> Report:
    """An approved report in the round before."""
    actor, by = world.user(f"editor-{number}"), world.user("statsforvalter-oslo-og-viken")
    return ReportFactory.approved(
        round_=open_round(AUTUMN), municipality=world.unit(number), actor=actor, by=by, values=whole(**values)
    )


def signed_in(world: World, username: str = "editor-3004") -> Client:
    client = Client()
    client.force_login(world.user(username))
    return client


def save(client: Client, report: Report, key: str, value: Any, rev: int | None) -> Any:
    """Save one field over the revision ``rev``; None is the one that stands there, as a page just opened has it."""
    seen = {"base": ""} if key.startswith("comment:") else {}
    rev = stored(report, key).get("rev", 0) if rev is None else rev
    body = json.dumps({"key": key, "value": value, "rev": rev, **seen})
    return client.post(reverse("report_save", args=[report.pk]), body, content_type="application/json", headers=JSON)


def stored(report: Report, key: str) -> dict[str, Any]:
    report.refresh_from_db()
    return report.draft.get("fields", {}).get(key, {})


def section_data(report: Report, section: str, **changes: Any) -> dict[str, Any]:
    """What a browser without script sends for a section: every control as it stands, and ``changes`` by key."""
    from reporting.services.draft_view import draft_view, spec_of
    from reporting.services.prefill import last_report

    view = draft_view(report, last_report(report), NOW)
    data: dict[str, Any] = {}
    for question in spec_of(report).section(section).questions:
        for key in question.field_keys():
            entry = view.fields[key]
            data[f"rev:{key}"] = entry.rev
            if entry.value is not None:
                data[key] = entry.value
    return data | changes


# --- one field ------------------------------------------------------------------------------------


def test_a_field_is_saved_and_the_page_is_told_so(world):
    report, client = draft(world), signed_in(world)
    rev = stored(report, "plan.case")["rev"]
    answer = save(client, report, "plan.case", "  PS 99/22 ", rev)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["value"], body["text"], body["rev"], body["error"]) == ("PS 99/22", "PS 99/22", rev + 1, "")
    assert re.search(r"kl\.\s10\.4\d", body["status"])
    assert {section["key"] for section in body["sections"]} >= {"plan", "network"}
    assert stored(report, "plan.case")["value"] == "PS 99/22"


def test_a_date_comes_back_as_people_write_it(world):
    report, client = draft(world), signed_in(world)
    body = save(client, report, "plan.decided_on", "3/2-22", stored(report, "plan.decided_on")["rev"]).json()
    assert body["text"] == "03.02.2022"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("plan.decided_on", "17.17.2022"),
        ("plan.decided_on", 5),
        ("progress.delay_months", "seks"),
        ("org.responsible", "the king"),
        ("org.sectors", {"health": 1}),
        ("plan.case", "x" * 100_000),
        ("comment", "a\u202eb"),
        ("comment", "nul\x00"),
        ("solutions:1.1", "maybe"),
    ],
)
def test_what_cannot_be_an_answer_gets_a_sentence_and_is_kept_as_typed(world, key, value):
    report, client = draft(world), signed_in(world)
    answer = save(client, report, key, value, stored(report, key).get("rev", 0))
    assert answer.status_code == 200
    assert answer.json()["error"].strip()
    entry = stored(report, key)
    assert entry["value"] is None
    assert entry["raw"]
    page = client.get(reverse("report_section", args=[report.pk, section_of(report, key)]))
    assert page.status_code == 200


def section_of(report: Report, key: str) -> str:
    from reporting.services.draft_view import spec_of

    return spec_of(report).field(key)[0].section


def test_text_that_looks_like_markup_is_shown_as_text(world):
    report, client = draft(world), signed_in(world)
    text = '<script>alert("x")</script> =1+1 😀'
    assert save(client, report, "comment", text, stored(report, "comment").get("rev", 0)).json()["error"] == ""
    for page in ("report_section", "report_summary", "report_detail"):
        args = [report.pk, "results"] if page == "report_section" else [report.pk]
        html = client.get(reverse(page, args=args)).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


def test_two_who_change_the_same_answer_both_see_the_values(world):
    report, client = draft(world), signed_in(world)
    rev = stored(report, "plan.case")["rev"]
    save(client, report, "plan.case", "PS 1/22", rev)
    answer = save(client, report, "plan.case", "PS 2/22", rev)
    body = answer.json()
    assert answer.status_code == 409
    assert (body["code"], body["rev"], body["theirs"]) == ("conflict", rev + 1, "PS 1/22")
    assert "PS 1/22" in body["html"]
    assert "PS 2/22" in body["html"]
    assert stored(report, "plan.case")["value"] == "PS 1/22"
    lost = DraftChange.objects.across_all(reason="test").get(report=report, lost=True)
    assert lost.value == "PS 2/22"
    assert save(client, report, "plan.case", "PS 2/22", body["rev"]).status_code == 200


def test_the_same_value_twice_is_no_conflict(world):
    report, client = draft(world), signed_in(world)
    rev = stored(report, "plan.case")["rev"]
    assert save(client, report, "plan.case", "PS 1/22", rev).status_code == 200
    assert save(client, report, "plan.case", "PS 1/22", rev).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        '{"key": 1}',
        '{"key": "nothing.here", "value": 1, "rev": 0}',
        '{"key": "x", "rev": "1"}',
        '{"key": "plan.case", "value": "PS 1/22"}',
        '{"key": "plan.case", "value": "PS 1/22", "rev": null}',
        '{"key": "plan.case", "value": "PS 1/22", "rev": true}',
        '{"key": "comment:long_delay", "value": "Why.", "rev": 0}',
        '{"key": "comment:long_delay", "value": "Why.", "rev": 0, "base": null}',
    ],
)
def test_a_save_that_cannot_be_read_is_refused_and_changes_nothing(world, body):
    report, client = draft(world), signed_in(world)
    version = report.draft_version
    answer = client.post(reverse("report_save", args=[report.pk]), body, content_type="application/json", headers=JSON)
    assert answer.status_code == 400
    report.refresh_from_db()
    assert report.draft_version == version


def test_who_is_logged_out_is_told_so_and_another_units_report_is_not_there(world):
    report = draft(world)
    assert save(Client(), report, "plan.case", "PS 1/22", None).status_code == 401
    assert save(signed_in(world, "editor-5430"), report, "plan.case", "PS 1/22", None).status_code == 404
    assert save(signed_in(world, "reader-3004"), report, "plan.case", "PS 1/22", None).status_code == 403
    assert stored(report, "plan.case")["value"] == "PS 82/21"


@pytest.mark.parametrize("state", ["submitted", "approved", "closed"])
def test_a_stale_tab_saves_nothing_and_gets_one_clear_answer(world, settings, state):
    report, client = draft(world), signed_in(world)
    if state == "closed":
        settings.PORTAL_CLOCK = at(dt.date(2022, 8, 1)).isoformat()
    else:
        submission_submit(report=report, actor=world.user("editor-3004"), now=NOW)
    if state == "approved":
        submission_approve(report=report, actor=world.user("statsforvalter-oslo-og-viken"), now=NOW)
    answer = save(client, report, "plan.case", "PS 1/22", None)
    body = answer.json()
    assert answer.status_code == 409
    assert body["heading"]
    assert body["links"]
    page = client.get(reverse("report_section", args=[report.pk, "plan"]))
    assert page.status_code == 409
    assert reverse("report_detail", args=[report.pk]) in page.content.decode()
    assert stored(report, "plan.case")["value"] == "PS 82/21"


def test_an_explanation_is_saved_like_an_answer(world):
    report, client = draft(world, progress_delay_months=30, progress_delay_reason="pandemic"), signed_in(world)
    html = client.get(reverse("report_summary", args=[report.pk])).content.decode()
    assert 'name="comment:long_delay"' in html
    answer = save(client, report, "comment:long_delay", "Koronaarbeid i to år.", 0)
    assert answer.status_code == 200
    report.refresh_from_db()
    assert report.draft["comments"]["long_delay"] == "Koronaarbeid i to år."
    assert answer.json()["version"] == report.draft_version


# --- a section without script ----------------------------------------------------------------------


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


def hidden(html: str, dom: str) -> bool:
    tag = html[html.index(f'id="sp-{dom}"') :].partition(">")[0]
    return tag.endswith(" hidden")


def test_what_is_known_is_filled_in_and_marked(world):
    last_round(world)
    report, client = fresh(world), signed_in(world)
    html = client.get(reverse("report_section", args=[report.pk, "organisation"])).content.decode()
    assert "checked" in html
    assert html.count("data-source") >= 3
    report.refresh_from_db()
    assert report.status == Report.Status.NOT_STARTED


# --- looking over and sending in ---------------------------------------------------------------------


def test_errors_stop_and_lead_to_their_fields(world):
    report, client = draft(world, plan_decided_on=None), signed_in(world)
    answer = client.post(reverse("report_submit", args=[report.pk]), {"draft_version": report.draft_version})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "data-focus-first" in html
    link = f"{reverse('report_section', args=[report.pk, 'plan'])}?kontroll=1#sp-q-plan-decided_on"
    assert link.replace("&", "&amp;") in html
    page = client.get(link).content.decode()
    assert 'href="#sp-q-plan-decided_on"' in page
    assert not Submission.objects.across_all(reason="test").filter(report=report).exists()


def test_a_warning_wants_an_explanation_and_then_lets_it_through(world):
    report, client = draft(world, progress_delay_months=30, progress_delay_reason="pandemic"), signed_in(world)
    address = reverse("report_submit", args=[report.pk])
    answer = client.post(address, {"draft_version": report.draft_version, "comment:long_delay": ""})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    report.refresh_from_db()
    sent = {"draft_version": report.draft_version, "comment:long_delay": "Koronaarbeid i to år."}
    answer = client.post(address, sent)
    assert answer["Location"] == reverse("report_receipt", args=[report.pk])
    html = client.get(answer["Location"]).content.decode()
    assert "Koronaarbeid i to år." in html


def test_sending_in_twice_gives_one_clear_page_and_one_submission(world):
    report, client = draft(world), signed_in(world)
    address, data = reverse("report_submit", args=[report.pk]), {"draft_version": report.draft_version}
    assert client.post(address, data).status_code == 302
    again = client.post(address, data)
    assert again.status_code == 409
    assert reverse("report_detail", args=[report.pk]) in again.content.decode()
    assert Submission.objects.across_all(reason="test").filter(report=report).count() == 1


def test_what_was_changed_in_another_tab_is_looked_over_first(world):
    report, client = draft(world), signed_in(world)
    seen = report.draft_version
    save(client, report, "plan.case", "PS 9/22", None)
    answer = client.post(reverse("report_submit", args=[report.pk]), {"draft_version": seen})
    assert answer.status_code == 409
    assert reverse("report_summary", args=[report.pk]) in answer.content.decode()
    assert not Submission.objects.across_all(reason="test").filter(report=report).exists()


@pytest.mark.parametrize("version", [None, "", "x", "-1", "9" * 5000, "²"])
def test_a_page_that_does_not_say_what_it_showed_sends_nothing_in(world, version):
    report, client = draft(world), signed_in(world)
    data = {} if version is None else {"draft_version": version}
    assert client.post(reverse("report_submit", args=[report.pk]), data).status_code == 409
    assert not Submission.objects.across_all(reason="test").filter(report=report).exists()


def test_nothing_new_is_looked_over_and_sent_in_by_one_button(world):
    last_round(world)
    report, client = fresh(world), signed_in(world)
    address = reverse("report_nothing_new", args=[report.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert "PS 82/21" in page.content.decode()
    report.refresh_from_db()
    assert report.status == Report.Status.NOT_STARTED
    assert client.post(address)["Location"] == reverse("report_receipt", args=[report.pk])
    submission = Submission.objects.across_all(reason="test").get(report=report)
    assert submission.nothing_new
    assert Answer.objects.across_all(reason="test").filter(submission=submission).count() > 30


def test_nothing_new_without_an_earlier_report_says_so(world):
    report, client = fresh(world), signed_in(world)
    for answer in (client.get(reverse("report_nothing_new", args=[report.pk])),
                   client.post(reverse("report_nothing_new", args=[report.pk]))):  # fmt: skip
        assert answer.status_code == 409
        assert reverse("report_form", args=[report.pk]) in answer.content.decode()


# --- receipt, history, return -------------------------------------------------------------------------


def sent_in(world: World, **values: Any) -> Report:
    report = draft(world, **values)
    submission_submit(report=report, actor=world.user("editor-3004"), now=NOW)
    return report


@pytest.mark.parametrize("status", ["queued", "done", "failed", "lost"])
def test_the_receipt_tells_how_far_its_pdf_has_come(world, status):
    report, client = sent_in(world), signed_in(world)
    Document.objects.across_all(reason="test").all().delete()
    file = {"done": write_file(b"%PDF", "pdf"), "lost": "aa/lost.pdf"}.get(status, "")
    row = Document.objects.get_queryset().create(
        kind="receipt", format="pdf", language="nb", input_key="x", submission=report.current,
        status="done" if file else status, requested_at=NOW, file=file, size=84_321,
    )  # fmt: skip
    html = client.get(reverse("report_receipt", args=[report.pk])).content.decode()
    assert ("hx-get" in html) == (status == "queued")
    assert (f'href="{reverse("document_download", args=[row.pk])}"' in html) == (status == "done")
    assert (reverse("document_retry", args=[row.pk]) in html) == (status in ("failed", "lost"))
    assert ("84" in html) or status != "done"


def test_the_receipt_says_what_happens_next_and_holds_the_answers(world):
    report, client = sent_in(world), signed_in(world)
    html = client.get(reverse("report_receipt", args=[report.pk])).content.decode()
    assert "2022-05-3004-1" in html
    assert "editor-3004@example.org" in html
    assert report.current.answers_hash[:4] in html
    assert "PS 82/21" in html


def test_a_report_that_is_not_sent_in_has_no_receipt(world):
    report, client = draft(world), signed_in(world)
    assert client.get(reverse("report_receipt", args=[report.pk])).status_code == 404


def test_a_returned_report_shows_the_comments_on_top_and_at_the_questions(world):
    report = sent_in(world)
    reviewer = world.user("statsforvalter-oslo-og-viken")
    kept = {"report": report, "submission": report.current, "author": reviewer, "written_at": NOW}
    rows = ReviewComment.objects.get_queryset()
    rows.create(**kept, question="plan.case", text="Saksnummeret finnes ikke.", author_name="Amina")
    rows.create(**kept, question="", text="INTERNT", internal=True, author_name="Amina")
    submission_return(report=report, actor=reviewer, now=NOW, note="Se på saksnummeret.")
    client = signed_in(world)
    for address in (
        reverse("report_detail", args=[report.pk]),
        reverse("report_section", args=[report.pk, "plan"]),
        reverse("report_summary", args=[report.pk]),
    ):
        html = client.get(address).content.decode()
        assert "Se på saksnummeret." in html, address
        assert html.count("Saksnummeret finnes ikke.") == 2, address
        assert "INTERNT" not in html, address
    home = client.get(reverse("municipality_home")).content.decode()
    assert "Se på saksnummeret." in home


def test_comments_that_are_not_shown_yet_stay_with_the_statsforvalter(world):
    report = sent_in(world)
    ReviewComment.objects.get_queryset().create(
        report=report, submission=report.current, question="plan.case", text="HEMMELIG",
        author=world.user("statsforvalter-oslo-og-viken"), author_name="Amina", written_at=NOW,
    )  # fmt: skip
    for user in ("editor-3004", "hdir"):
        assert "HEMMELIG" not in signed_in(world, user).get(reverse("report_detail", args=[report.pk])).content.decode()


def test_a_draft_is_for_its_own_municipality_only(world):
    report = draft(world, comment="Bare et utkast")
    address = reverse("report_detail", args=[report.pk])
    assert "Bare et utkast" in signed_in(world, "reader-3004").get(address).content.decode()
    for user in ("statsforvalter-oslo-og-viken", "hdir"):
        page = signed_in(world, user).get(address)
        assert page.status_code == 200
        assert "Bare et utkast" not in page.content.decode()


# --- the front page -------------------------------------------------------------------------------------


def home(world: World, username: str = "editor-3004") -> str:
    page = signed_in(world, username).get(reverse("municipality_home"))
    assert page.status_code == 200
    return page.content.decode()


def test_the_front_page_says_what_is_asked_until_when_and_what_to_do(world):
    last_round(world)
    report = fresh(world)
    html = home(world)
    assert "12" in html  # days left
    assert 'datetime="2022-05-01T23:59"' in html
    assert reverse("report_form", args=[report.pk]) in html
    assert reverse("report_nothing_new", args=[report.pk]) in html
    assert "statsforvalter-oslo-og-viken@example.org" in html
    main = html[html.index("<main") : html.index("</main>")]
    assert main.count('data-variant="primary"') == 1


def test_the_front_page_without_a_round_says_so(world, settings):
    open_round()
    settings.PORTAL_CLOCK = at(dt.date(2022, 8, 1)).isoformat()
    html = home(world)
    assert "deadline__days" not in html
    assert 'class="empty"' in html


def figures_of_the_last_round(world):
    figures_open(round_=open_round(AUTUMN), actor=world.user("hdir"), now=NOW)


def test_the_front_page_sets_own_figures_beside_region_and_country(world, monkeypatch):
    monkeypatch.setattr("reporting.services.comparison.SMALL", 2)
    last_round(world)
    last_round(world, "3025", plan_status="none", plan_decided_on=None, plan_case=None, progress_phase="2")
    figures_of_the_last_round(world)
    open_round()
    html = home(world)
    assert 'width="100.0"' in html  # 25 of 25 solutions
    assert html.count("bars__row") == 5


def test_the_front_page_says_nothing_of_a_region_where_few_have_delivered(world):
    last_round(world)
    last_round(world, "3025", plan_status="none", plan_decided_on=None, plan_case=None, progress_phase="2")
    figures_of_the_last_round(world)
    open_round()
    assert home(world).count("bars__row") == 3  # own, and the country's two


def test_the_front_page_shows_nothing_of_others_before_the_figures_are_opened(world):
    report = last_round(world)
    open_round()
    html = home(world)
    assert "bars__row" not in html and reverse("report_results", args=[report.pk]) not in html
    assert 'id="not-open"' in html and "16.\xa0desember 2021" in html


def test_a_district_is_set_beside_the_other_districts_only(world, monkeypatch):
    monkeypatch.setattr("reporting.services.comparison.SMALL", 1)
    last_round(world, "3004")
    last_round(world, "030101")
    figures_of_the_last_round(world)
    open_round()
    html = home(world, "editor-030101")
    assert html.count("bars__row") == 3  # own and the districts' mean; the districts with a plan; no country


def test_a_reader_is_not_asked_to_fill_in(world):
    report = fresh(world)
    html = home(world, "reader-3004")
    assert reverse("report_form", args=[report.pk]) not in html
    assert reverse("report_detail", args=[report.pk]) in html


def test_one_who_has_two_units_chooses_between_them(world):
    open_round()
    Membership.objects.create(
        user=world.user("editor-3004"), role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("3025"),
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    client = signed_in(world)
    page = client.post(reverse("acting_choose"), {"enhet": world.unit("3025").pk}, follow=True)
    html = page.content.decode()
    assert reverse("report_form", args=[fresh(world, "3025").pk]) in html
    assert reverse("report_form", args=[fresh(world).pk]) not in html


def test_one_whose_municipality_is_gone_is_told_so(world):
    """Torsken became a part of Senja in 2020; a role that was never moved leads nowhere, and not round in a ring."""
    Membership.objects.create(
        user=world.user("nobody"), role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("1928"),
        valid_from=dt.date(2019, 1, 1),
    )  # fmt: skip
    page = signed_in(world, "nobody").get(reverse("municipality_home"))
    assert page.status_code == 404
    assert reverse("help") in page.content.decode()


# --- speed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "section", "limit"),
    [
        ("municipality_home", "", 24),
        ("report_section", "plan", 14),
        ("report_summary", "", 14),
        ("report_detail", "", 14),
    ],
)
def test_pages_ask_a_bounded_number_of_questions_of_the_database(
    world, django_assert_max_num_queries, name, section, limit
):
    last_round(world)
    report = draft(world)
    args = [] if name == "municipality_home" else [report.pk, section] if section else [report.pk]
    client = signed_in(world)
    client.get(reverse(name, args=args))
    with django_assert_max_num_queries(limit):
        assert client.get(reverse(name, args=args)).status_code == 200


def test_saving_a_field_asks_few_questions_of_the_database(world, django_assert_max_num_queries):
    last_round(world)
    report, client = draft(world), signed_in(world)
    save(client, report, "plan.case", "PS 3/22", None)  # the form is parsed once
    rev = stored(report, "plan.case")["rev"]
    with django_assert_max_num_queries(11):  # of which three tell who asks, and two begin and commit
        assert save(client, report, "plan.case", "PS 4/22", rev).status_code == 200


def test_the_front_page_asks_the_same_number_however_many_units_there_are(world, django_assert_num_queries):
    last_round(world)
    open_round()
    client = signed_in(world)

    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(reverse("municipality_home"))
        return len(seen)

    queries()
    few = queries()
    for number in ("3025", "0301"):
        last_round(world, number)
    assert queries() == few


@pytest.mark.parametrize("lang", ["nb", "nn"])
def test_the_list_of_checks_tells_everybody_what_each_compares_and_where_it_is_from(db, lang):
    client = Client()
    client.cookies["portal_language"] = lang
    page = client.get(reverse("checks_list"))
    rows = page.content.decode().split("<tr")[2:]
    assert page.status_code == 200
    assert len(rows) == len(RULES)
    with override(lang):
        for rule, row in zip(RULES, rows, strict=True):
            for text in (rule.title, rule.why, rule.compares, rule.source, rule.says):
                assert escape(gettext(text)) in row, rule.code


def test_nothing_new_is_not_offered_where_somebody_has_changed_an_answer(world):
    last_round(world)
    report, client = fresh(world), signed_in(world)
    client.get(reverse("report_section", args=[report.pk, "plan"]))
    assert save(client, report, "plan.case", "PS 9/22", None).status_code == 200
    for answer in (client.get(reverse("report_nothing_new", args=[report.pk])),
                   client.post(reverse("report_nothing_new", args=[report.pk]))):  # fmt: skip
        assert answer.status_code == 409
        assert reverse("report_form", args=[report.pk]) in answer.content.decode()
        assert "Skjemaet er allerede endret. Se over svarene" in answer.content.decode()
    html = home(world)
    assert reverse("report_nothing_new", args=[report.pk]) not in html
    assert "Svar er endret siden sist" in html


def test_the_front_page_asks_for_nothing_when_the_report_is_sent_in(world):
    report = draft(world)
    assert "Skjemaet har 23 spørsmål" in home(world)
    submission_submit(report=report, actor=world.user("editor-3004"), now=at(dt.date(2022, 4, 20)))
    html = home(world)
    assert "Skjemaet har" not in html
    assert "Rapporten er sendt inn. Dere får e-post om noe må rettes." in html

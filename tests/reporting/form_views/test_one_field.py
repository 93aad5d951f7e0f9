"""The form saves field by field: what is kept, what is refused in words, and two who write the same answer."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from reporting.models import DraftChange, Report
from reporting.services.submissions import submission_approve, submission_submit
from tests.reporting.factories import at

from .steps import JSON, NOW, draft, save, signed_in, stored


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

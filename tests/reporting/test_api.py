"""The API: the same services and scope as the pages, over session and token, with its schema."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from municipalities.models import PlanDecision
from reform.models import Solution
from reporting.models import Report
from tests.reporting.factories import SPRING, ReportFactory, answers, open_round
from tests.world import World

pytestmark = pytest.mark.django_db


def every_answer(**changes):
    """Answers that raise no finding, with every solution of the world."""
    open_round(SPRING)
    return answers(**{"solutions": {row.code: "in_place" for row in Solution.objects.all()}, **changes})


CLOCK = "2022-04-20T10:00+02:00"


@pytest.fixture(autouse=True)
def in_the_round(settings):
    settings.PORTAL_CLOCK = CLOCK


def caller(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.user(username))
    return client


def sent_in(world: World, number: str, **changes) -> Report:
    return ReportFactory.submitted(
        round_=open_round(SPRING), municipality=world.unit(number), actor=world.user(f"editor-{number}"),
        values=every_answer(**changes), day=dt.date(2022, 4, 18),
    )  # fmt: skip


def step(client: Client, name: str, report: Report, **body):
    """Ask for one step of the report's way."""
    return client.post(reverse(f"api_report_{name}", args=[report.pk]), body, content_type="application/json")


def test_a_token_opens_what_its_user_sees(world: World):
    token = Token.objects.create(user=world.user("statsforvalter-oslo-og-viken"))
    mine, other = sent_in(world, "3004"), sent_in(world, "5430")
    client = Client(headers={"Authorization": f"Token {token.key}"})
    assert client.get(reverse("api_report", args=[mine.pk])).status_code == 200
    assert client.get(reverse("api_report", args=[other.pk])).status_code == 404
    listed = client.get(reverse("api_round_reports", args=[SPRING])).json()["results"]
    assert {row["number"] for row in listed} == {"3004", "3025", "0301", "030101"}


def test_a_wrong_token_is_refused(world: World):
    client = Client(headers={"Authorization": "Token " + "0" * 40})
    assert client.get(reverse("api_rounds")).status_code == 401


def test_municipalities_of_a_day_keep_their_number_as_text(world: World):
    client = caller(world, "hdir")
    rows = client.get(reverse("api_municipalities"), {"as_of": "2019-06-01"}).json()["results"]
    fredrikstad = next(row for row in rows if row["name"] == "Fredrikstad")
    assert fredrikstad["number"] == "0106"
    later = client.get(reverse("api_municipalities"), {"as_of": "2024-06-01"}).json()["results"]
    assert next(row for row in later if row["id"] == fredrikstad["id"])["number"] == "3107"


def test_districts_come_when_they_are_asked_for(world: World):
    client = caller(world, "hdir")
    assert "030101" not in str(client.get(reverse("api_municipalities")).json())
    assert "030101" in str(client.get(reverse("api_municipalities"), {"districts": "1"}).json())


@pytest.mark.parametrize("text", ["2022-13-01", "i dag", "2022"])
def test_a_day_that_is_none_gets_one_clear_sentence(world: World, text: str):
    answer = caller(world, "hdir").get(reverse("api_municipalities"), {"as_of": text})
    assert answer.status_code == 400
    assert "2022-05-01" in answer.json()["as_of"][0]


def test_an_address_with_an_impossible_day_is_no_address(world: World):
    assert caller(world, "hdir").get("/api/v1/rounds/2022-13-01/reports/").status_code == 404


def test_the_whole_way_of_a_report(world: World):
    round_ = open_round(SPRING)
    report = ReportFactory.draft(
        round_=round_, municipality=world.unit("3004"), actor=world.user("editor-3004"), values=every_answer()
    )
    editor, office = caller(world, "editor-3004"), caller(world, "statsforvalter-oslo-og-viken")
    draft = editor.get(reverse("api_report_draft", args=[report.pk])).json()
    saved = editor.post(
        reverse("api_report_draft", args=[report.pk]),
        {"key": "comment", "value": "Alt i rute.", "rev": draft["rev"].get("comment", 0)},
        content_type="application/json",
    )
    assert saved.status_code == 200, saved.content
    version = editor.get(reverse("api_report_draft", args=[report.pk])).json()["version"]
    sent = step(editor, "submit", report, version=version)
    assert sent.status_code == 200, sent.content
    assert sent.json()["submissions"][0]["answers"]["comment"] == "Alt i rute."
    assert step(editor, "submit", report, version=version).status_code == 409
    returned = step(office, "return", report, submission=1, note="Skriv når saken behandles.")
    assert returned.json()["status"] == "returned"
    assert step(editor, "submit", report, version=version).json()["status"] == "submitted"
    approved = step(office, "approve", report, submission=2)
    assert approved.json()["status"] == "approved"
    assert PlanDecision.objects.across_all(reason="test").filter(municipality=world.unit("3004")).exists()


def test_a_return_without_a_comment_is_refused_and_changes_nothing(world: World):
    report = sent_in(world, "3004")
    office = caller(world, "statsforvalter-oslo-og-viken")
    answer = step(office, "return", report, submission=1, note=" ")
    assert answer.status_code == 400
    report.refresh_from_db()
    assert report.status == "submitted"


def test_a_stale_save_gets_both_values(world: World):
    report = ReportFactory.draft(
        round_=open_round(SPRING),
        municipality=world.unit("3004"),
        actor=world.user("editor-3004"),
        values=every_answer(),
    )
    client = caller(world, "editor-3004")
    address = reverse("api_report_draft", args=[report.pk])
    rev = client.get(address).json()["rev"].get("comment", 0)
    first = {"key": "comment", "value": "Den første.", "rev": rev}
    assert client.post(address, first, content_type="application/json").status_code == 200
    answer = client.post(address, {**first, "value": "Den andre."}, content_type="application/json")
    assert answer.status_code == 409
    assert (answer.json()["mine"], answer.json()["theirs"]) == ("Den andre.", "Den første.")


@pytest.mark.parametrize("rev", [None, "", -1, "x", "missing"])
def test_a_save_that_does_not_say_what_it_saw_is_refused(world: World, rev):
    report = ReportFactory.draft(
        round_=open_round(SPRING), municipality=world.unit("3004"), actor=world.user("editor-3004"),
        values=every_answer(),
    )  # fmt: skip
    body = {"key": "comment", "value": "Ny tekst."} | ({} if rev == "missing" else {"rev": rev})
    address = reverse("api_report_draft", args=[report.pk])
    answer = caller(world, "editor-3004").post(address, body, content_type="application/json")
    assert answer.status_code == 400
    report.refresh_from_db()
    assert report.draft["fields"]["comment"]["value"] == "Ordføreren følger arbeidet."


def test_nothing_is_sent_in_or_decided_unseen(world: World):
    report = sent_in(world, "3004")
    editor, office = caller(world, "editor-3004"), caller(world, "statsforvalter-oslo-og-viken")
    for name in ("return", "approve"):
        assert step(office, name, report, note="Skriv datoen.").status_code == 400
    assert step(office, "return", report, submission=1, note="Skriv datoen.").status_code == 200
    report.refresh_from_db()
    assert step(editor, "submit", report).status_code == 400
    assert step(editor, "submit", report, version=report.draft_version - 1).status_code == 409
    assert step(editor, "submit", report, version=report.draft_version).status_code == 200
    for name in ("return", "approve"):
        assert step(office, name, report, submission=1, note="Skriv datoen.").status_code == 409
    report.refresh_from_db()
    assert report.status == "submitted"


def test_a_draft_with_errors_is_not_sent_in_and_says_why(world: World):
    report = ReportFactory.draft(
        round_=open_round(SPRING), municipality=world.unit("3004"), actor=world.user("editor-3004"),
        values={"plan.status": "own"},
    )  # fmt: skip
    report.refresh_from_db()
    answer = step(caller(world, "editor-3004"), "submit", report, version=report.draft_version)
    assert answer.status_code == 422
    assert any(finding["level"] == "error" and finding["message"] for finding in answer.json()["findings"])


@pytest.mark.parametrize("name", ["api_round_reports", "api_municipalities", "api_networks", "api_support"])
def test_the_number_of_queries_does_not_grow_with_the_rows(world: World, django_assert_max_num_queries, name: str):
    open_round(SPRING)
    client = caller(world, "hdir")
    address = reverse(name, args=[SPRING] if name == "api_round_reports" else [])
    with django_assert_max_num_queries(10):  # a network has two lists of its own: offices and themes
        few = client.get(address, {"limit": 1}).json()["results"]
    with django_assert_max_num_queries(10):
        many = client.get(address, {"limit": 100}).json()["results"]
    assert len(few) <= 1 <= max(1, len(many))


def test_the_schema_is_openapi_3_1_and_names_every_address(client: Client):
    answer = client.get(reverse("api_schema"), headers={"Accept": "application/json"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "3.1.0" in text
    for path in ("municipalities", "offices", "solutions", "plan-decisions", "networks", "participations", "support"):
        assert f"/api/v1/{path}/" in text
    for step in ("", "draft/", "submit/", "return/", "approve/"):
        assert f"/api/v1/reports/{{id}}/{step}" in text

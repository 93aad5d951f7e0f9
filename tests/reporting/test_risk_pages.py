"""The pages of risk patterns and of differences: what they show, to whom, and what they refuse."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import MunicipalityVersion, PlanDecision
from reporting.models import RiskAssessment
from tests.reporting import factories
from tests.reporting.factories import ReportFactory, answers
from tests.reporting.review_world import *  # noqa: F403
from tests.reporting.review_world import login

RISKY = {"org.sectors": ["health"], "org.involved": ["hospital"], "org.analysis": "no"}


def sent(home, name, values=None):
    place = factories.unit(name, of=home)
    MunicipalityVersion.objects.filter(municipality=place).update(sort_key=name.casefold())
    return ReportFactory.submitted(
        round_=factories.open_round(), municipality=place, values={**answers(), **(values or {})}
    )


def number(report):
    return report.municipality.versions.get().number


def judge(client, report, pattern="health_only", **data):
    fields = {"verdict": "confirmed", "submission": report.current_id, **data}
    posted = {"pattern": pattern, **{f"{pattern}-{name}": value for name, value in fields.items()}}
    return client.post(reverse("risk_unit", args=[number(report)]), posted)


def test_the_list_shows_each_pattern_of_each_unit_and_its_filters_live_in_the_address(client, home):
    risky, good = sent(home, "Lyngdal", RISKY), sent(home, "Risør")
    page = client.get(reverse("risk_list"))
    assert page.status_code == 200
    assert [unit.number for unit, _office in page.context["rows"]] == [number(risky), number(good)]
    found = client.get(reverse("risk_list"), {"monster": "analysis", "tilstand": "sett"})
    assert [unit.number for unit, _office in found.context["rows"]] == [number(risky)]
    assert "oppdragsbrev" in page.content.decode()
    nothing = client.get(reverse("risk_list"), {"q": "finnes ikke"})
    assert not nothing.context["rows"]


def test_the_list_is_downloaded_with_the_same_rows(client, home):
    risky = sent(home, "Lyngdal", RISKY)
    sent(home, "Risør")
    judge(client, risky, reason="=1+1", follow_up="Møte i juni")
    answer = client.get(reverse("risk_list"), {"tilstand": "kjenner", "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == number(risky)]
    assert len(rows) == 5
    assert "=1+1" in rows[0] and "Møte i juni" in rows[0]
    csv = client.get(reverse("risk_list"), {"format": "csv"}).content.decode("utf-8-sig")
    assert "'=1+1" in csv and len(csv.strip().splitlines()) == 1 + 10


def test_a_judgement_is_made_on_the_page_and_stands_there(client, home, staff):
    report = sent(home, "Lyngdal", RISKY)
    assert judge(client, report, verdict="partly", follow_up="Møte i juni").status_code == 302
    page = client.get(reverse("risk_unit", args=[number(report)])).content.decode()
    assert "Møte i juni" in page and str(staff) in page
    judge(client, report, verdict="dismissed", reason="Kultur er med.")
    page = client.get(reverse("risk_unit", args=[number(report)])).content.decode()
    assert "Møte i juni" in page  # the earlier one, under the newest
    assert RiskAssessment.objects.get_queryset().count() == 2


def test_a_dismissal_without_a_reason_keeps_what_was_typed(client, home):
    report = sent(home, "Lyngdal", RISKY)
    answer = judge(client, report, verdict="dismissed", follow_up="<script>alert(1)</script>")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in html and "id_health_only-reason_error" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html and "<script>alert" not in html
    assert not RiskAssessment.objects.get_queryset().exists()
    assert judge(client, report, pattern="unknown").status_code == 404
    assert judge(client, report, submission="").status_code == 422


def test_hdir_reads_and_does_not_judge(home, staff):
    report = sent(home, "Lyngdal", RISKY)
    hdir = login(factories.user("hdir"))
    page = hdir.get(reverse("risk_unit", args=[number(report)]))
    assert page.status_code == 200 and b'<form method="post" class="stack"' not in page.content
    assert judge(hdir, report).status_code == 403
    assert not RiskAssessment.objects.get_queryset().exists()


@pytest.mark.parametrize("role", ["ks", "usht", "evaluator", "hod", "municipality_editor"])
def test_nobody_else_finds_a_word_of_it(home, client, role):
    report = sent(home, "Lyngdal", RISKY)
    judge(client, report, follow_up="Hemmelig oppfølging")
    where = {"of": home} if role in ("ks", "usht") else {}
    if role == "municipality_editor":
        where = {"municipality": report.municipality}
    other = login(factories.user(role, **where))
    assert other.get(reverse("risk_list")).status_code == 403
    assert other.get(reverse("risk_unit", args=[number(report)])).status_code == 403
    unit = other.get(reverse("municipality_detail", args=[number(report)]))
    assert "Hemmelig" not in unit.content.decode() and "risiko" not in unit.content.decode()
    for url in ("/api/v1/municipalities/", "/api/v1/plan-decisions/", "/api/v1/schema/"):
        assert "Hemmelig" not in other.get(url).content.decode()


def test_pages_ask_no_more_when_the_region_grows(client, home):
    sent(home, "Lyngdal", RISKY)
    pages = (reverse("risk_list"), reverse("register_differences") + "?vis=alle")
    few = [ask(client, url) for url in pages]
    for index in range(4):
        report = sent(home, f"Kommune {index}", RISKY)
        judge(client, report)
    assert [ask(client, url) for url in pages] == few
    assert max(few) <= 20


def ask(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_the_page_of_a_unit_asks_no_more_with_a_long_history(client, home):
    report = sent(home, "Lyngdal", RISKY)
    url = reverse("risk_unit", args=[number(report)])
    few = ask(client, url)
    for _time in range(5):
        judge(client, report)
    assert ask(client, url) == few <= 20


# --- differences ----------------------------------------------------------------------------------


def test_differences_are_listed_with_their_reason_and_downloaded(client, home, staff):
    place = factories.unit("Lyngdal", of=home)
    report = ReportFactory.approved(round_=factories.open_round(), municipality=place, by=staff)
    waiting = sent(home, "Risør")
    url = reverse("register_differences")
    assert client.get(url).context["hits"] == 0
    PlanDecision.objects.get_queryset().filter(municipality=place).update(
        status="none", origin="register:1", registered_by_name="Ola Nordmann"
    )
    page = client.get(url)
    assert [entry.unit for entry, _why in page.context["rows"]] == [place.pk]
    assert "Ola Nordmann" in page.content.decode()
    assert reverse("report_review", args=[report.pk]) in page.content.decode()
    waits = client.get(url, {"vis": "venter", "gjelder": "plan.status"})
    assert [entry.unit for entry, _why in waits.context["rows"]] == [waiting.municipality_id]
    every = client.get(url, {"vis": "alle", "runde": "2022-05-01", "format": "csv"}).content.decode("utf-8-sig")
    assert number(report) in every and number(waiting) in every
    assert client.get(url, {"runde": "1999-01-01"}).status_code == 200


def test_without_a_round_the_page_says_so(client, home):
    assert b"empty" in client.get(reverse("register_differences")).content

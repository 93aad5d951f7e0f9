"""The whole job in a browser: a municipality logs in, fills in and sends in; the statsforvalter returns and approves;
Helsedirektoratet builds the summary with a real worker, downloads the files and sends it; the ministry reads it."""

from __future__ import annotations

import io
import json
import subprocess

import openpyxl
import pytest
from docx import Document as Word
from playwright.sync_api import Page, expect

from reform.models import Solution
from reporting.models import Document, NationalSummary, Report, Submission
from tests.browser import axe_violations
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers, open_round
from tests.world import PASSWORD, World, build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(settings, transactional_db, tmp_path) -> World:
    """Every unit but Fredrikstad has sent in; Fredrikstad has last round's report, and a draft without its plan."""
    settings.PORTAL_CLOCK = "2022-04-28T09:00:00+02:00"
    settings.DOCUMENT_ROOT = tmp_path
    world = build_world()
    values = whole()
    autumn, spring = open_round(AUTUMN), open_round(SPRING)
    editor, by = world.user("editor-3004"), world.user("statsforvalter-oslo-og-viken")
    ReportFactory.approved(round_=autumn, municipality=world.unit("3004"), actor=editor, by=by, values=values)
    for number in ("3025", "5430"):
        actor = world.user(f"editor-{number}")
        ReportFactory.submitted(round_=spring, municipality=world.unit(number), actor=actor, values=values)
    return world


def whole(**changes) -> dict:
    return answers(**{"solutions": {row.code: "in_place" for row in Solution.objects.all()}, **changes})


def log_in(page: Page, username: str) -> None:
    page.goto("/")
    page.get_by_label("Brukernavn eller e-post").fill(username)
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("button", name="Logg inn", exact=True).click()
    page.wait_for_url(lambda url: "/konto/" not in url)


def no_faults(page: Page) -> None:
    assert axe_violations(page) == []


def test_from_the_municipality_to_the_ministry(place, open_page, celery_worker):
    report = municipality_sends_in(open_page)
    statsforvalter_returns(open_page, report)
    municipality_sends_in_again(open_page, report)
    statsforvalter_approves(open_page, report)
    summary = hdir_builds_and_sends(open_page)
    ministry_reads(open_page, summary)


def municipality_sends_in(open_page) -> Report:
    page = open_page()
    log_in(page, "editor-3004")
    expect(page.get_by_text("3 dager igjen").first).to_be_visible()
    no_faults(page)
    report = Report.objects.across_all(reason="test").get(
        round__reference_date=SPRING, municipality__versions__number="3004"
    )
    page.goto(f"/rapport/{report.pk}/skjema/plan/")
    page.fill("#q-plan-case", "PS 99/22")
    page.keyboard.press("Tab")
    page.wait_for_selector('[data-status][data-state="saved"]')
    page.reload()
    assert page.input_value("#q-plan-case") == "PS 99/22"
    page.goto(f"/rapport/{report.pk}/skjema/support/")
    page.get_by_label("Nei, vi har ikke fått støtte").or_(page.locator("input[value=none]")).first.check()
    page.wait_for_selector('[data-status][data-state="saved"]')
    page.goto(f"/rapport/{report.pk}/se-over/")
    no_faults(page)
    page.get_by_role("button", name="Send inn rapporten").click()
    expect(page.get_by_role("heading", name="Rapporten er sendt inn")).to_be_visible()
    no_faults(page)
    report.refresh_from_db()
    assert report.status == "submitted"
    return report


def statsforvalter_returns(open_page, report: Report) -> None:
    page = open_page()
    log_in(page, "statsforvalter-oslo-og-viken")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Arbeidsliste")
    no_faults(page)
    page.get_by_role("link", name="Fredrikstad").first.click()
    page.wait_for_url(f"**/rapport/{report.pk}/gjennomgang/**")
    expect(page.get_by_text("PS 99/22").first).to_be_visible()
    no_faults(page)
    page.locator("#melding").fill("Skriv hvilket utvalg som behandlet saken.")
    page.get_by_role("button", name="Returner").click()
    page.wait_for_load_state()
    report.refresh_from_db()
    assert report.status == "returned"


def municipality_sends_in_again(open_page, report: Report) -> None:
    page = open_page(width=390)
    log_in(page, "editor-3004")
    page.goto(f"/rapport/{report.pk}/se-over/")
    expect(page.get_by_text("Skriv hvilket utvalg som behandlet saken.").first).to_be_visible()
    no_faults(page)
    page.get_by_role("button", name="Send inn rapporten").click()
    expect(page.get_by_role("heading", name="Rapporten er sendt inn")).to_be_visible()
    assert Submission.objects.across_all(reason="test").filter(report=report).count() == 2


def statsforvalter_approves(open_page, report: Report) -> None:
    page = open_page()
    log_in(page, "statsforvalter-oslo-og-viken")
    page.goto(f"/rapport/{report.pk}/gjennomgang/")
    page.get_by_role("button", name="Godkjenn rapporten").click()
    page.wait_for_load_state()
    report.refresh_from_db()
    assert report.status == "approved"


def hdir_builds_and_sends(open_page) -> NationalSummary:
    page = open_page()
    log_in(page, "hdir")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nasjonal status")
    no_faults(page)
    page.get_by_role("button", name="oppsummering").first.click()
    summary = NationalSummary.objects.across_all(reason="test").get()
    done = Document.objects.across_all(reason="test").filter(
        summary=summary, kind="summary", language="nb", status="done"
    )
    for _ in range(240):
        if done.count() == 4:
            break
        page.wait_for_timeout(500)
    assert done.count() == 4
    page.goto(f"/oppsummering/{summary.pk}/")
    no_faults(page)
    files = {document.format: download(page, f"/dokument/{document.pk}/") for document in done}
    check_files(files)
    go_home(page, summary)
    page.goto(f"/oppsummering/{summary.pk}/")
    page.locator("form[action$='/godkjent/'] button").click()
    page.locator("form[action$='/sendt/']").wait_for()
    waiting = Document.objects.across_all(reason="test").filter(summary=summary).exclude(status="done")
    for _ in range(240):  # the volumes are drawn too: it is not sent without them
        if not waiting.exists():
            break
        page.wait_for_timeout(500)
    page.reload()
    for field in page.locator("form[action$='/sendt/'] input:visible").all():
        field.fill("28.04.2022" if "on" in (field.get_attribute("name") or "") else "22/1234")
    page.get_by_role("button", name="Merk som sendt").click()
    page.wait_for_load_state()
    summary.refresh_from_db()
    assert summary.status == "sent", page.inner_text("main")
    return summary


def download(page: Page, address: str) -> bytes:
    answer = page.request.get(address)
    assert answer.status == 200
    assert "attachment" in answer.headers["content-disposition"]
    return answer.body()


def check_files(files: dict[str, bytes]) -> None:
    """Every file opens with a reader and names Fredrikstad's delivery."""
    content = json.loads(files["json"])
    assert content
    text = subprocess.run(["pdftotext", "-", "-"], input=files["pdf"], capture_output=True, check=True).stdout.decode()
    assert "Oslo og Viken" in text
    assert any(paragraph.style.name.startswith("Heading") for paragraph in Word(io.BytesIO(files["docx"])).paragraphs)
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"3004", "PS 99/22"} <= cells


def go_home(page: Page, summary: NationalSummary) -> None:
    """From a figure to the municipalities behind it, and to the very answer."""
    page.locator(f'a[href*="/oppsummering/{summary.pk}/tall/"]').first.click()
    page.wait_for_url("**/tall/**")
    no_faults(page)
    page.goto(f"/oppsummering/{summary.pk}/")
    figures = page.locator(f'a[href*="/oppsummering/{summary.pk}/tall/"]')
    addresses = {link.get_attribute("href") for link in figures.all()}
    assert len(addresses) > 50
    for address in sorted(addresses)[:12]:
        answer = page.request.get(address)
        assert answer.status == 200, address


def ministry_reads(open_page, summary: NationalSummary) -> None:
    page = open_page()
    log_in(page, "hod")
    page.goto(f"/oppsummering/{summary.pk}/")
    no_faults(page)
    document = Document.objects.across_all(reason="test").get(
        summary=summary, kind="summary", language="nb", format="pdf"
    )
    assert download(page, f"/dokument/{document.pk}/").startswith(b"%PDF")
    assert page.goto("/nasjonal-status/").status == 403
    assert page.goto("/arbeidsliste/").status == 403

"""Answering in Excel, and the keys of machines, in a browser: axe, keyboard, a phone, both languages."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from reporting.services.drafts import draft_open, draft_save, draft_save_many
from reporting.services.machines import as_typed
from tests.browser import axe_violations
from tests.reporting.every_kind import SPEC, every_kind_report, values
from tests.reporting.factories import at, items
from tests.reporting.form_workbook.steps import cell_of, packed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = at(dt.date(2022, 4, 20), 10)


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = "2022-04-20T11:00+02:00"


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def reader(world, language):
    user = world.user("editor-3004")
    user.language = language
    user.save()
    return user


@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb")])
def test_the_form_goes_out_to_excel_and_in_again(world, open_page, width, language):
    user, report = reader(world, language), every_kind_report(world)
    draft_open(report=report, actor=user, now=NOW)
    given = [(key, as_typed(SPEC.field(key)[0], value), rev) for key, value, rev in items(values(world))]
    draft_save_many(report=report, items=given, actor=user, now=NOW)
    page = open_page(width=width, user=user)
    page.goto(f"/rapport/{report.pk}/excel/last-opp/")
    assert not axe_violations(page) and fits(page)
    with page.expect_download() as download:
        page.click(f"a[href='/rapport/{report.pk}/excel/']")
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    page.click("main button[type=submit]")
    page.wait_for_selector(".ds-error-summary")
    assert not axe_violations(page)
    draft_save(report=report, key="k.decimal", raw="8", base_rev=None, actor=user, now=NOW)
    for name, value in (("whole_number", 12), ("decimal", 9), ("date", "i fjor"), ("yes_no", None)):
        cell_of(book, name).value = value
    page.set_input_files(
        "input[type=file]",
        {"name": "rapport.xlsx", "mimeType": "application/octet-stream", "buffer": packed(book)},
    )
    page.click("main button[type=submit]")
    page.wait_for_selector("input[name=accept]", state="attached")
    assert not axe_violations(page) and fits(page)
    page.check("input[name='choice:k.decimal'][value=mine]")
    page.locator("main form button[type=submit]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-draft-version]", state="attached")
    report.refresh_from_db()
    kept = report.draft["fields"]
    assert [kept[key]["value"] for key in ("k.whole_number", "k.decimal", "k.date", "k.yes_no")] == [
        12, "9", "2021-06-17", None,
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb")])
def test_a_key_is_made_and_revoked(world, open_page, width, language):
    page = open_page(width=width, user=reader(world, language))
    page.goto("/kommune/maskin/")
    assert not axe_violations(page) and fits(page)
    page.fill("input[name=name]", "Fagsystemet")
    page.locator("input[name=name]").press("Enter")
    page.wait_for_selector("#nokkel")
    assert len(page.input_value("#nokkel")) == 43
    assert not axe_violations(page) and fits(page)
    page.locator(".contact button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".contact button", state="detached")
    assert not axe_violations(page)

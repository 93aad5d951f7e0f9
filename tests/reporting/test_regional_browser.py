"""A region with a late, a returned, an extended and an on-behalf report is delivered and accepted, in a browser."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import OfficeName, Role
from reporting.models import RegionalReport, Report
from reporting.services.drafts import draft_open, draft_save_many
from reporting.services.extensions import extension_give
from reporting.services.on_behalf import report_take_over
from reporting.services.submissions import submission_approve, submission_submit
from tests.browser import axe_violations
from tests.reporting.factories import SPRING, ReportFactory, answers, at, editor, items, reviewer, unit, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = SPRING + dt.timedelta(days=15)
TEXT = "Kommunene er i gang, og nettverkene virker."


@pytest.fixture
def region(settings):
    """The four, as the round has left them; one is still with the municipality."""
    settings.PORTAL_CLOCK = f"{DAY}T10:00+02:00"
    late = ReportFactory.submitted(day=SPRING + dt.timedelta(days=2), municipality=unit("Sein"))
    staff = reviewer(late.office)
    round_ = late.round
    submission_approve(report=late, actor=staff, now=at(DAY))
    returned = ReportFactory.returned(round_=round_, municipality=unit("Retur"), by=staff)
    extended = ReportFactory.draft(round_=round_, municipality=unit("Utsett"))
    extension_give(
        report=extended, until=SPRING + dt.timedelta(days=8), reason="Ny leiar.", actor=staff, now=at(SPRING)
    )  # fmt: skip
    extended.refresh_from_db()
    submission_submit(report=extended, actor=editor(extended.municipality), now=at(SPRING + dt.timedelta(days=7)))
    submission_approve(report=extended, actor=staff, now=at(DAY))
    behalf = ReportFactory.not_started(round_=round_, municipality=unit("Vegne"))
    report_take_over(report=behalf, reason="Kommunen ringde inn svara.", actor=staff, now=at(SPRING))
    behalf.refresh_from_db()
    draft_open(report=behalf, actor=staff, now=at(SPRING))
    draft_save_many(report=behalf, items=items(answers()), actor=staff, now=at(SPRING))
    submission_submit(report=behalf, actor=staff, now=at(SPRING))
    submission_approve(report=behalf, actor=staff, now=at(DAY))
    OfficeName.objects.create(
        office=late.office, name_nb="Statsforvalteren i Innlandet", name_nn="Statsforvaltaren i Innlandet",
        short_name="Innlandet", valid_from=dt.date(2018, 1, 1),
    )  # fmt: skip
    return staff, returned, f"/region/{late.office.key}/rapport/{SPRING}/"


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def fill(page):
    for name in page.evaluate(
        "[...new Set([...document.querySelectorAll('.q input[type=radio]')].map((e) => e.name))]"
    ):
        page.locator(f".q input[name='{name}']").first.check()
    for area in page.locator(".q textarea").all():
        area.fill(TEXT)


def test_a_region_with_every_kind_of_report_is_delivered_and_accepted(open_page, region):
    staff, returned, address = region
    page = open_page(width=390, user=staff)
    page.goto(address)
    assert not axe_violations(page) and fits(page)
    fill(page)
    page.locator("button[value=lever]").click()
    page.wait_for_selector(".ds-error-summary")
    assert page.locator(".ds-error-summary li").count() == 1  # the returned one needs its reason
    assert page.locator(".q textarea").first.input_value() == TEXT
    assert not axe_violations(page)
    page.locator(".ds-error-summary a").click()
    page.fill(f"input[name='reason:{returned.pk}']", "Kommunen rettar svara, og sender inn i juni.")
    page.locator("button[value=lever]").click()
    page.wait_for_selector(".ds-tag[data-color=accent]")
    regional = RegionalReport.objects.get_queryset().select_related("current").get()
    figures = {line["key"]: line["value"] for line in regional.current.figures["lines"]}
    assert (figures["units"], figures["late"], figures["extended"], figures["on_behalf"]) == (4, 1, 1, 1)
    assert figures["approved"] == 3 and [row["status"] for row in regional.current.missing] == ["returned"]

    hdir = user(Role.HDIR)
    hdir.language = "nn"
    hdir.save()
    page = open_page(user=hdir)
    page.goto("/regioner/")
    assert not axe_violations(page)
    page.locator("tbody a").first.click()
    page.wait_for_selector("button[value=godta]")
    assert not axe_violations(page) and fits(page)
    page.locator("button[value=godta]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ds-tag[data-color=success]")
    assert RegionalReport.objects.get_queryset().get().status == "accepted"
    approved = Report.objects.across_all(reason="test").filter(status="approved")
    assert approved.count() == 3

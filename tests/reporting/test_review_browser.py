"""The statsforvalter's pages in a real browser: with the keyboard, on a phone, in both languages, without scripts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from municipalities.models import OfficeName
from reporting.models import Report, ReviewComment
from tests.browser import axe_violations
from tests.reporting import factories
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers
from tests.reporting.review_world import unit, warned

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def region(settings, transactional_db, monkeypatch):
    """Two clean reports with a predecessor, one with a warning and one that has not come."""
    monkeypatch.setattr("reporting.services.submissions.receipt_make", lambda **_how: None)  # no PDF is looked at here
    settings.PORTAL_CLOCK = "2022-05-04T09:00:00"
    home = factories.office("agder")
    OfficeName.objects.create(
        office=home, short_name="Agder", name_nb="Statsforvalteren i Agder", name_nn="Statsforvaltaren i Agder",
        valid_from=dt.date(2021, 1, 1),
    )  # fmt: skip
    places = {name: unit(name, home) for name in ("Bygland", "Evje og Hornnes", "Ås", "Øyer")}
    before = factories.open_round(AUTUMN)
    for name in ("Bygland", "Evje og Hornnes"):
        ReportFactory.submitted(round_=before, municipality=places[name], values=answers(comment="Vi er i gang nå."))
    spring = factories.open_round(SPRING)
    for name in ("Bygland", "Evje og Hornnes"):
        ReportFactory.submitted(
            round_=spring, municipality=places[name], values=answers(comment="Vi er ferdige nå.", plan_status="inside")
        )
    warned(round_=spring, municipality=places["Ås"])
    return home


def report_of(name) -> Report:
    rows = Report.objects.across_all(reason="test").select_related("current")
    return rows.get(municipality__versions__name=name, round__reference_date=SPRING)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_pages_fit_and_axe_finds_nothing(region, open_page, live_server, settings, width, language):
    page = open_page(width=width, user=factories.reviewer(region))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    for address in (
        reverse("work_list") + "?utvalg=alle",
        reverse("work_list_missing"),
        reverse("report_review", args=[report_of("Ås").pk]),
        reverse("report_review", args=[report_of("Bygland").pk]) + "?vis=alle",
        reverse("report_review", args=[report_of("Øyer").pk]),
    ):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        assert fits(page), f"{address} is wider than {width}"
        assert axe_violations(page) == [], address


def test_several_are_chosen_and_approved_with_the_keyboard(region, open_page):
    page = open_page(user=factories.reviewer(region))
    page.goto(reverse("work_list"))
    button = page.locator("[data-approve]")
    idle = button.inner_text()
    button.focus()
    page.keyboard.press("Enter")  # nothing is chosen: nothing is sent, and focus goes to the first box
    assert page.evaluate("document.activeElement.name") == "rapport"
    page.keyboard.press("Space")
    assert "1" in button.inner_text()
    page.locator("[data-pick-all]").focus()
    page.keyboard.press("Enter")
    assert "2" in button.inner_text()
    assert page.locator("tr.is-picked").count() == 2
    assert "2" in page.locator("[data-picked]").inner_text()
    page.locator("[data-pick-none]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("tr.is-picked", state="detached")
    assert button.inner_text() == idle
    page.locator("[data-pick-all]").press("Enter")
    page.keyboard.press("Enter")  # the focus is on the button that approves
    page.wait_for_selector(".page-messages")
    assert report_of("Bygland").status == report_of("Evje og Hornnes").status == "approved"
    assert report_of("Ås").status == "submitted"


def test_a_report_is_read_judged_and_returned(region, open_page):
    page = open_page(user=factories.reviewer(region), width=390)
    page.goto(reverse("work_list"))
    page.get_by_role("link", name="Ås").click()
    approve = page.locator("form[action*='/godkjenn/'] button")
    assert approve.is_disabled()
    page.locator("button[name=accepted][value=no]").click()
    assert page.locator("button[name=accepted][value=no]").get_attribute("aria-pressed") == "true"
    assert approve.is_disabled()
    place = page.locator('[id="sp-progress.delay_months"]')
    write = place.locator("details", has=page.locator("form[action*='/kommentar/']"))
    write.locator("summary").click()
    write.locator("textarea").fill("Hva er gjort siden mars?")
    write.locator("form button[type=submit]").click()
    assert page.locator(".comment__text").inner_text() == "Hva er gjort siden mars?"
    page.locator("form[action*='/returner/'] button").click()
    page.wait_for_selector(".page-messages")
    assert report_of("Ås").status == "returned"
    assert ReviewComment.objects.get_queryset().get().shown_at is not None


def test_everything_works_without_scripts(region, open_page):
    page = open_page(user=factories.reviewer(region), java_script_enabled=False)
    page.goto(reverse("work_list"))
    page.locator("input[name=rapport]").first.check()
    page.locator("[data-approve]").click()
    assert report_of("Bygland").status == "approved"
    page.goto(reverse("work_list"))
    page.get_by_role("link", name="Ås").click()
    page.locator("button[name=accepted][value=yes]").click()
    page.locator("form[action*='/godkjenn/'] button").click()
    assert report_of("Ås").status == "approved"


def test_two_windows_and_one_decision(region, open_page):
    first, second = (open_page(user=factories.reviewer(region)) for _ in range(2))
    address = reverse("report_review", args=[report_of("Bygland").pk])
    for page in (first, second):
        page.goto(address)
    first.locator("form[action*='/godkjenn/'] button").click()
    first.wait_for_selector(".page-messages")
    second.locator("textarea#melding").fill("Skriv datoen.")
    second.locator("form[action*='/returner/'] button").click()
    second.wait_for_selector(".stopped")
    assert axe_violations(second) == []
    assert report_of("Bygland").status == "approved"

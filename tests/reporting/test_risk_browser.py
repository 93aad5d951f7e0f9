"""The pages of risk patterns and differences in a browser: axe finds nothing, wide and narrow, in both languages."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

from municipalities.models import PlanDecision
from tests.browser import axe_violations
from tests.reporting import changed_world, factories
from tests.reporting.factories import ReportFactory, answers
from tests.reporting.review_world import *  # noqa: F403

pytestmark = pytest.mark.django_db(transaction=True)
RISKY = {"org.sectors": ["health"], "org.involved": ["hospital"], "org.analysis": "no"}


@pytest.fixture
def risky(home, staff):
    place = factories.unit("Lyngdal og den lange kommunen med et svært langt navn", of=home)
    report = ReportFactory.approved(
        round_=factories.open_round(), municipality=place, by=staff, values={**answers(), **RISKY}
    )
    PlanDecision.objects.get_queryset().update(status="none", origin="register:1", registered_by_name="Ola Nordmann")
    return report


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_pages_pass_axe_and_never_scroll_sideways(open_page, live_server, staff, risky, width, language):
    page = open_page(user=staff, width=width)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    number = risky.municipality.versions.get().number
    for url in (
        reverse("risk_list"), reverse("risk_list") + "?q=finnes+ikke", reverse("risk_unit", args=[number]),
        reverse("register_differences"), reverse("register_differences") + "?vis=venter",
        reverse("report_review", args=[risky.pk]),
    ):  # fmt: skip
        page.goto(url)
        assert page.locator("html").get_attribute("lang") == language
        assert axe_violations(page) == [], url
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, (url, width)


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn")])
def test_both_borders_pass_axe_and_never_scroll_sideways(
    open_page, live_server, staff, home, settings, width, language
):
    units = changed_world.units_then(home)
    for name in ("Hurum", "Tysfjord"):
        ReportFactory.approved(
            round_=factories.open_round(), municipality=units[name], by=staff, values={**answers(), **RISKY}
        )
    PlanDecision.objects.get_queryset().update(status="none", origin="register:1")
    changed_world.change(units, home)
    settings.PORTAL_CLOCK = changed_world.AFTER
    page = open_page(user=staff, width=width)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    for name in ("risk_list", "register_differences"):
        for borders in ("da", "na"):
            page.goto(f"{reverse(name)}?grenser={borders}")
            assert page.locator("ul.views a[aria-current=true]").count() == 2  # the view and the borders
            assert page.locator("main tbody").last.inner_text().count("Hurum") >= 1
            assert axe_violations(page) == [], (name, borders)
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert not wide, (name, borders, width)


def test_a_dismissal_without_a_reason_is_told_at_its_field_and_kept_open(open_page, staff, risky):
    page = open_page(user=staff)
    number = risky.municipality.versions.get().number
    page.goto(reverse("risk_unit", args=[number]))
    part = page.locator("section", has=page.locator("#health_only"))
    part.locator("input[value=dismissed]").check()
    part.locator("#id_health_only-follow_up").fill("Møte i juni")
    part.locator("button[type=submit]").click()
    assert page.locator("#id_health_only-reason").get_attribute("aria-invalid") == "true"
    assert page.locator("#id_health_only-follow_up").input_value() == "Møte i juni"
    assert axe_violations(page) == []
    page.locator("#id_health_only-reason").fill("Kultur er med fra i vår.")
    page.locator("section", has=page.locator("#health_only")).locator("button[type=submit]").click()
    assert "Kultur er med fra i vår." in page.locator("main").inner_text()

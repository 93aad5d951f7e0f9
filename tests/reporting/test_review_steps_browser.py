"""Later deadlines, on behalf, reopening and messages in a real browser: fits, axe finds nothing, works by keyboard."""

from __future__ import annotations

import datetime as dt
import os
import re

import pytest
from django.urls import reverse

from municipalities.models import OfficeName
from reporting.models import Report
from reporting.services.messages import message_write
from tests.browser import axe_violations
from tests.reporting import factories
from tests.reporting.factories import SPRING, ReportFactory, at
from tests.reporting.review_world import unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def region(settings, transactional_db, monkeypatch):
    """A draft with a message, an extended one, one on behalf, one approved and one reopened."""
    monkeypatch.setattr("reporting.services.submissions.receipt_make", lambda **_how: None)  # no PDF is looked at here
    settings.PORTAL_CLOCK = "2022-05-08T09:00:00"
    home = factories.office("agder")
    OfficeName.objects.create(
        office=home, short_name="Agder", name_nb="Statsforvalteren i Agder", name_nn="Statsforvaltaren i Agder",
        valid_from=dt.date(2021, 1, 1),
    )  # fmt: skip
    names = ("Bygland", "Evje og Hornnes", "Grimstad", "Lillesand", "Valle")
    places = {name: unit(name, home) for name in names}
    round_ = factories.open_round(SPRING)
    make = dict(
        zip(
            names,
            (ReportFactory.draft, ReportFactory.extended, ReportFactory.on_behalf, ReportFactory.approved,
             ReportFactory.reopened),
            strict=True,
        )
    )  # fmt: skip
    made = {name: make[name](round_=round_, municipality=places[name]) for name in names}
    message_write(
        report=made["Bygland"], text="Gjelder dette vedtaket fra 2019 også?", audience="office",
        question="plan.status", actor=places["Bygland"].memberships.get().user, now=at(dt.date(2022, 5, 6)),
    )  # fmt: skip
    return made


def fresh(report) -> Report:
    return Report.objects.across_all(reason="test").select_related("current").get(pk=report.pk)


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn")])
def test_the_pages_fit_and_axe_finds_nothing(region, open_page, live_server, settings, width, language):
    page = open_page(width=width, user=factories.reviewer(region["Bygland"].office))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    for name, report in region.items():
        page.goto(live_server.url + reverse("report_review", args=[report.pk]))
        for step in page.locator("details.step > summary").all():
            step.click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert not axe_violations(page), name
        if shots := os.environ.get("LOOK_AT"):
            page.screenshot(path=f"{shots}/review-{name}-{width}.png", full_page=True)
    page.goto(live_server.url + reverse("work_list") + "?utvalg=alle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not axe_violations(page)
    if shots := os.environ.get("LOOK_AT"):
        page.screenshot(path=f"{shots}/list-{width}.png", full_page=True)


def test_a_later_deadline_and_an_answer_without_a_mouse(region, open_page, live_server):
    report = region["Bygland"]
    page = open_page(user=factories.reviewer(report.office))
    page.goto(live_server.url + reverse("report_review", args=[report.pk]))
    page.locator("details.step > summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("i morgen")
    page.keyboard.press("Tab")
    page.keyboard.type("Kommunestyret møtes først 19. mai.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#feil").wait_for()
    assert page.locator("#frist").input_value() == "i morgen"
    assert page.locator("#frist-grunn").input_value() == "Kommunestyret møtes først 19. mai."
    page.locator("#frist").fill("20. mai 2022")
    page.locator("#frist").press("Enter")
    page.locator("details.step > summary", has_text=re.compile("later deadline|utsatte fristen")).first.wait_for()
    assert fresh(report).extended_to == dt.date(2022, 5, 20)
    page.locator("#skriv").fill("Ja, skriv det inn.")
    page.locator("#om").select_option("plan.status")
    page.locator("#skriv").press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Ja, skriv det inn.").first.wait_for()
    assert not fresh(report).messages.filter(settled_at__isnull=True, from_office=False).exists()


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn")])
def test_what_the_municipality_sees_of_it_fits_and_axe_finds_nothing(
    region, open_page, live_server, settings, width, language
):
    """Its front page with a later deadline, taken over and reopened; and the form that the statsforvalter fills in."""
    taken = ReportFactory.taken_over(round_=region["Valle"].round, municipality=unit("Åseral", region["Valle"].office))
    staff = factories.reviewer(taken.office)
    looked = [
        *(
            (name, report.municipality.memberships.get().user, "municipality_home", ())
            for name, report in (*region.items(), ("Åseral", taken))
        ),
        ("form", staff, "report_summary", (taken.pk,)),
        ("reopened", region["Valle"].municipality.memberships.get().user, "report_detail", (region["Valle"].pk,)),
    ]
    for name, user, address, args in looked:
        page = open_page(width=width, user=user)
        page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        page.goto(live_server.url + reverse(address, args=args))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert axe_violations(page) == [], name
        if shots := os.environ.get("LOOK_AT"):
            page.screenshot(path=f"{shots}/own-{name}-{width}.png")
        page.close()

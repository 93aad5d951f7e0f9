"""The form's page counts the seconds in which somebody works, and none while she does not."""

from __future__ import annotations

import pytest

from municipalities.models import Role, User
from reporting.models import FormTime
from reporting.services.burden import time_add
from tests.browser import axe_violations
from tests.reporting.factories import SPRING, ReportFactory, at, editor, open_round, unit, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = f"{SPRING}T09:00+02:00"


def kept(report):
    return dict(FormTime.objects.get_queryset().filter(report=report).values_list("question", "seconds"))


def test_active_seconds_are_counted_at_the_question_and_idle_ones_are_not(open_page):
    report = ReportFactory.draft()
    page = open_page(user=editor(report.municipality))
    page.clock.install()  # the browser's own clock is turned by hand
    page.goto(f"/rapport/{report.pk}/skjema/plan/")
    page.clock.run_for(120_000)  # a tab that is only open
    field = page.locator("[data-key='plan.case'] input[type=text]")
    field.focus()
    page.keyboard.type("1")
    with page.expect_response("**/tid/") as answer:
        page.clock.run_for(50_000)
    assert answer.value.status == 200
    page.clock.run_for(600_000)  # she has gone for coffee: a minute after the last key it counts no more
    page.keyboard.type("2")
    with page.expect_response("**/tid/"):
        page.clock.run_for(50_000)
    for _look in range(100):  # on a busy machine that answer may be to a message of before the coffee
        found = kept(report)
        if found.get("plan.case", 0) >= 60:
            break
        page.wait_for_timeout(100)
    assert 60 <= found["plan.case"] <= 110, found  # some seconds wait for the next message
    assert found.get("", 0) <= 1, found


@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb")])
def test_hdir_s_page_of_the_burden(open_page, width, language):
    for home in [unit(f"Nr {i}") for i in range(6)]:
        report = ReportFactory.draft(round_=open_round(SPRING), municipality=home)
        time_add(
            report=report,
            seconds={"plan.status": 40, "comment": 30, "": 20},
            actor=User.objects.filter(memberships__municipality=report.municipality).latest("id"),
            now=at(SPRING),
        )
    hdir = user(Role.HDIR)
    hdir.language = language
    hdir.save()
    page = open_page(width=width, user=hdir)
    page.goto("/belastning/")
    assert not axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("tbody tr").count() == 3

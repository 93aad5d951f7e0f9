"""Answering together in a browser: a part handed on by the keyboard, the history, and the form on paper."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from municipalities.models import Membership, Role, User
from reporting.models import SectionAssignment
from tests.browser import axe_violations
from tests.reporting.test_form_browser import leave, place, report, section, settled  # noqa: F401  (the fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def colleague(world) -> User:
    user = User.objects.create(
        username="kari", first_name="Kari", last_name="Kollega", email="kari@example.org", language="nn"
    )  # fmt: skip
    Membership.objects.create(
        user=user, role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("3004"), valid_from=dt.date(2020, 1, 1)
    )
    return user


def test_a_part_is_handed_by_the_keyboard_and_the_colleague_finds_it_on_her_front_page(place, open_page):  # noqa: F811
    kari = colleague(place)
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    page.focus("#kollega ~ details summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#kollega-til")
    page.focus("#kollega-til")
    page.keyboard.press("Tab")
    page.keyboard.type("Du kjenner planen.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Kari Kollega >> nth=0")
    given = SectionAssignment.objects.across_all(reason="test").get(report=report())
    assert (given.user, given.section) == (kari, "plan")
    hers = open_page(user=kari)
    hers.goto(reverse("municipality_home"))
    hers.click(f'.panel a[href="{section("plan")}"]')
    hers.wait_for_selector("text=Du kjenner planen.")
    hers.click('[name="what"][value="done"]')
    hers.wait_for_selector('[name="what"][value="take"]')
    assert hers.locator('[name="what"][value="done"]').count() == 0


def test_the_name_of_who_answered_stands_at_the_answer_at_once(place, open_page):  # noqa: F811
    page = open_page(user=colleague(place))
    page.goto(section("plan"))
    leave(page, "#q-plan-case", "PS 9/22")
    settled(page)
    page.wait_for_selector('[data-key="plan.case"] [data-by]:has-text("Kari Kollega")')


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_history_and_the_form_on_paper_fit_and_axe_finds_nothing(
    place,  # noqa: F811
    open_page,
    live_server,
    settings,
    width,
    language,
):
    colleague(place)
    page = open_page(width=width, user=place.user("editor-3004"))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    page.goto(section("plan"))
    leave(page, "#q-plan-case", "PS 9/22")
    settled(page)
    pk = report().pk
    paper = reverse("report_print", args=[pk])
    for address in (section("plan"), reverse("report_changes", args=[pk]), paper, f"{paper}?tom=1"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert axe_violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address

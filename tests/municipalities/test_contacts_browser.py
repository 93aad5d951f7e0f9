"""The page of a municipality's contacts in a browser: axe, keyboard, a phone, both languages."""

from __future__ import annotations

import pytest

from tests.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb")])
def test_a_colleague_is_invited_and_taken_away(world, open_page, width, language):
    user = world.user("editor-3004")
    user.language = language
    user.save()
    page = open_page(width=width, user=user)
    page.goto("/kommune/kontakter/")
    assert not axe_violations(page) and fits(page)
    for name, value in (("first_name", "Kari"), ("last_name", "Nordmann"), ("email", "kari@")):
        page.fill(f"input[name={name}]", value)
    page.locator("input[name=email]").press("Enter")
    page.wait_for_selector(".ds-error-summary")
    assert page.input_value("input[name=last_name]") == "Nordmann"
    assert not axe_violations(page)
    page.fill("input[name=email]", "kari@kommune.example")
    page.locator("input[name=email]").press("Enter")
    page.wait_for_selector(".contact:has-text('Kari Nordmann')")
    assert not axe_violations(page) and fits(page)
    page.locator(".contact:has-text('Kari Nordmann') button[value=fjern]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".contact:has-text('Kari Nordmann')", state="detached")

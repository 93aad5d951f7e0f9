"""The table of rights, the privacy page and what is stored about oneself in a browser: axe, a phone, both languages."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from tests.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"


BESIDE_THEIR_VALUE = """() => [...document.querySelectorAll(".as-cards td[data-label]")].filter(
    (cell) => [...cell.childNodes].filter((node) => node.nodeType === 1 || node.textContent.trim()).length > 1
).map((cell) => cell.innerText)"""
"""As a card a cell is its name and its value in two columns: a second part of the value would fall below the name."""


def look(page, name: str) -> None:
    """Nothing for axe to find, no sideways scroll; a picture where SHOTS names a folder."""
    assert not axe_violations(page), name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert page.evaluate(BESIDE_THEIR_VALUE) == [], name
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb"), (1280, "nn"), (390, "nb")])
def test_rights_privacy_and_what_is_stored(world, open_page, width, language):
    user = world.user("hdir")
    user.language = language
    user.save()
    page = open_page(width=width, user=user)
    page.goto("/rettigheter/?rolle=hod")
    look(page, f"rights-{width}-{language}")
    expect(page.locator("#treff tbody tr")).to_have_count(3)
    page.goto("/personvern/")
    look(page, f"privacy-{width}-{language}")
    page.goto("/konto/om-meg/")
    look(page, f"about-me-{width}-{language}")
    page.fill("input[name=phone]", "ring meg")
    page.locator("button[value=profil]").click()
    expect(page.locator(".ds-error-summary")).to_be_visible()
    assert page.input_value("input[name=phone]") == "ring meg"
    look(page, f"about-me-error-{width}-{language}")
    page.fill("input[name=phone]", "22 33 44 55")
    page.locator("button[value=profil]").click()
    expect(page.locator(".ds-error-summary")).to_have_count(0)
    expect(page.locator("input[name=phone]")).to_have_value("22 33 44 55")


@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb"), (1280, "nn"), (390, "nb")])
def test_the_yearly_review_and_the_trail(world, open_page, width, language):
    for username, path in (("statsforvalter-oslo-og-viken", "/tilgang/gjennomgang/"), ("hdir-admin", "/spor/")):
        user = world.user(username)
        user.language = language
        user.save()
        page = open_page(width=width, user=user)
        page.goto(path)
        look(page, f"{path.strip('/').replace('/', '-')}-{width}-{language}")
        tops = "items => items.map(item => item.getBoundingClientRect().top)"
        if width == 1280:  # the longest menu, in both languages, with the heavier letters of the page that one is at
            assert len(set(page.locator("#hovedmeny > ul > li").evaluate_all(tops))) == 1

"""The frame in a real browser: keyboard, narrow screens, focus after an error, and axe on every page of this part."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser import axe_violations
from tests.world import PASSWORD, build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ["account_login", "accessibility", "privacy", "help", "account_reset_password", "account_reset_password_done"]
OWN = ["account", "account_change_password", "account_logout", "mfa_index"]


@pytest.fixture
def people():
    """The small world, written for this test: a real server sees it only when it is committed."""
    return build_world()


def problems(page, width: int) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    found = axe_violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found if wide <= width else [*found, f"{page.url} is {wide} px wide on a screen of {width}"]


@pytest.mark.looks
@pytest.mark.parametrize(("language", "width"), [("nb", 1280), ("nn", 320)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(open_page, people, language, width, live_server):
    page = open_page(width=width, user=people.user("editor-5430"))
    visitor = open_page(width=width)
    for reader, names in ((visitor, PUBLIC), (page, OWN)):
        cookie = {"name": "portal_language", "value": language, "url": live_server.url}
        reader.context.add_cookies([cookie])
        for name in names:
            reader.goto(reverse(name))
            assert reader.get_attribute("html", "lang") == language
            assert problems(reader, width) == [], name
    page.goto("/finnes-ikke/")
    assert problems(page, width) == []


def test_the_skip_link_is_first_and_leads_to_the_content(open_page, people):
    page = open_page(user=people.user("editor-3004"))
    page.goto("/hjelp/")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("class") == "ds-skip-link"
    assert link.bounding_box()["height"] > 20  # it can be seen while it has the focus
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "innhold"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_menu_opens_and_closes_with_the_keyboard_on_a_narrow_screen(open_page, people):
    page = open_page(width=390, user=people.user("hdir"))
    page.goto("/hjelp/")
    menu = page.locator("#hovedmeny")
    assert not menu.is_visible()
    page.focus(".menu-button")
    page.keyboard.press("Enter")
    assert menu.is_visible()
    assert problems(page, 390) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#hovedmeny') !== null")
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert page.evaluate("document.activeElement.matches('.menu-button')")


def test_the_menu_is_simply_there_on_a_wide_screen(open_page, people):
    page = open_page(width=1280, user=people.user("hdir"))
    page.goto("/hjelp/")
    assert page.locator("#hovedmeny .site-nav__link").first.is_visible()
    assert not page.locator(".menu-button").is_visible()
    assert not page.locator(".site-nav__top").is_visible()


def test_a_long_menu_keeps_to_one_line_and_unfolds_the_rest_with_the_keyboard(open_page, people):
    page = open_page(width=1280, user=people.user("hdir-admin"))
    page.goto("/hjelp/")
    tops = page.locator("#hovedmeny > ul > li").evaluate_all("items => items.map(i => i.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    support = page.locator(".site-more__list .site-nav__link").first
    assert not support.is_visible()
    page.focus(".site-more > summary")
    page.keyboard.press("Enter")
    assert support.is_visible()
    assert problems(page, 1280) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not support.is_visible()
    assert page.evaluate("document.activeElement.matches('.site-more > summary')")


def test_a_refused_login_moves_the_focus_to_the_summary_and_its_link_to_the_field(open_page):
    page = open_page(width=390)
    page.goto("/konto/login/")
    page.keyboard.press("Tab")
    page.click(".login__main button[type=submit]")
    page.wait_for_selector(".ds-error-summary:focus")
    assert problems(page, 390) == []
    page.click(".ds-error-summary a >> nth=1")
    assert page.evaluate("document.activeElement.id") == "id_password"


def test_in_with_the_keyboard_alone_change_language_and_out(open_page, people):
    page = open_page()
    page.goto("/konto/?a=b")
    page.focus("#id_login")
    page.keyboard.type("hdir")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/konto/?a=b")
    page.click("footer button[lang=nn]")
    page.wait_for_url("**/konto/?a=b")
    assert page.get_attribute("html", "lang") == "nn"
    page.click("header form button")
    page.wait_for_url("**/konto/login/")
    assert page.get_attribute("html", "lang") == "nn"

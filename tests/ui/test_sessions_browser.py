"""In a real browser: which municipality one works for, a session that ends, and a form whose key is out of date."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import expect

from municipalities.models import Membership, Role
from reform import clock
from tests.browser import axe_violations
from tests.world import PASSWORD, build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("PORTAL_SHOTS", "")
PAGE = "/kommune/kontakter/"
BOTH = pytest.mark.parametrize(("language", "width"), [("nb", 1280), ("nn", 390)])


class Time:
    """The server's clock and the browser's, moved together."""

    def __init__(self) -> None:
        self.now = clock.seconds()

    def minutes(self, page, count: int) -> None:
        self.now += count * 60
        page.clock.fast_forward(count * 60_000)


@pytest.fixture
def time(monkeypatch, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
    moved = Time()
    monkeypatch.setattr(clock, "seconds", lambda: moved.now)
    return moved


@pytest.fixture
def reader(open_page, live_server, time):
    """A page of Fredrikstad's editor, in a language; ``also`` are other municipalities that she is the editor of."""

    def make(language: str, width: int, *also: str):
        world = build_world()
        user = world.user("editor-3004")
        for number in also:
            Membership.objects.create(
                user=user,
                role=Role.MUNICIPALITY_EDITOR,
                municipality=world.unit(number),
                valid_from=dt.date(2020, 1, 1),
            )
        Client().get("/konto/login/")  # the first page of a process reads all the code, which is not the browser's wait
        page = open_page(width=width, user=user)
        page.context.add_cookies([{"name": "portal_language", "value": language, "url": live_server.url}])
        page.clock.install()
        translation.activate(language)
        return page

    return make


def right(page, width: int, name: str) -> None:
    """Nothing is wrong with the page as it stands."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png")
    assert axe_violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@BOTH
def test_one_chooses_and_switches_with_the_keyboard(reader, language, width):
    page = reader(language, width, "5430", "030101")
    page.goto("/")
    expect(page.locator("h1")).to_have_text(_("Which municipality do you work for now?"))
    right(page, width, "choose")
    page.get_by_role("button", name="Fredrikstad").last.press("Enter")
    expect(page.locator(".eyebrow")).to_contain_text("Fredrikstad")
    if width < 1100:
        page.locator(".menu-button").press("Enter")
    page.locator(".site-switch > summary").press("Enter")
    other = page.locator(".site-switch button", has_text="Kautokeino")
    expect(other).to_be_visible()
    right(page, width, "switch")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.site-switch button')")
    page.keyboard.press("Escape")
    if width >= 1100:
        expect(other).to_be_hidden()
        assert page.evaluate("document.activeElement.matches('.site-switch > summary')")
        page.keyboard.press("Enter")
    else:
        page.locator(".menu-button").press("Enter")
        if not other.is_visible():
            page.locator(".site-switch > summary").press("Enter")
    other.press("Enter")
    expect(page.locator(".eyebrow")).to_contain_text("Guovdageaidnu")
    page.goto("/kommune/3004/")
    expect(page.locator("#annen-kommune")).to_contain_text("Fredrikstad")
    right(page, width, "elsewhere")
    page.get_by_role("button", name=_("Switch to %(unit)s") % {"unit": "Fredrikstad"}).click()
    expect(page.locator("#annen-kommune")).to_have_count(0)


@BOTH
def test_the_session_warns_is_renewed_and_gives_back_what_was_typed(reader, time, language, width):
    page = reader(language, width)
    page.goto(PAGE)
    page.locator("#id_first_name").fill("Kari")
    page.locator("#id_last_name").fill("Nordmann-Østby")
    dialog = page.locator("#okt")
    time.minutes(page, 26)
    expect(dialog).to_be_visible()
    stay = dialog.locator("[data-stay]")
    expect(stay).to_be_focused()
    right(page, width, "idle")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    time.minutes(page, 26)  # she is still logged in, and asked again
    expect(stay).to_be_visible()
    time.minutes(page, 5)
    expect(dialog.locator("#okt-out")).to_be_visible()
    right(page, width, "out")
    dialog.locator("[data-login-link]").click()
    page.locator("#id_login").fill("editor-3004")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    expect(page.locator("#id_last_name")).to_have_value("Nordmann-Østby")
    expect(page.locator("#id_first_name")).to_have_value("Kari")
    expect(page.locator("main [data-throw]")).to_be_visible()
    right(page, width, "back")
    page.locator("main [data-throw]").click()
    expect(page.locator("#id_last_name")).to_have_value("")
    page.reload()
    expect(page.locator("#id_last_name")).to_have_value("")
    assert page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('typed:'))") == []


@BOTH
def test_near_the_two_hours_one_is_told_to_log_in_again_and_another_user_sees_nothing(reader, time, language, width):
    page = reader(language, width)
    page.goto(PAGE)
    for row in Session.objects.all():
        store = row.get_session_store_class()(row.session_key)
        store["began"] = time.now - 111 * 60
        store.save()
    page.goto(PAGE)
    page.locator("#id_first_name").fill("Hemmelig")
    page.clock.run_for(6000)
    dialog = page.locator("#okt")
    expect(dialog.locator("#okt-whole")).to_be_visible()
    right(page, width, "whole")
    dialog.locator("[data-part=whole] [type=submit]").click()
    expect(page.locator("#id_login")).to_be_visible()
    page.locator("#id_login").fill("editor-3025")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    expect(page.locator("#id_first_name")).to_have_value("")
    assert page.evaluate("JSON.stringify(sessionStorage)").count("Hemmelig") == 0


@BOTH
def test_a_form_with_an_old_key_is_shown_again_and_sent(reader, language, width):
    page = reader(language, width)
    page.goto(PAGE)
    page.locator("#id_first_name").fill("Kari")
    page.locator("#id_last_name").fill("Nordmann-Østby")
    page.locator("#id_email").fill("kari@kommune.example")
    page.locator("[name=role]").first.check()
    other = page.context.new_page()
    other.goto("/konto/")
    other.locator("form[action='/konto/logout/'] button").first.dispatch_event("click")
    expect(other.locator("#id_login")).to_be_visible()
    other.locator("#id_login").fill("editor-3004")
    other.locator("#id_password").fill(PASSWORD)
    other.locator("#id_password").press("Enter")
    expect(other.locator("#id_login")).to_have_count(0)
    page.get_by_role("button", name=_("Invite"), exact=True).click()
    again = page.get_by_role("button", name=_("Send it again"))
    expect(again).to_be_visible()
    expect(page.locator(".resend")).to_contain_text("Nordmann-Østby")
    right(page, width, "resend")
    again.click()
    expect(page.locator(".contacts")).to_contain_text("Nordmann-Østby")
    assert page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('typed:'))") == []


def test_what_a_page_asks_by_itself_says_so(reader):
    """A poll of htmx is no sign of life; what a click began is one."""
    page = reader("nb", 1280)
    page.goto("/hjelp/")
    heard = []
    page.on(
        "request",
        lambda one: heard.append(one.headers.get("x-background", "")) if "hx-request" in one.headers else None,
    )
    page.evaluate(
        """() => {
        const box = document.createElement("div");
        box.innerHTML = '<button hx-get="/hjelp/" hx-swap="none" id="b">x</button>' +
          '<p hx-get="/hjelp/" hx-trigger="load" hx-swap="none">x</p>';
        document.getElementById("innhold").append(box);
        htmx.process(box);
        }"""
    )
    page.clock.run_for(1000)
    page.locator("#b").click()
    expect(page.locator("#b")).not_to_have_class("htmx-request")
    assert heard == ["1", ""]

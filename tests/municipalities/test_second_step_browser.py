"""The second step in a browser: a passkey set up and used, with a virtual authenticator; axe."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import expect

from tests.browser import axe_violations
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def person(world, username, language):
    user = world.user(username)
    user.language, user.password = language, make_password(PASSWORD)
    user.save()
    return user


def log_in(page, username):
    page.goto("/konto/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.locator("#id_password").press("Enter")


def to_set_up(page, name):
    """From the page that asks for the step to that of one of the two; the password is asked once more."""
    page.locator(f"a[href='{reverse(name)}']").click()
    page.fill("input[name=password]", PASSWORD)
    page.locator("input[name=password]").press("Enter")


def an_authenticator(page) -> None:
    """A passkey's device that says yes at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize(("width", "language"), [(1280, "nb")])
def test_an_administrator_sets_up_a_passkey_and_logs_in_with_it(world, open_page, width, language):
    person(world, "hdir-admin", language)
    page = open_page(width=width)
    an_authenticator(page)
    log_in(page, "hdir-admin")
    expect(page.locator("#nokler")).to_be_visible()
    assert not axe_violations(page) and fits(page)
    to_set_up(page, "mfa_add_webauthn")
    page.check("input[name=passwordless]")
    assert not axe_violations(page) and fits(page)
    page.click("#mfa_webauthn_add")
    expect(page.locator("li code").first).to_be_visible()  # the recovery codes
    assert not axe_violations(page) and fits(page)
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.locator(".contact")).to_have_count(1)
    assert not axe_violations(page) and fits(page)
    page.goto("/tilgang/embeter/")
    expect(page.locator("table")).to_be_visible()
    assert not axe_violations(page) and fits(page)
    page.context.clear_cookies()
    page.goto("/konto/login/")
    assert not axe_violations(page) and fits(page)
    page.click("#passkey_login")  # without a name, without a password
    expect(page.locator(".site-header form[action='/konto/logout/']").first).to_be_attached()
    page.context.clear_cookies()
    log_in(page, "hdir-admin")  # and as the second step after a password
    expect(page.locator("#mfa_webauthn_authenticate")).to_be_visible()
    with translation.override(language):
        assert not axe_violations(page) and fits(page)
    page.click("#mfa_webauthn_authenticate")
    expect(page.locator("#mfa_webauthn_authenticate")).to_have_count(0)
    expect(page.locator("form[action='/konto/logout/']").first).to_be_attached()
    page.goto("/tilgang/embeter/")
    expect(page.locator("table")).to_be_visible()

"""The whole way in a browser: the login page, the provider's own page, the municipality's form, and out again."""

from __future__ import annotations

import os

import pytest
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import expect

from tests.browser import axe_violations
from tests.login.provider import ASKER, LEVEL, represents
from tests.reporting.factories import SPRING, open_round

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib"),
]


def looked_at(page, name: str) -> None:
    """axe, no scrolling to the side, and a picture for who wants one."""
    assert not axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if folder := os.environ.get("PORTAL_LOGIN_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def choose_language(page, language: str) -> None:
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f"button[name=language][value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)


def at_the_provider(page, provider, sub: str) -> None:
    expect(page.locator("input[name=sub]")).to_be_visible()
    assert page.url.startswith(provider.issuer)
    page.fill("input[name=sub]", sub)
    page.locator("input[name=sub]").press("Enter")


@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb")])
def test_from_the_provider_to_the_form_and_out(numbered, open_page, provider, width, language):
    open_round(SPRING)
    user = numbered.user("editor-3004")
    user.language = language
    user.save()
    SocialAccount.objects.create(provider="ansattporten", uid="kari", user=user)
    page = open_page(width=width)
    page.goto("/konto/login/")
    choose_language(page, language)
    looked_at(page, f"login-{language}-{width}")
    page.locator("a[href*='/konto/oidc/ansattporten/']").click()
    at_the_provider(page, provider, "kari")
    expect(page.locator("body")).to_contain_text("Fredrikstad")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.goto("/kommune/")
    page.locator("main a[href*='skjema']").first.click()
    expect(page.locator("main form").first).to_be_visible()
    if width < 1100:
        page.locator(".menu-button").click()
    page.locator(".site-user form button").click()
    # On to the provider, by a page that sends itself on.
    expect(page.locator("form[action*='end_session']")).to_be_visible()
    assert page.url.startswith(f"{provider.issuer}/oauth2/end_session")
    page.locator("form[action*='end_session'] button").first.click()
    expect(page.locator("#id_login")).to_be_visible()
    page.goto("/kommune/")
    expect(page.locator("#id_login")).to_be_visible()


@pytest.mark.parametrize(("width", "language"), [(390, "nb"), (1280, "nn")])
def test_who_is_not_let_in_is_told_what_to_do(numbered, open_page, provider, width, language):
    provider.user("ola", acr=LEVEL, authorization_details=represents(ASKER))
    page = open_page(width=width)
    page.goto("/konto/login/")
    page.locator("a[href*='/konto/oidc/ansattporten/']").click()
    at_the_provider(page, provider, "ola")
    expect(page.locator("main")).to_contain_text("Asker")
    choose_language(page, language)
    expect(page.locator("main")).to_contain_text("Asker")
    looked_at(page, f"no-access-{language}-{width}")
    page.goto("/konto/uten-tilgang/representasjon/?fra=ansattporten")
    looked_at(page, f"no-organisation-{language}-{width}")
    page.locator("a[href*='ny=1']").click()
    expect(page.locator("input[name=sub]")).to_be_visible()
    page.goto("/konto/login/?innlogging=feilet")
    looked_at(page, f"failed-{language}-{width}")

"""Out of the portal and of the provider, from either side; and local login where it is closed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from municipalities.models import ProviderSession
from tests.login.conftest import Traveller
from tests.login.provider import FREDRIKSTAD, LEVEL, represents

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib")]


@pytest.fixture
def inside(numbered, traveller):
    """The contact of Fredrikstad, logged in by the provider's session ``sid-1``."""
    SocialAccount.objects.create(provider="ansattporten", uid="kari", user=numbered.user("editor-3004"))
    traveller.log_in()
    assert traveller.is_in
    return traveller


def front_channel(provider, sid="sid-1", iss=None, key="ansattporten"):
    """What the provider's page asks for, in a frame that gets no cookie of the portal's."""
    query = {"iss": iss if iss is not None else provider.issuer, "sid": sid}
    return Client().get(f"/konto/oidc/{key}/utlogget/", query)


def test_logout_goes_on_to_the_provider(inside, provider):
    answer = inside.client.post(reverse("account_logout"))
    assert not inside.is_in and answer.headers["Location"].startswith(f"{reverse('logged_out')}?fra=")
    page = inside.client.get(answer.headers["Location"])
    address = page.context["url"]
    assert address.startswith(f"{provider.issuer}/oauth2/end_session?")
    said = parse_qs(urlsplit(address).query)
    assert said == {"client_id": ["portalen"], "post_logout_redirect_uri": ["http://testserver/konto/login/"]}
    assert f'content="0; url={address.replace("&", "&amp;")}"' in page.content.decode()


def test_logout_where_the_provider_has_no_way_out(inside, provider):
    provider.about = {"end_session_endpoint": None}
    cache.clear()
    answer = inside.client.post(reverse("account_logout"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_login")


def test_the_way_out_cannot_be_made_up(provider):
    for text in ("", "ansattporten", "x:y:z"):
        assert Client().get(reverse("logged_out"), {"fra": text}).status_code == 404


def test_a_password_login_is_not_sent_to_a_provider(numbered, provider):
    client = Client()
    client.force_login(numbered.user("editor-3004"))
    assert client.post(reverse("account_logout")).headers["Location"] == reverse("account_login")


def test_the_provider_ends_exactly_that_session(inside, provider, numbered):
    provider.user("kari", acr=LEVEL, sid="sid-2", authorization_details=represents(FREDRIKSTAD))
    other = Traveller(provider)
    other.log_in()
    answer = front_channel(provider)
    assert answer.status_code == 200 and not inside.is_in and other.is_in
    assert inside.client.get(reverse("municipality_home")).status_code == 302
    assert ProviderSession.objects.count() == 1
    front_channel(provider, "sid-2")
    assert not other.is_in and not ProviderSession.objects.exists()


@pytest.mark.parametrize(
    ("sid", "iss", "status"),
    [
        ("sid-9", None, 200),
        ("sid-1", "https://elsewhere.example", 400),
        ("sid-1", "", 400),
        ("", None, 400),
        ("x" * 501, None, 400),
    ],
)
def test_what_ends_nothing(inside, provider, sid, iss, status):
    assert front_channel(provider, sid, iss).status_code == status and inside.is_in


def test_another_provider_ends_nothing(inside, provider, configure, municipal):
    configure(municipal, {**municipal, "key": "another", "issuer": "https://another.example"})
    front_channel(provider, "sid-1", "https://another.example", "another")
    assert inside.is_in


def test_only_this_address_may_be_framed_and_by_the_provider_only(inside, provider):
    answer = front_channel(provider)
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors {provider.issuer}" in policy and "X-Frame-Options" not in answer.headers
    assert "default-src 'self'" in policy and "form-action 'self'" in policy
    assert "no-store" in answer.headers["Cache-Control"]
    login = Client().get(reverse("account_login"))
    assert (
        login.headers["X-Frame-Options"] == "DENY"
        and "frame-ancestors 'none'" in login.headers["Content-Security-Policy"]
    )


@pytest.mark.parametrize(("username", "let_in"), [("editor-3004", False), ("hdir", False), ("hdir-admin", True)])
def test_closed_local_login_is_for_administrators(numbered, provider, settings, username, let_in):
    settings.PORTAL_LOCAL_LOGIN_CLOSED = True
    client = Client()
    answer = client.post(reverse("account_login"), {"login": username, "password": "kveldsmat-og-kaffe"})
    assert ("_auth_user_id" in client.session) is let_in
    assert ("innlogging=lukket" in answer.headers["Location"]) is not let_in


def test_closed_local_login_does_not_close_the_provider(inside, settings):
    settings.PORTAL_LOCAL_LOGIN_CLOSED = True
    inside.client.logout()
    inside.log_in()
    assert inside.is_in


def test_the_login_page_without_a_provider_is_as_before(db, settings):
    settings.PORTAL_LOGIN_PROVIDERS = ""
    page = Client().get(reverse("account_login")).content.decode()
    assert "/konto/oidc/" not in page and 'data-variant="primary" type="submit"' in page


def test_addresses_of_a_provider_that_is_not_there(db, settings):
    settings.PORTAL_LOGIN_PROVIDERS = ""
    for name in ("oidc_login", "oidc_callback", "oidc_frontchannel"):
        assert Client().get(reverse(name, kwargs={"key": "ansattporten"})).status_code == 404

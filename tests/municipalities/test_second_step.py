"""The second step of a login: forced for administrators, asked at the login, and nothing before it is taken."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as django_settings
from django.urls import reverse
from rest_framework.authtoken.models import Token

from municipalities.models import User
from municipalities.second_step import SET_UP, TAKE
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
SET_UP_PAGES = ("mfa_index", "mfa_add_webauthn", "mfa_activate_totp", "account_logout")


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"


def log_in(client, username):
    return client.post("/konto/login/", {"login": username, "password": PASSWORD})


def code_of(secret: str) -> str:
    """What an app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def admin(world):
    return world.user("hdir-admin")


def test_an_administrator_without_one_reaches_the_set_up_pages_and_nothing_else(client, admin):
    log_in(client, "hdir-admin")
    for address in ("/", "/tilgang/embeter/", "/kommuner/", "/hjelp/", reverse("account_change_password"), "/admin/"):
        assert client.get(address)["Location"] == reverse("mfa_index"), address
    for name in SET_UP_PAGES:
        answer = client.get(reverse(name))
        assert answer.status_code == 200 or reverse("account_reauthenticate") in answer["Location"], name
    assert client.post("/tilgang/nasjonalt/", {})["Location"] == reverse("mfa_index")
    assert client.get("/konto/", headers={"accept": "application/json"}).status_code == 403
    assert client.get("/konto/", headers={"hx-request": "true"})["HX-Redirect"] == reverse("mfa_index")


@pytest.mark.parametrize("address", ["/api/v1/municipalities/", "/api/v1/schema/"])
def test_the_api_answers_403_to_such_a_session(client, admin, address):
    log_in(client, "hdir-admin")
    assert client.get(address).status_code == 403


def test_a_token_is_not_asked_for_a_second_step(client, admin):
    token = Token.objects.create(user=admin)
    answer = client.get("/api/v1/offices/", headers={"authorization": f"Token {token.key}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_the_sites_own_staff_must_too(client, world, flag):
    User.objects.filter(pk=world.user("nobody").pk).update(**{flag: True})
    log_in(client, "nobody")
    assert client.get("/hjelp/")["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("username", ["hdir", "editor-3004", "statsforvalter-oslo-og-viken", "hod"])
def test_others_need_not(client, world, username):
    log_in(client, username)
    assert client.get("/hjelp/").status_code == 200


def test_setting_up_the_app_opens_the_portal_in_this_session_and_in_no_other(client, admin):
    from django.test import Client

    elsewhere = Client()  # somebody who knows the password
    log_in(elsewhere, "hdir-admin")
    log_in(client, "hdir-admin")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})  # asked before one's login is changed
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(done["Location"]).status_code == 200
    assert client.get("/hjelp/").status_code == 200
    assert elsewhere.get("/hjelp/")["Location"] == reverse("mfa_reauthenticate")
    assert elsewhere.get(reverse("mfa_view_recovery_codes"))["Location"] == reverse("mfa_reauthenticate")
    assert elsewhere.get(reverse("mfa_index"))["Location"] == reverse("mfa_reauthenticate")


def test_a_wrong_code_opens_nothing(client, admin):
    log_in(client, "hdir-admin")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    assert client.get("/hjelp/")["Location"] == reverse("mfa_index")


@pytest.fixture
def with_app(admin):
    """The administrator's app: its secret. She has recovery codes, too."""
    secret = generate_totp_secret()
    TOTP.activate(admin, secret)
    RecoveryCodes.activate(admin)
    return secret


def test_after_the_password_the_second_step_is_asked(client, with_app):
    assert log_in(client, "hdir-admin")["Location"] == reverse("mfa_authenticate")
    assert client.get("/hjelp/", follow=False).status_code == 200  # as a visitor: nobody is logged in yet
    assert "_auth_user_id" not in client.session
    assert client.post(reverse("mfa_authenticate"), {"code": "111111"}).status_code == 200
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": code_of(with_app)})
    assert client.get("/tilgang/embeter/").status_code == 200


def test_a_passkey_is_asked_for_only_where_there_is_one(client, with_app):
    log_in(client, "hdir-admin")
    page = client.get(reverse("mfa_authenticate")).content.decode()
    assert 'name="code"' in page and "mfa_webauthn_authenticate" not in page


def test_a_recovery_code_works_once(client, admin, with_app):
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for works in (True, False):
        client.post("/konto/logout/")
        log_in(client, "hdir-admin")
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert ("_auth_user_id" in client.session) is works


def test_the_last_one_cannot_be_removed_by_who_must_have_one(client, admin, with_app):
    client.force_login(admin)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "reauthenticated": True}]
    session.save()
    assert client.post(reverse("mfa_deactivate_totp"), {}).status_code == 200  # the page says why not
    assert Authenticator.objects.filter(type="totp").exists()


def test_the_secret_lies_encrypted(with_app):
    assert with_app not in str(Authenticator.objects.get(type="totp").data)


def test_codes_are_counted_for_the_account(client, with_app):
    log_in(client, "hdir-admin")
    tries = django_settings.PORTAL_LIMITS["code_account"][0]
    for _try in range(tries):
        client.post(reverse("mfa_authenticate"), {"code": "111111"})
    page = client.post(reverse("mfa_authenticate"), {"code": code_of(with_app)})
    assert page.status_code == 200 and "_auth_user_id" not in client.session
    assert page.context["form"].errors["code"].as_data()[0].code == "too_many"


def test_the_demo_lets_only_its_invented_administrator_go_without(client, admin, settings):
    settings.PORTAL_DEMO = True
    log_in(client, "hdir-admin")
    assert client.get("/hjelp/")["Location"] == reverse("mfa_index")  # a real address, also on a demo
    User.objects.filter(pk=admin.pk).update(email="hdir-admin@example.no")
    assert client.get("/hjelp/").status_code == 200
    settings.PORTAL_DEMO = False
    assert client.get("/hjelp/")["Location"] == reverse("mfa_index")


def test_no_page_of_ones_work_is_among_those_that_are_open():
    names = SET_UP | TAKE
    assert all(name.startswith(("mfa_", "account_")) or name == "language_choose" for name in names)

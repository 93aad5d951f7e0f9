"""The whole way in from a municipality, with the provider's own answers, and what is sent and kept on it."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json

import jwt
import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.urls import reverse

from municipalities.models import Event, Invitation, ProviderSession, User
from reform import clock
from tests.login.conftest import Traveller
from tests.login.provider import ASKER, FREDRIKSTAD, KAUTOKEINO, LEVEL, OURS, PEM, RESOURCE, represents

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib")]


@pytest.fixture
def editor(numbered):
    """The contact of Fredrikstad, tied to the provider's ``kari`` already."""
    user = numbered.user("editor-3004")
    SocialAccount.objects.create(provider="ansattporten", uid="kari", user=user)
    return user


def test_the_way_in(editor, traveller, provider):
    address = traveller.leave(next="/hjelp/")
    assert address.startswith(f"{provider.issuer}/oauth2/authorize?")
    sent = traveller.sent
    assert sent["response_type"] == "code" and sent["scope"] == "openid" and sent["code_challenge_method"] == "S256"
    assert sent["acr_values"] == "substantial" and json.loads(sent["authorization_details"]) == [RESOURCE]
    assert len(sent["nonce"]) >= 32 and len(sent["state"]) >= 16 and "prompt" not in sent
    answer = traveller.back(provider.consent(address))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/hjelp/")
    assert int(traveller.client.session["_auth_user_id"]) == editor.pk
    (exchange,) = provider.seen
    challenge = base64.urlsafe_b64encode(hashlib.sha256(exchange["code_verifier"].encode()).digest())
    assert challenge.rstrip(b"=").decode() == sent["code_challenge"]
    assert base64.b64decode(provider.authorization[0].split()[1]) == b"portalen:en%20hemmelighet"


def test_what_the_session_knows(editor, traveller, numbered):
    traveller.log_in()
    session = traveller.client.session
    assert session["represents"] == [numbered.unit("3004").pk]
    login = session["oidc"]
    assert (login["provider"], login["sid"], login["acr"], login["user"]) == ("ansattporten", "sid-1", LEVEL, editor.pk)
    assert ProviderSession.objects.get().session_key == session.session_key


def test_nothing_personal_is_kept(editor, traveller, provider):
    details = represents(FREDRIKSTAD)
    provider.user("kari", acr=LEVEL, pid="01017012345", name="Kari Nordmann", authorization_details=details)
    traveller.log_in()
    kept = SocialAccount.objects.get().extra_data
    assert set(kept) == {"sub", "organisations", "acr", "at"} and kept["organisations"] == [FREDRIKSTAD]
    assert traveller.is_in
    assert "01017012345" not in json.dumps([kept, dict(traveller.client.session)], default=str)
    assert not SocialToken.objects.exists()


def test_a_signed_assertion_in_place_of_a_secret(editor, provider, configure, municipal):
    municipal.pop("client_secret")
    configure({**municipal, "private_key": PEM, "key_id": "portal-key"})
    traveller = Traveller(provider)
    traveller.log_in()
    assert traveller.is_in
    (exchange,) = provider.seen
    assert "client_secret" not in exchange and provider.authorization == [""]
    assert exchange["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assertion = exchange["client_assertion"]
    claims = jwt.decode(assertion, OURS.public_key(), algorithms=["RS256"], audience=provider.issuer)
    assert claims["iss"] == claims["sub"] == "portalen" and claims["jti"] and claims["exp"] - claims["iat"] <= 120
    assert jwt.get_unverified_header(assertion)["kid"] == "portal-key"


def test_the_address_decides_nothing(editor, traveller):
    traveller.leave(
        scope="admin", process="connect", auth_params="acr_values=low&nonce=mine", next="https://elsewhere.example/"
    )
    assert traveller.sent["scope"] == "openid" and traveller.sent["acr_values"] == "substantial"
    assert traveller.sent["nonce"] != "mine"
    answer = traveller.back(traveller.provider.consent(traveller.leave(next="https://elsewhere.example/")))
    assert answer.headers["Location"] == "/"


def test_a_link_on_another_site_leads_to_the_login_page(traveller):
    answer = traveller.client.get("/konto/oidc/ansattporten/", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.headers["Location"] == reverse("account_login")


@pytest.fixture
def invitation(numbered):
    """An invitation of the contact of Fredrikstad, who has chosen no password; its link ends in ``hemmelig``."""
    user = numbered.user("editor-3004")
    user.set_unusable_password()
    user.save()
    now = clock.now()
    return Invitation.objects.create(
        membership=user.memberships.get(), key_hash=hashlib.sha256(b"hemmelig").hexdigest(), sent_at=now,
        sent_by_name="Hdir", expires_at=now + dt.timedelta(days=7),
    )  # fmt: skip


def test_an_invitation_is_tied_to_the_login_that_opens_it(traveller, provider, invitation):
    page = traveller.client.get(reverse("invitation"), {"nokkel": "hemmelig"})
    assert "/konto/oidc/ansattporten/?invitasjon=hemmelig" in page.content.decode()
    answer = traveller.log_in(invitasjon="hemmelig")
    assert answer.headers["Location"] == "/" and traveller.is_in
    user = invitation.membership.user
    assert SocialAccount.objects.get().user == user
    assert Event.objects.get_queryset().filter(name="login_linked", actor=user).count() == 1
    invitation.refresh_from_db()
    assert invitation.used_at is not None
    # Somebody else who gets hold of the link is not let in as her.
    provider.user("ola", acr=LEVEL, authorization_details=represents(FREDRIKSTAD))
    other = Traveller(provider)
    assert "/uten-tilgang/" in other.log_in("ola", invitasjon="hemmelig").headers["Location"]
    assert not other.is_in and SocialAccount.objects.count() == 1


@pytest.mark.parametrize("changed", [{"stopped_at": True}, {"used_at": True}, {"expires_at": True}])
def test_an_invitation_must_hold_when_she_comes_back(traveller, provider, invitation, changed):
    address = provider.consent(traveller.leave(invitasjon="hemmelig"))
    gone = clock.now() - dt.timedelta(minutes=1)
    Invitation.objects.update(**dict.fromkeys(changed, gone))
    assert "/uten-tilgang/" in traveller.back(address).headers["Location"]
    assert not traveller.is_in and not SocialAccount.objects.exists()


def test_another_key_is_no_invitation(traveller, invitation):
    traveller.log_in(invitasjon="gjettet")
    assert not traveller.is_in and not SocialAccount.objects.exists()


@pytest.mark.parametrize("opened", [True, False])
def test_a_link_for_a_new_password_ties_too_when_it_was_opened(numbered, traveller, opened):
    user = numbered.user("editor-3004")
    address = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    if opened:
        page = traveller.client.get(reverse("account_reset_password_from_key", kwargs=address), follow=True)
        assert f"/konto/oidc/ansattporten/?kobling={address['uidb36']}" in page.content.decode()
    traveller.log_in(kobling=address["uidb36"])
    assert traveller.is_in is opened and SocialAccount.objects.exists() is opened


@pytest.mark.parametrize(("verified", "let_in"), [(True, True), (False, False), ("true", False), (None, False)])
def test_only_a_verified_address_says_who_it_is(numbered, traveller, provider, configure, municipal, verified, let_in):
    configure({**municipal, "scope": "openid email"})
    said = {} if verified is None else {"email_verified": verified}
    details = represents(FREDRIKSTAD)
    provider.user("kari", acr=LEVEL, email="Editor-3004@example.org", authorization_details=details, **said)
    traveller.log_in()
    assert traveller.is_in is let_in and SocialAccount.objects.exists() is let_in


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        (None, "representasjon"),
        ([], "representasjon"),
        ("not a list", "representasjon"),
        (represents("123456789"), "representasjon"),  # no organisation number: the check digit is wrong
        (represents(FREDRIKSTAD, resource="urn:altinn:resource:another"), "representasjon"),
        (represents("974760673"), "organisasjon"),  # Brønnøysundregistrene
        (represents(ASKER), "tilgang"),
        (represents(KAUTOKEINO, ASKER), "tilgang"),
    ],
)
def test_who_is_known_but_has_nothing_to_do_here(editor, traveller, provider, details, reason):
    provider.user("kari", acr=LEVEL, **({} if details is None else {"authorization_details": details}))
    before = User.objects.count()
    answer = traveller.log_in()
    assert f"/konto/uten-tilgang/{reason}/" in answer.headers["Location"] and not traveller.is_in
    page = traveller.client.get(answer.headers["Location"])
    assert page.status_code == 200 and "hjelp@portal.example" in page.content.decode()
    assert User.objects.count() == before and "represents" not in traveller.client.session


def test_a_stranger_gets_no_account(numbered, traveller):
    before = User.objects.count()
    answer = traveller.log_in()
    assert "/konto/uten-tilgang/tilgang/" in answer.headers["Location"]
    page = traveller.client.get(answer.headers["Location"]).content.decode()
    assert "Fredrikstad" in page and "editor-3004@example.org" not in page and "Testesen" not in page
    assert User.objects.count() == before and not SocialAccount.objects.exists()


def test_a_role_of_the_state_does_not_count_here(numbered, traveller):
    SocialAccount.objects.create(provider="ansattporten", uid="kari", user=numbered.user("hdir-admin"))
    assert "/uten-tilgang/vei/" in traveller.log_in().headers["Location"] and not traveller.is_in


def test_a_closed_user_stays_closed(editor, traveller):
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert traveller.log_in().headers["Location"] == reverse("account_inactive") and not traveller.is_in


def test_a_login_takes_the_place_of_another(editor, traveller, numbered):
    traveller.client.force_login(numbered.user("hdir-admin"))
    traveller.log_in()
    assert int(traveller.client.session["_auth_user_id"]) == editor.pk and traveller.client.session["represents"]


def test_a_password_login_is_not_restricted_by_an_earlier_one(editor, traveller):
    session = traveller.client.session
    session["represents"], session["oidc"] = [1], {"provider": "ansattporten", "user": 999999, "sid": ""}
    session.save()
    traveller.client.post(reverse("account_login"), {"login": "editor-3004", "password": "kveldsmat-og-kaffe"})
    assert traveller.is_in and "represents" not in traveller.client.session

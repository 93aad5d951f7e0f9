"""Answers that are not believed: each ends at the login page with one sentence, without a login and an account."""

from __future__ import annotations

import base64
import json
import logging
import time

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.urls import reverse
from django.utils.translation import gettext

from tests.login.conftest import Traveller
from tests.login.provider import KID, OURS, path_of, public_jwk, signed

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib", "ignore:The RSA key is 1024"),
]
STRANGE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = OURS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def parts(claims, **header) -> str:
    """An unsigned token."""
    rows = [json.dumps({"typ": "JWT", **header}), json.dumps(claims)]
    return ".".join(base64.urlsafe_b64encode(row.encode()).rstrip(b"=").decode() for row in rows) + "."


def hmac_with_public_key(claims) -> str:
    """The public key taken for a secret, which libraries refuse to sign with."""
    import hashlib
    import hmac

    text = parts(claims, alg="HS256", kid=KID).rstrip(".")
    mark = hmac.new(PUBLIC, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def changed(**claims):
    """A well signed token in which these claims are others (None: not there)."""

    def forge(said):
        return signed({name: value for name, value in {**said, **claims}.items() if value is not None})

    return forge


def later(name, seconds):
    return lambda said: signed({**said, name: int(time.time()) + seconds})


def signature_of_another_token(said) -> str:
    head, _dot, mark = signed(said).rpartition(".")
    other = signed({**said, "sub": "ola"}).rpartition(".")[0]
    assert head != other
    return f"{other}.{mark}"


FORGED = {
    "another issuer": ("issuer", changed(iss="https://elsewhere.example")),
    "no issuer": ("issuer", changed(iss=None)),
    "another audience": ("audience", changed(aud="another-portal")),
    "no audience": ("audience", changed(aud=None)),
    "two audiences, for the other one": ("audience", changed(aud=["portalen", "another-portal"], azp="another-portal")),
    "two audiences, for nobody": ("audience", changed(aud=["portalen", "another-portal"])),
    "another authorized party": ("authorized party", changed(azp="another-portal")),
    "another nonce": ("nonce", changed(nonce="x" * 43)),
    "no nonce": ("nonce", changed(nonce=None)),
    "a nonce that is no text": ("nonce", changed(nonce=["x"])),
    "expired": ("expired", lambda said: signed({**said, "iat": int(time.time()) - 500, "exp": int(time.time()) - 120})),
    "no expiry": ("exp", changed(exp=None)),
    "an expiry that is no number": ("exp", changed(exp="tomorrow")),
    "an old token": ("issued at", later("iat", -1000)),
    "from the future": ("issued at", later("iat", 300)),
    "no time": ("iat", changed(iat=None)),
    "not yet": ("not yet", later("nbf", 300)),
    "no subject": ("subject", changed(sub=None)),
    "an empty subject": ("subject", changed(sub="")),
    "level too low": ("acr", changed(acr="idporten-loa-low")),
    "an unknown level": ("acr", changed(acr="Level9")),
    "no level": ("acr", changed(acr=None)),
    "a level that is a list": ("acr", changed(acr=["high"])),
    "a key of nobody's": ("signature: InvalidSignatureError", lambda said: signed(said, STRANGE)),
    "a key that is not published": ("key", lambda said: signed(said, STRANGE, kid="unknown")),
    "the signature of another token": ("signature: InvalidSignatureError", signature_of_another_token),
    "no signature": ("algorithm", lambda said: parts(said, alg="none")),
    "no signature, written otherwise": ("algorithm", lambda said: parts(said, alg="NoNe", kid=KID)),
    "a public key as a secret": ("algorithm", hmac_with_public_key),
    "another algorithm than the key's": ("key", lambda said: signed(said, algorithm="PS256")),
    "no token": ("no ID token", lambda said: None),
    "rubbish": ("signature: DecodeError", lambda said: "not.a.token"),
    "a number": ("no ID token", lambda said: 7),
}


@pytest.fixture(autouse=True)
def editor(numbered):
    """Whoever gets through would be let in."""
    user = numbered.user("editor-3004")
    SocialAccount.objects.create(provider="ansattporten", uid="kari", user=user)
    return user


def refused(traveller, answer) -> None:
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{reverse('account_login')}?innlogging=feilet")
    assert (
        not traveller.is_in and "represents" not in traveller.client.session and "oidc" not in traveller.client.session
    )
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize("what", FORGED)
def test_a_token_that_is_not_right(traveller, provider, what, caplog):
    reason, provider.forge = FORGED[what]
    with caplog.at_level(logging.WARNING):
        refused(traveller, traveller.log_in())
    assert [row.msg["reason"] for row in caplog.records if row.name == "portal.login"] == [reason]


@pytest.mark.parametrize(
    "claims", [{}, {"acr": "high"}, {"acr": "idporten-loa-high"}, {"aud": ["portalen"]}, {"azp": "portalen"}]
)
def test_a_forged_token_with_nothing_wrong_is_let_in(traveller, provider, claims):
    """Else the others would show nothing."""
    provider.forge = changed(**claims)
    traveller.log_in()
    assert traveller.is_in


def test_the_sentence(traveller, provider):
    _reason, provider.forge = FORGED["another nonce"]
    page = traveller.client.get(traveller.log_in().headers["Location"]).content.decode()
    sentence = gettext("The answer from the login provider could not be confirmed. Try again.")
    assert page.count(sentence) == 1 and "nonce" not in page


def test_a_key_that_is_too_short(traveller, provider):
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    provider.keys = [public_jwk(short, kid=KID)]
    provider.forge = lambda said: signed(said, short)
    refused(traveller, traveller.log_in())


def test_a_state_is_used_once(traveller, provider):
    back = provider.consent(traveller.leave())
    traveller.back(back)
    assert traveller.is_in
    traveller.client.logout()
    refused(traveller, traveller.back(back))


@pytest.mark.parametrize("state", [None, "", "made-up"])
def test_a_state_of_nobodys(traveller, provider, state):
    back = provider.consent(traveller.leave()).partition("&state=")[0]
    assert "code=" in back
    refused(traveller, traveller.back(back if state is None else f"{back}&state={state}"))


def test_a_state_of_somebody_else(traveller, provider):
    """A link that another person has made (login CSRF) does not log one in as her."""
    back = provider.consent(traveller.leave())
    other = Traveller(provider)
    refused(other, other.back(back))


def test_a_state_of_another_provider(traveller, provider, configure, municipal):
    configure(municipal, {**municipal, "key": "another", "issuer": "https://another.example"})
    back = path_of(provider.consent(traveller.leave()))
    refused(traveller, traveller.client.get(back.replace("/ansattporten/", "/another/")))


def test_a_code_is_used_once(traveller, provider):
    """A code that was used already, with a new state: the provider refuses it, and so does the portal."""
    used = provider.consent(traveller.leave())
    traveller.back(used)
    traveller.client.logout()
    fresh = provider.consent(traveller.leave())
    code = used.partition("code=")[2].partition("&")[0]
    head, _code, rest = fresh.partition("code=")
    refused(traveller, traveller.back(f"{head}code={code}&{rest.partition('&')[2]}"))


def test_a_token_is_used_once(traveller, provider):
    """The same answer again, however it came into another exchange."""
    kept = []

    def forge(said):
        kept.append(signed(said))
        return kept[0]

    provider.forge = forge
    traveller.log_in()
    assert traveller.is_in
    other = Traveller(provider)
    refused(other, other.log_in())


def test_an_answer_that_names_another_issuer(traveller, provider):
    refused(traveller, traveller.back(f"{provider.consent(traveller.leave())}&iss=https%3A%2F%2Felsewhere.example"))


@pytest.mark.parametrize("broken", ["/oauth2/token", "/jwks"])
def test_a_provider_that_fails_on_the_way(traveller, provider, broken):
    back = provider.consent(traveller.leave())
    provider.broken = {broken}
    refused(traveller, traveller.back(back))


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": 7},
    ],
)
def test_metadata_that_is_not_the_providers(traveller, provider, about):
    provider.about = about
    refused(traveller, traveller.client.get("/konto/oidc/ansattporten/"))


def test_a_provider_that_is_away(traveller, provider):
    provider.broken = {"/.well-known/openid-configuration"}
    refused(traveller, traveller.client.get("/konto/oidc/ansattporten/"))


def test_who_gives_up_at_the_provider_is_told_so(traveller, provider):
    back = provider.consent(traveller.leave(), action="deny")
    state = traveller.sent["state"]
    answer = traveller.back(back if "state=" in back else f"{back}&state={state}")
    assert answer.headers["Location"] == f"{reverse('account_login')}?innlogging=avbrutt" and not traveller.is_in


def test_an_error_of_the_providers(traveller):
    traveller.leave()
    answer = traveller.back(f"/konto/oidc/ansattporten/tilbake/?error=server_error&state={traveller.sent['state']}")
    refused(traveller, answer)

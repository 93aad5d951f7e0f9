"""The ID token, judged by OpenID Connect Core 1.0 § 3.1.3.7, and the assertion by which the portal proves itself."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a public key only: ``none`` has no signature, and HS256 would take a public key for a secret."""

LEEWAY = 60  # seconds between two clocks
OLDEST = 600  # seconds since the token was made; it comes straight from the token endpoint
ASSERTION_SECONDS = 60
SMALLEST_RSA = 2048


class LoginRefused(OAuth2Error):
    """An answer that is not believed; ``reason`` is a word for the log, and never shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyUnknown(LoginRefused):
    """The token names a key that the provider's list does not have (yet): the list may be fetched anew."""


def id_token_verify(
    token: Any, *, keys: Sequence[Any], issuer: str, client_id: str, nonce: str, now: dt.datetime
) -> dict[str, Any]:
    """The claims of an ID token that was made by ``issuer``, for ``client_id``, as the answer to ``nonce``, and that
    holds at ``now``. Raises LoginRefused otherwise, KeyUnknown where none of ``keys`` fits."""
    if not isinstance(token, str):
        raise LoginRefused("no ID token")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise LoginRefused("algorithm")
        key = _key(header.get("kid"), algorithm, keys)
        # Only the signature is left to the library: what the claims must say is below, each with its reason.
        options: Any = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[algorithm], options=options)
    except jwt.PyJWTError as fault:
        raise LoginRefused(f"signature: {type(fault).__name__}") from None
    _check(claims, issuer, client_id, nonce, now.timestamp())
    return claims


def client_assertion(
    *, client_id: str, audience: str, private_key: str, key_id: str, now: dt.datetime, algorithm: str = "RS256"
) -> str:
    """The signed proof of who asks (RFC 7523, ``private_key_jwt``); it holds for a minute and for one use."""
    seconds = int(now.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": secrets.token_urlsafe(24),
        "iat": seconds,
        "exp": seconds + ASSERTION_SECONDS,
    }
    return jwt.encode(claims, private_key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


def _key(key_id: Any, algorithm: str, keys: Sequence[Any]) -> Any:
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    fitting = [
        entry
        for entry in keys
        if isinstance(entry, dict)
        and entry.get("kty") == kind
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", algorithm) == algorithm
        and (key_id is None or entry.get("kid") == key_id)
    ]
    if len(fitting) != 1:
        raise KeyUnknown("key")
    key = jwt.PyJWK(fitting[0], algorithm=algorithm).key
    if kind == "RSA" and key.key_size < SMALLEST_RSA:
        raise LoginRefused("short key")
    return key


def _check(claims: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now: float) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    subject, said = claims.get("sub"), claims.get("nonce")
    if claims.get("iss") != issuer:
        raise LoginRefused("issuer")
    if client_id not in audiences or (len(audiences) > 1 and claims.get("azp") != client_id):
        raise LoginRefused("audience")
    if claims.get("azp", client_id) != client_id:
        raise LoginRefused("authorized party")
    if not isinstance(subject, str) or not 0 < len(subject) <= 150 or not subject.isprintable():
        raise LoginRefused("subject")
    if not nonce or not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise LoginRefused("nonce")
    expires, issued, begins = _time(claims, "exp"), _time(claims, "iat"), _time(claims, "nbf", needed=False)
    if expires is None or now > expires + LEEWAY:
        raise LoginRefused("expired")
    if issued is None or issued > now + LEEWAY or now > issued + OLDEST:
        raise LoginRefused("issued at")
    if begins is not None and begins > now + LEEWAY:
        raise LoginRefused("not yet")


def _time(claims: Mapping[str, Any], name: str, needed: bool = True) -> float | None:
    value = claims.get(name)
    if value is None and not needed:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise LoginRefused(name)
    return float(value)

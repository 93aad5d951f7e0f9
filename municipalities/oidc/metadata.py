"""What a provider publishes about itself: its addresses and its keys, fetched seldom and looked at before use."""

from __future__ import annotations

import hashlib
from typing import Any

import requests
from django.core.cache import cache

from municipalities.oidc.config import ProviderConfig, trusted_address
from municipalities.oidc.tokens import LoginRefused

KEPT = 3600  # seconds
KEYS_AGAIN = 60  # seconds between two fetches of the keys because of one that is not known
TIMEOUT = (3, 6)  # seconds to connect, and to wait for each part of the answer
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LONGEST = 300_000  # bytes


def discovery(config: ProviderConfig) -> dict[str, Any]:
    """The provider's metadata (OpenID Connect Discovery 1.0). Raises LoginRefused when it cannot be had or is another
    provider's: the issuer must be exactly the configured one."""
    name = _name("about", config)
    kept: dict[str, Any] | None = cache.get(name)
    if kept is not None:
        return kept
    found = fetch("GET", f"{config.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != config.issuer:
        raise LoginRefused("issuer of the metadata")
    if not all(trusted_address(found.get(key)) for key in _NEEDED):
        raise LoginRefused("addresses of the metadata")
    cache.set(name, found, KEPT)
    return found


def signing_keys(config: ProviderConfig, *, anew: bool = False) -> list[Any]:
    """The provider's public keys. ``anew`` fetches them although they are kept, at most once a minute: a token with a
    made-up key must not make the portal ask again and again. Raises LoginRefused."""
    name = _name("keys", config)
    kept: list[Any] | None = cache.get(name)
    if kept is not None and not (anew and cache.add(_name("again", config), True, KEYS_AGAIN)):
        return kept
    keys = fetch("GET", discovery(config)["jwks_uri"]).get("keys")
    if not isinstance(keys, list):
        raise LoginRefused("keys")
    cache.set(name, keys, KEPT)
    return keys


def end_session_address(config: ProviderConfig) -> str:
    """Where a browser is sent to log out at the provider too; empty where it offers none or cannot be reached."""
    try:
        address = discovery(config).get("end_session_endpoint")
    except LoginRefused:
        return ""
    return str(address) if trusted_address(address) else ""


def fetch(method: str, url: str, **kwargs: Any) -> dict[str, Any]:
    """The JSON object that ``url`` answers with; redirects are not followed. Raises LoginRefused."""
    try:
        answer = requests.request(method, url, timeout=TIMEOUT, allow_redirects=False, **kwargs)
    except requests.RequestException as fault:
        raise LoginRefused(f"unreachable: {type(fault).__name__}") from None
    if answer.status_code != 200 or len(answer.content) > _LONGEST:
        raise LoginRefused(f"answer {answer.status_code}")
    try:
        found = answer.json()
    except ValueError:
        raise LoginRefused("not JSON") from None
    if not isinstance(found, dict):
        raise LoginRefused("not an object")
    return found


def _name(what: str, config: ProviderConfig) -> str:
    return f"oidc:{what}:{hashlib.sha256(config.issuer.encode()).hexdigest()}"

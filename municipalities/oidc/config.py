"""The providers that people may come from, read from one variable of the environment (``PORTAL_LOGIN_PROVIDERS``).

A JSON list with one object for each; docs/security.md tells every field. A fault stops the start of the portal.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from municipalities.models.people import MUNICIPAL_ROLES, REGIONAL_ROLES, Role
from municipalities.oidc.claims import LEVELS

MUNICIPALITY, STAFF = "municipality", "staff"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY = re.compile(r"[a-z][a-z0-9-]{1,30}")
_TEXTS = ("client_secret", "private_key", "private_key_file", "key_id", "acr", "acr_values")
_FIELDS = {"key", "kind", "name", "issuer", "client_id", "scope", "authorization_details", "groups", *_TEXTS}


@dataclass(frozen=True)
class GroupRole:
    """What a group at a staff provider gives: a role, and for a regional one the key of its office."""

    role: str
    office: str = ""


@dataclass(frozen=True)
class ProviderConfig:
    """One provider. ``acr`` is the lowest level that gets in (empty: not looked at), ``acr_values`` what is asked for;
    ``groups`` maps a staff provider's groups to roles; ``authorization_details`` is sent as it stands, and only
    representation of what it asks for counts."""

    key: str
    kind: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    key_id: str = ""
    scope: tuple[str, ...] = ("openid",)
    acr: str = ""
    acr_values: str = ""
    authorization_details: tuple[Mapping[str, Any], ...] = ()
    groups: Mapping[str, GroupRole] = field(default_factory=dict)

    @property
    def for_municipalities(self) -> bool:
        return self.kind == MUNICIPALITY


def providers() -> tuple[ProviderConfig, ...]:
    """The configured providers, in the order of the variable. Raises ImproperlyConfigured, with what is wrong."""
    return read(settings.PORTAL_LOGIN_PROVIDERS)


def provider(key: str) -> ProviderConfig | None:
    """The provider ``key``, or None."""
    return next((entry for entry in providers() if entry.key == key), None)


@functools.lru_cache(maxsize=32)
def read(text: str) -> tuple[ProviderConfig, ...]:
    """The providers that ``text`` describes; none for an empty one. Raises ImproperlyConfigured."""
    if not text.strip():
        return ()
    try:
        rows = json.loads(text)
    except ValueError as fault:
        raise ImproperlyConfigured(f"PORTAL_LOGIN_PROVIDERS is not JSON: {fault}") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ImproperlyConfigured("PORTAL_LOGIN_PROVIDERS must be a list of objects.")
    found = tuple(_read_one(row) for row in rows)
    for name in ("key", "issuer"):
        values = [getattr(entry, name) for entry in found]
        if len(values) != len(set(values)):
            raise ImproperlyConfigured(f"PORTAL_LOGIN_PROVIDERS: two providers have the same {name}.")
    return found


def trusted_address(url: Any) -> bool:
    """Whether ``url`` may be spoken to: https, or plain http on this machine (for trying)."""
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _read_one(row: Mapping[str, Any]) -> ProviderConfig:
    name = str(row.get("key", "?"))

    def wrong(what: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"PORTAL_LOGIN_PROVIDERS, {name}: {what}")

    if unknown := sorted(set(row) - _FIELDS):
        raise wrong(f"unknown field {', '.join(unknown)}.")
    for needed in ("key", "kind", "name", "issuer", "client_id"):
        if not isinstance(row.get(needed), str) or not row[needed]:
            raise wrong(f"{needed} is missing.")
    for text in _TEXTS:
        if not isinstance(row.get(text, ""), str):
            raise wrong(f"{text} must be a text.")
    if not _KEY.fullmatch(row["key"]):
        raise wrong("key must be small letters, digits and hyphens.")
    if row["kind"] not in (MUNICIPALITY, STAFF):
        raise wrong(f"kind must be {MUNICIPALITY} or {STAFF}.")
    if not trusted_address(row["issuer"]):
        raise wrong("issuer must begin with https://.")
    private_key = row.get("private_key", "") or _private_key_of(row, wrong)
    if bool(private_key) == bool(row.get("client_secret")):
        raise wrong("give either client_secret or a private key.")
    municipal = row["kind"] == MUNICIPALITY
    acr = row.get("acr", "substantial" if municipal else "")
    if (municipal or acr) and acr not in LEVELS:
        raise wrong(f"acr must be one of {', '.join(sorted(LEVELS))}.")
    return ProviderConfig(
        key=row["key"],
        kind=row["kind"],
        name=row["name"],
        issuer=row["issuer"],
        client_id=row["client_id"],
        client_secret=row.get("client_secret", ""),
        private_key=private_key,
        key_id=row.get("key_id", ""),
        scope=_scope(row, municipal),
        acr=acr,
        acr_values=row.get("acr_values", acr),
        authorization_details=_details(row, wrong),
        groups=_groups(row, municipal, wrong),
    )


def _private_key_of(row: Mapping[str, Any], wrong: Any) -> str:
    path = row.get("private_key_file", "")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as fault:
        raise wrong(f"private_key_file cannot be read: {type(fault).__name__}.") from None


def _scope(row: Mapping[str, Any], municipal: bool) -> tuple[str, ...]:
    words = row.get("scope", "openid" if municipal else "openid profile email")
    return tuple(dict.fromkeys(["openid", *str(words).split()]))


def _details(row: Mapping[str, Any], wrong: Any) -> tuple[Mapping[str, Any], ...]:
    details = row.get("authorization_details", [])
    if not isinstance(details, list) or not all(
        isinstance(d, dict) and isinstance(d.get("type"), str) for d in details
    ):
        raise wrong("authorization_details must be a list of objects with a type.")
    return tuple(details)


def _groups(row: Mapping[str, Any], municipal: bool, wrong: Any) -> dict[str, GroupRole]:
    groups = row.get("groups", {})
    if not isinstance(groups, dict) or municipal == bool(groups):
        raise wrong("a staff provider, and no other, maps groups to roles.")
    found = {}
    for group, given in groups.items():
        role, office = (given.get("role", ""), given.get("office", "")) if isinstance(given, dict) else ("", "")
        if role not in Role.values or role in MUNICIPAL_ROLES:
            raise wrong(f"the group {group} gives no role of the state or the regions.")
        if (role in REGIONAL_ROLES) != bool(office):
            raise wrong(f"the group {group} must name an office for a regional role, and for no other.")
        found[group] = GroupRole(role, office)
    return found

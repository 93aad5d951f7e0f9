"""What ``manage.py check --deploy`` asks of a place before it serves anybody: what Django's own checks do not know.

Each is an error, so that the command ends with another number than 0. They are told to whoever runs the place, in
English like Django's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

KEY_LENGTH, KEY_SIGNS = 50, 12
PASSWORD_LENGTH = 16
KNOWN_PASSWORDS = frozenset({"", "postgres", "portal", "password", "passord", "changeme", "secret", "test", "demo"})
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


@register(Tags.security, deploy=True)
def place_is_closed(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Everything that is wrong with this place, most serious first; empty when it may serve."""
    return [*_keys(), *_openings(), *_addresses(), *_services()]


def _keys() -> Iterator[CheckMessage]:
    for name, key in [("SECRET_KEY", settings.SECRET_KEY), *(("SECRET_KEY_FALLBACKS", one) for one in
                      settings.SECRET_KEY_FALLBACKS)]:  # fmt: skip
        if len(key) < KEY_LENGTH or len(set(key)) < KEY_SIGNS or re.search(r"(?i)insecure|change.?me|example", key):
            yield Error(
                f"{name} is weak: it needs {KEY_LENGTH} characters or more, by chance.",
                hint="python -c 'import secrets; print(secrets.token_urlsafe(64))'",
                id="portal.E001",
            )


def _openings() -> Iterator[CheckMessage]:
    """What a trial opens, and a real place must not."""
    if settings.DEBUG:
        yield Error("DEBUG is on: error pages show the code and the settings.", id="portal.E002")
    if settings.PORTAL_INSECURE_HTTP:
        yield Error("PORTAL_INSECURE_HTTP is on: passwords and cookies travel unencrypted.", id="portal.E003")
    if settings.PORTAL_DEMO or settings.PORTAL_DEMO_PASSWORD:
        yield Error("The demo is on: its users have a password that is shown to all.", id="portal.E004")
    if settings.PORTAL_CLOCK:
        yield Error("PORTAL_CLOCK is set: the portal would believe in another day.", id="portal.E005")


def _addresses() -> Iterator[CheckMessage]:
    hosts = set(settings.ALLOWED_HOSTS)
    if not hosts - LOCAL_HOSTS:
        yield Error("ALLOWED_HOSTS is not set: name the host that people write in the browser.", id="portal.E006")
    if any(host.startswith((".", "*")) for host in hosts):
        yield Error("ALLOWED_HOSTS lets in any name: write each host in full.", id="portal.E007")
    if any(urlsplit(origin).scheme != "https" for origin in settings.CSRF_TRUSTED_ORIGINS):
        yield Error("CSRF_TRUSTED_ORIGINS has an address without https.", id="portal.E008")


def _services() -> Iterator[CheckMessage]:
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3" and _weak(str(database.get("PASSWORD") or "")):
        yield Error(
            f"The password in DATABASE_URL is empty, well known or shorter than {PASSWORD_LENGTH} characters.",
            id="portal.E009",
        )
    host = urlsplit(settings.REDIS_URL)
    if settings.REDIS_URL and not host.password and host.hostname not in (*LOCAL_HOSTS, "redis"):
        yield Error("REDIS_URL leads to another machine without a password.", id="portal.E010")
    if not 1 <= settings.PORTAL_SECURITY_TXT_DAYS < 365:
        yield Error("PORTAL_SECURITY_TXT_DAYS must lie between 1 and 364 (RFC 9116).", id="portal.E011")


def _weak(password: str) -> bool:
    return len(password) < PASSWORD_LENGTH or unquote(password).casefold() in KNOWN_PASSWORDS

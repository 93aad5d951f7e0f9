"""Two files for machines and finders of faults: security.txt (RFC 9116), and robots.txt."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

LONGEST_DAYS = 364
"""RFC 9116 2.5.5 asks for an end less than a year ahead."""


def security_txt(*, now: dt.datetime) -> str:
    """The file by RFC 9116: lines end in CRLF, ``Expires`` is midnight (UTC) so many days ahead as the setting says."""
    base = settings.PORTAL_BASE_URL
    days = min(max(settings.PORTAL_SECURITY_TXT_DAYS, 1), LONGEST_DAYS)
    end = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=days)
    contact = settings.PORTAL_SECURITY_CONTACT or settings.PORTAL_CONTACT
    lines = [
        "Contact: " + (contact if urlsplit(contact).scheme in ("https", "mailto", "tel") else f"mailto:{contact}"),
        f"Expires: {end:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: no, en",
        f"Canonical: {base}/.well-known/security.txt",
    ]
    if settings.PORTAL_SECURITY_POLICY:
        lines.append(f"Policy: {settings.PORTAL_SECURITY_POLICY}")
    return "".join(f"{line}\r\n" for line in lines)


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """``/.well-known/security.txt``: where to tell of a weakness. Open to all."""
    text = security_txt(now=request.now)  # type: ignore[attr-defined]
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"}
    )


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """``/robots.txt``: the portal is a tool for those who sign in, and asks not to be searched."""
    text = "User-agent: *\nDisallow: /\n"
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"}
    )


def _plain(text: str) -> HttpResponse:
    """Plain text that every cache may keep for a day."""
    keep = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=keep)

"""A form that was sent with a safety key out of date, shown again with all that was typed, to the one who typed it.

Nothing of it is believed: the page asks her to look at it and to send it herself. A form from another site, from
another user's page or of the account's own pages is never shown again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError

from reform.sessions import owner_of

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
FIELDS, LETTERS = 1000, 300_000
NEVER = ("/konto/", "/admin/")
_CODE = re.compile(r"[0-9\s.,-]+|[0-9a-f-]{16,}|[a-z0-9]+(?:[_:][a-z0-9]+)+")
SECRET = ("pass", "secret", "token", "otp")


@dataclass(frozen=True)
class Unsent:
    """What was sent: where to, ``fields`` as (name, value), and the files to choose again as (field, file's name)."""

    action: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]

    @property
    def typed(self) -> list[str]:
        """What a reader knows again: the values that have words in them, not numbers, codes and marks of rows."""
        values = (value.strip() for _name, value in self.fields)
        return [value for value in values if len(value) > 2 and not _CODE.fullmatch(value)]


def unsent_of(request: HttpRequest) -> Unsent | None:
    """The form that ``request`` posted, where it may be shown again; None where it may not."""
    if request.method != "POST" or not same_site(request) or request.path.startswith(NEVER):
        return None
    try:
        sent, files = request.POST, request.FILES
    except (UnreadablePostError, SuspiciousOperation, BadRequest, OSError, ValueError):
        return None
    if not from_own_page(request, sent.get(TOKEN, "")):
        return None
    fields = tuple((name, value) for name, values in sent.lists() if name != TOKEN for value in values)
    chosen = tuple((name, file.name or "") for name, found in files.lists() for file in found)
    if not fields or len(fields) > FIELDS or sum(len(name) + len(value) for name, value in fields) > LETTERS:
        return None
    if any(word in name.lower() for name, _value in fields for word in SECRET):
        return None
    return Unsent(request.get_full_path(), fields, chosen[:50])


def from_own_page(request: HttpRequest, token: str) -> bool:
    """Whether the one who is logged in now was the one to whom the page with this safety key was shown."""
    user: Any = request.user
    return bool(user.is_authenticated and token and owner_of(token) == str(user.pk))


def posted_key(request: HttpRequest) -> str:
    """The safety key that came with the request: in the form, or in the header that a script sends."""
    try:
        sent = request.POST.get(TOKEN, "")
    except (UnreadablePostError, SuspiciousOperation, BadRequest, OSError, ValueError):
        sent = ""
    return sent or request.headers.get("X-CSRFToken", "")


def same_site(request: HttpRequest) -> bool:
    """Whether the browser says that the form stood on one of our own pages. Without a word of it, it did not."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        parts = urlsplit(said)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc) == (request.scheme, request.get_host())

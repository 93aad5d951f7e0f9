"""Where what happens comes from: the request id and the session, for the trail and the jobs that a request starts.

A session is known by a one-way hash of its key (of the API token or the service key where there is no session), so
that rows of one session can be put together and nobody can take it over with what the trail says. The middleware says
how it is found; it is looked for only when something is to be written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

_SESSION: ContextVar[Callable[[], str] | None] = ContextVar("portal_session", default=None)


def request_id() -> str:
    """The id of the request that is answered, or of the one that started the job; empty for a command."""
    return str(structlog.contextvars.get_contextvars().get("request_id") or "")[:64]


def session_hash() -> str:
    """The hash of the session that is at work; empty for a command and for who is not logged in."""
    find = _SESSION.get()
    return find() if find is not None else ""


@contextmanager
def within(find: Callable[[], str]) -> Iterator[None]:
    """While this lasts, ``find`` says which session is at work."""
    token = _SESSION.set(find)
    try:
        yield
    finally:
        _SESSION.reset(token)


def session_of(request: Any) -> str:
    """The hash of a request's session: of the token or the key that it came with, else of the session's key."""
    auth = getattr(request, "auth", None)
    if auth is not None:  # REST framework puts it on the request once it is known to be right
        kind, secret = type(auth).__name__.lower(), getattr(auth, "key_hash", None) or getattr(auth, "key", "")
        return _hash(kind, secret)
    session = getattr(request, "session", None)
    return _hash("session", getattr(session, "session_key", None) or "")


def _hash(kind: str, secret: str) -> str:
    return hashlib.sha256(f"portal trail {kind} {secret}".encode()).hexdigest() if secret else ""

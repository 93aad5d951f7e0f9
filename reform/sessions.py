"""How long one stays logged in: until ``SESSION_SECONDS`` after the login, and ``SESSION_IDLE_SECONDS`` after the last
sign of life. The server ends the session, whatever the browser's cookie says.

A sign of life is what a person does. What a page asks by itself (how far a job has come, how long the session lasts)
carries the header ``X-Background`` and is none; a caller can only shorten its own session by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import (  # the token of a form hides its secret; Django has no public way back
    CSRF_SECRET_LENGTH,
    CSRF_TOKEN_LENGTH,
    _unmask_cipher_token,
)

from reform import clock

BEGAN, SEEN, KEY = "began", "seen", "csrf_of"
WRITE_AFTER = 60
"""Seconds. A sign of life is written at most so often: a write at each request would cost too much."""
GetResponse = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Left:
    """How many seconds are left before the session ends: ``idle`` when nothing is done, ``whole`` whatever is done.
    ``login`` names this login, so that a page can tell it from an earlier one."""

    idle: int
    whole: int
    login: int

    @property
    def over(self) -> bool:
        return self.idle <= 0 or self.whole <= 0


def left(session: Any, seconds: int) -> Left:
    """What is left of a session at this moment; nothing of one whose times cannot be read."""
    began, seen = session.get(BEGAN, seconds), session.get(SEEN, seconds)
    if not (isinstance(began, int) and isinstance(seen, int)):
        return Left(0, 0, 0)
    whole = began + settings.SESSION_SECONDS - seconds
    return Left(min(seen + settings.SESSION_IDLE_SECONDS - seconds, whole), whole, began)


class SessionEndMiddleware:
    """After the login's own middleware: a session that is over is thrown away before anything is asked of it, and
    another is kept alive by what a person does."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            self._come(request)
        response = self.get_response(request)
        if request.session.accessed and SESSION_KEY in request.session:
            self._go(request)
        return response

    @staticmethod
    def _come(request: HttpRequest) -> None:
        session, seconds = request.session, clock.seconds()
        if left(session, seconds).over:
            logout(request)
            request.__dict__.pop("_cached_user", None)
        elif "X-Background" not in request.headers and seconds - session.get(SEEN, 0) >= WRITE_AFTER:
            session.setdefault(BEGAN, seconds)
            session[SEEN] = seconds

    @staticmethod
    def _go(request: HttpRequest) -> None:
        """A session that this request began by a login gets its times, and the key of its forms an owner."""
        session, seconds = request.session, clock.seconds()
        if BEGAN not in session:
            session[BEGAN] = session[SEEN] = seconds
        secret = request.META.get("CSRF_COOKIE")
        if secret and session.get(KEY) != _mark(secret):
            session[KEY] = _mark(secret)
            cache.set(f"csrf-of:{_mark(secret)}", str(session[SESSION_KEY]), 24 * 3600)


def _mark(secret: str) -> str:
    return hashlib.sha256(f"{settings.SECRET_KEY}:{secret}".encode()).hexdigest()[:32]


def owner_of(token: str) -> str:
    """The id of the user whose page a form with this safety key stood on; empty when it is not known (any more)."""
    try:
        secret = _unmask_cipher_token(token) if len(token) == CSRF_TOKEN_LENGTH else token
    except ValueError:  # letters that no key has
        return ""
    return cache.get(f"csrf-of:{_mark(secret)}", "") if len(secret) == CSRF_SECRET_LENGTH else ""

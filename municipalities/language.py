"""Which language a person reads: her choice on this machine, else the one kept on her user, else the browser's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from municipalities.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class UserLanguageMiddleware:
    """After LocaleMiddleware and the login: a signed-in person without a choice in the cookie gets her own language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookies = request.COOKIES
        may_differ = settings.SESSION_COOKIE_NAME in cookies and settings.LANGUAGE_COOKIE_NAME not in cookies
        if may_differ and request.user.is_authenticated:
            language = request.user.language  # type: ignore[attr-defined]
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


def language_choose(*, user: User, language: str) -> None:
    """Keep ``language`` (``nb`` or ``nn``) as the one that ``user`` gets pages and mails in.

    Raises ValueError for a language that the portal does not have.
    """
    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"no such language: {language}")
    user.language = language
    user.save(update_fields=["language"])

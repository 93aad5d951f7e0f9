"""Refuse what no browser sends before any page, form or database reads it: null characters in an address or a cookie,
and addresses that are not UTF-8. The databases differ in what they do with them: PostgreSQL refuses them with an error.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def unreadable_query(query: str) -> bool:
    """Whether a query string, as it came, has a null character or is not UTF-8. Pure."""
    data = unquote_to_bytes(query)
    if b"\0" in data:
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


class CookieMiddleware:
    """A cookie with a control character in it is as good as none; it stands before the first that reads one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name, value in list(request.COOKIES.items()):
            if not value.isprintable():
                del request.COOKIES[name]
        return self.get_response(request)


class ReadableMiddleware:
    """400 for an address that cannot be read; it stands last, so that the page that says so has its frame."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or unreadable_query(request.META.get("QUERY_STRING", "")):
            raise BadRequest("an address that cannot be read")
        return self.get_response(request)

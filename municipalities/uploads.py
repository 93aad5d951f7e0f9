"""A request that is too large is stopped before anything reads it: no form, no key, no login."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from municipalities.archives import MEGABYTE
from municipalities.errors import stopped

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestSizeMiddleware:
    """413 for more than ``PORTAL_LARGEST_REQUEST`` bytes. Without a stated length the server hands on no body at all,
    so the stated one is enough; what each file and form may be, its own form says."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if said.isdigit() and int(said[:20]) > settings.PORTAL_LARGEST_REQUEST:
            text = _("All files together may be %(most)s MB. Send them in several turns, or write an address instead.")
            return stopped(
                request,
                _("What was sent is too large"),
                text % {"most": settings.PORTAL_LARGEST_REQUEST // MEGABYTE},
                [(_("To the front page"), "/")],
                413,
                code="too_large",
            )
        return self.get_response(request)

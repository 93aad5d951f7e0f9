"""One clear page for each thing that stops a person: what happened, what it means for her, and where to go."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.resend import from_own_page, posted_key, same_site, unsent_of

Link = tuple[Any, str]  # its text and its address


API = "/api/"


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a script that reads JSON (``fetch`` with Accept: application/json)."""
    return "application/json" in request.headers.get("Accept", "")


def stopped(
    request: HttpRequest,
    heading: Any,
    text: Any,
    links: Iterable[Link] = (),
    status: int = 409,
    *,
    code: str = "",
    kept: Any = "",
) -> HttpResponse:
    """The page that says why something was not done: already sent, returned by another, locked, another unit.

    ``heading`` says what happened, ``text`` (a sentence, or a list of them) what it means, ``kept`` that nothing is
    lost, where that matters; ``links`` are (text, address), the first is the next thing to do. The same words go as
    JSON ``{"code", "heading", "text", "links", "id"}`` to a script that asks for it, and to htmx the main part alone.
    Each has the request's id, which the log has too: the case number that a person gives when she writes to us.
    """
    if request.path.startswith(API):  # a machine reads the same shape as in the API's other refusals
        return JsonResponse({"detail": str(heading), "id": case_number(request)}, status=status)
    one = isinstance(text, str | Promise) or not isinstance(text, Iterable)  # a lazy translation is Iterable: letters
    paragraphs = [str(part) for part in ([text] if one else text)]
    chosen = [{"text": str(label), "url": url} for label, url in links]
    if wants_json(request):
        body = {"code": code, "heading": str(heading), "text": " ".join(paragraphs), "links": chosen}
        return JsonResponse({**body, "id": case_number(request)}, status=status)
    context = {
        "heading": heading,
        "paragraphs": paragraphs,
        "links": chosen,
        "kept": kept,
        "status": status,
        "number": case_number(request),
    }
    if getattr(request, "htmx", False):
        response = render(request, "components/stopped_body.html", context, status=status)
        response["HX-Retarget"] = "#innhold"
        response["HX-Reswap"] = "innerHTML show:window:top"
        return response
    return render(request, "components/stopped.html", context, status=status)


_FRONT_PAGE = gettext_lazy("To the front page")


def case_number(request: HttpRequest) -> str:
    """The request's id: it says nothing of the inside, and finds the request in the log."""
    return getattr(request, "request_id", "")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read; 413 where it was too large."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return stopped(
        request,
        _("The page could not read what was sent"),
        _("Go back, load the page anew and try once more. If it happens again, write to us and say what you did."),
        [(_FRONT_PAGE, "/")],
        400,
        code="bad_request",
    )


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than the portal takes in at once."""
    return stopped(
        request,
        _("What you sent is too large"),
        _("Nothing of it was taken in. Go back, and send less at a time or a smaller file."),
        [(_FRONT_PAGE, "/")],
        413,
        code="too_large",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the unit is yours, but the right is not; the reason stands in the exception."""
    reason = str(exception or "") or _("Your role does not have this right.")
    return stopped(
        request,
        _("You do not have access to this"),
        [reason, _("Ask the person who looks after the users where you work, if you need it.")],
        [(_FRONT_PAGE, "/")],
        403,
        code="forbidden",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or one that belongs to another unit; the two look the same."""
    return stopped(
        request,
        _("The page was not found"),
        _("It may have moved, the address may be wrong, or it belongs to another unit than yours."),
        [(_FRONT_PAGE, "/")],
        404,
        code="not_found",
    )


def method_not_allowed(request: HttpRequest, allowed: list[str]) -> HttpResponse:
    """405: the address takes other calls; a person meets it when she opens an address that only a button uses."""
    response = stopped(
        request,
        _("This address cannot be opened that way"),
        _("It belongs to a button on another page. Nothing was changed."),
        [(_FRONT_PAGE, "/")],
        405,
        code="method_not_allowed",
    )
    response["Allow"] = ", ".join(allowed)
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    """429: too many tries in a short time, counted before anything was looked at."""
    response = stopped(
        request,
        _("There were too many tries"),
        _("Wait a minute, and try again."),
        [(_("To the login"), resolve_url(settings.LOGIN_URL))],
        429,
        code="too_many",
    )
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the page was open for so long, or so much happened in another tab, that its safety key is out of date.

    The one who typed it gets her form again, to look over and send herself. htmx gets a line at the top of the page,
    which stays as it is; a script gets JSON. Both get the new key, where the page was her own.
    """
    fresh = get_token(request) if _may_go_on(request) else ""
    if wants_json(request):
        answer = _stale(request)
        return JsonResponse({**json.loads(answer.content), "token": fresh}, status=403)
    if getattr(request, "htmx", False):
        response = render(request, "components/stale_key.html", {"fresh": fresh, "number": case_number(request)})
        response.status_code = 403
        response["HX-Retarget"] = "#innhold"
        response["HX-Reswap"] = "afterbegin show:window:top"
        if fresh:
            response["HX-Trigger"] = json.dumps({"portal:key": {"token": fresh}})
        return response
    if unsent := unsent_of(request):
        context = {"unsent": unsent, "page": _same_page(request), "number": case_number(request)}
        return render(request, "components/resend.html", context, status=403)
    return _stale(request)


def _may_go_on(request: HttpRequest) -> bool:
    """Whether the page with the old key was shown to the one who is logged in now."""
    return same_site(request) and from_own_page(request, posted_key(request))


def _stale(request: HttpRequest) -> HttpResponse:
    """The page for a form that cannot be shown again."""
    gone = not request.user.is_authenticated
    return stopped(
        request,
        _("The page had been open for too long"),
        [
            _("You may have logged in or out in another tab. What you sent was not taken in."),
            _("Log in, and go to the page again: it puts back what you typed, where this browser has kept it.")
            if gone
            else _("Load the page anew: it puts back what you typed, where this browser has kept it."),
        ],
        [(_("Load the page anew"), _same_page(request)), (_FRONT_PAGE, "/")],
        403,
        code="csrf",
        kept=_("What the form had saved, is still there."),
    )


AWAY = (OperationalError, InterfaceError)
"""What the database raises when it is away, or had no time for this: the same request may do in a moment."""

RETRY_SECONDS = "10"


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 with Retry-After while the database is away: the whole request was undone, and can be sent
    anew. Asks nothing of the database, the session or the context processors: they may be the reason."""
    number = case_number(request)
    status = 503 if isinstance(sys.exc_info()[1], AWAY) else 500
    if request.path.startswith(API):
        body: dict[str, Any] = {"detail": _("Something went wrong on our side"), "id": number}
        response: HttpResponse = JsonResponse(body, status=status)
    elif wants_json(request):
        heading = _("Something went wrong on our side")
        body = {"code": "error", "heading": heading, "text": "", "links": [], "id": number}
        response = JsonResponse(body, status=status)
    else:
        response = HttpResponse(render_to_string("errors/500.html", {"request_id": number}), status=status)
    if status == 503:
        response["Retry-After"] = RETRY_SECONDS
    return response


def _same_page(request: HttpRequest) -> str:
    """The page that the form stood on, when it is known and ours."""
    from django.utils.http import url_has_allowed_host_and_scheme

    address = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else "/"

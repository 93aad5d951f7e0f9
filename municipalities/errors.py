"""One clear page for each thing that stops a person: what happened, what it means for her, and where to go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Link = tuple[Any, str]  # its text and its address


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
    JSON ``{"code", "heading", "text", "links"}`` to a script that asks for it, and to htmx as the main part alone.
    """
    one = isinstance(text, str | Promise) or not isinstance(text, Iterable)  # a lazy translation is Iterable: letters
    paragraphs = [str(part) for part in ([text] if one else text)]
    chosen = [{"text": str(label), "url": url} for label, url in links]
    if wants_json(request):
        body = {"code": code, "heading": str(heading), "text": " ".join(paragraphs), "links": chosen}
        return JsonResponse(body, status=status)
    context = {"heading": heading, "paragraphs": paragraphs, "links": chosen, "kept": kept, "status": status}
    if getattr(request, "htmx", False):
        response = render(request, "components/stopped_body.html", context, status=status)
        response["HX-Retarget"] = "#innhold"
        response["HX-Reswap"] = "innerHTML show:window:top"
        return response
    return render(request, "components/stopped.html", context, status=status)


_FRONT_PAGE = gettext_lazy("To the front page")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read."""
    return stopped(
        request,
        _("The page could not read what was sent"),
        _("Go back, load the page anew and try once more. If it happens again, write to us and say what you did."),
        [(_FRONT_PAGE, "/")],
        400,
        code="bad_request",
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


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the page was open for so long, or so much happened in another tab, that its safety key is out of date."""
    return stopped(
        request,
        _("The page had been open for too long"),
        [
            _("You may have logged in or out in another tab. What you sent was not taken in."),
            _("Go back, load the page anew and try once more."),
        ],
        [(_("Load the page anew"), _same_page(request)), (_FRONT_PAGE, "/")],
        403,
        code="csrf",
        kept=_("What the form had saved, is still there."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Asks nothing of the database, the session or the context processors: they may be the reason."""
    number = getattr(request, "request_id", "")
    if wants_json(request):
        heading = _("Something went wrong on our side")
        return JsonResponse({"code": "error", "heading": heading, "text": "", "links": [], "id": number}, status=500)
    return HttpResponse(render_to_string("errors/500.html", {"request_id": number}), status=500)


def _same_page(request: HttpRequest) -> str:
    """The page that the form stood on, when it is known and ours."""
    from django.utils.http import url_has_allowed_host_and_scheme

    address = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else "/"

"""Request id and log line, the request's clock, and private pages that no cache keeps."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from reform import clock, origin

log = structlog.get_logger("portal.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestLogMiddleware:
    """Give each request an id (the proxy's, if it is well formed), and log one line when it is done.

    What is written meanwhile says the same id, and the session (``reform/origin.py``).
    The line holds no query string, no address of the reader and no answers: they may be personal.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if _REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        start = time.perf_counter()
        session = origin.within(lambda: origin.session_of(request))
        with structlog.contextvars.bound_contextvars(request_id=request_id), session:
            response = self.get_response(request)
            user = request.__dict__.get("_cached_user")  # looked at only when the view looked at it
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - start) * 1000, 1),
                user_id=getattr(user, "pk", None),
            )
        response["X-Request-ID"] = request_id
        return response


class ClockMiddleware:
    """``request.now`` and ``request.today``: one moment for the whole request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        request.today = request.now.date()  # type: ignore[attr-defined]
        return self.get_response(request)


class PrivatePagesMiddleware:
    """No cache keeps a page, whoever asked and however she signed in.

    Static files do not come this way. A view that may be kept by all says so: Cache-Control: public.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "public" not in response.get("Cache-Control", ""):
            add_never_cache_headers(response)
        return response

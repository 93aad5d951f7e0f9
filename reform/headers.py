"""What a browser is told with every answer, beside what Django, django-csp and django-permissions-policy write.

A file is an answer with ``Content-Disposition: attachment``, whichever view made it: an uploaded document, a drawn PDF,
a list as Excel. It gets a policy of its own under which nothing in it can run, even where a browser should open it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
FILE_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
EVERY_ANSWER = {
    "Cross-Origin-Resource-Policy": "same-origin",  # no other site may show or read our pages, pictures and files
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class AnswerHeadersMiddleware:
    """Inside CSPMiddleware, which leaves a policy that stands alone; outside of WhiteNoise, so that static files get
    the same."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in EVERY_ANSWER.items():
            response.setdefault(name, value)
        if response.get("Content-Disposition", "").startswith("attachment"):
            response["Content-Security-Policy"] = FILE_POLICY
            response["X-Content-Type-Options"] = "nosniff"
        return response

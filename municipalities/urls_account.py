"""What of allauth's addresses the portal does not use: accounts are made and changed by administrators.

Placed before allauth's own, whose names it still looks up.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path


def unused(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """No page here."""
    raise Http404


urlpatterns = [
    path("signup/", unused),
    path("email/", unused),
    path("password/set/", unused),
    path("login/code/confirm/", unused),
    re_path(r"^confirm-email/", unused),
]

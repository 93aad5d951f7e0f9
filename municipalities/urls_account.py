"""An invitation's page, and what of allauth's addresses the portal does not use: accounts are made and changed by
administrators.

Placed before allauth's own, whose names it still looks up; those of its third-party accounts are here alone.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from municipalities.views.invitation import AcceptInvitation


def unused(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """No page here."""
    raise Http404


urlpatterns = [
    path("invitasjon/", AcceptInvitation.as_view(), name="invitation"),
    path("signup/", unused),
    path("email/", unused),
    path("password/set/", unused),
    path("login/code/confirm/", unused),
    re_path(r"^confirm-email/", unused),
    path("3rdparty/", unused, name="socialaccount_connections"),
    path("3rdparty/signup/", unused, name="socialaccount_signup"),
    path("3rdparty/login/cancelled/", unused, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", unused, name="socialaccount_login_error"),
]

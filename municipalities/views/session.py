"""How long the session lasts: asked and renewed by the page itself, and the way to log in once more."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from municipalities.errors import method_not_allowed
from municipalities.views import login_first
from reform import clock
from reform.sessions import left


class SessionState(View):
    """``{"idle", "whole"}``: seconds until the session ends. A POST is a sign of life, and a GET that a page makes by
    itself is none (it says so with ``X-Background``). One who is logged out gets 401."""

    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return login_first(request)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        now = left(request.session, clock.seconds())
        return JsonResponse({"idle": now.idle, "whole": now.whole})

    post = get

    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return method_not_allowed(request, ["GET", "POST"])


class SessionAgain(View):
    """End this session and lead by way of the login back to ``next``: the two hours begin anew."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("/") if request.user.is_authenticated else login_first(request)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        wanted = request.POST.get("next", "")
        ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
        logout(request)
        return redirect_to_login(wanted if ours else "/", settings.LOGIN_URL)

    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return method_not_allowed(request, ["GET", "POST"])

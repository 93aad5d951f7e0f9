"""Where an invitation leads: a first password is chosen, or a page says why the link does not work any more."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from municipalities.errors import method_not_allowed, stopped
from municipalities.forms.contacts import FirstPasswordForm
from municipalities.services.invitations import (
    Found,
    InvitationRefused,
    InvitationState,
    invitation_accept,
    invitation_find,
)
from reform.limits import TooMany, spend

TEMPLATE = "account/invitation.html"


class AcceptInvitation(View):
    """``?nokkel=…``: opening it changes nothing, so a mail program that looks at links does no harm."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            spend(("invitation_address", get_ip(request)), moment=request.now.timestamp())  # type: ignore[attr-defined]
        except TooMany as limit:
            response = stopped(request, _("There were too many tries"), limit.sentence, (), 429, code="too_many")
            response["Retry-After"] = str(limit.wait)
            return response
        return super().dispatch(request, *args, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return method_not_allowed(request, ["GET", "HEAD", "POST"])

    def get(self, request: HttpRequest) -> HttpResponse:
        secret = request.GET.get("nokkel", "")
        return self._page(request, invitation_find(secret, now=request.now), secret, FirstPasswordForm())  # type: ignore[attr-defined]

    def post(self, request: HttpRequest) -> HttpResponse:
        secret = request.POST.get("nokkel", "")
        now = request.now  # type: ignore[attr-defined]
        form = FirstPasswordForm(request.POST)
        if form.is_valid():
            try:
                user = invitation_accept(secret=secret, password=form.cleaned_data["password1"], now=now)
            except ValidationError as weak:
                form.add_error("password1", weak)
            except InvitationRefused:
                pass
            else:
                said = _("The password is chosen. Log in with %(username)s.") % {"username": user.username}
                messages.success(request, said)
                return redirect("account_login")
        return self._page(request, invitation_find(secret, now=now), secret, form)

    @staticmethod
    def _page(request: HttpRequest, found: Found, secret: str, form: FirstPasswordForm) -> HttpResponse:
        waiting = found.state is InvitationState.WAITING
        context = {"found": found, "secret": secret, "form": form, "waiting": waiting}
        return render(request, TEMPLATE, context, status=422 if form.is_bound else 200)

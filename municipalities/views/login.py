"""The doors of login by organisation: out to the provider, back again, out of the portal, and the pages on the way."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.forms import UserTokenForm
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from municipalities.errors import method_not_allowed
from municipalities.oidc import adapter, metadata
from municipalities.oidc.config import ProviderConfig, provider, providers
from municipalities.oidc.provider import PortalOAuth2Adapter, PortalProvider
from municipalities.oidc.tokens import LoginRefused
from municipalities.services.invitations import InvitationState, invitation_find
from municipalities.services.login import session_ended
from municipalities.services.names import unit_names
from municipalities.views.login_words import refusal_words

_RESET_KEY = "_password_reset_key"  # where allauth keeps the key of a link that was opened
_LEFT_SECONDS = 300
_LONGEST_SID = 500


def _config(key: str) -> ProviderConfig:
    config = provider(key)
    if config is None:
        raise Http404
    return config


def _provider(request: HttpRequest, config: ProviderConfig) -> PortalProvider:
    return adapter.PortalSocialAdapter(request).get_provider(request, config.key)


class _Door(View):
    """A page of the login, open to all."""

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return method_not_allowed(request, [name.upper() for name in self.http_method_names])


class ProviderLogin(_Door):
    """Off to the provider. A link leads here, since a form may not be sent on to another site; a link on somebody
    else's page leads to the login page only."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        config = _config(key)
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            return redirect("account_login")
        way = _provider(request, config)
        wanted = way.get_redirect_from_request_kwargs(request)
        wanted["data"] = _invited(request)
        try:
            return way.redirect(request, **wanted)  # type: ignore[no-any-return]
        except LoginRefused as refused:
            return render_authentication_error(request, way, exception=refused)  # type: ignore[no-any-return]


def _invited(request: HttpRequest) -> dict[str, int] | None:
    """Whose link she comes from, where it still holds: an invitation's, or one to choose a new password, which has to
    have been opened in this session."""
    if secret := request.GET.get("invitasjon"):
        found = invitation_find(secret, now=request.now)  # type: ignore[attr-defined]
        if found.state is InvitationState.WAITING and found.user is not None:
            return {"user_id": found.user.pk, "invitation_id": found.invitation_id}
    if name := request.GET.get("kobling"):
        token = UserTokenForm(data={"uidb36": name, "key": request.session.get(_RESET_KEY, "")})
        if token.is_valid():
            return {"user_id": token.reset_user.pk}
    return None


class ProviderCallback(_Door):
    """Back from the provider with a code. allauth uses the state up; the adapter judges the answer."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        view = _Callback.adapter_view(PortalOAuth2Adapter(request, _config(key)))
        return view(request)  # type: ignore[no-any-return]


class _Callback(OAuth2CallbackView):
    """allauth's, which hands the stashed state on to the adapter: the nonce is in it."""

    adapter: PortalOAuth2Adapter

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response


class LoggedOut(_Door):
    """Logged out of the portal; the page goes on to log out at the provider that the person came from."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            key = signing.loads(request.GET.get("fra", ""), salt=adapter.LEFT, max_age=_LEFT_SECONDS)
        except signing.SignatureExpired:
            return redirect("account_login")
        except signing.BadSignature:
            raise Http404 from None
        config = provider(str(key))
        address = metadata.end_session_address(config) if config is not None else ""
        if config is None or not address or request.user.is_authenticated:
            return redirect("account_login")
        back = request.build_absolute_uri(reverse("account_login"))
        query = urlencode({"client_id": config.client_id, "post_logout_redirect_uri": back})
        context = {"provider": config, "url": f"{address}{'&' if '?' in address else '?'}{query}"}
        return render(request, "account/logged_out.html", context)


class FrontChannelLogout(_Door):
    """The provider ends a session of its own, and asks for the portal's that it began (OpenID Connect Front-Channel
    Logout 1.0): in a frame of its page, which gets no cookie of ours, so the session is found by ``iss`` and ``sid``.

    Only this address may be framed, and by that provider only. What is not known answers the same.
    """

    http_method_names = ["get"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        config = _config(key)
        issuer, sid = request.GET.get("iss", ""), request.GET.get("sid", "")
        right = issuer == config.issuer and 0 < len(sid) <= _LONGEST_SID
        if right:
            session_ended(provider=config.key, sid=sid)
        words = _("You are logged out of the portal.") if right else _("This address is for the login provider.")
        page = '<!doctype html><meta charset="utf-8"><title>Leve hele livet</title><p>'
        response = HttpResponse(f"{page}{words}</p>", status=200 if right else 400)
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
        response._csp_replace = {"frame-ancestors": _origins(config)}  # type: ignore[attr-defined]
        return response


def _origins(config: ProviderConfig) -> list[str]:
    """The sites that the provider's pages are at: its issuer's, and those of its own addresses."""
    addresses = [config.issuer]
    try:
        about = metadata.discovery(config)
    except LoginRefused:
        about = {}
    addresses += [str(about[name]) for name in ("authorization_endpoint", "end_session_endpoint") if name in about]
    return sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, addresses)})


class LoginRefusedPage(_Door):
    """Why somebody who has proved who she is does not come in, and what she can do."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, reason: str) -> HttpResponse:
        ids = [int(text) for text in request.GET.getlist("enhet")[:3] if text.isascii() and text.isdigit()]
        names = unit_names([number for number in ids if number < 2**31], request.today)  # type: ignore[attr-defined]
        words = refusal_words(reason, [row.display_name for row in names.values()])
        if words is None:
            raise Http404
        config = provider(request.GET.get("fra", ""))
        context = {"words": words, "provider": config, "others": [p for p in providers() if p != config]}
        return render(request, "account/login_refused.html", context, status=200)

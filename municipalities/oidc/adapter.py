"""The portal's rules where allauth asks for them: which providers there are, who is let in, how a refusal looks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import structlog
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from municipalities.access import can
from municipalities.login import PortalAccountAdapter
from municipalities.models import User
from municipalities.oidc import config as configured
from municipalities.oidc.provider import PortalProvider, app_of
from municipalities.oidc.session import LOGIN, remember, settle
from municipalities.services.login import CLOSED, Admission, Invited, municipality_admit, staff_admit

log = structlog.get_logger("portal.login")
LEFT = "oidc-left"
FAILED, CANCELLED, LOCAL_CLOSED = "feilet", "avbrutt", "lukket"


def login_page(told: str) -> HttpResponse:
    """Back to the login page, which says one sentence about what has happened."""
    return redirect(f"{reverse('account_login')}?{urlencode({'innlogging': told})}")


class PortalSocialAdapter(DefaultSocialAccountAdapter):
    """Providers come from the configuration only, and no login makes a user by itself."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        return [
            app_of(entry)
            for entry in configured.providers()
            if provider in (None, entry.key, PortalProvider.id) and client_id in (None, entry.client_id)
        ]

    def list_providers(self, request: HttpRequest) -> list[PortalProvider]:
        return [self.get_provider(request, entry.key) for entry in configured.providers()]

    def get_provider(self, request: HttpRequest, provider: str, client_id: Any = None) -> PortalProvider:
        apps = self.list_apps(request, provider, client_id)
        config = configured.provider(apps[0].provider_id) if len(apps) == 1 else None
        if config is None:
            raise SocialApp.DoesNotExist
        found = PortalProvider(request, app=apps[0])
        found.config = config
        return found

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide who it is, and let allauth log her in; else lead to the page that says what to do."""
        provider: PortalProvider = sociallogin.provider
        admission = self._admit(request, sociallogin, provider)
        if admission.user is None:
            log.info("login refused", provider=provider.config.key, reason=admission.reason)
            raise ImmediateHttpResponse(_refusal(provider, admission))
        if request.user.is_authenticated:
            get_account_adapter(request).logout(request)
        sociallogin.account = SocialAccount.objects.get(
            provider=sociallogin.account.provider, uid=sociallogin.account.uid
        )
        sociallogin.user = admission.user
        remember(request.session, sociallogin.answer, admission.user, admission.represents, request.now)  # type: ignore[attr-defined]

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        reason = getattr(exception, "reason", type(exception).__name__ if exception else str(error))
        log.warning("login not confirmed", provider=getattr(provider, "sub_id", ""), reason=reason)
        raise ImmediateHttpResponse(login_page(CANCELLED if error == AuthError.CANCELLED else FAILED))

    @staticmethod
    def _admit(request: Any, sociallogin: SocialLogin, provider: PortalProvider) -> Admission:
        data = sociallogin.state.get("data")
        when: dict[str, Any] = {
            "invited": Invited(**data) if data else None,
            "today": request.today,
            "now": request.now,
        }
        if provider.config.for_municipalities:
            return municipality_admit(sociallogin.answer, **when)
        return staff_admit(sociallogin.answer, groups=provider.config.groups, **when)


def _refusal(provider: PortalProvider, admission: Admission) -> HttpResponse:
    if admission.reason == CLOSED:
        return redirect("account_inactive")
    address = reverse("login_refused", kwargs={"reason": admission.reason})
    query = [("fra", provider.config.key), *(("enhet", str(unit)) for unit in admission.unit_ids[:3])]
    return redirect(f"{address}?{urlencode(query)}")


class ProviderAccountAdapter(PortalAccountAdapter):
    """What a login and a logout mean besides allauth's own rules."""

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Where local login is closed, only those with the right come in without a provider."""
        by_provider = "sociallogin" in (kwargs.get("signal_kwargs") or {})
        closed = settings.PORTAL_LOCAL_LOGIN_CLOSED and not by_provider
        if closed and not can(user, "login.local", today=request.today):  # type: ignore[attr-defined]
            return login_page(LOCAL_CLOSED)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        settle(request.session, user, request.now)  # type: ignore[attr-defined]

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Somebody who came from a provider is led there too, by a page of the portal: a form may not be sent on to
        another site (Content-Security-Policy, form-action)."""
        login = request.session.get(LOGIN)
        if isinstance(login, dict):
            return f"{reverse('logged_out')}?{urlencode({'fra': signing.dumps(login['provider'], salt=LEFT)})}"
        address: str = super().get_logout_redirect_url(request)
        return address

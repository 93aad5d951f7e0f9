"""allauth's OpenID Connect flow with what it leaves out: nonce, the checks of the ID token, ``private_key_jwt``, and no
parameter of the request that comes from the page's address."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any
from urllib.parse import quote

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from municipalities.oidc import metadata
from municipalities.oidc.claims import acr_suffices, answer_of
from municipalities.oidc.config import ProviderConfig
from municipalities.oidc.tokens import KeyUnknown, LoginRefused, client_assertion, id_token_verify
from municipalities.services.login import kept_data

NONCE_KEPT = 3600  # seconds; longer than a state or a token lives
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def app_of(config: ProviderConfig) -> SocialApp:
    """The provider as allauth knows it: a row that is never saved. The table of apps is not read at all."""
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=config.key,
        name=config.name,
        client_id=config.client_id,
        settings={
            "server_url": config.issuer,
            "oauth_pkce_enabled": True,
            "fetch_userinfo": False,
            "scope": list(config.scope),
        },
    )


class PortalClient(OAuth2Client):
    """Changes the code for the ID token, proving who asks by a signed assertion or by the secret in the header."""

    config: ProviderConfig
    issuer: str

    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> dict[str, Any]:
        data = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback_url,
            "code_verifier": pkce_code_verifier or "",
        }
        kwargs: dict[str, Any] = {"data": data, "headers": {"Accept": "application/json"}}
        if self.config.private_key:
            data["client_id"] = self.config.client_id
            data["client_assertion_type"] = _ASSERTION
            data["client_assertion"] = client_assertion(
                client_id=self.config.client_id,
                audience=self.config.issuer,
                private_key=self.config.private_key,
                key_id=self.config.key_id,
                now=timezone.now(),  # the real time, also where the portal's own clock stands still
            )
        else:  # RFC 6749 § 2.3.1: both are form-encoded first
            kwargs["auth"] = (quote(self.config.client_id, safe=""), quote(self.config.client_secret, safe=""))
        return metadata.fetch("POST", self.access_token_url, **kwargs)


class PortalOAuth2Adapter(OpenIDConnectOAuth2Adapter):
    """The two ends of the flow. ``state`` is what was stashed when it began."""

    client_class = PortalClient
    config: ProviderConfig

    def __init__(self, request: HttpRequest, config: ProviderConfig) -> None:
        super().__init__(request, config.key)
        self.config = config
        self.state: dict[str, Any] = {}

    @property
    def openid_config(self) -> dict[str, Any]:
        return metadata.discovery(self.config)

    @property
    def basic_auth(self) -> bool:
        return False  # the client decides

    def get_client(self, request: HttpRequest, app: SocialApp) -> PortalClient:
        client: PortalClient = super().get_client(request, app)
        client.config = self.config
        return client

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("oidc_callback", kwargs={"key": self.config.key}))

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """The access token is of no use here, and is not kept."""
        return SocialToken(token="")

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """The login that the ID token proves. Raises LoginRefused."""
        said = request.GET.get("iss")
        if said is not None and said != self.config.issuer:  # RFC 9207: an answer that another provider gave
            raise LoginRefused("issuer of the answer")
        nonce = str(self.state.get("nonce") or "")
        claims = self._claims(kwargs["response"].get("id_token"), nonce)
        if self.config.acr and not acr_suffices(claims.get("acr"), self.config.acr):
            raise LoginRefused("acr")
        used = f"oidc:nonce:{hashlib.sha256(nonce.encode()).hexdigest()}"
        if not cache.add(used, True, NONCE_KEPT):
            raise LoginRefused("nonce used")
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, claims)
        return login

    def _claims(self, token: Any, nonce: str) -> dict[str, Any]:
        def verify(keys: list[Any]) -> dict[str, Any]:
            config = self.config
            return id_token_verify(
                token, keys=keys, issuer=config.issuer, client_id=config.client_id, nonce=nonce, now=timezone.now()
            )

        try:
            return verify(metadata.signing_keys(self.config))
        except KeyUnknown:  # the provider may have changed its keys
            return verify(metadata.signing_keys(self.config, anew=True))


class PortalProvider(OpenIDConnectProvider):
    """A configured provider. The address of the page decides nothing but where to go afterwards."""

    config: ProviderConfig

    def get_oauth2_adapter(self, request: HttpRequest) -> PortalOAuth2Adapter:
        return PortalOAuth2Adapter(request, self.config)

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("oidc_login", kwargs={"key": self.config.key})

    def get_callback_url(self) -> str:
        return reverse("oidc_callback", kwargs={"key": self.config.key})

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """allauth lets the address add scopes, parameters and another process (``connect``); here it may not."""
        kept = {"next_url": super().get_redirect_from_request_kwargs(request).get("next_url")}
        params = {"auth_params": self.auth_params(again="ny" in request.GET)}
        return {"process": AuthProcess.LOGIN, "scope": self.get_scope(), **params, **kept}

    def auth_params(self, *, again: bool) -> dict[str, str]:
        """What is asked for besides the standard: the level, representation, and a new choice where she starts anew."""
        params = {}
        if self.config.acr_values:
            params["acr_values"] = self.config.acr_values
        if self.config.authorization_details:
            params["authorization_details"] = json.dumps(self.config.authorization_details)
        if again:
            params["prompt"] = "login"
        return params

    def redirect(
        self, request: HttpRequest, process: str, next_url: Any = None, data: Any = None, **kwargs: Any
    ) -> Any:
        nonce = secrets.token_urlsafe(32)
        kwargs["auth_params"] = {**kwargs["auth_params"], "nonce": nonce}
        response: HttpResponse = super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)
        return response

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> SocialLogin:
        answer = answer_of(response, self.config.key, self.config.authorization_details)
        login: SocialLogin = super().sociallogin_from_response(request, {"sub": answer.subject, "answer": answer})
        login.answer = answer
        return login

    def extract_uid(self, data: Any) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: Any) -> dict[str, object]:
        return kept_data(data["answer"], timezone.now())

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        return {}  # a user is made by the portal's own rules only

    def extract_email_addresses(self, data: Any) -> list[Any]:
        return []

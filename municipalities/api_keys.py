"""How a municipality's own system says who it is: ``Authorization: Bearer <key>``. A door without rules."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from municipalities.services.service_accounts import service_account_by_key


class ServiceKeyAuthentication(BaseAuthentication):
    """The key of a service account. A key that is wrong or revoked gives 401; without one, others are asked."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword.lower().encode():
            return None
        key = parts[1].decode("latin-1") if len(parts) == 2 else ""
        account = service_account_by_key(key, today=request._request.today)  # type: ignore[attr-defined]
        if account is None:
            raise AuthenticationFailed(_("The key is wrong or has been revoked."))
        return account.user, account

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class ServiceKeyScheme(OpenApiAuthenticationExtension):
    """How the description of the API names it."""

    target_class = ServiceKeyAuthentication
    name = "serviceKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "The key of a municipality's service account."}

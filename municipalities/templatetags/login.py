"""The providers on the login page and on the page of an invitation."""

from __future__ import annotations

from django import template
from django.conf import settings

from municipalities.oidc.config import ProviderConfig, providers

register = template.Library()


@register.simple_tag
def login_providers() -> tuple[ProviderConfig, ...]:
    """The configured providers, in the order in which they are offered."""
    return providers()


@register.simple_tag
def local_login_closed() -> bool:
    """Whether passwords are for administrators only."""
    return bool(settings.PORTAL_LOCAL_LOGIN_CLOSED)

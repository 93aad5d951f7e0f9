"""How a person with a local account gets in: the same answer and the same work for known and unknown names.

Nobody signs up. One name is looked up with one query and costs one hash, whether there is such an account or not; a
reset is written down and answered, and looked into afterwards. Tries are counted for the account and for the address
(``reform.limits``); the address is the connection's, or what our own proxy says.
"""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import User
from municipalities.services.local_accounts import password_reset_ask, user_named
from reform import clock
from reform.limits import Spent, TooMany, give_back, spend

_WRONG = gettext_lazy("The user name, the e-mail address or the password is wrong.")
KNOWN_ADDRESS = 30 * 24 * 3600
"""Seconds in which an address from which a person has logged in is hers: tries from elsewhere do not lock her out."""


class OneHashBackend(AuthenticationBackend):  # type: ignore[misc]
    """One query and one hash for each try. allauth's own looks a name up as user name and as e-mail in turn, and so
    hashes up to three times for somebody who is there and once for somebody who is not."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        password = credentials.get("password")
        typed = credentials.get("username") or credentials.get("email")
        if not password or not typed:
            return None
        user = user_named(typed)
        if user is None:
            User().set_password(password)  # the same work as for somebody who is there
            return None
        if not user.check_password(password):  # hashes for an account without a password, too
            return None
        if not self.user_can_authenticate(user):
            self._stash_user(user)  # she knows the password, and is told that the account is closed
            return None
        return user


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's account rules, without sign-up, and with the portal's own limits."""

    _counted: list[Spent]
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try. Raises ValidationError, with when to try again, when there were too many."""
        account, address = _account_of(credentials), get_ip(request)
        wanted = [("login_address", address), ("login_account_here", f"{account} {address}")]
        if not cache.get(_known(account, address)):
            wanted.append(("login_account", account))
        try:
            self._counted = spend(*wanted, moment=clock.now().timestamp())
        except TooMany as limit:
            raise limit.as_fault() from limit

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Who it is. What was right counts not as a try, and makes the address one of hers."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            give_back(self._counted)
            cache.set(_known(f"user:{user.pk}", get_ip(request)), True, KNOWN_ADDRESS)
        return user


class PortalLoginForm(LoginForm):  # type: ignore[misc]
    """allauth's login form, with labels in the portal's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail")
        self.fields["password"].label = _("Password")


class PortalResetForm(ResetPasswordForm):  # type: ignore[misc]
    """The wish for a new password. Whether there is such an account is looked into after the answer."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        wanted = (("reset_address", get_ip(context.request)), ("reset_account", email))
        try:
            spend(*wanted, moment=clock.now().timestamp())
        except TooMany as limit:
            raise limit.as_fault() from limit
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        password_reset_ask(email=email, now=clock.now())
        return email


def _account_of(credentials: dict[str, Any]) -> str:
    """One word for an account, whichever of its names was typed; a name of nobody's is counted as it is."""
    typed = credentials.get("username") or credentials.get("email") or ""
    user = user_named(typed)
    return f"user:{user.pk}" if user is not None else f"name:{typed.strip().casefold()}"


def _known(account: str, address: str) -> str:
    return "known-address:" + hashlib.sha256(f"{account} {address}".encode()).hexdigest()

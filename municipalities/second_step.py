"""The second step of a local login: an app's code or a passkey beside the password, forced for administrators.

``SecondStepMiddleware`` looks at the session and not at the account: only a session in which a second step was taken,
or that an organisation's own login has begun, is whole. Anything else of an administrator's reaches the pages where the
step is set up or taken, and the way out. It fails closed: a session of which nothing is known is not whole.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access_levels import needs_second_step
from municipalities.errors import wants_json
from municipalities.models import User
from reform import clock
from reform.limits import TooMany, give_back, spend

GetResponse = Callable[[HttpRequest], HttpResponse]
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
DEMO_ADDRESS = "@example.no"
"""Where the demo's invented people have their mail. Nobody real has an address there."""

_OUT = frozenset({"account_logout", "language_choose"})
SET_UP = _OUT | {
    "mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "account_reauthenticate",
}  # fmt: skip
TAKE = _OUT | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


class SecondStepMiddleware:
    """Keep an administrator whose session is not whole at the pages of the second step. The API answers 403."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "second_step_set_up_by", None)
        if user is not None and request.user == user and steps_of(user):
            # There was none when this request began, so it was set up in this very session: it has taken the step.
            record_authentication(request, user, "mfa", set_up=True)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        user: User = request.user  # type: ignore[assignment]
        if session_is_whole(request, user) or not step_is_forced(user, today=request.today):  # type: ignore[attr-defined]
            return None
        has_one = steps_of(user)
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name not in (TAKE if has_one else SET_UP):
            return _first_the_step(request, _where_to_take_it(user) if has_one else "mfa_index")
        if not has_one and request.method == "POST":
            request.second_step_set_up_by = user  # type: ignore[attr-defined]
        return None


def session_is_whole(request: HttpRequest, user: User) -> bool:
    """Whether a second step was taken in this session, or an organisation's login, which asks for its own, began it."""
    methods = {record.get("method") for record in get_authentication_records(request, user)}
    return bool(methods & {"mfa", "socialaccount"})


def step_is_forced(user: User, *, today: Any) -> bool:
    """Whether ``user`` must take a second step. In the demo its invented administrators need not, and the login page
    says so; a real person's account must, also on a site that calls itself a demo."""
    if settings.PORTAL_DEMO and user.email.endswith(DEMO_ADDRESS):
        return False
    return needs_second_step(user, today=today)


def steps_of(user: User) -> bool:
    """Whether ``user`` has set up an app or a passkey (recovery codes alone are no second step)."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).exists()


def _where_to_take_it(user: User) -> str:
    app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
    return "mfa_reauthenticate" if app else "mfa_reauthenticate_webauthn"


def _first_the_step(request: HttpRequest, name: str) -> HttpResponseBase:
    if request.path.startswith("/api/") or wants_json(request):
        text = _("Administrators log in with a second step: an app or a passkey. Set it up in the portal first.")
        body = {"code": "second_step", "heading": _("You do not have access to this"), "text": text, "links": []}
        return JsonResponse({**body, "detail": text}, status=403)
    response = redirect(name)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)  # type: ignore[assignment]
        response["HX-Redirect"] = redirect(name)["Location"]
    return response


class PortalMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's rules of the second step, with secrets encrypted in the database, and no way back for who must have
    one."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last step of somebody who must have one stays."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=STEPS)
        if others.exclude(pk=authenticator.pk).exists():
            return True
        return not needs_second_step(authenticator.user, today=clock.today())

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return _("Passkey %(n)s") % {"n": Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}

    def _get_site_name(self) -> str:
        return settings.MFA_TOTP_ISSUER


class _Counted:
    """A form with a code: tries are counted for the account and the address."""

    user: Any

    def clean_code(self) -> str:
        wanted = (("code_address", get_ip(context.request)), ("code_account", str(self.user.pk)))
        try:
            counted = spend(*wanted, moment=clock.now().timestamp())
        except TooMany as limit:
            raise limit.as_fault() from limit
        code: str = super().clean_code()  # type: ignore[misc]
        give_back(counted)
        return code


class CodeForm(_Counted, AuthenticateForm):  # type: ignore[misc]
    """The code at the login."""


class CodeAgainForm(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """The code before one changes something about one's login."""


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, in the portal's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("What do you call it?")
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = gettext_lazy("Log in with it alone, without a password")
            self.fields["passwordless"].help_text = gettext_lazy(
                "The device asks for your finger, your face or its PIN each time."
            )


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("What do you call it?")


def _fernet() -> MultiFernet:
    """Keys made of the site's secrets; what an earlier one has encrypted can still be read."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"mfa {secret}".encode()).digest())) for secret in secrets]
    )

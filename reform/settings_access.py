"""Settings: who gets in and for how long, and what a browser is told to keep to. Read by ``reform.settings``, which has
read the file of the environment before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import environ
from csp.constants import NONE, SELF

env = environ.Env()


def _seconds(name: str, *, at_most: int) -> int:
    """So many minutes as the place says, in seconds: never more than ``at_most``, and ten at least, so that one can
    work."""
    return 60 * min(max(env.int(name, default=at_most), 10), at_most)


# --- Who, and for how long ------------------------------------------------------------------------

AUTH_USER_MODEL = "municipalities.User"
AUTHENTICATION_BACKENDS = ["municipalities.login.OneHashBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append({"NAME": "municipalities.passwords.PlaceNameValidator"})
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "municipalities.oidc.adapter.ProviderAccountAdapter"
ACCOUNT_FORMS = {
    "login": "municipalities.login.PortalLoginForm",
    "reset_password": "municipalities.login.PortalResetForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by administrators, who know the address
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody signs up, so a stranger gets no mail
ACCOUNT_SESSION_REMEMBER = True  # reform.sessions says how long a session lives
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# What allauth counts by itself; the tries at a password, a reset and a code are counted by PORTAL_LIMITS.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "reset_password": None}
# (tries, seconds). An account is counted from one address and from all of them; an address over all accounts.
PORTAL_LIMITS: dict[str, tuple[int, int]] = {
    "login_account_here": (5, 300),
    "login_account": (20, 300),
    "login_address": (30, 300),
    "reset_account": (3, 900),
    "reset_address": (20, 900),
    "code_account": (5, 300),
    "code_address": (30, 300),
    "invite_account": (30, 3600),
    "invite_address": (60, 3600),
    "invitation_address": (30, 600),  # opening and accepting one
}
# Our one proxy writes the last entry of X-Forwarded-For; without it nobody's word is taken, only the connection's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("PORTAL_BEHIND_PROXY", default=False) else 0

# --- The second step --------------------------------------------------------------------------------

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever made the account knew the address
MFA_TOTP_ISSUER = "Leve hele livet"
MFA_TOTP_TOLERANCE = 1  # a code written half a minute late
MFA_ADAPTER = "municipalities.second_step.PortalMFAAdapter"
MFA_FORMS = {
    "authenticate": "municipalities.second_step.CodeForm",
    "reauthenticate": "municipalities.second_step.CodeAgainForm",
    "add_webauthn": "municipalities.second_step.PasskeyForm",
    "edit_webauthn": "municipalities.second_step.PasskeyNameForm",
}

# --- Who gives access -------------------------------------------------------------------------------

INVITATION_DAYS = env.int("PORTAL_INVITATION_DAYS", default=7)  # how long an invitation can be accepted
ACCESS_REVIEW_AFTER = timedelta(days=env.int("PORTAL_ACCESS_REVIEW_DAYS", default=365))

# --- Login by organisation ---------------------------------------------------------------------------

# docs/security.md tells what the variable of the providers holds.
SOCIALACCOUNT_ADAPTER = "municipalities.oidc.adapter.PortalSocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # by a link: a form may not be sent on to another site (form-action)
PORTAL_LOGIN_PROVIDERS = env.str("PORTAL_LOGIN_PROVIDERS", default="")
PORTAL_LOCAL_LOGIN_CLOSED = env.bool("PORTAL_LOCAL_LOGIN_CLOSED", default=False)

PORTAL_METRICS_TOKEN = env.str("PORTAL_METRICS_TOKEN", default="")  # without it there is no page of metrics

CSRF_FAILURE_VIEW = "municipalities.errors.csrf_failure"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
_https = not env.bool("PORTAL_INSECURE_HTTP", default=False)
_host = "__Host-" if _https else ""  # a browser takes it only over https, for this host alone and the whole of it
SESSION_COOKIE_NAME = f"{_host}portal_session"
SESSION_SECONDS = _seconds("PORTAL_SESSION_MINUTES", at_most=120)  # after the login
SESSION_IDLE_SECONDS = min(_seconds("PORTAL_IDLE_MINUTES", at_most=30), SESSION_SECONDS)  # after the last sign of life
SESSION_COOKIE_AGE = SESSION_IDLE_SECONDS  # reform.sessions ends a session, and renews it by what a person does
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_host}portal_csrf"  # read by the scripts of the forms, so not HttpOnly
CSRF_COOKIE_SAMESITE = "Lax"

# --- Security -------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("PORTAL_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the design system draws its icons as data images in the style sheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-src": [NONE],
        "media-src": [NONE],
        "worker-src": [NONE],
        "manifest-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": _https,
    }
}
# Everything that a browser can be asked for is off, save what the portal's own pages do. The names are those that
# Chromium and Firefox know; what a browser does not know, it passes over.
_off = """
    accelerometer ambient-light-sensor autoplay bluetooth browsing-topics camera captured-surface-control
    clipboard-read clipboard-write compute-pressure cross-origin-isolated deferred-fetch deferred-fetch-minimal
    device-attributes digital-credentials-create digital-credentials-get display-capture document-domain
    encrypted-media fullscreen gamepad geolocation gyroscope hid identity-credentials-get idle-detection
    interest-cohort keyboard-map language-detector language-model local-fonts local-network local-network-access
    loopback-network magnetometer microphone midi on-device-speech-recognition otp-credentials payment
    picture-in-picture private-state-token-issuance private-state-token-redemption rewriter screen-wake-lock serial
    shared-storage shared-storage-select-url speaker-selection storage-access summarizer sync-xhr translator unload
    usb vr web-app-installation web-share webnn window-management writer xr-spatial-tracking
"""
PERMISSIONS_POLICY: dict[str, list[str] | str] = {feature: [] for feature in _off.split()}
# Passkeys (WebAuthn) are made and used on our own pages.
PERMISSIONS_POLICY |= {"publickey-credentials-create": "self", "publickey-credentials-get": "self"}

"""Access to a unit's page, and to what the portal takes from its libraries: health, login, the second factor."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import GONE, LEAVES, LOGIN, PUBLIC, STAFF, Row, Target
from tests.world import UNITS_2022, World


def key(world: World, unit: Municipality) -> Target:
    """An address with a key that fits nobody."""
    return Target(kwargs={"key": "x"})


def reset_key(world: World, unit: Municipality) -> Target:
    """A password reset whose key fits nobody: the page says so."""
    return Target(kwargs={"uidb36": "1", "key": "x-y"})


def number(world: World, unit: Municipality) -> Target:
    """A unit's own page, by its number in the days of the tests."""
    return Target(obj=unit, kwargs={"number": next(key for key in UNITS_2022 if world.units[key] == unit)})


ROWS = [
    Row("municipality_detail", "GET", "register.read", number),
    Row("healthz", "GET", PUBLIC),
    Row("readyz", "GET", PUBLIC),
    Row("account_login", "GET", PUBLIC),
    Row("account_reset_password", "GET", PUBLIC),
    Row("account_reset_password_done", "GET", PUBLIC),
    Row("account_reset_password_from_key", "GET", PUBLIC, reset_key),
    Row("account_reset_password_from_key_done", "GET", PUBLIC),
    Row("account_inactive", "GET", PUBLIC),
    Row("account_logout", "GET", LOGIN),
    Row("account_change_password", "GET", LOGIN),
    Row("account_reauthenticate", "GET", LOGIN),
    Row("account_signup", "GET", GONE),
    Row("account_email", "GET", GONE),
    Row("account_set_password", "GET", GONE),
    Row("account_confirm_login_code", "GET", GONE),
    Row("account_email_verification_sent", "GET", GONE),
    Row("account_confirm_email", "GET", GONE, key),
    Row("mfa_index", "GET", LOGIN),
    Row("mfa_authenticate", "GET", LOGIN),
    Row("mfa_reauthenticate", "GET", LOGIN),
    Row("mfa_activate_totp", "GET", LOGIN),
    Row("mfa_deactivate_totp", "GET", LOGIN, nothing_there=True),
    Row("mfa_view_recovery_codes", "GET", LOGIN, nothing_there=True),
    Row("mfa_generate_recovery_codes", "GET", LOGIN),
    Row("mfa_download_recovery_codes", "GET", LOGIN, nothing_there=True),
    Row("account_login", "POST", PUBLIC),
    Row("account_reset_password", "POST", PUBLIC),
    Row("account_reset_password_from_key", "POST", PUBLIC, reset_key),
    Row("account_logout", "POST", LEAVES),
    Row("account_change_password", "POST", LOGIN),
    Row("account_reauthenticate", "POST", LOGIN),
    Row("mfa_authenticate", "POST", LOGIN),
    Row("mfa_reauthenticate", "POST", LOGIN),
    Row("mfa_activate_totp", "POST", LOGIN),
    Row("mfa_deactivate_totp", "POST", LOGIN, nothing_there=True),
    Row("mfa_generate_recovery_codes", "POST", LOGIN),
    Row("admin:index", "GET", STAFF),
]

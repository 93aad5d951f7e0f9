"""Access to login by organisation. The matrix has no provider configured, so a provider's own addresses are not there;
tests/login asks them where there is one."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import GONE, PUBLIC, Row, Target
from tests.world import World


def a_provider(world: World, unit: Municipality) -> Target:
    """The addresses of a provider that nobody has configured."""
    return Target(kwargs={"key": "ansattporten"})


def a_reason(world: World, unit: Municipality) -> Target:
    """The page for somebody whom nobody has invited."""
    return Target(kwargs={"reason": "tilgang"})


ROWS = [
    Row("oidc_login", "GET", GONE, a_provider),
    Row("oidc_callback", "GET", GONE, a_provider),
    Row("oidc_frontchannel", "GET", GONE, a_provider),
    Row("logged_out", "GET", GONE),  # only with what the logout has signed
    Row("login_refused", "GET", PUBLIC, a_reason),
    Row("socialaccount_connections", "GET", GONE),
    Row("socialaccount_signup", "GET", GONE),
    Row("socialaccount_login_cancelled", "GET", GONE),
    Row("socialaccount_login_error", "GET", GONE),
]

"""Access to the second step of a local login, to invitations, and to the pages where access is given and reviewed."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import LOGIN, PUBLIC, Row, Target
from tests.world import World


def no_key(world: World, unit: Municipality) -> Target:
    return Target(kwargs={"pk": 1})


def no_invitation(world: World, unit: Municipality) -> Target:
    return Target(kwargs={}, data={"nokkel": "x", "password1": "y", "password2": "y"})


def a_unit(world: World, unit: Municipality) -> Target:
    return Target(obj=unit, data={"hva": "igjen", "kontakt": "0"})


def an_office(world: World, unit: Municipality) -> Target:
    return Target(obj=world.office("oslo-og-viken"), data={"hva": "igjen", "kontakt": "0"})


def a_script(world: World, unit: Municipality) -> Target:
    return Target(kwargs={}, headers={"accept": "application/json"})


def nothing(world: World, unit: Municipality) -> Target:
    return Target(kwargs={}, data={"hva": "igjen", "kontakt": "0"})


ROWS = [
    Row("invitation", "GET", PUBLIC),
    Row("invitation", "POST", PUBLIC, no_invitation),
    Row("access_offices", "GET", "access.offices"),
    Row("access_office", "GET", "access.offices", an_office),
    Row("access_office", "POST", "access.offices", an_office),
    Row("access_office_change", "GET", "access.offices", an_office),
    Row("access_office_change", "POST", "access.offices", an_office),
    Row("access_national", "GET", "access.offices"),
    Row("access_national", "POST", "access.offices", nothing),
    Row("access_national_change", "GET", "access.offices"),
    Row("access_national_change", "POST", "access.offices", nothing),
    Row("access_municipalities", "GET", "access.municipalities"),
    Row("access_municipality", "GET", "access.municipalities", a_unit),
    Row("access_municipality", "POST", "access.municipalities", a_unit),
    Row("access_municipality_change", "GET", "access.municipalities", a_unit),
    Row("access_municipality_change", "POST", "access.municipalities", a_unit),
    Row("access_review", "GET", "access.review"),
    Row("access_review_answer", "GET", "access.review"),
    Row("access_review_answer", "POST", "access.review", nothing),
    Row("mfa_list_webauthn", "GET", LOGIN),
    Row("mfa_add_webauthn", "GET", LOGIN),
    Row("mfa_add_webauthn", "POST", LOGIN),
    Row("mfa_reauthenticate_webauthn", "GET", LOGIN),
    Row("mfa_reauthenticate_webauthn", "POST", LOGIN),
    Row("mfa_remove_webauthn", "GET", LOGIN, no_key),
    Row("mfa_remove_webauthn", "POST", LOGIN, no_key),
    Row("mfa_remove_webauthn", "DELETE", LOGIN, no_key),
    Row("mfa_edit_webauthn", "GET", LOGIN, no_key),
    Row("mfa_edit_webauthn", "POST", LOGIN, no_key),
    Row("mfa_login_webauthn", "GET", PUBLIC, a_script),
    Row("mfa_login_webauthn", "POST", LOGIN, a_script),  # without a key it leads back to the login
]

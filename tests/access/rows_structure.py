"""Access to the page that asks where the contacts of a split municipality belong."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import Row, Target
from tests.world import World


def nobody(world: World, unit: Municipality) -> Target:
    """A form for a unit at which nobody waits: it is told, and leads back."""
    return Target(kwargs={}, data={"enhet": "0"})


def invited(world: World, unit: Municipality) -> Target:
    """An invitation to a unit."""
    who = {"first_name": "Ny", "last_name": "Kollega", "email": "ny@kommune.example", "role": "municipality_reader"}
    return Target(obj=unit, kwargs={}, data={"enhet": str(unit.pk), **who})


def own(world: World, unit: Municipality) -> Target:
    """A change at a unit; nobody changes another's."""
    return Target(obj=unit, kwargs={}, data={"enhet": str(unit.pk), "hva": "sprak", "language": "nn"})


ROWS = [
    Row("contacts", "GET", "contact.invite"),
    Row("contacts", "POST", "contact.invite", invited),
    Row("contact_change", "GET", "contact.invite"),
    Row("contact_change", "POST", "contact.invite", own),
    Row("placements", "GET", "membership.place"),
    Row("placements", "POST", "membership.place", nobody),
]

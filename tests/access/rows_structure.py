"""Access to the page that asks where the contacts of a split municipality belong."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import Row, Target
from tests.world import World


def nobody(world: World, unit: Municipality) -> Target:
    """A form for a unit at which nobody waits: it is told, and leads back."""
    return Target(kwargs={}, data={"enhet": "0"})


ROWS = [
    Row("placements", "GET", "membership.place"),
    Row("placements", "POST", "membership.place", nobody),
]

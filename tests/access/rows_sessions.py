"""Access to the choice of municipality, and to the session's own state."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import LEAVES, LOGIN, Row, Target
from tests.world import World


def no_choice(world: World, unit: Municipality) -> Target:
    """Nobody in the small world has several municipalities, so there is nothing to choose."""
    return Target(kwargs={}, data={"enhet": str(unit.pk)})


ROWS = [
    Row("acting_choose", "GET", "home.read"),
    Row("acting_choose", "POST", "home.read", no_choice, nothing_there=True),
    Row("session_state", "GET", LOGIN),
    Row("session_state", "POST", LOGIN),
    Row("session_again", "GET", LOGIN),
    Row("session_again", "POST", LEAVES),
]

"""Access to the front door, one's own user, the choice of language, and the pages about the site."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import PUBLIC, Row, Target
from tests.world import World


def nynorsk(world: World, unit: Municipality) -> Target:
    """A choice of language."""
    return Target(kwargs={}, data={"language": "nn"})


ROWS = [
    Row("home", "GET", "home.read"),
    Row("account", "GET", "home.read"),
    Row("language_choose", "POST", PUBLIC, nynorsk),
    Row("accessibility", "GET", PUBLIC),
    Row("privacy", "GET", PUBLIC),
    Row("help", "GET", PUBLIC),
]

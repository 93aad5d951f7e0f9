"""Who may search the trail and take it out."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import Row, Target
from tests.world import World


def style(world: World, unit: Municipality) -> Target:
    return Target(kwargs={"style": "csv"})


ROWS = [
    Row("trail", "GET", "trail.read"),
    Row("trail_file", "GET", "trail.read", style),
]

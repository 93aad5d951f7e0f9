"""Who sees the status of a round."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import Row, Target
from tests.reporting.factories import SPRING, open_round
from tests.world import World


def a_list(world: World, unit: Municipality) -> Target:
    open_round(SPRING)
    return Target(kwargs={"style": "csv"})


ROWS = [
    Row("round_status", "GET", "status.read"),
    Row("round_status_file", "GET", "status.read", a_list),
    Row("round_stuck_file", "GET", "national.read", a_list),
]

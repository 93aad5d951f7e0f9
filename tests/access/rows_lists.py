"""Access to the list of municipalities, to one's own unit's page, and to the pages of the regions."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import Row, Target
from tests.world import FINNMARK, VIKEN, World


def region(world: World, unit: Municipality) -> Target:
    """The page of the region that a unit lies in: who sees none of its units does not find it."""
    key = FINNMARK if unit == world.units["5430"] else VIKEN
    return Target(obj=unit, kwargs={"key": key})


ROWS = [
    Row("municipality_list", "GET", "register.read"),
    Row("municipality_own", "GET", "register.read"),
    Row("region_page", "GET", "region.read", region),
]

"""Who may open and press what about risk patterns and differences: the region's statsforvalter and Hdir alone."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import Row, Target
from tests.world import UNITS_2022, World


def patterns(world: World, unit: Municipality) -> Target:
    """The unit's page of risk patterns, and a judgement of one of them."""
    number = next(key for key in UNITS_2022 if world.units[key] == unit)
    data = {"pattern": "health_only", "health_only-verdict": "confirmed", "health_only-submission": ""}
    return Target(obj=unit, kwargs={"number": number}, data=data)


ROWS = [
    Row("risk_list", "GET", "risk.read"),
    Row("risk_unit", "GET", "risk.read", patterns),
    Row("risk_unit", "POST", "risk.assess", patterns),
    Row("register_differences", "GET", "report.review"),
]

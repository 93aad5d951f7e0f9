"""Who may open and press what of the regions' own reports."""

from __future__ import annotations

from municipalities.models import Municipality
from reporting.models import RegionalReport
from reporting.services.regional import regional_open
from tests.access.matrix import Row, Target
from tests.reporting.factories import SPRING, at, open_round
from tests.world import World


def region(**data: str):
    """The report of the unit's region, with what is posted."""

    def make(world: World, unit: Municipality) -> Target:
        office = unit.versions.get(valid_to__isnull=False, valid_from="2020-01-01").office
        regional: RegionalReport = regional_open(round_=open_round(SPRING), office=office, now=at(SPRING))
        return Target(obj=regional, kwargs={"key": office.key, "day": str(SPRING)}, data=data)

    return make


ROWS = [
    Row("regional_list", "GET", "regional.read"),
    Row("regional_report", "GET", "regional.read", region()),
    Row("regional_report", "POST", "regional.edit", region(hva="lagre")),
    Row("regional_plan", "GET", "regional.read", region(), nothing_there=True),
    Row("regional_print", "GET", "regional.read", region()),
    Row("regional_judge", "POST", "regional.judge", region(hva="godta")),
]

"""A municipality of the small world that was split: 1850 Tysfjord, in 2020 between 1806 Narvik and 1875 Hamarøy."""

from __future__ import annotations

import datetime as dt

from municipalities.models import County, Municipality, MunicipalityLink, MunicipalityVersion
from municipalities.names import sort_key
from tests.world import FINNMARK

D = dt.date
BEFORE, AFTER = (D(2018, 1, 1), D(2019, 12, 31)), (D(2020, 1, 1), None)
UNITS = {"1850": ("Tysfjord", BEFORE), "1806": ("Narvik", AFTER), "1875": ("Hamarøy", AFTER)}


def split_tysfjord(world) -> None:
    """Write it to the database; the units are in ``world.units`` by number."""
    for number, (name, (start, end)) in UNITS.items():
        unit = world.units[number] = Municipality.objects.get_queryset().create(kind="municipality")
        county, _new = County.objects.get_or_create(
            number="18", valid_from=start, defaults={"name": "Nordland", "valid_to": end}
        )
        MunicipalityVersion.objects.create(
            municipality=unit, number=number, name=name, official_names=[], sort_key=sort_key(name), county=county,
            office=world.office(FINNMARK), valid_from=start, valid_to=end,
        )  # fmt: skip
    for new in ("1806", "1875"):
        MunicipalityLink.objects.create(
            old=world.unit("1850"), new=world.unit(new), kind=MunicipalityLink.Kind.SPLIT, on=AFTER[0],
            old_number="1850", new_number=new,
        )  # fmt: skip

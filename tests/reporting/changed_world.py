"""A region that changes after the round of May 2022: on 1 January 2023 Hurum and Røyken become Asker, Tysfjord is split
between Narvik and Hamarøy, and 4299 Lyngdal becomes 4225 Lyngdal. Risør stays as it was."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext, override

from municipalities.models import MunicipalityLink, MunicipalityVersion
from municipalities.names import sort_key
from municipalities.templatetags.portal import day as day_words
from tests.reporting import factories

D = dt.date
ON = D(2023, 1, 1)
AFTER = "2023-01-10T09:00:00"
THEN = {"Hurum": "0628", "Røyken": "0627", "Tysfjord": "1850", "Lyngdal": "4299", "Risør": "4201"}
NEW = {"Asker": "3025", "Narvik": "1806", "Hamarøy": "1875"}
LINKS = (("Hurum", "Asker", "merger"), ("Røyken", "Asker", "merger"), ("Tysfjord", "Narvik", "split"),
         ("Tysfjord", "Hamarøy", "split"))  # fmt: skip


def units_then(home):
    """The units as they were before, by name."""
    found = {name: factories.unit(name, of=home, number=number) for name, number in THEN.items()}
    for name, row in found.items():
        MunicipalityVersion.objects.filter(municipality=row).update(sort_key=sort_key(name))
    return found


def change(units, home):
    """Write the changes; the new units come into ``units``."""
    last = ON - dt.timedelta(days=1)
    for name in ("Hurum", "Røyken", "Tysfjord", "Lyngdal"):
        MunicipalityVersion.objects.filter(municipality=units[name]).update(valid_to=last)
    for name, number in NEW.items():
        units[name] = factories.unit(name, of=home, number=number)
        MunicipalityVersion.objects.filter(municipality=units[name]).update(valid_from=ON, sort_key=sort_key(name))
    old = units["Lyngdal"].versions.get()
    MunicipalityVersion.objects.create(
        municipality=units["Lyngdal"], number="4225", name="Lyngdal", sort_key=old.sort_key, county=old.county,
        office=home, valid_from=ON,
    )  # fmt: skip
    numbers = {**THEN, **NEW}
    for old, new, kind in LINKS:
        MunicipalityLink.objects.create(
            old=units[old], new=units[new], kind=kind, on=ON, old_number=numbers[old], new_number=numbers[new]
        )


def said_borders(day):
    """The sentence of a page whose table stands in the borders of ``day`` and of no other."""
    with override("nb"):
        said = gettext("The municipalities are those of %(day)s, with the names and numbers they had.")
        return said % {"day": day_words(day)}

"""The made-up municipality in which people learn the portal. It takes part in test rounds, and is in no list, map or
figure (``MunicipalityQuerySet.units_as_of``, ``VersionQuerySet.real``)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from municipalities.models import County, Municipality, MunicipalityVersion, Office
from municipalities.names import sort_key
from municipalities.transitions import log

NUMBER = "9901"
"""No county begins with 99, so no municipality can get the number."""

NAME = "Øvevik"
OFFICE = "innlandet"
"""The office whose staff practise with it; where the register has none of that key, the first one."""

SINCE = dt.date(2018, 1, 1)


def training_unit(*, now: dt.datetime) -> Municipality:
    """The made-up municipality; made the first time, with an Event. Raises LookupError before the registers are
    loaded: it needs an office and a county."""
    with transaction.atomic():
        kept = MunicipalityVersion.objects.filter(number=NUMBER).select_related("municipality").first()
        if kept is not None:
            return kept.municipality
        offices = Office.objects.across_all(reason="an office for the made-up municipality").order_by("order")
        office = offices.filter(key=OFFICE).first() or offices.first()
        county = County.objects.order_by("number", "valid_from").first()
        if office is None or county is None:
            raise LookupError("load the registers first")
        unit: Municipality = Municipality.objects.get_queryset().create(kind=Municipality.Kind.TRAINING)
        MunicipalityVersion.objects.create(
            municipality=unit, number=NUMBER, name=NAME, sort_key=sort_key(NAME), county=county, office=office,
            valid_from=SINCE,
        )  # fmt: skip
        log(unit, "training_unit_made", actor=None, now=now, note=f"{NUMBER} {NAME}")
        return unit

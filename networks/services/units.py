"""What the networks must know of units: how long each existed, and what it was called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Min

from municipalities.models import MunicipalityVersion
from municipalities.names import display_name
from networks.rules import Life, life_of


def first_day() -> dt.date:
    """The day on which the registers begin. One query."""
    day: dt.date | None = MunicipalityVersion.objects.aggregate(first=Min("valid_from"))["first"]
    return day or dt.date.min


def lives(unit_ids: Iterable[int], today: dt.date) -> dict[int, Life]:
    """The life of each unit as it is known on ``today``, by identity. Two queries."""
    begins = first_day()
    rows = MunicipalityVersion.objects.filter(municipality_id__in=set(unit_ids)).order_by("valid_from")
    found: dict[int, list[tuple[str, dt.date, dt.date | None]]] = {}
    for pk, name, official, first, last in rows.values_list(
        "municipality_id", "name", "official_names", "valid_from", "valid_to"
    ):
        found.setdefault(pk, []).append((display_name(name, official), first, last))
    return {pk: life_of(versions, begins, today) for pk, versions in found.items()}

"""Who may see the priority lists, add to a criterion, decide a list and try other criteria."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from grants.models import PriorityDecision, Scheme
from grants.services.priority_decisions import priority_decide
from grants.services.shipped import shipped_load
from municipalities.models import Municipality, MunicipalityVersion
from tests.access.matrix import Row, Target
from tests.world import World

NOW = dt.datetime(2022, 5, 4, 8, 0, tzinfo=ZoneInfo("Europe/Oslo"))
YEAR = {"year": 2021}


def scheme() -> Scheme:
    """One of the schemes of 2021."""
    shipped_load()
    return Scheme.objects.across_all(reason="test").get(year=2021, key="usht")


def year(world: World, unit: Municipality) -> Target:
    shipped_load()
    return Target(kwargs=YEAR)


def with_criteria(world: World, unit: Municipality) -> Target:
    shipped_load()
    return Target(kwargs={})


def of_scheme(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        return Target(kwargs={**YEAR, "key": scheme().key}, data=data or None)

    return make


def of_unit(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        shipped_load()
        return Target(obj=unit, kwargs={**YEAR, "pk": unit.pk}, data=data or None)

    return make


def by_number(world: World, unit: Municipality) -> Target:
    shipped_load()
    number = MunicipalityVersion.objects.on(NOW.date()).get(municipality=unit).number
    return Target(obj=unit, kwargs={"number": number})


def decided(world: World, unit: Municipality) -> Target:
    row = PriorityDecision.objects.across_all(reason="test").first()
    if row is None:
        row = priority_decide(scheme=scheme(), day=NOW.date(), actor=world.user("hdir"), now=NOW)
    return Target(obj=row)


NOTE = {"code": "network", "network-what": "documentation", "network-reason": "Vedtaket ligger ved."}
ROWS = [
    Row("priority_list", "GET", "priority.read", year),
    Row("priority_scheme", "GET", "priority.read", of_scheme()),
    Row("priority_scheme", "POST", "priority.decide", of_scheme(day="4.5.2022")),
    Row("priority_unit", "GET", "priority.read", of_unit()),
    Row("priority_unit", "POST", "priority.document", of_unit(**NOTE)),
    Row("priority_unit_now", "GET", "priority.read", by_number),
    Row("priority_what_if", "GET", "priority.decide", year),
    Row("api_priority", "GET", "priority.read", with_criteria, anonymous=401),
    Row("priority_decision", "GET", "priority.read", decided),
]

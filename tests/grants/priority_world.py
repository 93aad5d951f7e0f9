"""Municipalities of the small world that meet the criteria of 2021, made through the registers' own services."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from grants.models import Scheme
from grants.services.shipped import shipped_load
from municipalities.models import Municipality
from municipalities.services import plan_anchoring_register, plan_decision_register, solution_positions_register
from networks.models import Network
from networks.services import participations_add

OSLO = ZoneInfo("Europe/Oslo")
NOW = dt.datetime(2022, 5, 4, 9, 0, tzinfo=OSLO)
DECIDED = dt.date(2021, 3, 15)
POSITIONS = {f"{area}.1": "in_place" for area in range(1, 6)}


def meets(unit: Municipality, network: Network | None, *, since: dt.date = DECIDED, leave: str = "") -> None:
    """Let a municipality meet all criteria since a day; ``leave`` is the code of one that is not seen to."""
    where = {"municipality": unit, "origin": "register:test", "valid_from": since, "now": NOW}
    plan_decision_register(status="own", decided_on=since, case_number="PS 1/21", **where)
    if leave != "plan_content":
        solution_positions_register(positions=POSITIONS, **where)
    if leave != "samfunnsdel":
        plan_anchoring_register(plan_types=["samfunnsdel"], **where)
    if network is not None and leave != "network":
        join(unit, network, since)


def join(unit: Municipality, network: Network, since: dt.date = DECIDED) -> None:
    """Let a municipality take part in a network."""
    participations_add(network=network, units=[unit.pk], status="active", valid_from=since, actor=None, now=NOW)


def scheme(key: str = "usht") -> Scheme:
    """A scheme of 2021."""
    shipped_load()
    return Scheme.objects.across_all(reason="test").get(year=2021, key=key)

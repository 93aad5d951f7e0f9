"""Who may read the offices' funds and the appropriations, and who keeps them. An anonymous API caller gets 401."""

from __future__ import annotations

from typing import Any

from grants.models import Appropriation
from grants.services.shipped import shipped_load
from municipalities.models import Municipality
from tests.access.matrix import Make, Row, Target
from tests.world import World


def of_year(**data: Any) -> Make:
    """A page of the funds of 2022."""

    def make(world: World, unit: Municipality) -> Target:
        shipped_load()
        return Target(kwargs={"year": 2022}, data=data)

    return make


def appropriation(**data: Any) -> Make:
    """A page of one appropriation."""

    def make(world: World, unit: Municipality) -> Target:
        shipped_load()
        return Target(obj=Appropriation.objects.across_all(reason="test").first(), data=data)

    return make


def funds(world: World, unit: Municipality) -> Target:
    shipped_load()
    return Target()


ROWS = [
    Row("api_allocations", "GET", "grants.read", funds, anonymous=401),
    Row("allocation_list", "GET", "grants.read", funds),
    Row("allocation_page", "GET", "grants.read", of_year()),
    Row("allocation_word", "GET", "grants.read", of_year()),
    Row("allocation_edit", "GET", "grants.edit", of_year()),
    Row("allocation_edit", "POST", "grants.edit", of_year(total="10 000", action="save")),
    Row("key_tables", "GET", "grants.edit"),
    Row("key_tables", "POST", "grants.edit"),
    Row("key_table_take", "GET", "grants.edit"),
    Row("key_table_take", "POST", "grants.edit"),
    Row("appropriation_list", "GET", "grants.read", funds),
    Row("appropriation_new", "GET", "grants.edit"),
    Row("appropriation_new", "POST", "grants.edit"),
    Row("appropriation_edit", "GET", "grants.edit", appropriation()),
    Row("appropriation_edit", "POST", "grants.edit", appropriation(amount="1")),
    Row("appropriation_remove", "GET", "grants.edit", appropriation()),
    Row("appropriation_remove", "POST", "grants.edit", appropriation()),
]

"""A region with filled registers, and a workbook sent and applied."""

from __future__ import annotations

import pytest
from django.utils import translation

from networks.models import WorkbookUpload
from networks.services import meeting_register, network_create, participations_add
from networks.services.networks import network_values
from networks.services.workbook import (
    workbook_apply,
    workbook_plan,
    workbook_upload,
)
from tests.networks.workbooks import TODAY, Edited

from .steps import D


@pytest.fixture(autouse=True)
def _english(_fresh_language):
    """The sentences are asked for in the code's own language: their translations are tested elsewhere."""
    translation.activate("en")


@pytest.fixture
def office(world):
    return world.office("oslo-og-viken")


@pytest.fixture
def actor(world):
    return world.user("statsforvalter-oslo-og-viken")


@pytest.fixture
def filled(world, office, now):
    """Two networks, five participations, a meeting."""
    network = world.networks["oslo-og-viken"]
    how = {"actor": None, "now": now}
    values = network_values(network)
    other = network_create(
        values=type(values)(**{**values.__dict__, "name": "Aldersvennlig Østfold", "kind": "age_friendly",
                               "themes": ("1.3", "2.1"), "organisers": ("ks", "usht"), "note": "=1+1"}), **how,
    )  # fmt: skip
    unit = {number: world.unit(number).pk for number in ("3004", "3025", "0301", "030101", "0220")}
    add = participations_add
    add(network=network, units=[unit["3004"], unit["3025"]], status="active", valid_from=D(2021, 1, 1), **how)
    add(network=network, units=[unit["0301"]], status="planned", valid_from=D(2022, 1, 1), **how)
    add(
        network=network,
        units=[unit["0220"]],
        status="active",
        valid_from=D(2018, 6, 1),
        valid_to=D(2019, 12, 31),
        **how,
    )
    add(network=other, units=[unit["030101"]], status="active", valid_from=D(2021, 1, 1), note="Bydelen", **how)
    meeting_register(
        network=network, on=D(2022, 3, 1), title="Vårsamling", attendance=[unit["3004"], unit["0301"]], **how
    )
    return {"network": network, "other": other, "unit": unit}


@pytest.fixture
def send(office, actor, now):
    def make(book: Edited | bytes) -> WorkbookUpload:
        data = book if isinstance(book, bytes) else book.bytes()
        return workbook_upload(office=office, file_name="nettverk.xlsx", data=data, actor=actor, now=now)

    return make


@pytest.fixture
def plan(send):
    return lambda book: workbook_plan(send(book), today=TODAY)


@pytest.fixture
def apply(actor, now):
    def make(upload, **more):
        seen = workbook_plan(upload, today=TODAY).hash
        return workbook_apply(upload=upload, **{"seen": seen, "actor": actor, "now": now, **more})

    return make

"""Who may read, register, change and remove support."""

from __future__ import annotations

import datetime as dt

from municipalities.models import Municipality, MunicipalityVersion
from networks.services import support_register
from tests.access.matrix import Row, Target
from tests.world import World


def given(json: bool = False, **data):
    """An activity that the unit received, and what is posted about it."""

    def make(world: World, unit: Municipality) -> Target:
        version = MunicipalityVersion.objects.get(municipality=unit, valid_to=dt.date(2023, 12, 31))
        row = support_register(
            kind="course", provider="usht", office=version.office, on=dt.date(2022, 3, 1), municipalities=[unit],
            now=dt.datetime(2022, 3, 2, tzinfo=dt.UTC),
        )  # fmt: skip
        return Target(obj=row, data=data or None, json=json)

    return make


def style(world: World, unit: Municipality) -> Target:
    return Target(kwargs={"style": "csv"})


def nothing(world: World, unit: Municipality) -> Target:
    return Target(data={}, json=True)


ROWS = [
    Row("support_list", "GET", "register.read"),
    Row("support_file", "GET", "register.read", style),
    Row("support_detail", "GET", "register.read", given()),
    Row("support_new", "GET", "support.edit"),
    Row("support_new", "POST", "support.edit"),
    Row("support_edit", "GET", "support.edit", given()),
    Row("support_edit", "POST", "support.edit", given(kind="course")),
    Row("support_remove", "GET", "support.edit", given()),
    Row("support_remove", "POST", "support.edit", given(reason="Feil")),
    Row("api_support", "POST", "support.edit", nothing, anonymous=401),
    Row("api_support_one", "GET", "register.read", given(json=True), anonymous=401),
    Row("api_support_one", "PATCH", "support.edit", given(json=True, title="Mat"), anonymous=401),
    Row("api_support_one", "DELETE", "support.edit", given(json=True), anonymous=401),
]

"""Who may read and keep networks, their participations and meetings, and the region's workbook."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from municipalities.models import Municipality, MunicipalityVersion
from networks.models import Network, NetworkMeeting, Participation
from networks.services import meeting_register, participations_add
from networks.services.workbook import workbook_make, workbook_upload
from tests.access.matrix import Make, Row, Target
from tests.world import World

NOW = dt.datetime(2022, 5, 4, 8, 0, tzinfo=ZoneInfo("Europe/Oslo"))
DAY = dt.date(2022, 5, 4)


def region(unit: Municipality) -> str:
    return MunicipalityVersion.objects.on(DAY).get(municipality=unit).office.key


def network_of(world: World, unit: Municipality) -> Network:
    """The network of the unit's region."""
    return world.networks[region(unit)]


def network(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        return Target(obj=network_of(world, unit), data=data)

    return make


def a_part(world: World, unit: Municipality) -> Participation:
    held = Participation.objects.across_all(reason="test").filter(municipality=unit).first()
    if held is not None:
        return held
    where = {"network": network_of(world, unit), "units": [unit.pk], "actor": None, "now": NOW}
    return participations_add(status="active", valid_from=dt.date(2021, 1, 1), **where)[0]


def part(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        return Target(obj=a_part(world, unit), data=data)

    return make


def meeting(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        network = network_of(world, unit)
        held = NetworkMeeting.objects.across_all(reason="test").filter(network=network).first()
        if held is None:
            held = meeting_register(network=network, on=dt.date(2022, 3, 1), actor=None, now=NOW)
        return Target(obj=held, data=data)

    return make


def upload(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        key = region(unit)
        actor, office = world.user(f"statsforvalter-{key}"), world.office(key)
        book = workbook_make(office, today=DAY, language="nb")
        return Target(
            obj=workbook_upload(office=office, file_name="a.xlsx", data=book, actor=actor, now=NOW), data=data
        )

    return make


def api(make: Make, **data: Any) -> Make:
    """The same object, asked for over HTTP."""

    def made(world: World, unit: Municipality) -> Target:
        return Target(obj=make(world, unit).obj, data=data, json=True)

    return made


def nothing(world: World, unit: Municipality) -> Target:
    return Target(kwargs={}, data={}, json=True)


PART = {"status": "active", "valid_from": "1.1.2021"}
ROWS = [
    Row("network_list", "GET", "register.read"),
    Row("network_detail", "GET", "register.read", network()),
    Row("network_new", "GET", "network.edit"),
    Row("network_new", "POST", "network.edit"),
    Row("network_edit", "GET", "network.edit", network()),
    Row("network_edit", "POST", "network.edit", network(name="")),
    Row("network_parts", "GET", "network.edit", network()),
    Row("network_parts", "POST", "network.edit", network()),
    Row("network_meeting_new", "GET", "network.edit", network()),
    Row("network_meeting_new", "POST", "network.edit", network()),
    Row("network_part", "GET", "network.edit", part()),
    Row("network_part", "POST", "network.edit", part(**PART)),
    Row("network_part_remove", "POST", "network.edit", part()),
    Row("network_meeting", "GET", "network.edit", meeting()),
    Row("network_meeting", "POST", "network.edit", meeting(on="1.3.2022")),
    Row("network_meeting_remove", "POST", "network.edit", meeting()),
    Row("workbook_page", "GET", "network.edit"),
    Row("workbook_page", "POST", "network.edit"),
    Row("workbook_file", "GET", "network.edit"),
    Row("workbook_preview", "GET", "network.edit", upload()),
    Row("workbook_preview", "POST", "network.edit", upload(seen="x")),
    Row("workbook_discard", "POST", "network.edit", upload()),
    Row("api_networks", "POST", "network.edit", nothing, anonymous=401),
    Row("api_network", "GET", "register.read", api(network()), anonymous=401),
    Row("api_network", "PATCH", "network.edit", api(network(), host="Moss"), anonymous=401),
    Row("api_participations", "POST", "network.edit", nothing, anonymous=401),
    Row("api_participation", "GET", "register.read", api(part()), anonymous=401),
    Row("api_participation", "PATCH", "network.edit", api(part(), note="x"), anonymous=401),
    Row("api_participation", "DELETE", "network.edit", api(part()), anonymous=401),
]

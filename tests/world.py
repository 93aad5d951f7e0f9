"""A small world for tests: two offices with their units, and one user for each role. Quick; no file is read.

| office            | units on 4 May 2022                                                                       |
|-------------------|-------------------------------------------------------------------------------------------|
| oslo-og-viken     | 3004 Fredrikstad (0106, 3004, 3107), 3025 Asker (merged in 2020), 0301 Oslo, 030101 Gamle Oslo |
| troms-og-finnmark | 5430 Kautokeino (2011, 5430, 5612; Sami name), 5421 Senja (merged in 2020)                 |

Users: ``editor-<number>`` and ``reader-<number>`` for each unit, ``statsforvalter-``, ``ks-`` and
``usht-<office key>``, ``hdir``, ``hdir-admin``, ``hod``, ``evaluator``, and two who see nothing: ``nobody``
(no role) and ``former`` (a role that ended in 2021). All log in with ``PASSWORD``.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from municipalities.models import (
    County,
    Membership,
    Municipality,
    MunicipalityLink,
    MunicipalityVersion,
    Office,
    OfficeName,
    Role,
    User,
)
from municipalities.names import sort_key
from networks.models import Network
from reform.models import FocusArea, Solution
from tests.kept import kept

D = dt.date
PASSWORD = "kveldsmat-og-kaffe"
FIRST = D(2018, 1, 1)
PERIODS = [(FIRST, D(2019, 12, 31)), (D(2020, 1, 1), D(2023, 12, 31)), (D(2024, 1, 1), None)]
VIKEN, FINNMARK = "oslo-og-viken", "troms-og-finnmark"

# name in the tests -> office, name, [(number, county number, county)] for 2019, 2020 and 2024; None: did not exist
UNITS: dict[str, tuple[str, str, list[tuple[str, str, str] | None]]] = {
    "3004": (
        VIKEN,
        "Fredrikstad",
        [("0106", "01", "Østfold"), ("3004", "30", "Viken"), ("3107", "31", "Østfold")],
    ),
    "3025": (VIKEN, "Asker", [None, ("3025", "30", "Viken"), ("3203", "32", "Akershus")]),
    "0220": (VIKEN, "Asker", [("0220", "02", "Akershus"), None, None]),
    "0627": (VIKEN, "Røyken", [("0627", "06", "Buskerud"), None, None]),
    "0301": (VIKEN, "Oslo", [("0301", "03", "Oslo"), ("0301", "03", "Oslo"), ("0301", "03", "Oslo")]),
    "030101": (VIKEN, "Gamle Oslo", [("030101", "03", "Oslo"), ("030101", "03", "Oslo"), ("030101", "03", "Oslo")]),
    "5430": (
        FINNMARK,
        "Kautokeino",
        [("2011", "20", "Finnmark"), ("5430", "54", "Troms og Finnmark"), ("5612", "56", "Finnmark")],
    ),
    "5421": (FINNMARK, "Senja", [None, ("5421", "54", "Troms og Finnmark"), ("5530", "55", "Troms")]),
    "1927": (FINNMARK, "Tranøy", [("1927", "19", "Troms"), None, None]),
    "1928": (FINNMARK, "Torsken", [("1928", "19", "Troms"), None, None]),
}
UNITS_2022 = ("3004", "3025", "0301", "030101", "5430", "5421")
MERGED = [("0220", "3025"), ("0627", "3025"), ("1927", "5421"), ("1928", "5421")]
OFFICES = {VIKEN: "Oslo og Viken", FINNMARK: "Troms og Finnmark"}
PARALLEL = {"5430": [{"name": "Guovdageaidnu", "lang": "se"}, {"name": "Kautokeino", "lang": "no"}]}


@dataclass
class World:
    """Offices by key, units by their number in 2022 (the merged ones by their last number), users by name."""

    offices: dict[str, Office] = field(default_factory=dict)
    units: dict[str, Municipality] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)

    def office(self, key: str) -> Office:
        return self.offices[key]

    def unit(self, number: str) -> Municipality:
        return self.units[number]

    def user(self, username: str) -> User:
        """A fresh object, as a new request would load it (the scope is kept on the object)."""
        return User.objects.get(pk=self.users[username].pk)


def build_world() -> World:
    """Write the world to the database and return the way into it."""
    world = World()
    _offices(world)
    _units(world)
    _users(world)
    _solutions()
    for key, office in world.offices.items():
        network = Network.objects.get_queryset().create(
            name=f"Learning network {OFFICES[key]}", kind=Network.Kind.REGIONAL, valid_from=FIRST
        )
        network.offices.add(office)
        world.networks[key] = network
    return world


def _offices(world: World) -> None:
    for order, (key, short) in enumerate(OFFICES.items(), start=1):
        office = Office.objects.get_queryset().create(key=key, order=order)
        world.offices[key] = office
        for title, title_nn, start, end in [
            ("Fylkesmannen", "Fylkesmannen", FIRST, D(2020, 12, 31)),
            ("Statsforvalteren", "Statsforvaltaren", D(2021, 1, 1), None),
        ]:
            OfficeName.objects.create(
                office=office, short_name=short, name_nb=f"{title} i {short}", name_nn=f"{title_nn} i {short}",
                valid_from=start, valid_to=end,
            )  # fmt: skip


def _units(world: World) -> None:
    counties: dict[tuple[str, D], County] = {}
    for key, (office, name, numbers) in UNITS.items():
        district = len(key) == 6
        unit = Municipality.objects.get_queryset().create(
            kind="district" if district else "municipality", parent=world.units["0301"] if district else None
        )
        world.units[key] = unit
        for period, entry in zip(PERIODS, numbers, strict=True):
            if entry is None:
                continue
            number, county_number, county_name = entry
            county = counties.get((county_number, period[0]))
            if county is None:
                county = County.objects.create(
                    number=county_number, name=county_name, valid_from=period[0], valid_to=period[1]
                )
                counties[county_number, period[0]] = county
            MunicipalityVersion.objects.create(
                municipality=unit, number=number, name=name, official_names=PARALLEL.get(key, []),
                sort_key=sort_key(name), county=county, office=world.offices[office],
                valid_from=period[0], valid_to=period[1],
            )  # fmt: skip
    for old, new in MERGED:
        MunicipalityLink.objects.create(
            old=world.units[old], new=world.units[new], kind=MunicipalityLink.Kind.MERGER, on=D(2020, 1, 1),
            old_number=old, new_number=new,
        )  # fmt: skip


def _users(world: World) -> None:
    for number in UNITS_2022:
        unit = world.units[number]
        _user(world, f"editor-{number}", role=Role.MUNICIPALITY_EDITOR, municipality=unit)
        _user(world, f"reader-{number}", role=Role.MUNICIPALITY_READER, municipality=unit)
    for key, office in world.offices.items():
        for role in (Role.STATSFORVALTER, Role.KS, Role.USHT):
            _user(world, f"{role.value}-{key}", role=role, office=office)
    for role in (Role.HDIR, Role.HDIR_ADMIN, Role.HOD, Role.EVALUATOR):
        _user(world, role.value.replace("_", "-"), role=role)
    _user(world, "nobody", role=None)
    _user(world, "former", role=Role.HDIR, valid_to=D(2021, 12, 31))


@functools.cache
def _hash() -> str:
    return make_password(PASSWORD)


def _user(world: World, username: str, *, role: Role | None, valid_to: D | None = None, **where: Any) -> None:
    user = User.objects.create(
        username=username, first_name=username.split("-")[0].title(), last_name="Testesen",
        email=f"{username}@example.org", password=_hash(), language="nb",
    )  # fmt: skip
    world.users[username] = user
    if role is not None:
        Membership.objects.create(user=user, role=role, valid_from=FIRST, valid_to=valid_to, **where)


def _solutions() -> None:
    for area in range(1, 6):
        row = FocusArea.objects.create(code=str(area), order=area, name_nb=f"Område {area}", name_nn=f"Område {area}")
        Solution.objects.bulk_create(
            Solution(
                area=row, code=f"{area}.{number}", order=area * 10 + number,
                name_nb=f"Løsning {area}.{number}", name_nn=f"Løysing {area}.{number}",
            )
            for number in range(1, 6)
        )  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    """The small world, new for each test."""
    return kept("world", build_world)

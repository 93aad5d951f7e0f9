"""Who may read and keep the grant schemes, the criteria of a year and the applications."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from grants.models import ApplicationList, GrantApplication, Scheme
from municipalities.models import Municipality
from tests.access.matrix import Make, Row, Target
from tests.world import World

NOW = dt.datetime(2022, 5, 4, 8, 0, tzinfo=ZoneInfo("Europe/Oslo"))
YEAR = 2022


def a_scheme() -> Scheme:
    rows = Scheme.objects.across_all(reason="test")
    values = {"name_nb": "Prøve", "name_nn": "Prøve", "chapter": "761", "post": "60"}
    return rows.get_or_create(year=YEAR, key="prove", defaults=values)[0]


def year(**data: Any) -> Make:
    """A page about a year, which belongs to nobody."""

    def make(world: World, unit: Municipality) -> Target:
        a_scheme()
        return Target(kwargs={"year": YEAR}, data=data)

    return make


def scheme(world: World, unit: Municipality) -> Target:
    row = a_scheme()
    return Target(obj=row, kwargs={"year": YEAR, "key": row.key}, data={})


def application(world: World, unit: Municipality) -> Target:
    rows = GrantApplication.objects.across_all(reason="test")
    values = {"status": "applied", "changed_at": NOW}
    row = rows.get_or_create(scheme=a_scheme(), municipality=unit, defaults=values)[0]
    return Target(obj=row, kwargs={"year": YEAR, "pk": row.pk}, data={})


def a_list(world: World, unit: Municipality) -> Target:
    values = {"year": YEAR, "file_name": "a.xlsx", "sha256": "0" * 64, "read_at": NOW, "read_by_name": "Hdir"}
    row = ApplicationList.objects.get_queryset().create(**values, plan={"found": None, "faults": []})
    return Target(obj=row, data={})


ROWS = [
    Row("grants_home", "GET", "grants.read"),
    Row("scheme_list", "GET", "grants.read", year()),
    Row("scheme_detail", "GET", "grants.read", scheme),
    Row("scheme_new", "GET", "grants.edit", year()),
    Row("scheme_new", "POST", "grants.edit", year()),
    Row("scheme_edit", "GET", "grants.edit", scheme),
    Row("scheme_edit", "POST", "grants.edit", scheme),
    Row("scheme_remove", "GET", "grants.edit", scheme),
    Row("scheme_remove", "POST", "grants.edit", scheme),
    Row("scheme_copy", "POST", "grants.edit", year()),
    Row("criteria_page", "GET", "grants.read", year()),
    Row("criteria_edit", "GET", "grants.edit", year()),
    Row("criteria_edit", "POST", "grants.edit", year()),
    Row("application_list", "GET", "application.read", year()),
    Row("application_edit", "GET", "application.import", application),
    Row("application_edit", "POST", "application.import", application),
    Row("application_remove", "POST", "application.import", application),
    Row("application_lists", "GET", "application.import", year()),
    Row("application_lists", "POST", "application.import", year()),
    Row("application_template", "GET", "application.import", year()),
    Row("application_preview", "GET", "application.import", a_list),
    Row("application_preview", "POST", "application.import", a_list),
    Row("application_discard", "POST", "application.import", a_list),
]

"""The registers' pages with ten times the units: the list of a day in 3 queries or fewer, one municipality's page in
15 or fewer whatever its history, and the list page's queries and time against an empty logged-in page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from bench import data
from bench.figures import best
from bench.lists import _get
from municipalities.models import (
    Membership,
    Municipality,
    MunicipalityVersion,
    Office,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    Role,
    SolutionPosition,
    User,
)
from networks.models import Network, NetworkMeeting, Participation, SupportActivity
from reform.models import Solution

NAME = "registers"
REASON = "benchmark"
MOMENT = dt.datetime(2022, 5, 4, 9, tzinfo=ZoneInfo("Europe/Oslo"))
TODAY = MOMENT.date()
FIRST = dt.date(2020, 1, 1)
LONG = 200  # rows in each register of the unit with the long history


def run(emit: Callable[..., None]) -> None:
    data.registers()
    people = {"country": _user(Role.HDIR), "region": _user(Role.STATSFORVALTER)}
    unit = MunicipalityVersion.objects.on(TODAY).get(number="3004").municipality
    with override_settings(PORTAL_CLOCK=MOMENT.isoformat(), ALLOWED_HOSTS=["testserver"]):
        for factor in (1, 10):
            data.copies(factor)
            _registered()
            size = f"{371 * factor} units"
            emit(f"{NAME}_as_of_queries", _as_of(people["country"]), "queries", limit=3, size=size)
            for who, user in people.items():
                client = Client()
                client.force_login(user)
                _page(emit, client, f"list_{who}", reverse("municipality_list"), size)
                _page(emit, client, f"page_{who}", reverse("municipality_detail", args=["3004"]), size, limit=15)
            _page(emit, client, "region", reverse("region_page", args=["oslo-og-viken"]), size)
        _history(unit)
        for who, user in people.items():
            client = Client()
            client.force_login(user)
            address = reverse("municipality_detail", args=["3004"])
            _page(emit, client, f"page_{who}", address, f"{LONG} rows in each register", limit=15)


def _as_of(user: User) -> int:
    """The queries of the list of all municipalities on a day, as a person may see it."""
    user = User.objects.get(pk=user.pk)  # her scope is not known yet
    with CaptureQueriesContext(connection) as queries:
        rows = list(Municipality.objects.visible_to(user, today=TODAY).as_of(TODAY))
    if not rows:
        raise RuntimeError("no municipality was found")
    return len(queries)


def _page(
    emit: Callable[..., None], client: Client, name: str, address: str, size: str, limit: float | None = None
) -> None:
    _get(client, address)
    with CaptureQueriesContext(connection) as queries:
        _get(client, address)
    emit(f"{NAME}_{name}_queries", len(queries), "queries", limit=limit, size=size)
    whole = best(lambda: _get(client, address), 5)
    empty = best(lambda: _get(client, reverse("help")), 5)
    emit(f"{NAME}_{name}_time", whole / empty, "ratio", size=f"{size}, against the help page")
    emit(f"{NAME}_{name}_seconds", whole, "s", size=size)


def _user(role: Role) -> User:
    user = User.objects.create(username=f"bench-{role}", first_name="Bench", last_name=str(role))
    office = Office.objects.across_all(reason=REASON).get(key="oslo-og-viken") if role == Role.STATSFORVALTER else None
    Membership.objects.create(user=user, role=role, office=office, valid_from=FIRST)
    return user


def _registered() -> None:
    """Something in every register for each unit that has nothing yet."""
    units = list(
        Municipality.objects.across_all(reason=REASON)
        .units_as_of(TODAY)
        .exclude(pk__in=PlanDecision.objects.across_all(reason=REASON).values("municipality"))
    )
    solutions = list(Solution.objects.all())
    offices = {office.pk: office for office in Office.objects.across_all(reason=REASON)}
    networks = {pk: _network(office) for pk, office in offices.items()}
    _write(PlanDecision, units, lambda place: {"status": ("own", "inside", "process", "none")[place % 4]})
    _write(PhaseStatus, units, lambda place: {"step": 1 + place % 5, "phase": 2 + place % 3, "delay_months": place % 7})
    _write(PlanAnchoring, units, lambda place: {"plan_type": "samfunnsdel"})
    _bulk(
        SolutionPosition(
            municipality_id=unit.pk, solution=solution, position="adopted", **_where(place)
        )
        for unit in units for place, solution in enumerate(solutions)
    )  # fmt: skip
    _bulk(
        Participation(
            municipality_id=unit.pk, network=networks[unit.office_id], status="active", origin="bench", valid_from=FIRST
        )
        for unit in units
    )
    for pk, office in offices.items():
        mine = [unit.pk for unit in units if unit.office_id == pk]
        for day in range(6):
            row = SupportActivity.objects.get_queryset().create(
                kind="course", provider="ks", office=office, on=FIRST + dt.timedelta(days=day)
            )
            row.municipalities.add(*mine)


def _network(office: Office) -> Network:
    network, _made = Network.objects.get_queryset().get_or_create(
        name=f"Bench {office.key}", kind=Network.Kind.REGIONAL, valid_from=FIRST
    )
    network.offices.add(office)
    return network


def _where(place: int, day: dt.date = FIRST) -> dict[str, Any]:
    return {"valid_from": day, "origin": f"register:{place}", "registered_at": MOMENT, "registered_by_name": "bench"}


def _write(model: Any, units: list[Any], values: Callable[[int], dict[str, Any]]) -> None:
    _bulk(
        model(municipality_id=unit.pk, **_where(0), **values(place)) for place, unit in enumerate(units)
    )  # fmt: skip


def _bulk(rows: Iterable[Any]) -> None:
    batch = list(rows)
    if batch:
        type(batch[0]).objects.get_queryset().bulk_create(batch, batch_size=data.BATCH)


def _history(unit: Municipality) -> None:
    """A unit that has changed in every register over and over: the newest row of each holds."""
    days = [FIRST + dt.timedelta(days=place) for place in range(1, LONG + 1)]
    office = Office.objects.across_all(reason=REASON).get(key="oslo-og-viken")
    for model, values in (
        (PlanDecision, {"status": "process", "process": "bench"}),
        (PhaseStatus, {"step": 3, "phase": 2}),
        (PlanAnchoring, {"plan_type": "budget"}),
        (SolutionPosition, {"solution": Solution.objects.all()[0], "position": "adopted"}),
    ):
        _bulk(
            model(municipality=unit, **{**_where(1000 + place, day), "valid_to": day}, **values)
            for place, day in enumerate(days)
        )
    for day in days:
        network = Network.objects.get_queryset().create(name=f"Bench {day}", kind="regional", valid_from=FIRST)
        Participation.objects.get_queryset().create(
            municipality=unit, network=network, status="active", origin="bench", valid_from=day
        )
        NetworkMeeting.objects.get_queryset().create(network=network, on=day)
        row = SupportActivity.objects.get_queryset().create(kind="letter", provider="usht", office=office, on=day)
        row.municipalities.add(unit)

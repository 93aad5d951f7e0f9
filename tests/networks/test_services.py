"""Participations and support, as reports and the regional apparatus register them."""

from __future__ import annotations

import datetime as dt

import pytest

from networks.models import Network, Participation, SupportActivity
from networks.services import participation_register, support_register

D = dt.date
AUTUMN, SPRING = D(2021, 11, 1), D(2022, 5, 1)
pytestmark = pytest.mark.django_db


def held():
    every = Participation.objects.across_all(reason="test").order_by("valid_from", "network_id")
    return [(row.network_id, row.status, row.valid_from, row.valid_to) for row in every]


def test_participations_begin_change_and_end(world, now):
    unit, first = world.unit("3004"), world.networks["oslo-og-viken"]
    second = Network.objects.get_queryset().create(name="Another", kind="professional", valid_from=D(2020, 1, 1))

    def register(day, number, status, *networks):
        return participation_register(
            municipality=unit, network_ids=[n.pk for n in networks], status=status,
            origin=f"report:{number}/1", valid_from=day, now=now,
        )  # fmt: skip

    assert register(AUTUMN, 1, "planned", first) == 1
    assert register(AUTUMN, 1, "planned", first) == 0  # run twice
    assert register(SPRING, 2, "active", first, second) == 3
    assert held() == [
        (first.pk, "planned", AUTUMN, D(2022, 4, 30)),
        (first.pk, "active", SPRING, None),
        (second.pk, "active", SPRING, None),
    ]
    assert register(D(2022, 11, 1), 3, "active", second) == 1
    assert held()[1] == (first.pk, "active", SPRING, D(2022, 10, 31))


def test_support_is_one_activity_with_those_who_received_it(world, now):
    activity = {
        "kind": "course",
        "provider": "usht",
        "office": world.office("oslo-og-viken"),
        "on": AUTUMN,
        "title": "Mat",
        "now": now,
    }
    first = support_register(**activity, municipalities=[world.unit("3004")])
    again = support_register(**activity, municipalities=[world.unit("3004"), world.unit("3025")])
    assert first == again
    assert SupportActivity.objects.across_all(reason="test").count() == 1
    assert set(first.municipalities.all()) == {world.unit("3004"), world.unit("3025")}

"""The world that the other tests stand on is what its table says."""

import datetime as dt

import pytest

from municipalities.models import Municipality, OfficeName
from municipalities.services import office_names, unit_names

pytestmark = pytest.mark.django_db


def test_units_of_2022(world, today):
    every = Municipality.objects.across_all(reason="test")
    assert {row.number for row in every.units_as_of(today)} == {"3004", "3025", "0301", "030101", "5430", "5421"}
    assert [row.number for row in every.as_of(dt.date(2019, 6, 1))] == [
        "0220",
        "0106",
        "2011",
        "0301",
        "0627",
        "1928",
        "1927",
    ]


def test_names_on_a_day(world, today, django_assert_num_queries):
    unit = world.unit("5430")
    with django_assert_num_queries(1):
        name = unit_names([unit.pk], today)[unit.pk]
    assert (name.number, name.display_name, name.county_name) == (
        "5430",
        "Kautokeino – Guovdageaidnu",
        "Troms og Finnmark",
    )
    assert unit_names([unit.pk], dt.date(2024, 2, 1))[unit.pk].number == "5612"
    assert len(unit_names(None, today)) == 6


def test_office_names_follow_the_day(world, today, django_assert_num_queries):
    office = world.office("oslo-og-viken")
    with django_assert_num_queries(1):
        assert office_names(today)[office.pk].name == "Statsforvalteren i Oslo og Viken"
    assert office_names(dt.date(2020, 12, 31))[office.pk].name == "Fylkesmannen i Oslo og Viken"
    assert list(office_names(today)) == [world.office("oslo-og-viken").pk, world.office("troms-og-finnmark").pk]
    assert OfficeName.objects.count() == 4

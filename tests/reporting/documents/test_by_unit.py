"""One value for each unit: found again whatever the ids, few units or many."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.documents import by_unit
from reporting.documents.by_unit import ByUnit, Places

IDS = st.lists(st.integers(1, 200) | st.integers(1, 2**62), max_size=40)


@pytest.fixture(params=[16, 0], ids=["with a table", "without"], autouse=True)
def room(request, monkeypatch):
    monkeypatch.setattr(by_unit, "ROOM", request.param)
    monkeypatch.setattr(by_unit, "AT_ONCE", 3)


@settings(max_examples=60, deadline=None)
@given(IDS | st.lists(st.integers(1, 99), max_size=40), IDS)
def test_each_unit_has_a_place_and_no_other_has(units, others):
    places = Places(iter(units))
    assert list(places.ids) == sorted(set(units)) and len(places) == len(set(units))
    assert [places.ids[places.of(unit)] for unit in units] == units
    for other in others:
        assert (other in places) == (other in units) == (places.of(other) is not None)


def test_values():
    found: ByUnit[str] = ByUnit(Places([7, 3, 3, 9]))
    assert list(found) == [] and found.get(3) is None and 3 not in found
    found[9], found[3] = "a", "b"
    found[9] = "c"
    assert (found.get(9), found.get(3), found.get(7), found.get(1)) == ("c", "b", None, None)
    assert list(found) == [3, 9] and 9 in found and 7 not in found and 1 not in found
    with pytest.raises(KeyError):
        found[1] = "d"
    assert found.put(7, "d") and not found.put(8, "d")
    assert (found.get(7), found.get(8)) == ("d", None)


def test_a_false_value_is_a_value():
    found: ByUnit[bool] = ByUnit(Places([1, 2]))
    found[1] = False
    assert found.get(1) is False and 1 in found and 2 not in found


def test_more_values_than_two_bytes_hold(monkeypatch):
    monkeypatch.setattr(by_unit, "AT_ONCE", 8_192)
    found: ByUnit[int] = ByUnit(Places(range(70_000)))
    for unit in range(70_000):
        found[unit] = unit * 2
    assert found.get(69_999) == 139_998 and found.get(65_536) == 131_072 and found.get(0) == 0

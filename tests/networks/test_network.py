"""Networks and their meetings: registered, changed, ended, each with its Event and its sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from municipalities.models import Event
from networks.days import NBSP, read_day
from networks.models import Network
from networks.rules import NetworkValues, clean_line, clean_text
from networks.services import (
    meeting_change,
    meeting_register,
    meeting_remove,
    network_change,
    network_create,
    network_values,
    participations_add,
)
from networks.services.history import noted
from networks.services.networks import Reach

D = dt.date


@pytest.fixture(autouse=True)
def _english(_fresh_language):
    """The sentences are asked for in the code's own language: their translations are tested elsewhere."""
    translation.activate("en")


@pytest.fixture
def values(world):
    return NetworkValues(
        name="Leve hele livet i Østfold", kind="municipal", offices=frozenset({world.office("oslo-og-viken").pk}),
        valid_from=D(2020, 9, 1), host="Sarpsborg", organisers=("ks", "usht"), themes=("1.3", "2.1"),
    )  # fmt: skip


def events(name=""):
    rows = Event.objects.across_all(reason="test").filter(object_type="networks.network", name__startswith=name)
    return list(rows.order_by("pk"))


def refusal(call, **kwargs):
    with pytest.raises(ValidationError) as refused:
        call(**kwargs)
    return {key: texts[0].replace(NBSP, " ") for key, texts in refused.value.message_dict.items()}


@pytest.mark.django_db
def test_registered_changed_and_ended(world, values, now):
    actor = world.user("statsforvalter-oslo-og-viken")
    network = network_create(values=values, actor=actor, now=now)
    assert network_values(network) == values
    assert not network_change(network=network, values=values, actor=actor, now=now)
    changed = replace(values, name="Østfoldnettverket", themes=("4.2",), valid_to=D(2023, 12, 31))
    assert network_change(network=network, values=changed, actor=actor, now=now)
    assert network_values(Network.objects.across_all(reason="test").get(pk=network.pk)) == changed
    assert [event.name for event in events()] == ["network_registered", "network_ended"]
    assert noted(events()[1])["name"] == ["Leve hele livet i Østfold", "Østfoldnettverket"]
    assert events()[1].actor == actor


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"), ({"name": "x" * 201}, "name"), ({"name": "a\x07b"}, "name"), ({"kind": "club"}, "kind"),
        ({"offices": frozenset()}, "offices"), ({"organisers": ("together",)}, "organisers"),
        ({"themes": ("9.9",)}, "themes"), ({"valid_to": D(2020, 8, 31)}, "valid_to"),
        ({"valid_from": D(1905, 1, 1)}, "valid_from"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(values, now, wrong, field):
    assert list(refusal(network_create, values=replace(values, **wrong), actor=None, now=now)) == [field]
    assert not events()


@pytest.mark.django_db
def test_a_name_stands_for_one_network_at_a_time_in_a_region(world, values, now):
    network_create(values=replace(values, valid_to=D(2021, 12, 31)), actor=None, now=now)
    twin = replace(values, name="LEVE hele livet i østfold", valid_from=D(2021, 12, 31))
    assert "31. December 2021" in refusal(network_create, values=twin, actor=None, now=now)["name"]
    network_create(values=replace(twin, valid_from=D(2022, 1, 1)), actor=None, now=now)
    elsewhere = frozenset({world.office("troms-og-finnmark").pk})
    network_create(values=replace(values, offices=elsewhere), actor=None, now=now)


@pytest.mark.django_db
def test_a_network_cannot_begin_after_its_members(world, values, now):
    network = network_create(values=values, actor=None, now=now)
    units = [world.unit("3004").pk]
    add = {"units": units, "status": "active", "actor": None, "now": now}
    participations_add(network=network, valid_from=D(2020, 10, 1), **add)
    late = replace(values, valid_from=D(2020, 10, 2))
    assert "1. October 2020" in refusal(network_change, network=network, values=late, actor=None, now=now)["valid_from"]


@pytest.mark.django_db
def test_a_region_ends_nothing_of_another(world, values, now):
    viken, finnmark = (world.office(key).pk for key in ("oslo-og-viken", "troms-og-finnmark"))
    shared = replace(values, offices=frozenset({viken, finnmark}))
    network = network_create(values=shared, actor=None, now=now)
    how = {"status": "active", "valid_from": D(2021, 1, 1), "actor": None, "now": now}
    participations_add(network=network, units=[world.unit("3004").pk, world.unit("5430").pk], **how)
    reach = Reach(frozenset({world.unit("3004").pk}), frozenset({viken}))
    change = {"network": network, "reach": reach, "actor": None, "now": now}
    ended = replace(shared, valid_to=D(2022, 5, 1))
    assert list(refusal(network_change, values=ended, **change)) == ["valid_to"]
    assert list(refusal(network_change, values=values, **change)) == ["offices"]
    assert network_change(values=replace(shared, offices=frozenset({finnmark})), **change)
    assert network_change(values=replace(ended, offices=frozenset({finnmark})), **{**change, "reach": None})


@pytest.mark.django_db
def test_a_meeting_and_who_was_there(world, values, now):
    network = network_create(values=values, actor=None, now=now)
    units = {number: world.unit(number).pk for number in ("3004", "3025", "5430", "0220")}
    where = {"actor": world.user("usht-oslo-og-viken"), "now": now}
    there = [units["3004"], units["5430"]]
    meeting = meeting_register(network=network, on=D(2022, 2, 1), title="Samling", attendance=there, **where)
    change = {"on": D(2022, 2, 1), "title": "Samling", "note": "", **where}
    assert not meeting_change(meeting=meeting, attendance=there, **change)
    own = [units["3004"], units["3025"]]
    assert meeting_change(meeting=meeting, attendance=[units["3025"]], within=own, **change)
    assert set(meeting.attendance.values_list("pk", flat=True)) == {units["3025"], units["5430"]}
    meeting_remove(meeting=meeting, **where)
    assert [event.name for event in events("meeting")] == ["meeting_registered", "meeting_changed", "meeting_removed"]


@pytest.mark.django_db
def test_meetings_that_cannot_be(world, values, now):
    network = network_create(values=replace(values, valid_to=D(2023, 6, 30)), actor=None, now=now)
    fredrikstad, old_asker = world.unit("3004").pk, world.unit("0220").pk

    def said(on, title="", attendance=()):
        return refusal(
            meeting_register, network=network, on=on, title=title, attendance=attendance, actor=None, now=now
        )

    assert "began" in said(D(2020, 8, 31))["on"]
    assert "last day" in said(D(2023, 7, 1))["on"]
    assert "has not been held" in said(D(2022, 5, 5), attendance=[fredrikstad])["attendance"]
    assert "Asker" in said(D(2021, 1, 1), attendance=[old_asker])["attendance"]
    meeting_register(network=network, on=D(2022, 1, 1), title="A", actor=None, now=now)
    assert "already" in said(D(2022, 1, 1), title="A")["title"]
    meeting_register(network=network, on=D(2022, 9, 1), title="A", actor=None, now=now)  # planned


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1.5.2022", D(2022, 5, 1)), (" 01.05.22 ", D(2022, 5, 1)), ("2022-05-01", D(2022, 5, 1)),
        ("1. mai 2022", D(2022, 5, 1)), ("1.\u00a0MAI 2022", D(2022, 5, 1)), ("1/5/2022", D(2022, 5, 1)),
        ("1. 5. 2022", D(2022, 5, 1)), ("31.12.2019", D(2019, 12, 31)), ("2022-05-01 00:00:00", D(2022, 5, 1)),
        ("31.2.2022", None), ("1.13.2022", None), ("mai 2022", None), ("1.5.1822", None), ("", None), ("x" * 99, None),
        ("2022-05-01T10:00", None), ("1. ma 2022", None),
    ],
)  # fmt: skip
def test_days_as_people_write_them(text, day):
    assert read_day(text) == day


def test_invisible_letters_are_left_out():
    assert clean_line("  Fyr\u200bverk\u00a0 nord\ufeff ") == "Fyrverk nord"
    assert clean_text("a  \r\n\r\nb\u00ad \n") == "a\n\nb"

"""Participations: periods that do not overlap, planned that becomes active, many at once, and what reports change."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from municipalities.models import Event
from networks.days import NBSP
from networks.models import Network, Participation
from networks.rules import Part, status_on
from networks.services import (
    network_end,
    participation_change,
    participation_end,
    participation_register,
    participation_remove,
    participations_add,
)
from networks.services.history import noted

D = dt.date
NEW_YEAR = D(2022, 1, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(_fresh_language):
    """The sentences are asked for in the code's own language: their translations are tested elsewhere."""
    translation.activate("en")


@pytest.fixture
def network(world):
    return world.networks["oslo-og-viken"]


@pytest.fixture
def add(world, network, now):
    def make(number="3004", status="active", start=NEW_YEAR, end=None, **more):
        units = [world.unit(number).pk] if isinstance(number, str) else [world.unit(one).pk for one in number]
        actor = world.user("ks-oslo-og-viken")
        where = {"network": network, "actor": actor, "now": now, **more}
        return participations_add(units=units, status=status, valid_from=start, valid_to=end, **where)

    return make


def held(network):
    rows = Participation.objects.across_all(reason="test").filter(network=network).order_by("valid_from", "pk")
    return [(row.status, row.valid_from, row.valid_to, row.origin.split(":")[0]) for row in rows]


def refusal(call, *args, **kwargs) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        call(*args, **kwargs)
    return {key: [text.replace(NBSP, " ") for text in texts] for key, texts in refused.value.message_dict.items()}


def test_a_period_in_the_past_may_be_entered_and_be_open(add, network):
    add(start=D(2019, 3, 1), end=D(2020, 6, 30))
    add(start=D(2021, 1, 1))
    assert held(network) == [
        ("active", D(2019, 3, 1), D(2020, 6, 30), "register"),
        ("active", D(2021, 1, 1), None, "register"),
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (D(2020, 5, 1), D(2020, 5, 1)), (D(2020, 12, 31), None), (D(2019, 1, 1), D(2020, 5, 1)),
        (D(2019, 1, 1), None), (D(2020, 6, 1), D(2020, 6, 2)),
    ],
)  # fmt: skip
def test_overlap_is_refused_in_one_sentence_that_names_the_other_period(add, network, start, end):
    add(start=D(2020, 5, 1), end=D(2020, 12, 31))
    faults = refusal(add, start=start, end=end)
    assert list(faults) == ["valid_from"]
    [sentence] = faults["valid_from"]
    assert "Fredrikstad" in sentence
    assert "2020" in sentence
    assert "overlap" in sentence
    assert len(held(network)) == 1


def test_days_beside_each_other_do_not_overlap(add, network):
    add(start=D(2020, 5, 1), end=D(2020, 12, 31))
    add(start=D(2021, 1, 1), end=D(2021, 1, 1))
    add(start=D(2020, 4, 30), end=D(2020, 4, 30))
    assert len(held(network)) == 3


def test_an_open_planned_participation_ends_where_the_active_one_begins(add, network):
    add(status="planned", start=D(2021, 1, 1))
    add(status="active", start=D(2022, 3, 1))
    assert held(network) == [
        ("planned", D(2021, 1, 1), D(2022, 2, 28), "register"),
        ("active", D(2022, 3, 1), None, "register"),
    ]


def test_days_between_planned_and_active_are_refused(add, network):
    add(status="planned", start=D(2021, 1, 1), end=D(2021, 6, 30))
    faults = refusal(add, start=D(2021, 7, 2))
    assert "no days between" in faults["valid_from"][0]
    add(start=D(2021, 7, 1))
    assert len(held(network)) == 2


def test_a_gap_is_refused_from_the_other_side_too(add, world, now):
    [planned] = add(status="planned", start=D(2021, 1, 1), end=D(2021, 6, 30))
    add(start=D(2021, 7, 1))
    values = {"status": "planned", "valid_from": D(2021, 1, 1), "valid_to": D(2021, 5, 31)}
    faults = refusal(participation_change, participation=planned, **values, actor=None, now=now)
    assert "no days between" in faults["valid_to"][0]


def test_after_a_break_a_new_one_may_begin(add, network):
    add(start=D(2020, 1, 1), end=D(2020, 12, 31))
    add(start=D(2022, 1, 1))
    add(status="planned", start=D(2021, 6, 1), end=D(2021, 12, 31))
    assert len(held(network)) == 3


def test_the_period_lies_within_the_unit_and_the_network(add, world, network, now):
    assert "Asker" in refusal(add, "3025", start=D(2019, 12, 31))["valid_from"][0]
    assert "31. December 2019" in refusal(add, "0220", start=D(2019, 6, 1))["valid_to"][0]
    add("0220", start=D(2018, 6, 1), end=D(2019, 12, 31))
    add("3004", start=D(2018, 6, 1))  # there when the registers begin
    assert "began" in refusal(add, "3025", start=D(2017, 12, 31))["valid_from"][0]
    Network.objects.across_all(reason="test").filter(pk=network.pk).update(valid_to=D(2022, 6, 30))
    network.refresh_from_db()
    assert "last day" in refusal(add, "3025", start=D(2022, 1, 1))["valid_to"][0]


def test_dates_out_of_order_and_far_away_are_refused(add):
    assert "before the first" in refusal(add, start=D(2022, 2, 1), end=D(2022, 1, 1))["valid_to"][0]
    assert "2000 to 2100" in refusal(add, start=D(1022, 2, 1))["valid_from"][0]
    assert "ends by its last day" in refusal(add, status="ended")["status"][0]


def test_many_units_are_all_or_none_and_ask_as_often_as_one(add, network):
    add("3004", start=D(2021, 1, 1))
    faults = refusal(add, ["3025", "3004", "0301"], start=D(2022, 1, 1))
    assert len(faults["valid_from"]) == 1
    assert len(held(network)) == 1
    with CaptureQueriesContext(connection) as one:
        add("3025")
    with CaptureQueriesContext(connection) as two:
        add(["0301", "030101"])
    reads = [sum(query["sql"].startswith("SELECT") for query in queries) for queries in (one, two)]
    assert reads[0] == reads[1]


def test_each_change_leaves_an_event(add, world, network, now):
    actor = world.user("usht-oslo-og-viken")
    [row] = add(note="Fra oppstarten")
    assert participation_end(participation=row, valid_to=D(2022, 4, 30), actor=actor, now=now)
    row.refresh_from_db()
    assert not participation_end(participation=row, valid_to=D(2022, 4, 30), actor=actor, now=now)
    participation_remove(participation=row, actor=actor, now=now)
    events = list(Event.objects.across_all(reason="test").filter(object_type="networks.participation"))
    assert [event.name for event in events] == [
        "participation_registered", "participation_ended", "participation_removed",
    ]  # fmt: skip
    assert noted(events[1]) == {"valid_to": [None, "2022-04-30"]}
    assert noted(events[2])["note"] == ["Fra oppstarten", None]
    assert {event.municipality_id for event in events} == {world.unit("3004").pk}
    assert events[1].actor == actor
    assert held(network) == []


def test_a_network_that_ends_takes_its_participations_with_it(add, world, network, now):
    add(start=D(2021, 1, 1))
    add("3025", start=D(2021, 1, 1), end=D(2021, 12, 31))
    network_end(network=network, valid_to=D(2022, 3, 31), actor=None, now=now)
    assert [row[2] for row in held(network)] == [D(2022, 3, 31), D(2021, 12, 31)]
    faults = refusal(network_end, network=network, valid_to=D(2020, 12, 31), actor=None, now=now)
    assert "1. January 2021" in faults["valid_to"][0]


def test_ended_follows_from_the_dates():
    part = Part(1, "active", D(2021, 1, 1), D(2021, 12, 31))
    days = (D(2020, 12, 31), D(2021, 1, 1), D(2021, 12, 31), D(2022, 1, 1))
    assert [status_on(part, day) for day in days] == ["planned", "active", "active", "ended"]


# --- reports and the register ---------------------------------------------------------------------


NOW = dt.datetime(2022, 5, 20, 12, tzinfo=dt.UTC)


def approved(world, day, number, status, *networks):
    return participation_register(
        municipality=world.unit("3004"), network_ids=[row.pk for row in networks], status=status,
        origin=f"report:{number}/1", valid_from=day, now=NOW,
    )  # fmt: skip


def test_a_row_of_a_report_that_is_changed_directly_says_so(world, network, now):
    approved(world, D(2021, 11, 1), 1, "active", network)
    row = Participation.objects.across_all(reason="test").get()
    participation_end(participation=row, valid_to=D(2022, 2, 28), actor=None, now=now)
    assert held(network) == [("active", D(2021, 11, 1), D(2022, 2, 28), "register")]
    approved(world, D(2022, 5, 1), 2, "active", network)
    assert held(network)[1:] == [("active", D(2022, 5, 1), None, "report")]


def test_a_report_leaves_networks_alone_that_its_form_did_not_offer(add, world, network, now):
    other = world.networks["troms-og-finnmark"]
    add(start=D(2021, 1, 1), network=other)
    add(start=D(2021, 1, 1))
    assert approved(world, D(2022, 5, 1), 1, "active") == 1
    assert held(other) == [("active", D(2021, 1, 1), None, "register")]
    assert held(network) == [("active", D(2021, 1, 1), D(2022, 4, 30), "register")]


def test_a_report_does_not_overwrite_what_was_registered_for_its_own_day_or_later(add, world, network):
    add(start=D(2022, 5, 1))
    assert approved(world, D(2022, 5, 1), 1, "planned", network) == 0
    assert approved(world, D(2022, 5, 1), 1, "active") == 0
    assert held(network) == [("active", D(2022, 5, 1), None, "register")]
    add("3025", start=D(2022, 8, 1))
    assert len(held(network)) == 2


def test_an_older_report_that_is_approved_late_ends_where_the_register_goes_on(add, world, network):
    add(start=D(2022, 3, 1))
    assert approved(world, D(2021, 11, 1), 1, "planned", network) == 1
    assert held(network)[0] == ("planned", D(2021, 11, 1), D(2022, 2, 28), "report")


def test_what_was_entered_after_the_report_was_sent_in_stays(add, world, network, now):
    add(start=D(2021, 1, 1))
    [other] = add(network=world.networks["troms-og-finnmark"], start=D(2021, 1, 1))
    participation_remove(participation=other, actor=None, now=now)
    before, after = now - dt.timedelta(hours=1), now + dt.timedelta(hours=1)
    where = {"municipality": world.unit("3004"), "status": "active", "origin": "report:1/1"}
    where |= {"network_ids": [other.network_id], "valid_from": D(2022, 5, 1), "now": now}
    assert participation_register(**where, known_at=before) == 0
    assert held(network) == [("active", D(2021, 1, 1), None, "register")]
    assert participation_register(**where, known_at=after) == 2
    assert held(network) == [("active", D(2021, 1, 1), D(2022, 4, 30), "register")]

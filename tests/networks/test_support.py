"""Support: entered once for many, told when it stands already, put right and taken away with an Event."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from municipalities.models import Event, PlanDecision
from municipalities.transitions import WrongState
from networks.models import SupportActivity
from networks.services.support import (
    NOTE_LENGTH,
    Support,
    SupportInvalid,
    not_started,
    own_provider,
    support_change,
    support_give,
    support_offices,
    support_remove,
    support_state,
)
from networks.services.support_units import UnitBook
from tests.world import build_world

pytestmark = pytest.mark.django_db
D = dt.date
SPRING = D(2022, 3, 1)


@pytest.fixture
def give(world, now):
    """Register support in Oslo og Viken as its statsforvalter, unless something else is said."""

    def make(*numbers, actor="statsforvalter-oslo-og-viken", office="oslo-og-viken", **values):
        support = Support(
            **{
                "office": world.office(office),
                "kind": "course",
                "provider": "usht",
                "on": SPRING,
                "units": tuple(world.unit(number).pk for number in numbers),
                **values,
            }
        )
        return support_give(support, actor=world.user(actor), now=now)

    return make


def events(row):
    rows = Event.objects.across_all(reason="test").filter(object_type="networks.supportactivity", object_id=row.pk)
    return list(rows.order_by("id"))


def every():
    return SupportActivity.objects.across_all(reason="test")


def test_one_line_for_several_with_solutions_and_a_note(give, world, now):
    given = give("3004", "3025", solutions=("1.1", "2.3"), title=" Mat ", note="Godt fremmøte.")
    row = given.activity
    assert given.made
    assert set(row.municipalities.all()) == {world.unit("3004"), world.unit("3025")}
    assert set(row.solutions.values_list("code", flat=True)) == {"1.1", "2.3"}
    assert (row.title, row.registered_by_name, row.registered_at) == ("Mat", "Statsforvalter Testesen", now)
    [event] = events(row)
    assert (event.name, event.office, event.actor.username) == ("given", row.office, "statsforvalter-oslo-og-viken")
    assert "units: 3004 Fredrikstad, 3025 Asker" in event.note


def test_the_whole_region_is_listed_unit_by_unit(give, world):
    row = give(whole_region=True).activity
    assert set(row.municipalities.all()) == {world.unit(key) for key in ("3004", "3025", "0301", "030101")}
    past = give(whole_region=True, on=D(2019, 6, 1)).activity
    assert set(past.municipalities.all()) == {world.unit(key) for key in ("3004", "0220", "0627", "0301", "030101")}


@pytest.mark.parametrize("kind", SupportActivity.Kind.values)
@pytest.mark.parametrize("provider", ["statsforvalter", "ks", "usht", "together"])
def test_every_kind_from_every_partner(give, kind, provider):
    assert give("3004", kind=kind, provider=provider, actor="ks-oslo-og-viken").made


def faults(call, *args, **kwargs):
    with pytest.raises(SupportInvalid) as invalid:
        call(*args, **kwargs)
    return invalid.value.faults


def test_the_past_may_be_entered_and_the_future_may_not(give, today):
    assert give("3004", on=today).made
    assert give("3004", on=D(2019, 1, 2)).made
    assert list(faults(give, "3004", on=today + dt.timedelta(days=1))) == ["on"]
    assert list(faults(give, "3004", on=D(202, 5, 4))) == ["on"]
    assert every().count() == 2


def test_units_must_exist_on_the_day_and_belong_to_the_region(give):
    assert "Asker" in faults(give, "3025", on=D(2019, 6, 1))["units"][0]
    assert "2022" in faults(give, "0220")["units"][0]
    assert "5430 Kautokeino – Guovdageaidnu" in faults(give, "5430", "3004")["units"][0]
    assert list(faults(give)) == ["units"]
    assert not every().exists()


def test_each_field_that_is_wrong_is_told(give):
    wrong = faults(give, "3004", kind="x", provider="y", solutions=("9.9",), note="x" * (NOTE_LENGTH + 1))
    assert set(wrong) == {"kind", "provider", "solutions", "note"}


def test_the_same_is_told_and_not_doubled(give):
    first = give("3004", "3025", title="Mat")
    again = give("3025", "3004", title="mat ")
    part = give("3004", title="Mat")
    assert (again.made, part.made) == (False, False)
    assert again.activity == part.activity == first.activity
    assert every().count() == 1
    assert len(events(first.activity)) == 1


def test_an_overlap_is_refused_by_name_and_another_title_is_another_activity(give):
    give("3004", title="Mat")
    assert "3004 Fredrikstad" in faults(give, "3004", "3025", title="Mat")["units"][0]
    assert give("3004", "3025", title="Søvn").made
    assert give("3025", title="Mat").made
    assert give("3004", title="Mat", on=D(2022, 3, 2)).made


def test_only_the_own_region(give, world, now):
    for actor in ("statsforvalter-troms-og-finnmark", "hdir", "editor-3004", "evaluator"):
        with pytest.raises(PermissionDenied):
            give("3004", actor=actor)
    assert give("5430", actor="hdir-admin", office="troms-og-finnmark").made


def test_a_change_says_what_and_leaves_an_event(give, world, now):
    row = give("3004").activity
    actor = world.user("ks-oslo-og-viken")
    wanted = Support(
        world.office("oslo-og-viken"), "course", "ks", D(2022, 3, 2), (world.unit("3025").pk,), solutions=("1.1",)
    )
    assert support_change(row, wanted, actor=actor, now=now) is True
    assert support_change(row, wanted, actor=actor, now=now) is False
    row.refresh_from_db()
    assert (row.on, row.provider, list(row.municipalities.all())) == (D(2022, 3, 2), "ks", [world.unit("3025")])
    changed = events(row)[1:]
    assert [event.name for event in changed] == ["changed"]
    assert changed[0].note.splitlines() == [
        "provider: usht → ks", "on: 2022-03-01 → 2022-03-02", "units: +3025 Asker, -3004 Fredrikstad",
        "solutions: +1.1",
    ]  # fmt: skip


def test_a_change_may_not_become_another_rows_double(give, world, now):
    give("3004")
    row = give("3025").activity
    wanted = Support(row.office, "course", "usht", SPRING, (world.unit("3004").pk, world.unit("3025").pk))
    assert "Fredrikstad" in faults(support_change, row, wanted, actor=world.user("hdir-admin"), now=now)["units"][0]


def test_nobody_overwrites_what_another_has_saved(give, world, now):
    row = give("3004").activity
    seen, actor = support_state(row), world.user("usht-oslo-og-viken")
    first = Support(row.office, "letter", "usht", SPRING, (world.unit("3004").pk,))
    assert support_change(row, first, actor=actor, now=now, seen=seen)
    with pytest.raises(WrongState):
        support_change(row, first, actor=actor, now=now, seen=seen)
    with pytest.raises(WrongState):
        support_remove(row, actor=actor, now=now, seen=seen)


def test_removing_keeps_what_it_said(give, world, now):
    row = give("3004", "3025", title="Mat", note="En merknad").activity
    pk = row.pk
    with pytest.raises(PermissionDenied):
        support_remove(row, actor=world.user("statsforvalter-troms-og-finnmark"), now=now)
    event = support_remove(row, actor=world.user("statsforvalter-oslo-og-viken"), now=now, reason="Feil dag")
    assert not every().exists()
    assert event.object_id == pk
    for part in ("reason: Feil dag", "title: Mat", "note: En merknad", "units: 3004 Fredrikstad, 3025 Asker"):
        assert part in event.note
    with pytest.raises(WrongState):
        support_remove(row, actor=world.user("statsforvalter-oslo-og-viken"), now=now)


def test_who_has_not_started_follows_from_the_plan_register_of_the_day(world, now):
    def decide(number, status, start):
        PlanDecision.objects.get_queryset().create(
            municipality=world.unit(number), status=status, origin=f"test:{number}", registered_at=now,
            valid_from=start,
        )  # fmt: skip

    decide("3004", "own", D(2022, 3, 1))
    decide("3025", "process", D(2021, 1, 1))
    decide("0301", "none", D(2021, 1, 1))
    book, office = UnitBook.load(), world.office("oslo-og-viken")
    pks = {number: world.unit(number).pk for number in ("3004", "3025", "0301", "030101")}
    assert set(not_started(book, office, D(2022, 3, 1))) == {pks["0301"], pks["030101"]}
    assert set(not_started(book, office, D(2022, 2, 1))) == {pks["0301"], pks["030101"], pks["3004"]}


def test_offices_and_the_partner_that_the_form_suggests(world, today):
    def keys(username):
        return [office.key for office in support_offices(world.user(username), today=today)]

    assert keys("ks-oslo-og-viken") == ["oslo-og-viken"]
    assert keys("hdir-admin") == ["oslo-og-viken", "troms-og-finnmark"]
    assert keys("hdir") == keys("editor-3004") == keys("nobody") == []
    assert own_provider(world.user("usht-oslo-og-viken"), today=today) == "usht"
    assert own_provider(world.user("hdir-admin"), today=today) == ""


def test_forty_units_take_no_more_queries_than_one(give, world, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        give("3004")
    with django_assert_max_num_queries(22):
        give("3004", "3025", "0301", "030101", title="x")


@pytest.mark.django_db(transaction=True)
def test_two_who_register_the_same_at_once_make_one_row(now):
    world = build_world()
    office, units = world.office("oslo-og-viken"), (world.unit("3004").pk, world.unit("3025").pk)
    actors = [world.user(f"{partner}-oslo-og-viken") for partner in ("ks", "usht", "statsforvalter")]
    start, made = threading.Barrier(len(actors)), []

    def work(actor):
        try:
            start.wait()
            made.append(support_give(Support(office, "letter", "together", SPRING, units), actor=actor, now=now).made)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, True]
    assert every().count() == 1

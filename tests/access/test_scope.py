"""Where a user belongs, and what of each model she sees. Fails closed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from municipalities.access import EMPTY, Grant, Scope, can, scope_of, visible_filter
from municipalities.models import Event, Membership, Municipality, Office, PlanDecision, Role
from municipalities.services import plan_decision_register
from networks.models import Network, Participation, SupportActivity
from networks.services import participation_register, support_register
from tests.world import UNITS_2022

pytestmark = pytest.mark.django_db
D = dt.date


def numbers(user, today):
    """The numbers of 2022 of the units that the user sees."""
    seen = set(Municipality.objects.visible_to(user, today=today).values_list("pk", flat=True))
    units = Municipality.objects.across_all(reason="test").units_as_of(today)
    return {row.number for row in units if row.pk in seen}


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("editor-3004", {"3004"}),
        ("reader-3004", {"3004"}),
        ("editor-030101", {"030101"}),
        ("editor-0301", {"0301"}),  # Oslo is no way in to its districts
        ("statsforvalter-oslo-og-viken", {"3004", "3025", "0301", "030101"}),
        ("ks-oslo-og-viken", {"3004", "3025", "0301", "030101"}),
        ("usht-troms-og-finnmark", {"5430", "5421"}),
        ("hdir", set(UNITS_2022)),
        ("hdir-admin", set(UNITS_2022)),
        ("evaluator", set(UNITS_2022)),
        ("hod", set()),
        ("nobody", set()),
        ("former", set()),
    ],
)
def test_which_units_each_role_sees(world, today, username, expected):
    assert numbers(world.user(username), today) == expected


def test_nobody_sees_anything_without_a_valid_role(world, today):
    assert scope_of(None, today=today) is EMPTY
    assert scope_of(AnonymousUser(), today=today) is EMPTY
    inactive = world.user("hdir")
    inactive.is_active = False
    assert scope_of(inactive, today=today) is EMPTY
    superuser = world.user("nobody")
    superuser.is_superuser = superuser.is_staff = True
    assert scope_of(superuser, today=today) == Scope((), today)
    for model in (Municipality, Office, PlanDecision, Network, Participation, SupportActivity, Event):
        assert not model.objects.visible_to(superuser, today=today).exists()


@pytest.mark.parametrize("role", ["owner_of_all", Role.STATSFORVALTER, Role.HDIR])
def test_the_database_refuses_a_role_that_does_not_fit_its_unit(world, role):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=world.users["editor-3004"]).update(role=role)


def test_a_membership_holds_on_both_of_its_ends(world):
    user, unit = world.user("nobody"), world.unit("3004")
    Membership.objects.create(
        user=user, role=Role.MUNICIPALITY_EDITOR, municipality=unit, valid_from=D(2022, 4, 1), valid_to=D(2022, 4, 30)
    )
    days = {day: bool(scope_of(user, today=day).grants) for day in
            (D(2022, 3, 31), D(2022, 4, 1), D(2022, 4, 30), D(2022, 5, 1))}  # fmt: skip
    assert list(days.values()) == [False, True, True, False]


def test_an_office_sees_the_units_of_the_day(world, today):
    """A unit that moves to another office on a day is seen by that office from that day on."""
    unit = world.unit("3025")
    unit.versions.filter(valid_from=D(2024, 1, 1)).update(office=world.office("troms-og-finnmark"))
    user = world.user("statsforvalter-troms-og-finnmark")
    assert "3025" not in numbers(user, today)
    assert Municipality.objects.visible_to(user, today=D(2024, 1, 1)).filter(pk=unit.pk).exists()


def test_two_memberships_add_up(world, today):
    user = world.user("editor-3004")
    Membership.objects.create(
        user=user, role=Role.STATSFORVALTER, office=world.office("troms-og-finnmark"), valid_from=D(2020, 1, 1)
    )
    assert numbers(user, today) == {"3004", "5430", "5421"}
    # ... but each right only where its own role gives it
    assert can(user, "correction.propose", world.unit("3004"), today=today)
    assert not can(user, "correction.propose", world.unit("5430"), today=today)
    assert can(user, "report.return", world.unit("5430"), today=today)
    assert not can(user, "report.return", world.unit("3004"), today=today)


def test_registers_follow_their_municipality(world, today, now):
    where = {"municipality": world.unit("3004"), "origin": "report:1/1", "valid_from": D(2022, 5, 1)}
    plan_decision_register(**where, status="own", now=now)
    participation_register(**where, network_ids=[world.networks["oslo-og-viken"].pk], status="active", now=now)
    support_register(
        kind="course", provider="ks", office=world.office("oslo-og-viken"), on=D(2022, 4, 1),
        municipalities=[world.unit("3004")], now=now,
    )  # fmt: skip

    def sees(username):
        user = world.user(username)
        models = (PlanDecision, Participation, SupportActivity)
        return [model.objects.visible_to(user, today=today).count() for model in models]

    assert sees("editor-3004") == sees("statsforvalter-oslo-og-viken") == sees("hdir") == [1, 1, 1]
    assert sees("editor-3025") == sees("statsforvalter-troms-og-finnmark") == sees("hod") == [0, 0, 0]


def test_networks_are_for_those_who_read_registers(world, today):
    assert Network.objects.visible_to(world.user("editor-3004"), today=today).count() == 2
    assert Network.objects.visible_to(world.user("hod"), today=today).count() == 0


def test_can_says_why(world, today):
    outside = can(world.user("editor-3004"), "report.edit", world.unit("3025"), today=today)
    without = can(world.user("reader-3004"), "report.edit", world.unit("3004"), today=today)
    assert not outside and str(outside.reason)
    assert not without and str(without.reason) != str(outside.reason)
    with pytest.raises(KeyError):
        can(world.user("hdir"), "report.everything", today=today)


def test_the_scope_of_a_list_is_one_query(world, today, django_assert_num_queries):
    user = world.user("statsforvalter-oslo-og-viken")
    with django_assert_num_queries(2):  # the memberships, and the list itself
        assert len(Municipality.objects.visible_to(user, today=today).units_as_of(today)) == 4
        scope_of(user, today=today)


def test_an_office_reads_the_units_that_ended_with_it(world, today):
    """Røyken (0627) became part of Asker in 2020: its history stays with the region, not with another one."""
    mine = Municipality.objects.visible_to(world.user("statsforvalter-oslo-og-viken"), today=today)
    other = Municipality.objects.visible_to(world.user("statsforvalter-troms-og-finnmark"), today=today)
    assert mine.filter(pk=world.unit("0627").pk).exists()
    assert not other.filter(pk=world.unit("0627").pk).exists()


def test_a_merged_municipality_reads_those_that_it_was_made_of(world, today):
    seen = Municipality.objects.visible_to(world.user("editor-3025"), today=today)
    assert set(seen) == {world.unit(number) for number in ("3025", "0220", "0627")}
    before = Municipality.objects.visible_to(world.user("editor-3025"), today=dt.date(2019, 12, 31))
    assert world.unit("0627") not in before


def test_a_network_is_seen_by_all_and_changed_by_its_own_regions(world, today):
    network = world.networks["troms-og-finnmark"]
    assert can(world.user("ks-troms-og-finnmark"), "network.edit", network, today=today)
    assert can(world.user("hdir-admin"), "network.edit", network, today=today)
    assert can(world.user("ks-oslo-og-viken"), "register.read", network, today=today)
    assert not can(world.user("ks-oslo-og-viken"), "network.edit", network, today=today)
    assert not can(world.user("editor-5430"), "network.edit", network, today=today)


def test_across_all_wants_a_reason(world):
    with pytest.raises(ValueError, match="say why"):
        Municipality.objects.across_all(reason="")


def test_a_scope_without_grants_filters_everything_away(world, today):
    assert not Municipality.objects.get_queryset().filter(visible_filter(Municipality, Scope((), today))).exists()
    hod = Scope((Grant(Role.HOD),), today)
    assert not Municipality.objects.get_queryset().filter(visible_filter(Municipality, hod)).exists()

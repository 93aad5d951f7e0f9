"""The level above gives access to the level below, nobody to herself, and whose access ends is out at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from municipalities.access import scope_of
from municipalities.models import Event, Membership, User
from municipalities.services import (
    EntryRefused,
    Place,
    access_end,
    access_give,
    access_replace,
    membership_end,
    membership_grant,
    people_at,
)

pytestmark = pytest.mark.django_db
KARI = {"first_name": "Kari", "last_name": "Nordmann", "email": "kari@etat.example"}
HDIR, OFFICE, EDITOR = "hdir-admin", "statsforvalter-oslo-og-viken", "editor-3004"
RIGHT = {HDIR: "access.offices", OFFICE: "access.municipalities", EDITOR: "contact.invite"}


def at(world, where):
    if where in world.units:
        return Place(municipality_id=world.unit(where).pk)
    return Place(office_id=world.office(where).pk) if where else Place()


def give(world, now, who, where, role, right=None, **person):
    return access_give(
        place=at(world, where), right=right or RIGHT[who], role=role, actor=world.user(who), now=now,
        **{**KARI, **person},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "where", "role"),
    [
        *((HDIR, "oslo-og-viken", role) for role in ("statsforvalter", "ks", "usht")),
        *((HDIR, "", role) for role in ("hdir", "hdir_admin", "hod", "evaluator")),
        *((OFFICE, unit, role) for unit in ("3004", "3025", "030101") for role in ("municipality_editor",)),
        (EDITOR, "3004", "municipality_reader"),
    ],
)
def test_the_level_above_gives_to_the_level_below(world, now, today, who, where, role):
    made = give(world, now, who, where, role)
    assert scope_of(User.objects.get(pk=made.user_id), today=today).roles == {role}
    event = Event.objects.across_all(reason="test").get(name="membership_granted", object_id=made.pk)
    assert event.actor == world.user(who)


@pytest.mark.parametrize(
    ("who", "where", "role", "right"),
    [
        (OFFICE, "5430", "municipality_editor", None),  # another region
        (OFFICE, "oslo-og-viken", "statsforvalter", "access.offices"),
        (OFFICE, "", "hdir", "access.offices"),
        (EDITOR, "3025", "municipality_editor", None),
        (EDITOR, "3004", "municipality_editor", "access.municipalities"),
        (HDIR, "3004", "municipality_editor", "contact.invite"),
        ("hdir", "", "hdir", "access.offices"),
        ("reader-3004", "3004", "municipality_reader", "contact.invite"),
        ("ks-oslo-og-viken", "3004", "municipality_editor", "access.municipalities"),
    ],
)
def test_nobody_gives_sideways_or_upwards(world, now, who, where, role, right):
    before = Membership.objects.count(), User.objects.count()
    with pytest.raises(PermissionDenied):
        give(world, now, who, where, role, right)
    assert (Membership.objects.count(), User.objects.count()) == before


@pytest.mark.parametrize(
    ("who", "where", "role"),
    [
        (HDIR, "oslo-og-viken", "hdir"), (HDIR, "", "statsforvalter"), (HDIR, "oslo-og-viken", "municipality_editor"),
        (OFFICE, "3004", "statsforvalter"), (EDITOR, "3004", "usht"), (EDITOR, "3004", "no-such-role"),
    ],
)  # fmt: skip
def test_a_role_that_is_not_there_or_not_hers_to_give(world, now, who, where, role):
    with pytest.raises(EntryRefused) as refused:
        give(world, now, who, where, role)
    assert list(refused.value.faults) == ["role"]


@pytest.mark.parametrize("who", [HDIR, OFFICE, EDITOR])
def test_nobody_gives_access_to_herself(world, now, today, who):
    me = world.user(who)
    where = {HDIR: "", OFFICE: "3004", EDITOR: "3004"}[who]
    role = {HDIR: "hdir", OFFICE: "municipality_editor", EDITOR: "municipality_reader"}[who]
    for email in (me.email, me.email.upper(), me.username if "@" in me.username else me.email):
        with pytest.raises(EntryRefused) as refused:
            give(world, now, who, where, role, email=email)
        assert list(refused.value.faults) == ["email"]
    with pytest.raises(PermissionDenied):  # nor by the administration
        membership_grant(user=me, role="hdir", valid_from=today, actor=me, now=now)
    mine = Membership.objects.get(user=me)
    membership_end(membership=mine, valid_to=today + dt.timedelta(days=9), actor=None, now=now)
    for later in (None, today + dt.timedelta(days=10)):
        with pytest.raises(PermissionDenied):
            membership_end(membership=mine, valid_to=later, actor=me, now=now)


def test_a_municipality_that_is_no_more_gets_no_contacts(world, now):
    with pytest.raises(EntryRefused):
        give(world, now, OFFICE, "0220", "municipality_editor")


def test_an_access_that_ends_is_over_at_once(world, now, today):
    out, stays = world.user("reader-3004"), world.user("reader-3025")
    membership_grant(user=stays, role="municipality_reader", municipality=world.unit("3004"), valid_from=today, now=now)
    clients = [Client(), Client()]
    for client, user in zip(clients, (out, stays), strict=True):
        client.force_login(user)
    for row in people_at(at(world, "3004"), today=today):
        if row.user_id in (out.pk, stays.pk):
            access_end(
                membership_id=row.membership_id, place=at(world, "3004"), right=RIGHT[OFFICE],
                actor=world.user(OFFICE), now=now,
            )  # fmt: skip
    assert all(client.get("/konto/").status_code == 302 for client in clients)  # every session of theirs
    out, stays = world.user("reader-3004"), world.user("reader-3025")
    assert not out.is_active and out.closed_at == now  # nothing is left to her
    assert stays.is_active
    assert scope_of(stays, today=today).municipality_ids == {world.unit("3025").pk}


def test_a_contact_is_replaced_in_one_action(world, now, today):
    old = world.user("editor-3004")
    client = Client()
    client.force_login(old)
    mine = Membership.objects.get(user=old)
    new = access_replace(
        membership_id=mine.pk, place=at(world, "3004"), right=RIGHT[OFFICE], actor=world.user(OFFICE), now=now, **KARI
    )
    assert new.role == "municipality_editor" and new.valid_from == today
    mine.refresh_from_db()
    assert mine.valid_to == today - dt.timedelta(days=1)
    assert client.get("/konto/").status_code == 302 and not world.user("editor-3004").is_active
    assert Event.objects.across_all(reason="test").filter(name="access_taken_over", object_id=new.pk).exists()


def test_she_hands_over_herself_but_not_to_herself(world, now):
    me = world.user(EDITOR)
    told = {"membership_id": Membership.objects.get(user=me).pk, "place": at(world, "3004"), "right": RIGHT[EDITOR],
            "actor": me, "now": now}  # fmt: skip
    with pytest.raises(EntryRefused):
        access_replace(**told, **{**KARI, "email": me.email})
    assert Membership.objects.get(user=me).valid_to is None
    access_replace(**told, **KARI)


def test_the_last_administrator_stays(world, now, today):
    mine = Membership.objects.get(user=world.user(HDIR))
    told = {"membership_id": mine.pk, "place": Place(), "right": RIGHT[HDIR], "actor": world.user(HDIR), "now": now}
    with pytest.raises(EntryRefused):
        access_end(**told)
    give(world, now, HDIR, "", "hdir_admin")  # waits for her first login, and does not count
    with pytest.raises(EntryRefused):
        access_end(**told)


def test_somebody_who_left_and_comes_back_shows_anew_that_the_address_is_hers(world, now):
    reader = world.user("reader-3004")
    row = Membership.objects.get(user=reader)
    access_end(membership_id=row.pk, place=at(world, "3004"), right=RIGHT[EDITOR], actor=world.user(EDITOR), now=now)
    give(world, now, EDITOR, "3004", "municipality_reader", email=reader.email)
    again = world.user("reader-3004")
    assert again.is_active and again.closed_at is None and not again.has_usable_password()

"""Each change of who gets in leaves its Event: once, about the right person, by the one who did it."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import Event, Membership, User
from municipalities.services import access_end
from municipalities.services.about_me import email_change_ask
from municipalities.services.anonymise import contacts_forget
from tests.municipalities.test_access_levels import EDITOR, OFFICE, RIGHT, at, give

pytestmark = pytest.mark.django_db


def told(name: str) -> list[tuple[str, int, User | None]]:
    rows = Event.objects.across_all(reason="test").filter(name=name)
    return [(row.object_type, row.object_id, row.actor) for row in rows]


def end(world, now, membership: Membership) -> None:
    access_end(
        membership_id=membership.pk, place=at(world, "3004"), right=RIGHT[EDITOR], actor=world.user(EDITOR), now=now
    )


def test_who_is_given_access_for_the_first_time_is_invited(world, now):
    made = give(world, now, EDITOR, "3004", "municipality_reader")
    assert told("invitation_sent") == [("municipalities.membership", made.pk, world.user(EDITOR))]


def test_an_account_without_access_is_closed_and_opened_again(world, now):
    reader = world.user("reader-3004")
    end(world, now, Membership.objects.get(user=reader))
    assert told("user_closed") == [("municipalities.user", reader.pk, world.user(EDITOR))]
    assert told("user_reopened") == []
    give(world, now, OFFICE, "3004", "municipality_reader", email=reader.email)
    assert told("user_reopened") == [("municipalities.user", reader.pk, world.user(OFFICE))]


def test_an_access_of_the_same_day_is_taken_back(world, now):
    made = give(world, now, EDITOR, "3004", "municipality_reader")
    pk = made.pk
    end(world, now, made)
    assert told("membership_withdrawn") == [("municipalities.membership", pk, world.user(EDITOR))]
    assert not Membership.objects.filter(pk=pk).exists()


def test_another_address_is_asked_for(world, now):
    user = world.user(EDITOR)
    email_change_ask(user=user, email="ny@kommune.example", now=now)
    assert told("email_change_asked") == [("municipalities.user", user.pk, user)]


def test_a_contact_is_forgotten_by_the_portal_itself(world, now):
    user = world.user("reader-3004")
    Membership.objects.filter(user=user).update(valid_to=dt.date(2021, 5, 3))
    contacts_forget(now=now)
    assert told("anonymised").count(("municipalities.user", user.pk, None)) == 1

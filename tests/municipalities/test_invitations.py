"""Invitations: they wait, expire, are used once, and stop when a newer one is sent or the access ends."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from municipalities.models import Event, Invitation, OutgoingMail
from municipalities.services import Place, access_end, access_give, access_remind, people_at
from municipalities.services.invitations import (
    InvitationRefused,
    InvitationState,
    invitation_accept,
    invitation_find,
)

pytestmark = pytest.mark.django_db
GOOD = "kveldsmat-og-te"
DAY = dt.timedelta(days=1)


@pytest.fixture
def place(world, now):
    return {
        "place": Place(municipality_id=world.unit("3004").pk), "right": "contact.invite",
        "actor": world.user("editor-3004"), "now": now,
    }  # fmt: skip


@pytest.fixture
def invited(place):
    person = {"first_name": "Kari", "last_name": "Nordmann", "email": "kari@kommune.example"}
    return access_give(role="municipality_editor", **person, **place)


def key(number=0) -> str:
    letter = OutgoingMail.objects.order_by("pk")[number]
    return re.search(r"nokkel=(\S+)", letter.body)[1]


def state(secret, now):
    return invitation_find(secret, now=now).state


def shown(place, day, now):
    return [row.invitation for row in people_at(place["place"], today=day, now=now) if row.waiting]


def test_it_waits_for_the_days_of_the_settings_and_expires(place, invited, now, today, settings):
    last = now + settings.INVITATION_DAYS * DAY - dt.timedelta(seconds=1)
    assert state(key(), last) is InvitationState.WAITING
    assert shown(place, today, now) == ["waiting"]
    later = last + dt.timedelta(seconds=2)
    assert state(key(), later) is InvitationState.EXPIRED
    assert shown(place, later.date(), later) == ["expired"]
    with pytest.raises(InvitationRefused) as refused:
        invitation_accept(secret=key(), password=GOOD, now=later)
    assert refused.value.state is InvitationState.EXPIRED
    invited.user.refresh_from_db()
    assert not invited.user.has_usable_password()


def test_it_is_used_once(place, invited, now, today):
    user = invitation_accept(secret=key(), password=GOOD, now=now)
    assert user == invited.user and Client().login(username=user.username, password=GOOD)
    assert state(key(), now) is InvitationState.USED
    with pytest.raises(InvitationRefused):
        invitation_accept(secret=key(), password="noe-helt-annet-her", now=now)
    user.refresh_from_db()
    assert user.check_password(GOOD) and shown(place, today, now) == []
    assert Event.objects.across_all(reason="test").filter(name="invitation_accepted", actor=user).count() == 1


def test_a_newer_one_stops_the_older(place, invited, now):
    later = now + DAY
    access_remind(membership_id=invited.pk, **{**place, "now": later})
    assert [state(key(number), later) for number in (0, 1)] == [InvitationState.GONE, InvitationState.WAITING]


def test_an_expired_one_can_be_sent_again(place, invited, now, settings):
    later = now + (settings.INVITATION_DAYS + 1) * DAY
    access_remind(membership_id=invited.pk, **{**place, "now": later})
    assert state(key(1), later) is InvitationState.WAITING


@pytest.mark.parametrize("days", [0, 2])
def test_it_stops_when_the_access_ends(place, invited, now, days):
    later = now + days * DAY
    access_end(membership_id=invited.pk, **{**place, "now": later})
    assert state(key(), later) is InvitationState.GONE
    with pytest.raises(InvitationRefused):
        invitation_accept(secret=key(), password=GOOD, now=later)


def test_a_weak_password_uses_nothing_up(invited, now):
    for weak in ("kort", "Fredrikstad2024!", "kari@kommune.example"):
        with pytest.raises(ValidationError):
            invitation_accept(secret=key(), password=weak, now=now)
    assert state(key(), now) is InvitationState.WAITING


def test_only_a_hash_of_the_key_is_kept(invited):
    assert key() not in str(Invitation.objects.values().get())


class TestPage:
    @pytest.fixture(autouse=True)
    def _clock(self, settings, client):
        settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
        self.settings, self.client = settings, client

    def test_a_password_is_chosen(self, invited):
        page = self.client.get(f"/konto/invitasjon/?nokkel={key()}")
        assert page.status_code == 200 and "no-store" in page["Cache-Control"]
        assert state(key(), invited.invitations.get().sent_at) is InvitationState.WAITING  # opening uses nothing up
        data = {"nokkel": key(), "password1": GOOD, "password2": GOOD}
        wrong = self.client.post("/konto/invitasjon/", {**data, "password2": "noe-annet"})
        assert wrong.status_code == 422 and GOOD not in wrong.content.decode()
        assert self.client.post("/konto/invitasjon/", {**data, "password1": "x", "password2": "x"}).status_code == 422
        assert self.client.post("/konto/invitasjon/", data)["Location"] == "/konto/login/"
        assert self.client.post("/konto/login/", {"login": invited.user.username, "password": GOOD})["Location"] == "/"

    def test_an_expired_link_says_whom_to_ask(self, invited, place):
        self.settings.PORTAL_CLOCK = "2022-06-04T09:00+02:00"
        page = self.client.get(f"/konto/invitasjon/?nokkel={key()}").content.decode()
        assert str(place["actor"]) in page and 'name="password1"' not in page

    @pytest.mark.parametrize("secret", ["", "x", "å" * 5000])
    def test_an_unknown_link_names_nobody(self, invited, secret):
        page = self.client.get("/konto/invitasjon/", {"nokkel": secret})
        assert page.status_code == 200 and "Nordmann" not in page.content.decode()
        assert 'name="password1"' not in page.content.decode()

    def test_looking_for_links_is_counted(self):
        self.settings.PORTAL_LIMITS = {**self.settings.PORTAL_LIMITS, "invitation_address": (2, 600)}
        answers = [self.client.get(f"/konto/invitasjon/?nokkel={number}") for number in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2]["Retry-After"]) > 0

"""A municipality keeps its own contacts: invited, reminded, taken away; nobody else's, and never the last one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from municipalities.access import can
from municipalities.models import Event, Membership, OutgoingMail, ServiceAccount, User
from municipalities.services import (
    EntryRefused,
    contact_end,
    contact_invite,
    contact_remind,
    contacts_of,
    notice_language_set,
)

pytestmark = pytest.mark.django_db
KARI = {"first_name": "Kari", "last_name": "Nordmann", "email": "Kari.Nordmann@kommune.example"}


@pytest.fixture
def place(world, now):
    """Fredrikstad, whose editor acts."""
    return {"municipality": world.unit("3004"), "actor": world.user("editor-3004"), "now": now}


def invite(place, role="municipality_editor", **changed):
    return contact_invite(**place, **{**KARI, **changed}, role=role)


def names(world, today, number="3004"):
    return {row.name for row in contacts_of(world.unit(number).pk, today=today)}


def test_a_new_colleague_can_fill_in_at_once_and_gets_one_mail(world, place, today):
    made = invite(place)
    user = made.user
    assert (user.username, user.email) == ("kari.nordmann@kommune.example", "kari.nordmann@kommune.example")
    assert not user.has_usable_password() and made.valid_from == today and made.valid_to is None
    assert can(user, "correction.propose", place["municipality"], today=today)
    letter = OutgoingMail.objects.get(user=user)
    assert "/konto/invitasjon/?nokkel=" in letter.body and str(place["actor"]) in letter.body
    event = Event.objects.across_all(reason="test").get(name="membership_granted", object_id=made.pk)
    assert event.actor == place["actor"]
    row = next(row for row in contacts_of(place["municipality"].pk, today=today) if row.user_id == user.pk)
    assert row.waiting and row.fills_in


def test_the_mail_is_in_the_language_that_the_municipality_has_chosen(world, place):
    notice_language_set(**place, language="nn")
    place["municipality"].refresh_from_db()
    made = invite(place)
    assert made.user.language == "nn"
    with translation.override("nn"):
        assert translation.gettext("Regards,") in OutgoingMail.objects.get(user=made.user).body


def test_the_language_of_the_notices_leaves_an_event(place):
    for language in ("nn", "nn", ""):
        notice_language_set(**place, language=language)
        place["municipality"].refresh_from_db()
        assert place["municipality"].notice_language == language
    events = Event.objects.across_all(reason="test").filter(name="notice_language").order_by("id")
    assert [(event.from_state, event.to_state) for event in events] == [("", "nn"), ("nn", "")]
    with pytest.raises(EntryRefused):
        notice_language_set(**place, language="en")


def test_somebody_known_gets_the_role_besides_what_she_has(world, place, today):
    other = world.user("editor-3025")
    other.email = "asker@kommune.example"
    other.save()
    made = invite(place, email="ASKER@kommune.example")
    assert made.user == other and User.objects.filter(email__iexact="asker@kommune.example").count() == 1
    assert can(other, "correction.propose", world.unit("3025"), today=today)
    assert "nokkel=" not in OutgoingMail.objects.get(user=other).body


def test_a_reader_who_is_invited_to_fill_in_has_one_role(world, place, today):
    reader = world.user("reader-3004")
    reader.email = "leser@kommune.example"
    reader.save()
    invite(place, email="leser@kommune.example")
    rows = [row for row in contacts_of(place["municipality"].pk, today=today) if row.user_id == reader.pk]
    assert [row.role for row in rows] == ["municipality_editor"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"email": "kari"}, "email"),
        ({"email": ""}, "email"),
        ({"email": f"{'k' * 150}@kommune.example"}, "email"),
        ({"first_name": "  "}, "first_name"),
        ({"last_name": "N\x00"}, "last_name"),
        ({"role": "hdir_admin"}, "role"),
        ({"role": "statsforvalter"}, "role"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(place, changed, fault):
    before = User.objects.count(), Membership.objects.count()
    with pytest.raises(EntryRefused) as refused:
        invite(place, **{"role": "municipality_editor", **changed})
    assert list(refused.value.faults) == [fault]
    assert (User.objects.count(), Membership.objects.count()) == before and not OutgoingMail.objects.exists()


def test_a_closed_user_and_another_s_staff_are_not_let_in(world, place):
    closed, staff = world.user("former"), world.user("statsforvalter-oslo-og-viken")
    User.objects.filter(pk=closed.pk).update(is_active=False, email="borte@kommune.example")
    User.objects.filter(pk=staff.pk).update(email="sf@example.no")
    for email in ("borte@kommune.example", "sf@example.no"):
        with pytest.raises(EntryRefused) as refused:
            invite(place, email=email)
        assert list(refused.value.faults) == ["email"]


def test_the_same_access_twice_is_refused(place):
    invite(place)
    with pytest.raises(EntryRefused):
        invite(place)
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("username", ["editor-3025", "reader-3004", "statsforvalter-oslo-og-viken", "hdir-admin"])
def test_nobody_else_keeps_the_contacts(world, place, username):
    place["actor"] = world.user(username)
    mine = Membership.objects.get(user=world.user("reader-3004"))
    for change in (
        lambda: invite(place),
        lambda: contact_end(membership_id=mine.pk, **place),
        lambda: contact_remind(membership_id=mine.pk, **place),
        lambda: notice_language_set(language="nn", **place),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_an_access_ends_at_once_and_the_last_who_fills_in_stays(world, place, today):
    reader = Membership.objects.get(user=world.user("reader-3004"))
    contact_end(membership_id=reader.pk, **place)
    assert str(world.user("reader-3004")) not in names(world, today)
    own = Membership.objects.get(user=place["actor"])
    with pytest.raises(EntryRefused):
        contact_end(membership_id=own.pk, **place)
    invite(place)  # she has not been here yet, so she does not count
    with pytest.raises(EntryRefused):
        contact_end(membership_id=own.pk, **place)
    User.objects.filter(email__iexact=KARI["email"]).update(password="x")
    contact_end(membership_id=own.pk, **place)
    assert not can(place["actor"], "correction.propose", place["municipality"], today=today + dt.timedelta(days=1))


def test_one_cannot_reach_into_another_municipality(world, place):
    theirs = Membership.objects.get(user=world.user("editor-3025"))
    for change in (contact_end, contact_remind):
        with pytest.raises(EntryRefused):
            change(membership_id=theirs.pk, **place)
    theirs.refresh_from_db()
    assert theirs.valid_to is None


def test_an_invitation_that_is_taken_back_leads_nowhere(world, place, client):
    made = invite(place)
    contact_end(membership_id=made.pk, **place)
    made.user.refresh_from_db()
    assert not made.user.is_active


def test_an_invitation_is_sent_again_once_a_day_and_not_to_one_who_has_been_here(world, place, now):
    made = invite(place)
    tomorrow = {**place, "now": now + dt.timedelta(days=1)}
    contact_remind(membership_id=made.pk, **tomorrow)
    with pytest.raises(EntryRefused):  # so that the link that is on its way keeps working
        contact_remind(membership_id=made.pk, **{**place, "now": now + dt.timedelta(days=1, hours=1)})
    assert OutgoingMail.objects.filter(user=made.user).count() == 2
    mine = Membership.objects.get(user=place["actor"])
    with pytest.raises(EntryRefused):
        contact_remind(membership_id=mine.pk, **place)


def test_a_machine_is_no_contact(world, place, today, now):
    user = User.objects.create(username="maskin", first_name="Arkiv", last_name="System")
    Membership.objects.create(
        user=user, role="municipality_editor", municipality=place["municipality"], valid_from=today
    )
    ServiceAccount.objects.get_queryset().create(
        user=user, municipality=place["municipality"], name="Arkiv", key_start="x", key_hash="y", made_at=now
    )
    assert "Arkiv System" not in names(world, today)


class TestPage:
    @pytest.fixture(autouse=True)
    def _page(self, world, today, client, settings):
        settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
        self.world, self.client, self.today = world, client, today
        client.force_login(world.user("editor-3004"))

    def test_it_lists_and_invites(self):
        answer = self.client.post("/kommune/kontakter/", {**KARI, "role": "municipality_reader"}, follow=True)
        assert "Kari Nordmann" in answer.content.decode() and answer.redirect_chain
        assert "Kari Nordmann" in names(self.world, self.today)

    def test_what_was_typed_stays_when_something_is_wrong(self):
        answer = self.client.post("/kommune/kontakter/", {**KARI, "email": "kari", "role": "municipality_reader"})
        text = answer.content.decode()
        assert answer.status_code == 422 and 'value="Nordmann"' in text and 'value="kari"' in text
        assert 'aria-invalid="true"' in text

    def test_another_unit_is_not_there(self):
        other = self.world.unit("3025").pk
        assert self.client.get(f"/kommune/kontakter/?enhet={other}").status_code == 404
        assert self.client.post("/kommune/kontakter/", {**KARI, "enhet": other}).status_code == 404

    def test_changes_from_the_page(self):
        reader = Membership.objects.get(user=self.world.user("reader-3004"))
        for data in (
            {"hva": "sprak", "language": "nn"},
            {"hva": "fjern", "kontakt": str(reader.pk)},
            {"hva": "fjern", "kontakt": "x"},
        ):
            assert self.client.post("/kommune/kontakter/endre/", data).status_code == 302
        unit = self.world.unit("3004")
        unit.refresh_from_db()
        assert unit.notice_language == "nn" and str(reader.user) not in names(self.world, self.today)
        assert self.client.post("/kommune/kontakter/endre/", {"hva": "annet"}).status_code == 404

"""A former contact is forgotten when the rule's time is over, and not before; what was done stays with its role."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import IntegrityError
from django.utils.translation import override

from municipalities.models import Event, Membership, OutgoingMail, PlanDecision, Role, User
from municipalities.models.people import former_contact
from municipalities.personal import ANONYMISE_AFTER_MONTHS
from municipalities.services.anonymise import contact_forget, contacts_due, contacts_forget, mails_empty, months_before
from municipalities.transitions import log

pytestmark = pytest.mark.django_db
ENDED = dt.date(2021, 5, 3)


@pytest.fixture
def gone(world: Any, now: dt.datetime) -> User:
    """An editor of Fredrikstad whose access ended a year and a day ago, with traces of all kinds."""
    user = world.user("editor-3004")
    user.first_name, user.last_name, user.phone = "Kari", "Lundberg", "22 33 44 55"
    user.save()
    unit = world.unit("3004")
    Membership.objects.filter(user=user).update(valid_to=ENDED)
    PlanDecision.objects.get_queryset().create(
        municipality=unit, status="own", valid_from=ENDED, origin="register:1", registered_at=now,
        registered_by_name=str(user),
    )  # fmt: skip
    OutgoingMail.objects.create(key="a", user=user, subject="Hei Kari", body="Kari", queued_at=now)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    log(unit, "looked", actor=user, now=now.replace(year=2021, month=4))
    return user


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [("2022-05-04", 12, "2021-05-04"), ("2024-02-29", 12, "2023-02-28"), ("2022-03-31", 1, "2022-02-28"),
     ("2022-01-15", 13, "2020-12-15")],
)  # fmt: skip
def test_months_before(day, months, before):
    assert months_before(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(before)


def test_it_is_due_the_day_after_the_time_is_over(gone, world):
    last = dt.date(ENDED.year, ENDED.month + ANONYMISE_AFTER_MONTHS % 12, ENDED.day).replace(year=ENDED.year + 1)
    assert gone not in contacts_due(last)
    assert gone in contacts_due(last + dt.timedelta(days=1))


def test_the_name_goes_and_the_role_stays(gone, world, now):
    email, username = gone.email, gone.username
    [done] = contacts_forget(now=now)
    gone.refresh_from_db()
    assert (gone.first_name, gone.last_name, gone.email, gone.phone, gone.is_active) == ("", "", "", "", False)
    assert not gone.has_usable_password() and gone.username == f"former-{gone.pk}"
    with override("nb"):
        assert str(gone) == former_contact(Role.MUNICIPALITY_EDITOR)
        assert PlanDecision.objects.get_queryset().get().registered_by_name == str(gone)
    mail = OutgoingMail.objects.get(key="a")
    assert (mail.subject, mail.body) == ("", "")
    assert not EmailAddress.objects.filter(user=gone).exists()
    assert done.fields["municipalities.PlanDecision.registered_by_name"] == 1
    told = Event.objects.get_queryset().get(name="looked")
    assert told.actor_name == f"municipality_editor municipality:{world.unit('3004').pk}" and told.who == str(gone)
    everything = str(list(Event.objects.get_queryset().values()))
    assert not [word for word in ("Lundberg", email, username) if word in everything]


def test_again_it_does_nothing(gone, now):
    assert len(contacts_forget(now=now)) == 1
    before = Event.objects.get_queryset().count()
    assert contacts_forget(now=now) == [] and contact_forget(pk=gone.pk, now=now) is None
    assert Event.objects.get_queryset().count() == before


def test_whoever_has_a_role_still_or_again_is_left(gone, world, now):
    Membership.objects.create(
        user=gone, role=Role.MUNICIPALITY_READER, municipality=world.unit("3025"), valid_from=dt.date(2022, 6, 1)
    )
    assert contacts_forget(now=now) == [] and str(User.objects.get(pk=gone.pk)) == "Kari Lundberg"


def test_one_without_any_role_ever_and_a_keeper_of_the_site_are_left(gone, world, now):
    User.objects.filter(pk=gone.pk).update(is_staff=True)
    assert contacts_forget(now=now) == []


def test_a_namesake_keeps_her_rows_that_hold_only_a_name(gone, world, now):
    User.objects.filter(username="editor-3025").update(first_name="Kari", last_name="Lundberg")
    [done] = contacts_forget(now=now)
    assert done.namesake and PlanDecision.objects.get_queryset().get().registered_by_name == "Kari Lundberg"


def test_old_mails_are_emptied_and_new_ones_kept(world, now):
    user = world.user("hdir")
    for key, sent in (("old", now - dt.timedelta(days=380)), ("new", now - dt.timedelta(days=300))):
        OutgoingMail.objects.create(
            key=key, user=user, subject="s", body="b", queued_at=sent, sent_at=sent, status="sent"
        )
    assert (mails_empty(now=now), mails_empty(now=now)) == (1, 0)
    assert list(OutgoingMail.objects.order_by("key").values_list("key", "body")) == [("new", "b"), ("old", "")]


def test_the_command_says_what_it_did(gone, settings, capsys):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    call_command("forget_contacts", "--dry-run")
    assert "1 contacts are due" in capsys.readouterr().out
    call_command("forget_contacts")
    out = capsys.readouterr().out
    assert f"user {gone.pk}: " in out and "Lundberg" not in out and "Kari" not in out


def test_the_trail_cannot_be_changed_to_hold_a_name_again(gone, now):
    contacts_forget(now=now)
    with pytest.raises(IntegrityError):
        Event.objects.get_queryset().filter(name="looked").update(actor_name="Kari Lundberg")

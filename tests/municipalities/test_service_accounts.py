"""The key of a municipality's own system: shown once, known by its hash, shut out at once, and no person's way in."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from municipalities.access import scope_of
from municipalities.models import Event, Membership, ServiceAccount, User
from municipalities.services import EntryRefused, contacts_of, memberships_follow
from municipalities.services.service_accounts import (
    AT_MOST,
    service_account_by_key,
    service_account_make,
    service_account_revoke,
    service_accounts_of,
)
from reporting.querysets import editors_of
from tests.reporting.factories import at
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.date(2022, 4, 20)
NOW = at(DAY)


@pytest.fixture(autouse=True)
def in_the_round(settings):
    settings.PORTAL_CLOCK = "2022-04-20T10:00+02:00"


def made(world: World, name: str = "Fagsystem", number: str = "3004"):
    return service_account_make(
        municipality=world.unit(number), name=name, actor=world.user(f"editor-{number}"), now=NOW
    )


def bearer(key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {key}"})


def test_only_a_hash_of_the_key_is_kept(world: World):
    new = made(world)
    row = ServiceAccount.objects.across_all(reason="test").get()
    kept = " ".join(str(getattr(row, field.attname)) for field in ServiceAccount._meta.concrete_fields)
    assert new.key not in kept
    assert new.key.startswith(row.key_start)
    assert len(row.key_hash) == 64
    events = " ".join(str(event.__dict__) for event in Event.objects.across_all(reason="test"))
    assert new.key not in events
    assert {"service_account_made", "membership_granted"} <= {e.name for e in Event.objects.across_all(reason="test")}


def test_its_user_fills_in_for_one_municipality_and_cannot_log_in(world: World):
    user = made(world).account.user
    scope = scope_of(user, today=DAY)
    assert scope.municipality_ids == {world.unit("3004").pk}
    assert not user.has_usable_password()
    assert user.email == ""


def test_it_is_in_no_list_of_people(world: World):
    unit, user = world.unit("3004"), made(world).account.user
    assert user.pk not in {contact.user_id for contact in contacts_of(unit.pk, today=DAY)}
    assert user not in editors_of([unit.pk], today=DAY)[unit.pk]


def test_the_key_opens_the_api_and_keeps_the_day_with_one_write(world: World, django_assert_num_queries):
    new = made(world)
    assert bearer(new.key).get(reverse("api_rounds")).status_code == 200
    new.account.refresh_from_db()
    assert new.account.used_on == DAY
    with django_assert_num_queries(1):
        assert service_account_by_key(new.key, today=DAY) == new.account


@pytest.mark.parametrize("key", ["", "x", "a b", "A" * 43, "Ø" * 43, "A" * 5000])
def test_a_wrong_key_is_refused(world: World, key: str):
    made(world)
    answer = Client().get(reverse("api_rounds"), headers={"Authorization": f"Bearer {key}".encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_refused_at_once(world: World):
    new, other = made(world), made(world, "Et annet")
    service_account_revoke(account=new.account, actor=world.user("editor-3004"), now=NOW)
    service_account_revoke(account=new.account, actor=world.user("editor-3004"), now=NOW)
    assert bearer(new.key).get(reverse("api_rounds")).status_code == 401
    assert bearer(other.key).get(reverse("api_rounds")).status_code == 200
    assert [row.name for row in service_accounts_of(world.unit("3004"))] == ["Et annet", "Fagsystem"]
    assert Event.objects.across_all(reason="test").filter(name="service_account_revoked").count() == 1
    assert not User.objects.get(pk=new.account.user_id).is_active
    later = timezone.localdate(NOW) + dt.timedelta(days=1)
    ended = Membership.objects.get(user=new.account.user_id)
    assert ended.valid_to is not None
    assert ended.valid_to < later


def test_the_key_opens_no_page(world: World):
    client = bearer(made(world).key)
    answer = client.get(reverse("municipality_home"))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.headers["Location"]


@pytest.mark.parametrize("username", ["reader-3004", "editor-5430", "statsforvalter-oslo-og-viken", "hdir-admin"])
def test_nobody_else_makes_a_key(world: World, username: str):
    with pytest.raises(PermissionDenied):
        service_account_make(municipality=world.unit("3004"), name="x", actor=world.user(username), now=NOW)


def test_a_machine_makes_no_key(world: World):
    machine = made(world).account.user
    with pytest.raises(PermissionDenied):
        service_account_make(municipality=world.unit("3004"), name="x", actor=machine, now=NOW)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b"])
def test_a_name_that_is_none_is_refused_in_a_sentence(world: World, name: str):
    with pytest.raises(EntryRefused) as refused:
        made(world, name)
    assert refused.value.faults["name"]
    assert not ServiceAccount.objects.across_all(reason="test").exists()


def test_two_keys_have_two_names_and_there_are_not_too_many(world: World):
    for number in range(AT_MOST):
        made(world, f"System {number}")
    with pytest.raises(EntryRefused):
        made(world, "En til")
    service_account_revoke(account=service_accounts_of(world.unit("3004"))[0], actor=world.user("editor-3004"), now=NOW)
    with pytest.raises(EntryRefused):
        made(world, "SYSTEM 0")
    assert made(world, "En til").key


def test_at_a_merger_the_system_follows_and_the_new_municipality_can_shut_it_out(world: World):
    old, new = world.unit("0220"), world.unit("3025")
    before = at(dt.date(2019, 6, 3))
    Membership.objects.create(
        user=(head := User.objects.create(username="head")), role="municipality_editor", municipality=old,
        valid_from=dt.date(2018, 1, 1),
    )  # fmt: skip
    machine = service_account_make(municipality=old, name="Fagsystem", actor=head, now=before)
    memberships_follow(day=dt.date(2020, 1, 1), now=before)
    assert scope_of(User.objects.get(pk=machine.account.user_id), today=DAY).municipality_ids == {new.pk}
    assert [row.pk for row in service_accounts_of(new)] == [machine.account.pk]
    client = Client()
    client.force_login(world.user("editor-3025"))
    assert client.post(reverse("machine_revoke"), {"maskin": str(machine.account.pk)}).status_code == 302
    assert bearer(machine.key).get(reverse("api_rounds")).status_code == 401


# --- the page -------------------------------------------------------------------------------------


def page(world: World) -> Client:
    client = Client()
    client.force_login(world.user("editor-3004"))
    return client


def test_the_page_shows_the_key_once(world: World):
    client = page(world)
    answer = client.post(reverse("machines"), {"name": "Fagsystem"})
    key = answer.context["made"].key
    assert key in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert bearer(key).get(reverse("api_rounds")).status_code == 200
    again = client.get(reverse("machines")).content.decode()
    assert key not in again
    assert key[:8] in again


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(world: World):
    made(world)
    answer = page(world).post(reverse("machines"), {"name": "fagsystem"})
    assert answer.status_code == 422
    assert 'value="fagsystem"' in answer.content.decode()


def test_the_page_revokes(world: World):
    new = made(world)
    foreign = made(world, number="5430")
    client = page(world)
    assert client.post(reverse("machine_revoke"), {"maskin": str(foreign.account.pk)}).status_code == 404
    assert client.post(reverse("machine_revoke"), {"maskin": str(new.account.pk)}).status_code == 302
    assert bearer(new.key).get(reverse("api_rounds")).status_code == 401
    assert bearer(foreign.key).get(reverse("api_rounds")).status_code == 200

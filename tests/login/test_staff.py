"""State staff: the groups at their provider are their roles."""

from __future__ import annotations

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from municipalities.access import scope_of
from municipalities.models import Event, Membership, Role, User
from reform import clock
from tests.login.conftest import Traveller
from tests.world import VIKEN

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib")]
HDIR, ADMIN, OFFICE, LOST = "11111111-aaaa", "22222222-bbbb", "33333333-cccc", "44444444-dddd"


@pytest.fixture
def staff(provider, configure, municipal):
    """The staff's provider beside no other."""
    entry = {name: municipal[name] for name in ("issuer", "client_id", "client_secret")}
    groups = {
        HDIR: {"role": "hdir"},
        ADMIN: {"role": "hdir_admin"},
        OFFICE: {"role": "statsforvalter", "office": VIKEN},
        LOST: {"role": "ks", "office": "no-such-office"},
    }
    configure({**entry, "key": "entra", "kind": "staff", "name": "Helsedirektoratet", "groups": groups})
    return provider


@pytest.fixture
def arrive(staff, world):
    """Somebody comes with these groups; returns her and the answer."""

    def come(groups, **claims):
        said = {"name": "Ola Normann", "email": "ola@hdir.example", "sid": "s", **claims}
        staff.user("ola", **said, **({} if groups is None else {"groups": groups}))
        traveller = Traveller(staff)
        return traveller, traveller.log_in("ola", "entra")

    return come


def roles(user) -> set[tuple[str, int | None]]:
    user = User.objects.get(pk=user.pk)
    return {(grant.role, grant.office_id) for grant in scope_of(user, today=clock.today()).grants}


def test_somebody_new_in_a_group_gets_exactly_that_role(arrive, world):
    traveller, answer = arrive([OFFICE, "some-other-group"])
    assert answer.headers["Location"] == "/" and traveller.is_in
    user = SocialAccount.objects.get().user
    assert (user.first_name, user.last_name, user.email) == ("Ola", "Normann", "ola@hdir.example")
    assert not user.has_usable_password() and not user.is_staff and not user.is_superuser
    assert roles(user) == {("statsforvalter", world.offices[VIKEN].pk)}
    assert "represents" not in traveller.client.session and traveller.client.session["oidc"]["provider"] == "entra"
    names = set(Event.objects.get_queryset().filter(object_id=user.pk).values_list("name", flat=True))
    assert {"user_made", "login_linked"} <= names
    # Nothing is done twice.
    arrive([OFFICE])
    assert (
        User.objects.filter(email="ola@hdir.example").count() == 1 and Membership.objects.filter(user=user).count() == 1
    )


def test_who_changes_group_changes_role_at_the_next_login(arrive, world, settings):
    _first, _answer = arrive([HDIR])
    user = SocialAccount.objects.get().user
    second, _answer = arrive([ADMIN])  # on the same day
    assert second.is_in and roles(user) == {("hdir_admin", None)}
    settings.PORTAL_CLOCK = "2022-06-01T09:00+02:00"
    third, _answer = arrive([OFFICE, ADMIN])
    assert third.is_in and roles(user) == {("hdir_admin", None), ("statsforvalter", world.offices[VIKEN].pk)}
    settings.PORTAL_CLOCK = "2022-06-02T09:00+02:00"
    fourth, _answer = arrive([OFFICE])
    assert fourth.is_in and roles(user) == {("statsforvalter", world.offices[VIKEN].pk)}
    assert fourth.client.get(reverse("work_list")).status_code == 200
    assert third.client.get(reverse("national_status")).status_code in (302, 403)


@pytest.mark.parametrize("later", [None, "2022-06-01T09:00+02:00"])
def test_who_leaves_the_group_is_out_and_may_come_back(arrive, settings, later):
    first, _answer = arrive([HDIR])
    user = SocialAccount.objects.get().user
    settings.PORTAL_CLOCK = later or settings.PORTAL_CLOCK
    second, answer = arrive([])
    assert "/uten-tilgang/gruppe/" in answer.headers["Location"] and not second.is_in and roles(user) == set()
    assert first.client.get(reverse("national_status")).status_code in (302, 403)
    back, _answer = arrive([HDIR])
    assert back.is_in and roles(user) == {("hdir", None)}
    assert back.client.get(reverse("national_status")).status_code == 200


@pytest.mark.parametrize("groups", [None, [], ["unknown"], "11111111-aaaa", [LOST], [7]])
def test_who_is_in_no_group_gets_no_account(arrive, groups):
    before = User.objects.count()
    traveller, answer = arrive(groups)
    assert "/uten-tilgang/gruppe/" in answer.headers["Location"] and not traveller.is_in
    assert User.objects.count() == before and not SocialAccount.objects.exists()
    assert traveller.client.get(answer.headers["Location"]).status_code == 200


def test_an_address_that_is_not_verified_takes_nobodys_account(arrive, world):
    traveller, answer = arrive([ADMIN], email="hdir-admin@example.org")
    assert "/uten-tilgang/vei/" in answer.headers["Location"] and not traveller.is_in
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("proof", [{"email_verified": True}, {"xms_edov": True}])
def test_a_verified_one_is_tied_to_the_user_that_is_there(arrive, world, proof):
    traveller, _answer = arrive([HDIR], email="hdir-admin@example.org", **proof)
    user = world.users["hdir-admin"]
    assert traveller.is_in and SocialAccount.objects.get().user == user
    assert roles(user) == {("hdir", None)}, "the group decides, not what she had before"


def test_a_contact_of_a_municipality_is_no_staff(arrive, world):
    traveller, answer = arrive([ADMIN], email="editor-3004@example.org", email_verified=True)
    assert "/uten-tilgang/vei/" in answer.headers["Location"] and not traveller.is_in
    assert Membership.objects.get(user=world.users["editor-3004"]).role == Role.MUNICIPALITY_EDITOR


def test_whom_an_administrator_has_closed_stays_out(arrive):
    arrive([HDIR])
    User.objects.filter(email="ola@hdir.example").update(is_active=False)
    traveller, answer = arrive([HDIR])
    assert answer.headers["Location"] == reverse("account_inactive") and not traveller.is_in

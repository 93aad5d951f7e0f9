"""Access follows the identity: by itself through numbers and mergers, by an answer after a split, and never wrongly."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from municipalities.access import can, scope_of
from municipalities.models import Event, Membership, Municipality, MunicipalityLink, MunicipalityVersion, Role, User
from municipalities.services import (
    PlaceRefused,
    membership_grant,
    membership_place,
    memberships_follow,
    memberships_follow_all,
    memberships_homeless,
)

pytestmark = pytest.mark.django_db
D = dt.date
FIRST = D(2018, 1, 1)
SPLIT = D(2024, 1, 1)
LATER = D(2024, 5, 6)
CLOCK = "2024-05-06T09:00+02:00"
NOW = dt.datetime(2024, 5, 6, 7, tzinfo=dt.UTC)


@pytest.fixture
def split(world):
    """Senja is split on 1 January 2024 into 5530 Senja and 5531 Finnsnes; the map of the tests did not know."""
    old = world.unit("5421")
    version = MunicipalityVersion.objects.get(number="5530")
    parts = {}
    for number, name in (("5530", "Senja"), ("5531", "Finnsnes")):
        parts[number] = Municipality.objects.get_queryset().create()
        version.pk, version.municipality, version.number, version.name = None, parts[number], number, name
        if number == "5530":
            MunicipalityVersion.objects.filter(number="5530").delete()
        version.save(force_insert=True)
        MunicipalityLink.objects.create(
            old=old, new=parts[number], kind="split", on=SPLIT, old_number="5421", new_number=number
        )
    return parts


def membership(username):
    return Membership.objects.get(user__username=username)


def memberships():
    return list(Membership.objects.order_by("pk").values())


def test_the_contact_of_3004_is_the_contact_of_3107(world):
    user, unit = world.user("editor-3004"), world.unit("3004")
    before = memberships()
    assert memberships_follow(day=LATER, now=NOW) == memberships_follow(day=LATER, now=NOW)
    assert memberships() == before  # nothing is done, and nothing needs to be
    assert MunicipalityVersion.objects.on(LATER).get(number="3107").municipality_id == unit.pk
    for day in (D(2019, 6, 1), D(2022, 5, 4), LATER):
        assert scope_of(world.user("editor-3004"), today=day).municipality_ids == {unit.pk}
        assert can(world.user("editor-3004"), "report.edit", unit, today=day)
    assert not can(user, "report.edit", world.unit("3025"), today=LATER)


def merged_contact(world, valid_from=FIRST, valid_to=None):
    user = User.objects.create(username="royken", first_name="Åse", last_name="Røyken")
    membership_grant(
        user=user, role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("0627"), valid_from=valid_from,
        valid_to=valid_to, now=NOW,
    )  # fmt: skip
    return user


def test_at_a_merger_people_follow_once(world):
    user = merged_contact(world)
    day = D(2020, 1, 1)
    assert memberships_follow(day=day, now=NOW).followed == 1
    after = memberships()
    assert memberships_follow(day=day, now=NOW).followed == 0
    assert memberships() == after
    rows = (
        Membership.objects.filter(user=user)
        .order_by("pk")
        .values_list("municipality", "role", "valid_from", "valid_to")
    )
    assert list(rows) == [
        (world.unit("0627").pk, Role.MUNICIPALITY_EDITOR, D(2018, 1, 1), D(2019, 12, 31)),
        (world.unit("3025").pk, Role.MUNICIPALITY_EDITOR, day, None),
    ]
    names = list(Event.objects.get_queryset().order_by("pk").values_list("name", flat=True))
    assert names[-2:] == ["membership_granted", "membership_ended"]
    assert scope_of(User.objects.get(pk=user.pk), today=D(2019, 12, 31)).municipality_ids == {world.unit("0627").pk}
    assert scope_of(User.objects.get(pk=user.pk), today=day).municipality_ids == {world.unit("3025").pk}


def test_one_who_is_there_already_gets_no_second_role_and_an_end_is_kept(world):
    user = merged_contact(world, valid_to=D(2025, 6, 30))
    membership_grant(
        user=user, role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("3025"), valid_from=D(2020, 1, 1), now=NOW
    )
    memberships_follow(day=D(2020, 1, 1), now=NOW)
    assert Membership.objects.filter(user=user, municipality=world.unit("3025")).count() == 1


def test_an_end_that_was_set_goes_along(world):
    user = merged_contact(world, valid_to=D(2025, 6, 30))
    memberships_follow(day=D(2020, 1, 1), now=NOW)
    assert Membership.objects.get(user=user, municipality=world.unit("3025")).valid_to == D(2025, 6, 30)


def test_one_who_ended_before_does_not_follow(world):
    merged_contact(world, valid_to=D(2019, 12, 31))
    assert memberships_follow(day=D(2020, 1, 1), now=NOW).followed == 0


def test_a_role_that_began_after_its_unit_ended_follows_once(world):
    user = merged_contact(world, valid_from=D(2021, 3, 1))
    assert memberships_follow(day=D(2020, 1, 1), now=NOW).followed == 1
    assert memberships_follow(day=D(2020, 1, 1), now=NOW).followed == 0
    new = Membership.objects.get(user=user, municipality=world.unit("3025"))
    assert new.valid_from == D(2021, 3, 1)


def test_after_a_split_nobody_follows_and_nobody_sees_what_is_not_theirs(world, split, client, settings):
    before = memberships()
    assert memberships_follow(day=SPLIT, now=NOW).waiting == 2
    assert memberships() == before
    user = world.user("editor-5421")
    assert scope_of(user, today=LATER).municipality_ids == {world.unit("5421").pk}
    for part in split.values():
        assert not can(user, "report.edit", part, today=LATER)
        assert not can(user, "register.read", part, today=LATER)
    assert can(user, "register.read", world.unit("5421"), today=LATER)  # what was, is still theirs to read
    settings.PORTAL_CLOCK = CLOCK
    client.force_login(user)
    front = client.get("/", follow=True)
    assert front.status_code == 404 and "Helsedirektoratet" in front.content.decode()  # a page that says why
    assert "/kommune/5421/" in front.content.decode()
    assert client.get("/kommune/5421/").status_code == 200
    for number in ("5530", "5531"):
        assert client.get(f"/kommune/{number}/").status_code == 404


def post(client, world, **answers):
    unit = world.unit("5421").pk
    data = {"enhet": unit, **{f"k{unit}-{membership(name).pk}": values for name, values in answers.items()}}
    return client.post("/tilganger/", data)


@pytest.fixture
def admin(world, client, settings):
    settings.PORTAL_CLOCK = CLOCK
    client.force_login(world.user("hdir-admin"))
    with translation.override("en"):
        yield client


def test_the_page_lists_who_waits_and_where_they_may_go(split, admin):
    page = admin.get("/tilganger/").content.decode()
    for text in ("5421 Senja", "5530 Senja", "5531 Finnsnes", "Editor Testesen", "Reader Testesen", "editor-5421@"):
        assert text in page, text
    assert "0627" not in page


def test_each_person_goes_where_it_is_said(world, split, admin):
    both = [split["5530"].pk, split["5531"].pk]
    assert post(admin, world, **{"editor-5421": both, "reader-5421": ["ingen"]}).status_code == 302
    assert scope_of(world.user("editor-5421"), today=LATER).municipality_ids == set(both)
    assert scope_of(world.user("reader-5421"), today=LATER).municipality_ids == set()
    assert scope_of(world.user("editor-5421"), today=LATER - dt.timedelta(days=1)).municipality_ids == {
        world.unit("5421").pk
    }
    assert can(world.user("editor-5421"), "register.read", world.unit("5421"), today=LATER)  # their history too
    assert memberships_homeless(LATER) == []
    event = Event.objects.get_queryset().filter(name="membership_granted").last()
    assert event.actor == world.user("hdir-admin") and event.municipality_id == split["5531"].pk


def test_the_history_is_read_through_several_changes_of_the_map(world, split, admin):
    """Tranøy became a part of Senja in 2020, and Senja was split in 2024."""
    post(admin, world, **{"editor-5421": [split["5531"].pk]})
    user = world.user("editor-5421")
    for number in ("5421", "1927", "1928"):
        assert can(user, "register.read", world.unit(number), today=LATER)
        assert not can(user, "report.edit", world.unit("0627"), today=LATER)
    assert not can(user, "register.read", split["5530"], today=LATER)
    assert not can(user, "register.read", world.unit("0627"), today=LATER)


def test_who_is_left_open_goes_on_waiting(world, split, admin):
    post(admin, world, **{"editor-5421": [split["5531"].pk]})
    assert [entry.membership.user.username for entry in memberships_homeless(LATER)] == ["reader-5421"]
    assert "Reader Testesen" in admin.get("/tilganger/").content.decode()


def test_bad_answers_are_told_at_the_field_and_kept(world, split, admin):
    before = memberships()
    contrary = post(admin, world, **{"editor-5421": [split["5531"].pk, "ingen"]})
    assert contrary.status_code == 422 and "aria-invalid" in contrary.content.decode()
    page = contrary.content.decode()
    assert f'value="{split["5531"].pk}"' in page and "checked" in page
    assert post(admin, world).status_code == 422
    for wrong in (world.unit("3004").pk, "x", "", "99999999999999999999", "<b>"):
        assert post(admin, world, **{"editor-5421": [wrong]}).status_code == 422, wrong
    assert admin.post("/tilganger/", {"enhet": "x"}).status_code == 302
    assert memberships() == before


def test_a_second_answer_for_the_same_person_is_told(world, split, admin):
    waiting = membership("editor-5421").pk
    post(admin, world, **{"editor-5421": [split["5530"].pk]})
    after = memberships()
    with pytest.raises(PlaceRefused):
        membership_place(
            membership_id=waiting, unit_ids=[split["5531"].pk], day=LATER, actor=world.user("hdir-admin"), now=NOW
        )
    assert memberships() == after


def test_a_unit_that_is_no_part_is_refused(world, split):
    with pytest.raises(PlaceRefused):
        membership_place(
            membership_id=membership("editor-5421").pk, unit_ids=[world.unit("3004").pk], day=LATER,
            actor=world.user("hdir-admin"), now=NOW,
        )  # fmt: skip


def test_names_are_text_whatever_they_hold(world, split, admin):
    User.objects.filter(username="editor-5421").update(first_name="<b>=1</b>", email="<i>@example.org")
    page = admin.get("/tilganger/").content.decode()
    assert "<b>=1</b>" not in page and "<i>@" not in page and "&lt;b&gt;" in page


def test_nobody_waits(world, admin):
    assert "/tilganger/" in admin.get("/tilgang/embeter/").content.decode()
    assert 'class="empty"' in admin.get("/tilganger/").content.decode()


def test_the_queries_do_not_grow_with_the_people(world, split, admin):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert admin.get("/tilganger/").status_code == 200
        return len(queries)

    count()  # the first one of a session asks more
    first = count()
    for number in range(12):
        user = User.objects.create(username=f"extra-{number}")
        membership_grant(
            user=user, role=Role.MUNICIPALITY_READER, municipality=world.unit("5421"), valid_from=D(2022, 1, 1), now=NOW
        )
    assert count() == first


def test_when_registers_are_loaded_people_follow_from_each_changes_own_day(world):
    user = merged_contact(world)
    coming = Municipality.objects.get_queryset().create()
    version = MunicipalityVersion.objects.get(number="3107")
    version.valid_to = D(2027, 12, 31)
    version.save()
    version.pk, version.municipality, version.number = None, coming, "3190"
    version.valid_from, version.valid_to = D(2028, 1, 1), None
    version.save(force_insert=True)
    MunicipalityLink.objects.create(
        old=world.unit("3004"), new=coming, kind="merger", on=D(2028, 1, 1), old_number="3107", new_number="3190"
    )
    found = memberships_follow_all(today=LATER, now=NOW)
    assert (found.followed, found.waiting) == (3, 0)
    assert Membership.objects.get(user=user, municipality=world.unit("3025")).valid_from == LATER
    editor = User.objects.get(username="editor-3004")
    assert list(editor.memberships.order_by("pk").values_list("municipality", "valid_from", "valid_to")) == [
        (world.unit("3004").pk, FIRST, D(2027, 12, 31)),
        (coming.pk, D(2028, 1, 1), None),
    ]
    assert memberships_follow_all(today=LATER, now=NOW).followed == 0

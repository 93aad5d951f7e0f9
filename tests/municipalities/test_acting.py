"""One person, several municipalities: chosen on entry, switched later, and never wider than her rights."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from municipalities.access import can, scope_of
from municipalities.acting import ACTING, REPRESENTS, represented
from municipalities.models import Membership, Role
from municipalities.services import plan_decision_register

pytestmark = pytest.mark.django_db
CHOOSE = "/kommune/velg/"


@pytest.fixture(autouse=True)
def _day(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"


@pytest.fixture
def both(world):
    """Fredrikstad's editor is the editor of Asker too."""
    return second(world, "3025")


def second(world, number, role=Role.MUNICIPALITY_EDITOR, username="editor-3004", **more):
    return Membership.objects.create(
        user=world.user(username), role=role, municipality=world.unit(number), valid_from=dt.date(2020, 1, 1), **more
    )


def logged_in(world, username="editor-3004"):
    client = Client()
    client.force_login(world.user(username))
    return client


def chosen(world, number, username="editor-3004"):
    client = logged_in(world, username)
    client.post(CHOOSE, {"enhet": world.unit(number).pk})
    return client


def remember(client, **values):
    """Write to the client's session, as a login does."""
    session = client.session
    session.update(values)
    session.save()


# --- Choosing -------------------------------------------------------------------------------------------


def test_one_with_a_single_municipality_has_nothing_to_choose(world, django_assert_max_num_queries):
    client = logged_in(world)
    home = client.get("/kommune/")
    assert home.status_code == 200 and "site-switch" not in home.content.decode()
    assert home.context["frame"].unit.startswith("Fredrikstad")
    assert client.get(CHOOSE)["Location"] == "/"
    assert client.post(CHOOSE, {"enhet": world.unit("3004").pk}).status_code == 404


def test_on_entry_one_with_two_is_asked_and_then_comes_to_the_one_she_chose(world, both):
    client = logged_in(world)
    asked = client.get("/", follow=True)
    assert asked.redirect_chain[-1][0] == f"{CHOOSE}?next=/kommune/".replace("/kommune/", "%2Fkommune%2F").replace(
        "%2Fkommune%2Fvelg/", CHOOSE
    )
    text = asked.content.decode()
    assert text.index("Asker") < text.index("Fredrikstad") and asked.context["frame"].unit == _("Choose municipality")
    home = client.post(CHOOSE, {"enhet": world.unit("3025").pk, "next": "/kommune/"}, follow=True)
    assert home.context["unit"].number == "3025" and home.context["frame"].unit.startswith("Asker")
    again = client.post(CHOOSE, {"enhet": world.unit("3004").pk}, follow=True)
    assert again.context["unit"].number == "3004"


def test_only_one_s_own_can_be_chosen_and_nothing_is_kept_of_others(world, both):
    client = logged_in(world)
    for sent in (world.unit("5430").pk, "", "x", "-1", "9" * 40, "²", world.unit("0220").pk):
        assert client.post(CHOOSE, {"enhet": sent}).status_code == 404
    assert ACTING not in client.session


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "kommune"])
def test_the_choice_leads_to_no_other_site(world, both, wanted):
    client = logged_in(world)
    answer = client.post(CHOOSE, {"enhet": world.unit("3025").pk, "next": wanted})
    assert answer["Location"] == "/kommune/"
    assert client.get(CHOOSE, {"next": wanted}).context["next"] == "/kommune/"


def test_the_choice_does_not_give_or_take_a_right(world, both, today):
    client = chosen(world, "3025")
    for number, status in (("3004", 200), ("3025", 200), ("5430", 404)):
        assert client.get(f"/kommune/kontakter/?enhet={world.unit(number).pk}").status_code == status
    remember(client, **{ACTING: world.unit("5430").pk})  # not by way of the page
    assert client.get("/kommune/")["Location"].startswith(CHOOSE)
    assert not can(world.user("editor-3004"), "report.edit", world.unit("5430"), today=today)


def test_when_the_membership_ends_one_chooses_among_the_rest(world, both):
    second(world, "5430")
    client = chosen(world, "3025")
    Membership.objects.filter(pk=both.pk).update(valid_to=dt.date(2022, 5, 3))
    asked = client.get("/", follow=True)
    assert asked.redirect_chain[-1][0].startswith(CHOOSE)
    assert len(asked.context["acting"].choices) == 2
    Membership.objects.filter(municipality=world.unit("5430"), user=world.user("editor-3004")).delete()
    assert client.get("/kommune/").context["unit"].number == "3004"  # one is left: nothing to choose


def test_a_municipality_that_is_no_more_is_no_choice(world):
    second(world, "1928")
    assert logged_in(world).get("/kommune/").context["unit"].number == "3004"


# --- The pages follow -------------------------------------------------------------------------------------


def test_the_pages_of_my_municipality_follow_the_choice(world, both):
    client = chosen(world, "3025")
    assert client.get("/kommune/kontakter/").context["unit"] == world.unit("3025")
    assert client.get("/kommune/maskin/").context["unit"] == world.unit("3025")
    assert client.get("/kommune/registrert/")["Location"] == "/kommune/3025/"
    assert "/kommune/3025/" in client.get("/stotte/").context["correct_url"]


@pytest.mark.parametrize("page", ["/kommune/kontakter/", "/kommune/maskin/", "/kommune/registrert/", "/kommune/"])
def test_before_the_choice_each_of_them_asks_and_leads_back(world, both, page):
    client = logged_in(world)
    asked = client.get(page)
    assert asked.status_code == 302 and asked["Location"].startswith(CHOOSE)
    back = client.post(CHOOSE, {"enhet": world.unit("3025").pk, "next": page})
    assert back["Location"] == page


def test_a_form_does_what_it_was_shown_for_though_another_window_has_switched(world, both):
    client = chosen(world, "3004")
    client.post(CHOOSE, {"enhet": world.unit("3025").pk})
    new = {
        "first_name": "Kari",
        "last_name": "Nordmann",
        "email": "kari@kommune.example",
        "role": "municipality_reader",
    }
    answer = client.post("/kommune/kontakter/", {**new, "role": "municipality_reader", "enhet": world.unit("3004").pk})
    assert answer["Location"] == f"/kommune/kontakter/?enhet={world.unit('3004').pk}"
    assert Membership.objects.get(user__email="kari@kommune.example").municipality == world.unit("3004")


def test_one_who_only_reads_for_the_chosen_one_is_told_so(world):
    second(world, "3025", Role.MUNICIPALITY_READER)
    client = chosen(world, "3025")
    assert client.get("/kommune/kontakter/").status_code == 403
    assert client.get(f"/kommune/kontakter/?enhet={world.unit('3004').pk}").status_code == 200


def test_a_page_of_the_other_one_opens_and_says_which_it_is(world, both):
    client = chosen(world, "3004")
    page = client.get("/kommune/3025/")
    assert page.status_code == 200 and page.context["frame"].elsewhere.pk == world.unit("3025").pk
    text = page.content.decode()
    assert 'id="annen-kommune"' in text and 'name="next" value="/kommune/3025/"' in text
    assert 'id="annen-kommune"' not in client.get("/kommune/3004/").content.decode()
    switched = client.post(CHOOSE, {"enhet": world.unit("3025").pk, "next": "/kommune/3025/"}, follow=True)
    assert 'id="annen-kommune"' not in switched.content.decode()


def test_the_head_asks_the_database_nothing_more(world, both, django_assert_num_queries, django_assert_max_num_queries):
    one, two = logged_in(world, "editor-3025"), chosen(world, "3025")
    counted = []
    for client in (one, two):
        client.get("/konto/")
        with django_assert_max_num_queries(30) as queries:
            client.get("/konto/")
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- What the login represents ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        ({}, None),
        ({REPRESENTS: []}, set()),
        ({REPRESENTS: [7, 8]}, {7, 8}),
        ({REPRESENTS: None}, set()),
        ({REPRESENTS: "7"}, set()),
        ({REPRESENTS: 7}, set()),
        ({REPRESENTS: {"7": 1}}, set()),
        ({REPRESENTS: ["7", True, 9]}, {9}),
    ],
)
def test_what_cannot_be_read_represents_nothing(session, expected):
    assert represented(session) == (None if expected is None else frozenset(expected))


def test_a_membership_outside_what_the_login_represents_gives_nothing(world, both):
    client = logged_in(world)
    remember(client, **{REPRESENTS: [world.unit("3025").pk], ACTING: world.unit("3004").pk})
    home = client.get("/kommune/")
    assert home.context["unit"].number == "3025" and "site-switch" not in home.content.decode()
    assert client.get(f"/kommune/kontakter/?enhet={world.unit('3004').pk}").status_code == 404
    assert client.post(CHOOSE, {"enhet": world.unit("3004").pk}).status_code == 404
    remember(client, **{REPRESENTS: []})
    assert client.get("/kommune/").status_code == 403


def test_it_restricts_the_municipal_memberships_only(world, today):
    second(world, "3025", username="statsforvalter-oslo-og-viken")
    client = logged_in(world, "statsforvalter-oslo-og-viken")
    remember(client, **{REPRESENTS: []})
    assert client.get("/", follow=True).status_code == 200
    user = world.user("statsforvalter-oslo-og-viken")
    user.represents = frozenset()
    assert {grant.role for grant in scope_of(user, today=today).grants} == {"statsforvalter"}


def test_the_api_is_restricted_with_the_session_and_not_with_a_token(world, both, now):
    for unit in ("3004", "3025"):
        where = {"municipality": world.unit(unit), "origin": f"report:{unit}/1", "valid_from": dt.date(2021, 5, 1)}
        plan_decision_register(**where, status="own", now=now)
    client = logged_in(world)
    address = "/api/v1/plan-decisions/"
    assert len(client.get(address).json()["results"]) == 2
    remember(client, **{REPRESENTS: [world.unit("3025").pk]})
    assert len(client.get(address).json()["results"]) == 1
    remember(client, **{REPRESENTS: "broken"})
    assert client.get(address).status_code == 403
    key = {"Authorization": f"Token {Token.objects.create(user=world.user('editor-3004'))}"}
    assert len(Client().get(address, headers=key).json()["results"]) == 2

"""What stands before the pages, by itself: addresses and cookies that nobody can read, pages without bounds."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from reform.readable import unreadable_query
from tests.fuzz.stage import leaks, word
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["a=%00", "%00=a", "a=%ff", "a=%ed%a0%80", "a=caf%E9", "a=\x00"])
def test_what_no_browser_sends_cannot_be_read(query: str):
    assert unreadable_query(query)


@pytest.mark.parametrize("query", ["", "a=1&b", "a=%C3%A6%F0%9F%8E%89", "&&==%", "sok=100%25", "a=%zz"])
def test_odd_and_readable_is_readable(query: str):
    assert not unreadable_query(query)


@pytest.mark.parametrize("address", ["/reformen/?dato=%00", "/reformen/?%ff", "/nettverk/%00/", "/%00"])
def test_such_an_address_gets_the_page_of_400(world: World, address: str):
    client = Client(raise_request_exception=False)
    client.force_login(world.user("hdir"))
    path, _, query = address.partition("?")
    answer = client.generic("GET", path, QUERY_STRING=query)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")


def test_in_the_api_it_is_json(world: World):
    answer = Client(raise_request_exception=False).generic("GET", "/api/v1/rounds/", QUERY_STRING="limit=%00")
    assert answer.status_code == 400 and answer.json()["detail"]
    missing = Client().get("/api/v1/nothing/")
    assert missing.status_code == 404 and missing.json()["detail"]


def test_a_cookie_with_a_control_character_is_none(world: World):
    client = Client(raise_request_exception=False)
    cookie = f"{django_settings.SESSION_COOKIE_NAME}={'a' * 10}\x00{'b' * 30}"
    assert client.get(reverse("checks_list"), HTTP_COOKIE=cookie).status_code == 200


@pytest.mark.parametrize(
    "asked", ["limit=0", "limit=-1", "limit=", "limit=x", "limit=²", "offset=9" + "9" * 30, "offset=-1"]
)
def test_a_page_of_a_list_has_bounds(world: World, asked: str):
    client = Client()
    client.force_login(world.user("hdir"))
    answer = client.get(f"{reverse('api_solutions')}?{asked}")
    assert answer.status_code == 400
    assert list(answer.json()) == [asked.partition("=")[0]]


def test_a_limit_that_is_too_large_gives_the_most_there_is(world: World):
    client = Client()
    client.force_login(world.user("hdir"))
    assert len(client.get(reverse("api_solutions"), {"limit": 10**9}).json()["results"]) == 25


def test_an_office_that_had_no_name_yet_is_not_listed(world: World):
    client = Client()
    client.force_login(world.user("hdir"))
    answer = client.get(reverse("api_offices"), {"as_of": "2000-01-01"})
    assert answer.status_code == 200 and answer.json()["results"] == []


def test_the_words_of_others_are_recognised():
    report, draft = word("report", "5430"), word("draft", "3004")
    assert leaks("editor-3004", report) == [report]
    assert leaks("statsforvalter-oslo-og-viken", draft) == [draft]
    assert leaks("editor-3004 (session)", draft) == leaks("hdir", report) == leaks("editor-5430", report) == []
    assert leaks("hod", word("plan", "3004")) and leaks("anonymous", word("person", "3004"))

"""A session ends thirty minutes after the last sign of life and two hours after the login, and the server ends it."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from reform import clock, settings_access
from reform.sessions import BEGAN, SEEN, left, owner_of
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
STATE, AGAIN = "/konto/okt/", "/konto/okt/igjen/"
MINUTE = 60


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000

    def minutes(self, count: float) -> None:
        self.now += int(count * MINUTE)


@pytest.fixture
def time(monkeypatch, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
    moved = Time()
    monkeypatch.setattr(clock, "seconds", lambda: moved.now)
    return moved


@pytest.fixture
def editor(world, time):
    """Logged in by the login page."""
    client = Client()
    client.post("/konto/login/", {"login": "editor-3004", "password": PASSWORD})
    return client


def is_in(client) -> bool:
    return client.get("/konto/").status_code == 200


def state(client, **headers):
    return client.get(STATE, headers={"Accept": "application/json", "X-Background": "1", **headers})


# --- The two ends -----------------------------------------------------------------------------------------


def test_it_ends_thirty_minutes_after_the_last_sign_of_life(editor, time):
    time.minutes(29)
    assert is_in(editor)
    time.minutes(29.9)
    assert is_in(editor)
    time.minutes(30)
    assert not is_in(editor)
    assert not Session.objects.exists()  # thrown away, so the cookie is of no use to anybody


def test_it_ends_two_hours_after_the_login_whatever_is_done(editor, time):
    for _quarter in range(7):
        time.minutes(17)
        assert is_in(editor)
    time.minutes(1)
    assert not is_in(editor)


def test_a_new_login_begins_anew(editor, time):
    time.minutes(31)
    assert editor.get("/konto/")["Location"] == "/konto/login/?next=/konto/&utlopt=1"
    editor.post("/konto/login/", {"login": "editor-3004", "password": PASSWORD})
    assert state(editor).json() == {"idle": 30 * MINUTE, "whole": 120 * MINUTE}


def test_nothing_is_done_with_a_session_that_is_over(editor, time, world):
    time.minutes(31)
    answer = editor.post("/sprak/velg/", {"language": "nn"})
    assert answer.status_code == 302 and world.user("editor-3004").language == "nb"
    assert editor.get("/api/v1/plan-decisions/").status_code == 401


@pytest.mark.parametrize("broken", ["x", None, 1.5, [1]])
def test_times_that_cannot_be_read_end_it(editor, broken):
    for name in (BEGAN, SEEN):
        assert left({BEGAN: 1, SEEN: 1, name: broken}, 2).over
    session = editor.session
    session[SEEN] = broken
    session.save()
    assert not is_in(editor)


# --- What is a sign of life ----------------------------------------------------------------------------------


def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(editor, time):
    for _question in range(5):
        time.minutes(5)
        assert state(editor).json()["idle"] <= 25 * MINUTE
        editor.get("/konto/", headers={"X-Background": "1"})
    time.minutes(5)
    assert state(editor).status_code == 401


def test_she_who_wants_to_stay_stays_but_not_longer_than_the_two_hours(editor, time):
    time.minutes(29)
    assert state(editor).json() == {"idle": MINUTE, "whole": 91 * MINUTE}
    assert editor.post(STATE).json() == {"idle": 30 * MINUTE, "whole": 91 * MINUTE}
    for _time in range(3):
        time.minutes(25)
        editor.post(STATE)
    time.minutes(6)
    assert editor.post(STATE).json() == {"idle": 10 * MINUTE, "whole": 10 * MINUTE}


def test_a_visitor_has_no_session_to_ask_about(client, db):
    assert state(client).status_code == 401
    assert client.post(STATE)["Location"].startswith("/konto/login/")
    assert client.put(STATE).status_code == 302


def test_other_calls_are_refused(editor):
    assert editor.put(STATE)["Allow"] == editor.delete(AGAIN)["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("wanted", "led"), [("/hjelp/", "/hjelp/"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("", "/")]
)
def test_one_logs_in_once_more_by_way_of_the_same_page(editor, wanted, led):
    assert editor.post(AGAIN, {"next": wanted})["Location"] == f"/konto/login/?next={led}"
    assert not is_in(editor)
    assert editor.get(AGAIN).status_code == 302


def test_the_session_s_times_are_on_the_page_and_cost_no_question(editor, time, django_assert_num_queries):
    editor.get("/konto/")
    time.minutes(10)
    with django_assert_num_queries(0):
        assert owner_of("x" * 64) == owner_of("") == owner_of("æ" * 64) == ""
    page = editor.get("/konto/")
    assert page.context["frame"].session.idle == 30 * MINUTE
    assert page.context["frame"].session.whole == 110 * MINUTE
    assert 'data-idle="1800"' in page.content.decode()


# --- What a place may choose ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "minutes"), [(None, 30), ("20", 20), ("500", 30), ("0", 10), ("-5", 10)])
def test_a_place_ends_sessions_sooner_and_never_later(monkeypatch, said, minutes):
    if said is not None:
        monkeypatch.setenv("PORTAL_IDLE_MINUTES", said)
    assert settings_access._seconds("PORTAL_IDLE_MINUTES", at_most=30) == minutes * MINUTE


def test_the_portal_s_own_times(settings):
    assert (settings.SESSION_SECONDS, settings.SESSION_IDLE_SECONDS) == (120 * MINUTE, 30 * MINUTE)
    assert settings.SESSION_COOKIE_AGE == settings.SESSION_IDLE_SECONDS

"""The page of the trail in a real browser: accessible, wide and narrow, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.transitions import log
from tests.browser import axe_violations
from tests.world import build_world

NOW = dt.datetime(2022, 5, 4, 7, 0, tzinfo=dt.UTC)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def told(settings, transactional_db):
    settings.PORTAL_CLOCK = NOW.isoformat()
    world = build_world()
    editor, staff = world.user("editor-3004"), world.user("statsforvalter-oslo-og-viken")
    membership = editor.memberships.get()
    for number in range(30):
        at = NOW - dt.timedelta(hours=number)
        log(membership, "submit", actor=editor, now=at, from_state="draft", to_state="submitted", note="Å" * 300)
        log(membership, "risk_read", actor=staff, now=at, kind="reading", on_behalf_of=world.unit("5430"))
    log(membership, "trail_deleted", actor=None, now=NOW, note="reading: 1-3")
    return world


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn")])
def test_it_fits_and_is_accessible(told, open_page, live_server, settings, width, language):
    page = open_page(width=width, user=told.user("hdir-admin"))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    fits = "document.documentElement.scrollWidth <= innerWidth"
    for address in ("/spor/?hvem=ingen-heter-det", "/spor/?fra=feil&hvem=editor"):
        page.goto(address)
        assert page.evaluate(fits) and axe_violations(page) == [], address
    assert page.locator("main table").count() == 1

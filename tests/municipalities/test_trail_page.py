"""The page of the trail: what is found, for whom, how it is said, and taken out."""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from municipalities.models import Event
from municipalities.readings import READINGS
from municipalities.services.trail_search import TrailQuery, trail_rows, trail_search
from municipalities.trail_words import WORDS, about_words, acting_words, event_words
from municipalities.transitions import event_about, log
from reporting.workflow import REPORT

NOW = dt.datetime(2022, 5, 4, 7, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def told(world):
    """Three rows: a submission of Fredrikstad, one of Drammen's region read, and one of the portal itself."""
    editor, staff = world.user("editor-3004"), world.user("statsforvalter-oslo-og-viken")
    unit, day = world.unit("3004"), dt.timedelta(days=1)
    first = event_about(unit, "submit", actor=editor, now=NOW - 2 * day, from_state="draft", to_state="submitted")
    first.object_type, first.municipality = "reporting.report", unit  # as a report of hers would say it
    first.save(force_insert=True)
    membership = world.user("editor-3004").memberships.get()
    second = log(membership, "risk_read", actor=staff, now=NOW - day, kind="reading")
    third = log(unit, "remind", actor=None, now=NOW, on_behalf_of=world.unit("5430"), note="=1+1")
    return first, second, third


def found(**asked) -> list[int]:
    return sorted(trail_search(TrailQuery(**asked)).values_list("pk", flat=True))


def test_each_filter_narrows(told, world):
    first, second, third = (event.pk for event in told)
    new = set(found(first=dt.date(2022, 5, 2)))
    assert {first, second, third} <= new
    assert found(kind="reading") == [second]
    assert found(name="remind") == [third]
    assert found(unit="5430") == [third]
    assert second in found(unit="3004")
    assert found(unit="0000") == found(name="nothing") == []
    assert found(name="submit", first=dt.date(2022, 5, 2), last=dt.date(2022, 5, 2)) == [first]
    assert found(name="submit", first=dt.date(2022, 5, 3)) == []
    assert found(name="submit", last=dt.date.max) == [first]
    who = world.user("statsforvalter-oslo-og-viken")
    assert found(who=who.username.upper()) == [second]
    assert found(who="municipality_editor", name="submit") == [first]


def test_rows_are_in_words(told, world):
    rows = {row.pk: row for row in trail_rows(told, dt.date(2022, 5, 4))}
    first, second, third = (rows[event.pk] for event in told)
    assert first.who == str(world.user("editor-3004")) and first.states == "Utkast → Sendt inn"
    assert second.unit.startswith("3004 ") and second.reading
    assert (third.who, third.behalf[:4]) == ("", "5430")


def test_every_usual_event_has_a_name_in_both_languages():
    assert {transition.name for transition in REPORT.transitions} | set(READINGS) <= set(WORDS)
    with translation.override("en"):
        assert event_words("some_new_thing") == "Some new thing"
        assert about_words("reporting.report") != "reporting.report"
    assert about_words("gone.model") == "gone.model" and about_words("odd") == "odd"
    assert acting_words("Kari Nordmann") == "Kari Nordmann" != acting_words("hdir") != "hdir"


def test_the_page_has_few_queries_however_many_rows(world, client, told):
    client.force_login(world.user("hdir-admin"))
    client.get(reverse("trail"))  # the reading itself is written, and names are kept

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("trail")).status_code == 200
        return len(queries)

    few = count()
    for number in range(60):
        log(world.unit("3025"), "submit", actor=world.user("editor-3004"), now=NOW + dt.timedelta(seconds=number))
    assert count() <= few <= 12


def test_what_cannot_be_understood_is_said_and_nothing_is_lost(world, client, told):
    client.force_login(world.user("hdir-admin"))
    asked = {"fra": "i går", "hvem": "xy" * 100, "slag": "odd", "side": "-3", "hendelse": "ÿ" * 300}
    page = client.get(reverse("trail"), asked)
    assert page.status_code == 200
    assert 'value="i går"' in page.content.decode() and 'id="fra-feil"' in page.content.decode()


@pytest.mark.parametrize("style", ["csv", "xlsx"])
def test_the_file_has_the_rows_and_leaves_an_event(world, client, told, style):
    client.force_login(world.user("hdir-admin"))
    response = client.get(reverse("trail_file", args=[style]), {"hendelse": "remind"})
    assert Event.everything.filter(name="trail_exported", kind="reading").count() == 1
    if style == "csv":
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
        assert len(rows) == 2 and rows[1][10] == "'=1+1"
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        assert any(cell.value == "=1+1" and cell.data_type == "s" for row in sheet.iter_rows() for cell in row)
    assert client.get(reverse("trail_file", args=["pdf"])).status_code == 404


def test_only_administrators_have_it(world, client):
    for username in ("hdir", "statsforvalter-oslo-og-viken", "editor-3004"):
        client.force_login(world.user(username))
        assert client.get(reverse("trail")).status_code == 403
    client.force_login(world.user("hdir-admin"))
    assert reverse("trail") in client.get(reverse("national_status")).content.decode()


def test_the_page_says_states_in_words(world, client, told):
    client.force_login(world.user("hdir-admin"))
    page = client.get(reverse("trail")).content.decode()
    assert "Utkast → Sendt inn" in page and "draft → submitted" not in page

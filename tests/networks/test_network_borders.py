"""Networks in the borders of then and of today: page and file say which, and no municipality of today counts twice."""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext

from networks.services import meeting_register, participations_add
from tests.networks.split_world import split_tysfjord
from tests.world import FINNMARK, VIKEN

D = dt.date
Y19, FIRST, LAST = D(2019, 6, 1), D(2019, 1, 1), D(2019, 12, 31)
OWN_BORDERS = (
    "It has its own borders: what has ended stands with the names and numbers of its last day, a meeting with those of "
    "its day, all else with those of today."
)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def hdir(world):
    client = Client()
    client.force_login(world.user("hdir"))
    return client


@pytest.fixture
def add(world, now):
    def make(office, *numbers, status="active", start=FIRST, end=LAST):
        units = [world.unit(number).pk for number in numbers]
        how = {"status": status, "valid_from": start, "valid_to": end, "actor": None, "now": now}
        return participations_add(network=world.networks[office], units=units, **how)

    return make


@pytest.fixture
def merged(world, add, now):
    """Asker, Røyken and Fredrikstad of 2019 in one network; a meeting of Røyken and Fredrikstad."""
    add(VIKEN, "0220", "3004")
    add(VIKEN, "0627", status="planned")
    there = [world.unit(number).pk for number in ("0627", "0220", "3004")]
    meeting_register(network=world.networks[VIKEN], on=Y19, attendance=there, actor=None, now=now)
    return world.networks[VIKEN]


def listed(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.context


def rows_of(response):
    [heads, *rows] = csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";")
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_the_list_counts_the_parts_of_a_merger_once_in_todays_borders(hdir, merged):
    address = f"/nettverk/?embete={VIKEN}&dag=2019-06-01"
    then, now = listed(hdir, address), listed(hdir, f"{address}&grenser=na")
    assert [(row.active, row.planned) for row in then["rows"]] == [(2, 1)]
    assert [(row.active, row.planned) for row in now["rows"]] == [(2, 0)]  # Asker of today is active by one part
    assert (then["switch"].borders, now["switch"].borders) == ("da", "na")
    assert listed(hdir, f"{address}&grenser=begge")["switch"].borders == "da"


def test_a_split_municipality_counts_as_itself(hdir, world, add):
    split_tysfjord(world)
    add(FINNMARK, "1850")
    for borders in ("da", "na"):
        context = listed(hdir, f"/nettverk/?embete={FINNMARK}&dag=2019-06-01&grenser={borders}")
        assert [(row.active, row.planned) for row in context["rows"]] == [(1, 0)]


def test_the_choice_stands_where_it_differs_and_keeps_the_filters(hdir, merged, add):
    add(FINNMARK, "5430", start=D(2021, 1, 1), end=None)
    assert not listed(hdir, "/nettverk/?embete=")["switch"].choices  # today's borders are those of the day
    assert not listed(hdir, "/nettverk/?embete=&grenser=na")["switch"].choices
    assert not listed(hdir, f"/nettverk/?embete={FINNMARK}&dag=2021-06-01")["switch"].choices
    context = listed(hdir, f"/nettverk/?embete={VIKEN}&dag=2019-06-01&sorter=-deltakere&sok=learning")
    assert [choice.current for choice in context["switch"].choices] == [True, False]
    for part in (f"embete={VIKEN}", "dag=2019-06-01", "sorter=-deltakere", "sok=learning", "grenser=na"):
        assert part in context["switch"].choices[1].url
    page = hdir.get(context["switch"].choices[1].url).content.decode()
    assert '<input type="hidden" name="grenser" value="na">' in page
    assert f"/nettverk/{merged.pk}/?dag=2019-06-01&amp;grenser=na" in page


def test_the_files_of_the_list_say_which_borders(hdir, merged):
    address = f"/nettverk/?embete={VIKEN}&dag=2019-06-01"
    for borders, day, active in (("da", "01.06.2019", "2"), ("na", "04.05.2022", "2")):
        [row] = rows_of(hdir.get(f"{address}&grenser={borders}&format=csv"))
        assert list(row.values())[8] == active
        assert list(row.values())[9] == ("1" if borders == "da" else "0")
        assert list(row.values())[10] == "2019-06-01"
        assert day in list(row.values())[11]
        book = openpyxl.load_workbook(io.BytesIO(hdir.get(f"{address}&grenser={borders}&format=xlsx").content))
        facts = [line[0] for line in book.active.iter_rows(max_row=5, max_col=1, values_only=True)]
        assert any(day in str(fact) for fact in facts[2:])


def test_members_stand_under_todays_names_with_those_of_then_beside(hdir, merged):
    address = f"/nettverk/{merged.pk}/?dag=2019-06-01"
    then, now = listed(hdir, address), listed(hdir, f"{address}&grenser=na")
    assert [row.standing.unit.number for row in then["members"]] == ["0220", "0106", "0627"]
    assert then["units"] == 3
    # The dates and the status of a part cannot be joined with those of another: each is a line.
    assert [(row.standing.unit.number, row.standing.then[0].number) for row in now["members"]] == [
        ("3025", "0220"), ("3025", "0627"), ("3004", "0106"),
    ]  # fmt: skip
    assert now["units"] == 2
    page = hdir.get(f"{address}&grenser=na").content.decode()
    new, old = (reverse("municipality_detail", args=[number]) for number in ("3025", "0627"))
    assert f'href="{new}"' in page and "0627 Røyken" in page
    assert f'href="{old}"' not in page
    assert f'href="{old}"' in hdir.get(address).content.decode()


def test_a_split_member_stays_itself_and_says_where_it_went(hdir, world, add):
    split_tysfjord(world)
    add(FINNMARK, "1850")
    [member] = listed(hdir, f"/nettverk/{world.networks[FINNMARK].pk}/?dag=2019-06-01&grenser=na")["members"]
    assert (member.standing.unit.number, member.standing.then) == ("1850", ())
    assert [unit.number for unit in member.standing.leads_to] == ["1806", "1875"]
    [row] = rows_of(hdir.get(f"/nettverk/{world.networks[FINNMARK].pk}/?grenser=na&format=csv"))
    assert list(row.values())[:2] == ["1850", "Tysfjord"]
    assert "1806 Narvik" in list(row.values())[2]


def test_who_was_at_a_meeting_follows_the_borders(hdir, merged):
    address = f"/nettverk/{merged.pk}/"
    [then], [now] = (listed(hdir, f"{address}?grenser={borders}")["meetings"] for borders in ("da", "na"))
    assert [row.unit.number for row in then.units] == ["0220", "0106", "0627"]
    assert [(row.unit.number, [part.number for part in row.then]) for row in now.units] == [
        ("3025", ["0220", "0627"]), ("3004", ["0106"]),
    ]  # fmt: skip
    assert listed(hdir, address)["switch"].choices  # nobody takes part today, but the meeting was in 2019


def test_the_page_without_a_difference_has_no_choice(hdir, world, add):
    add(VIKEN, "3004", start=D(2021, 1, 1), end=None)
    assert not listed(hdir, f"/nettverk/{world.networks[VIKEN].pk}/")["switch"].choices


def test_the_links_of_the_page_keep_the_borders(hdir, merged):
    page = hdir.get(f"/nettverk/{merged.pk}/?dag=2019-06-01&grenser=na").content.decode()
    for link in ("?format=xlsx&amp;dag=2019-06-01&amp;grenser=na", "?format=csv&amp;dag=2019-06-01&amp;grenser=na",
                 "?dag=2019-06-01&amp;alle=1&amp;grenser=na#deltar"):  # fmt: skip
        assert f'href="{link}"' in page
    every = listed(hdir, f"/nettverk/{merged.pk}/?dag=2019-06-01&grenser=na&alle=1")
    assert all("alle=1" in choice.url for choice in every["switch"].choices)


def test_the_files_of_the_members_say_which_borders(hdir, merged):
    then = rows_of(hdir.get(f"/nettverk/{merged.pk}/?format=csv"))
    assert [list(row.values())[:3] for row in then] == [
        ["0220", "Asker", "Asker"], ["0106", "Fredrikstad", "Fredrikstad"], ["0627", "Røyken", "Asker"],
    ]  # fmt: skip
    now = rows_of(hdir.get(f"/nettverk/{merged.pk}/?format=csv&grenser=na"))
    assert [list(row.values())[:3] for row in now] == [
        ["3025", "Asker", "0220 Asker"], ["3025", "Asker", "0627 Røyken"], ["3004", "Fredrikstad", "0106 Fredrikstad"],
    ]  # fmt: skip
    assert all("04.05.2022" in list(row.values())[-1] for row in now)
    assert not any("04.05.2022" in list(row.values())[-1] for row in then)
    book = openpyxl.load_workbook(io.BytesIO(hdir.get(f"/nettverk/{merged.pk}/?format=xlsx&grenser=na").content))
    assert any("04.05.2022" in str(cell) for [cell] in book.active.iter_rows(max_col=1, values_only=True))


def test_borders_take_a_fixed_number_of_queries(hdir, world, merged, add):
    addresses = [f"/nettverk/?embete=&dag=2019-06-01&grenser={borders}" for borders in ("da", "na")]
    addresses += [f"/nettverk/{merged.pk}/?dag=2019-06-01&grenser={borders}" for borders in ("da", "na")]

    def counted():
        found = []
        for address in addresses:
            hdir.get(address)
            with CaptureQueriesContext(connection) as queries:
                hdir.get(address)
            found.append(len(queries))
        return found

    few = counted()
    add(VIKEN, "0301", "030101")
    add(FINNMARK, "1927", "1928", "5430")
    assert counted() == few
    assert max(few) <= 22, few


def test_the_workbook_for_upload_keeps_its_own_borders_and_its_page_says_so(hdir, world, merged):
    login = Client()
    login.force_login(world.user(f"statsforvalter-{VIKEN}"))
    book = openpyxl.load_workbook(io.BytesIO(login.get("/nettverk/arbeidsbok/last-ned/?grenser=na").content))
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "0627" in cells and "0106" in cells  # what has ended, under the names of its last day
    page = login.get("/nettverk/arbeidsbok/").content.decode()
    assert gettext(OWN_BORDERS) in page


def test_a_day_to_come_can_be_shown_in_todays_borders_too(hdir, world, add):
    add(VIKEN, "3004", "3025", start=D(2021, 1, 1), end=None)
    pk = world.networks[VIKEN].pk
    then, now = (listed(hdir, f"/nettverk/{pk}/?dag=2024-06-01&grenser={borders}") for borders in ("da", "na"))
    assert [row.standing.unit.number for row in then["members"]] == ["3203", "3107"]
    assert [row.standing.unit.number for row in now["members"]] == ["3025", "3004"]
    for borders in ("da", "na"):
        context = listed(hdir, f"/nettverk/?embete={VIKEN}&dag=2024-06-01&grenser={borders}")
        assert [row.active for row in context["rows"]] == [2]

"""Support in the borders of then and of today: page and file say which, nobody counts twice, nobody sees another."""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from networks.services.support import Support, support_give
from tests.networks.split_world import split_tysfjord
from tests.world import FINNMARK, VIKEN

pytestmark = pytest.mark.django_db
D = dt.date
Y19, Y22 = D(2019, 6, 1), D(2022, 3, 1)
LIST, FILE = "support_list", "support_file"


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def as_user(client, world):
    def login(username="hdir"):
        client.force_login(world.user(username))
        return client

    return login


@pytest.fixture
def give(world, now):
    def make(*numbers, office=VIKEN, on=Y19, **values):
        units = tuple(world.unit(number).pk for number in numbers)
        given = Support(
            **{"office": world.office(office), "kind": "course", "provider": "usht", "on": on, "units": units, **values}
        )
        return support_give(given, actor=world.user("hdir-admin"), now=now).activity

    return make


def shown(client, name=LIST, args=(), **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.context


def lines(client, **query):
    body = client.get(reverse(FILE, args=["csv"]), query).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body), delimiter=";"))[1:]


def names(row):
    return [(one.unit.number, [part.number for part in one.then]) for one in row.standing]


def test_two_of_then_that_are_one_today_stand_as_one_with_their_old_names(as_user, give):
    give("0220", "0627", "3004")
    client = as_user()
    [then], [now] = (shown(client, grenser=borders)["rows"] for borders in ("da", "na"))
    assert (then.count, now.count) == (3, 2)
    assert names(then) == [("0220", []), ("0106", []), ("0627", [])]
    assert names(now) == [("3025", ["0220", "0627"]), ("3004", ["0106"])]
    assert (shown(client)["reached"], shown(client, grenser="na")["reached"]) == (3, 2)
    page = client.get(reverse(LIST), {"grenser": "na"}).content.decode()
    assert "0220 Asker" in page and "0627 Røyken" in page


def test_support_of_several_years_reaches_the_same_municipality_once(as_user, give):
    give("0627")
    give("3025", on=Y22)
    client = as_user()
    assert (shown(client)["reached"], shown(client, grenser="na")["reached"]) == (2, 1)


def test_a_split_municipality_stays_itself_and_says_where_it_went(as_user, world, give):
    split_tysfjord(world)
    given = give("1850", office=FINNMARK)
    client = as_user()
    [row] = shown(client, grenser="na")["rows"]
    [one] = row.standing
    assert (one.unit.number, one.then, [part.number for part in one.leads_to]) == ("1850", (), ["1806", "1875"])
    assert row.count == 1
    page = client.get(reverse("support_detail", args=[given.pk]), {"grenser": "na"}).content.decode()
    assert "1806 Narvik" in page and "1875 Hamarøy" in page
    assert "1806 Narvik" in lines(client, grenser="na")[0][8]


def test_more_than_a_few_are_counted_anew(as_user, give):
    give("0220", "0627", "3004", "0301", "030101")
    client = as_user()
    [then], [now] = (shown(client, grenser=borders)["rows"] for borders in ("da", "na"))
    assert (then.municipalities, then.districts) == (4, 1)
    assert (now.municipalities, now.districts) == (3, 1)
    assert not now.few and not now.names


def test_the_order_is_that_of_the_counts_shown(as_user, give):
    merged = give("0220", "0627", title="to som er én")
    two = give("3004", "0301", title="to", on=D(2019, 5, 1))
    client = as_user()
    order = [row.activity.pk for row in shown(client, sorter="-antall")["rows"]]
    assert order == [merged.pk, two.pk]
    rows = shown(client, sorter="-antall", grenser="na")["rows"]
    assert [(row.activity.pk, row.count) for row in rows] == [(two.pk, 2), (merged.pk, 1)]
    assert [row.count for row in shown(client, sorter="antall", grenser="na")["rows"]] == [1, 2]
    assert [line[7] for line in lines(client, sorter="-antall", grenser="na")] == ["2", "1"]


def test_the_choice_stands_where_it_differs_and_keeps_the_filters(as_user, give):
    give("3004", on=Y22)
    client = as_user()
    assert not shown(client)["switch"].choices
    assert shown(client, grenser="begge")["switch"].borders == "da"
    give("0627", title="kurs")
    switch = shown(client, sok="kurs", type="course", fra="1.1.2019", sorter="-antall")["switch"]
    assert [choice.current for choice in switch.choices] == [True, False]
    for part in ("sok=kurs", "type=course", "fra=1.1.2019", "sorter=-antall", "grenser=na"):
        assert part in switch.choices[1].url
    page = client.get(switch.choices[1].url).content.decode()
    assert '<input type="hidden" name="grenser" value="na">' in page
    assert f"{reverse(FILE, args=['csv'])}?" in page and "grenser=na" in page
    assert not shown(client, fra="1.1.2022")["switch"].choices


def test_one_activity_in_both_borders(as_user, give):
    old, new = give("0220", "0627"), give("3004", on=Y22)
    client = as_user()
    then = shown(client, "support_detail", [old.pk])
    now = shown(client, "support_detail", [old.pk], grenser="na")
    assert (names(then["row"]), names(now["row"])) == ([("0220", []), ("0627", [])], [("3025", ["0220", "0627"])])
    assert (then["switch"].borders, now["switch"].borders) == ("da", "na")
    assert (then["row"].municipalities, now["row"].municipalities) == (2, 1)
    assert len(then["switch"].choices) == 2
    assert not shown(client, "support_detail", [new.pk])["switch"].choices


def test_the_files_say_which_borders(as_user, give):
    give("0220", "0627")
    client = as_user()
    [then], [now] = lines(client), lines(client, grenser="na")
    assert (then[7], then[8]) == ("2", "0220 Asker; 0627 Røyken")
    assert now[7] == "1"
    assert now[8].startswith("3025 Asker (") and "0220 Asker" in now[8] and "0627 Røyken" in now[8]
    assert "04.05.2022" in now[-1] and "04.05.2022" not in then[-1]
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse(FILE, args=["xlsx"]), {"grenser": "na"}).content)
    ).active
    facts = [str(cell) for [cell] in book.iter_rows(max_row=5, max_col=1, values_only=True)]
    assert any("04.05.2022" in fact and "renser" in fact for fact in facts)
    assert not any("grenser=na" in fact for fact in facts)


def test_a_municipality_sees_only_itself_in_both_borders(as_user, world, give):
    """The others are counted as on the day: else the difference would tell that two of them became one."""
    both = give("3004", "0220", "0627", title="Brev")
    client = as_user("editor-3004")
    for borders in ("da", "na"):
        context = shown(client, grenser=borders)
        [row] = context["rows"]
        assert [one.unit.number for one in row.standing] == [{"da": "0106", "na": "3004"}[borders]]
        assert (row.others, row.count, context["reached"]) == (2, 3, None)
        assert lines(client, grenser=borders)[0][7] == "3"
        detail = client.get(reverse("support_detail", args=[both.pk]), {"grenser": borders}).content.decode()
        for text in (client.get(reverse(LIST), {"grenser": borders}).content.decode(), detail):
            assert "Asker" not in text and "Røyken" not in text
        assert "Asker" not in str(lines(client, grenser=borders))


def test_a_municipality_whose_own_name_is_the_same_is_given_no_choice_by_another(as_user, give):
    give("0301", "0627")
    assert not shown(as_user("editor-0301"))["switch"].choices
    assert shown(as_user("hdir"))["switch"].choices


def test_a_merged_municipality_reads_what_its_parts_received_as_its_own(as_user, give):
    give("0220", "0627", "3004")
    [row] = shown(as_user("editor-3025"), grenser="na")["rows"]
    assert names(row) == [("3025", ["0220", "0627"])]
    assert (row.others, row.count) == (1, 2)


def test_borders_take_a_fixed_number_of_queries(as_user, give, world):
    first = give("0627")
    client = as_user(f"ks-{VIKEN}")
    addresses = [
        f"{address}?grenser={borders}&sorter=-antall"
        for address in (reverse(LIST), reverse(FILE, args=["csv"]), reverse("support_detail", args=[first.pk]))
        for borders in ("da", "na")
    ]

    def counted():
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    few = counted()
    for number in range(12):
        give("0220", "0627", "3004", "0301", "030101", title=f"kurs {number}", solutions=("1.1", "1.2"))
    many = counted()
    assert all(now <= then for now, then in zip(many, few, strict=True)), (few, many)
    assert max(few) <= 15, few

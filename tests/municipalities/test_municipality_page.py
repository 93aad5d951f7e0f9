"""The page of one municipality."""

import datetime as dt

import pytest

from municipalities.services import plan_decision_register, solution_positions_register
from networks.services import participation_register, support_register

pytestmark = pytest.mark.django_db
SPRING = dt.date(2022, 5, 1)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"


def page(client, world, username, number):
    client.force_login(world.user(username))
    return client.get(f"/kommune/{number}/")


@pytest.mark.parametrize("number", ["0106", "3107"])
def test_an_older_or_later_number_leads_to_the_one_of_today(client, world, number):
    assert page(client, world, "hdir", number).headers["Location"] == "/kommune/3004/"


def test_the_number_follows_the_day(client, world, settings):
    settings.PORTAL_CLOCK = "2024-05-04T09:00"
    assert page(client, world, "hdir", "3004").headers["Location"] == "/kommune/3107/"


def test_names_and_numbers_through_time(client, world):
    text = page(client, world, "editor-5430", "5430").content.decode()
    assert 'Kautokeino – <span lang="se">Guovdageaidnu</span>' in text
    assert all(number in text for number in ("2011", "5430"))
    assert "5612" not in text  # not before 2024
    merged = page(client, world, "hdir", "3025").content.decode()
    assert "Røyken" in merged


def test_a_district_and_a_municipality_that_is_no_more(client, world):
    district = page(client, world, "editor-030101", "030101")
    assert district.status_code == 200 and district.context["page"].unit.is_district
    merged = page(client, world, "hdir", "0627")
    assert merged.status_code == 200 and not merged.context["page"].exists
    assert [link.names for link in merged.context["page"].became] == [("Asker",)]


def test_registers_networks_and_support(client, world, now):
    unit = world.unit("3004")
    where = {"municipality": unit, "origin": "report:1/1", "valid_from": SPRING}
    plan_decision_register(
        **where, status="own", decided_on=dt.date(2021, 6, 17), case_number="PS 82/21",
        link="javascript:alert(1)", now=now,
    )  # fmt: skip
    solution_positions_register(**where, positions={"1.1": "adopted", "1.2": "not_considered"}, now=now)
    participation_register(**where, network_ids=[world.networks["oslo-og-viken"].pk], status="active")
    support_register(
        kind="course", provider="usht", office=world.office("oslo-og-viken"), on=dt.date(2021, 11, 4),
        municipalities=[unit], title="<b>Ernæring</b>",
    )  # fmt: skip
    response = page(client, world, "editor-3004", "3004")
    text = response.content.decode()
    assert response.status_code == 200
    assert "PS 82/21" in text and "Learning network Oslo og Viken" in text
    assert "&lt;b&gt;Ernæring&lt;/b&gt;" in text
    assert "javascript:" not in text  # only an address that a browser may follow becomes a link
    assert response.context["page"].chosen == 1
    other = page(client, world, "editor-3025", "3025").content.decode()
    assert "PS 82/21" not in other and "Ernæring" not in other


def test_unknown_numbers_and_other_units_are_not_there(client, world):
    assert page(client, world, "hdir", "9998").status_code == 404
    assert page(client, world, "editor-3004", "3025").status_code == 404
    assert page(client, world, "statsforvalter-oslo-og-viken", "3025").status_code == 200
    assert page(client, world, "statsforvalter-oslo-og-viken", "5430").status_code == 404
    assert page(client, world, "hod", "3004").status_code == 403


def test_the_number_of_queries_does_not_grow(client, world, now, django_assert_max_num_queries):
    unit = world.unit("3004")
    for number in range(12):
        plan_decision_register(
            municipality=unit, status="process", process=str(number), origin=f"report:{number}/1",
            valid_from=dt.date(2020, 1, 1) + dt.timedelta(days=30 * number), now=now,
        )  # fmt: skip
        support_register(
            kind="course", provider="ks", office=world.office("oslo-og-viken"),
            on=SPRING - dt.timedelta(days=number), municipalities=[unit],
        )  # fmt: skip
    client.force_login(world.user("editor-3004"))
    with django_assert_max_num_queries(25):
        assert client.get("/kommune/3004/").status_code == 200

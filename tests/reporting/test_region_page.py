"""The page of a region on a day."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from municipalities.services import phase_status_register, plan_decision_register
from networks.models import NetworkMeeting
from networks.services import participation_register, support_register
from tests.world import FINNMARK, VIKEN

pytestmark = pytest.mark.django_db
SPRING = dt.date(2022, 5, 1)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"


def region(client, world, username, key=VIKEN, query=""):
    client.force_login(world.user(username))
    return client.get(f"/region/{key}/{query}")


def filled(world, now):
    unit = world.unit("3004")
    where = {"municipality": unit, "origin": "report:1/1", "valid_from": SPRING}
    plan_decision_register(**where, status="own", decided_on=SPRING, now=now)
    phase_status_register(**where, step=4, phase=3, delay_months=6, now=now)
    participation_register(**where, network_ids=[world.networks[VIKEN].pk], status="active", now=now)
    NetworkMeeting.objects.get_queryset().create(network=world.networks[VIKEN], on=dt.date(2022, 3, 9))
    for kind, units in (("course", ["3004", "3025"]), ("course", ["3004"]), ("letter", ["030101"])):
        support_register(
            kind=kind, provider="ks", office=world.office(VIKEN), on=dt.date(2022, 4, len(units)),
            municipalities=[world.unit(number) for number in units], now=now,
        )  # fmt: skip


def test_the_figures_are_those_of_the_registers(client, world, now):
    filled(world, now)
    page = region(client, world, "statsforvalter-oslo-og-viken").context["page"]
    assert (len(page.municipalities), page.districts) == (3, 1)
    assert {fact.label: (fact.part, fact.whole) for fact in page.facts} == {
        "adopted": (1, 3), "process": (0, 3), "network": (1, 3), "support": (2, 3), "delayed": (1, 3),
        "not_started": (2, 3),
    }  # fmt: skip
    assert [row.number for row in page.not_started] == ["3025", "0301"]
    assert {line.kind: (line.times, line.units) for line in page.support} == {"course": (2, 2), "letter": (1, 1)}
    assert [(row.active, row.last_met) for row in page.networks] == [(1, dt.date(2022, 3, 9))]
    assert [share.part for share in page.steps] == [0, 0, 0, 1, 0, 2]
    assert [contact.name for contact in page.contacts] == [
        "Statsforvalter Testesen", "Ks Testesen", "Usht Testesen"
    ]  # fmt: skip


def test_each_figure_leads_to_the_list_that_shows_it(client, world, now):
    filled(world, now)
    response = region(client, world, "statsforvalter-oslo-og-viken")
    for _label, fact, url in response.context["facts"]:
        assert len(client.get(url).context["list"].hits) == fact.part, url


def test_the_region_of_an_earlier_day(client, world, now):
    filled(world, now)
    page = region(client, world, "hdir", query="?dato=31.12.2019").context["page"]
    assert {row.number for row in page.municipalities} == {"0106", "0220", "0627", "0301"}
    assert page.facts[0].part == 0


def test_who_sees_none_of_its_units_does_not_find_it(client, world):
    assert region(client, world, "ks-oslo-og-viken").status_code == 200
    assert region(client, world, "ks-oslo-og-viken", FINNMARK).status_code == 404
    assert region(client, world, "hdir", "utlandet").status_code == 404
    assert region(client, world, "editor-3004").status_code == 403
    assert region(client, world, "evaluator", FINNMARK).status_code == 200


def test_the_number_of_queries_does_not_grow(client, world, now):
    region(client, world, "statsforvalter-oslo-og-viken")

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/region/{VIKEN}/").status_code == 200
        return len(queries)

    before = count()
    filled(world, now)
    assert count() == before <= 20


# --- the borders of then and of today ---------------------------------------------------------------

OLD, BEFORE = "?dato=31.12.2019", dt.date(2019, 6, 1)


def old_support(world, now):
    """A course in 2019 to the two that became Asker, and to Fredrikstad."""
    units = [world.unit(number) for number in ("0220", "0627", "3004")]
    support_register(kind="course", provider="ks", office=world.office(VIKEN), on=BEFORE, municipalities=units, now=now)


def test_todays_borders_join_the_parts_of_a_merger_and_list_what_may_not_be_joined(client, world, now):
    old_support(world, now)
    for number, status in (("0220", "own"), ("0627", "none")):
        plan_decision_register(
            municipality=world.unit(number), origin="report:1/1", valid_from=BEFORE, status=status,
            decided_on=BEFORE if status == "own" else None, now=now,
        )  # fmt: skip
    then = region(client, world, "hdir", query=OLD)
    today = region(client, world, "hdir", query=f"{OLD}&grenser=na")
    assert {row.number for row in today.context["page"].municipalities} == {"3004", "3025", "0301"}
    facts = {fact.label: (fact.part, fact.whole) for fact in today.context["page"].facts}
    assert (facts["adopted"], facts["mixed"]) == ((0, 3), (1, 3))  # a part's plan is not the plan of the whole
    [asker] = today.context["page"].mixed
    assert [(part.number, part.plan) for part in asker.parts] == [("0220", "own"), ("0627", "none")]
    assert "0627" in today.content.decode() and "mixed" not in {fact.label for fact in then.context["page"].facts}
    assert [line.units for line in then.context["page"].support] == [3]
    assert [line.units for line in today.context["page"].support] == [2]  # Asker once
    assert facts["support"] == (2, 3)
    for _label, fact, url in today.context["facts"]:
        assert "grenser=na" in url and len(client.get(url).context["list"].hits) == fact.part, url
    for _text, share, url in today.context["steps"]:
        assert not url or len(client.get(url).context["list"].hits) == share.part, url


def test_support_given_before_a_merger_counts_the_unit_of_today_once(client, world, now):
    old_support(world, now)
    assert [line.units for line in region(client, world, "hdir").context["page"].support] == [2]


def test_the_page_says_its_borders_and_offers_the_others_where_they_differ(client, world, now):
    for query, borders in ((OLD, "da"), (f"{OLD}&grenser=na", "na")):
        page = region(client, world, "hdir", query=f"{query}&farge=fase")
        switch = page.context["switch"]
        assert (switch.borders, len(switch.choices)) == (borders, 2)
        assert all("farge=fase" in choice.url and "dato=2019-12-31" in choice.url for choice in switch.choices)
        assert switch.sentence in page.content.decode()
    assert not region(client, world, "hdir").context["switch"].choices
    assert not region(client, world, "hdir", query="?grenser=na").context["switch"].choices
    assert not region(client, world, "hdir", query="?dato=2022-05-01").context["switch"].choices


def test_the_queries_for_todays_borders_do_not_grow(client, world, now):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert region(client, world, "hdir", query=f"{OLD}&grenser=na").status_code == 200
        return len(queries)

    count()
    before = count()
    old_support(world, now)
    filled(world, now)
    assert count() == before <= 36

"""The list of reports for those who read along: only what is sent in, only their region."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reform.models import Solution
from tests.reporting.factories import SPRING, ReportFactory, answers, open_round
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(world: World, settings) -> World:
    """One report of each region sent in, and a draft in the first."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
    round_ = open_round(SPRING)
    values = answers(solutions={row.code: "in_place" for row in Solution.objects.all()})
    for number in ("3004", "5430"):
        actor = world.user(f"editor-{number}")
        ReportFactory.submitted(round_=round_, municipality=world.unit(number), actor=actor, values=values)
    ReportFactory.draft(round_=round_, municipality=world.unit("3025"), actor=world.user("editor-3025"), values=values)
    return world


def listed(client, world: World, username: str, **query: str) -> str:
    client.force_login(world.user(username))
    answer = client.get(reverse("report_list"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_ks_sees_what_its_region_has_sent_in(client, sent):
    page = listed(client, sent, "ks-oslo-og-viken")
    assert "Fredrikstad" in page
    assert "Asker" not in page, "a draft is nobody else's"
    assert "Kautokeino" not in page


def test_the_evaluator_sees_the_country(client, sent):
    page = listed(client, sent, "evaluator")
    assert "Fredrikstad" in page
    assert "Kautokeino" in page


def test_a_search_by_name_or_number(client, sent):
    assert "Fredrikstad" not in listed(client, sent, "evaluator", sok="5430")
    assert "Kautokeino" in listed(client, sent, "evaluator", sok="guovdage")
    assert "Ingen treff." in listed(client, sent, "evaluator", sok="finnes ikke")


def test_a_round_that_is_none_gives_the_newest(client, sent):
    assert "Fredrikstad" in listed(client, sent, "evaluator", runde="i fjor")


def test_the_front_door_leads_there(client, sent):
    client.force_login(sent.user("usht-oslo-og-viken"))
    assert client.get("/").url == reverse("report_list")


def test_the_number_of_queries_does_not_grow(client, sent, django_assert_num_queries):
    client.force_login(sent.user("evaluator"))
    client.get(reverse("report_list"))
    with django_assert_num_queries(6):
        client.get(reverse("report_list"), {"sok": "5430"})
    with django_assert_num_queries(6):
        client.get(reverse("report_list"))

"""Each kind of network, organiser and state that the registers know, one by one; and each partner's own account."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from networks.models import Network, Participation, SupportActivity
from networks.network_page import history
from networks.rules import NetworkValues, status_on
from networks.services import (
    meeting_register,
    network_create,
    network_values,
    participation_register,
    participations_add,
)
from networks.services.participations import part_of
from networks.services.support_units import UnitBook
from reform.models import Solution
from tests.world import FINNMARK, VIKEN

pytestmark = pytest.mark.django_db
D = dt.date
PARTNERS = ("statsforvalter", "ks", "usht")
TODAY = D(2022, 5, 4)


def values(world, *regions, **more):
    offices = frozenset(world.office(key).pk for key in regions or (VIKEN,))
    return NetworkValues(
        **{"name": "Nettet", "kind": "municipal", "offices": offices, "valid_from": D(2019, 3, 1), **more}
    )


@pytest.mark.parametrize("kind", ["municipal", "leader", "professional", "regional", "hospital", "age_friendly"])
def test_each_kind_of_network_in_one_region_or_in_several(world, client, now, kind):
    assert kind in Network.Kind.values and len(Network.Kind.values) == 6
    for regions in ((VIKEN,), (VIKEN, FINNMARK)):
        row = network_create(values=values(world, *regions, kind=kind, name=f"{len(regions)}"), actor=None, now=now)
        kept = network_values(Network.objects.across_all(reason="test").get(pk=row.pk))
        assert (kept.kind, len(kept.offices)) == (kind, len(regions))
        client.force_login(world.user(f"usht-{FINNMARK}"))
        found = [entry.network.pk for entry in client.get(f"/nettverk/?type={kind}&embete={FINNMARK}").context["rows"]]
        assert (row.pk in found) == (FINNMARK in regions)


@pytest.mark.parametrize("organisers", [*((one,) for one in PARTNERS), PARTNERS])
def test_each_partner_organises_alone_and_all_together(world, now, organisers):
    row = network_create(values=values(world, organisers=organisers, host="Moss"), actor=None, now=now)
    assert network_values(Network.objects.across_all(reason="test").get(pk=row.pk)).organisers == organisers


def test_each_of_the_solutions_may_be_a_theme(world, now):
    codes = tuple(sorted(Solution.objects.values_list("code", flat=True)))
    row = network_create(values=values(world, themes=codes), actor=None, now=now)
    assert len(codes) == 25 and network_values(row).themes == codes


@pytest.mark.parametrize("number", ["3004", "030101"], ids=["municipality", "district"])
def test_a_municipality_and_a_district_are_planned_active_and_ended_and_were_there(world, client, now, number):
    network, unit = world.networks[VIKEN], world.unit(number)
    where = {"network": network, "units": [unit.pk], "actor": None, "now": now}
    participations_add(**where, status="planned", valid_from=D(2021, 1, 1))
    participations_add(**where, status="active", valid_from=D(2021, 6, 1), valid_to=D(2022, 3, 31))
    meeting_register(network=network, on=D(2021, 9, 1), attendance=[unit.pk], actor=None, now=now)
    rows = Participation.objects.across_all(reason="test").filter(municipality=unit).order_by("valid_from")
    states = [[status_on(part_of(row), day) for row in rows] for day in (D(2021, 2, 1), D(2021, 7, 1), D(2022, 4, 1))]
    assert [state[0] for state in states[:1]] == ["planned"] and [state[1] for state in states[1:]] == [
        "active",
        "ended",
    ]
    client.force_login(world.user("hdir"))
    page = client.get(f"/nettverk/{network.pk}/?dag=2021-07-01")
    assert [member.row.municipality_id for member in page.context["members"]] == [unit.pk]
    [meeting] = page.context["meetings"]
    assert len(meeting.units) == 1


def test_the_history_of_a_network_tells_what_a_report_changed(world, now):
    network = world.networks[VIKEN]
    where = {"municipality": world.unit("3004"), "status": "active", "now": now}
    participation_register(**where, network_ids=[network.pk], origin="report:1/1", valid_from=D(2022, 5, 1))
    participation_register(**where, network_ids=[], origin="report:1/2", valid_from=D(2022, 5, 1))
    assert not Participation.objects.across_all(reason="test").exists()  # it never held, and its history is told
    with translation.override("en"):
        steps = history(network, UnitBook.load(), {})
    assert [step.what for step in steps] == ["Participation changed by an approved report: Fredrikstad"] * 2
    assert steps[0].details[-1] == "Status: Active (taken out)"


# --- each partner's own account, over HTTP --------------------------------------------------------------


@pytest.fixture
def login(world, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False

    def call(username):
        client = APIClient()
        token, _made = Token.objects.get_or_create(user=world.users[username])
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return client

    return call


@pytest.mark.parametrize("partner", PARTNERS)
def test_each_partners_system_reads_and_writes_networks_participations_and_support(world, login, partner):
    mine, other = login(f"{partner}-{VIKEN}"), login(f"{partner}-{FINNMARK}")
    network = {"name": "Over HTTP", "kind": "leader", "valid_from": "2021-01-01"}
    made = mine.post("/api/v1/networks/", network, format="json")
    assert made.status_code == 201 and made.json()["offices"] == [VIKEN]
    part = {"network": made.json()["id"], "status": "active", "valid_from": "2021-02-01", "units": "3004; Gamle Oslo"}
    support = {"on": "2022-03-01", "kind": "course", "provider": partner, "units": "3004; Asker"}
    for address, sent in (("participations", part), ("support", support)):
        answer = mine.post(f"/api/v1/{address}/", sent, format="json")
        assert answer.status_code == 201, answer.json()
        row = answer.json()[0] if isinstance(answer.json(), list) else answer.json()
        one = f"/api/v1/{address}/{row['id']}/"
        assert mine.get(one).json()["id"] == row["id"]
        assert mine.patch(one, {"note": "Fra eget system"}, format="json").json()["note"] == "Fra eget system"
        assert other.patch(one, {"note": "Fra en annen region"}, format="json").status_code in (403, 404)
        assert [entry["id"] for entry in mine.get(f"/api/v1/{address}/").json()["results"]].count(row["id"]) == 1
        assert other.post(f"/api/v1/{address}/", sent, format="json").status_code in (400, 403, 404)
    assert Participation.objects.across_all(reason="test").count() == 2
    assert SupportActivity.objects.across_all(reason="test").get().note == "Fra eget system"

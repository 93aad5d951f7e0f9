"""Networks and participations over HTTP, as the systems of the regional apparatus read and write them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from municipalities.models import Event
from networks.models import Network, Participation
from networks.services import participations_add
from tests.world import FINNMARK, VIKEN

D = dt.date
pytestmark = pytest.mark.django_db
NETWORKS, PARTS = "/api/v1/networks/", "/api/v1/participations/"
NEW = {"name": "Østfoldnettverket", "kind": "municipal", "valid_from": "2021-01-01", "themes": ["1.3"]}


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def api(world):
    def login(username=f"ks-{VIKEN}"):
        client = APIClient()
        token, _made = Token.objects.get_or_create(user=world.users[username])
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return client

    return login


def test_a_network_is_registered_read_changed_and_ended(api, world, now):
    client = api()
    response = client.post(NETWORKS, {**NEW, "organisers": ["usht", "ks"]}, format="json")
    assert response.status_code == 201
    row = response.json()
    assert row["offices"] == [VIKEN]
    assert row["organisers"] == ["ks", "usht"]
    one = f"{NETWORKS}{row['id']}/"
    assert client.get(one).json() == row
    network = Network.objects.across_all(reason="test").get(pk=row["id"])
    unit = [world.unit("3004").pk]
    participations_add(network=network, units=unit, status="active", valid_from=D(2021, 2, 1), actor=None, now=now)
    changed = client.patch(one, {"host": " Moss ", "valid_to": "2022-04-30", "themes": []}, format="json")
    assert changed.json() == {**row, "host": "Moss", "valid_to": "2022-04-30", "themes": []}
    assert [entry["id"] for entry in client.get(NETWORKS).json()["results"]] == [
        network.pk for network in world.networks.values()
    ]
    assert row["id"] in [entry["id"] for entry in client.get(f"{NETWORKS}?as_of=2022-04-30").json()["results"]]
    assert network.participations.get().valid_to == D(2022, 4, 30)
    assert list(Event.objects.across_all(reason="test").values_list("name", flat=True)) == [
        "network_registered", "participation_registered", "network_ended", "participation_ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"), ({"kind": "club"}, "kind"), ({"themes": ["9.9"]}, "themes"),
        ({"offices": [FINNMARK]}, "offices"), ({"offices": ["oslo"]}, "offices"),
        ({"organisers": ["hdir"]}, "organisers"),
        ({"valid_from": "1.1.2021"}, "valid_from"), ({"valid_to": "2020-01-01"}, "valid_to"),
        ({"name": "Learning network Oslo og Viken"}, "name"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_network_is_said_by_field(api, wrong, field):
    response = api().post(NETWORKS, {**NEW, **wrong}, format="json")
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not Network.objects.across_all(reason="test").filter(name=NEW["name"]).exists()


def test_participations_of_many_one_changed_one_ended_one_removed(api, world):
    client, network = api(f"usht-{VIKEN}"), world.networks[VIKEN]
    ids = [world.unit(number).pk for number in ("3004", "3025")]
    new = {"network": network.pk, "status": "active", "valid_from": "2021-01-01"}
    made = client.post(PARTS, {**new, "municipalities": ids, "units": "301; Gamle Oslo"}, format="json")
    assert made.status_code == 201
    rows = made.json()
    assert [row["municipality"] for row in rows] == [*ids, world.unit("0301").pk, world.unit("030101").pk]
    assert all(row["origin"].startswith("register:") for row in rows)
    one = f"{PARTS}{rows[0]['id']}/"
    ended = client.patch(one, {"valid_to": "2021-12-31"}, format="json")
    assert ended.json() == {**rows[0], "valid_to": "2021-12-31", "origin": ended.json()["origin"]}
    assert client.patch(one, {"valid_to": None, "note": "Likevel"}, format="json").json()["valid_to"] is None
    assert client.delete(f"{PARTS}{rows[1]['id']}/").status_code == 204
    listed = client.get(f"{PARTS}?network={network.pk}&as_of=2022-01-01").json()["results"]
    assert [row["id"] for row in listed] == [rows[0]["id"], rows[2]["id"], rows[3]["id"]]
    assert client.get(f"{PARTS}?network=x").status_code == 400


def test_overlap_is_answered_with_the_services_sentence(api, world):
    client = api()
    new = {"network": world.networks[VIKEN].pk, "status": "active", "valid_from": "2021-01-01", "units": "3004"}
    assert client.post(PARTS, new, format="json").status_code == 201
    again = client.post(PARTS, {**new, "units": "3004, 3025"}, format="json")
    assert again.status_code == 400
    [sentence] = again.json()["valid_from"]
    assert "Fredrikstad" in sentence
    assert "2021" in sentence
    assert Participation.objects.across_all(reason="test").count() == 1


def test_only_ones_own_region_is_written(api, world, now):
    client, network = api(), world.networks[VIKEN]
    other, kautokeino = world.networks[FINNMARK], world.unit("5430").pk
    new = {"network": network.pk, "status": "active", "valid_from": "2021-01-01"}
    assert list(client.post(PARTS, {**new, "municipalities": [kautokeino]}, format="json").json()) == ["municipalities"]
    assert client.post(PARTS, {**new, "network": other.pk, "units": "3004"}, format="json").status_code == 403
    assert client.patch(f"{NETWORKS}{other.pk}/", {"host": "Moss"}, format="json").status_code == 403
    [row] = participations_add(
        network=other, units=[kautokeino], status="active", valid_from=D(2021, 1, 1), actor=None, now=now
    )
    assert client.patch(f"{PARTS}{row.pk}/", {"note": "x"}, format="json").status_code == 404
    for username in ("editor-3004", "hdir", "evaluator"):
        assert api(username).post(NETWORKS, NEW, format="json").status_code == 403
        assert api(username).get(NETWORKS).status_code == 200
    assert api("hdir-admin").post(NETWORKS, {**NEW, "offices": [FINNMARK]}, format="json").status_code == 201
    assert list(api("hdir-admin").post(NETWORKS, NEW, format="json").json()) == ["offices"]


def test_nothing_to_add_and_nothing_understood(api, world):
    client = api()
    new = {"network": world.networks[VIKEN].pk, "status": "active", "valid_from": "2021-01-01"}
    assert list(client.post(PARTS, new, format="json").json()) == ["municipalities"]
    assert list(client.post(PARTS, {**new, "units": "Atlantis"}, format="json").json()) == ["units"]
    assert list(client.post(PARTS, {**new, "units": "3004", "status": "ended"}, format="json").json()) == ["status"]
    assert client.post(PARTS, {**new, "network": 999, "units": "3004"}, format="json").status_code == 404


def test_a_session_works_as_a_token_does_and_needs_its_safety_key(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user(f"statsforvalter-{VIKEN}"))
    assert client.get(NETWORKS).status_code == 200
    assert client.post(NETWORKS, NEW, content_type="application/json").status_code == 403
    open_client = Client()
    open_client.force_login(world.user(f"statsforvalter-{VIKEN}"))
    assert open_client.post(NETWORKS, NEW, content_type="application/json").status_code == 201


def test_the_lists_ask_as_often_whatever_their_length(api, world, now):
    client, counts = api(), []
    for count in (1, 12):
        for index in range(count):
            network = Network.objects.get_queryset().create(
                name=f"N{count}{index}", kind="regional", valid_from=D(2020, 1, 1)
            )
            network.offices.add(world.office(VIKEN))
            units = [world.unit("3004").pk]
            participations_add(
                network=network, units=units, status="active", valid_from=D(2021, 1, 1), actor=None, now=now
            )
        for url in (NETWORKS, PARTS):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_the_schema_names_what_is_written():
    translation.activate("en")
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    assert {"get", "post"} <= paths[NETWORKS].keys()
    assert {"get", "patch"} <= paths[f"{NETWORKS}{{id}}/"].keys()
    assert {"get", "patch", "delete"} <= paths[f"{PARTS}{{id}}/"].keys()
    assert paths[PARTS]["post"]["responses"].keys() >= {"201", "400"}

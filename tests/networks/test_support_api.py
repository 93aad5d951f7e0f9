"""Support over HTTP, as the systems of the regional apparatus read and write it."""

from __future__ import annotations

import datetime as dt

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from municipalities.models import Event
from networks.models import SupportActivity
from tests.world import VIKEN

pytestmark = pytest.mark.django_db
URL = "/api/v1/support/"
LINE = {"on": "2022-03-01", "kind": "course", "provider": "ks", "units": "3004; Asker"}


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


def every():
    return SupportActivity.objects.across_all(reason="test")


def test_it_is_registered_read_changed_and_removed(api, world):
    client = api()
    response = client.post(URL, {**LINE, "solutions": ["1.1"], "title": "Mat", "note": "Bra"}, format="json")
    assert response.status_code == 201
    row = response.json()
    assert row["municipalities"] == [world.unit("3025").pk, world.unit("3004").pk]
    assert {key: row[key] for key in ("office", "whole_region", "received_by", "solutions", "registered_by_name")} == {
        "office": VIKEN, "whole_region": False, "received_by": 2, "solutions": ["1.1"],
        "registered_by_name": "Ks Testesen",
    }  # fmt: skip
    one = f"{URL}{row['id']}/"
    assert client.get(one).json() == row
    changed = client.patch(one, {"municipalities": [world.unit("0301").pk], "title": ""}, format="json")
    assert changed.status_code == 200
    assert changed.json() == {**row, "municipalities": [world.unit("0301").pk], "received_by": 1, "title": ""}
    assert client.patch(one, {"whole_region": True}, format="json").json()["received_by"] == 4
    assert client.patch(one, {"note": "x"}, format="json").json()["whole_region"] is True
    assert client.patch(one, {"units": "3004"}, format="json").json()["whole_region"] is False
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == client.delete(one).status_code == 404
    names = list(Event.objects.across_all(reason="test").order_by("id").values_list("name", flat=True))
    assert names == ["given", "changed", "changed", "changed", "changed", "removed"]


def test_the_same_is_answered_with_what_stands(api):
    first = api().post(URL, LINE, format="json")
    again = api().post(URL, {**LINE, "units": "3025,3004"}, format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert every().count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"on": "2022-05-05"}, "on"),
        ({"on": "yesterday"}, "on"),
        ({"kind": "party"}, "kind"),
        ({"provider": ""}, "provider"),
        ({"units": "Atlantis"}, "units"),
        ({"units": ""}, "units"),
        ({"units": "", "municipalities": [99999]}, "units"),
        ({"units": "5430"}, "units"),
        ({"whole_region": True}, "whole_region"),
        ({"solutions": ["9.9"]}, "solutions"),
        ({"office": "troms-og-finnmark"}, "office"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_bad_input_is_a_sentence_at_its_field(api, change, field):
    response = api().post(URL, {**LINE, **change}, format="json")
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not every().exists()


def test_who_may_write_and_where(api, world):
    row = api().post(URL, LINE, format="json").json()
    one = f"{URL}{row['id']}/"
    for username, status in (("hdir", 403), ("editor-3004", 403), ("evaluator", 403), ("ks-troms-og-finnmark", 404)):
        client = api(username)
        assert client.patch(one, {"title": "x"}, format="json").status_code == status, username
        assert client.delete(one).status_code == status
    assert api("hdir").post(URL, LINE, format="json").status_code == 403
    response = api("hdir-admin").post(URL, {**LINE, "kind": "letter"}, format="json")
    assert list(response.json()) == ["office"]
    assert api("hdir-admin").post(URL, {**LINE, "kind": "letter", "office": VIKEN}, format="json").status_code == 201
    assert APIClient().post(URL, LINE, format="json").status_code == 401


def test_the_list_takes_a_period_and_grows_without_more_queries(api, django_assert_max_num_queries):
    client = api()
    for day in ("2022-01-10", "2022-02-10", "2022-03-10"):
        client.post(URL, {**LINE, "on": day}, format="json")
    with django_assert_max_num_queries(12):
        rows = client.get(URL, {"from": "2022-02-01"}).json()["results"]
    assert [row["on"] for row in rows] == ["2022-03-10", "2022-02-10"]
    assert [row["on"] for row in client.get(URL, {"to": "2022-02-01"}).json()["results"]] == ["2022-01-10"]
    assert client.get(URL, {"from": "x"}).status_code == 400
    assert every().filter(on=dt.date(2022, 1, 10)).exists()


def test_the_description_says_what_is_written_and_answered():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    paths = schema["paths"]
    assert set(paths["/api/v1/support/"]) == {"get", "post"}
    assert set(paths["/api/v1/support/{id}/"]) == {"get", "patch", "delete"}
    post = paths["/api/v1/support/"]["post"]
    assert {"200", "201", "400"} <= set(post["responses"])
    body = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    written = schema["components"]["schemas"][body]
    assert set(written["required"]) == {"on", "kind", "provider"}
    assert {"municipalities", "units", "whole_region", "solutions", "note"} <= set(written["properties"])

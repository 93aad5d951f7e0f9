"""OPTIONS at every address of the API: no error of ours. (An address without a serializer answered 500.)"""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from tests.access.matrix import Target, all_rows
from tests.world import World

pytestmark = pytest.mark.django_db
ROWS = {row.name: row for row in all_rows() if row.name.startswith("api_")}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_options_is_answered(world: World, settings, name: str):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    make = ROWS[name].make
    target = make(world, world.unit("3004")) if make else Target()
    client = Client(raise_request_exception=False)
    for username in ("editor-3004", "hdir", "nobody"):
        client.force_login(world.user(username))
        answer = client.options(reverse(name, kwargs=target.arguments))
        assert answer.status_code < 500, username
        assert answer.status_code != 200 or b'"actions"' not in answer.content


def test_a_value_of_any_kind_is_described_as_one_thing():
    """As one of {} and null it was described: null is both, so that no null would have been right."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert '{"oneOf": [{}' not in json.dumps(schema)
    answers = schema["components"]["schemas"]["ManyAnswersRequest"]["properties"]["answers"]
    assert set(answers["additionalProperties"]["type"]) == {"string", "number", "boolean", "array", "object", "null"}

"""The table of rights as it is shown: from the portal's own table, narrowed and downloaded as asked."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from municipalities.access import RIGHTS
from municipalities.models import Role
from municipalities.rights_list import SCOPES, Query, right_rows, role_rows, sheet

pytestmark = pytest.mark.django_db


def test_the_rows_are_those_of_the_table():
    assert [(row.key, {role for role, _label in row.roles}) for row in right_rows()] == [
        (key, set(right.roles)) for key, right in RIGHTS.items()
    ]
    assert all(row.source and row.sentence for row in right_rows())


def test_every_role_has_a_sentence_about_what_it_sees():
    assert set(SCOPES) == set(Role.values)
    assert {row.role: row.count for row in role_rows()}[Role.HOD] == 3


@pytest.mark.parametrize("role", Role.values)
def test_a_role_narrows_to_its_own_rights(role):
    assert {row.key for row in right_rows(Query(role=role))} == {
        k for k, right in RIGHTS.items() if role in right.roles
    }


def test_a_search_looks_in_key_sentence_source_and_roles():
    assert [row.key for row in right_rows(Query(search="report.approve"))] == ["report.approve"]
    assert "report.note" in [row.key for row in right_rows(Query(search="offentleglova 14"))]
    assert right_rows(Query(search="xyzzy")) == []


def test_an_unknown_role_in_the_address_says_nothing():
    assert Query.read(lambda name, default: {"rolle": "king"}.get(name, default)) == Query()


def test_the_sheet_has_a_column_for_each_role():
    heads, rows = sheet(right_rows())
    assert len(heads) == 3 + len(Role.values) and all(len(row) == len(heads) for row in rows)
    assert {row[0]: sum(row[3:]) for row in rows} == {key: len(right.roles) for key, right in RIGHTS.items()}


def test_the_page_and_its_file(client, world):
    client.force_login(world.user("hdir"))
    page = client.get(reverse("rights"), {"rolle": "hod"})
    assert page.status_code == 200 and b"summary.read" in page.content and b"report.edit" not in page.content
    file = client.get(reverse("rights_file", args=["csv"]), {"rolle": "hod"})
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [key for key, right in RIGHTS.items() if Role.HOD in right.roles]
    assert client.get(reverse("rights_file", args=["pdf"])).status_code == 404

"""Rows written again are the rows that were made, and only where the same steps lead to them."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from municipalities.guards import emptying
from municipalities.models import Office, User
from reform.models import FocusArea
from reporting.models import Report
from tests.databases import empty_filled_tables
from tests.kept import TRAIL, _everything, kept
from tests.reporting.factories import SPRING, open_round
from tests.world import build_world


@pytest.fixture
def made():
    """How often ``area`` was made in earnest."""
    TRAIL.known = {steps: what for steps, what in TRAIL.known.items() if "area" not in str(steps)}
    calls = []

    def make():
        calls.append(1)
        return FocusArea.objects.create(code="9", order=9, name_nb="Mat", name_nn="Mat")

    def area():
        return kept("area", make)

    area.calls = calls
    return area


def next_test() -> None:
    """The database is emptied, as it is between two tests."""
    for model in (Report, FocusArea, Office):
        connection.cursor().execute(f"DELETE FROM {model._meta.db_table}")
    TRAIL.begin()


@pytest.mark.django_db
def test_what_is_written_again_is_what_was_made(made):
    first = made()
    rows = _everything()
    next_test()
    assert not FocusArea.objects.exists()
    again = made()
    assert made.calls == [1]
    assert again == first and again is not first
    assert _everything() == rows
    FocusArea.objects.create(code="8", order=8, name_nb="Helse", name_nn="Helse")  # its key is a new one


@pytest.mark.django_db
def test_a_row_written_in_between_makes_it_anew(made):
    made()
    next_test()
    Office.objects.get_queryset().create(key="agder", order=1)
    made()
    assert made.calls == [1, 1]


@pytest.mark.django_db
def test_what_was_rolled_back_makes_it_anew(made):
    made()
    next_test()
    with transaction.atomic():
        made()
        transaction.set_rollback(True)
    made()
    assert FocusArea.objects.count() == 1 and made.calls == [1, 1]


@pytest.mark.django_db
def test_what_leads_to_work_after_the_commit_is_always_made(made):
    after = []

    def make():
        transaction.on_commit(lambda: after.append(1))
        return FocusArea.objects.create(code="9", order=9, name_nb="Mat", name_nn="Mat").pk

    waiting = len(connection.run_on_commit)
    for count in (1, 2):
        next_test()
        kept("area with work", make)
        assert len(connection.run_on_commit) == waiting + count


@pytest.mark.django_db
def test_the_world_and_its_round_are_the_same_made_and_written_again(world):
    open_round(SPRING)
    again = {table: [len(columns), len(rows)] for table, (columns, rows) in _everything().items()}
    with emptying(), connection.cursor() as cursor:
        for table in _everything():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    TRAIL.end()
    build_world()
    open_round(SPRING)
    assert {table: [len(columns), len(rows)] for table, (columns, rows) in _everything().items()} == again


@pytest.mark.django_db(transaction=True)
def test_emptying_leaves_no_row_but_those_of_the_migrations(world):
    open_round(SPRING)
    assert User.objects.exists() and Report.objects.across_all(reason="test").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_content_type")
        types = cursor.fetchone()
    empty_filled_tables()
    assert not any(rows for _columns, rows in _everything().values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_content_type")
        assert cursor.fetchone() == types

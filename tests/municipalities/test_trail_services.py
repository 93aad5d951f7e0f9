"""The trail on PostgreSQL: a role with least rights, and many writers at once."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from municipalities import guards
from municipalities.models import Event, Office, TrailSeal
from municipalities.services.trail_retention import trail_delete_old
from municipalities.services.trail_seal import trail_seal, trail_seal_all
from municipalities.services.trail_verify import trail_verify
from municipalities.trail_rule import KEPT
from municipalities.transitions import log

NOW = dt.datetime(2022, 5, 4, 9, 0, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2010, 5, 4, 9, 0, tzinfo=dt.UTC)
ROLE = "portal_trail_test"
pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office() -> Office:
    return Office.objects.get_queryset().create(key="agder", order=1)


@pytest.fixture
def role():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {ROLE}")
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")  # as somebody might have done
    call_command("trail_grants", role=ROLE, apply=True)
    yield ROLE
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


@contextmanager
def as_role(role: str):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield cursor


def test_the_applications_role_adds_and_reads_and_nothing_else(office, role):
    with as_role(role):
        log(office, "tried", actor=None, now=NOW)
        log(office, "tried", actor=None, now=LONG_AGO, kind="reading")
        trail_seal_all(now=NOW)
    for table in guards.TABLES:
        for statement in (f"UPDATE {table} SET id = 0", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(ProgrammingError, match="permission denied"), as_role(role) as cursor:
                cursor.execute("SELECT set_config(%s, 'by rule', true)", [guards.FLAG])
                cursor.execute(statement)
    with pytest.raises(ProgrammingError), as_role(role) as cursor:
        cursor.execute(f"ALTER TABLE {guards.EVENTS} DISABLE TRIGGER ALL")
    with pytest.raises(ProgrammingError), as_role(role) as cursor:
        cursor.execute(f"DROP TRIGGER trail_update_event ON {guards.EVENTS}")
    assert trail_verify(now=NOW).fault == "" and Event.everything.count() == 2


def test_the_applications_role_deletes_by_rule_and_never_before_its_time(office, role):
    with as_role(role):
        log(office, "tried", actor=None, now=LONG_AGO)
        log(office, "tried", actor=None, now=dt.datetime.now(dt.UTC))
        trail_seal_all(now=NOW)
    with pytest.raises(IntegrityError, match="before its time"), as_role(role):
        guards.delete_by_rule("change", 2)
    with pytest.raises(IntegrityError), as_role(role):
        guards.delete_by_rule("other", 1)
    with as_role(role):
        assert trail_delete_old(now=dt.datetime.now(dt.UTC)) == 1
    assert trail_verify(now=NOW).fault == ""
    with pytest.raises(IntegrityError, match=guards.REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {guards.EVENTS}")  # the flag was for that deletion alone


def test_the_years_of_the_rule_are_those_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('trail_delete(text, bigint)'::regprocedure)")
        said = cursor.fetchone()[0]
    for chain, rule in KEPT.items():
        assert f"WHEN '{chain}' THEN interval '{rule.years} years'" in said


def test_many_writers_and_sealers_make_one_chain_without_gaps(office):
    """Writers commit out of the order of their ids, some roll back, and three seal at the same time."""
    done, wrong = threading.Event(), []

    def guarded(work):
        def run():
            try:
                work()
            except BaseException as error:
                wrong.append(error)
            finally:
                connection.close()

        return threading.Thread(target=run)

    def write():
        for number in range(25):
            with transaction.atomic():
                for kind in ("change", "reading"):
                    log(office, "tried", actor=None, now=NOW, kind=kind)
                if number % 5 == 4:
                    transaction.set_rollback(True)

    def seal():
        while not done.is_set():
            trail_seal(now=NOW)

    writers, sealers = [guarded(write) for _ in range(8)], [guarded(seal) for _ in range(3)]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    assert wrong == []
    trail_seal_all(now=NOW)
    verdict = trail_verify(now=NOW)
    assert (verdict.fault, verdict.sealed, verdict.waiting) == ("", 8 * 20 * 2, 0)
    assert TrailSeal.objects.filter(chain="reading").count() == 8 * 20

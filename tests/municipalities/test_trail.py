"""The trail: who, in which session; append-only; chained, so that a gap shows; kept and deleted by rule."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from municipalities import guards
from municipalities.models import Event, Office, TrailDeletion, TrailSeal
from municipalities.services.trail_retention import trail_delete_old
from municipalities.services.trail_seal import BATCH, trail_heads, trail_seal, trail_seal_all
from municipalities.services.trail_verify import Broken, trail_verify
from municipalities.tasks import keep_trail, seal_trail
from municipalities.trail_chain import CHAINS, FIELDS
from municipalities.trail_rule import KEPT, kept_from
from municipalities.transitions import event_about, log
from reform import origin

NOW = dt.datetime(2022, 5, 4, 9, 0, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2010, 5, 4, 9, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return Office.objects.get_queryset().create(key="agder", order=1)


def write(office: Office, *, count: int = 1, at: dt.datetime = NOW, kind: str = "change", note: str = "æ") -> None:
    for number in range(count):
        log(office, "tried", actor=None, now=at + dt.timedelta(seconds=number), note=note, kind=kind)


def run(sql: str, *values) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


# --- Who, from where --------------------------------------------------------------------------------


def test_an_event_says_request_and_session_of_what_is_at_work(office):
    with origin.within(lambda: "a" * 64):
        event = log(office, "tried", actor=None, now=NOW)
    assert event.session_hash == "a" * 64
    assert log(office, "tried", actor=None, now=NOW).session_hash == ""


def test_pages_are_told_of_changes_only(office):
    write(office)
    write(office, kind="reading")
    assert Event.objects.across_all(reason="test").count() == 1
    assert Event.everything.count() == 2
    assert office.events.count() == 0  # an office's own row names no office


# --- Append-only ------------------------------------------------------------------------------------


def test_every_guard_is_in_the_database():
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'trail%'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'trail%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor])
        assert {row[0] for row in cursor.fetchall()} == set(guards.trigger_names(connection.vendor))


def test_no_row_of_the_trail_is_changed_or_deleted(office):
    write(office, at=LONG_AGO)
    trail_seal(now=NOW)
    trail_delete_old(now=NOW)
    write(office)
    trail_seal(now=NOW)
    for table in guards.TABLES:
        for statement in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError, match=guards.REFUSED):
                run(statement)
    with pytest.raises(IntegrityError):
        Event.everything.update(note="x")


@pytest.mark.services
def test_no_table_of_the_trail_is_emptied(office):
    for table in guards.TABLES:
        with pytest.raises(IntegrityError, match=guards.REFUSED):
            run(f"TRUNCATE {table} CASCADE")


# --- The chain --------------------------------------------------------------------------------------


def test_every_column_of_an_event_is_hashed():
    assert set(FIELDS) == {field.attname for field in Event._meta.concrete_fields}


def test_each_event_gets_one_link_without_gaps(office, monkeypatch):
    monkeypatch.setattr("municipalities.services.trail_seal.BATCH", 2)
    write(office, count=5)
    write(office, count=3, kind="reading")
    assert trail_seal(now=NOW) == 8
    assert trail_seal(now=NOW) == 0
    for chain, count in (("change", 5), ("reading", 3)):
        links = TrailSeal.objects.filter(chain=chain).order_by("sequence")
        assert list(links.values_list("sequence", flat=True)) == list(range(1, count + 1))
    verdict = trail_verify(now=NOW)
    assert (verdict.fault, verdict.sealed, verdict.waiting) == ("", 8, 0)
    assert verdict.heads == trail_heads()
    assert BATCH > 100


def test_no_batch_looks_again_at_what_the_batches_before_it_have_sealed(office, monkeypatch):
    """With a million rows that was most of the work. The bound stands at both tables: else the database reads all seals
    to find those that are missing."""
    monkeypatch.setattr("municipalities.services.trail_seal.BATCH", 2)
    write(office, count=5)
    ids = list(Event.everything.order_by("pk").values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as done:
        assert trail_seal_all(now=NOW) == 5
    asked = [query["sql"] for query in done if "NOT EXISTS" in query["sql"].upper()]
    assert len(asked) == 3
    for sql, last in zip(asked, (0, ids[1], ids[3]), strict=True):
        assert len(re.findall(rf'"(?:id|event_id)" > {last}\b', sql)) == 2, sql


def test_what_commits_late_with_a_lower_id_is_sealed_after_the_others(office):
    for sequence, pk in enumerate((1000, 500, 700), start=1):
        event = event_about(office, "tried", actor=None, now=NOW)
        event.pk = pk
        event.save(force_insert=True)
        assert trail_seal(now=NOW) == 1
        assert TrailSeal.objects.get(sequence=sequence).event_id == pk
    assert trail_verify(now=NOW).fault == ""


def test_the_job_of_every_minute_seals(office, settings):
    settings.PORTAL_CLOCK = NOW.isoformat()
    write(office)
    seal_trail()
    assert TrailSeal.objects.count() == 1


def test_a_row_that_nobody_seals_is_told(office):
    write(office)
    assert trail_verify(now=NOW).waiting == 1
    assert "is not sealed" in trail_verify(now=NOW + dt.timedelta(hours=1)).fault


OTHER = {
    "kind": "'reading'", "actor_name": "'Other'", "object_type": "'x.y'", "object_id": "object_id + 1", "name": "'n'",
    "from_state": "'draft'", "to_state": "'sent'", "note": "note || ' '", "content_hash": "'0'",
    "happened_at": "'2022-05-03 09:00:00'", "request_id": "'r'", "session_hash": "'s'", "id": "id + 100000",
}  # fmt: skip
CHANGES = [f"UPDATE {guards.EVENTS} SET {column} = {value} WHERE id = %s" for column, value in OTHER.items()]
CHANGES += [
    f"DELETE FROM {guards.EVENTS} WHERE id = %s",
    f"DELETE FROM {guards.SEALS} WHERE event_id = %s",
    f"UPDATE {guards.SEALS} SET chain_hash = '{'0' * 64}' WHERE event_id = %s",
    f"UPDATE {guards.SEALS} SET sealed_at = '2022-05-03 09:00:00' WHERE event_id = %s",
    f"UPDATE {guards.SEALS} SET sequence = sequence + 1000 WHERE event_id = %s",
    f"UPDATE {guards.SEALS} SET chain = 'x' WHERE event_id = %s",
    f"UPDATE {guards.SEALS} SET event_id = event_id + 100000 WHERE event_id = %s",
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=st.sampled_from(CHANGES), where=st.integers(0, 9), reading=st.booleans())
def test_any_single_change_of_what_is_sealed_is_named(office, change, where, reading):
    kind = CHAINS[reading]
    with transaction.atomic():
        for each in CHAINS:
            write(office, count=10, kind=each)
        trail_seal(now=NOW)
        link = TrailSeal.objects.filter(chain=kind).order_by("sequence")[where]
        with guards.lifted():
            values = "" if "'reading'" in change and reading else change
            changed = run(values or f"DELETE FROM {guards.EVENTS} WHERE id = %s", link.event_id)
        assert changed == 1
        fault = trail_verify(now=NOW).fault
        transaction.set_rollback(True)
    last_seal = change.startswith(f"DELETE FROM {guards.SEALS}") and where == 9
    moved = "sequence = sequence" in change or "chain = 'x'" in change
    if last_seal:  # the newest seal alone: its Event waits for another one
        assert fault == "" or "is not sealed" in fault
    else:
        assert fault.startswith(f"{kind} {link.sequence}:") or (moved and where == 9 and fault), (fault, change)


def test_a_row_put_in_between_is_named(office):
    write(office, count=3)
    trail_seal(now=NOW)
    write(office, at=NOW - dt.timedelta(days=1))
    assert "is not sealed" in trail_verify(now=NOW).fault
    new = Event.everything.order_by("pk").last()
    with guards.lifted():
        TrailSeal.objects.filter(sequence=2).update(event_id=new.pk)
    assert trail_verify(now=NOW).fault.startswith("change 2:")


def test_a_chain_that_was_counted_anew_shows_against_what_was_told(office):
    write(office, count=3)
    trail_seal(now=NOW)
    told = trail_heads()["change"]
    expect = {"change": (told.sequence, told.chain_hash)}
    assert trail_verify(now=NOW, expect=expect).fault == ""
    with guards.lifted():
        run(f"UPDATE {guards.EVENTS} SET note = 'x'")
        run(f"DELETE FROM {guards.SEALS}")
    trail_seal_all(now=NOW)
    assert trail_verify(now=NOW).fault == ""
    assert trail_verify(now=NOW, expect=expect).fault.startswith("change 3: the hash is another")
    with guards.lifted():
        run(f"DELETE FROM {guards.EVENTS}")
        run(f"DELETE FROM {guards.SEALS}")
    assert "before what was told" in trail_verify(now=NOW, expect=expect).fault


# --- Kept and deleted by rule -----------------------------------------------------------------------


def test_what_is_past_its_time_goes_from_the_old_end_and_the_rest_holds(office):
    write(office, count=5, at=LONG_AGO)
    write(office, count=2, at=NOW)
    write(office, count=1, at=LONG_AGO)  # sealed after one that is kept
    write(office, count=4, at=NOW.replace(year=2019), kind="reading")
    trail_seal(now=NOW)
    assert trail_delete_old(now=NOW, stretch=3) == 9
    assert Event.everything.filter(name="tried").count() == 3
    rows = [(row.chain, row.first_sequence, row.last_sequence, row.kept_years) for row in TrailDeletion.objects.all()]
    assert rows == [("change", 1, 3, 10), ("change", 4, 5, 10), ("reading", 1, 3, 2), ("reading", 4, 4, 2)]
    trail_seal(now=NOW)
    assert trail_verify(now=NOW).fault == ""
    assert trail_delete_old(now=NOW) == 0
    write(office, kind="reading")
    trail_seal(now=NOW)
    assert trail_heads()["reading"].sequence == 5
    assert trail_verify(now=NOW).fault == ""


def test_the_rows_of_a_deletion_are_guarded_by_the_chain(office):
    write(office, count=5, at=LONG_AGO)
    trail_seal(now=NOW)
    trail_delete_old(now=NOW, stretch=2)
    write(office)
    trail_seal(now=NOW)
    table = guards.DELETIONS
    changes = [f"UPDATE {table} SET {column} = '2011-01-01'" for column in ("first_day", "last_day")]
    changes += [f"UPDATE {table} SET {column} = {column} + 1" for column in ("last_sequence", "kept_years")]
    changes += [f"UPDATE {table} SET {column} = '{'0' * 64}'" for column in ("last_hash", "row_hash")]
    changes += [f"DELETE FROM {table} WHERE last_sequence = {number}" for number in (2, 4, 5)] + [
        f"DELETE FROM {table}"
    ]
    for change in changes:
        with transaction.atomic():
            with guards.lifted():
                run(change)
            assert trail_verify(now=NOW).fault, change
            transaction.set_rollback(True)
    assert trail_verify(now=NOW).fault == ""


def test_nothing_is_deleted_of_a_chain_that_does_not_hold(office):
    write(office, count=3, at=LONG_AGO)
    trail_seal(now=NOW)
    with guards.lifted():
        run(f"UPDATE {guards.EVENTS} SET note = 'x'")
    with pytest.raises(Broken, match="change 1"):
        trail_delete_old(now=NOW)
    assert Event.everything.count() == 3


def test_the_nightly_job_seals_deletes_and_tells(office, settings):
    settings.PORTAL_CLOCK = NOW.isoformat()
    write(office, count=2, at=LONG_AGO)
    keep_trail()
    assert [row.name for row in Event.everything.all()] == ["trail_deleted"]
    assert trail_verify(now=NOW).fault == ""


def test_a_leap_day_has_its_time_too():
    assert kept_from("reading", dt.datetime(2024, 2, 29, tzinfo=dt.UTC)).date() == dt.date(2022, 2, 28)
    assert all(rule.reason and rule.source for rule in KEPT.values())


# --- The commands -----------------------------------------------------------------------------------


def test_verify_trail_says_what_holds_and_seals_what_waits(office, settings, capsys):
    settings.PORTAL_CLOCK = NOW.isoformat()
    write(office, count=2)
    call_command("verify_trail")
    said = capsys.readouterr().out
    assert "2 rows are sealed now." in said
    head = trail_heads()["change"]
    assert f"change:2:{head.chain_hash}" in said
    call_command("verify_trail", expect=[f"change:2:{head.chain_hash}"])
    with pytest.raises(CommandError, match="CHAIN:SEQUENCE:HASH"):
        call_command("verify_trail", expect=["change:2"])
    with guards.lifted():
        run(f"UPDATE {guards.EVENTS} SET note = 'x'")
    with pytest.raises(CommandError, match=r"^change 1: event"):
        call_command("verify_trail")


def test_trail_grants_prints_the_sql(capsys):
    call_command("trail_grants", role="portal_app")
    said = capsys.readouterr().out
    assert "GRANT SELECT, INSERT ON municipalities_event" in said and said.count(";") == 3
    with pytest.raises(CommandError, match="role's name"):
        call_command("trail_grants", role="x; DROP")

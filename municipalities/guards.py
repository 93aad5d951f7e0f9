"""The trail, guarded by the database itself: rows of it are added, and never changed or deleted.

Triggers refuse UPDATE and DELETE of every row of the three tables, on PostgreSQL TRUNCATE too. One deletion is let
through: that of stretches whose time is over (``services/trail_retention.py``). On PostgreSQL only the function
``trail_delete`` does it, which asks for the age of what it deletes, and runs with the rights of whoever owns the
tables: the application's own role can add and read, and nothing else (``grants_sql``). SQLite knows no roles; there the
triggers are taken off for the deletion and put on again in the same transaction.

SQLite makes a table anew for many migrations and loses its triggers: such a migration takes them ``off`` first and puts
them ``on`` last, by ``migrations.RunPython``. A test fails when one is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection, transaction

from municipalities.trail_rule import KEPT

EVENTS, SEALS, DELETIONS = "municipalities_event", "municipalities_trailseal", "municipalities_traildeletion"
TABLES = (EVENTS, SEALS, DELETIONS)
SHORTENED = (EVENTS, SEALS)
"""The tables from which rows go when their time is over."""
REFUSED = "the trail is added to and never changed or deleted"
FLAG = "portal.trail_deletion"


def trigger_names(vendor: str) -> list[str]:
    """The names of the triggers, for ``sqlite`` or ``postgresql``."""
    events = ("update", "delete") if vendor == "sqlite" else ("update", "delete", "truncate")
    return [f"trail_{event}_{table.removeprefix('municipalities_')}" for table in TABLES for event in events]


def create_sql(vendor: str) -> list[str]:
    """The statements that make the triggers, for ``sqlite`` or ``postgresql``."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {_event(name)} ON {_table(name)} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            for name in trigger_names(vendor)
        ]
    return [_refuse_function(), _delete_function(), _closed(), *(_trigger(name) for name in trigger_names(vendor))]


def drop_sql(vendor: str) -> list[str]:
    """The statements that take the triggers away, those that are there."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in trigger_names(vendor)]
    return [f"DROP TRIGGER IF EXISTS {name} ON {_table(name)}" for name in trigger_names(vendor)]


def grants_sql(role: str) -> list[str]:
    """What the application's role on PostgreSQL may do with the trail: add and read, and delete by rule."""
    name = connection.ops.quote_name(role)
    return [
        f"REVOKE ALL ON {', '.join(TABLES)} FROM {name}, PUBLIC",
        f"GRANT SELECT, INSERT ON {', '.join(TABLES)} TO {name}",
        f"GRANT EXECUTE ON FUNCTION trail_delete(text, bigint) TO {name}",
    ]


def _event(name: str) -> str:
    return name.split("_")[1].upper()


def _table(name: str) -> str:
    return f"municipalities_{name.split('_')[2]}"


def _trigger(name: str) -> str:
    level = "STATEMENT" if _event(name) == "TRUNCATE" else "ROW"
    # Only a deletion of what may be shortened asks for the flag.
    flag = FLAG if _event(name) == "DELETE" and _table(name) in SHORTENED else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {_event(name)} ON {_table(name)} FOR EACH {level}"
        f" EXECUTE FUNCTION trail_refuse('{flag}')"
    )


def _refuse_function() -> str:
    return (
        "CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_ARGV[0] <> '' AND current_setting(TG_ARGV[0], true) = 'by rule' THEN RETURN OLD; END IF;"
        f" RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )


_DELETE = """
CREATE OR REPLACE FUNCTION trail_delete(of_chain text, up_to bigint) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE kept_from timestamptz := now() - CASE of_chain AGES END; gone bigint;
BEGIN
    IF kept_from IS NULL OR EXISTS (
        SELECT 1 FROM municipalities_event e JOIN municipalities_trailseal s ON s.event_id = e.id
        WHERE s.chain = of_chain AND s.sequence <= up_to AND e.happened_at >= kept_from
    ) THEN RAISE EXCEPTION 'REFUSED before its time' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    PERFORM set_config('FLAG', 'by rule', true);
    DELETE FROM municipalities_event e USING municipalities_trailseal s
        WHERE s.event_id = e.id AND s.chain = of_chain AND s.sequence <= up_to;
    DELETE FROM municipalities_trailseal WHERE chain = of_chain AND sequence <= up_to;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('FLAG', '', true);
    RETURN gone;
END $$
"""
_DELETE_EVENTS = (
    "DELETE FROM municipalities_event WHERE id IN"
    " (SELECT event_id FROM municipalities_trailseal WHERE chain = %s AND sequence <= %s)"
)
_DELETE_SEALS = "DELETE FROM municipalities_trailseal WHERE chain = %s AND sequence <= %s"


def _delete_function() -> str:
    ages = " ".join(f"WHEN '{chain}' THEN interval '{rule.years} years'" for chain, rule in KEPT.items())
    return _DELETE.replace("AGES", ages).replace("REFUSED", REFUSED).replace("FLAG", FLAG)


def _closed() -> str:
    return "REVOKE ALL ON FUNCTION trail_delete(text, bigint) FROM PUBLIC"


def on(_apps: Any, schema_editor: Any) -> None:
    """Put the guards on, for a migration; those that are there are made anew."""
    off(_apps, schema_editor)
    _execute(schema_editor, create_sql(schema_editor.connection.vendor))


def off(_apps: Any, schema_editor: Any) -> None:
    """Take the guards off, for a migration that makes one of their tables anew."""
    _execute(schema_editor, drop_sql(schema_editor.connection.vendor))


def _execute(schema_editor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        schema_editor.execute(statement, params=None)


@contextmanager
def lifted() -> Iterator[None]:
    """Take the guards off and put them on again, all or nothing: for tests and benchmarks, which do what somebody with
    the database's password could do, and on SQLite for the deletion by rule."""
    vendor = connection.vendor
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*_checked_now(vendor), *drop_sql(vendor)):
            cursor.execute(statement)
        yield
        for statement in (*_checked_now(vendor), *create_sql(vendor)):
            cursor.execute(statement)


@contextmanager
def emptying() -> Iterator[None]:
    """Let rows of events and seals be deleted, for tests alone, which empty their tables after each other: on
    PostgreSQL the flag is enough, which is quicker than taking triggers off."""
    quick = connection.vendor == "postgresql"
    with transaction.atomic(), nullcontext() if quick else lifted():
        if quick:
            _flag("by rule")
        yield
        if quick:
            _flag("")


def delete_by_rule(chain: str, up_to: int) -> int:
    """Delete the stretch of ``chain`` up to the sequence ``up_to`` with its Events, and return how many they were.

    Call it in a transaction. Raises IntegrityError on PostgreSQL when one of them is younger than the rule.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT trail_delete(%s, %s)", [chain, up_to])
            return int(cursor.fetchone()[0])
        with lifted():
            cursor.execute(_DELETE_EVENTS, [chain, up_to])
            cursor.execute(_DELETE_SEALS, [chain, up_to])
            return int(cursor.rowcount)


def _flag(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [FLAG, value])


def _checked_now(vendor: str) -> list[str]:
    """PostgreSQL changes no table that has checks waiting for the end of the transaction: let them be made."""
    return ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"] if vendor == "postgresql" else []

"""What was sent to the ministry, guarded by the database itself: triggers that refuse to change or delete it.

The models refuse too, but a query by hand, a script or a fault in the portal goes past them. Guarded are

* a national summary that was sent: all but its withdrawal, which is written once.
* the contents of one, and the files that were drawn of it.

Submissions and Answers are guarded by their models alone: whoever has the database can alter one, and
``verify_summary`` then names it. That is what a figure is trusted by, and not that nobody could have.

A trigger looks at rows; emptying a whole table (TRUNCATE) and taking the triggers away is left to whoever owns the
database. On SQLite ``flush`` deletes row by row and is refused: what only tries the portal wraps it in ``lifted``.

SQLite makes a table anew for many migrations and loses its triggers: such a migration takes them ``off``
first and puts them ``on`` last, by ``migrations.RunPython``. A test fails when one is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from municipalities import guards as trail

SUMMARY_COLUMNS = (
    "id", "kind", "round_id", "version", "outline", "assessment", "remarks", "risks", "submission_ids", "register_ids",
    "inputs_hash", "as_of", "frozen_at", "step", "error", "attempts", "claim", "heartbeat_at", "requested_by_id",
    "requested_at", "approved_at", "approved_by_id", "sent_at", "sent_case", "replaces_id", "change_note",
)  # fmt: skip
"""The columns of a summary that never change after it was sent: all but those of its withdrawal."""

WITHDRAWAL_COLUMNS = ("status", "withdrawn_at", "withdraw_reason")
FILE_COLUMNS = (
    "kind", "format", "language", "summary_id", "office_id", "content_hash", "status", "file", "size", "sha256",
)  # fmt: skip
"""The columns of a document that say which file it is, and that it is there."""


@dataclass(frozen=True)
class Guard:
    """A trigger: before ``event`` on a row of ``table`` where ``when`` holds, ``message`` is raised. ``when`` is SQL
    that both engines read, but for ``{differs}``, which is each one's "is another, or null"."""

    name: str
    table: str
    event: str
    when: str
    message: str


def _other(columns: Iterable[str]) -> str:
    return " OR ".join(f"NEW.{column} {{differs}} OLD.{column}" for column in columns)


_SENT = "EXISTS (SELECT 1 FROM reporting_nationalsummary n WHERE n.id = OLD.summary_id AND n.sent_at IS NOT NULL)"
_WITHDRAWS = "OLD.status = 'sent' AND NEW.status = 'withdrawn'"
SENT_ON = (
    "what was sent to the ministry is never changed or deleted; it can be withdrawn, and replaced by another version"
)

GUARDS = (
    Guard(
        "guard_summary_update", "reporting_nationalsummary", "UPDATE",
        f"OLD.sent_at IS NOT NULL AND ({_other(SUMMARY_COLUMNS)}"
        f" OR (NOT ({_WITHDRAWS}) AND ({_other(WITHDRAWAL_COLUMNS)})))",
        SENT_ON,
    ),
    Guard("guard_summary_delete", "reporting_nationalsummary", "DELETE", "OLD.sent_at IS NOT NULL", SENT_ON),
    Guard("guard_content_update", "reporting_summarycontent", "UPDATE", _SENT, SENT_ON),
    Guard("guard_content_delete", "reporting_summarycontent", "DELETE", _SENT, SENT_ON),
    Guard(
        "guard_document_update", "reporting_document", "UPDATE",
        f"OLD.status = 'done' AND {_SENT} AND ({_other(FILE_COLUMNS)})", SENT_ON,
    ),
    Guard("guard_document_delete", "reporting_document", "DELETE", f"OLD.status = 'done' AND {_SENT}", SENT_ON),
)  # fmt: skip


def create_sql(vendor: str) -> list[str]:
    """The statements that make the triggers, for ``sqlite`` or ``postgresql``."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
            f" WHEN {guard.when.format(differs='IS NOT')} BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
            for guard in GUARDS
        ]
    return [statement for guard in GUARDS for statement in _postgresql(guard)]


def _postgresql(guard: Guard) -> tuple[str, str]:
    row = "OLD" if guard.event == "DELETE" else "NEW"
    return (
        f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {guard.when.format(differs='IS DISTINCT FROM')} THEN"
        f" RAISE EXCEPTION '{guard.message}' USING ERRCODE = 'integrity_constraint_violation';"
        f" END IF; RETURN {row}; END $$",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
    )


def drop_sql(vendor: str) -> list[str]:
    """The statements that take the triggers away, those that are there."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {guard.name}" for guard in GUARDS]
    return [
        statement
        for guard in GUARDS
        for statement in (
            f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}",
            f"DROP FUNCTION IF EXISTS {guard.name}()",
        )
    ]


def on(_apps: Any, schema_editor: Any) -> None:
    """Put the guards on, for a migration; those that are there are made anew."""
    off(_apps, schema_editor)
    _execute(schema_editor, create_sql(schema_editor.connection.vendor))


def off(_apps: Any, schema_editor: Any) -> None:
    """Take the guards off, for a migration that makes one of their tables anew."""
    _execute(schema_editor, drop_sql(schema_editor.connection.vendor))


@contextmanager
def lifted() -> Iterator[None]:
    """Take the guards off, those of the trail too, and put them on again, all or nothing: for tests and benchmarks
    alone, which empty their database, or do what somebody with its password could do."""
    vendor = connection.vendor
    with transaction.atomic(), trail.lifted(), connection.cursor() as cursor:
        for statement in (*_checked_now(vendor), *drop_sql(vendor)):
            cursor.execute(statement)
        yield
        for statement in (*_checked_now(vendor), *create_sql(vendor)):
            cursor.execute(statement)


def _checked_now(vendor: str) -> list[str]:
    """PostgreSQL changes no table that has checks waiting for the end of the transaction: let them be made."""
    return ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"] if vendor == "postgresql" else []


def _execute(schema_editor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        schema_editor.execute(statement, params=None)

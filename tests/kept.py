"""Rows that many tests begin with are made once in each process, and written again for the next that wants them.

``kept(name, make)`` is ``make()``, and what it wrote. The first time, ``make`` runs, and the rows that it wrote are
remembered with what it returned. The next time that the very same steps lead to it from an empty database, the rows
are written as they were, with their keys, and a copy of what was returned is given back. A statement in between that
writes anything by another way breaks the chain: then ``make`` runs in earnest, as it does when what it wrote leads to
work after the commit.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.utils import translation

STEADY = ("django_content_type", "auth_permission", "django_migrations")
"""Tables that the migrations fill, and no test writes to."""
READING = ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "PRAGMA", "EXPLAIN", "SET ", "LOCK")
CHUNK = 200

Step = tuple[Hashable, ...]
Rows = dict[tuple[Any, ...], None]


@dataclass(frozen=True)
class Kept:
    """What a step wrote: table, columns and rows, and what it returned."""

    written: tuple[tuple[str, tuple[str, ...], tuple[tuple[Any, ...], ...]], ...]
    returned: bytes


class Trail:
    """The steps that this test has taken from an empty database; None when something else was written."""

    def __init__(self) -> None:
        self.steps: Step | None = None
        self.within = False
        self.known: dict[Step, Kept] = {}

    def begin(self) -> None:
        """A test begins, with an empty database."""
        self.watch(connection)
        self.steps = ()

    def end(self) -> None:
        self.steps = None

    def watch(self, connection: Any, **_more: Any) -> None:
        """Notice what is written through this connection too: each thread has its own."""
        if self.notice not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.notice)

    def notice(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Every statement of the test passes here."""
        if self.steps is not None and not self.within and not str(sql).lstrip().upper().startswith(READING):
            self.steps = None
        return execute(sql, params, many, context)

    @contextmanager
    def taking(self, steps: Step) -> Iterator[None]:
        """What is written inside is the step; when it fails, nobody knows any longer where one is."""
        self.within, self.steps = True, None
        try:
            yield
            self.steps = steps
        finally:
            self.within = False


TRAIL = Trail()
connection_created.connect(TRAIL.watch)


def _in_the_tests_own_transaction() -> bool:
    return bool(connection.atomic_blocks) and connection.atomic_blocks[0]._from_testcase


def kept(name: Hashable, make: Callable[[], Any]) -> Any:
    """``make()``, or what it wrote and returned the last time. ``name`` says all that ``make`` depends on, but the
    rows that are there already and the language."""
    own = _in_the_tests_own_transaction()
    if TRAIL.steps is None or TRAIL.within or (connection.in_atomic_block and not own):
        return make()
    steps = (*TRAIL.steps, (name, translation.get_language()))
    if steps in TRAIL.known:
        with TRAIL.taking(steps):
            return _again(TRAIL.known[steps])
    if not own:
        return make()
    waiting, before = len(connection.run_on_commit), _everything()
    with TRAIL.taking(steps):
        returned = make()
    found = _compared(before, _everything())
    if found is None or len(connection.run_on_commit) != waiting:
        TRAIL.steps = None
        return returned
    TRAIL.known[steps] = Kept(found, pickle.dumps(returned))
    return returned


def _again(what: Kept) -> Any:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, rows in what.written:
            names = ", ".join(connection.ops.quote_name(column) for column in columns)
            marks = f"({', '.join(['%s'] * len(columns))})"
            for start in range(0, len(rows), CHUNK):
                part = rows[start : start + CHUNK]
                cursor.execute(
                    f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES {', '.join([marks] * len(part))}",
                    [value for row in part for value in row],
                )
    return pickle.loads(what.returned)


def tables() -> list[str]:
    """The portal's tables that tests write to."""
    return sorted(set(connection.introspection.django_table_names()) - {*STEADY})


def _everything() -> dict[str, tuple[tuple[str, ...], Rows]]:
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            columns = tuple(entry[0] for entry in cursor.description)
            found[table] = columns, dict.fromkeys(tuple(row) for row in cursor.fetchall())
    return found


def _compared(
    before: dict[str, tuple[tuple[str, ...], Rows]], after: dict[str, tuple[tuple[str, ...], Rows]]
) -> tuple[tuple[str, tuple[str, ...], tuple[tuple[Any, ...], ...]], ...] | None:
    """The rows that are new in each table; None when a row that was there was changed or taken away."""
    found = []
    for table, (columns, rows) in after.items():
        old = before[table][1]
        if not old.keys() <= rows.keys():
            return None
        if new := tuple(row for row in rows if row not in old):
            found.append((table, columns, new))
    return tuple(found)

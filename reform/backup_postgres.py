"""PostgreSQL's own programs for backup and restore, and the rows of one moment. The password goes by the environment,
never on a command line, which others on the machine can read."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SECONDS = 6 * 3600
STEADY = ("TimeZone=UTC", "DateStyle=ISO", "IntervalStyle=iso_8601", "bytea_output=hex", "extra_float_digits=1")


class ProgramFailed(Exception):
    """pg_dump or pg_restore is not there, or said no; its own words are in the message."""


@contextmanager
def moment(database: dict[str, Any]) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A connection that sees the rows of one moment while it lasts, and its name for pg_dump. The text of a row
    is the same whatever the server's own settings."""
    connection = psycopg.connect(
        host=database["HOST"] or None, port=database["PORT"] or None, user=database["USER"] or None,
        password=database["PASSWORD"] or None, dbname=database["NAME"],
        options=" ".join(f"-c {setting}" for setting in STEADY),
    )  # fmt: skip
    with connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = connection.execute("SELECT pg_export_snapshot()").fetchone()
        yield connection, str(found[0]) if found else ""


def names(connection: psycopg.Connection[Any]) -> list[str]:
    """The tables of the portal's schema."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [str(name) for (name,) in connection.execute(query)]


def tables(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, tuple[int, str]]]:
    """Each table with its rows and SHA-256 over them, in the order of their texts (by bytes, as no locale sorts)."""
    for name in names(connection):
        query = sql.SQL('COPY (SELECT t::text FROM {} t ORDER BY t::text COLLATE "C") TO STDOUT')
        digest, rows = hashlib.sha256(), 0
        with connection.cursor().copy(query.format(sql.Identifier(name))) as out:
            for piece in out:
                data = bytes(piece)
                digest.update(data)
                rows += data.count(b"\n")  # within a row a line's end is written in two signs
        yield name, (rows, digest.hexdigest())


def dump(database: dict[str, Any], path: Path, snapshot: str) -> None:
    """Write the database of the moment ``snapshot`` to ``path``, without owners and grants: those are the place's."""
    _run(database, "pg_dump", f"--snapshot={snapshot}", "--format=custom", "--no-owner", "--no-privileges",
         f"--file={path}")  # fmt: skip


def restore(database: dict[str, Any], path: Path) -> None:
    """Put it back into a database without tables, all of it or nothing."""
    _run(database, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
         f"--dbname={database['NAME']}", str(path))  # fmt: skip


def program(name: str) -> str:
    """Where a program of PostgreSQL is: on the path, or the newest where Debian keeps them. Raises ProgramFailed."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if not found:
        raise ProgramFailed(f"{name} is not here. On Debian: apt-get install -y postgresql-client")
    return found


def _run(database: dict[str, Any], name: str, *arguments: str) -> None:
    said = {
        "PGHOST": database["HOST"], "PGPORT": str(database["PORT"] or ""), "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"], "PGDATABASE": database["NAME"],
    }  # fmt: skip
    environment = {**os.environ, **{key: value for key, value in said.items() if value}}
    command = [program(name), "--no-password", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise ProgramFailed(f"{name}: {done.stderr.strip() or 'it stopped without a word'}")

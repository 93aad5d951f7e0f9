"""A copy of database and files that can be put back in an empty place, and shown there to be the same.

A backup is a folder: the database (``database.dump`` of pg_dump, or ``database.sqlite3``), every file of the document
folder under ``files/``, and ``manifest.json`` with the SHA-256 of each, and for each table how many rows it has and a
hash over them. Rows, hashes and dump are of one moment. The files are copied after it: a file is written before its row
and removed after it, so every file that a row names is there, but for one that the nightly cleaning took meanwhile.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reform import backup_postgres

MANIFEST, FILES = "manifest.json", "files"
DUMPS = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}
FORMAT = 1
AT_ONCE = 1024 * 1024


class BackupRefused(Exception):
    """Why a backup is not made or not put back, in one sentence for the one who runs the portal."""


@dataclass(frozen=True)
class Table:
    """A table in a backup: how many rows, and SHA-256 over them in a fixed order."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Copy:
    """A file in a backup: SHA-256 and bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``taken_at`` is UTC, ``vendor`` the database's, ``migrations`` the last of each
    app; ``files`` by their names in the document folder."""

    taken_at: str
    vendor: str
    migrations: dict[str, str]
    tables: dict[str, Table]
    dump: Copy
    files: dict[str, Copy]
    format: int = FORMAT

    def written(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises BackupRefused where the folder is no backup, or one of another format."""
        try:
            plain: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
            tables = {name: Table(**row) for name, row in plain.pop("tables").items()}
            files = {name: Copy(**row) for name, row in plain.pop("files").items()}
            found = cls(tables=tables, files=files, dump=Copy(**plain.pop("dump")), **plain)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupRefused(
                f"{folder} is no backup that can be read: {MANIFEST} is not there or damaged."
            ) from error
        if found.format != FORMAT or found.vendor not in DUMPS:
            raise BackupRefused(f"{folder} is a backup of another format ({found.format}, {found.vendor}).")
        return found


# --- making one -------------------------------------------------------------------------------------


def backup(folder: Path, *, database: dict[str, Any], documents: Path, now: dt.datetime) -> Manifest:
    """Write a backup into ``folder``, which must be new or empty. ``database`` is the connection's settings, as Django
    has them; ``documents`` the folder of files. The manifest is written last: a folder without one is no backup.

    Raises BackupRefused where the folder is not empty, or the database's own program fails.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} is not empty. Name a new folder for each backup.")
    (folder / FILES).mkdir(parents=True)
    os.chmod(folder, 0o700)  # what the portal keeps from others is in it
    vendor = vendor_of(database)
    dump = folder / DUMPS[vendor]
    tables = _dump_sqlite(database, dump) if vendor == "sqlite" else _dump_postgres(database, dump)
    files = {}
    for name in names_under(documents):
        target = folder / FILES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(documents / name, target)
        except FileNotFoundError:  # cleaned away meanwhile
            continue
        files[name] = copy_of(target)
    made = Manifest(
        taken_at=now.astimezone(dt.UTC).isoformat(timespec="seconds"), vendor=vendor, migrations=_migrations(database),
        tables=tables, dump=copy_of(dump), files=files,
    )  # fmt: skip
    unfinished = folder / f"{MANIFEST}.part"
    unfinished.write_text(made.written(), "utf-8")
    unfinished.replace(folder / MANIFEST)
    return made


def vendor_of(database: dict[str, Any]) -> str:
    """``postgresql`` or ``sqlite``."""
    return "sqlite" if database["ENGINE"].endswith("sqlite3") else "postgresql"


def names_under(folder: Path) -> Iterator[str]:
    """The files below a folder, by name in it; those half written are left out."""
    if folder.exists():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".part":
                yield path.relative_to(folder).as_posix()


def copy_of(path: Path) -> Copy:
    """Hash and size of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(AT_ONCE):
            digest.update(piece)
    return Copy(digest.hexdigest(), path.stat().st_size)


def _dump_sqlite(database: dict[str, Any], dump: Path) -> dict[str, Table]:
    reading = sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)
    with closing(reading) as source, closing(sqlite3.connect(dump)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    return sqlite_tables(dump)


def sqlite_tables(path: Path) -> dict[str, Table]:
    """The tables of an SQLite file, by name."""
    with closing(sqlite3.connect(path)) as found:
        names = [name for (name,) in found.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: _sqlite_table(found, name) for name in names if not name.startswith("sqlite_")}


def _sqlite_table(connection: sqlite3.Connection, name: str) -> Table:
    digest, rows = hashlib.sha256(), 0
    for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):  # noqa: S608 (the database's own name)
        digest.update(repr(row).encode("utf-8", "surrogatepass") + b"\n")
        rows += 1
    return Table(rows, digest.hexdigest())


def _dump_postgres(database: dict[str, Any], dump: Path) -> dict[str, Table]:
    with backup_postgres.moment(database) as (connection, snapshot):
        tables = {name: Table(*found) for name, found in backup_postgres.tables(connection)}
        _run(backup_postgres.dump, database, dump, snapshot)
    return tables


def _run(program: Any, *arguments: Any) -> None:
    try:
        program(*arguments)
    except backup_postgres.ProgramFailed as failed:
        raise BackupRefused(str(failed)) from None


def _migrations(database: dict[str, Any]) -> dict[str, str]:
    query = "SELECT app, MAX(name) FROM django_migrations GROUP BY app ORDER BY app"
    if vendor_of(database) == "sqlite":
        with closing(sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)) as connection:
            return dict(connection.execute(query).fetchall())
    with backup_postgres.moment(database) as (connection, _snapshot):
        return dict(connection.execute(query).fetchall())


# --- putting it back --------------------------------------------------------------------------------


def restore(folder: Path, *, database: dict[str, Any], documents: Path) -> Manifest:
    """Put a backup back into an empty database and an empty folder, and compare every table and file with what the
    manifest says. Raises BackupRefused, before anything is written, where the backup is damaged or the place is not
    empty; and where what was put back is not the same.
    """
    manifest = Manifest.read(folder)
    if vendor_of(database) != manifest.vendor:
        raise BackupRefused(f"The backup is of {manifest.vendor}, and the database here is {vendor_of(database)}.")
    check(folder, manifest)
    if next(names_under(documents), None) is not None:
        raise BackupRefused(f"The folder of documents, {documents}, is not empty.")
    dump = folder / DUMPS[manifest.vendor]
    found = _restore_sqlite(database, dump) if manifest.vendor == "sqlite" else _restore_postgres(database, dump)
    if wrong := sorted(name for name in {*found, *manifest.tables} if found.get(name) != manifest.tables.get(name)):
        raise BackupRefused(f"What was put back is not what was backed up: {', '.join(wrong)}.")
    for name, told in manifest.files.items():
        target = documents / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / FILES / name, target)
        os.chmod(target, 0o600)
        if copy_of(target) != told:
            raise BackupRefused(f"The file {name} was not put back as it was.")
    return manifest


def check(folder: Path, manifest: Manifest) -> None:
    """Whether dump and files are those that the manifest names. Raises BackupRefused with the first that is not."""
    dump = DUMPS[manifest.vendor]
    told = {dump: manifest.dump} | {f"{FILES}/{name}": copy for name, copy in manifest.files.items()}
    for name, copy in told.items():
        path = folder / name
        if not path.is_file():
            raise BackupRefused(f"{name} is not in the backup.")
        if copy_of(path) != copy:
            raise BackupRefused(f"{name} is not the file that was backed up.")


def _restore_sqlite(database: dict[str, Any], dump: Path) -> dict[str, Table]:
    path = Path(database["NAME"])
    if path.exists() and path.stat().st_size:
        if any(table.rows for table in sqlite_tables(path).values()):
            raise BackupRefused(f"The database {path} is not empty.")
        raise BackupRefused(f"The database {path} has tables already. Remove it, or name a new one in DATABASE_URL.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(dump)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    return sqlite_tables(path)


def _restore_postgres(database: dict[str, Any], dump: Path) -> dict[str, Table]:
    with backup_postgres.moment(database) as (connection, _snapshot):
        if backup_postgres.names(connection):
            raise BackupRefused(f"The database {database['NAME']} has tables already. Make a new, empty one.")
    _run(backup_postgres.restore, database, dump)
    with backup_postgres.moment(database) as (connection, _snapshot):
        return {name: Table(*found) for name, found in backup_postgres.tables(connection)}

"""A backup of a real portal is put back in an empty place, and is the same; what is damaged or not empty is refused."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from municipalities.filestore import write_file
from municipalities.models import OutgoingMail
from municipalities.services.trail_seal import trail_seal_all
from municipalities.transitions import log
from reform import backup, backup_postgres
from reform.backup import BackupRefused
from tests.world import build_world

ROOT = Path(__file__).resolve().parents[2]
NOW = dt.datetime(2022, 5, 4, 7, tzinfo=dt.UTC)
PG = django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
ODD = "Ærø\n\\.\t'\"\u2028👍"


@pytest.fixture
def portal(transactional_db, settings, tmp_path):
    """A portal with people, an event, a mail with an odd text, and two files."""
    settings.DOCUMENT_ROOT = str(tmp_path / "documents")
    world = build_world()
    user = world.user("editor-3004")
    log(world.unit("3004"), "submit", actor=user, now=NOW, note=ODD)
    OutgoingMail.objects.create(key="a", user=user, subject="A", body=ODD, queued_at=NOW)
    trail_seal_all(now=NOW + dt.timedelta(minutes=5))
    return [write_file(data, "pdf") for data in (b"one", b"two" * 1000)]


@pytest.fixture
def empty(tmp_path):
    """An empty place: the settings of a database without tables, and a folder that is not there."""
    here = {**django_settings.DATABASES["default"]}
    if not PG:
        yield {**here, "NAME": str(tmp_path / "elsewhere.sqlite3")}, tmp_path / "elsewhere"
        return
    name = f"restored_{os.getpid()}"
    admin = f"postgresql://{here['USER']}@{here['HOST']}:{here['PORT']}/postgres"
    with backup_postgres.psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
        yield {**here, "NAME": name}, tmp_path / "elsewhere"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def made(settings, folder: Path) -> backup.Manifest:
    return backup.backup(
        folder, database=settings.DATABASES["default"], documents=Path(settings.DOCUMENT_ROOT), now=NOW
    )


def test_what_is_put_back_in_an_empty_place_is_the_same(portal, empty, settings, tmp_path):
    folder = tmp_path / "backup"
    told = made(settings, folder)
    assert told.tables["municipalities_outgoingmail"].rows == 1 and told.tables["municipalities_event"].rows >= 1
    assert sorted(told.files) == sorted(portal) and set(told.migrations) >= {"municipalities", "reporting", "auth"}
    assert folder.stat().st_mode & 0o077 == 0
    database, documents = empty
    assert backup.restore(folder, database=database, documents=documents) == told
    assert (documents / portal[1]).read_bytes() == b"two" * 1000
    again = backup.backup(tmp_path / "again", database=database, documents=documents, now=NOW)
    assert (again.tables, again.files, again.migrations) == (told.tables, told.files, told.migrations)


def test_what_was_put_back_runs_and_its_trail_holds(portal, empty, settings, tmp_path):
    made(settings, tmp_path / "backup")
    database, documents = empty
    url = f"sqlite:///{database['NAME']}"
    if PG:
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "reform.settings", "DATABASE_URL": url, "DOCUMENT_ROOT": str(documents),
        "PORTAL_ENV_FILE": "",
        "PORTAL_VAR_DIR": str(tmp_path / "var"), "PORTAL_INSECURE_HTTP": "1",
    }  # fmt: skip

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    assert "are put back" in manage("restore", str(tmp_path / "backup"))
    assert manage("migrate", "--check") == ""
    assert "sealed" in manage("verify_trail")
    assert "tables with" in manage("backup", str(tmp_path / "second"))


def test_a_changed_row_after_the_backup_shows(portal, empty, settings, tmp_path):
    first = made(settings, tmp_path / "one")
    OutgoingMail.objects.update(subject="B")
    second = made(settings, tmp_path / "two")
    differ = {name for name in first.tables if first.tables[name] != second.tables[name]}
    assert differ == {"municipalities_outgoingmail"}


@pytest.mark.parametrize("what", ["changed", "gone", "dump", "manifest", "format", "vendor"])
def test_a_damaged_backup_is_refused_before_anything_is_written(portal, empty, settings, tmp_path, what):
    folder = tmp_path / "backup"
    told = made(settings, folder)
    file = folder / backup.FILES / portal[0]
    manifest = folder / backup.MANIFEST
    dump = folder / backup.DUMPS[told.vendor]
    match what:
        case "changed":
            file.write_bytes(b"odd")
        case "gone":
            file.unlink()
        case "dump":
            dump.write_bytes(dump.read_bytes()[:-1] + b"!")
        case "manifest":
            manifest.write_text("{}")
        case "format":
            manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
        case "vendor":
            other = "postgresql" if told.vendor == "sqlite" else "sqlite"
            manifest.write_text(manifest.read_text().replace(f'"vendor": "{told.vendor}"', f'"vendor": "{other}"'))
    database, documents = empty
    with pytest.raises(BackupRefused):
        backup.restore(folder, database=database, documents=documents)
    assert not documents.exists()
    if PG:
        with backup_postgres.moment(database) as (connection, _snapshot):
            assert backup_postgres.names(connection) == []
    else:
        assert not Path(database["NAME"]).exists()


def test_nothing_is_put_over_what_is_there(portal, empty, settings, tmp_path):
    folder = tmp_path / "backup"
    made(settings, folder)
    with pytest.raises(BackupRefused, match="not empty"):
        made(settings, folder)
    database, documents = empty
    with pytest.raises(BackupRefused, match="not empty"):
        backup.restore(folder, database=database, documents=Path(settings.DOCUMENT_ROOT))
    backup.restore(folder, database=database, documents=documents)
    shutil.rmtree(documents)
    with pytest.raises(BackupRefused, match=r"not empty|has tables"):
        backup.restore(folder, database=database, documents=documents)


def test_a_backup_that_was_broken_off_is_none(portal, empty, settings, tmp_path, monkeypatch):
    folder = tmp_path / "backup"
    monkeypatch.setattr(backup.shutil, "copyfile", lambda *paths: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(OSError, match="no space"):
        made(settings, folder)
    monkeypatch.undo()
    with pytest.raises(BackupRefused, match="no backup"):
        backup.restore(folder, database=empty[0], documents=empty[1])


def test_a_file_that_is_cleaned_away_meanwhile_stops_nothing(portal, settings, tmp_path, monkeypatch):
    names = backup.names_under
    monkeypatch.setattr(backup, "names_under", lambda folder: [*names(folder), "aa/gone.pdf"])
    assert sorted(made(settings, tmp_path / "backup").files) == sorted(portal)


def test_the_tables_of_a_file_are_told_by_their_rows(tmp_path):
    path = tmp_path / "x.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.execute("INSERT INTO a VALUES (1), (NULL)")
        connection.commit()
    assert backup.sqlite_tables(path)["a"].rows == 2

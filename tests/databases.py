"""The test database: made once for each state of the migrations and models, and emptied quickly after a test that
commits."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import distributions
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase

from municipalities import guards as trail
from reporting import guards
from tests.kept import tables

ROOT = Path(__file__).resolve().parents[1]
GUARDED = {guard.table for guard in guards.GUARDS}
MAKE_TABLES = ("migrations/*.py", "models.py", "models/*.py", "apps.py", "guards.py", "trail_rule.py")
KEPT = 4
"""So many states are kept: who goes between two branches meets each again."""
APPS = ("reform", "municipalities", "networks", "reporting", "grants")


def empty_filled_tables() -> None:
    """Take away every row that a test may have written. Nearly all tables are empty: only the others are touched.

    All are locked before, so that what another thread has begun to write is there when one looks.
    """
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        names = tables()
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(quote(name) for name in names)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(" UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT 1 FROM {quote(n)})" for n in names))
        filled = [name for (name,) in cursor.fetchall()]
        # What was sent, and the trail, are guarded against this too.
        with _lifted(set(filled)):
            for name in filled:
                cursor.execute(f"DELETE FROM {quote(name)}")


def _lifted(filled: set[str]) -> AbstractContextManager[None]:
    """No more guards are taken off than hold: nearly every test leaves Events, few anything else."""
    if filled & {*GUARDED, trail.DELETIONS}:
        return guards.lifted()
    return trail.emptying() if filled & {*trail.SHORTENED} else nullcontext()


def quick_teardown(original):
    """``TransactionTestCase._fixture_teardown`` for the tests that ask for nothing else."""

    def teardown(case: TransactionTestCase) -> None:
        if case.reset_sequences or case.serialized_rollback or case.available_apps is not None:
            with guards.lifted():
                original(case)
        else:
            empty_filled_tables()

    return teardown


def template() -> Path:
    """Where the empty SQLite database of these migrations, models and packages lies, or will lie."""
    found = hashlib.sha256()
    for line in sorted(f"{entry.name} {entry.version}" for entry in distributions()):
        found.update(line.encode())
    for app in APPS:
        for path in sorted(path for pattern in MAKE_TABLES for path in (ROOT / app).glob(pattern)):
            found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return ROOT / "var" / "test-databases" / f"{found.hexdigest()[:24]}.sqlite3"


def begin_with_template() -> bool:
    """Copy the template to where the test database will be; false when there is none."""
    path, target = template(), settings.DATABASES["default"].get("TEST", {}).get("NAME")
    if connection.vendor != "sqlite":
        return False
    try:
        shutil.copyfile(path, target)
    except FileNotFoundError:  # none yet, or another run has just taken it away
        return False
    return True


def keep_template() -> None:
    """Keep the database that was just made for the next run; only some of other states stay."""
    path = template()
    if connection.vendor != "sqlite" or path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    source = sqlite3.connect(settings.DATABASES["default"]["TEST"]["NAME"])
    try:
        source.execute("VACUUM INTO ?", [str(draft)])
    finally:
        source.close()
    others = sorted(path.parent.glob("*.sqlite3"), key=lambda old: old.stat().st_mtime if old.exists() else 0)
    for old in others[: len(others) + 1 - KEPT]:
        old.unlink(missing_ok=True)
    draft.replace(path)

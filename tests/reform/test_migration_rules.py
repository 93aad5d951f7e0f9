"""Old and new code run on the same tables for some minutes: what a new migration may not do (docs/operations.md)."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

BEFORE = {"reform": "0001", "municipalities": "0008", "networks": "0002", "reporting": "0009", "grants": "0001"}
"""The last migration of each app that came before the rules: nobody runs what was before them."""
TAKES_AWAY = (
    migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel,
    migrations.AlterModelTable,
)  # fmt: skip
SAID = re.compile(r"# zero-downtime: not used since \S+")


def faults(operations, text: str) -> list[str]:
    """What is against the rules, unless the file says which release stopped using it."""
    if SAID.search(text):
        return []
    taken = [type(one).__name__ for one in operations if isinstance(one, TAKES_AWAY)]
    return taken + [f"AddField {one.name}" for one in operations if isinstance(one, migrations.AddField) and asks(one)]


def asks(operation: migrations.AddField) -> bool:
    """Whether code that does not know the column cannot write a row."""
    field = operation.field
    given = field.null or field.db_default is not models.NOT_PROVIDED or field.many_to_many
    return not given


def new() -> list[migrations.Migration]:
    loader = MigrationLoader(None)
    return [found for (app, name), found in loader.disk_migrations.items() if app in BEFORE and name[:4] > BEFORE[app]]


def test_no_new_migration_breaks_the_code_that_still_runs():
    wrong = {
        f"{one.app_label} {one.name}": found
        for one in new()
        if (found := faults(one.operations, Path(inspect.getfile(type(one))).read_text()))
    }
    assert wrong == {}


def test_what_was_before_the_rules_exists():
    names = {(app, name[:4]) for app, name in MigrationLoader(None).disk_migrations}
    assert set(BEFORE.items()) <= names


def field(**more):
    return migrations.AddField("unit", "note", models.CharField(max_length=9, **more))


@pytest.mark.parametrize(
    ("operation", "text", "wrong"),
    [
        (migrations.RemoveField("unit", "note"), "", True),
        (migrations.RenameField("unit", "note", "text"), "", True),
        (migrations.DeleteModel("unit"), "", True),
        (migrations.DeleteModel("unit"), "# zero-downtime: not used since 2027.1", False),
        (field(), "", True),
        (field(default=""), "", True),  # Django's own default is not the database's
        (field(db_default=""), "", False),
        (field(null=True), "", False),
        (migrations.CreateModel("unit", []), "", False),
    ],
)
def test_the_rules(operation, text, wrong):
    assert bool(faults([operation], text)) == wrong

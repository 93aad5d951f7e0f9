"""The house's rules that no linter knows: the apps' direction in migrations, and who starts jobs."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent.parent
ORDER = ["reform", "municipalities", "networks", "reporting", "grants"]


def sources():
    for app in ORDER:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()


def test_migrations_of_an_app_lean_only_on_apps_to_its_right():
    wrong = [
        (name, leaned_on)
        for name, migration in MigrationLoader(None).disk_migrations.items()
        if name[0] in ORDER
        for leaned_on in migration.dependencies
        if leaned_on[0] in ORDER and ORDER.index(leaned_on[0]) > ORDER.index(name[0])
    ]
    assert wrong == []


def test_jobs_are_made_and_started_in_one_way_only():
    pattern = re.compile(r"\.delay\(|\.apply_async\(|shared_task|@app\.task|transaction\.on_commit\(.*start")
    found = [str(path) for path, text in sources() if pattern.search(text)]
    assert found == [str(ROOT / "reform" / "tasks.py")]


def test_no_model_sends_or_starts_anything_when_saved():
    for model in apps.get_models():
        if model._meta.app_label in ORDER and "save" in vars(model):
            source = inspect.getsource(model.save)
            assert not re.search(r"mail|\.start\(|on_commit", source), model.__name__


def test_no_signals_of_our_own():
    ours = re.compile(r"@receiver|Signal\(|django\.dispatch|django\S*\.signals")  # a socket connects too
    assert [str(path) for path, text in sources() if ours.search(text)] == []


def test_no_address_of_a_package_registry_is_written_down():
    hosts = re.compile("|".join([r"pypi\." + "org", "python" + "hosted", r"registry\.npm" + "js"]))
    files = [*ROOT.glob("*.lock"), *ROOT.glob("*.toml"), *ROOT.glob("*.yml"), ROOT / "Dockerfile", *ROOT.glob("bin/*")]
    assert [str(path) for path in files if path.is_file() and hosts.search(path.read_text())] == []

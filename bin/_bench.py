"""Runs the benchmarks in ``bench/`` and prints one JSON object a line. Started by ``bin/bench``.

Each module ``bench/<file>.py`` has a ``NAME`` and ``run(emit)``; ``emit(name, value, unit, …)`` prints a
line. The benchmarks have a fresh database of their own: SQLite under var/bench, or, with DATABASE_URL,
one on that server whose name ends in ``_bench``.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import shutil
import sys
import traceback
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
UNITS = ("ratio", "queries", "s", "1/s", "MiB")


def emit(
    name: str,
    value: float,
    unit: str,
    *,
    limit: float | None = None,
    better: str = "lower",
    size: str | int | None = None,
) -> None:
    """Print one result. ``limit`` is the worst value that is good enough; ``size`` says how much was run."""
    if unit not in UNITS:
        raise ValueError(f"unit is one of {', '.join(UNITS)}, not {unit!r}")
    if better not in ("lower", "higher"):
        raise ValueError("better is 'lower' or 'higher'")
    line = {"name": name, "value": round(value, 4), "unit": unit, "limit": limit, "better": better, "size": size}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    if limit is not None and (value > limit if better == "lower" else value < limit):
        print(f"{name}: {value:.4g} {unit} is worse than the limit {limit:g}", file=sys.stderr)


def benchmarks() -> dict[str, ModuleType]:
    """Every benchmark by its NAME; a module without one is a helper of the others."""
    if not (ROOT / "bench").is_dir():
        return {}
    modules = [importlib.import_module(f"bench.{m.name}") for m in pkgutil.iter_modules([str(ROOT / "bench")])]
    return {module.NAME: module for module in modules if hasattr(module, "NAME")}


def prepare_environment() -> None:
    """Point the settings at the benchmarks' own var/ folder and their own, empty database."""
    var = ROOT / "var" / "bench"
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    os.environ.update(
        PORTAL_ENV_FILE="",
        PORTAL_VAR_DIR=str(var),
        PORTAL_INSECURE_HTTP="1",
        PORTAL_DEMO="1",
        DJANGO_SETTINGS_MODULE="reform.settings",
    )
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        os.environ["DATABASE_URL"] = empty_postgres(os.environ["DATABASE_URL"])
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{var / 'portal.sqlite3'}"


def empty_postgres(url: str) -> str:
    """Make an empty database beside the one that ``url`` names and return its address."""
    import psycopg
    from psycopg import sql

    server, _, name = url.rpartition("/")
    name = name.removesuffix("_bench") + "_bench"
    with psycopg.connect(f"{server}/postgres".replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{server}/{name}"


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all; 1 when one of them broke down (a limit passed is only said)."""
    prepare_environment()
    import django

    django.setup()
    from django.core.management import call_command

    from reporting import guards

    known = benchmarks()
    if unknown := set(names) - set(known):
        print(f"No benchmark is called {', '.join(sorted(unknown))}. There are: {', '.join(known)}", file=sys.stderr)
        return 1
    call_command("migrate", verbosity=0)
    broken = 0
    for name, module in known.items():
        if names and name not in names:
            continue
        with guards.lifted():  # what was sent in and on is guarded against this too
            call_command("flush", interactive=False, verbosity=0)  # each starts from nothing
        try:
            module.run(emit)
        except Exception:  # one that breaks down must not hide the results of the others
            traceback.print_exc()
            broken = 1
    return broken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

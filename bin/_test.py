"""Runs every test. Started by ``bin/test``; what it does not know goes to pytest.

``--services`` runs them on PostgreSQL and Redis (DATABASE_URL and REDIS_URL, else the local standard ports);
``--setup-only`` stops when everything that the tests need is there.
"""

from __future__ import annotations

import os
import sys

import pytest

DATABASE_URL = "postgres://postgres@127.0.0.1:5432/portal"
REDIS_URL = "redis://127.0.0.1:6379/5"


def choose_services(services: bool) -> None:
    """Set the environment that tests/settings.py reads."""
    if services:
        os.environ["PORTAL_TEST_SERVICES"] = "1"
        os.environ.setdefault("DATABASE_URL", DATABASE_URL)
        os.environ.setdefault("REDIS_URL", REDIS_URL)
    else:
        for name in ("PORTAL_TEST_SERVICES", "DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)


def pytest_arguments(arguments: list[str]) -> list[str]:
    """Two workers, unless the person says otherwise; a fresh pair of test databases each time."""
    chosen = any(a in ("-n", "-p", "--pdb", "--numprocesses") or a.startswith(("-n", "-pno:xdist")) for a in arguments)
    ours = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]  # tests/conftest.py says what is begun first
    return arguments if chosen else [*ours, *arguments]


def main(arguments: list[str]) -> int:
    """Run pytest and return its exit code."""
    if "--setup-only" in arguments:
        return 0
    choose_services("--services" in arguments)
    return pytest.main(pytest_arguments([a for a in arguments if a != "--services"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

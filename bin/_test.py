"""Runs every test; ``--services`` runs them on PostgreSQL and Redis."""

from __future__ import annotations

import os
import sys

import pytest

DATABASE = "postgres://postgres@127.0.0.1:5432/portal"
REDIS = "redis://127.0.0.1:6379/5"


def main(arguments: list[str]) -> int:
    """Set the database and the broker by the arguments, and hand the rest to pytest."""
    services = "--services" in arguments
    arguments = [argument for argument in arguments if argument != "--services"]
    os.environ["PORTAL_TEST_SERVICES"] = "1" if services else ""
    if services:
        os.environ.setdefault("DATABASE_URL", DATABASE)
        os.environ.setdefault("REDIS_URL", REDIS)
    else:
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
    if not any(argument.startswith("-n") for argument in arguments):
        arguments = ["-n", "2", *arguments]
    return pytest.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

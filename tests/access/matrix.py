"""The access matrix: one row for each address and method, with the right it needs.

Each owner of pages puts rows in ``tests/access/rows_<owner>.py`` as ``ROWS``. ``test_matrix`` asks every address as
every kind of user, for an object of three units: 3004 and 3025 (the same region) and 5430 (another region).

    ROWS = [
        Row("work_list", "GET", "report.review"),
        Row("report_detail", "GET", "report.read", lambda world, unit: Target(obj=a_report(world, unit))),
        Row("report_approve", "POST", "report.approve", lambda world, unit: Target(obj=a_report(world, unit))),
    ]

``make`` gets the world and a Municipality and returns a Target: the object whose scope decides, the arguments of the
address (``{"pk": obj.pk}`` when not given), what is posted, and headers. It is called once for each unit, before any
request; whatever a request writes is rolled back after it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import tests.access
from municipalities.models import Municipality
from tests.world import World

PUBLIC, LOGIN, STAFF, GONE, LEAVES = "public", "login", "staff", "gone", "leaves"
"""Instead of a right: open to all; to everyone logged in; to administrators of the site (is_staff); not in use; leads
everybody to the login page."""


@dataclass(frozen=True)
class Target:
    """What a row asks for: the object that decides, the address's arguments, the data and the headers."""

    obj: Any = None
    kwargs: dict[str, Any] | None = None
    data: Any = None
    json: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        if self.kwargs is not None:
            return self.kwargs
        return {"pk": self.obj.pk} if self.obj is not None else {}


Make = Callable[[World, Municipality], Target]


@dataclass(frozen=True)
class Row:
    """An address, a method, and who may. ``right`` is a key of RIGHTS or one of the five words.

    ``hidden`` are usernames for which an allowed object is not there all the same (say, a draft for KS), with 404.
    ``nothing_there`` says that whoever is let in finds nothing (404). ``anonymous`` is what a visitor
    gets instead of the way to the login page (an API answers 401).
    """

    name: str
    method: str = "GET"
    right: str = PUBLIC
    make: Make | None = None
    hidden: tuple[str, ...] = ()
    nothing_there: bool = False
    anonymous: int | None = None


def all_rows() -> list[Row]:
    """The rows of every ``rows_*.py``."""
    rows: list[Row] = []
    for module in sorted(entry.name for entry in pkgutil.iter_modules(tests.access.__path__)):
        if module.startswith("rows_"):
            rows += importlib.import_module(f"tests.access.{module}").ROWS
    return rows

"""The access matrix as a page of the documentation (``docs/access-matrix.md``), and the rules that it is made of.

``bin/matrix`` writes it: it builds the tests' world in a database of its own, asks the rules about every row of
``rows_*.py``, and asks no page. ``test_matrix`` asks the pages themselves, and fails where one answers otherwise than
the line says or where a line is missing. The same world and the same rows give the same file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver

from tests.access.matrix import GONE, LEAVES, LOGIN, PUBLIC, STAFF, Row, Target, all_rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"
UNITS = ("3004", "3025", "5430")  # own, the same region, another region (seen from Fredrikstad)
DAY = dt.date(2022, 5, 4)
COLUMNS = (
    ("editor", "editor-3004"), ("reader", "reader-3004"), ("statsforvalter", "statsforvalter-oslo-og-viken"),
    ("KS", "ks-oslo-og-viken"), ("USHT", "usht-oslo-og-viken"), ("Hdir", "hdir"), ("Hdir admin", "hdir-admin"),
    ("ministry", "hod"), ("evaluator", "evaluator"), ("no role", "nobody"), ("visitor", "anonymous"),
)  # fmt: skip
"""The heads of the page, and the user of the tests' world that stands for each."""
INTRO = """# The access matrix

Written by `bin/matrix` from `tests/access/rows_*.py` and the rules of `municipalities/access.py`; do not edit it. The
tests ask every address below as every user of their world and compare, so that a page that answers otherwise, a new
address without a row, and a method without a row each fail.

Each cell says what the user gets, in the order *own unit / another of the own region / one of another region*; one word
where the three are the same, or where the address is of no unit. `in`: let in; `403`: inside the scope, without
the right; `404`: it does not exist for her; `login`: led to the login page (the API answers `401`). Seen from the
municipality 3004 and its office: 3025 is in the same region, 5430 in another. National roles have no own unit. Words in
place of a right: `public` open to all, `login` whoever is logged in, `staff` the administration of the site, `gone` an
address that is not in use, `leaves` leads everybody to the login page. The administration (`/admin/`) is in the tests
as a whole: every list, form and deletion is for staff alone.

"""


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """The name (with its namespace) and the pattern of every address of the site."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name or ''}", entry


def wanted(row: Row, target: Target, user: Any, today: Any) -> str:
    """What ``user`` must get: let in, the login page, 403 or 404 (from the rules, not from the page)."""
    from municipalities.access import can

    if row.right == GONE:
        return "404"
    if row.right == PUBLIC:
        return "let in"
    if row.right == LEAVES:
        return "login"
    if user is None:
        return str(row.anonymous) if row.anonymous else "login"
    if row.right == LOGIN:
        return "404" if row.nothing_there else "let in"
    if row.right == STAFF:
        return "let in" if user.is_staff else "login"
    if not can(user, row.right, today=today):
        return "403"
    if row.nothing_there or user.username in row.hidden:
        return "404"
    if target.obj is None:
        return "let in"
    if can(user, row.right, target.obj, today=today):
        return "let in"
    seen = type(target.obj).objects.visible_to(user, today=today).filter(pk=target.obj.pk).exists()
    return "403" if seen else "404"


def ordered(rows: Iterable[Row]) -> list[Row]:
    """The rows as the page lists them: by address, reading before writing."""
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    return sorted(rows, key=lambda row: (row.name, methods.index(row.method)))


def line(row: Row, targets: Mapping[str, Target], users: Mapping[str, Any], today: Any) -> str:
    """The row's line of the page."""
    cells = []
    for _head, username in COLUMNS:
        said = [wanted(row, target, users[username], today).replace("let in", "in") for target in targets.values()]
        cells.append(said[0] if len(set(said)) == 1 else " / ".join(said))
    return f"| `{row.method} {row.name}` | `{row.right}` | {' | '.join(cells)} |"


def page(lines: Iterable[str]) -> str:
    """The whole file."""
    heads = ["address", "right", *(head for head, _username in COLUMNS)]
    return INTRO + "\n".join([f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *lines]) + "\n"


def lines_of_all() -> Iterator[str]:
    """The lines of all rows. Builds the world in the database that is open, and leaves nothing of it."""
    from django.db import transaction

    from municipalities.models import User
    from tests.world import build_world

    with transaction.atomic():
        world = build_world()
        world.users["site-admin"] = User.objects.create(username="site-admin", is_staff=True, is_superuser=True)
        for row in ordered(all_rows()):
            with transaction.atomic():
                targets = {unit: row.make(world, world.unit(unit)) for unit in UNITS} if row.make else {"": Target()}
                users = {name: None if name == "anonymous" else world.user(name) for _head, name in COLUMNS}
                yield line(row, targets, users, DAY)
                transaction.set_rollback(True)
        transaction.set_rollback(True)

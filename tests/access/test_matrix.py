"""Every address asked as every kind of user, and no address that is not in the matrix."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import get_resolver, reverse

from municipalities.access import RIGHTS, can
from municipalities.models import User
from tests.access.matrix import GONE, LEAVES, LOGIN, PUBLIC, STAFF, Row, Target, all_rows
from tests.access.matrix_page import PAGE, UNITS, addresses, line, ordered, wanted
from tests.access.methods import methods_of
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
ROWS = all_rows()
USERS = (
    "anonymous", "editor-3004", "reader-3004", "editor-5430", "statsforvalter-oslo-og-viken",
    "statsforvalter-troms-og-finnmark", "ks-oslo-og-viken", "usht-oslo-og-viken", "hdir", "hdir-admin", "hod",
    "evaluator", "nobody", "former", "site-admin",
)  # fmt: skip
ALLOWED_TO_POST = {400, 409, 422}  # let in, and told what is wrong with what was posted
UNUSED = {"municipalities.urls_account.unused"}  # allauth's addresses that answer 404


def test_every_address_is_in_the_matrix():
    known = {row.name for row in ROWS}
    missing = {
        f"{name or '(no name)'} -> {pattern.lookup_str}"
        for name, pattern in addresses(get_resolver())
        if name not in known and not name.startswith("admin:") and pattern.lookup_str not in UNUSED
    }
    assert not missing, "addresses without a row in tests/access/rows_*.py:\n" + "\n".join(sorted(missing))


def test_the_matrix_names_only_addresses_and_rights_that_exist():
    names = {name for name, _ in addresses(get_resolver())}
    assert {row.name for row in ROWS} <= names
    assert {row.right for row in ROWS} <= {*RIGHTS, PUBLIC, LOGIN, STAFF, GONE, LEAVES}
    pairs = [(row.name, row.method) for row in ROWS]
    assert len(pairs) == len(set(pairs)), "a row stands twice"


def got(row: Row, target: Target, client: Client) -> str:
    """What the page answers, in the same words; what it wrote is undone."""
    url = reverse(row.name, kwargs=target.arguments)
    body: dict[str, Any] = {}
    if target.json and row.method != "GET":
        body = {"data": json.dumps(target.data), "content_type": "application/json"}
    elif target.data is not None and not target.json:
        body = {"data": target.data}
    cookies = copy.deepcopy(client.cookies)  # an address that logs out ends the session for this call alone
    with transaction.atomic():
        response = getattr(client, row.method.lower())(url, **body, headers=target.headers)
        transaction.set_rollback(True)
    client.cookies = cookies
    status = response.status_code
    login_pages = (resolve_url(django_settings.LOGIN_URL), "/admin/login/")
    if 300 <= status < 400:
        return "login" if response.headers["Location"].startswith(login_pages) else "let in"
    if status < 300 or (row.method != "GET" and status in ALLOWED_TO_POST):
        return "let in"
    return str(status)


def test_every_method_that_an_address_answers_is_in_the_matrix():
    """A page that takes a POST has a row for it: else nobody has said who may change something there."""
    known = {(row.name, row.method) for row in ROWS}
    gone = {row.name for row in ROWS if row.right == GONE}
    missing, unknown = [], []
    for name, pattern in addresses(get_resolver()):
        if name.startswith("admin:") or name in gone or pattern.lookup_str in UNUSED:
            continue
        answered = methods_of(pattern)
        missing += [f"{method} {name}" for method in answered if (name, method) not in known]
        unknown += [f"{method} {name}" for method in ("POST", "PUT", "PATCH", "DELETE")
                    if (name, method) in known and method not in answered]  # fmt: skip
    assert not missing, "methods without a row in tests/access/rows_*.py: " + ", ".join(sorted(missing))
    assert not unknown, "rows for methods that the address does not answer: " + ", ".join(sorted(unknown))


def test_the_page_of_the_matrix_has_a_line_for_each_row_and_no_other():
    """``bin/matrix`` writes it anew; whether each line says what holds is asked with the row itself."""
    lines = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    assert [row.split(" | ")[0] for row in lines] == [f"| `{row.method} {row.name}`" for row in ordered(ROWS)], (
        "docs/access-matrix.md is out of date: run bin/matrix"
    )


@dataclass
class Stage:
    """The world and a client for each kind of user, made once; what a test writes on it is rolled back."""

    world: World
    clients: dict[str, tuple[User | None, Client]]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """One world for all rows: building it anew for each would take longer than asking."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        world.users["site-admin"] = User.objects.create(username="site-admin", is_staff=True, is_superuser=True)
        clients: dict[str, tuple[User | None, Client]] = {}
        for username in USERS:
            client = Client(raise_request_exception=False)
            user = None if username == "anonymous" else world.user(username)
            if user is not None:
                client.force_login(user)
            clients[username] = (user, client)
        yield Stage(world, clients)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def days_of_the_round(settings: Any) -> None:
    """The site believes that it is 4 May 2022."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.name}" for row in ROWS])
def test_who_gets_in(row: Row, stage: Stage, today: Any) -> None:
    wrong = []
    told = PAGE.read_text(encoding="utf-8")
    with transaction.atomic():
        make, world = row.make, stage.world
        targets = {number: make(world, world.unit(number)) for number in UNITS} if make else {"": Target()}
        for username, (user, client) in stage.clients.items():
            everywhere = user is not None and row.right in RIGHTS and can(user, row.right, today=today)
            cache.clear()  # so many from one address in a second would be held back
            for number, target in targets.items():
                expected, answer = wanted(row, target, user, today), got(row, target, client)
                if expected != answer:
                    wrong.append(f"{username} at {number or 'the page'}: expected {expected}, got {answer}")
                if not everywhere:
                    break  # the unit makes no difference to one who has not the right at all
        users = {username: user for username, (user, _client) in stage.clients.items()}
        said = line(row, targets, users, today)
        transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)
    assert said in told, f"docs/access-matrix.md is out of date: run bin/matrix ({said})"


def test_the_administration_is_for_staff_only(stage: Stage) -> None:
    """Every list and form of the administration, whatever models it shows."""
    for name, pattern in addresses(get_resolver()):
        if not name.startswith("admin:") or pattern.pattern.converters or "(?P" in str(pattern.pattern):
            continue
        if name in ("admin:login", "admin:logout", "admin:jsi18n", "admin:"):
            continue
        url = reverse(name)
        for username in ("anonymous", "hdir-admin"):
            for method in ("get", "post"):
                response = getattr(stage.clients[username][1], method)(url)
                assert response.status_code in (302, 403, 404), f"{username} at {url}"
        assert stage.clients["site-admin"][1].get(url).status_code in (200, 302, 403, 404), url


def test_the_pages_of_single_rows_in_the_administration_are_for_staff_only(stage: Stage) -> None:
    """Those with a number in the address: change, delete, history."""
    names = {name for name, _pattern in addresses(get_resolver()) if name.startswith("admin:")}
    asked = [
        name
        for name in sorted(names)
        if name.endswith(("_change", "_delete", "_history")) and name != "admin:password_change"
    ]
    assert len(asked) > 20
    for name in asked:
        url = reverse(name, args=["1"])
        for username in ("anonymous", "hdir-admin"):
            for method in ("get", "post"):
                response = getattr(stage.clients[username][1], method)(url)
                assert response.status_code in (302, 403, 404), f"{username} at {url}"
                location = response.headers.get("Location", "/admin/login/")
                assert location.startswith("/admin/login/"), f"{username} at {url} is led to {location}"

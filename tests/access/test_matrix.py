"""Every address asked as every kind of user, and no address that is not in the matrix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from municipalities.access import RIGHTS, can
from municipalities.models import User
from tests.access.matrix import GONE, LOGIN, PUBLIC, STAFF, Row, Target, all_rows
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
ROWS = all_rows()
UNITS = ("3004", "3025", "5430")  # own, the same region, another region (seen from Fredrikstad)
USERS = (
    "anonymous", "editor-3004", "reader-3004", "editor-5430", "statsforvalter-oslo-og-viken",
    "statsforvalter-troms-og-finnmark", "ks-oslo-og-viken", "usht-oslo-og-viken", "hdir", "hdir-admin", "hod",
    "evaluator", "nobody", "former", "site-admin",
)  # fmt: skip
ALLOWED_TO_POST = {400, 409, 422}  # let in, and told what is wrong with what was posted
UNUSED = {"municipalities.urls_account.unused"}  # allauth's addresses that answer 404


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """The name (with its namespace) and the pattern of every address of the site."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name or ''}", entry


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
    assert {row.right for row in ROWS} <= {*RIGHTS, PUBLIC, LOGIN, STAFF, GONE}
    pairs = [(row.name, row.method) for row in ROWS]
    assert len(pairs) == len(set(pairs)), "a row stands twice"


def wanted(row: Row, target: Target, user: User | None, today: Any) -> str:
    """What ``user`` must get: let in, the login page, 403 or 404 (from the rules, not from the page)."""
    if row.right == GONE:
        return "404"
    if row.right == PUBLIC:
        return "let in"
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


def got(row: Row, target: Target, client: Client) -> str:
    """What the page answers, in the same words; what it wrote is undone."""
    url = reverse(row.name, kwargs=target.arguments)
    body: dict[str, Any] = {}
    if target.json and row.method != "GET":
        body = {"data": json.dumps(target.data), "content_type": "application/json"}
    elif target.data is not None and not target.json:
        body = {"data": target.data}
    with transaction.atomic():
        response = getattr(client, row.method.lower())(url, **body, headers=target.headers)
        transaction.set_rollback(True)
    status = response.status_code
    login_pages = (resolve_url(django_settings.LOGIN_URL), "/admin/login/")
    if 300 <= status < 400:
        return "login" if response.headers["Location"].startswith(login_pages) else "let in"
    if status < 300 or (row.method != "GET" and status in ALLOWED_TO_POST):
        return "let in"
    return str(status)


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
    with transaction.atomic():
        make, world = row.make, stage.world
        targets = {number: make(world, world.unit(number)) for number in UNITS} if make else {"": Target()}
        for username, (user, client) in stage.clients.items():
            everywhere = user is not None and row.right in RIGHTS and can(user, row.right, today=today)
            for number, target in targets.items():
                expected, answer = wanted(row, target, user, today), got(row, target, client)
                if expected != answer:
                    wrong.append(f"{username} at {number or 'the page'}: expected {expected}, got {answer}")
                if not everywhere:
                    break  # the unit makes no difference to one who has not the right at all
        transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_the_administration_is_for_staff_only(stage: Stage) -> None:
    """Every list and form of the administration, whatever models it shows."""
    for name, pattern in addresses(get_resolver()):
        if not name.startswith("admin:") or pattern.pattern.converters or "(?P" in str(pattern.pattern):
            continue
        if name in ("admin:login", "admin:logout", "admin:jsi18n", "admin:"):
            continue
        url = reverse(name)
        for username in ("anonymous", "hdir-admin"):
            response = stage.clients[username][1].get(url)
            assert response.status_code in (302, 403, 404), f"{username} at {url}"
        assert stage.clients["site-admin"][1].get(url).status_code in (200, 302, 403, 404), url

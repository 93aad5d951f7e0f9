"""Every form field, query parameter, address argument and header with hostile values: 400, 404 or an error, never 500.

The addresses are those of the access matrix, so a new page is asked too. What is sent where follows from the address's
name alone, so a failure comes again. A longer run is asked for with PORTAL_FUZZ (docs/proof.md).
"""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from municipalities.access import RIGHTS, can
from municipalities.models import User
from tests.access.matrix import GONE, STAFF, Row, Target, all_rows
from tests.fuzz import hostile
from tests.fuzz.fields import Page, read_anywhere, read_by, read_page
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.services]
TIMES = int(os.environ.get("PORTAL_FUZZ", "1"))
ROWS = [row for row in all_rows() if row.right != GONE]
PARTS = 6
UNIT = "3004"
WHO = (
    "hdir-admin",
    "editor-3004",
    "statsforvalter-oslo-og-viken",
    "hdir",
    "ks-oslo-og-viken",
    "evaluator",
    "hod",
    "site-admin",
)
SENT = {"count": 0}


@dataclass
class Site:
    """The world, and the cookies of each who is logged in."""

    world: World
    cookies: dict[str, SimpleCookie]


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        world.users["site-admin"] = User.objects.create(username="site-admin", is_staff=True, is_superuser=True)
        cookies = {}
        for username in WHO:
            client: Any = Client()
            client.force_login(world.users[username])
            cookies[username] = client.cookies
        yield Site(world, cookies)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def days_of_the_round(settings: Any) -> None:
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


def one_who_may(row: Row, target: Target, site: Site, today: Any) -> str:
    """Somebody whom the address lets in."""
    if row.right == STAFF:
        return "site-admin"
    for username in WHO if row.right in RIGHTS else ():
        if username not in row.hidden and can(site.world.user(username), row.right, target.obj, today=today):
            return username
    return WHO[0]


class Asker:
    """Sends requests to one address as one user; each begins anew, and what it wrote is undone."""

    def __init__(self, row: Row, target: Target, cookies: SimpleCookie) -> None:
        self.row, self.target, self.cookies = row, target, cookies
        self.url = reverse(row.name, kwargs=target.arguments)
        self.wrong: list[str] = []
        self.chosen = random.Random(f"{row.name} {row.method}")

    def send(self, url: str = "", *, method: str = "", headers: dict[str, str] | None = None, **more: Any) -> Any:
        """One request; an answer of 500 and up is written down with where it came from."""
        client = Client(raise_request_exception=False)
        client.cookies = copy.copy(self.cookies)
        given = {**self.target.headers, **(headers or {})}
        with transaction.atomic():
            answer = client.generic(method or self.row.method, url or self.url, headers=given, **more)
            b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        SENT["count"] += 1
        if answer.status_code >= 500:
            self.wrong.append(f"{self.row.method} {url or self.url} {_where(answer)} {str(headers or more)[:300]}")
        return answer

    def some(self, values: Any, count: int) -> list[Any]:
        """``count`` of the values (more in a longer run), always the same for this address."""
        every = list(values)
        return self.chosen.sample(every, min(len(every), count * TIMES))

    def page(self) -> Page:
        """What the address shows now."""
        answer = self.send(method="GET")
        html = answer.headers.get("Content-Type", "").startswith("text/html")
        return read_page(answer.content.decode()) if html and not answer.streaming else Page()

    def parameters(self, page: Page) -> None:
        """Each parameter by itself, and all at once."""
        own = sorted(page.parameters | read_by(resolve(self.url).func)[0])
        for name in own:
            for value in self.some(hostile.TEXTS, 1):
                self.send(QUERY_STRING=hostile.query([name, name], value))
        for value in self.some(hostile.TEXTS, 2):
            self.send(QUERY_STRING=hostile.query(list(read_anywhere()), value))
        self.send(QUERY_STRING="&&=%00&%ff=%fe&a%00=b")

    def arguments(self) -> None:
        """Each argument of the address; only its own place in it is changed."""
        for value in self.target.arguments.values():
            whole = f"/{quote(str(value))}/"
            if whole in self.url:
                before, _, after = self.url.partition(whole)
                for text in self.some(hostile.PATHS, 2):
                    self.send(f"{before}/{text}/{after}")

    def fields(self, page: Page) -> None:
        """Each field by itself in an otherwise right form, some left out, and all at once."""
        right = {**page.values, **dict.fromkeys(read_by(resolve(self.url).func)[1], ""), **(self.target.data or {})}
        names = sorted({*right, *page.files})
        first = {name: str(value).encode() for name, value in right.items() if isinstance(value, str | int)}
        tries = [(name, value) for name in names for value in self.some(hostile.TEXTS, 1)]
        for name, value in self.some(tries, 6):
            self._post({**first, name: value}, twice=name)
        for value in self.some(hostile.TEXTS, 2):
            self._post(dict.fromkeys(names, value))
        for name in self.some(names, 2):
            self._post({key: value for key, value in first.items() if key != name})

    def _post(self, fields: dict[str, bytes], twice: str = "") -> None:
        pairs = list(fields.items()) + ([(twice, fields[twice])] if twice and self.chosen.random() < 0.3 else [])
        body = hostile.form_body(pairs)
        self.send(data=body[:1_000_000], content_type="application/x-www-form-urlencoded")

    def json(self) -> None:
        """Each value of a JSON body, one missing, and keys that nobody asked for."""
        right = self.target.data or {}
        tries = [(name, value) for name in [*right, "strange\x00"] for value in self.some(hostile.VALUES, 3)]
        bodies: list[Any] = [{**right, name: value} for name, value in tries]
        bodies += [{key: value for key, value in right.items() if key != name} for name in right]
        bodies += self.some(hostile.VALUES, 3)
        for body in bodies:
            self.send(data=hostile.json_body(body), content_type="application/json")

    def bodies(self) -> None:
        """Bodies that are no form at all, or say that they are something else."""
        for content_type, body in self.some(hostile.BODIES, 2):
            self.send(data=body, content_type=content_type)


def _where(answer: Any) -> str:
    """The exception behind a 500 and the innermost line of ours."""
    if not getattr(answer, "exc_info", None):
        return str(answer.status_code)
    import traceback

    _kind, error, trace = answer.exc_info
    ours = [frame for frame in traceback.extract_tb(trace) if "site-packages" not in frame.filename]
    place = f"{ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else "?"
    return f"{answer.status_code} {type(error).__name__}: {str(error)[:120]} at {place}"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_value_breaks_an_address(part: int, site: Site, today: Any) -> None:
    wrong: list[str] = []
    for row in ROWS[part::PARTS]:
        cache.clear()
        with transaction.atomic():
            target = row.make(site.world, site.world.unit(UNIT)) if row.make else Target()
            asker = Asker(row, target, site.cookies[one_who_may(row, target, site, today)])
            _ask_everything(asker)
            transaction.set_rollback(True)
        wrong += asker.wrong
    assert not wrong, f"{len(wrong)} of {SENT['count']}:\n" + "\n".join(wrong[:40])


def _ask_everything(asker: Asker) -> None:
    asker.arguments()
    if asker.row.method == "GET":
        asker.parameters(asker.page())
        return
    if asker.target.json:
        asker.json()
    else:
        asker.fields(asker.page())
    asker.bodies()


PLACES = ("home", "checks_list", "account_login", "healthz", "api_rounds", "api_schema", "report_list", "network_list")


@pytest.mark.parametrize("username", ["", "hdir-admin"])
def test_no_header_breaks_an_address(username: str, site: Site) -> None:
    wrong: list[str] = []
    known = {row.name for row in ROWS}
    for name in [place for place in PLACES if place in known]:
        cookies = site.cookies[username] if username else SimpleCookie()
        asker = Asker(Row(name), Target(), cookies)
        for header, value in hostile.HEADERS:
            more = {"HTTP_COOKIE": value} if header == "Cookie" else {}
            asker.send(headers={} if more else {header: value}, **more)
            if header == "Content-Length":
                asker.send(method="POST", headers={header: value}, data=b"a=b", content_type="text/plain")
        wrong += asker.wrong
    assert not wrong, f"{len(wrong)} of {SENT['count']}:\n" + "\n".join(wrong[:40])

"""Every address of the site, asked as a visitor and as people with roles, over https as production is set up: headers,
cookies and page as OWASP ZAP's passive rules want them."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, reverse

from municipalities.models import User
from tests.access.matrix import Row, Target, all_rows
from tests.access.test_matrix import addresses, wanted
from tests.security.passive_rules import RULES, findings
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ROWS = all_rows()
PEOPLE = ("editor-3004", "hdir-admin", "statsforvalter-oslo-og-viken", "hdir", "hod", "evaluator", "site-admin")
OWN = ("SECURE_", "SESSION_", "CSRF_", "CONTENT_SECURITY", "PERMISSIONS_", "X_FRAME")


def production() -> dict[str, Any]:
    """The settings of cookies and headers as a place with https reads them."""
    path = ROOT / "reform" / "settings_access.py"
    spec = importlib.util.spec_from_file_location("settings_access_of_production", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PORTAL_INSECURE_HTTP", raising=False)
        spec.loader.exec_module(module)
    found = {name: value for name, value in vars(module).items() if name.startswith(OWN) and name.isupper()}
    return found | {"LANGUAGE_COOKIE_SECURE": True, "LANGUAGE_COOKIE_NAME": "__Host-portal_language"}


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, dict[str, tuple[Any, Client]]]]:
    """One world, and a client for a visitor and for each of ``PEOPLE``, under production's settings."""
    with (
        django_db_blocker.unblock(), override_settings(**production(), PORTAL_CLOCK="2022-05-04T09:00"),
        transaction.atomic(),
    ):  # fmt: skip
        world = build_world()
        world.users["site-admin"] = User.objects.create(username="site-admin", is_staff=True, is_superuser=True)
        clients: dict[str, tuple[Any, Client]] = {"anonymous": (None, Client(raise_request_exception=False))}
        for username in PEOPLE:
            client = Client(raise_request_exception=False)
            client.force_login(world.user(username))
            clients[username] = (world.user(username), client)
        yield world, clients
        transaction.set_rollback(True)


def asked(client: Client, method: str, url: str, target: Target) -> Any:
    """The answer; what it wrote is undone."""
    body: dict[str, Any] = {}
    if target.json and method != "GET":
        body = {"data": json.dumps(target.data), "content_type": "application/json"}
    elif target.data is not None and not target.json:
        body = {"data": target.data}
    with transaction.atomic():
        response = getattr(client, method.lower())(url, **body, headers=target.headers, secure=True)
        transaction.set_rollback(True)
    return response


def faults(response: Any, *, signed_in: bool) -> list[str]:
    kind = response.headers.get("Content-Type", "")
    text = ""
    if kind.startswith(("text/", "application/json", "application/vnd.oai")):
        body = b"".join(response.streaming_content) if response.streaming else response.content
        text = body.decode()
    return [f"{rule} {RULES[rule]}: {seen}" for rule, seen in findings(response, signed_in=signed_in, text=text)]


def askers(row: Row, target: Target, clients: dict[str, tuple[Any, Client]], today: Any) -> Iterator[str]:
    """The first person who is let in, and for a page a visitor too."""
    if row.method == "GET":
        yield "anonymous"
    inside = (name for name in PEOPLE if wanted(row, target, clients[name][0], today) == "let in")
    yield next(inside, "hdir-admin")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.name}" for row in ROWS])
def test_every_answer(row: Row, stage: Any, today: Any) -> None:
    world, clients = stage
    wrong = []
    with transaction.atomic():
        target = row.make(world, world.unit("3004")) if row.make else Target()
        url = reverse(row.name, kwargs=target.arguments)
        for username in askers(row, target, clients, today):
            response = asked(clients[username][1], row.method, url, target)
            found = faults(response, signed_in=username != "anonymous")
            wrong += [f"{username} {response.status_code} {url}: {fault}" for fault in dict.fromkeys(found)]
        transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_the_administration(stage: Any) -> None:
    _world, clients = stage
    wrong = []
    for name, pattern in addresses(get_resolver()):
        if not name.startswith("admin:") or pattern.pattern.converters or "(?P" in str(pattern.pattern):
            continue
        for username in ("anonymous", "site-admin"):
            response = asked(clients[username][1], "GET", reverse(name), Target())
            found = faults(response, signed_in=username != "anonymous")
            wrong += [f"{username} {response.status_code} {name}: {fault}" for fault in dict.fromkeys(found)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_a_login_and_errors(stage: Any) -> None:
    """What sets cookies, and what is answered where there is no page."""
    world, _clients = stage
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        from tests.world import PASSWORD

        login = client.post(reverse("account_login"), {"login": world.user("hdir").username, "password": PASSWORD},
                            secure=True)  # fmt: skip
        assert login.cookies, "the login sets a cookie"
        client.force_login(world.user("reader-3004"))
        forbidden = client.get(reverse("placements"), secure=True)
        assert forbidden.status_code == 403
        answers = [login, forbidden, client.get("/no/such/page", secure=True), client.get("/%00", secure=True),
                   client.post(reverse("language_choose"), {"language": "nn"}, secure=True)]  # fmt: skip
        wrong = [fault for answer in answers for fault in faults(answer, signed_in=True)]
        transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_a_bad_answer_is_found() -> None:
    """The rules can fail: an answer with most of what is wrong."""
    response = HttpResponse(
        "<html><!-- todo --><script>x()</script><script src='http://evil.example/a.js'></script><p style='a'>10.0.0.1"
        "<a target='_blank' href='/x?token=1'>x</a><form method='post' action='http://x/'></form>"
        "Traceback (most recent call last) 01019012345 pbkdf2_sha256$1 {% if %}<title>Index of</title>psycopg.Error"
        + "x" * 300,
        headers={"Server": "x/1", "X-Powered-By": "x", "Access-Control-Allow-Origin": "*",
                 "WWW-Authenticate": "Basic x", "Location": "//evil.example/?sessionid=1",
                 "Content-Security-Policy": "default-src * 'unsafe-inline'"},
    )  # fmt: skip
    response.set_cookie("portal_session", "x", domain="example")
    found = {rule for rule, _seen in findings(response, signed_in=True, text=response.content.decode())}
    never = {"3", "10019", "10038", "10039", "10050", "10052", "10056", "10061", "90003", "90011"}
    assert found == set(RULES) - never


def test_our_scripts_call_nothing_dangerous() -> None:
    """ZAP 10110: text that becomes code, or a page."""
    for path in (ROOT / "static" / "js").glob("*.js"):
        assert not re.search(r"\beval\(|new Function|document\.write|setTimeout\(\s*[\"']", path.read_text()), path

"""The database's roles as deploy/postgres makes them: who may do what is asked of PostgreSQL itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
ROLES = ("portal_owner", "portal_app", "portal_reader")
PASSWORD = "only-for-tests-0123456789"

WORK = """
import datetime as dt, json
import django; django.setup()
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.utils import timezone
from municipalities.models import Event
from municipalities.transitions import log
from municipalities.services.trail_seal import trail_seal_all
user = get_user_model().objects.create_user("kari", "kari@kommune.example", "et langt passord")
user.first_name = "Kari"; user.save()
with transaction.atomic():
    event = log(user, "tried", actor=user, now=timezone.now())
trail_seal_all(now=timezone.now())
client = Client(); client.force_login(user)
pages = {path: client.get(path).status_code for path in ("/healthz", "/readyz", "/hjelp/", "/personvern/")}
print(json.dumps({"event": event.pk, "seen": Event.objects.get_queryset().count(), "pages": pages}))
"""


def test_the_compose_file_gives_each_service_its_own_role():
    for name in ("web", "worker", "beat"):
        url = COMPOSE[name]["environment"]["DATABASE_URL"]
        assert url.startswith("postgres://portal_app:${PORTAL_APP_PASSWORD"), name
        assert "OWNER" not in json.dumps(COMPOSE[name]) and "POSTGRES_PASSWORD" not in json.dumps(COMPOSE[name])
    assert COMPOSE["migrate"]["environment"]["DATABASE_URL"].startswith("postgres://portal_owner:")
    assert set(COMPOSE["migrate"]["environment"]) == set(COMPOSE["web"]["environment"])
    command = " ".join(COMPOSE["migrate"]["command"])
    assert "migrate --noinput && python manage.py trail_grants --role portal_app --apply" in command
    for mount in COMPOSE["postgres"]["volumes"][1:]:
        assert (ROOT / mount.split(":")[0]).is_file() and mount.endswith(":ro")
    script = (ROOT / "deploy" / "postgres" / "10-roles.sh").read_text()
    for variable in set(COMPOSE["postgres"]["environment"]) - {"POSTGRES_PASSWORD"}:
        assert f'"${variable}"' in script, variable


@pytest.mark.parametrize("name", sorted(COMPOSE))
def test_a_container_cannot_change_itself_or_gain_rights(name):
    assert COMPOSE[name]["read_only"] is True
    assert "no-new-privileges:true" in COMPOSE[name]["security_opt"]
    if "build" in COMPOSE[name]:
        assert COMPOSE[name]["cap_drop"] == ["ALL"]


def test_the_image_holds_no_secret_and_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER portal" in lines
    copied = [line for line in lines if line.startswith("COPY")]
    assert not any(".env" in line or " . " in line or "deploy" in line for line in copied)
    assert not any(line.startswith("ARG") for line in lines)
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert allowed[0] == "*" and not any("env" in line for line in allowed)


def run(arguments: list[str], url: str, folder: Path) -> str:
    env = {"PATH": os.environ["PATH"], "PORTAL_ENV_FILE": "", "PORTAL_INSECURE_HTTP": "1", "DATABASE_URL": url,
           "PORTAL_VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "reform.settings", "LOG_LEVEL": "ERROR",
           "ALLOWED_HOSTS": "testserver", "PYTHONPATH": str(ROOT)}  # fmt: skip
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def urls(tmp_path_factory) -> Iterator[dict[str, str]]:
    """A scratch database made as the compose file makes it, migrated by its owner; the address of each role."""
    said = connection.settings_dict
    admin = {"host": said["HOST"], "port": said["PORT"] or 5432, "user": said["USER"], "password": said["PASSWORD"]}
    name = f"portal_roles_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(**admin, dbname="postgres", autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
    try:
        with psycopg.connect(**admin, dbname=name, autocommit=True) as link:
            for _twice in range(2):
                link.execute((ROOT / "deploy" / "postgres" / "roles.sql").read_text())
            for role in ROLES:
                link.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
        place = f"{PASSWORD}@{admin['host']}:{admin['port']}/{name}"
        found = {role: f"postgres://{role}:{place}" for role in ROLES}
        folder = tmp_path_factory.mktemp("roles")
        run(["manage.py", "migrate", "--noinput", "-v0"], found["portal_owner"], folder)
        run(["manage.py", "trail_grants", "--role", "portal_app", "--apply"], found["portal_owner"], folder)
        yield found
    finally:
        with psycopg.connect(**admin, dbname="postgres", autocommit=True) as link:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")
            for role in ROLES:  # they are of the whole server, and other tests may use them
                link.execute(f"ALTER ROLE {role} NOLOGIN")


def refused(url: str, statement: str) -> bool:
    """Whether PostgreSQL says that the role may not; another error is an error of the test."""
    with psycopg.connect(url) as link:
        try:
            link.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
        finally:
            link.rollback()
    return False


@pytest.mark.services
def test_each_role_can_do_its_work_and_nothing_else(urls, tmp_path):
    said = json.loads(run(["-c", WORK], urls["portal_app"], tmp_path))
    assert said["seen"] >= 1 and set(said["pages"].values()) == {200}, said
    app, reader, owner = urls["portal_app"], urls["portal_reader"], urls["portal_owner"]
    for statement in (
        "CREATE TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE mine (x int)",
        "DROP TABLE municipalities_event",
        "DROP TABLE municipalities_user CASCADE",
        "ALTER TABLE municipalities_user ADD COLUMN x int",
        "ALTER TABLE municipalities_event DISABLE TRIGGER ALL",
        "CREATE INDEX mine ON municipalities_user (email)",
        "TRUNCATE municipalities_user CASCADE",
        "UPDATE municipalities_event SET note = 'x'",
        "DELETE FROM municipalities_event",
        "TRUNCATE municipalities_event CASCADE",
        "CREATE ROLE mine",
        "SET ROLE portal_owner",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY municipalities_user TO PROGRAM 'cat'",
    ):
        assert refused(app, statement), f"portal_app: {statement}"
    assert not refused(app, "UPDATE municipalities_user SET first_name = 'x'")
    assert not refused(app, "DELETE FROM django_session")
    for statement in (
        "INSERT INTO django_session VALUES ('a', 'b', now())",
        "UPDATE municipalities_user SET first_name = 'x'",
        "DELETE FROM django_session",
        "CREATE TABLE mine (x int)",
    ):
        assert refused(reader, statement), f"portal_reader: {statement}"
    with psycopg.connect(reader) as link:
        [(count,)] = link.execute("SELECT count(*) FROM municipalities_user").fetchall()
        tables = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert count == 1 and len(tables) > 40
        for (table,) in tables:  # a backup reads them all
            link.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
    with psycopg.connect(owner) as link:
        [(powers,)] = link.execute(
            "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'portal\\_%'"
            " AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication)"
        ).fetchall()
    assert powers == 0
    assert urlsplit(app).username == "portal_app"

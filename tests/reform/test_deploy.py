"""The compose file and the image hold what the portal needs; Docker itself is not run here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_the_whole_portal_is_there():
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "postgres", "redis", "mail", "proxy", "backup"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "backup"}))
def test_a_service_that_stays_up_says_how_it_is(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_the_backup_reads_only_and_its_pg_dump_is_of_the_database_s_version():
    assert "portal_reader" in SERVICES["backup"]["environment"]["DATABASE_URL"]
    assert SERVICES["backup"]["profiles"] == ["backup"]
    debian = re.search(r"FROM python:\S+-slim-(\w+)", (ROOT / "Dockerfile").read_text())
    client = {"bookworm": "15", "trixie": "17"}[debian[1]]
    assert SERVICES["postgres"]["image"] == f"postgres:{client}-{debian[1]}"


def test_every_port_is_open_on_this_machine_only():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_a_worker_has_the_time_to_finish_its_job(settings):
    minutes = int(SERVICES["worker"]["stop_grace_period"].removesuffix("m"))
    assert minutes * 60 > settings.CELERY_TASK_TIME_LIMIT


def test_no_secret_is_written_in_the_compose_file_or_the_image():
    for name in ("docker-compose.yml", "Dockerfile", "deploy/portal.env.example"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if not line.lstrip().startswith("#")]
        for value in re.findall(r"\b\w*(?:SECRET_KEY|PASSWORD)(?:=|: )(\S*)", "\n".join(lines)):
            assert value in ("", "only-while-building") or value.startswith("${"), f"{name}: {value}"


def test_the_image_holds_every_app(settings):
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    own = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}
    assert own | {"templates", "static", "locale"} <= copied
    allowed = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied <= allowed


def test_every_variable_that_is_set_is_read():
    files = ("reform/settings.py", "reform/settings_access.py", "deploy/Caddyfile")
    read = "".join((ROOT / name).read_text() for name in files)
    example = (ROOT / "deploy" / "portal.env.example").read_text()
    for name in [*re.findall(r"^(\w+)=", example, re.MULTILINE), *SERVICES["web"]["environment"]]:
        assert name in read, name


def test_every_scheduled_job_exists(settings):
    from reform.celery import app

    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks

"""The figures of several processes of one machine are told as one, whichever of them is asked."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from prometheus_client.parser import text_string_to_metric_families

from municipalities.models import OutgoingMail, User

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "t" * 32
PROCESS = """
import json, sys
import django; django.setup()
from django.test import Client
client = Client(headers={"authorization": "Bearer " + sys.argv[1]})
for path in sys.stdin:
    answer = client.get(path.strip())
    print(json.dumps([answer.status_code, answer.content.decode()]), flush=True)
"""
"""Asks for each path that it is told, as a worker of the web server answers it."""


class Web:
    """A process that answers requests, and shares nothing with the next but the database and the folder."""

    def __init__(self, folder: Path) -> None:
        server = os.environ.get("DATABASE_URL", "sqlite:///x").rpartition("/")[0]
        sqlite = connection.vendor == "sqlite"
        environment = {
            **{name: os.environ[name] for name in ("PATH", "REDIS_URL") if name in os.environ},
            "PORTAL_ENV_FILE": "", "PORTAL_VAR_DIR": str(folder), "PORTAL_INSECURE_HTTP": "1", "LOG_LEVEL": "ERROR",
            "SECRET_KEY": settings.SECRET_KEY, "ALLOWED_HOSTS": "testserver", "PORTAL_METRICS_TOKEN": TOKEN,
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}" if sqlite
            else f"{server}/{connection.settings_dict['NAME']}",
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"), "DJANGO_SETTINGS_MODULE": "reform.settings",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, TOKEN],
            cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def get(self, path: str) -> tuple[int, str]:
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        status, body = json.loads(self.process.stdout.readline())
        return status, body

    def figures(self) -> dict[tuple[str, str, str], float]:
        """Each figure by its name and what is needed of its labels."""
        status, body = self.get("/metrics")
        assert status == 200
        return {
            (one.name, one.labels.get("view") or one.labels.get("kind", ""), one.labels.get("state", "")): one.value
            for family in text_string_to_metric_families(body)
            for one in family.samples
        }

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def pair(transactional_db, tmp_path):
    """Two of them."""
    both = Web(tmp_path), Web(tmp_path)
    yield both
    for one in both:
        one.kill()
        one.process.stdin.close()
        one.process.stdout.close()


ALIVE = ("portal_request_seconds_count", "healthz", "")
MAILS = ("portal_jobs", "mail", "waiting")


def test_either_of_two_processes_tells_the_sum_of_both_and_each_job_once(pair):
    user = User.objects.create(username="u")
    OutgoingMail.objects.create(key="k", user=user, queued_at=dt.datetime.now(dt.UTC))
    one, other = pair
    for web, times in ((one, 2), (other, 3)):
        for _ in range(times):
            assert web.get("/healthz")[0] == 200
    for web in pair:
        found = web.figures()
        assert (found[ALIVE], found[MAILS]) == (5, 1)
    one.kill()
    assert other.figures()[ALIVE] == 5  # what a process has counted outlives it

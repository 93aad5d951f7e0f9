"""The whole portal on servers of its own: gunicorn, a worker, the scheduler, PostgreSQL, Redis and a mail server, each
of them to be killed and started again."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.kill.servers import (
    HOST,
    ROOT,
    MailServer,
    Postgres,
    Redis,
    Server,
    answers,
    end_all,
    free_port,
    own_folder,
)

JOB_SECONDS = 240
"""How long a job may run on this stand; what is stuck, is so after a minute more."""


class Program(Server):
    """A process of the portal."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        super().__init__(folder)
        self.environment = environment

    def more(self) -> dict[str, Any]:
        return {"env": self.environment, "cwd": ROOT}

    def ready(self) -> bool:
        return self.process is not None and (self.folder / f"ready-{self.name}-{self.process.pid}").exists()


class Web(Program):
    """gunicorn, as the image starts it."""

    name = "web"

    def __init__(self, folder: Path, environment: dict[str, str], port: int) -> None:
        super().__init__(folder, environment)
        self.port = port

    def command(self) -> list[str]:
        how = ["--bind", f"{HOST}:{self.port}", "--workers", "2", "--threads", "4", "--no-control-socket"]
        return [sys.executable, "-m", "gunicorn", "tests.kill.wsgi", *how]

    def ready(self) -> bool:
        import httpx

        if not self.alive() or not answers(self.port):
            return False
        try:
            return httpx.get(f"http://{HOST}:{self.port}/healthz", timeout=20).status_code == 200
        except httpx.HTTPError:
            return False


class Worker(Program):
    """A Celery worker with two processes, as in the compose file."""

    name = "worker"

    def command(self) -> list[str]:
        how = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        return [sys.executable, "-m", "celery", "-A", "reform.celery:app", "worker", *how]


class Beat(Program):
    """The scheduler, with its note and its pid on the disk, where a kill leaves them."""

    name = "beat"

    def command(self) -> list[str]:
        how = ["--pidfile", str(self.folder / "beat.pid"), "--loglevel", "WARNING"]
        return [sys.executable, "-m", "celery", "-A", "reform.celery:app", "beat", *how]


class Stand:
    """All of them together, and the tests' clock."""

    def __init__(self, folder: Path, start: dt.datetime) -> None:
        self.folder, self.start, self.ahead = folder, start, 0.0
        self.mail = MailServer()
        self.database, self.broker = Postgres(folder), Redis(folder)
        self.began = time.time()
        self.port = free_port()
        self.environment = self._environment()
        self.web = Web(folder, self.environment, self.port)
        self.worker, self.beat = Worker(folder, self.environment), Beat(folder, self.environment)

    def _environment(self) -> dict[str, str]:
        var = self.folder / "var"
        var.mkdir()
        ours = {
            "DJANGO_SETTINGS_MODULE": "tests.kill.settings", "PORTAL_ENV_FILE": "", "PORTAL_VAR_DIR": str(var),
            "DOCUMENT_ROOT": str(var / "documents"), "DATABASE_URL": self.database.url, "REDIS_URL": self.broker.url,
            "EMAIL_URL": f"smtp://{HOST}:{self.mail.port}", "PORTAL_INSECURE_HTTP": "1", "SECRET_KEY": "k" * 60,
            "LOG_LEVEL": "WARNING", "KILL_FOLDER": str(self.folder), "PORTAL_JOB_SECONDS": str(JOB_SECONDS),
            "PORTAL_API_RATE": "100000/min", "PORTAL_BASE_URL": f"http://{HOST}:{self.port}", "PYTHONPATH": str(ROOT),
            "PORTAL_JOB_KIB": "900000",
        }  # fmt: skip
        left_out = ("PORTAL_TEST_SERVICES", "PORTAL_CLOCK", "PORTAL_DEMO", "REDIS_CACHE_URL", "ALLOWED_HOSTS")
        return {name: value for name, value in os.environ.items() if name not in left_out} | ours

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def documents(self) -> Path:
        return Path(self.environment["DOCUMENT_ROOT"])

    def begin_services(self) -> None:
        """The database, which is made, and the broker; and this process becomes one that uses them."""
        for server in (self.database, self.broker):
            server.begin()
        for server in (self.database, self.broker):
            server.wait()
        self.database.make_database()
        for name in ("PORTAL_TEST_SERVICES", "PORTAL_CLOCK", "PORTAL_DEMO", "REDIS_CACHE_URL", "ALLOWED_HOSTS"):
            os.environ.pop(name, None)
        os.environ.update(self.environment)
        self.set_clock()

    def begin_portal(self) -> None:
        """The portal's own processes, all at once."""
        for program in (self.web, self.worker, self.beat):
            program.begin()
        for program in (self.web, self.worker, self.beat):
            program.wait()

    def keep_up(self) -> int:
        """Start what has ended by itself, as the compose file's restart policy does; how many. Celery's worker
        ends when it loses the broker at some moments ("Unrecoverable error" in its log)."""
        ended = [one for one in (self.web, self.worker, self.beat) if not one.alive()]
        for one in ended:
            one.again()
        return len(ended)

    def victim(self, name: str) -> Server:
        """The server of that name, one of ``VICTIMS``."""
        return getattr(self, name)  # type: ignore[no-any-return]

    def set_clock(self) -> None:
        from tests.kill import points

        points.FOLDER = self.folder
        points.set_clock(self.start, self.began, self.ahead)

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass on the clock of every process."""
        self.ahead += seconds
        self.set_clock()

    def now(self) -> dt.datetime:
        from tests.kill import points

        return points.now()

    def waiting_jobs(self) -> int:
        """How many jobs lie in the broker's queues and are not begun."""
        from django.conf import settings
        from redis import Redis as Client
        from redis.exceptions import RedisError

        try:
            with Client.from_url(self.broker.url, socket_timeout=5) as asked:
                return sum(int(asked.llen(name)) for name in settings.JOB_QUEUES)  # type: ignore[arg-type]
        except RedisError:
            return 0

    def mail_twice(self) -> int:
        """How many mails have come to the mail server more than once."""
        return sum(number > 1 for number in self.mail.seen.values())

    def errors(self) -> list[str]:
        """What the programs have written down as an error, for whoever looks for the cause."""
        lines: list[str] = []
        for name in ("web", "worker", "beat"):
            path = self.folder / f"{name}.log"
            text = path.read_text(errors="replace") if path.exists() else ""
            lines += [f"{name}: {line}" for line in text.splitlines()]
        return lines

    def end(self) -> None:
        """Kill what was started here, and only that."""
        end_all((self.web, self.worker, self.beat, self.broker, self.database))
        self.mail.end()


@contextmanager
def stand(start: dt.datetime, *, keep: bool = False) -> Iterator[Stand]:
    """A stand that is gone afterwards, with its folder unless ``keep``."""
    folder = own_folder()
    made = Stand(folder, start)
    try:
        yield made
    finally:
        made.end()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)

"""Servers of the tests' own on free local ports: PostgreSQL that waits for the disk, Redis as the compose file starts
it, and a mail server that counts. Those of the machine are left alone."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PATIENCE = 180  # seconds: no measure of speed, only the end of patience on a busy machine


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something takes connections on the port."""
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex((HOST, port)) == 0


def wait_until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """The first answer of ``true`` that is one. Raises TimeoutError that says ``what`` did not come."""
    end = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > end:
            raise TimeoutError(f"in {seconds:.0f} seconds it did not come so far that {what}")
        time.sleep(0.05)
    return found


def children_of(pid: int) -> list[int]:
    """The processes below ``pid``, all the way down. A backend of PostgreSQL is in a group of its own."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue  # it has ended meanwhile
    found, level = [], {pid}
    while level := {child for child, parent in parents.items() if parent in level}:
        found += sorted(level)
    return found


def kill_hard(process: subprocess.Popen[bytes]) -> None:
    """As the machine does when it loses its power: the process and all below it at once, without a word. The first is
    stopped before, so that it makes no new one in the place of a child that is gone."""
    os.kill(process.pid, signal.SIGSTOP)
    below = children_of(process.pid)
    for pid in (process.pid, *below):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(30)


class Server:
    """A program that is started, killed and started again in the same folder."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What is run."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether it does its work."""
        raise NotImplementedError

    def more(self) -> dict[str, Any]:
        """How it is run besides."""
        return {}

    def begin(self) -> None:
        """Start it, without waiting."""
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, **self.more()
            )

    def wait(self) -> None:
        """Wait until it does its work."""
        wait_until(self.ready, f"{self.name} is ready")

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """Kill it with all its children."""
        if self.process is not None and self.process.poll() is None:
            kill_hard(self.process)

    def again(self) -> None:
        """Start it anew after it was killed; where the dead one's memory is not given back yet, once more."""
        end = time.monotonic() + PATIENCE
        self.begin()
        while not self.ready():
            if not self.alive() and time.monotonic() < end:
                time.sleep(0.2)
                self.begin()
            elif time.monotonic() > end:
                raise TimeoutError(f"{self.name} did not start again")
            time.sleep(0.05)


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL server of Debian; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def there() -> str:
    """What is missing on this machine, as the reason of a skip; empty when all is there."""
    if binaries() is None:
        return "service: no server of PostgreSQL under /usr/lib/postgresql"
    return "" if shutil.which("redis-server") else "service: no redis-server"


class Postgres(Server):
    """A cluster of its own. It waits for the disk at each commit, so that a kill means something."""

    name = "database"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port, self.data = free_port(), folder / "postgres"
        self.data.mkdir()
        self.who: dict[str, Any] = {}
        if os.geteuid() == 0:  # it refuses to run as root
            shutil.chown(self.data, "postgres", "postgres")
            self.who = {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": self.data}
        bin_ = binaries()
        assert bin_ is not None
        self.bin = bin_
        subprocess.run(
            [str(bin_ / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, capture_output=True, **self.who,
        )  # fmt: skip

    def command(self) -> list[str]:
        settings = {
            "port": self.port, "listen_addresses": HOST, "unix_socket_directories": self.data, "fsync": "on",
            "synchronous_commit": "on", "max_connections": 250, "shared_buffers": "64MB",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.data), *options]

    def more(self) -> dict[str, Any]:
        return self.who

    def ready(self) -> bool:
        asked = [str(self.bin / "pg_isready"), "-h", HOST, "-p", str(self.port), "-U", "postgres", "-t", "2"]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    @property
    def url(self) -> str:
        return f"postgres://postgres@{HOST}:{self.port}/portal"

    def make_database(self) -> None:
        """The portal's own database."""
        asked = [str(self.bin / "createdb"), "-h", HOST, "-p", str(self.port), "-U", "postgres", "portal"]
        subprocess.run(asked, check=True, capture_output=True)


class Redis(Server):
    """The broker and the cache, started as docker-compose.yml starts them."""

    name = "broker"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port, self.data = free_port(), folder / "redis"
        self.data.mkdir()

    def command(self) -> list[str]:
        shipped = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["redis"]["command"]
        words = shlex.split(shipped) if isinstance(shipped, str) else list(shipped)
        return [*words, "--port", str(self.port), "--bind", HOST, "--dir", str(self.data)]

    def ready(self) -> bool:
        from redis import Redis as Client
        from redis.exceptions import RedisError

        try:
            return bool(Client(host=HOST, port=self.port, socket_timeout=2).ping())
        except RedisError:
            return False

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"


class MailServer:
    """Takes every mail, and remembers how often each Message-ID came, and to whom."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.to: dict[str, str] = {}
        self.lock = threading.Lock()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self) -> None:
                self.say("220 127.0.0.1 ready")
                while line := self.rfile.readline():
                    word = line.decode("latin-1").strip().upper()
                    if word == "DATA":
                        self.say("354 go on")
                        outer.take(self.body())
                        self.say("250 taken")
                    elif word == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

            def body(self) -> bytes:
                lines: list[bytes] = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line)
                return b"".join(lines)

        class Listening(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Listening((HOST, 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, data: bytes) -> None:
        mail = message_from_bytes(data)
        with self.lock:
            self.seen[str(mail["Message-ID"])] += 1
            self.to[str(mail["Message-ID"])] = str(mail["To"])

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def own_folder() -> Path:
    """A folder that the database's own user may go into."""
    folder = Path(tempfile.mkdtemp(prefix="portal-kill-"))
    folder.chmod(0o755)
    return folder


def end_all(servers: Iterable[Server]) -> None:
    """Kill each that was started here."""
    for server in servers:
        server.kill()

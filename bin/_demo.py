"""Runs one whole round on this machine, with a real worker, and serves the site.

Started by ``bin/demo``. Safe to run again: what is there stays, and only what is missing is made.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
ENV_FILE = VAR / "demo.env"
ROUND = "2022-05-01"
STARTED = "2022-05-04T09:00+02:00"
FORMATS = ("pdf", "docx", "xlsx", "json")


def say(text: str = "") -> None:
    print(text, flush=True)


def read_env_file(text: str) -> dict[str, str]:
    """The names and values of an environment file, one ``NAME=value`` a line."""
    lines = (line.strip() for line in text.splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def demo_environment(previous: dict[str, str], port: int) -> dict[str, str]:
    """What the demo's environment file says; the password of an earlier demo is kept."""
    return {
        "PORTAL_DEMO": "1",
        "PORTAL_CLOCK": STARTED,
        "PORTAL_INSECURE_HTTP": "1",
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORTAL_DEMO_PASSWORD": previous.get("PORTAL_DEMO_PASSWORD") or secrets.token_urlsafe(9),
    }


def write_env_file(port: int) -> dict[str, str]:
    """Write var/demo.env for its owner only and return what it says."""
    VAR.mkdir(exist_ok=True)
    previous = read_env_file(ENV_FILE.read_text()) if ENV_FILE.exists() else {}
    values = demo_environment(previous, port)
    unfinished = ENV_FILE.with_suffix(".part")
    unfinished.touch(mode=0o600)
    unfinished.write_text("# Made by bin/demo\n" + "".join(f"{k}={v}\n" for k, v in values.items()))
    unfinished.replace(ENV_FILE)
    return values


def manage(*arguments: str) -> None:
    """Run one command of manage.py; its failure ends the demo."""
    started = time.monotonic()
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT)
    if done.returncode:
        sys.exit(f"bin/demo stopped: {' '.join(arguments)} ended with {done.returncode}.")
    say(f"    {arguments[0]}: {time.monotonic() - started:.0f} s")


@contextmanager
def running(name: str, command: list[str], log: Path) -> Iterator[subprocess.Popen]:
    """Run a server in the background with its lines in ``log``; on leaving, stop it and wait for it."""
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as output:
        # A group of its own: Ctrl-C reaches this program alone, which then stops the others in order.
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        stop(process, name, log)


def stop(process: subprocess.Popen, name: str, log: Path) -> None:
    """Ask ``process`` to finish what it has in hand; after a minute end it and all that it started."""
    if process.poll() is not None:
        say(f"The {name} had already stopped with {process.returncode}; see {log}.")
        return
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def worker() -> list[str]:
    """The command of a Celery worker, which on one machine starts the scheduled jobs too.

    It gives way to the web server: hundreds of receipts wait to be drawn when the site is served first.
    """
    celery = ["nice", "-n", "10", sys.executable, "-m", "celery", "-A", "reform.celery:app", "worker"]
    return [*celery, "--concurrency", "2", "--beat", "--loglevel", "INFO", "--without-mingle", "--without-gossip"]


def web(port: int) -> list[str]:
    """The command of the web server. It opens no control socket: that would lie in the home folder."""
    gunicorn = [sys.executable, "-m", "gunicorn", "reform.wsgi", "--bind", f"127.0.0.1:{port}"]
    return [*gunicorn, "--workers", "2", "--threads", "4", "--no-control-socket"]


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until_served(port: int, process: subprocess.Popen) -> None:
    """Return when the web server takes connections; end the demo when it stops or takes a minute."""
    for _ in range(300):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit("bin/demo stopped: the web server did not start; see var/log/web.log.")


def show(values: dict[str, str]) -> None:
    """Say where the files lie and who can log in."""
    say("\nThe national summary of 1 May 2022:")
    for suffix in FORMATS:
        path = VAR / "summary" / f"summary.{suffix}"
        if not path.exists():
            sys.exit(f"bin/demo stopped: {path} was not made.")
        say(f"    {path}  ({path.stat().st_size / 1024:.0f} KiB)")
    say("\nWho can log in, all with the password " + values["PORTAL_DEMO_PASSWORD"] + ":")
    for name, who in (
        ("kommune-3004", "contact in Fredrikstad; kommune-<number> for every municipality and district"),
        ("statsforvalter-oslo-og-viken", "and statsforvalter-<key> for each of the ten offices"),
        ("hdir", "Helsedirektoratet"),
        ("hod", "the ministry, which sees summaries that were sent"),
        ("evaluator", "evaluation"),
    ):
        say(f"    {name:<30} {who}")


def main(arguments: list[str]) -> int:
    """Set up, run the round, and serve unless told not to."""
    parser = argparse.ArgumentParser(prog="bin/demo", description="Run one whole round and serve the site.")
    parser.add_argument("--no-server", action="store_true", help="stop before serving the site")
    parser.add_argument("--port", type=int, default=8000, help="where to serve it (default: 8000)")
    options = parser.parse_args(arguments)
    if not options.no_server and not port_is_free(options.port):
        sys.exit(f"bin/demo stopped: port {options.port} is taken; choose another with --port.")

    values = write_env_file(options.port)
    os.environ.update(values)
    os.environ["PORTAL_ENV_FILE"] = str(ENV_FILE)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ExitStack() as stack:
            say("Making the database and loading the registers …")
            manage("migrate", "--verbosity", "0")
            manage("load_registers")
            say("Letting the invented people report, two rounds of all 371 units …")
            manage("demo_population")
            manage("demo_grants")
            say("Starting a worker, and building the national summary with it …")
            stack.enter_context(running("worker", worker(), VAR / "log" / "worker.log"))
            manage("build_summary", ROUND, "--out", str(VAR / "summary"), "--patience", "120")
            show(values)
            if options.no_server:
                return 0
            server = stack.enter_context(running("web server", web(options.port), VAR / "log" / "web.log"))
            wait_until_served(options.port, server)
            say(f"\nThe site: http://127.0.0.1:{options.port}   (Ctrl-C stops it; logs in {VAR / 'log'})")
            return server.wait()
    except KeyboardInterrupt:
        say("\nStopped. bin/demo starts it again with what is there.")
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""On the last evening 371 units, and ten times as many, send in over HTTP, to 2 gunicorn workers, with all checks at
work: all accepted once, none lost, each warning with its explanation."""

from __future__ import annotations

import datetime as dt
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from bench import data
from bench.checked import STOPS_NOBODY, checked_drafts, found, unexplained
from bench.services import DAY
from reporting import guards
from reporting.models import Report, Submission

NAME = "burst_of_submissions"
AT_ONCE = 32
OSLO = ZoneInfo("Europe/Oslo")


def run(emit: Callable[..., None]) -> None:
    for factor in (1, 10):
        with guards.lifted():
            call_command("flush", interactive=False, verbosity=0)
        data.registers()
        data.copies(factor)
        _burst(emit)


def _burst(emit: Callable[..., None]) -> None:
    reports, cast = checked_drafts()
    evening = dt.datetime.combine(reports[0].round.municipality_deadline, dt.time(22, 30), OSLO)
    calls = [(report, _cookie(cast.contacts[report.municipality_id])) for report in reports]
    with _server(evening) as port, ThreadPoolExecutor(AT_ONCE) as pool:
        start = time.perf_counter()
        answers = list(pool.map(lambda call: _send(port, *call), calls))
        whole = time.perf_counter() - start
        again = list(pool.map(lambda call: _send(port, *call), calls[:40]))
    connection.close()
    sent = Report.objects.across_all(reason=data.REASON).filter(round__reference_date=DAY, status="submitted").count()
    rows = Submission.objects.across_all(reason=data.REASON).filter(report__round__reference_date=DAY).count()
    times = sorted(seconds for _status, seconds in answers)
    accepted = sum(status in (302, 303) for status, _seconds in answers)
    size = f"{len(calls)} units, {AT_ONCE} at once, {connection.vendor}"
    emit(f"{NAME}_accepted", accepted / len(calls), "ratio", limit=1.0, better="higher", size=size)
    emit(f"{NAME}_stored", sent / len(calls), "ratio", limit=1.0, better="higher", size=size)
    emit(f"{NAME}_rows_per_report", rows / len(calls), "ratio", limit=1.0, size=size)
    _checks(emit, rows, size)
    emit(f"{NAME}_p95", statistics.quantiles(times, n=20)[-1], "s", size=size)
    emit(f"{NAME}_rate", len(calls) / whole, "1/s", better="higher", size=size)
    twice = sum(status in (302, 303) for status, _seconds in again)
    emit(f"{NAME}_accepted_twice", twice / len(again), "ratio", limit=0.0, size=f"{size}; 40 sent again")


def _checks(emit: Callable[..., None], rows: int, size: str) -> None:
    """That the checks were at work: how much they found, how many of those that can find anything in a report that is
    sent in did, and that no warning went in unexplained."""
    codes = found()
    listed = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
    emit(f"{NAME}_findings", codes.total() / rows, "ratio", better="higher", size=f"{size}; {codes.total()}: {listed}")
    share = len(STOPS_NOBODY & set(codes)) / len(STOPS_NOBODY)
    emit(f"{NAME}_checks_that_found", share, "ratio", limit=1.0, better="higher", size=size)
    emit(f"{NAME}_unexplained", unexplained() / rows, "ratio", limit=0.0, size=size)


def _cookie(user: object) -> str:
    """The session cookie of a user, made as a login makes it; logging in 371 times would measure the hashing."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)  # type: ignore[attr-defined]
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()  # type: ignore[attr-defined]
    store.create()
    return str(store.session_key)


def _send(port: int, report: Report, session: str) -> tuple[int, float]:
    """Send one report in; the status and the seconds it took."""
    token = "b" * 32
    body = urlencode({"csrfmiddlewaretoken": token, "draft_version": report.draft_version})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}",
    }
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    start = time.perf_counter()
    caller.request("POST", reverse("report_submit", args=[report.pk]), body, headers)
    answer = caller.getresponse()
    answer.read()
    caller.close()
    return answer.status, time.perf_counter() - start


def _look(port: int) -> None:
    """Ask for a page that everybody may see."""
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    caller.request("GET", reverse("checks_list"))
    caller.getresponse().read()
    caller.close()


@contextmanager
def _server(clock: dt.datetime) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "reform.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    command += ["--threads", "4", "--no-control-socket", "--timeout", "120"]
    environment = {**os.environ, "PORTAL_CLOCK": clock.isoformat()}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        with ThreadPoolExecutor(8) as pool:  # what starting up costs is no part of the burst
            list(pool.map(lambda _again: _look(port), range(32)))
        yield port
    finally:
        process.terminate()
        process.wait(30)

"""Points at which a process of the portal holds still, so that something can be killed just then.

A point is a function of the portal, before it begins or after it has returned. The portal knows nothing of it: the
processes that the tests start wrap the functions. One that is armed holds the first process that comes by, once, until
it is let go. Beside that the processes get a clock that the tests can put forward, and the small documents that the
kills do not need as PDF.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(os.environ.get("KILL_FOLDER", "/nonexistent"))
HELD_AT_MOST = 120  # seconds


@dataclass(frozen=True)
class Point:
    """``function`` is ``module:name``; ``kind`` narrows it to documents of one kind."""

    name: str
    function: str
    after: bool
    words: str
    kind: str = ""


_SERVICES = "reporting.services."
POINTS = {
    point.name: point
    for point in (
        Point("submit written", _SERVICES + "submissions:receipt_make", True,
              "the Submission and its rows are written, not committed"),
        Point("submit queueing", "reform.tasks:BackgroundTask._queue", False,
              "committed, and none of its jobs is queued yet"),
        Point("submit answering", _SERVICES + "submissions:submission_submit", True,
              "committed and queued, and the person has no answer yet"),
        Point("submit receipt", "reporting.documents.build:draw", False,
              "a worker has claimed the receipt and draws it", "receipt"),
        Point("approve written", _SERVICES + "submissions:approved_tell", True,
              "state and registers are written, not committed"),
        Point("approve answering", _SERVICES + "submissions:submission_approve", True,
              "committed, and the person has no answer yet"),
        Point("deliver written", _SERVICES + "regional:_tell", True, "the delivery is written, not committed"),
        Point("deliver answering", _SERVICES + "regional:regional_deliver", True,
              "committed, and the person has no answer yet"),
        Point("build asked", "reporting.views.national:summary_request", True,
              "the summary is asked for and committed, and the person has no answer yet"),
        Point("build computed", _SERVICES + "summaries:_finish", False, "a worker has computed it, nothing is stored"),
        Point("build stored", _SERVICES + "summaries:_finish", True, "a worker has stored it, its files are queued"),
        Point("build drawing", "reporting.documents.build:draw", False, "a worker draws one of its files", "summary"),
        Point("build half", "os:replace", False, "a file is written beside its place and not moved there yet"),
        Point("build filed", _SERVICES + "documents:write_file", True, "a file is in its place, its row not written"),
        Point("send claimed", "municipalities.mail:_deliver", False, "a worker has the mail, not handed it over yet"),
        Point("send handed", "municipalities.mail:_deliver", True, "the mail server has it, its row says not so"),
        Point("send written", _SERVICES + "summary_steps:perform", True, "marked as sent, not committed"),
        Point("send answering", _SERVICES + "summary_steps:summary_send", True,
              "marked as sent and committed, and the person has no answer yet"),
    )
}  # fmt: skip


IN_WORKER = frozenset((
    "submit receipt", "build computed", "build stored", "build drawing", "build half", "build filed", "send claimed",
    "send handed",
))  # fmt: skip
"""The points to which a worker comes; a web process comes to the others."""


# --- in the processes of the portal ----------------------------------------------------------------


def install(*, worker: bool) -> None:
    """Wrap the functions of ``POINTS`` to which this process comes, and give it the clock and the small documents."""
    import django

    django.setup()
    for point in POINTS.values():
        if (point.name in IN_WORKER) == worker:
            _wrap(point)
    if worker:
        _say_when_busy()
    from reform import clock

    clock.now = now
    small_documents()


LOOKS_ROUND = ("municipalities.tasks.resend_mails", "reporting.tasks.sweep_jobs")


def _say_when_busy() -> None:
    """A process of the worker has a file while it is at a job, so that the tests let no time pass under it."""
    from reform.tasks import BackgroundTask

    inner = BackgroundTask._in_worker

    def busy(self: Any, *keys: int) -> None:
        if self.name in LOOKS_ROUND:
            return inner(self, *keys)
        mine = FOLDER / f"busy-{os.getpid()}"
        mine.touch()
        try:
            return inner(self, *keys)
        finally:
            mine.unlink(missing_ok=True)

    BackgroundTask._in_worker = busy


def busy_processes() -> list[int]:
    """The living processes that are at a job."""
    found = [int(path.name.removeprefix("busy-")) for path in FOLDER.glob("busy-*")]
    return [pid for pid in found if Path(f"/proc/{pid}").exists()]


def small_documents() -> None:
    """A summary has a workbook and a JSON file, a volume a workbook: what is drawn is nothing to a kill, and a PDF of
    each would take minutes. A receipt stays a PDF."""
    from reporting.documents import build
    from reporting.services import delivery, summary_files

    build.FORMATS = ("xlsx", "json")
    delivery.VOLUME_FORMATS = summary_files.VOLUME_FORMATS = ("xlsx",)


def _wrap(point: Point) -> None:
    module, _, path = point.function.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for part in classes:
        owner = getattr(owner, part)
    inner: Callable[..., Any] = getattr(owner, name)

    @wraps(inner)
    def held(*args: Any, **more: Any) -> Any:
        mine = _is_mine(point, args)
        if mine and not point.after:
            hold(point.name)
        found = inner(*args, **more)
        if mine and point.after:
            hold(point.name)
        return found

    setattr(owner, name, held)


def _is_mine(point: Point, args: tuple[Any, ...]) -> bool:
    if point.kind:
        return bool(args) and getattr(args[0], "kind", "") == point.kind
    if point.function == "os:replace":
        return str(args[0]).endswith(".part") and "/documents/" in str(args[0])
    return True


def file_of(what: str, name: str) -> Path:
    return FOLDER / f"{what}-{name.replace(' ', '-')}"


def hold(name: str) -> None:
    """Hold still if the point is armed and nobody else has come by; until it is let go."""
    try:
        file_of("armed", name).rename(file_of("taken", name))
    except FileNotFoundError:
        return
    file_of("taken", name).write_text(str(os.getpid()))
    file_of("taken", name).rename(file_of("reached", name))
    end = time.monotonic() + HELD_AT_MOST
    while not file_of("go", name).exists() and time.monotonic() < end:
        time.sleep(0.02)


def mark(what: str) -> None:
    """This process does its work."""
    (FOLDER / f"ready-{what}-{os.getpid()}").touch()


# --- the clock of the tests ------------------------------------------------------------------------


def now() -> dt.datetime:
    """The moment on the tests' clock: it runs on from where they have set it, the same in every process."""
    said = json.loads((FOLDER / "clock").read_text())
    gone = dt.timedelta(seconds=time.time() - said["at"] + said["ahead"])
    return (dt.datetime.fromisoformat(said["from"]) + gone).astimezone(ZoneInfo("Europe/Oslo"))


def set_clock(start: dt.datetime, at: float, ahead: float) -> None:
    """Let it be ``start`` at the moment ``at``, and ``ahead`` seconds more; whole or not at all."""
    beside = FOLDER / "clock.new"
    beside.write_text(json.dumps({"from": start.isoformat(), "at": at, "ahead": ahead}))
    beside.rename(FOLDER / "clock")


# --- in the tests ----------------------------------------------------------------------------------


def arm(name: str) -> None:
    """The next process that comes by is held."""
    for what in ("go", "taken", "reached"):
        file_of(what, name).unlink(missing_ok=True)
    file_of("armed", name).touch()


def reached(name: str) -> int:
    """The process that is held; 0 while none is."""
    path = file_of("reached", name)
    return int(path.read_text()) if path.exists() else 0


def let_go(name: str) -> None:
    """Let the process that is held go on, if it still lives; nobody is held from now on."""
    file_of("armed", name).unlink(missing_ok=True)
    file_of("go", name).touch()

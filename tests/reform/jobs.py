"""Two jobs for the tests of the queue."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import structlog

from reform.tasks import background_task

seen: list[tuple[int, ...]] = []
bound: list[dict[str, object]] = []


@background_task
def note_key(key: int) -> None:
    """Remember the key, and what the log lines are bound to."""
    bound.append(structlog.contextvars.get_contextvars())
    seen.append((key,))


@background_task
def note_pair(first: int, second: int) -> None:
    """Remember both keys."""
    seen.append((first, second))


@background_task
def look_round() -> None:
    """What the scheduler starts: it knows no keys."""
    seen.append(())


@background_task
def die_once(key: int) -> None:
    """Die like a process that ran out of memory, the first time; leave a file the second time."""
    folder = Path(os.environ["PORTAL_VAR_DIR"])
    died = folder / f"died-{key}"
    if not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    (folder / f"done-{key}").touch()

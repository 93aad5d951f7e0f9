"""Two jobs for the tests of the queue."""

from __future__ import annotations

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

"""The one way to make and start a background job.

A job is a row first. Its task gets the row's id, starts after the row is committed, may run twice
without harm (the broker delivers at least once), and looks up anew whatever it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from reform import origin
from reform.celery import app

log = structlog.get_logger("portal.task")


class BackgroundTask:
    """A function that runs in a worker, given primary keys only.

    Calling it runs it here and now, which tests and commands may do; ``start`` queues it.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        update_wrapper(self, function)
        self.function = function
        self.name = f"{function.__module__}.{function.__qualname__}"

        def run(*keys: int) -> None:  # a plain function: Celery reads the arguments of what it runs
            self._in_worker(*keys)

        self.celery_task = app.task(
            run,
            name=self.name,
            acks_late=True,  # a job that its worker did not finish goes back into the queue
            reject_on_worker_lost=True,
        )

    def __call__(self, *keys: int) -> None:
        self.function(*keys)

    def _in_worker(self, *keys: int) -> None:
        """Run the function with the log lines and the trail bound to the request that started the job."""
        request = self.celery_task.request
        headers = request.headers or {}
        request_id, session = headers.get("portal_request_id") or request.id, headers.get("portal_session") or ""
        bound = structlog.contextvars.bound_contextvars(request_id=request_id, task=self.name, keys=keys)
        with bound, origin.within(lambda: session):
            self.function(*keys)
            log.info("task done")

    def start(self, *keys: int, queue: str | None = None) -> None:
        """Queue the job when the running transaction commits, or at once outside of one.

        ``queue`` is one of ``settings.JOB_QUEUES`` where the job shall not wait with others of its kind.
        Raises TypeError for anything but primary keys: a worker that gets a row's content instead
        would work on what was true once. A broker that does not answer raises nothing: the row is
        committed and waits, and the job that looks for forgotten rows starts it later.
        """
        if not all(type(key) is int for key in keys):
            raise TypeError(f"{self.name}.start takes primary keys, not {keys!r}")
        headers = {"portal_request_id": origin.request_id() or None, "portal_session": origin.session_hash()}
        transaction.on_commit(lambda: self._queue(keys, queue, headers))

    def _queue(self, keys: tuple[int, ...], queue: str | None, headers: dict[str, str | None]) -> None:
        try:
            self.celery_task.apply_async(args=keys, queue=queue, headers=headers)
        except (OperationalError, OSError):
            log.exception("the broker does not answer; the job waits", task=self.name, keys=keys)


def background_task(function: Callable[..., None]) -> BackgroundTask:
    """Make a background job of a function whose arguments are primary keys: the only way to make one."""
    return BackgroundTask(function)

"""The one way to make and start a background job.

A job is a row first. Its task gets the row's id, starts after the row is committed, may run twice
without harm (the broker delivers at least once), and looks up anew whatever it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import structlog
from django.db import transaction

from reform.celery import app

log = structlog.get_logger("portal.task")


class BackgroundTask:
    """A function that runs in a worker, given one id.

    Calling it runs it here and now, which tests and commands may do; ``start`` queues it.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        @wraps(function)
        def run(task, *ids: int) -> None:
            request_id = getattr(task.request, "request_id", None) or task.request.id
            with structlog.contextvars.bound_contextvars(request_id=request_id, task=task.name, ids=ids):
                function(*ids)
                log.info("task done")

        self.function = function
        self.name = f"{function.__module__}.{function.__name__}"
        self.celery_task = app.task(
            run, bind=True, name=self.name, acks_late=True, reject_on_worker_lost=True, ignore_result=True
        )
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.__module__ = function.__module__

    def __call__(self, *ids: int) -> None:
        self.function(*ids)

    def start(self, *ids: int) -> None:
        """Queue the job when the running transaction commits, or at once outside of one.

        ``ids`` are primary keys. Raises TypeError for anything else: a worker that gets a row's
        content instead of its id would work on what was true once.
        """
        if not all(type(pk) is int for pk in ids):
            raise TypeError(f"{self.name}.start takes primary keys, not {ids!r}")
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        headers = {"request_id": request_id} if request_id else None
        transaction.on_commit(lambda: self.celery_task.apply_async(args=ids, headers=headers))


def background_task(function: Callable[..., None]) -> BackgroundTask:
    """Make a background job of a function whose arguments are primary keys."""
    return BackgroundTask(function)

"""Background jobs of this app: doors to the services. Each is given a row's id and may run twice."""

from __future__ import annotations

from typing import Any

from celery.signals import worker_init
from django.urls import reverse

from reform import clock
from reform.tasks import background_task
from reporting.services import documents, file_cleaning, machines, notice_day, operations, rounds, summaries


@worker_init.connect
def load_what_draws(**_worker: Any) -> None:
    """Load the libraries and the portal's addresses once, before a worker's processes are made: each shares them, also
    one that takes the place of another, and none waits three seconds for them."""
    from reporting.documents import render_docx, render_pdf, render_xlsx  # noqa: F401

    reverse("figure_detail", args=[0, "T1.1", "country"])


@background_task
def build_summary(summary_id: int) -> None:
    """Collect, compute and store one national summary, and then have its documents drawn."""
    summaries.summary_build(pk=summary_id, clock=clock.now)


@background_task
def render_document(document_id: int) -> None:
    """Draw one document and write its file."""
    documents.document_render(pk=document_id, clock=clock.now)


@background_task
def sweep_jobs() -> None:
    """Take up jobs that were forgotten or whose worker died; started by Celery beat."""
    now = clock.now()
    operations.swept_note(now=now)
    for pk in summaries.summaries_release(now=now):
        build_summary.start(pk)
    for pk in documents.documents_release(now=now):
        render_document.start(pk)


@background_task
def send_reminders() -> None:
    """The daily job, started by Celery beat: open what is due, and tell each person what is due today, and what has
    waited for today."""
    now = clock.now()
    rounds.rounds_open_due(now=now)
    notice_day.notices_due(now=now)


@background_task
def forget_requests() -> None:
    """Forget the answers that machines need no more; started by Celery beat."""
    machines.requests_forget(now=clock.now())


@background_task
def clean_files() -> None:
    """Remove the files that nobody needs; started by Celery beat."""
    file_cleaning.files_clean(now=clock.now())

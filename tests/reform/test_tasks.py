"""Background jobs start after the commit, get keys only, and go through a real queue."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time

import pytest
import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from tests.reform import jobs


@pytest.fixture(autouse=True)
def _nothing_seen():
    jobs.seen.clear()


def wait_for(count: int) -> None:
    for _ in range(200):
        if len(jobs.seen) >= count:
            return
        time.sleep(0.05)
    raise AssertionError(f"the worker ran {len(jobs.seen)} of {count} jobs")


@pytest.mark.django_db(transaction=True)
def test_a_job_starts_only_after_the_commit():
    with transaction.atomic():
        jobs.note_key.start(1)
        assert jobs.seen == []
    assert jobs.seen == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_transaction_that_was_rolled_back_never_starts():
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.note_key.start(1)
        raise RuntimeError
    assert jobs.seen == []


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["1", 1.0, True, None, {"pk": 1}, [1]])
def test_a_job_takes_keys_and_nothing_else(content):
    with pytest.raises(TypeError):
        jobs.note_key.start(content)


@pytest.mark.django_db
def test_a_job_has_no_way_round_start():
    assert not hasattr(jobs.note_key, "delay")
    assert not hasattr(jobs.note_key, "apply_async")


def test_a_job_that_its_worker_lost_goes_back_into_the_queue():
    task = jobs.note_key.celery_task
    assert task.acks_late
    assert task.reject_on_worker_lost
    assert task.name == "tests.reform.jobs.note_key"


def test_time_limits_fit_each_other(settings):
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT
    assert settings.JOB_STUCK_AFTER.total_seconds() > settings.CELERY_TASK_TIME_LIMIT
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout")
    assert visibility is None or visibility > settings.CELERY_TASK_TIME_LIMIT


@pytest.mark.django_db(transaction=True)
def test_a_silent_broker_does_not_break_what_was_committed(monkeypatch, caplog):
    def refuse(**_):
        raise OperationalError("no broker")

    monkeypatch.setattr(jobs.note_key.celery_task, "apply_async", refuse)
    with caplog.at_level(logging.ERROR), transaction.atomic():
        jobs.note_key.start(1)
    assert "the broker does not answer" in caplog.text


def test_a_real_worker_runs_the_job_once_for_each_start(celery_worker):
    with transaction.atomic():
        jobs.note_key.start(1)
        jobs.note_pair.start(2, 3)
        time.sleep(0.3)
        assert jobs.seen == []
    wait_for(2)
    assert sorted(jobs.seen) == [(1,), (2, 3)]


def test_the_scheduler_starts_a_job_by_its_name(celery_worker):
    from celery.beat import ScheduleEntry, Scheduler

    app = jobs.look_round.celery_task.app
    scheduler = Scheduler(app, lazy=True)
    scheduler.apply_async(ScheduleEntry(name="now", task=jobs.look_round.name, app=app), advance=False)
    wait_for(1)
    jobs.look_round.start()
    wait_for(2)


def test_a_job_may_wait_in_a_queue_of_its_own(celery_worker, settings):
    jobs.note_key.start(1, queue="summaries")
    wait_for(1)
    with pytest.raises(Exception, match="nowhere"):
        jobs.note_key.start(2, queue="nowhere")


def test_a_job_logs_the_id_of_the_request_that_started_it(celery_worker):
    with structlog.contextvars.bound_contextvars(request_id="a-request-id"):
        jobs.note_key.start(1)
    wait_for(1)
    assert jobs.bound[-1]["request_id"] == "a-request-id"
    assert jobs.bound[-1]["task"] == "tests.reform.jobs.note_key"


def test_what_goes_into_the_queue_is_json_with_keys_only(celery_worker):
    message = jobs.note_pair.celery_task.app.amqp.as_task_v2("id", jobs.note_pair.name, args=(2, 3))
    assert json.loads(json.dumps(message.body))[0] == [2, 3]
    assert jobs.note_pair.celery_task.app.conf.accept_content == ["json"]


@pytest.fixture
def worker_process(settings):
    """A Celery worker as it runs for real: a program of its own with a process for each job."""
    app = jobs.die_once.celery_task.app
    app.conf.task_always_eager = False
    app.control.purge()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "reform.settings",
        "PORTAL_VAR_DIR": str(settings.VAR_DIR),
        "DATABASE_URL": "sqlite://:memory:",  # these jobs ask nothing of a database
    }
    command = [sys.executable, "-m", "celery", "-A", "reform.celery:app", "worker", "--include", "tests.reform.jobs"]
    process = subprocess.Popen([*command, "--concurrency", "1"], env=environment, start_new_session=True)
    yield process
    process.terminate()
    process.wait(30)
    app.conf.task_always_eager = True


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_process_was_killed_is_taken_up_again(worker_process, settings):
    jobs.die_once.start(1)
    done = settings.VAR_DIR / "done-1"
    for _ in range(900):  # Celery itself waits ten seconds before it calls a process lost
        if done.exists():
            break
        time.sleep(0.1)
    assert (settings.VAR_DIR / "died-1").exists()
    assert done.exists()

"""What all tests share: fixtures, and the rule on skipping."""

from __future__ import annotations

import datetime as dt
import gc
import os
from contextlib import nullcontext
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from reform import clock
from reform.messages import compile_stale
from tests import databases
from tests.kept import TRAIL
from tests.world import world  # noqa: F401  (a fixture for all)

pytest_plugins = ["tests.browser"]

# A busy machine must not make a test fail, and a failure must come again on the next run.
hypothesis_settings.register_profile(
    "portal", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("portal")

TransactionTestCase._fixture_teardown = databases.quick_teardown(TransactionTestCase._fixture_teardown)

SKIP_REASONS = ("browser", "service", "font", "java")


LONG = (
    "test_whole_job.py", "test_verify.py", "test_volume.py", "test_commands.py", "test_render_processes.py",
    "test_gathering.py", "test_network_browser.py", "test_search.py", "test_tasks.py",
    "test_delivery_workers.py", "test_criteria_independent.py", "test_kill.py",
)  # fmt: skip
"""Files of a minute or so: begun first, so that no worker is left alone with one in the end."""


def pytest_sessionstart(session) -> None:
    os.fsync = lambda fd: None  # hundreds of files are drawn; that each outlives a power cut is not waited for
    if not hasattr(session.config, "workerinput"):
        compile_stale()


WHOLE_WAY = (
    "test_whole_job.py", "test_login_browser.py", "test_form_browser.py", "test_together_browser.py",
    "test_delivery_browser.py",
)  # fmt: skip
"""The browser tests that are run on PostgreSQL and Redis too: from the browser all the way to them and back."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items) -> None:
    """Tests of what only PostgreSQL and Redis can do are left out of a run on the embedded default. Those of how pages
    and files are drawn, and of what a page does in the browser, which no database changes, are left out on these."""
    items.sort(key=lambda item: item.path.name not in LONG)
    out = [item for item in items if _elsewhere(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if not _elsewhere(item)]


def _elsewhere(item) -> bool:
    if not django_settings.SERVICES:
        return item.get_closest_marker("services") is not None
    browser = item.get_closest_marker("browser") and item.path.name not in WHOLE_WAY
    return bool(browser or item.get_closest_marker("looks"))


def pytest_collection_finish(session) -> None:
    """Two million objects of the tests themselves need not be looked through for garbage time and again, nor after each
    of hundreds of small documents."""
    from reporting.services import documents

    documents.fewer_collections = nullcontext
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def skip_verdict(reason: str) -> str | None:
    """Why a skip with ``reason`` is a failure, or None when it may stand."""
    reason = reason.removeprefix("Skipped: ")
    if not reason.startswith(tuple(f"{word}:" for word in SKIP_REASONS)):
        return f"A skip names what is missing ({', '.join(SKIP_REASONS)}), not: {reason}"
    if os.environ.get("PORTAL_NO_SKIPS"):
        return f"Nothing may be skipped here, but: {reason}"
    return None


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings) -> bool:
    """The migrations run anew only when they, the models or the packages have changed; see tests/databases.py."""
    return databases.begin_with_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        databases.keep_template()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _judge_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.skipped:
        _judge_skip(report)
    return report


def _judge_skip(report) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if verdict := skip_verdict(reason):
        report.outcome = "failed"
        report.longrepr = verdict


@pytest.fixture(autouse=True)
def _fresh_language():
    """A request leaves its language behind in the thread; the next test begins with the portal's own."""
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _fresh_clock(monkeypatch):
    """PORTAL_CLOCK runs on from the start of the process; in a long run a test must not meet the time of others."""
    monkeypatch.setattr(clock, "_STARTED", dt.datetime.now(dt.UTC))


@pytest.fixture(autouse=True)
def _fresh_trail():
    """Each test begins with an empty database; see tests/kept.py."""
    TRAIL.begin()
    yield
    TRAIL.end()


@pytest.fixture(autouse=True)
def _fresh_cache():
    """Limits on login attempts and the like must not leak from one test to the next."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _force_login_is_a_whole_login():
    """``force_login`` stands for a login with all that is asked for: for an administrator the second step, too. The
    session says so as a real one does; a test of the step itself logs in by the pages."""
    plain = Client._login

    def whole(self, user, backend=None):
        plain(self, user, backend)
        session = self.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 0.0}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_login", whole)
        yield


@pytest.fixture(autouse=True)
def _own_documents(settings, tmp_path):
    """Files that a test makes lie in its own folder."""
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def today() -> dt.date:
    """A Wednesday in the days of the round of 1 May 2022."""
    return dt.date(2022, 5, 4)


@pytest.fixture
def now() -> dt.datetime:
    """Nine in the morning of that day, in Oslo."""
    return dt.datetime(2022, 5, 4, 9, 0, tzinfo=ZoneInfo("Europe/Oslo"))


@pytest.fixture
def celery_worker(transactional_db, monkeypatch):
    """A real Celery worker over the broker of this run; tasks go through its queue, not eagerly.

    It looks up from its waiting ten times a second, not every other: else each test waits for four seconds to end it.
    """
    from celery.contrib.testing.worker import start_worker
    from kombu import Connection

    from reform.celery import app

    drain = Connection.drain_events
    monkeypatch.setattr(
        Connection, "drain_events", lambda self, timeout=0.1, **more: drain(self, timeout=min(timeout, 0.1), **more)
    )

    app.conf.task_always_eager = False
    app.control.purge()  # what an earlier test queued is none of this one's business
    try:
        with start_worker(app, perform_ping_check=False, shutdown_timeout=30) as worker:
            yield worker
    finally:
        app.conf.task_always_eager = True

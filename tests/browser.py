"""A real browser for tests: Debian's Chromium, driven by Playwright, and axe's checks of a page.

Use in a test marked ``browser``: the fixtures ``browser`` (one for the run) and ``open_page``
(``open_page(width=…)`` gives a page of its own session) are registered by ``tests/conftest.py``.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, Page, expect, sync_playwright

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
# A form that is answered while other tests keep the machine busy may take more than Playwright's five seconds; one that
# is never answered still fails.
expect.set_options(timeout=20_000)
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same without the parts around its window: a third less work for the processor."""
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; skips the test, with the reason "browser", where there is none."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("browser: no Chromium here")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


class _InFlight:
    """How many requests the live server is at work with, in threads of its own."""

    def __init__(self) -> None:
        self.count, self.lock = 0, threading.Lock()

    def started(self, **_kwargs) -> None:
        self._add(1)

    def finished(self, **_kwargs) -> None:
        self._add(-1)

    def _add(self, one: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            with self.lock:
                self.count += one

    def wait(self, seconds: float = 5) -> None:
        """Until all are answered: what a page sends as it closes must not meet the emptying of the tables."""
        until = time.monotonic() + seconds
        time.sleep(0.1)
        while self.count > 0 and time.monotonic() < until:
            time.sleep(0.02)


@pytest.fixture
def in_flight() -> Iterator[_InFlight]:
    found = _InFlight()
    request_started.connect(found.started)
    request_finished.connect(found.finished)
    yield found
    request_started.disconnect(found.started)
    request_finished.disconnect(found.finished)


@pytest.fixture
def open_page(browser: Browser, live_server, in_flight: _InFlight) -> Iterator[Callable[..., Page]]:
    """Make a page with its own cookies, at ``live_server``; a script error or a breach of the CSP fails the test."""
    contexts, errors = [], []

    def make(*, width: int = 1280, height: int = 900, user=None, **options) -> Page:
        how = {"locale": "nb-NO", "reduced_motion": "reduce", **options}  # what moves while it is clicked may be missed
        context = browser.new_context(base_url=live_server.url, viewport={"width": width, "height": height}, **how)
        contexts.append(context)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    in_flight.wait()
    assert not errors, errors


def _session_cookie(user, url: str) -> dict[str, str]:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def axe_violations(page: Page, *, exclude: tuple[str, ...] = ()) -> list[str]:
    """What axe finds wrong on the page as it stands, one sentence for each rule and its elements."""
    page.evaluate(AXE.read_text())  # evaluated, not added as a script: the page's CSP stays as it is
    found = page.evaluate(
        "exclude => axe.run({include: [document], exclude}, {resultTypes: ['violations']})",
        [[selector] for selector in exclude],
    )
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: "
        + "; ".join(node["html"][:160] for node in rule["nodes"][:5])
        for rule in found["violations"]
    ]

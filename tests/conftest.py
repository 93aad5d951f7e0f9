"""What all tests share."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from tests.world import world  # noqa: F401  (a fixture for all)


@pytest.fixture(autouse=True)
def _fresh_cache():
    """Limits on login attempts and the like must not leak from one test to the next."""
    cache.clear()
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

"""The day on which the form is filled in."""

from __future__ import annotations

import pytest

from .steps import NOW


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()

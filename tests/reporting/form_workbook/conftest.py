"""The day on which the workbook is filled in."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def in_the_round(settings):
    settings.PORTAL_CLOCK = "2022-04-20T10:00+02:00"

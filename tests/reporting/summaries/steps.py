"""What the tests of summaries share."""

from __future__ import annotations

import datetime as dt

from tests.reporting.documents.population import FROZEN

LATER = FROZEN + dt.timedelta(days=2)


def clock():
    return FROZEN

"""What time it is, for doors only (views, tasks, commands); a rule takes the day as an argument.

With the setting ``PORTAL_CLOCK`` (an ISO moment) each process believes that it was started then,
and its time runs on from there: so the demo stays in the days of its round.
"""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

from django.conf import settings

OSLO = ZoneInfo("Europe/Oslo")
_STARTED = dt.datetime.now(dt.UTC)


def now() -> dt.datetime:
    """The moment, aware, in Oslo's time.

    Raises ValueError when ``PORTAL_CLOCK`` is no ISO moment.
    """
    moment = dt.datetime.now(dt.UTC)
    if settings.PORTAL_CLOCK:
        start = dt.datetime.fromisoformat(settings.PORTAL_CLOCK)
        if start.tzinfo is None:
            start = start.replace(tzinfo=OSLO)
        moment = start + (moment - _STARTED)
    return moment.astimezone(OSLO)


def today() -> dt.date:
    """The day in Oslo."""
    return now().date()


def seconds() -> int:
    """Whole seconds of the machine's clock, for what ends in real time whatever day the portal believes in."""
    return int(time.time())

"""From the registers of municipalities: what the units of a round's day were made of in the rounds before it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from municipalities.services import lineage_of_all
from reporting.models import Report

from .borders import parts_of
from .facts import PartsFact

REASON = "national summary"


def parts(days: Mapping[int, dt.date]) -> tuple[PartsFact, ...]:
    """The parts of the last round's municipalities in each of the rounds (``days``: round to reference date). Three
    queries, none where there is only one round."""
    if len(days) < 2:
        return ()
    reported: dict[dt.date, list[int]] = defaultdict(list)
    rows = Report.objects.across_all(reason=REASON).filter(round_id__in=days, municipality__kind="municipality")
    for round_id, unit in rows.values_list("round_id", "municipality_id").order_by():
        reported[days[round_id]].append(unit)
    day = max(days.values())
    return parts_of(lineage_of_all(), reported, day) if day in reported else ()

"""From the registers of municipalities: what the units of a round's day were made of in the rounds before it."""

from __future__ import annotations

import datetime as dt
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence

from municipalities.models import MunicipalityLink
from municipalities.services import lineage_of_changed
from reporting.models import Report

from .borders import parts_of
from .columns import AT_ONCE
from .facts import PartsFact

REASON = "national summary"


def parts(days: Mapping[int, dt.date]) -> Sequence[PartsFact]:
    """The parts of the last round's municipalities in each of the rounds (``days``: round to reference date). One
    query, and three more where borders were moved between the rounds; none where there is only one round."""
    first, last = min(days.values()), max(days.values())
    if first == last or not MunicipalityLink.objects.filter(on__gt=first, on__lte=last).exists():
        return ()
    reported: dict[dt.date, array[int]] = defaultdict(lambda: array("q"))
    rows = Report.objects.across_all(reason=REASON).filter(round_id__in=days, municipality__kind="municipality")
    for round_id, unit in rows.values_list("round_id", "municipality_id").order_by().iterator(AT_ONCE):
        reported[days[round_id]].append(unit)
    return parts_of(lineage_of_changed(), reported, last) if last in reported else ()

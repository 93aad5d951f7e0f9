"""From the registers of municipalities: what the units of a round's day were made of in the rounds before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from municipalities.models import MunicipalityLink
from municipalities.services import lineage_of_changed
from reporting.models import Report

from .blocks import Numbers
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
    rows = Report.objects.across_all(reason=REASON).filter(round_id__in=days, municipality__kind="municipality")
    found = rows.values_list("round_id", "municipality_id").order_by("round_id").iterator(AT_ONCE)
    reported = {
        days[round_id]: Numbers("q", (unit for _round, unit in units))
        for round_id, units in groupby(found, itemgetter(0))
    }
    return parts_of(lineage_of_changed(), reported, last) if last in reported else ()

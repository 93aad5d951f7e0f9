"""What the note and the yearly report are told of grants and money on a day: by value, so that it can be kept.

The criteria are those of the day's year. A year without criteria, formula or budget brings nothing of these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Sum

from grants.criteria.facts import MET, NOT_MET, UNKNOWN
from grants.models import Appropriation, GrantApplication
from grants.note_part import ALL, ALLOCATED, APPROPRIATED, GRANTED, OVERRULED, PART
from grants.services.funds import YearUnknown, allocation
from grants.services.priority import NoCriteria, UnitOutcomes, outcomes
from reporting.documents.added import Brought
from reporting.documents.facts import AddedAmount, AddedFact

WHY = "the note and the yearly report speak of the whole country"


def collect(day: dt.date) -> Brought:
    """The outcome of each criterion and of all together for each municipality of ``day``, and the money of its year.

    At most 20 queries, however many municipalities, schemes and receivers there are.
    """
    return Brought(tuple(_criteria(day)), (*_allocated(day.year), *_appropriated(day.year), *_granted(day.year)))


def _criteria(day: dt.date) -> Iterable[AddedFact]:
    try:
        found = outcomes(day.year, day)
    except NoCriteria:
        return
    for row in found:
        yield AddedFact(PART, ALL, row.unit, _together(row))
        for code, state in row.states.items():
            yield AddedFact(PART, code, row.unit, state)
        if any(verdict.overruling for verdict in row.verdicts.values()):
            yield AddedFact(PART, OVERRULED, row.unit, "yes")


def _together(row: UnitOutcomes) -> str:
    """Met where all criteria are, not met where one is not, else not known."""
    if row.priority:
        return MET
    return NOT_MET if NOT_MET in row.states.values() else UNKNOWN


def _allocated(year: int) -> list[AddedAmount]:
    try:
        shared = allocation(year)
    except YearUnknown:
        return []
    return [
        AddedAmount(PART, ALLOCATED, row.key, row.amount, {"nb": row.short_name, "nn": row.short_name})
        for row in shared.rows
    ]


def _appropriated(year: int) -> list[AddedAmount]:
    rows = Appropriation.objects.across_all(reason=WHY).filter(year=year).order_by("occasion", "order", "id")
    return [
        AddedAmount(
            PART, APPROPRIATED, f"{row.occasion}-{row.receiver}", row.amount,
            {"nb": row.receiver_nb, "nn": row.receiver_nn},
        )
        for row in rows
    ]  # fmt: skip


def _granted(year: int) -> list[AddedAmount]:
    """What was granted by each scheme of the year, in whole kroner."""
    rows = (
        GrantApplication.objects.across_all(reason=WHY)
        .filter(scheme__year=year, granted_kr__isnull=False)
        .order_by("scheme__order", "scheme__key")
        .values_list("scheme__key", "scheme__name_nb", "scheme__name_nn")
        .annotate(kr=Sum("granted_kr"))
    )
    return [AddedAmount(PART, GRANTED, key, kr, {"nb": nb, "nn": nn}) for key, nb, nn, kr in rows]

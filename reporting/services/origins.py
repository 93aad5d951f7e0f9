"""What the municipalities answered last of which a new one was made: to be read at the questions, never filled in.

A municipality that came out of a merger or a split has no report of its own before. What its parts answered may
differ, and a count of one is none of the other, so nothing is carried over; it is shown beside the question, each part
by itself (the rule of ``municipalities.borders``, and idea 4: what is known is not hidden from who is asked).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from municipalities.models import MunicipalityLink
from municipalities.services import unit_names
from reform.dates import previous_reference_date
from reporting.models import Report, Round, Submission

LEADING = (MunicipalityLink.Kind.MERGER, MunicipalityLink.Kind.SPLIT)


@dataclass(frozen=True)
class PartAnswers:
    """The last answers of a municipality that was: ``unit`` is its number and name then, ``whole`` says that all of it
    became a part of the new one (a merger), ``on`` is its round's reference date."""

    unit: str
    whole: bool
    on: dt.date
    answers: Mapping[str, Any]


def answers_of_parts(report: Report) -> tuple[PartAnswers, ...]:
    """What those answered last who became the report's unit since the round before, in the order of their numbers.

    Empty for nearly everybody. One query then, two where there are parts.
    """
    reference = report.round.reference_date
    rows = (
        Submission.objects.across_all(reason="show a merged municipality what its parts answered")
        .filter(
            report__municipality__links_forward__new=report.municipality_id,
            report__municipality__links_forward__kind__in=LEADING,
            report__municipality__links_forward__on__gt=previous_reference_date(reference),
            report__municipality__links_forward__on__lte=reference,
            report__round__reference_date__lt=reference,
        )
        .exclude(report__municipality=report.municipality_id)
        .exclude(report__round__kind=Round.Kind.TEST)
        .annotate(kind=F("report__municipality__links_forward__kind"))
        .order_by("report__round__reference_date", "number")
        .values_list("report__municipality_id", "kind", "report__round__reference_date", "answers")
    )
    last = {unit_id: (kind, on, answers) for unit_id, kind, on, answers in rows}
    return _named(last) if last else ()


def _named(last: Mapping[int, tuple[str, dt.date, Mapping[str, Any]]]) -> tuple[PartAnswers, ...]:
    day = max(on for _kind, on, _answers in last.values())
    names = unit_names(last, day)
    parts = [
        PartAnswers(f"{names[key].number} {names[key].name}", kind == MunicipalityLink.Kind.MERGER, on, answers)
        for key, (kind, on, answers) in last.items()
        if key in names
    ]
    return tuple(sorted(parts, key=lambda part: part.unit))

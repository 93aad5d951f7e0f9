"""What a municipality gets back: its own answers of a round beside those of its region and the country.

The figures are counted from the last Submissions of reports that are delivered, here and now; the national summary is
the official count, and it is frozen. A figure always says how many it is counted from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q

from municipalities.models import Municipality
from reporting.models import Answer, Report, Round

USED = ("in_place", "adopted", "adapted")
"""The positions that count as taken into use or decided."""
ADOPTED = ("own", "inside")
"""The plan statuses that count as an adopted plan."""
SMALL = 5
"""A region in which fewer than this have delivered shows no figures: they would tell about single others."""
SOLUTIONS, PLAN = "solutions", "plan.status"


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole`` units; ``whole`` counts all, delivered or not."""

    part: int
    whole: int

    @property
    def per_cent(self) -> float:
        """Of a hundred, for a bar."""
        return 100 * self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Mean:
    """The mean of a count over ``units`` delivered reports, to one decimal."""

    value: Decimal
    units: int

    @classmethod
    def of(cls, total: int, units: int) -> Mean | None:
        """None where nothing is delivered."""
        if not units:
            return None
        return cls((Decimal(total) / units).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP), units)


@dataclass(frozen=True)
class Comparison:
    """Own, region and country. A district is set beside the other districts, and has no country of its own kind. A
    region that is too ``SMALL`` has no figures but how many have delivered."""

    round: Round
    is_district: bool
    rows: int
    own_solutions: int | None
    own_plan: str | None
    region_solutions: Mean | None
    country_solutions: Mean | None
    region_plan: Share | None
    country_plan: Share
    region_delivered: Share
    country_delivered: Share


def comparison(*, round_: Round, municipality: Municipality) -> Comparison | None:
    """The figures of ``round_`` for ``municipality``; None when its own report is not delivered. Four queries."""
    reports = Report.objects.across_all(reason="own figures beside region and country").filter(round=round_)
    own = reports.filter(municipality=municipality, status__in=Report.DELIVERED).first()
    if own is None:
        return None
    same_kind = reports.filter(municipality__kind=municipality.kind)
    delivered = same_kind.filter(status__in=Report.DELIVERED)
    wholes, parts = Counter(), Counter()
    for row in same_kind.values("office_id").annotate(n=Count("pk"), d=Count("pk", filter=_delivered())).order_by():
        wholes[row["office_id"]], parts[row["office_id"]] = row["n"], row["d"]
    used, planned = _by_office(delivered)
    answers = _own_answers(own)
    office = own.office_id
    known = parts[office] >= SMALL
    return Comparison(
        round=round_,
        is_district=municipality.is_district,
        rows=sum(1 for question, _value in answers if question == SOLUTIONS),
        own_solutions=sum(1 for question, value in answers if question == SOLUTIONS and value in USED),
        own_plan=next((value for question, value in answers if question == PLAN), None),
        region_solutions=Mean.of(used[office], parts[office]) if known else None,
        country_solutions=Mean.of(sum(used.values()), sum(parts.values())),
        region_plan=Share(planned[office], wholes[office]) if known else None,
        country_plan=Share(sum(planned.values()), sum(wholes.values())),
        region_delivered=Share(parts[office], wholes[office]),
        country_delivered=Share(sum(parts.values()), sum(wholes.values())),
    )


def _delivered() -> Q:
    return Q(status__in=Report.DELIVERED)


def _by_office(delivered: Any) -> tuple[Counter[int], Counter[int]]:
    wanted = Q(question=SOLUTIONS, value__in=USED) | Q(question=PLAN, value__in=ADOPTED)
    rows = (
        Answer.objects.across_all(reason="counts by office")
        .filter(wanted, submission__in=delivered.values("current_id"))
        .values("submission__report__office_id", "question")
        .annotate(n=Count("pk"))
        .order_by()
    )
    used: Counter[int] = Counter()
    planned: Counter[int] = Counter()
    for row in rows:
        counter = used if row["question"] == SOLUTIONS else planned
        counter[row["submission__report__office_id"]] += row["n"]
    return used, planned


def _own_answers(own: Report) -> list[tuple[str, str]]:
    rows = Answer.objects.across_all(reason="one's own answers").filter(
        submission_id=own.current_id, question__in=(SOLUTIONS, PLAN)
    )
    return list(rows.values_list("question", "value"))

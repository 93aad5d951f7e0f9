"""The figures of a region in a round, as they stand: filled in beside the form, and frozen when it is delivered."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from municipalities.models import Municipality
from networks.models import Participation, SupportActivity
from networks.rules import ACTIVE
from reform.dates import previous_reference_date
from reporting.models import Answer, RegionalReport, Report, RiskAssessment
from reporting.timing import DeliveryKind, with_delivery

REASON = "the figures of a region"


@dataclass(frozen=True)
class RegionalFigure:
    """One line: ``text`` is an English msgid, ``value`` a count, ``whole`` of how many (None: a count alone)."""

    key: str
    text: str
    value: int
    whole: int | None = None

    def stored(self) -> dict[str, Any]:
        """As it is frozen with a delivery."""
        return {"key": self.key, "text": self.text, "value": self.value, "whole": self.whole}


def regional_figures(regional: RegionalReport, *, today: dt.date) -> tuple[RegionalFigure, ...]:
    """The figures of the region on ``today``, the registers as of the reference date. Six queries."""
    round_ = regional.round
    reports = Report.objects.across_all(reason=REASON).filter(round=round_, office=regional.office_id)
    rows = list(
        with_delivery(reports, today).values_list(
            "municipality_id", "municipality__kind", "status", "delivery_kind", "current_id", "current__on_behalf_of"
        )
    )
    units = {row[0] for row in rows if row[1] == Municipality.Kind.MUNICIPALITY}
    # A returned report lies with the municipality again: it has a line of its own and counts as nothing else.
    kinds = Counter(row[3] for row in rows if row[2] != Report.Status.RETURNED)
    states = Counter(row[2] for row in rows)
    whole, behalf, back = (
        len(rows),
        sum(1 for row in rows if row[5] and row[2] != Report.Status.RETURNED),
        states[Report.Status.RETURNED],
    )
    delivered = sum(kinds[kind] for kind in (DeliveryKind.ON_TIME, DeliveryKind.EXTENDED, DeliveryKind.LATE))
    return (
        RegionalFigure("units", _("Municipalities and districts that report"), whole),
        RegionalFigure("delivered", _("Delivered"), delivered, whole),
        RegionalFigure("on_time", _("On time"), kinds[DeliveryKind.ON_TIME], whole),
        RegionalFigure("extended", _("Within an extended deadline"), kinds[DeliveryKind.EXTENDED], whole),
        RegionalFigure("late", _("Late"), kinds[DeliveryKind.LATE], whole),
        RegionalFigure("not_delivered", _("Not delivered"), whole - delivered - back, whole),
        RegionalFigure("returned", _("Returned, and not sent in again"), back, whole),
        RegionalFigure("on_behalf", _("Delivered on behalf of the municipality"), behalf, whole),
        RegionalFigure("approved", _("Approved"), states[Report.Status.APPROVED], whole),
        *_plans({row[4] for row in rows if row[4] and row[2] in Report.DELIVERED and row[0] in units}, len(units)),
        *_registers(units, round_.reference_date),
        *_risk(units, round_.reference_date),
    )


def _plans(submissions: set[int], whole: int) -> tuple[RegionalFigure, ...]:
    rows = Answer.objects.across_all(reason=REASON).filter(submission__in=submissions, question="plan.status")
    given = Counter(rows.values_list("value", flat=True))
    return (
        RegionalFigure("plan_adopted", _("Municipalities with an adopted plan"), given["own"] + given["inside"], whole),
        RegionalFigure("plan_process", _("Municipalities that have described a process"), given["process"], whole),
        RegionalFigure("plan_none", _("Municipalities without a plan"), given["none"] + given["declined"], whole),
        RegionalFigure("plan_missing", _("Municipalities that have not answered"), whole - sum(given.values()), whole),
    )


def _registers(units: set[int], day: dt.date) -> tuple[RegionalFigure, ...]:
    members = Participation.objects.across_all(reason=REASON).on(day).filter(municipality__in=units, status=ACTIVE)
    support = SupportActivity.municipalities.through.objects.filter(
        municipality_id__in=units,
        supportactivity__on__gt=previous_reference_date(day),
        supportactivity__on__lte=day,
    )
    return (
        RegionalFigure(
            "networks",
            _("Municipalities that take part in a network"),
            members.values("municipality").distinct().count(),
            len(units),
        ),
        RegionalFigure(
            "support",
            _("Municipalities that got support since the last round"),
            support.values("municipality_id").distinct().count(),
            len(units),
        ),
    )


_RISK = (
    ("health_only", _("Risk pattern recognised: health and care only")),
    ("involvement", _("Risk pattern recognised: too little involvement")),
    ("placed_low", _("Risk pattern recognised: responsibility placed low")),
    ("isolated", _("Risk pattern recognised: isolated task")),
    ("analysis", _("Risk pattern recognised: no broad, long-term analysis")),
)

FORMER = (_("Municipalities with a recognised risk pattern"),)
"""Texts of lines that are no longer counted and stand in deliveries that were frozen: they must still be translated."""


def _risk(units: set[int], day: dt.date) -> tuple[RegionalFigure, ...]:
    """How many municipalities each pattern is recognised in, fully or in part, as of the reference date.

    A report is judged after the day it tells of. So the newest judgement counts that rests on a report of this round
    or of one before it; one that rests on no report counts from the day it was made. What a later round led to is
    not of this day. One query.
    """
    told = Q(submission__report__round__reference_date__lte=day)
    midnight = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    alone = Q(submission=None, assessed_at__lt=midnight)
    rows = RiskAssessment.objects.across_all(reason=REASON).filter(told | alone, municipality__in=units).order_by("id")
    newest = {
        (unit, pattern): verdict for unit, pattern, verdict in rows.values_list("municipality", "pattern", "verdict")
    }
    seen = {RiskAssessment.Verdict.CONFIRMED, RiskAssessment.Verdict.PARTLY}
    found = Counter(pattern for (_unit, pattern), verdict in newest.items() if verdict in seen)
    return tuple(RegionalFigure(f"risk_{key}", text, found[key], len(units)) for key, text in _RISK)

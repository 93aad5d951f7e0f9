"""How far a round has come: for all who take part in it. Who has delivered is no secret; what was answered is."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from municipalities.services import office_names, unit_names
from reporting.models import RegionalReport, Report, Round, Submission
from reporting.timing import DeliveryKind, with_delivery

REASON = "who has delivered in a round, for all who take part in it"
CAME = (DeliveryKind.ON_TIME, DeliveryKind.EXTENDED, DeliveryKind.LATE)
EARLIER = 3
"""So many rounds before it the curve is set against."""

TOTAL = "total"


@dataclass(frozen=True)
class RegionStatus:
    """A region's (or, with the key ``total``, the country's) counts of reports."""

    key: str
    name: str
    units: int
    on_time: int
    extended: int
    late: int
    returned: int
    approved: int

    @property
    def delivered(self) -> int:
        """What has come and has not been returned: a returned report lies with the municipality again."""
        return self.on_time + self.extended + self.late

    @property
    def missing(self) -> int:
        return self.units - self.delivered - self.returned


@dataclass(frozen=True)
class Curve:
    """Of a round: how many of ``units`` had delivered by the end of each day, as ``(days from the deadline, count)``,
    from the first delivery on. It falls on the day a report was returned that has not come again."""

    reference_date: dt.date
    units: int
    points: tuple[tuple[int, int], ...]

    def share_on(self, day: int) -> float:
        """Per cent delivered by the end of a day from the deadline."""
        count = next((n for at, n in reversed(self.points) if at <= day), 0)
        return 100 * count / self.units if self.units else 0.0


@dataclass(frozen=True)
class UnitStatus:
    """A unit that has delivered, or not; ``returned``: it had, and has its report again (then not ``delivered``)."""

    number: str
    name: str
    office: str
    delivered: bool
    returned: bool = False


@dataclass(frozen=True)
class Stuck:
    """Something that waits for somebody, and for how many days. ``who`` is ``municipality``, ``office`` or ``hdir``."""

    what: str
    who: str
    name: str
    office: str
    since: dt.date
    days: int
    report: int | None = None


def regions_status(round_: Round, *, today: dt.date) -> list[RegionStatus]:
    """The country first, then the offices in their order. Two queries."""
    reports = Report.objects.across_all(reason=REASON).filter(round=round_)
    grouped = with_delivery(reports, today).values_list("office_id", "delivery_kind", "status")
    rows = grouped.annotate(n=Count("pk")).order_by()
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for office, kind, status, count in rows:
        for key in (office, 0):
            kinds[key]["returned" if status == Report.Status.RETURNED else kind] += count
            kinds[key]["units"] += count
            kinds[key]["approved"] += count if status == Report.Status.APPROVED else 0
    names = office_names(round_.reference_date)
    found = [_region(TOTAL, "", kinds[0])]
    return found + [_region(name.key, name.short_name, kinds[pk]) for pk, name in names.items() if pk in kinds]


def _region(key: str, name: str, count: Counter[str]) -> RegionStatus:
    on_time, extended, late = (count[kind] for kind in CAME)
    return RegionStatus(key, name, count["units"], on_time, extended, late, count["returned"], count["approved"])


def curves(round_: Round, earlier: Sequence[Round], *, office_id: int | None = None) -> list[Curve]:
    """The curve of the round, and of up to ``EARLIER`` rounds before it, newest first. Three queries.

    With ``office_id`` of that region alone. Counted is the first delivery of each report, on its Oslo day; what is
    returned now counts until the day it was returned, so that the curve ends where the figures of the regions stand.
    """
    rounds = [round_, *earlier[:EARLIER]]
    reports = Report.objects.across_all(reason=REASON).filter(round__in=rounds)
    sent = Submission.objects.across_all(reason=REASON).filter(report__round__in=rounds, number=1)
    if office_id is not None:
        reports, sent = reports.filter(office=office_id), sent.filter(report__office=office_id)
    units = dict(reports.values_list("round").annotate(n=Count("pk")).order_by())
    days: dict[int, Counter[int]] = defaultdict(Counter)
    deadlines = {row.pk: row.municipality_deadline for row in rounds}
    for round_id, at in sent.values_list("report__round", "submitted_at"):
        days[round_id][(timezone.localdate(at) - deadlines[round_id]).days] += 1
    back = reports.filter(status=Report.Status.RETURNED, returned_at__isnull=False)
    for round_id, at in back.values_list("round", "returned_at"):
        days[round_id][(timezone.localdate(at) - deadlines[round_id]).days] -= 1
    return [Curve(row.reference_date, units.get(row.pk, 0), _cumulated(days[row.pk])) for row in rounds]


def _cumulated(days: Counter[int]) -> tuple[tuple[int, int], ...]:
    points, total = [], 0
    for day in sorted(days):
        total += days[day]
        points.append((day, total))
    return tuple(points)


def units_status(round_: Round, *, offices: Collection[int] | None) -> list[UnitStatus]:
    """Who has delivered, and who has not, in Norwegian order; those of ``offices`` (None: of the whole country).

    Three queries.
    """
    reports = Report.objects.across_all(reason=REASON).filter(round=round_)
    if offices is not None:
        reports = reports.filter(office__in=offices)
    rows = list(reports.values_list("municipality_id", "office_id", "current_id", "status"))
    names = unit_names({row[0] for row in rows}, round_.reference_date)
    short = office_names(round_.reference_date)
    found = [
        (names[unit].sort_key, UnitStatus(
            names[unit].number, names[unit].display_name, short[office].short_name if office in short else "",
            current is not None and state != Report.Status.RETURNED, state == Report.Status.RETURNED,
        ))
        for unit, office, current, state in rows if unit in names
    ]  # fmt: skip
    return [row for _key, row in sorted(found, key=lambda pair: (pair[0], pair[1].number))]


def offices_of(unit_ids: Collection[int], round_: Round) -> set[int]:
    """The offices that answered for the units in the round: whose lists their people see. One query."""
    reports = Report.objects.across_all(reason=REASON).filter(round=round_, municipality__in=unit_ids)
    return set(reports.values_list("office_id", flat=True))


def stuck(round_: Round, *, today: dt.date, least: int = 3) -> list[Stuck]:
    """What has waited for at least ``least`` days, the longest first: returned or reopened reports at municipalities,
    sent in ones at the statsforvalter, undelivered regions after their deadline, delivered ones at Hdir. Five queries.
    """
    reports = Report.objects.across_all(reason="what is stuck, for Hdir").filter(round=round_)
    waiting = ("submitted", "returned", "reopened")
    rows = list(
        reports.filter(status__in=waiting).values_list(
            "pk", "municipality_id", "office_id", "status", "submitted_at", "returned_at", "reopened_at"
        )
    )
    names = unit_names({row[1] for row in rows}, round_.reference_date)
    short = office_names(round_.reference_date)
    found = []
    for pk, unit, office, status, *moments in rows:
        at = moments[waiting.index(status)]
        if at is None or unit not in names or office not in short:
            continue
        who = "office" if status == "submitted" else "municipality"
        since = timezone.localdate(at)
        days = (today - since).days
        found.append(Stuck(status, who, names[unit].display_name, short[office].short_name, since, days, pk))
    found += _regions_stuck(round_, short, today)
    return sorted((row for row in found if row.days >= least), key=lambda row: (-row.days, row.office, row.name))


def _regions_stuck(round_: Round, short: dict, today: dt.date) -> list[Stuck]:  # type: ignore[type-arg]
    rows = RegionalReport.objects.across_all(reason="what is stuck, for Hdir").filter(round=round_)
    known = {office: (status, at) for office, status, at in rows.values_list("office_id", "status", "delivered_at")}
    found = []
    for pk, name in short.items():
        status, at = known.get(pk, ("draft", None))
        if status in ("draft", "returned"):
            since = round_.office_deadline
            found.append(Stuck("region", "office", name.short_name, name.short_name, since, (today - since).days))
        elif status == "delivered" and at is not None:
            since = timezone.localdate(at)
            found.append(Stuck("region", "hdir", name.short_name, name.short_name, since, (today - since).days))
    return found

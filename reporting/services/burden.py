"""How much work a report and a round are: active seconds in the form, fields changed, fields accepted as filled in.

The municipality sees its own. Everybody else sees sums over at least ``FEWEST`` reports and never a single one's.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from municipalities.access import MUNICIPAL, Scope, can, scope_of
from municipalities.models import Membership, Role, User
from reporting.form_spec import FormSpec
from reporting.models import DraftChange, FormTime, Report, Round
from reporting.services.draft_view import spec_of

FEWEST = 5
"""So many reports must lie behind a sum or a median before it is shown."""

MOST_AT_ONCE = 120
"""Seconds that one message of a page may bring: it sends more often than that."""

ELSEWHERE = ""
"""The code of the time that was spent in the form outside any question."""


@dataclass(frozen=True)
class Burden:
    """A report's: active seconds, answers that somebody wrote anew, filled-in answers that somebody accepted."""

    seconds: int
    changed: int
    accepted: int

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded up: ten seconds are a minute's work too."""
        return -(-self.seconds // 60)


@dataclass(frozen=True)
class QuestionBurden:
    """A question's: seconds of all reports, how many reports spent time at it, and the median of those (seconds)."""

    code: str
    seconds: int
    reports: int
    median: float


@dataclass(frozen=True)
class RoundBurden:
    """A round's. ``measured`` reports lie behind the time, ``begun`` behind the counts of answers. The lists and sums
    are empty where too few lie behind them."""

    measured: int
    seconds: int
    median: float
    begun: int
    changed: int
    accepted: int
    questions: tuple[QuestionBurden, ...]
    hidden: int

    @property
    def enough(self) -> bool:
        return self.measured >= FEWEST


def time_add(*, report: Report, seconds: Mapping[str, Any], actor: User, now: dt.datetime) -> int:
    """Add active seconds by question code. Returns how many were taken.

    Codes that the form does not have, and what is no positive whole number, are passed over; together at most
    ``MOST_AT_ONCE`` are taken. Nobody's name is kept. What the statsforvalter uses on a report that it fills in on
    behalf of the municipality is no burden of hers. Raises PermissionDenied. One query a code that has been there.
    """
    decision = can(actor, "report.edit", report, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    if not own_unit(scope_of(actor, today=timezone.localdate(now)), report):
        return 0
    left, taken = MOST_AT_ONCE, 0
    for code, count in _sound(seconds, spec_of(report)):
        count = min(count, left)
        if count <= 0:
            break
        _add(report, code, count)
        left, taken = left - count, taken + count
    return taken


def _sound(seconds: Mapping[str, Any], spec: FormSpec) -> Iterable[tuple[str, int]]:
    for code, count in list(seconds.items())[:50]:
        if type(count) is int and count > 0 and (code == ELSEWHERE or spec.has(code)):
            yield code, count


def _add(report: Report, code: str, count: int) -> None:
    rows = FormTime.objects.get_queryset().filter(report=report, question=code)
    if rows.update(seconds=F("seconds") + count):
        return
    try:
        with transaction.atomic():
            FormTime.objects.get_queryset().create(report=report, question=code, seconds=count)
    except IntegrityError:  # a colleague's page was quicker
        rows.update(seconds=F("seconds") + count)


def own_unit(scope: Scope, report: Report) -> bool:
    """Whether the reader belongs to the unit that reports: only she sees what it cost."""
    return report.municipality_id in scope.only(MUNICIPAL).municipality_ids


def _changes(reason: str) -> QuerySet[DraftChange]:
    """What counts as written by the municipalities: not what lost, no explanation of a warning, and not what the
    statsforvalter wrote on somebody's behalf. Who has had both roles counts by the one she had on the day."""
    on_the_day = Q(valid_from__lte=OuterRef("saved_at__date")) & (
        Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("saved_at__date"))
    )
    roles = Membership.objects.filter(on_the_day, user=OuterRef("user")).order_by()
    staff = Exists(roles.filter(role=Role.STATSFORVALTER))
    own = Exists(roles.filter(role__in=MUNICIPAL, municipality=OuterRef("report__municipality")))
    rows: QuerySet[DraftChange] = DraftChange.objects.across_all(reason=reason).filter(lost=False)
    return rows.exclude(key__startswith="comment ").exclude(Q(staff) & ~Q(own))


def _staff_names(reports: QuerySet[Report]) -> dict[int, set[str]]:
    """The names of those who are or have been at the reports' offices, by office: a draft's field says who accepted it
    by name alone. One query."""
    offices = reports.order_by().values("office")
    rows = Membership.objects.filter(role=Role.STATSFORVALTER, office__in=offices).select_related("user")
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        found[row.office_id].add(str(row.user))
    return found


def burden_of(report: Report) -> Burden:
    """What the report has cost the municipality so far. Three queries."""
    times = FormTime.objects.across_all(reason="a report's own sum").filter(report=report)
    seconds = times.aggregate(sum=Sum("seconds"))["sum"] or 0
    keys = set(_changes("a report's own count").filter(report=report).values_list("key", flat=True))
    own = Report.objects.across_all(reason="the report's office").filter(pk=report.pk)
    staff = _staff_names(own).get(report.office_id, set())
    return Burden(seconds, len(keys), _accepted(report.draft, keys, staff))


def _accepted(draft: Mapping[str, Any], written: Iterable[str], staff: Collection[str]) -> int:
    """Filled-in values that somebody confirmed who is not of the ``staff``, and nobody wrote over."""
    fields, mine = draft.get("fields", {}), set(written)
    return sum(
        1
        for key, field in fields.items()
        if field.get("source") and field.get("confirmed") and key not in mine and field.get("by") not in staff
    )


def burden_of_round(round_: Round) -> RoundBurden:
    """The sums of a round, without anything that tells of a single unit. Four queries."""
    times = FormTime.objects.across_all(reason="sums of a round").filter(report__round=round_)
    by_report: Counter[int] = Counter()
    by_question: dict[str, list[int]] = defaultdict(list)
    for report_id, code, seconds in times.values_list("report_id", "question", "seconds"):
        by_report[report_id] += seconds
        by_question[code].append(seconds)
    begun, changed, accepted = _answers(round_)
    enough = len(by_report) >= FEWEST
    questions = [
        QuestionBurden(code, sum(seconds), len(seconds), median(seconds))
        for code, seconds in by_question.items()
        if enough and len(seconds) >= FEWEST
    ]
    return RoundBurden(
        measured=len(by_report),
        seconds=sum(by_report.values()) if enough else 0,
        median=median(by_report.values()) if enough else 0,
        begun=begun,
        changed=changed if begun >= FEWEST else 0,
        accepted=accepted if begun >= FEWEST else 0,
        questions=tuple(sorted(questions, key=lambda row: (-row.seconds, row.code))),
        hidden=len(by_question) - len(questions),
    )


def _answers(round_: Round) -> tuple[int, int, int]:
    changes = _changes("sums of a round").filter(report__round=round_)
    keys: dict[int, set[str]] = defaultdict(set)
    for report_id, key in changes.order_by().values_list("report_id", "key").distinct():
        keys[report_id].add(key)
    reports = Report.objects.across_all(reason="sums of a round").filter(round=round_)
    staff = _staff_names(reports)
    begun = accepted = 0
    drafts = reports.exclude(status=Report.Status.NOT_STARTED).values_list("pk", "office_id", "draft")
    for pk, office, draft in drafts.iterator(100):
        begun += 1
        accepted += _accepted(draft, keys.get(pk, ()), staff.get(office, ()))
    return begun, sum(map(len, keys.values())), accepted


def measured_medians(round_: Round | None) -> dict[str, float]:
    """The median of the active seconds at each question of a round, where enough reports were measured.

    For the estimate of the next round's burden. One query.
    """
    if round_ is None:
        return {}
    times = FormTime.objects.across_all(reason="the estimate of the next round").filter(report__round=round_)
    by_question: dict[str, list[int]] = defaultdict(list)
    for code, seconds in times.values_list("question", "seconds"):
        by_question[code].append(seconds)
    return {code: float(median(found)) for code, found in by_question.items() if len(found) >= FEWEST}


def rounds_measured() -> dict[int, int]:
    """How many reports were measured in each round, by its id. One query."""
    times = FormTime.objects.across_all(reason="which rounds have been measured")
    rows = times.values("report__round").annotate(count=Count("report", distinct=True)).order_by()
    return {row["report__round"]: row["count"] for row in rows}

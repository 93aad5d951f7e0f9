"""What the review pages read, each in a fixed number of queries whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils import timezone

from municipalities.models import Membership, Role, User
from municipalities.querysets import valid_on
from reporting.models import FindingReview, Report, ReportMessage, ReviewComment, Round, Submission
from reporting.timing import deadline
from reporting.worklist import WorkRow

if TYPE_CHECKING:
    from collections.abc import Sequence


def opened_rounds(user: User, *, today: dt.date, tests: bool = False) -> list[Round]:
    """The rounds that have been opened, the newest first, without their forms' words; with ``tests``, also the test
    rounds in which somebody takes part whose report the user may see. One query (and the scope)."""
    rows = Round.objects.visible_to(user, today=today).filter(opened_at__isnull=False, opens_on__lte=today)
    if tests:
        mine = Report.objects.visible_to(user, today=today).filter(round=OuterRef("pk"))
        rows = rows.filter(~Q(kind=Round.Kind.TEST) | Exists(mine))
    else:
        rows = rows.counted()
    rows = rows.select_related("form_version").defer("form_version__definition")
    return list(rows.order_by("-reference_date"))


def round_key(round_: Round) -> str:
    """What stands for the round in the work list's address: its date, and for a test round its number."""
    return f"prove{round_.pk}" if round_.is_test else round_.reference_date.isoformat()


def chosen_round(rounds: Sequence[Round], reference_date: str) -> tuple[Round | None, Round | None]:
    """The round of ``reference_date`` (ISO; else the newest) and the one before it; None where there is none."""
    for place, round_ in enumerate(rounds):
        if not reference_date or round_.reference_date.isoformat() == reference_date:
            return round_, (rounds[place + 1] if place + 1 < len(rounds) else None)
    return None, None


_FIELDS = (
    "pk", "municipality_id", "unit__number", "unit__name", "unit__official_names", "unit__sort_key",
    "municipality__kind", "office_name__short_name", "office__key", "status", "first__submitted_at",
    "current__days_late", "current__warning_count", "current__change_count", "current__changed",
    "current__nothing_new", "current__on_behalf_of_id", "current__number", "draft_saved_at", "returned_at",
    "extended_to", "current__extended_to", "on_behalf_at", "waiting",
)  # fmt: skip


def work_rows(
    user: User, *, round_: Round, previous: Round | None, today: dt.date
) -> tuple[list[WorkRow], list[tuple[str, dt.date]]]:
    """The reports of a round that the user may see; and for the round before, the office and the day on which each
    report first came.

    One query for both rounds. Names are those of the reference date.
    """
    day = round_.reference_date
    wanted = Q(round=round_) | Q(round=previous, current__isnull=False) if previous else Q(round=round_)
    reports = (
        Report.objects.visible_to(user, today=today)
        .filter(wanted)
        .annotate(
            unit=FilteredRelation("municipality__versions", condition=valid_on(day, "municipality__versions__")),
            office_name=FilteredRelation("office__names", condition=valid_on(day, "office__names__")),
            first=FilteredRelation("submissions", condition=Q(submissions__number=1)),
            waiting=Exists(unanswered()),
        )
        .order_by("pk")
    )
    now: list[list[Any]] = []
    last_days: list[tuple[str, dt.date]] = []
    came_last: set[int] = set()
    for round_id, *values in reports.values_list("round_id", *_FIELDS):
        if round_id == round_.pk:
            now.append(values)
        else:
            came_last.add(values[_UNIT])
            last_days.append((values[_OFFICE], timezone.localdate(values[_FIRST])))
    return [_row(values, round_, today, came_last) for values in now], last_days


_UNIT, _OFFICE, _FIRST = (_FIELDS.index(name) for name in ("municipality_id", "office__key", "first__submitted_at"))


def _row(values: list[Any], round_: Round, today: dt.date, came_last: Collection[int]) -> WorkRow:
    (
        pk, unit_id, number, name, official, key, kind, office, office_key, status, first_at,
        late, warnings, changes, changed, nothing_new, on_behalf, submission, saved_at, returned_at,
        extended_to, needed, taken_over_at, waiting,
    ) = values  # fmt: skip
    return WorkRow(
        pk=pk,
        unit_id=unit_id,
        number=number or "",
        name=name or "",
        official_names=official or (),
        key=key or "",
        district=kind == "district",
        office=office or office_key,
        office_key=office_key,
        status=status,
        first_day=timezone.localdate(first_at) if first_at else None,
        days_late=late or 0,
        days_left=deadline(round_, today, extended_to).days,
        warnings=warnings or 0,
        changes=changes or 0,
        changed=tuple(changed or ()),
        nothing_new=bool(nothing_new),
        on_behalf=on_behalf is not None,
        submission=submission or 0,
        saved_at=saved_at,
        returned_at=returned_at,
        has_last=unit_id in came_last,
        extended_to=extended_to,
        inside_extension=needed is not None,
        taken_over=taken_over_at is not None,
        waiting=waiting,
    )


def unanswered() -> Any:
    """Messages from the municipality about the report of an outer query that wait for the statsforvalter."""
    rows = ReportMessage.objects.across_all(reason="whether one waits; none is read")
    return rows.filter(report=OuterRef("pk"), audience="office", from_office=False, settled_at__isnull=True)


def editors_of(unit_ids: Collection[int], *, today: dt.date) -> dict[int, list[User]]:
    """The contacts of each unit on ``today`` who can get mail. One query."""
    rows = (
        Membership.objects.filter(
            valid_on(today),
            role=Role.MUNICIPALITY_EDITOR,
            municipality_id__in=set(unit_ids),
            user__is_active=True,
        )
        .exclude(user__email="")
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "user_id")
    )
    found: dict[int, list[User]] = {}
    for row in rows:
        if row.user not in found.setdefault(row.municipality_id, []):
            found[row.municipality_id].append(row.user)
    return found


def staff_of(office_id: int, *, today: dt.date) -> list[User]:
    """The staff of the statsforvalter's office on ``today`` who can get mail. One query."""
    mine = Membership.objects.filter(valid_on(today), role=Role.STATSFORVALTER, office_id=office_id)
    users = User.objects.filter(pk__in=mine.values("user_id"), is_active=True).exclude(email="")
    return list(users.order_by("last_name", "first_name", "pk"))


def messages_of(report: Report, user: User, *, today: dt.date) -> dict[str, list[ReportMessage]]:
    """The talk about a report that the user may read, by question ("" about the whole), the oldest first. One query."""
    found: dict[str, list[ReportMessage]] = {}
    for row in ReportMessage.objects.visible_to(user, today=today).filter(report=report).order_by("id"):
        found.setdefault(row.question, []).append(row)
    return found


def judgements_of(submission: Submission) -> dict[str, FindingReview]:
    """The judgements of a Submission's warnings, by the finding's key."""
    return {row.finding: row for row in FindingReview.objects.filter(submission=submission).select_related("judged_by")}


def comments_of(report: Report, user: User, *, today: dt.date) -> list[ReviewComment]:
    """The comments and internal notes on a report that the user may read, the oldest first."""
    return list(ReviewComment.objects.visible_to(user, today=today).filter(report=report).order_by("id"))

"""Who is told what on a day: ``due_notices``, pure, and which waiting notices are still true.

Nothing here asks the database or the clock. ``reporting.services.notice_facts`` reads the facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from reporting.models import Notice, RegionalReport, Report
from reporting.notice_words import REMINDERS

_Kind, _State, _Region = Notice.Kind, Report.Status, RegionalReport.Status
UNSENT = (_State.NOT_STARTED, _State.DRAFT)
BACK = (_State.RETURNED, _State.REOPENED)
STAGES: dict[str, tuple[tuple[str, int], ...]] = {
    "municipality": ((_Kind.TWO_WEEKS, -14), (_Kind.THREE_DAYS, -3), (_Kind.LAST_DAY, 0), (_Kind.OVERDUE, 1),
                     (_Kind.OVERDUE, 8)),
    "correction": ((_Kind.THREE_DAYS, -3), (_Kind.LAST_DAY, 0)),
    "office": ((_Kind.TWO_WEEKS, -14), (_Kind.THREE_DAYS, -3), (_Kind.LAST_DAY, 0), (_Kind.OVERDUE, 1),
               (_Kind.OVERDUE, 8)),
    "hdir": ((_Kind.THREE_DAYS, -3), (_Kind.LAST_DAY, 0), (_Kind.OVERDUE, 1)),
}  # fmt: skip
"""For each audience, the stages and on which day each begins, counted from its deadline."""
TAIL = 14
"""Days for which the last stage of an office and of Hdir is caught up; a municipality's ends when the round closes."""
# --- which waiting notices are still true ---------------------------------------------------------

_NEEDS_REPORT = {
    _Kind.RETURNED: (_State.RETURNED,),
    _Kind.APPROVED: (_State.APPROVED,),
    _Kind.REOPENED: (_State.REOPENED,),
    _Kind.OPENED: UNSENT,
    _Kind.EXTENDED: UNSENT,
    _Kind.SECTION: (*UNSENT, *BACK),
}
_NEEDS_REGION = {
    _Kind.DELIVERED: (_Region.DELIVERED,),
    _Kind.REGION_RETURNED: (_Region.RETURNED,),
    _Kind.ACCEPTED: (_Region.ACCEPTED,),
}


def current(rows: Collection[Notice]) -> list[Notice]:
    """Those of the waiting ``rows`` that still hold: what was returned and has been sent in again is not told, nor is
    a reminder after a newer one of the same report or region to the same person."""
    newest = {_subject(row): row.pk for row in sorted(rows, key=lambda row: row.pk) if _reminds(row)}
    return [row for row in rows if _holds(row) and (not _reminds(row) or newest[_subject(row)] == row.pk)]


def _reminds(row: Notice) -> bool:
    return row.kind in REMINDERS or row.kind == _Kind.OPENED


def _subject(row: Notice) -> tuple[int, int, int | None, int | None, str]:
    return row.user_id, row.round_id, row.report_id, row.facts.get("office"), row.facts.get("audience", "")


def _holds(row: Notice) -> bool:
    if row.regional is not None and row.kind in _NEEDS_REGION:
        return row.regional.status in _NEEDS_REGION[_Kind(row.kind)]
    if row.report is None:
        return True
    wanted: Iterable[str] = _NEEDS_REPORT.get(_Kind(row.kind), ())
    if row.kind in REMINDERS:
        wanted = BACK if row.facts.get("audience") == "correction" else UNSENT
    return not wanted or row.report.status in wanted

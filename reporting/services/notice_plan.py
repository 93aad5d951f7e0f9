"""Who is told what on a day: ``due_notices``, pure, and which waiting notices are still true.

Nothing here asks the database or the clock. ``reporting.services.notice_facts`` reads the facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reporting.models import Notice, RegionalReport, Report
from reporting.notice_words import REMINDERS
from reporting.timing import deadline_of, open_until

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


@dataclass(frozen=True)
class RoundFacts:
    """A round's days (Oslo, each the last one included), named as the model's own, and whether the regions report."""

    pk: int
    opens_on: dt.date
    municipality_deadline: dt.date
    office_deadline: dt.date
    hdir_deadline: dt.date
    closes_on: dt.date
    locks_after: dt.date
    unlocked_until: dt.date | None = None
    test: bool = False
    regional: bool = False


@dataclass(frozen=True)
class ReportFacts:
    """A report's state, the deadline of its own where it has one, and whether the office fills it in."""

    pk: int
    round_id: int
    unit_id: int
    office_id: int
    status: str
    extended_to: dt.date | None = None
    on_behalf: bool = False


@dataclass(frozen=True)
class Facts:
    """What the notices of a day follow from. People are ids of users who can get mail: the contacts of each unit, the
    staff of each office, those of Hdir. ``regions`` are the states of the regional reports by (round, office).

    ``written`` are the keys of the ledger. ``told`` says when a person was last told of a report's deadline in another
    way than by a stage (the round opened, the deadline was extended, somebody pressed the button), by (report,
    person, deadline): a stage that had begun by then has nothing to add.
    """

    rounds: Sequence[RoundFacts] = ()
    reports: Sequence[ReportFacts] = ()
    regions: Mapping[tuple[int, int], str] = field(default_factory=dict)
    contacts: Mapping[int, Sequence[int]] = field(default_factory=dict)
    staff: Mapping[int, Sequence[int]] = field(default_factory=dict)
    hdir: Sequence[int] = ()
    written: Collection[str] = frozenset()
    told: Mapping[tuple[int, int, dt.date], dt.date] = field(default_factory=dict)


@dataclass(frozen=True)
class Due:
    """One notice that is due: to whom, about what, by which deadline; ``count`` is how much waits for an office or
    for Hdir. ``key`` is its reason in the ledger."""

    kind: str
    audience: str
    round_id: int
    user_id: int
    key: str
    deadline: dt.date
    report_id: int | None = None
    office_id: int | None = None
    count: int = 0


@dataclass(frozen=True)
class Stage:
    """A stage before or after a deadline, and the day on which it began."""

    kind: str
    begun: dt.date


def due_notices(facts: Facts, today: dt.date) -> list[Due]:
    """What is to be told on ``today`` and has not been told, by the clock alone.

    | to                                     | while                                        | by                    |
    |----------------------------------------|----------------------------------------------|-----------------------|
    | a unit's contacts: the round is open   | its report was never sent in                 | its own deadline      |
    | a unit's contacts: a reminder          | its report was never sent in                 | its own deadline      |
    | a unit's contacts: still to be changed | its report is returned or reopened           | the round's last day  |
    | the statsforvalter's staff             | a report waits for them, or the region's own | the offices' deadline |
    | Hdir                                   | a region is not accepted                     | Hdir's deadline       |

    A unit's own deadline is the round's, or the later one that it was given. Who has sent in is told nothing, whatever
    was answered. A report that the statsforvalter has taken over waits for the office, not for the unit. A region
    that is delivered waits for Hdir, not for the office. In a test round only the units' contacts are told.

    The stages are those of ``STAGES``. One that was missed is caught up until the next one begins, so only the newest
    is told; it says the days that are left on the day it is sent. Its key holds the deadline: when that moves, the
    stages count anew. The round's opening is told once, and not after the unit's deadline. What somebody does
    (returned, approved, extended …) is told when it is done, by ``notice_write``, and is not found here.
    """
    found: list[Due] = []
    for round_ in facts.rounds:
        if today < round_.opens_on:
            continue
        reports = [report for report in facts.reports if report.round_id == round_.pk]
        for report in reports:
            found.extend(_of_report(facts, round_, report, today))
        if not round_.test:
            found.extend(_of_offices(facts, round_, reports, today))
            found.extend(_of_hdir(facts, round_, reports, today))
    return [due for due in found if due.key not in facts.written]


def stage_on(audience: str, deadline: dt.date, until: dt.date, today: dt.date) -> Stage | None:
    """The stage that ``today`` lies in; None before the first one and after ``until``."""
    if today > until:
        return None
    begun = [Stage(kind, deadline + dt.timedelta(days=days)) for kind, days in STAGES[audience]]
    return max((stage for stage in begun if stage.begun <= today), key=lambda stage: stage.begun, default=None)


def key_of_stage(round_: RoundFacts, audience: str, stage: Stage, deadline: dt.date, about: str, user: int) -> str:
    """The reason in the ledger for a stage: it names the deadline that it counts to."""
    return f"round:{round_.pk} {audience} {stage.kind} {stage.begun} to {deadline} {about} user:{user}"


def key_of_opening(round_: RoundFacts, report: ReportFacts, user: int) -> str:
    """The reason in the ledger for the opening of a round."""
    return f"round:{round_.pk} opened report:{report.pk} user:{user}"


def _of_report(facts: Facts, round_: RoundFacts, report: ReportFacts, today: dt.date) -> Iterator[Due]:
    if report.on_behalf:
        return
    if report.status in UNSENT:
        deadline = deadline_of(round_, report.extended_to)
        until = max(deadline, open_until(round_, report.status, report.extended_to))
        for user in facts.contacts.get(report.unit_id, ()):
            yield from _unsent(facts, round_, report, user, deadline, until, today)
    elif report.status in BACK:
        deadline = open_until(round_, report.status, report.extended_to)
        stage = stage_on("correction", deadline, deadline, today)
        for user in facts.contacts.get(report.unit_id, ()) if stage else ():
            yield _reminder(round_, "correction", stage, deadline, user, report=report)


def _unsent(
    facts: Facts, round_: RoundFacts, report: ReportFacts, user: int, deadline: dt.date, until: dt.date, today: dt.date
) -> Iterator[Due]:
    opening = key_of_opening(round_, report, user)
    if opening not in facts.written and today <= deadline:
        yield Due(_Kind.OPENED, "municipality", round_.pk, user, opening, deadline, report_id=report.pk)
        return
    stage = stage_on("municipality", deadline, until, today)
    told = facts.told.get((report.pk, user, deadline))
    if stage is not None and (told is None or told < stage.begun):
        yield _reminder(round_, "municipality", stage, deadline, user, report=report)


def _of_offices(facts: Facts, round_: RoundFacts, reports: Sequence[ReportFacts], today: dt.date) -> Iterator[Due]:
    deadline = round_.office_deadline
    stage = stage_on("office", deadline, deadline + dt.timedelta(days=STAGES["office"][-1][1] + TAIL), today)
    if stage is None:
        return
    for office in sorted({report.office_id for report in reports}):
        status = facts.regions.get((round_.pk, office))
        waiting = sum(_waits_for_office(report) for report in reports if report.office_id == office)
        if status in RegionalReport.CLOSED or not (waiting or round_.regional):
            continue
        for user in facts.staff.get(office, ()):
            yield _reminder(round_, "office", stage, deadline, user, office=office, count=waiting)


def _waits_for_office(report: ReportFacts) -> bool:
    return report.status == _State.SUBMITTED or (report.on_behalf and report.status in (*UNSENT, *BACK))


def _of_hdir(facts: Facts, round_: RoundFacts, reports: Sequence[ReportFacts], today: dt.date) -> Iterator[Due]:
    deadline = round_.hdir_deadline
    stage = stage_on("hdir", deadline, deadline + dt.timedelta(days=STAGES["hdir"][-1][1] + TAIL), today)
    if stage is None or not round_.regional:
        return
    offices = {report.office_id for report in reports}
    left = sum(facts.regions.get((round_.pk, office)) != _Region.ACCEPTED for office in offices)
    for user in facts.hdir if left else ():
        yield _reminder(round_, "hdir", stage, deadline, user, count=left)


def _reminder(
    round_: RoundFacts,
    audience: str,
    stage: Stage,
    deadline: dt.date,
    user: int,
    *,
    report: ReportFacts | None = None,
    office: int | None = None,
    count: int = 0,
) -> Due:
    about = f"report:{report.pk}" if report else f"office:{office}" if office else "hdir"
    key = key_of_stage(round_, audience, stage, deadline, about, user)
    return Due(stage.kind, audience, round_.pk, user, key, deadline, report.pk if report else None, office, count)


# --- which waiting notices are still true ---------------------------------------------------------

_NEEDS_REPORT = {
    _Kind.RETURNED: (_State.RETURNED,),
    _Kind.APPROVED: (_State.APPROVED,),
    _Kind.REOPENED: (_State.REOPENED,),
    _Kind.OPENED: UNSENT,
    _Kind.EXTENDED: (*UNSENT, *BACK),
    _Kind.SECTION: (*UNSENT, *BACK),
    _Kind.SECTION_DONE: (*UNSENT, *BACK),
}
_NEEDS_REGION = {
    _Kind.DELIVERED: (_Region.DELIVERED,),
    _Kind.REGION_RETURNED: (_Region.RETURNED,),
    _Kind.ACCEPTED: (_Region.ACCEPTED,),
}


def current(rows: Collection[Notice], today: dt.date) -> list[Notice]:
    """Those of the waiting ``rows`` that still hold on ``today``: what was returned and has been sent in again is not
    told, nor "today" a day later, nor a reminder after a newer one of the same report or region to the same person."""
    newest = {_subject(row): row.pk for row in sorted(rows, key=lambda row: row.pk) if _reminds(row)}
    return [row for row in rows if _holds(row, today) and (not _reminds(row) or newest[_subject(row)] == row.pk)]


def _reminds(row: Notice) -> bool:
    return row.kind in REMINDERS or row.kind == _Kind.OPENED


def _subject(row: Notice) -> tuple[int, int, int | None, int | None, str]:
    return row.user_id, row.round_id, row.report_id, row.facts.get("office"), row.facts.get("audience", "")


def _holds(row: Notice, today: dt.date) -> bool:
    if row.kind == _Kind.LAST_DAY and row.facts.get("deadline", today.isoformat()) != today.isoformat():
        return False
    if row.kind == _Kind.FIGURES_OPEN:
        return row.round.figures_opened_at is not None
    if row.regional is not None and row.kind in _NEEDS_REGION:
        return row.regional.status in _NEEDS_REGION[_Kind(row.kind)]
    if row.report is None:
        return True
    if row.report.on_behalf_at is not None and (_reminds(row) or row.kind in (_Kind.SECTION, _Kind.SECTION_DONE)):
        return False  # the statsforvalter has taken it over
    if row.kind == _Kind.EXTENDED and row.report.extended_to is None:
        return False
    wanted: Iterable[str] = _NEEDS_REPORT.get(_Kind(row.kind), ())
    if row.kind in REMINDERS:
        wanted = BACK if row.facts.get("audience") == "correction" else UNSENT
    return not wanted or row.report.status in wanted

"""The notices of a day: those that are due by the clock, what would be sent on another day, and reminders by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from municipalities.models import User
from municipalities.transitions import event_about, log_many
from reporting.models import Notice, Report, Round
from reporting.notice_words import REMINDERS
from reporting.services.notice_facts import Reading, facts_of
from reporting.services.notice_message import Message, Wording
from reporting.services.notice_plan import (
    UNSENT,
    Due,
    ReportFacts,
    RoundFacts,
    current,
    due_notices,
    key_of_opening,
    key_of_stage,
    stage_on,
)
from reporting.services.notices import by_person, ledger_add, notices_send, waiting_notices
from reporting.timing import deadline_of, open_until


@dataclass(frozen=True)
class Told:
    """What a day's run did: the new ledger rows by round, the reports whose unit has nobody to write to, and in how
    many mails all that was due and had waited went out."""

    rows: dict[Round, list[Notice]]
    silent: dict[Round, list[Report]]
    mails: int


@dataclass(frozen=True)
class Planned:
    """What would be sent on a day: the messages, and those that would have to wait since the person has had one."""

    messages: tuple[Message, ...]
    later: tuple[Message, ...]


@dataclass(frozen=True)
class Reminded:
    """How many reports were reminded of, in how many notices, and the reports whose unit has nobody to write to."""

    reports: int
    notices: int
    without_contact: tuple[Report, ...]


def notices_due(*, now: dt.datetime) -> Told:
    """Write down what is due on the day of ``now``, and send each person what waits for her. The daily job.

    Run again, or at the same time by another, it tells nothing twice; after days on which it did not run it catches
    up. Each reminder of a report is an Event of it.
    """
    reading = facts_of(timezone.localdate(now))
    due, past = _due(reading, timezone.localdate(now))
    rows = _rows(reading, due, now)
    with transaction.atomic():
        Notice.objects.get_queryset().filter(key__in=past, mail__isnull=True).update(dropped_at=now)
        new = ledger_add(rows)
        _events(new, reading, None, now)
    told: dict[Round, list[Notice]] = {row: [] for row in reading.rounds.values()}
    for row in new:
        told[reading.rounds[row.round_id]].append(row)
    silent: dict[Round, list[Report]] = {row: [] for row in told}
    for report in reading.silent:
        if report.status in UNSENT:
            silent[report.round].append(report)
    return Told(told, silent, notices_send(now=now))


def notices_planned(*, now: dt.datetime) -> Planned:
    """What ``notices_due`` would send at ``now``, as things are; nothing is written. Under ten queries."""
    today = timezone.localdate(now)
    reading = facts_of(today)
    waiting = list(waiting_notices(today))
    due, past = _due(reading, today)
    held = [row for row in waiting if row.belongs and row.key not in past]
    rows = current([*held, *_rows(reading, due, now, first_pk=_after(waiting))], today)
    had = reading.had | {row.user_id for row in waiting if row.had_mail}
    wording = Wording(rows, today=today)
    said = [wording.message_if_possible(told[0].user, told) for told in by_person(rows).values()]
    messages = [message for message in said if message is not None]
    messages.sort(key=lambda message: (message.user.last_name, message.user.first_name, message.user.pk))
    return Planned(
        tuple(message for message in messages if message.user.pk not in had),
        tuple(message for message in messages if message.user.pk in had),
    )


def _due(reading: Reading, today: dt.date) -> tuple[list[Due], set[str]]:
    """What is due and not written down, and the keys of the clock's reminders that wait and are not so any more."""
    due = due_notices(reading.facts, today)
    return [row for row in due if row.key not in reading.waiting], reading.waiting - {row.key for row in due}


def _after(waiting: list[Notice]) -> int:
    return max((row.pk for row in waiting), default=0) + 1


def reminders_send(*, reports: Collection[Report], actor: User, now: dt.datetime, request_id: str = "") -> Reminded:
    """Remind the contacts of those of ``reports`` that were never sent in and still can be, by hand; at most once a
    day for each report and person. The clock's own reminder of the same stage is not sent after it.

    Each reminder is an Event of its report.
    """
    reading = facts_of(timezone.localdate(now), reports=reports)
    unsent = {row.pk for row in reading.reports.values() if row.status in UNSENT and row.on_behalf_at is None}
    due = _by_hand(reading, unsent, timezone.localdate(now))
    with transaction.atomic():
        new = ledger_add(_rows(reading, due, now, by_hand=True))
        _events(new, reading, actor, now, request_id)
        notices_send(now=now, users={row.user_id for row in new})
    silent = tuple(row for row in reading.silent if row.pk in unsent)
    return Reminded(len({row.report_id for row in new}), len(new), silent)


def _by_hand(reading: Reading, unsent: set[int], today: dt.date) -> list[Due]:
    facts = reading.facts
    rounds = {round_.pk: round_ for round_ in facts.rounds}
    found = []
    for report in facts.reports:
        round_ = rounds[report.round_id]
        if report.pk in unsent and today <= open_until(round_, report.status, report.extended_to):
            for user in facts.contacts.get(report.unit_id, ()):
                if reading.reminded.get((report.pk, user)) != today:
                    found.append(_one_by_hand(facts.written, round_, report, user, today))
    return found


def _one_by_hand(written: Collection[str], round_: RoundFacts, report: ReportFacts, user: int, today: dt.date) -> Due:
    """The stage's own notice where it has not been told, else the same once more with the day in its key."""
    deadline = deadline_of(round_, report.extended_to)
    until = open_until(round_, report.status, report.extended_to)
    stage = stage_on("municipality", deadline, until, today)
    if stage is None:
        kind, key = Notice.Kind.OPENED.value, key_of_opening(round_, report, user)
    else:
        kind = stage.kind
        key = key_of_stage(round_, "municipality", stage, deadline, f"report:{report.pk}", user)
    if key in written:
        key = f"{key} again {today}"
    return Due(kind, "municipality", round_.pk, user, key, deadline, report_id=report.pk)


def _rows(
    reading: Reading, due: Collection[Due], now: dt.datetime, *, by_hand: bool = False, first_pk: int | None = None
) -> list[Notice]:
    """Ledger rows of what is due, not stored; with ``first_pk`` they are numbered for a plan that is only shown."""
    rows = []
    for place, entry in enumerate(due):
        facts = {"audience": entry.audience, "deadline": entry.deadline.isoformat()}
        facts |= {"office": entry.office_id} if entry.office_id else {}
        facts |= {"count": entry.count} if entry.report_id is None else {}
        facts |= {"by_hand": True} if by_hand else {}
        report = reading.reports[entry.report_id] if entry.report_id else None
        row = Notice(
            key=entry.key, kind=entry.kind, round=reading.rounds[entry.round_id], report=report, facts=facts,
            user=reading.users[entry.user_id], day=timezone.localdate(now), written_at=now,
        )  # fmt: skip
        if first_pk is not None:
            row.pk = first_pk + place
        rows.append(row)
    return rows


def _events(
    new: Collection[Notice], reading: Reading, actor: User | None, now: dt.datetime, request_id: str = ""
) -> None:
    """An Event of each report that was reminded of, whatever the number of its contacts."""
    pks = {row.report_id: None for row in new if row.report_id and (row.kind in REMINDERS or actor is not None)}
    events = []
    for pk in pks:
        report = reading.reports[pk]
        state = report.status
        events.append(
            event_about(report, "remind", actor=actor, now=now, from_state=state, to_state=state, request_id=request_id)
        )
    log_many(events)

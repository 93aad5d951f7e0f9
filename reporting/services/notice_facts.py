"""Reads what the notices of a day follow from, in five queries whatever the number of units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from municipalities.access import HDIR
from municipalities.models import Membership, OutgoingMail, Role, User
from municipalities.querysets import valid_on
from reporting.models import Notice, RegionalReport, Report, Round
from reporting.notice_words import REMINDERS
from reporting.services.notice_plan import STAGES, TAIL, Facts, ReportFacts, RoundFacts
from reporting.timing import deadline_of

_Kind = Notice.Kind
_TELLS_DEADLINE = (_Kind.OPENED, _Kind.EXTENDED)
LONG_OVER = dt.timedelta(days=STAGES["hdir"][-1][1] + TAIL)


def day_key(day: dt.date) -> str:
    """How the key of a person's message of ``day`` begins; the person's id follows."""
    return f"notices {day.isoformat()} user:"


def has_had_mail(day: dt.date, user: str) -> Exists:
    """The condition that the user at ``user`` of the outer row has had the message of ``day``."""
    return Exists(OutgoingMail.objects.filter(user=OuterRef(user), key__startswith=day_key(day)))


@dataclass
class Reading:
    """The facts of a day, and the rows behind them by id. ``had`` are the people who have had their message that day,
    ``waiting`` the keys of the clock's own reminders that are in no mail yet, ``reminded`` the day of a person's last
    reminder of a report by (report, person), ``silent`` the reports of whose unit there is nobody to write to."""

    facts: Facts
    rounds: dict[int, Round] = field(default_factory=dict)
    reports: dict[int, Report] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    had: set[int] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    reminded: dict[tuple[int, int], dt.date] = field(default_factory=dict)

    @property
    def silent(self) -> list[Report]:
        return [row for row in self.reports.values() if not self.facts.contacts.get(row.municipality_id)]


def facts_of(today: dt.date, *, reports: Collection[Report] | None = None) -> Reading:
    """What holds for the notices of ``today``: the rounds that are open or lately over, or those of ``reports`` alone
    (for somebody who reminds by hand)."""
    rounds = _rounds(today, reports)
    rows = Report.objects.across_all(reason="who has something to do").filter(round__in=rounds)
    if reports is not None:
        rows = rows.filter(pk__in=[report.pk for report in reports])
    rows = rows.select_related("municipality").only(
        "round_id", "municipality__notice_language", "municipality__kind", "office_id", "status", "extended_to",
        "on_behalf_at", "current_id",
    )  # fmt: skip
    held = {row.pk: row for row in rows.order_by("pk")}
    for row in held.values():
        row.round = rounds[row.round_id]
    reading = Reading(Facts(), rounds, held)
    contacts, staff, hdir = _people(reading, today)
    written, told = _ledger(rounds, reading)
    reading.facts = Facts(
        rounds=[_round_facts(row) for row in rounds.values()],
        reports=[_report_facts(row) for row in held.values()],
        regions=_regions(rounds),
        contacts=contacts,
        staff=staff,
        hdir=hdir,
        written=written,
        told=told,
    )
    return reading


def _rounds(today: dt.date, reports: Collection[Report] | None) -> dict[int, Round]:
    rows = Round.objects.across_all(reason="tell those who have something to do")
    if reports is not None:
        rows = rows.filter(pk__in={report.round_id for report in reports})
    lately = Q(hdir_deadline__gte=today - LONG_OVER) | Q(closes_on__gte=today)
    lately |= Q(corrections_until__gte=today) | Q(unlocked_until__gte=today)
    there = Q(published_at__isnull=False) | Q(opened_at__isnull=False)  # a published round opens by its date alone
    rows = rows.filter(lately, there, opens_on__lte=today)
    return {row.pk: row for row in rows.order_by("reference_date", "pk")}


def _round_facts(row: Round) -> RoundFacts:
    return RoundFacts(
        pk=row.pk,
        opens_on=row.opens_on,
        municipality_deadline=row.municipality_deadline,
        office_deadline=row.office_deadline,
        hdir_deadline=row.hdir_deadline,
        closes_on=row.closes_on,
        locks_after=row.locks_after,
        unlocked_until=row.unlocked_until,
        test=row.is_test,
        regional=row.regional_form_id is not None,
    )


def _report_facts(row: Report) -> ReportFacts:
    return ReportFacts(
        row.pk, row.round_id, row.municipality_id, row.office_id, row.status, row.extended_to,
        row.on_behalf_at is not None,
    )  # fmt: skip


def _regions(rounds: dict[int, Round]) -> dict[tuple[int, int], str]:
    rows = RegionalReport.objects.across_all(reason="what waits for an office").filter(round__in=rounds)
    return {(round_id, office): status for round_id, office, status in rows.values_list("round", "office", "status")}


People = dict[int, list[int]]


def _people(reading: Reading, today: dt.date) -> tuple[People, People, list[int]]:
    """The ids of those who can get mail: a unit's contacts, an office's staff, Hdir's. Machines get none."""
    rows = Membership.objects.filter(
        valid_on(today),
        Q(role=Role.MUNICIPALITY_EDITOR, municipality__in={row.municipality_id for row in reading.reports.values()})
        | Q(role=Role.STATSFORVALTER)
        | Q(role__in=HDIR),
        user__is_active=True,
        user__service_account__isnull=True,
    ).exclude(user__email="")
    contacts: People = {}
    staff: People = {}
    hdir: list[int] = []
    named = rows.select_related("user").annotate(had_mail=has_had_mail(today, "user"))
    for row in named.order_by("user__last_name", "user__first_name", "user_id"):
        reading.users[row.user_id] = row.user
        if row.had_mail:
            reading.had.add(row.user_id)
        if row.municipality_id:
            found = contacts.setdefault(row.municipality_id, [])
        else:
            found = staff.setdefault(row.office_id, []) if row.office_id else hdir
        if row.user_id not in found:
            found.append(row.user_id)
    return contacts, staff, hdir


def _ledger(rounds: dict[int, Round], reading: Reading) -> tuple[set[str], dict[tuple[int, int, dt.date], dt.date]]:
    rows = Notice.objects.across_all(reason="never the same notice twice").filter(round__in=rounds)
    written: set[str] = set()
    told: dict[tuple[int, int, dt.date], dt.date] = {}
    fields = ("key", "kind", "report", "user", "day", "facts", "mail", "dropped_at")
    for key, kind, report, user, day, facts, mail, dropped in rows.values_list(*fields):
        clocks = (kind in REMINDERS or kind == _Kind.OPENED) and not facts.get("by_hand")
        if clocks and mail is None and dropped is None:
            reading.waiting.add(key)  # whether it is still so today is judged anew
            continue
        written.add(key)
        if report in reading.reports and (kind in REMINDERS or kind == _Kind.OPENED):
            reading.reminded[report, user] = max(day, reading.reminded.get((report, user), day))
        if report in reading.reports and (kind in _TELLS_DEADLINE or facts.get("by_hand")):
            place = (report, user, _told_deadline(facts, reading.reports[report]))
            told[place] = max(day, told.get(place, day))
    return written, told


def _told_deadline(facts: dict[str, Any], report: Report) -> dt.date:
    """The deadline that a notice spoke of; where it does not say, the report's own."""
    said = facts.get("deadline")
    if said:
        return dt.date.fromisoformat(said)
    return deadline_of(report.round, report.extended_to)

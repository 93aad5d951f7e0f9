"""Notices: one reason to write to one person is one ledger row, and a person gets at most one message a day.

A row is written in the transaction of what it tells about, before anything is sent, under a key that names the
reason; so nothing is told twice, and what is rolled back is never told. All that a person is to be told goes out in
one mail: at once where she has had none that day (an Oslo date), else with the next day's (``notices_send``, which
the daily job runs). A mail that cannot be delivered is the mail's own matter and stops nobody else's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from municipalities.access import HDIR
from municipalities.mail import mail_queue_first
from municipalities.models import Membership, Municipality, User
from municipalities.querysets import valid_on
from reporting.models import Notice, RegionalReport, Report, Round
from reporting.services.notice_facts import day_key, has_had_mail
from reporting.services.notice_message import Wording
from reporting.services.notice_plan import current

SLICE = 50
"""How many persons' mails are written down in one transaction: who is stopped in the middle goes on from there."""


def notice_write(
    *,
    kind: str,
    round: Round,
    users: Iterable[User],
    now: dt.datetime,
    report: Report | None = None,
    regional: RegionalReport | None = None,
    facts: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> list[Notice]:
    """Tell ``users`` of something that has happened; to be called in the transaction in which it happens.

    ``facts`` is JSON for the text, each entry optional: ``comment`` (text, or ``{"nb", "nn"}``), ``comments``
    (``[{"question": text or {"nb", "nn"}, "text"}]``), ``by`` (who wrote it, a name), ``section`` (text or both
    languages), ``path`` (the page it leads to, else the receiver's own page of the report), ``audience`` (whose words:
    ``municipality``, ``office`` or ``hdir``, where the kind alone does not say it), ``office`` (its id, where neither
    a report nor a regional report says which).

    ``key`` names the reason; the same again to the same person is told once. Without it the moment ``now`` is the
    reason. People who are not active or have no address (as a municipality's own system), and in a test round or about
    a made-up municipality all who do not belong to it, are passed over. Returns the new rows.
    """
    reason = key or _reason(kind, round, report, regional, now)
    people = [user for user in users if user.is_active and user.email]
    if round.is_test or (report is not None and report.municipality.kind == Municipality.Kind.TRAINING):
        known = _participants(round, report, now)
        people = [user for user in people if user.pk in known]
    about = {"kind": kind, "round": round, "report": report, "regional": regional, "facts": dict(facts or {})}
    return _write([_row(reason, user, now, about) for user in people], now)


def notices_write(
    *,
    kind: str,
    round: Round,
    reports: Iterable[tuple[Report, Iterable[User]]],
    now: dt.datetime,
    facts: Mapping[str, Any] | None = None,
    key: str,
) -> list[Notice]:
    """``notice_write`` of the same about many reports at once, each with those to be told of it: as many queries for
    all as for a few. ``key`` names the reason; the report's id is added to it."""
    known = _participants(round, None, now) if round.is_test else None
    rows = [
        _row(
            f"{key} report:{report.pk}", user, now,
            {"kind": kind, "round": round, "report": report, "facts": dict(facts or {})},
        )
        for report, users in reports
        for user in users
        if user.is_active and user.email and (known is None or user.pk in known)
    ]  # fmt: skip
    return _write(rows, now)


def _row(reason: str, user: User, now: dt.datetime, about: Mapping[str, Any]) -> Notice:
    return Notice(key=f"{reason} user:{user.pk}", user=user, day=timezone.localdate(now), written_at=now, **about)


def _write(rows: Collection[Notice], now: dt.datetime) -> list[Notice]:
    with transaction.atomic(savepoint=False):
        new = ledger_add(sorted(rows, key=lambda row: row.user_id))
        notices_send(now=now, users=[row.user_id for row in new])
    return new


def _reason(kind: str, round_: Round, report: Report | None, regional: RegionalReport | None, now: dt.datetime) -> str:
    about = f" report:{report.pk}" if report is not None else ""
    about += f" regional:{regional.pk}" if regional is not None else ""
    return f"round:{round_.pk} {kind}{about} at:{now.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}"


def _participants(round_: Round, report: Report | None, now: dt.datetime) -> set[int]:
    """Who belongs to a test round or to a made-up municipality: members of the unit itself, and in a test round those
    of the offices that take part and Hdir."""
    reports = Report.objects.across_all(reason="who takes part").filter(round=round_)
    if report is not None:
        reports = reports.filter(pk=report.pk)
    mine = Q(municipality__in=reports.values("municipality"))
    if round_.is_test:
        mine |= Q(office__in=reports.values("office")) | Q(role__in=HDIR)
    rows = Membership.objects.filter(mine, valid_on(timezone.localdate(now)))
    return set(rows.values_list("user_id", flat=True))


def ledger_add(rows: Collection[Notice]) -> list[Notice]:
    """Write ledger rows, but for those whose reason is there. Returns the new ones, as stored. Three queries."""
    there = set(Notice.objects.get_queryset().filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    new = {row.key: row for row in rows if row.key not in there}
    Notice.objects.get_queryset().bulk_create(new.values(), ignore_conflicts=True)  # another may be as quick
    return list(Notice.objects.get_queryset().filter(key__in=new))


def waiting_notices(today: dt.date) -> QuerySet[Notice]:
    """Ledger rows that are in no mail yet and shall be, with all that their words need, ``had_mail``: whether the
    person has had the message of ``today``, and ``belongs``: whether she has a role that day."""
    rows = Notice.objects.across_all(reason="send what is due").filter(mail__isnull=True, dropped_at__isnull=True)
    joined = rows.select_related("user", "round", "report__municipality", "regional")
    roles = Membership.objects.filter(valid_on(today), user=OuterRef("user"))
    said = joined.annotate(had_mail=has_had_mail(today, "user"), belongs=Exists(roles))
    return said.defer("report__draft", "regional__draft").order_by("pk")


def notices_send(*, now: dt.datetime, users: Collection[int] | None = None) -> int:
    """Put what waits for each person (``users``: for these alone) into one mail, for those who have had none today.

    Returns the number of mails. Each slice of people has a transaction of its own, so a run that is stopped goes on
    where it was; two that run at once write each mail once, for its key is the person and the day.
    """
    today = timezone.localdate(now)
    rows = waiting_notices(today).filter(had_mail=False)
    rows = list(rows if users is None else rows.filter(user__in=users))
    kept = current([row for row in rows if row.belongs], today)
    _drop([row.pk for row in rows if row not in kept], now)
    if not kept:
        return 0
    wording, people = Wording(kept, today=today), by_person(kept)
    order = sorted(people)
    slices = [order[start : start + SLICE] for start in range(0, len(order), SLICE)]
    return sum(_send(wording, [people[pk] for pk in some], today, now) for some in slices)


def by_person(rows: Iterable[Notice]) -> dict[int, list[Notice]]:
    """Ledger rows by the id of the person they are for, in their order."""
    found: dict[int, list[Notice]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(row)
    return found


def _drop(pks: Collection[int], now: dt.datetime) -> None:
    """What is no longer so is not told; the row stays and says when."""
    if pks:
        Notice.objects.get_queryset().filter(pk__in=pks, mail__isnull=True).update(dropped_at=now)


def _send(wording: Wording, people: Iterable[list[Notice]], today: dt.date, now: dt.datetime) -> int:
    mails = 0
    with transaction.atomic(savepoint=False):
        for notices in people:
            user = notices[0].user
            said = wording.message_if_possible(user, notices)
            if said is None:
                continue
            mail = mail_queue_first(
                key=f"{day_key(today)}{user.pk}", user=user, subject=said.subject, body=said.body, now=now,
                language=said.language,
            )  # fmt: skip
            if mail is None:  # another was first; this waits for the next day's
                continue
            pks = [part.notice.pk for part in said.parts]
            Notice.objects.get_queryset().filter(pk__in=pks, mail__isnull=True).update(mail=mail)
            mails += 1
    return mails

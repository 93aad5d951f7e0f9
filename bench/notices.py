"""A round's reminders: computed in under 10 queries whatever the size, and their time against reading the bare rows."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import data
from bench.figures import best
from municipalities.models import Membership, OutgoingMail, Role, User
from reporting.models import Notice, Report
from reporting.services.notice_day import notices_due, notices_planned
from reporting.services.notice_facts import facts_of
from reporting.services.notice_plan import due_notices
from reporting.services.rounds import round_open

NAME = "notices"
OSLO = ZoneInfo("Europe/Oslo")
TWO_WEEKS_LEFT = dt.datetime(2022, 4, 17, 7, tzinfo=OSLO)


def run(emit: Callable[..., None]) -> None:
    data.registers()
    for factor in (1, 10):
        data.copies(factor)
        Notice.objects.across_all(reason=data.REASON).delete()  # of the size before
        OutgoingMail.objects.all().delete()
        round_open(reference_date=data.DAY, actor=None, now=dt.datetime(2022, 3, 21, 7, tzinfo=OSLO))
        _contacts()
        notices_due(now=dt.datetime(2022, 3, 21, 7, tzinfo=OSLO))  # the ledger holds the opening
        units = Report.objects.across_all(reason=data.REASON).count()
        size = f"{units} units, nobody has delivered"
        today = TWO_WEEKS_LEFT.date()
        with CaptureQueriesContext(connection) as queries:
            due = due_notices(facts_of(today).facts, today)
        if len(due) < units:
            raise RuntimeError(f"{len(due)} notices are due for {units} units")
        emit(f"{NAME}_queries", len(queries), "queries", limit=9, size=f"{size}: who is told what")
        with CaptureQueriesContext(connection) as queries:
            notices_planned(now=TWO_WEEKS_LEFT)
        emit(f"{NAME}_written_queries", len(queries), "queries", limit=9, size=f"{size}: with every mail in words")
        whole = best(lambda today=today: due_notices(facts_of(today).facts, today), 3)
        emit(f"{NAME}_time", whole / best(_bare, 3), "ratio", size=f"{size}, against reading the bare rows")
        emit(f"{NAME}_seconds", whole, "s", size=size)
        before = time.perf_counter()
        mails = notices_due(now=TWO_WEEKS_LEFT).mails
        emit(f"{NAME}_send_seconds", time.perf_counter() - before, "s", size=f"{size}: {mails} mails written down")


def _contacts() -> None:
    """A contact for each unit that has none."""
    there = set(Membership.objects.values_list("municipality", flat=True))
    units = Report.objects.across_all(reason=data.REASON).values_list("municipality", flat=True)
    missing = [pk for pk in units if pk not in there]
    users = User.objects.bulk_create(
        [User(username=f"bench-{pk}", email=f"bench-{pk}@example.no", last_name=f"{pk}") for pk in missing]
    )
    Membership.objects.bulk_create(
        [
            Membership(user=user, role=Role.MUNICIPALITY_EDITOR, municipality_id=pk, valid_from=dt.date(2020, 1, 1))
            for user, pk in zip(users, missing, strict=True)
        ]
    )


def _bare() -> None:
    """The rows that the rule looks at, read and left alone."""
    fields = ("pk", "round", "municipality", "office", "status", "extended_to", "on_behalf_at")
    list(Report.objects.across_all(reason=data.REASON).values_list(*fields))
    list(Membership.objects.values_list("user", "municipality", "office", "role", "user__email"))
    list(Notice.objects.across_all(reason=data.REASON).values_list("key", "kind", "report", "user", "day", "facts"))

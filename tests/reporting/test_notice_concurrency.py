"""Two jobs, or two events, at once, on PostgreSQL with real threads: nobody gets two messages, and none is lost."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import OutgoingMail
from reporting.models import Notice
from reporting.services.notice_day import notices_due
from reporting.services.notices import notice_write, notices_send
from tests.reporting.factories import at, editor, open_round, unit
from tests.reporting.test_concurrency import _no_jobs, at_once  # noqa: F401 - a fixture

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
DAY = dt.date(2022, 4, 17)


def failed(results):
    return [met for met in results if isinstance(met, Exception)]


def test_the_daily_job_run_by_several_at_once_tells_everybody_once():
    for n in range(120):
        editor(unit(f"Kommune {n}"))
    open_round()
    results = at_once(*[lambda: notices_due(now=at(DAY, 7)) for _ in range(4)])
    assert failed(results) == []
    assert Notice.objects.get_queryset().filter(mail__isnull=False).count() == 120
    assert Notice.objects.get_queryset().count() == OutgoingMail.objects.count() == 120
    assert OutgoingMail.objects.values("user").distinct().count() == 120


def test_events_at_once_give_one_message_that_day_and_the_rest_the_next():
    kari = editor(unit())
    round_ = open_round()
    tell = [lambda n=n: notice_write(kind="message", round=round_, users=[kari], now=at(DAY, 9, n), key=f"m:{n}")
            for n in range(6)]  # fmt: skip
    assert failed(at_once(*tell)) == []
    assert Notice.objects.get_queryset().count() == 6
    assert OutgoingMail.objects.count() == 1
    told = Notice.objects.get_queryset().filter(mail__isnull=False).count()
    assert 1 <= told <= 6
    notices_send(now=at(dt.date(2022, 4, 18), 7))
    assert OutgoingMail.objects.count() == (1 if told == 6 else 2)
    assert not Notice.objects.get_queryset().filter(mail__isnull=True).exists()

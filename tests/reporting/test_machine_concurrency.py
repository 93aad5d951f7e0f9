"""The same request of a machine several times at once, on PostgreSQL with real threads: done once, one answer."""

from __future__ import annotations

from typing import Any

import pytest

from reporting.models import IdempotentRequest, Submission
from reporting.services.machines import KeyReused, answered_once
from reporting.services.submissions import submission_submit
from tests.reporting.factories import ReportFactory, at, editor
from tests.reporting.test_concurrency import again, at_once, split

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_jobs(monkeypatch):
    from reform.tasks import BackgroundTask

    monkeypatch.setattr(BackgroundTask, "start", lambda self, *ids: None)


def test_a_request_that_is_sent_five_times_at_once_is_done_once():
    report = ReportFactory.draft()
    actor, now = editor(report.municipality), at(report.round.opens_on)
    done: list[int] = []

    def do() -> tuple[int, Any]:
        submission = submission_submit(report=again(report), actor=actor, now=now)
        done.append(submission.pk)
        return 200, {"submission": submission.number}

    def ask():
        return answered_once(user=actor, key="one", content="same", now=now, do=do)

    answers, met = split(at_once(*[ask] * 5))
    assert not met, met
    assert len(done) == 1
    assert {(status, str(body)) for status, body, _again in answers} == {(200, "{'submission': 1}")}
    assert sorted(again_ for _status, _body, again_ in answers) == [False, True, True, True, True]
    assert Submission.objects.get_queryset().count() == IdempotentRequest.objects.count() == 1


def test_the_same_key_for_two_requests_at_once_lets_one_through():
    report = ReportFactory.not_started()
    actor, now = editor(report.municipality), at(report.round.opens_on)

    def ask(content: str):
        return lambda: answered_once(user=actor, key="one", content=content, now=now, do=lambda: (200, content))

    answers, met = split(at_once(ask("a"), ask("b")))
    assert len(answers) == 1
    assert [type(one) for one in met] == [KeyReused]


def test_a_refusal_leaves_the_key_free_for_the_one_that_waits():
    report = ReportFactory.not_started()
    actor, now = editor(report.municipality), at(report.round.opens_on)

    def ask(status: int):
        return lambda: answered_once(user=actor, key="one", content="same", now=now, do=lambda: (status, status))

    answers, met = split(at_once(ask(409), ask(200)))
    assert not met, met
    assert sorted(status for status, _body, _again in answers)[0] == 200
    assert IdempotentRequest.objects.filter(status=200).count() == 1

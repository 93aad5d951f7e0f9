"""Several at once on the same report, on PostgreSQL with real threads: nothing is lost and nothing done twice."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from municipalities.models import Event, OutgoingMail, PlanDecision, SolutionPosition
from municipalities.transitions import WrongState
from reporting.models import Answer, Document, DraftChange, Report, Submission
from reporting.services.drafts import DraftConflict, draft_open, draft_save
from reporting.services.rounds import round_open
from reporting.services.submissions import StaleDraft, submission_approve, submission_return, submission_submit
from tests.reporting.factories import SPRING, ReportFactory, at, editor, open_round, reviewer, solutions, unit

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_jobs(monkeypatch):
    """Jobs have tests of their own; here they would only draw and mail in the threads."""
    from reform.tasks import BackgroundTask

    monkeypatch.setattr(BackgroundTask, "start", lambda self, *ids: None)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; what each gave, or the exception it met."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=20)
            results[place] = call()
        except Exception as met:
            results[place] = met
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def again(report: Report) -> Report:
    rows = Report.objects.get_queryset().select_related("round__form_version", "municipality", "current")
    return rows.get(pk=report.pk)


def split(results: list[Any]) -> tuple[list[Any], list[Any]]:
    """What went well, and the exceptions."""
    met = [result for result in results if isinstance(result, Exception)]
    return [result for result in results if not isinstance(result, Exception)], met


def test_ten_people_on_different_fields_all_survive():
    report = ReportFactory.draft()
    now = at(report.round.opens_on)
    keys = ["plan.case", "plan.link", "comment", "result.example", "support.needed", "solutions:1.1", "solutions:1.2",
            "solutions:2.1", "org.analysis", "progress.step"]  # fmt: skip
    new = ["a", "b", "c", "d", "e", "considered", "considered", "considered", "partly", "4"]
    people = [editor(report.municipality) for _ in keys]
    before = again(report)
    revs = [before.draft["fields"].get(key, {}).get("rev", 0) for key in keys]

    def save(place):
        return lambda: draft_save(report=again(report), key=keys[place], raw=new[place], base_rev=revs[place],
                                  actor=people[place], now=now)  # fmt: skip

    done, met = split(at_once(*[save(place) for place in range(len(keys))]))
    assert (len(done), met) == (10, [])
    row = again(report)
    assert [row.draft["fields"][key]["value"] for key in keys] == new
    assert row.draft_version == before.draft_version + 10


def test_of_eight_on_the_same_field_one_stands_and_the_others_are_kept():
    report = ReportFactory.draft()
    now = at(report.round.opens_on)
    people = [editor(report.municipality) for _ in range(8)]
    rev = again(report).draft["fields"]["comment"]["rev"]

    def save(place):
        return lambda: draft_save(report=again(report), key="comment", raw=f"nr {place}", base_rev=rev,
                                  actor=people[place], now=now)  # fmt: skip

    done, met = split(at_once(*[save(place) for place in range(8)]))
    assert len(done) == 1 and len(met) == 7 and all(isinstance(one, DraftConflict) for one in met)
    changes = DraftChange.objects.get_queryset().filter(report=report, key="comment").values_list("value", "lost")
    ours = [(value, lost) for value, lost in changes if value.startswith("nr ")]
    assert sorted(value for value, _lost in ours) == [f"nr {place}" for place in range(8)]
    assert [lost for _value, lost in ours].count(True) == 7
    assert again(report).draft["fields"]["comment"]["value"] == done[0].value


def test_six_who_open_an_untouched_report_fill_it_in_once():
    report = ReportFactory.not_started()
    people = [editor(report.municipality) for _ in range(6)]
    now = at(report.round.opens_on)
    done, met = split(at_once(*[lambda one=one: draft_open(report=again(report), actor=one, now=now)
                                for one in people]))  # fmt: skip
    assert (len(done), met) == (6, [])
    assert again(report).draft_version == 1


def test_the_first_saves_of_five_start_the_report_once():
    report = ReportFactory.not_started()
    people = [editor(report.municipality) for _ in range(5)]
    keys = ["plan.case", "plan.link", "comment", "result.example", "support.needed"]
    now = at(report.round.opens_on)
    done, met = split(at_once(*[
        lambda one=one, key=key: draft_save(report=again(report), key=key, raw="x", base_rev=0, actor=one, now=now)
        for one, key in zip(people, keys, strict=True)
    ]))  # fmt: skip
    assert (len(done), met) == (5, [])
    assert Event.objects.get_queryset().filter(name="start").count() == 1


def test_sending_in_twice_at_once_gives_one_submission_one_receipt_and_one_mail():
    report = ReportFactory.draft()
    people = [editor(report.municipality) for _ in range(4)]
    now = at(report.round.opens_on)
    done, met = split(at_once(*[lambda one=one: submission_submit(report=again(report), actor=one, now=now)
                                for one in people]))  # fmt: skip
    assert len(done) == 1 and [type(one) for one in met] == [WrongState] * 3
    assert Submission.objects.get_queryset().count() == 1
    assert Document.objects.get_queryset().count() == 1
    assert OutgoingMail.objects.count() == 1
    assert Event.objects.get_queryset().filter(name="submit").count() == 1
    assert Answer.objects.get_queryset().filter(submission=done[0]).count() == Answer.objects.get_queryset().count()


def test_sending_in_while_another_edits_sends_what_was_looked_over_or_nothing():
    report = ReportFactory.draft()
    one, two = editor(report.municipality), editor(report.municipality)
    now = at(report.round.opens_on)
    seen = again(report).draft_version
    sent, saved = at_once(
        lambda: submission_submit(report=again(report), actor=one, now=now, draft_version=seen),
        lambda: draft_save(report=again(report), key="comment", raw="ny", base_rev=None, actor=two, now=now),
    )
    row = again(report)
    if isinstance(sent, StaleDraft):
        assert row.status == "draft" and row.draft["fields"]["comment"]["value"] == "ny"
    else:
        assert isinstance(saved, WrongState)
        assert row.current.answers["comment"] == "Ordføreren følger arbeidet."
        assert row.draft["fields"]["comment"]["value"] == "Ordføreren følger arbeidet."


def test_approving_and_returning_at_once_gives_one_of_them():
    report = ReportFactory.submitted()
    one, two = reviewer(report.office), reviewer(report.office)
    now = at(report.round.municipality_deadline)
    done, met = split(at_once(
        lambda: submission_approve(report=again(report), actor=one, now=now),
        lambda: submission_return(report=again(report), actor=two, now=now, note="Skriv datoen."),
    ))  # fmt: skip
    assert len(done) == 1 and [type(error) for error in met] == [WrongState]
    state = again(report).status
    assert Event.objects.get_queryset().filter(name__in=("approve", "return")).count() == 1
    assert PlanDecision.objects.get_queryset().exists() == (state == "approved")


def test_approving_twice_at_once_writes_the_registers_once():
    report = ReportFactory.submitted()
    people = [reviewer(report.office) for _ in range(4)]
    now = at(report.round.municipality_deadline)
    done, met = split(at_once(*[lambda one=one: submission_approve(report=again(report), actor=one, now=now)
                                for one in people]))  # fmt: skip
    assert len(done) == 1 and len(met) == 3
    assert PlanDecision.objects.get_queryset().count() == 1
    assert SolutionPosition.objects.get_queryset().count() == 4


def test_opening_a_round_twice_at_once_makes_each_report_once():
    for name in range(12):
        unit(f"K{name}")
    solutions()
    open_round(dt.date(2021, 11, 1))
    results = at_once(*[lambda: round_open(reference_date=SPRING, actor=None, now=at(SPRING)) for _ in range(3)])
    done, met = split(results)
    assert not met and len({round_.pk for round_ in done}) == 1
    assert Event.objects.get_queryset().filter(name="open", object_id=str(done[0].pk)).count() == 1
    assert Report.objects.get_queryset().filter(round__reference_date=SPRING).count() == 12


def test_a_save_waits_for_the_report_s_row_alone():
    report = ReportFactory.draft()
    one = editor(report.municipality)
    with CaptureQueriesContext(connection) as seen:
        draft_save(report=again(report), key="comment", raw="x", base_rev=None, actor=one,
                   now=at(report.round.opens_on))  # fmt: skip
    locks = [query["sql"] for query in seen.captured_queries if "FOR UPDATE" in query["sql"]]
    assert len(locks) == 1 and "JOIN" not in locks[0]
    with CaptureQueriesContext(connection) as seen:
        bare = Report.objects.get_queryset().get(pk=report.pk)
        draft_save(report=bare, key="comment", raw="y", base_rev=None, actor=one, now=at(SPRING))
    locks = [query["sql"] for query in seen.captured_queries if "FOR UPDATE" in query["sql"]]
    assert len(locks) == 1 and locks[0].endswith('FOR UPDATE OF "reporting_report"')

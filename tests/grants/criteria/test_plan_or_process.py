"""A plan, or a process that says how and when (national plan 2021, ch. 3.2, first criterion)."""

from __future__ import annotations

import datetime as dt

import pytest

from grants.criteria import judge

from .facts_by_hand import DAY, HELD, REPORTED, D, answers, decision, process, unit

CODE = "plan_or_process"
ONE_DAY = dt.timedelta(days=1)


def judged(settings=None, **said):
    return judge(CODE, unit(**said), settings or {})


@pytest.mark.parametrize("status", ["own", "inside"])
def test_an_adopted_plan_meets_it_since_the_day_of_the_decision(status: str):
    found = judged(decisions=(decision(status),))
    assert (found.state, found.since, found.missing) == ("met", HELD, "")
    assert [(row.kind, row.id, row.word) for row in found.evidence] == [("decision", 1, f"plan.{status}")]


def test_a_plan_without_the_day_of_its_decision_counts_from_the_day_it_holds():
    assert judged(decisions=(decision(decided_on=None),)).since == D(2021, 7, 1)


def test_a_decision_that_is_dated_later_was_not_made_yet():
    found = judged(decisions=(decision(decided_on=DAY + ONE_DAY),))
    assert (found.state, found.missing, found.about) == ("not_met", "plan.decided_later", ("2022-05-02",))
    assert judged(decisions=(decision(decided_on=DAY),)).state == "met"


def test_a_process_that_says_how_and_when_meets_it_until_its_day_has_passed():
    assert judged(decisions=(process(DAY),)).state == "met"
    found = judged(decisions=(process(DAY - ONE_DAY),))
    assert (found.state, found.missing, found.about) == ("not_met", "process.passed", ("2022-04-30",))


@pytest.mark.parametrize(
    ("row", "lacks"),
    [
        (process(None), "process.when"),
        (process(has_process=False), "process.how"),
        (process(None, has_process=False), "process.how_and_when"),
    ],
)
def test_a_process_without_how_or_when_says_which(row, lacks: str):
    found = judged(decisions=(row,))
    assert (found.state, found.missing) == ("not_met", lacks)


def test_a_process_counts_only_while_it_is_asked_to():
    found = judged({"process_counts": False}, decisions=(process(),))
    assert (found.state, found.missing) == ("not_met", "plan.process")
    assert judged({"process_counts": False}, decisions=(decision(),)).state == "met"


@pytest.mark.parametrize("status", ["none", "declined"])
def test_none_is_none(status: str):
    found = judged(decisions=(decision(status),))
    assert (found.state, found.since, found.missing) == ("not_met", None, f"plan.{status}")
    assert found.evidence


def test_nothing_registered_and_nothing_reported_is_not_known():
    found = judged()
    assert (found.state, found.evidence, found.missing) == ("unknown", (), "plan.unknown")
    assert judged(answers=answers(network_participates="yes")).state == "unknown"


def test_the_approved_report_stands_in_where_the_register_is_silent():
    found = judged(answers=answers(plan_status="own", plan_decided_on="2021-09-23"))
    assert (found.state, found.since) == ("met", D(2021, 9, 23))
    assert [(row.kind, row.id, row.question, row.since) for row in found.evidence] == [
        ("answer", 41, "plan.status", REPORTED)
    ]
    told = answers(plan_status="process", plan_expected_on="2022-06-20", plan_process="Eldrerådet høres i mai.")
    assert judged(answers=told).state == "met"
    assert judged(answers=answers(plan_status="process", plan_process="Vi høres.")).missing == "process.when"


def test_the_register_goes_before_the_report():
    found = judged(decisions=(decision("none"),), answers=answers(plan_status="own", plan_decided_on="2021-09-23"))
    assert (found.state, [row.kind for row in found.evidence]) == ("not_met", ["decision"])
    agreed = judged(decisions=(decision(),), answers=answers(plan_status="own", plan_decided_on="2021-06-17"))
    assert [row.kind for row in agreed.evidence] == ["decision", "answer"]


def test_a_report_does_not_bring_back_what_the_register_has_ended_since():
    told = answers(plan_status="own", plan_decided_on="2021-09-23")
    assert judged(answers=told, ended={"plan": D(2022, 2, 1)}).state == "unknown"
    assert judged(answers=told, ended={"plan": REPORTED - ONE_DAY}).state == "met"


def test_two_rows_of_one_day_count_as_the_newest():
    rows = (decision("none", id=2, valid_from=D(2021, 9, 1)), decision(id=3, valid_from=D(2021, 1, 1)))
    assert judged(decisions=rows).missing == "plan.none"

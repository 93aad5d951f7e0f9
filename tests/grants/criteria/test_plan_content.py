"""What a plan is: positions in all five areas, decided by the council (national plan 2021, ch. 3.2, criterion 2)."""

from __future__ import annotations

import pytest

from grants.criteria import judge
from grants.criteria.facts import Position

from .facts_by_hand import DAY, REPORTED, D, answers, decision, positions, process, unit

CODE = "plan_content"


def judged(settings=None, **said):
    return judge(CODE, unit(**said), settings or {})


def test_a_dated_plan_with_a_position_in_each_area_meets_it_since_the_last_of_them():
    found = judged(decisions=(decision(),), positions=positions())
    assert (found.state, found.since, found.missing) == ("met", D(2021, 8, 5), "")
    assert [(row.kind, row.id, row.area) for row in found.evidence[1:]] == [
        ("position", 10 + place, area) for place, area in enumerate("12345")
    ]


def test_a_position_on_the_area_as_a_whole_is_one_too():
    whole = Position(7, "4", "area", 1, 1, D(2021, 6, 17), 50)
    found = judged(decisions=(decision(),), positions=(*positions("1", "2", "3", "5"), whole))
    assert found.state == "met"
    assert [row.word for row in found.evidence if row.area == "4"] == ["position.area"]


def test_an_area_in_which_nothing_was_considered_has_no_position():
    found = judged(decisions=(decision(),), positions=positions(taken=0))
    assert (found.state, found.about) == ("not_met", ("1", "2", "3", "4", "5"))


def test_the_areas_that_lack_a_position_are_named():
    found = judged(decisions=(decision("inside"),), positions=positions("1", "3", "5"))
    assert (found.state, found.missing, found.about) == ("not_met", "content.areas", ("2", "4"))


def test_of_the_area_and_its_solutions_the_oldest_is_shown():
    older = Position(7, "1", "area", 1, 1, D(2020, 2, 3), 9)
    for rows in ((*positions(), older), (older, *positions())):
        found = judged(decisions=(decision(),), positions=rows)
        assert [(row.id, row.since) for row in found.evidence if row.area == "1"] == [(9, D(2020, 2, 3))]


def test_a_plan_without_the_day_of_the_council_is_none():
    found = judged(decisions=(decision(decided_on=None),), positions=positions())
    assert (found.state, found.missing) == ("not_met", "plan.undated")


def test_while_a_process_counts_there_is_no_content_to_judge_yet():
    found = judged(decisions=(process(),))
    assert (found.state, [row.word for row in found.evidence]) == ("met", ["content.process"])
    late = judged(decisions=(process(D(2022, 4, 1)),), positions=positions())
    assert (late.state, late.missing) == ("not_met", "process.passed")
    strict = judged({"process_counts": False}, decisions=(process(),), positions=positions())
    assert (strict.state, strict.missing) == ("not_met", "plan.process")


@pytest.mark.parametrize("status", ["none", "declined"])
def test_without_a_plan_positions_are_not_enough(status: str):
    found = judged(decisions=(decision(status),), positions=positions())
    assert (found.state, found.missing) == ("not_met", f"plan.{status}")


def test_a_decision_that_is_dated_later_is_no_plan_yet():
    row = decision(decided_on=D(2022, 5, 2))
    assert judged(decisions=(row,), positions=positions()).missing == "plan.decided_later"
    assert row.decided_on > DAY


def test_without_anything_about_a_plan_it_is_not_known():
    assert judged(positions=positions()).state == "unknown"


def test_the_approved_report_gives_the_positions_where_the_register_has_none():
    said = {f"{area}.1": "adopted" for area in "1245"} | {"3.1": "not_considered", "3.4": "considered"}
    told = answers(positions=said, plan_status="own", plan_decided_on="2021-09-23")
    found = judged(answers=told)
    assert (found.state, found.since) == ("met", REPORTED)
    assert {(row.kind, row.id) for row in found.evidence} == {("answer", 41)}
    assert judged(decisions=(decision(),), answers=told).state == "met"
    of_one = judged(decisions=(decision(),), positions=positions("1"), answers=told)
    assert of_one.about == ("2", "3", "4", "5")

"""Taken into the samfunnsdel, or meant to be (national plan 2021, ch. 3.2, third criterion)."""

from __future__ import annotations

from grants.criteria import judge

from .facts_by_hand import REPORTED, D, anchoring, answers, unit

CODE = "samfunnsdel"


def judged(settings=None, **said):
    return judge(CODE, unit(**said), settings or {})


def test_an_adopted_samfunnsdel_meets_it_since_the_day_of_the_plan():
    found = judged(anchorings=(anchoring("budget", id=19), anchoring()))
    assert (found.state, found.since) == ("met", D(2021, 3, 2))
    assert [(row.kind, row.id, row.word) for row in found.evidence] == [("anchoring", 20, "samfunnsdel.adopted")]
    assert judged(anchorings=(anchoring(adopted_on=None),)).since == D(2021, 3, 10)


def test_one_that_is_expected_shows_how_it_is_meant():
    row = anchoring(is_expected=True)
    found = judged(anchorings=(row,))
    assert (found.state, found.since, found.evidence[0].word) == ("met", D(2021, 3, 10), "samfunnsdel.expected")
    strict = judged({"intended_counts": False}, anchorings=(row,))
    assert (strict.state, strict.missing) == ("not_met", "samfunnsdel.intended")
    assert judged({"intended_counts": False}, anchorings=(row, anchoring(id=21))).state == "met"


def test_an_approved_report_that_leaves_it_out_is_a_no():
    told = answers(plan_anchoring=["budget"])
    found = judged(answers=told)
    assert (found.state, found.missing) == ("not_met", "samfunnsdel.missing")
    assert [(row.kind, row.question, row.since) for row in found.evidence] == [("answer", "plan.anchoring", REPORTED)]
    assert judged(answers=answers(asked=("plan.anchoring",))).state == "not_met"
    assert judged(answers=told, anchorings=(anchoring(is_expected=True),)).state == "met"


def test_a_form_that_did_not_ask_says_nothing():
    found = judged(answers=answers(asked=("plan.status",)))
    assert (found.state, found.missing) == ("unknown", "samfunnsdel.unknown")
    assert judged().state == "unknown"
    assert judged(anchorings=(anchoring("care_plan"),)).state == "unknown"


def test_the_report_names_it_where_the_register_does_not():
    found = judged(answers=answers(plan_anchoring=["budget", "samfunnsdel"]))
    assert (found.state, found.since, found.evidence[0].kind) == ("met", REPORTED, "answer")


def test_a_report_stands_beside_the_register():
    found = judged(anchorings=(anchoring(),), answers=answers(plan_anchoring=["samfunnsdel"]))
    assert [row.kind for row in found.evidence] == ["anchoring", "answer"]


def test_what_the_register_has_ended_since_the_report_is_over():
    told = answers(plan_anchoring=["samfunnsdel"])
    found = judged(answers=told, ended={"samfunnsdel": D(2022, 1, 31)})
    assert (found.state, found.missing) == ("not_met", "samfunnsdel.ended")
    assert judged(answers=told, ended={"samfunnsdel": D(2021, 1, 31)}).state == "met"

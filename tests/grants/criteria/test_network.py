"""A part, or a planned one, in a regional network (national plan 2021, ch. 3.2, fourth criterion)."""

from __future__ import annotations

import pytest

from grants.criteria import judge

from .facts_by_hand import REPORTED, D, answers, participation, unit

CODE = "network"


def judged(settings=None, **said):
    return judge(CODE, unit(**said), settings or {})


def test_an_active_part_in_a_regional_network_meets_it():
    rows = (participation(id=31, valid_from=D(2021, 2, 1)), participation())
    found = judged(participations=rows)
    assert (found.state, found.since) == ("met", D(2020, 9, 1))
    assert [(row.id, row.word) for row in found.evidence] == [(30, "network.active"), (31, "network.active")]


def test_a_planned_part_counts_while_it_is_asked_to():
    rows = (participation("planned"),)
    assert judged(participations=rows).state == "met"
    strict = judged({"planned_counts": False}, participations=rows)
    assert (strict.state, strict.missing) == ("not_met", "network.planned")
    assert judged({"planned_counts": False}, participations=(*rows, participation(id=31))).state == "met"


def test_another_kind_of_network_is_none_whatever_the_report_says():
    found = judged(participations=(participation(is_regional=False),), answers=answers(network_participates="yes"))
    assert (found.state, found.missing) == ("not_met", "network.other_kind")
    assert [row.word for row in found.evidence] == ["network.not_regional"]


@pytest.mark.parametrize(("said", "state", "strict"), [
    ("yes", "met", "met"), ("planned", "met", "not_met"), ("no", "not_met", "not_met"),
])  # fmt: skip
def test_the_approved_report_stands_in_where_the_register_is_silent(said: str, state: str, strict: str):
    told = answers(network_participates=said)
    found = judged(answers=told)
    assert (found.state, found.since) == (state, REPORTED if state == "met" else None)
    assert [(row.kind, row.id, row.word) for row in found.evidence] == [("answer", 41, f"network.participates={said}")]
    assert judged({"planned_counts": False}, answers=told).state == strict


def test_the_report_stands_beside_a_register_that_says_the_same():
    rows = (participation(),)
    kinds = [row.kind for row in judged(participations=rows, answers=answers(network_participates="yes")).evidence]
    assert kinds == ["participation", "answer"]
    assert len(judged(participations=rows, answers=answers(network_participates="no")).evidence) == 1


def test_a_part_that_has_ended_is_no_part_whatever_was_reported_before():
    told = answers(network_participates="yes")
    found = judged(answers=told, ended={"network": D(2022, 3, 31)})
    assert (found.state, found.missing) == ("not_met", "network.ended")
    assert judged(answers=told, ended={"network": D(2021, 3, 31)}).state == "met"


def test_nothing_known_is_not_known():
    found = judged()
    assert (found.state, found.missing) == ("unknown", "network.unknown")
    assert judged(answers=answers(plan_status="own")).state == "unknown"

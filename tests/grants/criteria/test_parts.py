"""How a criterion follows a municipality through a merger or split."""

from __future__ import annotations

import dataclasses

import pytest

from grants.criteria import RULES, judge
from grants.criteria.facts import Rule

from .facts_by_hand import D, answers, decision, participation, process, unit

MET, NOT, UNKNOWN = "met", "not_met", "unknown"
FIRST = D(2019, 3, 1)


def part(number: int, **said):
    return unit(unit=number, **said)


def with_plan(number: int, day=FIRST):
    return part(number, decisions=(decision(unit=number, decided_on=day),))


def without(number: int):
    return part(number, decisions=(decision("none", unit=number),))


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ((with_plan(1), with_plan(2)), MET),
        ((with_plan(1), without(2)), NOT),
        ((with_plan(1), part(2)), UNKNOWN),
        ((part(1), without(2)), NOT),
        ((part(1), part(2)), UNKNOWN),
    ],
)
def test_it_is_met_only_when_every_part_met_it(parts, state: str):
    found = judge("plan_or_process", unit(parts=parts), {})
    assert found.state == state
    order = [row for one in parts for row in judge("plan_or_process", one, {}).evidence]
    assert list(found.evidence) == order


def test_each_part_is_listed_and_the_last_of_them_says_since_when():
    found = judge("plan_or_process", unit(parts=(with_plan(1), with_plan(2, D(2019, 10, 9)))), {})
    assert [(row.unit, row.since) for row in found.evidence] == [(1, D(2019, 3, 1)), (2, D(2019, 10, 9))]
    assert (found.since, found.parts) == (D(2019, 10, 9), ((1, MET), (2, MET)))
    missing = judge("plan_or_process", unit(parts=(with_plan(1), without(2))), {})
    assert (missing.missing, missing.parts) == ("parts.plan_or_process", ((1, MET), (2, NOT)))


def test_what_is_known_of_the_municipality_itself_goes_before():
    parts = (with_plan(1), with_plan(2))
    assert judge("plan_or_process", unit(parts=parts, decisions=(decision("none"),)), {}).state == NOT
    assert judge("plan_or_process", unit(parts=parts, answers=answers(plan_status="none")), {}).state == NOT
    assert judge("plan_or_process", unit(parts=(without(1),), decisions=(decision(),)), {}).parts == ()


def test_each_criterion_follows_for_itself():
    parts = (part(1, participations=(participation(unit=1),)), part(2, participations=(participation(unit=2),)))
    whole = unit(parts=parts, decisions=(decision("none"),))
    assert [judge(code, whole, {}).state for code in RULES] == [NOT, NOT, UNKNOWN, MET]


def test_parts_of_parts_are_followed():
    old = part(5, parts=(with_plan(1), with_plan(2)))
    found = judge("plan_or_process", unit(parts=(old,)), {})
    assert (found.state, [row.unit for row in found.evidence]) == (MET, [1, 2])


def test_a_parts_process_is_due_on_the_day_that_is_asked_about():
    late = part(1, decisions=(process(D(2020, 6, 15)),))
    assert judge("plan_or_process", unit(parts=(late,)), {}).state == NOT
    then = dataclasses.replace(late, day=D(2020, 6, 15))
    assert judge("plan_or_process", unit(parts=(then,), day=D(2020, 6, 15)), {}).state == MET


def test_every_rule_says_where_it_is_from_and_what_it_accepts():
    for code, rule in RULES.items():
        assert isinstance(rule, Rule) and rule.code == code and rule.version == 1
        assert "3.2" in rule.source and rule.judge.__doc__ and "ch. 3.2" in rule.judge.__doc__
        assert rule.defaults and all(isinstance(value, bool) for value in rule.defaults.values())
    with pytest.raises(KeyError):
        judge("nothing", unit(), {})

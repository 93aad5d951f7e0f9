import pytest

from reporting.checks.solutions_without_plan import CHECK
from tests.reporting.checks.facts import facts, one


@pytest.mark.parametrize("status", ["none", "declined"])
@pytest.mark.parametrize("position", ["adopted", "adapted"])
def test_adopted_solutions_without_a_plan_want_an_explanation(status, position):
    answers = {"plan.status": status, "solutions": {"1.1": position, "1.2": "considered"}}
    assert "1" in one(CHECK.run(facts(answers)), "warning", "plan.status").message


@pytest.mark.parametrize(
    ("status", "position"), [("none", "in_place"), ("none", "considered"), ("own", "adopted"), ("process", "adopted")]
)
def test_otherwise_there_is_nothing_to_say(status, position):
    assert CHECK.run(facts({"plan.status": status, "solutions": {"1.1": position}})) == []


def test_without_answers_there_is_nothing_to_say():
    assert CHECK.run(facts({"plan.status": "none"})) == []
    assert CHECK.run(facts({})) == []

import pytest

from reporting.checks.adopted_without_date import CHECK
from tests.reporting.checks.facts import facts, one


@pytest.mark.parametrize("status", ["own", "inside"])
def test_an_adopted_plan_without_a_date_is_an_error(status):
    one(CHECK.run(facts({"plan.status": status})), "error", "plan.decided_on")


@pytest.mark.parametrize(
    "answers",
    [{"plan.status": "own", "plan.decided_on": "2021-06-17"}, {"plan.status": "process"}, {"plan.status": "none"}, {}],
)
def test_otherwise_there_is_nothing_to_say(answers):
    assert CHECK.run(facts(answers)) == []

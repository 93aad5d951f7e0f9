import pytest

from reporting.checks.status_gone_back import CHECK
from tests.reporting.checks.facts import facts, one


@pytest.mark.parametrize("before", ["own", "inside"])
@pytest.mark.parametrize("now", ["process", "none", "declined"])
def test_a_plan_that_is_gone_wants_an_explanation(before, now):
    one(CHECK.run(facts({"plan.status": now}, {"plan.status": before})), "warning", "plan.status")


@pytest.mark.parametrize(
    ("before", "now"), [("own", "inside"), ("own", "own"), ("process", "none"), ("none", "own"), ("own", None)]
)
def test_otherwise_there_is_nothing_to_say(before, now):
    answers = {"plan.status": now} if now else {}
    assert CHECK.run(facts(answers, {"plan.status": before})) == []


def test_without_a_last_report_there_is_nothing_to_compare():
    assert CHECK.run(facts({"plan.status": "none"}, None)) == []

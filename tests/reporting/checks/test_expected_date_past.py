from reporting.checks.expected_date_past import CHECK
from tests.reporting.checks.facts import facts, one


def test_a_date_that_is_over_wants_an_explanation():
    one(CHECK.run(facts({"plan.expected_on": "2022-05-03"})), "warning", "plan.expected_on")


def test_today_and_later_are_allowed():
    assert CHECK.run(facts({"plan.expected_on": "2022-05-04"})) == []
    assert CHECK.run(facts({"plan.expected_on": "2023-01-01"})) == []
    assert CHECK.run(facts({})) == []

import pytest

from reporting.checks.decision_date import CHECK
from tests.reporting.checks.facts import facts, one


@pytest.mark.parametrize(
    ("day", "words"), [("2022-05-05", "5.\xa0mai 2022"), ("2018-05-03", "4.\xa0mai 2018"), ("1999-01-01", "1999")]
)
def test_a_decision_in_the_future_or_before_the_reform_is_an_error(day, words):
    assert words in one(CHECK.run(facts({"plan.decided_on": day})), "error", "plan.decided_on").message


@pytest.mark.parametrize("day", ["2022-05-04", "2018-05-04", "2021-06-17"])
def test_today_and_the_first_day_are_allowed(day):
    assert CHECK.run(facts({"plan.decided_on": day})) == []


def test_without_a_date_there_is_nothing_to_say():
    assert CHECK.run(facts({"plan.status": "own"})) == []

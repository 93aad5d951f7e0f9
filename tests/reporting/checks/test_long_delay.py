import pytest

from reporting.checks.long_delay import CHECK
from tests.reporting.checks.facts import facts, one


def test_more_than_two_years_wants_an_explanation():
    found = one(CHECK.run(facts({"progress.delay_months": 25})), "warning", "progress.delay_months")
    assert "25" in found.message


@pytest.mark.parametrize("months", [0, 24])
def test_up_to_two_years_is_allowed(months):
    assert CHECK.run(facts({"progress.delay_months": months})) == []


def test_without_an_answer_there_is_nothing_to_say():
    assert CHECK.run(facts({})) == []

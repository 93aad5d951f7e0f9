import pytest

from reporting.checks.network_missing import CHECK
from tests.reporting.checks.facts import facts, one


def test_a_yes_without_a_network_is_an_error():
    one(CHECK.run(facts({"network.participates": "yes"})), "error", "network.which")


@pytest.mark.parametrize(
    "answers",
    [{"network.participates": "yes", "network.which": ["3"]}, {"network.participates": "planned"},
     {"network.participates": "no"}, {}],
)  # fmt: skip
def test_otherwise_there_is_nothing_to_say(answers):
    assert CHECK.run(facts(answers)) == []

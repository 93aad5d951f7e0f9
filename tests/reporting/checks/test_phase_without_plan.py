import pytest

from reporting.checks.phase_without_plan import CHECK
from tests.reporting.checks.facts import facts, one


@pytest.mark.parametrize("phase", ["3", "4"])
@pytest.mark.parametrize("status", ["process", "none", "declined"])
def test_carrying_out_without_a_plan_wants_an_explanation(phase, status):
    found = one(CHECK.run(facts({"progress.phase": phase, "plan.status": status})), "warning", "progress.phase")
    assert phase in found.message


@pytest.mark.parametrize(
    "answers",
    [{"progress.phase": "2", "plan.status": "none"}, {"progress.phase": "3", "plan.status": "inside"},
     {"progress.phase": "3"}, {"plan.status": "none"}],
)  # fmt: skip
def test_otherwise_there_is_nothing_to_say(answers):
    assert CHECK.run(facts(answers)) == []

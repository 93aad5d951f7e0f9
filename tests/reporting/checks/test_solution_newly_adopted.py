import pytest

from reporting.checks.solution_newly_adopted import CHECK
from tests.reporting.checks.facts import facts, one


@pytest.mark.parametrize("before", ["considered", "not_considered"])
@pytest.mark.parametrize("now", ["adopted", "adapted"])
def test_what_is_newly_adopted_is_pointed_out_at_its_row(before, now):
    previous = {"solutions": {"1.1": before, "1.2": "in_place"}}
    found = one(CHECK.run(facts({"solutions": {"1.1": now, "1.2": "adopted"}}, previous)), "remark", "solutions:1.1")
    assert found.key == "solution_newly_adopted:1.1"
    assert "Gode" in found.message


def test_otherwise_there_is_nothing_to_say():
    assert CHECK.run(facts({"solutions": {"1.1": "adopted"}}, None)) == []
    assert CHECK.run(facts({"solutions": {"1.1": "considered"}}, {"solutions": {"1.1": "adopted"}})) == []
    assert CHECK.run(facts({}, {"solutions": {"1.1": "considered"}})) == []

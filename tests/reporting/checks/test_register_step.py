import pytest

from reporting.checks.register_step import CHECK
from tests.reporting.checks.facts import facts, one


def test_a_step_before_the_register_s_is_pointed_out_with_the_register_s():
    finding = one(CHECK.run(facts({"progress.step": "2"}, registers={"progress.step": "4"})), "remark", "progress.step")
    assert "4" in finding.message


@pytest.mark.parametrize(("known", "now"), [("4", "4"), ("4", "5"), (None, "1"), ("4", None), ("x", "1")])
def test_otherwise_there_is_nothing_to_say(known, now):
    answers = {"progress.step": now} if now else {}
    assert CHECK.run(facts(answers, registers={"progress.step": known} if known else {})) == []

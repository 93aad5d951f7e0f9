import pytest

from reporting.checks.register_phase import CHECK
from tests.reporting.checks.facts import facts, one


def test_a_phase_before_the_register_s_is_pointed_out_with_the_register_s():
    answers = {"progress.phase": "2"}
    finding = one(CHECK.run(facts(answers, registers={"progress.phase": "4"})), "remark", "progress.phase")
    assert "4" in finding.message


@pytest.mark.parametrize(("known", "now"), [("3", "3"), ("3", "4"), (None, "2"), ("3", None), ("x", "2")])
def test_otherwise_there_is_nothing_to_say(known, now):
    answers = {"progress.phase": now} if now else {}
    assert CHECK.run(facts(answers, registers={"progress.phase": known} if known else {})) == []

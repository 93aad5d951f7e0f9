import pytest

from reporting.checks.register_plan import CHECK
from tests.reporting.checks.facts import facts, one


@pytest.mark.parametrize("known", ["own", "inside"])
@pytest.mark.parametrize("now", ["process", "none", "declined"])
def test_a_plan_that_the_register_has_wants_an_explanation(known, now):
    one(CHECK.run(facts({"plan.status": now}, registers={"plan.status": known})), "warning", "plan.status")


@pytest.mark.parametrize(("known", "now"), [("own", "inside"), ("process", "none"), ("own", None), (None, "none")])
def test_otherwise_there_is_nothing_to_say(known, now):
    answers = {"plan.status": now} if now else {}
    assert CHECK.run(facts(answers, registers={"plan.status": known} if known else {})) == []


def test_what_the_last_report_said_is_asked_about_once():
    found = facts({"plan.status": "none"}, {"plan.status": "own"}, registers={"plan.status": "own"})
    assert CHECK.run(found) == []

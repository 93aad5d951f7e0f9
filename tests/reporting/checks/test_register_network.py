import pytest

from reporting.checks.register_network import CHECK
from tests.reporting.checks.facts import facts, one


def test_who_leaves_a_network_is_told_what_follows():
    found = facts({"network.participates": "no"}, registers={"network.participates": "yes"})
    one(CHECK.run(found), "remark", "network.participates")


@pytest.mark.parametrize(
    ("known", "now"), [("yes", "yes"), ("yes", "planned"), ("no", "no"), (None, "no"), ("yes", None)]
)
def test_otherwise_there_is_nothing_to_say(known, now):
    answers = {"network.participates": now} if now else {}
    assert CHECK.run(facts(answers, registers={"network.participates": known} if known else {})) == []

import pytest

from reporting.checks.national_id import CHECK
from tests.municipalities.test_national_ids import made
from tests.reporting.checks.facts import facts, one


def test_a_number_in_a_text_wants_an_explanation_and_is_not_repeated():
    number = made("010190124")
    found = one(CHECK.run(facts({"plan.process": f"Spør {number}."})), "warning", "plan.process")
    assert number not in found.message and number not in str(found.stored())


@pytest.mark.parametrize("text", ["Sak 12345678901", "Behandlet 01.01.2022 i sak 22/1234.", ""])
def test_other_numbers_are_let_be(text):
    assert CHECK.run(facts({"plan.process": text})) == []


def test_what_is_no_text_is_not_looked_at():
    assert CHECK.run(facts({"progress.delay_months": 12, "solutions": {"1.1": "adopted"}})) == []

"""Several at once on the same formula, table and budget, on PostgreSQL with real threads: one of them, and whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from grants.models import AllocationFormula, Appropriation, KeyTable, KeyValue
from grants.services.appropriations import appropriation_write, appropriations
from grants.services.funds import FormulaChanged, PartValues, fingerprint, formula_copied, formula_of, formula_write
from grants.services.key_tables import KeyTableRefused, key_table_look, key_table_take
from grants.services.shipped import shipped_load
from municipalities.models import Event
from municipalities.services.dated import EntryRefused
from tests.grants.test_appropriations import values
from tests.grants.test_key_tables import as_bytes, table
from tests.reporting.test_concurrency import at_once, split

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hdir(world):
    """Four times the same person, each as a request of her own would load her."""
    shipped_load()
    return [world.user("hdir") for _time in range(4)]


def test_one_of_four_changes_a_formula_and_its_parts_stay_whole(hdir, now):
    formula = formula_of(2022)

    def write(place: int):
        parts = (PartValues("flat", 1_000 * place), PartValues("municipalities", 10_000 - 1_000 * place))
        new = replace(formula, parts=parts)
        return lambda: formula_write(new, seen=fingerprint(formula), actor=hdir[place - 1], now=now)

    done, met = split(at_once(*(write(place) for place in range(1, 5))))
    assert len(done) == 1 and [type(error) for error in met] == [FormulaChanged] * 3
    kept = formula_of(2022)
    assert len(kept.parts) == 2 and sum(part.amount for part in kept.parts) == 10_000
    assert Event.objects.across_all(reason="test").filter(name="formula_written").count() == 1


def test_a_years_first_formula_is_written_once(hdir, now):
    formula = replace(formula_copied(formula_of(2022), 2023), source="Brev 2023")

    def write(place: int):
        new = replace(formula, counted_on=dt.date(2023, 1, place))
        return lambda: formula_write(new, seen="", actor=hdir[place - 1], now=now)

    done, met = split(at_once(*(write(place) for place in range(1, 5))))
    assert len(done) == 1 and [type(error) for error in met] == [FormulaChanged] * 3
    assert AllocationFormula.objects.across_all(reason="test").filter(year=2023).count() == 1


def test_a_file_is_taken_in_once(hdir, now):
    figures = key_table_look(as_bytes(table()), today=now.date()).figures
    takes = [lambda person=person: key_table_take(figures, actor=person, now=now) for person in hdir]
    done, met = split(at_once(*takes))
    assert len(done) == 1 and [type(error) for error in met] == [KeyTableRefused] * 3
    assert KeyTable.objects.across_all(reason="test").count() == 1
    assert KeyValue.objects.across_all(reason="test").count() == 5


def test_a_receiver_has_one_amount_in_a_budget(hdir, now):
    said = values(receiver="ks", receiver_nb="", receiver_nn="")
    writes = [
        lambda person=person, place=place: appropriation_write(replace(said, amount=place), actor=person, now=now)
        for place, person in enumerate(hdir, 1)
    ]
    done, met = split(at_once(*writes))
    assert len(done) == 1 and [type(error) for error in met] == [EntryRefused] * 3
    assert Appropriation.objects.across_all(reason="test").filter(year=2022).count() == 1
    assert appropriations().count() == 14

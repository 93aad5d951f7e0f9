"""Rows in columns are the same rows: in order, by place, picked, equal and hashed alike; with few and many values."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.documents import borders
from reporting.documents.by_unit import Places
from reporting.documents.columns import AT_ONCE, Columns, values_of
from reporting.documents.facts import PartsFact, Unit, UnitAnswer, UnitReport
from reporting.documents.given import Given
from reporting.documents.inputs import _plain

DAY = dt.date(2022, 5, 1)
ROWS = st.lists(
    st.builds(
        UnitAnswer,
        round=st.sampled_from([DAY, dt.date(2022, 11, 1)]),
        unit=st.integers(1, 2**62),
        question=st.sampled_from(["plan.status", "network.participates"]),
        row=st.just(""),
        value=st.text(max_size=3),
        number=st.none() | st.decimals(0, 10, places=1),
        date=st.none() | st.dates(),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_the_rows_come_back_as_they_were(rows):
    kept = Columns(UnitAnswer, rows, numbers=("unit",))
    assert list(kept) == rows
    assert len(kept) == len(rows)
    assert [kept[place] for place in range(len(rows))] == rows
    assert kept[1:3] == tuple(rows[1:3])
    assert kept == tuple(rows)
    assert _plain(kept) == _plain(tuple(rows))
    for day in {row.round for row in rows}:
        wanted = [(row.unit, row.value) for row in rows if row.round == day]
        assert list(kept.picked("unit", "value", where=("round", day))) == wanted


def test_more_rows_than_are_put_away_at_once_and_more_values_than_two_bytes_hold():
    rows = [PartsFact(DAY, unit, (unit, unit + 1)) for unit in range(70_000)]
    kept = Columns(PartsFact, map(values_of, rows), numbers=("unit",))
    assert len(kept) == 70_000 > AT_ONCE
    assert kept[69_999] == rows[-1]
    assert sum(mine == theirs for mine, theirs in zip(kept, rows, strict=True)) == 70_000


def test_a_dataclass_with_defaults_comes_back_whole():
    report = UnitReport(DAY, 7, "viken", "municipality", "late", days_late=3, submission=9, number=2)
    without = replace(report, submission=None)
    kept = Columns(UnitReport, map(values_of, (report, without)), numbers=("unit",), maybe=("submission",))
    assert list(kept) == [report, without] == [kept[0], kept[1]]


def test_names_that_are_mostly_different_and_rows_that_are_made_by_another():
    units = [Unit(n, f"{n:04d}", f"K{n}", ((f"K{n}", "no"),), "viken", "30", "Viken") for n in range(2_500)]
    kept = Columns(Unit, map(values_of, units), numbers=("id",), various=("number", "name", "names"))
    assert kept == units and kept[2_100] == units[2_100]
    rows = Columns(PartsFact, [(DAY, 1, None), (DAY, 2, (3, 4))], numbers=("unit",), make=borders._fact)
    assert list(rows) == [PartsFact(DAY, 1, (1,)), PartsFact(DAY, 2, (3, 4))] == [rows[0], rows[1]]
    assert list(borders.units_in(rows)) == [3, 4] and list(borders.units_in(list(rows))) == [1, 3, 4]


def test_a_row_that_is_not_there_a_value_that_is_not_there_and_a_column_of_numbers():
    kept = Columns(UnitAnswer, [(DAY, 1, "q", "", "v", Decimal(1), None, "")], numbers=("unit",))
    with pytest.raises(IndexError):
        kept[1]
    assert list(kept.picked("unit", where=("question", "another"))) == []
    with pytest.raises(ValueError, match="not a column of few values"):
        list(kept.picked("value", where=("unit", 1)))
    assert kept != "v"
    assert kept != ()
    assert kept.distinct("question") == ["q"]


def test_rows_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="zip"):
        Columns(PartsFact, [(DAY, 1)])


def test_what_a_unit_has_answered():
    answers = Given(Places([3, 1, 2]))
    for unit, question, value in ((1, "a", "x"), (2, "several", "x"), (2, "several", "y"), (3, "several", "y")):
        answers.add("2022-05-01", unit, question, value)
    answers.add("2021-11-01", 1, "a", "z")
    assert answers.to("2022-05-01", 1, "a") == {"x"}
    assert answers.to("2022-05-01", 2, "several") == {"x", "y"}
    assert answers.to("2022-05-01", 1, "several") == frozenset()
    assert answers.to("2022-05-01", 4, "a") == frozenset()
    assert answers.all_of("2021-11-01", 1) == {"a": {"z"}}
    assert answers.all_of("2022-05-01", 2) == {"several": {"x", "y"}}
    assert list(answers.answered("2022-05-01", "several")) == [2, 3]
    assert list(answers.answered("2022-05-01", "nobody")) == []
    assert answers.all_of("2022-05-01", 3) == {"several": {"y"}} and answers.all_of("2022-05-01", 4) == {}
    with pytest.raises(KeyError):
        answers.add("2022-05-01", 4, "a", "x")

"""Which years a plan covers, when it runs out, and whether its revision is due."""

import datetime as dt

import pytest

from municipalities.coverage import BUDGET, HANDLINGSDEL, Years, coverage, first_year, years_from

D = dt.date


def handlingsdel(day, *known):
    return coverage(HANDLINGSDEL, [Years(*years) for years in known], day)


def test_the_years_of_a_plan():
    assert first_year(D(2021, 12, 14)) == 2022
    assert years_from(HANDLINGSDEL, 2022) == Years(2022, 2025)
    assert years_from(BUDGET, 2022) == Years(2022, 2022)
    assert years_from("samfunnsdel", 2022) is None
    assert Years(2022, 2025).runs_out_on == D(2025, 12, 31)
    assert 2025 in Years(2022, 2025) and 2026 not in Years(2022, 2025)
    with pytest.raises(ValueError, match="ends before it begins"):
        Years(2025, 2022)


def test_a_handlingsdel_of_december_2021():
    stands = handlingsdel(D(2022, 5, 1), (2022, 2025))
    assert stands.years == Years(2022, 2025) and stands.runs_out_on == D(2025, 12, 31) and not stands.is_due


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (D(2022, 12, 31), None),
        (D(2023, 1, 1), D(2023, 1, 1)),
        (D(2025, 12, 31), D(2023, 1, 1)),
        (D(2026, 1, 1), D(2026, 1, 1)),
    ],
)
def test_its_revision_is_due_from_the_first_of_january(day, due):
    assert handlingsdel(day, (2022, 2025)).revision_due_from == due


def test_a_revised_plan_goes_before_the_one_it_revised():
    stands = handlingsdel(D(2023, 3, 1), (2022, 2025), (2023, 2026))
    assert stands.years == Years(2023, 2026) and stands.runs_out_on == D(2026, 12, 31) and not stands.is_due
    before = handlingsdel(D(2022, 12, 20), (2022, 2025), (2023, 2026))  # adopted, and not begun
    assert before.years == Years(2022, 2025) and before.runs_out_on == D(2026, 12, 31) and not before.is_due


def test_when_it_has_run_out():
    stands = handlingsdel(D(2026, 2, 1), (2022, 2025))
    assert stands.years is None and stands.runs_out_on is None and stands.is_due
    assert not handlingsdel(D(2021, 12, 20), (2022, 2025)).is_due  # it has not begun


def test_years_without_a_plan():
    stands = handlingsdel(D(2024, 2, 1), (2018, 2021), (2024, 2027))
    assert stands.gaps == (2022, 2023) and stands.runs_out_on == D(2027, 12, 31)
    assert coverage(BUDGET, [Years(2022, 2022), Years(2024, 2024)], D(2022, 6, 1)).runs_out_on == D(2022, 12, 31)


def test_a_budget_holds_for_its_year():
    assert not coverage(BUDGET, [Years(2022, 2022)], D(2022, 12, 31)).is_due
    assert coverage(BUDGET, [Years(2022, 2022)], D(2023, 1, 1)).revision_due_from == D(2023, 1, 1)


def test_a_plan_without_years_is_never_due():
    assert not coverage("samfunnsdel", [], D(2022, 5, 1)).is_due
    assert not coverage("samfunnsdel", [Years(2020, 2032)], D(2022, 5, 1)).is_due

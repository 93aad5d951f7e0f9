"""What ships with the portal: the schemes and criteria of 2021, the formula of 2022, the appropriations."""

from __future__ import annotations

import pytest

from grants.models import AllocationFormula, Appropriation, CriteriaYear, Scheme
from grants.services.shipped import shipped_load

pytestmark = pytest.mark.django_db
WHY = "a test"


def test_the_eight_schemes_of_2021_stand_with_chapter_and_post():
    shipped_load()
    rows = Scheme.objects.across_all(reason=WHY).filter(year=2021).order_by("order")
    assert [(row.chapter, row.post) for row in rows] == [
        ("761", "67"), ("761", "67"), ("761", "67"), ("761", "68"), ("761", "68"), ("761", "79"), ("762", "60"),
        ("762", "63"),
    ]  # fmt: skip
    kinds = {part.kind: (part.from_year, part.to_year) for row in rows for part in row.exceptions.all()}
    assert kinds == {"begun": (2021, 2023), "outside": (None, None)}
    assert all(row.name_nb and row.name_nn for row in rows)


def test_the_criteria_of_2021_are_four():
    shipped_load()
    year = CriteriaYear.objects.across_all(reason=WHY).get(year=2021)
    assert [row.code for row in year.rows.all()] == ["plan_or_process", "plan_content", "samfunnsdel", "network"]


@pytest.mark.parametrize(("year", "occasion", "total"), [(2018, "rnb", 12_500), (2021, "budget", 48_000)])
def test_the_appropriations_sum_to_what_the_letters_say(year, occasion, total):
    shipped_load()
    rows = Appropriation.objects.across_all(reason=WHY).filter(year=year, occasion=occasion)
    assert sum(row.amount for row in rows) == total


def test_the_parts_of_every_formula_add_up():
    shipped_load()
    for formula in AllocationFormula.objects.across_all(reason=WHY):
        assert sum(part.amount for part in formula.parts.all()) == formula.total


def test_loading_again_changes_nothing_and_a_year_of_hdirs_own_is_left_alone():
    first = shipped_load()
    assert set(first) == {"grant schemes", "criteria", "formulas", "appropriations"}
    Scheme.objects.across_all(reason=WHY).filter(key="usht").update(link="https://example.no/usht")
    assert shipped_load() == {}
    assert Scheme.objects.across_all(reason=WHY).get(key="usht").link == "https://example.no/usht"

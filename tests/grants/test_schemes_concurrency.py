"""Several at once on the same year or list, on PostgreSQL with real threads: nothing is done twice."""

from __future__ import annotations

import pytest

from grants.models import ApplicationList, CriteriaYear, GrantApplication, Scheme
from grants.services.applications import list_plan, list_take_in
from grants.services.criteria import YearCriteria, criteria_get, criteria_set
from grants.services.schemes import SchemeValues, scheme_add, year_copy
from grants.services.shipped import shipped_load
from municipalities.models import Event
from municipalities.services.dated import EntryRefused
from municipalities.transitions import WrongState
from tests.grants.lists import TODAY, row, sent, written
from tests.reporting.test_concurrency import at_once, split

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WHY = "a test"


@pytest.fixture
def stage(world):
    shipped_load()
    return world


def test_a_year_is_copied_once_by_five_at_once(stage, now):
    actors = [stage.user("hdir") for _one in range(5)]
    done, met = split(at_once(*(lambda actor=actor: year_copy(year=2021, actor=actor, now=now) for actor in actors)))
    assert done == [8]
    assert [type(error) for error in met] == [EntryRefused] * 4
    assert Scheme.objects.across_all(reason=WHY).filter(year=2022).count() == 8
    assert Event.objects.across_all(reason=WHY).filter(name="schemes_copied").count() == 8


def test_the_first_scheme_and_the_first_criteria_of_a_year_are_entered_once(stage, now):
    values = SchemeValues("ny", "Ny", "Ny", "761", "60")
    criteria, seen = YearCriteria("Brev", rows={"network": {}}), criteria_get(2030).state
    actors = [stage.user("hdir") for _one in range(3)]
    done, met = split(
        at_once(*(lambda actor=actor: scheme_add(year=2030, values=values, actor=actor, now=now) for actor in actors))
    )
    assert len(done) == 1
    assert [type(error) for error in met] == [EntryRefused] * 2
    done, met = split(
        at_once(
            *(
                lambda actor=actor: criteria_set(year=2030, values=criteria, seen=seen, actor=actor, now=now)
                for actor in actors
            )
        )
    )
    assert done == [True]
    assert [type(error) for error in met] == [WrongState] * 2
    assert CriteriaYear.objects.across_all(reason=WHY).filter(year=2030).count() == 1


def test_a_list_that_is_confirmed_twice_at_once_is_taken_in_once(stage, now):
    kept = sent(stage, written(row(), row(number="3025", unit="Asker")), now=now)
    plan, _register = list_plan(kept, today=TODAY)

    def confirm(actor):
        held = ApplicationList.objects.across_all(reason=WHY).get(pk=kept.pk)
        return lambda: list_take_in(held=held, seen=plan.hash, actor=actor, now=now)

    done, met = split(at_once(*(confirm(stage.user("hdir")) for _one in range(4))))
    assert len(done) == 1
    assert [type(error) for error in met] == [WrongState] * 3
    assert GrantApplication.objects.across_all(reason=WHY).count() == 2
    assert Event.objects.across_all(reason=WHY).filter(name="application_entered").count() == 2


def test_two_lists_of_one_year_do_not_write_over_each_other(stage, now):
    lists = [sent(stage, written(row(applied_kr=amount)), now=now) for amount in (450_000, 500_000)]
    hashes = [list_plan(kept, today=TODAY)[0].hash for kept in lists]
    actor = stage.user("hdir")
    done, met = split(
        at_once(
            *(
                lambda kept=kept, seen=seen: list_take_in(held=kept, seen=seen, actor=actor, now=now)
                for kept, seen in zip(lists, hashes, strict=True)
            )
        )
    )
    assert (len(done), len(met)) == (1, 1)
    assert GrantApplication.objects.across_all(reason=WHY).count() == 1
    assert {kept.status for kept in ApplicationList.objects.across_all(reason=WHY)} == {"read", "taken_in"}

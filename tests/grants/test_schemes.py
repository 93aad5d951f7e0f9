"""Schemes by year: entered, changed, removed, copied forward; and the criteria that a year has."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from grants.models import ApplicationList, CriteriaYear, Criterion, GrantApplication, Scheme, SchemeException
from grants.services import criteria, schemes
from grants.services.criteria import YearCriteria, criteria_get, criteria_set
from grants.services.priority import NoCriteria, criteria_of
from grants.services.schemes import (
    ExceptionValues,
    SchemeValues,
    scheme_add,
    scheme_change,
    scheme_remove,
    scheme_state,
    scheme_values,
    year_copy,
)
from grants.services.shipped import shipped_load
from municipalities.models import Event
from municipalities.services.dated import EntryRefused
from municipalities.transitions import WrongState

pytestmark = pytest.mark.django_db
WHY = "a test"
VALUES = SchemeValues(
    key="demenstilbud", name_nb="Tilbud ved demens", name_nn="Tilbod ved demens", chapter="761", post="60",
    opens_on=dt.date(2022, 1, 10), closes_on=dt.date(2022, 3, 1), link="https://example.no/a",
    exceptions=(ExceptionValues("begun", "De som har begynt.", "Dei som har byrja.", 2021, 2023),),
)  # fmt: skip


def scheme(year: int, key: str) -> Scheme:
    return Scheme.objects.across_all(reason=WHY).get(year=year, key=key)


def events(name: str) -> list[Event]:
    return list(Event.objects.across_all(reason=WHY).filter(name=name).order_by("id"))


@pytest.fixture
def hdir(world):
    shipped_load()
    return world.user("hdir")


def test_a_new_scheme_stands_last_in_its_year_with_its_exceptions(hdir, now):
    row = scheme_add(year=2021, values=replace(VALUES, opens_on=None, closes_on=None), actor=hdir, now=now)
    assert row.order == 9
    assert scheme_values(scheme(2021, "demenstilbud")).exceptions == VALUES.exceptions
    told = events(schemes.ADDED)
    assert [(event.object_id, event.to_state, event.who) for event in told] == [(row.pk, "2021", str(hdir))]


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        ("key", {"key": "Store Bokstaver"}),
        ("key", {"key": "usht"}),
        ("name_nn", {"name_nn": ""}),
        ("chapter", {"chapter": "kap"}),
        ("post", {"post": "6789"}),
        ("link", {"link": "javascript:alert(1)"}),
        ("closes_on", {"closes_on": dt.date(2022, 1, 9)}),
        ("opens_on", {"opens_on": dt.date(2012, 1, 9)}),
        ("exceptions", {"exceptions": (ExceptionValues("x", "a", "b"),)}),
        ("exceptions", {"exceptions": (ExceptionValues("begun", "a", ""),)}),
        ("exceptions", {"exceptions": (ExceptionValues("begun", "a", "b", 2023, 2021),)}),
        ("exceptions", {"exceptions": (ExceptionValues("begun", "a", "b", 21, None),)}),
        ("exceptions", {"exceptions": (ExceptionValues("begun", "a", "b"),) * 11}),
    ],
)
def test_a_scheme_with_a_fault_is_refused_at_its_field(hdir, now, fault, changes):
    with pytest.raises(EntryRefused) as refused:
        scheme_add(year=2021, values=replace(VALUES, **changes), actor=hdir, now=now)
    assert set(refused.value.faults) == {fault}
    assert events(schemes.ADDED) == []


def test_a_year_far_away_is_refused(hdir, now):
    with pytest.raises(EntryRefused) as refused:
        scheme_add(year=1999, values=VALUES, actor=hdir, now=now)
    assert "year" in refused.value.faults


@pytest.mark.parametrize("who", ["statsforvalter-oslo-og-viken", "editor-3004", "evaluator", "hod"])
def test_only_hdir_keeps_schemes_and_criteria(hdir, world, now, who):
    row, actor = scheme(2021, "usht"), world.user(who)
    calls = [
        lambda: scheme_add(year=2021, values=VALUES, actor=actor, now=now),
        lambda: scheme_change(scheme=row, values=VALUES, seen="", actor=actor, now=now),
        lambda: scheme_remove(scheme=row, actor=actor, now=now),
        lambda: year_copy(year=2021, actor=actor, now=now),
        lambda: criteria_set(year=2021, values=YearCriteria(), seen="", actor=actor, now=now),
    ]
    for call in calls:
        with pytest.raises(PermissionDenied):
            call()


def test_a_change_holds_for_its_own_year_and_says_what_was_changed(hdir, now):
    year_copy(year=2021, actor=hdir, now=now)
    row = scheme(2022, "usht")
    changed = replace(scheme_values(row), managed_by="Helsedirektoratet", exceptions=VALUES.exceptions)
    assert scheme_change(scheme=row, values=changed, seen=scheme_state(row), actor=hdir, now=now)
    assert scheme_values(scheme(2022, "usht")) == changed
    assert scheme_values(scheme(2021, "usht")).managed_by == ""
    assert [event.note for event in events(schemes.CHANGED)] == ["managed_by, exceptions"]
    row = scheme(2022, "usht")
    assert not scheme_change(scheme=row, values=changed, seen=scheme_state(row), actor=hdir, now=now)
    assert len(events(schemes.CHANGED)) == 1


def test_a_change_on_top_of_somebody_elses_is_stopped(hdir, now):
    row = scheme(2021, "usht")
    seen, values = scheme_state(row), scheme_values(row)
    scheme_change(scheme=row, values=replace(values, managed_by="A"), seen=seen, actor=hdir, now=now)
    with pytest.raises(WrongState):
        scheme_change(scheme=row, values=replace(values, managed_by="B"), seen=seen, actor=hdir, now=now)
    assert scheme(2021, "usht").managed_by == "A"


def test_the_key_stays(hdir, now):
    row = scheme(2021, "usht")
    values = replace(scheme_values(row), key="usht-2")
    with pytest.raises(EntryRefused) as refused:
        scheme_change(scheme=row, values=values, seen=scheme_state(row), actor=hdir, now=now)
    assert "key" in refused.value.faults


def test_a_scheme_is_removed_unless_something_is_built_on_it(hdir, world, now):
    row = scheme(2021, "usht")
    held = GrantApplication.objects.get_queryset().create(
        scheme=row, municipality=world.unit("3004"), status="applied", changed_at=now
    )
    with pytest.raises(EntryRefused):
        scheme_remove(scheme=row, actor=hdir, now=now)
    held.delete()
    scheme_remove(scheme=row, actor=hdir, now=now)
    assert [event.note.split(":")[0] for event in events(schemes.REMOVED)] == ["usht"]
    with pytest.raises(WrongState):
        scheme_remove(scheme=row, actor=hdir, now=now)
    assert not ApplicationList.objects.across_all(reason=WHY).exists()


def test_a_year_is_copied_with_what_still_runs(hdir, now):
    row = scheme(2021, "leve-hele-livet")
    values = replace(
        scheme_values(row), opens_on=dt.date(2021, 1, 5), closes_on=dt.date(2021, 2, 1), link="https://example.no/b",
        exceptions=(*VALUES.exceptions, ExceptionValues("outside", "Ut 2021.", "Ut 2021.", 2021, 2021)),
    )  # fmt: skip
    scheme_change(scheme=row, values=values, seen=scheme_state(row), actor=hdir, now=now)
    assert year_copy(year=2021, actor=hdir, now=now) == 8
    copy = scheme_values(scheme(2022, "leve-hele-livet"))
    assert copy == replace(values, opens_on=None, closes_on=None, exceptions=VALUES.exceptions)
    held = list(Scheme.objects.across_all(reason=WHY).filter(year=2022).order_by("order").values_list("key", flat=True))
    assert held == list(
        Scheme.objects.across_all(reason=WHY).filter(year=2021).order_by("order").values_list("key", flat=True)
    )
    assert criteria_of(2022) == criteria_of(2021)
    assert len(events(schemes.COPIED)) == 8
    assert [event.to_state for event in events("criteria_copied")] == ["2022"]


def test_the_gradual_introduction_ends_after_2023(hdir, now):
    for year in (2021, 2022, 2023):
        year_copy(year=year, actor=hdir, now=now)
    kinds = {
        year: set(
            SchemeException.objects.across_all(reason=WHY).filter(scheme__year=year).values_list("kind", flat=True)
        )
        for year in (2023, 2024)
    }
    assert kinds == {2023: {"begun", "outside"}, 2024: {"outside"}}


def test_a_year_that_exists_is_not_overwritten_nor_one_without_schemes_copied(hdir, now):
    scheme_add(year=2022, values=VALUES, actor=hdir, now=now)
    for year in (2021, 2030):
        with pytest.raises(EntryRefused) as refused:
            year_copy(year=year, actor=hdir, now=now)
        assert set(refused.value.faults) == {"year"}
    assert Scheme.objects.across_all(reason=WHY).filter(year=2022).count() == 1
    assert events(schemes.COPIED) == []


def test_criteria_that_the_next_year_has_are_left_alone(hdir, now):
    own = YearCriteria("Tildelingsbrev 2022", rows={"network": {"planned_counts": False}})
    criteria_set(year=2022, values=own, seen=criteria_get(2022).state, actor=hdir, now=now)
    year_copy(year=2021, actor=hdir, now=now)
    assert criteria_get(2022) == own


def test_criteria_are_switched_added_and_removed_each_with_an_event(hdir, now):
    before = criteria_get(2021)
    assert list(before.rows) == ["plan_or_process", "plan_content", "samfunnsdel", "network"]
    rows = {"network": {"planned_counts": False}, "plan_or_process": before.rows["plan_or_process"]}
    assert criteria_set(year=2021, values=replace(before, rows=rows), seen=before.state, actor=hdir, now=now)
    assert [(row.code, row.settings) for row in criteria_of(2021)] == [
        ("plan_or_process", {"process_counts": True}), ("network", {"planned_counts": False}),
    ]  # fmt: skip
    assert len(events(criteria.CHANGED)) == 1
    assert len(events(criteria.REMOVED)) == 2
    after = criteria_get(2021)
    criteria_set(year=2021, values=before, seen=after.state, actor=hdir, now=now)
    assert len(events(criteria.ADDED)) == 2
    assert criteria_get(2021) == before
    assert not criteria_set(year=2021, values=before, seen=before.state, actor=hdir, now=now)


def test_a_year_whose_last_criterion_goes_has_none(hdir, now):
    seen = criteria_get(2021).state
    criteria_set(year=2021, values=YearCriteria("x"), seen=seen, actor=hdir, now=now)
    assert not CriteriaYear.objects.across_all(reason=WHY).exists()
    assert not Criterion.objects.across_all(reason=WHY).exists()
    assert [event.from_state for event in events("criteria_ended")] == ["2021"]
    with pytest.raises(NoCriteria):
        criteria_of(2021)


def test_criteria_changed_by_somebody_else_are_not_overwritten(hdir, now):
    seen = criteria_get(2021)
    criteria_set(year=2021, values=replace(seen, source="Brev"), seen=seen.state, actor=hdir, now=now)
    with pytest.raises(WrongState):
        criteria_set(year=2021, values=YearCriteria(), seen=seen.state, actor=hdir, now=now)
    assert criteria_get(2021).source == "Brev"


@pytest.mark.parametrize(
    ("fault", "values"),
    [
        ("source", YearCriteria("", rows={"network": {}})),
        ("source", YearCriteria("x" * 301, rows={"network": {}})),
        ("rows", YearCriteria("x", rows={"moon": {}})),
        ("rows", YearCriteria("x", rows={"network": {"moon": True}})),
        ("rows", YearCriteria("x", rows={"network": {"planned_counts": "ja"}})),
        ("note_nn", YearCriteria("x", note_nb="a", rows={"network": {}})),
    ],
)
def test_criteria_with_a_fault_are_refused(hdir, now, fault, values):
    with pytest.raises(EntryRefused) as refused:
        criteria_set(year=2022, values=values, seen=criteria_get(2022).state, actor=hdir, now=now)
    assert set(refused.value.faults) == {fault}

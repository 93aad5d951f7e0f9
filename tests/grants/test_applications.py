"""Applications: lists from Excel read, judged, shown and taken in whole or not at all; one row put right."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from grants.application_plan import Values
from grants.models import ApplicationList, GrantApplication, Scheme
from grants.services import applications
from grants.services.applications import (
    ListOutdated,
    application_change,
    application_remove,
    application_state,
    application_values,
    list_day,
    list_discard,
    list_read,
    list_take_in,
)
from grants.services.shipped import shipped_load
from municipalities.models import Event
from municipalities.services.dated import EntryRefused
from municipalities.transitions import WrongState
from networks.workbook.read_workbook import WorkbookRefused
from tests.grants.lists import TODAY, row, sent, template, written

pytestmark = pytest.mark.django_db
WHY = "a test"


@pytest.fixture
def stage(world):
    shipped_load()
    return world


def list_plan(kept):
    """The plan of a list, its sentences in English."""
    with override("en"):
        return applications.list_plan(kept, today=TODAY)[0]


def held() -> list[GrantApplication]:
    return list(GrantApplication.objects.across_all(reason=WHY).order_by("id"))


def told(*names: str) -> list[Event]:
    return list(Event.objects.across_all(reason=WHY).filter(name__in=names).order_by("id"))


def take_in(world, data: bytes, now, **how):
    kept = sent(world, data, now=now)
    plan = list_plan(kept)
    return list_take_in(held=kept, seen=plan.hash, actor=world.user("hdir"), now=now, **how)


def test_a_list_is_taken_in_with_an_event_for_each_row(stage, now):
    data = written(
        row(),
        row(number=3025, unit="Asker kommune", status="Granted", granted_kr="400 000", shielded="Ja", note="Kurs"),
        row(number="301", unit=None, scheme="Utviklingssenter for sjukeheimar og heimetenester", applied_kr=None),
    )
    plan = take_in(stage, data, now)
    assert [change.action for change in plan.changes] == ["new", "new", "new"]
    assert [application_values(entry) for entry in held()] == [
        Values("applied", 450_000), Values("granted", 450_000, 400_000, True, "Kurs"), Values("applied"),
    ]  # fmt: skip
    assert [entry.municipality_id for entry in held()] == [stage.unit(n).pk for n in ("3004", "3025", "0301")]
    events = told(applications.ENTERED)
    assert [event.to_state for event in events] == ["applied", "granted", "applied"]
    assert {event.municipality_id for event in events} == {None}  # amounts are not for KS and USHT
    kept = ApplicationList.objects.across_all(reason=WHY).get()
    assert (kept.status, kept.settled_at) == ("taken_in", now)
    assert len(told("applications_taken_in")) == 1


def test_the_same_list_again_changes_nothing_and_another_changes_what_differs(stage, now):
    take_in(stage, written(row(), row(number="3025", unit="Asker")), now)
    with pytest.raises(ValidationError):
        take_in(stage, written(row(), row(number="3025", unit="Asker")), now)
    plan = take_in(stage, written(row(status="refused")), now)
    assert (len(plan.changes), plan.unchanged, plan.absent) == (1, 0, 1)
    assert [entry.status for entry in held()] == ["refused", "applied"]
    assert [(event.from_state, event.to_state) for event in told(applications.CHANGED)] == [("applied", "refused")]


def test_what_was_downloaded_is_what_is_known(stage, now):
    take_in(stage, written(row(status="granted", granted_kr=200_000, shielded="ja", note="@SUM(A1)")), now)
    page = template().worksheets[0]
    cells = [cell.value for cell in page[2]]
    assert cells[0] == "3004"
    assert cells[4:6] == [450_000, 200_000]
    assert page.cell(2, 1).data_type == "s"
    assert cells[7] == "@SUM(A1)"
    assert page.cell(2, 8).data_type == "s"
    names = [cell.value for cell in template().worksheets[2]["D"]]
    assert "0301" in names
    assert "030101" not in names


def test_the_words_of_either_language_are_read(stage, now):
    for language in ("nb", "nn"):
        with override(language):
            word, yes, scheme = str(GrantApplication.Status.GRANTED.label), _("yes"), Scheme.objects.get_queryset()
            name = scheme.get(year=2021, key="leve-hele-livet").name
        data = written(row(status=word.upper(), shielded=yes, scheme=name, applied_kr="450 000"))
        assert [change.values for change in list_plan(sent(stage, data, now=now)).changes] == [
            Values("granted", 450_000, None, True)
        ]


def test_a_column_that_the_file_does_not_have_leaves_what_is_known(stage, now):
    take_in(stage, written(row(note="Behold")), now)
    heads = ["Kommunenummer", "x", "Scheme", "Status", "y", "z", "å", "æ"]
    data = written({"number": "3004", "scheme": "usht", "status": "withdrawn"}, heads=heads)
    take_in(stage, data, now)
    assert application_values(held()[0]) == Values("withdrawn", 450_000, None, False, "Behold")


FAULTS = [
    ("A2", {"number": "9999"}, "9999 is not the number of any municipality."),
    ("A2", {"number": "abc"}, "Write a municipality number of four digits, for example 0301."),
    ("A2", {"number": None}, "The municipality number is missing."),
    ("A2", {"number": "0106"}, "3004 Fredrikstad"),
    ("A2", {"number": "3107"}, "3004 Fredrikstad"),
    ("A2", {"number": "0627", "unit": None}, "3025 Asker"),
    ("A2", {"number": "030101", "unit": None}, "the district Gamle Oslo"),
    ("B2", {"unit": "Moss"}, "3004 is Fredrikstad, not “Moss”."),
    ("C2", {"scheme": "månereiser"}, "“månereiser” is not a grant scheme of 2021."),
    ("C2", {"scheme": None}, "The scheme is missing."),
    ("D2", {"status": "kanskje"}, "“kanskje” is none of: applied, granted, refused, withdrawn."),
    ("D2", {"status": None}, "The status is missing."),
    ("E2", {"applied_kr": -5000}, "The amount is negative."),
    ("E2", {"applied_kr": "-450 000"}, "The amount is negative."),
    ("E2", {"applied_kr": 1234.5}, "The amount has øre."),
    ("E2", {"applied_kr": "450 000,50"}, "The amount has øre."),
    ("E2", {"applied_kr": 1.25}, "mill. kr"),
    ("E2", {"applied_kr": 450}, "1 000 kr"),
    ("E2", {"applied_kr": "1,2 mill."}, "is not in kroner"),
    ("E2", {"applied_kr": "mye"}, "“mye” is not an amount."),
    ("E2", {"applied_kr": "1.250"}, "can be read in two ways"),
    ("E2", {"applied_kr": 5_000_000_000}, "above 1 milliard"),
    ("E2", {"applied_kr": dt.date(2022, 1, 1)}, "is not an amount"),
    ("F2", {"granted_kr": 1000}, "Only an application that is granted"),
    ("G2", {"shielded": "kanskje"}, "is neither yes nor no"),
    ("H2", {"note": "x" * 301}, "300 characters"),
]


@pytest.mark.parametrize(("cell", "changes", "sentence"), FAULTS, ids=[str(entry[1])[:40] for entry in FAULTS])
def test_a_fault_is_told_by_its_cell_and_nothing_is_changed(stage, now, cell, changes, sentence):
    good = row(number="3025", unit="Asker")
    kept = sent(stage, written(row(**changes), good), now=now)
    plan = list_plan(kept)
    assert [(fault.cell, sentence in fault.sentence.replace("\xa0", " ")) for fault in plan.faults] == [(cell, True)]
    with pytest.raises(ValidationError):
        list_take_in(held=kept, seen=plan.hash, actor=stage.user("hdir"), now=now)
    assert held() == []
    assert told(applications.ENTERED, "applications_taken_in") == []
    kept.refresh_from_db()
    assert kept.status == "read"


def test_a_row_that_stands_twice_names_the_other(stage, now):
    kept = sent(stage, written(row(), row(number="3025", unit="Asker"), row(status="granted")), now=now)
    plan = list_plan(kept)
    assert [fault.cell for fault in plan.faults] == ["A4"]
    assert "row 2" in plan.faults[0].sentence


@pytest.mark.parametrize(
    ("heads", "cell"),
    [
        (["Kommunenummer", "Kommune", "Scheme", "Status", "Applied for (1 000 kr)"], "E1"),
        (["Kommunenummer", "Kommune", "Scheme", "Status", "Applied for, mill. kr"], "E1"),
        (["Kommunenummer", "Kommune", "Tiltak", "Status", "Applied for (kr)"], ""),
        (["Kommunenummer", "Kommune", "Scheme", "Status", "Status"], ""),
    ],
)
def test_heads_that_cannot_be_right_are_told(stage, now, heads, cell):
    kept = sent(stage, written(row(), heads=heads), now=now)
    plan = list_plan(kept)
    assert [fault.cell for fault in plan.faults][:1] == [cell]
    assert not plan.changes


def test_a_list_without_rows_and_a_file_that_is_none_are_refused(stage, now):
    plan = list_plan(sent(stage, written(), now=now))
    assert len(plan.faults) == 1
    for data in (b"", b"PK\x03\x04 broken", b"Kommunenummer;Scheme"):
        with pytest.raises(WorkbookRefused):
            sent(stage, data, now=now)


def test_small_amounts_are_asked_about_once(stage, now):
    data = written(row(applied_kr=1_250), row(number="3025", unit="Asker", applied_kr=9_000))
    with pytest.raises(ValidationError) as refused:
        take_in(stage, data, now)
    assert "10 000 kr" in refused.value.messages[0].replace("\xa0", " ")
    assert held() == []
    take_in(stage, data, now, sure=True)
    assert [entry.applied_kr for entry in held()] == [1_250, 9_000]


def test_a_list_is_taken_in_once_and_not_when_things_have_changed(stage, now):
    kept = sent(stage, written(row()), now=now)
    plan = list_plan(kept)
    take_in(stage, written(row(status="withdrawn")), now)
    with pytest.raises(ListOutdated):
        list_take_in(held=kept, seen=plan.hash, actor=stage.user("hdir"), now=now)
    assert held()[0].status == "withdrawn"
    again = list_plan(kept)
    list_take_in(held=kept, seen=again.hash, actor=stage.user("hdir"), now=now)
    with pytest.raises(WrongState):
        list_take_in(held=kept, seen=again.hash, actor=stage.user("hdir"), now=now)
    with pytest.raises(WrongState):
        list_discard(held=kept, actor=stage.user("hdir"), now=now)
    assert len(held()) == 1


def test_a_list_that_is_thrown_away_changes_nothing(stage, now):
    kept = sent(stage, written(row()), now=now)
    list_discard(held=kept, actor=stage.user("hdir"), now=now)
    kept.refresh_from_db()
    assert (kept.status, kept.plan, held()) == ("discarded", {}, [])
    with pytest.raises(WrongState):
        list_take_in(held=kept, seen="", actor=stage.user("hdir"), now=now)


@pytest.mark.parametrize("who", ["statsforvalter-oslo-og-viken", "editor-3004", "evaluator"])
def test_only_hdir_takes_in_lists(stage, now, who):
    with pytest.raises(PermissionDenied):
        list_read(year=2021, file_name="a", data=written(row()), actor=stage.user(who), now=now)
    kept = sent(stage, written(row()), now=now)
    plan = list_plan(kept)
    with pytest.raises(PermissionDenied):
        list_take_in(held=kept, seen=plan.hash, actor=stage.user(who), now=now)
    assert held() == []


def test_numbers_are_those_of_the_years_last_day_or_of_today():
    assert list_day(2021, TODAY) == dt.date(2021, 12, 31)
    assert list_day(2022, TODAY) == TODAY
    assert list_day(2024, TODAY) == dt.date(2024, 1, 1)


def test_a_list_of_2019_knows_the_municipalities_of_2019(stage, now):
    Scheme.objects.get_queryset().create(
        year=2019, key="usht", name_nb="USHT", name_nn="USHT", chapter="761", post="67"
    )
    old = row(number="0627", unit="Røyken")
    kept = sent(stage, written(old, row(number="3025", unit=None), year=2019), now=now, year=2019)
    plan = list_plan(kept)
    assert [change.unit for change in plan.changes] == [stage.unit("0627").pk]
    assert [fault.cell for fault in plan.faults] == ["A3"]
    assert "0220 Asker, 0627 Røyken" in plan.faults[0].sentence


def test_taking_in_asks_the_database_as_often_for_many_rows(stage, now, django_assert_max_num_queries):
    schemes = list(Scheme.objects.across_all(reason=WHY).filter(year=2021).values_list("key", flat=True))
    units = [("3004", "Fredrikstad"), ("3025", "Asker"), ("0301", "Oslo"), ("5421", "Senja")]
    rows = [row(number=number, unit=name, scheme=key) for number, name in units for key in schemes]
    kept = sent(stage, written(*rows), now=now)
    plan = list_plan(kept)
    with django_assert_max_num_queries(22):
        list_take_in(held=kept, seen=plan.hash, actor=stage.user("hdir"), now=now)
    assert len(held()) == 32


def test_one_application_is_put_right_with_an_event(stage, now):
    take_in(stage, written(row()), now)
    entry, hdir = held()[0], stage.user("hdir")
    values = replace(application_values(entry), status="granted", granted_kr=300_000)
    seen = application_state(entry)
    assert application_change(application=entry, values=values, seen=seen, actor=hdir, now=now)
    assert application_values(held()[0]) == values
    assert [event.note for event in told(applications.CHANGED)] == ["status: granted; granted_kr: 300000"]
    with pytest.raises(WrongState):
        application_change(application=entry, values=values, seen=seen, actor=hdir, now=now)
    assert not application_change(
        application=entry, values=values, seen=application_state(held()[0]), actor=hdir, now=now
    )


@pytest.mark.parametrize(
    ("fault", "values"),
    [
        ("status", Values("maybe")),
        ("granted_kr", Values("refused", 450_000, 10_000)),
        ("applied_kr", Values("applied", -1)),
        ("applied_kr", Values("applied", 450)),
        ("applied_kr", Values("applied", 10**12)),
        ("note", Values("applied", note="x" * 301)),
    ],
)
def test_an_application_with_a_fault_is_refused_at_its_field(stage, now, fault, values):
    take_in(stage, written(row()), now)
    entry = held()[0]
    seen = application_state(entry)
    with pytest.raises(EntryRefused) as refused:
        application_change(application=entry, values=values, seen=seen, actor=stage.user("hdir"), now=now)
    assert set(refused.value.faults) == {fault}


def test_an_application_is_removed_with_what_it_said(stage, now):
    take_in(stage, written(row()), now)
    entry = held()[0]
    with pytest.raises(PermissionDenied):
        application_remove(application=entry, actor=stage.user("editor-3004"), now=now)
    application_remove(application=entry, actor=stage.user("hdir"), now=now)
    assert held() == []
    assert "applied_kr: 450000" in told(applications.REMOVED)[0].note
    with pytest.raises(WrongState):
        application_remove(application=entry, actor=stage.user("hdir"), now=now)


def test_the_workbook_can_be_opened_without_schemes(stage):
    book = template(2030)
    assert isinstance(book, openpyxl.Workbook)
    assert book.worksheets[0].max_row == 1

"""Plan decisions that are registered directly: in their place in time, put right with their history, taken out."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import AreaPosition, Event, PlanDecision, SolutionPosition
from municipalities.services import plan_decision_register, solution_positions_register
from municipalities.services.dated import EntryRefused
from municipalities.services.decisions import (
    DecisionEntry,
    decision_correct,
    decision_enter,
    decision_faults,
    decision_remove,
    until_words,
)
from municipalities.services.plan_documents import Upload, documents_add
from reporting.models import Submission

D = dt.date
pytestmark = pytest.mark.django_db


def own(day, **values):
    return DecisionEntry("own", decided_on=day, **values)


@pytest.fixture
def enter(world, now):
    """Enter a decision of Fredrikstad as its statsforvalter."""

    def call(entry, number="3004"):
        actor = world.user("statsforvalter-oslo-og-viken")
        return decision_enter(municipality=world.unit(number), entry=entry, actor=actor, now=now)

    return call


def held(model=PlanDecision, *fields):
    rows = model.objects.get_queryset().order_by("valid_from", "pk")
    return [tuple(getattr(row, name) for name in (*fields, "valid_from", "valid_to")) for row in rows]


def refused(call, *args, **kwargs):
    with pytest.raises(EntryRefused) as caught:
        call(*args, **kwargs)
    return caught.value.faults


def test_a_decision_replaces_the_one_before_it(enter):
    first = enter(own(D(2020, 6, 18), title="First"))
    second = enter(own(D(2021, 6, 17), title="Second"))
    assert held(PlanDecision, "title") == [
        ("First", D(2020, 6, 18), D(2021, 6, 16)),
        ("Second", D(2021, 6, 17), None),
    ]
    assert second.replaces == first and second.origin.startswith("register:")
    assert second.registered_by_name and first.origin != second.origin


def test_an_older_decision_takes_its_place_in_time(enter):
    newest = enter(own(D(2021, 6, 17)))
    oldest = enter(own(D(2019, 10, 3)))
    between = enter(own(D(2020, 6, 18)))
    assert held() == [
        (D(2019, 10, 3), D(2020, 6, 17)),
        (D(2020, 6, 18), D(2021, 6, 16)),
        (D(2021, 6, 17), None),
    ]
    newest.refresh_from_db()
    assert between.replaces == oldest and newest.replaces is None  # it replaced nothing that was known then
    assert "16." in until_words(between) and until_words(newest) == ""


def test_what_comes_between_two_is_what_the_later_one_replaces(enter):
    enter(own(D(2019, 10, 3)))
    last = enter(own(D(2021, 6, 17)))
    between = enter(own(D(2020, 6, 18)))
    last.refresh_from_db()
    assert last.replaces == between


def test_two_may_not_begin_on_the_same_day(enter):
    enter(own(D(2021, 6, 17)))
    faults = refused(enter, DecisionEntry("none", valid_from=D(2021, 6, 17)))
    assert list(faults) == ["valid_from"] and len(held()) == 1
    assert list(refused(enter, own(D(2021, 6, 17)))) == ["decided_on"]


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        (DecisionEntry("own"), {"decided_on"}),
        (DecisionEntry("declined"), {"decided_on"}),
        (DecisionEntry("none"), {"valid_from"}),
        (DecisionEntry("perhaps"), {"status"}),
        (own(D(2022, 5, 5)), {"decided_on"}),
        (own(D(2018, 5, 3)), {"decided_on"}),
        (own(D(2021, 6, 17), valid_from=D(2021, 6, 16)), {"valid_from"}),
        (own(D(2021, 6, 17), link="javascript:alert(1)"), {"link"}),
        (own(D(2021, 6, 17), elder_council_on=D(2023, 1, 1)), {"elder_council_on"}),
        (own(D(2021, 6, 17), solutions={"1.1": "maybe"}), {"solutions"}),
        (DecisionEntry("process", valid_from=D(2021, 6, 17)), {"expected_on", "process"}),
        (
            DecisionEntry("process", valid_from=D(2021, 6, 17), expected_on=D(2021, 6, 17), process="Soon"),
            {"expected_on"},
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_a_field(entry, fields, today):
    faults = decision_faults(entry, today)
    assert set(faults) == fields
    assert all(text.count(".") >= 1 for text in faults.values())


def test_a_unit_that_did_not_exist_then_is_refused(enter):
    assert list(refused(enter, own(D(2019, 6, 17)), "3025")) == ["decided_on"]
    enter(own(D(2019, 6, 17)), "0220")  # the Asker of those days
    assert list(refused(enter, own(D(2021, 6, 17)), "0220")) == ["decided_on"]


def test_it_takes_positions_and_leaves_the_others(enter, world, now):
    solution_positions_register(
        municipality=world.unit("3004"), positions={"1.1": "considered", "1.2": "considered"}, origin="report:1/1",
        valid_from=D(2021, 11, 1), now=now,
    )  # fmt: skip
    decision = enter(own(D(2022, 3, 10), areas={"1": "adopted"}, solutions={"1.1": "adopted", "2.1": "adapted"}))
    assert held(SolutionPosition, "position", "decision") == [
        ("considered", None, D(2021, 11, 1), D(2022, 3, 9)),
        ("considered", None, D(2021, 11, 1), None),
        ("adopted", decision, D(2022, 3, 10), None),
        ("adapted", decision, D(2022, 3, 10), None),
    ]
    assert held(AreaPosition, "position") == [("adopted", D(2022, 3, 10), None)]


def test_an_older_decision_does_not_change_what_holds_of_a_solution(enter):
    enter(own(D(2022, 3, 10), solutions={"1.1": "in_place"}))
    enter(own(D(2021, 3, 10), solutions={"1.1": "adopted"}))
    assert held(SolutionPosition, "position") == [
        ("adopted", D(2021, 3, 10), D(2022, 3, 9)),
        ("in_place", D(2022, 3, 10), None),
    ]


def test_an_unknown_solution_is_refused_and_nothing_is_written(enter):
    assert refused(enter, own(D(2021, 6, 17), solutions={"9.9": "adopted"}))
    assert held() == [] and Event.objects.get_queryset().count() == 0


def test_every_change_leaves_an_event(enter, world):
    enter(own(D(2020, 6, 18)))
    row = enter(own(D(2021, 6, 17)))
    names = list(Event.objects.get_queryset().order_by("pk").values_list("name", flat=True))
    assert names == ["register_entered", "register_ended", "register_entered"]
    event = Event.objects.get_queryset().last()
    assert event.object_id == row.pk and event.municipality == world.unit("3004") and event.to_state == "own"


def test_putting_right_keeps_what_stood_there(enter, world, now):
    row = enter(own(D(2021, 6, 17), case_number="PS 1/21", solutions={"1.1": "adopted", "1.2": "adopted"}))
    entry = own(D(2021, 6, 18), case_number="PS 2/21", solutions={"1.1": "in_place", "3.1": "adopted"})
    actor = world.user("hdir-admin")
    assert decision_correct(decision=row, entry=entry, actor=actor, now=now, reason="Wrong number")
    assert held(PlanDecision, "case_number") == [("PS 2/21", D(2021, 6, 18), None)]
    rows = SolutionPosition.objects.get_queryset().values_list("solution__code", "position", "valid_from")
    assert sorted(rows) == [("1.1", "in_place", D(2021, 6, 18)), ("3.1", "adopted", D(2021, 6, 18))]
    event = Event.objects.get_queryset().get(name="register_corrected", object_type="municipalities.plandecision")
    assert event.note.splitlines() == [
        "Wrong number", "valid_from: 2021-06-17 → 2021-06-18", "decided_on: 2021-06-17 → 2021-06-18",
        "case_number: PS 1/21 → PS 2/21", "1.1: adopted → in_place", "1.2: adopted → –", "3.1: adopted",
    ]  # fmt: skip
    assert not decision_correct(decision=row, entry=entry, actor=actor, now=now)


def test_the_one_before_follows_when_a_day_is_put_right(enter, world, now):
    enter(own(D(2020, 6, 18)))
    row = enter(own(D(2021, 6, 17)))
    enter(own(D(2022, 3, 10)))
    by = {"actor": world.user("hdir-admin"), "now": now}
    decision_correct(decision=row, entry=own(D(2021, 2, 1)), **by)
    assert held() == [
        (D(2020, 6, 18), D(2021, 1, 31)),
        (D(2021, 2, 1), D(2022, 3, 9)),
        (D(2022, 3, 10), None),
    ]
    for day in (D(2020, 6, 18), D(2020, 1, 1), D(2022, 3, 10), D(2022, 4, 1)):
        assert list(refused(decision_correct, decision=row, entry=own(day), **by)) == ["valid_from"]


def test_a_row_of_a_report_that_is_put_right_is_direct_afterwards(world, now):
    row = plan_decision_register(
        municipality=world.unit("3004"), status="own", decided_on=D(2021, 6, 17), origin="report:7/1",
        valid_from=D(2021, 11, 1), now=now,
    )  # fmt: skip
    entry = own(D(2021, 6, 17), valid_from=D(2021, 11, 1), case_number="PS 2/21")
    assert decision_correct(decision=row, entry=entry, actor=world.user("hdir-admin"), now=now, reason="")
    row.refresh_from_db()
    assert row.origin.startswith("register:") and row.valid_from == D(2021, 11, 1)
    assert Event.objects.get_queryset().get(name="register_corrected").from_state == "report:7/1"
    assert Submission.objects.get_queryset().count() == 0


def test_taking_out_lets_the_one_before_go_on(enter, world, now):
    enter(own(D(2020, 6, 18), solutions={"1.1": "considered"}))
    row = enter(own(D(2021, 6, 17), solutions={"1.1": "adopted"}))
    by = {"actor": world.user("hdir-admin"), "now": now}
    assert refused(decision_remove, decision=row, reason=" ", **by)
    decision_remove(decision=row, reason="Belongs to Halden", **by)
    assert held() == [(D(2020, 6, 18), None)]
    assert held(SolutionPosition, "position") == [("considered", D(2020, 6, 18), None)]
    event = Event.objects.get_queryset().get(name="register_removed", object_type="municipalities.plandecision")
    assert event.note.startswith("Belongs to Halden\n") and "decided_on: 2021-06-17" in event.note


def test_what_a_report_wrote_or_has_documents_is_not_taken_out(enter, world, now):
    by = {"actor": world.user("hdir-admin"), "now": now, "reason": "No"}
    row = plan_decision_register(
        municipality=world.unit("3025"), status="none", origin="report:7/1", valid_from=D(2021, 11, 1), now=now
    )
    assert refused(decision_remove, decision=row, **by)
    mine = enter(own(D(2021, 6, 17)))
    documents_add(decision=mine, uploads=[Upload("a.pdf", b"%PDF-1.7")], actor=None, now=now)
    assert refused(decision_remove, decision=mine, **by)


# --- Beside the reports -------------------------------------------------------------------------------


@pytest.fixture
def report(world, now):
    """What an approved report of Fredrikstad writes."""

    def call(day, number=2, **values):
        return plan_decision_register(
            municipality=world.unit("3004"), origin=f"report:{number}/1", valid_from=day, now=values.pop("at", now),
            **values,
        )  # fmt: skip

    return call


def test_a_report_that_says_the_same_adds_nothing_and_empties_nothing(enter, report):
    row = enter(own(D(2022, 3, 10), title="Plan", case_number="PS 1/22", link="https://a.example/1"))
    assert report(D(2022, 5, 1), status="own", decided_on=D(2022, 3, 10)) is None
    row.refresh_from_db()
    assert (row.case_number, row.link, row.valid_to) == ("PS 1/22", "https://a.example/1", None)


def test_a_report_with_another_case_number_keeps_the_title(enter, report):
    enter(own(D(2022, 3, 10), title="Plan", case_number="PS 1/22"))
    row = report(D(2022, 5, 1), status="own", decided_on=D(2022, 3, 10), case_number="PS 2/22")
    assert (row.title, row.case_number) == ("Plan", "PS 2/22")


def test_a_report_of_the_very_day_rewrites_the_row_and_says_so(enter, report):
    row = enter(DecisionEntry("none", valid_from=D(2022, 5, 1)))
    report(D(2022, 5, 1), status="own", decided_on=D(2022, 4, 20))
    assert held(PlanDecision, "pk", "status") == [(row.pk, "own", D(2022, 5, 1), None)]
    event = Event.objects.get_queryset().get(name="register_by_report")
    assert event.object_id == row.pk and "status: none → own" in event.note


def test_a_direct_entry_since_the_approval_stays_when_the_report_is_written_once_more(enter, report, now):
    report(D(2022, 5, 1), status="none")
    row = PlanDecision.objects.get_queryset().get()
    before = now - dt.timedelta(hours=1)
    entry = own(D(2022, 4, 28), valid_from=D(2022, 5, 1))
    decision_correct(decision=row, entry=entry, actor=None, now=now)
    assert report(D(2022, 5, 1), status="none", known_at=before) is None
    assert held(PlanDecision, "status") == [("own", D(2022, 5, 1), None)]

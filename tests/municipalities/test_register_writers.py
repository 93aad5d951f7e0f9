"""The registers that an approved report changes: closed and opened on the right day, and safe to run twice."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.db import IntegrityError, transaction

from municipalities.models import Event, Membership, PhaseStatus, PlanAnchoring, PlanDecision, SolutionPosition
from municipalities.services import (
    membership_grant,
    phase_status_register,
    plan_anchoring_register,
    plan_decision_register,
    solution_positions_register,
    unit_with_number,
)

D = dt.date
AUTUMN, SPRING = D(2021, 11, 1), D(2022, 5, 1)
ALL = {f"{area}.{number}": "considered" for area in range(1, 6) for number in range(1, 6)}
pytestmark = pytest.mark.django_db


def rows(model, *fields):
    return [
        tuple(getattr(row, name) for name in (*fields, "valid_from", "valid_to"))
        for row in model.objects.get_queryset().order_by("valid_from", "pk")
    ]


@pytest.fixture
def write(world, now):
    """Write a register of Fredrikstad as report ``number`` said on ``day``."""

    def call(writer, day, number, **values):
        return writer(
            municipality=world.unit("3004"), origin=f"report:{number}/1", valid_from=day, now=now, **values
        )  # fmt: skip

    return call


def test_a_new_position_closes_the_old_one_the_day_before(write):
    write(plan_decision_register, AUTUMN, 1, status="process", process="Goes to the council in June.")
    write(plan_decision_register, SPRING, 2, status="own", decided_on=D(2022, 4, 20))
    assert rows(PlanDecision, "status") == [
        ("process", AUTUMN, D(2022, 4, 30)),
        ("own", SPRING, None),
    ]


def test_the_same_answer_adds_nothing(write):
    write(plan_decision_register, AUTUMN, 1, status="own", decided_on=D(2021, 6, 17), case_number="PS 1/21")
    assert write(
        plan_decision_register, SPRING, 2, status="own", decided_on=D(2021, 6, 17), case_number="PS 1/21"
    ) is None  # fmt: skip
    assert rows(PlanDecision, "origin") == [("report:1/1", AUTUMN, None)]


def test_a_new_case_number_is_a_difference(write):
    write(plan_decision_register, AUTUMN, 1, status="own", case_number="PS 1/21")
    assert write(plan_decision_register, SPRING, 2, status="own", case_number="PS 2/21")
    assert len(rows(PlanDecision)) == 2


def test_approving_twice_changes_nothing(write):
    for _ in range(2):
        write(plan_decision_register, SPRING, 2, status="own")
        write(phase_status_register, SPRING, 2, step=3, phase=2, delay_months=6, delay_reason="capacity")
        write(plan_anchoring_register, SPRING, 2, plan_types=["budget", "care_plan"])
        write(solution_positions_register, SPRING, 2, positions={"1.1": "adopted", "2.1": "adapted"})
    assert [len(rows(model)) for model in (PlanDecision, PhaseStatus, PlanAnchoring, SolutionPosition)] == [1, 1, 2, 2]


def test_a_corrected_report_of_the_same_round_replaces_its_row(write):
    write(plan_decision_register, SPRING, 2, status="none")
    write(plan_decision_register, SPRING, 2, status="own")
    assert rows(PlanDecision, "status") == [("own", SPRING, None)]


def test_an_older_report_approved_after_a_newer_one_goes_in_between(write):
    write(plan_decision_register, SPRING, 2, status="own")
    write(plan_decision_register, AUTUMN, 1, status="process")
    assert rows(PlanDecision, "status") == [("process", AUTUMN, D(2022, 4, 30)), ("own", SPRING, None)]


def test_anchorings_come_and_go(write):
    write(plan_anchoring_register, AUTUMN, 1, plan_types=["budget", "strategy"])
    changed = write(plan_anchoring_register, SPRING, 2, plan_types=["budget", "care_plan"])
    assert changed == 2
    assert sorted(rows(PlanAnchoring, "plan_type")) == [
        ("budget", AUTUMN, None),
        ("care_plan", SPRING, None),
        ("strategy", AUTUMN, D(2022, 4, 30)),
    ]
    write(plan_anchoring_register, D(2022, 11, 1), 3, plan_types=[])
    assert all(row[-1] for row in rows(PlanAnchoring))


def test_a_plan_type_that_comes_back(write):
    write(plan_anchoring_register, AUTUMN, 1, plan_types=["budget"])
    write(plan_anchoring_register, SPRING, 2, plan_types=[])
    write(plan_anchoring_register, D(2022, 11, 1), 3, plan_types=["budget"])
    assert rows(PlanAnchoring) == [(AUTUMN, D(2022, 4, 30)), (D(2022, 11, 1), None)]


def test_only_the_solutions_that_changed_get_a_new_row(write, django_assert_max_num_queries):
    write(solution_positions_register, AUTUMN, 1, positions=ALL)
    with django_assert_max_num_queries(9):
        changed = write(
            solution_positions_register, SPRING, 2,
            positions={**ALL, "1.1": "adopted"},
        )  # fmt: skip
    assert changed == 2
    assert len(rows(SolutionPosition)) == 26


def test_an_unknown_solution_is_refused(write):
    with pytest.raises(KeyError):
        write(solution_positions_register, SPRING, 2, positions={"9.9": "adopted"})
    assert rows(SolutionPosition) == []


def test_registers_of_two_municipalities_do_not_touch(write, world, now):
    write(plan_decision_register, AUTUMN, 1, status="own")
    plan_decision_register(
        municipality=world.unit("3025"), status="none", origin="report:9/1", valid_from=SPRING, now=now
    )
    assert [row[-1] for row in rows(PlanDecision)] == [None, None]


def test_no_two_rows_hold_on_the_same_day(write):
    """Whatever the order of approvals, each day has at most one position."""
    days = [D(2022, 5, 1), D(2021, 5, 1), D(2022, 11, 1), D(2021, 11, 1)]
    for number, day in enumerate(days):
        write(plan_decision_register, day, number, status=["own", "none", "process", "inside"][number])
    held = rows(PlanDecision)
    assert len(held) == 4
    for before, after in itertools.pairwise(held):
        assert before[-1] == after[0] - dt.timedelta(days=1)
    assert held[-1][-1] is None


def test_granting_a_role_leaves_an_event_and_does_it_once(world, now):
    user, unit = world.user("nobody"), world.unit("3004")
    grant = {"user": user, "role": "municipality_editor", "municipality": unit, "valid_from": SPRING, "now": now}
    first = membership_grant(**grant, actor=world.user("hdir-admin"))
    assert membership_grant(**grant) == first
    assert Membership.objects.filter(user=user).count() == 1
    event = Event.objects.get_queryset().get(name="membership_granted")
    assert (event.municipality, event.to_state, event.note) == (unit, "municipality_editor", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        membership_grant(user=user, role="ks", municipality=unit, valid_from=SPRING, now=now)


def test_a_number_finds_its_unit(world, today, django_assert_num_queries):
    with django_assert_num_queries(1):
        unit_id, spans = unit_with_number("0106", today)
    assert unit_id == world.unit("3004").pk and [span.number for span in spans] == ["0106", "3004", "3107"]
    assert unit_with_number("9998", today) is None

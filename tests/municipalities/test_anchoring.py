"""Anchoring in plans that is registered directly, beside what reports say."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import Event, PlanAnchoring
from municipalities.services import plan_anchoring_register
from municipalities.services.anchoring import (
    AnchoringEntry,
    anchoring_correct,
    anchoring_end,
    anchoring_enter,
    anchoring_faults,
    anchoring_remove,
)
from municipalities.services.dated import EntryRefused
from municipalities.vocabulary import PLAN_TYPES

D = dt.date
pytestmark = pytest.mark.django_db


def plan(adopted, first=None, last=None, plan_type="handlingsdel", **values):
    return AnchoringEntry(plan_type, adopted_on=adopted, covers_from=first, covers_to=last, **values)


@pytest.fixture
def enter(world, now):
    """Register a plan of Fredrikstad as its statsforvalter."""

    def call(entry, number="3004"):
        actor = world.user("statsforvalter-oslo-og-viken")
        return anchoring_enter(municipality=world.unit(number), entry=entry, actor=actor, now=now)

    return call


def held(*fields):
    rows = PlanAnchoring.objects.get_queryset().order_by("valid_from", "pk")
    return [tuple(getattr(row, name) for name in (*fields, "valid_from", "valid_to")) for row in rows]


def refused(call, *args, **kwargs):
    with pytest.raises(EntryRefused) as caught:
        call(*args, **kwargs)
    return caught.value.faults


def test_the_yearly_revision_takes_the_place_of_the_plan_before_it(enter):
    enter(plan(D(2021, 12, 14), 2022, 2025))
    enter(plan(D(2020, 12, 15), 2021, 2024))
    assert held("covers_from", "covers_to") == [
        (2021, 2024, D(2020, 12, 15), D(2021, 12, 13)),
        (2022, 2025, D(2021, 12, 14), None),
    ]


def test_other_plans_are_left_alone(enter):
    enter(plan(D(2021, 12, 14), 2022, 2025))
    enter(plan(D(2021, 12, 14), 2022, 2022, "budget"))
    enter(plan(D(2021, 3, 1), plan_type="own_plan", name="Måltider"))
    enter(plan(D(2021, 9, 1), plan_type="own_plan", name="Frivillighet"))
    assert [row[-1] for row in held()] == [None] * 4
    enter(plan(D(2022, 3, 1), plan_type="own_plan", name="måltider "))
    assert [row[-1] for row in held()] == [D(2022, 2, 28), None, None, None, None]


def test_no_two_plans_of_a_kind_from_the_same_day(enter):
    enter(plan(D(2021, 12, 14), 2022, 2025))
    assert list(refused(enter, plan(D(2021, 12, 14), 2022, 2025))) == ["adopted_on"]


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        (AnchoringEntry("poem"), {"plan_type"}),
        (plan(None, 2022, 2025), {"adopted_on"}),
        (plan(D(2022, 12, 14), 2023, 2026), {"adopted_on"}),
        (plan(D(2021, 12, 14)), {"covers_from"}),
        (plan(D(2021, 12, 14), 2022), {"covers_to"}),
        (plan(D(2021, 12, 14), None, 2025), {"covers_from"}),
        (plan(D(2021, 12, 14), 2025, 2022), {"covers_to"}),
        (plan(D(2021, 12, 14), 2022, 2024), {"covers_to"}),
        (plan(D(2021, 12, 14), 2024, 2027), {"covers_from"}),
        (plan(D(2021, 12, 14), 22, 25), {"covers_from"}),
        (plan(D(2021, 12, 14), 2022, 2023, "budget"), {"covers_to"}),
        (plan(D(2021, 3, 1), plan_type="own_plan"), {"name"}),
        (plan(D(2021, 3, 1), plan_type="strategy", link="www.example.no"), {"link"}),
        (AnchoringEntry("strategy", is_expected=True, expected_on=D(2022, 5, 4)), {"expected_on"}),
        (plan(D(2021, 3, 1), plan_type="samfunnsdel"), set()),
        (AnchoringEntry("handlingsdel", is_expected=True), set()),
    ],
)
def test_what_is_wrong_is_said_at_its_field(entry, fields, today):
    assert set(anchoring_faults(entry, today)) == fields


def test_what_is_expected_is_no_anchoring_and_ends_when_the_plan_comes(enter, world, now):
    enter(AnchoringEntry("samfunnsdel", is_expected=True, expected_on=D(2022, 6, 1), valid_from=D(2022, 1, 10)))
    unit = world.unit("3004")
    changed = plan_anchoring_register(
        municipality=unit, plan_types=[], origin="report:1/1", valid_from=D(2022, 2, 1), now=now
    )
    assert changed == 0 and held("is_expected") == [(True, D(2022, 1, 10), None)]
    enter(plan(D(2022, 4, 28), plan_type="samfunnsdel"))
    assert held("is_expected") == [(True, D(2022, 1, 10), D(2022, 4, 27)), (False, D(2022, 4, 28), None)]


def test_a_report_that_names_an_expected_plan_anchors_it(enter, world, now):
    enter(AnchoringEntry("samfunnsdel", is_expected=True, valid_from=D(2022, 1, 10)))
    where = {"municipality": world.unit("3004"), "origin": "report:1/1", "valid_from": D(2022, 5, 1), "now": now}
    assert plan_anchoring_register(plan_types=["samfunnsdel"], **where) == 1
    assert held("is_expected") == [(True, D(2022, 1, 10), None), (False, D(2022, 5, 1), None)]


def test_a_report_keeps_name_and_years_of_what_goes_on(enter, world, now):
    row = enter(plan(D(2021, 12, 14), 2022, 2025, name="Handlingsdel"))
    enter(plan(D(2021, 12, 14), 2022, 2022, "budget"))
    where = {"municipality": world.unit("3004"), "origin": "report:1/1", "valid_from": D(2022, 5, 1), "now": now}
    assert plan_anchoring_register(plan_types=["handlingsdel"], **where) == 1
    assert held("pk", "name", "covers_to")[0] == (row.pk, "Handlingsdel", 2025, D(2021, 12, 14), None)
    assert held("plan_type")[1] == ("budget", D(2021, 12, 14), D(2022, 4, 30))


def test_a_direct_entry_since_the_approval_stays_when_the_report_is_written_once_more(enter, world, now):
    row = enter(plan(D(2021, 12, 14), 2022, 2025))
    where = {"municipality": world.unit("3004"), "origin": "report:1/1", "valid_from": D(2022, 5, 1), "now": now}
    plan_anchoring_register(plan_types=[], known_at=now - dt.timedelta(days=1), **where)
    assert held("pk") == [(row.pk, D(2021, 12, 14), None)]


def test_putting_right(enter, world, now):
    enter(plan(D(2020, 12, 15), 2021, 2024))
    row = enter(plan(D(2021, 12, 14), 2022, 2025))
    by = {"actor": world.user("hdir-admin"), "now": now, "reason": "Slip"}
    assert anchoring_correct(anchoring=row, entry=plan(D(2021, 12, 16), 2022, 2025, name="H"), **by)
    assert held("name") == [("", D(2020, 12, 15), D(2021, 12, 15)), ("H", D(2021, 12, 16), None)]
    event = Event.objects.get_queryset().get(name="register_corrected")
    assert event.note.splitlines()[0] == "Slip" and "name: – → H" in event.note
    other = plan(D(2021, 12, 16), plan_type="samfunnsdel")
    assert list(refused(anchoring_correct, anchoring=row, entry=other, **by)) == ["plan_type"]
    early = plan(D(2020, 12, 10), 2021, 2024)
    assert list(refused(anchoring_correct, anchoring=row, entry=early, **by)) == ["adopted_on"]


def test_a_report_s_row_gets_its_day_of_adoption_and_stays_in_its_place(world, now):
    plan_anchoring_register(
        municipality=world.unit("3004"), plan_types=["samfunnsdel"], origin="report:1/1", valid_from=D(2021, 11, 1),
        now=now,
    )  # fmt: skip
    row = PlanAnchoring.objects.get_queryset().get()
    for name in ("", "Samfunnsdel 2020-2032"):
        entry = plan(D(2020, 6, 18), plan_type="samfunnsdel", name=name)
        anchoring_correct(anchoring=row, entry=entry, actor=None, now=now)
    assert held("adopted_on", "name") == [(D(2020, 6, 18), "Samfunnsdel 2020-2032", D(2021, 11, 1), None)]


def test_ending(enter, world, now):
    row = enter(plan(D(2021, 3, 1), plan_type="samfunnsdel"))
    by = {"actor": world.user("hdir-admin"), "now": now}
    for day in (D(2021, 2, 28), D(2022, 5, 5)):
        assert list(refused(anchoring_end, anchoring=row, last=day, **by)) == ["last"]
    anchoring_end(anchoring=row, last=D(2022, 4, 30), note="Taken back", **by)
    assert held() == [(D(2021, 3, 1), D(2022, 4, 30))]
    assert Event.objects.get_queryset().get(name="register_ended").note == "Taken back\nvalid_to: – → 2022-04-30"
    assert list(refused(anchoring_end, anchoring=row, last=D(2022, 5, 1), **by)) == ["last"]


def test_taking_out(enter, world, now):
    enter(plan(D(2020, 12, 15), 2021, 2024))
    row = enter(plan(D(2021, 12, 14), 2022, 2025))
    assert refused(anchoring_remove, anchoring=row, actor=None, now=now, reason="")
    anchoring_remove(anchoring=row, actor=world.user("hdir-admin"), now=now, reason="Twice")
    assert held() == [(D(2020, 12, 15), None)]


def test_the_words_are_those_of_the_form():
    from municipalities import vocabulary as words
    from reporting.question_bank import read_questions

    bank = {row["code"]: [option["key"] for option in row.get("options", ())] for row in read_questions()}
    assert bank["plan.anchoring"] == list(PLAN_TYPES)
    assert bank["solutions"] == list(words.POSITIONS)
    assert bank["progress.delay_reason"] == list(words.DELAY_REASONS)
    assert bank["progress.step"] == [str(step) for step in words.STEPS]
    assert bank["progress.phase"] == [str(phase) for phase in words.PHASES]

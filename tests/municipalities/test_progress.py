"""Step, phase and delay that are registered directly: no overlap, and no day without a step after the first."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from municipalities.models import Event, PhaseStatus
from municipalities.services import phase_status_register
from municipalities.services.dated import EntryRefused
from municipalities.services.progress import (
    ProgressEntry,
    progress_correct,
    progress_enter,
    progress_faults,
    progress_remove,
)

D = dt.date
pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(world, now):
    """Register where Fredrikstad stands."""

    def call(*args, **kwargs):
        entry, actor = ProgressEntry(*args, **kwargs), world.user("statsforvalter-oslo-og-viken")
        return progress_enter(municipality=world.unit("3004"), entry=entry, actor=actor, now=now)

    return call


def held():
    rows = PhaseStatus.objects.get_queryset().order_by("valid_from")
    return [(row.step, row.valid_from, row.valid_to) for row in rows]


def refused(call, *args, **kwargs):
    with pytest.raises(EntryRefused) as caught:
        call(*args, **kwargs)
    return caught.value.faults


def test_entries_in_any_order_leave_no_gap_and_no_overlap(enter):
    for step, day in ((3, D(2020, 9, 1)), (1, D(2019, 2, 1)), (4, D(2021, 11, 1)), (2, D(2019, 10, 1))):
        enter(day, step)
    rows = held()
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    for before, after in itertools.pairwise(rows):
        assert before[2] == after[1] - dt.timedelta(days=1)
    assert rows[-1][2] is None


def test_a_gap_that_was_there_is_closed(enter, world, now):
    row = enter(D(2019, 2, 1), 1)
    row.valid_to = D(2019, 6, 30)
    row.save()
    enter(D(2019, 10, 1), 2)
    assert held() == [(1, D(2019, 2, 1), D(2019, 9, 30)), (2, D(2019, 10, 1), None)]


def test_it_stands_between_what_reports_say(enter, world, now):
    phase_status_register(
        municipality=world.unit("3004"), step=4, phase=3, delay_months=0, origin="report:1/1",
        valid_from=D(2021, 11, 1), now=now,
    )  # fmt: skip
    enter(D(2022, 2, 1), 5, 3, 2, "capacity")
    assert held() == [(4, D(2021, 11, 1), D(2022, 1, 31)), (5, D(2022, 2, 1), None)]


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        (ProgressEntry(None, 1), {"valid_from"}),
        (ProgressEntry(D(2022, 5, 5), 1), {"valid_from"}),
        (ProgressEntry(D(2018, 5, 3), 1), {"valid_from"}),
        (ProgressEntry(D(2021, 1, 1)), {"step"}),
        (ProgressEntry(D(2021, 1, 1), 6), {"step"}),
        (ProgressEntry(D(2021, 1, 1), 1, 1), {"phase"}),
        (ProgressEntry(D(2021, 1, 1), 1, 2, 121), {"delay_months"}),
        (ProgressEntry(D(2021, 1, 1), 1, 2, -1), {"delay_months"}),
        (ProgressEntry(D(2021, 1, 1), 1, 2, 3), {"delay_reason"}),
        (ProgressEntry(D(2021, 1, 1), 1, 2, 3, "weather"), {"delay_reason"}),
        (ProgressEntry(D(2021, 1, 1), 1, 2, 3, "other"), {"note"}),
        (ProgressEntry(D(2021, 1, 1), None, None, 0), set()),
    ],
)
def test_what_is_wrong_is_said_at_its_field(entry, fields, today):
    assert set(progress_faults(entry, today)) == fields


def test_the_same_day_and_the_same_thing_are_refused(enter):
    enter(D(2020, 9, 1), 3, 2)
    assert list(refused(enter, D(2020, 9, 1), 4)) == ["valid_from"]
    assert list(refused(enter, D(2020, 10, 1), 3, 2)) == ["valid_from"]
    enter(D(2020, 10, 1), 3, 2, 6, "pandemic")
    assert len(held()) == 2


def test_a_reason_without_a_delay_is_left_out(enter):
    assert enter(D(2020, 9, 1), 3, 2, 0, "pandemic").delay_reason == ""


def test_putting_right_and_taking_out(enter, world, now):
    enter(D(2019, 2, 1), 1)
    row = enter(D(2020, 9, 1), 3)
    by = {"actor": world.user("hdir-admin"), "now": now}
    assert progress_correct(status=row, entry=ProgressEntry(D(2020, 8, 1), 2), reason="Slip", **by)
    assert held() == [(1, D(2019, 2, 1), D(2020, 7, 31)), (2, D(2020, 8, 1), None)]
    note = Event.objects.get_queryset().get(name="register_corrected").note
    assert note.splitlines() == ["Slip", "valid_from: 2020-09-01 → 2020-08-01", "step: 3 → 2"]
    assert not progress_correct(status=row, entry=ProgressEntry(D(2020, 8, 1), 2), **by)
    assert refused(progress_correct, status=row, entry=ProgressEntry(D(2019, 1, 1), 2), **by)
    assert refused(progress_remove, status=row, reason="", **by)
    progress_remove(status=row, reason="Wrong municipality", **by)
    assert held() == [(1, D(2019, 2, 1), None)]
    assert "Wrong municipality" in Event.objects.get_queryset().get(name="register_removed").note


def test_what_came_with_a_report_is_put_right_and_not_taken_out(world, now):
    row = phase_status_register(
        municipality=world.unit("3004"), step=4, origin="report:1/1", valid_from=D(2021, 11, 1), now=now
    )
    by = {"actor": world.user("hdir-admin"), "now": now}
    assert refused(progress_remove, status=row, reason="No", **by)
    progress_correct(status=row, entry=ProgressEntry(D(2021, 11, 1), 5), **by)
    row.refresh_from_db()
    assert row.step == 5 and row.origin.startswith("register:")

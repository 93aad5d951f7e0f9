"""Several at once on the same network, on PostgreSQL with real threads: nothing overlaps and nothing is done twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from municipalities.models import Event
from municipalities.transitions import WrongState
from networks.models import Participation, WorkbookUpload
from networks.services import participations_add
from networks.services.workbook import PreviewOutdated, workbook_apply, workbook_plan, workbook_upload
from tests.networks.workbooks import TODAY, Edited
from tests.reporting.test_concurrency import at_once, split
from tests.world import VIKEN

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
D = dt.date


def sent(world, now) -> tuple[WorkbookUpload, str]:
    """A workbook with one new participation, and the hash of its changes."""
    office, name = world.office(VIKEN), world.networks[VIKEN].name
    book = Edited(office)
    book.add("participations", network=name, number="3004", status="active", valid_from="1.1.2022")
    actor = world.user(f"ks-{VIKEN}")
    upload = workbook_upload(office=office, file_name="a.xlsx", data=book.bytes(), actor=actor, now=now)
    return upload, workbook_plan(upload, today=TODAY).hash


def test_the_same_participation_from_five_at_once_is_registered_once(world, now):
    network, unit = world.networks[VIKEN], world.unit("3004").pk
    how = {"network": network, "status": "active", "actor": None, "now": now}

    def add(day: int):
        return lambda: participations_add(units=[unit], valid_from=D(2022, 1, day), **how)

    done, met = split(at_once(*(add(day) for day in range(1, 6))))
    assert len(done) == 1
    assert [type(error) for error in met] == [ValidationError] * 4
    assert Participation.objects.across_all(reason="test").count() == 1


def test_a_workbook_is_accepted_once(world, now):
    upload, seen = sent(world, now)
    actors = [world.user(f"{role}-{VIKEN}") for role in ("ks", "usht", "statsforvalter")]

    def accept(actor):
        row = WorkbookUpload.objects.across_all(reason="test").get(pk=upload.pk)
        return lambda: workbook_apply(upload=row, seen=seen, actor=actor, now=now)

    done, met = split(at_once(*(accept(actor) for actor in actors)))
    assert len(done) == 1
    assert [type(error) for error in met] == [WrongState] * 2
    assert Participation.objects.across_all(reason="test").count() == 1
    assert Event.objects.across_all(reason="test").filter(name="workbook_applied").count() == 1


def test_two_workbooks_with_the_same_row_and_an_entry_beside_them(world, now):
    (first, seen), (second, same) = sent(world, now), sent(world, now)
    network, unit, actor = world.networks[VIKEN], world.unit("3004").pk, world.user(f"ks-{VIKEN}")
    how = {"actor": actor, "now": now}
    _done, met = split(
        at_once(
            lambda: workbook_apply(upload=first, seen=seen, **how),
            lambda: workbook_apply(upload=second, seen=same, **how),
            lambda: participations_add(
                network=network, units=[unit], status="active", valid_from=D(2021, 6, 1), **how
            ),
        )
    )  # fmt: skip
    assert len(met) == 2
    assert {type(error) for error in met} <= {PreviewOutdated, ValidationError}
    assert Participation.objects.across_all(reason="test").count() == 1

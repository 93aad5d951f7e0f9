"""A workbook is accepted once, whole or not at all, and by its own region."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from municipalities.models import Event
from municipalities.transitions import WrongState
from networks.models import Network, NetworkMeeting, Participation
from networks.services import participations_add
from networks.services.workbook import (
    PreviewOutdated,
    workbook_discard,
    workbook_plan,
)
from networks.workbook.rows import letter
from tests.networks.workbooks import TODAY, Edited

from .steps import D, said

pytestmark = pytest.mark.django_db


def everything():
    """All that the registers hold of networks, without origins."""
    rows = []
    for model in (Network, Participation, NetworkMeeting):
        for row in model.objects.across_all(reason="test").order_by("pk"):
            rows.append({key: value for key, value in row.__dict__.items() if key not in ("_state", "origin")})
    through = NetworkMeeting.attendance.through.objects.order_by("networkmeeting_id", "municipality_id")
    return rows, list(through.values_list("networkmeeting_id", "municipality_id"))


def test_faults_stop_everything_until_they_are_left_out_on_purpose(office, filled, send, apply):
    book = Edited(office)
    book.set("networks", 2, host="Moss")
    book.add("participations", network="Finnes ikke", number="3004", status="active", valid_from="1.1.2022")
    upload, before = send(book), everything()
    with pytest.raises(ValidationError):
        apply(upload)
    assert everything() == before
    upload.refresh_from_db()
    assert upload.status == "previewed"
    apply(upload, leave_out=True)
    assert Network.objects.across_all(reason="test").get(pk=filled["other"].pk).host == "Moss"


def test_it_is_refused_when_the_registers_have_moved_on(office, filled, send, apply, now):
    book = Edited(office)
    book.add("participations", network="Aldersvennlig Østfold", number="3004", status="active", valid_from="1.1.2022")
    upload = send(book)
    seen = workbook_plan(upload, today=TODAY).hash
    unit = [filled["unit"]["3004"]]
    participations_add(
        network=filled["other"], units=unit, status="active", valid_from=D(2021, 5, 1), actor=None, now=now
    )
    before = everything()
    with pytest.raises(PreviewOutdated):
        apply(upload, seen=seen, leave_out=True)
    assert everything() == before


def test_nothing_is_saved_when_the_last_row_fails(office, filled, send, apply, monkeypatch):
    from networks.services import workbook

    book = Edited(office)
    book.set("networks", 2, host="Moss")
    book.add("meetings", network="Aldersvennlig Østfold", on="1.3.2022", attendance="3004")
    upload, before, events = send(book), everything(), Event.objects.across_all(reason="test").count()

    def broken(*_args, **_kwargs):
        raise RuntimeError("power failure")

    monkeypatch.setattr(workbook, "meeting_write", broken)
    with pytest.raises(RuntimeError):
        apply(upload)
    assert everything() == before
    assert Event.objects.across_all(reason="test").count() == events


def test_it_is_accepted_once_and_by_the_region_only(office, filled, send, apply, world, now):
    book = Edited(office)
    book.set("networks", 2, host="Moss")
    upload = send(book)
    for username in ("hdir", "editor-3004", "ks-troms-og-finnmark"):
        with pytest.raises(PermissionDenied):
            apply(upload, actor=world.user(username))
    apply(upload)
    with pytest.raises(WrongState):
        apply(upload)
    with pytest.raises(WrongState):
        workbook_discard(upload=upload, actor=world.user("ks-oslo-og-viken"), now=now)
    unread = send(Edited(office))
    workbook_discard(upload=unread, actor=world.user("ks-oslo-og-viken"), now=now)
    assert unread.status == "discarded"


def test_other_regions_keep_their_part_of_a_shared_network(office, filled, world, send, apply, now, plan):
    network = filled["network"]
    network.offices.add(world.office("troms-og-finnmark"))
    participations_add(
        network=network, units=[world.unit("5430").pk], status="active", valid_from=D(2021, 1, 1), actor=None, now=now
    )
    meeting = network.meetings.get()
    meeting.attendance.add(world.unit("5430"))
    book = Edited(office)
    numbers = {row[2].value for row in book.sheet("participations").iter_rows(min_row=2)}
    assert "5430" not in numbers
    assert plan(book).changes == []
    book.set("meetings", 2, attendance="3025")
    apply(send(book))
    assert set(meeting.attendance.values_list("pk", flat=True)) == {filled["unit"]["3025"], world.unit("5430").pk}
    book = Edited(office)
    book.set("networks", 3, valid_to="31.12.2022")
    assert "several regions" in said(plan(book))[0][2]


def test_the_number_of_questions_does_not_grow(office, filled, send, now):
    few = Edited(office)
    many = Edited(office)
    new = {"network": "Aldersvennlig Østfold", "number": "3004", "status": "active"}
    for index in range(60):
        start = D(2018, 1, 1) + dt.timedelta(days=10 * index)
        many.add("participations", **new, valid_from=start, valid_to=start + dt.timedelta(days=5))
    counts = []
    for book in (few, many):
        upload = send(book)
        with CaptureQueriesContext(connection) as queries:
            workbook_plan(upload, today=TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def test_letters_of_columns():
    assert [letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]

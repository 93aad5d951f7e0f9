"""Meetings of a network and who was there. Each change leaves an Event on the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.services import unit_names
from networks.days import said
from networks.models import Network, NetworkMeeting
from networks.rules import meeting_faults
from networks.services.history import changes_between, note_event
from networks.services.units import lives


def meeting_register(
    *,
    network: Network,
    on: dt.date,
    title: str = "",
    note: str = "",
    attendance: Collection[int] = (),
    actor: Any,
    now: dt.datetime,
) -> NetworkMeeting:
    """A meeting and the units (by identity) that were there. Raises ValidationError by field.

    A unit need not take part in the network to be at a meeting, but it must exist on that day.
    """
    with transaction.atomic():
        Network.objects.get_queryset().select_for_update(no_key=True).get(pk=network.pk)
        _check(network, None, on, title, note, attendance, timezone.localdate(now))
        return meeting_write(
            None, network_id=network.pk, on=on, title=title, note=note, attendance=attendance, actor=actor, now=now
        )


def meeting_change(
    *,
    meeting: NetworkMeeting,
    on: dt.date,
    title: str,
    note: str,
    attendance: Collection[int],
    within: Collection[int] | None = None,
    actor: Any,
    now: dt.datetime,
) -> bool:
    """Bring a meeting to these values. Returns whether anything changed. Raises ValidationError by field.

    ``within`` are the units that the caller keeps the attendance of (a region its own); the others stay.
    """
    with transaction.atomic():
        row = NetworkMeeting.objects.get_queryset().select_for_update().get(pk=meeting.pk)
        there = attended(row)
        kept = there - set(within) if within is not None else set()
        wanted = kept | set(attendance)
        if (row.on, row.title, row.note, there) == (on, title, note, wanted):
            return False
        _check(row.network, row, on, title, note, wanted, timezone.localdate(now))
        meeting_write(row, on=on, title=title, note=note, attendance=wanted, actor=actor, now=now)
    return True


def meeting_remove(*, meeting: NetworkMeeting, actor: Any, now: dt.datetime) -> None:
    """Take away a meeting that was registered by mistake; the Event keeps what it said."""
    with transaction.atomic():
        gone = {key: [value, None] for key, value in _values(meeting).items() if value}
        note_event(meeting.network, "meeting_removed", gone, actor=actor, now=now)
        meeting.delete()


def meeting_write(
    row: NetworkMeeting | None,
    *,
    network_id: int | None = None,
    on: dt.date,
    title: str,
    note: str,
    attendance: Collection[int],
    actor: Any,
    now: dt.datetime,
    content_hash: str = "",
) -> NetworkMeeting:
    """Write a meeting that is known to be right, with its Event. ``row`` None makes a new one."""
    before = {} if row is None else _values(row)
    meeting = row or NetworkMeeting(network_id=network_id)
    meeting.on, meeting.title, meeting.note = on, title, note
    meeting.save()
    meeting.attendance.set(attendance)
    after = {"on": on.isoformat(), "title": title, "note": note, "attendance": sorted(attendance)}
    changes = changes_between(before, after) | {
        "meeting": [meeting.pk, meeting.pk],
        "on": [before.get("on"), after["on"]],
    }
    name = "meeting_registered" if row is None else "meeting_changed"
    note_event(meeting.network, name, changes, actor=actor, now=now, content_hash=content_hash)
    return meeting


def attended(meeting: NetworkMeeting) -> set[int]:
    """The identities of the units that were there. One query."""
    return set(meeting.attendance.values_list("pk", flat=True))


def _check(
    network: Network, row: NetworkMeeting | None, on: dt.date, title: str, note: str, attendance: Collection[int],
    today: dt.date,
) -> None:  # fmt: skip
    others = network.meetings.filter(on=on, title=title).exclude(pk=row.pk if row else None)
    faults = meeting_faults(
        on=on, title=title, note=note, network=network, taken=others.exists(), today=today, somebody=bool(attendance)
    )
    if not faults and attendance:
        gone = set(attendance) - set(unit_names(attendance, on))
        if gone:
            names = sorted(life.name for life in lives(gone, today).values())
            sentence = _("%(units)s did not exist on %(day)s.")
            faults["attendance"] = sentence % {"units": ", ".join(names), "day": said(on)}
    if faults:
        raise ValidationError(faults)


def _values(row: NetworkMeeting) -> dict[str, Any]:
    return {"on": row.on.isoformat(), "title": row.title, "note": row.note, "attendance": sorted(attended(row))}

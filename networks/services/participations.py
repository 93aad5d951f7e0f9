"""Add, change, end and remove participations, one unit or many at once. Each leaves an Event.

What is written here is written directly in the register: its origin says ``register:…``, also on a row that an
approved report made. The report and its Submission never change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from municipalities.models import Municipality
from networks.models import Network, Participation
from networks.rules import Part, part_faults, planned_closed
from networks.services.history import changes_between, direct_origin, note_event
from networks.services.networks import network_values
from networks.services.units import lives

FIELDS = ("status", "valid_from", "valid_to", "note")


def part_of(row: Participation) -> Part:
    """A registered participation as the rules see it."""
    return Part(row.municipality_id, row.status, row.valid_from, row.valid_to, row.note, row.pk)


def participations_add(
    *,
    network: Network,
    units: Collection[int],
    status: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    note: str = "",
    actor: Any,
    now: dt.datetime,
) -> list[Participation]:
    """Let units (by identity) take part in a network. All or none.

    An open planned participation ends the day before an active one begins. Raises ValidationError with a sentence
    for each unit that cannot, by field. The number of questions does not grow with the units.
    """
    wanted = [Part(unit, status, valid_from, valid_to, note) for unit in dict.fromkeys(units)]
    with transaction.atomic():
        units_lock(part.unit for part in wanted)
        held = _held(network, [part.unit for part in wanted])
        values, known = network_values(network), lives((part.unit for part in wanted), timezone.localdate(now))
        faults: dict[str, list[str]] = {}
        closed: list[Part] = []
        for part in wanted:
            others = [part_of(row) for row in held.get(part.unit, ())]
            if (planned := planned_closed(others, part)) is not None:
                closed.append(planned)
                others = [planned if other.pk == planned.pk else other for other in others]
            for field, sentence in part_faults(part, network=values, life=known[part.unit], others=others).items():
                if sentence not in faults.setdefault(field, []):
                    faults[field].append(sentence)
        if faults:
            raise ValidationError(faults)
        rows = {row.pk: row for rows in held.values() for row in rows}
        for part in closed:
            participation_write(rows[part.pk], part, actor=actor, now=now)  # type: ignore[index]
        return [participation_write(None, part, network_id=network.pk, actor=actor, now=now) for part in wanted]


def participation_change(
    *,
    participation: Participation,
    status: str,
    valid_from: dt.date,
    valid_to: dt.date | None,
    note: str = "",
    actor: Any,
    now: dt.datetime,
) -> bool:
    """Bring a participation to these values. Returns whether anything changed. Raises ValidationError by field."""
    with transaction.atomic():
        units_lock([participation.municipality_id])
        row = Participation.objects.get_queryset().select_related("network").get(pk=participation.pk)
        part = Part(row.municipality_id, status, valid_from, valid_to, note, row.pk)
        if part == part_of(row):
            return False
        held = _held(row.network, [row.municipality_id]).get(row.municipality_id, [])
        others = [part_of(other) for other in held if other.pk != row.pk]
        known = lives([row.municipality_id], timezone.localdate(now))
        faults = part_faults(part, network=network_values(row.network), life=known[row.municipality_id], others=others)
        if faults:
            raise ValidationError(faults)
        participation_write(row, part, actor=actor, now=now)
    return True


def participation_end(*, participation: Participation, valid_to: dt.date, actor: Any, now: dt.datetime) -> bool:
    """Let a participation end on ``valid_to``, its last day. As ``participation_change``."""
    return participation_change(
        participation=participation, status=participation.status, valid_from=participation.valid_from,
        valid_to=valid_to, note=participation.note, actor=actor, now=now,
    )  # fmt: skip


def participation_remove(*, participation: Participation, actor: Any, now: dt.datetime) -> None:
    """Take away a participation that never was (registered by mistake); the Event keeps what it said."""
    with transaction.atomic():
        units_lock([participation.municipality_id])
        row = Participation.objects.get_queryset().get(pk=participation.pk)
        values = {**{field: getattr(row, field) for field in FIELDS}, "network": row.network_id}
        gone = {
            key: [value.isoformat() if isinstance(value, dt.date) else value, None] for key, value in values.items()
        }
        note_event(row, "participation_removed", gone, actor=actor, now=now, from_state=row.status)
        row.delete()


def participation_write(
    row: Participation | None,
    part: Part,
    *,
    network_id: int | None = None,
    actor: Any,
    now: dt.datetime,
    content_hash: str = "",
) -> Participation:
    """Write a participation that is known to be right, with its Event. ``row`` None makes a new one."""
    before = {} if row is None else part_of(row)._asdict()
    after = {field: getattr(part, field) for field in FIELDS}
    name = "participation_registered" if row is None else "participation_changed"
    if row is not None and part.valid_to is not None and before["valid_to"] != part.valid_to:
        name = "participation_ended"
    written = row or Participation(network_id=network_id, municipality_id=part.unit)
    for field, value in after.items():
        setattr(written, field, value)
    written.origin = direct_origin()
    written.save()
    changes = changes_between(before, after)
    if row is None:
        changes["network"] = [None, network_id]
    note_event(
        written, name, changes, actor=actor, now=now, from_state=before.get("status", ""), to_state=part.status,
        content_hash=content_hash,
    )  # fmt: skip
    return written


def units_lock(unit_ids: Iterable[int]) -> None:
    """Lock the units whose registers are written, always in the same order. One query; call it in a transaction."""
    every = Municipality.objects.across_all(reason="lock the rows whose registers are written")
    list(every.filter(pk__in=set(unit_ids)).order_by("pk").select_for_update().values_list("pk"))


def _held(network: Network, unit_ids: Collection[int]) -> dict[int, list[Participation]]:
    rows = Participation.objects.across_all(reason="periods of the same units in the same network")
    found: dict[int, list[Participation]] = {}
    for row in rows.filter(network=network, municipality_id__in=unit_ids).order_by("valid_from"):
        found.setdefault(row.municipality_id, []).append(row)
    return found

"""What an approved report changes in the registers of networks and support."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from municipalities.models import Event, Municipality, Office
from municipalities.services import register_lock
from municipalities.transitions import log, log_many
from networks.models import Network, Participation, SupportActivity
from networks.services.history import BY_REPORT, DIRECT, by_report, changes_between, note_event, noted

FIELDS = ("network", "status", "valid_from", "valid_to")


def participation_register(
    *,
    municipality: Municipality,
    network_ids: Iterable[int],
    status: str,
    origin: str,
    valid_from: dt.date,
    now: dt.datetime,
    known_at: dt.datetime | None = None,
) -> int:
    """The networks in which a unit says in a report that it takes part, from ``valid_from``.

    ``status`` is a ``Participation.Status`` (active or planned), ``origin`` the report. Participations that it does
    not name end the day before, but only in networks that its form offered: those of the unit's region (and of no
    region) on that day. A network of another region is none of the report's business. A row that was written
    directly in the register from that very day stays as it is, and so does everything that begins later. With
    ``known_at`` (when the report was sent in, or approved where it is written once more) a network in which the unit's
    part was entered, changed or removed directly after that moment is left alone: the report did not know of it.
    Returns how many rows were ended or added, each with an Event of ``now``; run again with the same values it changes
    nothing.
    """
    wanted = {int(network_id) for network_id in network_ids}
    with transaction.atomic(savepoint=False):  # a part of the approval: it is undone with it
        register_lock(municipality.pk)
        rows = list(_parts_of(municipality))
        holds = [row for row in rows if row.valid_from <= valid_from and _reaches(row, valid_from)]
        direct = {row.network_id for row in holds if row.valid_from == valid_from and row.origin.startswith(DIRECT)}
        direct |= _entered_since(municipality, rows, known_at)
        kept = direct | {row.network_id for row in holds if row.network_id in wanted and row.status == status}
        others = any(row.network_id not in wanted | kept for row in holds)
        offered = _offered(municipality, valid_from) if others else set()
        ended = [row for row in holds if row.network_id not in kept and row.network_id in wanted | offered]
        events = [_end_before(row, valid_from, origin=origin, now=now) for row in ended]
        added = [
            Participation(
                municipality=municipality,
                network_id=pk,
                status=status,
                origin=origin,
                valid_from=valid_from,
                valid_to=_last_day([row for row in rows if row.network_id == pk], valid_from),
            )
            for pk in sorted(wanted - kept)
        ]
        Participation.objects.get_queryset().bulk_create(added)
        events += [by_report(row, changes_between({}, _says(row)), origin=origin, now=now) for row in added]
        log_many(events)
        return len(ended) + len(added)


def _parts_of(municipality: Municipality) -> Any:
    rows = Participation.objects.across_all(reason="what an approved report says of one unit")
    return rows.filter(municipality=municipality).order_by("valid_from")


def _entered_since(municipality: Municipality, rows: Iterable[Participation], moment: dt.datetime | None) -> set[int]:
    """The networks in which the unit's part was written directly after a moment, as its Events tell."""
    if moment is None:
        return set()
    every = Event.objects.across_all(reason="what was entered since a report was sent in")
    events = every.filter(object_type="networks.participation", municipality=municipality, happened_at__gt=moment)
    events = events.exclude(name=BY_REPORT)
    networks = {row.pk: row.network_id for row in rows}
    told = [(event.object_id, noted(event).get("network", [None, None])) for event in events]
    return {pk for key, said in told for pk in (networks.get(key), *said) if isinstance(pk, int)}


def _reaches(row: Participation, day: dt.date) -> bool:
    return row.valid_to is None or row.valid_to >= day


def _offered(municipality: Municipality, day: dt.date) -> set[int]:
    """The networks that the form of a unit's report offers per a day."""
    networks = Network.objects.across_all(reason="what a report could choose from").on(day)
    here = municipality.versions.on(day).values("office_id")
    return set(networks.filter(Q(offices__in=here) | Q(offices__isnull=True)).values_list("pk", flat=True))


def _end_before(row: Participation, day: dt.date, *, origin: str, now: dt.datetime) -> Event:
    """End a row the day before; one of an earlier report from that same day never held, and goes. Returns the Event,
    not saved yet."""
    before = _says(row)
    if row.valid_from == day:
        event = by_report(row, changes_between(before, dict.fromkeys(FIELDS)), origin=origin, now=now)
        row.delete()
        return event
    row.valid_to = day - dt.timedelta(days=1)
    row.save(update_fields=["valid_to"])
    return by_report(row, changes_between(before, _says(row)), origin=origin, now=now)


def _says(row: Participation) -> dict[str, Any]:
    return {"network": row.network_id, "status": row.status, "valid_from": row.valid_from, "valid_to": row.valid_to}


def _last_day(rows: Iterable[Participation], day: dt.date) -> dt.date | None:
    """Where a row from ``day`` must end because a later one is known already."""
    later = [row.valid_from for row in rows if row.valid_from > day]
    return min(later) - dt.timedelta(days=1) if later else None


def network_register(
    *, name: str, kind: str, offices: Iterable[Office], host: str = "", valid_from: dt.date, now: dt.datetime
) -> Network:
    """A network and the regions it covers; one of the same name and kind is returned, with the regions added. What
    becomes different leaves an Event of ``now``."""
    with transaction.atomic():
        network, made = Network.objects.get_queryset().get_or_create(
            name=name, kind=kind, defaults={"host": host, "valid_from": valid_from}
        )
        held = set(network.offices.values_list("pk", flat=True))
        wanted = held | {office.pk for office in offices}
        network.offices.add(*(wanted - held))
        told: dict[str, Any] = {"offices": wanted}
        if made:
            told |= {"name": name, "kind": kind, "host": host, "valid_from": valid_from}
        if changes := changes_between({"offices": held, "host": ""}, told):
            note_event(network, "network_registered" if made else "network_changed", changes, actor=None, now=now)
    return network


def support_register(
    *,
    kind: str,
    provider: str,
    office: Office,
    on: dt.date,
    municipalities: Iterable[Municipality],
    title: str = "",
    now: dt.datetime,
) -> SupportActivity:
    """One support activity and the units that received it; the same activity named again only adds units. What becomes
    different leaves an Event of ``now``."""
    with transaction.atomic():
        activity, made = SupportActivity.objects.get_queryset().get_or_create(
            kind=kind, provider=provider, office=office, on=on, title=title
        )
        held = set(activity.municipalities.values_list("pk", flat=True))
        new = sorted({unit.pk for unit in municipalities} - held)
        activity.municipalities.add(*new)
        if made or new:
            log(activity, "given" if made else "changed", actor=None, now=now)
        return activity

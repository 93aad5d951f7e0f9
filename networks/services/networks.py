"""Register, change and end a network. Each leaves an Event; whoever calls has asked for the right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from networks.days import said
from networks.models import Network, Participation, Provider
from networks.rules import NetworkValues, Part, network_faults, outlasting, overlap
from networks.services.history import changes_between, direct_origin, note_event
from reform.models import Solution

ORGANISERS = tuple(key for key in Provider.values if key != Provider.TOGETHER)


def network_values(network: Network) -> NetworkValues:
    """What is registered about a network now. Reads its offices and themes (two queries, none when prefetched)."""
    return NetworkValues(
        name=network.name,
        kind=network.kind,
        offices=frozenset(office.pk for office in network.offices.all()),
        valid_from=network.valid_from,
        valid_to=network.valid_to,
        host=network.host,
        organisers=tuple(network.organisers),
        themes=tuple(sorted(theme.code for theme in network.themes.all())),
        note=network.note,
    )


def network_create(*, values: NetworkValues, actor: Any, now: dt.datetime) -> Network:
    """A new network. Raises ValidationError with a sentence for each field that is wrong."""
    with transaction.atomic():
        _check(values, None)
        return network_write(None, values, actor=actor, now=now)


@dataclass(frozen=True)
class Reach:
    """Whom the one who changes a network speaks for: units and offices, by id."""

    units: frozenset[int]
    offices: frozenset[int]


def network_change(
    *, network: Network, values: NetworkValues, reach: Reach | None = None, actor: Any, now: dt.datetime
) -> bool:
    """Bring a network to ``values``. Returns whether anything changed.

    Participations that were to go on until the network's last day or longer end with it. ``reach`` is whom the caller
    speaks for (None: everybody): she ends no other region's participations, and takes no other region out. Raises
    ValidationError, also when a participation begins outside the new dates.
    """
    with transaction.atomic():
        row = Network.objects.get_queryset().select_for_update(no_key=True).get(pk=network.pk)
        held = network_values(row)
        if held == values:
            return False
        _check(values, row)
        if reach is not None and held.offices - values.offices - reach.offices:
            raise ValidationError({"offices": _("Only a region itself, or Helsedirektoratet, takes it out.")})
        _check_parts(row, values, reach)
        network_write(row, values, actor=actor, now=now)
        _end_parts(row, values.valid_to, actor=actor, now=now)
    return True


def network_end(
    *, network: Network, valid_to: dt.date, reach: Reach | None = None, actor: Any, now: dt.datetime
) -> bool:
    """Let a network end on ``valid_to``, its last day, and its participations with it. As ``network_change``."""
    held = network_values(network)
    ended = NetworkValues(**{**held.__dict__, "valid_to": valid_to})
    return network_change(network=network, values=ended, reach=reach, actor=actor, now=now)


def network_write(
    network: Network | None, values: NetworkValues, *, actor: Any, now: dt.datetime, content_hash: str = ""
) -> Network:
    """Write a network whose values are known to be right, with its Event. ``network`` None makes a new one."""
    held = {} if network is None else network_values(network).__dict__
    row = network or Network()
    for field in ("name", "kind", "host", "note", "valid_from", "valid_to"):
        setattr(row, field, getattr(values, field))
    row.organisers = list(values.organisers)
    row.save()
    row.offices.set(values.offices)
    row.themes.set(Solution.objects.filter(code__in=values.themes))
    name = "network_registered" if network is None else "network_changed"
    if network is not None and held["valid_to"] != values.valid_to and values.valid_to is not None:
        name = "network_ended"
    changes = changes_between(held, values.__dict__)
    note_event(row, name, changes, actor=actor, now=now, content_hash=content_hash)
    return row


def twins_of(values: NetworkValues, network_id: int | None) -> list[NetworkValues]:
    """Other networks of one of the same regions. Three queries."""
    rows = Network.objects.across_all(reason="names that are taken").filter(offices__in=values.offices)
    rows = rows.exclude(pk=network_id).distinct().prefetch_related("offices", "themes")
    return [network_values(row) for row in rows]


def solution_codes() -> frozenset[str]:
    """The codes of the 25 solutions."""
    return frozenset(Solution.objects.values_list("code", flat=True))


def faults_of_network(values: NetworkValues, twins: Iterable[NetworkValues], themes: frozenset[str]) -> dict[str, str]:
    """``rules.network_faults`` with the register's own words."""
    return network_faults(values, twins, kinds=Network.Kind.values, organisers=ORGANISERS, themes=themes)


def _check(values: NetworkValues, network: Network | None) -> None:
    twins = twins_of(values, network.pk if network else None)
    faults = faults_of_network(values, twins, solution_codes())
    if faults:
        raise ValidationError(faults)


def _parts(network: Network) -> list[Participation]:
    rows = Participation.objects.across_all(reason="the dates of a network").filter(network=network)
    return list(rows.select_for_update().order_by("valid_from", "pk"))


def _check_parts(network: Network, values: NetworkValues, reach: Reach | None) -> None:
    parts = [Part(row.municipality_id, row.status, row.valid_from, row.valid_to, pk=row.pk) for row in _parts(network)]
    if early := [part for part in parts if part.valid_from < values.valid_from]:
        sentence = _("A municipality takes part from %(day)s; the network cannot begin after that.")
        raise ValidationError({"valid_from": sentence % {"day": said(early[0].valid_from)}})
    if values.valid_to is not None and (late := outlasting(values.valid_to, parts)):
        sentence = _("A participation begins on %(day)s, after the network's last day. Change or remove it first.")
        raise ValidationError({"valid_to": sentence % {"day": said(late[0].valid_from)}})
    if values.valid_to is not None:
        last = values.valid_to
        going_on = [part for part in parts if part.valid_to is None or part.valid_to > last]
        if reach is not None and any(part.unit not in reach.units for part in going_on):
            sentence = _("Municipalities of other regions take part after %(day)s. Helsedirektoratet can end it.")
            raise ValidationError({"valid_to": sentence % {"day": said(last)}})
        meeting = network.meetings.filter(on__gt=values.valid_to).order_by("on").first()
        if meeting is not None:
            sentence = _("A meeting is registered on %(day)s, after the network's last day. Change or remove it first.")
            raise ValidationError({"valid_to": sentence % {"day": said(meeting.on)}})


def _end_parts(network: Network, last: dt.date | None, *, actor: Any, now: dt.datetime) -> None:
    if last is None:
        return
    for row in _parts(network):
        if row.valid_to is None or row.valid_to > last:
            changes = {"valid_to": [row.valid_to.isoformat() if row.valid_to else None, last.isoformat()]}
            row.valid_to, row.origin = last, direct_origin()
            row.save(update_fields=["valid_to", "origin"])
            note_event(row, "participation_ended", changes, actor=actor, now=now, to_state=row.status)


__all__ = [
    "ORGANISERS",
    "Reach",
    "faults_of_network",
    "network_change",
    "network_create",
    "network_end",
    "network_values",
    "network_write",
    "overlap",
    "solution_codes",
    "twins_of",
]

"""The sheet of networks against the registers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from networks.days import said
from networks.models import Network, Provider
from networks.rules import NetworkValues, network_faults, overlap
from networks.workbook import cells
from networks.workbook.cells import CellFault
from networks.workbook.layout import NETWORKS
from networks.workbook.planning import CHANGED, ENDED, NEW, Change, Names, Planner, differing, filled
from networks.workbook.rows import Found
from networks.workbook.snapshot import Snapshot

FIELDS = ("name", "kind", "host", "organisers", "themes", "valid_from", "valid_to", "note")
ORGANISERS = tuple(key for key in Provider.values if key != Provider.TOGETHER)


def plan_networks(planner: Planner, found: Found | None, names: Names) -> None:
    """Add the changes and faults of the sheet; ``names`` learns the networks as they will be."""
    if found is None:
        return
    given = {row["id"] for _number, row in found.rows if isinstance(row.get("id"), int)}
    wanted: list[tuple[int, int | None, NetworkValues]] = []
    for number, row in found.rows:
        try:
            pk = planner.identity(found, number, row, planner.snapshot.networks)
            values = _values(row, planner.snapshot, found, pk)
        except CellFault as fault:
            planner.fault(found, number, fault.field, fault.sentence)
            continue
        if pk is None:
            pk = _same(values, planner, given)
        wanted.append((number, pk, values))
    final: dict[Any, NetworkValues] = dict(planner.snapshot.networks)
    final |= {pk if pk is not None else f"row:{number}": values for number, pk, values in wanted}
    for number, pk, values in wanted:
        _one(planner, found, number, pk, values, final, names)


def _values(row: dict[str, Any], snapshot: Snapshot, found: Found, pk: int | None) -> NetworkValues:
    """The row's values; what the file has no column for stays as it is registered."""
    held = snapshot.networks.get(pk) if pk is not None else None
    kind = cells.word(row, "kind")
    if not kind:
        raise CellFault("kind", _("Write what kind of network it is: %(words)s.") % {"words": cells.listed("kind")})
    start = cells.day(row, "valid_from", needed=True)
    assert start is not None  # noqa: S101 - ``needed`` says so; for the type checker
    read = {
        "host": lambda: cells.line(row, "host"),
        "organisers": lambda: cells.organisers(row),
        "themes": lambda: cells.themes(row),
        "valid_to": lambda: cells.day(row, "valid_to"),
        "note": lambda: cells.text(row, "note"),
    }
    more = {
        name: reader() if name in found.letters or held is None else getattr(held, name)
        for name, reader in read.items()
    }
    offices = held.offices if held is not None else frozenset({snapshot.office})
    return NetworkValues(name=cells.line(row, "name"), kind=kind, offices=offices, valid_from=start, **more)


def _same(values: NetworkValues, planner: Planner, given: set[Any]) -> int | None:
    """A registered network that a row without an ID is about: same name, days in common, and no other row's."""
    for pk, held in planner.snapshot.networks.items():
        taken = pk in given or pk in planner.seen[NETWORKS]
        if not taken and held.name.casefold() == values.name.casefold() and overlap(held, values):
            planner.seen[NETWORKS].add(pk)
            return pk
    return None


def _one(
    planner: Planner, found: Found, number: int, pk: int | None, values: NetworkValues, final: dict[Any, NetworkValues],
    names: Names,
) -> None:  # fmt: skip
    key = pk if pk is not None else f"row:{number}"
    held = planner.snapshot.networks.get(pk) if pk is not None else None
    if held is not None:
        values = replace(values, offices=held.offices)
        if values == held:
            planner.unchanged[NETWORKS] += 1
            return
    twins = [other for other_key, other in final.items() if other_key != key]
    faults = network_faults(
        values, twins, kinds=Network.Kind.values, organisers=ORGANISERS, themes=planner.snapshot.solutions
    )
    if held is not None and not faults:
        faults = _dates(planner.snapshot, pk, held, values)
    for column, sentence in faults.items():
        planner.fault(found, number, column, sentence)
    if faults:
        return
    fields = filled(values, FIELDS) if held is None else differing(held, values, FIELDS)
    action = NEW if held is None else ENDED if set(fields) == {"valid_to"} and values.valid_to else CHANGED
    planner.changes.append(Change(NETWORKS, number, action, pk, values.name, values, fields, network=key))
    names.add(key, values)


def _dates(snapshot: Snapshot, pk: int | None, held: NetworkValues, values: NetworkValues) -> dict[str, str]:
    """Whether what is registered in the network lies within its new dates."""
    if (held.valid_from, held.valid_to) == (values.valid_from, values.valid_to):
        return {}
    if len(held.offices) > 1:
        return {"valid_from": _("The network belongs to several regions. Change its days on its own page.")}
    starts = [part.valid_from for network, part in snapshot.parts.values() if network == pk]
    starts += [meeting.on for meeting in snapshot.meetings.values() if meeting.network == pk]
    if starts and min(starts) < values.valid_from:
        sentence = _("Something is registered in the network on %(day)s; it cannot begin after that.")
        return {"valid_from": sentence % {"day": said(min(starts))}}
    if starts and values.valid_to is not None and max(starts) > values.valid_to:
        sentence = _("Something is registered in the network on %(day)s; it cannot end before that.")
        return {"valid_to": sentence % {"day": said(max(starts))}}
    return {}

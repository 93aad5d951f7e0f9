"""The sheet of meetings against the registers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from networks.days import said
from networks.rules import meeting_faults
from networks.workbook import cells
from networks.workbook.cells import CellFault
from networks.workbook.layout import MEETINGS
from networks.workbook.planning import CHANGED, NEW, Change, Key, Names, Planner, differing, filled
from networks.workbook.rows import Found
from networks.workbook.snapshot import Meeting, Units

FIELDS = ("on", "title", "note", "attendance")


def plan_meetings(planner: Planner, found: Found | None, names: Names) -> None:
    """Add the changes and faults of the sheet."""
    if found is None:
        return
    held_by_name = {(row.network, row.on, row.title): pk for pk, row in planner.snapshot.meetings.items()}
    given = {row["id"] for _number, row in found.rows if isinstance(row.get("id"), int)}
    taken: dict[tuple[Key, dt.date, str], int | None] = dict(held_by_name)  # type: ignore[arg-type]
    for number, row in found.rows:
        try:
            pk = planner.identity(found, number, row, planner.snapshot.meetings)
            network, meeting = _meeting(row, found, planner, names, pk)
            if pk is None:
                pk = held_by_name.get((network, meeting.on, meeting.title))  # type: ignore[arg-type]
                pk = None if pk in given or pk in planner.seen[MEETINGS] else pk
                planner.seen[MEETINGS] |= {pk} if pk is not None else set()
        except CellFault as fault:
            planner.fault(found, number, fault.field, fault.sentence)
            continue
        held = planner.snapshot.meetings.get(pk) if pk is not None else None
        if held is not None and all(getattr(held, name) == getattr(meeting, name) for name in FIELDS):
            planner.unchanged[MEETINGS] += 1
            continue
        name = (network, meeting.on, meeting.title)
        faults = meeting_faults(
            on=meeting.on, title=meeting.title, note=meeting.note, network=names.values[network],
            taken=name in taken and (pk is None or taken[name] != pk), today=planner.snapshot.today,
            somebody=bool(meeting.attendance),
        )  # fmt: skip
        for column, sentence in faults.items():
            planner.fault(found, number, column, sentence)
        if faults:
            continue
        taken[name] = pk
        fields = filled(meeting, FIELDS) if held is None else differing(held, meeting, FIELDS)
        label = _("%(network)s, %(day)s") % {"network": names.values[network].name, "day": said(meeting.on)}
        action = NEW if held is None else CHANGED
        planner.changes.append(Change(MEETINGS, number, action, pk, label, meeting, fields, network))


def _meeting(row: dict[str, Any], found: Found, planner: Planner, names: Names, pk: int | None) -> tuple[Key, Meeting]:
    held = planner.snapshot.meetings.get(pk) if pk is not None else None
    network = names.network(row)
    if held is not None and network != held.network:
        raise CellFault("network", _("The ID belongs to a meeting of another network. Leave the ID empty."))
    on = cells.day(row, "on", needed=True)
    assert on is not None  # noqa: S101 - ``needed`` says so; for the type checker
    title = cells.line(row, "title") if "title" in found.letters or held is None else held.title
    note = cells.text(row, "note") if "note" in found.letters or held is None else held.note
    there = frozenset(_unit(number, planner.snapshot.units, on) for number in cells.unit_numbers(row))
    others = held.others if held is not None else frozenset()
    key = network if isinstance(network, int) else 0
    return network, Meeting(key, on, title, note, there, others, pk)


def _unit(number: str, units: Units, on: dt.date) -> int:
    for unit in units.with_number(number, on):
        if not units.own(unit):
            told = {"unit": units.on(unit, on)[1]}
            raise CellFault("attendance", _("%(unit)s belongs to another region, which registers its own.") % told)
        if not units.exists(unit, on):
            told = {"units": units.on(unit, on)[1], "day": said(on)}
            raise CellFault("attendance", _("%(units)s did not exist on %(day)s.") % told)
        return unit
    raise CellFault("attendance", _("No municipality or district has had the number %(number)s.") % {"number": number})

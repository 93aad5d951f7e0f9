"""The sheet of participations against the registers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from networks.rules import ACTIVE, ENDED, Part, part_faults, planned_closed
from networks.workbook import cells, planning
from networks.workbook.cells import CellFault
from networks.workbook.layout import PARTS
from networks.workbook.planning import CHANGED, NEW, Change, Key, Names, Planner, differing, filled
from networks.workbook.rows import Found
from networks.workbook.snapshot import Units

FIELDS = ("status", "valid_from", "valid_to", "note")


@dataclass
class Line:
    """A row on its way: ``number`` in the file (0: only registered), ``held`` as registered, ``part`` as it becomes."""

    number: int
    network: Key
    part: Part
    held: Part | None = None
    because: str = ""

    @property
    def changed(self) -> bool:
        return self.part != self.held


def plan_parts(planner: Planner, found: Found | None, names: Names) -> None:
    """Add the changes and faults of the sheet, and the participations that end with their network."""
    lines, numbers = _read(planner, found, names) if found is not None else ([], {})
    pairs: dict[tuple[Key, int], list[Line]] = defaultdict(list)
    for line in lines:
        pairs[line.network, line.part.unit].append(line)
    ending = {
        change.key: change.values.valid_to
        for change in planner.changes
        if change.key is not None and "valid_to" in change.fields and change.values.valid_to is not None
    }
    touched = set(pairs)
    for pk, (network, part) in planner.snapshot.parts.items():
        if network in ending or (network, part.unit) in touched:
            pair = pairs[network, part.unit]
            if all(row.held is None or row.held.pk != pk for row in pair):
                pair.append(Line(numbers.get(pk, 0), network, part, part))
    made: list[Line] = []
    for (network, _unit_id), rows in pairs.items():
        made += _settle(planner, found, names, network, rows, ending.get(network))
    planner.unchanged[PARTS] += len(numbers) - sum(line.part.pk in numbers for line in made)
    for line in sorted(made, key=lambda row: (row.number, row.part.valid_from)):
        planner.changes.append(_change(line, planner.snapshot.units, names))


def _read(planner: Planner, found: Found, names: Names) -> tuple[list[Line], dict[int, int]]:
    """The rows that say something new, and where the others stand: the number in the file by id."""
    snapshot, lines, numbers = planner.snapshot, [], {}
    by_start = {(network, part.unit, part.valid_from): pk for pk, (network, part) in snapshot.parts.items()}
    given = {row["id"] for _number, row in found.rows if isinstance(row.get("id"), int)}
    for number, row in found.rows:
        try:
            pk = planner.identity(found, number, row, snapshot.parts)
            network = names.network(row)
            status, start, end = cells.word(row, "status"), _start(row), cells.day(row, "valid_to")
            unit = _unit(row, snapshot.units, start, snapshot.parts[pk][1].unit if pk is not None else None)
            if pk is None:
                pk = by_start.get((network, unit, start))  # type: ignore[arg-type]
                pk = None if pk in given or pk in planner.seen[PARTS] else pk
                planner.seen[PARTS] |= {pk} if pk is not None else set()
            held = snapshot.parts[pk][1] if pk is not None else None
            if held is not None and pk is not None and (network, unit) != (snapshot.parts[pk][0], held.unit):
                raise CellFault("network" if unit == held.unit else "number", _(
                    "The ID belongs to another network or municipality. End that row, and write a new one without ID."
                ))  # fmt: skip
            note = cells.text(row, "note") if "note" in found.letters or held is None else held.note
            part = Part(unit, _status(status, held, end), start, _end(found, held, end), note, pk)
        except CellFault as fault:
            planner.fault(found, number, fault.field, fault.sentence)
            continue
        if part == held and pk is not None:
            numbers[pk] = number
        else:
            lines.append(Line(number, network, part, held))
    return lines, numbers


def _start(row: dict[str, Any]) -> dt.date:
    start = cells.day(row, "valid_from", needed=True)
    assert start is not None  # noqa: S101 - ``needed`` says so; for the type checker
    return start


def _end(found: Found, held: Part | None, end: dt.date | None) -> dt.date | None:
    return end if "valid_to" in found.letters or held is None else held.valid_to


def _status(word: str, held: Part | None, end: dt.date | None) -> str:
    """Planned or active. "Ended" is said by the last day, and leaves what the participation was."""
    if not word:
        raise CellFault("status", _("Write one of: %(words)s.") % {"words": cells.listed("status")})
    if word != ENDED:
        return word
    if end is None:
        raise CellFault("valid_to", _("Write the last day of what has ended."))
    return held.status if held is not None else ACTIVE


def _unit(row: dict[str, Any], units: Units, day: dt.date, held: int | None) -> int:
    """The unit of a row, by number and name; they must agree. ``held`` is the unit of the ID, which may stand under
    any number that it has had."""
    number = cells.unit_number(row)
    if held is not None and units.has_had(held, number):
        return held
    name = cells.line(row, "unit")
    if not number:
        return _by_name(name, units, day)
    found = units.with_number(number, day)
    if not found:
        raise CellFault("number", _("No municipality or district has had the number %(number)s.") % {"number": number})
    unit = next((one for one in found if units.is_called(one, name)), None) if name else found[0]
    if unit is None:
        told = {"number": number, "right": units.on(found[0], day)[1], "name": name[:60]}
        raise CellFault("unit", _("%(number)s is %(right)s, not %(name)s. Correct the number or the name.") % told)
    if not units.own(unit):
        told = {"unit": units.on(unit, day)[1]}
        raise CellFault("number", _("%(unit)s belongs to another region, which keeps its own participations.") % told)
    return unit


def _by_name(name: str, units: Units, day: dt.date) -> int:
    if not name:
        raise CellFault("number", _("Write a municipality number of four digits, for example 0301."))
    found = units.with_name(name, day)
    if len(found) == 1:
        return found[0]
    if found:
        raise CellFault("number", _("Several are called %(name)s. Write the municipality number.") % {"name": name})
    raise CellFault("unit", _("The region has no municipality called “%(name)s”.") % {"name": name[:60]})


def _settle(
    planner: Planner, found: Found | None, names: Names, network: Key, rows: list[Line], last: dt.date | None
) -> list[Line]:
    """The changed rows of one unit in one network that may stand together; what may not is a fault, and stays as it
    was. Of two rows of the file that collide, the later one is at fault."""
    values = names.values[network]
    rows = _follow(rows, last)
    life = planner.snapshot.units.life(rows[0].part.unit)
    faulty: set[int] = set()
    while True:
        wrong = None
        for line in rows:
            if not line.changed or id(line) in faulty:
                continue
            others = []
            for other in rows:
                if other is line or (id(other) in faulty and other.held is None):
                    continue
                if id(other) in faulty and other.held is not None:
                    others.append(other.held)
                elif other.number <= line.number or not other.changed:
                    others.append(other.part)
            faults = part_faults(line.part, network=values, life=life, others=others)
            if faults:
                wrong = (line, faults)
                break
        if wrong is None:
            break
        line, faults = wrong
        faulty.add(id(line))
        for column, sentence in faults.items():
            if found is not None:
                planner.fault(found, line.number, column, sentence)
    kept = [line for line in rows if id(line) not in faulty]
    return [line for line in kept if line.changed]


def _follow(rows: list[Line], last: dt.date | None) -> list[Line]:
    """What follows from other changes: an open planned participation ends where an active one begins, and all end
    with their network."""
    for new in [row for row in rows if row.changed and row.held is None]:
        closed = planned_closed([row.part for row in rows if row is not new and row.held is not None], new.part)
        for row in rows:
            if closed is not None and row.part.pk == closed.pk and row.held is not None:
                row.part, row.because = closed, _("It ends where the active participation begins.")
    for row in rows:
        ends = row.part.valid_to
        if last is not None and row.held is not None and (ends is None or (ends > last and ends == row.held.valid_to)):
            row.part, row.because = row.part._replace(valid_to=last), _("It ends with the network.")
    return rows


def _change(line: Line, units: Units, names: Names) -> Change:
    unit = units.on(line.part.unit, line.part.valid_from)[1]
    label = _("%(unit)s in %(network)s") % {"unit": unit, "network": names.values[line.network].name}
    fields = filled(line.part, FIELDS) if line.held is None else differing(line.held, line.part, FIELDS)
    action = NEW if line.held is None else CHANGED
    if line.held is not None and set(fields) == {"valid_to"} and line.part.valid_to is not None:
        action = planning.ENDED
    return Change(PARTS, line.number, action, line.part.pk, label, line.part, fields, line.network, line.because)

"""What a list of applications would change: every change and every fault, worked out against the register.

A row is known by its municipality and scheme, so that the same file taken in twice changes nothing the second time.
What the file does not name stays as it is. No database, no clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from grants.application_sheet import AMOUNTS, DOUBTFUL, STATUS, amount, head_of, note, status, yes_or_no
from municipalities.lineage import Lineage
from municipalities.names import sort_key
from networks.workbook.cells import CellFault, Row, line, unit_number
from networks.workbook.layout import plain
from networks.workbook.rows import Found

NEW, CHANGED = "new", "changed"


@dataclass(frozen=True)
class Values:
    """What is known of an application; amounts are whole kroner, None where not known."""

    status: str
    applied_kr: int | None = None
    granted_kr: int | None = None
    shielded: bool = False
    note: str = ""


@dataclass(frozen=True)
class Unit:
    """A municipality on the list's day: all names it had that day, and whether it is a district."""

    number: str
    name: str
    names: tuple[str, ...]
    is_district: bool = False


@dataclass(frozen=True)
class SchemeName:
    """A scheme of the year, by which the file may name it."""

    id: int
    key: str
    name_nb: str
    name_nn: str


@dataclass(frozen=True)
class Register:
    """What a list is compared with: the units of ``day``, the year's schemes, and what is known of applications by
    (scheme, municipality)."""

    year: int
    day: dt.date
    units: Mapping[int, Unit]
    lineage: Lineage
    schemes: tuple[SchemeName, ...]
    held: Mapping[tuple[int, int], Values] = field(default_factory=dict)

    @cached_property
    def by_number(self) -> dict[str, int]:
        """The units of the day by their number."""
        return {unit.number: pk for pk, unit in self.units.items()}


@dataclass(frozen=True)
class Change:
    """An application that is new or changed. ``row`` is the line in the file; ``before`` None when it is new."""

    row: int
    scheme: int
    unit: int
    values: Values
    before: Values | None = None

    @property
    def action(self) -> str:
        return CHANGED if self.before else NEW

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """What differs, as (old, new)."""
        old, new = asdict(self.before) if self.before else {}, asdict(self.values)
        return {name: (old.get(name), value) for name, value in new.items() if old.get(name) != value}


@dataclass(frozen=True)
class Fault:
    """What is wrong: the cell in the file (empty for the whole), and one sentence."""

    cell: str
    sentence: str


@dataclass
class Plan:
    """What was worked out. ``unchanged`` counts rows that say what is known, ``absent`` what the file does not name.
    ``question`` must be answered with yes before anything is saved; empty where there is none."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unchanged: int = 0
    absent: int = 0
    question: str = ""

    @property
    def hash(self) -> str:
        """A hash of the changes, for the preview and what is saved to be the same."""
        rows = [[row.scheme, row.unit, asdict(row.values), row.before and asdict(row.before)] for row in self.changes]
        return hashlib.sha256(json.dumps([rows, len(self.faults)], sort_keys=True).encode()).hexdigest()


def make_plan(found: Found, register: Register) -> Plan:
    """Compare a list with the register. Sentences are in the language in use."""
    plan, seen = Plan(), dict[tuple[int, int], int]()
    if not found.rows:
        plan.faults.append(Fault("", _("The list has no rows.")))
    for number, row in found.rows:
        try:
            key = (_scheme(row, register), _unit(row, register))
            if key in seen:
                text = _("The same municipality and scheme stand in row %(row)s too.")
                raise CellFault("number", text % {"row": seen[key]})
            seen[key] = number
            values = _values(row, register.held.get(key), found.letters)
        except CellFault as fault:
            plan.faults.append(Fault(f"{found.letters.get(fault.field, '')}{number}", fault.sentence))
            continue
        before = register.held.get(key)
        if before == values:
            plan.unchanged += 1
        else:
            plan.changes.append(Change(number, *key, values, before))
    plan.absent = len(register.held.keys() - seen.keys())
    plan.question = "" if plan.faults else _question(plan.changes)
    return plan


def _values(row: Row, before: Values | None, columns: Mapping[str, str]) -> Values:
    """What a row says; a column that the file does not have leaves what is known."""
    readers = {"applied_kr": amount, "granted_kr": amount, "shielded": yes_or_no, "note": note}
    said: dict[str, Any] = {"status": status(row, "status")}
    for name, read in readers.items():
        if name in columns:
            said[name] = read(row, name)
        elif before is not None:
            said[name] = getattr(before, name)
    if said["status"] != STATUS.GRANTED:
        if said.get("granted_kr") and "granted_kr" in columns:
            raise CellFault("granted_kr", _("Only an application that is granted has an amount granted."))
        said["granted_kr"] = None  # a list often says 0 of what was refused
    return Values(**said)


def _question(changes: list[Change]) -> str:
    for name in AMOUNTS:
        given = [value for change in changes if (value := getattr(change.values, name))]
        if given and max(given) < DOUBTFUL:
            text = _("No amount in the column “%(column)s” is above 10 000 kr. Are they whole kroner?")
            return text % {"column": _(head_of(name))}
    return ""


def _scheme(row: Row, register: Register) -> int:
    written = line(row, "scheme")
    if not written:
        raise CellFault("scheme", _("The scheme is missing."))
    wanted = plain(written)
    for scheme in register.schemes:
        if wanted in (plain(scheme.key), plain(scheme.name_nb), plain(scheme.name_nn)):
            return scheme.id
    text = _("“%(text)s” is not a grant scheme of %(year)s.")
    raise CellFault("scheme", text % {"text": written[:80], "year": register.year})


def _unit(row: Row, register: Register) -> int:
    """The municipality of the row's number on the list's day, its name checked where it is given."""
    number = unit_number(row, "number")
    if not number:
        raise CellFault("number", _("The municipality number is missing."))
    unit = register.by_number.get(number)
    if unit is None:
        raise CellFault("number", _other_number(number, register))
    known = register.units[unit]
    if known.is_district:
        text = _("%(number)s is the district %(name)s. Write the number of the municipality.")
        raise CellFault("number", text % {"number": number, "name": known.name})
    name = line(row, "unit")
    if name and sort_key(_bare(name)) not in {sort_key(_bare(one)) for one in known.names}:
        text = _("%(number)s is %(name)s, not “%(text)s”.")
        raise CellFault("unit", text % {"number": number, "name": known.name, "text": name[:60]})
    return unit


def _bare(name: str) -> str:
    """A name without the word for municipality after it."""
    return name.casefold().removesuffix(" kommune").strip()


def _other_number(number: str, register: Register) -> str:
    """What to write instead of a number that nobody has on the list's day."""
    there = register.lineage.unit_with_number(number, register.day)
    if there is None:
        return _("%(number)s is not the number of any municipality.") % {"number": number}
    spans = [span for span in register.lineage.spans_of(there) if span.number == number]
    earlier = spans[-1].valid_to is not None and spans[-1].valid_to < register.day
    related = (register.lineage.today if earlier else register.lineage.origins)(there, register.day)
    now = [register.units[entry.unit_id] for entry in related if entry.unit_id in register.units]
    called = ", ".join(f"{unit.number} {unit.name}" for unit in now)
    values = {"number": number, "name": spans[-1].name, "year": register.year, "now": called}
    if not now:
        return _("%(number)s %(name)s is a number of another year, and not of %(year)s.") % values
    if len(now) > 1:
        return _("%(number)s %(name)s is a number of another year. In %(year)s it is one of: %(now)s.") % values
    return _("%(number)s %(name)s is a number of another year. In %(year)s it is %(now)s. Write that number.") % values

"""What a workbook would change: every change and every fault, worked out against a snapshot of the registers.

Nothing is ever taken away because it is not in the file. A row is known by its ID; without one, by what it is about, so
that the same file sent in twice changes nothing the second time.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from django.utils.translation import gettext as _

from networks.rules import Part
from networks.workbook.layout import BY_KEY, MEETINGS, NETWORKS, PARTS
from networks.workbook.plan_meetings import plan_meetings
from networks.workbook.plan_networks import plan_networks
from networks.workbook.plan_parts import plan_parts
from networks.workbook.planning import Change, Fault, Names, Planner
from networks.workbook.rows import Book
from networks.workbook.snapshot import Snapshot

__all__ = ["Change", "Fault", "Plan", "make_plan"]


@dataclass
class Plan:
    """What was worked out. ``unchanged`` counts rows by list that say what is registered, ``absent`` the registered
    ones that the file does not name, ``notes`` sentences about what was not read."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unchanged: dict[str, int] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """A hash of the changes; it holds no words of a language."""
        rows = [[row.sheet, row.action, row.key, row.network, _neutral(row.values)] for row in self.changes]
        return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _neutral(value: Any) -> Any:
    """Values as JSON that is the same each time."""
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _neutral(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Part):
        return {name: _neutral(entry) for name, entry in value._asdict().items()}
    return list(value) if isinstance(value, tuple) else value.isoformat() if hasattr(value, "isoformat") else value


def make_plan(book: Book, snapshot: Snapshot) -> Plan:
    """Compare a workbook's rows with the registers. Sentences are in the language in use."""
    planner = Planner(snapshot)
    plan = Plan(notes=_notes(book))
    for found in book.lists:
        for key in found.missing:
            planner.sheet_fault(found, _("The column “%(column)s” is missing."), key)
        for key in found.twice:
            planner.sheet_fault(found, _("The column “%(column)s” stands twice."), key)
    if not book.lists:
        planner.faults.append(Fault("", "", 0, "", _("None of the sheets has the heads of a list of networks.")))
    readable = {found.key: found for found in book.lists if found.readable}
    names = Names(snapshot)
    plan_networks(planner, readable.get(NETWORKS), names)
    plan_parts(planner, readable.get(PARTS), names)
    plan_meetings(planner, readable.get(MEETINGS), names)
    plan.changes, plan.faults = planner.changes, planner.faults
    registered: dict[str, dict[int, Any]] = {
        NETWORKS: snapshot.networks, PARTS: snapshot.parts, MEETINGS: snapshot.meetings,
    }  # fmt: skip
    for key, rows in registered.items():
        plan.unchanged[key] = planner.unchanged[key]
        plan.absent[key] = len(rows) - len(planner.seen[key] & rows.keys()) if key in readable else 0
    return plan


def _notes(book: Book) -> list[str]:
    notes = [_("The sheet “%(name)s” is not one of the lists and was not read.") % {"name": n} for n in book.unknown]
    notes += [_("The sheet “%(name)s” is hidden and was not read.") % {"name": n} for n in book.hidden]
    notes += [_("The list in the sheet “%(name)s” stands in another sheet too. Only the first was read.") % {"name": n}
              for n in book.repeated]  # fmt: skip
    missing = [sheet for sheet in BY_KEY.values() if book.get(sheet.key) is None and book.lists]
    notes += [_("The workbook has no sheet “%(name)s”; nothing is changed there.") % {"name": _(sheet.title)}
              for sheet in missing]  # fmt: skip
    return notes

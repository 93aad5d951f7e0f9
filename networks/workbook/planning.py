"""What the three lists share when they are compared with the registers: changes, faults, and networks by name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from networks.rules import NetworkValues
from networks.workbook import cells
from networks.workbook.cells import CellFault
from networks.workbook.layout import BY_KEY
from networks.workbook.rows import Found
from networks.workbook.snapshot import Snapshot

NEW, CHANGED, ENDED = "new", "changed", "ended"
Key = int | str
"""A network: its id, or ``row:12`` for a new one from that row of the file."""
_NUMBERED = re.compile(r".*#(\d{1,9})\)?$")


@dataclass(frozen=True)
class Change:
    """One row of the registers that changes. ``key`` is the row's id (None when new), ``network`` the network of a
    participation or meeting, ``values`` what it becomes, ``fields`` what differs as (old, new). ``row`` is the line in
    the file; 0 when it follows from another change (``because``)."""

    sheet: str
    row: int
    action: str
    key: int | None
    label: str
    values: Any
    fields: Mapping[str, tuple[Any, Any]]
    network: Key | None = None
    because: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong: the list, its sheet's name in the file, the row (0: the whole sheet), the cell, a sentence."""

    sheet: str
    sheet_name: str
    row: int
    cell: str
    sentence: str


@dataclass
class Planner:
    """Where the lists leave what they find."""

    snapshot: Snapshot
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)
    seen: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def fault(self, found: Found, row: int, column: str, sentence: str) -> None:
        """A fault in a cell; where the column is not in the file, it is the row's."""
        letter = found.letters.get(column, "")
        self.faults.append(Fault(found.key, found.name, row, f"{letter}{row}" if letter else "", sentence))

    def sheet_fault(self, found: Found, sentence: str, column: str) -> None:
        """A fault of a whole sheet: it is not read."""
        head = next(entry.head for entry in BY_KEY[found.key].columns if entry.key == column)
        self.faults.append(Fault(found.key, found.name, 0, "", sentence % {"column": _(head)}))

    def identity(self, found: Found, number: int, row: Mapping[str, Any], known: Mapping[int, Any]) -> int | None:
        """The registered row that a line of the file is about, by its ID. Raises CellFault when it is not there, is
        another line's too, or is all that the line holds."""
        pk = cells.identity(row)
        if pk is None:
            return None
        if pk not in known:
            raise CellFault("id", _("No row of your region has this ID. Leave the ID empty on a new row."))
        if pk in self.seen[found.key]:
            raise CellFault("id", _("This ID stands on another row too. Leave the ID empty on a new row."))
        self.seen[found.key].add(pk)
        if len(row) == 1:
            raise CellFault("id", _("The row is empty but for its ID. Nothing is removed by emptying a row."))
        return pk


class Names:
    """Networks by name: those that are registered, under old and new name, and the new ones of the file."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.values: dict[Key, NetworkValues] = dict(snapshot.networks)
        self._by_name: dict[str, list[Key]] = defaultdict(list)
        for pk, values in snapshot.networks.items():
            self.add(pk, values)

    def add(self, key: Key, values: NetworkValues) -> None:
        """A network as it will be."""
        self.values[key] = values
        if key not in self._by_name[values.name.casefold()]:
            self._by_name[values.name.casefold()].append(key)

    def find(self, typed: str) -> list[Key]:
        """The networks that a cell may mean; ``Name (#12)`` says which of several of the same name."""
        found = self._by_name.get(typed.casefold(), [])
        match = None if found else _NUMBERED.match(typed)
        if match and int(match.group(1)) in self.values:
            return [int(match.group(1))]
        return found

    def network(self, row: dict[str, Any]) -> Key:
        """The network of a row. Raises CellFault."""
        typed = cells.line(row, "network")
        if not typed:
            raise CellFault("network", _("Write which network it is."))
        found = self.find(typed)
        if not found:
            raise CellFault("network", _("The region has no network called “%(name)s”.") % {"name": typed[:100]})
        if len(found) > 1:
            options = ", ".join(f"{typed} (#{key})" for key in found)
            raise CellFault(
                "network", _("Several networks are called that. Write one of: %(options)s.") % {"options": options}
            )
        return found[0]


def differing(old: Any, new: Any, fields: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """The fields that differ between two values, as (old, new)."""
    pairs = {name: (getattr(old, name, None), getattr(new, name)) for name in fields}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def filled(new: Any, fields: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """What a new row holds, as (None, value)."""
    pairs = {name: getattr(new, name) for name in fields}
    return {name: (None, value) for name, value in pairs.items() if value not in (None, "", (), frozenset())}

"""What the page and the files of the applications show: the rows with what municipalities were called, and sums.

Plain values for templates and files; nothing here decides anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from grants.models import GrantApplication, Scheme
from municipalities.render_table import ListTable
from municipalities.services.dated import in_words
from municipalities.services.names import OfficeNameOnDay, UnitName

GRANTED = GrantApplication.Status.GRANTED
COLORS = {"applied": "info", "granted": "success", "refused": "danger", "withdrawn": "neutral"}


@dataclass(frozen=True)
class Line:
    """An application with what its municipality was called on the list's day."""

    row: GrantApplication
    scheme: Scheme
    number: str
    name: str
    sort: tuple[Any, ...]
    office_id: int
    office_key: str
    office: str

    @property
    def color(self) -> str:
        return COLORS[self.row.status]


@dataclass
class Sum:
    """A line of sums: how many applications, how many granted, and the kroner of those whose amounts are known."""

    label: Any
    count: int = 0
    granted: int = 0
    applied_kr: int = 0
    granted_kr: int = 0
    url: str = ""

    def add(self, row: GrantApplication) -> None:
        """Count an application in."""
        self.count += 1
        self.granted += row.status == GRANTED
        self.applied_kr += row.applied_kr or 0
        self.granted_kr += row.granted_kr or 0


@dataclass
class Sums:
    """The sums by scheme and by office, each in their order, and of all."""

    schemes: list[Sum] = field(default_factory=list)
    offices: list[Sum] = field(default_factory=list)
    total: Sum = field(default_factory=lambda: Sum(""))


def lines_of(
    rows: Iterable[GrantApplication], names: Mapping[int, UnitName], offices: Mapping[int, OfficeNameOnDay]
) -> list[Line]:
    """The applications in Norwegian order of their municipalities, then in the order of the schemes."""
    found = []
    for row in rows:
        unit = names.get(row.municipality_id)
        office = offices.get(unit.office_id) if unit else None
        found.append(
            Line(
                row, row.scheme, unit.number if unit else "", unit.display_name if unit else str(row.municipality_id),
                (unit.sort_key if unit else "", row.scheme.order, row.pk), unit.office_id if unit else 0,
                office.key if office else "", office.short_name if office else "",
            )
        )  # fmt: skip
    return sorted(found, key=lambda line: line.sort)


def sums_of(lines: Sequence[Line], offices: Mapping[int, OfficeNameOnDay]) -> Sums:
    """What the lines come to."""
    return Sums(
        _grouped(lines, lambda line: (line.scheme.order, line.scheme.pk, line.scheme.name)),
        _grouped(lines, _by_office(list(offices))),
        _all(lines),
    )


def _by_office(order: list[int]) -> Callable[[Line], tuple[Any, ...]]:
    places = {pk: at for at, pk in enumerate(order)}
    return lambda line: (places.get(line.office_id, len(order)), line.office_id, line.office)


def _grouped(lines: Sequence[Line], key: Callable[[Line], tuple[Any, ...]]) -> list[Sum]:
    groups: dict[tuple[Any, ...], Sum] = {}
    for line in lines:
        where = key(line)
        groups.setdefault(where, Sum(where[-1])).add(line.row)
    return [groups[where] for where in sorted(groups)]


def _all(lines: Sequence[Line]) -> Sum:
    total = Sum(_("All"))
    for line in lines:
        total.add(line.row)
    return total


def list_table(
    lines: Sequence[Line], *, year: int, today: dt.date, filters: Sequence[tuple[str, str]] = ()
) -> ListTable:
    """The applications as a file: numbers of municipalities as text, amounts as numbers; on top, as of when."""
    heads = (
        _("Year"), _("Municipality number"), _("Municipality"), _("Office"), _("Scheme"), _("Chapter"), _("Post"),
        _("Status"), _("Applied for (kr)"), _("Granted (kr)"), _("Shielded"), _("Note"),
    )  # fmt: skip
    rows = [
        [
            year, line.number, line.name, line.office, line.scheme.name, line.scheme.chapter, line.scheme.post,
            capfirst(line.row.get_status_display()), line.row.applied_kr, line.row.granted_kr, line.row.shielded,
            line.row.note,
        ]
        for line in lines
    ]  # fmt: skip
    facts = [(_("Year"), str(year)), (_("As of"), in_words(today)), *filters]
    return ListTable(_("Applications %(year)s") % {"year": year}, heads, rows, facts)

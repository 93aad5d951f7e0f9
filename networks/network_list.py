"""The list of networks as the address asks for it: what is chosen, the day, the order, and the rows of that day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from municipalities.names import sort_key
from networks.days import read_day
from networks.models import Network, Participation
from networks.rules import ACTIVE, PLANNED

SORTS = ("navn", "type", "deltakere", "fra")
NAMES = {
    "search": "sok", "office": "embete", "kind": "type", "theme": "losning", "day": "dag", "sort": "sorter",
    "page": "side",
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """What the address asks for; what is unknown in it counts as not said. ``day`` is as it was typed."""

    search: str = ""
    office: str = ""
    kind: str = ""
    theme: str = ""
    day: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> Query:
        """From a request's parameters: ``get(name, default)``."""
        typed = {name: _line(get(address, "")) for name, address in NAMES.items()}
        page = typed.pop("page")
        if typed["kind"] not in Network.Kind.values:
            typed["kind"] = ""
        if typed["sort"].removeprefix("-") not in SORTS:
            typed["sort"] = ""
        return cls(**typed, page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1)

    def on(self, today: dt.date) -> tuple[dt.date, bool]:
        """The day asked about, and whether what was typed could be read; today where it could not."""
        found = read_day(self.day) if self.day else today
        return found or today, found is not None

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list; the day alone does not."""
        return any((self.search, self.office, self.kind, self.theme))

    def parameters(self, **changes: Any) -> dict[str, str]:
        """The address's parameters with changes, without those that say nothing."""
        values = replace(self, **changes).__dict__
        return {NAMES[name]: str(value) for name, value in values.items() if value and (name, value) != ("page", 1)}


def _line(text: str) -> str:
    """What was typed as one line without signs that no database holds."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:80]


@dataclass(frozen=True)
class Row:
    """A network in the list: how many municipalities and districts are active and planned on the day."""

    network: Network
    offices: tuple[str, ...]
    themes: tuple[str, ...]
    active: int
    planned: int

    @property
    def members(self) -> int:
        return self.active + self.planned


def rows_of(networks: Any, query: Query, day: dt.date, office_names: dict[int, str]) -> list[Row]:
    """The rows of the networks that exist on the day and fit the query, sorted. Four queries.

    ``networks`` is what the reader may see; ``office_names`` the regions' short names by id, in their order.
    """
    found = networks.on(day).prefetch_related("offices", "themes")
    if query.office:
        found = found.filter(offices__key=query.office)
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.theme:
        found = found.filter(themes__code=query.theme)
    counts = member_counts(day)
    rows = [_row(network, counts, office_names) for network in found.distinct()]
    if query.search:
        text = query.search.casefold()
        rows = [row for row in rows if text in f"{row.network.name} {row.network.host}".casefold()]
    return ordered(rows, query.sort)


def member_counts(day: dt.date) -> dict[int, Counter[str]]:
    """How many take part in each network on a day, by status. One query."""
    rows = Participation.objects.across_all(reason="numbers of members are no secret").on(day)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for network, status in rows.values_list("network_id", "status"):
        counts[network][status] += 1
    return counts


def _row(network: Network, counts: dict[int, Counter[str]], names: dict[int, str]) -> Row:
    covered = {office.pk for office in network.offices.all()}
    themes = sorted(theme.code for theme in network.themes.all())
    count = counts.get(network.pk, Counter())
    offices = tuple(name for pk, name in names.items() if pk in covered)
    return Row(network, offices, tuple(themes), count[ACTIVE], count[PLANNED])


def ordered(rows: Iterable[Row], sort: str) -> list[Row]:
    """By name in Norwegian order, or by another column; ``-`` before it turns it round."""
    by_name = sorted(rows, key=lambda row: (sort_key(row.network.name), row.network.pk))
    keys: dict[str, Callable[[Row], Any]] = {
        "navn": lambda row: 0,
        "type": lambda row: Network.Kind.values.index(row.network.kind),
        "deltakere": lambda row: row.members,
        "fra": lambda row: row.network.valid_from,
    }
    name = sort.removeprefix("-") or "navn"
    if name == "navn":
        return by_name[::-1] if sort.startswith("-") else by_name
    return sorted(by_name, key=keys[name], reverse=sort.startswith("-"))

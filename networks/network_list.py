"""The list of networks as the address asks for it: what is chosen, the day, the order, and the rows of that day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from municipalities.border_words import PARAMETER, THEN, TODAY, Places, read_borders
from municipalities.names import sort_key
from networks.days import read_day
from networks.models import Network, Participation
from networks.rules import ACTIVE, ENDED, PLANNED
from networks.unit_borders import place_key

SORTS = ("navn", "type", "deltakere", "fra")
NAMES = {
    "search": "sok", "office": "embete", "kind": "type", "theme": "losning", "day": "dag", "sort": "sorter",
    "page": "side", "borders": PARAMETER,
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
    borders: str = THEN

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> Query:
        """From a request's parameters: ``get(name, default)``."""
        typed = {name: _line(get(address, "")) for name, address in NAMES.items()}
        page = typed.pop("page")
        typed["borders"] = read_borders(get)
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
        values = replace(self, **changes).__dict__.items()
        unsaid = {("page", 1), ("borders", THEN)}
        return {NAMES[name]: str(value) for name, value in values if value and (name, value) not in unsaid}


def _line(text: str) -> str:
    """What was typed as one line without signs that no database holds."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:80]


@dataclass(frozen=True)
class Row:
    """A network in the list: how many municipalities and districts are active and planned on the day. ``differs``
    says whether any of them is another, or is called otherwise, in today's borders."""

    network: Network
    offices: tuple[str, ...]
    themes: tuple[str, ...]
    active: int
    planned: int
    differs: bool = False

    @property
    def members(self) -> int:
        return self.active + self.planned


def rows_of(
    networks: Any, query: Query, day: dt.date, office_names: dict[int, str], places: Places | None = None
) -> list[Row]:
    """The rows of the networks that exist on the day and fit the query, sorted. Four queries.

    ``networks`` is what the reader may see; ``office_names`` the regions' short names by id, in their order;
    ``places`` where units stand today, needed for another day than today.
    """
    found = networks.on(day).prefetch_related("offices", "themes")
    if query.office:
        found = found.filter(offices__key=query.office)
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.theme:
        found = found.filter(themes__code=query.theme)
    parts = parts_on(day)
    joined = places if query.borders == TODAY else None
    rows = []
    for network in found.distinct():
        here = parts.get(network.pk, [])
        differs = places is not None and places.differ((unit, day) for unit, _status in here)
        rows.append(_row(network, counted(here, day, joined), differs, office_names))
    if query.search:
        text = query.search.casefold()
        rows = [row for row in rows if text in f"{row.network.name} {row.network.host}".casefold()]
    return ordered(rows, query.sort)


def parts_on(day: dt.date) -> dict[int, list[tuple[int, str]]]:
    """Who takes part in each network on a day: (unit, status) by network. One query."""
    rows = Participation.objects.across_all(reason="numbers of members are no secret").on(day)
    parts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for network, unit, status in rows.values_list("network_id", "municipality_id", "status"):
        parts[network].append((unit, status))
    return parts


def counted(parts: Iterable[tuple[int, str]], day: dt.date, places: Places | None) -> Counter[str]:
    """How many are active and planned. With ``places`` in today's borders: the parts of a merger count once, and as
    active where any of them is; a split unit counts as itself."""
    best: dict[Any, str] = {}
    for unit, status in parts:
        key = unit if places is None else place_key(places.of(unit, day))
        best[key] = min(status, best.get(key, status), key=_FIRST.index)
    return Counter(best.values())


_FIRST = (ACTIVE, PLANNED, ENDED)


def _row(network: Network, count: Counter[str], differs: bool, names: dict[int, str]) -> Row:
    covered = {office.pk for office in network.offices.all()}
    themes = sorted(theme.code for theme in network.themes.all())
    offices = tuple(name for pk, name in names.items() if pk in covered)
    return Row(network, offices, tuple(themes), count[ACTIVE], count[PLANNED], differs)


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

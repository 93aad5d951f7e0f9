"""The list of municipalities as values: what the address asks for, filters, order, pages and counts. Pure.

``register_rows`` reads the rows; here they are chosen and put in order, so that table, map, counts and files come from
the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from municipalities.border_words import read_borders
from municipalities.names import display_name

PER_PAGE = 50
SUPPORT_SINCE = dt.date(2019, 1, 1)
"""The reform's first day: support is counted from it."""

ADOPTED = frozenset({"own", "inside"})
WITHOUT = frozenset({"none", "declined"})
MIXED = "mixed"
"""Plan status of a unit that is shown in today's borders and was several then: listed per part, never joined."""


@dataclass(frozen=True, slots=True)
class Part:
    """A unit of the earlier day that is inside a unit of today, with what cannot be joined."""

    number: str
    name: str
    official_names: Sequence[Mapping[str, str]]
    plan: str
    positions: int | None
    step: int | None
    phase: int | None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What the registers know of one unit on a day. ``office_place`` is the office's place in their fixed order.

    ``plan`` is a key of PlanDecision.Status, ``mixed``, or empty when nothing is registered; ``positions`` how many
    of the 25 solutions it has taken up (None: cannot be said for joined parts); ``networks`` and ``planned`` count
    active and planned participations; ``support`` how often it was given since ``SUPPORT_SINCE``; ``last_report`` the
    reference date of the last report that was sent in. ``column`` and ``row`` are its place on the map of that day.

    In today's borders ``parts`` are the units of then that were joined; a unit that was split since stays itself,
    with no place on the map, and ``leads_to`` names where it went; ``also_from`` names the split units that gave a
    part to this one.
    """

    unit_id: int
    number: str
    name: str
    official_names: Sequence[Mapping[str, str]]
    key: str
    district: bool
    county_number: str
    county: str
    office_key: str
    office: str
    office_place: int = 0
    column: int | None = None
    row: int | None = None
    plan: str = ""
    decided_on: dt.date | None = None
    expected_on: dt.date | None = None
    positions: int | None = 0
    step: int | None = None
    phase: int | None = None
    delay: int | None = None
    networks: int = 0
    planned: int = 0
    support: int = 0
    last_support: dt.date | None = None
    last_report: dt.date | None = None
    parts: tuple[Part, ...] = ()
    leads_to: tuple[str, ...] = ()
    also_from: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """All its names in one line."""
        return display_name(self.name, self.official_names)

    @property
    def network(self) -> str:
        """``ja``, ``planlagt`` or ``nei``."""
        return "ja" if self.networks else "planlagt" if self.planned else "nei"

    @property
    def started(self) -> bool:
        """Whether the reform is under way there: a plan, a decision or a described process is registered."""
        return self.plan in {*ADOPTED, "process", "declined", MIXED}


Test = Callable[[UnitRow], bool]
ALL: Test = lambda row: True  # noqa: E731

PLAN: dict[str, Test] = {
    "vedtatt": lambda row: row.plan in ADOPTED,
    "egen": lambda row: row.plan == "own",
    "annen": lambda row: row.plan == "inside",
    "prosess": lambda row: row.plan == "process",
    "ingen": lambda row: row.plan in WITHOUT,
    "mangler": lambda row: not row.plan,
    "blandet": lambda row: row.plan == MIXED,
}
PHASE: dict[str, Test] = {
    **{str(number): lambda row, number=number: row.phase == number for number in (2, 3, 4)},  # type: ignore[misc]
    "ingen": lambda row: row.phase is None and not row.parts,
}
STEP: dict[str, Test] = {
    **{str(number): lambda row, number=number: row.step == number for number in range(1, 6)},  # type: ignore[misc]
    "ingen": lambda row: row.step is None and not row.parts,
}
NETWORK: dict[str, Test] = {
    key: lambda row, key=key: row.network == key  # type: ignore[misc]
    for key in ("ja", "planlagt", "nei")
}
SUPPORT: dict[str, Test] = {
    "ja": lambda row: row.support > 0,
    "flere": lambda row: row.support > 2,
    "noen": lambda row: 0 < row.support < 3,
    "nei": lambda row: row.support == 0,
}
DELAY: dict[str, Test] = {"ja": lambda row: bool(row.delay), "nei": lambda row: row.delay == 0}
STARTED: dict[str, Test] = {"ja": lambda row: row.started, "nei": lambda row: not row.started}
UNITS: dict[str, Test] = {
    "kommuner": lambda row: not row.district,
    "bydeler": lambda row: row.district,
    "alle": ALL,
}
COLOURS = ("plan", "fase", "nettverk", "stotte")

_PLAN_ORDER = {"": 0, "none": 1, "declined": 2, "process": 3, MIXED: 4, "inside": 5, "own": 6}
_NETWORK_ORDER = {"nei": 0, "planlagt": 1, "ja": 2}
SORTS: dict[str, Callable[[UnitRow], Any]] = {
    "kommune": lambda row: (),
    "plan": lambda row: (_PLAN_ORDER.get(row.plan, 0), row.decided_on or dt.date.min),
    "losninger": lambda row: -1 if row.positions is None else row.positions,
    "steg": lambda row: (row.step or 0, row.phase or 0),
    "nettverk": lambda row: (_NETWORK_ORDER[row.network], row.networks + row.planned),
    "stotte": lambda row: (row.support, row.last_support or dt.date.min),
    "rapport": lambda row: row.last_report or dt.date.min,
}
"""The columns, from the least to the most; each ends on the Norwegian order of names, in both directions."""


@dataclass(frozen=True)
class ListQuery:
    """What the address asks for; anything unknown in it counts as not said. ``day_text`` is the day as typed: the
    view reads it, because a wrong one is answered with a sentence."""

    day_text: str = ""
    borders: str = "da"
    units: str = "kommuner"
    search: str = ""
    plan: str = ""
    office: str = ""
    county: str = ""
    phase: str = ""
    step: str = ""
    network: str = ""
    support: str = ""
    delay: str = ""
    started: str = ""
    colour: str = "plan"
    sort: str = ""
    page: int = 1
    whole: bool = False

    NAMES = {
        "day_text": "dato", "borders": "grenser", "units": "enheter", "search": "q", "plan": "plan",
        "office": "embete", "county": "fylke", "phase": "fase", "step": "steg", "network": "nettverk",
        "support": "stotte", "delay": "forsinket", "started": "i_gang", "colour": "farge", "sort": "sorter",
        "page": "side", "whole": "vis",
    }  # fmt: skip
    TABLES = {
        "plan": PLAN, "phase": PHASE, "step": STEP, "network": NETWORK, "support": SUPPORT, "delay": DELAY,
        "started": STARTED,
    }  # fmt: skip
    FILTERS = ("search", "office", "county", "phase", "step", "network", "support", "delay", "started")
    """What narrows the list beside the plan status, which the ready-made views choose."""

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> ListQuery:
        """From a request's parameters: ``get(name, default)``."""

        def one(name: str, known: Collection[str], default: str = "") -> str:
            value = get(cls.NAMES[name], "")
            return value if value in known else default

        page, sort = get("side", "1"), get("sorter", "")
        return cls(
            day_text=" ".join(get("dato", "").split())[:40],
            borders=read_borders(get),
            units=one("units", UNITS, "kommuner"),
            search=" ".join(get("q", "").replace("\0", "").split())[:80],
            office=get("embete", "")[:60],
            county=get("fylke", "")[:60],
            colour=one("colour", COLOURS, "plan"),
            sort=sort if sort.removeprefix("-") in SORTS else "",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            whole=get("vis", "") == "alle",
            **{name: one(name, table) for name, table in cls.TABLES.items()},
        )

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.plan) or any(getattr(self, name) for name in self.FILTERS)

    @property
    def more(self) -> bool:
        """Whether a filter that the form keeps in its fold is used."""
        return any(getattr(self, name) for name in self.FILTERS if name not in ("search", "office"))

    def parameters(self, **changes: Any) -> dict[str, str]:
        """The address's parameters with changes, without those that say nothing."""
        changed = replace(self, **changes)
        found = {}
        for field in fields(self):
            value = getattr(changed, field.name)
            if value != field.default:
                found[self.NAMES[field.name]] = "alle" if field.name == "whole" else str(value)
        return found

    def sorted_by(self, column: str) -> str:
        """``ascending``, ``descending`` or ``none`` for the column's header."""
        if (self.sort.removeprefix("-") or "kommune") != column:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"

    def next_sort(self, column: str) -> str:
        """What a click on the column's header asks for: for names a to å and back, for the others the most first."""
        if column == "kommune":
            return "-kommune" if self.sort in ("", "kommune") else ""
        return {f"-{column}": column, column: ""}.get(self.sort, f"-{column}")


@dataclass(frozen=True)
class UnitList:
    """What one page shows. ``all`` are the units of the chosen kind, ``here`` those that every filter but the plan
    status leaves, ``hits`` those that all leave, ``rows`` the page's; ``counts`` are of ``here`` by plan status.

    ``namesakes`` are the names that more than one unit in ``all`` has: these are shown with number and county.
    """

    all: tuple[UnitRow, ...]
    hits: tuple[UnitRow, ...]
    rows: tuple[UnitRow, ...]
    counts: dict[str, int]
    here: int
    page: int
    pages: int
    namesakes: frozenset[str]

    @property
    def first_place(self) -> int:
        """The place of the page's first row among the hits, from 1."""
        return (self.page - 1) * PER_PAGE + 1 if self.rows else 0

    @property
    def last_place(self) -> int:
        return self.first_place + len(self.rows) - 1 if self.rows else 0


def unit_list(rows: Iterable[UnitRow], query: ListQuery, found: Collection[int] | None = None) -> UnitList:
    """Choose, order and count. ``found`` are the units that the search finds (None: nothing is searched for)."""
    everything = sorted((row for row in rows if UNITS[query.units](row)), key=lambda row: (row.key, row.number))
    here = [row for row in everything if _matches(row, query, found)]
    hits = _ordered([row for row in here if PLAN.get(query.plan, ALL)(row)], query)
    pages = 1 if query.whole else max(1, -(-len(hits) // PER_PAGE))
    page = min(max(query.page, 1), pages)
    names = [row.name for row in everything]
    return UnitList(
        all=tuple(everything),
        hits=tuple(hits),
        rows=tuple(hits if query.whole else hits[(page - 1) * PER_PAGE : page * PER_PAGE]),
        counts={key: sum(map(test, here)) for key, test in PLAN.items()},
        here=len(here),
        page=page,
        pages=pages,
        namesakes=frozenset(name for name, times in _times(names).items() if times > 1),
    )


def _times(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def _matches(row: UnitRow, query: ListQuery, found: Collection[int] | None) -> bool:
    if found is not None and row.unit_id not in found:
        return False
    if query.office and row.office_key != query.office:
        return False
    if query.county and query.county not in (row.county_number, row.county):
        return False
    chosen = ((ListQuery.TABLES[name], getattr(query, name)) for name in ListQuery.TABLES if name != "plan")
    return all(table[value](row) for table, value in chosen if value)


def _ordered(rows: list[UnitRow], query: ListQuery) -> list[UnitRow]:
    column, down = query.sort.removeprefix("-"), query.sort.startswith("-")
    if column in ("", "kommune"):
        return rows[::-1] if down else rows
    return sorted(rows, key=SORTS[column], reverse=down)  # equals stay in the order of names either way

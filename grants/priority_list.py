"""The priority list as values: what the address asks for, filters, order, pages and counts. Pure.

``services.priority`` reads and judges; here the lines are chosen and put in order, so that table, counts and files
come from the same lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

PER_PAGE = 50
MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
STATES = {"oppfylt": MET, "ikke-oppfylt": NOT_MET, "vet-ikke": UNKNOWN}
"""The words of the address for the three outcomes."""
LACKING = "mangler"
"""The word of the address for what is not met or not known."""
OUTCOMES = (LACKING, *STATES)


class Line(Protocol):
    """What a line must say; ``states`` are the outcomes that count, by the code of the criterion, in their order."""

    unit: int
    number: str
    name: str
    office_key: str
    states: Mapping[str, str]


def whole(line: Line) -> str:
    """The outcome of all criteria together: met where all are, not met where any is not, else not known."""
    found = set(line.states.values())
    return NOT_MET if NOT_MET in found else UNKNOWN if UNKNOWN in found or not found else MET


def lacking(line: Line) -> int:
    """How many criteria are not met or not known."""
    return sum(state != MET for state in line.states.values())


VIEWS: dict[str, Callable[[Line], bool]] = {
    "": lambda line: True,
    "alle-oppfylt": lambda line: bool(line.states) and not lacking(line),
    "mangler-ett": lambda line: lacking(line) == 1,
    "mangler-flere": lambda line: lacking(line) > 1,
}
"""The ready-made views by their word in the address."""


@dataclass(frozen=True)
class Query:
    """What the address asks for; what is unknown in it counts as not said. ``day_text`` is the day as typed: the view
    reads it, because a wrong one is answered with a sentence. ``outcome`` is that of ``criterion``, or of all together
    where no criterion is chosen."""

    day_text: str = ""
    search: str = ""
    office: str = ""
    view: str = ""
    criterion: str = ""
    outcome: str = ""
    sort: str = ""
    page: int = 1
    all_pages: bool = False

    NAMES = {
        "day_text": "dag", "search": "q", "office": "embete", "view": "vis", "criterion": "kriterium",
        "outcome": "utfall", "sort": "sorter", "page": "side", "all_pages": "sider",
    }  # fmt: skip

    @classmethod
    def read(cls, get: Callable[[str, str], str], codes: Collection[str]) -> Query:
        """From a request's parameters, ``get(name, default)``; ``codes`` are the criteria of the year."""

        def one(name: str, known: Collection[str]) -> str:
            value = get(cls.NAMES[name], "")
            return value if value in known else ""

        page, sort = get("side", "1"), get("sorter", "")
        criterion = one("criterion", codes)
        return cls(
            day_text=_line(get("dag", ""))[:40],
            search=_line(get("q", "")),
            office=_line(get("embete", "")),
            view=one("view", VIEWS),
            criterion=criterion,
            outcome=one("outcome", OUTCOMES) or (LACKING if criterion else ""),
            sort=sort if sort.removeprefix("-") in {"kommune", "embete", LACKING, *codes} else "",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            all_pages=get("sider", "") == "alle",
        )

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list; the day alone does not."""
        return any((self.search, self.office, self.view, self.criterion, self.outcome))

    def parameters(self, **changes: Any) -> dict[str, str]:
        """The address's parameters with changes, without those that say nothing."""
        changed = replace(self, **changes)
        values = {field.name: (getattr(changed, field.name), field.default) for field in fields(self)}
        return {
            self.NAMES[name]: "alle" if name == "all_pages" else str(value)
            for name, (value, default) in values.items()
            if value != default
        }

    def sorted_by(self, column: str) -> str:
        """``ascending``, ``descending`` or ``none`` for the column's header."""
        if (self.sort.removeprefix("-") or "kommune") != column:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"

    def next_sort(self, column: str) -> str:
        """What a click on the column's header asks for: the column, then turned round, then as before."""
        if column == "kommune":
            return "-kommune" if self.sort in ("", "kommune") else ""
        return {column: f"-{column}", f"-{column}": ""}.get(self.sort, column)


def _line(text: str) -> str:
    """What was typed as one line without signs that no database holds."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:80]


@dataclass(frozen=True)
class OfficeCount:
    """One office in the small table: how many municipalities it has, how many meet all, and each criterion."""

    key: str
    units: int
    met: int
    by_code: Mapping[str, int]


@dataclass(frozen=True)
class Listing:
    """What a page shows. ``hits`` are the lines that all filters leave, ``rows`` the page's; ``views`` counts what
    each ready-made view would show of what the other filters leave."""

    every: Sequence[Any]
    hits: Sequence[Any]
    rows: Sequence[Any]
    views: Mapping[str, int]
    page: int
    pages: int

    @property
    def first_place(self) -> int:
        """The place of the page's first row among the hits, from 1."""
        return (self.page - 1) * PER_PAGE + 1 if self.rows and self.pages > 1 else min(1, len(self.rows))

    @property
    def last_place(self) -> int:
        return self.first_place + len(self.rows) - 1 if self.rows else 0


def listing(lines: Iterable[Any], query: Query, offices: Sequence[str] = ()) -> Listing:
    """Choose, order and count; ``lines`` come in the Norwegian order of names, ``offices`` are keys in their order."""
    every = list(lines)
    here = [line for line in every if _matches(line, query)]
    hits = _ordered([line for line in here if VIEWS[query.view](line)], query.sort, offices)
    pages = 1 if query.all_pages else max(1, -(-len(hits) // PER_PAGE))
    page = min(max(query.page, 1), pages)
    return Listing(
        every=every,
        hits=hits,
        rows=hits if pages == 1 else hits[(page - 1) * PER_PAGE : page * PER_PAGE],
        views={key: sum(map(test, here)) for key, test in VIEWS.items()},
        page=page,
        pages=pages,
    )


def by_office(lines: Iterable[Line], order: Sequence[str], codes: Sequence[str]) -> list[OfficeCount]:
    """The counts of each office that has a line, in the offices' fixed order."""
    units: Counter[str] = Counter()
    met: Counter[str] = Counter()
    each: Counter[tuple[str, str]] = Counter()
    for line in lines:
        units[line.office_key] += 1
        met[line.office_key] += whole(line) == MET
        for code in codes:
            each[line.office_key, code] += line.states.get(code) == MET
    return [
        OfficeCount(key, units[key], met[key], {code: each[key, code] for code in codes}) for key in order if units[key]
    ]


def _matches(line: Line, query: Query) -> bool:
    if query.office and line.office_key != query.office:
        return False
    if query.search and query.search.casefold() not in f"{line.number} {line.name}".casefold():
        return False
    if not query.outcome:
        return True
    state = line.states.get(query.criterion, UNKNOWN) if query.criterion else whole(line)
    return state != MET if query.outcome == LACKING else state == STATES[query.outcome]


_WORST_FIRST = {NOT_MET: 0, UNKNOWN: 1, MET: 2}


def _ordered(lines: list[Any], sort: str, offices: Sequence[str]) -> list[Any]:
    column, down = sort.removeprefix("-"), sort.startswith("-")
    if column in ("", "kommune"):
        return lines[::-1] if down else lines
    if column == "embete":
        place = {key: number for number, key in enumerate(offices)}
        return sorted(lines, key=lambda line: place.get(line.office_key, len(place)), reverse=down)
    if column == LACKING:
        return sorted(lines, key=lacking, reverse=not down)
    return sorted(lines, key=lambda line: _WORST_FIRST[line.states.get(column, UNKNOWN)], reverse=down)

"""The list of proposed corrections as the address asks for it. Pure: rows in, what is shown out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from municipalities.names import display_name, sort_key

VIEWS: dict[str, frozenset[str]] = {
    "venter": frozenset({"open"}),
    "besvart": frozenset({"done", "declined"}),
    "alle": frozenset({"open", "done", "declined", "withdrawn"}),
}
"""The ready-made views by the word in the address, and the states in each."""
ABOUT = {
    "plan": "plan", "forankring": "anchoring", "framdrift": "progress", "nettverk": "network", "stotte": "support",
    "kommune": "unit",
}  # fmt: skip
"""What a proposal can be about, by the word in the address."""
SORTS: dict[str, Callable[[CorrectionRow], Any]] = {
    "kommune": lambda row: (row.key, row.number),
    "om": lambda row: row.about,
    "foreslatt": lambda row: row.proposed_at,
    "status": lambda row: row.status,
}


@dataclass(frozen=True)
class CorrectionRow:
    """One proposal; ``number``, ``name`` and the parallel names are the unit's of today, or its last ones."""

    pk: int
    number: str
    name: str
    official_names: Sequence[dict[str, str]]
    key: str
    district: bool
    office: str
    office_key: str
    about: str
    about_words: str
    text: str
    status: str
    status_words: str
    proposed_by: str
    proposed_at: dt.datetime
    answer: str = ""
    answered_by: str = ""
    answered_at: dt.datetime | None = None

    @property
    def full_name(self) -> str:
        """All its names in one line."""
        return display_name(self.name, self.official_names)

    @property
    def begins(self) -> str:
        """The text as far as a cell has room for it, cut after a word."""
        text = " ".join(self.text.split())
        return text if len(text) <= 140 else text[:140].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True)
class Query:
    """What the address asks for; what is unknown in it counts as not said."""

    NAMES = {"view": "utvalg", "search": "sok", "about": "om", "office": "embete", "sort": "sorter", "page": "side"}
    view: str = "venter"
    search: str = ""
    about: str = ""
    office: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def read(cls, get: Callable[[str, str], str], *, view: str = "venter") -> Query:
        """From a request's parameters, ``get(name, default)``; ``view`` is shown when the address names none."""
        page, sort, about, wanted = (get(name, "") for name in ("side", "sorter", "om", "utvalg"))
        return cls(
            view=wanted if wanted in VIEWS else view,
            search=" ".join(get("sok", "").split())[:80],
            about=about if about in ABOUT else "",
            office=get("embete", "")[:60],
            sort=sort if sort.removeprefix("-") in SORTS else "",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def filtered(self) -> bool:
        """Whether anything but the view is chosen."""
        return bool(self.search or self.about or self.office)

    def parameters(self, **changes: Any) -> dict[str, str]:
        """The address's parameters with changes, without those that say nothing."""
        changed = replace(self, **changes)
        pairs = {address: str(getattr(changed, name)) for name, address in self.NAMES.items()}
        return {name: value for name, value in pairs.items() if value and (name, value) != ("side", "1")}

    def sorted_by(self, column: str) -> str:
        """``ascending``, ``descending`` or ``none`` for the column's header."""
        if self.sort.removeprefix("-") != column:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"

    def next_sort(self, column: str) -> str:
        """What a click on the column's header asks for."""
        return {column: f"-{column}", f"-{column}": ""}.get(self.sort, column)


def choose(rows: Sequence[CorrectionRow], query: Query) -> tuple[dict[str, int], list[CorrectionRow]]:
    """How many rows each view has, and those that match view and filters, in order.

    What waits comes with the longest waiting first, everything else with the newest first.
    """
    states = Counter(row.status for row in rows)
    counts = {view: sum(states[state] for state in wanted) for view, wanted in VIEWS.items()}
    hits = [row for row in rows if row.status in VIEWS[query.view] and _matches(row, query)]
    hits.sort(key=lambda row: row.proposed_at, reverse=query.view != "venter")
    if query.sort:
        hits.sort(key=SORTS[query.sort.removeprefix("-")], reverse=query.sort.startswith("-"))
    return counts, hits


def _matches(row: CorrectionRow, query: Query) -> bool:
    if query.about and row.about != ABOUT[query.about]:
        return False
    if query.office and row.office_key != query.office:
        return False
    if not query.search:
        return True
    if query.search.isdigit():
        return row.number.startswith(query.search)
    wanted = sort_key(query.search)
    return (bool(wanted) and wanted in sort_key(row.full_name)) or query.search.casefold() in row.text.casefold()

"""The statsforvalter's work list as values: views, filters, order, pages and the curve. Pure: no Django, no clock.

``querysets.work_rows`` reads the rows; here they are counted, chosen and put in order, so that every number on the
page comes from the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from municipalities.names import display_name, sort_key

PER_PAGE = 50
SENT_IN = frozenset({"submitted", "returned", "approved", "reopened"})
DELIVERED = SENT_IN - {"returned"}
BACK = frozenset({"returned", "reopened"})
"""The states in which a report that has come lies with the municipality once more."""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One report in the list. ``first_day`` is the day it was first sent in, ``days_late`` how late that was,
    ``days_left`` the days to its deadline (below 0: over it). ``official_names`` are the parallel names
    as the register has them, ``changed`` the codes of the questions that differ from last round, ``submission`` the
    number of the Submission that counts (0: none), ``has_last`` whether the unit sent in a report last round.

    ``extended_to`` is the deadline of its own that the report has, ``inside_extension`` whether what came needed it;
    ``on_behalf`` whether what came was sent in by the office, ``taken_over`` whether the office fills it in now;
    ``waiting`` whether a message from the municipality waits for an answer."""

    pk: int
    unit_id: int
    number: str
    name: str
    official_names: Sequence[dict[str, str]]
    key: str
    district: bool
    office: str
    office_key: str
    status: str
    first_day: dt.date | None
    days_late: int
    days_left: int
    warnings: int
    changes: int
    changed: tuple[str, ...]
    nothing_new: bool
    on_behalf: bool
    submission: int = 0
    saved_at: dt.datetime | None = None
    returned_at: dt.datetime | None = None
    has_last: bool = True
    extended_to: dt.date | None = None
    inside_extension: bool = False
    taken_over: bool = False
    waiting: bool = False

    @property
    def full_name(self) -> str:
        """All its names in one line."""
        return display_name(self.name, self.official_names)

    @property
    def sent_in(self) -> bool:
        return self.status in SENT_IN

    @property
    def delivery(self) -> str:
        """``on_time``, ``extended``, ``late``, ``missing`` (over the deadline) or ``pending``."""
        if self.sent_in:
            return "late" if self.days_late else "extended" if self.inside_extension else "on_time"
        return "missing" if self.days_left < 0 else "pending"

    @property
    def days_over(self) -> int:
        """Days that a report which is not sent in is over the deadline."""
        return max(-self.days_left, 0)

    @property
    def clean(self) -> bool:
        """Can be approved together with others: sent in, with nothing that asks for a judgement."""
        return self.status == "submitted" and self.warnings == 0

    @property
    def office_fills_in(self) -> bool:
        """Taken over by the office, and not sent in by it yet."""
        return self.taken_over and (not self.sent_in or self.status in BACK)

    @property
    def needs_you(self) -> bool:
        """The office has something to do: answer, fill in what it took over, read what came, follow up what it sent
        back, or ask for what is late."""
        if self.waiting or self.office_fills_in:
            return True
        return self.status == "submitted" or self.status in BACK or self.delivery == "missing"

    @property
    def urgency(self) -> tuple[int, int]:
        """What comes first: over the deadline, waits for an answer or for the office to fill it in, back with the
        municipality, with warnings, clean, still in time, approved."""
        if self.delivery == "missing":
            return (0, -self.days_over)
        if self.waiting or self.office_fills_in:
            return (1, 0 if self.waiting else 1)
        if self.status in BACK:
            return (2, 0)
        if self.status == "submitted":
            return (3, -self.warnings) if self.warnings else (4, 0)
        return (6, 0) if self.status == "approved" else (5, 0)


Test = Callable[[WorkRow], bool]
VIEWS: dict[str, Test] = {
    "trenger": lambda row: row.needs_you,
    "alle": lambda row: True,
    "mangler": lambda row: not row.sent_in,
    "gjennomgang": lambda row: row.status == "submitted",
    "returnert": lambda row: row.status in BACK,
    "godkjent": lambda row: row.status == "approved",
    "svar": lambda row: row.waiting,
}
"""The ready-made views, by the word in the address."""

DELIVERY: dict[str, Test] = {
    "i-tide": lambda row: row.delivery == "on_time",
    "utsatt": lambda row: row.extended_to is not None or row.delivery == "extended",
    "for-sent": lambda row: row.delivery == "late",
    "ikke-levert": lambda row: not row.sent_in,
    "paa-vegne": lambda row: row.on_behalf or row.office_fills_in,
}
STATUS: dict[str, Test] = {
    "ikke-startet": lambda row: row.status == "not_started",
    "utkast": lambda row: row.status == "draft",
    "sendt-inn": lambda row: row.status == "submitted",
    "returnert": lambda row: row.status == "returned",
    "gjenaapnet": lambda row: row.status == "reopened",
    "godkjent": lambda row: row.status == "approved",
}
WARNINGS: dict[str, Test] = {
    "med": lambda row: row.warnings > 0,
    "uten": lambda row: row.sent_in and row.warnings == 0,
}

_STATUS_ORDER = {"not_started": 0, "draft": 1, "returned": 2, "reopened": 3, "submitted": 4, "approved": 5}
_DELIVERY_ORDER = {"on_time": 0, "extended": 1, "late": 2, "pending": 3, "missing": 4}
SORTS: dict[str, Callable[[WorkRow], Any]] = {
    "kommune": lambda row: (),
    "status": lambda row: _STATUS_ORDER.get(row.status, 9),
    "levert": lambda row: (_DELIVERY_ORDER[row.delivery], row.days_over or row.days_late),
    "varsler": lambda row: row.warnings if row.sent_in else -1,
    "endret": lambda row: row.changes if row.sent_in else -1,
}
"""The columns, from the least to the most; each ends on the Norwegian order of names, in both directions."""
MOST_FIRST = frozenset({"levert", "varsler", "endret"})
"""The columns whose first click shows the most: that is what somebody who sorts by them looks for."""


@dataclass(frozen=True)
class Query:
    """What the address asks for; anything unknown in it counts as not said."""

    view: str = "trenger"
    search: str = ""
    status: str = ""
    delivery: str = ""
    warnings: str = ""
    office: str = ""
    sort: str = ""
    page: int = 1
    round: str = ""

    NAMES = {
        "view": "utvalg",
        "search": "sok",
        "status": "status",
        "delivery": "levert",
        "warnings": "varsler",
        "office": "embete",
        "sort": "sorter",
        "page": "side",
        "round": "runde",
    }  # fmt: skip

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> Query:
        """From a request's parameters: ``get(name, default)``."""

        def one(name: str, known: Iterable[str]) -> str:
            value = get(cls.NAMES[name], "")
            return value if value in known else ""

        page = get("side", "1")
        sort = get("sorter", "")
        return cls(
            view=one("view", VIEWS) or "trenger",
            search=" ".join(get("sok", "").split())[:80],
            status=one("status", STATUS),
            delivery=one("delivery", DELIVERY),
            warnings=one("warnings", WARNINGS),
            office=get("embete", "")[:60],
            sort=sort if sort.removeprefix("-") in SORTS else "",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            round=get("runde", "")[:10],
        )

    @property
    def filtered(self) -> bool:
        """Whether anything but the view is chosen."""
        return bool(self.search or self.status or self.delivery or self.warnings)

    def parameters(self, **changes: Any) -> dict[str, str]:
        """The address's parameters with changes, without those that say nothing."""
        changed = replace(self, **changes)
        pairs = {self.NAMES[name]: str(getattr(changed, name)) for name in self.NAMES}
        empty = {"utvalg": "trenger", "side": "1"}
        return {name: value for name, value in pairs.items() if value and value != empty.get(name)}

    def sorted_by(self, column: str) -> str:
        """``ascending``, ``descending`` or ``none`` for the column's header."""
        if self.sort.removeprefix("-") != column:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"

    def next_sort(self, column: str) -> str:
        """What a click on the column's header asks for: one direction, the other, and the list's own order again."""
        first, second = column, f"-{column}"
        if column in MOST_FIRST:
            first, second = second, first
        return {first: second, second: ""}.get(self.sort, first)


@dataclass(frozen=True)
class WorkList:
    """What one page shows. ``counts`` are of the whole scope by view, ``hits`` those that match view and filters.

    ``delivered`` is the same figure as in the national status: a returned report counts when it has come again, and
    ``returned`` are those; a reopened one counts on.
    """

    total: int
    counts: dict[str, int]
    delivered: int
    returned: int
    in_view: int
    hits: tuple[WorkRow, ...]
    rows: tuple[WorkRow, ...]
    page: int
    pages: int
    missing: int
    offices: tuple[tuple[str, str], ...] = field(default=())

    @property
    def first_place(self) -> int:
        """The place of the page's first row among the hits, from 1."""
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last_place(self) -> int:
        return (self.page - 1) * PER_PAGE + len(self.rows)

    def neighbours(self, pk: int) -> tuple[int, WorkRow | None, WorkRow | None]:
        """The place of a report among the hits (from 1; 0 when it is not there), the one before and the one after."""
        for place, row in enumerate(self.hits):
            if row.pk == pk:
                after = self.hits[place + 1] if place + 1 < len(self.hits) else None
                return place + 1, self.hits[place - 1] if place else None, after
        return 0, None, self.hits[0] if self.hits else None


def work_list(rows: Sequence[WorkRow], query: Query) -> WorkList:
    """Choose, order and count."""
    offices = dict.fromkeys((row.office_key, row.office) for row in rows)
    here = [row for row in rows if not query.office or row.office_key == query.office]
    in_view = [row for row in here if VIEWS[query.view](row)]
    hits = _ordered([row for row in in_view if _matches(row, query)], query)
    pages = max(1, -(-len(hits) // PER_PAGE))
    page = min(max(query.page, 1), pages)
    return WorkList(
        total=len(here),
        counts={name: sum(map(test, here)) for name, test in VIEWS.items()},
        delivered=sum(row.status in DELIVERED for row in here),
        returned=sum(row.status == "returned" for row in here),
        in_view=len(in_view),
        hits=tuple(hits),
        rows=tuple(hits[(page - 1) * PER_PAGE : page * PER_PAGE]),
        page=page,
        pages=pages,
        missing=sum(not row.sent_in for row in here),
        offices=tuple(offices),
    )


def _matches(row: WorkRow, query: Query) -> bool:
    tests = ((STATUS, query.status), (DELIVERY, query.delivery), (WARNINGS, query.warnings))
    if not all(table[chosen](row) for table, chosen in tests if chosen):
        return False
    if not query.search:
        return True
    if query.search.isdigit():
        return row.number.startswith(query.search)
    wanted = sort_key(query.search)
    return bool(wanted) and wanted in sort_key(row.full_name)


def _ordered(rows: list[WorkRow], query: Query) -> list[WorkRow]:
    by_name = sorted(rows, key=lambda row: (row.key, row.number))
    if not query.sort:
        return sorted(by_name, key=lambda row: row.urgency)
    column, down = query.sort.removeprefix("-"), query.sort.startswith("-")
    if column == "kommune":
        return by_name[::-1] if down else by_name
    return sorted(by_name, key=SORTS[column], reverse=down)  # equals stay in the order of names either way


@dataclass(frozen=True)
class Day:
    """How many had sent in at the end of the day, and at the same distance from the deadline last round (None: not
    known)."""

    day: dt.date
    now: int
    last: int | None
    place: int = 0


def curve(
    days: Iterable[dt.date],
    last_days: Iterable[dt.date] | None,
    *,
    opens_on: dt.date,
    deadline: dt.date,
    last_deadline: dt.date | None,
    until: dt.date,
) -> tuple[Day, ...]:
    """The reports sent in day by day, from the round's opening until ``until``, beside the last round's.

    ``days`` and ``last_days`` are the days on which each report was first sent in. Nothing before the round opens.
    """
    if until < opens_on:
        return ()
    now = Counter(days)
    shift = (deadline - last_deadline) if last_deadline else None
    last = Counter(day + shift for day in last_days) if last_days is not None and shift is not None else None
    points = []
    total = sum(count for day, count in now.items() if day < opens_on)
    last_total = sum(count for day, count in last.items() if day < opens_on) if last is not None else None
    for place in range((until - opens_on).days + 1):
        day = opens_on + dt.timedelta(days=place)
        total += now[day]
        if last is not None and last_total is not None:
            last_total += last[day]
        points.append(Day(day, total, last_total, place))
    return tuple(points)

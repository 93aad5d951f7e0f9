"""The list of support as the address asks for it: what is chosen, in which order, and the rows. No rule of who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from municipalities.border_words import PARAMETER, THEN, read_borders
from networks.days import read_day
from networks.models import Provider, SupportActivity
from networks.services.support import FIRST_DAY
from networks.services.support_units import UnitBook, UnitOnDay

SORTS = {
    "dato": ("on",),
    "type": ("kind_order", "-on"),
    "hvem": ("provider_order", "-on"),
    "region": ("office__order", "-on"),
    "antall": ("units", "-on"),
}
MOST_FIRST = frozenset({"dato", "antall"})
"""The columns whose first click shows the newest or the most."""
_THROUGH = SupportActivity.municipalities.through


@dataclass(frozen=True)
class Query:
    """What the address asks for; what is unknown in it counts as not said, and a day that is none is told."""

    NAMES = {
        "search": "sok", "kind": "type", "provider": "hvem", "office": "embete", "solution": "losning",
        "since": "fra", "until": "til", "unit": "kommune", "sort": "sorter", "page": "side", "borders": PARAMETER,
    }  # fmt: skip
    search: str = ""
    kind: str = ""
    provider: str = ""
    office: str = ""
    solution: str = ""
    since: str = ""
    until: str = ""
    unit: str = ""
    sort: str = ""
    page: int = 1
    borders: str = THEN

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> Query:
        """From a request's parameters: ``get(name, default)``."""
        typed = {name: " ".join(get(address, "").replace("\0", "").split())[:80] for name, address in cls.NAMES.items()}
        page = typed.pop("page")
        typed["borders"] = read_borders(get)
        if typed["kind"] not in SupportActivity.Kind.values:
            typed["kind"] = ""
        if typed["provider"] not in Provider.values:
            typed["provider"] = ""
        if typed["sort"].removeprefix("-") not in SORTS:
            typed["sort"] = ""
        return cls(**typed, page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1)

    @property
    def filtered(self) -> bool:
        """Whether anything is chosen."""
        names = ("search", "kind", "provider", "office", "solution", "since", "until", "unit")
        return any(getattr(self, name) for name in names)

    @property
    def more(self) -> bool:
        """Whether anything of the filters that are folded away is chosen."""
        return bool(self.solution or self.since or self.until or self.unit)

    def parameters(self, **changes: Any) -> dict[str, str]:
        """The address's parameters with changes, without those that say nothing."""
        changed = replace(self, **changes)
        pairs = {address: str(getattr(changed, name)) for name, address in self.NAMES.items()}
        unsaid = {("side", "1"), (PARAMETER, THEN)}
        return {name: value for name, value in pairs.items() if value and (name, value) not in unsaid}

    def sorted_by(self, column: str) -> str:
        """``ascending``, ``descending`` or ``none`` for the column's header."""
        chosen = self.sort or "-dato"
        if chosen.removeprefix("-") != column:
            return "none"
        return "descending" if chosen.startswith("-") else "ascending"

    def next_sort(self, column: str) -> str:
        """What a click on the column's header asks for: one direction, then the other."""
        first, second = (f"-{column}", column) if column in MOST_FIRST else (column, f"-{column}")
        return second if (self.sort or "-dato") == first else first


@dataclass
class Found:
    """The rows that the query finds, and sentences about what in it could not be understood, by its parameter."""

    rows: Any
    faults: dict[str, str] = field(default_factory=dict)
    unit: UnitOnDay | None = None


def find(rows: Any, query: Query, *, book: UnitBook | None, today: dt.date) -> Found:
    """Choose and order ``rows`` (what the reader may see). ``book`` is needed where a unit is asked for."""
    found = Found(rows)
    for name, path in (("since", "on__gte"), ("until", "on__lte")):
        if typed := getattr(query, name):
            day = read_day(typed)
            if day is None:
                found.faults[Query.NAMES[name]] = _("Write the date as day, month and year, for example 4.5.2022.")
            else:
                found.rows = found.rows.filter(**{path: day})
    chosen = {"kind": query.kind, "provider": query.provider, "office__key": query.office}
    found.rows = found.rows.filter(**{path: value for path, value in chosen.items() if value})
    if query.solution:
        with_it = SupportActivity.solutions.through.objects.filter(solution__code=query.solution)
        found.rows = found.rows.filter(pk__in=with_it.values("supportactivity_id"))
    if query.unit and book is not None:
        _choose_unit(found, query.unit, book, today)
    if query.search:
        found.rows = found.rows.filter(pk__in=_matching(found.rows, query.search))
    found.rows = _ordered(found.rows, query.sort or "-dato")
    return found


def _choose_unit(found: Found, typed: str, book: UnitBook, today: dt.date) -> None:
    units = book.find(typed, today)
    if len(units) == 1:
        found.unit = units[0]
        with_it = _THROUGH.objects.filter(municipality_id__in=book.line(units[0].unit_id, FIRST_DAY))
        found.rows = found.rows.filter(pk__in=with_it.values("supportactivity_id"))
        return
    values = {"typed": typed, "names": ", ".join(row.numbered for row in units)}
    if units:
        found.faults["kommune"] = _("“%(typed)s” can be several: %(names)s. Write the number.") % values
    else:
        found.faults["kommune"] = _("“%(typed)s” is no municipality or district that we know.") % values
    found.rows = found.rows.none()


def _matching(rows: Any, search: str) -> list[int]:
    """The rows with the words in title or note. Compared here: no two databases fold æ, ø and å alike."""
    wanted = search.casefold()
    texts = rows.order_by().values_list("pk", "title", "note")
    return [pk for pk, title, note in texts if wanted in title.casefold() or wanted in note.casefold()]


def _ordered(rows: Any, sort: str) -> Any:
    def place(field_name: str, values: Iterable[str]) -> Case:
        cases = [When(**{field_name: value}, then=Value(index)) for index, value in enumerate(values)]
        return Case(*cases, default=Value(99), output_field=IntegerField())

    received = _THROUGH.objects.filter(supportactivity=OuterRef("pk")).order_by().values("supportactivity")
    count = Subquery(received.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    rows = rows.annotate(
        units=Coalesce(count, 0),
        kind_order=place("kind", SupportActivity.Kind.values),
        provider_order=place("provider", Provider.values),
    )
    order = list(SORTS[sort.removeprefix("-")])
    if sort.startswith("-"):
        order[0] = f"-{order[0]}"
    return rows.order_by(*order, "-pk")

"""The list of support as the address asks for it: what is chosen, in which order, and the rows. No rule of who may."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.access import Scope, units_in
from municipalities.models import Municipality
from municipalities.templatetags.portal import joined, number
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
FEW = 3
"""As many names as a cell has room for."""
_THROUGH = SupportActivity.municipalities.through


@dataclass(frozen=True)
class Query:
    """What the address asks for; what is unknown in it counts as not said, and a day that is none is told."""

    NAMES = {
        "search": "sok", "kind": "type", "provider": "hvem", "office": "embete", "solution": "losning",
        "since": "fra", "until": "til", "unit": "kommune", "sort": "sorter", "page": "side",
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

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> Query:
        """From a request's parameters: ``get(name, default)``."""
        typed = {name: " ".join(get(address, "").replace("\0", "").split())[:80] for name, address in cls.NAMES.items()}
        page = typed.pop("page")
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
        return {name: value for name, value in pairs.items() if value and (name, value) != ("side", "1")}

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


@dataclass(frozen=True)
class Shown:
    """A row as it is shown: ``units`` are those that the reader may know of, as they were called on the day;
    ``others`` how many there are besides; ``municipalities`` and ``districts`` how many received it in all."""

    activity: SupportActivity
    units: tuple[UnitOnDay, ...]
    others: int
    solutions: tuple[Any, ...]
    municipalities: int
    districts: int

    @property
    def count(self) -> int:
        """All that received it."""
        return self.municipalities + self.districts

    @property
    def received(self) -> str:
        """``52 kommuner og 15 bydeler``, without what there is none of."""
        return units_in_words(self.municipalities, self.districts)

    @property
    def few(self) -> bool:
        """Whether all are so few that their names have room in a cell."""
        return self.count <= FEW and not self.others

    @property
    def names(self) -> list[str]:
        """The names of those that are shown."""
        return [row.full_name for row in self.units]


def units_in_words(municipalities: int, districts: int) -> str:
    """``52 kommuner og 15 bydeler``, ``3 kommuner`` or ``1 bydel``."""
    parts = []
    if municipalities or not districts:
        words = ngettext("%(count)s municipality", "%(count)s municipalities", municipalities)
        parts.append(words % {"count": number(municipalities)})
    if districts:
        parts.append(ngettext("%(count)s district", "%(count)s districts", districts) % {"count": number(districts)})
    return joined(parts)


def shown_rows(
    activities: list[SupportActivity], scope: Scope, book: UnitBook | None = None, *, only_few: bool = False
) -> list[Shown]:
    """What of each row the reader sees. Five queries at most.

    The region that gave it, and the readers of the whole country, see all that received it. A municipality sees
    itself and how many others there were: that another got a letter of expectation is not its business. With
    ``only_few`` the names are read only where they have room in a cell.
    """
    counts = _counts(activities)
    everywhere = any(grant.office_id is None and grant.municipality_id is None for grant in scope.grants)
    whole = {row.pk for row in activities if everywhere or row.office_id in scope.office_ids}
    named = [row for row in activities if not only_few or row.pk not in whole or sum(counts[row.pk]) <= FEW]
    units = _units_of(named, whole, scope)
    book = book or UnitBook.load({unit for found in units.values() for unit in found})
    solutions: dict[int, list[Any]] = defaultdict(list)
    about = SupportActivity.solutions.through.objects.filter(supportactivity__in=activities)
    for link in about.select_related("solution").order_by("solution__order"):
        solutions[link.supportactivity_id].append(link.solution)
    shown = []
    for activity in activities:
        rows = [row for unit in units.get(activity.pk, ()) if (row := book.near(unit, activity.on)) is not None]
        rows.sort(key=lambda row: (row.is_district, row.sort_key, row.number))
        others = 0 if activity.pk in whole else sum(counts[activity.pk]) - len(rows)
        shown.append(Shown(activity, tuple(rows), others, tuple(solutions[activity.pk]), *counts[activity.pk]))
    return shown


def _counts(activities: list[SupportActivity]) -> dict[int, tuple[int, int]]:
    """How many municipalities and districts received each activity. One query."""
    links = _THROUGH.objects.filter(supportactivity__in=activities)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    kinds = links.values_list("supportactivity_id", "municipality__kind").annotate(count=Count("pk")).order_by()
    for key, kind, count in kinds:
        found[key][kind] = count
    whole, part = Municipality.Kind.MUNICIPALITY, Municipality.Kind.DISTRICT
    return {row.pk: (found[row.pk].get(whole, 0), found[row.pk].get(part, 0)) for row in activities}


def _units_of(activities: list[SupportActivity], whole: set[int], scope: Scope) -> dict[int, list[int]]:
    """The ids of the units that the reader may know of, by activity. One query."""
    links = _THROUGH.objects.filter(supportactivity__in=activities)
    if any(row.pk not in whole for row in activities):
        own = Municipality.objects.across_all(reason="one's own units, to show only them").filter(units_in(scope))
        links = links.filter(Q(supportactivity_id__in=whole) | Q(municipality__in=own.values("pk")))
    found: dict[int, list[int]] = defaultdict(list)
    for key, unit in links.values_list("supportactivity_id", "municipality_id"):
        found[key].append(unit)
    return found


def reached(rows: Any) -> int:
    """How many different municipalities and districts received any of the rows. One query."""
    found = _THROUGH.objects.filter(supportactivity__in=rows.order_by().values("pk"))
    return found.values("municipality_id").distinct().count()

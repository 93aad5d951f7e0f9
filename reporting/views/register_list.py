"""The list of municipalities on a day, with its map and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import NATIONAL, can
from municipalities.border_words import TODAY, Switch, holding, switch
from municipalities.render_table import FORMATS, table_response
from municipalities.views import ScopedPage
from municipalities.vocabulary import PHASES, STEPS
from reporting.register_day import read_day
from reporting.register_file import file_name, list_table
from reporting.register_list import ListQuery, UnitList, unit_list
from reporting.register_map import COLOURINGS, TileMap, tile_map
from reporting.register_rows import found_by, in_todays_borders, unit_rows

VIEWS = (
    ("", gettext_lazy("All")),
    ("egen", gettext_lazy("Own plan")),
    ("annen", gettext_lazy("In another plan")),
    ("prosess", gettext_lazy("Process described")),
    ("ingen", gettext_lazy("No plan")),
    ("blandet", gettext_lazy("Listed for each part")),
    ("mangler", gettext_lazy("Nothing registered")),
)
ONLY_WHERE_THERE = ("blandet", "mangler")
COLUMNS = (
    ("kommune", gettext_lazy("Municipality")),
    ("plan", gettext_lazy("Plan")),
    ("losninger", gettext_lazy("Solutions")),
    ("steg", gettext_lazy("Step and phase")),
    ("nettverk", gettext_lazy("Networks")),
    ("stotte", gettext_lazy("Support since 2019")),
    ("rapport", gettext_lazy("Last report")),
)
_NONE = gettext_lazy("Nothing registered")
FILTERS: tuple[tuple[str, Any, tuple[tuple[str, Any], ...]], ...] = (
    ("phase", gettext_lazy("Phase"), (*((str(k), v) for k, v in PHASES.items()), ("ingen", _NONE))),
    ("step", gettext_lazy("Step"), (*((str(k), v) for k, v in STEPS.items()), ("ingen", _NONE))),
    (
        "network", gettext_lazy("Networks"),
        (
            ("ja", gettext_lazy("Takes part in a network")),
            ("planlagt", gettext_lazy("Plans to take part")),
            ("nei", gettext_lazy("No network registered")),
        ),
    ),
    (
        "support", gettext_lazy("Support since 2019"),
        (
            ("ja", gettext_lazy("Has received support")),
            ("flere", gettext_lazy("Three times or more")),
            ("noen", gettext_lazy("Once or twice")),
            ("nei", gettext_lazy("No support registered")),
        ),
    ),
    (
        "delay", gettext_lazy("Delay"),
        (("ja", gettext_lazy("Behind its own plan")), ("nei", gettext_lazy("On schedule"))),
    ),
    (
        "started", gettext_lazy("Under way"),
        (("ja", gettext_lazy("Under way")), ("nei", gettext_lazy("Not started"))),
    ),
)  # fmt: skip
UNIT_CHOICES = (
    ("kommuner", gettext_lazy("Municipalities")),
    ("bydeler", gettext_lazy("Oslo's districts")),
    ("alle", gettext_lazy("Municipalities and districts")),
)


@dataclass(frozen=True)
class Link:
    """A link with its state: a view, a colouring, a column, a page."""

    label: Any
    url: str
    current: bool = False
    count: int | None = None
    sort: str = ""


@dataclass(frozen=True)
class Select:
    """A choice in the form: its name in the address, its label, and (value, text, chosen)."""

    name: str
    label: Any
    options: list[tuple[str, Any, bool]]


def list_url(query: ListQuery, **changes: Any) -> str:
    """The address of the list with changes to what it shows."""
    parameters = query.parameters(**changes)
    return reverse("municipality_list") + (f"?{urlencode(parameters)}" if parameters else "")


class MunicipalityList(ScopedPage):
    """``/kommuner/``: what is registered about each municipality on a day; ``?format=xlsx`` or ``csv`` for the file."""

    right = "register.read"
    template_name = "municipalities/municipality_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.query = ListQuery.read(request.GET.get)
        self.day, self.day_error = read_day(self.query.day_text, self.today)
        listing = self._listing()
        style = request.GET.get("format", "")
        if style in FORMATS:
            filters = self._in_words()
            table = list_table(listing.hits, day=self.day, today=self.today, borders=self.borders, filters=filters)
            return table_response(table, style, file_name(self.day))
        return self.render(self.template_name, self._context(listing))

    @property
    def earlier(self) -> bool:
        """Whether the day is an earlier one: only then can borders differ."""
        return self.day < self.today

    @property
    def borders(self) -> str:
        """``da`` or ``na``."""
        return holding(self.query.borders, self.day, self.today)

    def _switch(self) -> Switch:
        def url(borders: str) -> str:
            return list_url(self.query, borders=borders, page=1)

        joined = _(
            "Municipalities that have merged since are joined: support and networks are counted once for all parts, "
            "plan status and steps are listed for each. A municipality that was split since stays itself."
        )
        sentence = joined if self.borders == TODAY else ""
        return switch(self.borders, day=self.day, today=self.today, differs=self.earlier, url=url, sentence=sentence)

    def _listing(self) -> UnitList:
        user = self.request.user
        rows = unit_rows(user, day=self.day, today=self.today)
        if self.borders == "na":
            rows = in_todays_borders(rows, user, day=self.day, today=self.today)
        shown = self.today if self.borders == "na" else self.day
        self.found = found_by(rows, self.query.search, shown, self.day) if self.query.search else None
        self.offices = [entry[1:] for entry in sorted({(r.office_place, r.office_key, r.office) for r in rows})]
        self.counties = sorted({(row.county_number, row.county) for row in rows})
        self.has_districts = any(row.district for row in rows)
        return unit_list(rows, self.query, self.found)

    def _context(self, listing: UnitList) -> dict[str, Any]:
        query = self.query
        tiles = tile_map(listing.all, listing.hits, query.colour)
        return {
            "query": query,
            "day": self.day,
            "day_error": self.day_error,
            "earlier": self.earlier,
            "borders": self.borders,
            "switch": self._switch(),
            "list": listing,
            "rows": listing.rows,
            "why": self.found or {},
            "adopted": listing.counts["vedtatt"],
            "views": self._views(listing),
            "columns": [
                Link(label, list_url(query, sort=query.next_sort(name), page=1), sort=query.sorted_by(name))
                for name, label in COLUMNS
            ],
            "offices": self._office_select(),
            "selects": self._selects(),
            "kept": [(name, value) for name, value in query.parameters(page=1).items() if name in _KEPT],
            "reset_url": list_url(
                ListQuery(day_text=query.day_text, borders=query.borders, colour=query.colour, units=query.units)
            ),
            "pages": [
                Link(number, list_url(query, page=number), number == listing.page)
                for number in range(1, listing.pages + 1)
            ],
            "whole_url": list_url(query, whole=True, page=1),
            "paged_url": list_url(query, whole=False, page=1),
            "files": [(style, f"{_joined(list_url(query, page=1, whole=False))}format={style}") for style in FORMATS],
            "several_offices": len(self.offices) > 1,
            "own_region": self.offices[0][0] if len(self.offices) == 1 else query.office,
            "may_region": bool(can(self.request.user, "region.read", today=self.today)),
            **map_context(tiles, query),
        }

    def _views(self, listing: UnitList) -> list[Link]:
        counts = {"": listing.here, **listing.counts}
        return [
            Link(label, list_url(self.query, plan=key, page=1), self.query.plan == key, counts[key])
            for key, label in VIEWS
            if counts[key] or key not in ONLY_WHERE_THERE or self.query.plan == key
        ]

    def _office_select(self) -> Select | None:
        if len(self.offices) < 2 and not self.scope.has(NATIONAL):
            return None
        options = [("", _("The whole country"), not self.query.office)]
        options += [(key, name, key == self.query.office) for key, name in self.offices]
        return Select("embete", _("Office"), options)

    def _selects(self) -> list[Select]:
        counties = [("", _("All"), not self.query.county)]
        counties += [(number, name, self.query.county in (number, name)) for number, name in self.counties]
        found = [Select("fylke", _("County"), counties)]
        for name, label, options in FILTERS:
            chosen = getattr(self.query, name)
            texts = [("", _("All"), not chosen), *((key, text, key == chosen) for key, text in options)]
            found.append(Select(ListQuery.NAMES[name], label, texts))
        if self.has_districts:
            units = [(key, text, key == self.query.units) for key, text in UNIT_CHOICES]
            found.append(Select("enheter", _("Units"), units))
        return found

    def _in_words(self) -> list[tuple[str, str]]:
        """The filters as lines of the file."""
        query, said = self.query, []
        if query.search:
            said.append((_("Search"), query.search))
        if query.plan:
            said.append((_("Plan"), dict(VIEWS).get(query.plan, _("Adopted plan"))))
        if query.office:
            said.append((_("Office"), dict(self.offices).get(query.office, query.office)))
        said += [
            (str(select.label), str(text))
            for select in self._selects()
            for value, text, chosen in select.options
            if chosen and value and (select.name, value) != ("enheter", "kommuner")
        ]
        return [(str(what), str(value)) for what, value in said]


_KEPT = ("plan", "farge", "sorter", "grenser")


def _joined(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}"


def map_context(tiles: TileMap, query: ListQuery) -> dict[str, Any]:
    """What the map's template needs: the map, the ways to colour it, and where each figure leads."""
    name = next(name for name, word in ListQuery.NAMES.items() if word == tiles.colouring.parameter)

    def link(count: int, key: str, office: str = "") -> str:
        changes: dict[str, Any] = {"page": 1, **({"office": office} if office else {})}
        if key in ListQuery.TABLES[name]:
            changes[name] = key
        elif key:
            return ""
        return list_url(query, **changes) if count else ""

    lines = [*tiles.table, tiles.total] if len(tiles.table) > 1 else list(tiles.table)
    return {
        "tiles": tiles,
        "colourings": [
            Link(entry.label, list_url(query, colour=entry.key), entry.key == query.colour)
            for entry in COLOURINGS.values()
        ],
        "map_rows": [
            (line, [(count, link(count, key, line.key)) for key, count in line.counts], link(line.total, "", line.key))
            for line in lines
        ],
    }

"""The pages about support that are read: the list, its file, and one activity."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import can
from municipalities.border_words import PARAMETER, THEN, TODAY, Switch, borders_words, holding, read_borders, switch
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services import office_names
from municipalities.templatetags.portal import day as day_words
from municipalities.views import ScopedPage, ScopedView
from networks.models import Provider, SupportActivity
from networks.services import support
from networks.services.support_units import UnitBook
from networks.support_list import Found, Query, find
from networks.support_shown import Reach, Shown, by_count, reach, sees_everywhere, shown_rows
from networks.unit_borders import Standings
from reform.models import Solution

PER_PAGE = 50
COLUMNS = (
    ("dato", gettext_lazy("Date")),
    ("type", gettext_lazy("Kind of support")),
    ("hvem", gettext_lazy("Given by")),
    ("region", gettext_lazy("Region")),
    ("antall", gettext_lazy("Received by")),
)
FIELD_WORDS = {
    "on": gettext_lazy("Date"),
    "kind": gettext_lazy("Kind of support"),
    "provider": gettext_lazy("Given by"),
    "office": gettext_lazy("Region"),
    "whole_region": gettext_lazy("Received by"),
    "units": gettext_lazy("Received by"),
    "title": gettext_lazy("What it was about"),
    "note": gettext_lazy("Note"),
    "solutions": gettext_lazy("Solutions"),
}
EVENT_WORDS = {"given": gettext_lazy("Registered"), "changed": gettext_lazy("Changed")}


class Supported(ScopedView):
    """What the pages about support share: the units' names of the day and the offices'."""

    abstract = True

    @cached_property
    def book(self) -> UnitBook:
        """Every number and name of units. Two queries, once a request."""
        return UnitBook.load()

    @cached_property
    def office_labels(self) -> dict[int, str]:
        """The offices' short names today, by id."""
        return {pk: row.short_name for pk, row in office_names(self.today).items()}

    @cached_property
    def national(self) -> bool:
        """Whether the reader sees more than one region."""
        return sees_everywhere(self.scope)

    def may_edit(self, activity: SupportActivity | None = None) -> bool:
        """Whether the reader may register support, or change this row."""
        return bool(can(self.request.user, "support.edit", activity, today=self.today))

    def correct_url(self) -> str:
        """Where a contact proposes a correction of the support to her unit; empty for others."""
        if not can(self.request.user, "correction.propose", today=self.today):
            return ""
        rows = [row for unit in self.own_units if (row := self.book.on(unit, self.today)) is not None]
        return f"{reverse('correction_new', args=[rows[0].number])}?om=stotte" if rows else ""

    def standings(self, borders: str) -> Standings:
        """Where the units stand in the borders that hold."""
        return Standings(self.book, borders, self.today)

    def find(self, query: Query) -> Found:
        """The rows that the address asks for, within the reader's scope."""
        rows = self.rows(SupportActivity).select_related("office")
        return find(rows, query, book=self.book if query.unit else None, today=self.today)

    def reach(self, query: Query, standings: Standings) -> tuple[Found, Reach]:
        """The same rows with whom they reached; ordered by what is shown where they are counted in today's borders."""
        found = self.find(query)
        reached = reach(found.rows, self.scope, standings)
        if query.borders == TODAY and query.sort.removeprefix("-") == "antall":
            found.rows = by_count(found.rows, reached.homes, most_first=query.sort.startswith("-"))
        return found, reached


def list_url(query: Query, **changes: Any) -> str:
    """The address of the list with changes to what it shows."""
    parameters = query.parameters(**changes)
    return reverse("support_list") + (f"?{urlencode(parameters)}" if parameters else "")


class SupportListPage(ScopedPage, Supported):
    """The list with its filters. Fifteen queries at most, whatever the size."""

    right = "register.read"
    template_name = "networks/support_list.html"

    def get_context(self) -> dict[str, Any]:
        query = Query.read(self.request.GET.get)
        standings = self.standings(query.borders)
        found, reached = self.reach(query, standings)
        page = Paginator(found.rows, PER_PAGE).get_page(query.page)
        columns = [entry for entry in COLUMNS if self.national or entry[0] != "region"]
        empty = {"search": "", "kind": "", "provider": "", "office": "", "solution": "", "since": "", "until": ""}
        parameters = urlencode(query.parameters(page=1))
        return {
            "query": query,
            "found": found,
            "page": page,
            "rows": shown_rows(list(page.object_list), self.scope, only_few=True, standings=standings),
            "reached": reached.units,
            "switch": switch(
                query.borders,
                day=None,
                today=self.today,
                differs=reached.differs,
                url=lambda borders: list_url(query, borders=borders, page=1),
            ),
            "columns": [
                (label, list_url(query, sort=query.next_sort(name), page=1), query.sorted_by(name))
                for name, label in columns
            ],
            "selects": self._selects(query),
            "offices": self._offices(query),
            "solutions": [
                (row.code, row.name, row.code == query.solution) for row in Solution.objects.order_by("order")
            ],
            "reset_url": list_url(query, **empty, unit="", page=1),
            "files": [(style, f"{reverse('support_file', args=[style])}?{parameters}") for style in FORMATS],
            "may_edit": self.may_edit(),
            "own": bool(self.scope.municipality_ids),
            "correct_url": self.correct_url(),
        }

    @staticmethod
    def _selects(query: Query) -> list[tuple[str, Any, list[tuple[str, Any, bool]]]]:
        parts: list[tuple[str, Any, list[tuple[str, Any]], str]] = [
            ("type", _("Kind of support"), SupportActivity.Kind.choices, query.kind),
            ("hvem", _("Given by"), Provider.choices, query.provider),
        ]
        return [
            (name, label, [("", _("All"), False), *((key, capfirst(text), key == chosen) for key, text in choices)])
            for name, label, choices, chosen in parts
        ]

    def _offices(self, query: Query) -> list[tuple[str, str, bool]]:
        if not self.national:
            return []
        rows = office_names(self.today).values()
        return [(row.key, row.short_name, row.key == query.office) for row in rows]


class SupportFile(Supported):
    """The list that the address asks for, whole, as Excel or CSV."""

    right = "register.read"

    def get(self, request: HttpRequest, style: str) -> HttpResponse:
        if style not in FORMATS:
            raise Http404
        query = Query.read(request.GET.get)
        standings = self.standings(query.borders)
        found, _reached = self.reach(query, standings)
        rows = shown_rows(list(found.rows), self.scope, standings=standings)
        said = borders_words(query.borders, None, self.today)
        heads = (
            _("Date"), _("Kind of support"), _("Given by"), _("Region"), _("What it was about"), _("Solutions"),
            _("The whole region"), _("Number of municipalities and districts"), _("Municipalities and districts"),
            _("Note"), _("Borders"),
        )  # fmt: skip
        lines = [[*self._cells(row), said] for row in rows]
        table = ListTable(_("Support"), heads, lines, self._facts(query, said))
        return table_response(table, style, "stotte")

    def _cells(self, row: Shown) -> list[Any]:
        activity = row.activity
        return [
            activity.on,
            capfirst(activity.get_kind_display()),
            capfirst(activity.get_provider_display()),
            self.office_labels.get(activity.office_id, activity.office.key),
            activity.title,
            "; ".join(f"{solution.code} {solution.name}" for solution in row.solutions),
            activity.whole_region,
            row.count,
            "; ".join(standing.numbered for standing in row.standing),
            activity.note,
        ]

    def _facts(self, query: Query, said: str) -> list[tuple[str, str]]:
        chosen = query.parameters(page=1, sort="", borders=THEN)
        facts = [(_("Taken out"), day_words(self.today)), (_("Borders"), said)]
        if chosen:
            facts.append((_("Filter"), ", ".join(f"{name}={value}" for name, value in chosen.items())))
        return facts


class SupportDetail(ScopedPage, Supported):
    """One activity: all that is registered about it, and its history for those who may change it."""

    right = "register.read"
    model = SupportActivity
    template_name = "networks/support_detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("office")

    def get_context(self) -> dict[str, Any]:
        may_edit = self.may_edit(self.object)
        borders = holding(read_borders(self.request.GET.get), self.object.on, self.today)
        standings = self.standings(borders)
        row = shown_rows([self.object], self.scope, standings=standings)[0]
        parts = ((_("Municipalities"), False), (_("Districts"), True))
        groups = [(label, [one for one in row.standing if one.unit.is_district is kind]) for label, kind in parts]
        return {
            "switch": self._switch(row, standings),
            "object": self.object,
            "row": row,
            "groups": [(label, units) for label, units in groups if units],
            "office_name": self.office_labels.get(self.object.office_id, ""),
            "may_edit": may_edit,
            "correct_url": self.correct_url(),
            "history": self._history() if may_edit else [],
        }

    def _switch(self, row: Shown, standings: Standings) -> Switch:
        return switch(
            standings.borders,
            day=self.object.on,
            today=self.today,
            differs=standings.places.differ(row.pairs),
            url=lambda borders: f"?{urlencode({PARAMETER: borders})}",
        )

    def _history(self) -> list[tuple[Any, Any, list[Any]]]:
        """(what happened, the Event, the fields that were changed), the newest first."""
        lines = []
        for event in support.support_history(self.object):
            keys = [line.partition(":")[0] for line in event.note.splitlines()] if event.name == "changed" else []
            words = dict.fromkeys(str(FIELD_WORDS[key]) for key in keys if key in FIELD_WORDS)
            lines.append((EVENT_WORDS.get(event.name, event.name), event, list(words)))
        return lines

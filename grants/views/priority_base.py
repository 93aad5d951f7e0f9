"""What the pages with a priority list share: the year and the day, filters, counts, order, pages and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import words
from grants.models import Scheme
from grants.priority_list import LACKING, MET, VIEWS, Listing, OfficeCount, Query, by_office, listing, whole
from grants.priority_shown import Head, cells, heads, list_table
from grants.services import priority
from municipalities.errors import stopped
from municipalities.render_table import ListTable
from municipalities.views import ScopedPage
from reporting.register_day import read_day

VIEW_WORDS = {
    "": gettext_lazy("All"),
    "alle-oppfylt": gettext_lazy("Meet all"),
    "mangler-ett": gettext_lazy("Lack one"),
    "mangler-flere": gettext_lazy("Lack several"),
}
OUTCOME_WORDS = {
    LACKING: gettext_lazy("Not met, or not known"),
    "oppfylt": words.STATES["met"],
    "ikke-oppfylt": words.STATES["not_met"],
    "vet-ikke": words.STATES["unknown"],
}
KEPT = ("vis", "sorter")
"""What the form does not show and must not lose."""


@dataclass(frozen=True)
class Link:
    """A link with its state: a view, a column, a page."""

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


class Listed(ScopedPage):
    """A page with a list of municipalities and their outcomes. A subclass says ``year``, ``day``, ``criteria`` and
    ``lines``; ``scheme`` where the list is that of one scheme."""

    abstract = True
    right: ClassVar[str] = "priority.read"
    scheme: Scheme | None = None

    @property
    def year(self) -> int:
        raise NotImplementedError

    @property
    def day(self) -> dt.date:
        raise NotImplementedError

    @cached_property
    def criteria(self) -> tuple[priority.CriterionRow, ...]:
        """The criteria of the list in their order."""
        raise NotImplementedError

    @cached_property
    def lines(self) -> list[priority.UnitOutcomes]:
        """The municipalities that the reader may see, in Norwegian order."""
        raise NotImplementedError

    @cached_property
    def heads(self) -> list[Head]:
        return heads(self.criteria)

    @cached_property
    def query(self) -> Query:
        return Query.read(self.request.GET.get, [row.code for row in self.criteria])

    @cached_property
    def offices(self) -> dict[str, str]:
        """The offices that have a line: their short names by key, in their order."""
        return {row.office_key: row.office_name for row in sorted(self.lines, key=lambda row: row.office)}

    @cached_property
    def listing(self) -> Listing:
        return listing(self.lines, self.query, list(self.offices))

    def unit_url(self, unit: int) -> str:
        """The page of one municipality on the same day."""
        url = reverse("priority_unit", args=[self.year, unit])
        return url if self.day == self.today else f"{url}?dag={self.day.isoformat()}"

    def list_url(self, **changes: Any) -> str:
        """The address of the list with changes to what it shows."""
        parameters = self.query.parameters(**changes)
        return f"{self.request.path}?{urlencode(parameters)}" if parameters else f"{self.request.path}"

    def file_url(self, style: str) -> str:
        """The address of the list as a file."""
        return f"{self.request.path}?{urlencode({**self.query.parameters(page=1, all_pages=False), 'format': style})}"

    def table(self) -> ListTable:
        """The hits as a file has them."""
        return list_table(
            self.listing.hits, self.heads, year=self.year, day=self.day, scheme=self.scheme, filters=self._in_words()
        )

    def get_context(self) -> dict[str, Any]:
        query, found = self.query, self.listing
        counts = by_office(found.every, list(self.offices), [head.code for head in self.heads])
        return {
            "year": self.year,
            "scheme": self.scheme,
            "list_title": _("Priority list %(year)s") % {"year": self.year},
            "list_address": reverse("priority_list", args=[self.year]),
            "day": self.day,
            "query": query,
            "list": found,
            "rows": [
                {"line": row, "url": self.unit_url(row.unit), "cells": cells(row, self.heads), "missing": row.missing}
                for row in found.rows
            ],
            "criteria": self.heads,
            "whole": len(found.every),
            "met": sum(whole(row) == MET for row in found.every),
            "sums": [self._sum(row) for row in counts],
            "total": self._total(counts) if len(counts) > 1 else None,
            "several_offices": len(counts) > 1,
            "views": [
                Link(VIEW_WORDS[key], self.list_url(view=key, page=1), key == query.view, found.views[key])
                for key in VIEWS
            ],
            "selects": self._selects(),
            "columns": self._columns(),
            "kept": [(name, value) for name, value in query.parameters(page=1).items() if name in KEPT],
            "reset_url": self.request.path + (f"?{urlencode({'dag': query.day_text})}" if query.day_text else ""),
            "pages": [
                Link(number, self.list_url(page=number), number == found.page) for number in range(1, found.pages + 1)
            ],
            "whole_url": self.list_url(all_pages=True, page=1),
            "files": [(style, self.file_url(style)) for style in ("xlsx", "csv")],
        }

    def _sum(self, row: OfficeCount) -> dict[str, Any]:
        def url(**changes: Any) -> str:
            unsaid = {"view": "", "criterion": "", "outcome": "", "search": "", "page": 1}
            return self.list_url(**{**unsaid, "office": row.key, **changes})

        return {
            "name": self.offices[row.key],
            "units": row.units,
            "met": row.met,
            "met_url": url(view="alle-oppfylt"),
            "cells": [(count, url(criterion=code, outcome="oppfylt")) for code, count in row.by_code.items()],
        }

    def _total(self, counts: Sequence[OfficeCount]) -> dict[str, Any]:
        return {
            "name": _("All offices"),
            "units": sum(row.units for row in counts),
            "met": sum(row.met for row in counts),
            "cells": [(sum(row.by_code[head.code] for row in counts), "") for head in self.heads],
        }

    def _selects(self) -> list[Select]:
        query = self.query
        criteria = [("", _("All of them together"), not query.criterion)]
        criteria += [(head.code, head.short, head.code == query.criterion) for head in self.heads]
        chosen: list[tuple[str, Any, bool]] = [("", _("Any"), not query.outcome)]
        chosen += [(key, text, key == query.outcome) for key, text in OUTCOME_WORDS.items()]
        found = [Select("kriterium", _("Criterion"), criteria), Select("utfall", _("Outcome"), chosen)]
        if len(self.offices) > 1:
            offices = [("", _("The whole country"), not query.office)]
            offices += [(key, name, key == query.office) for key, name in self.offices.items()]
            found.insert(0, Select("embete", _("Office"), offices))
        return found

    def _columns(self) -> list[Link]:
        names = [("kommune", _("Municipality")), *((head.code, head.short) for head in self.heads)]
        names.append((LACKING, _("What is missing")))
        return [
            Link(label, self.list_url(sort=self.query.next_sort(name), page=1), sort=self.query.sorted_by(name))
            for name, label in names
        ]

    def _in_words(self) -> list[tuple[str, str]]:
        """The filters as lines of the file."""
        query = self.query
        said = [
            (_("Search"), query.search),
            (_("Office"), self.offices.get(query.office, query.office)),
            (_("Shown"), VIEW_WORDS[query.view] if query.view else ""),
            (_("Criterion"), words.SHORT.get(query.criterion, "")),
            (_("Outcome"), OUTCOME_WORDS.get(query.outcome, "")),
        ]
        return [(str(what), str(value)) for what, value in said if value]


class OfYear(Listed):
    """The pages of a year as of a day. A year without criteria is told in a sentence (404)."""

    abstract = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except priority.NoCriteria as unknown:
            return self._no_criteria(unknown)

    def _no_criteria(self, unknown: priority.NoCriteria) -> HttpResponse:
        known = [
            (_("Priority list %(year)s") % {"year": year}, reverse("priority_list", args=[year]))
            for year in priority.years()
        ]
        text = _("Helsedirektoratet has not entered criteria for that year.")
        return stopped(self.request, str(unknown), text, known or self.ways_on(), 404, code="no_criteria")

    @property
    def year(self) -> int:
        return int(self.kwargs["year"])

    @cached_property
    def asked_day(self) -> tuple[dt.date, str]:
        """The day that the address asks for, and a sentence where it cannot be shown (today is shown instead)."""
        return read_day(" ".join(self.request.GET.get("dag", "").split())[:40], self.today)

    @property
    def day(self) -> dt.date:
        return self.asked_day[0]

    @cached_property
    def criteria(self) -> tuple[priority.CriterionRow, ...]:
        """Raises NoCriteria."""
        return priority.criteria_of(self.year)

    @cached_property
    def lines(self) -> list[priority.UnitOutcomes]:
        return priority.outcomes(self.year, self.day, scope=self.scope, criteria=self.criteria)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "day_error": self.asked_day[1], "ask_day": True}

"""The grant schemes of a year, one scheme, and the criteria of the year, as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grants import words
from grants.criteria import RULES
from grants.models import Scheme
from grants.priority_shown import SchemeLine, scheme_line
from grants.services.criteria import YearCriteria, criteria_get
from grants.services.schemes import FIRST_YEAR, LAST_YEAR, scheme_state, scheme_years
from municipalities.access import RIGHTS, can
from municipalities.views import ScopedPage, ScopedView


@dataclass(frozen=True)
class Way:
    """A page about a year's grants: what it is called, what is found there, and where it is."""

    label: str
    text: str
    url: str


class OfYear(ScopedPage):
    """What the pages of a year share. A year that the portal does not know of is not there (404)."""

    abstract = True

    @cached_property
    def year(self) -> int:
        """The year that the address names."""
        year = int(self.kwargs["year"])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Http404
        return year

    @cached_property
    def may_edit(self) -> bool:
        """Whether the reader keeps schemes and criteria."""
        return bool(can(self.request.user, "grants.edit", today=self.today))

    def years(self, name: str) -> list[tuple[int, str, bool]]:
        """The years to choose between on the page ``name``: year, address, and whether it is this one."""
        known = sorted({*scheme_years(), self.year}, reverse=True)
        return [(year, reverse(name, args=[year]), year == self.year) for year in known]

    def has(self, right: str) -> bool:
        """Whether the reader's roles have the right."""
        return self.scope.has(RIGHTS[right].roles)


class GrantsHome(ScopedView):
    """The way in: the newest year that has schemes."""

    right = "grants.read"

    def get(self, request: HttpRequest) -> HttpResponse:
        known = scheme_years()
        return redirect("scheme_list", known[0] if known else self.today.year)


class SchemeList(OfYear):
    """The schemes of a year, and the ways to all else about its grants."""

    right = "grants.read"
    template_name = "grants/scheme_list.html"

    def get_context(self) -> dict[str, Any]:
        rows = self.rows(Scheme).filter(year=self.year).order_by("order", "key").prefetch_related("exceptions")
        years = self.years("scheme_list")
        into = self.year + 1
        return {
            "year": self.year,
            "rows": [scheme_line(row) for row in rows],
            "years": years,
            "criteria": criteria_in_words(criteria_get(self.year)),
            "ways": self.ways(),
            "copy_into": into if into not in [year for year, _url, _here in years] and into <= LAST_YEAR else None,
        }

    def ways(self) -> list[Way]:
        """The other pages about the year's grants that the reader may open."""
        year = self.year
        found = [Way(_("Criteria"), _("What gives priority this year."), reverse("criteria_page", args=[year]))]
        if self.has("priority.read"):
            text = _("Who meets the criteria, and what is missing.")
            found.append(Way(_("Priority list"), text, reverse("priority_list", args=[year])))
        if self.has("application.read"):
            text = _("What was applied for and granted.")
            found.append(Way(_("Applications"), text, reverse("application_list", args=[year])))
        text = _("How the offices' earmarked funds are shared.")
        found.append(Way(_("Funds to the offices"), text, reverse("allocation_list")))
        text = _("What the budgets gave, and to whom.")
        return [*found, Way(_("Appropriations"), text, reverse("appropriation_list"))]


class SchemeDetail(OfYear):
    """One scheme in one year, with what it was in others."""

    right = "grants.read"
    model = Scheme
    template_name = "grants/scheme_detail.html"

    def get_object(self, **lookup: Any) -> Scheme:
        found: Scheme = super().get_object(year=self.year, key=self.kwargs["key"])
        return found

    def get_context(self) -> dict[str, Any]:
        rows = self.rows(Scheme).filter(key=self.object.key).order_by("-year").prefetch_related("exceptions")
        lines = [scheme_line(row) for row in rows]
        here = next(line for line in lines if line.scheme.pk == self.object.pk)
        nynorsk = (get_language() or "nb").startswith("nn")
        return {
            "object": self.object,
            "line": here,
            "target_group": self.object.target_group_nn if nynorsk else self.object.target_group_nb,
            "others": [line for line in lines if line is not here],
            "is_open": self._is_open(here),
            "seen": scheme_state(self.object),
            "applications": self.has("application.read"),
        }

    def _is_open(self, line: SchemeLine) -> bool:
        first, last = line.scheme.opens_on, line.scheme.closes_on
        return bool(first and last and first <= self.today <= last)


@dataclass(frozen=True)
class CriterionWords:
    """A criterion of a year in words: its title, what it asks, where it is from, and what it accepts, or does not."""

    title: str
    asks: str
    source: str
    version: int
    settings: list[tuple[str, bool]]


def criteria_in_words(held: YearCriteria) -> list[CriterionWords]:
    """The criteria of a year in the language in use, in their order."""
    return [
        CriterionWords(
            words.title(code), str(words.ASKS[code]), RULES[code].source, RULES[code].version,
            [(str((words.ACCEPTS if value else words.REFUSES)[name]), bool(value)) for name, value in settings.items()],
        )
        for code, settings in held.rows.items()
    ]  # fmt: skip


class CriteriaPage(OfYear):
    """The criteria of a year, each with its source and what it accepts."""

    right = "grants.read"
    template_name = "grants/criteria_page.html"

    def get_context(self) -> dict[str, Any]:
        held = criteria_get(self.year)
        nynorsk = (get_language() or "nb").startswith("nn")
        return {
            "year": self.year,
            "held": held,
            "note": held.note_nn if nynorsk else held.note_nb,
            "rows": criteria_in_words(held),
            "years": self.years("criteria_page"),
            "list_url": reverse("priority_list", args=[self.year]) if self.has("priority.read") and held.rows else "",
        }

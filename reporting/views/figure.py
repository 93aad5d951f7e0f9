"""The way home: from a figure to its rule, its units, and the very answers behind it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from municipalities.services import unit_names
from municipalities.views import ScopedPage
from reporting.documents import build
from reporting.documents.content import Content
from reporting.documents.selectors import Frozen
from reporting.figure_home import FigureHome, UnitLine, figure_home, find_place, full_answers
from reporting.models import NationalSummary, Submission
from reporting.views.national import RoundPage, language

OTHER_VERSIONS = 6


class FigurePage(ScopedPage):
    """What the pages of a figure share. ``get_content`` and ``get_summary`` say of which figures."""

    abstract = True
    template_name = "reporting/national/figure.html"

    def get_content(self) -> Content:
        raise NotImplementedError

    def get_summary(self) -> NationalSummary:
        raise NotImplementedError

    @cached_property
    def found(self) -> FigureHome:
        place = find_place(self.get_content(), self.kwargs["ref"], self.kwargs["row"])
        home = figure_home(self.get_summary(), place) if place else None
        if home is None:
            raise Http404
        return home

    def unit_url(self, unit: int) -> str:
        """The page with the unit's own Submission."""
        raise NotImplementedError

    def get_context(self) -> dict[str, Any]:
        found = self.found
        wanted = " ".join(self.request.GET.get("kommune", "").split())
        hit, hits = look_up(found, wanted)
        for groups in (found.counted, found.not_counted, found.missing):
            for group in groups:
                group.lines[:] = [replace_url(line, self.unit_url(line.unit)) for line in group.lines]
        return self.around() | {
            "found": found, "place": found.place, "summary": self.get_summary(), "wanted": wanted, "hit": hit,
            "hits": hits, "live": self.get_summary().pk is None, "versions": self.versions(),
            "hit_url": self.unit_url(hit["line"].unit) if hit else "",
        }  # fmt: skip

    def page_of_figure(self) -> str:
        """The page of the figure itself, from that of a unit."""
        chosen = f"?runde={self.request.GET['runde']}" if "runde" in self.request.GET else ""
        return self.request.path.rsplit("/", 2)[0] + "/" + chosen

    def around(self) -> dict[str, Any]:
        """What else the page says, where the figure stands in no table of a note."""
        return {}

    def versions(self) -> list[dict[str, Any]]:
        """The same figure in the round's other versions."""
        return []


def replace_url(line: UnitLine, url: str) -> UnitLine:
    """The line with the address of its unit's page."""
    return replace(line, url=url)


def look_up(found: FigureHome, wanted: str) -> tuple[dict[str, Any] | None, int]:
    """Whether one municipality is with the figure: the one whose number or name is ``wanted``, and how many fit."""
    if not wanted:
        return None, 0
    low = wanted.casefold()
    states = {"counted": found.counted, "not_counted": found.not_counted, "missing": found.missing}
    marked = [(state, line) for state, groups in states.items() for group in groups for line in group.lines]
    exact = [
        (state, line)
        for state, line in marked
        if low in (line.number, line.name.casefold(), line.display_name.casefold())
        or low in (entry["name"].casefold() for entry in line.official_names)
    ]
    hits = exact or [(state, line) for state, line in marked if low in line.display_name.casefold()]
    if len(hits) != 1:
        return None, len(hits)
    return {"state": hits[0][0], "line": hits[0][1]}, 1


class FigureDetail(FigurePage):
    """A figure of a stored summary, also of an old one that was sent."""

    right = "figure.read"
    model = NationalSummary

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("round__form_version").filter(frozen_at__isnull=False)

    def get_summary(self) -> NationalSummary:
        return self.object  # type: ignore[no-any-return]

    @cached_property
    def content(self) -> Content:
        return build.summary_content(self.object, language(), sheets=False)

    def get_content(self) -> Content:
        return self.content

    def unit_url(self, unit: int) -> str:
        return reverse("figure_unit", args=[self.object.pk, self.kwargs["ref"], self.kwargs["row"], unit])

    def versions(self) -> list[dict[str, Any]]:
        rows = self.rows(NationalSummary).filter(
            kind=self.object.kind, round=self.object.round, frozen_at__isnull=False
        )
        found = []
        for row in rows.select_related("round").order_by("-version")[:OTHER_VERSIONS]:
            value = Frozen(row).figure_value(self.found.place.figure)
            found.append({"summary": row, "figure": replace(self.found.place.figure, value=value)})
        return found


class FigureLive(RoundPage, FigurePage):
    """A figure of this moment."""

    right = "figure.read"

    def get_summary(self) -> NationalSummary:
        return self.live.summary

    def get_content(self) -> Content:
        return self.live.content

    def unit_url(self, unit: int) -> str:
        url = reverse("figure_live_unit", args=[self.kwargs["ref"], self.kwargs["row"], unit])
        return f"{url}?runde={self.chosen.reference_date.isoformat()}"


class UnitAnswers(FigurePage):
    """One unit behind a figure: the Submission that counted, with every answer in it."""

    abstract = True
    template_name = "reporting/national/figure_unit.html"

    def get_context(self) -> dict[str, Any]:
        found = self.found
        pk = self.kwargs["unit"]
        line = next((entry for entry in found.lines if entry.unit == pk), None)
        unit = next((entry for entry in found.home.units if entry.unit == pk), None)
        if line is None or unit is None:
            raise Http404
        state = next(
            name
            for name, units in (
                ("counted", found.home.counted), ("not_counted", found.home.not_counted),
                ("missing", found.home.missing),
            )
            if unit in units
        )  # fmt: skip
        submission = None
        if unit.submission is not None:
            submission = (
                self.rows(Submission).select_related("form_version", "report__round").filter(pk=unit.submission).first()
            )
        day = found.home.round or dt.date.min
        return self.around() | {
            "found": found, "place": found.place, "summary": self.get_summary(), "line": line, "frozen": unit,
            "state": state, "submission": submission, "name": unit_names([pk], day).get(pk),
            "answers": full_answers(submission, found.home.questions) if submission else [],
            "figure_url": self.page_of_figure(), "live": self.get_summary().pk is None,
        }  # fmt: skip


class FigureUnit(UnitAnswers, FigureDetail):
    """The same, of a stored summary."""

    right = "figure.read"


class FigureLiveUnit(UnitAnswers, FigureLive):
    """The same, of this moment."""

    right = "figure.read"

"""The page behind one figure that was explored: its rule, the units counted and not counted, and their answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from reporting.explored_figure import TOTAL, explored_home
from reporting.figure_home import FigureHome
from reporting.models import NationalSummary
from reporting.services.exploring import COUNTRY, GROUPINGS, Groups, groups_of
from reporting.services.indicators import Indicator, indicators
from reporting.services.rounds import form_spec
from reporting.views.explore import Choice
from reporting.views.figure import FigurePage, UnitAnswers
from reporting.views.national import RoundPage, language


class ExploreFigure(RoundPage, FigurePage):
    """``/utforsk/tall/?tall=kjerne:adopted&etter=embete&gruppe=agder&runde=2022-05-01``: counted as it stands now, as
    the table that leads here. What the address does not name, or names wrongly, is 404."""

    right = "figure.read"

    @cached_property
    def said(self) -> dict[str, str]:
        """What the address says, each name once."""
        get = self.request.GET.get
        said = {name: get(name, "")[:120] for name in ("tall", "etter", "gruppe")}
        if said["etter"] not in GROUPINGS or self.chosen.reference_date.isoformat() != get("runde", ""):
            raise Http404
        if said["etter"] == COUNTRY and said["gruppe"] != TOTAL:
            raise Http404
        return {**said, "runde": get("runde", "")}

    @cached_property
    def indicator(self) -> Indicator:
        newest = self.rounds[0]
        known = indicators(newest, form_spec(newest.form_version), language(), now=self.now)
        if self.said["tall"] not in known:
            raise Http404
        return known[self.said["tall"]]

    @cached_property
    def groups(self) -> Groups:
        return groups_of(self.chosen, self.said["etter"])

    def get_summary(self) -> NationalSummary:
        return self.live.summary

    @cached_property
    def found(self) -> FigureHome:
        chosen, group = self.indicator, self.said["gruppe"]
        home = explored_home(self.get_summary(), self.chosen, chosen, groups=self.groups, group=group)
        if home is None:
            raise Http404
        return home

    def around(self) -> dict[str, Any]:
        day, group = self.said["runde"], self.said["gruppe"]
        back = Choice(self.indicator.key, self.said["etter"], day, day)
        name = "" if group == TOTAL else self.groups.name(group)
        return {"explored": {"url": back.url(), "kept": self.said.items(), "group": name}}

    def unit_url(self, unit: int) -> str:
        return f"{reverse('explore_figure_unit', args=[unit])}?{urlencode(self.said)}"

    def page_of_figure(self) -> str:
        return f"{reverse('explore_figure')}?{urlencode(self.said)}"


class ExploreFigureUnit(UnitAnswers, ExploreFigure):
    """One unit behind it, with the Submission that counted."""

    right = "figure.read"

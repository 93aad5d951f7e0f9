"""The page of one region."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import can
from municipalities.border_words import THEN, TODAY, Switch, holding, switch
from municipalities.services import office_names
from municipalities.views import ScopedPage
from reporting.region_page import RegionPage as Gathered
from reporting.region_page import Share, region_page
from reporting.register_day import read_day
from reporting.register_list import ListQuery
from reporting.register_map import COLOURINGS, tile_map
from reporting.views.register_list import Link, map_context

FACTS = {
    "adopted": gettext_lazy("Adopted plan"),
    "process": gettext_lazy("Process described"),
    "network": gettext_lazy("Take part in a network"),
    "support": gettext_lazy("Have received support"),
    "delayed": gettext_lazy("Behind their own plan"),
    "not_started": gettext_lazy("Not started"),
    "mixed": gettext_lazy("Listed for each part"),
}


class RegionPage(ScopedPage):
    """``/region/oslo-og-viken/``: the region's status on a day (``?dato=``).

    It stands in the borders of that day, or in today's (``grenser=na``). Who sees none of its units gets 404.

    It shows no internal note of the statsforvalter: KS and USHT read it too.
    """

    right = "region.read"
    template_name = "municipalities/region_page.html"

    def get_context(self) -> dict[str, Any]:
        key = self.kwargs["key"]
        self.query = ListQuery.read(self.request.GET.get)
        self.day, error = read_day(self.query.day_text, self.today)
        self.borders = holding(self.query.borders, self.day, self.today)
        page = self._gathered(key)
        named = office_names(self.today if self.borders == TODAY else self.day).values()
        names = next(office for office in named if office.key == key)
        query = ListQuery(day_text=self.query.day_text, borders=self.borders, office=key, colour=self.query.colour)
        return {
            "page": page,
            "office": names,
            "day": self.day,
            "earlier": self.day < self.today,
            "switch": self._switch(page),
            "query": self.query,
            "day_error": error,
            "facts": [(FACTS[fact.label], fact, self._list(fact)) for fact in page.facts],
            "steps": self._lines(page, page.steps),
            "phases": self._lines(page, page.phases),
            "list_url": self._list(),
            "may_review": bool(can(self.request.user, "report.review", today=self.today)),
            "may_region": False,  # it is this page
            "may_volumes": bool(can(self.request.user, "volume.read", today=self.today)),
            "may_support": bool(can(self.request.user, "support.edit", today=self.today)),
            **map_context(tile_map(page.municipalities, page.municipalities, self.query.colour), query),
            "colourings": [
                Link(entry.label, self._here(self.borders, farge=entry.key), entry.key == self.query.colour)
                for entry in COLOURINGS.values()
            ],
        }

    def _gathered(self, key: str) -> Gathered:
        """The page in the borders asked for; a region that is no more has only those of its day."""
        for borders in dict.fromkeys((self.borders, THEN)):
            page = region_page(key=key, user=self.request.user, day=self.day, today=self.today, borders=borders)
            if page is not None:
                self.borders = borders
                return page
        raise Http404

    def _switch(self, page: Gathered) -> Switch:
        joined = _(
            "Municipalities that have merged since are joined: support and networks are counted once for all parts, "
            "plan status and steps are listed for each. A municipality that was split since stays itself."
        )
        return switch(
            self.borders,
            day=self.day,
            today=self.today,
            differs=page.differs,
            url=lambda borders: self._here(borders, farge=self.query.colour),
            sentence=joined if self.borders == TODAY else "",
        )

    def _list(self, fact: Share | None = None, **more: str) -> str:
        """The list of municipalities narrowed to the region and, where one is given, to what a figure counts."""
        parameters = {"embete": self.kwargs["key"], **(dict(fact.filters) if fact else {}), **more}
        if self.day < self.today:
            parameters["dato"] = self.day.isoformat()
        if self.borders == TODAY:
            parameters["grenser"] = TODAY
        return f"{reverse('municipality_list')}?{urlencode(parameters)}"

    def _here(self, borders: str, **parameters: str) -> str:
        if borders == TODAY:
            parameters["grenser"] = TODAY
        if self.day < self.today:
            parameters["dato"] = self.day.isoformat()
        return f"{self.request.path}?{urlencode(parameters)}"

    def _lines(self, page: Gathered, shares: tuple[Share, ...]) -> list[tuple[str, Share, str]]:
        texts = {"": _("Nothing registered"), "mixed": _("Listed for each part")}
        return [
            (texts.get(share.label, share.label), share, self._list(share) if share.part else "") for share in shares
        ]

"""The trail for administrators in Helsedirektoratet: searched on a page, and taken out as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.forms import read_day
from municipalities.readings import read_logged
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services.trail_search import TrailQuery, TrailRow, trail_rows, trail_search
from municipalities.templatetags.portal import day as day_words
from municipalities.trail_chain import CHAINS
from municipalities.trail_rule import KEPT
from municipalities.trail_words import WORDS, event_words
from municipalities.views import ScopedPage

AT_MOST = 20_000
"""So many rows a file takes, the newest; a longer time is taken out in parts."""
NAMES = {"who": "hvem", "unit": "kommune", "name": "hendelse", "kind": "slag", "first": "fra", "last": "til"}
PER_PAGE = 50


class Trail(ScopedPage):
    """``/spor/``: who has changed or read what, the newest first."""

    right = "trail.read"
    template_name = "municipalities/trail.html"

    @cached_property
    def typed(self) -> dict[str, str]:
        """What the address asks for, by the names of the fields, cut where a field would be."""
        return {name: self.request.GET.get(name, "").replace("\x00", "").strip()[:80] for name in NAMES.values()}

    @cached_property
    def faults(self) -> dict[str, str]:
        """What cannot be understood, by field; such a field is not asked for."""
        wrong = _("Write the date as day, month and year, for example 4.5.2022.")
        return {name: wrong for name in ("fra", "til") if self.typed[name] and read_day(self.typed[name]) is None}

    @cached_property
    def query(self) -> TrailQuery:
        typed = self.typed
        return TrailQuery(
            who=typed["hvem"],
            unit=typed["kommune"],
            name=typed["hendelse"],
            kind=typed["slag"] if typed["slag"] in CHAINS else "",
            first=read_day(typed["fra"]) if typed["fra"] else None,
            last=read_day(typed["til"]) if typed["til"] else None,
        )

    def get_context(self) -> dict[str, Any]:
        page = Paginator(trail_search(self.query), PER_PAGE).get_page(self.request.GET.get("side"))
        rows = trail_rows(page.object_list, self.today)
        read_logged(self.request, None, "trail_searched")
        tail = urlencode({name: value for name, value in self.typed.items() if value})
        return {
            "page": page,
            "rows": rows,
            "typed": self.typed,
            "faults": self.faults,
            "filtered": bool(tail),
            "names": sorted(((name, event_words(name)) for name in WORDS), key=lambda pair: pair[1].casefold()),
            "kinds": [("change", _("Changes")), ("reading", _("Readings"))],
            "kept": [(rule.years, rule.reason) for rule in (KEPT["change"], KEPT["reading"])],
            "files": [(style, reverse("trail_file", args=[style]) + (f"?{tail}" if tail else "")) for style in FORMATS],
        }


class TrailFile(Trail):
    """The same rows as Excel or CSV."""

    right = "trail.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        style = self.kwargs["style"]
        if style not in FORMATS:
            raise Http404
        read_logged(request, None, "trail_exported")
        rows = trail_rows(trail_search(self.query)[:AT_MOST], self.today)
        facts = [(_("Taken out"), day_words(self.today)), (_("At most"), str(AT_MOST))]
        facts += [(name, value) for name, value in self.typed.items() if value]
        return table_response(ListTable(_("The trail"), _heads(), [_cells(row) for row in rows], facts), style, "spor")


def _heads() -> tuple[str, ...]:
    return (
        _("When"), _("Kind"), _("What"), _("Who"), _("Role"), _("On behalf of"), _("About"), _("Number in the portal"),
        _("Unit"), _("From and to"), _("Note"), _("Session"), _("Request"),
    )  # fmt: skip


def _cells(row: TrailRow) -> tuple[Any, ...]:
    at = timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")
    kind = capfirst(_("reading") if row.reading else _("change"))
    return (
        at, kind, row.what, row.who or _("The portal"), row.acting, row.behalf, row.about, row.object_id, row.unit,
        row.states, row.note, row.session, row.request_id,
    )  # fmt: skip

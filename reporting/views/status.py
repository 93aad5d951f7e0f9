"""How far a round has come, for all who take part in it; with what is stuck for Hdir."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.access import RIGHTS
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services import office_names
from municipalities.templatetags.portal import day as day_words
from municipalities.views import ScopedPage, ScopedView
from reporting import status_chart
from reporting.models import Round
from reporting.querysets import chosen_round, opened_rounds
from reporting.services import status

TABLE_DAYS = (-28, -14, -7, -1, 0, 7, 14, 28)
"""The days from the deadline that stand in the table beside the curve."""


STUCK_PAGE = 50
"""So many rows of what is stuck stand on a page."""


class StatusView(ScopedView):
    """What the page and its files share: the round, the region, and whose list the reader sees."""

    abstract = True
    right = "status.read"

    @cached_property
    def rounds(self) -> list[Round]:
        """The rounds that have been opened, the newest first."""
        return opened_rounds(self.request.user, today=self.today)

    @cached_property
    def round(self) -> Round | None:
        """The round of the address, else the newest."""
        return chosen_round(self.rounds, self.request.GET.get("runde", ""))[0]

    @cached_property
    def office(self) -> int | None:
        """The region of the address; None for the country."""
        wanted = self.request.GET.get("embete", "")
        return next((pk for pk, name in self.offices.items() if name.key == wanted), None)

    @cached_property
    def offices(self) -> dict[int, Any]:
        return office_names(self.round.reference_date if self.round else self.today)

    @property
    def nationally(self) -> bool:
        """Whether the reader works for the whole country."""
        return self.scope.has(RIGHTS["national.read"].roles)

    def units(self) -> list[status.UnitStatus]:
        """Who has delivered: a municipality sees its region, the regions' staff theirs, Hdir the one it has chosen."""
        if self.round is None:
            return []
        wide = any(grant.municipality_id is None and grant.office_id is None for grant in self.scope.grants)
        offices = None if wide else self.scope.office_ids | status.offices_of(self.scope.municipality_ids, self.round)
        if wide and self.office is not None:
            offices = {self.office}
        return status.units_status(self.round, offices=offices)


class RoundStatusPage(StatusView, ScopedPage):
    """The page."""

    right = "status.read"
    template_name = "reporting/status.html"

    def get_context(self) -> dict[str, Any]:
        if self.round is None:
            return {"rounds": [], "round": None}
        place = self.rounds.index(self.round)
        found = status.curves(self.round, self.rounds[place + 1 :], office_id=self.office)
        units = self.units()
        return {
            "rounds": self.rounds,
            "round": self.round,
            "offices": self.offices.values(),
            "office": self.offices[self.office] if self.office is not None else None,
            "regions": status.regions_status(self.round, today=self.today),
            "chart": self._chart(found),
            "delivered": [row for row in units if row.delivered],
            "missing": [row for row in units if not (row.delivered or row.returned)],
            "returned": [row for row in units if row.returned],
            **self._stuck(),
            "here": self.request.GET.urlencode(),
        }

    def _stuck(self) -> dict[str, Any]:
        """Hdir's list, a page at a time; ``stuck`` is None for whoever may not see it."""
        if not self.nationally or self.round is None:
            return {"stuck": None}
        rows = status.stuck(self.round, today=self.today)
        page = Paginator(rows, STUCK_PAGE).get_page(self.request.GET.get("side"))
        return {"stuck": page.object_list, "page": page}

    def _chart(self, found: list[status.Curve]) -> dict[str, Any]:
        rounds = [
            (day_words(one.reference_date), [(day, one.share_on(day)) for day, _count in one.points]) for one in found
        ]
        until = None if found[0].points == () else (self.today - self.round.municipality_deadline).days  # type: ignore[union-attr]
        table = [
            (one.reference_date, [
                None if place == 0 and until is not None and day > until else one.share_on(day) for day in TABLE_DAYS
            ])
            for place, one in enumerate(found)
        ]  # fmt: skip
        drawings = [status_chart.drawing(frame, rounds) for frame in (status_chart.WIDE, status_chart.NARROW)]
        return {"drawings": drawings, "table": table, "table_days": TABLE_DAYS}


class RoundStatusFile(StatusView):
    """Who has delivered and who has not, as Excel or CSV."""

    right = "status.read"

    def get(self, request: HttpRequest, style: str) -> HttpResponse:
        if style not in FORMATS or self.round is None:
            raise Http404
        heads = (_("Number"), _("Municipality or district"), _("Region"), _("Delivered"))
        cells = [
            (
                row.number,
                row.name,
                row.office,
                _("Returned") if row.returned else _("Yes") if row.delivered else _("No"),
            )
            for row in self.units()
        ]
        facts = [
            (_("Report as of"), day_words(self.round.reference_date)),
            (_("Taken out"), day_words(self.today)),
            (_("Borders"), day_words(self.round.reference_date)),
        ]
        return table_response(ListTable(_("Delivered and missing"), heads, cells, facts), style, "status")


class StuckFile(StatusView):
    """What is stuck, the whole of it, as Excel or CSV: for Hdir alone."""

    right = "national.read"

    def get(self, request: HttpRequest, style: str) -> HttpResponse:
        if style not in FORMATS or self.round is None:
            raise Http404
        what = {
            "region": _("The region's report"), "submitted": _("Sent in, not yet judged"),
            "reopened": _("Reopened"), "returned": _("Returned"),
        }  # fmt: skip
        who = {"office": _("the statsforvalter"), "hdir": "Helsedirektoratet", "municipality": _("the municipality")}
        heads = (_("What waits"), _("Why"), _("For whom"), _("Region"), _("Since"), _("Days"))
        cells = [
            (row.name, what[row.what], who[row.who], row.office, row.since, row.days)
            for row in status.stuck(self.round, today=self.today)
        ]
        facts = [
            (_("Report as of"), day_words(self.round.reference_date)),
            (_("Taken out"), day_words(self.today)),
            (_("Borders"), day_words(self.round.reference_date)),
        ]
        return table_response(ListTable(_("What is stuck, and for how long"), heads, cells, facts), style, "stuck")

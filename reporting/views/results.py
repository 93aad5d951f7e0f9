"""What those who reported get back: their own answers beside their region's and the country's."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services import UnitName, office_names, unit_names
from municipalities.templatetags.portal import day, moment
from reporting.models import Report
from reporting.services.comparison import SMALL
from reporting.services.opening import figures_shown
from reporting.services.results import Line, Part, Results, results
from reporting.views import shown
from reporting.views.base import ReportView


class ResultsView(ReportView):
    """What the page and its files share."""

    abstract = True
    right = "report.read"

    def get_queryset(self) -> Any:
        return super().get_queryset().exclude(round__opened_at=None)

    @cached_property
    def open(self) -> bool:
        """Whether the reader may see what others have answered."""
        return figures_shown(self.report.round, self.request.user, today=self.today)

    @property
    def delivered(self) -> bool:
        return self.report.status in Report.DELIVERED

    @cached_property
    def results(self) -> Results | None:
        """None before the figures are opened, and for one who has not sent in."""
        if not (self.open and self.delivered):
            return None
        return results(self.report, language=shown.language(), now=self.now)

    @cached_property
    def unit(self) -> UnitName | None:
        """The unit as it was called on the reference date."""
        pk = self.report.municipality_id
        return unit_names([pk], self.report.round.reference_date).get(pk)

    @cached_property
    def region(self) -> str:
        """The region's short name on the reference date."""
        names = office_names(self.report.round.reference_date)
        return names[self.report.office_id].short_name if self.report.office_id in names else self.report.office.key


class ReportResults(ResultsView):
    """``/rapport/12/resultat/``: the page, or the sentence that says when it comes."""

    right = "report.read"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.report
        rows = self.rows(Report).filter(
            municipality=report.municipality_id, status__in=Report.DELIVERED, round__figures_opened_at__isnull=False
        )
        rows = rows.exclude(pk=report.pk).exclude(round__kind="test").select_related("round").only(
            "round__reference_date"
        )  # fmt: skip
        return self.render(
            "reporting/results/report.html",
            self.common() | {
                "open": self.open,
                "delivered": self.delivered,
                "results": self.results,
                "region": self.region,
                "unit": self.unit,
                "small": SMALL,
                "others": sorted(rows, key=lambda row: row.round.reference_date, reverse=True),
            },
        )  # fmt: skip


class ReportResultsFile(ResultsView):
    """The same as Excel or CSV: a line an answer."""

    right = "report.read"

    def get(self, request: HttpRequest, pk: int, style: str) -> HttpResponse:
        if style not in FORMATS or self.results is None:
            raise Http404
        found, own = self.results, self.report.municipality.is_district
        heads = (
            _("About"), _("Answer"), _("Your municipality’s answer"), self.region, _("of municipalities"),
            _("The country"), _("of municipalities"),
        )  # fmt: skip
        rows = [(_("Core indicator"), *_cells(line)) for line in found.indicators]
        rows += [(block.title, *_cells(line)) for block in found.blocks for line in block.lines]
        if own or not rows:
            region, country = found.delivered
            rows = [(_("Delivered"), "", "", region.n, region.of, country.n, country.of)]
        facts = [
            (_("Report as of"), day(self.report.round.reference_date)),
            (_("Figures taken"), moment(found.taken)),
            (_("Borders"), day(self.report.round.reference_date)),
        ]
        name = f"{_('results')}-{self.report.round.reference_date:%Y-%m-%d}"
        return table_response(ListTable(_("What you get back"), heads, rows, facts), style, name)


def _cells(line: Line) -> tuple[Any, ...]:
    own = line.words or line.own
    return (line.text, own, *_part(line.region), *_part(line.country))


def _part(part: Part) -> tuple[int | None, int]:
    return part.n, part.of


def results_url(report: Report) -> str:
    """The address of the results for one report."""
    return reverse("report_results", args=[report.pk])

"""The list of reports that are sent in, for those who read along: KS, USHT and the evaluator."""

from __future__ import annotations

from typing import Any

from municipalities.services import unit_names
from municipalities.views import ScopedList
from reporting.models import Report
from reporting.querysets import opened_rounds

SEARCH_LENGTH = 80


class ReportList(ScopedList):
    """The reports of a round (``?runde=2022-05-01``; the newest where it is left out), found by name or number."""

    right = "report.list"
    template_name = "reporting/report_list.html"

    def get_context(self) -> dict[str, Any]:
        rounds = opened_rounds(self.request.user, today=self.today)
        wanted = self.request.GET.get("runde", "")
        self.round = next(
            (row for row in rounds if row.reference_date.isoformat() == wanted), rounds[0] if rounds else None
        )
        self.search = " ".join(self.request.GET.get("sok", "").split())[:SEARCH_LENGTH]
        return {**super().get_context(), "rounds": rounds, "round": self.round, "search": self.search}

    def get_rows(self) -> Any:
        if self.round is None:
            return []
        reports = self.rows(Report).filter(round=self.round).select_related("current")
        reports = list(reports.defer("draft", "current__answers", "current__hidden", "current__findings"))
        names = unit_names({row.municipality_id for row in reports}, self.round.reference_date)
        rows = [(names[row.municipality_id], row) for row in reports if row.municipality_id in names]
        if self.search:
            text = self.search.casefold()
            rows = [row for row in rows if text in row[0].display_name.casefold() or text == row[0].number]
        return sorted(rows, key=lambda row: (row[0].sort_key, row[0].number))

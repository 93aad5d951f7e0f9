"""Helsedirektoratet's page of the whole country, and the start of a summary."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.views import ScopedPage, ScopedView
from reporting import national
from reporting.documents.content import Figure
from reporting.documents.tilemap import borders
from reporting.live import Live, live
from reporting.models import NationalSummary, Round
from reporting.services.summaries import SummaryBusy, summary_request
from reporting.timing import deadline
from reporting.views.summary import compose_url, progress_context


def language() -> str:
    """``nb`` or ``nn``, as the reader has chosen."""
    return "nn" if (get_language() or "nb").startswith("nn") else "nb"


class RoundPage(ScopedPage):
    """A page about one round (``?runde=2022-05-01``; else the newest that has been opened)."""

    abstract = True

    @cached_property
    def rounds(self) -> list[Round]:
        rows = self.rows(Round).counted().filter(opened_at__isnull=False, opens_on__lte=self.today)
        return list(rows.select_related("form_version").order_by("-reference_date"))

    @cached_property
    def round(self) -> Round | None:
        wanted = self.request.GET.get("runde", "")
        found = [entry for entry in self.rounds if entry.reference_date.isoformat() == wanted]
        return next(iter(found or self.rounds), None)

    @property
    def chosen(self) -> Round:
        """The round, where the page needs one. Raises Http404 when none has been opened."""
        if self.round is None:
            raise Http404
        return self.round

    @cached_property
    def live(self) -> Live:
        return live(self.chosen, language=language(), now=self.now)

    def figure_url(self, figure: Figure) -> str:
        """The page behind a live figure."""
        url = reverse("figure_live", args=[figure.ref, figure.row])
        return f"{url}?runde={self.chosen.reference_date.isoformat()}"


class NationalStatus(RoundPage):
    """Start a summary, core indicators, the ten offices, and plan status on the map."""

    right = "national.read"
    template_name = "reporting/national/status.html"

    def get_context(self) -> dict[str, Any]:
        if self.round is None:
            return {"round": None}
        content = self.live.content
        offices = national.office_rows(content, self.round)
        summaries = self.rows(NationalSummary).filter(round=self.round).order_by("-version")
        latest = summaries.select_related("requested_by", "round").prefetch_related("documents").first()
        return {
            "round": self.round,
            "rounds": self.rounds,
            "taken": self.live.summary.frozen_at,
            "country": offices[0],
            "country_units": national.plan_rows(content)[0].cells[-1].value,
            "offices": offices,
            "cards": national.cards(content).cards,
            "plan_rows": national.plan_rows(content),
            "tiles": national.tile_map(content),
            "map": _map(content),
            "deadline": deadline(self.round, self.today),
            "compose_url": compose_url(NationalSummary.Kind.HALF_YEAR, self.round.pk),
            "may_build": can(self.request.user, "summary.build", today=self.today),
            "latest": latest,
            "earlier": list(summaries[1:6]),
            **(progress_context(latest, self.request.user, self.now) if latest else {}),
        }


LOOKS = {"V": "full", "A": "strong", "P": "light", "I": "hatched"}
"""How the stylesheet draws each class of plan status, by its letter."""


def _map(content: Any) -> dict[str, Any]:
    """The tiles as squares of ten, and the borders between offices as lines."""
    drawing = national.tile_map(content)
    tiles, words = drawing.tiles, {letter: label for letter, label, _count in drawing.key}
    columns = max((tile.column for tile in tiles), default=0) + 1
    rows = max((tile.row for tile in tiles), default=0) + 1
    twins = {name for name, times in Counter(tile.name for tile in tiles).items() if times > 1}
    lines = [tuple(round(10 * place, 2) for place in line) for line in borders(tiles)]
    return {
        "squares": [
            {
                "x": tile.column * 10,
                "y": tile.row * 10,
                "tile": tile,
                "name": f"{tile.name} ({tile.number})" if tile.name in twins else tile.name,
                "label": words.get(tile.letter, ""),
                "look": LOOKS.get(tile.letter, "empty"),
            }
            for tile in tiles
        ],
        "key": [(letter, label, count, LOOKS.get(letter, "empty")) for letter, label, count in drawing.key],
        "lines": lines,
        "width": columns * 10 + 4,
        "height": rows * 10 + 4,
    }


class SummaryStart(ScopedView):
    """Ask for a new version of the round's summary."""

    right = "summary.build"
    model = Round

    def get_queryset(self) -> Any:
        return super().get_queryset().counted()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        round_ = self.get_object()
        try:
            summary = summary_request(round=round_, actor=request.user, now=self.now)
        except SummaryBusy as busy:
            messages.info(request, _("A summary of this round is being made already. Here it is."))
            return redirect("summary_detail", busy.summary.pk)
        return redirect("summary_detail", summary.pk)

"""The page of the reform itself: which phase it is in on a day, and how its period was changed. No rule lives here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from municipalities.forms import read_day
from municipalities.views import ScopedView
from reform.dates import EndDecision, PhaseDates, end_changes, periods_known, phases_on, reform_end_on
from reform.models import Phase, PhasePeriod, Reform, ReformEnd

OVER, NOW, LATER = "over", "now", "later"


class ReformPage(ScopedView):
    """``/reformen/?dato=1.5.2022``: seen from today, or from another day."""

    right = "home.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = request.GET.get("dato", "").strip()[:40]
        day = read_day(" ".join(typed.casefold().split())) if typed else self.today
        fault = "" if day else _("Write the date as day, month and year, for example 4.5.2022.")
        day = day or self.today
        periods = [
            PhaseDates(row.phase.number, row.starts_on, row.ends_on, row.decided_on, row.source)
            for row in PhasePeriod.objects.select_related("phase")
        ]
        ends = [EndDecision(row.ends_on, row.decided_on, row.source) for row in ReformEnd.objects.all()]
        names = {phase.number: phase.name for phase in Phase.objects.all()}
        running = [names[number] for number in phases_on(day, periods)]
        context = {
            "day": day,
            "typed": typed or f"{day:%d.%m.%Y}",
            "fault": fault,
            "is_today": day == self.today,
            "reform": Reform.objects.first(),
            "ends_on": reform_end_on(day, ends),
            "phases": [
                {
                    "period": period,
                    "name": names[period.number],
                    "state": _state(period, day),
                    "changed": _times(period, periods),
                }
                for period in periods_known(day, periods)
            ],
            "running": running,
            "changes": end_changes(day, ends),
        }
        return self.render("municipalities/reform.html", context, 400 if fault else 200)


def _state(period: PhaseDates, day: dt.date) -> str:
    if day > period.ends_on:
        return OVER
    return NOW if period.starts_on <= day else LATER


def _times(period: PhaseDates, periods: list[PhaseDates]) -> bool:
    """Whether the period was decided otherwise before."""
    return any(row.number == period.number and row.decided_on < period.decided_on for row in periods)

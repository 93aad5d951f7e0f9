"""The two buttons with which Helsedirektoratet opens the figures of a round to those who reported, and closes them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.templatetags.portal import day
from municipalities.views import ScopedView
from reporting.models import Round
from reporting.services.opening import figures_close, figures_open


class _RoundFigures(ScopedView):
    """What the two share: the round of the address, and the way back to its status."""

    abstract = True
    right = "figures.open"
    model = Round

    def back(self, round_: Round, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence % {"day": day(round_.reference_date)})
        return redirect(f"{reverse('national_status')}?runde={round_.reference_date.isoformat()}")

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("National status"), reverse("national_status"))]


class RoundFiguresOpen(_RoundFigures):
    """Open them."""

    right = "figures.open"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        round_ = figures_open(round_=self.get_object(), actor=request.user, now=self.now)  # type: ignore[arg-type]
        return self.back(round_, _("The figures as of %(day)s are open to those who reported."))


class RoundFiguresClose(_RoundFigures):
    """Close them again."""

    right = "figures.open"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        round_ = figures_close(round_=self.get_object(), actor=request.user, now=self.now)  # type: ignore[arg-type]
        return self.back(round_, _("The figures as of %(day)s are closed. Only Helsedirektoratet sees them now."))

"""A test round: a composed form tried out by the training municipality and whoever is asked, and wiped again."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from municipalities.services import unit_with_number
from reporting.forms_compose import TrialForm
from reporting.services.composing import ComposeRefused
from reporting.services.trial_rounds import can_be_wiped, participants, round_try, round_wipe
from reporting.views.compose_base import ComposeView


class RoundTry(ComposeView):
    """``/runde/7/prove/``: who takes part, and the start."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.form_page(TrialForm())

    def form_page(self, form: TrialForm, status: int = 200) -> HttpResponse:
        return self.render("reporting/compose/try.html", {"form": form, "round": self.round}, status)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TrialForm(request.POST)
        round_ = self.round
        if form.is_valid():
            numbers = re.findall(r"[^\s,;]+", form.cleaned_data["units"])
            units = {number: unit_with_number(number, round_.reference_date) for number in numbers}
            unknown = [number for number, found in units.items() if found is None]
            if unknown:
                sentence = _("There is no municipality with the number %(numbers)s.")
                form.add_error("units", sentence % {"numbers": ", ".join(unknown)})
                return self.form_page(form, 400)
            try:
                ids = [found[0] for found in units.values() if found]
                trial = round_try(round_=round_, unit_ids=ids, **self.who)
            except ComposeRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("The test round is running. It counts nowhere."))
                return redirect("round_compose", trial.pk)
        return self.form_page(form, 400)


class RoundWipe(ComposeView):
    """``/runde/7/slett/``: wipe a test round, or one that was never published; asked once more."""

    right = "round.publish"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_be_wiped(self.round):
            return redirect("round_compose", self.round.pk)
        return self.render("reporting/compose/wipe.html", {"round": self.round, "units": participants(self.round)})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            round_wipe(round_=self.round, **self.who)
        except ComposeRefused as refused:
            return self.told(refused, self.url("round_compose"))
        done = _("The test round is wiped.") if self.round.is_test else _("The round that was begun is wiped.")
        messages.success(request, done)
        return redirect("round_list")

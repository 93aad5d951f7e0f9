"""What is done with a whole round: begun, given its dates, published, mended, opened again, tried out and wiped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.templatetags.portal import day, number
from reform.dates import round_dates
from reporting import compose_shown as shown
from reporting.forms_compose import DatesForm, NewRoundForm, NoteForm, RefusedForm, UnlockForm
from reporting.models import Round
from reporting.services.composing import (
    DATES,
    ComposeRefused,
    round_compose,
    round_dates_set,
    round_publish,
    round_unlock,
)
from reporting.services.form_corrections import correction_begin, correction_drop, correction_publish
from reporting.services.form_of_region import region_form_begin, region_form_drop
from reporting.views.compose import RoundCompose, date_pairs
from reporting.views.compose_base import REGION, ComposeView, KeepsTyped, number_of
from reporting.views.shown import language


class RoundNew(KeepsTyped):
    """``/runder/ny/``."""

    right = "round.compose"

    def form(self, *data: Any) -> NewRoundForm:
        rounds = list(self.rows(Round).counted().order_by("-reference_date"))
        last = rounds[0].reference_date if rounds else self.today
        coming = min(date for year in (last.year, last.year + 1) for date in round_dates(year) if date > last)
        initial = {"reference_date": coming, "kind": Round.Kind.REGULAR} | self.typed()
        return NewRoundForm(*data, rounds=rounds, initial=initial)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("reporting/compose/new.html", {"form": self.form()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                round_ = round_compose(
                    reference_date=form.cleaned_data["reference_date"],
                    kind=form.cleaned_data["kind"],
                    dates=form.dates(),
                    letter=form.cleaned_data["letter"],
                    copy_from=form.source,
                    actor=request.user,  # type: ignore[arg-type]
                    now=self.now,
                )
            except ComposeRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("The round is begun. Nobody but Helsedirektoratet sees it yet."))
                return redirect("round_compose", round_.pk)
        return self.render("reporting/compose/new.html", {"form": form}, 400)


class RoundDates(ComposeView):
    """``/runde/7/frister/``."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        standing = {name: getattr(self.round, name) for name in (*DATES, "letter")}
        return self.form_page(DatesForm(initial=standing | self.typed()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DatesForm(request.POST)
        _found = self.round
        if form.is_valid():
            letter = form.cleaned_data["letter"]
            try:
                round_dates_set(round_=self.round, dates=form.dates(), letter=letter, **self.who)
            except ComposeRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("The deadlines and the letter are saved."))
                return redirect("round_compose", self.round.pk)
        return self.form_page(form, 400)

    def form_page(self, form: RefusedForm, status: int = 200) -> HttpResponse:
        locked = self.round.published_at is not None and not self.may_publish
        return self.render("reporting/compose/dates.html", {"form": form, "locked": locked}, status)


class RoundPublish(RoundCompose):
    """``/runde/7/publiser/``: looked over once more, then frozen."""

    right = "round.publish"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.round.published_at is not None:
            return redirect("round_compose", self.round.pk)
        return self.sure()

    def sure(self, status: int = 200, refused: str = "") -> HttpResponse:
        """The page that asks for the last time; a round that somebody else has published needs no more asking."""
        context = {
            "dates": date_pairs(self.round),
            "figures": self.estimates(),
            "checks": shown.check_rows(self.found, self.dates_missing, self.url, language(), self.url("round_dates")),
            "refused": refused,
            "units": self.units,
        }
        return self.render("reporting/compose/publish.html", context, status)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if number_of(request.POST.get("edit_number")) != self.form.edit_number:
            return self.sure(409, _("The form was changed since you looked at it. Look at it once more."))
        try:
            round_publish(round_=self.round, **self.who)
        except ComposeRefused as refused:
            return self.sure(409, str(refused))
        words = _("The round is published. It opens on %(day)s.") % {"day": day(self.round.opens_on)}
        messages.success(request, words)
        return redirect("round_compose", self.round.pk)


class RoundCorrect(RoundCompose):
    """``/runde/7/rett/``: the correction of a published form, from its first change to its note."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.correction is None:
            return redirect(self.here)
        return self.note_page(NoteForm(initial=self.typed()))

    def note_page(self, form: NoteForm, status: int = 200) -> HttpResponse:
        """What is mended, and the note that tells of it."""
        context = {
            "form": form,
            "differences": shown.difference_rows(self.changed, language()),
            "checks": shown.check_rows(self.found, {}, self.url, language(), ""),
            "correction": self.correction,
        }
        return self.render("reporting/compose/correct.html", context, status)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action = request.POST.get("action", "publish")
        here, which = self.here, {"round_": self.round, "audience": self.audience}
        try:
            if action == "begin":
                correction_begin(**which, **self.who)
                messages.success(request, _("Change what is wrong. Nothing holds before you publish the correction."))
                return redirect(here)
            if action == "drop":
                correction_drop(**which, **self.who)
                messages.success(request, _("The correction is thrown away. The published form holds."))
                return redirect(here)
        except ComposeRefused as refused:
            return self.told(refused, here)
        return self.publish(here)

    @property
    def here(self) -> str:
        """The builder with the form that is corrected."""
        return self.url("round_compose")

    def publish(self, here: str) -> HttpResponse:
        """Put the correction in the form's place."""
        form = NoteForm(self.request.POST)
        if self.correction is None:
            return redirect(here)
        if not form.is_valid():
            return self.note_page(form, 400)
        edit_number = number_of(self.request.POST.get("edit_number"))
        try:
            mended = correction_publish(
                round_=self.round, edit_number=edit_number, note=form.note, audience=self.audience, **self.who
            )
        except ComposeRefused as refused:
            form.refused(refused)
            return self.note_page(form, 409)
        words = _("The correction holds from now on.")
        count = mended.to_look_at
        if count:
            more = ngettext(
                "%(count)s draft has an answer that must be looked at.",
                "%(count)s drafts have an answer that must be looked at.",
                count,
            )
            words = f"{words} {more % {'count': number(count)}}"
        messages.success(self.request, words)
        return redirect(here)


class RoundUnlock(ComposeView):
    """``/runde/7/las-opp/``."""

    right = "round.unlock"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.form_page(UnlockForm(initial=self.round and self.typed()))

    def form_page(self, form: RefusedForm, status: int = 200) -> HttpResponse:
        return self.render("reporting/compose/unlock.html", {"form": form, "round": self.round}, status)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UnlockForm(request.POST)
        _found = self.round
        if form.is_valid():
            until, reason = form.cleaned_data["until"], form.cleaned_data["reason"]
            try:
                round_unlock(round_=self.round, until=until, reason=reason, **self.who)
            except ComposeRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("The round is open until and with %(day)s.") % {"day": day(until)})
                return redirect("round_compose", self.round.pk)
        return self.form_page(form, 400)


class RoundRegion(ComposeView):
    """``/runde/7/regionskjema/``: the statsforvalter's form, begun or taken out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        drop = request.POST.get("action") == "drop"
        here = reverse("round_compose", args=[self.round.pk])
        try:
            if drop:
                region_form_drop(round_=self.round, **self.who)
            else:
                region_form_begin(round_=self.round, **self.who)
        except ComposeRefused as refused:
            return self.told(refused, here)
        return redirect(here if drop else f"{here}?skjema={REGION}")

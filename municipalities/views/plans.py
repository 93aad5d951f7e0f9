"""The pages of a municipality's anchoring in plans, and of its steps, phase and delay. No rule lives here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.coverage import Years, coverage
from municipalities.forms import EntryForm
from municipalities.forms.decisions import AnchoringForm, EndForm, ProgressForm, ReasonForm
from municipalities.history import happenings
from municipalities.models import Event, PhaseStatus, PlanAnchoring, PlanDecision
from municipalities.services.anchoring import (
    anchoring_correct,
    anchoring_end,
    anchoring_enter,
    anchoring_remove,
)
from municipalities.services.dated import EntryRefused, in_words
from municipalities.services.progress import progress_correct, progress_enter, progress_remove
from municipalities.timeline import delay_words, years_words
from municipalities.views.decisions import UnitNamed, UnitPage, origin_of, safe_link
from municipalities.vocabulary import PHASES, PLAN_TYPES, STEPS, word


def decisions_of(view: UnitNamed) -> list[tuple[PlanDecision, str]]:
    """The unit's decisions with words to choose them by, newest first. One query."""
    rows = view.rows(PlanDecision).filter(municipality=view.unit).order_by("-valid_from")
    return [
        (row, f"{row.title or capfirst(row.get_status_display())}, {in_words(row.decided_on or row.valid_from)}")
        for row in rows
    ]


class RowPage(UnitNamed):
    """A page below the address of one register row: its last change, and why."""

    abstract = True
    right = "register.edit"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("municipality")

    def find(self) -> Any:
        """The row of the address."""
        row = self.get_object()
        self.describe(row.municipality)
        return row

    def history(self, row: Any) -> list[Any]:
        """What has happened to the row, newest first. One query."""
        events: Any = (
            self.rows(Event).select_related("actor").filter(object_type=row._meta.label_lower, object_id=row.pk)
        )
        return happenings(events, {})


# --- Anchoring --------------------------------------------------------------------------------------


class Anchoring(UnitPage):
    """``/kommune/3004/forankring/``: in which plans the reform is anchored, and one more."""

    right = "register.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        moved = self.find()
        initial = {"plan_type": request.GET.get("plan", "")}
        return moved or self._page(self._form(initial=initial))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.find()
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, 400)
        try:
            row = anchoring_enter(municipality=self.unit, entry=form.entry(), actor=request.user, now=self.now)
        except EntryRefused as refused:
            form.refused(refused)
            return self._page(form, 400)
        messages.success(request, _("%(plan)s is registered.") % {"plan": word(PLAN_TYPES, row.plan_type)})
        return redirect("anchoring_edit", number=self.number)

    def _form(self, *data: Any, **options: Any) -> AnchoringForm:
        return AnchoringForm(*data, decisions=decisions_of(self), today=self.today, **options)

    def _page(self, form: AnchoringForm, status: int = 200) -> HttpResponse:
        rows = list(self.rows(PlanAnchoring).filter(municipality=self.unit).order_by("-valid_from", "-pk"))
        plans = [self._plan(key, [row for row in rows if row.plan_type == key]) for key in PLAN_TYPES]
        return self.render("municipalities/anchoring.html", {"form": form, "plans": plans}, status)

    def _plan(self, key: str, rows: list[Any]) -> dict[str, Any]:
        """One kind of plan: what holds, what is expected, what was, and how its years stand."""
        today = self.today
        shown = [
            {
                "row": row,
                "years": years_words(row),
                "url": safe_link(row.link),
                "holds": row.valid_from <= today and (row.valid_to is None or row.valid_to >= today),
                "overdue": row.is_expected and row.expected_on is not None and row.expected_on < today,
                **origin_of(row),
            }
            for row in rows
        ]
        known = [
            Years(row.covers_from, row.covers_to or row.covers_from)
            for row in rows
            if row.covers_from and not row.is_expected and row.valid_from <= today
        ]
        held = [entry for entry in shown if entry["holds"] and not entry["row"].is_expected]
        return {
            "key": key,
            "name": PLAN_TYPES[key],
            "held": held,
            "expected": [entry for entry in shown if entry["row"].is_expected and entry["holds"]],
            "earlier": [entry for entry in shown if not entry["holds"]],
            "coverage": coverage(key, known, today) if known and held else None,
        }


class AnchoringCorrect(RowPage):
    """``/forankring/7/rett/``: put right, end, or take out."""

    right = "register.edit"
    model = PlanAnchoring
    template: ClassVar[str] = "municipalities/anchoring_correct.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.find()
        return self._page(row)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.find()
        what = request.POST.get("gjor", "")
        do = {"avslutt": self._end, "ta-ut": self._remove}.get(what, self._correct)
        return do(row)

    def _correct(self, row: Any) -> HttpResponse:
        form = self._form(row, self.request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                anchoring_correct(
                    anchoring=row, entry=form.entry(), actor=self.request.user, now=self.now, reason=reason
                )
            except EntryRefused as refused:
                form.refused(refused)
            else:
                return self._done(_("The entry is put right. What stood there is kept in the history."))
        return self._page(row, 400, form=form)

    def _end(self, row: Any) -> HttpResponse:
        form = EndForm(self.request.POST)
        if form.is_valid():
            last, note = form.cleaned_data["last"], form.cleaned_data["note"]
            try:
                anchoring_end(anchoring=row, last=last, actor=self.request.user, now=self.now, note=note)
            except EntryRefused as refused:
                form.refused(refused)
            else:
                return self._done(_("The entry ends on %(day)s.") % {"day": in_words(last)})
        return self._page(row, 400, end_form=form)

    def _remove(self, row: Any) -> HttpResponse:
        form = ReasonForm(self.request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                anchoring_remove(anchoring=row, actor=self.request.user, now=self.now, reason=reason)
            except EntryRefused as refused:
                form.refused(refused)
            else:
                return self._done(_("The entry is taken out. The one before it holds again."))
        return self._page(row, 400, remove_form=form)

    def _done(self, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return redirect("anchoring_edit", number=self.number)

    def _form(self, row: Any, *data: Any) -> AnchoringForm:
        initial = AnchoringForm.initial_of(row)
        return AnchoringForm(*data, initial=initial, decisions=decisions_of(self), correcting=True, today=self.today)

    def _page(self, row: Any, status: int = 200, **forms: EntryForm) -> HttpResponse:
        context = {
            "row": row,
            "plan": word(PLAN_TYPES, row.plan_type),
            "events": self.history(row),
            "form": forms.get("form") or self._form(row),
            "end_form": forms.get("end_form") or EndForm(),
            "remove_form": forms.get("remove_form") or ReasonForm(),
            **origin_of(row),
        }
        return self.render(self.template, context, status)


# --- Steps, phase, delay ----------------------------------------------------------------------------


class Progress(UnitPage):
    """``/kommune/3004/framdrift/``: where the municipality has stood, and where it stands from a day on."""

    right = "register.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        moved = self.find()
        return moved or self._page()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.find()
        form = ProgressForm(request.POST, today=self.today)
        if form.is_valid():
            try:
                progress_enter(municipality=self.unit, entry=form.entry(), actor=request.user, now=self.now)
            except EntryRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("Step, phase and delay are registered."))
                return redirect("progress_edit", number=self.number)
        return self._page(form, 400)

    def _page(self, form: ProgressForm | None = None, status: int = 200) -> HttpResponse:
        found = list(self.rows(PhaseStatus).filter(municipality=self.unit).order_by("-valid_from", "-pk"))
        rows = [progress_words(row) for row in found]
        now = next((row for row in rows if row["row"].valid_from <= self.today), None)
        form = form or ProgressForm(initial=_as_it_stands(now["row"]) if now else {})
        return self.render("municipalities/progress.html", {"form": form, "rows": rows, "now": now}, status)


class ProgressCorrect(RowPage):
    """``/framdrift/7/rett/``: put right, or take out."""

    right = "register.edit"
    model = PhaseStatus

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(self.find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.find()
        return self._remove(row) if request.POST.get("gjor") == "ta-ut" else self._correct(row)

    def _correct(self, row: Any) -> HttpResponse:
        form = ProgressForm(self.request.POST, correcting=True, today=self.today)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                progress_correct(status=row, entry=form.entry(), actor=self.request.user, now=self.now, reason=reason)
            except EntryRefused as refused:
                form.refused(refused)
            else:
                return self._done(_("The entry is put right. What stood there is kept in the history."))
        return self._page(row, 400, form=form)

    def _remove(self, row: Any) -> HttpResponse:
        form = ReasonForm(self.request.POST)
        if form.is_valid():
            try:
                progress_remove(status=row, actor=self.request.user, now=self.now, reason=form.cleaned_data["reason"])
            except EntryRefused as refused:
                form.refused(refused)
            else:
                return self._done(_("The entry is taken out. The one before it holds again."))
        return self._page(row, 400, remove_form=form)

    def _done(self, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return redirect("progress_edit", number=self.number)

    def _page(self, row: Any, status: int = 200, **forms: EntryForm) -> HttpResponse:
        initial = {**_as_it_stands(row), "valid_from": row.valid_from, "note": row.note}
        context = {
            "row": row,
            "events": self.history(row),
            "form": forms.get("form") or ProgressForm(initial=initial, correcting=True),
            "remove_form": forms.get("remove_form") or ReasonForm(),
            **origin_of(row),
        }
        return self.render("municipalities/progress_correct.html", context, status)


def _as_it_stands(row: Any) -> dict[str, Any]:
    """What holds, for a form that goes on from it."""
    return {
        "step": row.step or "",
        "phase": row.phase or "",
        "delay_months": row.delay_months,
        "delay_reason": row.delay_reason,
    }


def progress_words(row: Any) -> dict[str, Any]:
    """A row of step, phase and delay in words."""
    return {
        "row": row,
        "step": word(STEPS, row.step) if row.step else "",
        "phase": word(PHASES, row.phase) if row.phase else "",
        "delay": delay_words(row.delay_months, row.delay_reason),
        **origin_of(row),
    }

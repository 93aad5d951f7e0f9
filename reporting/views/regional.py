"""The region's own report: one page to fill it in and deliver it, the same page for Hdir to accept or return it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from crispy_forms.utils import render_crispy_form
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.access import RIGHTS, can
from municipalities.filestore import NotThere, open_file
from municipalities.models import Event, Office
from municipalities.readings import read_logged
from municipalities.services import office_names
from municipalities.services.dated import EntryRefused
from municipalities.services.plan_documents import Upload, size_fault
from municipalities.transitions import TransitionRefused
from municipalities.views import ScopedPage, ScopedView
from reporting.answers import format_answer
from reporting.answers_typed import error_text
from reporting.checks import Finding
from reporting.form_spec import FormSpec, QuestionSpec, local, visible_codes
from reporting.forms import Drawing, SectionForm, sent_elsewhere
from reporting.models import RegionalReport, Round
from reporting.querysets import chosen_round, opened_rounds
from reporting.question_views import dom_id
from reporting.services import regional as service
from reporting.services.draft_view import FieldView, every_answer
from reporting.services.form_follow import asked_before
from reporting.services.regional_figures import RegionalFigure, regional_figures
from reporting.services.regional_form import regional_form_of
from reporting.views.found import in_words
from reporting.views.shown import language


@dataclass(frozen=True)
class Problem:
    """One thing that stops a delivery: a sentence and where it is mended."""

    text: str
    url: str


class RegionalView(ScopedView):
    """What all addresses of one region's report share."""

    abstract = True
    right = "regional.read"

    @cached_property
    def office(self) -> Office:
        """The office of the address; 404 for whoever is neither its staff nor Hdir."""
        office = Office.objects.across_all(reason="the region of the address").filter(key=self.kwargs["key"]).first()
        mine = self.scope.only(RIGHTS["regional.edit"].roles).office_ids
        if office is None or not (office.pk in mine or self.scope.has(RIGHTS["regional.judge"].roles)):
            raise Http404
        return office

    @cached_property
    def round(self) -> Round:
        """The round of the address, once it is open."""
        try:
            day = dt.date.fromisoformat(self.kwargs["day"])
        except ValueError:
            raise Http404 from None
        found = next(
            (row for row in opened_rounds(self.request.user, today=self.today) if row.reference_date == day), None
        )
        if found is None:
            raise Http404
        return found

    @cached_property
    def regional(self) -> RegionalReport:
        """The region's report."""
        return service.regional_open(round_=self.round, office=self.office, now=self.now)

    @property
    def address(self) -> str:
        return reverse("regional_report", args=[self.office.key, self.round.reference_date.isoformat()])

    def require(self, right: str) -> None:
        """Raises PermissionDenied with the reason."""
        decision = can(self.request.user, right, self.regional, today=self.today)
        if not decision:
            raise PermissionDenied(decision.reason)


class RegionalPage(RegionalView):
    """The report: its figures, its form, what is missing, and what can be done with it now."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save what was sent; then deliver it where the button says so."""
        self.require("regional.edit")
        spec = service.regional_spec(self.regional, now=self.now)
        items = [
            item for section in spec.sections for item in SectionForm(section, self.drawing(spec), request.POST).sent()
        ]
        items += sent_elsewhere(self._asked_before, spec.field_keys(), request.POST)
        reasons = {
            int(name[7:]): value
            for name, value in request.POST.items()
            if name.startswith("reason:") and name[7:].isdecimal() and len(name) < 18
        }
        who: dict[str, Any] = {"actor": request.user, "now": self.now}
        clashes = service.regional_save(regional=self.regional, items=items, reasons=reasons, **who)
        fault = self._attach(who)
        if clashes or fault:
            return self.page(clashes=clashes, fault=fault, status=409 if clashes else 422)
        if request.POST.get("hva") != "lever":
            messages.success(request, _("Everything is saved."))
            return redirect(self.address)
        try:
            service.regional_deliver(regional=self.regional, **who)
        except service.NotDeliverable as stopped:
            return self.page(stopped=stopped, status=422)
        messages.success(request, _("The region is delivered to Helsedirektoratet."))
        return redirect(self.address)

    def _asked_before(self, key: str) -> tuple[QuestionSpec, str] | None:
        return asked_before(regional_form_of(self.regional.round, now=self.now), key)

    def _clashes(self, spec: FormSpec, clashes: Sequence[service.Clash]) -> list[tuple[str, str, service.Clash]]:
        """Each with its question, and what was typed in words."""
        found = []
        for one in clashes:
            asked = spec.field(one.key) if one.asked else self._asked_before(one.key)
            if asked is not None:
                found.append((local(asked[0].name, language()), in_words(asked[0], one.mine, {}), one))
        return found

    def _attach(self, who: Mapping[str, Any]) -> str:
        file = self.request.FILES.get("plan")
        if file is None:
            return ""
        if fault := size_fault(file.name, file.size):
            return fault
        try:
            service.plan_attach(regional=self.regional, upload=Upload(file.name, file.read()), **who)
        except EntryRefused as refused:
            return str(refused)
        return ""

    # --- what is shown ---------------------------------------------------------------------------------

    def drawing(self, spec: FormSpec) -> Drawing:
        """What the questions are drawn from."""
        stored = self.regional.draft.get("fields", {})
        fields = {key: _field(spec, key, stored.get(key, {})) for key in spec.field_keys()}
        shown = frozenset(visible_codes(spec, every_answer(spec, self.regional.draft)))
        draft: Any = SimpleNamespace(fields=fields, visible=shown)
        return Drawing(draft, language())

    def page(
        self,
        *,
        clashes: Sequence[service.Clash] = (),
        fault: str = "",
        typed: str = "",
        stopped: service.NotDeliverable | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The page as it stands."""
        regional = self.regional
        spec = service.regional_spec(regional, now=self.now)
        may_edit = bool(can(self.request.user, "regional.edit", regional, today=self.today))
        editable = may_edit and regional.status in service.EDITABLE
        context = {
            "regional": regional,
            "round": self.round,
            "name": office_names(self.today)[self.office.pk],
            "editable": editable,
            "may_judge": bool(can(self.request.user, "regional.judge", regional, today=self.today)),
            "figures": self._figures(),
            "missing": self._missing(),
            "problems": self._problems(spec, stopped, fault),
            "clashes": self._clashes(spec, [one for one in clashes if one.asked]),
            "not_asked": self._clashes(spec, [one for one in clashes if not one.asked]),
            "history": Event.objects.across_all(reason="what happened with a region's report").filter(
                object_type=regional._meta.label_lower, object_id=regional.pk
            ).select_related("actor").order_by("-id"),
            "labels": {rule.name: rule.label for rule in service.REGIONAL.transitions},
            "note": self._note(),
            "typed": typed,
        }  # fmt: skip
        if editable:
            drawing = self.drawing(spec)
            context["sections"] = [
                (section.key, local(section.title, language()), local(section.lead, language()),
                 render_crispy_form(SectionForm(section, drawing)))
                for section in spec.sections
            ]  # fmt: skip
        else:
            context["answers"] = self._answers(spec)
        return self.render("reporting/regional/report.html", context, status=status)

    def _figures(self) -> list[tuple[str, Any, Any]]:
        submission = self.regional.current
        if submission is not None and self.regional.status not in service.EDITABLE:
            return [(_(line["text"]), line["value"], line["whole"]) for line in submission.figures.get("lines", [])]
        lines: tuple[RegionalFigure, ...] = regional_figures(self.regional, today=self.today)
        return [(_(line.text), line.value, line.whole) for line in lines]

    def _missing(self) -> list[Any]:
        submission = self.regional.current
        if submission is not None and self.regional.status not in service.EDITABLE:
            return [service.Missing(**entry) for entry in submission.missing]
        return service.missing_of(self.regional)

    def given(self, spec: FormSpec) -> Mapping[str, Any]:
        """The answers that are shown as text: the delivered ones, before that the draft's."""
        submission = self.regional.current
        return submission.answers if submission is not None else every_answer(spec, self.regional.draft)

    def _answers(self, spec: FormSpec) -> list[tuple[str, list[tuple[str, str]]]]:
        given = self.given(spec)

        def answer(question: QuestionSpec) -> tuple[str, str]:
            return local(question.text, language()), format_answer(question, given.get(question.code), language())

        return [
            (local(section.title, language()), [answer(one) for one in section.questions]) for section in spec.sections
        ]

    def _problems(self, spec: FormSpec, stopped: service.NotDeliverable | None, fault: str) -> list[Problem]:
        found = (
            [Problem(fault, "#note" if self.request.POST.get("hva") in ("godta", "returner") else "#plan")]
            if fault
            else []
        )
        if stopped is not None:
            found += [Problem(one.message, _place(one)) for one in stopped.findings]
            found += [Problem(_unexplained(one), f"#grunn-{one.report}") for one in stopped.unexplained]
        return found

    def _note(self) -> str:
        """What Hdir wrote when it returned the report."""
        if self.regional.status != RegionalReport.Status.RETURNED:
            return ""
        rows = Event.objects.across_all(reason="why a region's report came back").filter(
            object_type=self.regional._meta.label_lower, object_id=self.regional.pk, name="return"
        )
        last = rows.order_by("id").last()
        return last.note if last else ""


def _field(spec: FormSpec, key: str, stored: Mapping[str, Any]) -> FieldView:
    question, row = spec.field(key)
    code, raw = stored.get("error", ""), stored.get("raw", "")
    return FieldView(
        key=key,
        question=question,
        row=row,
        value=stored.get("value"),
        rev=stored.get("rev", 0),
        raw=raw,
        error=error_text(question, code, raw) if code else "",
    )


def _unexplained(one: service.Missing) -> str:
    if one.too_long:
        words = _("%(name)s: the reason is too long. Write at most %(count)s characters.")
        return words % {"name": one.name, "count": service.REASON_LENGTH}
    return _("%(name)s: write why the report is not approved.") % {"name": one.name}


def _place(finding: Finding) -> str:
    return f"#sp-{dom_id(finding.field_key)}"


class RegionalPlan(RegionalView):
    """The regional plan, as it was attached: to be downloaded, never shown inside the site."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require("regional.read")
        if not self.regional.plan_file:
            raise Http404
        try:
            stream = open_file(self.regional.plan_file)
        except NotThere:
            raise Http404 from None
        read_logged(request, self.regional, "plan_attachment_read")
        return FileResponse(
            stream, as_attachment=True, filename=self.regional.plan_name, content_type=self.regional.plan_type
        )


class RegionalJudge(RegionalPage):
    """Hdir accepts the region's report, or returns it with a comment; what is refused keeps what was written."""

    right = "regional.judge"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require("regional.judge")
        note = request.POST.get("note", "")
        who: dict[str, Any] = {"regional": self.regional, "actor": request.user, "now": self.now, "note": note}
        try:
            if request.POST.get("hva") == "godta":
                service.regional_accept(**who)
                messages.success(request, _("The region's report is accepted."))
            else:
                service.regional_return(**who)
                messages.success(request, _("The region's report is returned to the statsforvalter."))
        except TransitionRefused as refused:
            self.__dict__.pop("regional", None)  # somebody may have been first: show what stands now
            return self.page(fault=str(refused.message), typed=note, status=409)
        return redirect(self.address)


class RegionalList(ScopedPage):
    """The regions' reports of a round: for Hdir all ten, for the statsforvalter's staff their own."""

    right = "regional.read"
    template_name = "reporting/regional/list.html"

    def get_context(self) -> dict[str, Any]:
        rounds = opened_rounds(self.request.user, today=self.today)  # type: ignore[arg-type]
        round_, _before = chosen_round(rounds, self.request.GET.get("runde", ""))
        if round_ is None:
            return {"rounds": rounds, "round": None, "rows": []}
        found = {
            row.office_id: row
            for row in self.rows(RegionalReport).filter(round=round_).select_related("current").defer("draft")
        }
        mine = self.scope.only(RIGHTS["regional.edit"].roles).office_ids
        everywhere = self.scope.has(RIGHTS["regional.judge"].roles)
        names = office_names(self.today)
        rows = [
            (name, found.get(pk), reverse("regional_report", args=[name.key, round_.reference_date.isoformat()]))
            for pk, name in names.items()
            if everywhere or pk in mine
        ]
        return {"rounds": rounds, "round": round_, "rows": rows}

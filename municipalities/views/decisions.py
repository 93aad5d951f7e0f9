"""The pages of plan decisions: a new one, all about one, put right, its documents. No rule lives here."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.filestore import NotThere, content_disposition
from municipalities.forms import EntryForm
from municipalities.forms.decisions import DecisionForm, DocumentsForm, ReasonForm
from municipalities.history import happenings
from municipalities.models import (
    AreaPosition,
    Event,
    Municipality,
    MunicipalityVersion,
    PlanAnchoring,
    PlanDecision,
    PlanDocument,
    SolutionPosition,
)
from municipalities.names import display_name
from municipalities.readings import read_logged
from municipalities.services import unit_names, unit_with_number
from municipalities.services.dated import EntryRefused
from municipalities.services.decisions import decision_correct, decision_remove, until_words
from municipalities.services.plan_documents import (
    decision_with_documents,
    document_read,
    document_remove,
    documents_add,
)
from municipalities.services.registers import DIRECT
from municipalities.timeline import years_words
from municipalities.views import ScopedView
from municipalities.vocabulary import CHOSEN, PLAN_TYPES, POSITIONS, word
from reform.models import FocusArea


class UnitNamed(ScopedView):
    """What the pages about one unit share: its name and number today, and whether the reader may edit."""

    abstract = True

    def describe(self, unit: Municipality) -> None:
        """Keep the unit, its number and name of today (the last it had, where it is no more)."""
        self.unit = unit
        names = unit_names([unit.pk], self.today)
        row: Any = (
            names.get(unit.pk) or MunicipalityVersion.objects.filter(municipality=unit).order_by("valid_from").last()
        )
        self.number, self.name = row.number, display_name(row.name, row.official_names)

    @cached_property
    def may_edit(self) -> bool:
        """Whether the reader may change the unit's registers."""
        return bool(can(self.request.user, "register.edit", self.unit, today=self.today))

    @cached_property
    def may_propose(self) -> bool:
        """Whether the reader may propose a correction of what stands here."""
        return not self.may_edit and bool(can(self.request.user, "correction.propose", self.unit, today=self.today))


class UnitPage(UnitNamed):
    """A page below a unit's address: an older or a later number leads to the one of today."""

    abstract = True
    model = Municipality
    write_right: ClassVar[str] = "register.edit"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.method == "POST":
            self.right = self.write_right  # type: ignore[misc]

    def find(self) -> HttpResponse | None:
        """Find the unit of the address. Returns the way to its number of today where the address has another."""
        number = self.kwargs["number"]
        found = unit_with_number(number, self.today)
        if found is None:
            raise Http404
        unit_id, spans = found
        self.describe(self.get_object(pk=unit_id))
        now = next((span for span in spans if span.holds(self.today)), spans[-1])
        if now.number != number and self.request.method == "GET":
            name = self.request.resolver_match.url_name
            return redirect(name, number=now.number)
        return None


def focus_areas() -> list[FocusArea]:
    """The five areas with their solutions. Two queries."""
    return list(FocusArea.objects.prefetch_related("solutions"))


class DecisionNew(UnitPage):
    """``/kommune/3004/vedtak/nytt/``."""

    right = "register.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        moved = self.find()
        return moved or self._page(self._form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.find()
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, 400)
        try:
            row = decision_with_documents(
                municipality=self.unit,
                entry=form.entry(),
                uploads=form.cleaned_data["documents"],
                actor=request.user,
                now=self.now,
            )
        except EntryRefused as refused:
            form.refused(refused)
            return self._page(form, 400)
        messages.success(request, _("The decision is registered.") + f" {until_words(row)}".rstrip())
        return redirect("decision_detail", pk=row.pk)

    def _form(self, *data: Any) -> DecisionForm:
        return DecisionForm(*data, areas=focus_areas(), now=self._now(), correcting=False, today=self.today)

    def _now(self) -> dict[str, str]:
        """What holds today of each area and solution."""
        rows = self.rows(SolutionPosition).filter(municipality=self.unit).on(self.today)
        now = {f"solution_{code}": held for code, held in rows.values_list("solution__code", "position")}
        rows = self.rows(AreaPosition).filter(municipality=self.unit).on(self.today)
        return now | {f"area_{code}": held for code, held in rows.values_list("area__code", "position")}

    def _page(self, form: DecisionForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "files_again": status != 200 and bool(self.request.FILES)}
        return self.render("municipalities/decision_form.html", context, status)


class DecisionPage(UnitNamed):
    """A page below a decision's address."""

    abstract = True
    model = PlanDecision

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("municipality", "replaces")

    def find(self) -> PlanDecision:
        """The decision of the address."""
        decision: PlanDecision = self.get_object()
        self.describe(decision.municipality)
        return decision

    def detail(self, decision: PlanDecision, status: int = 200, **forms: EntryForm) -> HttpResponse:
        """The page with all about one decision."""
        context = {"decision": decision, **_Detail(self, decision).context(), **forms}
        if self.may_edit:
            context.setdefault("documents_form", DocumentsForm())
            context.setdefault("remove_form", ReasonForm())
        return self.render("municipalities/decision_detail.html", context, status)


class DecisionDetail(DecisionPage):
    """``/vedtak/12/``: all about one decision."""

    right = "register.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.detail(self.find())


class DecisionCorrect(DecisionPage):
    """``/vedtak/12/rett/``: put right what is registered."""

    right = "register.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.find()
        return self._page(decision, self._form(decision))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.find()
        form = self._form(decision, request.POST)
        if not form.is_valid():
            return self._page(decision, form, 400)
        reason = form.cleaned_data["reason"]
        try:
            changed = decision_correct(
                decision=decision, entry=form.entry(), actor=request.user, now=self.now, reason=reason
            )
        except EntryRefused as refused:
            form.refused(refused)
            return self._page(decision, form, 400)
        said = _("The entry is put right. What stood there is kept in the history.")
        messages.success(request, said if changed else _("Nothing was different, so nothing was changed."))
        return redirect("decision_detail", pk=decision.pk)

    def _form(self, decision: PlanDecision, *data: Any) -> DecisionForm:
        mine = _positions_of(self, decision)
        own = decision.valid_from == decision.decided_on
        names = (
            "status", "title", "decided_on", "case_number", "link", "expected_on", "process", "elder_council_on",
            "elder_council",
        )  # fmt: skip
        initial = {name: getattr(decision, name) for name in names} | mine
        initial["valid_from"] = None if own else decision.valid_from
        return DecisionForm(*data, initial=initial, areas=focus_areas(), now={}, correcting=True, today=self.today)

    def _page(self, decision: PlanDecision, form: DecisionForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "decision": decision, "from_report": not decision.origin.startswith(DIRECT)}
        return self.render("municipalities/decision_form.html", context, status)


class DecisionRemove(DecisionPage):
    """Take out a decision that never was."""

    right = "register.edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.find()
        form = ReasonForm(request.POST)
        if form.is_valid():
            try:
                decision_remove(decision=decision, actor=request.user, now=self.now, reason=form.cleaned_data["reason"])
            except EntryRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("The entry is taken out. The one before it holds again."))
                return redirect("municipality_detail", number=self.number)
        return self.detail(decision, 400, remove_form=form)


class PlanDocumentAdd(DecisionPage):
    """More documents to a decision."""

    right = "register.edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.find()
        form = DocumentsForm(request.POST, request.FILES)
        if form.is_valid():
            uploads = form.cleaned_data["document"]
            try:
                if not uploads:
                    raise EntryRefused({"document": _("Choose a file.")})
                documents_add(decision=decision, uploads=uploads, actor=request.user, now=self.now)
            except EntryRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("The documents are kept with the decision."))
                return redirect("decision_detail", pk=decision.pk)
        return self.detail(decision, 400, documents_form=form)


class PlanDocumentRemove(ScopedView):
    """Take a document away; its bytes are deleted."""

    right = "register.edit"
    model = PlanDocument
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        document = self.get_object()
        document_remove(document=document, actor=request.user, now=self.now)
        messages.success(request, _("The document is taken away."))
        return redirect("decision_detail", pk=document.decision_id)


class PlanDocumentFile(ScopedView):
    """The document itself, saved and never shown inside the portal's own pages."""

    right = "register.read"
    model = PlanDocument
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            document = self.get_object()
            opened = document_read(document)
        except NotThere:
            raise Http404 from None
        read_logged(request, document, "plan_document_read")
        response = FileResponse(opened.stream, content_type=opened.media_type)
        response["Content-Disposition"] = content_disposition(opened.name)
        response["Content-Length"] = str(opened.size)
        response["Cache-Control"] = "private, no-store"
        return response


# --- What the page of a decision shows ---------------------------------------------------------------


def safe_link(link: str) -> str:
    """An address that a browser may follow; else empty."""
    return link if urlsplit(link).scheme in ("http", "https") else ""


def origin_of(row: Any) -> dict[str, Any]:
    """Where a register row is from: entered directly, or a report (with its id for the link)."""
    kind, _colon, rest = row.origin.partition(":")
    report = rest.partition("/")[0]
    return {"direct": kind == "register", "report": int(report) if kind == "report" and report.isdigit() else None}


def _positions_of(view: ScopedView, decision: PlanDecision) -> dict[str, str]:
    rows = view.rows(SolutionPosition).filter(decision=decision)
    held = {f"solution_{code}": position for code, position in rows.values_list("solution__code", "position")}
    rows = view.rows(AreaPosition).filter(decision=decision)
    return held | {f"area_{code}": position for code, position in rows.values_list("area__code", "position")}


class _Detail:
    """Gathers the page of one decision: a constant number of queries."""

    def __init__(self, view: DecisionPage, decision: PlanDecision) -> None:
        self.view, self.decision = view, decision

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        rows = self.view.rows(PlanDecision).filter(municipality=self.decision.municipality)
        after = rows.filter(valid_from__gt=self.decision.valid_from).order_by("valid_from").first()
        areas = focus_areas()
        today: dt.date = self.view.today
        return {
            "origin": origin_of(self.decision),
            "url": safe_link(self.decision.link),
            "holds": self.decision.valid_to is None or self.decision.valid_to >= today,
            "overdue": self.decision.expected_on is not None and self.decision.expected_on < today,
            "replaced_by": after,
            "areas": self._areas(areas),
            "documents": [row for row in self.decision.documents.all() if row.removed_at is None],  # type: ignore[attr-defined]
            "anchorings": self._anchorings(),
            "events": happenings(self._events(), _names(areas)),
        }

    def _areas(self, areas: list[FocusArea]) -> list[dict[str, Any]]:
        held = _positions_of(self.view, self.decision)

        def row(key: str) -> dict[str, Any] | None:
            position = held.get(key)
            return {"position": word(POSITIONS, position), "chosen": position in CHOSEN} if position else None

        found = [
            {
                "name": area.name,
                "whole": row(f"area_{area.code}"),
                "rows": [
                    {"code": solution.code, "name": solution.name, **taken}
                    for solution in area.solutions.all()  # type: ignore[attr-defined]
                    if (taken := row(f"solution_{solution.code}"))
                ],
            }
            for area in areas
        ]
        return [area for area in found if area["whole"] or area["rows"]]

    def _anchorings(self) -> list[dict[str, Any]]:
        rows = self.view.rows(PlanAnchoring).filter(decision=self.decision).order_by("plan_type", "valid_from")
        return [{"row": row, "plan": word(PLAN_TYPES, row.plan_type), "years": years_words(row)} for row in rows]

    def _events(self) -> list[Event]:
        label = PlanDecision._meta.label_lower
        rows: Any = self.view.rows(Event).select_related("actor").filter(object_type=label, object_id=self.decision.pk)
        return list(rows)


def _names(areas: list[FocusArea]) -> dict[str, str]:
    names = {area.code: area.name for area in areas}
    return names | {row.code: row.name for area in areas for row in area.solutions.all()}  # type: ignore[attr-defined]

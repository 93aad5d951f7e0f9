"""The pages of proposed corrections: a new one, the list, one with its answer, and taking it back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import can
from municipalities.border_words import TODAY, borders_words
from municipalities.corrections_list import ABOUT, CorrectionRow, Query, choose
from municipalities.free_text import FreeTextForm
from municipalities.models import CorrectionProposal, Municipality
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services import corrections as service
from municipalities.services import office_names, unit_with_number
from municipalities.templatetags.portal import day as day_words
from municipalities.transitions import WrongState
from municipalities.views import ScopedPage, ScopedView

PER_PAGE = 50
FILL_IN = {"required": gettext_lazy("Fill in this field.")}
VIEW_LABELS = {
    "venter": gettext_lazy("Waiting for an answer"),
    "besvart": gettext_lazy("Answered"),
    "alle": gettext_lazy("All"),
}
COLUMNS = (
    ("kommune", gettext_lazy("Municipality")),
    ("om", gettext_lazy("About")),
    ("foreslatt", gettext_lazy("Proposed")),
    ("status", gettext_lazy("Status")),
)
NAMES_TODAY = gettext_lazy(
    "The municipalities have today's names and numbers, those that have been merged or split their last ones."
)
COLORS = {"open": "warning", "done": "success", "declined": "neutral", "withdrawn": "neutral"}


def choices_about() -> list[tuple[str, str]]:
    """What a proposal can be about, in words."""
    return [(key, capfirst(text)) for key, text in CorrectionProposal.About.choices]


class ProposalForm(FreeTextForm):
    """What is wrong, and how it should be."""

    about = forms.ChoiceField(
        label=gettext_lazy("What is it about?"), choices=choices_about, widget=forms.RadioSelect,
        error_messages=FILL_IN,
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("What is wrong, and how should it be?"),
        help_text=gettext_lazy("For example: The decision is from 14 June 2021, case 45/21, not from 2020."),
        max_length=service.TEXT_LENGTH,
        error_messages=FILL_IN,
        widget=forms.Textarea(attrs={"rows": 5, "aria-describedby": "pii"}),
    )


class AnswerForm(FreeTextForm):
    """What came of a proposal."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=(
            ("put_right", gettext_lazy("It is put right in the register")),
            ("decline", gettext_lazy("It is left as it was")),
        ),
        widget=forms.RadioSelect,
        error_messages=FILL_IN,
    )
    text = forms.CharField(
        label=gettext_lazy("Answer to the municipality"),
        help_text=gettext_lazy("Say what you have changed, or why it stays as it is."),
        max_length=service.TEXT_LENGTH,
        error_messages=FILL_IN,
        widget=forms.Textarea(attrs={"rows": 4, "aria-describedby": "pii"}),
    )


class CorrectionNew(ScopedView):
    """A contact proposes a correction from the page of her municipality; ``?om=stotte`` has chosen what about."""

    right = "correction.propose"
    model = Municipality

    @cached_property
    def unit(self) -> Municipality:
        """The unit with the number of the address, old or new. Raises Http404 and PermissionDenied."""
        found = unit_with_number(self.kwargs["number"], self.today)
        if found is None:
            raise Http404
        unit: Municipality = self.get_object(pk=found[0])
        return unit

    @cached_property
    def version(self) -> Any:
        """What the unit is called today, or was called last."""
        return service.names_near([self.unit.pk], self.today)[self.unit.pk]

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        if self.version.number != number:
            return redirect("correction_new", number=self.version.number)
        return self._page(ProposalForm(initial={"about": ABOUT.get(request.GET.get("om", ""), "")}, label_suffix=""))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        unit, form = self.unit, ProposalForm(request.POST, label_suffix="")
        if form.is_valid():
            try:
                proposal, made = service.correction_propose(
                    municipality=unit,
                    **form.cleaned_data,
                    actor=request.user,
                    now=self.now,
                    request_id=request.request_id,
                )
            except service.CorrectionInvalid as invalid:
                for name, text in invalid.faults.items():
                    form.add_error(name, text)
            else:
                if made:
                    messages.success(request, _("The proposal is sent. You get an e-mail when it is answered."))
                else:
                    messages.info(request, _("You have proposed this already, and it waits for an answer."))
                return redirect("correction_detail", pk=proposal.pk)
        return self._page(form, 422)

    def _page(self, form: ProposalForm, status: int = 200) -> HttpResponse:
        earlier = self.rows(CorrectionProposal).filter(municipality=self.unit).order_by("-pk")[:10]
        context = {"form": form, "version": self.version, "earlier": list(earlier), "colors": COLORS}
        return self.render("municipalities/correction_new.html", context, status=status)


class Listed(ScopedView):
    """The rows that the list and its file are made of. Three queries, and the scope."""

    abstract = True

    @cached_property
    def own(self) -> bool:
        """Whether the reader works in a municipality: she sees what has come of her own proposals first."""
        return bool(self.scope.municipality_ids)

    @cached_property
    def offices(self) -> dict[int, Any]:
        """The offices' names today."""
        return office_names(self.today)

    def query(self) -> Query:
        """What the address asks for."""
        return Query.read(self.request.GET.get, view="alle" if self.own else "venter")

    def all_rows(self) -> list[CorrectionRow]:
        """Everything that the reader may see."""
        proposals = list(self.rows(CorrectionProposal).order_by("pk"))
        names = service.names_near({row.municipality_id for row in proposals}, self.today)
        return [self._row(proposal, names[proposal.municipality_id]) for proposal in proposals]

    def _row(self, proposal: CorrectionProposal, version: Any) -> CorrectionRow:
        office = self.offices.get(version.office_id)
        return CorrectionRow(
            pk=proposal.pk,
            number=version.number,
            name=version.name,
            official_names=version.official_names,
            key=version.sort_key,
            district=version.municipality.is_district,
            office=office.short_name if office else "",
            office_key=office.key if office else "",
            about=proposal.about,
            about_words=capfirst(proposal.get_about_display()),
            text=proposal.text,
            status=proposal.status,
            status_words=str(proposal.get_status_display()),
            proposed_by=proposal.proposed_by_name,
            proposed_at=proposal.proposed_at,
            answer=proposal.answer,
            answered_by=proposal.answered_by_name,
            answered_at=proposal.answered_at,
        )


def list_url(query: Query, **changes: Any) -> str:
    """The address of the list with changes to what it shows."""
    return f"{reverse('correction_list')}?{urlencode(query.parameters(**changes))}"


class CorrectionList(ScopedPage, Listed):
    """The proposals that the reader may see. A register's keeper sees those that wait for an answer first."""

    right = "register.read"
    template_name = "municipalities/correction_list.html"

    def get_context(self) -> dict[str, Any]:
        query, everything = self.query(), self.all_rows()
        counts, hits = choose(everything, query)
        page = Paginator(hits, PER_PAGE).get_page(query.page)
        regions = {row.office_key: row.office for row in everything}
        parameters = urlencode(query.parameters(page=1))
        words = {value: word for word, value in ABOUT.items()}
        return {
            "query": query,
            "page": page,
            "rows": page.object_list,
            "views": [
                (label, counts[name], list_url(query, view=name, page=1), name == query.view)
                for name, label in VIEW_LABELS.items()
            ],
            "columns": [
                (label, list_url(query, sort=query.next_sort(name), page=1), query.sorted_by(name))
                for name, label in COLUMNS
            ],
            "abouts": [(words[key], text, query.about == words[key]) for key, text in choices_about()],
            "regions": sorted(regions.items(), key=lambda pair: pair[1]) if len(regions) > 1 or query.office else [],
            "reset_url": list_url(query, search="", about="", office="", page=1),
            "names_today": NAMES_TODAY,
            "files": [(style, f"{reverse('correction_file', args=[style])}?{parameters}") for style in FORMATS],
            "colors": COLORS,
        }


class CorrectionFile(Listed):
    """The list that the address asks for, whole, as Excel or CSV."""

    right = "register.read"

    def get(self, request: HttpRequest, style: str) -> HttpResponse:
        if style not in FORMATS:
            raise Http404
        query = self.query()
        _counts, hits = choose(self.all_rows(), query)
        heads = (
            _("Number"), _("Municipality"), _("Region"), _("About"), _("Proposal"), _("Proposed by"), _("Proposed"),
            _("Status"), _("Answer"), _("Answered by"), _("Answered"), _("Borders"),
        )  # fmt: skip
        borders = borders_words(TODAY, None, self.today)
        cells = [
            (
                row.number, row.full_name, row.office, row.about_words, row.text, row.proposed_by,
                row.proposed_at.date(), row.status_words, row.answer, row.answered_by,
                row.answered_at.date() if row.answered_at else None, borders,
            )
            for row in hits
        ]  # fmt: skip
        facts = [(_("Taken out"), day_words(self.today)), (_("Borders"), str(NAMES_TODAY))]
        return table_response(ListTable(_("Proposed corrections"), heads, cells, facts), style, "rettelser")


class CorrectionDetail(ScopedPage):
    """One proposal: what is proposed, what came of it, and the answer or the withdrawal of those who may."""

    right = "register.read"
    model = CorrectionProposal
    template_name = "municipalities/correction_detail.html"

    def get_context(self) -> dict[str, Any]:
        return proposal_context(self, self.object, AnswerForm(label_suffix=""))


def proposal_context(view: ScopedView, proposal: CorrectionProposal, form: AnswerForm) -> dict[str, Any]:
    """What the page of a proposal shows; the form only to those who may answer."""
    waits = proposal.status == CorrectionProposal.Status.OPEN
    user, today = view.request.user, view.today
    return {
        "object": proposal,
        "version": service.names_near([proposal.municipality_id], today)[proposal.municipality_id],
        "history": list(service.correction_history(proposal)),
        "may_answer": waits and bool(can(user, "correction.answer", proposal, today=today)),
        "may_withdraw": waits and bool(can(user, "correction.propose", proposal, today=today)),
        "form": form,
        "color": COLORS[proposal.status],
    }


class CorrectionAnswer(ScopedView):
    """The answer of who keeps the register."""

    right = "correction.answer"
    model = CorrectionProposal
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        proposal = self.get_object()
        form, kept = AnswerForm(request.POST, label_suffix=""), ""
        if form.is_valid():
            try:
                service.correction_answer(
                    proposal, form.cleaned_data["outcome"], text=form.cleaned_data["text"],
                    actor=request.user, now=self.now, request_id=request.request_id,
                )  # fmt: skip
            except service.CorrectionInvalid as invalid:
                for name, text in invalid.faults.items():
                    form.add_error(name, text)
            except WrongState as refused:
                form.add_error(None, str(refused.message))
                proposal, kept = self.get_object(), form.cleaned_data["text"]
            else:
                messages.success(request, _("The answer is sent to the municipality."))
                return redirect("correction_detail", pk=proposal.pk)
        context = {**proposal_context(self, proposal, form), "kept": kept}
        return self.render("municipalities/correction_detail.html", context, status=409 if kept else 422)


class CorrectionWithdraw(ScopedView):
    """The municipality takes its proposal back."""

    right = "correction.propose"
    model = CorrectionProposal
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        proposal = self.get_object()
        service.correction_withdraw(proposal, actor=request.user, now=self.now, request_id=request.request_id)
        messages.success(request, _("The proposal is withdrawn."))
        return redirect("correction_detail", pk=proposal.pk)

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("To the proposal"), reverse("correction_detail", args=[self.kwargs["pk"]]))]

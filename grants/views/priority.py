"""The priority lists of a year: that of all schemes together, and that of one scheme with Hdir's decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from grants.forms_priority import DecideForm
from grants.models import PriorityDecision, Scheme
from grants.priority_shown import scheme_line
from grants.services.priority_decisions import priority_decide
from grants.views.priority_base import OfYear
from municipalities.access import NATIONAL, REGIONAL, can
from municipalities.render_table import FORMATS, table_response
from municipalities.services.dated import EntryRefused


class PriorityList(OfYear):
    """``/tilskudd/2021/prioritet/``; ``?format=xlsx`` or ``csv`` for the file."""

    right = "priority.read"
    template_name = "grants/priority_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        style = request.GET.get("format", "")
        if style in FORMATS:
            return table_response(self.table(), style, self.file_name)
        if own := self._own_page():
            return redirect(own)
        return self.render(self.template_name, self.get_context())

    @property
    def file_name(self) -> str:
        return f"prioritet-{self.year}-{self.day.isoformat()}"

    def _own_page(self) -> str:
        """A municipality has a page of its own, and no list."""
        if self.scope.has(NATIONAL | REGIONAL) or len(self.lines) != 1:
            return ""
        return self.unit_url(self.lines[0].unit)

    @cached_property
    def may_decide(self) -> bool:
        return bool(can(self.request.user, "priority.decide", today=self.today))

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "may_decide": self.may_decide, "schemes": self._schemes()}

    def _schemes(self) -> list[dict[str, Any]]:
        """The year's schemes under the criteria, each with the list that was decided last. Two queries."""
        last = self.rows(PriorityDecision).filter(scheme=OuterRef("pk")).order_by("-version")
        rows = self.rows(Scheme).filter(year=self.year, prioritised=True).prefetch_related("exceptions")
        rows = rows.annotate(
            decided=Subquery(last.values("pk")[:1]), decided_at=Subquery(last.values("decided_at")[:1])
        )
        return [
            {"line": scheme_line(row), "url": reverse("priority_scheme", args=[self.year, row.key])} for row in rows
        ]


class PriorityScheme(PriorityList):
    """``/tilskudd/2021/prioritet/usht/``: the list as it concerns one scheme; a POST decides it."""

    right = "priority.read"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.method == "POST":
            self.right = "priority.decide"  # type: ignore[misc]

    @cached_property
    def scheme(self) -> Scheme:  # type: ignore[override]
        """The scheme of the address. Raises Http404."""
        rows = self.rows(Scheme).filter(year=self.year, key=self.kwargs["key"]).prefetch_related("exceptions")
        found: Scheme | None = rows.first()
        if found is None:
            raise Http404
        return found

    @property
    def file_name(self) -> str:
        return f"prioritet-{self.year}-{self.scheme.key}-{self.day.isoformat()}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.scheme  # noqa: B018 - a scheme that is not there is 404 before a year that has no criteria
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DecideForm(request.POST, again=bool(self.decisions), use_required_attribute=False)
        scheme = self.scheme
        if form.is_valid():
            try:
                made = priority_decide(scheme=scheme, actor=self.request.user, now=self.now, **form.cleaned_data)
            except EntryRefused as refused:
                form.refused(refused)
            else:
                messages.success(request, _("The list is decided. It will not change."))
                return redirect("priority_decision", pk=made.pk)
        return self.render(self.template_name, {**self.get_context(), "form": form}, status=422)

    def _own_page(self) -> str:
        return ""

    def _schemes(self) -> list[dict[str, Any]]:
        return []

    @cached_property
    def decisions(self) -> list[PriorityDecision]:
        """The scheme's decided lists, the last one first."""
        rows = self.rows(PriorityDecision).filter(scheme=self.scheme).defer("canonical")
        return list(rows.order_by("-version"))

    def get_context(self) -> dict[str, Any]:
        context = {**super().get_context(), "scheme_line": scheme_line(self.scheme), "decisions": self.decisions}
        if self.may_decide and self.scheme.prioritised:
            initial = {"day": self.day}
            context["form"] = DecideForm(initial=initial, again=bool(self.decisions), use_required_attribute=False)
        return context

"""The applications of a year: the list with its sums and files, and one row put right."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from grants import application_shown as shown
from grants.application_shown import GRANTED, Line
from grants.forms_applications import ApplicationForm
from grants.models import GrantApplication, Scheme
from grants.services import applications
from grants.views.schemes import OfYear
from municipalities.access import NATIONAL, can
from municipalities.render_table import FORMATS, table_response
from municipalities.services import office_names, unit_names
from municipalities.services.dated import EntryRefused
from municipalities.transitions import WrongState

PAGE = 50


class ApplicationListPage(OfYear):
    """``/tilskudd/2021/soknader/``; ``?format=xlsx`` or ``csv`` for the file."""

    right = "application.read"
    template_name = "grants/application_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        style = request.GET.get("format", "")
        if style in FORMATS:
            table = shown.list_table(self.lines, year=self.year, today=self.today, filters=self._in_words())
            return table_response(table, style, f"soknader-{self.year}")
        return self.render(self.template_name, self.get_context())

    @cached_property
    def query(self) -> dict[str, str]:
        """The filters of the address that are known ones: scheme, office and status."""
        asked = {name: self.request.GET.get(name, "")[:60] for name in ("ordning", "embete", "status")}
        known = {
            "ordning": {row.key for row in self.schemes},
            "embete": {row.key for row in self.offices.values()},
            "status": set(GrantApplication.Status.values),
        }
        return {name: value for name, value in asked.items() if value in known[name]}

    @cached_property
    def schemes(self) -> list[Scheme]:
        """The year's schemes in their order."""
        return list(self.rows(Scheme).filter(year=self.year).order_by("order", "key"))

    @cached_property
    def offices(self) -> Any:
        """The offices by id, as they were called on the list's day."""
        return office_names(applications.list_day(self.year, self.today))

    @cached_property
    def lines(self) -> list[Line]:
        """The applications that the reader may see and the filters ask for."""
        rows = self.rows(GrantApplication).filter(scheme__year=self.year).select_related("scheme")
        if scheme := self.query.get("ordning"):
            rows = rows.filter(scheme__key=scheme)
        if status := self.query.get("status"):
            rows = rows.filter(status=status)
        names = unit_names(None, applications.list_day(self.year, self.today))
        lines = shown.lines_of(rows, names, self.offices)
        office = self.query.get("embete")
        return [line for line in lines if not office or line.office_key == office]

    def get_context(self) -> dict[str, Any]:
        page = Paginator(self.lines, PAGE).get_page(self.request.GET.get("side"))
        sums = shown.sums_of(self.lines, self.offices)
        everybody = self.scope.has(NATIONAL)
        kept = urlencode(self.query)
        return {
            "year": self.year,
            "years": self.years("application_list"),
            "page": page,
            "sums": sums,
            "by_year": self._by_year(),
            "selects": self._selects(everybody),
            "filtered": bool(self.query),
            "reset_url": self.request.path,
            "files": [(style, f"?{kept}{'&' if kept else ''}format={style}") for style in FORMATS],
            "may_edit": bool(can(self.request.user, "application.import", today=self.today)),
            "own": bool(self.scope.municipality_ids),
        }

    def _by_year(self) -> list[shown.Sum]:
        """The sums of each year that has any, for the scheme that is asked about, or for all. One query."""
        rows = self.rows(GrantApplication)
        if scheme := self.query.get("ordning"):
            rows = rows.filter(scheme__key=scheme)
        counted = rows.order_by("-scheme__year").values("scheme__year").annotate(
            n=Count("pk"), granted=Count("pk", filter=Q(status=GRANTED)),
            applied_sum=Sum("applied_kr"), granted_sum=Sum("granted_kr"),
        )  # fmt: skip
        return [
            shown.Sum(
                row["scheme__year"], row["n"], row["granted"], row["applied_sum"] or 0, row["granted_sum"] or 0,
                reverse("application_list", args=[row["scheme__year"]]),
            )
            for row in counted
        ]  # fmt: skip

    def _selects(self, everybody: bool) -> list[tuple[str, Any, list[tuple[str, Any, bool]]]]:
        asked = self.query
        schemes = [(row.key, row.name) for row in self.schemes]
        statuses = [(key, capfirst(label)) for key, label in GrantApplication.Status.choices]
        offices = [(row.key, row.short_name) for row in self.offices.values()]
        found = [("ordning", _("Scheme"), _("All schemes"), schemes), ("status", _("Status"), _("All"), statuses)]
        if everybody:
            found.insert(1, ("embete", _("Office"), _("The whole country"), offices))
        return [
            (name, label, [("", every, name not in asked), *((k, text, k == asked.get(name)) for k, text in options)])
            for name, label, every, options in found
        ]

    def _in_words(self) -> list[tuple[str, str]]:
        chosen = {name: options for name, _label, options in self._selects(everybody=True)}
        labels = {"ordning": _("Scheme"), "embete": _("Office"), "status": _("Status")}
        return [
            (str(labels[name]), str(text))
            for name, options in chosen.items()
            for key, text, current in options
            if current and key
        ]


class ApplicationEdit(OfYear):
    """Put what is known of one application right, or take it away."""

    right = "application.import"
    model = GrantApplication

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(scheme__year=self.year).select_related("scheme")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        initial = {**vars(applications.application_values(row)), "seen": applications.application_state(row)}
        return self.page(row, ApplicationForm(initial=initial))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        form = ApplicationForm(request.POST)
        if form.is_valid():
            try:
                changed = applications.application_change(
                    application=row, values=form.values(), seen=form.cleaned_data["seen"], actor=request.user,
                    now=self.now,
                )  # fmt: skip
            except EntryRefused as refused:
                form.entry_refused(refused)
            except WrongState as late:
                if not late.state:
                    raise
                form.outdated(str(late.message), late.state)
            else:
                messages.success(request, _("The change is saved.") if changed else _("Nothing was changed."))
                return redirect("application_list", self.year)
        return self.page(row, form, 422)

    def page(self, row: GrantApplication, form: ApplicationForm, status: int = 200) -> HttpResponse:
        names = unit_names([row.municipality_id], applications.list_day(self.year, self.today))
        unit = names.get(row.municipality_id)
        context = {"object": row, "form": form, "year": self.year, "unit": unit}
        return self.render("grants/application_form.html", context, status)


class ApplicationRemove(OfYear):
    """Take away an application that was taken in by mistake."""

    right = "application.import"
    model = GrantApplication
    http_method_names = ["post"]

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(scheme__year=self.year)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        applications.application_remove(application=self.get_object(), actor=request.user, now=self.now)
        messages.success(request, _("The application is removed. What it said is kept in the log."))
        return redirect("application_list", self.year)

"""Writing schemes and criteria: a new scheme, a change, taking one away, a year copied forward, the criteria."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.forms_schemes import CriteriaForm, Exceptions, SchemeForm, exceptions_initial, scheme_initial
from grants.models import Scheme
from grants.services.criteria import criteria_get, criteria_set
from grants.services.schemes import scheme_add, scheme_change, scheme_remove, year_copy
from grants.views.schemes import OfYear
from municipalities.errors import stopped
from municipalities.services.dated import EntryRefused
from municipalities.transitions import WrongState


class SchemeWriting(OfYear):
    """What a new scheme and a change share: the form with the rows of its exceptions."""

    abstract = True
    object: Scheme | None = None

    def page(self, form: SchemeForm, rows: Any, status: int = 200) -> HttpResponse:
        context = {"form": form, "rows": rows, "object": self.object, "year": self.year}
        return self.render("grants/scheme_form.html", context, status)

    def refuse_rows(self, form: SchemeForm, rows: Any) -> None:
        """Say on top that a row is wrong; the sentence stands at the row too."""
        for at, row in enumerate(rows.forms, 1):
            for name, errors in row.errors.items():
                values = {"at": at, "label": row.fields[name].label if name in row.fields else "", "text": errors[0]}
                form.add_error(None, _("Exception %(at)s, %(label)s: %(text)s") % values)
        for text in rows.non_form_errors():
            form.add_error(None, text)


class SchemeNew(SchemeWriting):
    """A new scheme of a year."""

    right = "grants.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(SchemeForm(initial={"prioritised": True}), Exceptions(prefix="unntak"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, rows = SchemeForm(request.POST), Exceptions(request.POST, prefix="unntak")
        if not rows.is_valid():
            form.is_valid()
            self.refuse_rows(form, rows)
        if form.is_valid():
            try:
                made = scheme_add(year=self.year, values=form.values(rows.values()), actor=request.user, now=self.now)
            except EntryRefused as refused:
                form.entry_refused(refused)
            else:
                messages.success(request, _("The scheme is entered."))
                return redirect("scheme_detail", made.year, made.key)
        return self.page(form, rows, 422)


class OfScheme(OfYear):
    """A page that writes one scheme of a year."""

    abstract = True
    model = Scheme

    def get_object(self, **lookup: Any) -> Scheme:
        found: Scheme = super().get_object(year=self.year, key=self.kwargs["key"])
        return found

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("To the grant schemes"), reverse("scheme_list", args=[self.year]))]


class SchemeEdit(OfScheme, SchemeWriting):
    """Put a scheme of one year right; other years keep what they have."""

    right = "grants.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        rows = Exceptions(initial=exceptions_initial(self.object), prefix="unntak")
        return self.page(SchemeForm(initial=scheme_initial(self.object), is_new=False), rows)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = row = self.get_object()
        form = SchemeForm(request.POST, is_new=False)
        rows = Exceptions(request.POST, initial=exceptions_initial(row), prefix="unntak")
        if not rows.is_valid():
            form.is_valid()
            self.refuse_rows(form, rows)
        if form.is_valid():
            try:
                changed = scheme_change(
                    scheme=row, values=form.values(rows.values()), seen=form.cleaned_data["seen"],
                    actor=request.user, now=self.now,
                )  # fmt: skip
            except EntryRefused as refused:
                form.entry_refused(refused)
            except WrongState as late:
                if not late.state:
                    raise
                form.outdated(str(late.message), late.state)
            else:
                messages.success(request, _("The change is saved.") if changed else _("Nothing was changed."))
                return redirect("scheme_detail", row.year, row.key)
        return self.page(form, rows, 422)


class SchemeRemove(OfScheme):
    """Ask once more, then take the scheme of one year away."""

    right = "grants.edit"
    template_name = "grants/scheme_remove.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        try:
            scheme_remove(scheme=row, actor=request.user, now=self.now)
        except EntryRefused as refused:
            here = [(_("To the scheme"), reverse("scheme_detail", args=[row.year, row.key]))]
            return stopped(request, _("The scheme was not removed"), str(refused), here, 409, code="in_use")
        messages.success(request, _("The scheme is removed from %(year)s.") % {"year": row.year})
        return redirect("scheme_list", row.year)


class SchemeCopy(OfYear):
    """Copy a year's schemes and criteria to the next."""

    right = "grants.edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            count = year_copy(year=self.year, actor=request.user, now=self.now)
        except EntryRefused as refused:
            back = [(_("To the grant schemes"), reverse("scheme_list", args=[self.year]))]
            return stopped(request, _("Nothing was copied"), str(refused), back, 409, code="not_copied")
        text = ngettext(
            "%(count)s scheme is copied to %(year)s. Now enter its windows.",
            "%(count)s schemes are copied to %(year)s. Now enter their windows.",
            count,
        )
        messages.success(request, text % {"count": count, "year": self.year + 1})
        return redirect("scheme_list", self.year + 1)


class CriteriaEdit(OfYear):
    """Choose the criteria of a year and what each accepts."""

    right = "grants.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(CriteriaForm(held=criteria_get(self.year)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CriteriaForm(request.POST, held=criteria_get(self.year))
        if form.is_valid():
            try:
                changed = criteria_set(
                    year=self.year, values=form.values(), seen=form.cleaned_data["seen"], actor=request.user,
                    now=self.now,
                )  # fmt: skip
            except EntryRefused as refused:
                form.entry_refused(refused)
            except WrongState as late:
                form.outdated(str(late.message), late.state)
            else:
                messages.success(request, _("The change is saved.") if changed else _("Nothing was changed."))
                return redirect("criteria_page", self.year)
        return self.page(form, 422)

    def page(self, form: CriteriaForm, status: int = 200) -> HttpResponse:
        return self.render("grants/criteria_form.html", {"form": form, "year": self.year}, status)

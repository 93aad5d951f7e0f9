"""What the budgets gave to whom: the table, its drawing and files, and the writing of it. No rule lives here."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from grants.amounts import in_millions
from grants.appropriation_chart import NARROW, WIDE, Bars, draw
from grants.forms_funds import AppropriationForm, appropriation_initial
from grants.models import Appropriation
from grants.services.appropriations import (
    Budget,
    Overview,
    appropriation_remove,
    appropriation_write,
    change_in_millions,
    overview,
)
from grants.views.allocation import FundsPage
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services.dated import EntryRefused, in_words
from reporting.views.shown import language


class AppropriationList(FundsPage):
    """``/tilskudd/bevilgninger/``: every budget, what it gave to whom and for what, and how that changed."""

    right = "grants.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        table = overview(self.rows(Appropriation).order_by("year", "occasion", "order", "pk"))
        style = request.GET.get("format", "")
        if style in FORMATS:
            return table_response(as_list(table, self.today), style, f"bevilgninger-{self.today.year}")
        return self.render("grants/appropriation_list.html", self._context(table))

    def _context(self, table: Overview) -> dict[str, Any]:
        nynorsk = language() == "nn"
        names = [(one.name_nn if nynorsk else one.name_nb) for one in table.receivers]
        receivers = [
            (name, [(_shown(cell.amount), change_in_millions(cell.change)) for cell in one.cells])
            for name, one in zip(names, table.receivers, strict=True)
        ]
        return {
            "budgets": [
                {
                    "name": budget_name(one), "short": short_name(one), "year": one.year,
                    "total": in_millions(one.total), "change": change_in_millions(one.change),
                    "rows": [row_shown(row, nynorsk) for row in table.rows if (row.year, row.occasion) == one.key],
                    "sources": sorted({r.source for r in table.rows if (r.year, r.occasion) == one.key and r.source}),
                }
                for one in table.budgets[::-1]
            ],
            "heads": [short_name(one) for one in table.budgets],
            "totals": [(in_millions(one.total), change_in_millions(one.change)) for one in table.budgets],
            "years": [(year, in_millions(total)) for year, total in table.years],
            "several": len(table.budgets) > len(table.years),
            "receivers": receivers,
            "charts": charts_of(table, names),
        }  # fmt: skip


class AppropriationWriting(FundsPage):
    """What the pages that write an appropriation share."""

    abstract = True
    right = "grants.edit"
    model = Appropriation

    @cached_property
    def receivers(self) -> list[tuple[str, str]]:
        """The receivers that are known, by key, with the name they had last."""
        table = overview(self.rows(Appropriation).order_by("year", "occasion", "order", "pk"))
        nynorsk = language() == "nn"
        return [(one.key, one.name_nn if nynorsk else one.name_nb) for one in table.receivers]

    def form(self, *data: Any, **options: Any) -> AppropriationForm:
        """The form with the receivers that are known."""
        return AppropriationForm(*data, receivers=self.receivers, **options)

    def write(self, row: Appropriation | None) -> HttpResponse:
        """Keep what was posted, or show why not, with all that was typed."""
        form = self.form(self.request.POST)
        if form.is_valid():
            try:
                kept = appropriation_write(
                    form.values(), row=row, seen=form.cleaned_data["seen"], actor=self.request.user, now=self.now
                )
            except EntryRefused as refused:
                form.refused(refused)
            else:
                said = {"who": kept.receiver_nb, "amount": in_millions(kept.amount), "year": kept.year}
                messages.success(self.request, _("Saved: %(who)s, %(amount)s mill. kr in %(year)s.") % said)
                return redirect("appropriation_list")
        return self.page(form, row, 422)

    def page(self, form: AppropriationForm, row: Appropriation | None = None, status: int = 200) -> HttpResponse:
        """The page around the form."""
        return self.render("grants/appropriation_form.html", {"form": form, "object": row}, status)


class AppropriationNew(AppropriationWriting):
    """One more appropriation."""

    right = "grants.edit"
    model = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.form(initial={"year": self.today.year}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.write(None)


class AppropriationEdit(AppropriationWriting):
    """Put an appropriation right."""

    right = "grants.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        return self.page(self.form(initial=appropriation_initial(row)), row)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.write(self.get_object())


class AppropriationRemove(AppropriationWriting):
    """Take away one that was entered by mistake."""

    right = "grants.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("appropriation_edit", pk=self.get_object().pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        said = {"who": row.receiver_nb, "year": row.year}
        appropriation_remove(row, actor=request.user, now=self.now)
        messages.success(request, _("Taken away: %(who)s in %(year)s.") % said)
        return redirect("appropriation_list")


def budget_name(budget: Budget) -> str:
    """``State budget 2021``, ``Revised state budget 2018``."""
    text = _("Revised state budget %(year)s") if budget.occasion == "rnb" else _("State budget %(year)s")
    return text % {"year": budget.year}


def short_name(budget: Budget) -> str:
    """The year alone where it is an ordinary budget; a revised one says so."""
    return _("%(year)s revised") % {"year": budget.year} if budget.occasion == "rnb" else str(budget.year)


def row_shown(row: Appropriation, nynorsk: bool) -> dict[str, Any]:
    """A row in the language of the page."""
    return {
        "pk": row.pk, "amount": in_millions(row.amount), "source": row.source,
        "receiver": row.receiver_nn if nynorsk else row.receiver_nb,
        "purpose": row.purpose_nn if nynorsk else row.purpose_nb,
    }  # fmt: skip


def charts_of(table: Overview, names: list[str]) -> list[SafeString]:
    """The drawing for a wide page and for a phone; the table beside it has the same figures."""
    heads = [short_name(one) for one in table.budgets]
    rows = [
        Bars(name, tuple((head, cell.amount, _shown(cell.amount)) for head, cell in zip(heads, one.cells, strict=True)))
        for name, one in zip(names, table.receivers, strict=True)
    ]
    sums = ", ".join(f"{head}: {in_millions(one.total)}" for head, one in zip(heads, table.budgets, strict=True))
    alt = _("What each receiver was given, in mill. kr. In all %(sums)s. The table below has every figure.")
    # Every text in a drawing is escaped where it is drawn.
    return [mark_safe(draw(rows, alt % {"sums": sums}, frame)) for frame in (WIDE, NARROW)]


def as_list(table: Overview, today: dt.date) -> ListTable:
    """All rows as they stand on ``today``, in mill. kr and in 1 000 kr."""
    nynorsk = language() == "nn"
    budgets = {one.key: one for one in table.budgets}
    changes = {
        (budget.key, one.key): cell.change
        for one in table.receivers
        for budget, cell in zip(table.budgets, one.cells, strict=True)
    }
    rows = [
        [
            row.year, budget_name(budgets[row.year, row.occasion]), shown["receiver"], shown["purpose"],
            Decimal(row.amount) / 1000, row.amount, changes[(row.year, row.occasion), row.receiver], row.source,
        ]
        for row in table.rows
        for shown in [row_shown(row, nynorsk)]
    ]  # fmt: skip
    heads = [
        _("Year"), _("Budget"), _("Receiver"), _("Purpose"), _("Mill. kr"), _("1 000 kr"),
        _("Change from the budget before, 1 000 kr"), _("Source"),
    ]  # fmt: skip
    facts = [(_("Date"), in_words(today))]
    facts += [
        (budget_name(one), _("%(amount)s mill. kr") % {"amount": in_millions(one.total)}) for one in table.budgets
    ]
    return ListTable(_("Appropriations"), heads, rows, facts)


def _shown(amount: int | None) -> str:
    return "–" if amount is None else in_millions(amount)

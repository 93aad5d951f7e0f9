"""The offices' funds of a year: the list of years, the page that explains, the files. No rule lives here."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grants import allocation_words as words
from grants.models import AllocationFormula
from grants.render_allocation_docx import MEDIA_TYPE, Letter, render_docx
from grants.services import funds
from municipalities.access import can
from municipalities.models import Event
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services.dated import EntryRefused, in_words
from municipalities.views import ScopedPage
from reporting.documents.formats import format_number


class FundsPage(ScopedPage):
    """What the pages of the offices' funds share."""

    abstract = True
    right = "grants.read"

    @cached_property
    def may_edit(self) -> bool:
        """Whether the reader keeps the formulas."""
        return bool(can(self.request.user, "grants.edit", today=self.today))

    @cached_property
    def years(self) -> list[int]:
        """The years that have a formula, the newest first."""
        return funds.formula_years()

    def year_asked(self) -> int:
        """The year of the address. Raises Http404 for one that cannot be."""
        year = int(self.kwargs["year"])
        if not funds.FIRST_YEAR <= year <= funds.LAST_YEAR:
            raise Http404
        return year


class AllocationList(FundsPage):
    """``/tilskudd/fordeling/``: the years and their formulas; ``?aar=2024`` opens that year's form."""

    right = "grants.read"
    template_name = "grants/allocation_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("aar", "").strip()
        fault = ""
        if asked and self.may_edit:
            if asked.isascii() and asked.isdigit() and funds.FIRST_YEAR <= int(asked[:5]) <= funds.LAST_YEAR:
                return redirect("allocation_edit", year=int(asked))
            first, last = funds.FIRST_YEAR, funds.LAST_YEAR
            fault = _("Choose a year from %(first)s to %(last)s.") % {"first": first, "last": last}
        return self.render(self.template_name, self._context(asked, fault), 400 if fault else 200)

    def _context(self, asked: str, fault: str) -> dict[str, Any]:
        rows = [funds.values_of(row) for row in self.rows(AllocationFormula).prefetch_related("parts__table")]
        shown = [(row, [(words.part_head(part), part.amount) for part in row.parts]) for row in rows]
        following = max((row.year for row in rows), default=self.today.year - 1) + 1
        return {"formulas": shown, "asked": asked[:20], "fault": fault, "following": following}


class AllocationPage(FundsPage):
    """``/tilskudd/fordeling/2022/``: who gets what, and why; ``?eksempel=agder`` reckons another office's share."""

    right = "grants.read"
    template_name = "grants/allocation_page.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        year = self.year_asked()
        try:
            shared = funds.allocation(year)
        except funds.YearUnknown as unknown:
            return self._without(year, str(unknown))
        except EntryRefused as refused:
            return self._without(year, " ".join(refused.faults.values()))
        style = request.GET.get("format", "")
        if style in FORMATS:
            return table_response(as_list(shared), style, f"fordeling-{year}")
        return self.render(self.template_name, self._context(shared))

    def _without(self, year: int, sentence: str) -> HttpResponse:
        """The page of a year that cannot be shared: why, and the years that can."""
        return self.render(self.template_name, {"year": year, "sentence": sentence}, 404)

    def _context(self, shared: funds.Allocation) -> dict[str, Any]:
        asked = self.request.GET.get("eksempel", "")
        chosen = next((row for row in shared.rows if row.key == asked), shared.rows[0])
        year = shared.formula.year
        formula = self.rows(AllocationFormula).get(year=year)
        written = (
            self.rows(Event)
            .select_related("actor")
            .filter(object_type="grants.allocationformula", object_id=formula.pk)
            .last()
        )
        return {
            "year": year,
            "shared": shared,
            "parts": words.part_words(shared),
            "whole": words.whole_words(shared),
            "rounding": words.rounding_words(),
            "rows": [{"row": row, "shares": shares_shown(row)} for row in shared.rows],
            "chosen": chosen,
            "steps": words.example(shared, chosen),
            "written": written,
            "following": None if year + 1 in self.years else year + 1,
        }


class AllocationWord(FundsPage):
    """The table for the letter as a Word file, in the language of the page."""

    right = "grants.read"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            shared = funds.allocation(self.year_asked())
        except (funds.YearUnknown, EntryRefused):
            return redirect("allocation_page", year=self.kwargs["year"])
        response = HttpResponse(render_docx(as_letter(shared)), content_type=MEDIA_TYPE)
        name = f"fordeling-{shared.formula.year}.docx"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["Cache-Control"] = "private, no-store"
        return response


def shares_shown(row: funds.OfficeRow) -> list[tuple[str, int]]:
    """Each part's share: exactly, as the page shows it, where it was rounded; and in whole 1 000 kr."""
    return [
        ("" if share.exact == share.amount else words.decimals(share.exact), share.amount) for share in row.line.shares
    ]


def as_list(shared: funds.Allocation) -> ListTable:
    """The allocation as a list: exact and rounded shares, the sums last."""
    formula = shared.formula
    heads = [_("Office"), _("Municipalities")]
    for part in formula.parts:
        heads += [_("%(part)s, exact") % {"part": words.part_head(part)}, words.part_head(part)]
    rows = [
        [
            row.name,
            row.municipalities,
            *(cell for share in row.line.shares for cell in (_rounded(share.exact), share.amount)),
            row.amount,
        ]
        for row in shared.rows
    ]
    sums = [cell for amount in shared.summed for cell in (Decimal(amount), amount)]
    rows.append([_("In all"), shared.municipalities, *sums, shared.total])
    facts = [
        (_("Amounts"), _("1 000 kr")),
        (_("Counted on"), in_words(formula.counted_on)),
        (_("Source"), formula.source),
    ]
    return ListTable(_title(shared), [*heads, _("In all")], rows, facts)


def as_letter(shared: funds.Allocation) -> Letter:
    """The allocation as the table of the letter to the offices."""
    formula = shared.formula
    heads = [_("Office"), _("Municipalities"), *(words.part_head(part) for part in formula.parts), _("In all")]
    rows = [
        [row.name, *map(format_number, (row.municipalities, *(share.amount for share in row.line.shares), row.amount))]
        for row in shared.rows
    ]
    rows.append([_("In all"), *map(format_number, (shared.municipalities, *shared.summed, shared.total))])
    note = _("Amounts in 1 000 kr. Municipalities as of %(day)s. Source of the formula: %(source)s.")
    return Letter(
        language=(get_language() or "nb")[:2],
        title=_title(shared),
        paragraphs=[words.whole_words(shared), *(part.sentence for part in words.part_words(shared))],
        caption=(_("Table 1"), _("Funds to the offices %(year)s, 1 000 kr") % {"year": formula.year}),
        heads=heads,
        rows=rows,
        note=note % {"day": in_words(formula.counted_on), "source": formula.source},
        publisher=_("Helsedirektoratet"),
        page=_("page"),
        day=formula.counted_on,
    )


def _title(shared: funds.Allocation) -> str:
    return _("Funds to the offices %(year)s") % {"year": shared.formula.year}


def _rounded(exact: Fraction) -> Decimal:
    """An exact share as a spreadsheet takes it, to a ten-thousandth."""
    if exact.denominator == 1:
        return Decimal(exact.numerator)
    return round(Decimal(exact.numerator) / Decimal(exact.denominator), 4)

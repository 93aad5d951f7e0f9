"""The writing of a year's formula, with its result before it is saved; and the tables that funds are shared by."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from grants import allocation_words as words
from grants.forms_funds import FormulaForm, TableFileForm, formula_initial
from grants.read_jsonstat import FILE_SIZE, KeyFigures
from grants.services import funds
from grants.services.key_tables import (
    KeyTableRefused,
    Looked,
    key_table_look,
    key_table_take,
    key_tables,
)
from grants.views.allocation import FundsPage, shares_shown
from municipalities.services.dated import EntryRefused

SALT = "grants.key_table"
SIGNED_LENGTH = 200_000


class AllocationEdit(FundsPage):
    """``/tilskudd/fordeling/2023/endre/``: the year's formula, or that of the year before copied forward."""

    right = "grants.edit"

    @cached_property
    def held(self) -> funds.FormulaValues | None:
        """The formula that is saved for the year."""
        year = self.year_asked()
        return funds.formula_of(year) if year in self.years else None

    @cached_property
    def copied(self) -> funds.FormulaValues | None:
        """The formula that a new year begins with: that of the year before it, else the nearest one after it."""
        if self.held is not None or not self.years:
            return None
        year = self.year_asked()
        nearest = next((known for known in self.years if known < year), self.years[-1])
        return funds.formula_of(nearest)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        year = self.year_asked()
        initial: dict[str, Any] = {"counted_on": dt.date(year, 1, 1), "seen": funds.fingerprint(self.held)}
        if self.copied is not None:
            initial |= formula_initial(funds.formula_copied(self.copied, year)) | {"source": ""}
        if self.held is not None:
            initial |= formula_initial(self.held)
        return self._page(self._form(initial=initial))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        formula = form.formula(self.year_asked())
        try:
            if request.POST.get("action") != "save":
                return self._page(form, funds.formula_try(formula))
            changed = funds.formula_write(
                formula, seen=form.cleaned_data["seen"], actor=request.user, now=self.now
            )  # fmt: skip
        except EntryRefused as refused:
            return self._refused(form, formula, refused)
        text = _("The formula of %(year)s is saved.") if changed else _("The formula of %(year)s stands as it was.")
        messages.success(request, text % {"year": formula.year})
        return redirect("allocation_page", year=formula.year)

    def _refused(self, form: FormulaForm, formula: funds.FormulaValues, refused: EntryRefused) -> HttpResponse:
        """The form with what was typed, and why it is not saved. Where another has changed the formula meanwhile, the
        result is shown beside hers, and the form is now about that one."""
        shared = None
        if isinstance(refused, funds.FormulaChanged):
            form = self._form({**self.request.POST.dict(), "seen": funds.fingerprint(self.held)})
            form.is_valid()
            shared = funds.formula_try(formula)
        form.refused(refused)
        return self._page(form, shared, status=422)

    def _form(self, *data: Any, **options: Any) -> FormulaForm:
        return FormulaForm(*data, tables=key_tables(), **options)

    def _page(self, form: FormulaForm, shared: funds.Allocation | None = None, status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "year": self.year_asked(), "copied": self.copied, "shared": shared}
        if shared is not None:
            before = self._before()
            context |= {
                "parts": words.part_words(shared),
                "rows": [{"row": row, "shares": shares_shown(row)} | _change(row, before) for row in shared.rows],
                "compared": bool(before),
            }
        return self.render("grants/allocation_edit.html", context, status)

    def _before(self) -> dict[str, int]:
        """What each office gets by the formula that is saved."""
        try:
            shared = funds.allocation_by(self.held) if self.held is not None else None
        except EntryRefused:
            return {}
        return {row.key: row.amount for row in shared.rows} if shared else {}


def _change(row: funds.OfficeRow, before: dict[str, int]) -> dict[str, int | None]:
    """What the office gets now, and how much more by the new formula."""
    held = before.get(row.key)
    return {"held": held, "change": None if held is None else row.amount - held}


class KeyTables(FundsPage):
    """``/tilskudd/fordeling/tabeller/``: the tables that were taken in, and a file to look at before it is."""

    right = "grants.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(TableFileForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TableFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            looked = key_table_look(form.cleaned_data["file"].read(FILE_SIZE + 1), today=self.today)
        except KeyTableRefused as refused:
            form.add_error("file", str(refused))
            return self._page(form, 422)
        return self._preview(looked)

    def _page(self, form: TableFileForm, status: int = 200) -> HttpResponse:
        return self.render("grants/key_tables.html", {"form": form, "tables": key_tables()}, status)

    def _preview(self, looked: Looked) -> HttpResponse:
        context = {"looked": looked, "signed": _signed(looked.figures), "count": len(looked.units)}
        return self.render("grants/key_table_preview.html", context)


class KeyTableTake(FundsPage):
    """Take in the table that was looked at: its figures came along in the page, signed."""

    right = "grants.edit"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("key_tables")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TableFileForm()
        try:
            figures = _unsigned(request.POST.get("signed", ""))
            table = key_table_take(figures, actor=request.user, now=self.now)
        except KeyTableRefused as refused:
            sentence = [{"text": str(refused)}]
            context = {"form": form, "tables": key_tables(), "refused": sentence}
            return self.render("grants/key_tables.html", context, 422)
        messages.success(request, _("The table is taken in: %(title)s.") % {"title": table.title})
        return redirect("key_tables")


def _signed(figures: KeyFigures) -> str:
    """The figures as a signed text that a hidden field holds, so that what is taken in is what was looked at."""
    told = {**figures.__dict__, "day": figures.day.isoformat()}
    return signing.dumps(told, salt=SALT, compress=True)


def _unsigned(text: str) -> KeyFigures:
    """The figures again. Raises KeyTableRefused for a text that this portal did not sign."""
    try:
        told = signing.loads(text[:SIGNED_LENGTH], salt=SALT, max_age=dt.timedelta(hours=12))
    except signing.BadSignature:
        raise KeyTableRefused(_("The table could not be read again. Send the file in anew.")) from None
    return KeyFigures(**{**told, "day": dt.date.fromisoformat(told["day"])})

"""The forms of the offices' funds and the appropriations. They read what was typed; the services judge it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.amounts import MILLIONS, THOUSANDS, in_millions
from grants.models import Appropriation, KeyTable
from grants.services.appropriations import (
    LONG,
    NAME_LENGTH,
    AppropriationValues,
    amount_typed,
    appropriation_mark,
)
from grants.services.funds import FLAT, MUNICIPALITIES, SOURCE_LENGTH, TABLE, FormulaValues, PartValues
from municipalities.forms import FILL_IN, DayField, EntryForm, text_field
from municipalities.free_text import FreeTextForm
from municipalities.services.dated import EntryRefused, in_words
from reporting.documents.formats import format_number

UNITS = ((MILLIONS, gettext_lazy("mill. kr")), (THOUSANDS, gettext_lazy("1 000 kr")))


class ThousandsField(forms.CharField):
    """An amount in 1 000 kr as people write it (``5 000``); its value is a whole number, 0 for an empty one."""

    widget = forms.TextInput(attrs={"class": "w-date", "autocomplete": "off", "inputmode": "numeric"})

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, max_length=40, error_messages=FILL_IN, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return 0
        try:
            return amount_typed(text, THOUSANDS)
        except EntryRefused as refused:
            raise forms.ValidationError(refused.faults["amount"]) from None


class FormulaForm(EntryForm):
    """A year's formula: the whole, its parts, the day on which is counted, and where it stands."""

    total = ThousandsField(label=gettext_lazy("In all, 1 000 kr"), required=True)
    flat = ThousandsField(label=gettext_lazy("The same to each office, 1 000 kr"))
    municipalities = ThousandsField(label=gettext_lazy("By the number of municipalities, 1 000 kr"))
    by_table = ThousandsField(label=gettext_lazy("By the figures of a table, 1 000 kr"))
    table = forms.ChoiceField(label=gettext_lazy("The table"), required=False)
    counted_on = DayField(
        label=gettext_lazy("Offices and municipalities are counted on"),
        help_text=gettext_lazy("Day, month and year, for example 1.1.2022."),
        required=True,
    )
    source = text_field(
        gettext_lazy("Where the formula stands"), SOURCE_LENGTH, gettext_lazy("For example the letter and its heading.")
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    use_required_attribute = False
    NEEDED = ("source",)

    def __init__(self, *args: Any, tables: Iterable[KeyTable], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.tables = {str(table.pk): table for table in tables}
        named = [(pk, f"{in_words(table.day)}: {table.title}") for pk, table in self.tables.items()]
        self.fields["table"].choices = [("", _("None")), *named]  # type: ignore[attr-defined]
        if not self.tables:
            del self.fields["by_table"], self.fields["table"]

    def formula(self, year: int) -> FormulaValues:
        """What was typed. A part of nothing is no part."""
        data = self.cleaned_data
        table = self.tables.get(data.get("table", ""))
        parts = (
            PartValues(FLAT, data["flat"]),
            PartValues(MUNICIPALITIES, data["municipalities"]),
            PartValues(TABLE, data.get("by_table", 0), table),
        )
        kept = tuple(part for part in parts if part.amount)
        return FormulaValues(year, data["total"], data["counted_on"], data["source"], kept)


def formula_initial(formula: FormulaValues) -> dict[str, Any]:
    """A formula as the fields show it."""
    amounts = {part.key: part.amount for part in formula.parts}
    tables = [str(part.table.pk) for part in formula.parts if part.table is not None]
    return {
        "total": formula.total,
        "flat": amounts.get(FLAT, 0),
        "municipalities": amounts.get(MUNICIPALITIES, 0),
        "by_table": amounts.get(TABLE, 0),
        "table": tables[0] if tables else "",
        "counted_on": formula.counted_on,
        "source": formula.source,
    }


class TableFileForm(FreeTextForm):
    """A file of Statistics Norway."""

    file = forms.FileField(
        label=gettext_lazy("The file (JSON-stat2)"),
        max_length=200,
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    use_required_attribute = False


class AppropriationForm(EntryForm):
    """What a budget gave one receiver. A receiver is chosen from those that are known, or written."""

    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        error_messages={**FILL_IN, "invalid": gettext_lazy("Write the year with four digits, for example 2022.")},
        widget=forms.TextInput(attrs={"class": "w-date", "inputmode": "numeric", "autocomplete": "off"}),
    )
    occasion = forms.ChoiceField(label=gettext_lazy("Budget"), error_messages=FILL_IN)
    receiver = forms.ChoiceField(
        label=gettext_lazy("Receiver"),
        required=False,
        help_text=gettext_lazy("A receiver from the list keeps the name it had last, unless you write another."),
    )
    receiver_nb = text_field(gettext_lazy("Name in bokmål"), NAME_LENGTH)
    receiver_nn = text_field(gettext_lazy("Name in nynorsk"), NAME_LENGTH)
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=40,
        error_messages=FILL_IN,
        widget=forms.TextInput(attrs={"class": "w-date", "inputmode": "decimal", "autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label=gettext_lazy("The amount is in"), choices=UNITS, initial=MILLIONS)
    purpose_nb = text_field(gettext_lazy("Purpose in bokmål"), LONG)
    purpose_nn = text_field(gettext_lazy("Purpose in nynorsk"), LONG)
    source = text_field(gettext_lazy("Source"), LONG, gettext_lazy("For example the letter or proposition."))
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    use_required_attribute = False
    NEEDED = ("receiver",)

    def __init__(self, *args: Any, receivers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        occasions = [(key, capfirst(text)) for key, text in Appropriation.Occasion.choices]
        self.fields["occasion"].choices = occasions  # type: ignore[attr-defined]
        self.fields["receiver"].choices = [("", _("Another, with the name below")), *receivers]  # type: ignore[attr-defined]

    def clean(self) -> Any:
        data = super().clean()
        if data.get("amount") and data.get("unit"):
            try:
                data["thousands"] = amount_typed(data["amount"], data["unit"])
            except EntryRefused as refused:
                self.refused(refused)
        return data

    def values(self) -> AppropriationValues:
        """What was typed."""
        data = self.cleaned_data
        texts = ("occasion", "receiver", "receiver_nb", "receiver_nn", "purpose_nb", "purpose_nn", "source")
        return AppropriationValues(
            year=data["year"], amount=data["thousands"], **{name: data[name] for name in texts}
        )  # fmt: skip


def appropriation_initial(row: Appropriation) -> dict[str, Any]:
    """A row as the fields show it."""
    names = ("year", "occasion", "receiver", "receiver_nb", "receiver_nn", "purpose_nb", "purpose_nn", "source")
    shown = {"amount": in_millions(row.amount), "unit": MILLIONS, "seen": appropriation_mark(row)}
    return {name: getattr(row, name) for name in names} | shown

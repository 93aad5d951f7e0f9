"""The forms of applications: a list to read, one row to put right. They read what was typed; the services say what
holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from grants.application_plan import Values
from grants.application_sheet import NOTE_LENGTH, amount
from grants.forms_schemes import Kept
from grants.models import GrantApplication
from municipalities.templatetags.portal import number
from networks.rules import clean_line
from networks.workbook.cells import CellFault


class AmountField(forms.CharField):
    """An amount as people write it; its value is whole kroner."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-date"})

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return amount({"amount": text or None}, "amount")
        except CellFault as fault:
            raise ValidationError(fault.sentence) from fault


class ApplicationForm(Kept):
    """What is known of one application."""

    status = forms.ChoiceField(label=gettext_lazy("Status"))
    applied_kr = AmountField(label=gettext_lazy("Applied for (kr)"), required=False, max_length=40)
    granted_kr = AmountField(label=gettext_lazy("Granted (kr)"), required=False, max_length=40)
    shielded = forms.BooleanField(
        label=gettext_lazy("Shielded"), required=False,
        help_text=gettext_lazy("The criteria do not touch it, for example courses already begun."),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH,
        help_text=gettext_lazy("The municipality sees it. Write no names of persons or other personal data."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [(key, capfirst(text)) for key, text in GrantApplication.Status.choices]

    def values(self) -> Values:
        """What is to be kept. Only for a valid form."""
        data = self.cleaned_data
        return Values(
            data["status"], data["applied_kr"], data["granted_kr"], data["shielded"], clean_line(data["note"])
        )

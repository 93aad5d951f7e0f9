"""The form that makes a key for a system. What is right is for the service to say; here it is read and shown."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.forms import FILL_IN, EntryForm


class MachineForm(EntryForm):
    """What the system is called."""

    name = forms.CharField(
        label=_("Name of the system"),
        help_text=_("The name stands in the receipt and in the history, as the one who sent in."),
        max_length=200,
        error_messages=FILL_IN,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

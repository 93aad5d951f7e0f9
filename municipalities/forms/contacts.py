"""The form that invites a colleague. What is right is for the service to say; here it is read and shown."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.forms import FILL_IN, EntryForm
from municipalities.services import CONTACT_ROLES


class InviteForm(EntryForm):
    """Name, work e-mail and what she may do."""

    first_name = forms.CharField(label=_("First name"), max_length=150, error_messages=FILL_IN)
    last_name = forms.CharField(label=_("Last name"), max_length=150, error_messages=FILL_IN)
    email = forms.CharField(
        label=_("Work e-mail"),
        max_length=254,
        error_messages=FILL_IN,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("What may she do?"),
        choices=[
            (CONTACT_ROLES[0], _("Fill in and send in")),
            (CONTACT_ROLES[1], _("Read only")),
        ],
        initial=CONTACT_ROLES[0],
        widget=forms.RadioSelect,
        error_messages=FILL_IN,
    )

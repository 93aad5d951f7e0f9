"""The forms by which access is given, and by which it is taken.

What is right is for the service to say; here it is read and shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.forms import FILL_IN, EntryForm
from municipalities.services import Contact


class InviteForm(EntryForm):
    """Name, work e-mail and what she may do; or whom she takes over from, and then she may do the same.

    ``roles`` are those that can be given here, ``people`` those who are there already.
    """

    first_name = forms.CharField(label=_("First name"), max_length=150, error_messages=FILL_IN)
    last_name = forms.CharField(label=_("Last name"), max_length=150, error_messages=FILL_IN)
    email = forms.CharField(
        label=_("Work e-mail"),
        max_length=254,
        error_messages=FILL_IN,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("What may she do?"), widget=forms.RadioSelect, error_messages=FILL_IN)
    replaces = forms.ChoiceField(
        label=_("Does she take over from somebody?"),
        required=False,
        help_text=_("Then she may do the same, and the other's access ends at once."),
    )

    def __init__(self, *args: Any, roles: Sequence[tuple[str, str]], people: Sequence[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = list(roles)
        self.fields["role"].initial = roles[0][0]
        others = [(str(row.membership_id), row.name) for row in people]
        self.fields["replaces"].choices = [("", gettext("No, she comes in addition")), *others]


class FirstPasswordForm(forms.Form):
    """A password, written twice. Whether it is strong enough is for the service to say."""

    password1 = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        error_messages=FILL_IN,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The password once more"),
        max_length=4096,
        strip=False,
        error_messages=FILL_IN,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_validators_help_text_html()

    def clean(self) -> Any:
        data = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", gettext("The two passwords are not the same."))
        return data

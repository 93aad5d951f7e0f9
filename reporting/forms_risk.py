"""The form in which one risk pattern is judged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from municipalities.free_text import FreeTextForm
from reporting.models import RiskAssessment
from reporting.services.risk import TEXT_LIMIT


class RiskForm(FreeTextForm):
    """Recognised, in part or not; why; and what is done about it. Whether it can be kept is said by the service."""

    submission = forms.IntegerField(required=False, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("Do you recognise the pattern in the municipality?"),
        choices=[(value, capfirst(label)) for value, label in RiskAssessment.Verdict.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you recognise the pattern.")},
    )
    reason = forms.CharField(
        label=_("Reason for the judgement"),
        help_text=_("Needed where you do not recognise it."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_LIMIT}),
    )
    follow_up = forms.CharField(
        label=_("Follow-up"),
        help_text=_("What you have done or will do, and when."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_LIMIT}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reason", "follow_up"):
            self.fields[name].widget.attrs["aria-describedby"] = f"pii-{self.prefix}"

    def take_faults(self, faults: dict[str, list[str]]) -> None:
        """Put what the service has refused at its field; what has none stands above the form."""
        for name, messages in faults.items():
            for message in messages:
                self.add_error(name if name in ("verdict", "reason", "follow_up") else None, message)

    def texts(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        return {name: self.cleaned_data.get(name) for name in ("verdict", "reason", "follow_up", "submission")}

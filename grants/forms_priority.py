"""The forms of the priority lists: what the statsforvalter adds, its withdrawal, and Hdir's decision. What may be
entered is said by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.models import CriterionNote
from grants.services.criterion_notes import LINK_LENGTH, REASON_LENGTH
from municipalities.forms import FILL_IN, DayField, EntryForm

PII = "pii"
"""The id of the line that warns against personal data."""


def _words(label: Any, *, required: bool, help_text: Any = "", needed: Any = None) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "maxlength": REASON_LENGTH, "aria-describedby": PII})
    said = {"required": needed} if needed else FILL_IN
    return forms.CharField(label=label, required=required, help_text=help_text, widget=widget, error_messages=said)


class NoteForm(EntryForm):
    """What the statsforvalter adds to a criterion: documentation, or another outcome with its reason."""

    KINDS = {
        "documentation": (CriterionNote.Kind.DOCUMENTATION, ""),
        "overrule-met": (CriterionNote.Kind.OVERRULE, CriterionNote.Outcome.MET),
        "overrule-not_met": (CriterionNote.Kind.OVERRULE, CriterionNote.Outcome.NOT_MET),
    }

    what = forms.ChoiceField(
        label=_("What do you want to add?"),
        choices=[
            ("documentation", _("Documentation, which does not change the outcome")),
            ("overrule-met", _("Overrule: the criterion is met")),
            ("overrule-not_met", _("Overrule: the criterion is not met")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you add documentation or overrule the outcome.")},
    )
    reason = _words(
        _("Reason, or what the documentation shows"),
        required=True,
        help_text=_("The municipality and Helsedirektoratet read this."),
        needed=_("Write why."),
    )
    link = forms.CharField(
        label=_("Link to the documentation"),
        required=False,
        max_length=LINK_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def entry(self) -> dict[str, str]:
        """The cleaned values as the service takes them."""
        kind, outcome = self.KINDS[self.cleaned_data["what"]]
        return {
            "kind": kind, "outcome": outcome, "reason": self.cleaned_data["reason"], "link": self.cleaned_data["link"],
        }  # fmt: skip

    def take(self, faults: dict[str, str]) -> None:
        """Put what the service has refused at its field."""
        for name, sentence in faults.items():
            self.add_error(
                {"kind": "what", "outcome": "what"}.get(name, name if name in self.fields else None), sentence
            )


class WithdrawForm(EntryForm):
    """Why something that was added is withdrawn."""

    reason = _words(_("Why is it withdrawn?"), required=True, needed=_("Write why."))


class DecideForm(EntryForm):
    """Decide a scheme's list as of a day; ``again`` when one is decided already, and the note has to say why."""

    day = DayField(label=_("As of the day"), required=True)
    note = _words(_("Note"), required=False)

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if again:
            self.NEEDED = ("note",)  # type: ignore[misc]
            self.fields["note"].help_text = _("A list is decided already: why is it decided anew?")

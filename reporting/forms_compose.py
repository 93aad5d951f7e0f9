"""The forms about a whole round: its dates and letter, a correction's note, the opening of a locked round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.forms import FILL_IN, DayField, text_field
from municipalities.free_text import FreeTextForm
from municipalities.templatetags.portal import day
from reporting.models import Round
from reporting.services.composing import DATES, ComposeRefused

EXAMPLE = gettext_lazy("For example 4.5.2022")


class RefusedForm(FreeTextForm):
    """A form whose service says what cannot be."""

    def refused(self, refused: ComposeRefused) -> None:
        """Each sentence at its field, where nothing else is wrong with it."""
        for name, sentence in refused.faults.items():
            place = name if name in self.fields else None
            if place is None or not self.has_error(place):
                self.add_error(place, sentence)


class DatesForm(RefusedForm):
    """The dates of a round and the letter it is asked by."""

    opens_on = DayField(label=gettext_lazy("The round opens"), help_text=EXAMPLE)
    municipality_deadline = DayField(label=gettext_lazy("The municipalities' deadline"))
    office_deadline = DayField(label=gettext_lazy("The statsforvalter's deadline"))
    hdir_deadline = DayField(label=gettext_lazy("The note goes to the ministry"))
    closes_on = DayField(
        label=gettext_lazy("The round closes"),
        help_text=gettext_lazy("The last day on which a report can be sent in for the first time."),
    )
    corrections_until = DayField(
        label=gettext_lazy("Corrections until"),
        help_text=gettext_lazy("The last day for a report that was returned. Left empty, it is the day it closes."),
    )
    letter = text_field(
        gettext_lazy("Reference letter"), 200, gettext_lazy("The number and day of the letter, for example 22/4811.")
    )

    def dates(self) -> dict[str, dt.date | None]:
        """What was typed, by name."""
        return {name: self.cleaned_data[name] for name in DATES}


class NewRoundForm(DatesForm):
    """A new round. Dates that are left empty are those that follow from the reference date."""

    reference_date = DayField(
        label=gettext_lazy("Reporting per"), required=True, help_text=gettext_lazy("For example 1.5.2022")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of round?"), widget=forms.RadioSelect, initial=Round.Kind.REGULAR,
        error_messages=FILL_IN,
    )  # fmt: skip
    copy_from = forms.ChoiceField(label=gettext_lazy("Begin with the form of"), required=False)
    field_order = ("reference_date", "kind", "copy_from", "letter")

    def __init__(self, *args: Any, rounds: Iterable[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rounds = {str(row.pk): row for row in rounds}
        kinds = ((Round.Kind.REGULAR, _("Ordinary round")), (Round.Kind.EXTRA, _("Extra round")))
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["copy_from"].choices = [  # type: ignore[attr-defined]
            ("", _("The last round before it, else the standard form")),
            *((pk, _("The round per %(day)s") % {"day": day(row.reference_date)}) for pk, row in self.rounds.items()),
        ]

    def dates(self) -> dict[str, dt.date | None]:
        return {name: value for name, value in super().dates().items() if value is not None}

    @property
    def source(self) -> Round | None:
        """The round whose form is copied."""
        return self.rounds.get(self.cleaned_data["copy_from"])


class NoteForm(RefusedForm):
    """What was mended, told to those concerned in their own language."""

    note_nb = forms.CharField(
        label=gettext_lazy("What is mended, bokmål"), max_length=600, error_messages=FILL_IN,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "nb"}),
    )  # fmt: skip
    note_nn = forms.CharField(
        label=gettext_lazy("What is mended, nynorsk"), max_length=600, error_messages=FILL_IN,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "nn"}),
    )  # fmt: skip

    @property
    def note(self) -> dict[str, str]:
        return {"nb": self.cleaned_data["note_nb"], "nn": self.cleaned_data["note_nn"]}


class UnlockForm(RefusedForm):
    """Until which day a locked round is open again, and why."""

    until = DayField(label=gettext_lazy("Open until and with"), required=True, help_text=EXAMPLE)
    reason = forms.CharField(
        label=gettext_lazy("Why is it opened again?"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("Kept in the history of the round."),
    )  # fmt: skip


class TrialForm(RefusedForm):
    """Who takes part in a test round besides the training municipality."""

    units = text_field(
        gettext_lazy("More municipalities"),
        400,
        gettext_lazy("Their numbers, with commas between. They are told that it is a test."),
    )

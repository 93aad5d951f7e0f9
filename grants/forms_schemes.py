"""The forms of schemes, their exceptions, and the criteria of a year. They read what was typed; what holds the services
say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import words
from grants.criteria import RULES
from grants.models import Scheme, SchemeException
from grants.services.criteria import SOURCE_LENGTH, YearCriteria
from grants.services.schemes import ExceptionValues, SchemeValues, scheme_state, scheme_values
from municipalities.free_text import FreeTextForm
from municipalities.services.dated import EntryRefused
from networks.forms import Told
from networks.forms_support import FILL_IN, DayField
from networks.rules import clean_line, clean_text

YEAR_ONLY = {"invalid": gettext_lazy("Write a year, for example 2023.")}
SPARE = 2
"""Empty rows for new exceptions."""


class Kept(Told):
    """A form that carries the state that it was filled from, and takes the services' refusals at its fields."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def entry_refused(self, refused: EntryRefused) -> None:
        """Put each sentence at its field; what has no field goes on top."""
        for name, sentence in refused.faults.items():
            self.add_error(name if name in self.fields else None, sentence)

    def outdated(self, sentence: str, state: str) -> None:
        """Say that somebody else was quicker; to send the form again replaces what they wrote."""
        self.add_error(None, f"{sentence} {_('What you wrote is kept. Save again to replace theirs.')}")
        self.data = self.data.copy()
        self.data["seen"] = state


class SchemeForm(Kept):
    """A scheme of one year; ``is_new`` says whether its key is to be chosen."""

    key = forms.CharField(
        label=gettext_lazy("Key"), max_length=60, error_messages=FILL_IN,
        help_text=gettext_lazy("A short word in small letters, the same every year, for example frisklivstilbud."),
    )  # fmt: skip
    name_nb = forms.CharField(label=gettext_lazy("Name in bokmål"), max_length=200, error_messages=FILL_IN)
    name_nn = forms.CharField(label=gettext_lazy("Name in nynorsk"), max_length=200, error_messages=FILL_IN)
    chapter = forms.CharField(
        label=gettext_lazy("Chapter"), max_length=4, error_messages=FILL_IN,
        help_text=gettext_lazy("Of the state budget, for example 761"),
    )  # fmt: skip
    post = forms.CharField(
        label=gettext_lazy("Post"), max_length=3, error_messages=FILL_IN, help_text=gettext_lazy("For example 68")
    )
    target_group_nb = forms.CharField(
        label=gettext_lazy("Target group in bokmål"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    target_group_nn = forms.CharField(
        label=gettext_lazy("Target group in nynorsk"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    opens_on = DayField(
        label=gettext_lazy("First day to apply"), required=False, max_length=60,
        help_text=gettext_lazy("For example 10.1.2022"),
    )  # fmt: skip
    closes_on = DayField(
        label=gettext_lazy("Last day to apply"), required=False, max_length=60,
        help_text=gettext_lazy("For example 1.3.2022"),
    )  # fmt: skip
    link = forms.CharField(
        label=gettext_lazy("Link to the announcement"), required=False, max_length=500,
        help_text=gettext_lazy("The whole address, beginning with https://"),
    )  # fmt: skip
    managed_by = forms.CharField(
        label=gettext_lazy("Managed by"), required=False, max_length=120,
        help_text=gettext_lazy("Who receives the applications and answers them."),
    )  # fmt: skip
    prioritised = forms.BooleanField(label=gettext_lazy("The year's criteria decide who comes first"), required=False)
    source = forms.CharField(label=gettext_lazy("Source"), required=False, max_length=300)

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            self.fields["key"].widget = forms.HiddenInput()

    def values(self, exceptions: tuple[ExceptionValues, ...]) -> SchemeValues:
        """What is to be registered. Only for a valid form."""
        data = self.cleaned_data
        several = ("target_group_nb", "target_group_nn")
        one = ("key", "name_nb", "name_nn", "chapter", "post", "link", "managed_by", "source")
        return SchemeValues(
            **{name: clean_line(data[name]) for name in one}, **{name: clean_text(data[name]) for name in several},
            opens_on=data["opens_on"], closes_on=data["closes_on"], prioritised=data["prioritised"],
            exceptions=exceptions,
        )  # fmt: skip


class ExceptionForm(FreeTextForm):
    """One row: what of the scheme the criteria do not touch."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), error_messages=FILL_IN)
    name_nb = forms.CharField(label=gettext_lazy("In a sentence, bokmål"), max_length=200, error_messages=FILL_IN)
    name_nn = forms.CharField(label=gettext_lazy("In a sentence, nynorsk"), max_length=200, error_messages=FILL_IN)
    from_year = forms.IntegerField(
        label=gettext_lazy("From year"), required=False, localize=False, error_messages=YEAR_ONLY,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-date"}),
    )  # fmt: skip
    to_year = forms.IntegerField(
        label=gettext_lazy("To year"), required=False, localize=False, error_messages=YEAR_ONLY,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-date"}),
    )  # fmt: skip
    source = forms.CharField(label=gettext_lazy("Source"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        kinds = [(key, capfirst(text)) for key, text in SchemeException.Kind.choices]
        self.fields["kind"].choices = [("", _("Choose")), *kinds]

    def values(self) -> ExceptionValues:
        """What is to be registered. Only for a valid row."""
        data = self.cleaned_data
        texts = {name: clean_line(data[name]) for name in ("name_nb", "name_nn", "source")}
        return ExceptionValues(data["kind"], from_year=data["from_year"], to_year=data["to_year"], **texts)


class ExceptionRows(forms.BaseFormSet):
    """The rows of a scheme's exceptions: those there are, each with a box to remove it, and empty ones."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Remove this exception")

    def values(self) -> tuple[ExceptionValues, ...]:
        """The exceptions that are to hold. Only for valid rows."""
        return tuple(
            form.values() for form in self.forms if form.has_changed_or_was() and not self._should_delete(form)
        )

    def _should_delete(self, form: forms.Form) -> bool:
        return bool(form.cleaned_data.get("DELETE"))


class _Row(ExceptionForm):
    def has_changed_or_was(self) -> bool:
        """Whether the row holds an exception: one that was there, or a new one that was filled in."""
        return bool(self.initial) or self.has_changed()


Exceptions = forms.formset_factory(
    _Row, formset=ExceptionRows, extra=SPARE, can_delete=True, can_delete_extra=False, max_num=10, absolute_max=20
)


def scheme_initial(scheme: Scheme) -> dict[str, Any]:
    """What the form of a scheme begins with."""
    return {**scheme_values(scheme).own(), "seen": scheme_state(scheme)}


def exceptions_initial(scheme: Scheme) -> list[dict[str, Any]]:
    """What the rows of its exceptions begin with."""
    return [dict(vars(part)) for part in scheme_values(scheme).exceptions]


@dataclass(frozen=True)
class CriterionFields:
    """A criterion in the form: its title, what it asks, its source, whether the year has it, and what it accepts."""

    title: str
    asks: str
    source: str
    use: BoundField
    settings: list[BoundField]


class CriteriaForm(Kept):
    """The criteria of a year: a box for each that there is, and one for each thing that it may accept."""

    source = forms.CharField(
        label=gettext_lazy("Source"), required=False, max_length=SOURCE_LENGTH,
        help_text=gettext_lazy("The letter or plan that the criteria are from."),
    )  # fmt: skip
    note_nb = forms.CharField(
        label=gettext_lazy("Note in bokmål"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    note_nn = forms.CharField(
        label=gettext_lazy("Note in nynorsk"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, held: YearCriteria, **kwargs: Any) -> None:
        initial: dict[str, Any] = {
            "source": held.source, "note_nb": held.note_nb, "note_nn": held.note_nn, "seen": held.state,
        }  # fmt: skip
        for code, rule in RULES.items():
            initial[f"use_{code}"] = code in held.rows
            for name, default in rule.defaults.items():
                initial[f"{code}-{name}"] = held.rows.get(code, {}).get(name, default)
        super().__init__(*args, initial=initial, **kwargs)
        for code, rule in RULES.items():
            self.fields[f"use_{code}"] = forms.BooleanField(label=_("The year has this criterion"), required=False)
            for name in rule.defaults:
                self.fields[f"{code}-{name}"] = forms.BooleanField(label=words.ACCEPTS[name], required=False)

    def criteria(self) -> Iterator[CriterionFields]:
        """The fields by criterion, in the order of the rules."""
        for code, rule in RULES.items():
            settings = [self[f"{code}-{name}"] for name in rule.defaults]
            yield CriterionFields(words.title(code), str(words.ASKS[code]), rule.source, self[f"use_{code}"], settings)

    def values(self) -> YearCriteria:
        """What the year is to have. Only for a valid form."""
        data = self.cleaned_data
        rows = {
            code: {name: data[f"{code}-{name}"] for name in rule.defaults}
            for code, rule in RULES.items()
            if data[f"use_{code}"]
        }
        return YearCriteria(clean_line(data["source"]), clean_text(data["note_nb"]), clean_text(data["note_nn"]), rows)

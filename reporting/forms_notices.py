"""The form of a notice's words in both languages, side by side."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from municipalities.free_text import FreeTextForm
from reporting.notice_words import BODY_LENGTH, LANGUAGES, SUBJECT_LENGTH, Words

FILL_IN = {"required": gettext_lazy("Fill in this field.")}


class NoticeTextForm(FreeTextForm):
    """Subject and text in bokmål and nynorsk. What is wrong with the braces the service says (``add_faults``)."""

    nb_subject = forms.CharField(label=gettext_lazy("Subject"), max_length=SUBJECT_LENGTH, error_messages=FILL_IN)
    nb_body = forms.CharField(
        label=gettext_lazy("Text"), max_length=BODY_LENGTH, widget=forms.Textarea(attrs={"rows": 12}),
        error_messages=FILL_IN,
    )  # fmt: skip
    nn_subject = forms.CharField(label=gettext_lazy("Subject"), max_length=SUBJECT_LENGTH, error_messages=FILL_IN)
    nn_body = forms.CharField(
        label=gettext_lazy("Text"), max_length=BODY_LENGTH, widget=forms.Textarea(attrs={"rows": 12}),
        error_messages=FILL_IN,
    )  # fmt: skip

    @classmethod
    def of(cls, held: dict[str, Words]) -> NoticeTextForm:
        """The form with the words that hold."""
        initial: dict[str, Any] = {}
        for language, words in held.items():
            initial |= {f"{language}_subject": words.subject, f"{language}_body": words.body}
        return cls(initial=initial)

    @property
    def words(self) -> dict[str, Words]:
        """What was typed, by language; for a form that is valid."""
        data = self.cleaned_data
        return {name: Words(data[f"{name}_subject"], data[f"{name}_body"]) for name in LANGUAGES}

    @property
    def typed(self) -> dict[str, Words]:
        """What stands in the fields now, whether it can be used or not."""
        return {
            name: Words(str(self[f"{name}_subject"].value() or ""), str(self[f"{name}_body"].value() or ""))
            for name in LANGUAGES
        }

    def add_faults(self, found: dict[tuple[str, str], str]) -> None:
        """The service's sentences, each at its field, where nothing else is wrong with it."""
        for (language, name), sentence in found.items():
            if not self.has_error(f"{language}_{name}"):
                self.add_error(f"{language}_{name}", sentence)

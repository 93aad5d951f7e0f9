"""The forms in which a summary is composed. The rules are the service's; a form keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.free_text import FreeTextForm
from reporting.documents.facts import TaskFact
from reporting.documents.texts import assessment_parts, risk_levels
from reporting.models import Composition
from reporting.services.compositions import TEXT_LIMIT
from reporting.task_matrix import read_tasks

LANGUAGE_NAMES = {"nb": "bokmål", "nn": "nynorsk"}


class ComposingForm(FreeTextForm):
    """What the forms share: the number of the composition that the writer saw."""

    edit_number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def take(self, error: ValidationError) -> None:
        """Put what the service has refused at its field; what has none stands above the form."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in by_field.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)

    def written_over(self, stored: Mapping[str, Any]) -> list[tuple[BoundField, str]]:
        """The fields in which the stored text is another than the typed one, with the stored one."""
        typed = {name: str(self[name].value() or "") for name in stored if name in self.fields}
        return [(self[name], str(stored[name])) for name in typed if str(stored[name] or "") != typed[name].strip()]


def _text(label: str, language: str, rows: int) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "lang": language, "maxlength": TEXT_LIMIT, "aria-describedby": "pii"})
    return forms.CharField(label=label, required=False, widget=widget)


class WordsForm(ComposingForm):
    """The assessment: each part in both languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, label in assessment_parts(_).items():
            for language, name in LANGUAGE_NAMES.items():
                self.fields[f"{language}_{part}"] = _text(f"{label}, {name}", language, 6)

    @staticmethod
    def stored(row: Composition) -> dict[str, Any]:
        """What the composition holds, by field."""
        return {f"{lang}_{part}": text for lang, said in row.assessment.items() for part, text in said.items()}

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The fields of each part, under its name."""
        for part, label in assessment_parts(_).items():
            yield label, [self[f"{language}_{part}"] for language in LANGUAGE_NAMES]

    def texts(self) -> dict[str, dict[str, str]]:
        """What was written, as the service takes it."""
        parts = assessment_parts(_)
        return {
            language: {part: self.cleaned_data.get(f"{language}_{part}", "") for part in parts}
            for language in LANGUAGE_NAMES
        }


class RemarkForm(ComposingForm):
    """The comment at one table, in both languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, name in LANGUAGE_NAMES.items():
            self.fields[language] = _text(_("Comment, %(language)s") % {"language": name}, language, 5)

    @staticmethod
    def stored(row: Composition, table: str) -> dict[str, Any]:
        """What the composition holds, by field."""
        return {language: (row.remarks.get(language) or {}).get(table, "") for language in LANGUAGE_NAMES}


class TasksForm(ComposingForm):
    """The risk of every task: a step, and a text in each language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [("", _("Not judged"))] + [(str(level), f"{level} {word}") for level, word in risk_levels(_).items()]
        for task in read_tasks():
            self.fields[f"{task.code}_level"] = forms.ChoiceField(
                label=gettext_lazy("Risk"), choices=steps, required=False, widget=forms.RadioSelect
            )
            for language, name in LANGUAGE_NAMES.items():
                label = _("Judgement, %(language)s") % {"language": name}
                self.fields[f"{task.code}_{language}"] = _text(label, language, 3)

    @staticmethod
    def stored(row: Composition) -> dict[str, Any]:
        """What the composition holds, by field."""
        found = {}
        for task in read_tasks():
            risk = row.risks.get(task.code) or {}
            found[f"{task.code}_level"] = str(risk.get("level") or "")
            found |= {f"{task.code}_{language}": risk.get(language, "") for language in LANGUAGE_NAMES}
        return found

    def groups(self, language: str) -> Iterator[dict[str, Any]]:
        """The fields of each task, with its name and source, and whether it is written about."""
        for task in read_tasks():
            fields = [self[f"{task.code}_{name}"] for name in ("level", *LANGUAGE_NAMES)]
            yield {
                "task": task, "name": _in(task, language), "source": task.sources[language], "fields": fields,
                "level": fields[0].value() or "", "open": any(field.errors for field in fields),
            }  # fmt: skip

    def risks(self) -> dict[str, dict[str, Any]]:
        """What was judged, as the service takes it."""
        found: dict[str, dict[str, Any]] = {}
        for task in read_tasks():
            level = self.cleaned_data.get(f"{task.code}_level")
            found[task.code] = {"level": int(level) if level else None}
            found[task.code] |= {lang: self.cleaned_data.get(f"{task.code}_{lang}", "") for lang in LANGUAGE_NAMES}
        return found


def _in(task: TaskFact, language: str) -> str:
    return str(task.names[language])

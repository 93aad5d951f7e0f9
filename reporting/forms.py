"""A section of a form as a crispy form: what each question shows, and what was sent for it.

The form holds no rule: it reads the controls, and ``reporting.services.drafts`` says what they are worth. What a
question shows is worked out here once, as plain values, so that the templates only draw.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.answers import date_text, format_answer, value_at
from reporting.answers_typed import clean
from reporting.checks import ERROR, WARNING
from reporting.form_spec import CHOICE_KINDS, TEXT_KINDS, QuestionSpec, SectionSpec, local
from reporting.question_views import (
    MANY,
    Choice,
    Clash,
    FindingView,
    GroupView,
    Last,
    MatrixView,
    Note,
    PartAnswer,
    QuestionView,
    RowView,
    SourceTag,
    dom_id,
)
from reporting.services.draft_view import DraftView, FieldView
from reporting.services.origins import PartAnswers


@dataclass
class Drawing:
    """What the questions of a section are drawn from: the draft, and what others have said about it.

    ``registers`` are the ids and names that a register-backed question chooses from; ``comments``, ``findings`` and
    ``conflicts`` go by question or field.
    """

    draft: DraftView
    language: str
    registers: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, Sequence[Note]] = field(default_factory=dict)
    findings: Mapping[str, Sequence[FindingView]] = field(default_factory=dict)
    conflicts: Mapping[str, Clash] = field(default_factory=dict)
    parts: Sequence[PartAnswers] = ()
    """What those answered last of whom the unit was made."""
    typed: Mapping[str, Any] = field(default_factory=dict)
    """What was sent and lost in a clash: it stands in the control until somebody has chosen."""
    mark: Callable[[FieldView], str] = lambda entry: ""
    """Who changed an answer and when, in words."""
    talk: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """What has been written at each question."""
    talk_url: str = ""
    """The page where one writes about the report; "" for who takes no part in the talk."""

    def entry(self, key: str) -> FieldView:
        """A field as the page shows it."""
        stands = self.draft.fields[key]
        if key not in self.typed:
            return stands
        return replace(stands, value=self.typed[key], raw=str(self.typed[key]), error="")

    def _error(self, entry: FieldView) -> str:
        """The sentence at the field: why what was typed cannot be an answer, or the first error of the checks."""
        found = (one.message for one in self.findings.get(entry.key, ()) if one.level == ERROR)
        return entry.error or next(found, "")

    def _asked(self, key: str) -> list[FindingView]:
        """The warnings at a field: each wants an explanation."""
        return [one for one in self.findings.get(key, ()) if one.level == WARNING]

    def question(self, spec: QuestionSpec) -> QuestionView:
        """What one question shows."""
        known: dict[str, Any] = {
            "code": spec.code,
            "key": spec.code,
            "kind": spec.kind,
            "dom": dom_id(spec.code),
            "label": local(spec.text, self.language),
            "help": local(spec.help, self.language),
            "more": local(spec.more, self.language),
            "more_title": local(spec.more_title, self.language) or _("More about this question"),
            "optional": spec.optional,
            "hidden": spec.code not in self.draft.visible,
            "parent": spec.parent,
            "shown_when": _conditions(spec),
            "comments": self.comments.get(spec.code, ()),
            "findings": self._asked(spec.code),
            "talk": self.talk.get(spec.code, ()),
            "talk_url": f"{self.talk_url}?om={spec.code}#samtale" if self.talk_url else "",
        }
        if spec.kind == "matrix":
            return MatrixView(
                **known,
                source=self._matrix_source(spec),
                by=self._matrix_mark(spec),
                groups=self._groups(spec),
                options=tuple(local(option.text, self.language) for option in spec.options),
                explained=tuple(
                    (local(option.text, self.language), local(option.help, self.language))
                    for option in spec.options
                    if option.help
                ),
                row_heading=_("Solution"),
            )
        entry = self.entry(spec.code)
        return QuestionView(
            **known,
            rev=entry.rev,
            text="" if is_choice(spec) else str(self.typed.get(spec.code, control_text(self.draft.fields[spec.code]))),
            choices=self._choices(spec, entry),
            error=self._error(entry),
            source=source_tag(entry.source),
            by=self.mark(self.draft.fields[spec.code]),
            last=self._last(spec, entry),
            parts=tuple(self._parts(spec)),
            max_length=spec.max_length if spec.kind in TEXT_KINDS else 0,
            conflict=self.conflicts.get(spec.code),
            empty=_("There is nothing to choose from yet.") if spec.kind == "register" and not self.registers else "",
        )

    def _choices(self, spec: QuestionSpec, entry: FieldView) -> tuple[Choice, ...]:
        chosen = set(entry.value if isinstance(entry.value, list) else [entry.value])
        dom = dom_id(spec.code)
        if spec.kind == "register":
            return tuple(Choice(pk, name, f"{dom}-{pk}", pk in chosen) for pk, name in self.registers.items())
        return tuple(
            Choice(
                option.key,
                local(option.text, self.language),
                f"{dom}-{option.key}",
                option.key in chosen,
                local(option.help, self.language),
            )
            for option in spec.options
        )

    def _last(self, spec: QuestionSpec, entry: FieldView) -> Last | None:
        if entry.last is None:
            return None
        raw = json.dumps(control_value(spec, entry.last), ensure_ascii=False, separators=(",", ":"))
        text = format_answer(spec, entry.last, self.language, self.registers)
        return Last(text, raw, entry.last != entry.value)

    def _parts(self, spec: QuestionSpec) -> Iterator[PartAnswer]:
        """What each part answered, where this round's form can hold it."""
        for part in self.parts:
            value = clean(spec, value_at(part.answers, spec)).value
            if value is not None:
                unit = part.unit if part.whole else _("%(unit)s, before it was split") % {"unit": part.unit}
                yield PartAnswer(unit, format_answer(spec, value, self.language, self.registers))

    def _matrix_source(self, spec: QuestionSpec) -> SourceTag | None:
        """One mark for the whole matrix, while something in it stands as it was filled in."""
        sources = [self.draft.fields[key].source for key in spec.field_keys()]
        return next((source_tag(source) for source in sources if source), None)

    def _matrix_mark(self, spec: QuestionSpec) -> str:
        """Who changed a row of the matrix last."""
        rows = [self.draft.fields[key] for key in spec.field_keys()]
        return self.mark(max(rows, key=lambda entry: entry.at)) if rows else ""

    def _groups(self, spec: QuestionSpec) -> tuple[GroupView, ...]:
        rows = {row.key: self._row(spec, row.key, local(row.text, self.language)) for row in spec.rows}
        if not spec.groups:
            return (GroupView("", tuple(rows.values())),)
        return tuple(
            GroupView(
                local(group.text, self.language), tuple(rows[row.key] for row in spec.rows if row.group == group.key)
            )
            for group in spec.groups
        )

    def _row(self, spec: QuestionSpec, row: str, text: str) -> RowView:
        entry = self.entry(f"{spec.code}:{row}")
        dom = dom_id(entry.key)
        return RowView(
            key=entry.key,
            dom=dom,
            text=text,
            rev=entry.rev,
            choices=tuple(
                Choice(option.key, local(option.text, self.language), f"{dom}-{option.key}", option.key == entry.value)
                for option in spec.options
            ),
            last=entry.last or "",
            last_text=format_answer(spec, entry.last, self.language).lower() if entry.last else "",
            error=self._error(entry),
            changed=bool(entry.last and entry.value and entry.value != entry.last),
            conflict=self.conflicts.get(entry.key),
            findings=self._asked(entry.key),
        )


SOURCES = {
    "last": gettext_lazy("Taken from the last report"),
    "participation": gettext_lazy("Taken from the register of networks"),
    "support": gettext_lazy("Taken from the overview of support"),
}


def source_tag(source: Mapping[str, str] | None) -> SourceTag | None:
    """The mark of a filled-in answer: where it is from, when and by whom. None for an answer of her own."""
    if not source:
        return None
    on = source.get("on")
    when = date_text(dt.date.fromisoformat(on)) if on else ""
    label = str(SOURCES.get(source["kind"], _("Taken from the plan register")))
    if source["kind"] == "last":
        return SourceTag(label, _("Answered %(day)s by %(name)s") % {"day": when, "name": source.get("by", "")})
    return SourceTag(label, _("Updated %(day)s") % {"day": when} if when else "")


class QuestionLayout:
    """A crispy layout object: one question by its template."""

    template = "reporting/form/_question.html"

    def __init__(self, view: QuestionView) -> None:
        self.view = view

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        return render_to_string(self.template, {"q": self.view})


class MatrixLayout(QuestionLayout):
    """A matrix by its template."""

    template = "reporting/form/_matrix.html"


class Follow:
    """A crispy layout object: the questions that follow from the one above."""

    def __init__(self, *parts: QuestionLayout) -> None:
        self.parts = parts

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        inner = "".join(part.render(form, context, template_pack) for part in self.parts)
        hidden = " hidden" if all(part.view.hidden for part in self.parts) else ""
        return mark_safe(f'<div class="follow" data-follow{hidden}>{inner}</div>')


class SectionForm(forms.Form):
    """The controls of one section."""

    def __init__(self, section: SectionSpec, drawing: Drawing, data: Any = None) -> None:
        super().__init__(data)
        self.questions = section.questions
        self.views = [drawing.question(question) for question in section.questions]
        for question in section.questions:
            for key in question.field_keys():
                self.fields[key] = forms.Field(required=False, widget=_widget(question))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*_laid_out(self.views))

    def sent(self) -> Iterator[tuple[str, Any, int]]:
        """Key, raw value and base revision of every field that was on the page that was sent."""
        for question in self.questions:
            for key in question.field_keys():
                rev = self.data.get(f"rev:{key}", "")
                if rev.isdecimal():
                    yield key, sent_value(question, key, self.data), int(rev[:9])


def sent_elsewhere(
    asked: Callable[[str], tuple[QuestionSpec, str] | None], here: Collection[str], data: Any
) -> Iterator[tuple[str, Any, int]]:
    """As ``SectionForm.sent``, of the fields of a page that are not ``here``: a form that was mended since the page was
    opened may have them elsewhere, or ask them no more. ``asked`` finds the question of a key; None for no question."""
    for key in [name[4:] for name in data if name.startswith("rev:") and name[4:] not in here]:
        found, rev = asked(key), data.get(f"rev:{key}", "")
        if found is not None and rev.isdecimal():
            yield key, sent_value(found[0], key, data), int(rev[:9])


def sent_value(question: QuestionSpec, key: str, data: Any) -> Any:
    """What a page sent of one field: a list, or a text."""
    return _widget(question).value_from_datadict(data, {}, key) or ""


def _laid_out(views: Sequence[QuestionView]) -> Iterator[Any]:
    follow: list[QuestionLayout] = []
    for view in views:
        part = MatrixLayout(view) if isinstance(view, MatrixView) else QuestionLayout(view)
        if view.parent and view.kind != "matrix":
            follow.append(part)
            continue
        if follow:
            yield Follow(*follow)
            follow = []
        yield part
    if follow:
        yield Follow(*follow)


def _widget(question: QuestionSpec) -> forms.Widget:
    if question.kind in MANY:
        return forms.CheckboxSelectMultiple()
    if question.kind in CHOICE_KINDS:
        return forms.RadioSelect()
    return forms.Textarea() if question.kind == "long_text" else forms.TextInput()


def _conditions(spec: QuestionSpec) -> str:
    if not spec.shown_when:
        return ""
    rules = [
        {
            "question": entry.question,
            "any_of": list(entry.any_of),
            "none_of": list(entry.none_of),
            "at_least": entry.at_least,
        }
        for entry in spec.shown_when
    ]
    return json.dumps(rules)


def control_value(question: QuestionSpec, value: Any) -> Any:
    """A canonical value as its control gives it back: a list, or a text; ``17.06.2021`` and ``12,5`` for people."""
    if question.kind in MANY:
        return list(value or [])
    if value is None:
        return ""
    if question.kind == "date":
        year, month, day = str(value).split("-")
        return f"{day}.{month}.{year}"
    if question.kind in ("whole_number", "decimal", "per_cent"):
        return str(value).replace(".", ",")
    return str(value)


def control_text(entry: FieldView) -> str:
    """What the control holds: what was typed when it cannot be an answer, else the answer."""
    return entry.raw if entry.error else str(control_value(entry.question, entry.value))


def is_choice(question: QuestionSpec) -> bool:
    """Whether the answer is chosen and not typed."""
    return question.kind in CHOICE_KINDS or question.kind == "register"

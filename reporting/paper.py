"""A form on paper: every question with its help, its condition in words and its answers to tick, empty or filled in.

Pure: what is drawn comes from the form's definition and the answers alone, so a form prints as it was when it was
sent in, whatever is asked later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reporting.answers import format_answer, number_text
from reporting.form_spec import CHOICE_KINDS, TEXT_KINDS, Condition, FormSpec, QuestionSpec, local

LINES = {"long_text": 6, "short_text": 1}
"""So many lines to write on."""


@dataclass(frozen=True)
class Box:
    """One answer to tick, with its help on a form that is to be filled in."""

    text: str
    ticked: bool
    help: str = ""


@dataclass(frozen=True)
class PaperRow:
    """A row of a matrix: its name, and one box a column."""

    text: str
    boxes: Sequence[bool]


@dataclass(frozen=True)
class PaperGroup:
    title: str
    rows: Sequence[PaperRow]


@dataclass(frozen=True)
class PaperQuestion:
    """One question. ``text`` is the answer in words where there is nothing to tick; ``lines`` are to be written on."""

    number: str
    label: str
    help: str
    condition: str
    hint: str
    optional: bool
    text: str = ""
    lines: int = 0
    boxes: Sequence[Box] = ()
    columns: Sequence[str] = ()
    groups: Sequence[PaperGroup] = ()


@dataclass(frozen=True)
class PaperSection:
    title: str
    lead: str
    questions: Sequence[PaperQuestion]


def paper(
    spec: FormSpec, language: str, answers: Mapping[str, Any] | None, names: Mapping[str, str] | None = None
) -> list[PaperSection]:
    """All sections with all questions, also those that are hidden now. ``answers`` are canonical, None for an empty
    form; ``names`` are those of a register's rows by id."""
    numbers = {
        question.code: f"{place}.{at}"
        for place, section in enumerate(spec.sections, 1)
        for at, question in enumerate(section.questions, 1)
    }
    return [
        PaperSection(
            f"{place}. {local(section.title, language)}",
            local(section.lead, language),
            [_question(spec, question, language, answers, names or {}, numbers) for question in section.questions],
        )
        for place, section in enumerate(spec.sections, 1)
    ]


def _question(
    spec: FormSpec, question: QuestionSpec, language: str, answers: Mapping[str, Any] | None,
    names: Mapping[str, str], numbers: Mapping[str, str],
) -> PaperQuestion:  # fmt: skip
    value = (answers or {}).get(question.code)
    known: dict[str, Any] = {
        "number": numbers[question.code],
        "label": local(question.text, language),
        "help": local(question.help, language),
        "condition": condition_text(spec, question, language, numbers),
        "hint": _hint(question) if answers is None else "",
        "optional": question.optional,
    }
    if question.kind == "matrix":
        columns = [local(option.text, language) for option in question.options]
        return PaperQuestion(**known, columns=columns, groups=_groups(question, language, value or {}))
    if question.kind in CHOICE_KINDS:
        given = value if isinstance(value, list) else [value]
        boxes = [
            Box(
                local(option.text, language),
                option.key in given,
                local(option.help, language) if answers is None else "",
            )
            for option in question.options
        ]
        return PaperQuestion(**known, boxes=boxes)
    if answers is None:
        return PaperQuestion(**known, lines=LINES.get(question.kind, 1))
    return PaperQuestion(**known, text=format_answer(question, value, language, names))


def _groups(question: QuestionSpec, language: str, value: Mapping[str, str]) -> list[PaperGroup]:
    titles = {group.key: local(group.text, language) for group in question.groups} or {"": ""}
    return [
        PaperGroup(
            title,
            [
                PaperRow(local(row.text, language), [value.get(row.key) == key for key in question.option_keys])
                for row in question.rows
                if not question.groups or row.group == group
            ],
        )
        for group, title in titles.items()
    ]


def _hint(question: QuestionSpec) -> str:
    """What to write, where the lines alone do not say it."""
    if question.kind == "date":
        return _("Day, month and year")
    if question.kind == "several_of":
        return _("Tick as many as apply")
    if question.kind in TEXT_KINDS:
        return _("At most %(count)s characters") % {"count": number_text(question.max_length)}
    return {"whole_number": _("A whole number"), "decimal": _("A number"), "per_cent": _("Per cent")}.get(
        question.kind, ""
    )


def condition_text(spec: FormSpec, question: QuestionSpec, language: str, numbers: Mapping[str, str]) -> str:
    """When a question is to be answered, in words; "" for one that always is."""
    parts = [_condition(spec, entry, language, numbers) for entry in question.shown_when if spec.has(entry.question)]
    if not parts:
        return ""
    return _("Only to be answered if %(conditions)s.") % {"conditions": _(" and ").join(parts)}


def _condition(spec: FormSpec, entry: Condition, language: str, numbers: Mapping[str, str]) -> str:
    asked = spec.question(entry.question)
    name = {"number": numbers.get(entry.question, ""), "question": local(asked.name, language)}
    if entry.at_least is not None:
        words = {**name, "least": number_text(entry.at_least)}
        return _("the answer to %(number)s, “%(question)s”, is at least %(least)s") % words
    keys = entry.none_of or entry.any_of
    texts = [local(option.text, language) if (option := asked.option(key)) else key for key in keys]
    words = {**name, "answers": _(" or ").join(f"«{text}»" for text in texts)}
    if entry.none_of:
        return _("%(number)s, “%(question)s”, is answered with something else than %(answers)s") % words
    return _("the answer to %(number)s, “%(question)s”, is %(answers)s") % words

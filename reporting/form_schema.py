"""A form as JSON Schema (draft 2020-12), for the systems that deliver by the API. Pure.

An answer stands under its question's code. The schema describes a whole report; a draft may leave anything out. What
JSON Schema has no word for stands in ``x-`` members: what shows a question, when it must be answered, its section.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reporting.form_spec import Condition, FormSpec, Option, QuestionSpec, local

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Choices = Mapping[str, Sequence[tuple[int, str]]]
DEFAULT_DECIMALS = 4


def form_schema(spec: FormSpec, *, title: str, address: str, language: str, choices: Choices) -> dict[str, Any]:
    """The schema of ``spec`` with its texts in ``language`` (``nb`` or ``nn``).

    ``address`` is its ``$id``. ``choices`` gives the ids and names of each register-backed question, by code.
    """
    always = [question.code for question in spec.questions() if question.required and not question.shown_when]
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": title,
        "type": "object",
        "properties": {
            question.code: question_schema(question, language, choices.get(question.code, ()))
            for question in spec.questions()
        },
        "required": always,
        "additionalProperties": False,
        "x-sections": [
            {
                "key": section.key,
                "title": local(section.title, language),
                "questions": [question.code for question in section.questions],
            }
            for section in spec.sections
        ],
    }


def question_schema(question: QuestionSpec, language: str, choices: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """The schema of one answer. ``null`` takes an answer away, whatever the kind."""
    made: dict[str, Any] = {"title": local(question.text, language)}
    if described := local(question.help, language):
        made["description"] = described
    made |= _value(question, language, choices)
    made["x-kind"] = question.kind
    made["x-section"] = question.section
    made["x-required"] = question.required
    if more := local(question.more, language):
        made["x-more"] = more
    if question.shown_when:
        made["x-shown-when"] = conditions(question.shown_when)
    if question.required_when:
        made["x-required-when"] = conditions(question.required_when)
    if question.indicator:
        made["x-indicator"] = question.indicator
    return made


def conditions(given: Iterable[Condition]) -> list[dict[str, Any]]:
    """Conditions that must all hold, each with one of ``any_of``, ``none_of`` and ``at_least``."""
    found: list[dict[str, Any]] = []
    for entry in given:
        one: dict[str, Any] = {"question": entry.question}
        if entry.at_least is not None:
            one["at_least"] = entry.at_least
        elif entry.none_of:
            one["none_of"] = list(entry.none_of)
        else:
            one["any_of"] = list(entry.any_of)
        found.append(one)
    return found


def _value(question: QuestionSpec, language: str, choices: Sequence[tuple[int, str]]) -> dict[str, Any]:
    kind = question.kind
    if kind in ("yes_no", "one_of"):
        return _one(question.options, language)
    if kind == "several_of":
        made = _list([_option(option, language) for option in question.options])
        alone = list(question.limit("exclusive", ()))
        return {**made, "x-exclusive": alone} if alone else made
    if kind == "matrix":
        rows = {
            row.key: {"title": local(row.text, language), **_one(question.options, language)} for row in question.rows
        }
        return {"type": ["object", "null"], "properties": rows, "additionalProperties": False}
    if kind == "register":
        return _list([{"const": str(pk), "title": name} for pk, name in choices])
    if kind == "date":
        return {"type": ["string", "null"], "format": "date"}
    if kind in ("short_text", "long_text"):
        return {"type": ["string", "null"], "maxLength": question.max_length}
    return _number(question)


def _one(options: Iterable[Option], language: str) -> dict[str, Any]:
    return {"oneOf": [*(_option(option, language) for option in options), {"const": None}]}


def _option(option: Option, language: str) -> dict[str, Any]:
    made = {"const": option.key, "title": local(option.text, language)}
    if described := local(option.help, language):
        made["description"] = described
    return made


def _list(entries: list[dict[str, Any]]) -> dict[str, Any]:
    items: dict[str, Any] | bool = {"oneOf": entries} if entries else False  # nothing to choose: no entry is right
    return {"type": ["array", "null"], "items": items, "uniqueItems": True}


def _number(question: QuestionSpec) -> dict[str, Any]:
    """A whole number, or a decimal one: as a number, or as a text with a point, which loses no digit."""
    if question.kind == "whole_number":
        made: dict[str, Any] = {"type": ["integer", "null"]}
    else:
        places = int(question.limit("decimals", DEFAULT_DECIMALS))
        fraction = f"(\\.[0-9]{{1,{places}}})?" if places else ""
        made = {"type": ["number", "string", "null"], "pattern": f"^-?[0-9]{{1,10}}{fraction}$", "x-decimals": places}
    low, high = question.limit("min"), question.limit("max")
    if question.kind == "per_cent":
        low, high = (0 if low is None else low), (100 if high is None else high)
    if low is not None:
        made["minimum"] = low
    if high is not None:
        made["maximum"] = high
    return made

"""One change of a form that is being composed. Each function takes a definition and returns a new one.

Nothing is judged here but what cannot be carried out (``EditRefused``): a half-written form is kept as it is, and
``faults`` says what is missing before it can be published. What a function does not know of a question, it keeps.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from reporting.form_spec import CHOICE_KINDS, KINDS

Definition = dict[str, Any]
TEXTS = ("text", "help", "more", "more_title", "short")
"""The texts of a question, each in both languages."""

LANGUAGES = ("nb", "nn")
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_KEY = re.compile(r"[a-z0-9_]{1,40}")


class EditRefused(ValueError):
    """A change that cannot be carried out. ``sentence`` is an English msgid for the person, ``values`` fill it."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


def _(text: str) -> str:
    """Marks a msgid; the text is translated where it is shown."""
    return text


def empty_definition() -> Definition:
    """A form without anything."""
    return {"sections": []}


def sections_of(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sections of a definition, in order."""
    return list(definition.get("sections") or [])


def questions_of(definition: Mapping[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """All questions in order, each with its section: ``(section, question)``."""
    return [(section, one) for section in sections_of(definition) for one in section.get("questions") or []]


def question_of(definition: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The question with the code. Raises EditRefused when the form has none."""
    for _section, question in questions_of(definition):
        if question.get("code") == code:
            return question
    raise EditRefused(_("The form does not have this question any more."))


# --- sections --------------------------------------------------------------------------------------


def section_add(definition: Mapping[str, Any], *, key: str, title: Mapping[str, str]) -> Definition:
    """A new empty section at the end. Raises EditRefused for a key that is taken or is none."""
    new = copy.deepcopy(dict(definition))
    if not _KEY.fullmatch(key):
        raise EditRefused(_("The key of a section has small letters, digits and underscores, at most 40."))
    if any(section.get("key") == key for section in sections_of(new)):
        raise EditRefused(_("There is already a section with this key."))
    new.setdefault("sections", []).append({"key": key, "title": _local(title), "questions": []})
    return new


def section_set(
    definition: Mapping[str, Any], *, key: str, title: Mapping[str, str], lead: Mapping[str, str] | None = None
) -> Definition:
    """Name a section; an empty lead takes it away."""
    new = copy.deepcopy(dict(definition))
    section = _section(new, key)
    section["title"] = _local(title)
    _put(section, "lead", _local(lead or {}))
    return new


def section_remove(definition: Mapping[str, Any], *, key: str) -> Definition:
    """Take an empty section away. Raises EditRefused while it has questions: they would go unseen."""
    new = copy.deepcopy(dict(definition))
    section = _section(new, key)
    if section.get("questions"):
        raise EditRefused(_("Move or remove the questions of the section first."))
    new["sections"].remove(section)
    return new


def section_move(definition: Mapping[str, Any], *, key: str, by: int) -> Definition:
    """Move a section ``by`` places (-1 up, 1 down); at the end it stays."""
    new = copy.deepcopy(dict(definition))
    _shift(new["sections"], _section(new, key), by)
    return new


# --- questions -------------------------------------------------------------------------------------


def question_add(
    definition: Mapping[str, Any], *, question: Mapping[str, Any], section: str, after: str = ""
) -> Definition:
    """Put a whole question into a section, after another one or at its end.

    Raises EditRefused for a code that is taken or is none, an unknown kind or section.
    """
    new = copy.deepcopy(dict(definition))
    code = question.get("code", "")
    if not isinstance(code, str) or not _CODE.fullmatch(code) or len(code) > 40:
        raise EditRefused(_("The code of a question has small letters, digits and dots, at most 40."))
    if question.get("kind") not in KINDS:
        raise EditRefused(_("Choose what kind of answer the question has."))
    if any(one.get("code") == code for _section_, one in questions_of(new)):
        raise EditRefused(_("The form already has a question with this code."))
    asked = _section(new, section).setdefault("questions", [])
    places = [place for place, one in enumerate(asked) if one.get("code") == after]
    asked.insert(places[0] + 1 if places else len(asked), copy.deepcopy(dict(question)))
    return new


def question_remove(definition: Mapping[str, Any], *, code: str) -> Definition:
    """Take a question out of the form. Conditions on it are left, and ``faults`` tells of them."""
    new = copy.deepcopy(dict(definition))
    question = question_of(new, code)
    for section in sections_of(new):
        section["questions"] = [one for one in section.get("questions") or [] if one is not question]
    return new


def question_move(definition: Mapping[str, Any], *, code: str, by: int = 0, section: str = "") -> Definition:
    """Move a question ``by`` places in its section, or to the end of another ``section``.

    Up from the first place leads to the end of the section before, down from the last to the start of the next.
    """
    new = copy.deepcopy(dict(definition))
    question = question_of(new, code)
    every = sections_of(new)
    here = next(place for place, one in enumerate(every) if question in (one.get("questions") or []))
    asked = every[here]["questions"]
    if section and section != every[here].get("key"):
        target = _section(new, section).setdefault("questions", [])
        asked.remove(question)
        target.append(question)
        return new
    place = asked.index(question)
    if 0 <= place + by < len(asked):
        _shift(asked, question, by)
    elif by < 0 < here or (by > 0 and here + 1 < len(every)):
        asked.remove(question)
        neighbour = every[here + (1 if by > 0 else -1)].setdefault("questions", [])
        neighbour.insert(0 if by > 0 else len(neighbour), question)
    return new


def question_set(definition: Mapping[str, Any], *, code: str, values: Mapping[str, Any]) -> Definition:
    """Change parts of a question: any of ``text``, ``help``, ``more``, ``more_title``, ``short`` (both languages),
    ``kind``, ``options``, ``rows``, ``groups``, ``limits``, ``required``, ``required_when``, ``shown_when``,
    ``prefill`` and ``indicator``. What is empty is taken away. Raises EditRefused for an unknown kind."""
    new = copy.deepcopy(dict(definition))
    question = question_of(new, code)
    if "kind" in values and values["kind"] not in KINDS:
        raise EditRefused(_("Choose what kind of answer the question has."))
    for name, value in values.items():
        _put(question, name, _local(value) if name in TEXTS else copy.deepcopy(value))
    question.setdefault("text", {"nb": "", "nn": ""})
    if question["kind"] not in CHOICE_KINDS or question["kind"] == "yes_no":
        question.pop("options", None)
    if question["kind"] != "matrix":
        question.pop("rows", None)
        question.pop("groups", None)
    return new


def own_question(code: str, kind: str) -> dict[str, Any]:
    """A question that is not from the bank, without words yet."""
    question: dict[str, Any] = {"code": code, "kind": kind, "text": {"nb": "", "nn": ""}}
    if kind in CHOICE_KINDS and kind != "yes_no":
        question["options"] = []
    if kind == "matrix":
        question["rows"] = []
    return question


def depends_on(definition: Mapping[str, Any], code: str) -> tuple[str, ...]:
    """The codes of the questions that are shown, or must be answered, by the answer to ``code``."""
    found = []
    for _place, question in questions_of(definition):
        conditions = [*(question.get("shown_when") or ()), *(question.get("required_when") or ())]
        if any(one.get("question") == code for one in conditions):
            found.append(question["code"])
    return tuple(found)


# --- help ------------------------------------------------------------------------------------------


def _section(definition: Definition, key: str) -> dict[str, Any]:
    for section in definition.get("sections") or []:
        if section.get("key") == key:
            return section  # type: ignore[no-any-return]
    raise EditRefused(_("The form does not have this section any more."))


def _shift(rows: list[Any], row: Any, by: int) -> None:
    place = rows.index(row)
    rows.insert(max(0, min(len(rows) - 1, place + by)), rows.pop(place))


def _local(text: Mapping[str, str]) -> dict[str, str]:
    return {language: str(text.get(language, "")).strip() for language in LANGUAGES}


def _put(target: dict[str, Any], name: str, value: Any) -> None:
    """Set a value; an empty one, or a text without words in either language, is taken away."""
    empty = value in (None, "", False, [], (), {}) or (isinstance(value, Mapping) and not any(_filled(value)))
    if empty:
        target.pop(name, None)
    else:
        target[name] = value


def _filled(value: Mapping[str, Any]) -> Iterable[bool]:
    return (entry not in (None, "", [], ()) for entry in value.values())

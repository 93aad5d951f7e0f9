"""The rows and columns of a form's workbook.

One row a field; a question that takes several answers has one row for each answer that can be chosen. Each row carries,
in hidden columns, the field's key, the answer that the row is about, the revision that was read, and a token of what
stood there: so it is known afterwards what the person changed, and what others have changed meanwhile. The same
goes for the explanation of what a check finds unusual: it is written in the row of its answer, the first of several.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from networks.workbook.layout import in_every_language, plain
from reporting.form_spec import FormSpec, QuestionSpec, local

MARKER = "leve-hele-livet/skjema/1"
"""What the first cell of the hidden sheet says: this is a form's workbook, as we write it now."""
MARKER_SHEET = "portal"
LISTS_SHEET = "lists"
FORM_TITLE = gettext_noop("Form")
HELP_TITLE = gettext_noop("How to use the workbook")
CHOSEN = "x"
SEVERAL = ("several_of", "register")
CELL_LENGTH = 32_000
"""The longest text that is put into one cell (Excel takes 32 767)."""


@dataclass(frozen=True)
class Column:
    """A column: its key, its head (an English msgid), its width, and whether it is hidden."""

    key: str
    head: str
    width: int = 14
    hidden: bool = False


COLUMNS = (
    Column("code", gettext_noop("Code"), 18),
    Column("question", gettext_noop("Question"), 52),
    Column("help", gettext_noop("Help"), 44),
    Column("answer", gettext_noop("Answer"), 44),
    Column("explanation", gettext_noop("Explanation"), 36),
    Column("last", gettext_noop("Last time"), 32),
    Column("key", gettext_noop("Key (leave as it is)"), 18, hidden=True),
    Column("option", gettext_noop("Choice (leave as it is)"), 14, hidden=True),
    Column("rev", gettext_noop("Revision (leave as it is)"), 10, hidden=True),
    Column("base", gettext_noop("As downloaded (leave as it is)"), 18, hidden=True),
    Column("explained", gettext_noop("Explanation as downloaded (leave as it is)"), 16, hidden=True),
)
NEEDED = ("key", "answer")


@functools.cache
def heads() -> Mapping[str, str]:
    """Every spelling of every head, made plain, with its column's key."""
    found: dict[str, str] = {}
    for column in COLUMNS:
        for text in in_every_language(column.head):
            found.setdefault(plain(text), column.key)
    return found


@dataclass(frozen=True)
class FormRow:
    """One row: the field's ``key``, its question and matrix row, and the ``option`` it is about where the question has
    one row for each; ``label`` is that answer in words."""

    key: str
    question: QuestionSpec
    row: str = ""
    option: str = ""
    label: str = ""


Choices = Mapping[str, Sequence[tuple[str, str]]]
"""What each register-backed question chooses from, by code: ids and names."""


def form_rows(spec: FormSpec, choices: Choices, language: str) -> Iterator[FormRow]:
    """All rows of a form, in its order."""
    for question in spec.questions():
        if question.kind in SEVERAL:
            for option, label in answers_of(question, choices, language):
                yield FormRow(question.code, question, option=option, label=label)
        else:
            for key in question.field_keys():
                yield FormRow(key, question, spec.field(key)[1])


def answers_of(question: QuestionSpec, choices: Choices, language: str) -> list[tuple[str, str]]:
    """The answers that can be chosen, with a label each that no other has."""
    if question.kind == "register":
        return list(choices.get(question.code, ()))
    texts = [(option.key, " ".join(local(option.text, language).split())) for option in question.options]
    every = [same(text) for _key, text in texts]
    return [(key, text if every.count(same(text)) == 1 else f"{text} [{key}]") for key, text in texts]


def same(text: str) -> str:
    """A label made comparable: no case, no blanks around or twice."""
    return " ".join(text.replace("\u00a0", " ").casefold().split())


def token(value: Any, raw: str | None = None) -> str:
    """What stood in a field, as a short text: of its canonical value, or of ``raw`` where that is no answer."""
    plain_json = json.dumps(["raw", raw] if raw is not None else ["value", value], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(plain_json.encode()).hexdigest()[:24]

"""Answers as canonical values: to typed rows, to words, and what differs between two. How what somebody typed becomes
one is in ``answers_typed``.

Canonical values are plain JSON: an option's key (``yes_no``, ``one_of``, a row of a ``matrix``), a list of keys in
the options' order (``several_of``), of ids as text (``register``), an int (``whole_number``), a decimal as text
(``decimal``, ``per_cent``: ``"12.5"``), an ISO date, a text, and for a whole matrix ``{row: key}``. What is not
answered is absent, never empty.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from reporting.form_spec import TEXT_KINDS, FormSpec, QuestionSpec, local

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip


@dataclass(frozen=True)
class AnswerRow:
    """One typed row, as the model ``Answer`` stores it."""

    question: str
    row: str = ""
    value: str = ""
    number: Decimal | None = None
    date: dt.date | None = None
    text: str = ""


@dataclass(frozen=True)
class Change:
    """What differs in one field: ``kind`` is ``changed``, ``new`` or ``removed``; the values are canonical."""

    code: str
    row: str
    kind: str
    old: Any
    new: Any

    @property
    def key(self) -> str:
        """The field's key: ``plan.status``, ``solutions:1.1``."""
        return f"{self.code}:{self.row}" if self.row else self.code


def answer_rows(spec: FormSpec, answers: Mapping[str, Any]) -> list[AnswerRow]:
    """The typed rows of canonical ``answers`` (those that are to count: pass the visible ones), in form order."""
    rows: list[AnswerRow] = []
    for question in spec.questions():
        if question.code in answers:
            rows.extend(_rows(question, answers[question.code]))
    return rows


def _rows(question: QuestionSpec, value: Any) -> Iterable[AnswerRow]:
    code, kind = question.code, question.kind
    if kind in ("yes_no", "one_of"):
        return [AnswerRow(code, value=value)]
    if kind in ("several_of", "register"):
        return [AnswerRow(code, value=entry) for entry in value]
    if kind == "matrix":
        return [AnswerRow(code, row=row, value=value[row]) for row in question.row_keys if row in value]
    if kind == "date":
        return [AnswerRow(code, date=dt.date.fromisoformat(value))]
    if kind in TEXT_KINDS:
        return [AnswerRow(code, text=value)]
    return [AnswerRow(code, number=Decimal(value))]


def answers_hash(answers: Mapping[str, Any]) -> str:
    """SHA-256 of the answers' canonical JSON, as 64 hex digits."""
    plain = json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()


def format_answer(question: QuestionSpec, value: Any, language: str, networks: Mapping[str, str] | None = None) -> str:
    """An answer in words, as it is shown everywhere. ``value`` is canonical; a matrix takes one row's key, or the
    whole (then it is counted). ``networks`` gives names to a register's ids."""
    if value in (None, "", [], {}):
        with override(language):
            return _("Not answered")
    if question.kind in ("yes_no", "one_of", "several_of"):
        keys = [value] if isinstance(value, str) else list(value)
        return ", ".join(_option_text(question, key, language) for key in keys)
    if question.kind == "matrix":
        return _matrix_text(question, value, language)
    if question.kind == "register":
        return ", ".join((networks or {}).get(str(entry), str(entry)) for entry in value)
    if question.kind == "date":
        return date_text(dt.date.fromisoformat(value))
    if question.kind == "per_cent":
        return number_text(value) + NBSP + "%"
    if question.kind in TEXT_KINDS:
        return str(value)
    return number_text(value)


def _option_text(question: QuestionSpec, key: str, language: str) -> str:
    option = question.option(key)
    return local(option.text, language) if option else key


def _matrix_text(question: QuestionSpec, value: Any, language: str) -> str:
    if isinstance(value, str):
        return _option_text(question, value, language)
    counts = [(option, sum(given == option.key for given in value.values())) for option in question.options]
    return ", ".join(f"{count}{NBSP}{local(option.text, language).lower()}" for option, count in counts if count)


def number_text(value: Any) -> str:
    """A number as Norwegians write it: ``1 230``, ``12,5``, ``−3``; blanks are hard."""
    number = Decimal(str(value))
    text = f"{abs(number):,f}".replace(",", NBSP).replace(".", ",")
    return ("−" if number < 0 else "") + text


def date_text(day: dt.date) -> str:
    """``1. mai 2022``, with a hard blank after the day. The names of the months are the same in nb and nn."""
    return f"{day.day}.{NBSP}{MONTHS[day.month - 1]} {day.year}"


def diff(spec: FormSpec, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs between two sets of canonical answers, field by field in form order. Questions that the form does
    not ask are left out."""
    changes: list[Change] = []
    for key in spec.field_keys():
        question, row = spec.field(key)
        before, after = value_at(old, question, row), value_at(new, question, row)
        if before != after:
            kind = "new" if before is None else "removed" if after is None else "changed"
            changes.append(Change(question.code, row, kind, before, after))
    return changes


def value_at(answers: Mapping[str, Any], question: QuestionSpec, row: str = "") -> Any:
    """The canonical value of one field in ``answers``; None when it is not answered."""
    value = answers.get(question.code)
    return value.get(row) if row and isinstance(value, Mapping) else None if row else value

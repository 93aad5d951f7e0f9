"""What a check gets and gives: plain frozen values, so that a check is one readable function."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, gettext, override

from reporting.answers import date_text, number_text
from reporting.form_spec import FormSpec, local

ERROR, WARNING, REMARK = "error", "warning", "remark"
LEVELS = (ERROR, WARNING, REMARK)
LANGUAGES = ("nb", "nn")

ADOPTED = ("own", "inside")
"""The plan statuses in which the municipal council has adopted a plan."""
TAKEN_UP = ("adopted", "adapted")
"""The positions on a solution that the municipality has decided."""


@dataclass(frozen=True)
class CheckFacts:
    """Everything a check may look at. ``answers`` are the canonical answers that are shown, ``previous`` those of the
    unit's last report (None: there is none), ``registers`` what the registers say on the reference date, as
    canonical answers by question, ``today`` the day of the check."""

    spec: FormSpec
    answers: Mapping[str, Any]
    today: dt.date
    reference_date: dt.date
    previous: Mapping[str, Any] | None = None
    registers: Mapping[str, Any] = field(default_factory=dict)

    def date(self, code: str) -> dt.date | None:
        """The answer to a date question as a date."""
        value = self.answers.get(code)
        return dt.date.fromisoformat(value) if value else None


@dataclass(frozen=True)
class Finding:
    """One thing that a check found. An error stops, a warning asks for a comment, a remark is only said.

    ``sentence`` is an English msgid with ``%(name)s`` places; ``values`` fills them with texts, numbers, dates or
    texts in two languages. ``question`` and ``row`` say where in the form it belongs.
    """

    level: str
    code: str
    sentence: str
    question: str
    row: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """``code``, or ``code:row`` where the check may find the same in several places."""
        return f"{self.code}:{self.row}" if self.row else self.code

    @property
    def field_key(self) -> str:
        """The form's field: ``plan.status``, or ``solutions:1.1``."""
        return f"{self.question}:{self.row}" if self.row and self.row != self.question else self.question

    @property
    def message(self) -> str:
        """The sentence in the active language."""
        language = get_language() or "nb"
        return gettext(self.sentence) % {name: _words(value, language) for name, value in self.values.items()}

    def stored(self, comment: str = "") -> dict[str, Any]:
        """As a Submission keeps it: with its message in both languages and the municipality's comment."""
        messages = {}
        for language in LANGUAGES:
            with override(language):
                messages[language] = self.message
        return {
            "key": self.key,
            "level": self.level,
            "code": self.code,
            "question": self.question,
            "row": self.row,
            "message": messages,
            "comment": comment,
        }


def _words(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return local(value, language)
    if isinstance(value, dt.date):
        return date_text(value)
    return value if isinstance(value, str) else number_text(value)


@dataclass(frozen=True)
class Rule:
    """What the public list of checks says about a check, as English msgids: what should hold (``title``), why it is
    asked, what is held against what (``compares``), where that is from (``source``, one of ``sources.py``) and what is
    said there (``says``)."""

    code: str
    level: str
    title: str
    why: str
    compares: str
    source: str
    says: str


@dataclass(frozen=True)
class Check(Rule):
    """A rule that looks across questions. ``questions`` are the codes that a form must ask for the check to hold."""

    questions: tuple[str, ...]
    find: Callable[[CheckFacts], list[Finding]]

    def run(self, facts: CheckFacts) -> list[Finding]:
        """The findings; none when the form does not ask what the check is about."""
        return self.find(facts) if facts.spec.has(*self.questions) else []

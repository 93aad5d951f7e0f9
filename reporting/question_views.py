"""What a question of the form shows, as plain values, so that the templates only draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reporting.answers import number_text
from reporting.form_spec import CHOICE_KINDS

MANY = ("several_of", "register")
WIDTHS = {"date": "w-date", "short_text": "w-short", "whole_number": "w-num", "decimal": "w-num", "per_cent": "w-num"}
INPUT_MODES = {"date": "numeric", "whole_number": "numeric", "decimal": "decimal", "per_cent": "decimal"}


@dataclass(frozen=True)
class Choice:
    """One radio button or tick box."""

    value: str
    text: str
    dom: str
    checked: bool
    help: str = ""


@dataclass(frozen=True)
class SourceTag:
    """Where a filled-in answer comes from, and when or by whom it was given."""

    label: str
    detail: str = ""


@dataclass(frozen=True)
class Last:
    """Last round's answer: in words, as the control would hold it (JSON), and whether it differs from today's."""

    text: str
    raw: str
    differs: bool


@dataclass(frozen=True)
class PartAnswer:
    """What a municipality that became a part of this one answered last, in words."""

    unit: str
    text: str


@dataclass(frozen=True)
class Note:
    """A comment by the statsforvalter at a question."""

    text: str
    author: str
    when: str


@dataclass(frozen=True)
class Clash:
    """Two values for one field; ``mine`` and ``theirs`` are in words."""

    key: str
    dom: str
    label: str
    mine: str
    theirs: str
    their_name: str
    their_at: str
    without_script: bool = False


@dataclass(frozen=True)
class FindingView:
    """A finding at its place, with the comment that a warning asks for."""

    level: str
    message: str
    key: str
    dom: str
    question: str
    name: str = ""
    url: str = ""
    comment: str = ""
    error: str = ""

    @property
    def comment_key(self) -> str:
        """The name of the comment's field."""
        return f"comment:{self.key}"


@dataclass(frozen=True)
class QuestionView:
    """All that a question's template draws. ``text`` is what the control holds, invalid values included."""

    code: str
    key: str
    kind: str
    dom: str
    label: str
    rev: int = 0
    text: str = ""
    help: str = ""
    more: str = ""
    more_title: str = ""
    optional: bool = False
    hidden: bool = False
    parent: str = ""
    shown_when: str = ""
    choices: tuple[Choice, ...] = ()
    error: str = ""
    source: SourceTag | None = None
    last: Last | None = None
    parts: Sequence[PartAnswer] = ()
    max_length: int = 0
    comments: Sequence[Note] = ()
    findings: Sequence[FindingView] = ()
    conflict: Clash | None = None
    empty: str = ""
    by: str = ""
    """Who answered it and when, in words."""
    talk: Sequence[Any] = ()
    """What has been written about the question, the oldest first."""
    talk_url: str = ""
    """Where one writes about it; "" for who takes no part in the talk."""

    @property
    def many(self) -> bool:
        return self.kind in MANY

    @property
    def is_long(self) -> bool:
        return self.kind == "long_text"

    @property
    def is_free_text(self) -> bool:
        """Whether sentences are written here: then a line warns against personal data."""
        return self.kind == "long_text"

    @property
    def is_choice(self) -> bool:
        return self.kind in CHOICE_KINDS or self.kind == "register"

    @property
    def short_choices(self) -> bool:
        """Whether the choices fit on one line."""
        return not self.many and len(self.choices) <= 4 and all(len(one.text) <= 14 for one in self.choices)

    @property
    def can_clear(self) -> bool:
        """A radio button cannot be taken back by itself; a question that must be answered needs no way back."""
        return self.optional and self.kind in ("yes_no", "one_of")

    @property
    def width(self) -> str:
        return WIDTHS.get(self.kind, "") if self.max_length <= 120 or self.kind != "short_text" else ""

    @property
    def inputmode(self) -> str:
        return INPUT_MODES.get(self.kind, "")

    @property
    def described(self) -> str:
        """The ids that always describe the control: the help, the statsforvalter's comment, the privacy line."""
        parts = [(self.help, "help"), (self.comments, "comment"), (self.is_free_text, "pii")]
        return " ".join(f"{self.dom}-{name}" for present, name in parts if present)

    @property
    def described_now(self) -> str:
        """The same with the error first, when there is one."""
        return " ".join(part for part in (f"{self.dom}-error" if self.error else "", self.described) if part)

    @property
    def max_length_text(self) -> str:
        return number_text(self.max_length)

    @property
    def used_text(self) -> str:
        return _("{used} of %(max)s characters used").replace("{used}", number_text(len(self.text))) % {
            "max": self.max_length_text
        }


@dataclass(frozen=True)
class RowView:
    """One row of a matrix: a group of radio buttons."""

    key: str
    dom: str
    text: str
    rev: int
    choices: tuple[Choice, ...]
    last: str = ""
    last_text: str = ""
    error: str = ""
    changed: bool = False
    conflict: Clash | None = None
    findings: Sequence[FindingView] = ()

    @property
    def answered(self) -> bool:
        return any(choice.checked for choice in self.choices)

    @property
    def described(self) -> str:
        return f"{self.dom}-last" if self.last_text else ""

    @property
    def described_now(self) -> str:
        return " ".join(part for part in (f"{self.dom}-error" if self.error else "", self.described) if part)


@dataclass(frozen=True)
class GroupView:
    """The rows of one focus area; open where something is missing, wrong or changed."""

    title: str
    rows: tuple[RowView, ...]

    @property
    def done(self) -> int:
        return sum(row.answered for row in self.rows)

    @property
    def changed(self) -> int:
        return sum(row.changed for row in self.rows)

    @property
    def open(self) -> bool:
        waiting = any(row.error or row.conflict or row.findings for row in self.rows)
        return waiting or self.changed > 0 or self.done < len(self.rows)

    @property
    def words(self) -> str:
        """The count while nothing differs from last time; there is nothing to differ from in a first round."""
        if any(row.last for row in self.rows):
            return _("{done} of {total} answered, unchanged")
        return _("{done} of {total} answered")

    @property
    def text(self) -> str:
        text = _("{done} of {total} answered, {changed} changed") if self.changed else self.words
        return text.format(done=self.done, total=len(self.rows), changed=self.changed)


@dataclass(frozen=True)
class MatrixView(QuestionView):
    """A matrix: its groups of rows, the headings of its columns, and the help with those that have any."""

    groups: tuple[GroupView, ...] = ()
    options: tuple[str, ...] = ()
    explained: tuple[tuple[str, str], ...] = ()
    row_heading: str = ""

    @property
    def total(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def words(self) -> str:
        """The count of the whole, with places for what is answered and changed."""
        if any(row.last for group in self.groups for row in group.rows):
            return _("{done} of %(total)s answered. {changed} changed since last time.") % {"total": self.total}
        return _("{done} of %(total)s answered.") % {"total": self.total}

    @property
    def total_text(self) -> str:
        done = sum(group.done for group in self.groups)
        return self.words.format(done=done, changed=sum(group.changed for group in self.groups))


def dom_id(key: str) -> str:
    """The id of a field's first control: ``q-plan-status``, ``q-solutions-1-1``."""
    return "q-" + key.replace(".", "-").replace(":", "-")

"""A form as data: sections, questions, options, limits and conditions, read from ``FormVersion.definition``.

Pure: no Django, no clock. Every text is ``{"nb": …, "nn": …}``. Nothing here knows one particular round: what a
round asks is the definition alone (Tillegg 40: Hdir fixes it in a letter before each round).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Local = Mapping[str, str]
"""A text in both languages."""

KINDS = (
    "yes_no",
    "one_of",
    "several_of",
    "whole_number",
    "decimal",
    "per_cent",
    "date",
    "short_text",
    "long_text",
    "matrix",
    "register",
)
CHOICE_KINDS = ("yes_no", "one_of", "several_of", "matrix")
NUMBER_KINDS = ("whole_number", "decimal", "per_cent")
TEXT_KINDS = ("short_text", "long_text")

YES_NO = (
    ("yes", {"nb": "Ja", "nn": "Ja"}),
    ("no", {"nb": "Nei", "nn": "Nei"}),
)
DEFAULT_LENGTH = {"short_text": 200, "long_text": 2000}
_LIMITS = frozenset({"min", "max", "max_length", "exclusive", "register", "decimals"})
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_ROW = re.compile(r"[A-Za-z0-9._-]{1,12}")


class FormError(ValueError):
    """A definition that cannot be a form; the message says where and why."""


@dataclass(frozen=True)
class Option:
    """One answer to choose. ``key`` is stable, ``help`` one more line under it."""

    key: str
    text: Local
    help: Local | None = None


@dataclass(frozen=True)
class Row:
    """One row of a matrix, in the group with this key."""

    key: str
    text: Local
    group: str = ""


@dataclass(frozen=True)
class Group:
    """A group of rows of a matrix (a focus area)."""

    key: str
    text: Local


@dataclass(frozen=True)
class Condition:
    """Holds when the answer to ``question`` is one of ``any_of``, is given and none of ``none_of``, or is a number of
    at least ``at_least``."""

    question: str
    any_of: tuple[str, ...] = ()
    at_least: float | None = None
    none_of: tuple[str, ...] = ()

    def holds(self, value: Any) -> bool:
        """Whether the canonical answer ``value`` (None: not answered) meets the condition."""
        if value is None:
            return False
        if self.at_least is not None:
            return isinstance(value, int | float) and not isinstance(value, bool) and value >= self.at_least
        given = value if isinstance(value, list | tuple) else [value]
        if self.none_of:
            return not any(str(entry) in self.none_of for entry in given)
        return any(str(entry) in self.any_of for entry in given)


@dataclass(frozen=True)
class QuestionSpec:
    """One question. ``code`` is stable from round to round.

    ``help`` is one sentence under the label, ``more`` the longer help in a fold. ``limits`` may hold ``min`` and
    ``max`` (numbers), ``decimals``, ``max_length`` (characters), ``exclusive`` (option keys that stand alone) and
    ``register`` (what a register-backed question chooses from). ``shown_when`` lists conditions that must all hold,
    ``required_when`` those under which a question that is not always ``required`` must be answered.
    ``prefill`` names the sources that may fill it in, best first. ``indicator`` is the core indicator it feeds,
    ``parent`` the question under which it is shown, ``short`` its name in tables and messages.
    """

    code: str
    kind: str
    text: Local
    section: str = ""
    short: Local | None = None
    help: Local | None = None
    more: Local | None = None
    more_title: Local | None = None
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    groups: tuple[Group, ...] = ()
    required: bool = False
    required_when: tuple[Condition, ...] = ()
    limits: Mapping[str, Any] | None = None
    shown_when: tuple[Condition, ...] = ()
    prefill: tuple[str, ...] = ()
    indicator: str = ""
    parent: str = ""

    @cached_property
    def option_keys(self) -> tuple[str, ...]:
        return tuple(option.key for option in self.options)

    @cached_property
    def row_keys(self) -> tuple[str, ...]:
        return tuple(row.key for row in self.rows)

    def option(self, key: str) -> Option | None:
        """The option ``key``, or None."""
        return next((option for option in self.options if option.key == key), None)

    def row(self, key: str) -> Row | None:
        """The matrix row ``key``, or None."""
        return next((row for row in self.rows if row.key == key), None)

    def limit(self, name: str, default: Any = None) -> Any:
        """The limit ``name``, or ``default``."""
        return (self.limits or {}).get(name, default)

    @property
    def max_length(self) -> int:
        """The longest text in characters."""
        return int(self.limit("max_length", DEFAULT_LENGTH.get(self.kind, 200)))

    @property
    def name(self) -> Local:
        """The short name for tables and messages; the question itself where there is none."""
        return self.short or self.text

    @property
    def optional(self) -> bool:
        """Whether it never has to be answered."""
        return not (self.required or self.required_when)

    def is_required(self, answers: Mapping[str, Any]) -> bool:
        """Whether it must be answered with these canonical answers, where it is shown."""
        if self.required or not self.required_when:
            return self.required
        return all(condition.holds(answers.get(condition.question)) for condition in self.required_when)

    def field_keys(self) -> tuple[str, ...]:
        """The keys under which its answers are saved: the code, or one a row of a matrix."""
        if self.kind == "matrix":
            return tuple(f"{self.code}:{row}" for row in self.row_keys)
        return (self.code,)


@dataclass(frozen=True)
class SectionSpec:
    """One page of the form."""

    key: str
    title: Local
    lead: Local | None
    questions: tuple[QuestionSpec, ...]


@dataclass(frozen=True)
class FormSpec:
    """A whole form, in order."""

    sections: tuple[SectionSpec, ...]

    @classmethod
    def parse(cls, definition: Any) -> FormSpec:
        """Read a definition. Raises FormError that names the place on anything that is missing, unknown, double,
        without one of the two languages, or shown on the answer of a question that comes later."""
        sections = _list(definition, "sections", "form")
        spec = cls(tuple(_section(entry) for entry in sections))
        _check_whole(spec)
        return spec

    @cached_property
    def _by_code(self) -> dict[str, QuestionSpec]:
        return {question.code: question for section in self.sections for question in section.questions}

    @cached_property
    def _field_keys(self) -> tuple[str, ...]:
        return tuple(key for question in self.questions() for key in question.field_keys())

    @cached_property
    def _fields(self) -> dict[str, tuple[QuestionSpec, str]]:
        return {key: (question, key[len(question.code) + 1 :]) for question in self.questions()
                for key in question.field_keys()}  # fmt: skip

    def questions(self) -> Iterator[QuestionSpec]:
        """All questions in order."""
        return iter(self._by_code.values())

    def question(self, code: str) -> QuestionSpec:
        """The question ``code``; KeyError if the form has none."""
        return self._by_code[code]

    def has(self, *codes: str) -> bool:
        """Whether the form asks all of these."""
        return all(code in self._by_code for code in codes)

    def section(self, key: str) -> SectionSpec:
        """The section ``key``; KeyError if there is none."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def field_keys(self) -> tuple[str, ...]:
        """All keys of the draft in order; matrix rows as ``solutions:1.1``."""
        return self._field_keys

    def field(self, key: str) -> tuple[QuestionSpec, str]:
        """The question and the row (empty outside a matrix) of a field key; KeyError for an unknown one."""
        return self._fields[key]


def local(text: Local | None, language: str) -> str:
    """The text in ``nb`` or ``nn`` (``nn-no`` too); bokmål where nynorsk is missing, empty for None."""
    if not text:
        return ""
    return text.get("nn" if language.startswith("nn") else "nb") or text.get("nb", "")


def visible_codes(spec: FormSpec, answers: Mapping[str, Any]) -> set[str]:
    """The codes that are shown with these answers. An answer that is itself hidden does not show another."""
    shown: set[str] = set()
    for question in spec.questions():
        if all(entry.question in shown and entry.holds(answers.get(entry.question)) for entry in question.shown_when):
            shown.add(question.code)
    return shown


# --- reading a definition -------------------------------------------------------------------------


def _list(source: Any, key: str, where: str) -> list[Any]:
    value = source.get(key) if isinstance(source, Mapping) else None
    if not isinstance(value, list):
        raise FormError(f"{where}: {key} must be a list")
    return value


def _local(source: Mapping[str, Any], key: str, where: str, *, needed: bool = True) -> Local | None:
    value = source.get(key)
    if value is None and not needed:
        return None
    if not isinstance(value, Mapping) or not all(
        isinstance(value.get(language), str) and value[language].strip() for language in ("nb", "nn")
    ):
        raise FormError(f"{where}: {key} must be given in nb and nn")
    return {"nb": value["nb"], "nn": value["nn"]}


def _section(source: Any) -> SectionSpec:
    key = source.get("key", "") if isinstance(source, Mapping) else ""
    where = f"section {key!r}"
    if not isinstance(key, str) or not _CODE.fullmatch(key):
        raise FormError(f"{where}: the key must be small letters and digits")
    questions = tuple(_question(entry, key) for entry in _list(source, "questions", where))
    title = _local(source, "title", where) or {}
    return SectionSpec(key, title, _local(source, "lead", where, needed=False), questions)


def _question(source: Any, section: str) -> QuestionSpec:
    if not isinstance(source, Mapping):
        raise FormError(f"section {section!r}: a question must be an object")
    code, kind = source.get("code", ""), source.get("kind", "")
    where = f"question {code!r}"
    if not isinstance(code, str) or not _CODE.fullmatch(code) or len(code) > 40:
        raise FormError(f"{where}: the code must be small letters, digits and dots, at most 40 characters")
    if kind not in KINDS:
        raise FormError(f"{where}: unknown kind {kind!r}")
    limits = source.get("limits") or {}
    if not isinstance(limits, Mapping) or set(limits) - _LIMITS:
        raise FormError(f"{where}: unknown limits")
    conditions = tuple(_condition(entry, where) for entry in source.get("shown_when") or ())
    return QuestionSpec(
        code=code,
        kind=kind,
        text=_local(source, "text", where) or {},
        section=section,
        short=_local(source, "short", where, needed=False),
        help=_local(source, "help", where, needed=False),
        more=_local(source, "more", where, needed=False),
        more_title=_local(source, "more_title", where, needed=False),
        options=_options(source, kind, where),
        rows=_rows(source, kind, where),
        groups=tuple(Group(entry["key"], _local(entry, "text", where) or {}) for entry in source.get("groups") or ()),
        required=bool(source.get("required", False)),
        required_when=tuple(_condition(entry, where) for entry in source.get("required_when") or ()),
        limits=dict(limits),
        shown_when=conditions,
        prefill=tuple(source.get("prefill") or ()),
        indicator=str(source.get("indicator") or ""),
        parent=str(source.get("parent") or (conditions[0].question if conditions else "")),
    )


def _condition(source: Any, where: str) -> Condition:
    if not isinstance(source, Mapping) or not isinstance(source.get("question"), str):
        raise FormError(f"{where}: a condition must name a question")
    any_of, none_of, at_least = source.get("any_of") or (), source.get("none_of") or (), source.get("at_least")
    if bool(any_of) + bool(none_of) + (at_least is not None) != 1:
        raise FormError(f"{where}: a condition must have one of any_of, none_of and at_least")
    return Condition(
        source["question"], tuple(str(entry) for entry in any_of), at_least, tuple(str(entry) for entry in none_of)
    )


def _options(source: Mapping[str, Any], kind: str, where: str) -> tuple[Option, ...]:
    if kind == "yes_no":
        return tuple(Option(key, text) for key, text in YES_NO)
    if kind not in CHOICE_KINDS:
        return ()
    options = tuple(
        Option(str(entry["key"]), _local(entry, "text", where) or {}, _local(entry, "help", where, needed=False))
        for entry in _list(source, "options", where)
    )
    keys = [option.key for option in options]
    if not keys or len(set(keys)) != len(keys) or any(len(key) > 40 for key in keys):
        raise FormError(f"{where}: it needs options, each with its own key of at most 40 characters")
    return options


def _rows(source: Mapping[str, Any], kind: str, where: str) -> tuple[Row, ...]:
    if kind != "matrix":
        return ()
    rows = tuple(
        Row(str(entry["key"]), _local(entry, "text", where) or {}, str(entry.get("group", "")))
        for entry in _list(source, "rows", where)
    )
    keys = [row.key for row in rows]
    if not keys or len(set(keys)) != len(keys) or not all(_ROW.fullmatch(key) for key in keys):
        raise FormError(f"{where}: it needs rows, each with its own key of at most 12 characters")
    return rows


def _check_whole(spec: FormSpec) -> None:
    seen: set[str] = set()
    for section in spec.sections:
        for question in section.questions:
            if question.code in seen:
                raise FormError(f"question {question.code!r} stands twice in the form")
            for condition in (*question.shown_when, *question.required_when):
                if condition.question not in seen:
                    raise FormError(f"question {question.code!r} depends on {condition.question!r}, not above it")
            groups = {group.key for group in question.groups}
            if any(row.group not in groups for row in question.rows if row.group or groups):
                raise FormError(f"question {question.code!r}: a row is in no group")
            seen.add(question.code)
    keys = [section.key for section in spec.sections]
    if not seen or len(set(keys)) != len(keys):
        raise FormError("a form needs sections with different keys and at least one question")

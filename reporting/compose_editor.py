"""A question opened in the composer, as plain values for its template: each control with what stands in it, and each
sentence about what is wrong at its place. No database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from reporting import compose_typed
from reporting.compose import Fault
from reporting.compose.editing import questions_of, sections_of
from reporting.compose_shown import above
from reporting.compose_typed import Cond, Line, Typed
from reporting.compose_words import (
    HOW_WORDS,
    INDICATOR_WORDS,
    KIND_WORDS,
    LIMIT_WORDS,
    TEXT_WORDS,
    fault_field,
    fault_words,
    indicator_words,
    prefill_words,
)
from reporting.form_spec import CHOICE_KINDS, NUMBER_KINDS, YES_NO, local

LONG = ("help", "more")
BOTH = {"nb": "bokmål", "nn": "nynorsk"}


@dataclass(frozen=True)
class Control:
    """One text field. ``language`` is that of what is written in it."""

    name: str
    label: str
    value: str
    language: str = ""
    rows: int = 0
    error: str = ""
    help: str = ""
    width: str = ""

    @property
    def dom(self) -> str:
        return f"e-{self.name.replace('_', '-')}"

    @property
    def described(self) -> str:
        """Ids for aria-describedby: the error first, then the help."""
        parts = ((self.error, "error"), (self.help, "help"))
        return " ".join(f"{self.dom}-{part}" for text, part in parts if text)


@dataclass(frozen=True)
class Pick:
    """One choice of a select or a group."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class LineView:
    """An option or a row with its controls, and whether it can be moved."""

    place: int
    line: Line
    name: str
    first: bool
    last: bool
    groups: tuple[Pick, ...] = ()


@dataclass(frozen=True)
class CondView:
    """A condition in words: the question it is about, and what of its answer counts."""

    place: int
    cond: Cond
    about: str
    is_number: bool
    hows: tuple[Pick, ...] = ()
    choices: tuple[Pick, ...] = ()
    error: str = ""


@dataclass
class Editor:
    """Everything that the template of the editor draws."""

    typed: Typed
    heading: str
    place: str
    pairs: list[tuple[Control, Control]] = field(default_factory=list)
    more_pairs: list[tuple[Control, Control]] = field(default_factory=list)
    kinds: list[Pick] = field(default_factory=list)
    sections: list[Pick] = field(default_factory=list)
    prefills: list[Pick] = field(default_factory=list)
    indicators: list[Pick] = field(default_factory=list)
    limits: list[tuple[Control, str]] = field(default_factory=list)
    options: list[LineView] = field(default_factory=list)
    rows: list[LineView] = field(default_factory=list)
    conditions: list[CondView] = field(default_factory=list)
    candidates: list[Pick] = field(default_factory=list)
    errors: Mapping[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def more_open(self) -> bool:
        """Whether the fold with the rarer texts is open: where something in it is wrong."""
        return any(control.error for pair in self.more_pairs for control in pair)

    @property
    def has_options(self) -> bool:
        return compose_typed.has_options(self.typed.kind)

    @property
    def is_matrix(self) -> bool:
        return self.typed.kind == "matrix"

    @property
    def is_several(self) -> bool:
        return self.typed.kind == "several_of"


@dataclass(frozen=True)
class Around:
    """What an editor needs to know around its question: the form, its section, what the bank has, what is wrong."""

    definition: Mapping[str, Any]
    section: str
    bank: Mapping[str, Mapping[str, Any]]
    faults: Iterable[Fault]
    language: str


def editor(typed: Typed, around: Around, errors: Mapping[str, str] | None = None) -> Editor:
    """The editor of a question. ``errors`` are sentences by field about what was typed and could not be saved."""
    said, others = _errors(around, typed.code)
    said |= errors or {}
    shown = Editor(
        typed=typed,
        heading=local(typed.local("text"), around.language) or _("New question"),
        place=_place(around, typed.code),
        errors=said,
        others=others,
    )
    shown.pairs = [_pair(typed, name, said) for name in ("text", "help")]
    shown.more_pairs = [_pair(typed, name, said) for name in ("short", "more_title", "more")]
    shown.kinds = [Pick(key, str(words), key == typed.kind) for key, words in KIND_WORDS.items()]
    shown.sections = [
        Pick(str(one["key"]), local(one.get("title"), around.language) or one["key"], one["key"] == around.section)
        for one in sections_of(around.definition)
    ]
    shown.prefills = _prefills(typed, around)
    shown.indicators = _indicators(typed, around)
    shown.limits = _limits(typed, said)
    shown.options = _lines(typed.options, ())
    shown.rows = _lines(typed.rows, _groups(around, typed))
    shown.conditions = _conditions(typed, around, said)
    shown.candidates = [
        Pick(str(one["code"]), local(one.get("text"), around.language) or str(one["code"]), False)
        for one in above(around.definition, typed.code)
        if one.get("kind") in (*CHOICE_KINDS, *NUMBER_KINDS) and one.get("kind") != "matrix"
    ]
    return shown


def _errors(around: Around, code: str) -> tuple[dict[str, str], list[str]]:
    """The faults of the question: by field, and those that belong to none."""
    by_field: dict[str, str] = {}
    others = []
    for fault in around.faults:
        if fault.question == code:
            where, words = fault_field(fault), fault_words(fault, around.language)
            if where:
                by_field.setdefault(where, words)
            else:
                others.append(words)
    return by_field, others


def _place(around: Around, code: str) -> str:
    for number, section in enumerate(sections_of(around.definition), start=1):
        for place, question in enumerate(section.get("questions") or [], start=1):
            if question.get("code") == code:
                values = {"code": code, "part": number, "place": place}
                return _("%(code)s, part %(part)s, question %(place)s") % values
    return code


def _pair(typed: Typed, name: str, said: Mapping[str, str]) -> tuple[Control, Control]:
    one, other = (
        Control(
            f"{name}_{language}",
            f"{TEXT_WORDS[name]}, {BOTH[language]}",
            typed.texts.get(f"{name}_{language}", ""),
            language,
            3 if name in LONG else 0,
            said.get(f"{name}_{language}", ""),
        )
        for language in ("nb", "nn")
    )
    return one, other


def _prefills(typed: Typed, around: Around) -> list[Pick]:
    """What a question of this kind can be filled in from: nothing, the last report, what the bank knows, and what it
    has now."""
    same = {" ".join(one.get("prefill") or ()) for one in around.bank.values() if one.get("kind") == typed.kind}
    known = [*dict.fromkeys(["", "last", *sorted(same - {"", "last"}), typed.prefill])]
    return [Pick(sources, prefill_words(sources), sources == typed.prefill) for sources in known]


def _indicators(typed: Typed, around: Around) -> list[Pick]:
    used = {one.get("indicator") for _section, one in questions_of(around.definition)} - {None, "", *INDICATOR_WORDS}
    keys = [*INDICATOR_WORDS, *sorted(str(one) for one in used)]
    if typed.indicator and typed.indicator not in keys:
        keys.append(typed.indicator)
    none = Pick("", _("None, no figure is made of it"), not typed.indicator)
    return [none, *(Pick(key, indicator_words(key), key == typed.indicator) for key in keys)]


def _limits(typed: Typed, said: Mapping[str, str]) -> list[tuple[Control, str]]:
    """Each limit with the kinds that have it, as the script of the page reads them."""
    found = []
    for name in compose_typed.LIMITS:
        kinds = " ".join(kind for kind, limits in compose_typed.LIMITS_OF.items() if name in limits)
        control = Control(
            f"limit_{name}",
            str(LIMIT_WORDS[name]),
            typed.limits.get(name, ""),
            error=said.get(f"limit_{name}", ""),
            width="w-num",
        )
        found.append((control, kinds))
    return found


def _groups(around: Around, typed: Typed) -> list[tuple[str, str]]:
    for _section, question in questions_of(around.definition):
        if question.get("code") == typed.code:
            known = question.get("groups") or ()
            return [(str(one["key"]), local(one.get("text"), around.language)) for one in known]
    return []


def _lines(lines: tuple[Line, ...], groups: Iterable[tuple[str, str]]) -> list[LineView]:
    known = list(groups)
    return [
        LineView(
            place,
            line,
            line.nb or line.nn or _("number %(number)s") % {"number": place + 1},
            place == 0,
            place == len(lines) - 1,
            tuple(Pick(key, text, key == line.group) for key, text in known),
        )
        for place, line in enumerate(lines)
    ]


def _conditions(typed: Typed, around: Around, said: Mapping[str, str]) -> list[CondView]:
    known = {str(one.get("code")): one for _section, one in questions_of(around.definition)}
    return [
        _condition(place, cond, known.get(cond.question, {}), around.language, said.get(f"cond_{place}_least", ""))
        for place, cond in enumerate(typed.conditions)
    ]


def _condition(place: int, cond: Cond, about: Mapping[str, Any], language: str, error: str) -> CondView:
    is_number = about.get("kind") in NUMBER_KINDS
    hows = ("at_least",) if is_number else ("any_of", "none_of")
    options = [(key, text) for key, text in YES_NO] if about.get("kind") == "yes_no" else []
    options += [(str(one.get("key")), one.get("text")) for one in about.get("options") or ()]
    gone = [(value, {"nb": value}) for value in cond.values if value not in {key for key, _text in options}]
    return CondView(
        place,
        cond,
        local(about.get("text"), language) or cond.question,
        is_number,
        tuple(Pick(how, str(HOW_WORDS[how]), how == cond.how) for how in hows),
        tuple(Pick(key, local(text, language), key in cond.values) for key, text in [*options, *gone]),
        error,
    )

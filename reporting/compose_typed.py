"""A question as it is typed in the composer: read from its definition or from what was sent, with lines that come and
go (options, rows, conditions). Holds whatever was typed, also what cannot be used yet, so that nothing is lost. Pure;
what a form may be is said by ``reporting.compose``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

TEXTS = ("text", "help", "short", "more_title", "more")
LANGUAGES = ("nb", "nn")
NUMBER_LIMITS = ("min", "max", "decimals")
LIMITS = (*NUMBER_LIMITS, "max_length")
MOST_LINES = 80
"""More lines than any list has: a form that was made up cannot make the page build more."""
LONGEST = 4000
LONGEST_LINE = 300
"""Characters of a text, and of an answer or a row."""

_MOVES = {"up": -1, "down": 1}


@dataclass(frozen=True)
class Line:
    """An option or a row. ``key`` is empty until it is saved for the first time; ``alone`` is an option that cannot be
    chosen beside another."""

    key: str = ""
    nb: str = ""
    nn: str = ""
    help_nb: str = ""
    help_nn: str = ""
    group: str = ""
    alone: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """All that is written in it, in both languages."""
        return self.nb, self.nn, self.help_nb, self.help_nn

    @property
    def is_empty(self) -> bool:
        return not (self.key or any(self.words))


@dataclass(frozen=True)
class Cond:
    """A condition: ``how`` is ``any_of``, ``none_of`` or ``at_least``, ``least`` the number as it was typed."""

    question: str
    how: str = "any_of"
    values: tuple[str, ...] = ()
    least: str = ""


@dataclass(frozen=True)
class Typed:
    """A question as it stands in the composer. ``texts`` goes by ``text_nb`` and so on, ``limits`` by name."""

    code: str
    kind: str
    texts: Mapping[str, str]
    options: tuple[Line, ...] = ()
    rows: tuple[Line, ...] = ()
    conditions: tuple[Cond, ...] = ()
    limits: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    prefill: str = ""
    indicator: str = ""
    register: str = ""

    def local(self, name: str) -> dict[str, str]:
        """One text in both languages."""
        return {language: self.texts.get(f"{name}_{language}", "") for language in LANGUAGES}


# --- from the definition ------------------------------------------------------------------------------


def typed_of(question: Mapping[str, Any]) -> Typed:
    """A question of a definition, complete or not."""
    limits = question.get("limits") or {}
    alone = set(limits.get("exclusive") or ())
    return Typed(
        code=str(question.get("code", "")),
        kind=str(question.get("kind", "")),
        texts={
            f"{name}_{language}": str((question.get(name) or {}).get(language) or "")
            for name in TEXTS
            for language in LANGUAGES
        },
        options=tuple(_line(entry, alone) for entry in question.get("options") or ()),
        rows=tuple(_line(entry, ()) for entry in question.get("rows") or ()),
        conditions=tuple(_condition(entry) for entry in question.get("shown_when") or ()),
        limits={name: number_words(limits.get(name)) for name in LIMITS},
        required=bool(question.get("required")),
        prefill=" ".join(question.get("prefill") or ()),
        indicator=str(question.get("indicator") or ""),
        register=str(limits.get("register") or ""),
    )


def _line(entry: Mapping[str, Any], alone: Iterable[str]) -> Line:
    text, more = entry.get("text") or {}, entry.get("help") or {}
    key = str(entry.get("key", ""))
    return Line(
        key, text.get("nb", ""), text.get("nn", ""), more.get("nb", ""), more.get("nn", ""),
        str(entry.get("group") or ""), key in alone,
    )  # fmt: skip


def _condition(entry: Mapping[str, Any]) -> Cond:
    how = next((name for name in ("at_least", "none_of") if entry.get(name) not in (None, [], ())), "any_of")
    if how == "at_least":
        return Cond(str(entry.get("question", "")), how, least=number_words(entry["at_least"]))
    return Cond(str(entry.get("question", "")), how, tuple(str(value) for value in entry.get(how) or ()))


def number_words(value: Any) -> str:
    """A number as people write it; the empty text for none."""
    return "" if value is None else str(value).replace(".", ",")


# --- from what was sent ---------------------------------------------------------------------------------


def typed_from(data: Any, before: Typed) -> Typed:
    """What was sent, over ``before``: a part that was not on the page stays as it is."""

    def one(name: str, kept: str) -> str:
        return written(data.get(name, kept))

    return replace(
        before,
        kind=one("kind", before.kind),
        texts={name: one(name, kept) for name, kept in before.texts.items()},
        options=_lines(data, "option"),
        rows=_lines(data, "row"),
        conditions=_conditions(data),
        limits={name: one(f"limit_{name}", before.limits.get(name, "")) for name in LIMITS},
        required="required" in data,
        prefill=one("prefill", before.prefill),
        indicator=one("indicator", before.indicator),
        register=one("register", before.register),
    )


def written(text: Any) -> str:
    """A text as it was typed, without blanks around it and without signs that nobody sees."""
    plain = str(text).replace("\r\n", "\n")
    return "".join(sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) not in _UNSEEN).strip()


_UNSEEN = frozenset({"Cc", "Cs", "Cn"})
"""Control characters, halves of signs, and what is no sign at all."""


def _count(data: Any, name: str) -> int:
    count = str(data.get(f"{name}_count", ""))
    return min(int(count), MOST_LINES) if count.isdecimal() and len(count) < 4 else 0


def _lines(data: Any, name: str) -> tuple[Line, ...]:
    def at(number: int, part: str) -> str:
        return written(data.get(f"{name}_{number}_{part}", ""))

    return tuple(
        Line(*(at(n, part) for part in ("key", "nb", "nn", "help_nb", "help_nn", "group")), bool(at(n, "alone")))
        for n in range(_count(data, name))
    )


def _conditions(data: Any) -> tuple[Cond, ...]:
    return tuple(
        Cond(
            written(data.get(f"cond_{n}_question", "")),
            how if (how := data.get(f"cond_{n}_how")) in ("none_of", "at_least") else "any_of",
            tuple(written(value) for value in data.getlist(f"cond_{n}_values")),
            written(data.get(f"cond_{n}_least", "")),
        )
        for n in range(_count(data, "cond"))
    )


# --- the buttons beside the lines --------------------------------------------------------------------------


def pressed(typed: Typed, action: str, data: Any) -> Typed | None:
    """What the page holds after one of its own buttons (``option_add``, ``row_up:2``, ``cond_remove:0`` …); None for
    an action that is none of these. Nothing is saved by it."""
    name, _, place = action.partition(":")
    match = re.fullmatch(r"(option|row|cond)_(add|remove|up|down)", name)
    if action == "kind":
        return typed
    if match is None:
        return None
    what = {"option": "options", "row": "rows", "cond": "conditions"}[match[1]]
    lines = list(getattr(typed, what))
    if match[2] == "add":
        if len(lines) < MOST_LINES:
            lines.append(_new_line(match[1], data))
    elif place.isdecimal() and int(place) < len(lines):
        _change(lines, match[2], int(place))
    return replace(typed, **{what: tuple(line for line in lines if line is not None)})


def _new_line(what: str, data: Any) -> Line | Cond | None:
    if what != "cond":
        return Line()
    question = str(data.get("cond_new", ""))
    return Cond(question) if question else None


def _change(lines: list[Any], how: str, place: int) -> None:
    if how == "remove":
        del lines[place]
        return
    to = place + _MOVES[how]
    if 0 <= to < len(lines):
        lines[place], lines[to] = lines[to], lines[place]


# --- keys and numbers -----------------------------------------------------------------------------------------


def with_keys(lines: Sequence[Line], longest: int) -> tuple[Line, ...]:
    """The lines with a key each: those that have one keep it, a new one gets it from its words. Empty lines go."""
    written = [line for line in lines if not line.is_empty]
    taken = {line.key for line in written if line.key}
    keyed = []
    for line in written:
        key = line.key or new_key(line.nb or line.nn, taken, longest)
        taken.add(key)
        keyed.append(replace(line, key=key))
    return tuple(keyed)


def new_key(words: str, taken: Iterable[str], longest: int) -> str:
    """A key made of ``words`` (small letters, digits, underscore, at most ``longest``) that is not ``taken``."""
    plain = words.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: longest - 3].strip("_") or "x"
    taken, number, key = set(taken), 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key


def read_number(text: str) -> float | int | None:
    """The number that a text says (``12,5``, ``1 000``), None for the empty one. Raises ValueError."""
    plain = re.sub(r"[\s\u00a0]", "", text).replace(",", ".").replace("−", "-")
    if not plain:
        return None
    if not re.fullmatch(r"-?\d{1,10}(\.\d{1,4})?", plain):
        raise ValueError(text)
    return float(plain) if "." in plain else int(plain)


# --- what is saved ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Values:
    """What ``editing.question_set`` takes, and the fields that cannot be saved as they are: ``number`` where one should
    be and is none, ``long`` where a text is too long."""

    values: Mapping[str, Any]
    unreadable: Mapping[str, str] = field(default_factory=dict)


def values_of(typed: Typed, before: Mapping[str, Any]) -> Values:
    """The typed question as parts of a definition, over the question ``before``: what the composer does not show of an
    option, a row or the limits stays."""
    wrong = {name: "long" for name, text in typed.texts.items() if len(text) > LONGEST}
    for what, lines in (("options", typed.options), ("rows", typed.rows)):
        if any(len(words) > LONGEST_LINE for line in lines for words in line.words):
            wrong[what] = "long"

    def number(name: str, text: str) -> Any:
        try:
            return read_number(text)
        except ValueError:
            wrong[name] = "number"
            return None

    options = with_keys(typed.options, 40)
    values: dict[str, Any] = {name: typed.local(name) for name in TEXTS}
    values |= {
        "kind": typed.kind,
        "required": typed.required,
        "prefill": typed.prefill.split(),
        "indicator": typed.indicator,
        "shown_when": [
            _condition_of(cond, number(f"cond_{place}_least", cond.least) if cond.how == "at_least" else None)
            for place, cond in enumerate(typed.conditions)
        ],
        "limits": _limits_of(typed, before, options, number),
    }
    if has_options(typed.kind):
        values["options"] = _entries(options, before.get("options") or ())
    if typed.kind == "matrix":
        values["rows"] = _entries(with_keys(typed.rows, 12), before.get("rows") or ())
    return Values(values, wrong)


def has_options(kind: str) -> bool:
    """Whether Hdir writes the answers: ``yes_no`` has its own."""
    return kind in ("one_of", "several_of", "matrix")


def _condition_of(cond: Cond, least: Any) -> dict[str, Any]:
    if cond.how == "at_least":
        return {"question": cond.question} | ({} if least is None else {"at_least": least})
    return {"question": cond.question, cond.how: list(cond.values)}


def _limits_of(typed: Typed, before: Mapping[str, Any], options: Iterable[Line], number: Any) -> dict[str, Any]:
    limits = {key: value for key, value in (before.get("limits") or {}).items() if key not in _SHOWN_LIMITS}
    for name in LIMITS_OF.get(typed.kind, ()):
        value = number(f"limit_{name}", typed.limits.get(name, ""))
        if value is not None:
            limits[name] = value
    if typed.kind == "register":
        limits["register"] = typed.register or "networks"
    alone = [line.key for line in options if line.alone]
    if typed.kind == "several_of" and alone:
        limits["exclusive"] = alone
    return limits


LIMITS_OF: Mapping[str, tuple[str, ...]] = {
    "whole_number": ("min", "max"),
    "decimal": ("min", "max", "decimals"),
    "per_cent": ("min", "max"),
    "short_text": ("max_length",),
    "long_text": ("max_length",),
}
"""The limits that a kind of answer can have."""

_SHOWN_LIMITS = frozenset({*LIMITS, "register", "exclusive"})


def _entries(lines: Iterable[Line], before: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    known = {str(entry.get("key", "")): entry for entry in before}
    entries = []
    for line in lines:
        entry = dict(known.get(line.key, {})) | {"key": line.key, "text": {"nb": line.nb, "nn": line.nn}}
        parts = {"help": {"nb": line.help_nb, "nn": line.help_nn}, "group": line.group}
        for name, value in parts.items():
            filled = any(value.values()) if isinstance(value, dict) else value
            entry = entry | {name: value} if filled else {key: kept for key, kept in entry.items() if key != name}
        entries.append(entry)
    return entries

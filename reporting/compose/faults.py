"""What stops a form from being published, as sentences. Pure.

Everything that ``FormSpec.parse`` would refuse is said here in words, and what a reader would stumble over: a text
without its nynorsk, a condition on an answer that cannot be given, a core indicator without its question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reporting.compose import indicators
from reporting.compose.editing import TEXTS, questions_of, sections_of
from reporting.form_spec import CHOICE_KINDS, NUMBER_KINDS, TEXT_KINDS, FormError, FormSpec

MUNICIPALITY, REGION = "municipality", "region"


@dataclass(frozen=True)
class Fault:
    """One thing that must be mended. ``sentence`` is an English msgid, ``values`` fill it; ``question`` and
    ``section`` say where, ``language`` which text it is about."""

    code: str
    sentence: str
    question: str = ""
    section: str = ""
    language: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def _(text: str) -> str:
    """Marks a msgid; the text is translated where it is shown."""
    return text


def faults(definition: Mapping[str, Any], audience: str = MUNICIPALITY, *, core: bool = True) -> list[Fault]:
    """All that stops publishing, in the form's order. An empty list means that the form can be read. ``core``: whether
    a municipality's form must ask what the core indicators are counted from (not in an extra round)."""
    found = [*_sections(definition)]
    above: dict[str, Mapping[str, Any]] = {}
    for section, question in questions_of(definition):
        found += _question(question, section.get("key", ""), above)
        above[question.get("code", "")] = question
    found += _twice(definition)
    if audience == MUNICIPALITY and core:
        found += _indicators(definition)
    if not found:
        try:
            FormSpec.parse(definition)
        except FormError as error:  # a rule that stands nowhere above: said all the same
            found.append(Fault("unreadable", _("The form cannot be read: %(why)s."), values={"why": str(error)}))
    return found


def _sections(definition: Mapping[str, Any]) -> Iterator[Fault]:
    sections = sections_of(definition)
    if not any(section.get("questions") for section in sections):
        yield Fault("empty", _("The form has no question."))
    for section in sections:
        key = section.get("key", "")
        yield from _texts(section, ("title",), "", key, needed="title")
        yield from _texts(section, ("lead",), "", key)
        if not section.get("questions"):
            sentence = _("The section “%(section)s” has no question. Add one, or remove the section.")
            yield Fault("section_empty", sentence, section=key, values={"section": section.get("title") or key})


def _texts(
    source: Mapping[str, Any], names: tuple[str, ...], question: str, section: str, needed: str = "text"
) -> Iterator[Fault]:
    """Texts that are missing in one language, or in both where they are needed."""
    for name in names:
        text = source.get(name)
        if text is None and name != needed:
            continue
        given = text if isinstance(text, Mapping) else {}
        for language in ("nb", "nn"):
            if not str(given.get(language) or "").strip():
                values = {"question": _named(source, question, section)}
                yield Fault(f"{name}_missing", _MISSING[name, language], question, section, language, values)


def _named(source: Mapping[str, Any], question: str, section: str) -> Any:
    for name in ("short", "text", "title"):
        text = source.get(name)
        if isinstance(text, Mapping) and any(str(one).strip() for one in text.values()):
            return text
    return question or section


_MISSING = {
    ("title", "nb"): _("The title of the section “%(question)s” is missing in bokmål."),
    ("title", "nn"): _("The title of the section “%(question)s” is missing in nynorsk."),
    ("lead", "nb"): _("The introduction of the section “%(question)s” is missing in bokmål."),
    ("lead", "nn"): _("The introduction of the section “%(question)s” is missing in nynorsk."),
    ("text", "nb"): _("The question “%(question)s” is missing in bokmål."),
    ("text", "nn"): _("The question “%(question)s” is missing in nynorsk."),
    ("help", "nb"): _("The help of “%(question)s” is missing in bokmål."),
    ("help", "nn"): _("The help of “%(question)s” is missing in nynorsk."),
    ("more", "nb"): _("The longer help of “%(question)s” is missing in bokmål."),
    ("more", "nn"): _("The longer help of “%(question)s” is missing in nynorsk."),
    ("more_title", "nb"): _("The title of the longer help of “%(question)s” is missing in bokmål."),
    ("more_title", "nn"): _("The title of the longer help of “%(question)s” is missing in nynorsk."),
    ("short", "nb"): _("The short name of “%(question)s” is missing in bokmål."),
    ("short", "nn"): _("The short name of “%(question)s” is missing in nynorsk."),
}


def _question(question: Mapping[str, Any], section: str, above: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    code, kind = question.get("code", ""), question.get("kind", "")
    values = {"question": _named(question, code, section)}
    yield from _texts(question, TEXTS, code, section)
    if kind in CHOICE_KINDS and kind != "yes_no":
        yield from _choices(question, "options", code, section, values)
    if kind == "matrix":
        yield from _choices(question, "rows", code, section, values)
        groups = {entry.get("key") for entry in question.get("groups") or ()}
        if any(row.get("group") not in groups for row in question.get("rows") or () if row.get("group") or groups):
            yield Fault("rows_group", _("A row of “%(question)s” is in no group."), code, section, values=values)
    yield from _limits(question, kind, code, section, values)
    for name in ("shown_when", "required_when"):
        for condition in question.get(name) or ():
            yield from _condition(condition, code, section, above, values)


def _choices(
    question: Mapping[str, Any], name: str, code: str, section: str, values: Mapping[str, Any]
) -> Iterator[Fault]:
    entries = question.get(name) or []
    if len(entries) < (2 if name == "options" else 1):
        sentence = _("“%(question)s” needs at least two answers to choose between.")
        if name == "rows":
            sentence = _("“%(question)s” needs at least one row.")
        yield Fault(f"{name}_few", sentence, code, section, values=values)
    keys = Counter(str(entry.get("key", "")) for entry in entries)
    if any(count > 1 or not key for key, count in keys.items()):
        yield Fault(f"{name}_keys", _("Two answers of “%(question)s” have the same key."), code, section, values=values)
    for entry in entries:
        for language in ("nb", "nn"):
            text = entry.get("text") if isinstance(entry.get("text"), Mapping) else {}
            if not str(text.get(language) or "").strip():
                sentence = _("An answer of “%(question)s” is missing in nynorsk.")
                if language == "nb":
                    sentence = _("An answer of “%(question)s” is missing in bokmål.")
                yield Fault(f"{name}_text", sentence, code, section, language, values)
                break
        yield from _half_help(entry, name, code, section, values)


def _half_help(
    entry: Mapping[str, Any], name: str, code: str, section: str, values: Mapping[str, Any]
) -> Iterator[Fault]:
    """The help with an answer that is given in one language only; an answer needs none."""
    if entry.get("help") is None:
        return
    given = entry["help"] if isinstance(entry["help"], Mapping) else {}
    for language in ("nb", "nn"):
        if not str(given.get(language) or "").strip():
            sentence = _("The help with an answer of “%(question)s” is missing in nynorsk.")
            if language == "nb":
                sentence = _("The help with an answer of “%(question)s” is missing in bokmål.")
            yield Fault(f"{name}_help", sentence, code, section, language, values)


def _limits(
    question: Mapping[str, Any], kind: str, code: str, section: str, values: Mapping[str, Any]
) -> Iterator[Fault]:
    limits = question.get("limits") or {}
    least, most = limits.get("min"), limits.get("max")
    if kind in NUMBER_KINDS and least is not None and most is not None and least > most:
        sentence = _("The smallest number of “%(question)s” is larger than the largest.")
        yield Fault("limits_order", sentence, code, section, values=values)
    length = limits.get("max_length")
    if kind in TEXT_KINDS and length is not None and not (isinstance(length, int) and 1 <= length <= 20_000):
        sentence = _("The longest text of “%(question)s” must be between 1 and 20 000 characters.")
        yield Fault("limits_length", sentence, code, section, values=values)
    keys = {str(entry.get("key", "")) for entry in question.get("options") or ()}
    if set(limits.get("exclusive") or ()) - keys:
        sentence = _("“%(question)s” has an answer that is to stand alone, and that is no longer there.")
        yield Fault("limits_exclusive", sentence, code, section, values=values)
    if kind == "register" and limits.get("register") != "networks":
        sentence = _("“%(question)s” must choose from a register.")
        yield Fault("limits_register", sentence, code, section, values=values)


def _condition(
    condition: Mapping[str, Any],
    code: str,
    section: str,
    above: Mapping[str, Mapping[str, Any]],
    values: Mapping[str, Any],
) -> Iterator[Fault]:
    other = above.get(str(condition.get("question", "")))
    if other is None:
        sentence = _("“%(question)s” is shown by the answer to a question that does not stand above it.")
        yield Fault("condition_order", sentence, code, section, values=values)
        return
    keys = [str(key) for name in ("any_of", "none_of") for key in condition.get(name) or ()]
    at_least = condition.get("at_least")
    if not keys and at_least is None:
        sentence = _("A condition of “%(question)s” does not say which answers show it.")
        yield Fault("condition_empty", sentence, code, section, values=values)
    kind = other.get("kind")
    known = {"yes", "no"} if kind == "yes_no" else {str(one.get("key", "")) for one in other.get("options") or ()}
    if kind in CHOICE_KINDS and (set(keys) - known or at_least is not None):
        sentence = _("“%(question)s” is shown by an answer that “%(other)s” does not have.")
        named = {**values, "other": _named(other, str(other.get("code", "")), "")}
        yield Fault("condition_answer", sentence, code, section, values=named)
    if kind in NUMBER_KINDS and keys:
        sentence = _("A condition of “%(question)s” on a number must say how large it is at least.")
        yield Fault("condition_number", sentence, code, section, values=values)


def _twice(definition: Mapping[str, Any]) -> Iterator[Fault]:
    codes = Counter(question.get("code", "") for _section, question in questions_of(definition))
    for code, count in codes.items():
        if count > 1:
            yield Fault(
                "twice", _("The question %(question)s stands twice in the form."), code, values={"question": code}
            )
    keys = Counter(section.get("key", "") for section in sections_of(definition))
    for key, count in keys.items():
        if count > 1:
            yield Fault("section_twice", _("Two sections have the same key."), section=key)


def _indicators(definition: Mapping[str, Any]) -> Iterator[Fault]:
    sentences = {
        indicators.MISSING: _("No question gives figures to the core indicator “%(indicator)s”."),
        indicators.KIND: _(
            "“%(question)s” gives figures to the core indicator “%(indicator)s”, and must keep its kind of answer."
        ),
        indicators.ANSWERS: _(
            "“%(question)s” no longer has an answer that the core indicator “%(indicator)s” is counted from."
        ),
        indicators.TWICE: _(
            "“%(question)s” cannot give figures to the core indicator “%(indicator)s”: another question does."
        ),
    }
    asked = {question.get("code"): question for _section, question in questions_of(definition)}
    for code, indicator, question in indicators.uncounted(definition):
        values = {"indicator": indicator}
        if question:
            values["question"] = _named(asked[question], question, "")
        yield Fault(code, sentences[code], question, values=values)

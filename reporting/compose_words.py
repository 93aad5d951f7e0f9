"""The words of the composer: kinds of answer, sources, indicators, minutes, differences, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from municipalities.templatetags.portal import MINUS, number
from reporting.compose import Difference, Fault
from reporting.form_spec import local

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KIND_WORDS: dict[str, _StrPromise] = {
    "yes_no": gettext_lazy("Yes or no"),
    "one_of": gettext_lazy("One of several"),
    "several_of": gettext_lazy("Several answers"),
    "whole_number": gettext_lazy("Whole number"),
    "decimal": gettext_lazy("Number with decimals"),
    "per_cent": gettext_lazy("Per cent"),
    "date": gettext_lazy("Date"),
    "short_text": gettext_lazy("Short text"),
    "long_text": gettext_lazy("Long text"),
    "matrix": gettext_lazy("Matrix"),
    "register": gettext_lazy("Chosen from a register"),
}
TEXT_WORDS: dict[str, _StrPromise] = {
    "text": gettext_lazy("Question"),
    "help": gettext_lazy("Help"),
    "short": gettext_lazy("Short name"),
    "more_title": gettext_lazy("Title of the longer help"),
    "more": gettext_lazy("Longer help"),
}
LIMIT_WORDS: dict[str, _StrPromise] = {
    "min": gettext_lazy("Smallest number"),
    "max": gettext_lazy("Largest number"),
    "decimals": gettext_lazy("Decimals at most"),
    "max_length": gettext_lazy("Characters at most"),
}
HOW_WORDS: dict[str, _StrPromise] = {
    "any_of": gettext_lazy("is one of"),
    "none_of": gettext_lazy("is none of"),
    "at_least": gettext_lazy("is at least"),
}
_REGISTERS: dict[str, _StrPromise] = {
    "plan": gettext_lazy("The plan register"),
    "phase": gettext_lazy("The register of steps and phases"),
    "anchoring": gettext_lazy("The register of plans that hold the reform"),
    "positions": gettext_lazy("The registered positions on the solutions"),
    "participation": gettext_lazy("The register of networks"),
    "support": gettext_lazy("The overview of support"),
    "last": gettext_lazy("The last report"),
}
_PARTS: dict[str, _StrPromise] = {
    "plan:status": gettext_lazy("status"),
    "plan:decided_on": gettext_lazy("day of the decision"),
    "plan:case_number": gettext_lazy("case number"),
    "plan:link": gettext_lazy("address of the document"),
    "plan:expected_on": gettext_lazy("expected day"),
    "plan:process": gettext_lazy("the process"),
    "phase:step": gettext_lazy("step"),
    "phase:phase": gettext_lazy("phase"),
    "phase:delay_months": gettext_lazy("delay"),
    "phase:delay_reason": gettext_lazy("reason for the delay"),
    "participation:participates": gettext_lazy("takes part"),
    "participation:which": gettext_lazy("which networks"),
}
INDICATOR_WORDS: dict[str, _StrPromise] = {
    "plan.status": gettext_lazy("Adopted plan, or a described process"),
    "plan.anchoring": gettext_lazy("The reform in the plans"),
    "network.participates": gettext_lazy("Takes part in a learning network"),
    "support.received": gettext_lazy("Has been given support"),
    "solutions.position": gettext_lazy("Position on the solutions"),
    "progress.step": gettext_lazy("Step"),
    "progress.phase": gettext_lazy("Phase"),
    "progress.delay": gettext_lazy("Delay"),
    "result.measures": gettext_lazy("Measures results"),
    "risk.low_placement": gettext_lazy("Risk: the responsibility is placed low"),
    "risk.health_only": gettext_lazy("Risk: health services alone"),
    "risk.little_involvement": gettext_lazy("Risk: few have been asked"),
    "risk.no_analysis": gettext_lazy("Risk: no broad analysis"),
}
_CHANGES: dict[str, _StrPromise] = {
    "text": gettext_lazy("other words"),
    "help": gettext_lazy("other help"),
    "more": gettext_lazy("other longer help"),
    "more_title": gettext_lazy("other longer help"),
    "short": gettext_lazy("other short name"),
    "kind": gettext_lazy("other kind of answer"),
    "options": gettext_lazy("other answers"),
    "rows": gettext_lazy("other rows"),
    "limits": gettext_lazy("other limits"),
    "required": gettext_lazy("must be answered or not"),
    "shown_when": gettext_lazy("shown under other conditions"),
    "prefill": gettext_lazy("filled in from elsewhere"),
    "indicator": gettext_lazy("other indicator"),
}
DIFFERENCE_TAGS: dict[str, tuple[_StrPromise, str]] = {
    "new": (pgettext_lazy("difference", "New"), "success"),
    "changed": (pgettext_lazy("difference", "Changed"), "warning"),
    "moved": (pgettext_lazy("difference", "Moved"), "info"),
    "removed": (pgettext_lazy("difference", "Removed"), "neutral"),
}


def kind_words(question: Mapping[str, Any]) -> str:
    """``One of 5`` or ``Date``."""
    kind, count = str(question.get("kind", "")), len(question.get("options") or ())
    if kind == "one_of" and count:
        return ngettext("One of %(count)s", "One of %(count)s", count) % {"count": count}
    if kind == "several_of" and count:
        return ngettext("Several of %(count)s", "Several of %(count)s", count) % {"count": count}
    if kind == "matrix":
        rows = len(question.get("rows") or ())
        return ngettext("Matrix with %(count)s row", "Matrix with %(count)s rows", rows) % {"count": rows}
    return str(KIND_WORDS.get(kind, kind))


def prefill_words(sources: str) -> str:
    """The sources of a question, best first: ``The plan register (status), else the last report``."""
    if not sources:
        return _("Is not filled in beforehand")
    words = [_source(name) for name in sources.split()]
    if len(words) == 1:
        return words[0]
    rest = words[-1]
    return _("%(first)s, else %(second)s") % {"first": ", ".join(words[:-1]), "second": rest[0].lower() + rest[1:]}


def _source(name: str) -> str:
    register, _sep, _part = name.partition(":")
    words = str(_REGISTERS.get(register, name))
    return f"{words} ({_PARTS[name]})" if name in _PARTS else words


def indicator_words(key: str) -> str:
    """The indicator in words; its key where it has none."""
    return str(INDICATOR_WORDS.get(key, key))


def minutes(seconds: float) -> str:
    """``½ min``, ``5 min``: to the nearest half."""
    return _("%(minutes)s min") % {"minutes": _halves(seconds)}


def more_minutes(seconds: float) -> str:
    """``+ 1 minute``, ``− 2 minutes``, ``no change``."""
    halves = round(abs(seconds) / 30)
    if not halves:
        return _("no change")
    words = ngettext("%(count)s minute", "%(count)s minutes", 1 if halves <= 2 else 2)
    return f"{'+' if seconds > 0 else MINUS}\u00a0{words % {'count': _halves(abs(seconds))}}"


def against_last(seconds: float) -> str:
    """``½ minute shorter than last time``."""
    halves = round(abs(seconds) / 30)
    if not halves:
        return _("as long as last time")
    one = 1 if halves <= 2 else 2
    if seconds > 0:
        words = ngettext("%(count)s minute longer than last time", "%(count)s minutes longer than last time", one)
    else:
        words = ngettext("%(count)s minute shorter than last time", "%(count)s minutes shorter than last time", one)
    return words % {"count": _halves(abs(seconds))}


def _halves(seconds: float) -> str:
    halves = round(seconds / 30)
    whole = number(halves // 2) if halves // 2 else ""
    return f"{whole}{'½' if halves % 2 else ''}" or "0"


def count_against(difference: int) -> str:
    """``2 more than last time``."""
    if not difference:
        return _("as many as last time")
    if difference > 0:
        return _("%(count)s more than last time") % {"count": number(difference)}
    return _("%(count)s fewer than last time") % {"count": number(-difference)}


def hours_against(difference: int) -> str:
    """``3 hours less than last time``."""
    if not difference:
        return _("as many hours as last time")
    count = abs(difference)
    if difference > 0:
        words = ngettext("%(count)s hour more than last time", "%(count)s hours more than last time", count)
    else:
        words = ngettext("%(count)s hour less than last time", "%(count)s hours less than last time", count)
    return words % {"count": number(count)}


def difference_words(difference: Difference, language: str) -> str:
    """What is changed: ``Where is the reform anchored? “Planning strategy” is added``."""
    words = [_("“%(answer)s” is added") % {"answer": local(text, language)} for text in difference.added[:3]]
    words += [_("“%(answer)s” is taken out") % {"answer": local(text, language)} for text in difference.taken[:3]]
    lists = {"options", "rows"} if words else set()
    words += dict.fromkeys(str(_CHANGES[part]) for part in difference.parts if part in _CHANGES and part not in lists)
    said = ", ".join(words)
    return said[:1].upper() + said[1:] if said else ""


def fault_words(fault: Fault, language: str) -> str:
    """The sentence of a fault, in the reader's language."""
    values = dict(fault.values)
    for name, value in values.items():
        if isinstance(value, Mapping):
            values[name] = local(value, language)
        elif name == "indicator":
            values[name] = indicator_words(str(value))
    return _(fault.sentence) % values if values else _(fault.sentence)


def fault_field(fault: Fault) -> str:
    """The field of the question's page at which a fault is said; empty where it belongs to none."""
    if fault.code.endswith("_missing") and fault.language:
        return f"{fault.code.removesuffix('_missing')}_{fault.language}"
    for start, field in _FIELDS:
        if fault.code.startswith(start):
            return field
    return ""


_FIELDS = (
    ("options", "options"), ("limits_exclusive", "options"), ("rows", "rows"), ("limits_order", "limit_min"),
    ("limits_length", "limit_max_length"), ("condition", "conditions"), ("indicator", "indicator"),
)  # fmt: skip

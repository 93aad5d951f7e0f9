"""From what somebody typed, or a system sent, to a canonical answer (``answers``), or the sentence why it is none."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reporting.answers import MONTHS, NBSP, number_text
from reporting.form_spec import TEXT_KINDS, QuestionSpec

KEEP_AT_MOST = 250_000
"""So many characters of what cannot be an answer are kept in the draft."""

_BLANKS = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:([.,])([0-9]+))?")
_POINTED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})")
"""1.234,5 and 1.234.567: full stops that can only part the thousands."""
_DATES = (
    re.compile(r"(?P<d>[0-9]{1,2})\. ?(?P<m>[0-9]{1,2})\. ?(?P<y>[0-9]{4}|[0-9]{2})\.?"),
    re.compile(r"(?P<d>[0-9]{1,2})[/ -](?P<m>[0-9]{1,2})[/ -](?P<y>[0-9]{4}|[0-9]{2})"),
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<y>[0-9]{4})"),
    re.compile(r"(?P<d>[0-9]{1,2})\.? ?(?P<name>[a-z]{3,9})\.? (?P<y>[0-9]{4})"),
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SILENT = re.compile("[\ufeff\u00ad]")
_FORBIDDEN = re.compile(  # controls, overrides of the reading direction, surrogates and noncharacters
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Cleaned:
    """``value`` is canonical, None when there is no answer. ``error`` is a sentence in the active language, ``code``
    its stable name; with an error there is no value."""

    value: Any = None
    error: str | None = None
    code: str = ""


class _Bad(Exception):
    def __init__(self, code: str) -> None:
        self.code = code


def clean(question: QuestionSpec, raw: Any, *, row: str = "", known: Collection[str] | None = None) -> Cleaned:
    """The canonical value of what was typed or sent for ``question``.

    ``raw`` may be anything that JSON can hold. ``row`` is a row of a matrix; without it a matrix takes
    ``{row: key}``. ``known`` are the ids that a register-backed question may choose (None: not looked at).
    Never raises; whatever cannot be an answer gives an error and no value.
    """
    try:
        return Cleaned(_clean(question, raw, row, known))
    except _Bad as bad:
        return Cleaned(None, error_text(question, bad.code, raw), bad.code)


def _clean(question: QuestionSpec, raw: Any, row: str, known: Collection[str] | None) -> Any:
    if raw is None or (isinstance(raw, str) and not raw.strip() and not _FORBIDDEN.search(raw)):
        return None
    if question.kind in TEXT_KINDS:
        return _text(question, raw)
    if question.kind in ("yes_no", "one_of"):
        return _key(question, raw)
    if question.kind == "several_of":
        return _keys(question, raw)
    if question.kind == "matrix":
        return _key(question, raw) if row else _matrix(question, raw)
    if question.kind == "register":
        return _ids(raw, known)
    if question.kind == "date":
        return _date(raw).isoformat()
    return _number(question, raw)


def _text(question: QuestionSpec, raw: Any) -> str | None:
    if not isinstance(raw, str):
        raise _Bad("wrong_type")
    text = _SILENT.sub("", _LINE_ENDS.sub("\n", raw))
    if _FORBIDDEN.search(text):
        raise _Bad("control")
    text = unicodedata.normalize("NFC", text)
    if question.kind == "short_text":
        text = _BLANKS.sub(" ", text)
    text = text.strip()
    if all(unicodedata.category(sign) in ("Cf", "Zs") or sign in "\n\t" for sign in text):
        return None  # nothing in it can be seen
    if len(text) > question.max_length:
        raise _Bad("too_long")
    return text


def _key(question: QuestionSpec, raw: Any) -> str:
    if isinstance(raw, bool) and question.kind == "yes_no":
        return "yes" if raw else "no"
    if not isinstance(raw, str):
        raise _Bad("wrong_type")
    if raw not in question.option_keys:
        raise _Bad("unknown_option")
    return raw


def _keys(question: QuestionSpec, raw: Any) -> list[str] | None:
    given = [raw] if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple) or not all(isinstance(entry, str) for entry in given):
        raise _Bad("wrong_type")
    chosen = {entry for entry in given if entry}
    if chosen - set(question.option_keys):
        raise _Bad("unknown_option")
    if len(chosen) > 1 and chosen & set(question.limit("exclusive", ())):
        raise _Bad("exclusive")
    return [key for key in question.option_keys if key in chosen] or None


def _matrix(question: QuestionSpec, raw: Any) -> dict[str, str] | None:
    if not isinstance(raw, Mapping):
        raise _Bad("wrong_type")
    if set(raw) - set(question.row_keys):
        raise _Bad("unknown_row")
    values = {row: _key(question, raw[row]) for row in question.row_keys if raw.get(row) not in (None, "")}
    return values or None


def _ids(raw: Any, known: Collection[str] | None) -> list[str] | None:
    given = [raw] if isinstance(raw, str) or type(raw) is int else raw
    if not isinstance(given, list | tuple) or not all(isinstance(e, str) or type(e) is int for e in given):
        raise _Bad("wrong_type")
    texts = {str(entry) for entry in given if entry != ""}
    if not all(re.fullmatch(r"[1-9][0-9]{0,17}", entry) for entry in texts):
        raise _Bad("unknown_option")
    if known is not None and texts - set(known):
        raise _Bad("unknown_option")
    return sorted(texts, key=int) or None


def _number(question: QuestionSpec, raw: Any) -> int | str:
    number = _decimal(question, raw)
    if question.kind == "whole_number" and number != number.to_integral_value():
        raise _Bad("not_whole")
    if number != round(number, int(question.limit("decimals", 4))) or abs(number) >= Decimal(10) ** 10:
        raise _Bad("too_many_digits")
    low, high = question.limit("min"), question.limit("max")
    if question.kind == "per_cent":
        low, high = (0 if low is None else low), (100 if high is None else high)
    if (low is not None and number < Decimal(str(low))) or (high is not None and number > Decimal(str(high))):
        raise _Bad("out_of_range")
    if question.kind == "whole_number":
        return int(number)
    return format(number.normalize(), "f") if number else "0"


def _decimal(question: QuestionSpec, raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise _Bad("wrong_type")
    if isinstance(raw, int):
        if abs(raw) >= 10**18:
            raise _Bad("too_many_digits")
        return Decimal(raw)
    text = _BLANKS.sub(" ", str(raw)).strip() if isinstance(raw, float) or len(raw) <= 60 else "-"
    text = text.translate({0x2212: "-", 0x2013: "-"})
    if question.kind == "per_cent":
        text = text.removesuffix("%").strip()
    if _POINTED.fullmatch(text):
        text = text.replace(".", "")
    match = _NUMBER.fullmatch(text)
    if not match:
        raise _Bad("not_a_number")
    sign, whole, mark, rest = match.groups()
    if isinstance(raw, str) and mark == "." and len(rest) == 3 and len(whole) <= 3 and whole != "0":
        raise _Bad("ambiguous_number")  # 1.234 is a thousand to some and a decimal to others
    return Decimal(f"{sign}{whole.replace(' ', '')}.{rest or 0}")


def _date(raw: Any) -> dt.date:
    if not isinstance(raw, str):
        raise _Bad("wrong_type")
    text = _BLANKS.sub(" ", raw).strip().lower() if len(raw) <= 60 else ""
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            return _day(match.groupdict())
    raise _Bad("not_a_date")


def _day(parts: dict[str, str]) -> dt.date:
    if name := parts.get("name"):
        months = [n for n, month in enumerate(MONTHS, 1) if month == name or month[:3] == name]
        if not months:
            raise _Bad("not_a_date")
        month = months[0]
    else:
        month = int(parts["m"])
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    try:
        day = dt.date(year, month, int(parts["d"]))
    except ValueError as error:
        raise _Bad("no_such_day") from error
    if not 1900 <= day.year <= 2100:
        raise _Bad("no_such_day")
    return day


def error_text(question: QuestionSpec, code: str, raw: Any = None) -> str:
    """The sentence for the error ``code`` at ``question``, in the active language."""
    if code == "too_long":
        over = len(raw) if isinstance(raw, str) else 0
        return _("The text is too long: %(given)s of at most %(limit)s characters. Shorten it.") % {
            "given": number_text(over),
            "limit": number_text(question.max_length),
        }
    if code == "out_of_range":
        return _range_text(question)
    if code == "control":
        return _(
            "The text holds invisible signs that change how it is read. "
            "Delete them, or paste the text again without formatting."
        )
    if code == "ambiguous_number":
        return _ambiguous_text(raw)
    return {
        "wrong_type": _("This cannot be an answer to the question. Answer again."),
        "unknown_option": _("This is not one of the answers. Choose one of those that are listed."),
        "unknown_row": _("This is not one of the rows in the question. Load the page again."),
        "exclusive": _("This answer cannot be combined with others. Remove it or the others."),
        "not_a_number": _("Write a number with digits, for example 12."),
        "not_whole": _("Write a whole number without decimals, for example 12."),
        "too_many_digits": _("The number has too many digits. Write it shorter."),
        "not_a_date": _("Write day, month and year, for example 17.06.2021."),
        "no_such_day": _("This day does not exist. Check day, month and year, for example 17.06.2021."),
    }.get(code, _("This cannot be an answer to the question. Answer again."))


def _ambiguous_text(raw: Any) -> str:
    """The two numbers that the typed one can be, to choose between."""
    typed = _BLANKS.sub(" ", str(raw)).strip().removesuffix("%").strip()
    choices = {"thousands": typed.replace(".", NBSP), "decimal": typed.replace(".", ",")}
    return _("Do you mean %(thousands)s or %(decimal)s? Write the one you mean.") % choices


def _range_text(question: QuestionSpec) -> str:
    low, high = question.limit("min"), question.limit("max")
    if question.kind == "per_cent":
        low, high = (0 if low is None else low), (100 if high is None else high)
    if low is not None and high is not None:
        return _("Write a number from %(low)s to %(high)s.") % {"low": number_text(low), "high": number_text(high)}
    if low is not None:
        return _("Write a number that is at least %(low)s.") % {"low": number_text(low)}
    return _("Write a number that is at most %(high)s.") % {"high": number_text(high)}


def keepable(raw: Any) -> str:
    """What was typed, as a text that every database can store: at most ``KEEP_AT_MOST`` characters, anything but
    text as its JSON, NUL as its picture and lone surrogates as U+FFFD."""
    if not isinstance(raw, str):
        try:
            raw = json.dumps(raw, ensure_ascii=True)
        except (TypeError, ValueError, RecursionError):
            raw = ""
    return _UNKEEPABLE.sub(lambda sign: "\u2400" if sign[0] == "\x00" else "\ufffd", raw[:KEEP_AT_MOST])

"""What was typed in the cell of an answer, read kindly; ``answers_typed`` then says whether it is an answer."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from django.utils.translation import gettext as _

from networks.days import typed
from networks.workbook.cells import EPOCH
from networks.workbook.read_workbook import Broken
from reporting.answers import number_text
from reporting.form_spec import NUMBER_KINDS, TEXT_KINDS, QuestionSpec
from reporting.form_workbook.layout import Choices, answers_of, same

_CHOSEN = {"x", "ja", "yes", "1", "true", "sann", "✓", "✔", "v"}
_NOT = {"", "nei", "no", "0", "false", "usann", "-", "–"}
_YES_NO = {"true": "yes", "sann": "yes", "x": "yes", "yes": "yes", "false": "no", "usann": "no", "no": "no"}


class CellRefused(Exception):
    """A cell that cannot be read as an answer; the message is a sentence."""


def sound(value: Any) -> Any:
    """A cell's value as a text, a number, a truth, a day or None. Raises CellRefused for a formula without a value, an
    error, and a time of day."""
    if value is Broken.FORMULA:
        raise CellRefused(
            _("The formula has no calculated value. Open the file in Excel and save it, or type the value.")
        )
    if value is Broken.ERROR:
        raise CellRefused(_("The formula gives an error. Type the value instead."))
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value.replace(microsecond=0).isoformat(" ")
    if isinstance(value, dt.time | dt.timedelta):
        raise CellRefused(_("This is a time of day. Write a text or a day."))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise CellRefused(_("The formula gives an error. Type the value instead."))
        return int(value) if value.is_integer() and abs(value) < 1e15 else round(value, 9)
    if isinstance(value, str):
        return value if value.strip() else None
    return value


def chosen(value: Any) -> bool:
    """Whether an answer's own row is marked. Raises CellRefused for what is no mark."""
    value = sound(value)
    text = same("" if value is None else str(value))
    if text in _CHOSEN or text in _NOT:
        return text in _CHOSEN
    raise CellRefused(_("Write x at the answers that you choose, and leave the others empty."))


def words(value: Any) -> str:
    """A cell's value as a text, "" for an empty one. Raises CellRefused as ``sound``."""
    value = sound(value)
    return "" if value is None else _text(value).strip()


def raw_answer(question: QuestionSpec, value: Any, choices: Choices, languages: tuple[str, ...]) -> Any:
    """What the cell says, as ``answers_typed.clean`` takes it. Raises CellRefused with a sentence."""
    value = sound(value)
    if value is None:
        return None
    if question.kind in TEXT_KINDS:
        return _text(value)
    if question.kind in NUMBER_KINDS:
        return _number(question, value)
    if question.kind == "date":
        return _date(value)
    return _choice(question, value, choices, languages)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return typed(value)
    if isinstance(value, int | float):
        return str(value) if isinstance(value, int) else number_text(value).replace("\u00a0", " ")
    return str(value)


def _number(question: QuestionSpec, value: Any) -> Any:
    if isinstance(value, dt.date):
        raise CellRefused(_("Excel has made a date of this number. Write it anew, for example 1,5."))
    if question.kind == "per_cent" and isinstance(value, int | float) and 0 < value <= 1:
        # 45 % typed in a cell of numbers is kept as 0.45
        raise CellRefused(_("This can be read in two ways. Write the per cent with its sign, for example 45 %."))
    return value


def _date(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 < value < 74_000:
        return (EPOCH + dt.timedelta(days=int(value))).isoformat()
    return str(value)


def _choice(question: QuestionSpec, value: Any, choices: Choices, languages: tuple[str, ...]) -> str:
    written = same(str(value))
    if question.kind == "yes_no" and written in _YES_NO:
        return _YES_NO[written]
    known: dict[str, str] = {}
    for language in languages:
        for key, label in answers_of(question, choices, language):
            known.setdefault(same(label), key)
    for key in question.option_keys:
        known.setdefault(same(key), key)
    if written in known:
        return known[written]
    labels = "; ".join(label for _key, label in answers_of(question, choices, languages[0]))
    raise CellRefused(_("“%(text)s” is none of: %(words)s.") % {"text": str(value)[:60], "words": labels[:300]})

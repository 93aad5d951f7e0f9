"""What was typed in a cell, read kindly: numbers without their zero, dates as text, words in either language.

Each reader gives the value, or raises ``CellFault`` with one plain sentence.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from networks.days import plausible, read_day, typed
from networks.rules import clean_line, clean_text
from networks.workbook.layout import labels, plain, words
from networks.workbook.rows import MARK

Row = Mapping[str, Any]

EPOCH = dt.date(1899, 12, 30)
_NUMBER = re.compile(r"'?(\d{3,6})(?:\.0+)?(?!\d)(?:\s*[-–:,]?\s*\D.*)?", re.DOTALL)
_SPLIT = re.compile(r"[,;/\n]| og | and ")
_CODE = re.compile(r"(?<![\d.])[1-9]\.\d{1,2}(?![\d.])")


class CellFault(Exception):
    """What is wrong with a cell, as a sentence; ``field`` is its column."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


def sound(row: Row, field: str) -> Any:
    """The cell's value: a number, a text, a day, or None when empty. Raises CellFault for a formula without a value,
    an error, a time of day."""
    value = row.get(field)
    if value.__class__ is not str or value[:1] != MARK:
        return value
    if value[1:2].isdigit():
        return dt.date.fromisoformat(value[1:])
    sentence = {
        "formula": _("The formula has no calculated value. Open the file in Excel and save it, or type the value."),
        "error": _("The formula gives an error. Type the value instead."),
    }.get(value[1:], _("This is a time of day. Write a text or a day."))
    raise CellFault(field, sentence)


def line(row: Row, field: str) -> str:
    """A text of one line; a number or a day as it would be written."""
    return clean_line(_text(sound(row, field)))


def text(row: Row, field: str) -> str:
    """A text of several lines."""
    return clean_text(_text(sound(row, field)))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return typed(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def day(row: Row, field: str, *, needed: bool = False) -> dt.date | None:
    """A day: a date cell, a text that says one, or the number that Excel keeps a date as."""
    value = sound(row, field)
    found: dt.date | None = None
    if isinstance(value, dt.date):
        found = value
    elif isinstance(value, str):
        found = read_day(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and 36_000 < value < 74_000:
        found = EPOCH + dt.timedelta(days=int(value))
    if found is not None and plausible(found):
        return found
    if value is None and not needed:
        return None
    raise CellFault(field, _("Write a day, for example 1.5.2022."))


def identity(row: Row) -> int | None:
    """The id that a downloaded row carries; None on a new row."""
    value = sound(row, "id")
    if isinstance(value, str) and value.isdigit() and len(value) < 16:
        value = int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise CellFault("id", _("The ID is not one of ours. Leave it empty on a new row."))


def unit_number(row: Row, field: str = "number") -> str:
    """A municipality's number as text with its zero in front: 301 is 0301, 30101 the district 030101. Empty if none."""
    value = sound(row, field)
    if value is None:
        return ""
    number = padded(str(value) if not isinstance(value, dt.date | bool) else "")
    if not number:
        raise CellFault(field, _("Write a municipality number of four digits, for example 0301."))
    return number


def padded(written: str) -> str:
    """``0301`` from ``301``, ``0301 Oslo`` or ``301.0``; empty for what is no number of a unit."""
    match = _NUMBER.fullmatch(written.replace("\u00a0", " ").strip())
    if not match:
        return ""
    digits = match.group(1)
    return digits.zfill(6) if len(digits) == 5 and digits.startswith("301") else digits.zfill(4)


def unit_numbers(row: Row, field: str = "attendance") -> list[str]:
    """Several numbers in one cell, with commas, semicolons, blanks or lines between them."""
    value = sound(row, field)
    if value is None:
        return []
    if isinstance(value, float | dt.date | bool):
        # 3004,3025 in a cell that is no text has become one decimal number, and may have lost a zero at its end
        raise CellFault(
            field, _("Excel has made one number of this. Write semicolons between the municipality numbers.")
        )
    found = []
    for part in re.split(r"[,;/\n]", str(value).replace("\u00a0", " ")):
        written = part.strip()
        pieces = written.split() if re.fullmatch(r"[\d ]+", written) else [written]
        for piece in pieces:
            if piece and not (number := padded(piece)):
                raise CellFault(field, _("“%(text)s” is no municipality number of four digits.") % {"text": piece[:40]})
            if piece:
                found.append(number)
    return list(dict.fromkeys(found))


def word(row: Row, field: str) -> str:
    """One word of a list, as its key; empty when the cell is."""
    known = words(field)
    key = known.get(row.get(field, ""))
    if key is not None:
        return key
    written = line(row, field)
    if not written:
        return ""
    key = known.get(plain(written))
    if key is None:
        raise CellFault(field, _("“%(text)s” is none of: %(words)s.") % {"text": written[:60], "words": listed(field)})
    return key


def listed(field: str) -> str:
    """The words of a list in the language in use."""
    return ", ".join(labels(field).values())


def organisers(row: Row) -> tuple[str, ...]:
    """Who organises, as keys in a fixed order."""
    found = set()
    for part in _SPLIT.split(text(row, "organisers")):
        if not (piece := plain(part)):
            continue
        key = words("organisers").get(piece)
        if key is None:
            raise CellFault(
                "organisers",
                _("“%(text)s” is none of: %(words)s.") % {"text": part.strip()[:60], "words": listed("organisers")},
            )
        found.add(key)
    return tuple(key for key in labels("organisers") if key in found)


def themes(row: Row) -> tuple[str, ...]:
    """Codes of solutions, sorted. Excel makes a date of 1.5 and a number of 1.1; both are read as the code."""
    value = sound(row, "themes")
    if isinstance(value, dt.date):
        return (f"{value.day}.{value.month}",)
    written = _text(value)
    found = _CODE.findall(written)
    if written and not found:
        raise CellFault("themes", _("Write the codes of the solutions, for example 1.3; 2.1."))
    return tuple(sorted(set(found)))

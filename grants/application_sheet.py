"""The list of applications as an Excel sheet: its columns, where they are in a file, and what its cells say.

A head is found in bokmål, nynorsk or English. Amounts are whole kroner: a head that says thousands or millions,
decimals, and amounts that can only be in another unit are refused, never counted over. No database, no clock.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grants.models import GrantApplication
from networks.workbook.cells import CellFault, Row, line, sound
from networks.workbook.layout import Column, SheetLayout, in_every_language, plain
from networks.workbook.read_workbook import Sheet
from networks.workbook.rows import HEAD_ROWS, Found, hits, letter, read_list

STATUS = GrantApplication.Status
AMOUNTS = ("applied_kr", "granted_kr")
LEAST, MOST, DOUBTFUL = 1_000, 1_000_000_000, 10_000
"""No grant is below 1 000 kr or above a milliard; a column with nothing above 10 000 kr is asked about."""
NOTE_LENGTH = 300
HELP_TITLE, LISTS_TITLE = gettext_noop("How to fill in"), gettext_noop("Lists")
LAYOUT = SheetLayout(
    "applications",
    gettext_noop("Applications"),
    (
        Column("number", gettext_noop("Municipality number"), 16, needed=True),
        Column("unit", gettext_noop("Municipality"), 26),
        Column("scheme", gettext_noop("Scheme"), 48, needed=True),
        Column("status", gettext_noop("Status"), 14, needed=True),
        Column("applied_kr", gettext_noop("Applied for (kr)"), 18),
        Column("granted_kr", gettext_noop("Granted (kr)"), 18),
        Column("shielded", gettext_noop("Shielded"), 12),
        Column("note", gettext_noop("Note"), 40),
    ),
)
_OTHER_UNIT = re.compile(r"\b(?:1[\s\u00a0.]?000|tusen|tkr|mill|mill\.|million\w*|mrd|mnok|thousand\w*)(?!\w)", re.I)
_NUMBER = re.compile(r"\d+|\d{1,3}(?: \d{3})+")
_DECIMAL = re.compile(r"(?:\d+|\d{1,3}(?: \d{3})+)[.,](\d+)")
_CURRENCY = re.compile(r"^(?:kr|nok)\.?\s*|\s*(?:kr|nok|,-)\.?$", re.I)
_YES, _NO = ("yes", "x", "1"), ("no", "0", "-")


@dataclass(frozen=True)
class Misplaced:
    """What is wrong with the file as a whole or a head: the cell (may be empty) and a sentence."""

    cell: str
    sentence: str


def find_list(sheets: Iterable[Sheet]) -> tuple[Found | None, list[Misplaced]]:
    """The list in a workbook's sheets: the first visible sheet that has its needed heads, else the faults."""
    others = {plain(text)[:31] for title in (HELP_TITLE, LISTS_TITLE) for text in in_every_language(title)}
    seen = [sheet for sheet in sheets if not sheet.hidden and sheet.rows and plain(sheet.name) not in others]
    if not seen:
        return None, [Misplaced("", _("The workbook is empty."))]
    best = max(seen, key=lambda sheet: _fit(sheet)[1])
    at, _count = _fit(best)
    found = read_list(best, LAYOUT, at)
    faults = [
        Misplaced("", _("The column “%(column)s” is missing.") % {"column": _(head_of(key))}) for key in found.missing
    ]
    faults += [
        Misplaced("", _("The column “%(column)s” stands twice.") % {"column": _(head_of(key))}) for key in found.twice
    ]
    number, heads = best.rows[at]
    faults += _wrong_units(number, heads)
    return (None if faults else found), faults


def _fit(sheet: Sheet) -> tuple[int, int]:
    """Where the heads stand, and how many are there."""
    counts = [hits(cells, LAYOUT) for _number, cells in sheet.rows[:HEAD_ROWS]]
    return counts.index(max(counts)), max(counts)


def _wrong_units(number: int, heads: Iterable[Any]) -> list[Misplaced]:
    faults = []
    amounts = [plain(text) for key in AMOUNTS for text in in_every_language(head_of(key))]
    for index, head in enumerate(heads):
        if isinstance(head, str) and _OTHER_UNIT.search(head) and plain(head).startswith(tuple(amounts)):
            text = _("The column “%(column)s” is not in kroner. Write whole kroner, and head the column with kr.")
            faults.append(Misplaced(f"{letter(index)}{number}", text % {"column": head[:60]}))
    return faults


def head_of(key: str) -> str:
    """The head of a column, as an English msgid."""
    return next(column.head for column in LAYOUT.columns if column.key == key)


def amount(row: Row, field: str) -> int | None:
    """A cell's amount in whole kroner; None when it is empty. Raises CellFault with one sentence."""
    value = sound(row, field)
    if value is None:
        return None
    if isinstance(value, str):
        value = _typed_amount(field, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CellFault(field, _("“%(text)s” is not an amount. Write whole kroner.") % {"text": str(value)[:40]})
    if value < 0:
        raise CellFault(field, _("The amount is negative."))
    if isinstance(value, float) and not value.is_integer():
        if value < LEAST:
            raise CellFault(field, _("The amount has decimals. Is it in mill. kr? Write whole kroner."))
        raise CellFault(field, _("The amount has øre. Write whole kroner."))
    if 0 < value < LEAST:
        text = _("%(amount)s kr is too little for a grant. Is it in 1 000 kr? Write whole kroner.")
        raise CellFault(field, text % {"amount": int(value)})
    if value > MOST:
        raise CellFault(field, _("The amount is above 1 milliard kr. Check it."))
    return int(value)


def _typed_amount(field: str, text: str) -> int | float:
    """A number that was typed as text: blanks may part the thousands, a comma or a point the decimals."""
    words = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-").split())
    if _OTHER_UNIT.search(re.sub(r"[\d\s.,-]+", " ", words)):
        raise CellFault(field, _("“%(text)s” is not in kroner. Write whole kroner.") % {"text": text[:40]})
    words = _CURRENCY.sub("", words).strip()
    negative, digits = words.startswith("-"), words.removeprefix("-").strip()
    sign = -1 if negative else 1
    if len(digits) <= 24 and digits.isascii():
        if _NUMBER.fullmatch(digits):
            return sign * int(digits.replace(" ", ""))
        if match := _DECIMAL.fullmatch(digits):
            whole = digits[: match.start(1) - 1].replace(" ", "")
            decimals = match.group(1)
            if len(decimals) == 3 and "." in digits:
                raise CellFault(
                    field, _("“%(text)s” can be read in two ways. Write whole kroner without a point.") % {"text": text}
                )
            return sign * (int(whole) if not decimals.strip("0") else float(f"{whole}.{decimals}"))
    raise CellFault(field, _("“%(text)s” is not an amount. Write whole kroner.") % {"text": text[:40]})


def status(row: Row, field: str = "status") -> str:
    """The status, by its word in any of the languages. Raises CellFault for another word, or none."""
    written = line(row, field)
    key = statuses().get(plain(written))
    if key is None:
        listed = ", ".join(str(label) for label in STATUS.labels)
        if not written:
            raise CellFault(field, _("The status is missing. Write one of: %(words)s.") % {"words": listed})
        raise CellFault(field, _("“%(text)s” is none of: %(words)s.") % {"text": written[:60], "words": listed})
    return key


@functools.cache
def statuses() -> Mapping[str, str]:
    """Every word for a status, made plain, with its key."""
    found = {}
    for key in STATUS.values:
        for text in {*in_every_language(str(key)), str(key)}:
            found[plain(text)] = str(key)
    return found


def yes_or_no(row: Row, field: str = "shielded") -> bool:
    """A box of the sheet; empty is no. Raises CellFault for another word."""
    value = sound(row, field)
    if isinstance(value, bool):
        return value
    written = plain(line(row, field))
    if written in {plain(text) for word in _YES for text in in_every_language(word)}:
        return True
    if not written or written in {plain(text) for word in _NO for text in in_every_language(word)}:
        return False
    raise CellFault(field, _("“%(text)s” is neither yes nor no.") % {"text": written[:40]})


def note(row: Row, field: str = "note") -> str:
    """The note in one line. Raises CellFault when it is too long."""
    written = line(row, field)
    if len(written) > NOTE_LENGTH:
        raise CellFault(field, _("The note is longer than %(most)s characters.") % {"most": NOTE_LENGTH})
    return written

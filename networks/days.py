"""Days as people write them and as a sentence says them. Pure but for the names of the months in a sentence."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.formats import date_format
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 2000, 2100
NBSP = "\u00a0"
_MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "desember",
)  # fmt: skip
_PATTERNS = (
    re.compile(r"(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[t ]00:00(?::00(?:\.0+)?)?)?"),
    re.compile(r"(?P<d>\d{1,2})\.? (?P<name>[a-z]{3,9})\.? (?P<y>\d{4})"),
)


def read_day(text: str) -> dt.date | None:
    """The day that a text says: ``1.5.2022``, ``01/05/22``, ``2022-05-01`` or ``1. mai 2022``; blanks do not matter.

    None when it says no day of the years 2000-2100.
    """
    plain = " ".join(text.replace(NBSP, " ").split()).casefold() if len(text) <= 60 else ""
    plain = re.sub(r"(?<=\d)([./-]) (?=\d)", r"\1", plain)
    for pattern in _PATTERNS:
        if match := pattern.fullmatch(plain):
            return _day(match.groupdict())
    return None


def _day(parts: dict[str, str]) -> dt.date | None:
    if name := parts.get("name"):
        months = [number for number, month in enumerate(_MONTHS, 1) if month == name or month[:3] == name]
        if not months:
            return None
        month = months[0]
    else:
        month = int(parts["m"])
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    try:
        day = dt.date(year, month, int(parts["d"]))
    except ValueError:
        return None
    return day if plausible(day) else None


def plausible(day: dt.date) -> bool:
    """Whether a register row may carry this day."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def typed(day: dt.date | None) -> str:
    """A day as it stands in a field: ``1.5.2022``; empty for None."""
    return f"{day.day}.{day.month}.{day.year}" if day else ""


def said(day: dt.date) -> str:
    """A day as a sentence says it: ``1. mai 2022``, with a hard space after the point."""
    return date_format(day, "j. F Y").replace(". ", f".{NBSP}", 1)


def period(start: dt.date, end: dt.date | None) -> str:
    """A period in words: ``from 1. mai 2022 to 31. desember 2022`` or ``from 1. mai 2022``."""
    if end is None:
        return _("from %(start)s on") % {"start": said(start)}
    return _("from %(start)s to %(end)s") % {"start": said(start), "end": said(end)}

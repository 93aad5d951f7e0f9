"""Finds units by number or name, of today or of another day, and says why a unit was found. Pure: no database.

What is typed is compared without case and accents. ``ae``, ``oe`` and ``aa`` find æ, ø and å, and plain letters find
them too (``Tromso``); who types æ, ø or å means just that. Sami letters are found with and without their marks.
Units are told apart by number and county, never by name: Herøy and Våler exist twice.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from django.utils.translation import gettext as _

from municipalities.lineage import Lineage

LIMIT = 20
_PLAIN = str.maketrans({"đ": "d", "ð": "d", "ŋ": "n", "ŧ": "t", "ł": "l", "ı": "i"})
_NORDIC = str.maketrans({"ä": "æ", "ö": "ø"})
_SPELLED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_BARE = str.maketrans({"æ": "a", "ø": "o", "å": "a"})
_LONGEST = 100
_SAID_OF_ALL = frozenset({"kommune", "kommunen", "bydel", "bydelen", "herad", "suohkan"})
"""Words that people add to a name and that tell no unit from another."""

EXACT, BEGINS, WORD, WITHIN, LOOSE = range(5)
"""How well a text fits, best first."""


@dataclass(frozen=True)
class Entry:
    """A version of a unit, as the registers have it. ``kind`` is ``municipality`` or ``district``."""

    unit_id: int
    number: str
    name: str
    other_names: tuple[str, ...]
    county_name: str
    kind: str
    sort_key: str
    valid_from: dt.date
    valid_to: dt.date | None

    def holds(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *(name for name in self.other_names if name != self.name))

    @cached_property
    def _folded(self) -> tuple[frozenset[str], ...]:
        return tuple(_spellings(name) for name in self.names)

    def fits(self, query: Query) -> int | None:
        """How well the query fits this version; None when it does not."""
        if query.digits:
            if self.number == query.digits or (len(query.digits) == 3 and self.number == f"0{query.digits}"):
                return EXACT
            return BEGINS if self.number.startswith(query.digits) else None
        levels = [level for names in self._folded for name in names if (level := query.level(name)) is not None]
        if levels:
            return min(levels)
        return LOOSE if query.words and all(self._holds_word(word) for word in query.words) else None

    def _holds_word(self, word: frozenset[str]) -> bool:
        """Whether one word of several stands in the number, a name or the county."""
        places = [frozenset({self.number}), *self._folded, _spellings(self.county_name)]
        return any(part.startswith(tuple(word)) for place in places for spelled in place for part in spelled.split(" "))


@dataclass(frozen=True)
class Query:
    """What was typed, made ready: only ``digits``, or a text in one or two spellings."""

    digits: str
    spellings: frozenset[str]
    words: tuple[frozenset[str], ...]

    def level(self, name: str) -> int | None:
        """How well a folded name fits."""
        levels = [_level(spelled, name) for spelled in self.spellings]
        return min((level for level in levels if level is not None), default=None)


@dataclass(frozen=True)
class Match:
    """A unit of the day that was asked about, and the version by which it was found.

    ``how`` is ``current`` (by what it is called that day), ``earlier`` or ``later`` (by what it is called on another
    day), ``whole`` (it took in the unit found) or ``part`` (a part of the unit found lies in it). ``namesake`` says
    that another unit has the same name that day, so that number and county must be shown.
    """

    unit: Entry
    found: Entry
    how: str
    level: int
    namesake: bool = False

    @property
    def unit_id(self) -> int:
        return self.unit.unit_id

    @property
    def label(self) -> str:
        """``3434 Lom``; with the county where another unit has the same name: ``3419 Våler (Innlandet)``."""
        label = f"{self.unit.number} {self.unit.name}"
        return f"{label} ({self.unit.county_name})" if self.namesake else label

    @property
    def why(self) -> str:
        """A few words when the unit was found by something else than its name and number of the day; else empty."""
        old = f"{self.found.number} {self.found.name}"
        if self.how in ("earlier", "later") and self.found.name == self.unit.name:
            old = self.found.number
        if self.how == "earlier":
            return _("before %(old)s") % {"old": old}
        if self.how == "later":
            return _("later %(new)s") % {"new": old}
        if self.how == "whole":
            return _("holds the former %(old)s") % {"old": old}
        if self.how == "part":
            return _("holds a part of the former %(old)s") % {"old": old}
        return ""


def find(
    text: str,
    day: dt.date,
    entries: Iterable[Entry],
    lineage: Lineage,
    *,
    among: Collection[int] | None = None,
    limit: int | None = LIMIT,
) -> list[Match]:
    """The units of ``day`` that ``text`` means, best first, then in Norwegian order; each once, by its best reason.

    ``entries`` are all versions of all units. ``among`` are the units that may be in the answer (None: all). An empty
    text, or one of other signs only, finds nothing.
    """
    query = query_of(text)
    if not query.digits and not query.spellings:
        return []
    entries = list(entries)
    on_day = {entry.unit_id: entry for entry in entries if entry.holds(day)}
    best: dict[int, Match] = {}
    for entry in entries:
        level = entry.fits(query)
        if level is None:
            continue
        for unit_id, how in _leads_to(entry, day, lineage):
            if unit_id not in on_day or (among is not None and unit_id not in among):
                continue
            match = Match(on_day[unit_id], entry, how, level)
            if unit_id not in best or _rank(match) < _rank(best[unit_id]):
                best[unit_id] = match
    return _marked(sorted(best.values(), key=_rank)[:limit], on_day.values())


def query_of(text: str) -> Query:
    """What was typed, folded. The number before a name is a word of its own: ``0514 Lom`` finds Lom."""
    typed = _tidy(text[:_LONGEST]).split(" ")
    folded = " ".join(word for word in typed if word not in _SAID_OF_ALL) or " ".join(typed)
    digits = folded.replace(" ", "")
    if re.fullmatch(r"\d{1,6}", digits, re.ASCII):
        return Query(digits, frozenset(), ())
    spellings = _of_query(folded)
    words = folded.split(" ") if " " in folded else []
    return Query("", spellings, tuple(_of_query(word) for word in words))


_HOW = {"current": 0, "earlier": 1, "later": 2, "whole": 3, "part": 4}


def _rank(match: Match) -> tuple[int, int, str, str, int]:
    newest = -match.found.valid_from.toordinal()
    return match.level, _HOW[match.how], match.unit.sort_key, match.unit.number, newest


def _leads_to(entry: Entry, day: dt.date, lineage: Lineage) -> list[tuple[int, str]]:
    if entry.holds(day):
        return [(entry.unit_id, "current")]
    if lineage.exists(entry.unit_id, day):
        return [(entry.unit_id, "earlier" if entry.valid_from <= day else "later")]
    if entry.valid_from > day:
        return [(origin.unit_id, "later") for origin in lineage.origins(entry.unit_id, day)]
    return [(unit.unit_id, "whole" if unit.whole else "part") for unit in lineage.today(entry.unit_id, day)]


def _marked(matches: list[Match], units: Iterable[Entry]) -> list[Match]:
    named: dict[str, int] = {}
    for unit in units:
        named[unit.name] = named.get(unit.name, 0) + 1
    return [replace(match, namesake=named[match.unit.name] > 1) for match in matches]


def _level(query: str, name: str) -> int | None:
    if name == query:
        return EXACT
    if name.startswith(query):
        return BEGINS
    if f" {query}" in name:
        return WORD
    return WITHIN if len(query) > 2 and query in name else None


def _tidy(text: str) -> str:
    """Small letters without accents, æøå kept; hyphens, commas and the like are one space."""
    lower = unicodedata.normalize("NFC", text).casefold().translate(_NORDIC).translate(_PLAIN)
    kept = "".join(letter if letter in "æøå" else _without_marks(letter) for letter in lower)
    return " ".join(re.sub(r"[^\w]+", " ", kept).split())


def _without_marks(letter: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(sign))


@lru_cache(maxsize=16_384)  # every search folds the same names
def _spellings(name: str) -> frozenset[str]:
    tidy = _tidy(name)
    return frozenset({tidy.translate(_SPELLED), tidy.translate(_BARE)})


def _of_query(tidy: str) -> frozenset[str]:
    """One who types æ, ø or å means it; plain letters may stand for either spelling."""
    return frozenset({tidy.translate(_SPELLED)} if tidy else ())

"""From what somebody typed or pasted to municipalities and districts, as they were on a day.

Numbers and names, old and new, are understood: a unit that was merged leads to what it became, one of tomorrow to what
it was. What is not clear is asked back, never guessed.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _

from municipalities.lineage import Lineage, Link, Span
from municipalities.models import MunicipalityLink, MunicipalityVersion
from municipalities.names import display_name, sort_key
from municipalities.search import EXACT, Entry, find
from networks.days import said

MAX_TYPED = 20_000
"""Characters that are read; forty municipalities by name are under a thousand."""
MAX_FAULTS = 10
"""Sentences shown at once; the rest are counted."""
MAX_READ_FAULTS = 60
_NUMBER_FIRST = re.compile(r"(\d{3,6})(?:\.0+)?(?:[\s:–-]+(\D.*))?")
_NUMBER_LAST = re.compile(r"(\D.*?)\s*\(?(\d{3,6})\)?")


class UnitOnDay(NamedTuple):
    """A version of a unit; ``office_id`` is the office that answers for it, ``kind`` municipality or district."""

    unit_id: int
    number: str
    name: str
    official_names: list[dict[str, str]]
    sort_key: str
    valid_from: dt.date
    valid_to: dt.date | None
    office_id: int
    kind: str

    def holds(self, day: dt.date) -> bool:
        """Whether it holds on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def full_name(self) -> str:
        """All official names in one line."""
        return display_name(self.name, self.official_names)

    @property
    def numbered(self) -> str:
        """``3004 Fredrikstad``."""
        return f"{self.number} {self.full_name}"

    @property
    def is_district(self) -> bool:
        """Whether it is one of Oslo's districts."""
        return self.kind == "district"


@dataclass(frozen=True)
class Typed:
    """What was understood: ``unit_ids`` in the order typed, each once; ``faults`` are sentences about the rest."""

    unit_ids: tuple[int, ...]
    faults: tuple[str, ...]


class UnitBook:
    """Every number and name that units have had. Two queries, whatever is asked of it after."""

    def __init__(self, rows: Iterable[UnitOnDay], links: Iterable[Link]) -> None:
        self._rows = sorted(rows, key=lambda row: row.valid_from)
        self._of: dict[int, list[UnitOnDay]] = defaultdict(list)
        for row in self._rows:
            self._of[row.unit_id].append(row)
        spans = (Span(row.unit_id, row.number, row.name, row.valid_from, row.valid_to) for row in self._rows)
        self._lineage = Lineage(spans, links)

    @classmethod
    def load(cls, unit_ids: Collection[int] | None = None) -> UnitBook:
        """The book from the registers. With ``unit_ids`` it holds these alone, to say what they were called."""
        fields = (
            "municipality_id", "number", "name", "official_names", "sort_key", "valid_from", "valid_to", "office_id",
            "municipality__kind",
        )  # fmt: skip
        rows = MunicipalityVersion.objects.real().values_list(*fields)
        if unit_ids is not None:
            return cls((UnitOnDay(*row) for row in rows.filter(municipality_id__in=unit_ids)), [])
        links = MunicipalityLink.objects.values_list("old_id", "new_id", "kind", "on")
        return cls((UnitOnDay(*row) for row in rows), [Link(*row) for row in links])

    @cached_property
    def _by_key(self) -> dict[str, set[int]]:
        """The units by each name that they have had; a page that only shows units never needs it."""
        found: dict[str, set[int]] = defaultdict(set)
        for row in self._rows:
            official = [entry["name"] for entry in row.official_names]
            for name in (row.name, row.full_name, *official, " – ".join(official)):
                if name:
                    found[sort_key(name)].add(row.unit_id)
        return found

    @property
    def lineage(self) -> Lineage:
        """Who became whom; empty in a book of some units alone."""
        return self._lineage

    def on(self, unit_id: int, day: dt.date) -> UnitOnDay | None:
        """What the unit was on ``day``; None when it did not exist."""
        return next((row for row in self._of.get(unit_id, ()) if row.holds(day)), None)

    def near(self, unit_id: int, day: dt.date) -> UnitOnDay | None:
        """What the unit was on ``day``, else what it was last; None for a unit that nobody knows."""
        return self.on(unit_id, day) or next(iter(reversed(self._of.get(unit_id, ()))), None)

    def of_office(self, office_id: int, day: dt.date) -> list[UnitOnDay]:
        """The office's units on ``day`` in Norwegian order, the districts after the municipalities."""
        rows = [row for row in self._rows if row.office_id == office_id and row.holds(day)]
        return sorted(rows, key=lambda row: (row.is_district, row.sort_key, row.number))

    def read(self, text: str, *, office_id: int, day: dt.date) -> Typed:
        """Understand numbers and names that are parted by commas, semicolons, new lines or tabs.

        Only units of the office on ``day`` are accepted. Numbers may have lost their first zero (301), a number and
        a name may stand together (``3004 Fredrikstad``) when they belong together.
        """
        found: dict[int, None] = {}
        faults: list[str] = []
        for entry in _entries(text[:MAX_TYPED]):
            unit_id, fault = self._one(entry, office_id, day)
            if unit_id is not None:
                found[unit_id] = None
            elif fault not in faults:
                faults.append(fault)
            if len(faults) > MAX_READ_FAULTS:
                break  # a text of something else; nobody reads on
        if len(faults) > MAX_FAULTS:
            more = len(faults) - MAX_FAULTS
            faults = [*faults[:MAX_FAULTS], _("%(count)s more could not be understood.") % {"count": more}]
        return Typed(tuple(found), tuple(faults))

    def find(self, text: str, day: dt.date) -> list[UnitOnDay]:
        """The units anywhere in the country that a number or a name, old or new, can mean, as they were near ``day``.

        Empty when it means nothing; several where a name is that of several.
        """
        entries = _entries(text[:MAX_TYPED])
        if len(entries) != 1:
            return []
        number, name = _parted(entries[0])
        if number:
            unit_id = self._lineage.unit_with_number(number, day)
            found = [] if unit_id is None else [unit_id]
        else:
            found = sorted(self._by_key.get(sort_key(_plain(name)), ()))
        here = [unit_id for unit_id in found if self.on(unit_id, day)]
        onward = {other for unit_id in found for other in ([unit_id] if here else self._led_to(unit_id, day))}
        chosen = here or sorted(onward) or found
        return [row for unit_id in chosen if (row := self.near(unit_id, day)) is not None]

    def line(self, unit_id: int, first: dt.date) -> frozenset[int]:
        """The unit and those that wholly became it after ``first``: what concerned them concerned it."""
        made_of = [entry.unit_id for entry in self._lineage.origins(unit_id, first) if entry.whole]
        return frozenset([unit_id, *made_of])

    def became(self, unit_id: int, day: dt.date) -> list[UnitOnDay]:
        """The units on ``day`` that a unit leads to; itself while it exists. In Norwegian order."""
        found = [self.on(other.unit_id, day) for other in self._lineage.today(unit_id, day)]
        return sorted((row for row in found if row is not None), key=lambda row: row.sort_key)

    def _one(self, typed: str, office_id: int, day: dt.date) -> tuple[int | None, str]:
        number, name = _parted(typed)
        if number:
            unit_id = self._lineage.unit_with_number(number, day)
            if unit_id is None:
                return None, _("No municipality or district has the number %(number)s.") % {"number": number}
            if name and unit_id not in self._by_key.get(sort_key(_plain(name)), ()):
                whole = self.near(unit_id, day)
                values = {"number": number, "name": whole.full_name if whole else "", "typed": name}
                return None, _("%(number)s is %(name)s, not %(typed)s. Write only one of them.") % values
            candidates = {unit_id}
        else:
            key = sort_key(_plain(name))
            candidates = (key and self._by_key.get(key)) or self._spelled(_plain(name), day, EXACT)
            if not candidates:
                return None, self._unknown(typed, office_id, day)
        return self._choose(typed, candidates, office_id, day)

    def _choose(self, typed: str, candidates: Iterable[int], office_id: int, day: dt.date) -> tuple[int | None, str]:
        there: dict[int, UnitOnDay] = {}
        by_name: dict[int, UnitOnDay] = {}
        for unit_id in candidates:
            direct = self.on(unit_id, day)
            related = [direct] if direct else [self.on(other, day) for other in self._led_to(unit_id, day)]
            there.update({row.unit_id: row for row in related if row is not None})
            if direct and sort_key(_plain(typed)) in {sort_key(direct.name), sort_key(direct.full_name)}:
                by_name[unit_id] = direct
        own = [row for row in there.values() if row.office_id == office_id]
        named = [row for row in by_name.values() if row.office_id == office_id]
        chosen = named if len(named) == 1 else own
        if len(chosen) == 1:
            return chosen[0].unit_id, ""
        values = {"typed": typed, "day": said(day)}
        if chosen:
            chosen = sorted(chosen, key=lambda row: row.number)
            values["names"] = ", ".join(row.numbered for row in chosen)
            return None, _("“%(typed)s” can be several: %(names)s. Write the number.") % values
        if there:
            values["names"] = ", ".join(sorted(row.numbered for row in there.values()))
            return None, _("“%(typed)s” (%(names)s) did not belong to the region on %(day)s.") % values
        return None, _("“%(typed)s” did not exist on %(day)s.") % values

    def _led_to(self, unit_id: int, day: dt.date) -> list[int]:
        """The units on ``day`` that a unit which did not exist then became, or was made of."""
        ended = self._of[unit_id][-1].valid_to
        later = ended is not None and ended < day
        related = self._lineage.today(unit_id, day) if later else self._lineage.origins(unit_id, day)
        return [entry.unit_id for entry in related]

    def _spelled(self, name: str, day: dt.date, level: int) -> set[int]:
        """The units of ``day`` that the name finder knows by another spelling (``Tromso``, ``Vagan``)."""
        matches = find(name, day, self._entries, self._lineage, limit=None) if name else []
        return {match.unit_id for match in matches if match.level <= level}

    @cached_property
    def _entries(self) -> list[Entry]:
        return [
            Entry(
                row.unit_id, row.number, row.name, tuple(entry["name"] for entry in row.official_names), "", row.kind,
                row.sort_key, row.valid_from, row.valid_to,
            )
            for row in self._rows
        ]  # fmt: skip

    def _unknown(self, typed: str, office_id: int, day: dt.date) -> str:
        known = {sort_key(row.name): row for row in self.of_office(office_id, day)}
        close = difflib.get_close_matches(sort_key(_plain(typed))[:60], known, n=2, cutoff=0.7)
        if not close:
            return _("“%(typed)s” is no municipality or district that we know.") % {"typed": typed[:80]}
        values = {"typed": typed[:80], "names": ", ".join(known[key].numbered for key in close)}
        return _("“%(typed)s” is no municipality or district that we know. Did you mean %(names)s?") % values


def unit_faults(book: UnitBook, unit_ids: Sequence[int], *, office_id: int, day: dt.date) -> list[str]:
    """One sentence for each unit that did not exist on ``day``, or did not belong to the office then."""
    faults = []
    for unit_id in unit_ids:
        row, known = book.on(unit_id, day), book.near(unit_id, day)
        values = {"typed": known.numbered if known else unit_id, "name": known.numbered if known else ""}
        values["day"] = said(day)
        if row is None:
            faults.append(_("“%(typed)s” did not exist on %(day)s.") % values)
        elif row.office_id != office_id:
            faults.append(_("%(name)s did not belong to the region on %(day)s.") % values)
    return faults


def _entries(text: str) -> list[str]:
    """The parts of a text. A line of cells copied from a sheet is one entry when it is a number and its name."""
    entries = []
    for part in re.split(r"[,;\n\r]+", text):
        cells = [" ".join(cell.split()) for cell in part.split("\t")]
        cells = [cell.strip("\"'“”«».") for cell in cells if cell]
        if len(cells) == 2 and cells[0].isdigit() and not cells[1][:1].isdigit():
            cells = [" ".join(cells)]
        entries += [cell for cell in cells if cell]
    return entries


def _parted(typed: str) -> tuple[str, str]:
    """(number, name) of an entry; either may be empty. A lost first zero is put back."""
    if match := _NUMBER_FIRST.fullmatch(typed):
        number, name = match[1], match[2] or ""
    elif match := _NUMBER_LAST.fullmatch(typed):
        number, name = match[2], match[1]
    else:
        return "", typed
    return (f"0{number}" if len(number) in (3, 5) else number), name.strip(" (")


def _plain(name: str) -> str:
    """The name without the word for what it is: ``Asker kommune``, ``Bydel Gamle Oslo``."""
    return re.sub(r"^bydel\s+|\s+(kommune|bydel)$", "", name.strip(), flags=re.IGNORECASE)

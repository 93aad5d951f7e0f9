"""Figures in the borders of then and in those of another day. Pure: no database, no clock.

What may be brought together depends on the kind of figure:

* a **count** is summed over the parts of a merger (``counts``);
* a **share** is worked out anew from the counts it was made of, part and whole (``shares``);
* a **yes or no**, a choice or a text is listed for each part (``listed``);
* the figure of a unit that was **split** stays with that unit, marked, and is never shared out by guess;
* a **boundary adjustment** moves no figure.

The way is always: ``regroup`` says which units belong together, then one of the three others brings the values.

    groups = regroup(lineage_of_all(), unit_ids, then=D(2019, 11, 1), day=D(2022, 5, 1))
    for row in counts(groups, {unit_id: 3, ...}):
        row.group.number, row.group.name, row.value, row.complete, row.parts

So every table says for each line which parts went in (``parts``), which gave nothing (``missing``), whether the line
is a unit of the borders asked for (``group.fits``), and from which split units a part belongs here although its figure
does not (``group.also_from``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from municipalities.lineage import Lineage, Span

THEN, TODAY = "then", "today"
BORDERS = (THEN, TODAY)
"""The two ways in which a table is shown: the borders of its own day, and those of today."""

V = TypeVar("V")


@dataclass(frozen=True)
class Group:
    """A line of a table in the borders of ``day``.

    ``unit_id``, ``number`` and ``name`` are the unit's on that day; for a unit that does not fit (a split one), its
    own last ones. ``members`` are the units of then whose figures stand here, in the order of their numbers.
    ``leads_to`` are the units among which a unit that does not fit lies, ``also_from`` the split ones of which a part
    lies here. A group without members has no figure of its own: all it was made of has been split.
    """

    unit_id: int
    number: str
    name: str
    fits: bool
    members: tuple[Span, ...]
    leads_to: tuple[Span, ...] = ()
    also_from: tuple[Span, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether the line is one and the same unit in both borders."""
        return self.fits and not self.also_from and [span.unit_id for span in self.members] == [self.unit_id]


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole``; both are counts, and ``whole`` may be 0."""

    part: int
    whole: int

    @property
    def value(self) -> Fraction | None:
        """The share from 0 to 1, exact; None of nothing."""
        return Fraction(self.part, self.whole) if self.whole else None


@dataclass(frozen=True)
class Part(Generic[V]):
    """The value of one unit of then."""

    span: Span
    value: V


@dataclass(frozen=True)
class Line(Generic[V]):
    """A group with its value. ``parts`` are the values that went in, ``missing`` the units that gave none.

    ``value`` is None where there is nothing, and for values that are listed and differ.
    """

    group: Group
    value: V | None
    parts: tuple[Part[V], ...]
    missing: tuple[Span, ...]

    @property
    def complete(self) -> bool:
        """Whether the value is that of the whole unit: every part gave one, and no split unit has a part here."""
        return bool(self.parts) and not self.missing and not self.group.also_from


def regroup(lineage: Lineage, unit_ids: Iterable[int], then: dt.date, day: dt.date) -> tuple[Group, ...]:
    """Which of ``unit_ids`` (units of ``then``) stand together in the borders of ``day``, in the order of numbers.

    Each unit is a member of exactly one group. Units of ``day`` in which a split unit has a part are in the answer
    too, also when no figure stands there. With ``day`` equal to ``then`` each unit is its own group. Raises KeyError
    for a unit that the lineage does not know.
    """
    members: dict[tuple[int, bool], list[Span]] = {}
    leads_to: dict[tuple[int, bool], tuple[int, ...]] = {}
    also_from: dict[int, dict[int, Span]] = {}
    for unit_id in sorted(set(unit_ids)):
        home = lineage.home(unit_id, then, day)
        key = (home.unit_id, home.fits)
        members.setdefault(key, []).append(_span(lineage, unit_id, then))
        if not home.fits:
            leads_to[key] = home.leads_to
            for part in home.leads_to:
                also_from.setdefault(part, {})[home.unit_id] = _span(lineage, home.unit_id, max(day, then))
    for part in also_from:
        members.setdefault((part, True), [])
    groups = [
        _group(lineage, key, spans, (then, day), leads_to.get(key, ()), also_from if key[1] else {})
        for key, spans in members.items()
    ]
    return tuple(sorted(groups, key=lambda group: (group.number, not group.fits)))


def counts(groups: Iterable[Group], values: Mapping[int, int | Decimal | None]) -> list[Line[int | Decimal]]:
    """Counts by unit of then, summed over the parts of each group. A unit without a value is ``missing``, never 0."""
    lines: list[Line[int | Decimal]] = []
    for group in groups:
        parts: tuple[Part[int | Decimal], ...]
        parts, missing = _parts(group, values)
        total = sum(part.value for part in parts) if parts else None
        lines.append(Line(group, total, parts, missing))
    return lines


def shares(groups: Iterable[Group], values: Mapping[int, Share | None]) -> list[Line[Share]]:
    """Shares by unit of then, worked out anew from parts and wholes; they are never averaged."""
    lines: list[Line[Share]] = []
    for group in groups:
        parts, missing = _parts(group, values)
        whole = Share(sum(p.value.part for p in parts), sum(p.value.whole for p in parts)) if parts else None
        lines.append(Line(group, whole, parts, missing))
    return lines


def listed(groups: Iterable[Group], values: Mapping[int, V | None]) -> list[Line[V]]:
    """A yes or no, a choice, a date or a text by unit of then, listed for each part.

    ``value`` is there only when the group is one single unit of then: of a merger's parts none speaks for the others,
    also where they say the same.
    """
    lines: list[Line[V]] = []
    for group in groups:
        parts, missing = _parts(group, values)
        alone = parts[0].value if len(parts) == 1 and len(group.members) == 1 and not group.also_from else None
        lines.append(Line(group, alone, parts, missing))
    return lines


def _parts(group: Group, values: Mapping[int, V | None]) -> tuple[tuple[Part[V], ...], tuple[Span, ...]]:
    parts, missing = [], []
    for span in group.members:
        value = values.get(span.unit_id)
        if value is None:
            missing.append(span)
        else:
            parts.append(Part(span, value))
    return tuple(parts), tuple(missing)


def _group(
    lineage: Lineage,
    key: tuple[int, bool],
    spans: list[Span],
    days: tuple[dt.date, dt.date],
    leads_to: tuple[int, ...],
    also_from: Mapping[int, Mapping[int, Span]],
) -> Group:
    unit_id, fits = key
    named = _span(lineage, unit_id, days[1] if fits else max(days))
    return Group(
        unit_id=unit_id,
        number=named.number,
        name=named.name,
        fits=fits,
        members=tuple(sorted(spans, key=lambda span: span.number)),
        leads_to=tuple(_span(lineage, part, days[1]) for part in leads_to),
        also_from=tuple(sorted(also_from.get(unit_id, {}).values(), key=lambda span: span.number)),
    )


def _span(lineage: Lineage, unit_id: int, day: dt.date) -> Span:
    span = lineage.span_near(unit_id, day)
    if span is None:
        raise KeyError(unit_id)
    return span

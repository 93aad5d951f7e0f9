"""Earlier rounds in the borders of the document's own day: what stood together then, and what is counted of it. Pure.

A core indicator is a yes or no of each municipality, and no part of a merger speaks for the others: the new one is
counted when *all* its parts were (``municipalities.borders``). What lay in a municipality that was split has no figure
of its own then, and is counted as such, never by guess.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from municipalities.borders import regroup
from municipalities.lineage import Lineage

from . import rules
from .by_unit import Places
from .columns import Columns
from .facts import ParticipationFact, PartsFact, PlanFact, SupportFact, holds

Select = Mapping[str, str]


def parts_of(
    lineage: Lineage, reported: Mapping[dt.date, Iterable[int]], day: dt.date
) -> Columns[PartsFact] | tuple[()]:
    """For each round (``reported``: reference date to the municipalities in it) what every municipality of ``day``, the
    last of the dates, was made of then. Empty when the borders were the same in all of them. ``lineage`` has to know
    the units that were changed."""
    now = Places(reported[day])
    found = Columns(PartsFact, _parts(lineage, reported, now, day), numbers=("unit",), make=_fact)
    changed = any(parts is not ITSELF for parts in found.distinct("parts"))
    return found if changed else ()


ITSELF = None
"""Stands in the column for a municipality that was the same then: so nearly all rows have one value."""


def _fact(then: dt.date, unit: int, parts: tuple[int, ...] | None) -> PartsFact:
    return PartsFact(then, unit, (unit,) if parts is ITSELF else parts)


def _parts(
    lineage: Lineage, reported: Mapping[dt.date, Iterable[int]], now: Places, day: dt.date
) -> Iterator[tuple[dt.date, int, tuple[int, ...] | None]]:
    changed = lineage.changed()
    for then, units in sorted(reported.items()):
        there = Places(units)
        made_of = {
            group.unit_id: tuple(sorted(span.unit_id for span in group.members))
            for group in regroup(lineage, {unit for unit in changed if unit in there}, then, day)
            if group.fits and not group.also_from
        }
        for unit in now.ids:
            parts = made_of.get(unit, ()) if unit in changed else (unit,) if unit in there else ()
            yield then, unit, ITSELF if parts == (unit,) else parts


def holding(
    select: Select,
    period: tuple[dt.date, dt.date],
    plans: Iterable[PlanFact],
    participations: Iterable[ParticipationFact],
    support: Iterable[SupportFact],
) -> Iterator[int]:
    """The municipalities that a register counts on the last day of ``period`` (support: after its first day); some may
    come several times."""
    since, day = period
    if select["register"] == "plan":
        wanted = frozenset(select["values"].split("|"))
        return (row.unit for row in plans if row.status in wanted and holds(row, day))
    if select["register"] == "participation":
        return (
            row.unit
            for row in participations
            if row.status == select["status"] and row.kind in rules.REGIONAL_KINDS and holds(row, day)
        )
    return (row.unit for row in support if since < row.on <= day)


def carried(parts: Iterable[PartsFact], select: Select, held: Container[int]) -> Iterator[int]:
    """The municipalities of the borders asked for that a selector counts: without a register all of them; ``carried``
    ``no`` are those whose figure of then cannot be known."""
    rows = _of_round(parts, dt.date.fromisoformat(select["round"]))
    if select.get("carried") == "no":
        return (unit for unit, made_of in rows if made_of == ())
    if "register" not in select:
        return (unit for unit, _made_of in rows)
    return (
        unit
        for unit, made_of in rows
        if (unit in held if made_of is ITSELF else made_of and all(part in held for part in made_of))
    )


def _of_round(parts: Iterable[PartsFact], then: dt.date) -> Iterator[tuple[Any, ...]]:
    """Unit and parts, or ``ITSELF``."""
    if isinstance(parts, Columns):
        return parts.picked("unit", "parts", where=("round", then))
    return ((row.unit, row.parts) for row in parts if row.round == then)


def units_in(parts: Iterable[PartsFact]) -> Iterator[int]:
    """The units of earlier rounds that others are made of."""
    made_of = parts.distinct("parts") if isinstance(parts, Columns) else (row.parts for row in parts)
    return (unit for found in made_of if found is not ITSELF for unit in found)

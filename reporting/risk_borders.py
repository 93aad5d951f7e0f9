"""The risk patterns in the borders of the last round's day and in today's. They are judgements and never summed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from municipalities.border_words import TODAY, Places
from municipalities.models import User
from reporting.services.risk import UnitRisk, risk_unit_ids, risk_units
from reporting.todays_units import TodaysUnits


class RiskBorders:
    """The units whose patterns ``user`` sees, in the borders of ``day`` (the newest round's) or of ``today``."""

    def __init__(self, *, user: User, day: dt.date, today: dt.date) -> None:
        self.user, self.day, self.today = user, day, today
        self.then = TodaysUnits(day, today)
        ids = risk_unit_ids(user=user, today=today, day=day) if day != today else []
        self.differs = self.then.differ(ids)
        self.changed = {pk for pk in ids if self.then.places.of(pk, day).changed} if self.differs else set()

    def units(self, borders: str) -> list[UnitRisk]:
        """The rows in the ``borders`` (``da`` or ``na``). Where nothing differs the two are the same."""
        if not self.differs:
            return risk_units(user=self.user, today=self.today)
        if borders == TODAY:
            now = risk_units(user=self.user, today=self.today)
            gone = self.changed - {unit.unit for unit in now}
            parts = risk_units(user=self.user, today=self.today, day=self.day, only=gone) if gone else []
            parts = [_closed(part) for part in parts]
            return in_todays_borders(now, parts, self.then.places, self.day)
        found = risk_units(user=self.user, today=self.today, day=self.day)
        return [self._judged(unit) for unit in found]

    def _judged(self, unit: UnitRisk) -> UnitRisk:
        """The unit with the number of today at whose page it is judged."""
        if not self.then.exists(unit.unit):
            return _closed(unit)
        return replace(unit, page=self.then.places.of(unit.unit, self.day).number)


def in_todays_borders(
    now: Iterable[UnitRisk], parts: Iterable[UnitRisk], places: Places, then: dt.date
) -> list[UnitRisk]:
    """The units of today in their order. Those of ``then`` that are no more (``parts``) stand where they belong:

    * a merger's parts one by one under the unit of today, in the place of its own row until it has a report itself;
    * a unit that was split under its own name, before the first of those that it became.
    """
    of_merger: dict[int, list[UnitRisk]] = {}
    of_split: dict[int, list[UnitRisk]] = {}
    now = list(now)
    here = {unit.unit for unit in now}
    for part in parts:
        place = places.of(part.unit, then)
        part = replace(part, beside=place.then_words)
        hosts = [span.unit_id for span in place.leads_to if span.unit_id in here]
        if place.leads_to:
            of_split.setdefault(hosts[0] if hosts else 0, []).append(part)
        else:
            of_merger.setdefault(place.unit_id, []).append(part)
    found = of_split.pop(0, [])
    for unit in now:
        found += of_split.get(unit.unit, [])
        merged = of_merger.pop(unit.unit, [])
        if unit.submission is not None or not merged:
            found.append(_named(unit, places, then))
        found += [_under(part, unit) for part in merged]
    return found + [part for rest in of_merger.values() for part in rest]


def _closed(unit: UnitRisk) -> UnitRisk:
    """Of a unit that is no more there is nothing to judge, and its number may be another's today."""
    return replace(unit, page="", rows=tuple(replace(row, closed=True) for row in unit.rows))


def _named(unit: UnitRisk, places: Places, then: dt.date) -> UnitRisk:
    """A unit of both days, with what it was called then; one that was new since is only itself."""
    try:
        place = places.of(unit.unit, then)
    except KeyError:
        return unit
    return replace(unit, beside=place.then_words) if place.then.holds(then) else unit


def _under(part: UnitRisk, unit: UnitRisk) -> UnitRisk:
    return replace(
        part, number=unit.number, name=unit.name, official_names=unit.official_names, office_key=unit.office_key,
        page=unit.number,
    )  # fmt: skip

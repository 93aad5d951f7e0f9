"""The way home of an explored figure: as that of the note's, with the units in other groups than the offices too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reporting.documents.content import Column, Figure, Table
from reporting.documents.content_values import Source
from reporting.documents.selectors import Frozen, FrozenUnit, Home
from reporting.figure_home import FigureHome, Place, figure_home
from reporting.models import NationalSummary, Round
from reporting.services.exploring import Groups, select_of
from reporting.services.indicators import Indicator

TOTAL = "total"
"""The key of the whole country's line."""


class GroupedFrozen(Frozen):
    """A frozen set in which a selector's ``office`` means a group; what is found says its office again."""

    def __init__(self, summary: NationalSummary, groups: Groups) -> None:
        super().__init__(summary)
        self.groups = groups
        self._offices: dict[tuple[str, int], str] = {}

    def _read_units(self, round_: Round) -> list[FrozenUnit]:
        day, found = round_.reference_date, []
        for unit in super()._read_units(round_):
            self._offices[day.isoformat(), unit.unit] = unit.office
            found.append(replace(unit, office=self.groups.of(day, unit.unit, unit.office)))
        return found

    def home(self, select: Mapping[str, str]) -> Home:
        """As ``Frozen.home``, with each unit under its own office."""
        found, day = super().home(select), self._day(select)
        for units in (found.counted, found.not_counted, found.missing):
            units[:] = [replace(unit, office=self._offices[day, unit.unit]) for unit in units]
        return found


def explored_home(
    summary: NationalSummary, round_: Round, chosen: Indicator, *, groups: Groups, group: str
) -> FigureHome | None:
    """Everything behind the figure ``chosen`` of ``round_`` in the group of the key ``group`` (``TOTAL``: the country),
    within the frozen set of ``summary``. None for a group without a unit in the round."""
    select: dict[str, Any] = {**select_of(chosen, groups.grouping), "round": round_.reference_date.isoformat()}
    if group != TOTAL:
        select["office"] = group
    name, _space, version = chosen.rule.rpartition(" v")
    source = Source(name, int(version), tuple(sorted(select.items())))
    frozen = GroupedFrozen(summary, groups)
    figure = Figure(len(frozen.home(select).counted), "count", "", group, source)
    column = Column(chosen.key, chosen.label, "count", definition=chosen.definition.rstrip("."), rule=chosen.rule)
    place = Place(Table("", "", (column,), ()), column, groups.name(group), figure, ())
    found = figure_home(summary, place, frozen)
    return found if found is not None and found.base else None

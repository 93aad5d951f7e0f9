"""The municipalities of a day, and what each was made of: the part of ``collect`` that knows lineage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, FilteredRelation, Q, QuerySet, Value, When

from grants.models.priority import unit_or_region
from municipalities.access import Scope
from municipalities.lineage import Lineage, Link, Span
from municipalities.models import Municipality, MunicipalityLink, MunicipalityVersion
from municipalities.names import display_name
from municipalities.querysets import valid_on

ONE_DAY = dt.timedelta(days=1)


class UnitRow(NamedTuple):
    """A municipality as it was called on the day, and the office that answered for it then."""

    unit: int
    number: str
    name: str
    sort_key: str
    office: int
    office_key: str
    office_name: str


class Part(NamedTuple):
    """A municipality and the day whose registers count for it: the day asked about, or the last one that it existed."""

    unit: int
    as_of: dt.date


@dataclass(frozen=True)
class Units:
    """The municipalities that are asked about, in Norwegian order, and the lineage of all until the day."""

    day: dt.date
    rows: tuple[UnitRow, ...]
    lineage: Lineage
    is_all: bool
    _made_of: dict[int, tuple[Part, ...]] = field(default_factory=dict)

    def made_of(self, unit: int) -> tuple[Part, ...]:
        """What the municipality was made of by merger or split; nothing where the registers begin with it."""
        if unit not in self._made_of:
            before = self.lineage.spans_of(unit)[0].valid_from - ONE_DAY
            origins = self.lineage.origins(unit, before)
            self._made_of[unit] = tuple(Part(origin.unit_id, before) for origin in origins)
        return self._made_of[unit]

    @cached_property
    def as_of(self) -> dict[dt.date, frozenset[int]]:
        """Whose registers count as of which day: the municipalities asked about on the day itself, and everything
        that they were made of, however far back, on the last day of each."""
        found: dict[dt.date, set[int]] = {self.day: set()}
        queue = [Part(row.unit, self.day) for row in self.rows]
        while queue:
            unit, day = queue.pop()
            there = found.setdefault(day, set())
            if unit not in there:
                there.add(unit)
                queue += self.made_of(unit)
        return {day: frozenset(units) for day, units in found.items()}

    @cached_property
    def ids(self) -> frozenset[int]:
        """All of them."""
        return frozenset[int]().union(*self.as_of.values())


def units_read(day: dt.date, *, units: Iterable[int] | None = None, scope: Scope | None = None) -> Units:
    """The municipalities (no districts) that existed on ``day``: those in ``units`` (None: all) that lie in ``scope``
    (None: the portal itself asks, for a list that is made for nobody's eyes alone). Two queries."""
    wanted = None if units is None else frozenset(units)
    spans: list[Span] = []
    rows: list[UnitRow] = []
    hidden = False
    for unit, number, name, official, order, office, key, short, begins, ends, visible in _versions(day, scope):
        span = Span(unit, number, name, begins, ends)
        spans.append(span)
        if span.holds(day):
            if visible and (wanted is None or unit in wanted):
                rows.append(UnitRow(unit, number, display_name(name, official), order, office, key, short or key))
            else:
                hidden = True
    links = MunicipalityLink.objects.filter(on__lte=day).values_list("old_id", "new_id", "kind", "on")
    return Units(day, tuple(rows), Lineage(spans, (Link(*row) for row in links)), is_all=not hidden)


def _versions(day: dt.date, scope: Scope | None) -> QuerySet[Any]:
    rows = MunicipalityVersion.objects.filter(
        valid_from__lte=day, municipality__kind=Municipality.Kind.MUNICIPALITY
    ).annotate(
        office_name=FilteredRelation("office__names", condition=valid_on(day, "office__names__")),
        visible=_visible(scope),
    )
    return rows.values_list(
        "municipality_id", "number", "name", "official_names", "sort_key", "office_id", "office__key",
        "office_name__short_name", "valid_from", "valid_to", "visible",
    ).order_by("sort_key", "number", "valid_from")  # fmt: skip


def _visible(scope: Scope | None) -> Case | Value:
    """Whether the municipality lies in the scope; a column, so that the rest of the lineage comes along."""
    inside = Q() if scope is None else unit_or_region(scope, "municipality")
    if not inside:
        return Value(True, output_field=BooleanField())
    return Case(When(inside, then=Value(True)), default=Value(False), output_field=BooleanField())

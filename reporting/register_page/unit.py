"""Who a unit is and was: its versions, and the units that it was made of or became."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Case, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import get_language

from municipalities.access import Scope, allowed_filter, visible_filter
from municipalities.lineage import Lineage, Span
from municipalities.models import Municipality, MunicipalityLink, MunicipalityVersion
from municipalities.querysets import valid_on
from reporting.register_page.shapes import LinkRow, NumberRow, UnitLink

MERGER, SPLIT = MunicipalityLink.Kind.MERGER, MunicipalityLink.Kind.SPLIT
RIGHTS = (
    "register.edit", "support.edit", "correction.propose", "correction.answer", "risk.read", "region.read",
    "priority.read",
)  # fmt: skip
"""What the page offers a link to, where the reader has the right on the unit."""


def versions_of(number: str, today: dt.date) -> list[MunicipalityVersion]:
    """Every version of the unit that has, had or gets ``number``, the first one first; empty for a number that nobody
    has had. Each knows its county and, as ``office_name``, what its office is called today. One query."""
    namesakes = MunicipalityVersion.objects.real().filter(number=number).values("municipality_id")
    name = "name_nn" if (get_language() or "nb").startswith("nn") else "name_nb"
    rows = list(
        MunicipalityVersion.objects.filter(municipality_id__in=namesakes)
        .select_related("county", "office")
        .annotate(called=FilteredRelation("office__names", condition=valid_on(today, "office__names__")))
        .annotate(office_name=F(f"called__{name}"))
        .order_by("valid_from")
    )
    spans = [Span(row.municipality_id, row.number, row.name, row.valid_from, row.valid_to) for row in rows]
    unit_id = Lineage(spans, []).unit_with_number(number, today)
    return [row for row in rows if row.municipality_id == unit_id]


def with_rights(units: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    """The units with a column for each right of ``RIGHTS``: whether the reader has it there."""
    return units.annotate(
        **{_column(right): _holds(allowed_filter(Municipality, right, scope)) for right in RIGHTS},
    )


def rights_on(unit: Any) -> frozenset[str]:
    """The rights that ``with_rights`` found on a unit."""
    return frozenset(right for right in RIGHTS if getattr(unit, _column(right)))


def _column(right: str) -> str:
    return f"may_{right.replace('.', '_')}"


def _holds(condition: Q) -> Any:
    yes, no = Value(True, output_field=BooleanField()), Value(False, output_field=BooleanField())
    return Case(When(condition, then=yes), default=no, output_field=BooleanField()) if condition else yes


def holds(row: Any, day: dt.date) -> bool:
    """Whether a dated row holds on a day."""
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def numbers_of(versions: Iterable[MunicipalityVersion], today: dt.date) -> list[NumberRow]:
    """The numbers and names through time, the newest first; what is to end after ``today`` stands as open."""
    rows: list[NumberRow] = []
    for version in versions:
        row = NumberRow(
            version.number, version.name, version.official_names, version.county.name, version.valid_from,
            version.valid_to if version.valid_to and version.valid_to < today else None,
        )  # fmt: skip
        if rows and (rows[-1].number, rows[-1].name, rows[-1].county) == (row.number, row.name, row.county):
            names = row.official_names or rows[-1].official_names
            rows[-1] = NumberRow(row.number, row.name, names, row.county, rows[-1].valid_from, row.valid_to)
        else:
            rows.append(row)
    return rows[::-1]


def links_of(unit: Municipality, scope: Scope) -> tuple[list[LinkRow], list[LinkRow]]:
    """Mergers and splits of the unit until today: of whom it was made, and whom it became. One query."""

    def named(side: str) -> Subquery:
        rows = MunicipalityVersion.objects.filter(
            municipality_id=OuterRef(f"{side}_id"), number=OuterRef(f"{side}_number")
        )
        return Subquery(rows.order_by("valid_from").values("name")[:1])

    visible = Municipality.objects.get_queryset().filter(visible_filter(Municipality, scope))
    rows = (
        MunicipalityLink.objects.filter(Q(old=unit) | Q(new=unit), kind__in=(MERGER, SPLIT), on__lte=scope.today)
        .exclude(old=F("new"))
        .annotate(
            old_name=named("old"), new_name=named("new"), old_seen=_holds(Q(old__in=visible)),
            new_seen=_holds(Q(new__in=visible)),
        )
        .order_by("on", "old_number", "new_number")
    )  # fmt: skip
    made_of, became = [], []
    for row in rows:
        if row.new_id == unit.pk:
            made_of.append((row.on, row.kind, UnitLink(row.old_number, row.old_name or "", row.old_seen)))
        else:
            became.append((row.on, row.kind, UnitLink(row.new_number, row.new_name or "", row.new_seen)))
    return _grouped(made_of, became=False), _grouped(became, became=True)


def _grouped(entries: Iterable[tuple[dt.date, str, UnitLink]], *, became: bool) -> list[LinkRow]:
    """One row for each day: a merger when any of its links is one."""
    days: dict[dt.date, list[tuple[str, UnitLink]]] = {}
    for on, kind, unit in entries:
        days.setdefault(on, []).append((kind, unit))
    return [
        LinkRow(
            on, "merger" if any(kind == "merger" for kind, _ in found) else "split",
            tuple(unit for _, unit in found), became,
        )
        for on, found in days.items()
    ]  # fmt: skip

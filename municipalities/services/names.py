"""What units and offices are called on a day, and which unit a number belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from municipalities.lineage import Lineage, Link, Span
from municipalities.models import MunicipalityLink, MunicipalityVersion, OfficeName
from municipalities.names import display_name
from municipalities.querysets import valid_on
from municipalities.search import LIMIT, Entry, Match, find


@dataclass(frozen=True)
class UnitName:
    """What a municipality or district was called and belonged to on a day."""

    number: str
    name: str
    display_name: str
    official_names: list[dict[str, str]]
    sort_key: str
    office_id: int
    county_number: str
    county_name: str
    kind: str


@dataclass(frozen=True)
class OfficeNameOnDay:
    """An office's key, short name (``Oslo og Viken``) and full name in the language in use."""

    key: str
    short_name: str
    name: str


def unit_names(unit_ids: Iterable[int] | None, day: dt.date) -> dict[int, UnitName]:
    """What the units were called on ``day``, by identity; ``None`` means all. One query.

    A unit that did not exist on that day is not in the answer; the made-up one is when it is asked for by its id.
    """
    versions = MunicipalityVersion.objects.on(day)
    versions = versions.real() if unit_ids is None else versions.filter(municipality_id__in=set(unit_ids))
    rows = versions.values_list(
        "municipality_id", "number", "name", "official_names", "sort_key", "office_id",
        "county__number", "county__name", "municipality__kind",
    )  # fmt: skip
    return {
        pk: UnitName(number, name, display_name(name, official), official, key, office, county, county_name, kind)
        for pk, number, name, official, key, office, county, county_name, kind in rows
    }


def office_names(day: dt.date) -> dict[int, OfficeNameOnDay]:
    """What each office was called on ``day``, by id in the fixed order of the offices. One query."""
    rows = OfficeName.objects.filter(valid_on(day)).select_related("office").order_by("office__order")
    return {row.office_id: OfficeNameOnDay(row.office.key, row.short_name, row.name) for row in rows}


def unit_with_number(number: str, day: dt.date) -> tuple[int, list[Span]] | None:
    """The unit that has, had or gets ``number``, and all its spans; None for a number nobody has had. One query.

    An old number finds its municipality, also when another has taken the number over since.
    """
    fields = ("municipality_id", "number", "name", "valid_from", "valid_to")
    namesakes = MunicipalityVersion.objects.real().filter(number=number).values("municipality_id")
    rows = MunicipalityVersion.objects.filter(municipality_id__in=namesakes).values_list(*fields)
    spans = [Span(*row) for row in rows.order_by("valid_from")]
    unit_id = Lineage(spans, []).unit_with_number(number, day)
    if unit_id is None:
        return None
    return unit_id, [span for span in spans if span.unit_id == unit_id]


def lineage_of_all() -> Lineage:
    """The lineage of every unit, from the registers. Two queries."""
    fields = ("municipality_id", "number", "name", "valid_from", "valid_to")
    spans = MunicipalityVersion.objects.real().values_list(*fields)
    links = MunicipalityLink.objects.values_list("old_id", "new_id", "kind", "on")
    return Lineage((Span(*row) for row in spans), (Link(*row) for row in links))


def lineage_of_changed() -> Lineage:
    """The lineage of those units alone that were ever merged, split or renumbered. Two queries."""
    links = [Link(*row) for row in MunicipalityLink.objects.values_list("old_id", "new_id", "kind", "on")]
    spans = MunicipalityVersion.objects.real().filter(
        Q(municipality__in=MunicipalityLink.objects.values("old_id"))
        | Q(municipality__in=MunicipalityLink.objects.values("new_id"))
    )
    fields = ("municipality_id", "number", "name", "valid_from", "valid_to")
    return Lineage((Span(*row) for row in spans.values_list(*fields)), links)


def units_search(
    text: str, day: dt.date, *, among: Collection[int] | None = None, limit: int | None = LIMIT
) -> list[Match]:
    """The units of ``day`` that a number or a name means, of that day or of another, best first, each with why.

    ``among`` are the units that may be in the answer (None: all), ``limit`` how many at most (None: all). Two queries,
    none for an empty text.
    """
    if not text.strip():
        return []
    rows = MunicipalityVersion.objects.real().values_list(
        "municipality_id", "number", "name", "official_names", "county__name", "municipality__kind", "sort_key",
        "valid_from", "valid_to",
    )  # fmt: skip
    entries = [
        Entry(pk, number, name, tuple(entry["name"] for entry in official), county, kind, key, start, end)
        for pk, number, name, official, county, kind, key, start, end in rows
    ]
    spans = (Span(row.unit_id, row.number, row.name, row.valid_from, row.valid_to) for row in entries)
    links = MunicipalityLink.objects.values_list("old_id", "new_id", "kind", "on")
    lineage = Lineage(spans, (Link(*row) for row in links))
    return find(text, day, entries, lineage, among=among, limit=limit)

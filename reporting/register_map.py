"""The map of equal tiles for any list of units: one square a municipality in its place, coloured by one register.

A class is told by its letter, its lightness and its outline or pattern, never by colour alone. Map, key and table come
from the same rows. Pure, but for the words, which are in the language in use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy

from reporting.documents.tilemap import borders
from reporting.register_list import MIXED, UnitRow

UNIT = 10
"""The side of a tile with its gap, in the drawing's own units."""
NARROWEST = 10
"""How many columns the drawing has room for at least, so that a small region's tiles do not grow huge."""


@dataclass(frozen=True)
class MapClass:
    """A class of a colouring. ``key`` is the filter's word in the address (empty: no filter says it), ``look`` the name
    of its colours in the stylesheet: ``full``, ``strong``, ``light``, ``hatched``, ``dotted`` or ``empty``."""

    key: str
    letter: str
    label: Any
    look: str


@dataclass(frozen=True)
class Colouring:
    """One way to colour the map. ``parameter`` is the filter that its classes are values of."""

    key: str
    label: Any
    title: Any
    parameter: str
    classes: tuple[MapClass, ...]
    of: Callable[[UnitRow], str]


def _plan(row: UnitRow) -> str:
    return {"own": "egen", "inside": "annen", "process": "prosess", MIXED: "blandet", "": "mangler"}.get(
        row.plan, "ingen"
    )


def _support(row: UnitRow) -> str:
    return "flere" if row.support > 2 else "noen" if row.support else "nei"


COLOURINGS = {
    "plan": Colouring(
        "plan", gettext_lazy("Plan status"), gettext_lazy("Plan status in the municipalities"), "plan",
        (
            MapClass("egen", "V", gettext_lazy("Own plan"), "full"),
            MapClass("annen", "A", gettext_lazy("In another plan"), "strong"),
            MapClass("prosess", "P", gettext_lazy("Process described"), "light"),
            MapClass("ingen", "I", gettext_lazy("No plan"), "hatched"),
            MapClass("blandet", "+", gettext_lazy("Several municipalities then, listed for each"), "dotted"),
            MapClass("mangler", "–", gettext_lazy("Nothing registered"), "empty"),
        ),
        _plan,
    ),
    "fase": Colouring(
        "fase", gettext_lazy("Phase"), gettext_lazy("The phase of each municipality"), "fase",
        (
            MapClass("4", "4", gettext_lazy("Phase 4: Evaluation and improvement"), "full"),
            MapClass("3", "3", gettext_lazy("Phase 3: Carrying out"), "strong"),
            MapClass("2", "2", gettext_lazy("Phase 2: Mapping, planning and decisions"), "light"),
            MapClass("blandet", "+", gettext_lazy("Several municipalities then, listed for each"), "dotted"),
            MapClass("ingen", "–", gettext_lazy("Nothing registered"), "empty"),
        ),
        lambda row: "blandet" if row.parts else str(row.phase) if row.phase in (2, 3, 4) else "ingen",
    ),
    "nettverk": Colouring(
        "nettverk", gettext_lazy("Networks"), gettext_lazy("Who takes part in a network"), "nettverk",
        (
            MapClass("ja", "D", gettext_lazy("Takes part in a network"), "full"),
            MapClass("planlagt", "P", gettext_lazy("Plans to take part"), "light"),
            MapClass("nei", "–", gettext_lazy("No network registered"), "empty"),
        ),
        lambda row: row.network,
    ),
    "stotte": Colouring(
        "stotte", gettext_lazy("Support"), gettext_lazy("Support given since 2019"), "stotte",
        (
            MapClass("flere", "3", gettext_lazy("Three times or more"), "full"),
            MapClass("noen", "1", gettext_lazy("Once or twice"), "light"),
            MapClass("nei", "–", gettext_lazy("No support registered"), "empty"),
        ),
        _support,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class MapTile:
    """A square: its place, the unit, its class; ``inside`` is false for a unit that the filters leave out."""

    x: int
    y: int
    column: int
    row: int
    group: str
    unit: UnitRow
    number: str
    name: str
    letter: str
    look: str
    words: str
    inside: bool


@dataclass(frozen=True)
class KeyLine:
    """A class in the key, and how many units it has."""

    klass: MapClass
    count: int


@dataclass(frozen=True)
class OfficeLine:
    """The classes of one office, in the order of the key, and their sum."""

    key: str
    name: str
    counts: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True)
class TileMap:
    """The whole map. ``placed`` is false when no unit has a place (before 2020); then only the table can be shown."""

    colouring: Colouring
    tiles: tuple[MapTile, ...]
    lines: tuple[tuple[float, ...], ...]
    left: int
    top: int
    width: int
    height: int
    key: tuple[KeyLine, ...]
    table: tuple[OfficeLine, ...]
    total: OfficeLine
    without_place: int

    @property
    def placed(self) -> bool:
        return bool(self.tiles)


def tile_map(rows: Sequence[UnitRow], hits: Iterable[UnitRow], colouring: str) -> TileMap:
    """The map of ``rows``, in which those that are not among ``hits`` are blank; key and table count the hits.

    ``colouring`` is a key of ``COLOURINGS``; KeyError for another.
    """
    chosen = COLOURINGS[colouring]
    hits = tuple(hits)
    inside = {row.unit_id for row in hits}
    known = {klass.key: klass for klass in chosen.classes}
    twins = {name for name, times in Counter(row.full_name for row in rows).items() if times > 1}
    tiles = tuple(
        _tile(row, known[chosen.of(row)], row.unit_id in inside, twin=row.full_name in twins)
        for row in sorted(rows, key=lambda row: (row.row or 0, row.column or 0))
        if row.column is not None and row.row is not None and not row.district
    )
    used = [chosen.of(row) for row in hits]
    shown = [klass for klass in chosen.classes if klass.key != "blandet" or "blandet" in used]
    keys = sorted({(row.office_place, row.office_key, row.office) for row in hits})
    columns, lines = [tile.column for tile in tiles] or [0], [tile.row for tile in tiles] or [0]
    wide = max(max(columns) - min(columns) + 1, NARROWEST)
    return TileMap(
        colouring=chosen,
        tiles=tiles,
        lines=tuple(tuple(UNIT * end for end in line) for line in borders(_squares(tiles))),
        left=UNIT * min(columns) - 2 - UNIT * (wide - (max(columns) - min(columns) + 1)) // 2,
        top=UNIT * min(lines) - 2,
        width=UNIT * wide + 4,
        height=UNIT * (max(lines) - min(lines) + 1) + 4,
        key=tuple(KeyLine(klass, used.count(klass.key)) for klass in shown),
        table=tuple(_line(key, name, [r for r in hits if r.office_key == key], chosen, shown) for _, key, name in keys),
        total=_line("", "", hits, chosen, shown),
        without_place=sum(1 for row in hits if row.column is None and not row.district),
    )


def _squares(tiles: Iterable[MapTile]) -> Any:
    return tuple(SimpleNamespace(column=tile.column, row=tile.row, group=tile.group) for tile in tiles)


def _tile(row: UnitRow, klass: MapClass, inside: bool, *, twin: bool) -> MapTile:
    """``twin`` says that another unit has the same name: then the number tells them apart."""
    column, line = row.column or 0, row.row or 0
    name = f"{row.full_name} ({row.number})" if twin else row.full_name
    return MapTile(
        x=UNIT * column, y=UNIT * line, column=column, row=line, group=row.office_key, unit=row, number=row.number,
        name=name, letter=klass.letter if inside else "", look=klass.look if inside else "outside",
        words=str(klass.label), inside=inside,
    )  # fmt: skip


def _line(key: str, name: str, rows: Sequence[UnitRow], colouring: Colouring, shown: Sequence[MapClass]) -> OfficeLine:
    used = [colouring.of(row) for row in rows]
    return OfficeLine(key, name, tuple((klass.key, used.count(klass.key)) for klass in shown), len(rows))

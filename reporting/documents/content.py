"""The content of a document: plain frozen blocks, and their canonical JSON.

A Content is what a page, a PDF, a Word file and an Excel workbook are drawn from, so they cannot
disagree. It is stored with its hash before anything is drawn (idea 6 of the design). It holds facts and
words, never layout: widths, sizes and colours belong to the renderers.

Pure: no Django, no clock, no locale. Whoever makes a Content passes finished words in; renderers only
format values (``1 230``, ``51,4 %``, ``1. mai 2022``) and place them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

SCHEMA = "lhl-content/1"

ValueKind = Literal["text", "count", "share", "decimal", "change", "date", "number_text"]
"""How a value is to be read: ``share`` is a fraction 0-1, ``change`` a signed count, ``number_text``
digits that are text (a municipality number), never a number."""

Scalar = str | int | Decimal | date | None


@dataclass(frozen=True)
class Source:
    """Where a figure comes from, as a selector that a query can follow at any later time.

    ``rule`` names the definition that computed it (``plan.status``), ``version`` its version.
    ``select`` narrows it: keys such as ``question``, ``row``, ``values`` (joined by ``|``), ``office``,
    ``county``, ``unit``, ``delivery``. It holds text only and never a list of units: the units follow
    from the summary's frozen set of Submissions and register rows.
    """

    rule: str
    version: int = 1
    select: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """One computed value. ``ref`` is its address: table and numbered column, ``T3.8``; ``row`` the row's key.

    ``value`` None means that no value can be given (shown as a dash, never as zero).
    """

    value: Scalar
    kind: ValueKind
    ref: str = ""
    row: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class Text:
    """A run of words inside a paragraph; ``strong`` when it carries weight of its own."""

    text: str
    strong: bool = False


Run = Text | Figure


@dataclass(frozen=True)
class Heading:
    """``level`` 1 is a chapter; ``id`` is unique in the document and stable between versions."""

    id: str
    level: int
    text: str
    numbered: bool = True


@dataclass(frozen=True)
class Paragraph:
    """``role``: ``body``, ``lead`` (first sentence of a chapter), ``note``, or ``assessment`` (Hdir's own words)."""

    parts: tuple[Run, ...]
    role: str = "body"


@dataclass(frozen=True)
class Bullets:
    items: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class KeyFigure:
    """A core indicator on the summary page: the figure, of how many, and its change since last round."""

    label: str
    figure: Figure
    of: int
    share: Figure
    change: Figure
    change_label: str
    trend: tuple[tuple[str, int], ...] = ()
    alt: str = ""


@dataclass(frozen=True)
class KeyFigures:
    cards: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Column:
    """``key`` is stable. ``ref`` (``T3.8``) is set for columns of figures; ``definition``, ``denominator`` and
    ``rule`` (name and version, ``plan.status v1``) make its row in the annex of definitions."""

    key: str
    label: str
    kind: ValueKind = "text"
    ref: str = ""
    definition: str = ""
    denominator: str = ""
    rule: str = ""
    mark: str = ""


Cell = Figure | str


@dataclass(frozen=True)
class Row:
    """``key`` is stable (an office's key, a municipality number). ``total`` rows come first and are set bold;
    ``lang`` marks a name in another language (se, smj, sma, fkv)."""

    key: str
    cells: tuple[Cell, ...]
    total: bool = False
    group: str = ""


@dataclass(frozen=True)
class Table:
    """``id`` ``T3``; ``kind`` ``main`` or ``annex`` (long, one a county). The first column is the row header."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    kind: str = "main"
    empty: str = ""


@dataclass(frozen=True)
class Series:
    """One series of a chart: a value for each of the chart's categories, in order."""

    key: str
    label: str
    values: tuple[int | Decimal | None, ...]


@dataclass(frozen=True)
class Chart:
    """``kind``: ``stacked`` (share as length, count as label), ``bars``, ``trend``, ``dumbbell``, ``histogram``,
    ``dots`` (small multiples). ``table`` is the id of the table with the same figures; ``alt`` says what a reader
    who does not see it must know."""

    id: str
    kind: str
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    alt: str
    table: str
    note: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tile:
    number: str
    name: str
    column: int
    row: int
    letter: str
    group: str


@dataclass(frozen=True)
class TileMap:
    """One equal tile a municipality; ``key`` lists (letter, label, count) in order of the classes."""

    id: str
    title: str
    tiles: tuple[Tile, ...]
    key: tuple[tuple[str, str, int], ...]
    alt: str
    table: str
    note: str = ""


@dataclass(frozen=True)
class Definitions:
    """The annex of definitions: drawn from the columns of every table that carry a ``ref``."""

    title: str = ""


Block = Heading | Paragraph | Bullets | KeyFigures | Table | Chart | TileMap | Definitions

_BLOCKS: dict[str, type] = {
    cls.__name__: cls for cls in (Heading, Paragraph, Bullets, KeyFigures, Table, Chart, TileMap, Definitions)
}


@dataclass(frozen=True)
class Content:
    """A whole document in one language.

    ``as_of`` is the day of the figures, ``frozen_at`` the moment the figures were taken (ISO, with offset),
    ``labels`` the fixed words renderers need (``contents``, ``page_of``, ``table``, ``figure`` ...), in the
    document's language. ``sample`` marks demonstration data: every page of every file then says so.
    ``sheets`` are tables meant for the workbook alone (all answers, code book), not for page, PDF or Word.
    """

    title: str
    subtitle: str
    language: str
    as_of: date
    frozen_at: str
    version: str
    blocks: tuple[Block, ...]
    labels: tuple[tuple[str, str], ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    sample: bool = False
    sheets: tuple[Table, ...] = ()
    meta: tuple[tuple[str, str], ...] = field(default=())

    def label(self, key: str) -> str:
        """The fixed word ``key``; the key itself where it is missing, so that a gap is seen."""
        return dict(self.labels).get(key, key)

    def tables(self) -> tuple[Table, ...]:
        """Every table of the page, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    def figures(self) -> Iterator[Figure]:
        """Every figure of the document (not of ``sheets``), in reading order."""
        for block in self.blocks:
            yield from _figures(block)


def _figures(value: Any) -> Iterator[Figure]:
    if isinstance(value, Figure):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from _figures(getattr(value, item.name))
    elif isinstance(value, tuple):
        for member in value:
            yield from _figures(member)


def to_json(content: Content) -> str:
    """Canonical JSON: sorted keys, no spare blanks, UTF-8 as it is, decimals and dates as tagged text."""
    return json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(canonical: str) -> str:
    """SHA-256 of the canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        plain = {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
        plain["_"] = type(value).__name__
        if isinstance(value, Content):
            plain["schema"] = SCHEMA
        return plain
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    if isinstance(value, Decimal):
        return {"_": "Decimal", "value": str(value)}
    if isinstance(value, date):
        return {"_": "date", "value": value.isoformat()}
    return value


_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Source, Figure, Text, KeyFigure, Column, Row, Series, Tile, Content, *_BLOCKS.values(),
    )
}  # fmt: skip


def from_json(canonical: str) -> Content:
    """The Content that ``to_json`` wrote. Raises ValueError on another schema or an unknown block."""
    plain = json.loads(canonical)
    if plain.get("schema") != SCHEMA:
        raise ValueError(f"not a document of schema {SCHEMA}")
    content = _rich(plain)
    assert isinstance(content, Content)
    return content


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_rich(member) for member in value)
    if not isinstance(value, dict):
        return value
    kind = value.get("_")
    if kind == "Decimal":
        return Decimal(value["value"])
    if kind == "date":
        return date.fromisoformat(value["value"])
    if kind not in _CLASSES:
        raise ValueError(f"unknown block {kind!r}")
    return _CLASSES[kind](**{key: _rich(item) for key, item in value.items() if key not in ("_", "schema")})



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
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from .blocks import VALUES, Values
from .content_values import Figure as Figure
from .content_values import Scalar as Scalar
from .content_values import Source as Source
from .content_values import Text as Text
from .content_values import ValueKind as ValueKind

SCHEMA = "lhl-content/1"

LATER = {"later": True}
"""Marks a field that came after contents had been stored: at its default it is left out of the JSON, so that an older
content is still the same to the last character."""

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
    """``role``: ``body``, ``lead`` (first sentence of a chapter), ``note``, or ``assessment`` (Hdir's own
    words)."""

    parts: tuple[Run, ...]
    role: str = "body"


@dataclass(frozen=True)
class Bullets:
    items: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class KeyFigure:
    """A core indicator on the summary page: the figure, of how many, and its change since last round.

    ``change_label`` follows the change (``since 1 November 2021``), ``trend`` is one point a round, oldest
    first and this round last, ``alt`` says the trend in words, ``note`` is one more line (``31 not
    answered``). ``year`` is its change since the round a year ago, None where there was none, ``year_label`` the words
    after it.
    """

    label: str
    figure: Figure
    of: int
    share: Figure
    change: Figure
    change_label: str
    trend: tuple[tuple[str, int], ...] = ()
    alt: str = ""
    note: str = ""
    year: Figure | None = field(default=None, metadata=LATER)
    year_label: str = field(default="", metadata=LATER)


@dataclass(frozen=True)
class KeyFigures:
    cards: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Column:
    """``key`` is stable, ``mark`` a letter that stands over the column as a tile (V, A, P, I, –).
    ``ref`` (``T3.8``) is set for columns of figures; ``definition``, ``denominator`` and
    ``rule`` (name and version, ``plan.status v1``) make its row in the annex of definitions."""

    key: str
    label: str
    kind: ValueKind = "text"
    ref: str = ""
    definition: str = ""
    denominator: str = ""
    rule: str = ""
    mark: str = ""


Cell = Figure | str | tuple[Text, ...]
"""Words are text; a name in two languages (Kautokeino – Guovdageaidnu) is a tuple of Text."""


@dataclass(frozen=True)
class Row:
    """``key`` is stable (an office's key, a municipality number). ``total`` rows come first and are set bold.
    Rows that follow each other with the same ``group`` get one line above them that says it."""

    key: str
    cells: tuple[Cell, ...]
    total: bool = False
    group: str = ""


@dataclass(frozen=True)
class Table:
    """``id`` ``T3`` (its number follows the letter); ``kind`` ``main`` or ``annex`` (long, one a county, all
    with the same columns). The first column of text is the row header. ``empty`` is said where there are no
    rows. ``name`` stays the same whatever number the table has: with it a table is found again in another version."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    note: str = ""
    kind: str = "main"
    empty: str = ""
    name: str = ""


def many(rows: Iterable[Row]) -> Sequence[Row]:
    """The rows of a table that may be very long: few are a tuple, many are packed until they are read."""
    kept = Values(rows)
    return tuple(kept) if len(kept) < VALUES else kept.closed()


@dataclass(frozen=True)
class Series:
    """One series of a chart: a value for each of the chart's categories, in order."""

    key: str
    label: str
    values: tuple[int | Decimal | None, ...]


@dataclass(frozen=True)
class Chart:
    """A drawing of figures that a table also holds. Its look follows from ``kind`` alone:

    * ``stacked``: a bar a category, cut by the series; the length is the share of the category, counts are
      printed;
    * ``bars``: a bar a category; a second series is drawn as a stroke across it (what was needed);
    * ``trend``: a small panel a series with a bar a category (the rounds), the last one emphasised;
    * ``dumbbell``: a row a category, two series: an open dot (before) and a filled one (now);
    * ``histogram``: upright bars, one series; the category named in ``apart`` stands apart in white;
    * ``dots``: a row a category, a column a series, one small square for each unit (a circle by size above
      12).

    Values are counts (int), or shares (Decimal, 0-1). A series whose key is ``missing`` or ``not_answered``
    is white with an outline. The first category is set apart and bold when ``total`` is true. ``labels`` are
    finished texts at the right of each category, under ``labels_head``. ``table`` is the id of the table
    with the same figures, ``alt`` says what a reader who does not see the drawing must know.
    """

    id: str
    kind: str
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    alt: str
    table: str
    note: str = ""
    labels: tuple[str, ...] = ()
    labels_head: str = ""
    apart: str = ""
    total: bool = False


@dataclass(frozen=True)
class Tile:
    """One municipality: ``column`` and ``row`` are its place in the map, ``letter`` its class, ``group`` the
    name of its office, which the map writes beside the block and draws a line around."""

    number: str
    name: str
    column: int
    row: int
    letter: str
    group: str


@dataclass(frozen=True)
class TileMap:
    """One equal tile a municipality; ``key`` lists (letter, label, count) in order of the classes, most done
    first, and the class of those who have not answered last, with the letter –."""

    id: str
    title: str
    tiles: tuple[Tile, ...]
    key: tuple[tuple[str, str, int], ...]
    alt: str
    table: str
    note: str = ""


@dataclass(frozen=True)
class Definitions:
    """The annex of definitions: drawn from the columns of every table that carry a ``ref``. A ``title`` makes it a
    chapter of its own; without one it belongs to the chapter it stands in."""

    title: str = ""


Block = Heading | Paragraph | Bullets | KeyFigures | Table | Chart | TileMap | Definitions

_BLOCKS: dict[str, type] = {
    cls.__name__: cls for cls in (Heading, Paragraph, Bullets, KeyFigures, Table, Chart, TileMap, Definitions)
}


@dataclass(frozen=True)
class Content:
    """A whole document in one language.

    ``kind`` ``note`` has a cover, a summary (its first chapter, always a page of its own) and a list of
    contents; so has ``volume``, where every other chapter begins a page and the list names chapters
    alone, and whose annex tables the workbook has in its own ``sheets``; ``receipt`` is short and has none of
    them. ``language`` is ``nb`` or ``nn``. ``meta`` are the lines of the cover, (name, value), in order;
    version, language and hash are added by the renderers.

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
    kind: str = "note"

    @property
    def is_long(self) -> bool:
        """Whether it has a cover and a list of contents."""
        return self.kind in ("note", "volume")

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
    kind: type = type(value)
    if kind is Figure:
        yield value
    elif kind is tuple or kind is Values:
        for member in value:
            if type(member) is not str:
                yield from _figures(member)
    elif kind in _KINDS:
        for name, _later, _default in _shape(kind):
            if type(member := getattr(value, name)) is not str:
                yield from _figures(member)


def to_json(content: Content) -> str:
    """Canonical JSON: sorted keys, no spare blanks, UTF-8 as it is, decimals and dates as tagged text.

    NUL and lone surrogates can be written in no UTF-8 file and in no PostgreSQL text; U+FFFD takes their
    place. Raises ValueError on a value that is no text, whole number, finite Decimal, date or block.
    """
    kept: str | None = content.__dict__.get("_canonical")  # a Content never changes
    if kept is None:
        plain = _plain(content)
        kept = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        content.__dict__["_canonical"] = kept
    return kept


def content_hash(canonical: str) -> str:
    """SHA-256 of the canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isprintable() else _UNWRITABLE.sub("\ufffd", value)
    if value is None or kind is int or kind is bool:
        return value
    if kind is tuple or kind is Values:
        return [_plain(member) for member in value]
    if kind in _KINDS:
        return _block(value, kind)
    if kind is date:
        return {"_": "date", "value": value.isoformat()}
    if isinstance(value, Decimal) and value.is_finite():
        return {"_": "Decimal", "value": str(value)}
    if isinstance(value, str):  # a subclass, such as a safe string
        return _plain(str(value))
    raise ValueError(f"a document cannot hold {value!r}")


def _block(value: Any, kind: type) -> dict[str, Any]:
    plain: dict[str, Any] = {"_": kind.__name__}
    for name, later, default in _shape(kind):
        member = getattr(value, name)
        if later and member == default:
            continue
        plain[name] = member if member is None or (type(member) is str and member.isprintable()) else _plain(member)
    if kind is Content:
        plain["schema"] = SCHEMA
    return plain


@cache
def _shape(kind: type) -> tuple[tuple[str, bool, Any], ...]:
    return tuple((item.name, bool(item.metadata.get("later")), item.default) for item in fields(kind))


_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Source, Figure, Text, KeyFigure, Column, Row, Series, Tile, Content, *_BLOCKS.values(),
    )
}  # fmt: skip


_KINDS = frozenset(_CLASSES.values())


def blocks_and_parts() -> tuple[type, ...]:
    """Every kind of object that a document is made of."""
    return tuple(_CLASSES.values())


def from_json(canonical: str) -> Content:
    """The Content that ``to_json`` wrote. Raises ValueError on another schema or an unknown block."""
    content = json.loads(canonical, object_hook=_rich)
    if not isinstance(content, Content):
        raise ValueError(f"not a document of schema {SCHEMA}")
    return content


def stored(canonical: str) -> Content:
    """The Content of a text that was stored as ``to_json`` wrote it, which it then gives back without writing it anew.
    Raises ValueError as ``from_json``."""
    content = from_json(canonical)
    content.__dict__["_canonical"] = canonical
    return content


def _rich(plain: dict[str, Any]) -> Any:
    """What an object of the JSON stands for; what it holds has been read already."""
    kind = plain.pop("_", None)
    if kind == "Decimal":
        return Decimal(plain["value"])
    if kind == "date":
        return date.fromisoformat(plain["value"])
    if kind not in _CLASSES:
        raise ValueError(f"unknown block {kind!r}")
    if kind == "Content" and plain.pop("schema", None) != SCHEMA:
        raise ValueError(f"not a document of schema {SCHEMA}")
    for name, value in plain.items():
        if type(value) is list:
            plain[name] = _tuple(value)
    return _CLASSES[kind](**plain)


def _tuple(values: list[Any]) -> tuple[Any, ...]:
    return tuple([_tuple(value) if type(value) is list else value for value in values])

"""A piece of a PDF, drawn alone: its pages, and where its places, bookmarks and glyphs are. Pure: bytes in, bytes out.

It is kept as one text line that says all but the pages, and the pages' PDF, under a SHA-256 of both.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Protocol

Spot = tuple[int, float, float]
"""A page of the piece, from 0, and a place on it in points from its lower left corner."""


@dataclass(frozen=True)
class Mark:
    """A bookmark: its depth from 1, its words and where it leads."""

    level: int
    words: str
    spot: Spot


@dataclass(frozen=True)
class Piece:
    """``data`` is a tagged PDF without its fonts' outlines; ``glyphs`` names those that each font needs, ``next_row``
    the row of a cut table that the next piece begins with."""

    data: bytes
    pages: int
    places: dict[str, Spot]
    marks: tuple[Mark, ...]
    glyphs: dict[str, tuple[int, ...]]
    next_row: int | None = None

    def packed(self) -> bytes:
        head = {
            "pages": self.pages,
            "places": self.places,
            "marks": [(mark.level, mark.words, mark.spot) for mark in self.marks],
            "glyphs": self.glyphs,
            "next_row": self.next_row,
        }
        body = json.dumps(head, sort_keys=True).encode() + b"\n" + self.data
        return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def unpacked(packed: bytes) -> Piece | None:
    """The piece, or None for what is not whole."""
    digest, _, body = packed.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    line, _, data = body.partition(b"\n")
    head = json.loads(line)
    return Piece(
        data,
        head["pages"],
        {name: _spot(spot) for name, spot in head["places"].items()},
        tuple(Mark(level, words, _spot(spot)) for level, words, spot in head["marks"]),
        {font: tuple(glyphs) for font, glyphs in head["glyphs"].items()},
        head["next_row"],
    )


def _spot(plain: list[float]) -> Spot:
    return int(plain[0]), plain[1], plain[2]


class Keeper(Protocol):
    """Where pieces are kept from one drawing to the next. Both may do nothing."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, packed: bytes) -> None: ...


class NothingKept:
    """Every piece is drawn anew."""

    def get(self, key: str) -> bytes | None:
        return None

    def put(self, key: str, packed: bytes) -> None:
        return None

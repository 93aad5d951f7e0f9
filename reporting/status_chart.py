"""The curve of a round as places in a drawing: what the template draws, and nothing of the web. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FIRST, LAST = -42, 35
"""Days from the deadline that the drawing shows."""


@dataclass(frozen=True)
class Frame:
    """The size of a drawing and the room around its curves, in its own units; ``key`` says that the names of the lines
    stand below, one a row of ``KEY_ROW``, and not at their ends."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int = 12
    bottom: int = 36
    key: bool = False

    @property
    def end(self) -> int:
        """Where the curves end to the right."""
        return self.width - self.right

    @property
    def foot(self) -> int:
        """Where the curves stand on the ground."""
        return self.height - self.bottom


WIDE = Frame("wide", 720, 320, left=44, right=150)
NARROW = Frame("narrow", 300, 240, left=46, right=10, key=True)
"""For a phone: as many units as the narrowest screen has pixels, so no word is drawn smaller than elsewhere."""
KEY_ROW = 20


@dataclass(frozen=True)
class Line:
    """One round: ``points`` as SVG takes them, a ``label`` at the end of the line, ``place`` 0 for the round itself."""

    place: int
    points: str
    label: str
    x: float
    y: float


@dataclass(frozen=True)
class Mark:
    """A line of the grid with its words."""

    at: float
    text: str


def x_of(day: int, frame: Frame = WIDE) -> float:
    """Where a day from the deadline stands."""
    return round(frame.left + (frame.end - frame.left) * (day - FIRST) / (LAST - FIRST), 1)


def y_of(per_cent: float, frame: Frame = WIDE) -> float:
    """Where a share stands."""
    return round(frame.top + (frame.foot - frame.top) * (1 - per_cent / 100), 1)


def line(place: int, label: str, shares: Sequence[tuple[int, float]], frame: Frame = WIDE) -> Line:
    """The line through ``(day, per cent)``, as steps: between two days nothing is known. Needs one point at least."""
    steps: list[tuple[float, float]] = [(x_of(FIRST, frame), y_of(0, frame))]
    for day, share in shares:
        at = x_of(max(FIRST, min(LAST, day)), frame)
        steps += [(at, steps[-1][1]), (at, y_of(share, frame))]
    points = " ".join(f"{x},{y}" for x, y in steps)
    return Line(place, points, label, steps[-1][0], steps[-1][1])


def spread(lines: Sequence[Line], least: float = 16, frame: Frame = WIDE) -> list[Line]:
    """The labels moved apart, so that none covers another: at least ``least`` between them, none outside."""
    found: dict[int, float] = {}
    last = frame.top - least
    for one in sorted(lines, key=lambda entry: entry.y):
        last = max(one.y, last + least)
        found[one.place] = last
    over = max(0.0, last - frame.foot)
    return [Line(one.place, one.points, one.label, one.x, found[one.place] - over) for one in lines]


def key(lines: Sequence[Line], frame: Frame) -> list[Line]:
    """The labels below the drawing, one a row."""
    return [
        Line(one.place, one.points, one.label, frame.left, frame.height + KEY_ROW * row + KEY_ROW // 2)
        for row, one in enumerate(lines)
    ]


def grid(frame: Frame = WIDE) -> tuple[list[Mark], list[Mark]]:
    """Weeks before and after the deadline, and quarters of the whole."""
    days = [Mark(x_of(day, frame), f"{day:+d}".replace("-", "−") if day else "0") for day in range(FIRST, LAST + 1, 14)]
    return days, [Mark(y_of(share, frame), f"{share} %".replace(" ", "\u00a0")) for share in (0, 25, 50, 75, 100)]


@dataclass(frozen=True)
class Drawing:
    """All of one drawing. ``height`` with the names below, where they stand there."""

    frame: Frame
    lines: list[Line]
    days: list[Mark]
    shares: list[Mark]
    deadline: float
    height: int


def drawing(frame: Frame, rounds: Sequence[tuple[str, Sequence[tuple[int, float]]]]) -> Drawing:
    """The rounds, the one that is asked about first, as ``(label, points)``; those without a point have no line."""
    lines = [line(place, label, points, frame) for place, (label, points) in enumerate(rounds) if points]
    days, shares = grid(frame)
    named = key(lines, frame) if frame.key else spread(lines, frame=frame)
    height = frame.height + (KEY_ROW * len(lines) if frame.key else 0)
    return Drawing(frame, named, days, shares, x_of(0, frame), height)

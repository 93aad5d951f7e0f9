"""The curve of a round as places in a drawing: what the template draws, and nothing of the web. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 44, 150, 12, 36
FIRST, LAST = -42, 35
"""Days from the deadline that the drawing shows."""


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


def x_of(day: int) -> float:
    """Where a day from the deadline stands."""
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - FIRST) / (LAST - FIRST), 1)


def y_of(per_cent: float) -> float:
    """Where a share stands."""
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - per_cent / 100), 1)


def line(place: int, label: str, shares: Sequence[tuple[int, float]]) -> Line:
    """The line through ``(day, per cent)``, as steps: between two days nothing is known. Needs one point at least."""
    steps: list[tuple[float, float]] = [(x_of(FIRST), y_of(0))]
    for day, share in shares:
        at = x_of(max(FIRST, min(LAST, day)))
        steps += [(at, steps[-1][1]), (at, y_of(share))]
    points = " ".join(f"{x},{y}" for x, y in steps)
    return Line(place, points, label, steps[-1][0], steps[-1][1])


def spread(lines: Sequence[Line], least: float = 16) -> list[Line]:
    """The labels moved apart, so that none covers another: at least ``least`` between them, none outside."""
    found: dict[int, float] = {}
    last = TOP - least
    for one in sorted(lines, key=lambda entry: entry.y):
        last = max(one.y, last + least)
        found[one.place] = last
    over = max(0.0, last - (HEIGHT - BOTTOM))
    return [Line(one.place, one.points, one.label, one.x, found[one.place] - over) for one in lines]


def grid() -> tuple[list[Mark], list[Mark]]:
    """Weeks before and after the deadline, and quarters of the whole."""
    days = [Mark(x_of(day), f"{day:+d}".replace("-", "−") if day else "0") for day in range(FIRST, LAST + 1, 14)]
    return days, [Mark(y_of(share), f"{share} %".replace(" ", "\u00a0")) for share in (0, 25, 50, 75, 100)]

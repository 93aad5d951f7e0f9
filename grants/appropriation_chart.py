"""The appropriations as a drawing: under each receiver a bar for each budget, with the budget's name and the amount at
the bar, so that no colour says anything alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.documents.charts_parts import WIDTH, draw_bar
from reporting.documents.svg import ACCENT, FAINT, INK, LABEL, NEUTRAL, SECOND, SMALL, Board, text_width, wrap

PITCH, THICK, GAP = 16.0, 11.0, 10.0
NAME_LINE = 14.0


@dataclass(frozen=True)
class Frame:
    """How wide a drawing is, and how much of it the receivers' names take at the left; with 0 they stand above."""

    width: float
    names: float


WIDE, NARROW = Frame(WIDTH, 190), Frame(330, 0)
"""For a wide page and for a phone: about as many units as it has pixels, so no word is drawn smaller than elsewhere."""


@dataclass(frozen=True)
class Bars:
    """A receiver, and what each budget gave: the budget's short name, 1 000 kr (None: nothing), and the amount as it is
    written."""

    name: str
    bars: tuple[tuple[str, int | None, str], ...]


def draw(rows: Sequence[Bars], title: str, frame: Frame = WIDE) -> str:
    """The drawing as SVG with ``title`` as its text alternative. The last budget is dark, earlier ones are light."""
    bars = [bar for row in rows for bar in row.bars]
    if not bars:
        return Board(frame.width, 1).svg(title)
    most = max(1, *(amount or 0 for _label, amount, _text in bars))
    left = frame.names + 8 + max(text_width(label, SMALL, 600) for label, _amount, _text in bars)
    room = max(text_width(text, LABEL, 600) for _label, _amount, text in bars) + 8
    above = 0 if frame.names else NAME_LINE
    board = Board(frame.width, sum(above + PITCH * len(row.bars) + GAP for row in rows))
    y = 0.0
    for row in rows:
        lines = max(1, len(row.bars)) if frame.names else 1
        for number, line in enumerate(wrap(row.name, (frame.names or frame.width) - 12, LABEL, 600, lines=lines)):
            board.text(0, y + 10 + 13 * number, line, LABEL, INK, 600)
        y += above
        for place, bar in enumerate(row.bars):
            scale = (frame.width - left - room) / most
            _bar(board, bar, (left, y + PITCH * place), scale, place == len(row.bars) - 1)
        board.line(left, y - 1, left, y + PITCH * len(row.bars) - 1, FAINT, 0.75)
        y += PITCH * len(row.bars) + GAP
    return board.svg(title)


def _bar(board: Board, bar: tuple[str, int | None, str], at: tuple[float, float], scale: float, last: bool) -> None:
    """One bar with its budget's name before it and the amount after it."""
    label, amount, text = bar
    left, top = at
    width = scale * (amount or 0)
    ink, weight = (INK, 600) if last else (SECOND, 400)
    board.text(left - 6, top + 9.5, label, SMALL, ink, weight, "end")
    draw_bar(board, left, top + 1, width, THICK, ACCENT if last else NEUTRAL)
    board.text(left + width + 5, top + 10, text, LABEL, ink, weight)

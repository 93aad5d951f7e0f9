"""The appropriations as a drawing: under each receiver a bar for each budget, with the budget's name and the amount at
the bar, so that no colour says anything alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.documents.charts_parts import WIDTH, draw_bar
from reporting.documents.svg import ACCENT, FAINT, INK, LABEL, NEUTRAL, SECOND, SMALL, Board, text_width, wrap

PITCH, THICK, GAP = 16.0, 11.0, 10.0
NAMES = 190.0


@dataclass(frozen=True)
class Bars:
    """A receiver, and what each budget gave: the budget's short name, 1 000 kr (None: nothing), and the amount as it is
    written."""

    name: str
    bars: tuple[tuple[str, int | None, str], ...]


def draw(rows: Sequence[Bars], title: str) -> str:
    """The drawing as SVG with ``title`` as its text alternative. The last budget is dark, earlier ones are light."""
    values = [amount or 0 for row in rows for _label, amount, _text in row.bars]
    if not values:
        return Board(WIDTH, 1).svg(title)
    most = max(1, *values)
    labels = 8 + max(text_width(label, SMALL) for row in rows for label, _amount, _text in row.bars)
    room = max(text_width(text, LABEL, 600) for row in rows for _label, _amount, text in row.bars) + 8
    left = NAMES + labels
    board = Board(WIDTH, sum(PITCH * len(row.bars) + GAP for row in rows))
    y = 0.0
    for row in rows:
        for number, line in enumerate(wrap(row.name, NAMES - 12, LABEL, 600, lines=max(1, len(row.bars)))):
            board.text(0, y + 10 + 13 * number, line, LABEL, INK, 600)
        for place, (label, amount, text) in enumerate(row.bars):
            last = place == len(row.bars) - 1
            top = y + PITCH * place
            width = (WIDTH - left - room) * (amount or 0) / most
            board.text(left - 6, top + 9.5, label, SMALL, INK if last else SECOND, 600 if last else 400, "end")
            draw_bar(board, left, top + 1, width, THICK, ACCENT if last else NEUTRAL)
            board.text(left + width + 5, top + 10, text, LABEL, INK if last else SECOND, 600 if last else 400)
        board.line(left, y - 1, left, y + PITCH * len(row.bars) - 1, FAINT, 0.75)
        y += PITCH * len(row.bars) + GAP
    return board.svg(title)

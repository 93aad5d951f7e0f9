"""What the kinds of charts share: sizes, fills, the names of rows, and words that never lie on each other. Pure."""

from __future__ import annotations

from decimal import Decimal

from .content import Chart, Series
from .formats import format_number, format_share
from .svg import (
    FAINT,
    INK,
    LABEL,
    MANY_STEPS,
    STEPS,
    WHITE,
    Board,
    shortened,
    text_width,
    wrap,
)

WIDTH = 627.0
NARROW = 300.0
LABELS_WIDTH = 130.0
PALE = frozenset({WHITE, STEPS[3], MANY_STEPS[4]})  # drawn with an outline
KEY = 10.0  # from a small square to the name after it
NOT_ANSWERED = frozenset({"missing", "not_answered", "unanswered"})
Value = int | Decimal | None


def shown(value: Value) -> str:
    """A value as it is printed at its bar: a share as per cent, a count as it is, a dash for none."""
    if value is None:
        return "–"
    return format_share(value) if isinstance(value, Decimal) else format_number(value)


def size_of(value: Value) -> float:
    return max(0.0, float(value or 0))


def fills_of(series: tuple[Series, ...]) -> list[str]:
    """A step of the scale for each series, white for those that have not answered."""
    answered = [one for one in series if one.key not in NOT_ANSWERED]
    palette = STEPS if len(answered) <= len(STEPS) else MANY_STEPS
    steps = {2: (0, 2), 5: (0, 1, 2, 3, 5)}.get(len(answered), range(len(answered)))
    scale = iter([palette[min(step, len(palette) - 1)] for step in steps])
    return [WHITE if one.key in NOT_ANSWERED else next(scale) for one in series]


def draw_bar(board: Board, x: float, y: float, w: float, h: float, fill: str) -> None:
    board.rect(x, y, w, h, fill, FAINT if fill == WHITE else "")


def names_width(chart: Chart, most: float = 215) -> float:
    return min(most, max(text_width(name, LABEL, 600) for name in chart.categories)) + 10


def right_width(chart: Chart) -> float:
    texts = (*chart.labels, chart.labels_head)
    return (
        min(LABELS_WIDTH, max((text_width(text, LABEL, 600) for text in texts), default=0)) + 14 if chart.labels else 0
    )


def write_row_name(board: Board, chart: Chart, index: int, right: float, middle: float) -> None:
    """The category's name at the left of its row, on at most two lines."""
    weight = 600 if chart.total and index == 0 else 400
    lines = wrap(chart.categories[index], right - 8, LABEL, weight, lines=2)
    for number, line in enumerate(lines):
        y = middle + 3.7 + (number - (len(lines) - 1) / 2) * 11.5
        board.text(right - 8, y, line, LABEL, INK, weight, "end")


def write_row_label(board: Board, chart: Chart, index: int, middle: float) -> None:
    """The finished text at the right of a row."""
    if index < len(chart.labels):
        weight = 600 if chart.total and index == 0 else 400
        label = shortened(chart.labels[index], LABELS_WIDTH, LABEL, weight)
        board.text(WIDTH, middle + 3.7, label, LABEL, INK, weight, "end")


def row_tops(chart: Chart, top: float, pitch: float, names: float) -> list[float]:
    """Where each row begins; the total row is set apart from the rest, two-line names get more room."""
    tops, y = [], top
    for index, name in enumerate(chart.categories):
        more = max(0.0, 25.0 - pitch) if len(wrap(name, names - 8, LABEL, 400, lines=2)) > 1 else 0.0
        tops.append(y + more / 2)
        y += pitch + more + (pitch * 0.45 if chart.total and index == 0 else 0)
    return [*tops, y]


def spread(wanted: list[tuple[float, float]], left: float, right: float, gap: float = 9) -> list[float]:
    """Left edges for words that want to stand at (edge, width), moved apart so that none overlaps another.

    They keep their order and stay between ``left`` and ``right`` as long as there is room.
    """
    edges: list[float] = []
    for edge, _ in wanted:
        least = left if not edges else edges[-1] + wanted[len(edges) - 1][1] + gap
        edges.append(max(edge, least))
    limit = right
    for index in reversed(range(len(edges))):
        edges[index] = max(left, min(edges[index], limit - wanted[index][1]))
        limit = edges[index] - gap
    return edges


def widest_of(series: Series) -> float:
    return max(max(text_width(shown(value), LABEL, 600) for value in series.values), 0.0)


def ticks_of(most: float, shares: bool) -> tuple[list[Value], float]:
    if shares:
        step = 0.25 if most > 0.5 else 0.1 if most > 0.2 else 0.05
        count = int(most / step - 1e-9) + 1
        return [Decimal(str(round(step * n, 2))) for n in range(count + 1)], step * count
    step = next(s for s in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 10**4, 10**5, 10**9) if most / s <= 5)
    count = int(most / step - 1e-9) + 1
    return [step * n for n in range(count + 1)], float(step * count)

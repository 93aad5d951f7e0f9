"""Charts of a document, drawn as SVG from a Chart block: no computing beyond where a shape lies.

All are drawn at print size, 627 px wide, without legend and without title (the caption is the document's
own): names stand at the first bar, values at the bars, and colour never says anything that a word, a number
or an outline does not say too. A new kind is one function in ``_KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from .charts_parts import (
    KEY,
    LABELS_WIDTH,
    NARROW,
    NOT_ANSWERED,
    PALE,
    WIDTH,
    Value,
    draw_bar,
    fills_of,
    names_width,
    right_width,
    row_tops,
    shown,
    size_of,
    spread,
    ticks_of,
    widest_of,
    write_row_label,
    write_row_name,
)
from .content import Chart, KeyFigure, Series
from .formats import NBSP
from .svg import (
    ACCENT,
    FAINT,
    INK,
    LABEL,
    NEUTRAL,
    RULE,
    SECOND,
    SMALL,
    WHITE,
    Board,
    ink_on,
    shortened,
    text_width,
    wrap,
)


def draw(chart: Chart, title: str = "") -> str:
    """The chart as SVG; an unknown kind is drawn as bars. ``title``: its text alternative, where it is
    inline."""
    kind = _KINDS.get(chart.kind, _bars)
    if not chart.categories or not chart.series:
        return Board(WIDTH, 1).svg(title)
    return kind(chart).svg(title)


def draw_panels(chart: Chart, title: str = "") -> str:
    """A chart over time for a phone: its panels two a row, together as wide as the narrowest screen has pixels."""
    return _panels(chart, NARROW, min(2, len(chart.series)), 16.0).svg(title)


def _stacked(chart: Chart) -> Board:
    left, pitch, thick = names_width(chart), 17.5, 12.5
    right = WIDTH - right_width(chart)
    names = _series_places(chart, left, right)
    head = 20.0 + 13.0 * max(line for _, line, _ in names)
    tops = row_tops(chart, head, pitch, left)
    board = Board(WIDTH, tops[-1] + 1)
    fills = fills_of(chart.series)
    for (x, line, name), fill in zip(names, fills, strict=True):
        y = 13.0 + 13.0 * line
        board.rect(x, y - 6.5, 7, 7, fill, FAINT if fill in PALE else "")
        board.text(x + KEY, y, name, SMALL, SECOND)
    if chart.labels_head:
        board.text(WIDTH, head - 7, shortened(chart.labels_head, LABELS_WIDTH, SMALL), SMALL, SECOND, 400, "end")
    for index in range(len(chart.categories)):
        y = tops[index]
        write_row_name(board, chart, index, left, y + thick / 2)
        for series, fill, (x, w) in zip(chart.series, fills, _segments(chart, index, left, right), strict=True):
            if w <= 0:
                continue
            draw_bar(board, x, y, max(w - 1, 1.5), thick, fill)
            label = shown(series.values[index])
            if text_width(label, SMALL) + 3 <= w:
                board.text(x + (w - 1) / 2, y + thick / 2 + 3.4, label, SMALL, ink_on(fill), 400, "middle")
        write_row_label(board, chart, index, y + thick / 2)
    return board


def _segments(chart: Chart, index: int, left: float, right: float) -> list[tuple[float, float]]:
    """Left edge and width of each series in a row; the row fills the track."""
    sizes = [size_of(series.values[index]) for series in chart.series]
    whole, x, parts = sum(sizes) or 1.0, left, []
    for size in sizes:
        width = (right - left) * size / whole
        parts.append((x, width))
        x += width
    return parts


def _series_places(chart: Chart, left: float, right: float) -> list[tuple[float, int, str]]:
    """Where each series' name stands: left edge, line, words. Over its part of the first bar where all fit on one
    line, else one after the other over the whole width, on as many lines as it takes."""
    names = [shortened(series.label, WIDTH / 2, SMALL) for series in chart.series]
    widths = [text_width(name, SMALL) + KEY for name in names]
    if sum(widths) + 9 * (len(widths) - 1) <= right - left:
        wanted = [(x, width) for (x, _), width in zip(_segments(chart, 0, left, right), widths, strict=True)]
        return [(x, 0, name) for x, name in zip(spread(wanted, left, right), names, strict=True)]
    places: list[tuple[float, int, str]] = []
    room = right if chart.labels_head else WIDTH
    x, line = 0.0, 0
    for name, width in zip(names, widths, strict=True):
        if x and x + width > room:
            x, line = 0.0, line + 1
        places.append((x, line, name))
        x += width + 14
    return places


def _bars(chart: Chart) -> Board:
    main, second = chart.series[0], chart.series[1] if len(chart.series) > 1 else None
    left, pitch, thick = names_width(chart, 240), 18.5, 12.5
    head = 20.0 if second or chart.labels_head else 4.0
    most = max([size_of(v) for series in chart.series[:2] for v in series.values] or [1.0]) or 1.0
    edge = WIDTH - right_width(chart)
    columns = _number_columns(main, second, edge) if second else []
    right = edge - (sum(width for _, width in columns) + 8 if columns else widest_of(main) + 12)
    tops = row_tops(chart, head, pitch, left)
    board = Board(WIDTH, tops[-1] + 1)
    for (x, _), series, mark in zip(columns, chart.series, ("bar", "stroke"), strict=False):
        start = x - text_width(series.label, SMALL, 600)
        if mark == "bar":
            board.rect(start - 11, head - 14, 7, 7, ACCENT)
        else:
            board.line(start - 6, head - 15.5, start - 6, head - 5.5, INK, 2)
        board.text(x, head - 7, series.label, SMALL, INK, 600, "end")
    if chart.labels_head:
        board.text(WIDTH, head - 7, shortened(chart.labels_head, LABELS_WIDTH, SMALL), SMALL, SECOND, 400, "end")
    board.line(left, head - 3, left, tops[-1] - 2, FAINT, 0.75)
    for index, value in enumerate(main.values):
        y, width = tops[index], (right - left) * size_of(value) / most
        write_row_name(board, chart, index, left, y + thick / 2)
        white = main.key in NOT_ANSWERED or chart.categories[index] == chart.apart
        draw_bar(board, left, y, width, thick, WHITE if white else ACCENT)
        if second is None:
            board.text(left + width + 5, y + thick / 2 + 3.5, shown(value), SMALL, INK)
        elif second.values[index] is not None:
            needed = left + (right - left) * size_of(second.values[index]) / most
            board.line(needed, y - 2.5, needed, y + thick + 2.5, WHITE, 4)
            board.line(needed, y - 2.5, needed, y + thick + 2.5, INK, 2)
        for (x, _), series in zip(columns, chart.series, strict=False):
            board.text(x, y + thick / 2 + 3.7, shown(series.values[index]), LABEL, INK, 400, "end")
        write_row_label(board, chart, index, y + thick / 2)
    return board


def _number_columns(main: Series, second: Series, edge: float) -> list[tuple[float, float]]:
    """Right edge and width of the two columns of numbers beside the bars."""
    widths = [max(widest_of(series), text_width(series.label, SMALL, 600) + 12) + 12 for series in (main, second)]
    return [(edge - widths[1], widths[0]), (edge, widths[1])]


def _trend(chart: Chart) -> Board:
    """Small panels, five a row, all on one scale."""
    count = len(chart.series)
    return _panels(chart, WIDTH, min(5, count) if count <= 5 else 4, 22.0)


def _panels(chart: Chart, whole: float, across: int, gap: float) -> Board:
    head, plot, foot = 34.0, 88.0, 30.0
    panel = (whole - gap * (across - 1)) / across
    rows = -(-len(chart.series) // across)
    board = Board(whole, rows * (head + plot + foot) - 6)
    most = max([size_of(v) for series in chart.series for v in series.values] or [1.0]) or 1.0
    for number, series in enumerate(chart.series):
        x0, y0 = (number % across) * (panel + gap), (number // across) * (head + plot + foot)
        for line, words in enumerate(wrap(series.label, panel, LABEL, 600, lines=2)):
            board.text(x0, y0 + 11 + line * 12, words, LABEL, INK, 600)
        _columns(board, chart.categories, series, (x0, y0 + head, panel, plot), most)
    return board


def _columns(
    board: Board, names: tuple[str, ...], series: Series, box: tuple[float, float, float, float], most: float
) -> None:
    x0, y0, width, height = box
    slot, base, last = width / len(names), y0 + height, len(names) - 1
    for index, value in enumerate(series.values):
        tall = (height - 12) * size_of(value) / most
        x, now = x0 + index * slot + slot * 0.12, index == last
        fill = WHITE if series.key in NOT_ANSWERED and now else ACCENT if now else NEUTRAL
        draw_bar(board, x, base - tall, slot * 0.76, tall, fill)
        board.text(
            x + slot * 0.38, base - tall - 4, shown(value), SMALL, INK if now else SECOND, 600 if now else 400, "middle"
        )
    board.line(x0, base, x0 + width, base, FAINT, 0.75)
    ends = [name.replace(NBSP, " ") for name in (names[0], names[last])]
    room = width / 2 - 4  # from the panel's edges inwards, so that the two names never touch
    for line, words in enumerate(wrap(ends[0], room, 8.5, lines=2)):
        board.text(x0, base + 12 + line * 10, words, 8.5, SECOND)
    if last:
        for line, words in enumerate(wrap(ends[1], room, 8.5, lines=2)):
            board.text(x0 + width, base + 12 + line * 10, words, 8.5, SECOND, 400, "end")


def _dumbbell(chart: Chart) -> Board:
    left, pitch, head = names_width(chart, 240), 18.0, 38.0
    shares = all(isinstance(v, Decimal) or v is None for s in chart.series for v in s.values)
    right = WIDTH - max(right_width(chart), 30) - 14
    most = max([size_of(v) for s in chart.series[:2] for v in s.values] or [1.0]) or 1.0
    tops = row_tops(chart, head, pitch, left)
    board = Board(WIDTH, tops[-1] + 2)

    def place(value: Value) -> float:
        return left + 8 + (right - left - 16) * size_of(value) / most_on_axis

    ticks, most_on_axis = ticks_of(most, shares)
    for tick in ticks:
        board.line(place(tick), head - 6, place(tick), tops[-1], RULE)
        board.text(place(tick), head - 10, shown(tick).replace(",0", ""), SMALL, SECOND, 400, "middle")
    _dot_names(board, chart, left)
    if chart.labels_head:
        board.text(WIDTH, head - 10, shortened(chart.labels_head, LABELS_WIDTH, SMALL), SMALL, SECOND, 400, "end")
    before = chart.series[0] if len(chart.series) > 1 else None
    now = chart.series[-1]
    for index, value in enumerate(now.values):
        middle = tops[index] + pitch / 2 - 2
        write_row_name(board, chart, index, left, middle)
        earlier = before.values[index] if before else None
        if earlier is not None and value is not None:
            board.line(place(earlier), middle, place(value), middle, FAINT, 2)
        if earlier is not None:
            board.circle(place(earlier), middle, 3.4, WHITE, SECOND)
        if value is not None:
            board.circle(place(value), middle, 4.2, ACCENT)
        write_row_label(board, chart, index, middle)
    return board


def _dot_names(board: Board, chart: Chart, left: float) -> None:
    """What the open and the filled dot stand for, on the top line."""
    x = left + 8
    for number, series in enumerate(chart.series[:2]):
        filled = number == len(chart.series[:2]) - 1
        board.circle(x, 8, 4.2 if filled else 3.4, ACCENT if filled else WHITE, "" if filled else SECOND)
        board.text(x + 9, 11.5, series.label, SMALL, INK if filled else SECOND, 600 if filled else 400)
        x += 30 + text_width(series.label, SMALL, 600)


def _histogram(chart: Chart) -> Board:
    series, plot, head = chart.series[0], 96.0, 18.0
    most = max([size_of(value) for value in series.values] or [1.0]) or 1.0
    apart = chart.apart in chart.categories
    slots = len(chart.categories) + (0.6 if apart else 0)
    slot = WIDTH / slots
    lines = [wrap(name, slot - 6, SMALL, 400, lines=3) for name in chart.categories]
    board = Board(WIDTH, head + plot + 8 + 11.5 * max(len(name) for name in lines))
    base, x = head + plot, 0.0
    top = max(range(len(series.values)), key=lambda i: (chart.categories[i] != chart.apart, size_of(series.values[i])))
    for index, value in enumerate(series.values):
        alone = chart.categories[index] == chart.apart
        x += slot * 0.6 if alone else 0
        tall = plot * size_of(value) / most
        draw_bar(board, x + 4, base - tall, slot - 8, tall, WHITE if alone else ACCENT if index == top else NEUTRAL)
        board.line(x, base, x + slot, base, FAINT, 0.75)
        board.text(x + slot / 2, base - tall - 5, shown(value), LABEL, INK, 600 if index == top else 400, "middle")
        for number, words in enumerate(lines[index]):
            board.text(x + slot / 2, base + 13 + number * 11.5, words, SMALL, SECOND, 400, "middle")
        x += slot
    return board


def _dots(chart: Chart) -> Board:
    left, right = names_width(chart, 230), WIDTH - right_width(chart)
    column = (right - left) / len(chart.series)
    most = max([size_of(v) for s in chart.series for v in s.values] or [1.0]) or 1.0
    heads = [wrap(series.label, column - 8, SMALL, 600, lines=3) for series in chart.series]
    head = 11.5 * max(len(lines) for lines in heads) + 8
    pitch = 26.0
    board = Board(WIDTH, head + pitch * len(chart.categories) + 1)
    for number, (series, lines) in enumerate(zip(chart.series, heads, strict=True)):
        fill = WHITE if series.key in NOT_ANSWERED else ACCENT
        x = left + number * column
        for line, words in enumerate(lines):
            board.text(x + 4, 9 + line * 11.5 + (head - 8 - 11.5 * len(lines)), words, SMALL, INK, 600)
        for index, value in enumerate(series.values):
            middle = head + pitch * index + pitch / 2
            _units(board, x + 4, middle, column - 8, value, most, fill)
    for index in range(len(chart.categories)):
        board.line(0, head + pitch * index, WIDTH, head + pitch * index, RULE)
        write_row_name(board, chart, index, left, head + pitch * index + pitch / 2)
        write_row_label(board, chart, index, head + pitch * index + pitch / 2)
    return board


def _units(board: Board, x: float, middle: float, width: float, value: Value, most: float, fill: str) -> None:
    """One square for each unit and the number after them; by size where there are many."""
    board.text(x, middle + 3.6, shown(value), LABEL, INK if value else FAINT, 600 if value else 400)
    x += 20
    edge = FAINT if fill in PALE else ""
    if most > 12 or isinstance(value, Decimal):
        board.circle(x + 11, middle, 10 * (size_of(value) / most) ** 0.5, fill, edge or fill, 1)
        return
    side = min(8.0, (width - 20) / max(1, min(most, 12) / 2) - 1.5)
    for unit in range(int(size_of(value))):
        board.rect(
            x + (unit // 2) * (side + 1.5), middle - side - 0.75 + (unit % 2) * (side + 1.5), side, side, fill, edge
        )


def sparkline(card: KeyFigure, title: str = "") -> str:
    """The trend of a core indicator: a line from nothing to all, each point with its value, this round in
    accent."""
    width, height, top, base, side = 295.0, 68.0, 20.0, 50.0, 16.0
    board = Board(width, height)
    if not card.trend:
        return board.svg(title)
    whole = max([card.of, *(value for _, value in card.trend)]) or 1
    step = (width - 2 * side) / max(1, len(card.trend) - 1)
    points = [(side + step * i, base - (base - top) * size_of(v) / whole) for i, (_, v) in enumerate(card.trend)]
    board.line(0, top, width, top, FAINT, 0.75, "1 2")
    # The whole stands on its line, at the end where no point is near it.
    if points[0][1] - top > 18:
        board.text(0, top - 4, shown(whole), 8.5, SECOND)
    elif points[-1][1] - top > 18:
        board.text(width, top - 4, shown(whole), 8.5, SECOND, 400, "end")
    board.line(0, base, width, base, RULE, 0.75)
    board.path("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points), FAINT, 1.25)
    last = len(points) - 1
    named = _named([name for name, _value in card.trend], [x for x, _y in points], width)
    for index, ((name, value), (x, y)) in enumerate(zip(card.trend, points, strict=True)):
        now = index == last
        board.circle(x, y, 3.4 if now else 2, ACCENT if now else SECOND)
        board.text(x, y - 6, shown(value), SMALL, ACCENT if now else SECOND, 600 if now else 400, "middle")
        anchor = "start" if index == 0 else "end" if now else "middle"
        edge = 0 if index == 0 else width if now else x
        if index in named:
            board.text(edge, height - 4, name, 8.5, SECOND, 400, anchor)
    return board.svg(title)


def _named(names: list[str], places: list[float], width: float) -> set[int]:
    """Which points of a sparkline are named: the last and the first, and those between that have room."""
    last = len(names) - 1
    taken: list[tuple[float, float]] = []
    found = set()
    for index in dict.fromkeys((last, 0, *range(last - 1, 0, -1))):
        long = text_width(names[index], 8.5)
        start = width - long if index == last else 0 if index == 0 else places[index] - long / 2
        if all(start + long + 4 <= left or right + 4 <= start for left, right in taken):
            taken.append((start, start + long))
            found.add(index)
    return found


_KINDS: dict[str, Callable[[Chart], Board]] = {
    "stacked": _stacked,
    "bars": _bars,
    "trend": _trend,
    "dumbbell": _dumbbell,
    "histogram": _histogram,
    "dots": _dots,
}

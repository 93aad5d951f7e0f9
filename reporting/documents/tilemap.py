"""The map of equal tiles: one square a municipality, in its place, with the letter of its class.

Every municipality counts the same and is the same size. Classes are told apart by letter, lightness and
outline.
"""

from __future__ import annotations

from .content import Tile, TileMap
from .svg import FAINT, INK, LABEL, STEPS, WHITE, Board, ink_on, text_width

WIDTH = 627.0
UNIT = 18.4
GAP = 1.6


def draw(tile_map: TileMap, title: str = "") -> str:
    """The whole map with office borders, names and key, as SVG. ``title``: its text alternative where
    inline."""
    board, left, top = _frame(tile_map, WIDTH, UNIT, room=22)
    fills = class_fills(tile_map)
    for tile in tile_map.tiles:
        x, y = left + tile.column * UNIT, top + tile.row * UNIT
        fill = fills.get(tile.letter, WHITE)
        _square(board, x, y, UNIT - GAP, fill)
        board.text(x + (UNIT - GAP) / 2, y + UNIT / 2 + 2.4, tile.letter, 8.6, ink_on(fill), 400, "middle")
    for x1, y1, x2, y2 in borders(tile_map.tiles):
        shift = GAP / 2
        board.line(
            left + x1 * UNIT - shift, top + y1 * UNIT - shift, left + x2 * UNIT - shift, top + y2 * UNIT - shift, INK, 2
        )
    _group_names(board, tile_map, left, top)
    _key(board, tile_map, fills)
    return board.svg(title)


def decoration(tile_map: TileMap, unit: float = 10.0) -> str:
    """The map without letters, names, borders and key: for the cover, where it says nothing."""
    columns = max((tile.column for tile in tile_map.tiles), default=0) + 1
    board, left, top = _frame(tile_map, columns * unit, unit, room=0)
    fills = class_fills(tile_map)
    for tile in tile_map.tiles:
        fill = fills.get(tile.letter, WHITE)
        board.rect(
            left + tile.column * unit,
            top + tile.row * unit,
            unit * 0.93,
            unit * 0.93,
            "#F1F4F6" if fill == WHITE else fill,
        )
    return board.svg()


def class_fills(tile_map: TileMap) -> dict[str, str]:
    """The fill of each class: steps of one hue in the order of the key, white for the last, unanswered
    one."""
    letters = [letter for letter, _, _ in tile_map.key]
    fills = {letter: STEPS[min(index, len(STEPS) - 1)] for index, letter in enumerate(letters)}
    return fills | {letter: WHITE for letter in letters if letter in ("–", "-", "?")}


def borders(tiles: tuple[Tile, ...]) -> list[tuple[int, int, int, int]]:
    """The lines between neighbouring tiles of different groups, in tile units; none towards the sea."""
    place = {(tile.column, tile.row): tile.group for tile in tiles}
    lines = []
    for (column, row), group in sorted(place.items()):
        if place.get((column + 1, row), group) != group:
            lines.append((column + 1, row, column + 1, row + 1))
        if place.get((column, row + 1), group) != group:
            lines.append((column, row + 1, column + 1, row + 1))
    return lines


def _frame(tile_map: TileMap, width: float, unit: float, room: float) -> tuple[Board, float, float]:
    columns = [tile.column for tile in tile_map.tiles] or [0]
    rows = [tile.row for tile in tile_map.tiles] or [0]
    used = (max(columns) - min(columns) + 1) * unit
    left = (width - used) / 2 - min(columns) * unit
    height = max((max(rows) - min(rows) + 1) * unit, 24.0 + 24 * len(tile_map.key) - room if room else 0)
    return Board(width, height + room), left, -min(rows) * unit + room / 2


def _square(board: Board, x: float, y: float, side: float, fill: str) -> None:
    board.rect(x, y, side, side, fill, FAINT if fill in (WHITE, STEPS[3]) else "")


def _key(board: Board, tile_map: TileMap, fills: dict[str, str]) -> None:
    """Classes with their counts, in the open sea north-west."""
    width = max((text_width(label, LABEL) for _, label, _ in tile_map.key), default=0)
    for index, (letter, label, count) in enumerate(tile_map.key):
        y = 24 + index * 24
        fill = fills.get(letter, WHITE)
        _square(board, 0, y, UNIT - GAP, fill)
        board.text((UNIT - GAP) / 2, y + UNIT / 2 + 2.4, letter, 8.6, ink_on(fill), 400, "middle")
        board.text(26, y + 12.2, label)
        board.text(26 + width + 40, y + 12.2, f"{count}", LABEL, INK, 600, "end")


def _group_names(board: Board, tile_map: TileMap, left: float, top: float) -> None:
    """Each group's name beside its block, in the free tiles nearest to the block's middle row."""
    taken = {(tile.column, tile.row) for tile in tile_map.tiles}
    boxes: list[tuple[float, float, float, float]] = [(0, 0, 190, 24 + 24 * len(tile_map.key))]
    for group in dict.fromkeys(tile.group for tile in tile_map.tiles):
        if not group:
            continue
        own = [(tile.column, tile.row) for tile in tile_map.tiles if tile.group == group]
        width = text_width(group, LABEL, 600)
        for x, row in _places(own, left, width, board.width):
            if not 0 <= top + row * UNIT <= board.height - UNIT:
                continue
            box = (x - 4, top + row * UNIT, x + width + 4, top + (row + 1) * UNIT)
            covered = any(
                box[0] < left + (column + 1) * UNIT and left + column * UNIT < box[2]
                for column, at in taken
                if at == row
            )
            if covered or any(_overlap(box, other) for other in boxes):
                continue
            boxes.append(box)
            board.text(x, top + row * UNIT + 12.6, group, LABEL, INK, 600)
            break


def _places(own: list[tuple[int, int]], left: float, width: float, whole: float) -> list[tuple[float, int]]:
    """Where a name may stand: left or right of the block, the rows in the middle of it first."""
    rows = sorted({row for _, row in own})
    middle = rows[len(rows) // 2]
    places = []
    for row in sorted(range(rows[0] - 1, rows[-1] + 2), key=lambda row: (abs(row - middle), row)):
        columns = [column for column, at in own if abs(at - row) <= 1]
        if not columns:
            continue
        west = left + min(columns) * UNIT - 10 - width
        east = left + (max(columns) + 1) * UNIT + 8
        places += [(x, row) for x in (west, east) if 0 <= x <= whole - width]
    return places


def _overlap(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]

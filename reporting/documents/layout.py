"""Where things go: what PDF, Word and page share about the order, numbers and widths of a document.

Layout is worked out here from the Content each time; nothing of it is stored, so a change of layout never
changes a document's hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .content import Block, Chart, Column, Content, Definitions, Figure, Heading, Paragraph, Row, Table, TileMap
from .formats import format_cell, number_of, one_line
from .svg import text_width

NUMERIC = frozenset({"count", "share", "decimal", "change"})
SHORT = NUMERIC | {"date", "number_text"}

# Longer texts are cut in PDF and Word, with a mark; the JSON file that goes with them has the whole.
CELL_LIMIT = 2_000
TEXT_LIMIT = 6_000
TITLE_LIMIT = 400
ALT_LIMIT = 2_000


@dataclass(frozen=True)
class Chapter:
    """A heading of level 1 with its number ("" where it has none) and the blocks below it."""

    heading: Heading | None
    number: str
    blocks: tuple[Block, ...]


def chapters(content: Content) -> list[Chapter]:
    """The document cut at its chapters; what stands before the first heading is a chapter without one."""
    found: list[tuple[Heading | None, str, list[Block]]] = []
    counted = 0
    for block in _with_annex_heading(content.blocks):
        if isinstance(block, Heading) and block.level == 1:
            counted += block.numbered
            found.append((block, str(counted) if block.numbered else "", []))
        else:
            if not found:
                found.append((None, "", []))
            found[-1][2].append(block)
    return [Chapter(heading, number, tuple(blocks)) for heading, number, blocks in found]


def _with_annex_heading(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks, where an annex of definitions that has a title gets it as its chapter's heading."""
    for block in blocks:
        if isinstance(block, Definitions) and block.title:
            yield Heading("definitions", 1, block.title, numbered=False)
            yield Definitions()
        else:
            yield block


def sections(blocks: list[Block]) -> list[list[Block]]:
    """The blocks of a chapter cut at its headings."""
    parts: list[list[Block]] = []
    for block in blocks:
        if not parts or (isinstance(block, Heading) and not isinstance(parts[-1][-1], Heading)):
            parts.append([])
        parts[-1].append(block)
    return parts


def opening(blocks: list[Block]) -> int:
    """How many of a section's blocks are its opening: headings and up to four paragraphs, with a chart after
    them."""
    index = 0
    while index < len(blocks) and isinstance(blocks[index], Heading | Paragraph) and index < 6:
        index += 1
    return index + 1 if index < len(blocks) and isinstance(blocks[index], Chart) else index


@dataclass(frozen=True)
class Listed:
    """A line of the list of tables or figures: the number or numbers, the words, and the id it leads to."""

    number: str
    text: str
    target: str


def listed_tables(content: Content) -> list[Listed]:
    """The list of tables; annex tables with the same columns, one a county, are one line. A volume has no
    list: its tables, a few for each unit, are found by their chapter."""
    found: list[Listed] = []
    run: list[Table] = []
    for table in (*content.tables(), None) if content.kind != "volume" else ():
        if run and (table is None or table.kind != "annex" or not _same_heads(run[-1], table)):
            found.append(_listed_run(content, run))
            run = []
        if table is not None and table.kind == "annex":
            run.append(table)
        elif table is not None:
            found.append(Listed(number_of(table.id), table.title, table.id))
    return found


def _listed_run(content: Content, run: list[Table]) -> Listed:
    if len(run) == 1:
        return Listed(number_of(run[0].id), run[0].title, run[0].id)
    numbers = f"{number_of(run[0].id)}–{number_of(run[-1].id)}"
    return Listed(numbers, content.label("sheet_annex"), run[0].id)


def drawings(content: Content) -> list[Chart | TileMap]:
    """Charts and maps, in order."""
    return [block for block in content.blocks if isinstance(block, Chart | TileMap)]


def anchor(ref: str) -> str:
    """The id of a column's row in the annex of definitions: ``T3.8`` is ``def-T3-8``."""
    return "def-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in ref)


def safe_id(name: str) -> str:
    """``name`` as an id: only plain letters, digits and hyphens."""
    return "".join(c if c.isascii() and (c.isalnum() or c == "-") else "-" for c in name) or "x"


def definition_groups(content: Content) -> list[tuple[list[Table], list[Column]]]:
    """Tables and their columns of figures, for the annex of definitions.

    Annex tables that follow each other with the same columns (one a county) are one group: the definitions
    are the same, and stand once.
    """
    groups: list[tuple[list[Table], list[Column]]] = []
    for table in content.tables():
        columns = [column for column in table.columns if column.ref]
        if not columns:
            continue
        if table.kind == "annex" and groups and _same_heads(groups[-1][0][-1], table):
            groups[-1][0].append(table)
        else:
            groups.append(([table], columns))
    return groups


def definition_of(content: Content) -> dict[str, str]:
    """The ref whose definition stands in the annex, for every ref of the document."""
    home: dict[str, str] = {}
    for tables, columns in definition_groups(content):
        first = {column.key: column.ref for column in columns}
        for table in tables:
            home |= {column.ref: first.get(column.key, column.ref) for column in table.columns if column.ref}
    return home


def columns_by_ref(content: Content) -> dict[str, Column]:
    """Every column that has an address."""
    return {column.ref: column for table in content.tables() for column in table.columns if column.ref}


def _same_heads(one: Table, other: Table) -> bool:
    return one.kind == other.kind and [c.key for c in one.columns] == [c.key for c in other.columns]


def header_column(table: Table) -> int:
    """Which column heads the rows: the first one of words, since a number alone names nothing."""
    return next((i for i, column in enumerate(table.columns) if column.kind == "text"), 0)


def grouped(rows: tuple[Row, ...]) -> Iterator[tuple[str, list[Row]]]:
    """Rows that follow each other with the same ``group``, with the group's name."""
    run: list[Row] = []
    for row in rows:
        if run and row.group != run[-1].group:
            yield run[-1].group, run
            run = []
        run.append(row)
    if run:
        yield run[-1].group, run


def column_widths(table: Table, size: float, whole: float, head: float = 6.9, padding: float = 7.0) -> list[float]:
    """Widths of the columns, together ``whole``, in the unit of ``size`` and ``head`` (the sizes of body and
    heads).

    Numbers get what their longest value and the longest word of their head need, and are equally wide where
    there is room; words share the rest by how much they hold.
    """
    needs = [_needs(table, index, size, head, padding) for index in range(len(table.columns))]
    if (
        sum(need[0] for need in needs) >= whole
    ):  # then long words of the heads are hyphenated, and nothing else is broken
        needs = [_needs(table, index, size, head, padding, hyphenated=True) for index in range(len(table.columns))]
    least, wanted = [need[0] for need in needs], [need[1] for need in needs]
    numeric = [i for i, column in enumerate(table.columns) if column.kind in NUMERIC]
    others = [i for i in range(len(least)) if i not in numeric]
    if sum(least) >= whole:
        return [width * whole / sum(least) for width in least]
    room = whole - sum(wanted[i] for i in others)
    for i, width in zip(numeric, levelled([least[i] for i in numeric], room), strict=True):
        least[i] = wanted[i] = width
    return _shared(least, wanted, whole, others or numeric)


def levelled(widths: list[float], room: float) -> list[float]:
    """``widths`` with the narrow ones raised towards the widest, as far as ``room`` for all of them
    allows."""
    for level in sorted(set(widths), reverse=True):
        raised = [max(width, level) for width in widths]
        if sum(raised) <= room:
            return raised
    return widths


TABULAR = 1.03
"""Inter's tabular figures are all a little wider than its widest proportional one, the zero (1328 to 1292)."""


def _needs(
    table: Table, index: int, size: float, head: float, padding: float, *, hyphenated: bool = False
) -> tuple[float, float]:
    """The least width of a column (its longest word, within reason) and the width that keeps it on one
    line. ``hyphenated``: the head's words of more than eight letters may be broken in two."""
    column = table.columns[index]
    words = [
        text_width(word, head, 600) * (0.62 if hyphenated and len(word) > 8 else 1.0)
        for word in one_line(column.label)[:200].split(" ")
    ]
    least = wanted = max([*words, text_width(column.ref, head - 0.9)], default=0)
    for row in table.rows[:400]:
        if index >= len(row.cells):
            continue
        text = one_line(format_cell(row.cells[index])[:300])
        if column.kind in NUMERIC:
            text = re.sub("[0-9]", "0", text)
        weight = 600 if row.total else 400
        stretch = TABULAR if column.kind in SHORT else 1.0
        wanted = max(wanted, text_width(text, size, weight) * stretch)
        parts = [text] if column.kind in SHORT else text.split(" ")
        least = max(least, *(text_width(part, size, weight) * stretch for part in parts))
    return min(least, 130) + padding, min(wanted, 420) + padding


def _shared(least: list[float], wanted: list[float], whole: float, growing: list[int]) -> list[float]:
    """``least`` grown to ``whole``: columns that lack little get all they want, so that few columns break lines;
    the others share what is left by how much they lack."""
    widths, spare = list(least), whole - sum(least)
    lacking = sorted((wanted[i] - least[i], i) for i in growing if wanted[i] > least[i])
    while lacking and lacking[0][0] <= spare / len(lacking):
        lack, i = lacking.pop(0)
        widths[i] += lack
        spare -= lack
    whole_lack = sum(lack for lack, _ in lacking)
    for lack, i in lacking:
        widths[i] += spare * lack / whole_lack
    left = whole - sum(widths)
    return [width + (left / len(growing) if i in growing else 0) for i, width in enumerate(widths)]


def definitions_table(content: Content) -> Table:
    """The annex of definitions as a table of words: its widths are worked out like any other's."""
    keys = ("ref", "name", "text", "rule", "denominator")
    rows = tuple(
        Row(column.ref, (column.ref, column.label, column.definition, column.rule, column.denominator))
        for _, columns in definition_groups(content)
        for column in columns
    )
    heads = tuple(Column(key, content.label(f"definition_{key}")) for key in keys)
    return Table("definitions", content.label("definitions"), heads, rows)


def held(rows: list[Row], first: int = 8, last: int = 5) -> list[tuple[Row, str]]:
    """Each row with how it holds on to its neighbour at the end of a page: the first rows to the next one
    ("next"), the last rows to the one before ("previous"), so that no table begins or ends with a few rows
    alone."""
    size = len(rows)
    return [
        (row, "next" if index < min(first, size) - 1 else "previous" if index > size - last else "")
        for index, row in enumerate(rows)
    ]


def is_figure(cell: object) -> bool:
    """Whether a cell is a computed value with a number in it."""
    return isinstance(cell, Figure) and cell.kind in NUMERIC and cell.value is not None

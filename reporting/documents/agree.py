"""Whether a file says what its Content says: it is read back, and every figure of the Content must stand in it.

Tables are compared row by row in their order, as text in PDF and Word and as values in Excel; sentences and key
figures word for word. In the workbook the figures of sentences stand in the cells they repeat.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from . import layout, read_files
from .cards import card_table
from .content import Bullets, Cell, Content, Figure, KeyFigures, Paragraph, Row, Run, Table, content_hash, to_json
from .formats import DASH, clean, cut, format_cell, format_figure, format_run, one_line
from .read_pdf import pdf_pages
from .svg import drawable

MOST_NAMED = 5  # places that are named for a file; how many there are in all is always said
EXCEL_UNITS = 32_767
LINES = 40  # letters: less than the two lines that a page keeps together


@dataclass
class Compared:
    """How many figures were looked for in a file, and what it says otherwise, in English."""

    figures: int = 0
    problems: list[str] = field(default_factory=list)

    def more(self, problems: Iterable[str], name: str) -> None:
        """The first of ``problems``, and how many there are."""
        found = list(problems)
        self.problems += [f"{name}: {problem}" for problem in found[:MOST_NAMED]]
        if len(found) > MOST_NAMED:
            self.problems.append(f"{name}: {len(found) - MOST_NAMED} more places differ")


def compare(fmt: str, data: bytes, content: Content) -> Compared:
    """Look for every figure of ``content`` in the file. ``fmt`` is ``pdf``, ``docx``, ``xlsx`` or ``json``.

    A file that cannot be read is a problem, not an error.
    """
    found = Compared()
    try:
        _READERS[fmt](data, content, found)
    except ValueError as error:
        found.more([str(error)], fmt)
    return found


def _json(data: bytes, content: Content, found: Compared) -> None:
    from .render_json import read_json

    there = read_json(data)
    found.figures = sum(1 for _ in content.figures())
    if to_json(there) == to_json(content):
        return
    pairs = zip_longest(there.figures(), content.figures())
    found.more((f"{_place(right)}: {left} for {right}" for left, right in pairs if left != right), "json")
    found.more(["the content is another one"], "json")


def _place(figure: Figure | None) -> str:
    return f"{figure.ref}/{figure.row}" if figure else "a figure too many"


# --- PDF ------------------------------------------------------------------------------------------


def _pdf(data: bytes, content: Content, found: Compared) -> None:
    """The JSON that is attached must be the very same, and the pages must say it."""
    canonical = to_json(content)
    if read_files.pdf_attachment(data) != canonical.encode("utf-8"):
        found.more(["the attached JSON is another one"], "pdf")
    pages = pdf_pages(data)
    words = "".join(pages)
    if content_hash(canonical) not in words:
        found.more(["the pages do not carry the control code of the JSON"], "pdf")
    shown = _Shown(content, lambda text: drawable(text)[0])
    found.more(_rows_in_text(content, words, shown, found), "pdf")
    pages = [_REFERENCE.sub("", page) for page in pages]
    found.more(_sentences(content, pages, shown, found), "pdf")


def _rows_in_text(content: Content, words: str, shown: _Shown, found: Compared) -> Iterator[str]:
    at = 0
    for table in content.tables():
        for row in table.rows:
            wanted = "".join(shown.cell(cell) for cell in row.cells)
            place = words.find(wanted, at)
            if place < 0:
                yield f"table {table.id}, row {row.key} does not say {wanted[:120]}"
            else:
                at = place
                found.figures += sum(isinstance(cell, Figure) for cell in row.cells)


class _Shown:
    """Texts as a file on paper shows them, without blanks: cut where they are very long, as ``draw`` writes them."""

    def __init__(self, content: Content, draw: Callable[[str], str] = str) -> None:
        self.mark = clean(content.label("text_cut"))
        self.known = {column.ref for table in content.tables() for column in table.columns if column.ref}
        self.draw = draw

    def text(self, text: str, limit: int) -> str:
        return _squeeze(self.draw(cut(clean(text), limit, self.mark)))

    def cell(self, cell: Cell) -> str:
        if isinstance(cell, tuple):
            return "".join(self.text(run.text, layout.CELL_LIMIT) for run in cell)
        return self.text(format_cell(cell), layout.CELL_LIMIT)

    def run(self, run: Run) -> str:
        if isinstance(run, Figure):
            return self.text(one_line(format_figure(run)), layout.CELL_LIMIT)
        return self.text(format_run(run), layout.TEXT_LIMIT)


_REFERENCE = re.compile(r"\[[A-Z]?[0-9]+\.[0-9]+\]")


def _sentences(content: Content, pages: list[str], shown: _Shown, found: Compared) -> Iterator[str]:
    """Each paragraph and bullet with its figures in their places, and each key figure with its share and change."""
    words = "".join(pages)
    for block in content.blocks:
        items = block.items if isinstance(block, Bullets) else [block.parts] if isinstance(block, Paragraph) else []
        for item in items:
            wanted = _REFERENCE.sub("", "".join(shown.run(run) for run in item))
            found.figures += sum(isinstance(run, Figure) for run in item)
            if wanted not in words and not _over_a_page(wanted, pages):
                yield f"it does not say {wanted[:120]}"
        if isinstance(block, KeyFigures):
            for card in block.cards:
                # The figure is followed by its share on paper and led by its name in Word: each stands near its name.
                near = _near(words, shown.text(one_line(card.label), layout.TITLE_LIMIT))
                figures = [figure for figure in (card.figure, card.share, card.change, card.year) if figure]
                found.figures += len(figures)
                values = [shown.run(figure) for figure in figures]
                if not any(all(value in place for value in values) for place in near):
                    yield f"the key figure {card.label} is not {', '.join(values)}"


def _over_a_page(wanted: str, pages: list[str]) -> bool:
    """Whether it begins on one page and goes on, after the foot and head of the pages, on the next ones: two lines at
    least on each."""
    return any(
        _goes_on(wanted, pages[number:]) for number, page in enumerate(pages[:-1]) if wanted[:LINES] in page
    )  # fmt: skip


def _goes_on(wanted: str, pages: list[str]) -> bool:
    if not pages or wanted[:LINES] not in pages[0]:
        return False
    if wanted in pages[0]:
        return True
    low, high = LINES, len(wanted)  # the longest beginning that the page has
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wanted[:middle] in pages[0] else (low, middle)
    # The foot of the page may happen to begin with the letters that follow.
    return any(_goes_on(wanted[length:], pages[1:]) for length in range(low, max(LINES, low - 6), -1))


def _near(words: str, name: str) -> Iterator[str]:
    """What stands after each place that says ``name``."""
    for match in re.finditer(re.escape(name), words):
        yield words[match.end() : match.end() + 200]


# --- Word and Excel -------------------------------------------------------------------------------


def _docx(data: bytes, content: Content, found: Compared) -> None:
    shown = _Shown(content)
    file = read_files.docx_rows(data)
    words = _squeeze(read_files.docx_text(data))
    _require_hash(content, words, found, "docx")
    there = [[_squeeze(cell) for cell in row] for row in file]
    wanted = [
        (table, row, [shown.cell(cell) for cell in row.cells]) for table in content.tables() for row in table.rows
    ]
    found.more(_in_order(there, wanted, found), "docx")
    found.more(_sentences(content, [_REFERENCE.sub("", words)], shown, found), "docx")


def _xlsx(data: bytes, content: Content, found: Compared) -> None:
    sheets = read_files.xlsx_sheets(data)
    there = [[_value(cell) for cell in row] for sheet in sheets.values() for row in sheet]
    _require_hash(content, "\n".join(cell for row in there for cell in row if isinstance(cell, str)), found, "xlsx")
    tables = [table for table in content.tables() if table.kind != "annex"]
    annex = [table for table in content.tables() if table.kind == "annex" and content.kind != "volume"]
    alike: dict[tuple[str, ...], list[Table]] = {}
    for table in annex:
        alike.setdefault(tuple(column.key for column in table.columns), []).append(table)
    cards = card_table(content)
    order = [
        *([cards] if cards else []),
        *tables,
        *(table for group in alike.values() for table in group),
        *content.sheets,
    ]
    mark = clean(content.label("text_cut"))[:200]
    wanted = [(table, row, [_expected(cell, mark) for cell in row.cells]) for table in order for row in table.rows]
    found.more(_in_order(there, wanted, found), "xlsx")
    found.more(_unlike_their_cells(content), "xlsx")


def _require_hash(content: Content, words: str, found: Compared, name: str) -> None:
    if content_hash(to_json(content)) not in words:
        found.more(["it does not carry the control code of the JSON"], name)


Wanted = tuple[Table, Row, list[Any]]


def _in_order(there: list[list[Any]], wanted: list[Wanted], found: Compared) -> Iterator[str]:
    """Each row that is wanted stands after the one before it; more rows may stand between them. In a sheet up to two
    columns may stand before the table's own."""
    at = 0
    for table, row, cells in wanted:
        place = next((number for number in range(at, len(there)) if _is_row(there[number], cells)), None)
        if place is None:
            yield _named(table, row, cells, there[at:])
        else:
            at = place + 1
            found.figures += sum(isinstance(cell, Figure) for cell in row.cells)


def _is_row(there: list[Any], cells: list[Any]) -> bool:
    return any(_part(there, cells, before) == cells for before in range(3))


def _part(there: list[Any], cells: list[Any], before: int) -> list[Any]:
    part = there[before : before + len(cells)]
    if any(cell != "" for cell in there[before + len(cells) :]):
        return []
    return part + [""] * (len(cells) - len(part))


def _named(table: Table, row: Row, cells: list[Any], there: list[list[Any]]) -> str:
    """Which cell differs, where the file has the row with the same first cell; else that the row is missing."""
    for candidate in there:
        for before in range(3):
            part = _part(candidate, cells, before)
            if part and part[0] == cells[0] and sum(a == b for a, b in zip(part, cells, strict=True)) * 2 >= len(cells):
                place = next(i for i, (a, b) in enumerate(zip(part, cells, strict=True)) if a != b)
                column = table.columns[place]
                name = column.ref or column.key
                return f"table {table.id}, column {name}, row {row.key}: {part[place]} for {cells[place]}"
    return f"table {table.id}, row {row.key} is not there"


def _unlike_their_cells(content: Content) -> Iterator[str]:
    """The figures of sentences and key figures that are another than the cell whose address they have."""
    cells = {
        (cell.ref, row.key, cell.kind): cell.value
        for table in content.tables()
        for row in table.rows
        for cell in row.cells
        if isinstance(cell, Figure) and cell.ref
    }
    for figure in content.figures():
        # The share and the change on a card have the address of its count.
        said = cells.get((figure.ref, figure.row, figure.kind), figure.value)
        if figure.ref and said != figure.value:
            yield f"{_place(figure)} says {figure.value}, its cell {said}"


def _expected(cell: Cell, mark: str) -> Any:
    if isinstance(cell, Figure) and cell.kind not in ("number_text", "text"):
        return _value(DASH if cell.value is None else cell.value)
    text = format_cell(cell)
    if len(text.encode("utf-16-le")) // 2 > EXCEL_UNITS:
        return _Cut(text, mark)
    return _value(text)


class _Cut(str):
    """A text that no cell can hold: equal to its beginning with the mark that it goes on elsewhere."""

    mark: str

    def __new__(cls, text: str, mark: str) -> _Cut:
        made = super().__new__(cls, _words(text))
        made.mark = _words(mark)
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str) or not other.endswith(self.mark):
            return False
        kept = other[: len(other) - len(self.mark)].rstrip()
        return len(kept) > EXCEL_UNITS // 2 - len(self.mark) - 200 and self.startswith(kept)

    __hash__ = str.__hash__


def _squeeze(text: Any) -> str:
    return re.sub(r"\s+", "", str(text).replace("\u00ad", ""))


def _words(text: Any) -> str:
    return re.sub(r"\s+", " ", str(text).replace("\u00ad", "")).strip()


def _value(cell: Any) -> Any:
    """A cell's value in one form, whatever library it comes from."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float | Decimal):
        return Decimal(str(cell)).quantize(Decimal("0.000001"))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return _words(cell)


_READERS: dict[str, Callable[[bytes, Content, Compared], None]] = {
    "json": _json,
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
}

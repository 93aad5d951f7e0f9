"""The workbook while it is written: formats, texts as a cell can hold them, and safe names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .content import Content, Figure, Table
from .formats import clean, format_date, one_line
from .render_html_words import FigureUrl

FIRST_ROW = 4  # counted from 0: heads stand in row 4, the first row of data is row 5
CELL_UNITS = 32_767  # what a cell holds, in UTF-16 units
EXACT = 1_000_000_000_000_000  # whole numbers from here on lose digits in Excel and are written as text
LINK_LENGTH = 2_000
LINE_HEIGHT = 15.0  # points
TITLE_HEIGHT = {"title": 22.0, "big": 30.0}
INK, SECOND, ACCENT, RULE = "#1B2126", "#56616B", "#0B4F6C", "#DDE1E4"


@dataclass
class Sheet:
    """One sheet and what was written to it."""

    name: str
    title: str
    table: Table
    page: Worksheet
    expected: int = 0
    rows: int = 0
    figures: int = 0
    indented: frozenset[int] = frozenset()
    """The columns of words that stand right after a column of numbers, which would touch them."""


@dataclass
class Book:
    """The workbook while it is written."""

    content: Content
    book: xlsxwriter.Workbook
    links: FigureUrl | None
    formats: dict[tuple[str, ...], Format] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    cut_cells: int = 0

    def format(self, *traits: str) -> Format:
        """The cell format with these traits, made once."""
        made = self.formats.get(traits)
        if made is None:
            wish: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "font_color": INK, "valign": "top"}
            for trait in traits:
                wish |= _TRAITS[trait]
            made = self.formats[traits] = self.book.add_format(wish)
        return made

    def words(self, text: str) -> str:
        """``text`` as a cell can hold it; where it is too long it ends with a mark, and is counted."""
        text = clean(text)
        if len(text) <= CELL_UNITS // 2 or _units(text) <= CELL_UNITS:
            return text
        self.cut_cells += 1
        mark = " " + clean(self.content.label("text_cut"))[:200]
        kept = text[: CELL_UNITS - len(mark)]
        while _units(kept) + _units(mark) > CELL_UNITS:
            kept = kept[:-64]
        return kept + mark

    def sheet_name(self, wanted: str) -> str:
        """A name that Excel takes: no forbidden signs, at most 31 long, used once."""
        base = re.sub(r"[\[\]:*?/\\]", " ", one_line(wanted))
        base = re.sub(" +", " ", base).strip(" '") or "-"
        if base.lower() in ("history", "historikk"):
            base += " -"
        name, number = _fit(base, 31), 1
        while name.lower() in self.names:
            number += 1
            name = _fit(base, 31 - len(str(number)) - 1) + f" {number}"
        self.names.add(name.lower())
        return name


_TRAITS: dict[str, dict[str, Any]] = {
    "title": {"font_size": 14, "bold": True},
    "big": {"font_size": 20, "bold": True},
    "second": {"font_color": SECOND},
    "mark": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT},
    "bold": {"bold": True},
    "link": {"font_color": ACCENT, "underline": 1},
    "head": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bottom_color": INK},
    "ref": {"font_color": ACCENT, "font_size": 8, "underline": 1},
    "line": {"bottom": 1, "bottom_color": RULE},
    "total": {"bold": True, "bottom": 1, "bottom_color": INK},
    "right": {"align": "right"},
    "wrap": {"text_wrap": True},
    "indent": {"indent": 1},
    "count": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.0#"},
    "share": {"num_format": "0.0\u00a0%"},
    "change": {"num_format": "+#,##0;\u2212#,##0;\u00b10"},
    "points": {"num_format": "+0.0;\u22120.0;\u00b10.0"},
    "date": {"num_format": "[$-414]d. mmmm yyyy", "align": "left"},
    "text": {"num_format": "@"},
    # A text that looks like a formula stays a text even when someone edits the cell.
    "quoted": {"quote_prefix": True},
}


def page_setup(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(FIRST_ROW - 1)
    page.hide_gridlines(2)


def write_date(state: Book, page: Worksheet, row: int, index: int, day: date, base: str) -> None:
    """A date as Excel's number of days; before 1900 Excel has no dates, and it is text."""
    if day.year < 1900:
        write_text(state, page, row, index, format_date(day), base)
    else:
        page.write_datetime(row, index, datetime(day.year, day.month, day.day), state.format(base, "date"))  # noqa: DTZ001


def address_of(state: Book, figure: Figure) -> str:
    address = (state.links(figure) or "") if state.links else ""
    return address if address.startswith(("https://", "http://")) and len(address) <= LINK_LENGTH else ""


def write_text(state: Book, page: Worksheet, row: int, index: int, text: str, *traits: str) -> None:
    text = state.words(text)
    if not text:
        page.write_blank(row, index, None, state.format(*traits))
    elif text[0].isalnum() or text.lstrip()[:1] not in ("=", "+", "-", "@") or len(text.strip()) == 1:
        page.write_string(row, index, text, state.format(*traits))
    else:
        page.write_string(row, index, text, state.format(*traits, "quoted"))


def write_title(state: Book, page: Worksheet, row: int, text: str, trait: str) -> None:
    page.set_row(row, TITLE_HEIGHT[trait])
    write_text(state, page, row, 0, one_line(text)[:1000], trait)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fit(text: str, most: int) -> str:
    """``text`` in at most ``most`` UTF-16 units, cut between words where that leaves enough of it."""
    if _units(text) <= most:
        return text
    while _units(text) > most:
        text = text[:-1]
    words = text.rpartition(" ")[0]
    return (words if len(words) > most / 2 else text).strip(" ',") or "-"

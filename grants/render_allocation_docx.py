"""The table for the letter to the offices, as a Word file in the looks of the portal's documents.

It draws what it is given and reckons nothing. The table has a real head that every page repeats, and a caption; the
language is set; the same letter gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx

from reporting.documents import render_docx_styles
from reporting.documents import render_docx_xml as x
from reporting.documents.formats import LANGUAGE_TAGS, clean, one_line
from reporting.documents.render_docx import without_clock
from reporting.documents.render_docx_writer import LIVE

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FIRST_WIDTH = 0.4
"""The part of the width that the offices' names take."""


@dataclass(frozen=True)
class Letter:
    """What the file says. ``rows`` are cells as text, the sum last; the first column holds names, the others numbers.
    ``day`` stamps the file, since the clock would make two drawings of one letter differ."""

    language: str
    title: str
    paragraphs: Sequence[str]
    caption: tuple[str, str]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str
    publisher: str
    page: str
    day: dt.date


def render_docx(letter: Letter) -> bytes:
    """The Word file."""
    file = docx.Document()
    language = LANGUAGE_TAGS.get(letter.language, LANGUAGE_TAGS["nb"])
    render_docx_styles.set_up(file, language)
    file.sections[0].different_first_page_header_footer = False
    _add(file, "Lhl Card", x.run(letter.publisher))
    _add(file, "Heading 1", x.run(one_line(letter.title)))
    for text in letter.paragraphs:
        _add(file, "Normal", x.run(one_line(text)))
    word, title = letter.caption
    _add(file, "Caption", x.run(f"{word}  ", color="#0B4F6C"), x.run(one_line(title)), keep=True)
    file.element.body.insert_element_before(_table(letter, title), "w:sectPr")
    _add(file, "Lhl Note", x.run(clean(letter.note)))
    foot = file.sections[0].footer.paragraphs[0]._p
    foot.append(x.run(f"{one_line(letter.title)} · {letter.page} "))
    foot.extend(x.field("PAGE", "1", dirty=False))
    _properties(file, letter, language)
    out = io.BytesIO()
    file.save(out)
    return without_clock(out.getvalue())


def _add(file: Any, style: str, *runs: Any, keep: bool = False) -> None:
    made = x.paragraph(list(runs), file.styles[style].style_id, keep=keep)
    file.element.body.insert_element_before(made, "w:sectPr")


def _table(letter: Letter, title: str) -> Any:
    others = len(letter.heads) - 1
    first = LIVE * FIRST_WIDTH if others else LIVE
    widths = [first, *([(LIVE - first) / others] * others if others else [])]
    made = x.table(widths, title)
    head = x.table_row(head=True)
    for place, (text, width) in enumerate(zip(letter.heads, widths, strict=True)):
        looks = {"style": "LhlHead", "right": place > 0, "line": "thick", "bottom": True, "keep": True}
        head.append(x.table_cell(width, [x.run(clean(text))], **looks))
    made.append(head)
    for number, cells in enumerate(letter.rows, 1):
        total = number == len(letter.rows)
        row = x.table_row()
        for place, (text, width) in enumerate(zip(cells, widths, strict=True)):
            looks = {"style": "LhlCell", "right": place > 0, "line": "thick" if total else "thin"}
            row.append(x.table_cell(width, [x.run(clean(text), bold=total)], **looks))
        made.append(row)
    return made


def _properties(file: Any, letter: Letter, language: str) -> None:
    properties = file.core_properties
    properties.title = one_line(letter.title)[:250]
    properties.author = properties.last_modified_by = letter.publisher[:250]
    properties.language = language
    properties.comments = ""
    properties.created = properties.modified = dt.datetime.combine(letter.day, dt.time())
    properties.revision = 1

"""The Word document while it is written: words, figures, captions and pictures."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import vl_convert
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from . import layout
from . import render_docx_xml as x
from .content import (
    Chart,
    Content,
    Figure,
    Run,
    Table,
    Text,
    TileMap,
)
from .formats import clean, cut, format_figure, number_of, one_line
from .render_html_words import FigureUrl
from .svg import FONTS

LIVE = 166 * 72 / 25.4
SCALE = 2.2  # pictures hold 2.2 times the pixels of the drawing: 211 to the inch
_fonts_known: list[bool] = []


@dataclass
class Writer:
    """The document while it is written."""

    content: Content
    file: Any
    links: FigureUrl | None
    marks: x.Bookmarks = field(default_factory=x.Bookmarks)
    pictures: int = 0
    last: Any = None

    def __post_init__(self) -> None:
        self.home = layout.definition_of(self.content)

    def words(self, text: str, limit: int = layout.TEXT_LIMIT) -> str:
        """``text`` without what breaks a file, cut with a mark where it is very long."""
        return cut(clean(text), limit, clean(self.content.label("text_cut")))

    def line(self, text: str, limit: int = layout.TITLE_LIMIT) -> str:
        """``text`` on one line."""
        return self.words(one_line(text), limit)

    def label(self, key: str) -> str:
        """A fixed word."""
        return self.line(self.content.label(key), 200)

    def add(self, style: str, *parts: Any, keep: bool = False) -> Any:
        """A paragraph at the end of the document."""
        made = x.paragraph(list(parts), self.file.styles[style].style_id, keep=keep)
        self.append(made)
        self.last = made
        return made

    def append(self, made: Any) -> None:
        """An element at the end of the document, before the section's properties."""
        self.file.element.body.insert_element_before(made, "w:sectPr")

    def page_break(self) -> None:
        """A new page begins."""
        made = x.element("r")
        made.append(x.element("br", type="page"))
        self.add("Normal", made)


def runs_of(writer: Writer, parts: tuple[Run, ...]) -> list[Any]:
    made: list[Any] = []
    for part in parts:
        if isinstance(part, Text):
            made.append(x.run(writer.words(part.text), bold=part.strong, lang=language_of(part.lang)))
        else:
            made += figure_runs(writer, part)
    return made


def language_of(lang: str) -> str:
    return lang if lang.isalpha() else ""


def figure_runs(writer: Writer, figure: Figure, **looks: Any) -> list[Any]:
    """The value, linked to what is behind it, and its address, linked to its definition."""
    value = x.run(writer.line(format_figure(figure), layout.CELL_LIMIT), **looks)
    address = (writer.links(figure) or "") if writer.links else ""
    outside = address.startswith(("https://", "http://"))
    made = [x.outer_link(writer.file.part, address, value) if outside else value]
    if figure.ref in writer.home:
        reference = x.run(f"[{figure.ref}]", size=6, color="#0B4F6C")
        made += [x.run(x.NBSP), x.inner_link(layout.anchor(writer.home[figure.ref]), reference)]
    return made


def add_caption(writer: Writer, block: Chart | TileMap | Table, word: str) -> None:
    number = x.run(f"{writer.label(word)} {number_of(block.id)}  ", color="#0B4F6C")
    inner = [number, x.run(writer.line(block.title))]
    writer.add("Caption", *writer.marks.around(block.id, inner), keep=True)


def add_picture(writer: Writer, svg: str, alt: str, width_mm: float, decorative: bool = False) -> None:
    writer.add("Lhl Picture", drawing_run(writer, svg, alt, width_mm, decorative), keep=not decorative)


def drawing_run(writer: Writer, svg: str, alt: str, width_mm: float, decorative: bool = False) -> Any:
    """A run with the drawing as a picture and its text alternative."""
    if not _fonts_known:
        vl_convert.register_font_directory(str(FONTS))
        _fonts_known.append(True)
    image = vl_convert.svg_to_png(svg, scale=SCALE)
    inline = writer.file.part.new_pic_inline(io.BytesIO(image), width=Mm(width_mm))
    writer.pictures += 1
    properties = inline.find(qn("wp:docPr"))
    properties.set("id", str(writer.pictures))
    properties.set("name", f"Picture {writer.pictures}")
    properties.set("descr", alt)
    if decorative:
        properties.append(
            parse_xml(
                f'<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
                '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/>'
                "</a:ext></a:extLst>"
            )
        )
    run = x.element("r")
    frame = x.element("drawing")
    frame.append(inline)
    run.append(frame)
    return run

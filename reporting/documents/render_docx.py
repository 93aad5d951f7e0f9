"""Content as a Word document: real headings, captions, repeated table heads, text alternatives, language.

Page numbers are fields that Word works out itself. The same Content gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import docx
import vl_convert
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from . import charts, layout, render_docx_styles, tilemap
from . import render_docx_xml as x
from .content import (
    Bullets,
    Cell,
    Chart,
    Column,
    Content,
    Definitions,
    Figure,
    Heading,
    KeyFigures,
    Paragraph,
    Row,
    Run,
    Table,
    Text,
    TileMap,
    content_hash,
    to_json,
)
from .formats import clean, cut, filled, format_figure, language_tag, moment, number_of, one_line
from .render_html import FigureUrl, cover_lines
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
        return made

    def append(self, made: Any) -> None:
        """An element at the end of the document, before the section's properties."""
        self.file.element.body.insert_element_before(made, "w:sectPr")

    @property
    def last_paragraph(self) -> Any:
        """The paragraph that was added last."""
        return self.file.paragraphs[-1]

    def page_break(self) -> None:
        """A new page begins."""
        made = x.element("r")
        made.append(x.element("br", type="page"))
        self.add("Normal", made)


def render_docx(content: Content, links: FigureUrl | None = None) -> bytes:
    """The Word file. ``links`` gives the address behind a figure in the text, or None."""
    file = docx.Document()
    render_docx_styles.set_up(file, language_tag(content))
    writer = Writer(content, file, links)
    digest = content_hash(to_json(content))
    note = content.is_long
    _cover(writer, digest)
    _header_and_footer(writer, digest)
    chapters = layout.chapters(content)
    for index, chapter in enumerate(chapters):
        if note and index <= 1:
            writer.page_break()
        if note and index == 1:
            _contents(writer)
            writer.page_break()
        if chapter.heading:
            _heading(writer, chapter.heading, chapter.number)
        for block, after in zip(chapter.blocks, (*chapter.blocks[1:], None), strict=True):
            _BLOCKS[type(block)](writer, block)
            if isinstance(block, Paragraph) and isinstance(after, Chart | TileMap | Table):
                writer.last_paragraph.paragraph_format.keep_with_next = True
    _properties(writer, digest)
    out = io.BytesIO()
    file.save(out)
    return _without_clock(out.getvalue())


def _cover(writer: Writer, digest: str) -> None:
    content = writer.content
    writer.add("Lhl Card", x.run(f"{writer.label('publisher')} · {writer.label('document_kind')}"))
    if content.sample:
        writer.add("Lhl Mark", x.run(writer.label("sample")))
    writer.add("Title", x.run(writer.line(content.title)))
    writer.add("Subtitle", x.run(writer.line(content.subtitle)))
    maps = [block for block in content.blocks if isinstance(block, TileMap)]
    if maps and content.is_long:
        # Decoration: the map itself stands, with its text alternative, in its chapter.
        _picture(writer, tilemap.decoration(maps[0]), "", 80, decorative=True)
    made = x.table([LIVE * 0.25, LIVE * 0.75], writer.line(content.title, 200))
    for name, value in cover_lines(content, digest):
        row = x.table_row()
        row.append(
            x.table_cell(LIVE * 0.25, [x.run(writer.line(name, 200), color="#56616B")], style="LhlCell", line="thin")
        )
        row.append(x.table_cell(LIVE * 0.75, [x.run(writer.line(value))], style="LhlCell", line="thin"))
        made.append(row)
    writer.append(made)
    writer.add("Lhl Note")


def _header_and_footer(writer: Writer, digest: str) -> None:
    content, section = writer.content, writer.file.sections[0]
    head = section.header.paragraphs[0]._p
    _tabs(head, (LIVE, "right"))
    head.append(x.run(writer.line(content.title, 90) + "\t"))
    head.extend(x.field('STYLEREF "Heading 1"', dirty=False))
    foot = section.footer.paragraphs[0]._p
    _tabs(foot, (LIVE / 2, "center"), (LIVE, "right"))
    foot.append(x.run(f"{writer.label('version')} {writer.line(content.version, 40)} · {digest[:12]}\t"))
    if content.sample:
        foot.append(x.run(writer.label("sample"), bold=True, color="#0B4F6C"))
    foot.append(x.run(f"\t{writer.label('page')} "))
    foot.extend(x.field("PAGE", "1", dirty=False))
    foot.append(x.run(f" {writer.label('page_of')} "))
    foot.extend(x.field("NUMPAGES", "1", dirty=False))
    if content.sample:
        section.first_page_footer.paragraphs[0]._p.append(x.run(writer.label("sample"), bold=True, color="#0B4F6C"))


def _tabs(paragraph: Any, *stops: tuple[float, str]) -> None:
    properties = paragraph.get_or_add_pPr()
    tabs = x.element("tabs")
    for old in ("4320", "4680", "8640", "9360"):
        tabs.append(x.element("tab", val="clear", pos=old))
    for at, kind in stops:
        tabs.append(x.element("tab", val=kind, pos=x.twips(at)))
    properties.insert_element_before(tabs, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _contents(writer: Writer) -> None:
    """The list of contents: links to bookmarks, with page numbers that Word works out."""
    content = writer.content
    writer.add("Heading 1", *writer.marks.around("contents", [x.run(writer.label("contents"))]))
    for chapter in layout.chapters(content):
        if chapter.heading:
            number = f"{chapter.number}  " if chapter.number else ""
            _entry(writer, "TOC 1", number + writer.line(chapter.heading.text), chapter.heading.id)
    figures = [layout.Listed(number_of(block.id), block.title, block.id) for block in layout.drawings(content)]
    for key, word, lines in (("figures", "figure", figures), ("tables", "table", layout.listed_tables(content))):
        if lines:
            writer.add("Heading 3", x.run(writer.label(key)))
        for line in lines:
            _entry(writer, "TOC 2", f"{writer.label(word)} {line.number}  {writer.line(line.text, 160)}", line.target)


def _entry(writer: Writer, style: str, text: str, target: str) -> None:
    number = x.field(f"PAGEREF {x.bookmark_name(target)} \\h", "", dirty=True)
    writer.add(style, x.inner_link(target, x.run(text + "\t"), *number))


def _heading(writer: Writer, heading: Heading, number: str = "") -> None:
    text = [x.run(writer.line(heading.text))]
    if number:
        text = [x.run(f"{number}  ", color="#3A7B97"), *text]
    writer.add(f"Heading {min(3, max(1, heading.level))}", *writer.marks.around(heading.id, text))


def _paragraph(writer: Writer, block: Paragraph) -> None:
    styles = {"lead": "Lhl Lead", "assessment": "Lhl Assessment", "note": "Lhl Note"}
    writer.add(styles.get(block.role, "Normal"), *_runs(writer, block.parts))


def _bullets(writer: Writer, block: Bullets) -> None:
    for item in block.items:
        writer.add("List Bullet", *_runs(writer, item))


def _runs(writer: Writer, parts: tuple[Run, ...]) -> list[Any]:
    made: list[Any] = []
    for part in parts:
        if isinstance(part, Text):
            made.append(x.run(writer.words(part.text), bold=part.strong, lang=_lang(part.lang)))
        else:
            made += _figure(writer, part)
    return made


def _lang(lang: str) -> str:
    return lang if lang.isalpha() else ""


def _figure(writer: Writer, figure: Figure, **looks: Any) -> list[Any]:
    """The value, linked to what is behind it, and its address, linked to its definition."""
    value = x.run(writer.line(format_figure(figure), layout.CELL_LIMIT), **looks)
    address = (writer.links(figure) or "") if writer.links else ""
    outside = address.startswith(("https://", "http://"))
    made = [x.outer_link(writer.file.part, address, value) if outside else value]
    if figure.ref in writer.home:
        reference = x.run(f"[{figure.ref}]", size=6, color="#0B4F6C")
        made += [x.run(x.NBSP), x.inner_link(layout.anchor(writer.home[figure.ref]), reference)]
    return made


def _key_figures(writer: Writer, block: KeyFigures) -> None:
    """Two cards a row: name, the figure large, of how many, the change, and the trend as a picture."""
    widths = [LIVE / 2, LIVE / 2]
    made = x.table(widths, "", "TableNormal")
    for start in range(0, len(block.cards), 2):
        row = x.table_row()
        for card in block.cards[start : start + 2]:
            of = filled(writer.content, "of_units", charts.shown(card.of))
            cell = x.table_cell(
                widths[0], [x.run(writer.line(card.label), bold=True, color="#1B2126")], style="LhlCard"
            )
            figure = _figure(writer, card.figure, bold=True, size=26, color="#0B4F6C")
            share = x.run(f" {writer.line(of, 80)} · {format_figure(card.share)}")
            cell.append(x.paragraph([*figure[:1], share, *figure[1:]], "LhlCard"))
            change = x.run(format_figure(card.change), bold=True, color="#1B2126")
            note = f" {writer.line(card.change_label)}" + (f" · {writer.line(card.note)}" if card.note else "")
            cell.append(x.paragraph([change, x.run(note)], "LhlCard"))
            if card.year:
                change = x.run(format_figure(card.year), bold=True, color="#1B2126")
                cell.append(x.paragraph([change, x.run(f" {writer.line(card.year_label)}")], "LhlCard"))
            if card.trend:
                drawing = _drawing(
                    writer, charts.sparkline(card), writer.line(card.alt or card.label, layout.ALT_LIMIT), 78
                )
                cell.append(x.paragraph([drawing], "LhlPicture"))
            row.append(cell)
        while len(row.findall(qn("w:tc"))) < 2:
            row.append(x.table_cell(widths[0], []))
        made.append(row)
    writer.append(made)
    writer.add("Lhl Note")


def _chart(writer: Writer, block: Chart) -> None:
    _captioned(writer, block, charts.draw(block))


def _tile_map(writer: Writer, block: TileMap) -> None:
    _captioned(writer, block, tilemap.draw(block))


def _captioned(writer: Writer, block: Chart | TileMap, svg: str) -> None:
    _caption(writer, block, "figure")
    _picture(writer, svg, writer.line(block.alt or block.title, layout.ALT_LIMIT), 166)
    source = filled(writer.content, "numbers_in_table", number_of(block.table)) if block.table else ""
    writer.add("Lhl Note", x.run(writer.line(f"{block.note} {source}", layout.CELL_LIMIT)))


def _caption(writer: Writer, block: Chart | TileMap | Table, word: str) -> None:
    number = x.run(f"{writer.label(word)} {number_of(block.id)}  ", color="#0B4F6C")
    inner = [number, x.run(writer.line(block.title))]
    writer.add("Caption", *writer.marks.around(block.id, inner), keep=True)


def _picture(writer: Writer, svg: str, alt: str, width_mm: float, decorative: bool = False) -> None:
    writer.add("Lhl Picture", _drawing(writer, svg, alt, width_mm, decorative), keep=not decorative)


def _drawing(writer: Writer, svg: str, alt: str, width_mm: float, decorative: bool = False) -> Any:
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


def _table(writer: Writer, table: Table) -> None:
    _caption(writer, table, "table")
    size = 7.0 if table.kind == "annex" or len(table.columns) > 10 else 7.4 if len(table.columns) > 8 else 8.0
    style = {7.0: "LhlCellDense", 7.4: "LhlCellTight"}.get(size, "LhlCell")
    widths = layout.column_widths(table, size * 1.02, LIVE, head=7.1, padding=7.5)
    made = x.table(widths, writer.line(table.title, 240))
    made.append(_head(writer, table, widths))
    for group, rows in layout.grouped(table.rows):
        if group:
            made.append(_spanning(writer.line(group), widths, style))
        for row in rows:
            made.append(_row(writer, table, row, widths, style))
    if not table.rows:
        empty = writer.line(table.empty or writer.content.label("no_rows"))
        made.append(_spanning(empty, widths, style, bold=False))
    writer.append(made)
    writer.add("Lhl Note", x.run(writer.line(table.note, layout.CELL_LIMIT)))


def _head(writer: Writer, table: Table, widths: list[float]) -> Any:
    """The head: mark and name of each column, and its address as a link to its definition."""
    row = x.table_row(head=True)
    for column, width in zip(table.columns, widths, strict=True):
        right = column.kind in layout.NUMERIC
        mark = f"{one_line(column.mark)[:4]} " if column.mark else ""
        inner = [x.run(mark + writer.line(column.label, 200))]
        if column.ref in writer.home:
            reference = x.run(f"\n{column.ref}", size=6, color="#0B4F6C")
            inner.append(x.inner_link(layout.anchor(writer.home[column.ref]), reference))
        row.append(x.table_cell(width, inner, style="LhlHead", right=right, line="thick", bottom=True, keep=True))
    return row


def _spanning(text: str, widths: list[float], style: str, bold: bool = True) -> Any:
    row = x.table_row()
    row.append(
        x.table_cell(sum(widths), [x.run(text, bold=bold)], style=style, span=len(widths), line="thin", keep=bold)
    )
    return row


def _row(writer: Writer, table: Table, row: Row, widths: list[float], style: str) -> Any:
    made = x.table_row()
    line = "thick" if row.total else "thin"
    for column, cell, width in zip(table.columns, row.cells, widths, strict=False):
        right = column.kind in layout.NUMERIC
        made.append(x.table_cell(width, _cell(writer, cell, row.total), style=style, right=right, line=line))
    return made


def _cell(writer: Writer, cell: Cell, bold: bool) -> list[Any]:
    if isinstance(cell, Figure):
        return [x.run(writer.words(format_figure(cell), layout.CELL_LIMIT), bold=bold)]
    if isinstance(cell, tuple):
        return [x.run(writer.words(r.text, layout.CELL_LIMIT), bold=bold or r.strong, lang=_lang(r.lang)) for r in cell]
    return [x.run(writer.words(cell, layout.CELL_LIMIT), bold=bold)]


def _definitions(writer: Writer, block: Definitions) -> None:
    widths = layout.column_widths(layout.definitions_table(writer.content), 7.1, LIVE, head=7.1, padding=7.5)
    made = x.table(widths, writer.label("definitions"))
    head = x.table_row(head=True)
    for key, width in zip(("ref", "name", "text", "rule", "denominator"), widths, strict=True):
        head.append(x.table_cell(width, [x.run(writer.label(f"definition_{key}"))], style="LhlHead", line="thick"))
    made.append(head)
    for tables, columns in layout.definition_groups(writer.content):
        numbers = number_of(tables[0].id) + (f"–{number_of(tables[-1].id)}" if len(tables) > 1 else "")
        title = f"{writer.label('table')} {numbers}  {writer.line(tables[0].title)}"
        made.append(_spanning(title, widths, "LhlCellDense"))
        for column in columns:
            made.append(_definition(writer, column, widths))
    writer.append(made)
    writer.add("Lhl Note")


def _definition(writer: Writer, column: Column, widths: list[float]) -> Any:
    row = x.table_row()
    reference = x.run(writer.line(column.ref, 40), bold=True, color="#0B4F6C")
    first = writer.marks.around(layout.anchor(column.ref), [reference])
    texts = (column.label, column.definition, column.rule, column.denominator or "–")
    cells = [first, *([x.run(writer.line(text, layout.CELL_LIMIT))] for text in texts)]
    for inner, width in zip(cells, widths, strict=True):
        row.append(x.table_cell(width, inner, style="LhlCellDense", line="thin"))
    return row


def _properties(writer: Writer, digest: str) -> None:
    content, properties = writer.content, writer.file.core_properties
    properties.title = writer.line(f"{content.title}: {content.subtitle}", 250)
    properties.author = properties.last_modified_by = writer.label("publisher")[:250]
    properties.language = language_tag(content)
    properties.comments = f"{content.version} {digest}"[:250]
    properties.version = writer.line(content.version, 40)
    properties.created = properties.modified = moment(content).replace(tzinfo=None)
    properties.revision = 1


def _without_clock(data: bytes) -> bytes:
    """The same package with one fixed time on every part in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            entry = zipfile.ZipInfo(item.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, old.read(item))
    return out.getvalue()


_BLOCKS: dict[type, Callable[[Writer, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    KeyFigures: _key_figures,
    Chart: _chart,
    TileMap: _tile_map,
    Table: _table,
    Definitions: _definitions,
}

"""Content as a Word document: real headings, captions, repeated table heads, text alternatives, language.

Page numbers are fields that Word works out itself. The same Content gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import docx
from docx.oxml.ns import qn

from . import charts, layout, render_docx_styles, tilemap
from . import render_docx_xml as x
from .content import (
    Bullets,
    Chart,
    Content,
    Definitions,
    Heading,
    KeyFigures,
    Paragraph,
    Table,
    TileMap,
    content_hash,
    to_json,
)
from .formats import filled, format_figure, format_number, language_tag, moment, number_of
from .render_docx_tables import add_definitions, add_table
from .render_docx_writer import LIVE, Writer, add_caption, add_picture, drawing_run, figure_runs, runs_of
from .render_html import cover_lines
from .render_html_words import FigureUrl


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
        for block, after in pairwise((*chapter.blocks, None)):
            _BLOCKS[type(block)](writer, block)
            if isinstance(block, Paragraph) and isinstance(after, Chart | TileMap | Table):
                writer.last.get_or_add_pPr().get_or_add_keepNext()
    _properties(writer, digest)
    out = io.BytesIO()
    file.save(out)
    return without_clock(out.getvalue())


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
        add_picture(writer, tilemap.decoration(maps[0]), "", 80, decorative=True)
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
    writer.add(styles.get(block.role, "Normal"), *runs_of(writer, block.parts))


def _bullets(writer: Writer, block: Bullets) -> None:
    for item in block.items:
        writer.add("List Bullet", *runs_of(writer, item))


def _key_figures(writer: Writer, block: KeyFigures) -> None:
    """Two cards a row: name, the figure large, of how many, the change, and the trend as a picture."""
    widths = [LIVE / 2, LIVE / 2]
    made = x.table(widths, "", "TableNormal")
    for start in range(0, len(block.cards), 2):
        row = x.table_row()
        for card in block.cards[start : start + 2]:
            of = filled(writer.content, "of_units", format_number(card.of))
            cell = x.table_cell(
                widths[0], [x.run(writer.line(card.label), bold=True, color="#1B2126")], style="LhlCard"
            )
            figure = figure_runs(writer, card.figure, bold=True, size=26, color="#0B4F6C")
            share = x.run(f" {writer.line(of, 80)} · {format_figure(card.share)}")
            cell.append(x.paragraph([*figure[:1], share, *figure[1:]], "LhlCard"))
            change = x.run(format_figure(card.change), bold=True, color="#1B2126")
            note = f" {writer.line(card.change_label)}" + (f" · {writer.line(card.note)}" if card.note else "")
            cell.append(x.paragraph([change, x.run(note)], "LhlCard"))
            if card.year:
                change = x.run(format_figure(card.year), bold=True, color="#1B2126")
                cell.append(x.paragraph([change, x.run(f" {writer.line(card.year_label)}")], "LhlCard"))
            if card.trend:
                drawing = drawing_run(
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
    add_caption(writer, block, "figure")
    add_picture(writer, svg, writer.line(block.alt or block.title, layout.ALT_LIMIT), 166)
    source = filled(writer.content, "numbers_in_table", number_of(block.table)) if block.table else ""
    writer.add("Lhl Note", x.run(writer.line(f"{block.note} {source}", layout.CELL_LIMIT)))


def _properties(writer: Writer, digest: str) -> None:
    content, properties = writer.content, writer.file.core_properties
    properties.title = writer.line(f"{content.title}: {content.subtitle}", 250)
    properties.author = properties.last_modified_by = writer.label("publisher")[:250]
    properties.language = language_tag(content)
    properties.comments = f"{content.version} {digest}"[:250]
    properties.version = writer.line(content.version, 40)
    properties.created = properties.modified = moment(content).replace(tzinfo=None)
    properties.revision = 1


def without_clock(data: bytes) -> bytes:
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
    Table: add_table,
    Definitions: add_definitions,
}

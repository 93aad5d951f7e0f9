"""Content as HTML: the same blocks for the printed page and for the web page.

No value is computed here. Every text goes through ``clean`` and Django's escaping; links are made only from
the addresses that the caller gives, never from words in the content.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from . import charts, layout, tilemap
from .content import (
    Block,
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
)
from .formats import clean, cut, filled, format_figure, format_moment, language_tag, number_of, one_line
from .svg import drawable

FigureUrl = Callable[[Figure], str | None]

LIVE_MM = 166.0
NARROW_MM = 122.0
SHORT_ROWS = 34  # a table of at most so many rows is kept on one page
_GLUE = ".,;:!?)»%"
_OPEN = "(«"


@dataclass
class Medium:
    """What the blocks are drawn for: paper, or a page (``figure_url`` gives each figure's address, if it has
    one).

    ``lift`` moves headings down: a page has its own h1 above the document's chapters. ``unshown`` counts the
    characters that paper cannot show.
    """

    content: Content
    paper: bool
    figure_url: FigureUrl | None = None
    lift: int = 0
    unshown: int = 0

    def __post_init__(self) -> None:
        self.home = layout.definition_of(self.content)
        self.columns = layout.columns_by_ref(self.content)
        self.cut_mark = clean(self.content.label("text_cut"))

    def words(self, text: str, limit: int = layout.TEXT_LIMIT) -> str:
        """``text`` as this medium can show it."""
        text = cut(clean(text), limit, self.cut_mark)
        if not self.paper:
            return text
        text, missing = drawable(text)
        self.unshown += missing
        return text

    def url(self, figure: Figure) -> str:
        """The address behind a figure: only an ordinary web address, or a path on this site for a page."""
        address = (self.figure_url(figure) or "") if self.figure_url else ""
        allowed = ("https://", "http://") if self.paper else ("https://", "http://", "/", "?", "#")
        return address if address.startswith(allowed) and not address.startswith("//") else ""


def page_fragment(content: Content, figure_url: FigureUrl | None = None, *, lift: int = 1) -> SafeString:
    """The blocks as HTML for a web page, without cover and list of contents.

    ``figure_url`` gives the address that leads from a figure to what is behind it, or None. Headings are
    moved down by ``lift`` levels. Needs ``css/document.css``; uses no inline style and no script.
    """
    medium = Medium(content, paper=False, figure_url=figure_url, lift=lift)
    return SafeString(render_to_string("documents/fragment.html", {"chapters": _chapters(medium), "content": content}))


def paper_html(content: Content, digest: str, figure_url: FigureUrl | None = None) -> str:
    """The whole document as HTML for print, with cover and list of contents where it is a note."""
    medium = Medium(content, paper=True, figure_url=figure_url)
    parts = _chapters(medium)
    note = content.is_long
    maps = [block for block in content.blocks if isinstance(block, TileMap)]
    context = {
        "content": content,
        "title": medium.words(one_line(content.title), layout.TITLE_LIMIT),
        "subtitle": medium.words(one_line(content.subtitle), layout.TITLE_LIMIT),
        "lang": language_tag(content),
        "note": note,
        "summary": parts[:1] if note else [],
        "chapters": parts[1:] if note else parts,
        "contents": _contents(medium) if note else None,
        "meta": [(medium.words(n, 200), medium.words(v, 400)) for n, v in cover_lines(content, digest)],
        "cover_map": _data_uri(tilemap.decoration(maps[0])) if maps and note else "",
        "label": {key: medium.words(one_line(value), 200) for key, value in content.labels},
        "running_title": medium.words(one_line(content.title), 90),
        "version_line": medium.words(f"{content.label('version')} {content.version} · {digest[:12]}", 120),
    }
    context["unshown"] = filled(content, "unshown", medium.unshown) if medium.unshown else ""
    return render_to_string("documents/note.html", context)


def cover_lines(content: Content, digest: str) -> list[tuple[str, str]]:
    """The lines of the cover: the document's own, then when its figures were taken, version, language and hash.

    A line that the document has itself is not said again; the hash always comes last.
    """
    own = {name for name, _ in content.meta}
    more = [
        (content.label("frozen_at"), format_moment(content.frozen_at)),
        (content.label("version"), content.version),
        (content.label("language"), f"{content.label('language_name')} ({language_tag(content)})"),
    ]
    return [*content.meta, *(line for line in more if line[0] not in own), (content.label("content_hash"), digest)]


def _contents(medium: Medium) -> dict[str, Any]:
    """Chapters, figures and tables for the list of contents."""
    content = medium.content
    found = layout.chapters(content)
    return {
        "chapters": [
            (layout.safe_id(chapter.heading.id), chapter.number, medium.words(chapter.heading.text, layout.TITLE_LIMIT))
            for chapter in found
            if chapter.heading
        ],
        "figures": [
            _listed(medium, layout.Listed(number_of(drawing.id), drawing.title, drawing.id))
            for drawing in layout.drawings(content)
        ],
        "tables": [_listed(medium, line) for line in layout.listed_tables(content)],
    }


def _listed(medium: Medium, line: layout.Listed) -> tuple[str, str, str]:
    return layout.safe_id(line.target), line.number, medium.words(one_line(line.text), layout.TITLE_LIMIT)


def _chapters(medium: Medium) -> list[dict[str, Any]]:
    """Each chapter with its sections; the opening of a section is kept together on paper."""
    drawn = []
    for chapter in layout.chapters(medium.content):
        blocks: list[Block] = [*([chapter.heading] if chapter.heading else []), *chapter.blocks]
        sections = [_section(medium, part, chapter.number) for part in layout.sections(blocks)]
        drawn.append({"id": layout.safe_id(chapter.heading.id) if chapter.heading else "", "sections": sections})
    return drawn


def _section(medium: Medium, blocks: list[Block], number: str) -> dict[str, Any]:
    """The opening is heading, words and first chart. A table or map that follows words at once stays with
    them."""
    opening = layout.opening(blocks)
    parts = [
        _heading(medium, b, number if b.level == 1 else "") if isinstance(b, Heading) else _block(medium, b)
        for b in blocks
    ]
    follows = blocks[opening] if opening < len(blocks) else None
    worded = not any(isinstance(block, Chart) for block in blocks[:opening])
    return {
        "opening": parts[:opening],
        "rest": parts[opening:],
        "ties": worded and isinstance(follows, Table | KeyFigures | TileMap),
    }


def _heading(medium: Medium, heading: Heading, number: str = "") -> SafeString:
    level = min(6, max(1, heading.level) + medium.lift)
    return _partial(
        "heading",
        level=level,
        id=layout.safe_id(heading.id),
        number=number,
        text=medium.words(one_line(heading.text), layout.TITLE_LIMIT),
    )


def _block(medium: Medium, block: Block) -> SafeString:
    return _DRAWN[type(block)](medium, block)


def _paragraph(medium: Medium, block: Paragraph) -> SafeString:
    return _partial(
        "paragraph",
        role=layout.safe_id(block.role),
        runs=runs_html(medium, block.parts),
        glosses=_glosses(medium, block.parts) if medium.paper else [],
    )


def _bullets(medium: Medium, block: Bullets) -> SafeString:
    figures = tuple(run for item in block.items for run in item)
    return _partial(
        "bullets",
        items=[runs_html(medium, item) for item in block.items],
        glosses=_glosses(medium, figures) if medium.paper else [],
    )


def _glosses(medium: Medium, runs: tuple[Run, ...]) -> list[tuple[str, str]]:
    """The margin's short names of the columns that a paragraph's figures come from, each once."""
    refs = dict.fromkeys(run.ref for run in runs if isinstance(run, Figure) and run.ref in medium.columns)
    return [(ref, medium.words(one_line(medium.columns[ref].label), 80)) for ref in refs]


def runs_html(medium: Medium, runs: tuple[Run, ...]) -> SafeString:
    """Words and figures of a paragraph; a figure, its reference and touching punctuation never part."""
    parts: list[SafeString] = []
    texts = [medium.words(run.text) if isinstance(run, Text) else "" for run in runs]
    for index, run in enumerate(runs):
        if isinstance(run, Text):
            parts.append(_text(run, texts[index]))
            continue
        before = after = ""
        if index and isinstance(runs[index - 1], Text) and texts[index - 1][-1:] in _OPEN and texts[index - 1]:
            before, texts[index - 1] = texts[index - 1][-1], texts[index - 1][:-1]
            parts[-1] = _text(runs[index - 1], texts[index - 1])
        if index + 1 < len(runs) and isinstance(runs[index + 1], Text):
            rest = texts[index + 1].lstrip(_GLUE)
            after, texts[index + 1] = texts[index + 1][: len(texts[index + 1]) - len(rest)][:4], rest
        parts.append(_figure(medium, run, before, after))
    return mark_safe("".join(parts))


def _text(run: Text | Figure, words: str) -> SafeString:
    if not isinstance(run, Text) or not words:
        return SafeString("")
    html = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in words.split("\n")))
    if run.lang and run.lang.isalpha():
        html = format_html('<span lang="{}">{}</span>', run.lang, html)
    return format_html("<strong>{}</strong>", html) if run.strong else html


def _figure(medium: Medium, figure: Figure, before: str = "", after: str = "") -> SafeString:
    value = medium.words(one_line(format_figure(figure)), layout.CELL_LIMIT)
    url = medium.url(figure)
    inner = format_html('<a href="{}">{}</a>', url, value) if url else format_html("{}", value)
    if len(value) > 60:
        return format_html("{}{}{}", before, inner, after)
    reference = SafeString("")
    if medium.paper and figure.ref in medium.home:
        target = layout.anchor(medium.home[figure.ref])
        reference = format_html('\u00a0<a class="ref" href="#{}">[{}]</a>', target, figure.ref)
    return format_html('<span class="figure">{}{}{}{}</span>', before, inner, reference, after)


def _key_figures(medium: Medium, block: KeyFigures) -> SafeString:
    cards = []
    for card in block.cards:
        cards.append(
            {
                "label": medium.words(one_line(card.label), 200),
                "value": medium.words(format_figure(card.figure), 40),
                "url": medium.url(card.figure),
                "ref": card.figure.ref if card.figure.ref in medium.home else "",
                "target": layout.anchor(medium.home.get(card.figure.ref, "")),
                "of": medium.words(filled(medium.content, "of_units", charts.shown(card.of)), 80),
                "share": medium.words(format_figure(card.share), 40),
                "change": medium.words(format_figure(card.change), 40),
                "change_label": medium.words(one_line(card.change_label), 120),
                "note": medium.words(one_line(card.note), 200),
                "year": medium.words(format_figure(card.year), 40) if card.year else "",
                "year_label": medium.words(one_line(card.year_label), 120),
                **_drawing(
                    medium,
                    charts.sparkline(card),
                    charts.sparkline(card, card.alt or card.label),
                    card.alt or card.label,
                ),
            }
        )
    return _partial("key_figures", cards=cards, paper=medium.paper)


def _drawing(medium: Medium, plain: str, titled: str, alt: str) -> dict[str, Any]:
    """On paper an image with a text alternative; on a page the drawing itself, with its title inside."""
    if medium.paper:
        return {"src": _data_uri(plain), "alt": medium.words(one_line(alt), layout.ALT_LIMIT)}
    return {"svg": mark_safe(titled)}


def _data_uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _chart(medium: Medium, block: Chart) -> SafeString:
    return _captioned_drawing(medium, block, charts.draw(block), charts.draw(block, _alt(medium, block)))


def _tile_map(medium: Medium, block: TileMap) -> SafeString:
    return _captioned_drawing(medium, block, tilemap.draw(block), tilemap.draw(block, _alt(medium, block)))


def _alt(medium: Medium, block: Chart | TileMap) -> str:
    """The text alternative; never empty, for a drawing without one would not be there for some readers."""
    words = one_line(block.alt) or one_line(block.title)
    return words[: layout.ALT_LIMIT] or f"{one_line(medium.content.label('figure'))} {number_of(block.id)}"


def _captioned_drawing(medium: Medium, block: Chart | TileMap, plain: str, titled: str) -> SafeString:
    source = filled(medium.content, "numbers_in_table", number_of(block.table)) if block.table else ""
    return _partial(
        "drawing",
        id=layout.safe_id(block.id),
        word=medium.words(one_line(medium.content.label("figure")), 80),
        number=number_of(block.id),
        title=medium.words(one_line(block.title), layout.TITLE_LIMIT),
        note=medium.words(f"{one_line(block.note)} {source}".strip(), layout.CELL_LIMIT),
        **_drawing(medium, plain, titled, _alt(medium, block)),
    )


def _table(medium: Medium, table: Table) -> SafeString:
    numeric = sum(column.kind in layout.NUMERIC for column in table.columns)
    dense = table.kind == "annex" or len(table.columns) > 10
    size = 7.2 if dense else 7.4 if len(table.columns) > 8 else 7.9
    narrow = len(table.columns) <= 4 and numeric >= len(table.columns) - 1
    whole = NARROW_MM if narrow else LIVE_MM
    head = layout.header_column(table)
    return _partial(
        "table",
        paper=medium.paper,
        id=layout.safe_id(table.id),
        word=medium.words(one_line(medium.content.label("table")), 80),
        number=number_of(table.id),
        title=medium.words(one_line(table.title), layout.TITLE_LIMIT),
        note=medium.words(one_line(table.note), layout.CELL_LIMIT),
        empty=medium.words(one_line(table.empty or medium.content.label("no_rows")), 400),
        size="dense" if dense else "tight" if size < 7.9 else "",
        narrow=narrow,
        short=len(table.rows) <= SHORT_ROWS and table.kind == "main",
        widths=_percents(table, size, whole) if medium.paper else [],
        heads=[_head(medium, column, step) for column, step in zip(table.columns, _steps(table), strict=True)],
        span=len(table.columns),
        groups=[
            (
                medium.words(one_line(name), layout.TITLE_LIMIT),
                [_row(medium, table, row, head, hold) for row, hold in layout.held(rows)],
            )
            for name, rows in layout.grouped(table.rows)
        ],
    )


def _percents(table: Table, size: float, whole_mm: float) -> list[str]:
    """The columns' widths in per cent, as a style sheet writes them."""
    whole = whole_mm * 72 / 25.4
    return [f"{100 * width / whole:.2f}" for width in layout.column_widths(table, size, whole)]


def _head(medium: Medium, column: Column, step: str) -> dict[str, str]:
    return {
        "label": medium.words(one_line(column.label), 200),
        "ref": column.ref if column.ref in medium.home else "",
        "target": layout.anchor(medium.home.get(column.ref, "")),
        "mark": medium.words(one_line(column.mark), 4),
        "step": step,
        "kind": "num" if column.kind in layout.NUMERIC else "txt",
    }


def _steps(table: Table) -> list[str]:
    """The step of the scale of each column's mark, as in charts and map; the last, unanswered one is
    white."""
    marked = [column.key for column in table.columns if column.mark and column.mark != "–"]
    return [str(min(marked.index(c.key), 3)) if c.key in marked else "white" for c in table.columns]


def _row(medium: Medium, table: Table, row: Row, head: int, hold: str) -> dict[str, Any]:
    cells = [
        (index == head, "num" if column.kind in layout.NUMERIC else "txt", _cell(medium, cell))
        for index, (column, cell) in enumerate(zip(table.columns, row.cells, strict=False))
    ]
    return {"class": " ".join(filter(None, ("total" if row.total else "", hold))), "cells": cells}


def _cell(medium: Medium, cell: Cell) -> SafeString:
    if isinstance(cell, Figure):
        value = medium.words(format_figure(cell), layout.CELL_LIMIT)
        url = medium.url(cell)
        return format_html('<a href="{}">{}</a>', url, value) if url else format_html("{}", value)
    if isinstance(cell, tuple):
        return mark_safe("".join(_text(run, medium.words(run.text, layout.CELL_LIMIT)) for run in cell))
    return _text(Text(""), medium.words(cell, layout.CELL_LIMIT))


def _definitions(medium: Medium, block: Definitions) -> SafeString:
    content = medium.content
    word = one_line(content.label("table"))
    groups = []
    for tables, columns in layout.definition_groups(content):
        numbers = number_of(tables[0].id)
        name = one_line(tables[0].title)
        if len(tables) > 1:
            numbers, name = f"{numbers}–{number_of(tables[-1].id)}", f"{name} – {one_line(tables[-1].title)}"
        rows = [_definition(medium, column) for column in columns]
        groups.append((medium.words(f"{word} {numbers}", 80), medium.words(name, layout.TITLE_LIMIT), rows))
    keys = ("ref", "name", "text", "rule", "denominator")
    return _partial(
        "definitions",
        heads=[medium.words(one_line(content.label(f"definition_{key}")), 80) for key in keys],
        groups=groups,
        widths=_percents(layout.definitions_table(content), 7.2, LIVE_MM) if medium.paper else [],
        paper=medium.paper,
        name=medium.words(one_line(content.label("definitions")), 80),
    )


def _definition(medium: Medium, column: Column) -> dict[str, str]:
    return {
        "id": layout.anchor(column.ref),
        "ref": column.ref,
        "label": medium.words(one_line(column.label), 200),
        "definition": medium.words(one_line(column.definition), layout.CELL_LIMIT),
        "rule": medium.words(one_line(column.rule), 200),
        "denominator": medium.words(one_line(column.denominator), 200),
    }


def _partial(name: str, /, **context: Any) -> SafeString:
    return SafeString(render_to_string(f"documents/_{name}.html", context))


_DRAWN: dict[type, Callable[[Medium, Any], SafeString]] = {
    Paragraph: _paragraph,
    Bullets: _bullets,
    KeyFigures: _key_figures,
    Chart: _chart,
    TileMap: _tile_map,
    Table: _table,
    Definitions: _definitions,
}

"""Content as HTML: the same blocks for the printed page and for the web page.

No value is computed here. Every text goes through ``clean`` and Django's escaping; links are made only from
the addresses that the caller gives, never from words in the content.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from . import charts, layout, tilemap
from .content import (
    Block,
    Bullets,
    Chart,
    Content,
    Definitions,
    Figure,
    Heading,
    KeyFigures,
    Paragraph,
    Run,
    Table,
    TileMap,
)
from .formats import filled, format_figure, format_moment, format_number, language_tag, number_of, one_line
from .render_html_tables import TableRows, definitions_html, table_rows
from .render_html_words import FigureUrl, Medium, partial, runs_html


def page_fragment(content: Content, figure_url: FigureUrl | None = None, *, lift: int = 1) -> SafeString:
    """The blocks as HTML for a web page, without cover and list of contents.

    ``figure_url`` gives the address that leads from a figure to what is behind it, or None. Headings are
    moved down by ``lift`` levels. Needs ``css/document.css``; uses no inline style and no script.
    """
    medium = Medium(content, paper=False, figure_url=figure_url, lift=lift)
    return SafeString(
        render_to_string("documents/fragment.html", {"chapters": chapters_of(medium), "content": content})
    )


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


def chapters_of(medium: Medium) -> list[dict[str, Any]]:
    """Each chapter with its sections; the opening of a section is kept together on paper."""
    drawn = []
    for chapter in layout.chapters(medium.content):
        blocks: list[Block] = [*([chapter.heading] if chapter.heading else []), *chapter.blocks]
        sections = [_section(medium, part, chapter.number) for part in layout.sections(blocks)]
        heading = chapter.heading
        drawn.append(
            {
                "id": layout.safe_id(heading.id) if heading else "",
                "title": f"{chapter.number} {_title(medium, heading)}".strip() if heading else "",
                "sections": sections,
            }
        )
    return drawn


def _section(medium: Medium, blocks: list[Block], number: str) -> dict[str, Any]:
    """The opening is heading, words and first chart. A table or map that follows words at once stays with
    them."""
    opening = layout.opening(blocks)
    parts = [
        _heading(medium, block, number if block.level == 1 else "")
        if isinstance(block, Heading)
        else _table(medium, block, before)
        if isinstance(block, Table)
        else Part(_block(medium, block))
        for before, block in pairwise([None, *blocks])
    ]
    follows = blocks[opening] if opening < len(blocks) else None
    worded = not any(isinstance(block, Chart) for block in blocks[:opening])
    return {
        "opening": parts[:opening],
        "rest": parts[opening:],
        "ties": worded and isinstance(follows, Table | KeyFigures | TileMap),
    }


@dataclass(frozen=True)
class Part:
    """A block's HTML; a table is a ``TableRows`` instead, which gives its HTML whole or in runs of rows."""

    html: SafeString
    starts: bool = False


def _table(medium: Medium, table: Table, before: Block | None) -> TableRows:
    """In a note on paper, an annex table begins a page when it follows another, so that each county's can be taken
    out."""
    follows = isinstance(before, Table) and before.kind == table.kind == "annex"
    return table_rows(medium, table, starts=medium.paper and medium.content.kind == "note" and follows)


def _heading(medium: Medium, heading: Heading, number: str = "") -> Part:
    level = min(6, max(1, heading.level) + medium.lift)
    return Part(
        partial(
            "heading", level=level, id=layout.safe_id(heading.id), number=number, text=_title(medium, heading),
        )
    )  # fmt: skip


def _title(medium: Medium, heading: Heading) -> str:
    return medium.words(one_line(heading.text), layout.TITLE_LIMIT)


def _block(medium: Medium, block: Block) -> SafeString:
    return _DRAWN[type(block)](medium, block)


def _paragraph(medium: Medium, block: Paragraph) -> SafeString:
    return partial(
        "paragraph",
        role=layout.safe_id(block.role),
        runs=runs_html(medium, block.parts),
        glosses=_glosses(medium, block.parts) if medium.paper else [],
    )


def _bullets(medium: Medium, block: Bullets) -> SafeString:
    figures = tuple(run for item in block.items for run in item)
    return partial(
        "bullets",
        items=[runs_html(medium, item) for item in block.items],
        glosses=_glosses(medium, figures) if medium.paper else [],
    )


def _glosses(medium: Medium, runs: tuple[Run, ...]) -> list[tuple[str, str]]:
    """The margin's short names of the columns that a paragraph's figures come from, each once."""
    refs = dict.fromkeys(run.ref for run in runs if isinstance(run, Figure) and run.ref in medium.columns)
    return [(ref, medium.words(one_line(medium.columns[ref].label), 80)) for ref in refs]


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
                "of": medium.words(filled(medium.content, "of_units", format_number(card.of)), 80),
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
    return partial("key_figures", cards=cards, paper=medium.paper)


def _drawing(medium: Medium, plain: str, titled: str, alt: str) -> dict[str, Any]:
    """On paper an image with a text alternative; on a page the drawing itself, with its title inside."""
    if medium.paper:
        return {"src": data_uri(plain), "alt": medium.words(one_line(alt), layout.ALT_LIMIT)}
    return {"svg": mark_safe(titled)}


def data_uri(svg: str) -> str:
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
    return partial(
        "drawing",
        id=layout.safe_id(block.id),
        word=medium.words(one_line(medium.content.label("figure")), 80),
        number=number_of(block.id),
        title=medium.words(one_line(block.title), layout.TITLE_LIMIT),
        note=medium.words(f"{one_line(block.note)} {source}".strip(), layout.CELL_LIMIT),
        **_drawing(medium, plain, titled, _alt(medium, block)),
    )


_DRAWN: dict[type, Callable[[Medium, Any], SafeString]] = {
    Paragraph: _paragraph,
    Bullets: _bullets,
    KeyFigures: _key_figures,
    Chart: _chart,
    TileMap: _tile_map,
    Definitions: definitions_html,
}

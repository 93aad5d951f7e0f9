"""Content as HTML for print: a cover, a list of contents, and stretches that each begin a page.

A stretch is laid out by itself, so it says nothing of its place in the document, of the version or of the hash: page
numbers and the line at the foot are laid over it afterwards, and its links lead to numbered places (``Drawable``).
What is the same in two documents is then the same HTML.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from . import layout, tilemap
from .content import Chart, Content, Definitions, Heading, Table, TileMap
from .formats import filled, language_tag, number_of, one_line
from .render_html import Part, chapters_of, cover_lines, data_uri
from .render_html_tables import TableRows
from .render_html_words import FigureUrl, Medium

RUN = 250
"""So many rows of a long table are laid out at a time."""

PLACE = "https://place.invalid/"
"""A link in a stretch leads to this and a number; RFC 2606 keeps the name for what is nowhere."""

_LINK = re.compile(r' href="([^"]*)"')  # no text can hold it: a quotation mark in a text is written &quot;


SUMMARY, BODY = ('<div class="summary">', "</div>"), ('<div class="body">', "</div>")
Item = str | Part | TableRows


@dataclass(frozen=True)
class Drawable:
    """HTML to lay out. In a whole document, number ``n`` of its links leads to ``addresses[n]``: an address of the web,
    or ``#`` and a place in the document. With ``cut``, a table has more rows than these: they began with ``row`` of
    ``item``, and those that come on the last page may not be all that will stand there."""

    html: str
    addresses: list[str] = field(default_factory=list)
    cut: TableRows | None = None
    item: int = 0
    row: int = 0


@dataclass(frozen=True)
class Stretch:
    """Blocks that are laid out together from the top of a page. ``goes_on``: their chapter began in another."""

    frame: tuple[str, str]
    title: str
    items: tuple[Item, ...]
    goes_on: bool = False

    def run(self, item: int, row: int) -> Drawable:
        """From ``row`` of ``items[item]`` to the end, or to the first ``RUN`` rows of a table that has more left."""
        found: list[str] = []
        later = bool(item or row)
        for index in range(item, len(self.items)):
            part, first = self.items[index], row if index == item else 0
            if isinstance(part, TableRows) and part.size - first > RUN:
                found.append(part.some(first, first + RUN))
                return Drawable(self._framed(found, later), cut=part, item=index, row=first)
            if isinstance(part, TableRows) and first:
                found.append(part.some(first, part.size))
            else:
                found.append(part if isinstance(part, str) else part.html)
        return Drawable(self._framed(found, later))

    def _framed(self, found: list[str], later: bool) -> str:
        going = format_html(' goes-on" data-chapter="{}', self.title) if later or self.goes_on else ""
        return f'{self.frame[0]}<div class="chapter{going}">{"".join(found)}</div>{self.frame[1]}'


class Paper:
    """A document for print."""

    def __init__(self, content: Content, digest: str, figure_url: FigureUrl | None = None) -> None:
        self.content = content
        self.long = content.is_long
        self._medium = medium = Medium(content, paper=True, figure_url=figure_url)
        self._chapters = chapters_of(medium)
        self._targets = _targets(content)
        maps = [block for block in content.blocks if isinstance(block, TileMap)]
        self._context = {
            "content": content,
            "title": medium.words(one_line(content.title), layout.TITLE_LIMIT),
            "subtitle": medium.words(one_line(content.subtitle), layout.TITLE_LIMIT),
            "lang": language_tag(content),
            "meta": [(medium.words(n, 200), medium.words(v, 400)) for n, v in cover_lines(content, digest)],
            "cover_map": data_uri(tilemap.decoration(maps[0])) if maps and self.long else "",
            "label": {key: medium.words(one_line(value), 200) for key, value in content.labels},
            "running_title": medium.words(one_line(content.title), 90),
            "version_line": medium.words(f"{content.label('version')} {content.version} · {digest[:12]}", 120),
        }
        self._context["unshown"] = filled(content, "unshown", medium.unshown) if medium.unshown else ""

    def cover(self) -> Drawable:
        return self._drawable(self._part("cover"))

    def short(self) -> Drawable:
        """The whole of a document that has no cover."""
        return self._drawable(self._short())

    def stretches(self) -> Iterator[Stretch]:
        """What comes after the cover: the summary, which the list of contents follows, then the chapters, and in an
        annex each table that begins a page."""
        for chapter, frame in zip(self._chapters, (SUMMARY, *[BODY] * len(self._chapters)), strict=False):
            yield from _stretches(chapter, frame)

    def contents(self, pages: dict[str, int]) -> Drawable:
        """The list of contents, with the page of each place, counted from 1."""
        return self._drawable(self._contents(lambda target: pages.get(target, "")))

    def run(self, stretch: Stretch, item: int = 0, row: int = 0) -> Drawable:
        """A stretch, from ``row`` of its ``item`` on, as far as one run goes."""
        found = stretch.run(item, row)
        placed = self._drawable(found.html)
        return replace(found, html=placed.html, addresses=placed.addresses)

    def feet(self, pages: int) -> Drawable:
        """So many empty pages with version and page number at the foot."""
        return Drawable(self._page('<div class="foot"></div>' * pages, placed=True))

    def whole(self) -> str:
        """All in one HTML document, whose style sheets count the pages: for a plain run of a layout engine."""
        if not self.long:
            return self._page(self._short(), placed=True)
        summary, *chapters = (_whole(chapter) for chapter in self._chapters)
        listed = self._contents(lambda target: None)
        parts = (self._part("cover"), *SUMMARY[:1], summary, *SUMMARY[1:], listed, *BODY[:1], *chapters, *BODY[1:])
        return self._page("".join(parts), placed=True)

    # --- templates ----------------------------------------------------------------------------------

    def _short(self) -> str:
        return "".join((self._part("receipt"), BODY[0], *(_whole(chapter) for chapter in self._chapters), BODY[1]))

    def _contents(self, page: Callable[[str], object]) -> str:
        medium = self._medium

        def listed(lines: Iterable[layout.Listed]) -> list[tuple[str, str, str, object]]:
            found = [(layout.safe_id(line.target), line) for line in lines]
            return [
                (target, line.number, medium.words(one_line(line.text), layout.TITLE_LIMIT), page(target))
                for target, line in found
            ]

        drawings = layout.drawings(self.content)
        return self._part(
            "contents",
            chapters=listed(
                layout.Listed(chapter.number, chapter.heading.text, chapter.heading.id)
                for chapter in layout.chapters(self.content)
                if chapter.heading
            ),
            figures=listed(layout.Listed(number_of(block.id), block.title, block.id) for block in drawings),
            tables=listed(layout.listed_tables(self.content)),
        )

    def _part(self, name: str, **more: object) -> str:
        return render_to_string(f"documents/_paper_{name}.html", {**self._context, **more})

    def _page(self, body: str, *, placed: bool) -> str:
        """``body`` in its document. One that is ``placed`` knows its version and the words about pages."""
        return self._part("page", body=mark_safe(body), placed=placed)

    def _drawable(self, body: str) -> Drawable:
        addresses: dict[str, int] = {}

        def placed(found: re.Match[str]) -> str:
            address = entities.unescape(found[1])
            if address.startswith("#") and address[1:] not in self._targets:
                return ""
            return f' href="{PLACE}{addresses.setdefault(address, len(addresses))}"'

        html = _LINK.sub(placed, self._page(body, placed=False))
        return Drawable(html, list(addresses))


def _targets(content: Content) -> set[str]:
    """Every place that a link of the document can lead to."""
    found = {
        layout.safe_id(block.id) for block in content.blocks if isinstance(block, Heading | Table | Chart | TileMap)
    }
    found |= {layout.safe_id(chapter.heading.id) for chapter in layout.chapters(content) if chapter.heading}
    if any(isinstance(block, Definitions) for block in content.blocks):
        found |= {layout.anchor(column.ref) for _, columns in layout.definition_groups(content) for column in columns}
    return found


def _whole(chapter: dict[str, Any]) -> str:
    return render_to_string("documents/_chapter.html", {"chapter": chapter})


def _stretches(chapter: dict[str, Any], frame: tuple[str, str]) -> Iterator[Stretch]:
    """A chapter cut before each table that begins a page."""
    items: list[Item] = []
    goes_on = False
    for section in chapter["sections"]:
        ties = " ties" if section["ties"] else ""
        opening = "".join(part.html for part in section["opening"])
        items.append(f'<div class="opening{ties}">{opening}</div>')
        for part in section["rest"]:
            if part.starts:
                yield Stretch(frame, chapter["title"], tuple(items), goes_on)
                items, goes_on = [], True
            items.append(part)
    yield Stretch(frame, chapter["title"], tuple(items), goes_on)

"""One piece of a PDF: HTML laid out and written by itself, so that no more than its few pages are held at a time."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Any

import pydyf
import weasyprint
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from .pause import no_collections
from .pieces import Keeper, Mark, Piece, Spot, unpacked
from .render_html_paper import RUN, Drawable
from .render_html_tables import ROW, TableRows
from .renderer import fingerprint

_CSS = Path(__file__).resolve().parents[2] / "static" / "css"
STYLES = (_CSS / "print.css", _CSS / "print-feet.css")
"""The style sheet of the pages, and that of what stands at their foot."""

FONTS = Path(__file__).resolve().parent / "fonts.conf"
POINTS = 0.75
"""Points in a pixel of a style sheet."""

_environment = threading.Lock()


class BundledOnly(URLFetcher):
    """Opens ``data:`` addresses, which carry their own bytes, and refuses all others."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> object:
        """The bytes inside a ``data:`` address. Raises ValueError for every other address."""
        if not url.lower().startswith("data:"):
            raise ValueError(f"a document opens no address: {url[:100]}")
        return super().fetch(url, headers)


def bundled_fonts() -> FontConfiguration:
    """A font configuration that knows the bundled fonts and no others.

    Fontconfig reads the name of its file from the environment and from there alone; it is set only for the
    moment in which it is read, because programs started from this process need the machine's own fonts.
    """
    with _environment:
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(FONTS)
        try:
            return FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


class Drawer:
    """Draws the pieces of one document with the same fonts and style sheets."""

    def __init__(self, keeper: Keeper) -> None:
        self.fetcher = BundledOnly()
        self._keeper = keeper
        self._fonts = bundled_fonts()
        self._page, self._foot = (
            weasyprint.CSS(string=path.read_text("utf-8"), font_config=self._fonts, url_fetcher=self.fetcher)
            for path in STYLES
        )

    def once(self, drawable: Drawable) -> Piece:
        """A piece that no other document has: the cover, the list of contents."""
        return self._drawn(drawable)

    def kept(self, drawable: Drawable) -> Piece:
        """A piece that may have been drawn before, for this document or for another."""
        key = _key(drawable)
        packed = self._keeper.get(key)
        found = unpacked(packed) if packed is not None else None
        if found is None:
            found = self._drawn(drawable)
            self._keeper.put(key, found.packed())
        return found

    def feet(self, drawable: Drawable) -> Piece:
        """What is laid over the pages. It has no tags, for it is no part of what is read."""
        return self._drawn(drawable, tags=False, foot=True)

    def shell(self, title: str, language: str) -> weasyprint.Document:
        """An empty page, for what a document has but once."""
        html = f'<html lang="{language}"><head><title>-</title></head><body></body></html>'
        document = weasyprint.HTML(string=html, url_fetcher=self.fetcher).render(
            stylesheets=[self._page], font_config=self._fonts
        )
        document.metadata.title = title
        return document

    def _drawn(self, drawable: Drawable, *, tags: bool = True, foot: bool = False) -> Piece:
        with no_collections():
            return self._laid_out(drawable, tags, self._foot if foot else self._page)

    def _laid_out(self, drawable: Drawable, tags: bool, style: weasyprint.CSS) -> Piece:
        page = weasyprint.HTML(string=drawable.html, url_fetcher=self.fetcher)
        document = page.render(stylesheets=[style], font_config=self._fonts)
        next_row = None
        if drawable.cut is not None:
            pages, next_row = _whole_pages(document.pages, drawable.cut, drawable.row)
            document = document.copy(pages)

        def finish(_document: weasyprint.Document, pdf: pydyf.PDF) -> None:
            _without_outlines(pdf)
            _own_ids(pdf, _of_its_own(drawable)[:12])

        data = document.write_pdf(pdf_tags=tags, pdf_version="1.7", finisher=finish)
        places, marks = _places(document.pages), _marks(document.pages)
        return Piece(data, len(document.pages), places, marks, _glyphs(document), next_row)


def _of_its_own(drawable: Drawable) -> str:
    """What no other piece has: a hash of the HTML and where it may be cut. What is written into the file comes from
    this alone, so that a change of the renderer's code by itself changes no byte of it."""
    cut = f"{drawable.cut.context['id']} {drawable.row}" if drawable.cut is not None else ""
    return hashlib.sha256(f"{cut}\0{drawable.html}".encode()).hexdigest()


def _key(drawable: Drawable) -> str:
    """What a piece that is kept follows from: the renderer, Pango, which comes with the machine, and what is drawn."""
    parts = (fingerprint(), str(pango.pango_version()), _of_its_own(drawable))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _whole_pages(pages: list[Any], table: TableRows, first: int) -> tuple[list[Any], int]:
    """The pages before the last one that begins with a row of ``table``, and that row: what stands on the last page of
    a run goes to the next run, which fills the page. All pages where none begins so."""
    ids = {table.row_id(row): row for row in range(first, first + RUN)}
    here = [sorted(ids[name] for name in page.anchors if name in ids) for page in pages]
    for number in range(len(pages) - 1, 0, -1):
        rows, before = here[number], here[number - 1]
        if rows and rows[0] not in before and rows[0] > first:  # one that is on both was parted
            return pages[:number], rows[0]
    return pages, first + RUN


def _places(pages: list[Any]) -> dict[str, Spot]:
    """Where each id stands; those of rows serve only the cutting."""
    found: dict[str, Spot] = {}
    for number, page in enumerate(pages):
        for name, (x, y, *_size) in page.anchors.items():
            if not name.startswith(ROW):
                found.setdefault(name, _spot(number, page, x, y))
    return found


def _marks(pages: list[Any]) -> tuple[Mark, ...]:
    return tuple(
        Mark(level, words, _spot(number, page, x, y))
        for number, page in enumerate(pages)
        for level, words, (x, y), _state in page.bookmarks
    )


def _spot(number: int, page: Any, x: float, y: float) -> Spot:
    return number, round(x * POINTS, 2), round((page.height - y) * POINTS, 2)


# --- what WeasyPrint wrote, put right before it is bytes ---------------------------------------------


def _without_outlines(pdf: pydyf.PDF) -> None:
    """Take the fonts' outlines away: all pieces of a document share them, and they are put in when it is joined."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/FontDescriptor":
            number = int(item.pop("FontFile2").split()[0])
            pdf.objects[number].stream = []


def _own_ids(pdf: pydyf.PDF, prefix: str) -> None:
    """Give the heads of tables ids that no other piece has. The cells that name them hold the same objects."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and isinstance(item.get("ID"), pydyf.String):
            item["ID"].string = f"{prefix}-{item['ID'].string}"


def _glyphs(document: weasyprint.Document) -> dict[str, tuple[int, ...]]:
    """The glyphs drawn, by the font's name in the PDF."""
    found: dict[str, set[int]] = {}
    for font in document.fonts.values():
        found.setdefault(font.name.decode().lstrip("/"), set()).update(font.to_unicode)
    return {name: tuple(sorted(glyphs)) for name, glyphs in sorted(found.items())}

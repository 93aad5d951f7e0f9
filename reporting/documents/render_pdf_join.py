"""Pieces of a PDF put together: their pages, tags, places, bookmarks and links, and the fonts they share.

What WeasyPrint writes of a document but once (title, output intent, attachment, XMP) comes with ``shell``, the PDF of
an empty page that is taken away.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, Stream, String

from .pieces import Mark, Piece
from .render_html_paper import PLACE

_FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts" / "print"
_NO_USE = ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "JSTF", "LTSH", "PCLT"]
FOOT = Name("/Foot")


@dataclass(frozen=True)
class Placed:
    """A piece and what its links lead to: number ``n`` to ``addresses[n]``, which is ``#`` and a place of any piece, or
    an address of the web."""

    piece: Piece
    addresses: Sequence[str] = ()


def joined(shell: bytes, parts: Sequence[Placed], feet: Piece, *, bare: int) -> Pdf:
    """The document. ``feet`` has a page for each page of the parts, that is laid over it, but for the ``bare`` first.

    The same arguments give the same document, object by object.
    """
    pdf = pikepdf.open(io.BytesIO(shell))
    tree = _Tree(pdf)
    places: dict[str, Array] = {}
    marks: list[tuple[Mark, Array]] = []
    for part in parts:
        pages = _added(pdf, tree, part.piece.data)
        for name, (page, x, y) in part.piece.places.items():
            places.setdefault(name, Array([pages[page], Name.XYZ, x, y, 0]))
        marks += [
            (mark, Array([pages[mark.spot[0]], Name.XYZ, mark.spot[1], mark.spot[2], 0])) for mark in part.piece.marks
        ]
        _lead(pages, part.addresses)
    del pdf.pages[0]
    _lay_over(pdf, feet.data, bare)
    _outline_fonts(pdf, [*(part.piece for part in parts), feet])
    pdf.Root.StructTreeRoot = tree.root
    _name(pdf, places)
    _bookmark(pdf, marks)
    return pdf


def _added(pdf: Pdf, tree: _Tree, data: bytes) -> list[Any]:
    """The pages of a piece, put after those that are there. The piece is closed at once: read, it takes many times the
    room of its bytes."""
    first = len(pdf.pages)
    with pikepdf.open(io.BytesIO(data)) as source:
        pdf.pages.extend(source.pages)
        pages = [page.obj for page in pdf.pages[first:]]
        tree.add(pages, pdf.copy_foreign(source.Root.StructTreeRoot))
    return pages


class _Tree:
    """The tags of all pieces under one Document, in their order."""

    def __init__(self, pdf: Pdf) -> None:
        self._numbers = Array()
        self._next = 0
        self.root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._document = pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Document, P=self.root, K=Array())
        )  # fmt: skip
        self.root.K = Array([self._document])
        self.root.ParentTree = pdf.make_indirect(Dictionary(Nums=self._numbers))
        self._numbers = self.root.ParentTree.Nums

    def add(self, pages: list[Any], root: Any) -> None:
        """The tags of one piece: its numbers go on after those that are there."""
        first = self._next
        for element in root.K[0].K:
            element.P = self._document
            self._document.K.append(element)
        pairs = list(root.ParentTree.Nums)
        for number, tagged in zip(pairs[::2], pairs[1::2], strict=True):
            self._next = max(self._next, first + int(number) + 1)
            self._numbers.append(first + int(number))
            self._numbers.append(tagged)
        for page in pages:
            page.StructParents = first + int(page.StructParents)
            for note in page.get("/Annots", ()):
                note.StructParent = first + int(note.StructParent)


def _lead(pages: list[Any], addresses: Sequence[str]) -> None:
    """Let the links of a piece lead where they should, and be printed, as PDF/A wants all that is drawn."""
    for page in pages:
        for note in page.get("/Annots", ()):
            address = addresses[int(str(note.A.URI).removeprefix(PLACE))]
            note.F = 4
            if address.startswith("#"):
                del note.A
                note.Dest = note.Contents = String(address[1:])
            else:
                note.A.URI = note.Contents = String(address)


def _lay_over(pdf: Pdf, feet: bytes, bare: int) -> None:
    """Lay each page's foot over it, marked as what is no part of the text."""
    before = pdf.make_indirect(Stream(pdf, b"q"))
    after = pdf.make_indirect(Stream(pdf, b"Q /Artifact <</Type /Pagination>> BDC q /Foot Do Q EMC"))
    with pikepdf.open(io.BytesIO(feet)) as source:
        for number, page in enumerate(pdf.pages):
            if number < bare:
                continue
            own = Dictionary(page.obj.Resources)
            own.XObject = Dictionary(own.get("/XObject", Dictionary()))
            own.XObject[FOOT] = pdf.copy_foreign(source.pages[number].as_form_xobject())
            page.obj.Resources = own
            page.obj.Contents = Array([before, page.obj.Contents, after])


def _outline_fonts(pdf: Pdf, pieces: Sequence[Piece]) -> None:
    """Give all fonts of one name the same outlines: those of every glyph that any piece draws."""
    glyphs: dict[str, set[int]] = {}
    for piece in pieces:
        for name, some in piece.glyphs.items():
            glyphs.setdefault(name, set()).update(some)
    files = {name: _outlines(pdf, name, some) for name, some in sorted(glyphs.items())}
    for font in _fonts(pdf):
        descriptor = font.DescendantFonts[0].FontDescriptor
        descriptor.FontFile2 = files[str(descriptor.FontName).lstrip("/")]


def _fonts(pdf: Pdf) -> Iterator[Any]:
    """Every font of the pages and of their feet."""
    for page in pdf.pages:
        resources = page.obj.Resources
        foot = resources.get("/XObject", {}).get(str(FOOT))
        for place in (resources, foot.Resources if foot is not None else {}):
            yield from place.get("/Font", {}).values()


def _outlines(pdf: Pdf, name: str, glyphs: set[int]) -> Stream:
    """The bundled font of that name with these glyphs alone, under the numbers they have in it."""
    options = subset.Options(
        retain_gids=True, hinting=False, notdef_outline=True, glyph_names=False, recalc_timestamp=False, name_IDs=[],
        drop_tables=_NO_USE,
    )  # fmt: skip
    weight = "SemiBold" if "Bold" in name else "Regular"
    out = io.BytesIO()
    with TTFont(_FONTS / f"Inter-{weight}.ttf", recalcTimestamp=False, lazy=True) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(gids=sorted(glyphs))
        subsetter.subset(font)
        font.save(out)
    return pdf.make_indirect(Stream(pdf, out.getvalue(), Length1=len(out.getvalue())))


def _name(pdf: Pdf, places: dict[str, Array]) -> None:
    """The places by name, in the order of a name tree: that of their bytes."""
    names = Array()
    for name in sorted(places, key=str.encode):
        names.append(String(name))
        names.append(places[name])
    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    pdf.Root.Names.Dests = pdf.make_indirect(Dictionary(Names=names))


def _bookmark(pdf: Pdf, marks: list[tuple[Mark, Array]]) -> None:
    """The bookmarks, each under the last one of a lesser depth."""
    with pdf.open_outline() as outline:
        above: list[tuple[int, OutlineItem]] = []
        for mark, target in marks:
            item = OutlineItem(mark.words, target)
            above = [(level, other) for level, other in above if level < mark.level]
            (above[-1][1].children if above else outline.root).append(item)
            above.append((mark.level, item))

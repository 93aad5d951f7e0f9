"""The parts of a Word file that python-docx has no words for: fields, bookmarks, links, language, table
marks."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache, lru_cache
from typing import Any

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, nsmap, qn
from docx.oxml.parser import oxml_parser

from .formats import clean

NBSP = "\u00a0"
_NAMESPACE = {"w": nsmap["w"]}


def element(name: str, /, **attributes: str) -> Any:
    """``<w:name w:key="value">``."""
    made = oxml_parser.makeelement(_tag(name), nsmap=_NAMESPACE)
    for key, value in attributes.items():
        made.set(_tag(key), value)
    return made


@cache
def _tag(name: str) -> str:
    return qn(f"w:{name}")


def run(text: str, **looks: Any) -> Any:
    """A run of words. ``looks``: bold, size (points), color, lang, style, superscript."""
    made = element("r")
    if any(looks.values()):
        made.append(deepcopy(_run_properties(**looks)))
    for index, line in enumerate(clean(text).split("\n")):
        if index:
            made.append(element("br"))
        for part, words in enumerate(line.split("\t")):
            if part:
                made.append(element("tab"))
            _words(made, words)
    return made


@lru_cache(1_000)
def _run_properties(**looks: Any) -> Any:
    properties = element("rPr")
    if looks.get("style"):
        properties.append(element("rStyle", val=looks["style"]))
    if looks.get("bold"):
        properties.append(element("b"))
    if looks.get("color"):
        properties.append(element("color", val=looks["color"].lstrip("#")))
    if looks.get("size"):
        half = str(round(looks["size"] * 2))
        properties.append(element("sz", val=half))
        properties.append(element("szCs", val=half))
    if looks.get("lang"):
        properties.append(element("lang", val=looks["lang"]))
    return properties


def _words(made: Any, words: str) -> None:
    """Words of a run; Word draws a soft hyphen only as an element of its own."""
    for number, piece in enumerate(words.split("\u00ad")):
        if number:
            made.append(element("softHyphen"))
        if piece:
            text = element("t")
            text.text = piece
            text.set(qn("xml:space"), "preserve")
            made.append(text)


def field(code: str, shown: str = "", dirty: bool = True, **looks: Any) -> list[Any]:
    """A field that Word works out itself (a page number); ``dirty`` asks Word to do so when it opens the
    file."""
    begin = element("r")
    start = element("fldChar", fldCharType="begin")
    if dirty:
        start.set(qn("w:dirty"), "true")
    begin.append(start)
    instruction = element("r")
    words = element("instrText")
    words.text = f" {code} "
    words.set(qn("xml:space"), "preserve")
    instruction.append(words)
    middle, end = element("r"), element("r")
    middle.append(element("fldChar", fldCharType="separate"))
    end.append(element("fldChar", fldCharType="end"))
    return [begin, instruction, middle, run(shown, **looks), end]


def bookmark_name(name: str) -> str:
    """A name that Word takes for a bookmark: letters, digits and underscores, at most 40."""
    return ("b_" + re.sub(r"[^A-Za-z0-9]+", "_", name))[:40]


class Bookmarks:
    """Numbers the bookmarks of one document."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def around(self, name: str, inner: list[Any]) -> list[Any]:
        """``inner`` between the marks of the bookmark ``name``; without marks where the name is already
        taken."""
        key = bookmark_name(name)
        if key in self._used:
            return inner
        number = str(len(self._used) + 1)
        self._used[key] = int(number)
        return [element("bookmarkStart", id=number, name=key), *inner, element("bookmarkEnd", id=number)]


def inner_link(target: str, *runs: Any) -> Any:
    """A link to a bookmark of the same document."""
    link = element("hyperlink", anchor=bookmark_name(target), history="1")
    link.extend(runs)
    return link


def outer_link(part: Any, address: str, *runs: Any) -> Any:
    """A link to an address outside the document."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), part.relate_to(address, kind, is_external=True))
    link.extend(runs)
    return link


def table(widths: list[float], title: str, looks: str = "LhlTable") -> Any:
    """An empty ``w:tbl`` of fixed widths (points); ``title`` is its text alternative."""
    made = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{looks}"/><w:tblW w:type="dxa" w:w="{twips(sum(widths))}"/>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
        '</w:tblCellMar><w:tblLook w:val="0420" w:firstRow="1" w:noVBand="1"/></w:tblPr><w:tblGrid/></w:tbl>'
    )
    if title:
        properties = made.find(qn("w:tblPr"))
        properties.append(element("tblCaption", val=clean(title)[:250]))
    grid = made.find(qn("w:tblGrid"))
    for width in widths:
        grid.append(element("gridCol", w=twips(width)))
    return made


def table_row(head: bool = False) -> Any:
    """A row that a page's end does not tear; a ``head`` is repeated on every page."""
    made = element("tr")
    properties = element("trPr")
    properties.append(element("cantSplit"))
    if head:
        properties.append(element("tblHeader"))
    made.append(properties)
    return made


def table_cell(width: float, content: list[Any], **looks: Any) -> Any:
    """A cell with one paragraph. ``looks``: style, right, span, line (bottom border: thin, thick), keep,
    fill."""
    made = element("tc")
    made.append(deepcopy(_cell_properties(twips(width), looks.get("span"), looks.get("line"), looks.get("bottom"))))
    made.append(paragraph(content, looks.get("style", ""), right=looks.get("right"), keep=looks.get("keep")))
    return made


@lru_cache(1_000)
def _cell_properties(width: str, span: int | None, line: str | None, bottom: bool | None) -> Any:
    properties = element("tcPr")
    properties.append(element("tcW", w=width, type="dxa"))
    if span:
        properties.append(element("gridSpan", val=str(span)))
    if line:
        borders = element("tcBorders")
        thick = line == "thick"
        color = "1B2126" if thick else "DDE1E4"
        borders.append(element("bottom", val="single", sz="6" if thick else "3", space="0", color=color))
        properties.append(borders)
    if bottom:
        properties.append(element("vAlign", val="bottom"))
    return properties


def paragraph(content: list[Any], style: str = "", right: bool | None = False, keep: bool | None = False) -> Any:
    """A paragraph of runs, links and marks."""
    made = element("p")
    if style or keep or right:
        made.append(deepcopy(_paragraph_properties(style, bool(keep), bool(right))))
    made.extend(content)
    return made


@lru_cache(1_000)
def _paragraph_properties(style: str, keep: bool, right: bool) -> Any:
    properties = element("pPr")
    if style:
        properties.append(element("pStyle", val=style))
    if keep:
        properties.append(element("keepNext"))
    if right:
        properties.append(element("jc", val="right"))
    return properties


def twips(points: float) -> str:
    """Points as the twentieths that Word counts in."""
    return str(round(points * 20))

"""The looks of a Word document, as styles that its readers can change in one place."""

from __future__ import annotations

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from .render_docx_xml import element

FONT = "Arial"  # on every machine that has Word
INK, SECOND, ACCENT = RGBColor(0x1B, 0x21, 0x26), RGBColor(0x56, 0x61, 0x6B), RGBColor(0x0B, 0x4F, 0x6C)

# name, based on, size, line (0: single), before, after, bold, colour
_PARAGRAPHS = (
    ("Normal", "", 9.5, 14, 0, 6, False, INK),
    ("Title", "", 34, 0, 0, 6, True, INK),
    ("Subtitle", "", 15, 0, 0, 12, False, INK),
    ("Heading 1", "", 20, 0, 30, 10, True, INK),
    ("Heading 2", "", 12.5, 0, 18, 5, True, INK),
    ("Heading 3", "", 10, 0, 12, 4, True, INK),
    ("Caption", "", 8.5, 0, 12, 5, True, INK),
    ("List Bullet", "", 9.5, 14, 0, 3, False, INK),
    ("Header", "", 7.5, 0, 0, 0, False, SECOND),
    ("Footer", "", 7.5, 0, 0, 0, False, SECOND),
    ("TOC 1", "Normal", 9.5, 0, 2, 2, False, INK),
    ("TOC 2", "Normal", 8, 0, 0.4, 0.4, False, INK),
    ("Lhl Lead", "Normal", 12.5, 18, 0, 8, False, INK),
    ("Lhl Assessment", "Normal", 9.5, 14, 0, 6, False, INK),
    ("Lhl Note", "Normal", 7.5, 0, 4, 6, False, SECOND),
    ("Lhl Picture", "Normal", 9.5, 0, 0, 2, False, INK),
    ("Lhl Cell", "Normal", 8, 0, 1.6, 1.6, False, INK),
    ("Lhl Cell Tight", "Lhl Cell", 7.4, 0, 1.4, 1.4, False, INK),
    ("Lhl Cell Dense", "Lhl Cell", 7, 0, 1, 1, False, INK),
    ("Lhl Head", "Normal", 7, 0, 1, 1.6, True, INK),
    ("Lhl Card", "Normal", 8, 0, 0, 1, False, SECOND),
    ("Lhl Mark", "Normal", 9, 0, 0, 18, True, ACCENT),
)


def set_up(document: Any, language: str) -> None:
    """Page, styles and language of a new document."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(25), Mm(20)
    section.left_margin = section.right_margin = Mm(22)
    section.header_distance, section.footer_distance = Mm(12), Mm(10)
    section.different_first_page_header_footer = True
    for looks in _PARAGRAPHS:
        _paragraph_style(document, *looks)
    for name in ("Heading 1", "Heading 2", "Heading 3", "Caption", "Lhl Lead"):
        document.styles[name].paragraph_format.keep_with_next = True
    for name, indent in (("TOC 1", 0), ("TOC 2", 0)):
        _right_tab(document.styles[name], Mm(166))
        document.styles[name].paragraph_format.left_indent = indent
    _left_rule(document.styles["Lhl Assessment"])
    document.styles.element.append(_table_style())
    _language(document, language)


def _paragraph_style(
    document: Any, name: str, base: str, size: float, line: float, before: float, after: float, bold: bool, color: Any
) -> None:
    styles = document.styles
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if base:
        style.base_style = styles[base]
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = color
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{key}"), None)
    for key in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{key}"), FONT)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    if line:
        # At least, never exactly: an exact height would cut what is higher.
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(line)
    else:
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:
        style.element.pPr.remove(borders)


def _right_tab(style: Any, at: Any) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER

    style.paragraph_format.tab_stops.add_tab_stop(at, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _left_rule(style: Any) -> None:
    """The rule at the left of the directorate's own words."""
    properties = style.element.get_or_add_pPr()
    borders = element("pBdr")
    borders.append(element("left", val="single", sz="12", space="10", color="0B4F6C"))
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    style.paragraph_format.left_indent = Mm(4)


def _table_style() -> Any:
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="LhlTable"><w:name w:val="Lhl Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:tblPr><w:tblBorders>'
        '<w:bottom w:val="single" w:sz="6" w:space="0" w:color="1B2126"/></w:tblBorders></w:tblPr></w:style>'
    )


def _language(document: Any, language: str) -> None:
    """The language that spelling and screen readers go by, for the whole document."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(element("lang", val=language, eastAsia=language, bidi="ar-SA"))
    settings = document.settings.element
    for old in settings.findall(qn("w:themeFontLang")):
        old.set(qn("w:val"), language)

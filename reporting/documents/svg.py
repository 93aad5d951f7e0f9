"""A small drawing board: shapes and words of one chart as an SVG text.

Sizes are in CSS pixels at print size (627 px are the 166 mm of the page's live area). Only presentation
attributes are used, never ``style``, so that the same drawing may stand in a page with a strict content
security policy. Words are measured with the font they are set in, so that nothing is clipped or overlaps.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from .formats import one_line

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts" / "print"
FONT_FILES = {400: FONTS / "Inter-Regular.ttf", 600: FONTS / "Inter-SemiBold.ttf"}
FAMILY = "Inter, Arial, sans-serif"

INK = "#1B2126"
SECOND = "#56616B"
FAINT = "#8C969E"
RULE = "#DDE1E4"
NEUTRAL = "#C9CFD3"
ACCENT = "#0B4F6C"
WHITE = "#FFFFFF"
# One hue in order of lightness: it survives greyscale and every kind of colour blindness.
STEPS = ("#0B4F6C", "#3A7B97", "#A9CBD8", "#E6E6E1")
# The same hue in more steps, for charts with five or six series.
MANY_STEPS = ("#0B4F6C", "#2F6F8C", "#7FAFC2", "#A9CBD8", "#C4D9E2", "#E6E6E1")

LABEL = 10.5
SMALL = 9.5
LONGEST = 160  # characters of one text in a drawing; the table beside it has the whole


@cache
def _advances(weight: int) -> tuple[dict[int, float], float]:
    from fontTools.ttLib import TTFont

    with TTFont(FONT_FILES[weight], lazy=True) as font:
        widths, unit = font["hmtx"], font["head"].unitsPerEm
        known = {code: widths[name][0] / unit for code, name in font.getBestCmap().items()}
    return known, known[ord("n")]


def has_sign(character: str) -> bool:
    """Whether the bundled font can draw ``character``."""
    return ord(character) in _advances(400)[0]


def text_width(text: str, size: float = LABEL, weight: int = 400) -> float:
    """The width of ``text`` in the unit of ``size``."""
    known, other = _advances(weight)
    return sum(known.get(ord(character), other) for character in text[:LONGEST]) * size


def wrap(text: str, width: float, size: float = LABEL, weight: int = 400, lines: int = 3) -> list[str]:
    """``text`` in at most ``lines`` lines of ``width``; what does not fit ends with an ellipsis."""
    words, rows = one_line(text[:800])[:400].split(" "), [""]
    for word in words:
        longer = f"{rows[-1]} {word}".strip()
        if not rows[-1] or text_width(longer, size, weight) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], " ".join(rows[lines - 1 :])]
    return [shortened(row, width, size, weight) for row in rows]


def shortened(text: str, width: float, size: float = LABEL, weight: int = 400) -> str:
    """``text``, or its beginning with an ellipsis where it is wider than ``width``."""
    if len(text) <= LONGEST and text_width(text, size, weight) <= width:
        return text
    text = text[:LONGEST]
    while text and text_width(text + "…", size, weight) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def ink_on(fill: str) -> str:
    """The colour of words on ``fill``, white or ink, whichever is read more easily: at least 4.5:1 on every step."""
    return WHITE if contrast(WHITE, fill) >= contrast(INK, fill) else INK


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (``#RRGGBB``) after WCAG: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Board:
    """Collects shapes; ``svg()`` gives the drawing."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def rect(self, x: float, y: float, w: float, h: float, fill: str, stroke: str = "") -> None:
        """A rectangle; an outline is drawn inside it, so that its size stays true."""
        if w <= 0 or h <= 0:
            return
        if stroke:
            x, y, w, h = x + 0.5, y + 0.5, max(w - 1, 0.1), max(h - 1, 0.1)
        edge = f' stroke="{stroke}"' if stroke else ""
        self._parts.append(f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" fill="{fill}"{edge}/>')

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<path d="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" fill="none" stroke="{stroke}" '
            f'stroke-width="{_n(width)}"{dashes}/>'
        )

    def path(self, d: str, stroke: str, width: float, fill: str = "none") -> None:
        """A path that the caller has written with numbers only."""
        self._parts.append(f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{_n(width)}"/>')

    def circle(self, x: float, y: float, r: float, fill: str, stroke: str = "", width: float = 1.4) -> None:
        """A circle."""
        edge = f' stroke="{stroke}" stroke-width="{_n(width)}"' if stroke else ""
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" fill="{fill}"{edge}/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = LABEL,
        fill: str = INK,
        weight: int = 400,
        anchor: str = "start",
    ) -> None:
        """One line of words on the base line ``y``. The anchor is worked out here, so all engines agree."""
        text = drawable(one_line(text[: 2 * LONGEST]))[0]
        if not text:
            return
        text = text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
        x -= {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * text_width(text, size, weight)
        bold = f' font-weight="{weight}"' if weight != 400 else ""
        self._parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}"{bold}>{escape(text)}</text>'
        )

    def svg(self, title: str = "") -> str:
        """The drawing. With ``title`` it carries its own text alternative, for a page it stands in."""
        inner = f"<title>{escape(one_line(title))}</title>" if title else ""
        role = ' role="img"' if title else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg"{role} width="{_n(self.width)}" height="{_n(self.height)}" '
            f'viewBox="0 0 {_n(self.width)} {_n(self.height)}" font-family={quoteattr(FAMILY)}>'
            f"{inner}{''.join(self._parts)}</svg>"
        )


SQUARE = "□"


def drawable(text: str) -> tuple[str, int]:
    """``text`` with a square for every sign the bundled font lacks, and how many there were.

    A PDF for archiving may not hold characters without a shape, and system fonts would make the same document
    look different from machine to machine. The whole text stands in the JSON file.
    """
    if text.isascii():
        return text, 0
    signs = [c if c in "\n\t" or has_sign(c) else ("" if c in _JOINERS else SQUARE) for c in text]
    shown = "".join(signs)
    return shown, sum(1 for sign in signs if sign == SQUARE) - text.count(SQUARE)


# Parts of an emoji or a letter that have no shape of their own.
_JOINERS = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff\u200e\u200f\u061c")


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

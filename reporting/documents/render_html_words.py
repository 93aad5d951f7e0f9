"""Words and figures as HTML, for paper and for a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from . import layout
from .content import (
    Content,
    Figure,
    Run,
    Text,
)
from .formats import clean, cut, format_figure, one_line
from .svg import drawable

FigureUrl = Callable[[Figure], str | None]
LIVE_MM = 166.0
NARROW_MM = 122.0
SHORT_ROWS = 34  # a table of at most so many rows is kept on one page
SHORT_LETTERS = 1_500  # and with at most so many letters in its cells: one with long texts may be higher than a page
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


def runs_html(medium: Medium, runs: tuple[Run, ...]) -> SafeString:
    """Words and figures of a paragraph; a figure, its reference and touching punctuation never part."""
    parts: list[SafeString] = []
    texts = [medium.words(run.text) if isinstance(run, Text) else "" for run in runs]
    for index, run in enumerate(runs):
        if isinstance(run, Text):
            parts.append(text_html(run, texts[index]))
            continue
        before = after = ""
        if index and isinstance(runs[index - 1], Text) and texts[index - 1][-1:] in _OPEN and texts[index - 1]:
            before, texts[index - 1] = texts[index - 1][-1], texts[index - 1][:-1]
            parts[-1] = text_html(runs[index - 1], texts[index - 1])
        if index + 1 < len(runs) and isinstance(runs[index + 1], Text):
            rest = texts[index + 1].lstrip(_GLUE)
            after, texts[index + 1] = texts[index + 1][: len(texts[index + 1]) - len(rest)][:4], rest
        parts.append(figure_html(medium, run, before, after))
    return mark_safe("".join(parts))


def text_html(run: Text | Figure, words: str) -> SafeString:
    if not isinstance(run, Text) or not words:
        return SafeString("")
    html = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in words.split("\n")))
    if run.lang and run.lang.isalpha():
        html = format_html('<span lang="{}">{}</span>', run.lang, html)
    return format_html("<strong>{}</strong>", html) if run.strong else html


def figure_html(medium: Medium, figure: Figure, before: str = "", after: str = "") -> SafeString:
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


def partial(name: str, /, **context: Any) -> SafeString:
    return SafeString(render_to_string(f"documents/_{name}.html", context))

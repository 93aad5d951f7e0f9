"""The blocks as a web page's HTML: links only where the page gives them, and no text that becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reporting.documents.content import (
    Chart,
    Column,
    Content,
    Definitions,
    Figure,
    KeyFigures,
    Paragraph,
    Row,
    Table,
    Text,
)
from reporting.documents.render_html import page_fragment
from reporting.documents.render_html_paper import Paper
from reporting.documents.render_html_words import Medium, runs_html

from . import fixture_content

pytestmark = pytest.mark.looks

NOTE = fixture_content.note()


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_headings_are_moved_below_the_pages_own():
    tags = [tag for tag, _ in _Tags(page_fragment(NOTE)).tags]
    assert "h1" not in tags and "h2" in tags and "h3" in tags
    assert "h1" in [tag for tag, _ in _Tags(page_fragment(NOTE, lift=0)).tags]


def test_a_strict_content_security_policy_is_kept():
    html = page_fragment(NOTE)
    for tag, attributes in _Tags(html).tags:
        assert tag not in ("script", "style", "iframe", "object", "link")
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_each_figure_with_an_address_is_a_link_and_only_those():
    def url(figure: Figure) -> str | None:
        return f"/tall/{figure.ref}/{figure.row}/" if figure.ref else None

    links = [a["href"] for tag, a in _Tags(page_fragment(NOTE, url)).tags if tag == "a"]
    wanted = [f"/tall/{f.ref}/{f.row}/" for f in _shown_figures() if f.ref]
    assert sorted(links) == sorted(wanted)
    assert not [1 for tag, _ in _Tags(page_fragment(NOTE)).tags if tag == "a"]


def _shown_figures():
    for block in NOTE.blocks:
        if isinstance(block, Paragraph):
            yield from (run for run in block.parts if isinstance(run, Figure))
        elif isinstance(block, Table):
            yield from (cell for row in block.rows for cell in row.cells if isinstance(cell, Figure))
        elif isinstance(block, KeyFigures):
            yield from (card.figure for card in block.cards)
        elif hasattr(block, "items"):
            yield from (run for item in block.items for run in item if isinstance(run, Figure))


def test_an_address_that_is_no_web_address_is_no_link():
    for bad in (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//elsewhere.example/",
        "\tjavascript:x",
    ):
        assert "<a" not in page_fragment(NOTE, lambda figure, bad=bad: bad)


def test_hostile_texts_stay_texts():
    html = page_fragment(fixture_content.hostile())
    for tag, attributes in _Tags(html).tags:
        assert tag not in ("script", "img", "link", "image", "iframe")
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert not (name in ("href", "src") and value), (tag, value)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "\x00" not in html and "\ud83d" not in html and "\u202e" not in html
    html.encode("utf-8")


SPANS = ("<td colspan=1000000000 rowspan=1000000000>", '"><col span="1000000000">', "1000000000", "colspan=65534")


def spanning() -> Content:
    """A note with a table whose every text wants to be as wide as it can."""
    rows = tuple(Row(text, (text, (Text(text, lang=text),), Figure(text, "text")), group=text) for text in SPANS)
    columns = tuple(Column(text, text, "text", f"T1.{n}", text, text, text, text) for n, text in enumerate(SPANS[:3]))
    tables = (Table("T1", SPANS[0], columns, rows, SPANS[1]), Table("T2", SPANS[1], columns, (), empty=SPANS[0]))
    return replace(NOTE, blocks=(*tables, Definitions(SPANS[0])))


@pytest.mark.parametrize("draw", [page_fragment, lambda content: Paper(content, "0" * 64).whole()])
def test_no_text_makes_a_cell_wider_than_its_table(draw):
    """A cell that spans a thousand million columns keeps a renderer busy for minutes."""
    tags = _Tags(draw(spanning())).tags
    spans = [int(a[name]) for _tag, a in tags for name in ("colspan", "rowspan", "span") if name in a]
    assert spans and max(spans) <= 5  # the columns of the annex of definitions
    assert sum(tag in ("td", "th") for tag, _a in tags) < 100


def test_tables_have_heads_a_caption_and_a_name_for_their_scrolling_frame():
    tags = _Tags(page_fragment(NOTE)).tags
    frames = [a for tag, a in tags if "table-wrap" in a.get("class", "")]
    assert frames and all(a["tabindex"] == "0" and a["role"] == "region" and a["aria-label"] for a in frames)
    for tag, attributes in tags:
        if tag == "th":
            assert attributes.get("scope") in ("row", "col", "rowgroup")
    assert page_fragment(NOTE).count("<caption") == len(NOTE.tables())


def test_a_drawing_carries_its_text_alternative():
    html = page_fragment(NOTE)
    for block in NOTE.blocks:
        if isinstance(block, Chart):
            assert f"<title>{block.alt}</title>" in html


def test_a_name_in_another_language_is_marked():
    assert re.search(r'Kautokeino – <span lang="se">Guovdageaidnu</span>', page_fragment(NOTE))


def test_a_figure_keeps_its_punctuation_and_reference_on_its_line():
    medium = Medium(NOTE, paper=True)
    html = runs_html(medium, (Text("Dette er ("), Figure(1230, "count", "T1.1", "country"), Text("). Slutt")))
    assert html == (
        'Dette er <span class="figure">(1\u00a0230\u00a0<a class="ref" href="#def-T1-1">[T1.1]</a>).</span> Slutt'
    )


def test_ids_are_unique():
    ids = [a["id"] for _, a in _Tags(page_fragment(NOTE)).tags if "id" in a]
    assert len(ids) == len(set(ids))

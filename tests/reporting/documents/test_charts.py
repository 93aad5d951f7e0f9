"""Drawings: nothing is said by colour alone, nothing overlaps the edge, no text gets out of its place."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from reporting.documents import charts, charts_parts, tilemap
from reporting.documents.content import Chart, KeyFigures, Series, Tile, TileMap
from reporting.documents.svg import MANY_STEPS, STEPS, contrast, drawable, ink_on, text_width, wrap

from . import fixture_content

NOTE = fixture_content.note()
DRAWINGS = [b for b in NOTE.blocks if isinstance(b, Chart | TileMap)]
SVG = "{http://www.w3.org/2000/svg}"


def _draw(block, title=""):
    return charts.draw(block, title) if isinstance(block, Chart) else tilemap.draw(block, title)


def _texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("block", DRAWINGS, ids=lambda block: block.id)
def test_every_text_and_shape_lies_inside_the_drawing(block):
    _lies_inside(_draw(block), 627)


@pytest.mark.parametrize("count", [1, 2, 11])
def test_panels_for_a_phone_say_the_same_and_are_no_wider_than_its_screen(count):
    block = next(b for b in DRAWINGS if isinstance(b, Chart) and b.kind == "trend")
    block = replace(block, series=tuple(block.series[place % len(block.series)] for place in range(count)))
    svg = charts.draw_panels(block)
    _lies_inside(svg, 300)
    assert sorted(" ".join(_texts(svg)).split()) == sorted(" ".join(_texts(charts.draw(block))).split())


def _lies_inside(svg: str, wide: int) -> None:
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width")), float(root.get("height"))
    assert width == wide
    for node in root.iter(f"{SVG}text"):
        size = float(node.get("font-size"))
        left = float(node.get("x"))
        right = left + text_width(node.text, size, int(node.get("font-weight", 400)))
        assert left >= -1 and right <= width + 1, node.text
        assert 0 <= float(node.get("y")) <= height + 1, node.text
    for node in root.iter(f"{SVG}rect"):
        assert float(node.get("x")) >= 0 and float(node.get("x")) + float(node.get("width")) <= width + 0.01


@pytest.mark.parametrize("block", [b for b in DRAWINGS if isinstance(b, Chart)], ids=lambda block: block.id)
def test_names_and_values_are_written_out(block):
    words = " ".join(_texts(charts.draw(block)))
    for series in block.series:
        if len(block.series) > 1:
            assert series.label in words
    if block.kind not in ("trend", "dumbbell"):
        for name in block.categories:
            assert name in words
    if block.kind == "dumbbell":
        assert all(label in words for label in block.labels)
    if block.kind in ("bars", "trend", "histogram", "dots"):
        for series in block.series:
            for value in series.values:
                assert charts_parts.shown(value) in words


def test_the_map_has_a_letter_on_every_tile_and_its_counts_in_the_key():
    tile_map = next(b for b in DRAWINGS if isinstance(b, TileMap))
    texts = _texts(tilemap.draw(tile_map))
    for letter, label, count in tile_map.key:
        on_tiles = sum(tile.letter == letter for tile in tile_map.tiles)
        assert on_tiles == count
        assert texts.count(letter) >= on_tiles + 1
        assert label in texts and str(count) in texts


def test_borders_run_between_offices_and_never_along_the_sea():
    tiles = (
        Tile("1", "a", 0, 0, "V", "one"),
        Tile("2", "b", 1, 0, "V", "two"),
        Tile("3", "c", 0, 1, "V", "one"),
    )
    assert tilemap.borders(tiles) == [(1, 0, 1, 1)]


def test_the_cover_map_says_nothing():
    tile_map = next(b for b in DRAWINGS if isinstance(b, TileMap))
    assert _texts(tilemap.decoration(tile_map)) == []


def test_an_inline_drawing_carries_its_text_alternative_as_its_first_child():
    svg = charts.draw(DRAWINGS[0], 'Alt <b>"text"</b> & more')
    root = ElementTree.fromstring(svg)
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == 'Alt <b>"text"</b> & more'
    assert root.get("role") == "img"
    assert "style=" not in svg and "<script" not in svg


@pytest.mark.parametrize("kind", ["stacked", "bars", "trend", "dumbbell", "histogram", "dots", "no such kind"])
def test_hostile_and_empty_charts_are_drawn_all_the_same(kind):
    texts = fixture_content.HOSTILE
    values = tuple(range(len(texts)))
    wild = Chart("F1", kind, texts[6], texts, (Series(texts[7], texts[9], values),) * 3, "", "T1", "", texts, texts[6])
    for chart in (
        wild,
        replace(wild, categories=(), series=()),
        replace(wild, series=(Series("a", "A", (None,) * len(texts)),)),
        replace(wild, series=(Series("a", "A", (Decimal(0),) * len(texts)),)),
    ):
        svg = charts.draw(chart)
        ElementTree.fromstring(svg)
        assert len(svg) < 400_000
        assert not re.search(r"<(script|image|a|foreignObject|use)\b", svg)
        assert "nan" not in svg.lower().replace("<text", "") or "nan" in "".join(texts).lower()


def test_words_on_every_step_are_readable():
    for fill in {*STEPS, *MANY_STEPS, "#FFFFFF"}:
        assert contrast(ink_on(fill), fill) >= 4.5, fill
    assert contrast("#56616B", "#FFFFFF") >= 4.5
    assert round(contrast("#000000", "#FFFFFF")) == 21


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_series_side_by_side_differ_in_lightness(count):
    series = tuple(Series(f"s{n}", f"S{n}", (1,)) for n in range(count))
    fills = charts_parts.fills_of((*series, Series("missing", "M", (1,))))
    assert len(set(fills)) == count + 1 and fills[-1] == "#FFFFFF"
    assert all(contrast(one, two) > 1.15 for one, two in itertools.pairwise(fills))


def test_long_names_and_many_series_are_set_on_lines_of_their_own():
    names = tuple(f"{n} Et navn på en løsning som er så langt at det må deles på to linjer" for n in range(6))
    series = tuple(Series(f"s{n}", f"Et langt navn på en stilling {n}", (n + 1,) * 6) for n in range(6))
    root = ElementTree.fromstring(charts.draw(Chart("F1", "stacked", "", names, series, "", "T1")))
    seen: dict[float, list[tuple[float, float]]] = {}
    for node in root.iter(f"{SVG}text"):
        left = float(node.get("x"))
        right = left + text_width(node.text, float(node.get("font-size")), int(node.get("font-weight", 400)))
        for y, spans in seen.items():
            if abs(y - float(node.get("y"))) < 8:
                assert all(right <= a or left >= b for a, b in spans), node.text
        seen.setdefault(float(node.get("y")), []).append((left, right))


def test_a_sparkline_shows_each_round_and_the_whole():
    card = next(b for b in NOTE.blocks if isinstance(b, KeyFigures)).cards[0]
    texts = _texts(charts.sparkline(card))
    for name, value in card.trend:
        assert name in texts and str(value) in texts
    assert str(card.of) in texts
    high = replace(card, of=card.trend[-1][1], trend=(("a", card.trend[-1][1]), ("b", card.trend[-1][1])))
    assert len(_texts(charts.sparkline(high))) == 4
    assert charts.sparkline(replace(card, trend=())).startswith("<svg")


def test_the_names_of_a_sparkline_do_not_lie_over_each_other():
    card = next(b for b in NOTE.blocks if isinstance(b, KeyFigures)).cards[0]
    days = [f"{day}. november 20{year}" for year in range(19, 25) for day in (1, 30)]
    drawn = _texts(charts.sparkline(replace(card, trend=tuple((day, 3) for day in days))))
    named = [day for day in days if day in drawn]
    assert named[0] == days[0] and named[-1] == days[-1] and 2 <= len(named) <= 4
    assert drawn.count("3") == len(days)  # each value is written all the same


def test_words_are_moved_apart_and_kept_between_the_edges():
    edges = charts_parts.spread([(0, 50), (10, 50), (95, 50)], 0, 200)
    assert edges == sorted(edges) and edges[1] >= 59 and edges[2] + 50 <= 200


def test_a_sign_without_a_shape_becomes_a_square_and_is_counted():
    assert drawable("æøå đŋ Ø – −") == ("æøå đŋ Ø – −", 0)
    shown, missing = drawable("hei 🎉 مر\u200d")
    assert shown == "hei □ □□" and missing == 3
    assert wrap("kort", 200) == ["kort"]
    assert wrap("x" * 1000, 60)[-1].endswith("…")

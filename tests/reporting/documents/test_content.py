"""The content itself: canonical, hashed, read back, and checked before it is stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from reporting.documents.content import (
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Row,
    Series,
    Table,
    Text,
    content_hash,
    from_json,
    to_json,
)
from reporting.documents.content_check import problems
from reporting.documents.content_labels import LABEL_KEYS

from . import fixture_content


@pytest.fixture(scope="module")
def note():
    return fixture_content.note()


def test_reading_back_gives_the_same_content_and_the_same_json(note):
    canonical = to_json(note)
    assert from_json(canonical) == note
    assert to_json(from_json(canonical)) == canonical
    assert canonical == json.dumps(json.loads(canonical), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_the_hash_is_that_of_the_text_and_changes_with_any_figure(note):
    digest = content_hash(to_json(note))
    assert len(digest) == 64
    block = next(b for b in note.blocks if isinstance(b, Table))
    row = block.rows[0]
    cells = tuple(replace(c, value=c.value + 1) if isinstance(c, Figure) and c.ref == "T1.2" else c for c in row.cells)
    changed = replace(block, rows=(replace(row, cells=cells), *block.rows[1:]))
    other = replace(note, blocks=tuple(changed if b is block else b for b in note.blocks))
    assert content_hash(to_json(other)) != digest


def test_what_no_file_can_hold_is_replaced_before_it_is_hashed(note):
    content = replace(note, title="a\x00b\ud83dc", subtitle="\x01 stays")
    canonical = to_json(content)
    canonical.encode("utf-8")
    assert "\\u0000" not in canonical
    read = from_json(canonical)
    assert (read.title, read.subtitle) == ("a\ufffdb\ufffdc", "\x01 stays")
    assert to_json(read) == canonical


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 0.5, datetime(2022, 5, 1), object(), b"x"])
def test_a_value_that_cannot_be_kept_exactly_is_refused(note, value):
    bad = Paragraph((Figure(value, "decimal"),))
    with pytest.raises(ValueError, match="cannot hold"):
        to_json(replace(note, blocks=(bad,)))


def test_another_schema_or_block_is_refused(note):
    plain = json.loads(to_json(note))
    with pytest.raises(ValueError, match="schema"):
        from_json(json.dumps(plain | {"schema": "lhl-content/99"}))
    plain["blocks"][0]["_"] = "Script"
    with pytest.raises(ValueError, match="unknown block"):
        from_json(json.dumps(plain))


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_example_has_no_problems(language):
    assert problems(fixture_content.note(language=language)) == []


def test_each_problem_is_found(note):
    table = Table("T1", "again", (Column("a", "A"), Column("a", "B", "count", "T1.1")), (Row("r", ("only one",)),))
    chart = next(b for b in note.blocks if type(b).__name__ == "Chart")
    short = replace(chart, id="F99", series=(Series("s", "S", (1,)),), table="T404")
    lost = Paragraph((Text("x"), Figure(1, "count", "T77.1", "r")))
    bad = replace(
        note,
        blocks=(*note.blocks, Heading("plan", 1, "twice"), table, short, lost),
        labels=tuple(pair for pair in note.labels if pair[0] != "sample"),
    )
    found = "\n".join(problems(bad))
    for sentence in (
        "the label sample is missing",
        "the id T1 is used twice",
        "the id plan is used twice",
        "T1 has two columns with the same key",
        "T1, row r: 1 cells under 2 heads",
        "the address T1.1 is used twice",
        "F99, series s: not one value for each category",
        "F99 names the table T404, which is not there",
        "the figure T77.1/r leads to no column",
    ):
        assert sentence in found


def test_every_label_key_is_listed_once():
    assert len(set(LABEL_KEYS)) == len(LABEL_KEYS)


def test_a_field_that_came_later_changes_no_content_that_does_not_use_it(note):
    card = KeyFigure("Adopted", Figure(1, "count"), 2, Figure(None, "share"), Figure(None, "change"), "")
    assert "year" not in json.loads(to_json(replace(note, blocks=(KeyFigures((card,)),))))["blocks"][0]["cards"][0]
    later = replace(card, year=Figure(3, "change"), year_label="since last year")
    content = replace(note, blocks=(KeyFigures((later,)),))
    assert from_json(to_json(content)) == content

"""A sequence that is packed in blocks is the same sequence, whatever its length is; and it takes little memory."""

from __future__ import annotations

import tracemalloc
from array import array
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.documents.agree import compare
from reporting.documents.blocks import NUMBERS, VALUES, Numbers, Values
from reporting.documents.build import FORMATS
from reporting.documents.content import Figure, Row, Table, Text, content_hash, from_json, many, to_json
from reporting.documents.content_check import problems
from reporting.documents.inputs import _plain
from reporting.documents.render import render

from .conftest import made

LISTS = st.lists(st.integers(-(2**62), 2**62), max_size=40)


class SmallNumbers(Numbers):
    size = 7


class SmallValues(Values):
    size = 7


@settings(max_examples=80, deadline=None)
@given(LISTS, LISTS)
def test_numbers_come_back_as_they_were(first, more):
    kept = SmallNumbers("q", first)
    kept.extend(iter(more))
    same(kept, first + more)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=3) | st.none(), max_size=40), st.booleans())
def test_values_come_back_as_they_were(values, closed):
    kept = SmallValues(iter(values))
    same(kept.closed() if closed else kept, values)


def same(kept, values):
    assert len(kept) == len(values)
    assert list(kept) == list(kept) == values
    assert kept == values and kept == tuple(values)
    assert hash(kept) == hash(tuple(values))
    assert [kept[place] for place in range(len(values))] == values
    assert [kept[place] for place in range(-len(values), 0)] == values
    assert kept[2:30:3] == tuple(values[2:30:3])
    assert _plain(kept) == _plain(tuple(values))
    with pytest.raises(IndexError):
        kept[len(values)]
    assert kept != [*values, 1] and kept != "text"


def test_a_block_that_is_just_full():
    assert list(Numbers("L", range(NUMBERS))) == list(range(NUMBERS))
    assert len(Values(range(VALUES)).closed()) == VALUES


def test_a_number_that_is_too_large_is_refused():
    with pytest.raises(OverflowError):
        Numbers("H", [65_536])


def test_few_rows_are_a_tuple_and_many_are_packed():
    few, lots = rows(VALUES - 1), rows(VALUES)
    assert many(iter(few)) == few and type(many(few)) is tuple
    assert many(iter(lots)) == lots and type(many(lots)) is Values


def rows(count: int) -> tuple[Row, ...]:
    return tuple(
        Row(f"{n:04d}", (f"Kommune {n}", (Text("Snåase", lang="sma"),), Figure(n, "count"))) for n in range(count)
    )


def test_many_values_take_little_memory():
    """A tenth of the same as objects, and for numbers a twentieth of the same as an array."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        lots = rows(20_000)
        plain = tracemalloc.get_traced_memory()[0] - before
        del lots
        before = tracemalloc.get_traced_memory()[0]
        packed = many(row for n in range(20) for row in rows(1_000))
        held = tracemalloc.get_traced_memory()[0] - before
        before = tracemalloc.get_traced_memory()[0]
        numbers = Numbers("q", range(400_000, 800_000))
        counted = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert len(packed) == 20_000 and held < plain / 10
    assert len(numbers) == 400_000 and counted < array("q").itemsize * 400_000 / 4


def in_blocks(rows) -> Values:
    """Packed, seven at a time."""
    kept = Values()
    kept.size = 7
    kept.extend(rows)
    return kept.closed()


@pytest.fixture(scope="module")
def packed(note):
    """The example with the rows of all its tables packed."""
    blocks = [replace(item, rows=in_blocks(item.rows)) if isinstance(item, Table) else item for item in note.blocks]
    sheets = [replace(sheet, rows=in_blocks(sheet.rows)) for sheet in note.sheets]
    return replace(note, blocks=tuple(blocks), sheets=tuple(sheets))


def test_a_document_of_packed_tables_is_the_same_document(note, packed):
    assert packed == note
    assert to_json(packed) == to_json(note) and content_hash(to_json(packed)) == content_hash(to_json(note))
    assert from_json(to_json(packed)) == note
    assert list(packed.figures()) == list(note.figures())
    assert problems(packed) == problems(note) == []


@pytest.mark.parametrize("fmt", FORMATS)
def test_its_files_are_the_same_files(packed, fmt):
    data = made("note", fmt)
    found = compare(fmt, data, packed)
    assert found.figures and not found.problems
    if fmt != "pdf":  # the longest to draw; what it draws is the HTML that the page shows too
        assert render(packed, fmt, links=lambda figure: None) == render(
            from_json(to_json(packed)), fmt, links=lambda figure: None
        )

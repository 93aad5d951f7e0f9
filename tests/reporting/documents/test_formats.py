"""Values as a Norwegian reader expects them, and texts without what breaks a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reporting.documents.formats import (
    clean,
    cut,
    format_moment,
    format_value,
    number_of,
    one_line,
)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (1230, "count", "1\u00a0230"),
        (0, "count", "0"),
        (-1230456, "count", "\u22121\u00a0230\u00a0456"),
        (Decimal("0.514"), "share", "51,4\u00a0%"),
        (Decimal("0.0625"), "share", "6,3\u00a0%"),
        (Decimal("0.06249"), "share", "6,2\u00a0%"),
        (Decimal(1), "share", "100,0\u00a0%"),
        (0, "share", "0,0\u00a0%"),
        (36, "change", "+36"),
        (-3, "change", "\u22123"),
        (0, "change", "±0"),
        (1230, "change", "+1\u00a0230"),
        (Decimal(7), "change", "+7,0"),
        (Decimal("-0.04"), "change", "±0,0"),
        (Decimal("-0.05"), "change", "\u22120,1"),
        (Decimal("12.50"), "decimal", "12,50"),
        (date(2022, 5, 1), "date", "1.\u00a0mai\u00a02022"),
        ("0301", "number_text", "0301"),
        (None, "count", "–"),
        (None, "date", "–"),
        ("a\x00b", "text", "ab"),
        ("not a number", "count", "not a number"),
    ],
)
def test_a_value_is_shown_after_its_kind(value, kind, shown):
    assert format_value(value, kind) == shown


def test_a_moment_is_shown_as_it_stands_without_moving_it_between_zones():
    assert format_moment("2022-05-23T12:05:09+02:00") == "23.\u00a0mai\u00a02022 kl.\u00a012.05"
    assert format_moment("yesterday") == "yesterday"


def test_cleaning_removes_what_breaks_a_file_and_what_turns_the_direction():
    assert clean("a\x00b\x1fc\x7fd\x9fe") == "abcde"
    assert clean("x\ud83dy\uffffz") == "x\ufffdy\ufffdz"
    assert clean("\u202eabc\u202c\u2066d\u2069") == "abcd"
    assert clean("æøå Á đ ŋ 👩 مرحبا\tb\r\nc") == "æøå Á đ ŋ 👩 مرحبا\tb\nc"
    assert one_line("  a\n\tb\u2028c\u00a0d ") == "a b c\u00a0d"


def test_a_cut_text_says_so_and_is_no_longer_than_its_limit():
    assert cut("short", 10, "[more]") == "short"
    shown = cut("word " * 100, 50, "[more]")
    assert len(shown) <= 50 and shown.endswith(" [more]")


def test_the_number_of_a_table_follows_its_letter():
    assert [number_of(name) for name in ("T3", "F12", "7", "")] == ["3", "12", "7", ""]

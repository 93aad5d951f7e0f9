"""What counts as a national identity number: made anew by hand here, and not by the code under test."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from municipalities.national_ids import STARS, has_national_id, is_national_id, without_national_ids

TEXTS = st.text(max_size=30)
DAYS = st.dates(dt.date(1855, 1, 1), dt.date(2060, 12, 31))


def made(nine: str, remainder: int = 0) -> str:
    """The eleven digits that begin with these nine; empty when a control digit would be 10. ``remainder`` is what the
    first control may leave from 2032 on (0-3)."""
    sum_one = sum(int(x) * w for x, w in zip(nine, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True))
    one = (11 + remainder - sum_one % 11) % 11
    if one == 10:
        return ""
    ten = f"{nine}{one}"
    two = (11 - sum(int(x) * w for x, w in zip(ten, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11) % 11
    return "" if two == 10 else f"{ten}{two}"


def of(day: dt.date, serial: int, *, d: int = 0, m: int = 0, remainder: int = 0) -> str:
    number = made(f"{day.day + d:02}{day.month + m:02}{day:%y}{serial:03}", remainder)
    assume(number)
    return number


@pytest.mark.parametrize("number", ["02013299997", "30108299920", "30108299939"])
def test_the_examples_of_skatteetaten_for_2032(number):
    assert is_national_id(number)


@given(DAYS, st.integers(0, 999), st.sampled_from([0, 40]), st.sampled_from([0, 40, 80]), st.integers(0, 3))
def test_every_kind_of_number_is_known(day, serial, d, m, remainder):
    assert is_national_id(of(day, serial, d=d, m=m, remainder=remainder))


@given(DAYS, st.integers(0, 999), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_no_number_unless_the_first_control_of_2032_takes_it(day, serial, place, more):
    number = of(day, serial)
    other = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    second = sum(int(x) * w for x, w in zip(other, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11
    assert second != 0 and not is_national_id(other)


@pytest.mark.parametrize(
    "number", ["00000000000", "32019012345", "01139012345", "0101901234", "010190123456", "", "abc"]
)
def test_what_is_none(number):
    assert not is_national_id(number)


@given(
    DAYS,
    st.integers(0, 999),
    st.text(max_size=30),
    st.text(max_size=30),
    st.sampled_from(["", " ", "-", ".", " - "[:2]]),
)
def test_it_is_found_in_a_text_however_it_is_written(day, serial, before, after, gap):
    assume(not (before[-1:].isdecimal() or after[:1].isdecimal()))
    number = of(day, serial)
    text = f"{before}|{number[:6]}{gap}{number[6:]}|{after}"
    assert has_national_id(text)
    clean = without_national_ids(text)
    assert STARS in clean and not has_national_id(clean)


@given(st.text())
def test_a_text_without_one_is_left_as_it_is(text):
    if not has_national_id(text):
        assert without_national_ids(text) == text


def test_digits_of_other_scripts_and_signs_that_are_not_seen():
    number = made("010190124")
    assert has_national_id("".join(chr(0xFF10 + int(digit)) for digit in number))
    assert has_national_id(" ".join(number)) and has_national_id(f"{number[:6]}\u200b{number[6:]}")


@pytest.mark.parametrize("text", ["a 1" * 20_000, "1" * 100_000, "1 " * 50_000])
def test_a_long_text_is_read_in_no_time(text):
    assert not has_national_id(text[:20_000])


def test_a_number_within_a_longer_one_is_another_number():
    assert not has_national_id("9" + made("010190124"))

"""The sharing of a sum: it always holds, nobody gets less of a larger one, and the order does not matter."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.allocation import MOST, AllocationRefused, Line, Part, Recipient, allocate, share_out

OF_2022 = [52, 46, 23, 25, 23, 43, 26, 38, 41, 39]
"""Municipalities by office on 1 January 2022, in the offices' own order (356 in all)."""
LETTER = [1230, 1146, 823, 851, 823, 1104, 865, 1034, 1076, 1048]
"""Oppdragsbrev 2022, «Finansiering i 2022», in 1 000 kr."""

WEIGHTS = st.lists(st.integers(0, 120), min_size=1, max_size=12).filter(any)
OFFICES = [(f"office-{place}", place) for place in range(10)]


def recipients(weights: list[int]) -> list[Recipient]:
    return [Recipient(f"office-{place}", place, weight) for place, weight in enumerate(weights)]


def shared(total: int, weights: list[int]) -> list[int]:
    return list(share_out(total, recipients(weights)).values())


def plain_largest_remainder(total: int, weights: list[int]) -> list[int]:
    """Hare's method, for comparison: each its whole share, and what is left to the largest remainders."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    got = [floor(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (got[place] - exact[place], place))
    for place in by_remainder[: total - sum(got)]:
        got[place] += 1
    return got


def letter(total: int, flat: int, by_number: int, number: list[int]) -> tuple[Line, ...]:
    keys = [key for key, _order in OFFICES]
    parts = [Part(flat, dict.fromkeys(keys, 1)), Part(by_number, dict(zip(keys, number, strict=True)))]
    return allocate(total, parts, OFFICES)


def test_the_ten_figures_of_the_letter():
    lines = letter(10_000, 5_000, 5_000, OF_2022)
    assert [line.amount for line in lines] == LETTER
    assert sum(line.amount for line in lines) == 10_000
    first = lines[0]
    assert [share.amount for share in first.shares] == [500, 730]
    assert first.exact == 500 + Fraction(5_000 * 52, 356)


@given(st.integers(0, 20_000), WEIGHTS)
def test_the_sum_always_holds(total, weights):
    got = shared(total, weights)
    assert sum(got) == total
    assert all(amount >= 0 for amount in got)
    assert all(not amount for amount, weight in zip(got, weights, strict=True) if not weight)


@given(st.integers(0, 5_000), st.integers(0, 40), WEIGHTS)
def test_nobody_gets_less_when_the_total_grows(total, more, weights):
    assert all(
        after >= before for before, after in zip(shared(total, weights), shared(total + more, weights), strict=True)
    )


@given(st.integers(0, 5_000), WEIGHTS.flatmap(lambda weights: st.permutations(list(enumerate(weights)))))
def test_the_order_in_which_they_are_given_does_not_matter(total, mixed):
    rows = [Recipient(f"office-{place}", place, weight) for place, weight in mixed]
    assert share_out(total, rows) == share_out(total, sorted(rows, key=lambda row: row.order))


@given(st.integers(0, 3_000), WEIGHTS, st.integers(1, 50))
def test_only_the_weights_relation_counts(total, weights, factor):
    assert shared(total, weights) == shared(total, [weight * factor for weight in weights])


@given(st.integers(0, 60), WEIGHTS)
def test_the_quick_way_is_the_slow_way(total, weights):
    """Handed out from the first unit, without leaving out whole rounds, and with fractions."""
    got = [0] * len(weights)
    for handed_out in range(1, total + 1):
        behind = [Fraction(handed_out * weight, sum(weights)) - has for weight, has in zip(weights, got, strict=True)]
        got[behind.index(max(behind))] += 1
    assert shared(total, weights) == got


@given(st.integers(0, 40), st.lists(st.integers(0, 30), min_size=1, max_size=8).filter(any))
def test_a_whole_round_gives_everybody_exactly_her_share(rounds, weights):
    assert shared(rounds * sum(weights), weights) == [rounds * weight for weight in weights]


def test_ties_go_by_the_offices_own_order():
    assert shared(12, [1] * 10) == [2, 2, 1, 1, 1, 1, 1, 1, 1, 1]
    rows = [Recipient("b", 1, 1), Recipient("a", 2, 1), Recipient("c", 2, 1)]
    assert share_out(2, rows) == {"b": 1, "a": 1, "c": 0}


def test_plain_largest_remainder_takes_from_the_small_one_and_this_does_not():
    """Decision 9: weights 6, 6 and 2, and a total that grows from 10 to 11."""
    weights = [6, 6, 2]
    assert [plain_largest_remainder(total, weights) for total in (10, 11)] == [[4, 4, 2], [5, 5, 1]]
    assert [shared(total, weights) for total in (10, 11)] == [[4, 4, 2], [5, 4, 2]]


def test_with_the_offices_of_2022_the_two_differ_for_4_of_356_totals_and_never_by_more_than_one():
    differ = [total for total in range(1, 357) if shared(total, OF_2022) != plain_largest_remainder(total, OF_2022)]
    assert len(differ) == 4
    for total in differ:
        pairs = zip(shared(total, OF_2022), plain_largest_remainder(total, OF_2022), strict=True)
        assert all(abs(ours - theirs) <= 1 for ours, theirs in pairs)


@given(st.integers(0, 12_000), st.lists(st.integers(15, 60), min_size=8, max_size=12))
def test_with_numbers_like_those_of_offices_all_stay_within_one_of_the_exact_share(total, weights):
    for amount, weight in zip(shared(total, weights), weights, strict=True):
        assert abs(amount - Fraction(total * weight, sum(weights))) < 1


@given(st.integers(0, 2_000), st.integers(0, 2_000), st.lists(st.integers(1, 60), min_size=10, max_size=10))
def test_the_parts_hold_their_sums_and_so_does_the_whole(flat, by_number, number):
    lines = letter(flat + by_number, flat, by_number, number)
    assert sum(line.shares[0].amount for line in lines) == flat
    assert sum(line.shares[1].amount for line in lines) == by_number
    assert sum(line.amount for line in lines) == flat + by_number
    assert sum(line.exact for line in lines) == flat + by_number


def test_a_flat_part_that_does_not_divide_evenly_follows_the_same_rule():
    lines = letter(15, 15, 0, OF_2022)
    assert [line.amount for line in lines] == [2] * 5 + [1] * 5


def test_large_totals_are_quick_and_exact():
    weights = [weight * 17_389 for weight in OF_2022]
    assert shared(MOST, weights) == shared(MOST, OF_2022)
    assert sum(shared(10**15, OF_2022)) == 10**15


@pytest.mark.parametrize(
    ("total", "parts", "offices", "code"),
    [
        (10, [Part(9, {"a": 1})], [("a", 1)], "not_the_whole"),
        (10, [Part(11, {"a": 1}), Part(-1, {"a": 1})], [("a", 1)], "negative"),
        (-1, [Part(-1, {"a": 1})], [("a", 1)], "negative"),
        (MOST + 1, [Part(MOST + 1, {"a": 1})], [("a", 1)], "too_large"),
        (0, [], [("a", 1)], "no_parts"),
        (10, [Part(10, {})], [], "no_offices"),
        (10, [Part(10, {"a": 0})], [("a", 1)], "no_weight"),
        (10, [Part(10, {"a": -1, "b": 2})], [("a", 1), ("b", 2)], "negative"),
        (10, [Part(10, {"a": 1})], [("a", 1), ("a", 2)], "doubled"),
    ],
)
def test_what_cannot_be_shared_is_refused(total, parts, offices, code):
    with pytest.raises(AllocationRefused) as refused:
        allocate(total, parts, offices)
    assert refused.value.code == code


def test_a_part_of_nothing_needs_no_weights():
    lines = allocate(10, [Part(10, {"a": 1}), Part(0, {"a": 0})], [("a", 1)])
    assert [[share.amount for share in line.shares] for line in lines] == [[10, 0]]

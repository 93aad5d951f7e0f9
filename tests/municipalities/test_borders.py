"""Figures in the borders of then and of another day: summed, worked out anew, listed; never shared out."""

import datetime as dt
from fractions import Fraction

import pytest

from municipalities.borders import Share, counts, listed, regroup, shares
from municipalities.lineage import Lineage, Link, Span

D = dt.date
Y19, Y22, Y24 = D(2019, 11, 1), D(2022, 5, 1), D(2024, 5, 1)
END19, END23, J20, J24 = D(2019, 12, 31), D(2023, 12, 31), D(2020, 1, 1), D(2024, 1, 1)

SPANS = [
    # 1 renumbered twice
    Span(1, "0106", "Fredrikstad", D(2018, 1, 1), END19),
    Span(1, "3004", "Fredrikstad", J20, END23),
    Span(1, "3107", "Fredrikstad", J24, None),
    # 10-12 merged into 13, renumbered after
    Span(10, "0220", "Asker", D(2018, 1, 1), END19),
    Span(11, "0627", "Røyken", D(2018, 1, 1), END19),
    Span(12, "0628", "Hurum", D(2018, 1, 1), END19),
    Span(13, "3025", "Asker", J20, END23),
    Span(13, "3203", "Asker", J24, None),
    # 20 took in 21 and kept its number; 22 gave a piece to it
    Span(20, "1103", "Stavanger", D(2018, 1, 1), None),
    Span(21, "1141", "Finnøy", D(2018, 1, 1), END19),
    Span(22, "1133", "Hjelmeland", D(2018, 1, 1), None),
    # 30 and 31 merged into 32, which was split into 33 and 34
    Span(30, "1504", "Ålesund", D(2018, 1, 1), END19),
    Span(31, "1534", "Haram", D(2018, 1, 1), END19),
    Span(32, "1507", "Ålesund", J20, END23),
    Span(33, "1508", "Ålesund", J24, None),
    Span(34, "1580", "Haram", J24, None),
    # 40 was split between 42 and 43; 41 went whole into 42
    Span(40, "1850", "Tysfjord", D(2018, 1, 1), END19),
    Span(41, "1805", "Narvik", D(2018, 1, 1), END19),
    Span(42, "1806", "Narvik", J20, None),
    Span(43, "1875", "Hamarøy", J20, None),
]
LINKS = [
    *(Link(old, 13, "merger", J20) for old in (10, 11, 12)),
    Link(20, 20, "merger", J20),
    Link(21, 20, "merger", J20),
    Link(22, 20, "boundary", J20),
    *(Link(old, 32, "merger", J20) for old in (30, 31)),
    *(Link(32, new, "split", J24) for new in (33, 34)),
    *(Link(40, new, "split", J20) for new in (42, 43)),
    Link(41, 42, "merger", J20),
    Link(1, 1, "renumbering", J20),
    Link(1, 1, "renumbering", J24),
]
LINEAGE = Lineage(SPANS, LINKS)
OF_19 = (1, 10, 11, 12, 20, 21, 22, 30, 31, 40, 41)


def by_number(lines):
    return {(line.group.number, line.group.fits): line for line in lines}


def numbers(spans):
    return [span.number for span in spans]


def test_a_count_is_summed_over_a_mergers_parts():
    groups = regroup(LINEAGE, OF_19, Y19, Y24)
    lines = by_number(counts(groups, dict.fromkeys(OF_19, 2)))
    asker = lines["3203", True]
    assert (asker.value, asker.complete, numbers(asker.group.members)) == (6, True, ["0220", "0627", "0628"])
    assert lines["3107", True].value == 2 and lines["3107", True].group.unchanged
    assert lines["1103", True].value == 4 and numbers(lines["1103", True].group.members) == ["1103", "1141"]
    assert sum(line.value for line in lines.values() if line.value) == 2 * len(OF_19)  # nothing lost, nothing twice


def test_a_share_is_worked_out_anew_and_never_averaged():
    groups = regroup(LINEAGE, (10, 11, 12), Y19, Y22)
    (asker,) = shares(groups, {10: Share(1, 2), 11: Share(0, 98), 12: Share(0, 0)})
    assert asker.value == Share(1, 100) and asker.value.value == Fraction(1, 100)
    assert Share(0, 0).value is None


def test_a_yes_or_no_is_listed_for_each_part():
    groups = regroup(LINEAGE, (1, 10, 11, 12), Y19, Y22)
    lines = by_number(listed(groups, {1: "yes", 10: "yes", 11: "yes", 12: "no"}))
    assert lines["3004", True].value == "yes"
    asker = lines["3025", True]
    assert asker.value is None
    assert [(part.span.name, part.value) for part in asker.parts] == [
        ("Asker", "yes"),
        ("Røyken", "yes"),
        ("Hurum", "no"),
    ]


def test_parts_that_say_the_same_still_speak_for_themselves():
    (asker,) = listed(regroup(LINEAGE, (10, 11, 12), Y19, Y22), {10: "yes", 11: "yes", 12: "yes"})
    assert asker.value is None and len(asker.parts) == 3


def test_a_unit_without_a_figure_is_missing_and_not_nought():
    (asker,) = counts(regroup(LINEAGE, (10, 11, 12), Y19, Y22), {10: 3, 11: None})
    assert (asker.value, asker.complete, numbers(asker.missing)) == (3, False, ["0627", "0628"])
    (none,) = counts(regroup(LINEAGE, (10,), Y19, Y22), {})
    assert none.value is None and not none.complete


def test_a_splits_old_figure_stays_with_the_old_unit():
    groups = regroup(LINEAGE, OF_19, Y19, Y22)
    lines = by_number(counts(groups, {40: 5, 41: 7}))
    tysfjord = lines["1850", False]
    assert tysfjord.value == 5 and numbers(tysfjord.group.leads_to) == ["1806", "1875"]
    narvik, hamaroy = lines["1806", True], lines["1875", True]
    assert (narvik.value, narvik.complete, numbers(narvik.group.also_from)) == (7, False, ["1850"])
    assert (hamaroy.value, hamaroy.parts, numbers(hamaroy.group.also_from)) == (None, (), ["1850"])


def test_a_merger_that_was_split_later_is_summed_up_to_the_split():
    lines = by_number(counts(regroup(LINEAGE, (30, 31), Y19, Y24), {30: 1, 31: 2}))
    old = lines["1507", False]
    assert (old.value, numbers(old.group.members), numbers(old.group.leads_to)) == (
        3,
        ["1504", "1534"],
        ["1508", "1580"],
    )
    assert lines["1580", True].value is None and numbers(lines["1580", True].group.also_from) == ["1507"]


def test_a_boundary_adjustment_moves_no_figure():
    lines = by_number(counts(regroup(LINEAGE, (20, 22), Y19, Y22), {20: 1, 22: 2}))
    assert {key: line.value for key, line in lines.items()} == {("1103", True): 1, ("1133", True): 2}
    assert [(link.old_id, link.new_id) for link in LINEAGE.adjustments(Y19, Y22)] == [(22, 20)]
    assert LINEAGE.adjustments(Y22, Y24) == ()


def test_in_earlier_borders_parts_come_together_and_a_merger_stays():
    lines = by_number(counts(regroup(LINEAGE, (13, 20, 33, 34), Y24, Y22), {13: 1, 20: 2, 33: 3, 34: 4}))
    assert {key: line.value for key, line in lines.items()} == {("3025", True): 1, ("1103", True): 2, ("1507", True): 7}
    groups = {group.number: group for group in regroup(LINEAGE, (13, 20), Y22, Y19) if group.members}
    assert not groups["3025"].fits and numbers(groups["3025"].leads_to) == ["0220", "0627", "0628"]
    assert not groups["1103"].fits


def test_in_its_own_borders_each_is_itself():
    groups = regroup(LINEAGE, OF_19, Y19, Y19)
    assert [group.unit_id for group in groups] == [1, 10, 11, 12, 20, 22, 21, 30, 31, 41, 40]
    assert all(group.unchanged for group in groups)


def test_a_unit_that_goes_on_after_a_part_left_it_keeps_its_old_figure_apart():
    spans = [
        Span(1, "0500", "Big", D(2000, 1, 1), None),
        Span(2, "0501", "Small", D(2020, 1, 1), None),
        Span(3, "0502", "Near", D(2000, 1, 1), END19),
    ]
    links = [Link(1, 1, "split", J20), Link(1, 2, "split", J20), Link(3, 1, "merger", J20)]
    lines = by_number(counts(regroup(Lineage(spans, links), (1, 3), Y19, Y22), {1: 10, 3: 1}))
    assert lines["0500", False].value == 10
    assert lines["0500", True].value == 1 and not lines["0500", True].complete
    assert lines["0501", True].value is None


def test_an_unknown_unit_is_refused():
    with pytest.raises(KeyError):
        regroup(LINEAGE, (99,), Y19, Y22)


@pytest.mark.parametrize("kind", ["merger", "split"])
def test_a_loop_in_the_links_ends(kind):
    spans = [Span(1, "0500", "A", D(2000, 1, 1), D(2001, 1, 1)), Span(2, "0501", "B", D(2000, 1, 1), D(2001, 1, 1))]
    links = [Link(1, 2, kind, D(2001, 1, 2)), Link(2, 1, kind, D(2001, 1, 2))]
    assert not Lineage(spans, links).home(1, D(2000, 6, 1), Y22).fits

"""Units of other days in today's borders, each of today once: no database."""

import pytest

from municipalities.names import sort_key
from networks.services.support_units import UnitBook, UnitOnDay
from networks.unit_borders import Standings
from tests.municipalities.test_borders import LINKS, SPANS, Y19, Y22, Y24

BOOK = UnitBook(
    [
        UnitOnDay(span.unit_id, span.number, span.name, [], sort_key(span.name), span.valid_from, span.valid_to, 1, "")
        for span in SPANS
    ],
    LINKS,
)


def seen(found):
    return [(row.unit.number, [part.number for part in row.then], [part.number for part in row.leads_to])
            for row in found]  # fmt: skip


def now(units, *, then=Y19, today=Y22):
    return Standings(BOOK, "na", today).of([(unit, then) for unit in units])


@pytest.mark.parametrize(
    ("units", "rows"),
    [
        ([20, 21], [("1103", ["1141", "1103"], [])]),  # it kept its number, and took another in
        ([20], [("1103", [], [])]),
        ([21], [("1103", ["1141"], [])]),
        ([10, 11, 12], [("3025", ["0220", "0628", "0627"], [])]),
        ([40, 41], [("1806", ["1805"], []), ("1850", [], ["1806", "1875"])]),
        ([1], [("3004", ["0106"], [])]),
        ([22], [("1133", [], [])]),
    ],
)
def test_the_parts_of_a_merger_stand_as_one(units, rows):
    assert seen(now(units)) == rows
    assert sum(Standings(BOOK, "na", Y22).counts((unit, Y19) for unit in units)) == len(rows)


def test_the_borders_of_each_day_leave_every_unit_as_it_was():
    found = Standings(BOOK, "da", Y22).of([(10, Y19), (11, Y19), (13, Y22), (40, Y19)])
    assert seen(found) == [(number, [], []) for number in ("0220", "3025", "0627", "1850")]
    assert Standings(BOOK, "da", Y22).counts([(10, Y19), (11, Y19)]) == (2, 0)


def test_a_merger_that_was_split_since_has_its_parts_together_and_says_where_they_went():
    assert seen(now([30, 31], today=Y24)) == [("1507", ["1534", "1504"], ["1508", "1580"])]


def test_the_same_unit_of_two_days_stands_once():
    both = Standings(BOOK, "na", Y24).of([(11, Y19), (13, Y22)])
    assert [row.unit.number for row in both] == ["3203"]
    assert Standings(BOOK, "na", Y24).one(13, Y22).numbered.startswith("3203 Asker (")


def test_one_that_nobody_knows_is_left_out_of_lists():
    assert now([999]) == ()
    with pytest.raises(KeyError):
        Standings(BOOK, "na", Y22).one(999, Y19)

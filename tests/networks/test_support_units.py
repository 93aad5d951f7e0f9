"""What people type and paste becomes municipalities, or is asked back; nothing is guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from municipalities.lineage import Link
from networks.services.support_units import MAX_FAULTS, UnitBook, UnitOnDay

D = dt.date
TODAY = D(2022, 5, 4)
OWN, OTHER = 1, 2
FIRST, MERGER, SPLIT = D(2018, 1, 1), D(2020, 1, 1), D(2024, 1, 1)


def row(pk, number, name, start=FIRST, end=None, *, office=OWN, official=(), kind="municipality"):
    from municipalities.names import sort_key

    return UnitOnDay(pk, number, name, list(official), sort_key(name), start, end, office, kind)


def last(day):
    return day - dt.timedelta(days=1)


SAMI = [{"name": "Guovdageaidnu", "lang": "se"}, {"name": "Kautokeino", "lang": "no"}]
BOOK = UnitBook(
    [
        row(1, "0106", "Fredrikstad", FIRST, last(MERGER)),
        row(1, "3004", "Fredrikstad", MERGER, last(SPLIT)),
        row(1, "3107", "Fredrikstad", SPLIT),
        row(2, "0220", "Asker", FIRST, last(MERGER)),
        row(3, "0627", "Røyken", FIRST, last(MERGER)),
        row(4, "3025", "Asker", MERGER),
        row(5, "0301", "Oslo"),
        row(6, "030101", "Gamle Oslo", kind="district"),
        row(7, "3018", "Våler"),
        row(8, "3419", "Våler", office=OTHER),
        row(9, "0616", "Nes", FIRST, last(MERGER)),
        row(9, "3040", "Nesbyen", MERGER),
        row(10, "3034", "Nes"),
        row(11, "5430", "Kautokeino", office=OTHER, official=SAMI),
        row(12, "1507", "Ålesund", FIRST, last(SPLIT)),
        row(13, "1508", "Ålesund", SPLIT),
        row(14, "1580", "Haram", SPLIT),
        row(15, "3033", "Sande", FIRST, last(MERGER)),
        row(16, "1514", "Sande", FIRST, last(MERGER)),
        row(17, "3802", "Holmestrand", MERGER),
        row(18, "1577", "Volda", MERGER),
        row(19, "5401", "Tromsø"),
    ],
    [
        Link(2, 4, "merger", MERGER),
        Link(3, 4, "merger", MERGER),
        Link(12, 13, "split", SPLIT),
        Link(12, 14, "split", SPLIT),
        Link(15, 17, "merger", MERGER),
        Link(16, 18, "merger", MERGER),
    ],
)


def read(text, day=TODAY, office=OWN):
    return BOOK.read(text, office_id=office, day=day)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("3004", (1,)),
        ("301", (5,)),
        ("30101", (6,)),
        ("301.0; 3025", (5, 4)),
        ("Fredrikstad, Asker; Oslo\nGamle Oslo", (1, 4, 5, 6)),
        ("  fredrikstad  kommune ;; , \r\n\r\n", (1,)),
        ("Bydel Gamle Oslo", (6,)),
        ("3004 Fredrikstad\n3025\tAsker\n", (1, 4)),
        ("Fredrikstad (3004)", (1,)),
        ("3004\t3025\t301", (1, 4, 5)),
        ("3004, 3004, Fredrikstad, 0106", (1,)),
        ("0106 Fredrikstad", (1,)),  # its number before
        ("3107", (1,)),  # its number later
        ("0220 Asker; Røyken", (4,)),  # merged into one
        ("Tromso", (19,)),
        ("TROMSØ", (19,)),
        ('"Oslo".', (5,)),
        ("Våler", (7,)),  # the other one is of another region
        ("Nes", (10,)),  # the one that is called so; the other was
        ("Nesbyen", (9,)),
        ("", ()),
    ],
)
def test_it_is_understood(text, ids):
    found = read(text)
    assert found.faults == ()
    assert found.unit_ids == ids


def test_tomorrow_s_unit_is_found_in_the_past():
    assert read("3004", D(2019, 5, 1)).unit_ids == (1,)
    assert read("1508", TODAY).unit_ids == (12,)
    asked = read("3025", D(2019, 5, 1))
    assert asked.unit_ids == ()
    assert "0220 Asker, 0627 Røyken" in asked.faults[0]
    assert read("Asker", D(2019, 5, 1)).unit_ids == (2,)


def test_a_split_is_asked_back():
    found = read("1507", D(2024, 5, 1))
    assert found.unit_ids == ()
    assert "1508 Ålesund, 1580 Haram" in found.faults[0]
    assert read("Ålesund", D(2024, 5, 1)).unit_ids == (13,)  # one is called so


def test_two_of_the_same_name_are_asked_back_with_numbers():
    found = read("Sande, Oslo")
    assert found.unit_ids == (5,)
    assert len(found.faults) == 1
    assert "1577 Volda, 3802 Holmestrand" in found.faults[0]


def test_each_unknown_one_is_named_and_the_rest_is_kept():
    found = read("Oslo, Fredriksta, 9876, Atlantis, Kautokeino, 3004 Moss")
    assert found.unit_ids == (5,)
    assert len(found.faults) == 5
    for fault, part in zip(found.faults, ("3004 Fredrikstad", "9876", "Atlantis", "5430", "Moss"), strict=True):
        assert part in fault


def test_it_belongs_to_another_region():
    assert "Guovdageaidnu" in read("Guovdageaidnu").faults[0]
    for name in ("Guovdageaidnu", "Guovdageaidnu - Kautokeino", "5430 Kautokeino – Guovdageaidnu", "guovdageaidnu"):
        assert read(name, office=OTHER).unit_ids == (11,)
    assert read("Våler", office=OTHER).unit_ids == (8,)


def test_a_long_text_of_something_else_gives_few_sentences():
    faults = read(", ".join(f"tull {n}" for n in range(5000))).faults
    assert len(faults) == MAX_FAULTS + 1


def test_find_in_the_whole_country():
    assert [found.number for found in BOOK.find("Våler", TODAY)] == ["3018", "3419"]
    assert [found.number for found in BOOK.find("220", TODAY)] == ["3025"]
    assert [found.number for found in BOOK.find("Fredrikstad", TODAY)] == ["3004"]
    assert BOOK.find("Atlantis", TODAY) == BOOK.find("", TODAY) == BOOK.find("a, b", TODAY) == []


@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    found = read(text)
    assert len(set(found.unit_ids)) == len(found.unit_ids)

"""Where a unit of another day stands in today's borders, whether that differs, and what page and file say of it."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from municipalities.border_words import Places, beside, borders_words, differs, holding, placed, read_borders, switch
from municipalities.lineage import Lineage
from tests.municipalities.test_borders import LINKS, SPANS, Y19, Y22, Y24

LINEAGE = Lineage(SPANS, LINKS)


@pytest.fixture(autouse=True)
def words_as_written():
    with translation.override(None):
        yield


def of(borders=None, **more):
    values = {"day": Y19, "today": Y22, "differs": True, "url": lambda key: f"?grenser={key}", **more}
    return switch(borders or "da", **values)


@pytest.mark.parametrize(("typed", "read"), [("na", "na"), ("da", "da"), ("", "da"), ("NA", "da"), ("nå\0", "da")])
def test_the_address_says_which_and_nonsense_counts_as_not_said(typed, read):
    assert read_borders({"grenser": typed}.get) == read
    assert read_borders({}.get) == "da"


@pytest.mark.parametrize(
    ("unit", "then", "today", "label"),
    [
        (11, Y19, Y22, "3025 Asker (then 0627 Røyken)"),
        (11, Y19, Y24, "3203 Asker (then 0627 Røyken)"),
        (1, Y19, Y24, "3107 Fredrikstad (then 0106 Fredrikstad)"),
        (21, Y19, Y22, "1103 Stavanger (then 1141 Finnøy)"),
        (20, Y19, Y22, "1103 Stavanger"),
        (22, Y19, Y22, "1133 Hjelmeland"),
        (40, Y19, Y22, "1850 Tysfjord (split since, now part of 1806 Narvik and 1875 Hamarøy)"),
        (32, Y22, Y24, "1507 Ålesund (split since, now part of 1508 Ålesund and 1580 Haram)"),
        (31, Y19, Y24, "1507 Ålesund (then 1534 Haram; split since, now part of 1508 Ålesund and 1580 Haram)"),
        (13, Y24, Y22, "3025 Asker (then 3203 Asker)"),
    ],
)
def test_a_unit_stands_where_it_belongs_today_with_what_it_was_called_beside(unit, then, today, label):
    found = placed(LINEAGE, unit, then, today)
    assert found.label == label
    assert found.changed is ("(" in label) is differs(LINEAGE, [(unit, then)], today)
    assert Places(LINEAGE, today).of(unit, then) == found
    assert Places(LINEAGE, today).differ([(unit, then)]) is found.changed


def test_the_parts_of_a_merger_stand_as_one_and_a_split_unit_as_itself():
    assert {placed(LINEAGE, unit, Y19, Y22).unit_id for unit in (10, 11, 12)} == {13}
    assert placed(LINEAGE, 40, Y19, Y22).unit_id == 40
    assert placed(LINEAGE, 41, Y19, Y22).unit_id == 42
    with pytest.raises(KeyError):
        placed(LINEAGE, 999, Y19, Y22)


def test_borders_differ_only_where_a_unit_became_another_or_is_called_otherwise():
    assert not differs(LINEAGE, [(20, Y19), (22, Y19), (13, Y22)], Y22)
    assert differs(LINEAGE, [(20, Y19), (1, Y19)], Y22)
    assert not differs(LINEAGE, [], Y22)


def test_a_choice_is_shown_where_it_differs_and_a_way_back_always():
    assert [choice.current for choice in of("da").choices] == [True, False]
    assert [choice.url for choice in of("na").choices] == ["?grenser=da", "?grenser=na"]
    assert of("da", differs=False).choices == ()
    assert [choice.current for choice in of("na", differs=False).choices] == [False, True]
    assert of("na", day=Y22).choices == () and of("na", day=Y22).borders == "da"  # today's borders are the day's
    assert holding("na", None, Y22) == "na" and of("na", day=None).today


def test_page_and_file_say_which_borders_hold():
    assert borders_words("da", Y19, Y22) == of("da").said == "The borders of that day, 01.11.2019"
    assert borders_words("na", Y19, Y22) == of("na").said == "Today's borders, 01.05.2022"
    assert borders_words("da", None, Y22) == of("da", day=None).said == "The borders of each row's own day"
    assert of("na").sentence != of("da").sentence != of("da", day=None).sentence
    assert of("na", sentence="Own words").sentence == "Own words"


def test_the_template_marks_the_choice_and_is_empty_without_one():
    page = render_to_string("municipalities/_borders.html", {"switch": of("na"), "to": "#treff"})
    assert '<a href="?grenser=na#treff" aria-current="true">' in page and '<a href="?grenser=da#treff">' in page
    assert of("na").sentence in page
    assert not render_to_string("municipalities/_borders.html", {"switch": of("da", differs=False)}).strip()


def test_several_parts_stand_beside_in_one_line():
    assert beside(["0220 Asker", "0627 Røyken"], []) == "then 0220 Asker and 0627 Røyken"
    assert beside([], []) == ""

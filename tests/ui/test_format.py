"""Dates, numbers, deadlines and states as they are written on every page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from municipalities.templatetags import portal

D = dt.date


@pytest.fixture(autouse=True)
def _bokmal():
    with translation.override("nb"):
        yield


def test_a_date_keeps_its_day_and_month_together():
    assert portal.day(D(2022, 5, 1)) == "1.\u00a0mai 2022"
    assert portal.short_day(D(2022, 5, 1)) == "1.\u00a0mai"
    assert portal.weekday(D(2022, 5, 1)) == "søndag 1.\u00a0mai 2022"
    assert portal.day(None) == ""


def test_the_weekday_is_nynorsk_in_nynorsk():
    with translation.override("nn"):
        assert portal.weekday(D(2022, 5, 2)) == "måndag 2.\u00a0mai 2022"


def test_a_moment_is_told_in_oslos_time():
    moment = dt.datetime(2022, 5, 23, 22, 4, tzinfo=dt.UTC)
    assert portal.clock(moment) == "00.04"
    assert portal.day(moment) == "24.\u00a0mai 2022"  # past midnight in Oslo
    assert 'datetime="2022-05-24T00:04+02:00"' in portal.when(moment)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1230, "1\u00a0230"),
        (1234567, "1\u00a0234\u00a0567"),
        (12.5, "12,5"),
        (Decimal("12.50"), "12,5"),
        (0, "0"),
        (-3, "\u22123"),
        (None, ""),
        (1e6, "1\u00a0000\u00a0000"),
    ],
)
def test_numbers(value, written):
    assert portal.number(value) == written


def test_a_number_with_a_fixed_count_of_decimals_and_no_minus_before_nought():
    assert portal.number(12, 1) == "12,0"
    assert portal.number(-0.04, 1) == "0,0"


def test_shares_and_signs():
    assert portal.per_cent(30, 356) == "8\u00a0%"
    assert portal.per_cent(1, 8) == "13\u00a0%"  # half goes up, not to the even number
    assert portal.per_cent(3, 0) == ""
    assert (portal.signed(39), portal.signed(-3), portal.signed(0)) == ("+39", "\u22123", "0")


@pytest.mark.parametrize(("left", "key"), [(12, "12"), (1, "1"), (-3, "3")], ids=["before", "the day before", "after"])
def test_days_to_a_deadline(left, key):
    text = portal.days_left(D(2022, 5, 1), D(2022, 5, 1) - dt.timedelta(days=left))
    assert text.startswith(key)


def test_the_last_day_is_not_counted_in_days():
    assert not any(letter.isdigit() for letter in portal.days_left(D(2022, 5, 1), D(2022, 5, 1)))


def test_the_tag_of_a_state_carries_a_word_and_a_colour():
    for state, (word, colour) in portal.STATES.items():
        html = portal.status_tag(state)
        assert f'data-color="{colour}"' in html
        assert f">{word}<" in html


def test_every_state_of_a_report_has_a_tag():
    from reporting.models import Report

    assert set(Report.Status.values) <= set(portal.STATES)


def test_a_tag_does_not_run_what_it_is_given():
    assert "<script>" not in portal.tag("<script>alert(1)</script>", '"><script>')


def test_delivery():
    assert "ds-tag" not in portal.delivery_tag("on_time")
    assert 'data-color="danger"' in portal.delivery_tag("late", 2)
    assert "2" in portal.delivery_tag("missing", 2)
    assert portal.delivery_tag("pending") == "–"


def test_the_sami_part_of_a_name_says_its_language():
    unit = SimpleNamespace(
        name="Kautokeino",
        official_names=[{"name": "Guovdageaidnu", "lang": "se"}, {"name": "Kautokeino", "lang": "no"}],
    )
    assert portal.unit_name(unit) == 'Kautokeino – <span lang="se">Guovdageaidnu</span>'


def test_a_list_in_words():
    assert portal.joined([]) == ""
    assert portal.joined(["a"]) == "a"
    assert portal.joined(["a", "b", "c"]).startswith("a, b ")

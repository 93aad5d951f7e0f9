"""Who a unit was on another day, and where it belongs today."""

import datetime as dt

import pytest
from django.test import TestCase

from municipalities.lineage import Lineage, Link, Related, Span
from municipalities.models import MunicipalityVersion
from municipalities.registers.services import registers_load
from municipalities.services import lineage_of_all

D = dt.date
Y19, Y22, Y24 = D(2019, 6, 1), D(2022, 5, 1), D(2024, 5, 1)


class TestTheRealRegisters(TestCase):
    @classmethod
    def setUpTestData(cls):
        registers_load()
        cls.lineage = lineage_of_all()

    def unit(self, number, day):
        return MunicipalityVersion.objects.on(day).get(number=number).municipality_id

    def numbers(self, related, day):
        return {(self.lineage.span_on(entry.unit_id, day).number, entry.whole) for entry in related}

    def test_two_queries(self):
        with self.assertNumQueries(2):
            lineage_of_all()

    def test_a_renumbered_municipality_is_itself(self):
        unit = self.unit("3004", Y22)
        assert self.lineage.origins(unit, Y19) == (Related(unit, True),)
        assert self.lineage.today(unit, Y24) == (Related(unit, True),)
        assert [self.lineage.span_on(unit, day).number for day in (Y19, Y22, Y24)] == ["0106", "3004", "3107"]

    def test_a_merger_leads_on_and_back(self):
        asker = self.unit("3025", Y22)
        assert self.numbers(self.lineage.origins(asker, Y19), Y19) == {("0220", True), ("0627", True), ("0628", True)}
        hurum = self.unit("0628", Y19)
        assert self.numbers(self.lineage.today(hurum, Y24), Y24) == {("3203", True)}

    def test_a_merger_that_kept_its_number(self):
        stavanger = self.unit("1103", Y22)
        assert self.numbers(self.lineage.origins(stavanger, Y19), Y19) == {
            ("1103", True),
            ("1141", True),
            ("1142", True),
        }
        assert self.lineage.today(stavanger, Y24) == (Related(stavanger, True),)

    def test_a_split_gives_parts(self):
        tysfjord = self.unit("1850", Y19)
        assert self.numbers(self.lineage.today(tysfjord, Y22), Y22) == {("1806", False), ("1875", False)}
        snillfjord = self.unit("5012", Y19)
        assert self.numbers(self.lineage.today(snillfjord, Y22), Y22) == {
            ("5055", False),
            ("5056", False),
            ("5059", False),
        }
        hitra = self.unit("5056", Y22)
        assert self.numbers(self.lineage.origins(hitra, Y19), Y19) == {("5013", True), ("5012", False)}

    def test_through_a_merger_and_a_split(self):
        orskog = self.unit("1523", Y19)
        assert self.numbers(self.lineage.today(orskog, Y22), Y22) == {("1507", True)}
        assert self.numbers(self.lineage.today(orskog, Y24), Y24) == {("1508", False), ("1580", False)}

    def test_a_boundary_adjustment_is_no_mapping(self):
        hjelmeland = self.unit("1133", Y19)
        assert self.lineage.today(hjelmeland, Y22) == (Related(hjelmeland, True),)
        verran = self.unit("5039", Y19)  # merged into Steinkjer, a small part went to Indre Fosen
        assert self.numbers(self.lineage.today(verran, Y22), Y22) == {("5006", True)}

    def test_every_unit_of_2019_is_somewhere_in_2022_and_2024(self):
        for unit in set(MunicipalityVersion.objects.on(Y19).values_list("municipality_id", flat=True)):
            assert self.lineage.today(unit, Y22)
            assert self.lineage.today(unit, Y24)

    def test_an_old_number_finds_its_municipality(self):
        fredrikstad = self.unit("3004", Y22)
        assert {self.lineage.unit_with_number(n, Y22) for n in ("0106", "3004", "3107")} == {fredrikstad}
        assert self.lineage.unit_with_number("9999", Y22) is None


def test_a_number_that_another_unit_takes_over():
    spans = [
        Span(1, "0500", "Old", D(2000, 1, 1), D(2009, 12, 31)),
        Span(2, "0500", "New", D(2015, 1, 1), None),
    ]
    lineage = Lineage(spans, [])
    assert lineage.unit_with_number("0500", D(2005, 1, 1)) == 1
    assert lineage.unit_with_number("0500", D(2012, 1, 1)) == 1
    assert lineage.unit_with_number("0500", D(2020, 1, 1)) == 2


def test_a_split_that_leaves_a_unit_with_its_number():
    spans = [Span(1, "0500", "Big", D(2000, 1, 1), None), Span(2, "0501", "Small", D(2020, 1, 1), None)]
    lineage = Lineage(spans, [Link(1, 1, "split", D(2020, 1, 1)), Link(1, 2, "split", D(2020, 1, 1))])
    assert {entry.unit_id for entry in lineage.today(1, D(2021, 1, 1))} == {1, 2}
    assert lineage.origins(2, D(2019, 1, 1)) == (Related(1, False),)


@pytest.mark.parametrize("kind", ["merger", "renumbering", "renaming"])
def test_a_loop_in_the_links_ends(kind):
    spans = [Span(1, "0500", "A", D(2000, 1, 1), D(2001, 1, 1)), Span(2, "0501", "B", D(2000, 1, 1), D(2001, 1, 1))]
    links = [Link(1, 2, kind, D(2001, 1, 2)), Link(2, 1, kind, D(2001, 1, 2))]
    assert Lineage(spans, links).today(1, D(2020, 1, 1)) == ()

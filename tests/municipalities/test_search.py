"""A unit is found by what it is called, was called and will be called, however it is typed, and never mixed up."""

import datetime as dt

import pytest
from django.test import TestCase
from django.utils import translation

from municipalities.models import MunicipalityVersion
from municipalities.registers.services import registers_load
from municipalities.services import lineage_of_all, units_search

D = dt.date
Y19, Y22, Y24 = D(2019, 6, 1), D(2022, 5, 1), D(2024, 5, 1)


def found(text, day=Y22, **kwargs):
    with translation.override("en"):
        return [(match.label, match.why) for match in units_search(text, day, **kwargs)]


class TestTheRealRegisters(TestCase):
    @classmethod
    def setUpTestData(cls):
        registers_load()

    def test_by_todays_name_and_number(self):
        assert found("Lom") == [("3434 Lom", "")]
        assert found("3434") == [("3434 Lom", "")]
        for text in ("  lOm ", "Lom kommune", "3434 Lom", "kommune 3434", "Lom, Innlandet"):
            assert found(text) == [("3434 Lom", "")], text
        assert found("Nordstrand bydel")[0][0] == "030114 Nordstrand"
        assert found("301")[0] == ("0301 Oslo", "")

    def test_by_an_old_number_and_why(self):
        assert found("0514") == [("3434 Lom", "before 0514")]
        assert found("0514 Lom") == [("3434 Lom", "before 0514")]
        assert found("3107") == [("3004 Fredrikstad", "later 3107")]
        assert found("0106", Y24) == [("3107 Fredrikstad", "before 0106")]

    def test_by_an_old_name_and_why(self):
        assert found("Røyken") == [("3025 Asker", "holds the former 0627 Røyken")]
        assert found("Finnøy") == [("1103 Stavanger", "holds the former 1141 Finnøy")]
        assert found("Tysfjord") == [
            ("1875 Hamarøy", "holds a part of the former 1850 Tysfjord"),
            ("1806 Narvik", "holds a part of the former 1850 Tysfjord"),
        ]
        assert found("Skodje", Y24) == [
            ("1580 Haram", "holds a part of the former 1529 Skodje"),
            ("1508 Ålesund", "holds a part of the former 1529 Skodje"),
        ]
        assert found("1580") == [("1507 Ålesund", "later 1580 Haram")]

    def test_every_number_and_name_of_every_year_finds_units_of_each_day(self):
        lineage = lineage_of_all()
        rows = list(MunicipalityVersion.objects.order_by("pk"))
        for version in rows[:: len(rows) // 60]:
            for day in (Y19, Y22, Y24):
                where = lineage.today(version.municipality_id, day) or lineage.origins(version.municipality_id, day)
                want = {unit.unit_id for unit in where}
                assert want
                for text in (version.number, version.name):
                    got = {match.unit_id for match in units_search(text, day, limit=None)}
                    assert want <= got, (text, day)

    def test_namesakes_are_told_apart_by_number_and_county(self):
        assert found("Herøy") == [("1515 Herøy (Møre og Romsdal)", ""), ("1818 Herøy (Nordland)", "")]
        assert found("våler") == [("3018 Våler (Viken)", ""), ("3419 Våler (Innlandet)", "")]
        assert found("Våler innlandet") == [("3419 Våler (Innlandet)", "")]
        for name in ("Nes", "Os", "Sande", "Bø"):
            exact = [match for match in units_search(name, Y19) if match.level == 0]
            assert len(exact) > 1 and len({match.unit_id for match in exact}) == len(exact)
            assert all(match.namesake and match.unit.county_name in match.label for match in exact)
        assert found("0512", Y19) == [("0512 Lesja", "")]

    def test_æøå_however_they_are_typed(self):
        for text in ("Tromsø", "tromso", "Tromsoe", "TROMSØ", "Tromsö"):
            assert found(text)[0] == ("5401 Tromsø", ""), text
        for text in ("Ålesund", "aalesund", "alesund", "A\u030alesund"):
            assert found(text)[0] == ("1507 Ålesund", ""), text
        for text in ("Træna", "traena", "trana"):
            assert ("1835 Træna", "") in found(text), text
        assert found("Bø")[0] == ("1867 Bø", "")
        assert "1804 Bodø" not in [label for label, _why in found("Bø")]  # who types ø means ø

    def test_sami_and_kven_names_with_and_without_marks(self):
        for text in ("Guovdageaidnu", "guovdageaidnu – kautokeino", "Kautokeino", "2011"):
            assert found(text)[0][0] == "5430 Kautokeino", text
        for text in ("Kárášjohka", "karasjohka", "Karasjok"):
            assert found(text)[0][0] == "5437 Karasjok", text
        for text in ("Porsáŋgu", "porsangu", "Porsanki", "Porsanger"):
            assert found(text)[0][0] == "5436 Porsanger", text
        assert found("Snåase")[0][0] == found("snaase")[0][0] == "5041 Snåsa"

    def test_only_among_the_units_that_may_be_seen(self):
        lom = MunicipalityVersion.objects.on(Y22).get(number="3434").municipality_id
        assert found("l", among={lom}) == found("lom", among={lom}) == [("3434 Lom", "")]
        assert found("lom", among=set()) == []

    def test_two_queries_whatever_is_found(self):
        for text in ("a", "Lom", "0514", "%", "Herøy"):
            with self.assertNumQueries(2):
                units_search(text, Y22)
        with self.assertNumQueries(0):
            assert units_search("  ", Y22) == []


@pytest.mark.parametrize("text", ["", "%", "_", "'; --", "\x00", "٣٤", "<b>", "- –", "\ud83d", "x" * 5000])
def test_nonsense_finds_nothing(world, text):
    assert units_search(text, Y22) == []

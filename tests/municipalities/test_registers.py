"""load_registers: the real registers as of a day, loading twice, and files that are wrong."""

import datetime as dt
import io
import re
import shutil
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase

from municipalities.models import (
    County,
    Event,
    Municipality,
    MunicipalityLink,
    MunicipalityVersion,
    Office,
    OfficeName,
)
from municipalities.registers.services import DATA, registers_load
from municipalities.services import office_names
from reform.dates import EndDecision, PhaseDates, phase_on, reform_end_on
from reform.models import PhasePeriod, ReformEnd, Solution

D = dt.date
pytestmark = pytest.mark.django_db
OFFICES = [
    "oslo-og-viken", "innlandet", "vestfold-og-telemark", "agder", "rogaland",
    "vestland", "more-og-romsdal", "trondelag", "nordland", "troms-og-finnmark",
]  # fmt: skip


def every():
    return Municipality.objects.across_all(reason="test of the registers")


def everything():
    """All rows of the registers, to see whether anything moved."""
    models = [Municipality, MunicipalityVersion, MunicipalityLink, County, Office, OfficeName, Solution, PhasePeriod]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.fixture
def folder(tmp_path):
    """A copy of the register files to break."""
    return shutil.copytree(DATA, tmp_path / "data")


def edit(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def refused(folder):
    before = everything()
    with pytest.raises(CommandError) as caught:
        call_command("load_registers", "--from", str(folder), stdout=io.StringIO())
    message = str(caught.value)
    assert everything() == before
    assert "\n" not in message and message.endswith("Nothing was changed.")
    return message


class TestTheRealRegisters(TestCase):
    @classmethod
    def setUpTestData(cls):
        registers_load()

    def test_the_real_registers(self):
        assert every().as_of(D(2019, 12, 31)).count() == 422
        assert every().as_of(D(2020, 1, 1)).count() == 356
        assert every().as_of(D(2022, 5, 1)).count() == 356
        assert every().as_of(D(2024, 5, 1)).count() == 357
        assert every().units_as_of(D(2022, 5, 1)).count() == 371
        by_office = Counter(every().as_of(D(2022, 5, 1)).values_list("office_key", flat=True))
        assert [by_office[key] for key in OFFICES] == [52, 46, 23, 25, 23, 43, 26, 38, 41, 39]
        assert list(Office.objects.across_all(reason="test").values_list("key", flat=True)) == OFFICES
        assert Solution.objects.count() == 25
        names = [row.name for row in every().as_of(D(2022, 5, 1))]
        assert names[0] == "Alstahaug" and names[-2:] == ["Åseral", "Åsnes"]

    def test_fredrikstad_is_one_identity_with_three_numbers(self):
        versions = MunicipalityVersion.objects.filter(number__in=["0106", "3004", "3107"]).order_by("valid_from")
        assert [version.number for version in versions] == ["0106", "3004", "3107"]
        assert len({version.municipality_id for version in versions}) == 1

    def test_who_goes_on(self):
        def identity(number, year):
            return MunicipalityVersion.objects.on(D(year, 6, 1)).get(number=number).municipality_id

        for old, new, same in [
            (("1103", 2019), ("1103", 2022), True),  # Stavanger took in its neighbours and kept its number
            (("0104", 2019), ("3002", 2022), False),  # Moss and Rygge became the new Moss
            (("1507", 2022), ("1508", 2024), False),  # Ålesund was split
            (("1507", 2022), ("1580", 2024), False),
            (("3018", 2022), ("3114", 2024), True),  # Våler in Østfold ...
            (("3018", 2022), ("3419", 2022), False),  # ... is not Våler in Innlandet
            (("1133", 2019), ("1133", 2022), True),  # Hjelmeland gave a part away
            (("1826", 2019), ("1826", 2022), True),  # Hattfjelldal got a second name
        ]:
            assert (identity(*old) == identity(*new)) is same, (old, new)

    def test_links_hold_every_change_and_the_kind(self):
        kinds = Counter(MunicipalityLink.objects.values_list("on__year", "kind"))
        assert sum(kinds.values()) == 319 + 118
        assert kinds[2020, "boundary"] == 4
        assert kinds[2024, "split"] == 2
        old_in_mergers = set(
            MunicipalityLink.objects.filter(on=D(2020, 1, 1), kind__in=["merger", "split"]).values_list(
                "old", flat=True
            )
        )
        new_in_mergers = set(
            MunicipalityLink.objects.filter(on=D(2020, 1, 1), kind__in=["merger", "split"]).values_list(
                "new", flat=True
            )
        )
        assert (len(old_in_mergers), len(new_in_mergers)) == (109, 43)

    def test_names_numbers_and_places(self):
        kautokeino = MunicipalityVersion.objects.get(number="5430")
        assert kautokeino.display_name == "Kautokeino – Guovdageaidnu"
        assert kautokeino.official_names[0] == {"name": "Guovdageaidnu", "lang": "se"}
        assert kautokeino.sami_area and kautokeino.organisation_number == "945475056"
        now = MunicipalityVersion.objects.get(number="5612")
        assert now.sami_area and now.organisation_number == "945475056"  # not in the later file, but it went on
        assert MunicipalityVersion.objects.get(number="1508").organisation_number == ""  # a new one: not known
        assert {e["lang"] for e in MunicipalityVersion.objects.get(number="5426").official_names} == {"no", "se", "fkv"}
        oslo = MunicipalityVersion.objects.on(D(2022, 5, 1)).get(number="0301")
        assert (oslo.tile_column, oslo.tile_row) == (10, 32)
        districts = every().units_as_of(D(2022, 5, 1)).filter(kind="district")
        assert districts.count() == 15
        assert {row.parent_id for row in districts} == {oslo.municipality_id}
        assert {row.office_key for row in districts} == {"oslo-og-viken"}

    def test_dated_names_of_offices_and_counties(self):
        first = Office.objects.across_all(reason="test").get(key="oslo-og-viken").pk
        assert office_names(D(2020, 12, 31))[first].name == "Fylkesmannen i Oslo og Viken"
        assert office_names(D(2022, 5, 1))[first].short_name == "Oslo og Viken"
        assert office_names(D(2024, 2, 22))[first].short_name == "Oslo og Viken"
        assert office_names(D(2024, 5, 1))[first].name == "Statsforvalteren i Østfold, Buskerud, Oslo og Akershus"
        assert all(len(office_names(day)) == 10 for day in (D(2019, 1, 1), D(2021, 1, 1), D(2024, 2, 23)))
        assert County.objects.get(number="11").valid_to is None
        assert County.objects.get(number="30").valid_to == D(2023, 12, 31)

    def test_the_reforms_end_and_phases(self):
        ends = [EndDecision(row.ends_on, row.decided_on) for row in ReformEnd.objects.all()]
        assert reform_end_on(D(2022, 5, 1), ends) == D(2024, 12, 31)
        assert reform_end_on(D(2023, 5, 1), ends) == D(2023, 12, 31)
        assert all(row.source for row in ReformEnd.objects.all())
        periods = [
            PhaseDates(row.phase.number, row.starts_on, row.ends_on, row.decided_on)
            for row in PhasePeriod.objects.select_related("phase")
        ]
        assert phase_on(D(2022, 5, 1), periods) == 3


def test_loading_again_changes_nothing():
    registers_load()
    before = everything()
    assert registers_load().unchanged
    assert everything() == before


def test_blank_rows_are_passed_over_and_the_last_row_counts(folder):
    """Every file with blank rows before its last row, which has no line end: nothing is skipped."""
    for path in folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        blank = ["", "," * lines[0].count(","), "   "]
        path.write_text("\n".join([*lines[:-1], *blank, lines[-1]]), encoding="utf-8")
    registers_load(folder=folder)
    changed = everything()
    assert registers_load().unchanged
    assert everything() == changed and len(MunicipalityVersion.objects.all()) == 1150


def test_a_corrected_name_is_written_once(folder, now):
    registers_load()
    assert not Event.objects.get_queryset().exists()  # the first load is what all else is told against
    edit(folder / "solutions.csv", "Miljøbehandling,Miljøbehandling,no", "Miljøbehandling,Miljøbehandling,yes")
    with pytest.raises(ValueError, match="say when"):
        registers_load(folder=folder)
    assert not Solution.objects.get(code="4.4").name_confirmed
    loaded = registers_load(folder=folder, now=now)
    assert loaded.corrected["Solution"] == 1 and sum(loaded.added.values()) == 0
    solution = Solution.objects.get(code="4.4")
    assert solution.name_confirmed
    event = Event.objects.get_queryset().get()
    assert (event.name, event.object_type, event.object_id) == ("loaded_corrected", "reform.solution", solution.pk)
    assert event.note == "name_confirmed: False → True" and event.happened_at == now


def test_a_row_that_is_added_later_leaves_an_event(now):
    registers_load()
    MunicipalityVersion.objects.filter(number="3434", valid_to=None).delete()
    assert sum(registers_load(now=now).added.values()) == 1
    event = Event.objects.get_queryset().get()
    assert event.name == "loaded_added" and "number: 3434" in event.note and event.municipality_id is not None


HALF = "municipalities_2020.csv"
ROW = "3004,Fredrikstad,30,Viken,oslo-og-viken,2020-01-01,2023-12-31"
STAVANGER = "1103,Stavanger,11,Rogaland,rogaland,2019-01-01,2019-12-31"
BROKEN = [
    (HALF, ROW, ROW.replace(",Fredrikstad", ""), "line 96: has 6 cells, the header has 7"),
    (HALF, ROW, ROW.replace("Fredrikstad", '"Fredrikstad'), "is not well-formed CSV"),
    (HALF, "number,name", "nummer,name", "line 1: the column number is missing"),
    (HALF, ROW, ROW.replace("3004", "304"), "line 96: number is '304'"),
    (HALF, ROW, ROW.replace("Fredrikstad", ""), "line 96: name is empty"),
    (HALF, ROW, ROW.replace("Fredrikstad", "Fredrik\x00stad"), "line 96: name holds a control character"),
    (HALF, ROW, ROW.replace("Fredrikstad", "F" * 121), "line 96: name is longer than 120 characters"),
    (HALF, ROW, ROW.replace("oslo-og-viken", "viken"), "office is 'viken'"),
    (HALF, ROW, ROW.replace("Viken", "Østfold"), "county 30 is Østfold here"),
    (HALF, ROW, ROW.replace("2020-01-01", "2020-13-01"), "valid_from is '2020-13-01'"),
    (HALF, ROW, ROW.replace("2020-01-01", "2024-01-01"), "valid_to 2023-12-31 comes before"),
    (HALF, "3003,Sarpsborg", "3004,Sarpsborg", "3004 from 2020-01-01 overlaps municipalities_2020.csv, line"),
    (HALF, ROW, ROW.replace("2023-12-31", "2024-06-30"), "3107 overlaps 3004"),
    (
        "municipalities_2019.csv",
        STAVANGER,
        STAVANGER.replace("2019-12-31", "2020-06-30"),
        "1103 from 2020-01-01 overlaps municipalities_2019.csv, line",
    ),
    ("changes_2024.csv", "3004,3107", "3004,3199", "new number 3199 is unknown"),
    ("changes_2024.csv", "3004,3107", "9999,3107", "old is 9999, which is no municipality"),
    ("changes_2024.csv", "3004,3107", "3003,3107", "3003 is renumbered to"),
    ("changes_2024.csv", "2024-01-01,3004,3107,renumbering\n", "", "3107 begins on 2024-01-01, but no change says"),
    ("changes_2020.csv", "2020-01-01,0104,3002,merger\n", "", "0104 ends on 2019-12-31, but no change says into what"),
    ("changes_2024.csv", "3004,3107,renumbering", "3004,3107,moved", "kind is 'moved'"),
    ("municipality_names_2020.csv", "3004,2020-01-01", "3999,2020-01-01", "number 3999 is unknown"),
    ("municipality_names_2020.csv", "Guovdageaidnu@se", "Guovdageaidnu@xx", "official_names holds 'Guovdageaidnu@xx'"),
    ("municipality_names_2020.csv", "940039541", "94003954", "organisation_number is '94003954'"),
    ("tiles_2020.csv", "0301,2020-01-01,10,32", "0301,2020-01-01,1,40", "is taken by"),
    ("office_names.csv", "2020-12-31", "2021-01-01", "oslo-og-viken from 2021-01-01 overlaps office_names.csv, line 2"),
    ("phase_periods.csv", "1,2019-01-01,2019-12-31", "1,2019-01-01,2018-12-31", "ends_on 2018-12-31 comes before"),
    ("phase_periods.csv", "1,2019-01-01,2019-12-31", "7,2019-01-01,2019-12-31", "phase 7 is unknown"),
    ("solutions.csv", "1.2,1,", "1.1,1,", "1.1 stands in line 2 already"),
    ("districts.csv", "030101,", "040101,", "does not begin with its municipality's number"),
]


@pytest.mark.parametrize(("file", "old", "new", "why"), BROKEN, ids=[f"{f}: {w[:40]}" for f, _, _, w in BROKEN])
def test_a_broken_file_is_named_and_changes_nothing(folder, file, old, new, why):
    edit(folder / file, old, new)
    message = refused(folder)
    assert why in message
    assert re.match(r"[a-z_0-9]+\.csv, line \d+: ", message)


def test_a_missing_file_and_one_that_is_not_text(folder):
    (folder / "solutions.csv").unlink()
    assert refused(folder).startswith("solutions.csv: cannot be read")
    (folder / "solutions.csv").write_bytes("code\n1.1;Måltid".encode("latin-1"))
    assert refused(folder).startswith("solutions.csv, line 2: is not UTF-8 text")


def test_a_broken_file_leaves_what_was_loaded_before(folder):
    registers_load()
    edit(folder / "solutions.csv", "Tro og liv", "Tro og liv!")
    edit(folder / "tiles_2024.csv", "3107,2024-01-01", "3998,2024-01-01")
    refused(folder)
    assert not Solution.objects.filter(name_nb="Tro og liv!").exists()


def test_a_row_in_the_database_that_overlaps_is_named():
    registers_load()
    lom = MunicipalityVersion.objects.on(D(2022, 5, 1)).get(number="3434")
    lom.pk, lom.number, lom.valid_from = None, "3999", D(2021, 1, 1)
    lom.save()
    before = everything()
    with pytest.raises(CommandError, match="which is in the database and not in the files"):
        call_command("load_registers", stdout=io.StringIO())
    assert everything() == before


def test_the_command_tells_what_it_did():
    out = io.StringIO()
    call_command("load_registers", stdout=out)
    assert "MunicipalityVersion: 1150 added, 0 corrected" in out.getvalue()
    again = io.StringIO()
    call_command("load_registers", stdout=again)
    assert "nothing was changed" in again.getvalue()

"""A walk through every real change of 2020 and 2024: nobody is lost, nobody is counted twice, on the way and back."""

import csv
import datetime as dt

from django.test import TestCase

from municipalities.borders import Share, counts, listed, regroup, shares
from municipalities.models import Membership, Municipality, MunicipalityLink, MunicipalityVersion, Role, User
from municipalities.registers.services import DATA, registers_load
from municipalities.services import lineage_of_all, office_names, unit_with_number
from reporting.register_rows import in_todays_borders, unit_rows

D = dt.date
Y19, Y20, Y22, Y23, Y24 = D(2019, 12, 31), D(2020, 1, 1), D(2022, 5, 1), D(2023, 12, 31), D(2024, 5, 1)
NUMBER_OF = {Y19: 422, Y20: 356, Y22: 356, Y23: 356, D(2024, 1, 1): 357, Y24: 357}
OFFICES_2022 = [52, 46, 23, 25, 23, 43, 26, 38, 41, 39]
SPLIT = {"1850", "5012", "1507"}
ONE_DAY = dt.timedelta(days=1)


class TestTheWalk(TestCase):
    @classmethod
    def setUpTestData(cls):
        registers_load()
        cls.lineage = lineage_of_all()
        cls.ids = {
            day: dict(
                MunicipalityVersion.objects.on(day)
                .filter(municipality__kind="municipality")
                .values_list("number", "municipality_id")
            )
            for day in NUMBER_OF
        }
        cls.changes = []
        for year in (2020, 2024):
            with (DATA / f"changes_{year}.csv").open(encoding="utf-8") as file:
                cls.changes += list(csv.DictReader(file))

    def numbers(self, related, day):
        return {self.lineage.span_on(entry.unit_id, day).number: entry.whole for entry in related}

    def test_how_many_there_are_and_with_which_office(self):
        for day, number in NUMBER_OF.items():
            with self.assertNumQueries(1):
                rows = list(Municipality.objects.across_all(reason="test").as_of(day))
            assert len(rows) == number == len(self.ids[day])
        rows = Municipality.objects.across_all(reason="test").as_of(Y22)
        by_office = [row.office_id for row in rows]
        assert [by_office.count(office) for office in office_names(Y22)] == OFFICES_2022

    def test_every_change_leads_from_the_old_to_the_new_and_back(self):
        assert len(self.changes) == 319 + 118
        for change in self.changes:
            on = D.fromisoformat(change["on"])
            before = MunicipalityVersion.objects.on(on - ONE_DAY).get(number=change["old"]).municipality_id
            after = MunicipalityVersion.objects.on(on).get(number=change["new"]).municipality_id
            onward = {entry.unit_id: entry.whole for entry in self.lineage.today(before, on)}
            back = {entry.unit_id: entry.whole for entry in self.lineage.origins(after, on - ONE_DAY)}
            if change["kind"] == "boundary":
                assert after not in onward and before not in back, change
                continue
            assert after in onward and before in back, change
            assert onward[after] is back[before] is (change["kind"] != "split"), change
            assert (before == after) is (
                change["kind"] in ("renumbering", "renaming") or change["old"] == change["new"]
            ), change

    def test_every_unit_of_2019_is_found_today_and_back_again(self):
        for then, day in ((Y19, Y22), (Y19, Y24), (Y22, Y24)):
            reached = set()
            for number, unit_id in self.ids[then].items():
                today = self.lineage.today(unit_id, day)
                assert today, number
                for entry in today:
                    assert entry.unit_id in self.ids[day].values()
                    assert unit_id in {origin.unit_id for origin in self.lineage.origins(entry.unit_id, then)}, number
                    reached.add(entry.unit_id)
            assert reached == set(self.ids[day].values())

    def test_every_number_ever_finds_its_municipality_on_each_day(self):
        for day in (Y19, Y22, Y24):
            for other in (Y19, Y22, Y24):
                for number, unit_id in list(self.ids[other].items())[::25]:
                    found = unit_with_number(number, day)
                    expected = self.ids[day].get(number, unit_id)
                    assert found is not None and found[0] == expected, (number, day)

    def test_figures_are_neither_lost_nor_counted_twice(self):
        for then, day in ((Y19, Y22), (Y19, Y24), (Y22, Y24), (Y24, Y22), (Y22, Y19), (Y24, Y19)):
            units = list(self.ids[then].values())
            groups = regroup(self.lineage, units, then, day)
            members = [span.unit_id for group in groups for span in group.members]
            assert sorted(members) == sorted(units)
            assert sum(line.value or 0 for line in counts(groups, dict.fromkeys(units, 1))) == len(units)
            whole = [line.value for line in shares(groups, dict.fromkeys(units, Share(1, 2))) if line.value]
            assert all(share.part * 2 == share.whole for share in whole)
            for line in listed(groups, dict.fromkeys(units, "yes")):
                assert len(line.parts) == len(line.group.members)

    def test_in_todays_borders_every_unit_of_today_and_the_split_ones(self):
        for then, day, split in ((Y19, Y22, {"1850", "5012"}), (Y19, Y24, SPLIT), (Y22, Y24, {"1507"})):
            groups = regroup(self.lineage, self.ids[then].values(), then, day)
            assert {group.unit_id for group in groups if group.fits} == set(self.ids[day].values())
            assert {group.number for group in groups if not group.fits} == split

    def test_identities_stay_and_only_the_real_mergers_and_splits_make_new_ones(self):
        of = {day: set(self.ids[day].values()) for day in self.ids}
        assert len(of[Y20] - of[Y19]) == 41 and len(of[Y19] - of[Y20]) == 107
        assert len(of[Y24] - of[Y23]) == 2 and len(of[Y23] - of[Y24]) == 1
        for number in ("1103", "5001"):  # Stavanger and Trondheim took in their neighbours and kept their numbers
            assert len({self.ids[day][number] for day in (Y19, Y22, Y24)}) == 1

    def test_boundary_adjustments_are_told_and_never_followed(self):
        told = self.lineage.adjustments(Y19, Y24)
        kept = MunicipalityLink.objects.filter(kind="boundary").values_list("old_number", "new_number")
        assert len(told) == len(kept) == 4
        assert {*kept} == {("1133", "1103"), ("1418", "4638"), ("1520", "1577"), ("5039", "5054")}

    def test_the_list_in_todays_borders_loses_nobody(self):
        user = User.objects.create(username="hdir")
        Membership.objects.create(user=user, role=Role.HDIR, valid_from=D(2019, 1, 1))
        rows = unit_rows(user, day=Y19, today=Y24)
        shown = in_todays_borders(rows, user, day=Y19, today=Y24)
        by_number = {row.number: row for row in shown}
        assert {part.number for part in by_number["1507"].parts} == {"1504", "1523", "1529", "1534", "1546"}
        assert by_number["1507"].leads_to == ("Ålesund", "Haram")
        assert {part.number for part in by_number["3203"].parts} == {"0220", "0627", "0628"}
        assert len(shown) == 357 + 3 + 15

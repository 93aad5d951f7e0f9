"""bin/manage import_klass: a change of the map, from files in the shape of Klass made from the real registers."""

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase

from municipalities.access import scope_of
from municipalities.klass.reading import KlassError
from municipalities.management.commands.import_klass import _wish
from municipalities.models import (
    Event,
    Membership,
    Municipality,
    MunicipalityLink,
    MunicipalityVersion,
    PlanDecision,
    Role,
    User,
)
from municipalities.registers.services import registers_load
from municipalities.services import membership_grant, plan_decision_register
from municipalities.services.structure import structure_apply, structure_plan
from tests.municipalities.klass_files import (
    KEYS_2020,
    all_links,
    changes_of,
    codes_of,
    counties_of,
    klass_files,
    on_day,
    registers_until,
    write,
)

pytestmark = pytest.mark.django_db
D = dt.date
DAYS = (D(2019, 12, 31), D(2020, 1, 1), D(2023, 12, 31), D(2024, 1, 1), D(2024, 5, 1))


def run(*arguments: str, yes: bool = True) -> str:
    out = io.StringIO()
    call_command("import_klass", *arguments, *(["--yes"] if yes else []), stdout=out)
    return out.getvalue()


def everything() -> dict[str, list]:
    models = (Municipality.objects.get_queryset(), MunicipalityVersion.objects, MunicipalityLink.objects)
    kept = {rows.model.__name__: list(rows.order_by("pk").values()) for rows in models}
    return {**kept, "events": [Event.objects.get_queryset().count()]}


def test_two_imports_give_what_the_files_of_the_portal_give(tmp_path: Path):
    registers_load()
    want, links = [on_day(day) for day in DAYS], all_links()
    registers_until(2019)
    assert len(on_day(DAYS[1])) == 422
    run(*klass_files(tmp_path, 2020), *KEYS_2020)
    assert len(on_day(DAYS[1])) == 356
    run(*klass_files(tmp_path, 2024))
    for day, units in zip(DAYS, want, strict=True):
        now = on_day(day)
        assert now.keys() == units.keys()
        different = {number: (now[number], units[number]) for number in now if now[number] != units[number]}
        assert not different, (day, list(different.items())[:5])
    assert all_links() == links
    again = everything()
    for year, keys in ((2020, KEYS_2020), (2024, [])):
        assert "Nothing was changed" in run(*klass_files(tmp_path, year), *keys)
    assert everything() == again
    registers_load(now=NOW)  # and the portal's own files still fit: they add what Klass does not know
    assert [on_day(day) for day in DAYS] == want and all_links() == links


NOW = dt.datetime(2024, 1, 2, 9, tzinfo=dt.UTC)


def refused(*arguments: str, yes: bool = True) -> str:
    before = everything()
    with pytest.raises(CommandError) as caught:
        run(*arguments, yes=yes)
    assert everything() == before
    message = str(caught.value)
    assert "\n" not in message and message.endswith("Nothing was changed."), message
    return message


class TestOf2024(TestCase):
    """The registers know 2020; the files are those of 2024."""

    @classmethod
    def setUpTestData(cls):
        registers_until(2020)
        cls.unit = {
            number: MunicipalityVersion.objects.on(D(2023, 12, 31)).get(number=number).municipality
            for number in ("3004", "1507", "5037", "0301")
        }

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.codes, self.changes, self.counties = codes_of(2024), changes_of(2024), counties_of(2024)

    def files(self) -> list[str]:
        return [
            write(self.folder / "codes.json", codes=self.codes),
            write(self.folder / "changes.json", codeChanges=self.changes),
            "--counties",
            write(self.folder / "counties.json", codes=self.counties),
        ]

    def test_it_shows_what_would_change_and_writes_nothing(self):
        before = everything()
        said = run(*self.files(), "--dry-run", yes=False)
        assert everything() == before
        for line in (
            "Changes on 2024-01-01:",
            "new: 2",
            "renumbered: 113",
            "merged: 0",
            "split: 1",
            "ended: 1",
            "boundary adjustments: 0",
            "new counties: 7",
            "ended counties: 3",
            "3004 Fredrikstad -> 3107 Fredrikstad",
            "1507 Ålesund -> 1508 Ålesund, 1580 Haram",
            "5037 Levanger -> 5037 Levanger - Levangke",
            "5444 Sør-Varanger -> 5605 Sør-Varanger",
        ):
            assert line in said, line

    def test_it_asks_and_takes_only_yes(self):
        for answer in ("", "n", "nei", "y?"):
            with mock.patch("builtins.input", return_value=answer):
                assert "Not confirmed" in refused(*self.files(), yes=False)
        with mock.patch("builtins.input", side_effect=EOFError):
            assert "Not confirmed" in refused(*self.files(), yes=False)
        with mock.patch("builtins.input", return_value="ja"):
            assert "Written" in run(*self.files(), yes=False)

    def test_every_row_counts_the_first_the_last_and_the_one_before_9999(self):
        run(*self.files())
        numbers = set(MunicipalityVersion.objects.on(D(2024, 1, 1)).values_list("number", flat=True))
        assert {entry["code"] for entry in self.codes if entry["code"] != "9999"} <= numbers
        assert "9999" not in numbers
        assert MunicipalityLink.objects.filter(on=D(2024, 1, 1)).count() == len(self.changes)

    def test_history_is_neither_moved_nor_deleted(self):
        decided = {}
        for number in ("3004", "1507"):
            decided[number] = plan_decision_register(
                municipality=self.unit[number], status="own", decided_on=D(2021, 6, 17), origin="register",
                valid_from=D(2021, 6, 17), now=NOW,
            )  # fmt: skip
        before = list(MunicipalityVersion.objects.filter(valid_to__lt=D(2023, 12, 31)).order_by("pk").values())
        held = on_day(D(2023, 12, 31)).keys()
        run(*self.files())
        assert list(MunicipalityVersion.objects.filter(valid_to__lt=D(2023, 12, 31)).order_by("pk").values()) == before
        assert on_day(D(2023, 12, 31)).keys() == held
        for number, row in decided.items():
            assert PlanDecision.objects.get_queryset().get(pk=row.pk).municipality_id == self.unit[number].pk
        haram = MunicipalityVersion.objects.on(D(2024, 1, 1)).get(number="1580").municipality
        assert haram != self.unit["1507"] and not haram.plandecision_set.exists()

    def test_each_change_leaves_an_event(self):
        run(*self.files())
        notes = dict(Event.objects.get_queryset().filter(name__startswith="unit_").values_list("note", "name"))
        assert len(notes) == 113 + 4 + 2 + 1  # Røros got its names in another order
        assert notes["3004 → 3107 Fredrikstad"] == "unit_renumbered"
        assert notes["5037 → 5037 Levanger"] == "unit_renamed"
        assert notes["1507 → 1580 Haram"] == "unit_split"
        assert notes["1507 Ålesund → 1508, 1580"] == "unit_ended"
        event = Event.objects.get_queryset().get(note="3004 → 3107 Fredrikstad")
        assert event.municipality_id == self.unit["3004"].pk

    def test_people_go_with_the_identity_and_wait_after_a_split(self):
        people = {}
        for number, unit in self.unit.items():
            people[number] = User.objects.create(username=f"contact-{number}")
            membership_grant(
                user=people[number], role=Role.MUNICIPALITY_EDITOR, municipality=unit, valid_from=D(2020, 1, 1), now=NOW
            )
        before = list(Membership.objects.order_by("pk").values())
        assert "Contacts whom Helsedirektoratet must place: 1." in run(*self.files())
        assert list(Membership.objects.order_by("pk").values()) == before  # nothing needs to be done
        fredrikstad = MunicipalityVersion.objects.on(D(2024, 5, 1)).get(number="3107").municipality_id
        assert scope_of(people["3004"], today=D(2024, 5, 1)).municipality_ids == {fredrikstad}
        assert scope_of(people["1507"], today=D(2024, 5, 1)).municipality_ids == {self.unit["1507"].pk}

    def test_namesakes_keep_their_names_and_are_never_joined(self):
        self.codes = [
            {**entry, "name": f"{entry['name']} (fylket)"} if entry["name"] in ("Herøy", "Våler") else entry
            for entry in self.codes
        ]
        run(*self.files())
        now = MunicipalityVersion.objects.on(D(2024, 1, 1))
        for name, numbers in (("Herøy", ["1515", "1818"]), ("Våler", ["3114", "3419"])):
            assert list(now.filter(name=name).order_by("number").values_list("number", flat=True)) == numbers
        links = MunicipalityLink.objects.filter(on=D(2024, 1, 1), old_number__in=["3018", "3419", "1515", "1818"])
        assert list(links.values_list("old_number", "new_number")) == [("3018", "3114")]

    def test_a_file_with_the_changes_of_several_years_needs_the_day(self):
        self.changes = [*changes_of(2020), *self.changes]
        assert "holds 2020-01-01 and 2024-01-01; say which day with --on" in refused(*self.files())
        assert "renumbered: 113" in run(*self.files(), "--on", "2024-01-01")
        assert len(on_day(D(2024, 1, 1))) == 357

    def test_all_or_nothing(self):
        with mock.patch("municipalities.services.structure.memberships_follow", side_effect=KlassError("Broken.")):
            assert "Broken." in refused(*self.files())

    def test_registers_that_were_changed_since_they_were_shown(self):
        codes, changes, _, counties = self.files()
        wish = _wish({"codes": codes, "changes": changes, "counties": counties, "on": "", "office": [], "boundary": []})
        shown, _registers = structure_plan(wish)
        run(*self.files())
        with pytest.raises(KlassError, match="changed in the meantime"):
            structure_apply(wish=wish, expected=shown, actor=None, now=NOW)

    def test_a_version_written_before_its_time_keeps_its_end(self):
        MunicipalityVersion.objects.filter(number="5037", valid_to=None).update(valid_to=D(2029, 12, 31))
        run(*self.files())
        assert MunicipalityVersion.objects.get(number="5037", valid_from=D(2024, 1, 1)).valid_to == D(2029, 12, 31)

    def test_what_the_portal_knows_beyond_klass_goes_on(self):
        run(*self.files())
        before = MunicipalityVersion.objects.get(number="5430")
        now = MunicipalityVersion.objects.get(number="5612")
        for name in ("organisation_number", "sami_area", "tile_column", "tile_row", "official_names", "office_id"):
            assert getattr(now, name) == getattr(before, name), name
        assert MunicipalityVersion.objects.get(number="5037", valid_to=None).official_names == [
            {"name": "Levanger", "lang": "no"},
            {"name": "Levangke", "lang": "und"},
        ]

    def test_faults_are_told_in_one_line_and_change_nothing(self):
        def without(entries, **keys):
            return [entry for entry in entries if not all(entry[key] == value for key, value in keys.items())]

        def changed(entries, where, **values):
            key, value = where
            return [{**entry, **values} if entry[key] == value else entry for entry in entries]

        codes, changes, counties = self.codes, self.changes, self.counties
        last = codes[-2]["code"]
        for what, why, new in [
            ("the last code", f"{last} is not among the codes", {"codes": codes[:-2]}),
            ("a code in the middle", "1101 Eigersund is registered, but", {"codes": without(codes, code="1101")}),
            ("the last change", "is registered, but not among the codes", {"changes": changes[:-1]}),
            ("a change in the middle", "3004 Fredrikstad is registered", {"changes": without(changes, oldCode="3004")}),
            ("a blank code", "entry 11: it is blank", {"codes": [*codes[:10], {}, *codes[10:]]}),
            ("a null", "entry 11: it is blank", {"codes": [*codes[:10], None, *codes[10:]]}),
            ("a blank at the end", "it is blank", {"codes": [*codes, dict.fromkeys(codes[0], "")]}),
            ("a blank change", "entry 1: it is blank", {"changes": [{}, *changes]}),
            ("a blank name", "name is missing or blank", {"codes": changed(codes, ("code", "3107"), name=" ")}),
            ("a code twice", "entry 359: 3107 stands in entry", {"codes": [*codes, {**codes[0], "code": "3107"}]}),
            ("a change twice", "stands in entry 1 already", {"changes": [*changes, changes[0]]}),
            ("a number as a number", "code is missing", {"codes": changed(codes, ("code", "0301"), code=301)}),
            ("three digits", "code is '301'", {"codes": changed(codes, ("code", "0301"), code="301")}),
            ("other digits", "code is", {"codes": changed(codes, ("code", "0301"), code="٠٣٠١")}),
            (
                "an unknown old code",
                "no municipality has 3999",
                {"changes": changed(changes, ("oldCode", "3004"), oldCode="3999")},
            ),
            (
                "an unknown new code",
                "3999 is not among",
                {"changes": changed(changes, ("oldCode", "3004"), newCode="3999")},
            ),
            ("a new code from nowhere", "is new, but no change", {"codes": [*codes, {**codes[0], "code": "3199"}]}),
            (
                "no date",
                "changeOccurred is '1.1.2024'",
                {"changes": changed(changes, ("oldCode", "3004"), changeOccurred="1.1.2024")},
            ),
            (
                "two days",
                "say which day with --on",
                {"changes": changed(changes, ("oldCode", "3004"), changeOccurred="2023-01-01")},
            ),
            ("no changes", "holds no change", {"changes": []}),
            ("no codes", "holds no codes", {"codes": []}),
            ("an unnamed county", "County 31 is new and its name", {"counties": without(counties, code="31")}),
            ("a long name", "longer than 120", {"codes": changed(codes, ("code", "3107"), name="F" * 130)}),
            ("a control character", "control character", {"codes": changed(codes, ("code", "3107"), name="F\x07")}),
        ]:
            with self.subTest(what):
                self.codes, self.changes, self.counties = codes, changes, counties
                for key, value in new.items():
                    setattr(self, key, value)
                assert why in refused(*self.files())

    def test_files_that_are_no_answers_of_klass(self):
        arguments = self.files()
        path = Path(arguments[0])
        whole = path.read_bytes()
        for what, body, why in [
            ("cut short", whole[: len(whole) // 2], "cut short or not well-formed JSON (line"),
            ("cut at the end", whole[:-2], "cut short"),
            ("empty", b"", "cut short"),
            ("not text", "Bø".encode("latin-1"), "is not UTF-8"),
            ("a list", b"[]", "the list codes is missing"),
            ("another list", json.dumps({"codeChanges": []}).encode(), "the list codes is missing"),
            ("nested", b"[" * 200_000, "is"),
            ("a number without end", b'{"codes": [' + b"9" * 5000 + b"]}", "is"),
        ]:
            with self.subTest(what):
                path.write_bytes(body)
                assert why in refused(*arguments)
        path.unlink()
        assert "cannot be read" in refused(*arguments)

    def test_what_is_said_wrong_on_the_command_line(self):
        for extra, why in [
            (["--office", "31=viken"], "The office 'viken' of county 31 is unknown"),
            (["--office", "Viken"], "'Viken' is not understood"),
            (["--boundary", "1507"], "'1507' is not understood"),
            (["--boundary", "1507-1509"], "There is no change from 1507 to 1509"),
            (["--on", "1. januar"], "is not a day"),
            (["--on", "2025-01-01"], "1507 Ålesund is registered, but not among the codes"),
            (["--on", "1814-05-17"], "No municipality is registered on 1814-05-16"),
        ]:
            with self.subTest(extra):
                assert why in refused(*self.files(), *extra)

    def test_a_number_that_another_municipality_has_already(self):
        run(*self.files())
        MunicipalityVersion.objects.filter(number="3107", valid_to=None).update(municipality=self.unit["0301"])
        assert "3107 Fredrikstad is registered as another municipality" in refused(*self.files())


class TestOf2020(TestCase):
    """The registers know 2019; mergers, splits and boundary adjustments of the largest change."""

    @classmethod
    def setUpTestData(cls):
        registers_until(2019)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.files = klass_files(Path(folder.name), 2020)

    def test_an_office_that_the_codes_do_not_tell_is_asked_for(self):
        assert "The office of county 30 is not known, its municipalities come from innlandet, oslo-og-viken" in refused(
            *self.files
        )
        assert "The office of county 54" in refused(*self.files, *KEYS_2020[:2])

    def test_a_split_that_may_be_a_boundary_adjustment_is_told(self):
        said = run(*self.files, *KEYS_2020[:4], "--dry-run")
        assert "1418 Balestrand -> 4638 Høyanger: if only a part was moved, say --boundary 1418-4638" in said
        assert "1850 Tysfjord -> 1806 Narvik, 1875 " in said
        said = run(*self.files, *KEYS_2020, "--dry-run")
        assert "--boundary" not in said.split("1418")[0] and "a part of 1418 Balestrand -> 4638 Høyanger" in said
        assert "split: 2" in said and "ended: 107" in said
        assert "a part of 1133 Hjelmeland -> 1103 Stavanger" in said  # the old one goes on
        assert "1141 Finnøy -> 1103 Stavanger, which keeps its number" in said

    def test_people_follow_a_merger_once(self):
        old = MunicipalityVersion.objects.on(D(2019, 12, 31)).get(number="0628").municipality
        user = User.objects.create(username="hurum")
        membership_grant(user=user, role=Role.MUNICIPALITY_EDITOR, municipality=old, valid_from=D(2019, 1, 1), now=NOW)
        assert "Contacts who followed their municipality: 1." in run(*self.files, *KEYS_2020)
        asker = MunicipalityVersion.objects.on(D(2020, 1, 1)).get(number="3025").municipality
        assert list(Membership.objects.order_by("pk").values_list("municipality", "valid_from", "valid_to")) == [
            (old.pk, D(2019, 1, 1), D(2019, 12, 31)),
            (asker.pk, D(2020, 1, 1), None),
        ]
        run(*self.files, *KEYS_2020)
        assert Membership.objects.count() == 2
        kept = Event.objects.get_queryset().filter(name="unit_merged", municipality__versions__number="1103")
        assert sorted(kept.values_list("note", flat=True)) == ["1141 → 1103", "1142 → 1103"]

"""The list of municipalities on a day: filters in the address, order, borders, map and files."""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext, override_settings

from municipalities.models import MunicipalityVersion, User
from municipalities.registers.services import registers_load
from municipalities.services import phase_status_register, plan_decision_register, solution_positions_register
from networks.services import participation_register, support_register
from reporting.register_day import read_day
from reporting.register_list import PER_PAGE, ListQuery, Part, UnitRow, unit_list
from reporting.register_map import tile_map
from reporting.register_rows import in_todays_borders, unit_rows
from tests.world import VIKEN, _user

D = dt.date
TODAY, THEN = D(2022, 5, 4), D(2019, 12, 31)
CLOCK = "2022-05-04T09:00"


def row(number, name, **values):
    values = {"key": name.casefold(), "district": False, "county_number": "30", "county": "Viken", **values}
    return UnitRow(
        unit_id=int(number), number=number, name=name, official_names=[], office_key="o", office="O", **values
    )


# --- pure -------------------------------------------------------------------------------------------


def read(text):
    values = dict(pair.split("=") for pair in text.split("&") if pair)
    return ListQuery.read(lambda name, default: values.get(name, default))


def test_nonsense_in_the_address_counts_as_not_said():
    assert (
        read("plan=x&fase=9&steg=0&nettverk=kanskje&farge=rosa&sorter=-y&side=-3&grenser=mine&enheter=z") == ListQuery()
    )


def test_the_address_says_again_what_it_was_asked():
    text = "dato=2021-12-31&grenser=na&q=lom&plan=vedtatt&embete=innlandet&fase=2&stotte=nei&farge=fase&sorter=-stotte"
    assert "&".join(f"{name}={value}" for name, value in read(text).parameters().items()) == text


def test_each_filter_chooses_its_units():
    rows = [
        row("1", "A", plan="own", phase=3, step=4, networks=1, support=2, delay=0),
        row("2", "B", plan="declined", planned=1),
        row("3", "C", delay=4, step=1),
        row("4", "D", district=True),
    ]

    def names(**values):
        return [found.name for found in unit_list(rows, ListQuery(**values)).hits]

    assert names() == ["A", "B", "C"]
    assert names(units="bydeler") == ["D"] and names(units="alle") == ["A", "B", "C", "D"]
    assert names(plan="vedtatt") == ["A"] and names(plan="ingen") == ["B"] and names(plan="mangler") == ["C"]
    assert names(phase="3") == ["A"] and names(phase="ingen") == ["B", "C"] and names(step="1") == ["C"]
    assert names(network="ja") == ["A"] and names(network="planlagt") == ["B"] and names(network="nei") == ["C"]
    assert names(support="ja") == ["A"] and names(support="nei") == ["B", "C"]
    assert names(delay="ja") == ["C"] and names(delay="nei") == ["A"]
    assert names(started="nei") == ["C"]
    assert names(county="31") == [] and names(office="o") == ["A", "B", "C"]


def test_equals_stay_in_the_order_of_names_in_both_directions():
    rows = [row("1", "B", support=1), row("2", "A", support=1), row("3", "C", support=9)]
    assert [found.name for found in unit_list(rows, ListQuery(sort="-stotte")).hits] == ["C", "A", "B"]
    assert [found.name for found in unit_list(rows, ListQuery(sort="stotte")).hits] == ["A", "B", "C"]


def test_pages_and_the_whole_list():
    rows = [row(str(number), f"N{number:03}") for number in range(PER_PAGE + 5)]
    assert len(unit_list(rows, ListQuery(page=2)).rows) == 5
    assert len(unit_list(rows, ListQuery(page=99)).rows) == 5
    assert len(unit_list(rows, ListQuery(whole=True)).rows) == PER_PAGE + 5


def test_two_of_the_same_name_are_pointed_out():
    assert unit_list([row("1", "Herøy"), row("2", "Herøy"), row("3", "Lom")], ListQuery()).namesakes == {"Herøy"}


def test_the_map_counts_the_hits_and_leaves_the_others_blank():
    rows = [row("1", "A", plan="own", column=0, row=0), row("2", "B", column=1, row=0), row("3", "C")]
    made = tile_map(rows, rows[:1], "plan")
    assert [(tile.letter, tile.inside) for tile in made.tiles] == [("V", True), ("", False)]
    assert {line.klass.key: line.count for line in made.key} == {
        "egen": 1, "annen": 0, "prosess": 0, "ingen": 0, "mangler": 0
    }  # fmt: skip
    assert made.total.total == 1 and made.without_place == 0
    parts = row("4", "D", plan="mixed", column=2, row=0, parts=(Part("9", "E", [], "own", 3, 1, 2),))
    assert (
        tile_map([parts], [parts], "plan").tiles[0].letter == tile_map([parts], [parts], "fase").tiles[0].letter == "+"
    )


@pytest.mark.parametrize(
    ("text", "day", "wrong"),
    [
        ("", TODAY, False), ("2019-12-31", THEN, False), ("31.12.2019", THEN, False),
        ("1. mai 2022", D(2022, 5, 1), False),
        ("31.02.2022", TODAY, True), ("<script>", TODAY, True), ("2022-05-05", TODAY, True), ("1.1.1999", TODAY, True),
    ],
)  # fmt: skip
def test_the_day_is_read_as_people_write_it(text, day, wrong):
    found, sentence = read_day(text, TODAY)
    assert found == day and bool(sentence) == wrong


# --- the real registers --------------------------------------------------------------------------------


@override_settings(PORTAL_CLOCK=CLOCK)
class TestTheRealRegisters(TestCase):
    @classmethod
    def setUpTestData(cls):
        registers_load()

        class _World:
            users: dict[str, User] = {}

        _user(_World, "hdir", role="hdir")
        cls.user = User.objects.get(username="hdir")

    def setUp(self):
        self.client.force_login(self.user)

    def names(self, address):
        return [found.full_name for found in self.client.get(address).context["list"].hits]

    def unit(self, number, day):
        return MunicipalityVersion.objects.on(day).get(number=number).municipality

    def test_who_was_there_on_the_day(self):
        for day, count in (("2019-12-31", 422), ("2022-05-01", 356)):
            found = self.client.get(f"/kommuner/?dato={day}").context["list"]
            assert len(found.hits) == count
        with override_settings(PORTAL_CLOCK="2024-05-04T09:00"):
            assert len(self.client.get("/kommuner/").context["list"].hits) == 357

    def test_norwegian_order(self):
        names = self.names("/kommuner/")
        assert names[0] == "Alstahaug" and names[-1].startswith("Ås")
        assert names.index("Østre Toten") < names.index("Ålesund")

    def test_a_map_never_shows_the_borders_of_another_time(self):
        then = self.client.get("/kommuner/?dato=2019-12-31")
        assert not then.context["tiles"].placed
        text = then.content.decode()
        assert '<svg class="map"' not in text and "grenser=na" in text
        now = self.client.get("/kommuner/").context["tiles"]
        assert len(now.tiles) == 356 and {tile.number for tile in now.tiles} >= {"1507"}
        with override_settings(PORTAL_CLOCK="2024-05-04T09:00"):
            later = self.client.get("/kommuner/").context["tiles"]
            assert len(later.tiles) == 357 and {tile.number for tile in later.tiles} >= {"1508", "1580"}
            before = self.client.get("/kommuner/?dato=2022-05-01").context["tiles"]
            assert len(before.tiles) == 356 and "1580" not in {tile.number for tile in before.tiles}

    def test_todays_borders_list_the_parts_and_keep_what_was_split(self):
        for number, status in (("0220", "own"), ("0627", "process")):
            plan_decision_register(
                municipality=self.unit(number, THEN), status=status, origin="report:1/1", valid_from=D(2019, 5, 1),
                now=dt.datetime(2019, 5, 2, tzinfo=dt.UTC),
            )  # fmt: skip
        office = MunicipalityVersion.objects.on(THEN).get(number="0220").office
        support_register(
            kind="course", provider="ks", office=office, on=D(2019, 6, 1),
            municipalities=[self.unit("0220", THEN), self.unit("0627", THEN)],
            now=dt.datetime(2019, 6, 2, tzinfo=dt.UTC),
        )  # fmt: skip
        rows = in_todays_borders(unit_rows(self.user, day=THEN, today=TODAY), self.user, day=THEN, today=TODAY)
        found = {found.number: found for found in rows if not found.district}
        asker = found["3025"]
        assert asker.plan == "mixed" and asker.positions is None
        assert {part.number: part.plan for part in asker.parts} == {"0220": "own", "0627": "process", "0628": ""}
        assert asker.support == 1  # one course for two of the parts is one course
        assert found["5012"].leads_to == ("Heim", "Hitra", "Orkland") and found["5012"].column is None
        assert found["1806"].also_from == ("Tysfjord",)
        assert found["3434"].name == "Lom" and not found["3434"].parts
        assert len(found) == 356 + 2  # Snillfjord and Tysfjord stay themselves

    def test_the_page_says_which_borders(self):
        for borders, word in (("da", "31.12.2019"), ("na", "04.05.2022")):
            address = f"/kommuner/?dato=2019-12-31&grenser={borders}"
            assert self.client.get(address).context["borders"] == borders
            line = self.client.get(f"{address}&format=csv").content.decode().splitlines()[1]
            assert line.endswith(word) and "2019-12-31" in line
        assert self.client.get("/kommuner/?grenser=na").context["borders"] == "da"  # today's are those of the day

    def test_an_old_number_an_old_name_and_a_sami_name_find_the_unit_of_today(self):
        assert self.names("/kommuner/?q=0514") == ["Lom"]
        assert self.names("/kommuner/?q=Røyken") == ["Asker"]
        assert self.names("/kommuner/?q=ROYKEN") == ["Asker"]
        assert self.names("/kommuner/?q=guovdageaidnu") == ["Kautokeino – Guovdageaidnu"]
        assert self.names("/kommuner/?q=tromso") == ["Tromsø"]
        assert self.names("/kommuner/?q=ingen-heter-dette") == []

    def test_two_of_the_same_name_stand_with_number_and_county(self):
        for name, numbers in (("Herøy", ("1515", "1818")), ("Våler", ("3018", "3419"))):
            response = self.client.get("/kommuner/", {"q": name})
            assert {found.number for found in response.context["list"].hits} == set(numbers)
            text = response.content.decode()
            assert all(f'href="/kommune/{number}/"' in text for number in numbers)
        tiles = {tile.name for tile in self.client.get("/kommuner/").context["tiles"].tiles}
        assert {"Herøy (1515)", "Herøy (1818)", "Våler (3018)", "Våler (3419)", "Lom"} <= tiles
        assert "3018, Oslo og Viken, Viken" in text and "3419, Innlandet, Innlandet" in text

    def test_the_files_hold_the_rows_of_the_page_with_day_and_borders(self):
        for address, count in (
            ("/kommuner/?embete=innlandet", 46), ("/kommuner/?dato=2019-12-31&grenser=na&enheter=kommuner", 358),
            ("/kommuner/?q=Våler", 2), ("/kommuner/", 356),
        ):  # fmt: skip
            hits = self.client.get(address).context["list"].hits
            assert len(hits) == count
            join = "&" if "?" in address else "?"
            text = self.client.get(f"{address}{join}format=csv").content.decode("utf-8-sig")
            heads, *rows = csv.reader(io.StringIO(text), delimiter=";")
            assert [line[0] for line in rows] == [found.number for found in hits]
            assert all(len(line) == len(heads) and line[-1] and line[-2] for line in rows)
            book = openpyxl.load_workbook(io.BytesIO(self.client.get(f"{address}{join}format=xlsx").content))
            cells = list(book.active.iter_rows(values_only=True))
            assert sum(1 for line in cells if line[0] in {found.number for found in hits}) == count

    def test_the_number_of_queries_does_not_grow(self):
        counts = []
        for address in ("/kommuner/?q=herøy", "/kommuner/?q=e", "/kommuner/?vis=alle&q=r"):
            self.client.get(address)
            with CaptureQueriesContext(connection) as queries:
                self.client.get(address)
            counts.append(len(queries))
        assert len(set(counts)) == 1
        with CaptureQueriesContext(connection) as queries:
            self.client.get("/kommuner/?vis=alle")
        assert len(queries) <= 12


# --- who sees what -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def clock(settings):
    settings.PORTAL_CLOCK = CLOCK


def numbers(client, user, address="/kommuner/"):
    client.force_login(user)
    return [found.number for found in client.get(address).context["list"].hits]


def test_each_sees_the_units_of_her_scope(client, world):
    assert numbers(client, world.user("ks-oslo-og-viken")) == ["3025", "3004", "0301"]
    assert numbers(client, world.user("ks-oslo-og-viken"), "/kommuner/?enheter=bydeler") == ["030101"]
    assert numbers(client, world.user("editor-3004")) == ["3004"]
    assert len(numbers(client, world.user("evaluator"))) == 5


def test_what_is_registered_stands_in_the_row(client, world, now):
    unit = world.unit("3004")
    where = {"municipality": unit, "origin": "report:1/1", "valid_from": D(2022, 5, 1)}
    plan_decision_register(**where, status="inside", decided_on=D(2022, 4, 1), now=now)
    solution_positions_register(**where, positions={"1.1": "adopted", "1.2": "considered", "1.3": "in_place"}, now=now)
    participation_register(**where, network_ids=[world.networks[VIKEN].pk], status="active", now=now)
    support_register(
        kind="course", provider="usht", office=world.office(VIKEN), on=D(2022, 3, 2), municipalities=[unit],
        now=now,
    )  # fmt: skip
    client.force_login(world.user("statsforvalter-oslo-og-viken"))
    found = client.get("/kommuner/?plan=annen").context["list"].hits
    assert [(r.number, r.plan, r.positions, r.networks, r.support, r.last_support) for r in found] == [
        ("3004", "inside", 2, 1, 1, D(2022, 3, 2))
    ]
    assert not client.get("/kommuner/?plan=annen&dato=2022-04-30").context["list"].hits


@pytest.mark.parametrize("colouring", ["plan", "fase", "nettverk", "stotte"])
def test_each_figure_beside_the_map_leads_to_its_units(client, world, now, colouring):
    unit, office = world.unit("3004"), world.office(VIKEN)
    where = {"municipality": unit, "origin": "report:1/1", "valid_from": D(2022, 5, 1)}
    plan_decision_register(**where, status="declined", now=now)
    phase_status_register(**where, step=2, phase=3, now=now)
    participation_register(**where, network_ids=[world.networks[VIKEN].pk], status="planned", now=now)
    for day, numbers_ in ((1, ["3004"]), (2, ["3004"]), (3, ["3004", "3025"])):
        support_register(
            kind="course", provider="ks", office=office, on=D(2022, 3, day),
            municipalities=[world.unit(number) for number in numbers_], now=now,
        )  # fmt: skip
    client.force_login(world.user("hdir"))
    followed = 0
    for line, cells, sum_url in client.get(f"/kommuner/?farge={colouring}").context["map_rows"]:
        for count, url in [*cells, (line.total, sum_url)]:
            if count:
                assert len(client.get(url).context["list"].hits) == count, url
                followed += 1
    assert followed >= 6


def test_a_wrong_day_is_kept_and_answered_at_its_field(client, world):
    client.force_login(world.user("hdir"))
    text = client.get("/kommuner/?dato=31.02.2022").content.decode()
    assert 'value="31.02.2022"' in text and 'aria-invalid="true"' in text and 'id="dato-feil"' in text


def test_ones_own_page(client, world):
    client.force_login(world.user("editor-3004"))
    assert client.get("/kommune/registrert/").headers["Location"] == "/kommune/3004/"
    client.force_login(world.user("hdir"))
    assert client.get("/kommune/registrert/").headers["Location"] == "/kommuner/"


def test_no_page_that_is_closed_to_the_reader_is_offered(client, world):
    """A municipality that was merged sees several units, but not its region's page."""
    client.force_login(world.user("editor-3025"))
    text = client.get("/kommuner/?dato=2019-12-31").content.decode()
    assert 'href="/kommune/0627/"' in text and "/region/" not in text
    client.force_login(world.user("ks-oslo-og-viken"))
    assert "/region/oslo-og-viken/" in client.get("/kommuner/").content.decode()

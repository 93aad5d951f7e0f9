"""The page where Helsedirektoratet chooses a figure: the note's figures, other groupings, and an address that stays."""

from __future__ import annotations

import csv
import io
from html import unescape
from urllib.parse import parse_qs, urlparse

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext, override

from municipalities.models import MunicipalityVersion
from reporting.documents import rules
from reporting.documents.book import Book
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.form_spec import FormSpec
from reporting.services.exploring import COUNTRY, COUNTY, GROUPINGS, OFFICE, PLAN, UNREGISTERED, AnyRound, explore, read
from reporting.services.indicators import CORE, DELIVERY, PATTERN, QUESTION, SOLUTION, indicators
from reporting.services.indicators import PLAN as REPORTED
from reporting.services.rounds import form_spec
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, populate, registered
from tests.world import FINNMARK, VIKEN

QUERIES = 16


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = FROZEN.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=9)


def spec_of(people) -> FormSpec:
    return form_spec(people.now.form_version)


def known(people):
    return indicators(people.now, spec_of(people), "nb", now=FROZEN)


def explored(people, key, grouping=OFFICE, days=(BEFORE, NOW)):
    one = known(people)[key]
    rows = explore(
        [people.rounds[day] for day in days], select=one.select, missing=one.missing, grouping=grouping,
        questions=one.questions, form=spec_of(people), now=FROZEN,
    )  # fmt: skip
    return {row.key: row.cells for row in rows}


class TestFigures:
    @pytest.mark.parametrize("day", [BEFORE, NOW])
    def test_every_indicator_is_the_notes_figure_in_each_region(self, people, day):
        """Each of them, counted from the note's own facts of that round, which the database has grouped."""
        note = Book(collect(people.rounds[day], frozen_at=FROZEN, sheets=False), "nb", gettext)
        every = known(people)
        parts = {CORE, REPORTED, DELIVERY, PATTERN, SOLUTION, QUESTION}
        assert {one.group for one in every.values()} == parts and len(every) > 60
        rounds, groups = [people.rounds[day]], ["", VIKEN, FINNMARK]
        asked = {question for one in every.values() for question in one.questions}
        facts = read(rounds, questions=asked, grouping=OFFICE, form=spec_of(people), now=FROZEN)
        tallies, when = AnyRound(facts), {"round": day.isoformat()}
        several = {q.code for q in spec_of(people).questions() if q.kind == "several_of"} - set(rules.SEVERAL)
        seen = 0
        for one in every.values():
            for group in groups:
                where = {**when, **({"office": group} if group else {})}
                for select in filter(None, (one.select, one.missing)):
                    if select.get("answer") and select["question"] in several:
                        continue  # of these the note does not say how many have answered
                    wanted = note.tallies.count({**select, **where})
                    assert tallies.count({**select, **where}) == wanted, (one.key, group)
                    seen += wanted
                assert tallies.base({**one.select, **where}) == note.tallies.base({**one.select, **where})
        assert seen > 500

    def test_the_figures_stand_in_the_note_as_it_is_written(self, people):
        """Against the very tables of the note: what the reader of the note sees."""
        content = compute(collect(people.now, frozen_at=FROZEN), "nb", gettext)
        core = next(table for table in content.tables() if table.name == "core")
        columns = [column.key for column in core.columns]
        for name in ("network", "support", "adopted", "adopted_process"):
            cells = explored(people, f"{CORE}:{name}", days=(NOW,))
            for row in core.rows:
                assert cells[row.key][0].n == row.cells[columns.index(name)].value, (name, row.key)

    @pytest.mark.parametrize("grouping", GROUPINGS[1:])
    @pytest.mark.parametrize("key", ["kjerne:adopted", "kjerne:support", "risiko:involvement", "losning:1.1"])
    def test_the_groups_sum_to_the_country(self, people, grouping, key):
        cells = explored(people, key, grouping)
        country = cells.pop("total")
        assert len(cells) > 1
        for place, whole in enumerate(country):
            found = [row[place] for row in cells.values() if row[place] is not None]
            assert sum(one.n for one in found) == whole.n and sum(one.of for one in found) == whole.of
            if whole.missing is not None:
                assert sum(one.missing for one in found) == whole.missing

    def test_a_unit_is_in_the_county_of_that_day(self, people, world):
        unit = world.unit("5430")
        cells = explored(people, "svar:org.responsible=director", COUNTY)
        assert "54" in cells and cells["54"][0].of == 2
        county = MunicipalityVersion.objects.get(municipality=world.unit("3004"), number="3004").county
        MunicipalityVersion.objects.filter(municipality=unit, number="5430").update(county=county)
        moved = explored(people, "svar:org.responsible=director", COUNTY)
        assert moved["54"][0].of == 1 and moved["30"][0].of == cells["30"][0].of + 1

    def test_the_form_of_plan_is_the_registers(self, people):
        cells = explored(people, "kjerne:adopted", PLAN)
        units = [index for index, unit in enumerate(people.units) if unit.kind == "municipality"]
        for place, day in enumerate((BEFORE, NOW)):
            for status in ("own", "inside", "process", ""):
                wanted = sum(registered(index, day) == status for index in units)
                found = cells.get(status or UNREGISTERED, (None, None))[place]
                assert (found.of if found else 0) == wanted, (day, status)
                if found:
                    assert found.n == (wanted if status in ("own", "inside") else 0)

    def test_the_country_alone_is_one_row(self, people):
        assert list(explored(people, "kjerne:adopted", COUNTRY)) == ["total"]


class TestPage:
    def test_the_address_says_every_choice_and_gives_the_same_again(self, people, world, client):
        client.force_login(world.user("hdir"))
        page = client.get(reverse("explore"))
        address = page.context["address"]
        said = parse_qs(urlparse(address).query)
        assert said == {
            "tall": ["kjerne:adopted"], "etter": ["embete"], "fra": [BEFORE.isoformat()], "til": [NOW.isoformat()]
        }  # fmt: skip
        again = client.get(address)
        assert again.context["rows"] == page.context["rows"]
        assert unescape(again.content.decode()).count(address) == 1

    @pytest.mark.parametrize(
        "query",
        ["tall=finnes-ikke", "etter=planet", "fra=2019-05-01", "til=x", "fra=",
         f"fra={NOW}&til={BEFORE}", "tall=kjerne:adopted%27%3B--"],
    )  # fmt: skip
    @pytest.mark.parametrize("style", ["", "&format=csv"])
    def test_what_is_not_there_is_one_sentence_and_keeps_the_rest(self, people, world, client, query, style):
        client.force_login(world.user("hdir"))
        page = client.get(f"{reverse('explore')}?{query}{style}")
        assert page.status_code == 400
        assert len(page.context["faults"]) == 1 and page.context["faults"][0] in unescape(page.content.decode())
        assert page.content.decode().count("<select") == 4

    def test_an_unknown_file_format_is_the_page(self, people, world, client):
        client.force_login(world.user("hdir"))
        page = client.get(reverse("explore") + "?format=exe")
        assert page.status_code == 200 and page.context["rows"]

    @pytest.mark.parametrize("language", ["nb", "nn"])
    @pytest.mark.parametrize("days", [(NOW, NOW), (BEFORE, NOW)])
    def test_the_drawing_has_a_text_and_the_table_the_same_figures(self, people, world, client, language, days):
        client.force_login(world.user("hdir"))
        with override(language):
            page = client.get(f"{reverse('explore')}?etter=fylke&fra={days[0]}&til={days[1]}")
        html = page.content.decode()
        assert "<svg" in html and "<title>" in html[html.index("<svg") :]
        assert html.count('<svg xmlns="http://www.w3.org/2000/svg" role="img" width="300') == len(set(days)) - 1
        rows = page.context["rows"]
        assert html[html.index("<tbody") :].count('scope="row"') == len(rows) > 2
        assert len(rows[0].cells) == len(set(days))

    def test_the_file_has_a_line_for_each_group_and_round(self, people, world, client):
        client.force_login(world.user("hdir"))
        address = f"{reverse('explore')}?tall=svar:plan.status%3Down&etter=fylke"
        rows = client.get(address).context["rows"]
        body = client.get(address + "&format=csv").content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(body), delimiter=";"))[1:]
        cells = [(row.name, one) for row in rows for one in row.cells if one is not None]
        assert [(line[0], line[2], line[3], line[5]) for line in lines] == [
            (name, str(one.n), str(one.of), str(one.missing)) for name, one in cells
        ]
        assert {line[1] for line in lines} == {BEFORE.isoformat(), NOW.isoformat()}

    @pytest.mark.parametrize("extra", [3, 50])
    @pytest.mark.parametrize("grouping", GROUPINGS)
    def test_the_number_of_queries_does_not_grow(self, world, client, extra, grouping):
        populate(world, extra=extra)
        client.force_login(world.user("hdir"))
        client.get(reverse("help"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{reverse('explore')}?etter={grouping}&tall=risiko:involvement").status_code == 200
        assert len(queries) <= QUERIES, len(queries)

    def test_before_any_round_it_says_so(self, world, client):
        client.force_login(world.user("hdir"))
        page = client.get(reverse("explore") + "?tall=x")
        assert page.status_code == 200 and "empty" in page.content.decode()

"""Two rounds side by side: the figures of the notes of both, whoever they are about, and who may see what."""

from __future__ import annotations

import csv
import io
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext

from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.models import Report
from reporting.services.comparing import OF_MANY, compare, compare_answers
from reporting.services.indicators import indicators
from reporting.services.opening import figures_open
from reporting.services.rounds import form_spec
from reporting.sidebyside import SAME
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, STATUSES, populate, registered
from tests.world import FINNMARK, VIKEN

QUERIES = 22
COMPARE = "compare_rounds"


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = FROZEN.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=9)


def lines_of(people, **whom):
    form = form_spec(people.now.form_version)
    known = indicators(people.now, form, "nb", now=FROZEN)
    found = compare(
        people.rounds[BEFORE], people.now, among=known.values(), form=form, now=FROZEN, **whom
    )  # fmt: skip
    return {line.indicator.key: line for line in found}


def page_of(client, world, user, query=""):
    client.force_login(world.user(user))
    return client.get(reverse(COMPARE) + query)


class TestFigures:
    def test_each_side_is_the_note_of_its_own_round(self, people):
        """The cells of the notes' tables of core indicators, by region and for the country."""
        for side, day in (("old", BEFORE), ("new", NOW)):
            content = compute(collect(people.rounds[day], frozen_at=FROZEN), "nb", gettext)
            core = next(table for table in content.tables() if table.name == "core")
            plan = next(table for table in content.tables() if table.name == "plan")
            for group in ("total", VIKEN, FINNMARK):
                lines = lines_of(people, office="" if group == "total" else group)
                for table, part, keys in (
                    (core, "kjerne", ("network", "support", "adopted", "adopted_process")),
                    (plan, "plan", ("own", "inside", "process", "none", "missing")),
                ):
                    columns = [column.key for column in table.columns]
                    row = next(row for row in table.rows if row.key == group)
                    for key in keys:
                        figure = row.cells[columns.index(key)].value
                        assert getattr(lines[f"{part}:{key}"], side).n == figure, (side, group, key)
                        assert getattr(lines[f"{part}:{key}"], side).of == row.cells[columns.index("units")].value

    def test_the_change_is_between_the_two(self, people):
        lines = lines_of(people)
        assert {line.indicator.group for line in lines.values()} == set(OF_MANY)
        assert any(line.change for line in lines.values())
        assert all(line.change == line.new.n - line.old.n for line in lines.values())

    def test_what_is_said_of_single_ones_sums_to_the_country(self, people):
        """Every municipality by itself, by the same rules: 1 or 0, and together the country's figure."""
        whole = lines_of(people)
        units = [unit for unit in people.units if unit.kind == "municipality"]
        every = [lines_of(people, unit=unit.pk) for unit in units]
        for key in ("kjerne:network", "kjerne:support", "kjerne:adopted", "kjerne:samfunnsdel", "risiko:involvement"):
            for side in ("old", "new"):
                ones = [getattr(lines[key], side) for lines in every]
                assert {one.n for one in ones} <= {0, 1} and {one.of for one in ones} == {1}
                assert sum(one.n for one in ones) == getattr(whole[key], side).n, (key, side)
        for index, lines in enumerate(every):
            assert lines["kjerne:adopted"].old.n == (registered(index, BEFORE) in ("own", "inside"))

    def test_one_that_was_not_there_has_no_figure(self, people):
        lines = lines_of(people, unit=10**6)
        assert lines["kjerne:adopted"].old is None and lines["kjerne:adopted"].change is None


class TestAnswers:
    def test_they_stand_side_by_side_and_what_differs_is_told(self, people):
        old, new = (_report(people, 3, day) for day in (BEFORE, NOW))
        found = compare_answers(old, new, language="nb")
        pairs = {pair.code: pair for section in found.sections for pair in section.pairs}
        assert STATUSES[3] != STATUSES[4]
        assert pairs["plan.status"].kind != SAME and pairs["plan.status"].words
        assert len({pair.kind for pair in pairs.values()}) > 1

    def test_without_a_report_on_one_side_there_is_nothing_to_set_beside(self, people):
        last = len(people.units) - 1
        old, new = (_report(people, last, day) for day in (BEFORE, NOW))
        assert new.current is None and compare_answers(old, new, language="nb") is None


def _report(people, index, day):
    rows = Report.objects.get_queryset().select_related("current__form_version", "round")
    return rows.get(pk=people.report(index, day).pk)


class TestPage:
    @pytest.mark.parametrize("whom", ["land", f"embete:{VIKEN}", "kommune:3025"])
    def test_hdir_compares_all(self, people, world, client, whom):
        page = page_of(client, world, "hdir", f"?hvem={whom}")
        html = page.content.decode()
        assert page.status_code == 200 and page.context["lines"]
        assert bool(page.context["answers"]) is whom.startswith("kommune")
        assert page.context["address"] in unescape(html)
        again = client.get(page.context["address"])
        assert again.context["lines"] == page.context["lines"]

    def test_the_regions_staff_compare_their_own(self, people, world, client):
        page = page_of(client, world, f"statsforvalter-{VIKEN}")
        assert page.context["choice"].whom == f"embete:{VIKEN}" and page.context["lines"]
        assert [key for key, _name in page.context["regions"]] == [f"embete:{VIKEN}"]
        assert client.get(reverse(COMPARE) + "?hvem=kommune:3025").context["answers"]
        for whom in (f"embete:{FINNMARK}", "kommune:5430", "land"):
            page = client.get(f"{reverse(COMPARE)}?hvem={whom}")
            assert page.status_code == 400 and not page.context["lines"] and len(page.context["faults"]) == 1

    def test_the_regions_staff_see_the_country_when_both_rounds_are_opened(self, people, world, client):
        hdir = world.user("hdir")
        figures_open(round_=people.now, actor=hdir, now=FROZEN)
        assert page_of(client, world, f"ks-{VIKEN}", "?hvem=land").status_code == 400
        figures_open(round_=people.rounds[BEFORE], actor=hdir, now=FROZEN)
        assert page_of(client, world, f"ks-{VIKEN}", "?hvem=land").context["lines"]

    @pytest.mark.parametrize("user", ["editor-3025", "hod"])
    def test_others_have_no_such_page(self, people, world, client, user):
        assert page_of(client, world, user).status_code == 403

    @pytest.mark.parametrize(
        "query",
        ["hvem=embete:finnes-ikke", "hvem=kommune:9999", "hvem=", "fra=x", f"fra={NOW}&til={BEFORE}",
         "til=1900-01-01", "hvem=kommune:3025:1"],
    )  # fmt: skip
    def test_what_is_not_there_is_a_sentence_and_the_form_stays(self, people, world, client, query):
        page = page_of(client, world, "hdir", f"?{query}")
        assert page.status_code == 400 and len(page.context["faults"]) == 1
        assert page.content.decode().count("<select") == 3

    def test_one_who_did_not_report_in_both_has_figures_and_no_answers(self, people, world, client):
        page = page_of(client, world, "hdir", "?hvem=kommune:030101")
        assert page.context["lines"] and page.context["answers"] is None
        page = page_of(client, world, "hdir", "?hvem=kommune:0301")  # returned: its answers do not count
        assert page.context["answers"] is None

    def test_the_file_says_the_same(self, people, world, client):
        lines = page_of(client, world, "hdir").context["lines"]
        body = client.get(reverse(COMPARE) + "?format=csv").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(body), delimiter=";"))[1:]
        assert [(row[2], row[5], row[8].lstrip("'")) for row in rows] == [
            (str(line.old.n), str(line.new.n), str(line.change)) for line in lines
        ]

    @pytest.mark.parametrize("extra", [3, 40])
    @pytest.mark.parametrize("whom", ["land", f"embete:{VIKEN}", "kommune:3025"])
    def test_the_number_of_queries_does_not_grow(self, world, client, extra, whom):
        populate(world, extra=extra)
        client.force_login(world.user("hdir"))
        client.get(reverse("help"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{reverse(COMPARE)}?hvem={whom}").context["lines"]
        assert len(queries) <= QUERIES, len(queries)

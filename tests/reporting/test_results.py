"""The opening of a round's figures, and what those who reported get back: the same figures as the note's."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext, override

from municipalities.models import Event
from municipalities.transitions import TransitionRefused
from reporting.documents.book import Book
from reporting.documents.collect import collect
from reporting.documents.tables_core import core_table, plan_table, trend_table
from reporting.models import Report, Round
from reporting.services.opening import figures_close, figures_open, figures_shown
from reporting.services.results import count, results
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, POSITIONS, STATUSES, populate
from tests.reporting.factories import SPRING, at, open_round
from tests.world import FINNMARK, VIKEN

QUERIES, COUNTED = 30, 19
"""What the page asks the database, and how much of that is the counting, which is kept."""
OPENED = FROZEN.replace(hour=14)


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = OPENED.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=12)


@pytest.fixture
def opened(people, world):
    for round_ in people.rounds.values():
        figures_open(round_=round_, actor=world.user("hdir"), now=OPENED)
        round_.refresh_from_db()
    return people


def report_of(world, number="3025", day=NOW) -> Report:
    rows = Report.objects.across_all(reason="test").select_related("round__form_version", "municipality", "office")
    return rows.select_related("current").get(round__reference_date=day, municipality=world.unit(number))


def address(report: Report) -> str:
    return reverse("report_results", args=[report.pk])


def about(round_: Round) -> list[str]:
    events = Event.objects.get_queryset().filter(object_type="reporting.round", object_id=round_.pk)
    return [event.name for event in events.order_by("pk") if event.name.startswith("figures")]


class TestOpening:
    def test_opening_keeps_the_moment_and_leaves_one_event_however_often(self, people, world):
        hdir = world.user("hdir")
        figures_open(round_=people.now, actor=hdir, now=OPENED)
        again = figures_open(round_=people.now, actor=hdir, now=OPENED.replace(hour=16))
        assert again.figures_opened_at == OPENED
        assert about(people.now) == ["figures_open"]

    def test_closing_takes_them_away_and_they_can_be_opened_again(self, opened, world):
        hdir, user = world.user("hdir"), world.user("editor-3025")
        assert figures_shown(opened.now, user, today=OPENED.date())
        closed = figures_close(round_=opened.now, actor=hdir, now=OPENED)
        assert not figures_shown(closed, user, today=OPENED.date())
        assert figures_shown(closed, hdir, today=OPENED.date())
        figures_close(round_=opened.now, actor=hdir, now=OPENED)
        figures_open(round_=opened.now, actor=hdir, now=OPENED)
        assert about(opened.now) == ["figures_open", "figures_closed", "figures_open"]

    @pytest.mark.parametrize("name", ["editor-3025", f"statsforvalter-{VIKEN}", "hod", "evaluator"])
    def test_others_cannot(self, people, world, name):
        with pytest.raises(PermissionDenied):
            figures_open(round_=people.now, actor=world.user(name), now=OPENED)
        assert about(people.now) == []

    def test_there_are_no_figures_of_a_test_round_or_one_that_has_not_begun(self, world):
        round_ = open_round(SPRING)
        with pytest.raises(TransitionRefused):
            figures_open(round_=round_, actor=world.user("hdir"), now=at(round_.opens_on.replace(month=1)))
        round_.kind = Round.Kind.TEST
        round_.save()
        with pytest.raises(TransitionRefused):
            figures_open(round_=round_, actor=world.user("hdir"), now=OPENED)

    def test_the_button_on_the_national_status_opens_and_closes(self, people, world, client):
        client.force_login(world.user("hdir"))
        page = client.get(reverse("national_status"))
        assert reverse("round_figures_open", args=[people.now.pk]) in page.content.decode()
        page = client.post(reverse("round_figures_open", args=[people.now.pk]), follow=True)
        html = page.content.decode()
        assert reverse("round_figures_close", args=[people.now.pk]) in html
        assert reverse("round_figures_open", args=[people.now.pk]) not in html
        people.now.refresh_from_db()
        assert people.now.figures_opened_at.date() == OPENED.date()


class TestFigures:
    def test_they_are_those_of_the_note(self, opened, world):
        """Core indicators by region and for the country, the plan classes, and what is not answered."""
        note = Book(collect(opened.now, frozen_at=OPENED, sheets=False), "nb", gettext)
        core_table(note), plan_table(note), trend_table(note)
        found = results(report_of(world), language="nb", now=OPENED)
        lines = {line.key: line for line in found.indicators}
        for key in ("network", "support", "adopted", "adopted_process"):
            assert lines[key].region.n == note.number("core", key, VIKEN), key
            assert lines[key].country.n == note.number("core", key), key
            assert lines[key].country.of == note.number("core", "units"), key
        assert lines["samfunnsdel"].country.n == note.number("trend", "samfunnsdel", NOW.isoformat()) > 0
        plan = _plan(found)
        for key in ("own", "inside", "process", "declined"):
            assert plan[key].region.n == note.number("plan", key, VIKEN), key
            assert plan[key].country.n == note.number("plan", key), key
        assert plan[""].country.n == note.number("plan", "missing") > 0
        assert plan[""].region.n == note.number("plan", "missing", VIKEN)

    def test_every_question_sums_to_all_municipalities(self, opened, world):
        found = results(report_of(world), language="nb", now=OPENED)
        several = {"plan.anchoring", "org.sectors", "org.involved", "support.received"}
        one = [block for block in found.blocks if not block.matrix and block.code not in several]
        assert len(one) > 5
        for block in one:
            for part in ("region", "country"):
                parts = [getattr(line, part) for line in block.lines]
                assert sum(p.n for p in parts) == parts[0].of, (block.code, part)

    def test_where_several_can_be_chosen_nothing_chosen_is_apart_from_not_delivered(self, opened, world):
        note = Book(collect(opened.now, frozen_at=OPENED, sheets=False), "nb", gettext)
        found = results(report_of(world), language="nb", now=OPENED)
        lines = {line.key: line for line in next(b for b in found.blocks if b.code == "plan.anchoring").lines}
        for key, answer in (("-", "empty"), ("", "absent")):
            wanted = note.tallies.count({"question": "plan.anchoring", "answer": answer})
            assert lines[key].country.n == wanted > 0, key

    def test_ones_own_answers_are_marked_and_no_others(self, opened, world):
        report = report_of(world)
        index = opened.units.index(report.municipality)
        found = results(report, language="nb", now=OPENED)
        plan = next(block for block in found.blocks if block.code == "plan.status")
        assert [line.key for line in plan.lines if line.own] == [STATUSES[index % len(STATUSES)]]
        (matrix,) = [block for block in found.blocks if block.matrix]
        assert matrix.matrix == "taken" and len(matrix.lines) == 25
        expected = [POSITIONS[(index + place) % len(POSITIONS)] in POSITIONS[:3] for place in range(25)]
        assert [line.own for line in matrix.lines] == expected
        first = matrix.lines[0]
        reports = [index for index, unit in enumerate(opened.units) if unit.kind == "municipality"]
        counted = [i for i in reports if i and POSITIONS[i % len(POSITIONS)] in POSITIONS[:3]]  # 0 is returned
        last = len(opened.units) - 1
        assert first.country.n == len([i for i in counted if i != last])

    def test_a_core_indicator_says_whether_one_is_among_those_counted(self, opened, world):
        """The units that a count counts are as many as the count, and the own word is one of them."""
        facts = collect(opened.now, frozen_at=OPENED, sheets=False, alone=True)
        tally = count(facts, "nb")
        for one in tally.indicators:
            assert len(one.units) == sum(one.counts.values()), one.key
            assert one.units, one.key

    def test_a_region_with_few_deliveries_shows_none_of_its_counts(self, world, client):
        figures_open(round_=populate(world, extra=5).now, actor=world.user("hdir"), now=OPENED)
        report = report_of(world, "5430")  # one of four in its region, and all four have delivered
        assert report.status in Report.DELIVERED and report.office.key == FINNMARK
        found = results(report, language="nb", now=OPENED)
        assert found.small
        every = [*found.indicators, *(line for block in found.blocks for line in block.lines)]
        assert all(line.region.n is None for line in every) and all(line.country.n is not None for line in every)
        client.force_login(world.user("editor-5430"))
        html = client.get(address(report)).content.decode()
        main = html[html.index("<main") :]
        assert main.count("bars__row") == len(found.indicators)  # the country's only
        assert not results(report_of(world), language="nb", now=OPENED).small

    def test_a_round_before_has_its_own_figures(self, opened, world):
        now, before = (results(report_of(world, day=day), language="nb", now=OPENED) for day in (NOW, BEFORE))
        note = Book(collect(opened.rounds[BEFORE], frozen_at=OPENED, sheets=False), "nb", gettext)
        plan_table(note)
        for key in ("own", "inside", "process", "declined"):
            assert _plan(before)[key].country.n == note.number("plan", key), key
        assert _plan(before)[""].country.n == note.number("plan", "missing") != _plan(now)[""].country.n


def _plan(found):
    """The lines about plan status, by the answers' keys; "" is not answered."""
    return {line.key: line for line in next(block for block in found.blocks if block.code == "plan.status").lines}


class TestPage:
    def test_before_they_are_opened_a_sentence_says_when(self, people, world, client):
        report = report_of(world)
        client.force_login(world.user("editor-3025"))
        page = client.get(address(report))
        html = page.content.decode()
        assert page.status_code == 200 and page.context["results"] is None
        assert "15.\xa0juni 2022" in html  # when the note is to be ready
        assert client.get(address(report) + "csv/").status_code == 404
        client.force_login(world.user("hdir"))
        html = client.get(address(report)).content.decode()
        assert escape(gettext("Only Helsedirektoratet sees this until the figures are opened.")) in html

    def test_one_who_has_not_sent_in_is_told_what_to_do(self, opened, world, client):
        report = report_of(world, "0301")
        assert report.status == Report.Status.RETURNED  # unit 0
        client.force_login(world.user("editor-0301"))
        page = client.get(address(report))
        assert page.context["results"] is None
        assert escape(gettext("The figures are for those who have reported.")) in page.content.decode()
        assert client.get(address(report) + "csv/").status_code == 404

    def test_a_district_sees_the_delivery_and_why_no_more(self, opened, world, client):
        report = report_of(world, "030101", day=BEFORE)
        assert report.status in Report.DELIVERED
        found = results(report, language="nb", now=OPENED)
        assert not found.blocks and not found.indicators
        assert (found.delivered[0].n, found.delivered[0].of) == (1, 1)
        client.force_login(world.user("editor-030101"))
        html = client.get(address(report)).content.decode()
        assert "results" not in re.findall(r"<table[^>]*>", html) and 'id="bydel"' in html

    @pytest.mark.parametrize("language", ["nb", "nn"])
    def test_the_page_names_no_other_municipality(self, opened, world, client, language):
        client.force_login(world.user("editor-3025"))
        with override(language):
            html = client.get(address(report_of(world)), headers={"accept-language": language}).content.decode()
        own = "Asker"
        names = {unit.versions.last().name for unit in opened.units} - {own}
        main = html[html.index("<main") :]
        assert own in main
        assert not [name for name in names - {"Oslo"} if f">{name}<" in main or f" {name} " in main]

    def test_the_file_has_a_line_an_answer_and_the_same_counts(self, opened, world, client):
        client.force_login(world.user("editor-3025"))
        report = report_of(world)
        body = client.get(address(report) + "csv/").content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(body), delimiter=";"))
        found = results(report, language="nb", now=OPENED)
        every = [*found.indicators, *(line for block in found.blocks for line in block.lines)]
        assert len(lines) == 1 + len(every)
        shown = [(line[3], line[4], line[5], line[6]) for line in lines[1:]]
        wanted = [(line.region.n, line.region.of, line.country.n, line.country.of) for line in every]
        assert shown == [tuple(map(str, row)) for row in wanted]

    @pytest.mark.parametrize("extra", [4, 60])
    def test_the_number_of_queries_does_not_grow(self, world, client, extra):
        figures_open(round_=populate(world, extra=extra).now, actor=world.user("hdir"), now=OPENED)
        report = report_of(world)
        client.force_login(world.user("editor-3025"))
        client.get(reverse("help"))
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(report)).context["results"].blocks
        assert len(queries) <= QUERIES
        with CaptureQueriesContext(connection) as queries:
            client.get(address(report))
        assert len(queries) <= QUERIES - COUNTED

"""How far a round has come: counted right, seen by all who take part, and nothing of what was answered."""

from __future__ import annotations

import datetime as dt
import io
import itertools

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import OfficeName, Role
from reporting import status_chart
from reporting.services import status
from reporting.services.extensions import extension_give
from reporting.services.submissions import submission_submit
from tests.browser import axe_violations
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, at, editor, open_round, reviewer, unit, user

TODAY = SPRING + dt.timedelta(days=20)


def named(report, short="Embetet"):
    OfficeName.objects.create(
        office=report.office, name_nb=short, name_nn=short, short_name=short, valid_from=dt.date(2018, 1, 1)
    )


@pytest.fixture
def round_(db):
    """Four units: in time, two days late, within an extension, and not at all."""
    first = ReportFactory.submitted(municipality=unit("Tidleg"), day=SPRING - dt.timedelta(days=10))
    named(first)
    ReportFactory.submitted(round_=first.round, municipality=unit("Sein"), day=SPRING + dt.timedelta(days=2))
    extended = ReportFactory.draft(round_=first.round, municipality=unit("Utsett"))
    extension_give(
        report=extended, until=SPRING + dt.timedelta(days=9), reason="Ny leiar.", actor=reviewer(first.office),
        now=at(SPRING),
    )  # fmt: skip
    extended.refresh_from_db()
    submission_submit(report=extended, actor=editor(extended.municipality), now=at(SPRING + dt.timedelta(days=5)))
    ReportFactory.draft(round_=first.round, municipality=unit("Aldri"))
    return first.round


class TestCounting:
    def test_the_country_and_the_regions(self, round_):
        country, region = status.regions_status(round_, today=TODAY)
        assert (country.key, region.name) == ("total", "Embetet")
        for row in (country, region):
            assert (row.units, row.on_time, row.extended, row.late, row.missing) == (4, 1, 1, 1, 1)
            assert row.delivered == 3 and row.approved == 0

    def test_the_curve_counts_first_deliveries_by_day(self, round_):
        [curve] = status.curves(round_, [])
        assert curve.points == ((-10, 1), (2, 2), (5, 3)) and curve.units == 4
        assert [curve.share_on(day) for day in (-11, -10, 0, 2, 30)] == [0, 25, 25, 50, 75]

    def test_a_day_is_an_oslo_day(self, round_):
        report = ReportFactory.draft(round_=round_, municipality=unit("Natt"))
        submission_submit(
            report=report, actor=editor(report.municipality), now=dt.datetime(2022, 5, 1, 22, 30, tzinfo=dt.UTC)
        )  # fmt: skip
        after = status.curves(round_, [])[0]
        assert after.share_on(0) == 20
        assert dict(after.points)[1] == 2  # half past midnight in Oslo is the day after the deadline

    def test_earlier_rounds_stand_beside_it(self, db):
        home = unit("Heim")
        ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home, day=AUTUMN)
        report = ReportFactory.submitted(round_=open_round(SPRING), municipality=home)
        found = status.curves(report.round, [open_round(AUTUMN)])
        assert [(one.reference_date, one.points) for one in found] == [(SPRING, ((-3, 1),)), (AUTUMN, ((0, 1),))]

    def test_a_returned_report_counts_until_it_is_returned_and_again_when_it_has_come_anew(self, round_):
        back = ReportFactory.returned(round_=round_, municipality=unit("Retur"))  # returned on day 4
        for row in status.regions_status(round_, today=TODAY):
            assert (row.units, row.delivered, row.returned, row.missing) == (5, 3, 1, 1)
        [curve] = status.curves(round_, [])
        assert curve.points[-1][1] == 3 and [curve.share_on(day) for day in (-3, 2, 3, 4, 30)] == [40, 60, 60, 40, 60]
        rows = {row.name: (row.delivered, row.returned) for row in status.units_status(round_, offices=None)}
        assert rows["Retur"] == (False, True) and rows["Tidleg"] == (True, False) and rows["Aldri"] == (False, False)
        back.refresh_from_db()
        submission_submit(report=back, actor=editor(back.municipality), now=at(SPRING + dt.timedelta(days=8)))
        country = status.regions_status(round_, today=TODAY)[0]
        assert (country.delivered, country.returned, country.on_time) == (4, 0, 2)
        assert status.curves(round_, [])[0].share_on(30) == 80

    def test_what_is_stuck_and_for_how_long(self, db):
        returned = ReportFactory.returned(municipality=unit("Retur"))
        named(returned)
        sent = ReportFactory.submitted(round_=returned.round, municipality=unit("Ventar"))
        ReportFactory.approved(round_=returned.round, municipality=unit("Ferdig"))
        found = {row.name: row for row in status.stuck(returned.round, today=TODAY)}
        assert (found["Ventar"].who, found["Ventar"].days, found["Ventar"].report) == ("office", 23, sent.pk)
        assert (found["Retur"].who, found["Retur"].days) == ("municipality", 16)
        assert "Ferdig" not in found and "Embetet" not in found  # the region has a day more than is stuck
        later = {row.name for row in status.stuck(returned.round, today=TODAY + dt.timedelta(days=10))}
        assert "Embetet" in later

    def test_the_queries_do_not_grow(self, round_):
        def count():
            with CaptureQueriesContext(connection) as seen:
                status.regions_status(round_, today=TODAY)
                status.curves(round_, [])
                status.units_status(round_, offices=None)
                status.stuck(round_, today=TODAY)
            return len(seen)

        few = count()
        for i in range(5):
            ReportFactory.submitted(round_=round_, municipality=unit(f"Nr {i}"))
        assert count() == few <= 12


class TestChart:
    def test_a_step_stands_on_its_day_and_days_outside_stand_at_the_edge(self):
        one = status_chart.line(0, "x", [(-100, 10.0), (0, 50.0)])
        first, *_rest, last = [tuple(map(float, pair.split(","))) for pair in one.points.split()]
        assert first == (status_chart.x_of(status_chart.FIRST), status_chart.y_of(0))
        assert last == (status_chart.x_of(0), status_chart.y_of(50))

    def test_labels_never_cover_each_other(self):
        lines = [status_chart.line(place, "x", [(0, 90.0 + place / 10)]) for place in range(4)]
        ys = sorted(one.y for one in status_chart.spread(lines))
        assert all(b - a >= 15.9 for a, b in itertools.pairwise(ys))

    def test_the_narrow_drawing_holds_the_same_with_the_names_below(self):
        rounds = [("1. mai", [(-10, 25.0), (60, 100.0)]), ("empty", []), ("1. november", [(0, 50.0)])]
        wide, narrow = (status_chart.drawing(frame, rounds) for frame in (status_chart.WIDE, status_chart.NARROW))
        assert [(one.place, one.label) for one in narrow.lines] == [(one.place, one.label) for one in wide.lines]
        assert [one.label for one in narrow.lines] == ["1. mai", "1. november"]
        for one in narrow.lines:
            assert narrow.frame.height < one.y < narrow.height
            at = [tuple(map(float, pair.split(","))) for pair in one.points.split()]
            assert all(narrow.frame.left <= x <= narrow.frame.end and 12 <= y <= narrow.frame.foot for x, y in at)


class TestPage:
    @pytest.fixture(autouse=True)
    def _page(self, round_, client, settings):
        settings.PORTAL_CLOCK = f"{TODAY}T10:00+02:00"
        self.round, self.client = round_, client

    def as_(self, one):
        self.client.force_login(one)
        return self.client.get(reverse("round_status"))

    def test_a_municipality_sees_who_has_delivered_in_its_region_and_no_more(self):
        other = ReportFactory.returned(round_=self.round, municipality=unit("Retur"), note="Hemmelig kommentar")
        page = self.as_(editor(self.round.reports.first().municipality))
        text = page.content.decode()
        assert {row.name for row in page.context["missing"]} == {"Aldri"}
        assert {"Tidleg", "Sein", "Utsett"} == {row.name for row in page.context["delivered"]}
        assert {row.name for row in page.context["returned"]} == {"Retur"}
        assert page.context["stuck"] is None and "Hemmelig" not in text
        assert f"/rapport/{other.pk}/" not in text

    def test_hdir_sees_what_is_stuck(self):
        page = self.as_(user(Role.HDIR))
        assert {row.name for row in page.context["stuck"]} >= {"Tidleg"}

    def test_what_is_stuck_comes_in_pages_and_whole_as_a_file(self, monkeypatch):
        monkeypatch.setattr("reporting.views.status.STUCK_PAGE", 2)
        hdir = user(Role.HDIR)
        every = [row.name for row in status.stuck(self.round, today=TODAY)]
        shown = [row.name for row in self.as_(hdir).context["stuck"]]
        shown += [row.name for row in self.client.get("/status/?side=2").context["stuck"]]
        assert shown == every and len(every) == 3
        lines = self.client.get(reverse("round_stuck_file", args=["csv"])).content.decode("utf-8-sig").splitlines()
        body = openpyxl.load_workbook(
            io.BytesIO(self.client.get(reverse("round_stuck_file", args=["xlsx"])).content)
        ).worksheets[0]
        sheet = [row[0] for row in body.iter_rows(values_only=True)]
        assert [line.split(";")[0] for line in lines[1:4]] == every
        assert [name for name in sheet if name in every] == every
        self.client.force_login(user(Role.EVALUATOR))
        assert self.client.get(reverse("round_stuck_file", args=["csv"])).status_code == 403

    @pytest.mark.parametrize("style", ["csv", "xlsx"])
    def test_the_list_as_a_file(self, style):
        self.client.force_login(user(Role.EVALUATOR))
        answer = self.client.get(reverse("round_status_file", args=[style]))
        assert answer.status_code == 200
        if style == "csv":
            body = answer.content.decode("utf-8-sig")
            assert "Aldri" in body and "Embetet" in body

    def test_an_unknown_round_region_or_style_does_no_harm(self):
        self.client.force_login(user(Role.HDIR))
        assert self.client.get("/status/?runde=x&embete=y").status_code == 200
        assert self.client.get("/status/doc/").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb")])
def test_the_page_in_a_browser(open_page, settings, width, language):
    settings.PORTAL_CLOCK = f"{TODAY}T10:00+02:00"
    home = unit("Heim")
    ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home, day=AUTUMN)
    report = ReportFactory.submitted(round_=open_round(SPRING), municipality=home)
    named(report)
    hdir = user(Role.HDIR)
    hdir.language = language
    hdir.save()
    page = open_page(width=width, user=hdir)
    page.goto("/status/")
    assert not axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    curve = page.locator("svg.curve:visible")
    assert curve.count() == 1 and curve.locator("polyline").count() == 2


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_words_of_the_curve_can_be_read_at_every_width(open_page, settings):
    settings.PORTAL_CLOCK = f"{TODAY}T10:00+02:00"
    home = unit("Heim")
    ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home, day=AUTUMN)
    named(ReportFactory.submitted(round_=open_round(SPRING), municipality=home))
    page = open_page(width=390, user=user(Role.HDIR))
    page.goto("/status/")
    for width in (320, 390, 600, 799, 800, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        texts = page.locator("svg.curve:visible text")
        assert texts.count() > 10
        sizes = texts.evaluate_all(
            "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"
        )
        assert min(sizes) >= 11, (width, min(sizes))

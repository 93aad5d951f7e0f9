"""The list of risk patterns, the differences and the page of a region in the borders of then and of today."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import MunicipalityLink, MunicipalityVersion, PlanDecision
from reporting.models import Report
from tests.reporting import changed_world, factories
from tests.reporting.factories import ReportFactory, answers
from tests.reporting.review_world import *  # noqa: F403
from tests.reporting.review_world import login

RISKY = {"org.sectors": ["health"], "org.involved": ["hospital"], "org.analysis": "no"}
LIST, DIFFERENCES = "risk_list", "register_differences"


@pytest.fixture
def units(home, staff):
    """The region with a report of every unit of then, Hurum's with signs of risk, before anything changes."""
    found = changed_world.units_then(home)
    for name in changed_world.THEN:
        values = {**answers(), **(RISKY if name == "Hurum" else {})}
        ReportFactory.approved(round_=factories.open_round(), municipality=found[name], values=values, by=staff)
    return found


@pytest.fixture
def changed(units, home, settings):
    changed_world.change(units, home)
    settings.PORTAL_CLOCK = changed_world.AFTER
    return units


def shown(client, name, **query):
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200
    return answer.context


def names(context):
    return [(row.number, row.name, row.beside) for row, _more in context["rows"]]


def lines(client, name, **query):
    text = client.get(reverse(name), {**query, "format": "csv"}).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


# --- risk patterns --------------------------------------------------------------------------------


def test_risk_patterns_of_a_merger_are_listed_for_each_part_and_a_split_unit_stays_itself(client, changed):
    rows = {row.unit: row for row, _office in shown(client, LIST)["rows"]}
    assert {rows[changed[name].pk].number for name in ("Hurum", "Røyken")} == {"3025"}
    assert changed["Asker"].pk not in rows  # its own row is empty, and the parts speak for themselves
    assert "0628 Hurum" in rows[changed["Hurum"].pk].beside
    assert rows[changed["Hurum"].pk].seen > rows[changed["Røyken"].pk].seen  # each its own
    split = rows[changed["Tysfjord"].pk]
    assert (split.number, split.page) == ("1850", "") and "1806 Narvik" in split.beside and "1875" in split.beside
    assert rows[changed["Narvik"].pk].submission is None
    assert rows[changed["Lyngdal"].pk].number == "4225" and "4299" in rows[changed["Lyngdal"].pk].beside
    assert rows[changed["Risør"].pk].beside == ""


def test_risk_patterns_in_the_borders_of_the_last_round(client, changed):
    context = shown(client, LIST, grenser="da")
    assert sorted(names(context)) == sorted((number, name, "") for name, number in changed_world.THEN.items())
    pages = {row.name: row.page for row, _office in context["rows"]}
    assert pages == {"Hurum": "", "Røyken": "", "Tysfjord": "", "Lyngdal": "4225", "Risør": "4201"}
    for borders in ("da", "na"):
        for row, _office in shown(client, LIST, grenser=borders)["rows"]:
            assert not row.page or client.get(reverse("risk_unit", args=[row.page])).status_code == 200


def test_nothing_waits_for_a_judgement_at_a_unit_that_is_no_more(client, units, home, settings):
    assert "Hurum" in {row.name for row, _office in shown(client, LIST, vis="venter")["rows"]}
    changed_world.change(units, home)
    settings.PORTAL_CLOCK = changed_world.AFTER
    for borders in ("da", "na"):
        waiting = {row.unit for row, _office in shown(client, LIST, vis="venter", grenser=borders)["rows"]}
        assert not waiting & {units[name].pk for name in ("Hurum", "Røyken", "Tysfjord")}
        assert units["Lyngdal"].pk in waiting or units["Risør"].pk in waiting


def test_the_own_report_of_a_merged_municipality_stands_beside_its_parts(client, changed):
    Report.objects.across_all(reason="tests").filter(municipality=changed["Risør"]).update(
        municipality=changed["Asker"]
    )
    rows = [row.unit for row, _office in shown(client, LIST)["rows"] if row.number == "3025"]
    assert set(rows) == {changed[name].pk for name in ("Asker", "Hurum", "Røyken")} and rows[0] == changed["Asker"].pk


@pytest.mark.parametrize("name", [LIST, DIFFERENCES])
def test_there_is_no_switch_where_the_borders_are_the_same(client, units, name, settings):
    assert not shown(client, name)["switch"].choices
    settings.PORTAL_CLOCK = changed_world.AFTER  # a later day, and nothing has changed
    assert not shown(client, name)["switch"].choices


@pytest.mark.parametrize("name", [LIST, DIFFERENCES])
def test_the_switch_keeps_what_the_address_asks_and_page_and_file_say_the_borders(client, changed, name):
    PlanDecision.objects.across_all(reason="tests").update(status="none", origin="register:1")
    for borders in ("da", "na"):
        query = {"grenser": borders, "vis": "alle" if name == DIFFERENCES else "venter", "q": "r"}
        answer = client.get(reverse(name), query)
        switch = answer.context["switch"]
        assert switch.borders == borders and len(switch.choices) == 2
        assert all("q=r" in choice.url and "vis=" in choice.url for choice in switch.choices)
        assert switch.said in answer.content.decode()
        book = openpyxl.load_workbook(io.BytesIO(client.get(reverse(name), {**query, "format": "xlsx"}).content))
        assert any(switch.said in row for row in book.active.iter_rows(values_only=True))


def test_each_line_of_the_risk_file_says_its_borders(client, changed):
    then, now = lines(client, LIST, grenser="da"), lines(client, LIST)
    assert {row[0] for row in then} == set(changed_world.THEN.values()) and {row[-2] for row in then} == {""}
    assert "3025" in {row[0] for row in now} and any("0628 Hurum" in row[-2] for row in now)
    assert len({row[-1] for row in then} | {row[-1] for row in now}) == 2


def test_a_search_finds_a_part_by_what_it_was_called_then(client, changed):
    assert [row.unit for row, _office in shown(client, LIST, q="Hurum")["rows"]] == [changed["Hurum"].pk]


# --- differences ----------------------------------------------------------------------------------


def test_differences_stand_under_the_unit_of_today_for_each_part(client, changed):
    PlanDecision.objects.across_all(reason="tests").update(status="none", origin="register:1")
    then, now = shown(client, DIFFERENCES), shown(client, DIFFERENCES, grenser="na")
    assert {row[:2] for row in names(then)} == {(number, name) for name, number in changed_world.THEN.items()}
    assert all(row[2] == "" for row in names(then))
    found = {entry.unit: entry for entry, _why in now["rows"]}
    assert set(found) == {changed[name].pk for name in changed_world.THEN}  # nothing is joined
    assert {(found[changed[name].pk].number, found[changed[name].pk].name) for name in ("Hurum", "Røyken")} == {
        ("3025", "Asker")
    }
    assert found[changed["Tysfjord"].pk].number == "1850" and "1806 Narvik" in found[changed["Tysfjord"].pk].beside
    assert found[changed["Lyngdal"].pk].number == "4225" and found[changed["Risør"].pk].beside == ""
    assert now["hits"] == then["hits"]
    file = lines(client, DIFFERENCES, grenser="na")
    assert any("0627 Røyken" in row[-2] for row in file)


@pytest.mark.parametrize("name", [LIST, DIFFERENCES])
def test_the_number_of_queries_does_not_grow_with_what_has_changed(client, changed, home, name):
    PlanDecision.objects.across_all(reason="tests").update(status="none", origin="register:1")

    def ask(borders):
        with CaptureQueriesContext(connection) as caught:
            shown(client, name, grenser=borders)
        return len(caught)

    ask("na")
    before = [ask("da"), ask("na")]
    for index in range(3):
        part = factories.unit(f"Del {index}", of=home)
        MunicipalityVersion.objects.filter(municipality=part).update(valid_to=changed_world.D(2022, 12, 31))
        MunicipalityLink.objects.create(
            old=part,
            new=changed["Asker"],
            kind="merger",
            on=changed_world.ON,
            old_number=f"999{index}",
            new_number="3025",
        )
    assert [ask("da"), ask("na")] == before and max(before) <= 24


# --- tables of one round, which have its borders alone ------------------------------------------------


@pytest.mark.parametrize("name", ["work_list", "work_list_missing"])
def test_the_lists_of_a_round_say_the_borders_of_its_reference_date(client, changed, home, name):
    ReportFactory.not_started(round_=factories.open_round(), municipality=factories.unit("Åseral", of=home))
    page = client.get(reverse(name)).content.decode()
    assert "Åseral" in page and changed_world.said_borders(factories.SPRING) in page


def test_the_list_of_reports_says_the_borders_of_its_round(changed, home):
    page = login(factories.user("ks", of=home)).get(reverse("report_list")).content.decode()
    assert "Hurum" in page and changed_world.said_borders(factories.SPRING) in page

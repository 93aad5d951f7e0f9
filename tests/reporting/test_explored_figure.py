"""Each explored figure has its way home: an address, its rule, the units counted and not, and what they answered."""

from __future__ import annotations

from html import escape, unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reporting.explored_figure import explored_home
from reporting.live import live
from reporting.models import Report
from reporting.services.exploring import COUNTRY, COUNTY, GROUPINGS, OFFICE, PLAN, explore, groups_of, select_of
from reporting.services.indicators import indicators
from reporting.services.rounds import form_spec
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, populate

QUERIES = 32
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = FROZEN.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=9)


def address(group="total", tall="kjerne:adopted", etter=OFFICE, day=NOW, unit=None) -> str:
    url = reverse("explore_figure_unit", args=[unit]) if unit else reverse("explore_figure")
    return f"{url}?tall={tall.replace('=', '%3D')}&etter={etter}&gruppe={group}&runde={day}"


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("day", [BEFORE, NOW])
def test_every_figure_of_the_table_is_as_many_units_as_its_page_lists(people, grouping, day):
    round_, form = people.rounds[day], form_spec(people.now.form_version)
    known = indicators(people.now, form, "nb", now=FROZEN)
    summary = live(round_, language="nb", now=FROZEN).summary
    groups, seen = groups_of(round_, grouping), 0
    several = {q.code for q in form.questions() if q.kind == "several_of"}
    for chosen in list(known.values())[::2]:
        rows = explore(
            [round_], select=select_of(chosen, grouping), missing=chosen.missing, grouping=grouping,
            questions=chosen.questions, form=form, now=FROZEN,
        )  # fmt: skip
        for row in rows:
            one, found = row.cells[0], explored_home(summary, round_, chosen, groups=groups, group=row.key)
            assert (len(found.home.counted), found.base) == (one.n, one.of), (chosen.key, row.key)
            if one.missing is not None and not several & set(chosen.questions):
                assert len(found.home.missing) == one.missing, (chosen.key, row.key)
            assert sum(len(group.lines) for group in found.counted) == one.n
            seen += one.n
    assert seen > 100


def test_each_figure_of_the_table_leads_to_its_page(people, world, client):
    client.force_login(world.user("hdir"))
    table = client.get(f"{reverse('explore')}?etter={COUNTY}&tall=svar:plan.status%3Down").context["table"]
    urls = [(one, url) for row in table for one, url in row["cells"] if one]
    assert len(urls) > 4
    for one, url in urls:
        page = client.get(url)
        assert page.status_code == 200 and page.context["found"].place.figure.value == one.n


def test_the_page_says_the_rule_and_leads_to_each_answer(people, world, client):
    client.force_login(world.user("hdir"))
    page = client.get(address("oslo-og-viken", tall="svar:plan.status=own"))
    html, found = unescape(page.content.decode()), page.context["found"]
    assert "plan.status=own" in html and found.questions[0] in html and "Oslo og Viken" in html
    assert reverse("explore") in html
    lines = [line for group in found.counted for line in group.lines]
    assert lines and all(line.office == "oslo-og-viken" for line in lines)
    for line in lines[:3]:
        assert line.url in html
        answer = client.get(line.url)
        submission = answer.context["submission"]
        assert answer.status_code == 200 and submission.answers["plan.status"] == "own"
        assert submission.report_id == line.report and submission.answers_hash in answer.content.decode()
        assert f'href="{escape(answer.context["figure_url"])}"' in answer.content.decode()
        assert client.get(answer.context["figure_url"]).status_code == 200


def test_the_search_keeps_the_address(people, world, client):
    client.force_login(world.user("hdir"))
    page = client.get(address() + "&kommune=3025")
    html = page.content.decode()
    assert page.context["hit"] is not None
    for name in ("tall", "etter", "gruppe", "runde"):
        assert f'<input type="hidden" name="{name}"' in html


def test_a_group_by_the_plan_register_counts_no_district(people, world, client):
    client.force_login(world.user("hdir"))
    table = client.get(f"{reverse('explore')}?etter={PLAN}&tall=levert:on_time&fra={NOW}&til={NOW}").context["table"]
    for row in table:
        for one, url in row["cells"]:
            assert client.get(url).context["found"].base == one.of


@pytest.mark.parametrize(
    "url",
    [
        address(tall="finnes:ikke"), address(etter="planet"), address("ingen"),
        address(day="2019-05-01"), address(day=""), address(etter=COUNTRY, group="oslo-og-viken"),
        address(unit=999999), reverse("explore_figure"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(people, world, client, url):
    client.force_login(world.user("hdir"))
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["statsforvalter-oslo-og-viken", "editor-3025", "hod", "nobody"])
def test_only_helsedirektoratet_goes_from_a_figure_to_the_answers(people, world, client, name):
    unit = Report.objects.across_all(reason="test").filter(round=people.now).first().municipality_id
    client.force_login(world.user(name))
    assert client.get(address()).status_code == 403
    assert client.get(address(unit=unit)).status_code == 403


@pytest.mark.parametrize("extra", [3, 40])
@pytest.mark.parametrize("grouping", GROUPINGS)
def test_the_number_of_queries_does_not_grow(world, client, extra, grouping):
    populate(world, extra=extra)
    client.force_login(world.user("hdir"))
    client.get(address(etter=grouping))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(etter=grouping, tall="risiko:involvement")).status_code == 200
    assert len(queries) <= QUERIES, len(queries)

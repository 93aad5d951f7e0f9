"""The part on grants in the note and the yearly report: its figures are those of the criteria and of the funds."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grants import note_part
from grants.models import CriteriaYear, Criterion, CriterionNote, GrantApplication, Scheme
from grants.note_collect import collect
from grants.services.priority import outcomes
from grants.services.shipped import shipped_load
from reporting.documents import build
from reporting.documents.agree import compare
from reporting.documents.content import Heading
from reporting.documents.content_check import problems
from reporting.documents.render import render
from reporting.documents.selectors import Frozen, disagreements
from reporting.services import summaries
from tests.reporting.documents.population import FROZEN, NOW, populate

pytestmark = pytest.mark.django_db
CODES = ("plan_or_process", "plan_content", "samfunnsdel", "network")


@pytest.fixture
def people(world):
    """A round of 2022, the criteria of 2021 for it, one outcome overruled, and two grants."""
    found = populate(world)
    shipped_load()
    year = CriteriaYear.objects.get_queryset().create(year=NOW.year, source="en prøve")
    for order, code in enumerate(CODES):
        Criterion.objects.get_queryset().create(criteria=year, code=code, order=order)
    return found


def overrule(unit) -> None:
    CriterionNote.objects.get_queryset().create(
        municipality=unit, year=NOW.year, code="network", kind="overrule", outcome="met", reason="Sett på et møte.",
        recorded_by_name="Fatima", recorded_at=FROZEN - dt.timedelta(days=30),
    )  # fmt: skip


def made(people):
    summary = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    assert summaries.summary_build(pk=summary.pk, clock=lambda: FROZEN)
    summary.refresh_from_db()
    return summary


def rows(content, name) -> dict[str, list]:
    table = next(entry for entry in content.tables() if entry.name == name)
    return {row.key: [cell.value for cell in row.cells[1:]] for row in table.rows}


def test_the_figures_are_those_of_the_criteria_on_the_day(people):
    overrule(people.units[0])
    found = outcomes(NOW.year, NOW)
    content = build.summary_content(made(people), "nb")
    assert problems(content) == []
    units, met, not_met, unknown, share, overruled = rows(content, "grant_criteria")["total"]
    assert met == sum(row.priority for row in found) and overruled == 1
    assert not_met == sum(not row.priority and "not_met" in row.states.values() for row in found)
    assert met + not_met + unknown == units == len(found)
    assert (share == 0) if met == 0 else share is not None
    each = rows(content, "grant_each")
    assert list(each) == list(CODES)
    for code in CODES:
        states = Counter(row.states[code] for row in found)
        assert each[code] == [states["met"], states["not_met"], states["unknown"]]


def test_the_money_is_that_of_the_year_and_adds_up(people):
    scheme = Scheme.objects.get_queryset().create(
        year=NOW.year, key="prove", chapter="761", post="68", name_nb="Prøve", name_nn="Prøve"
    )
    for unit, kr in zip(people.units, (1_250_000, 400_000), strict=False):
        GrantApplication.objects.get_queryset().create(
            scheme=scheme, municipality=unit, status="granted", granted_kr=kr, changed_at=FROZEN
        )
    content = build.summary_content(made(people), "nn")
    allocated = rows(content, "grant_allocated")
    assert allocated["total"] == [10_000] == [sum(value for key, (value,) in allocated.items() if key != "total")]
    assert rows(content, "grant_granted") == {"total": [1_650_000], "prove": [1_650_000]}
    assert "grant_appropriated" not in [table.name for table in content.tables()]  # none is entered for 2022


def test_every_figure_of_it_leads_home_and_stands_in_all_four_files(people):
    overrule(people.units[0])
    summary = made(people)
    CriterionNote.objects.get_queryset().all().delete()  # what changes later changes nothing in what was made
    content = build.summary_content(summary, "nb")
    mine = [figure for figure in content.figures() if figure.source and figure.source.rule.startswith("grants.")]
    assert len(mine) > 30
    assert disagreements(Frozen(summary), mine) == []
    for fmt in build.FORMATS:
        found = compare(fmt, render(content, fmt), content)
        assert found.problems == [] and found.figures


def test_the_yearly_report_has_it_as_of_the_last_day_of_the_year(people):
    autumn = people.rounds[dt.date(2021, 11, 1)]
    summary = summaries.summary_request(kind="yearly", round=autumn, actor=None, now=FROZEN)
    assert summaries.summary_build(pk=summary.pk, clock=lambda: FROZEN)
    summary.refresh_from_db()
    content = build.summary_content(summary, "nb")
    assert problems(content) == []
    day = dt.date(2021, 12, 31)
    found = outcomes(2021, day)
    units, met, not_met, unknown, *_rest = rows(content, "grant_criteria")["total"]
    assert units == len(found) == met + not_met + unknown
    assert met == sum(row.priority for row in found)
    assert rows(content, "grant_appropriated")["total"] == [48_000]
    assert disagreements(Frozen(summary), content.figures()) == []


def test_a_year_without_criteria_and_money_has_no_such_part(world):
    content = build.summary_content(made(populate(world)), "nb")
    assert note_part.PART not in [block.id for block in content.blocks if isinstance(block, Heading)]


def test_the_number_of_queries_does_not_grow_with_the_units(people):
    with CaptureQueriesContext(
        connection,
    ) as few:
        collect(NOW)
    for unit in people.units[:3]:
        overrule(unit)
    with CaptureQueriesContext(connection) as more:
        collect(NOW)
    assert len(few) == len(more) <= 20

"""What is new in the registers is named: plans on the two reference dates, and networks that began between them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from reporting.documents.book import Book
from reporting.documents.collect import collect
from reporting.documents.content import Bullets, Paragraph
from reporting.documents.facts import NetworkFact, PlanFact
from reporting.documents.tables_changes import register_news
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, populate

pytestmark = pytest.mark.django_db


def plan(pk: int, unit: int, status: str, since: dt.date, until: dt.date | None = None) -> PlanFact:
    return PlanFact(pk, unit, status, since, until, None, "register")


@pytest.fixture
def facts(world):
    return collect(populate(world, extra=6).now, frozen_at=FROZEN)


def told(facts) -> dict[str, str]:
    """The heads of the list and what each names."""
    blocks = register_news(Book(facts, "nb", lambda text: text))
    lines = {}
    for block in blocks:
        for item in block.items if isinstance(block, Bullets) else ():
            lines[item[0].text] = "".join(run.text for run in item[1:])
    return lines


def test_plans_that_came_and_plans_that_went_are_named_by_municipality(facts):
    new, kept, gone, late, district = (
        *[unit for unit in facts.units if unit.kind == "municipality"][:4],
        next(unit for unit in facts.units if unit.kind == "district"),
    )
    rows = (
        plan(1, new.id, "process", BEFORE, NOW - dt.timedelta(days=1)),
        plan(2, new.id, "own", NOW),
        plan(3, kept.id, "own", BEFORE, dt.date(2022, 2, 1)),
        plan(4, kept.id, "inside", dt.date(2022, 2, 2)),
        plan(5, gone.id, "inside", BEFORE, dt.date(2022, 2, 1)),
        plan(6, late.id, "own", NOW + dt.timedelta(days=1)),
        plan(7, district.id, "own", NOW),
    )
    lines = told(replace(facts, plans=rows, networks=()))
    assert lines == {
        "Adopted plan, new in the register: ": new.display_name,
        "No longer adopted: ": gone.display_name,
    }


def test_a_network_is_new_that_began_after_the_last_reference_date(facts):
    networks = tuple(
        NetworkFact(pk, name, "regional", "", (), since)
        for pk, name, since in (
            (1, "On the day before", BEFORE),
            (2, "The day after", BEFORE + dt.timedelta(days=1)),
            (3, "Today", NOW),
            (4, "Unknown", None),
        )
    )
    assert told(replace(facts, plans=(), networks=networks)) == {"New networks: ": "The day after, Today."}


def test_where_nothing_is_new_that_is_said_and_without_an_earlier_round_nothing_is(facts):
    quiet = register_news(Book(replace(facts, plans=(), networks=()), "nb", lambda text: text))
    assert isinstance(quiet[-1], Paragraph) and "2021" in quiet[-1].parts[0].text
    alone = replace(facts, rounds=facts.rounds[-1:], deliveries=(), counts=(), unit_answers=(), reports=())
    assert register_news(Book(alone, "nb", lambda text: text)) == ()

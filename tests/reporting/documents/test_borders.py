"""Earlier rounds in the borders of the document's own day, with the real mergers and splits of 2020 and 2024."""

from __future__ import annotations

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction

from municipalities.lineage import Lineage, Span
from municipalities.models import Municipality, PlanDecision
from reporting.documents.borders import parts_of
from reporting.documents.collect import collect
from reporting.documents.collect_registers import kept_registers, register_ids
from reporting.documents.compute import compute
from reporting.documents.content_check import problems
from reporting.documents.selectors import Frozen, disagreements
from reporting.figure_home import made_of, register_words
from reporting.models import NationalSummary
from reporting.services import rounds as round_services

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
OLD, LATE, NOW = dt.date(2019, 11, 1), dt.date(2023, 11, 1), dt.date(2024, 5, 1)
FROZEN = dt.datetime(2024, 5, 21, 12, tzinfo=OSLO)
INDRE_OSTFOLD_THEN = ("0122", "0123", "0124", "0125", "0138")
"""Trøgstad, Spydeberg, Askim, Eidsberg, Hobøl: Indre Østfold from 2020."""


def unit(number: str, day: dt.date) -> int:
    return Municipality.objects.across_all(reason="test").as_of(day).get(number=number).pk


def adopt(pk: int, first: dt.date, last: dt.date | None = None) -> None:
    PlanDecision.objects.get_queryset().create(
        municipality_id=pk, status="own", valid_from=first, valid_to=last, origin=f"register:{first}",
        registered_at=FROZEN,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Facts, content, kept registers and what the check of every figure finds, made once and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_registers", stdout=io.StringIO())
        end = dt.date(2019, 12, 31)
        for number in INDRE_OSTFOLD_THEN:  # all five parts of one merger
            adopt(unit(number, OLD), dt.date(2019, 1, 1), end)
        adopt(unit("0111", OLD), dt.date(2019, 1, 1), end)  # Hvaler, which is the same municipality still
        adopt(unit("0104", OLD), dt.date(2019, 1, 1), end)  # Moss, but not Rygge
        adopt(unit("1507", LATE), dt.date(2022, 1, 1), dt.date(2023, 12, 31))  # Ålesund before Haram left it
        for day in (OLD, LATE, NOW):
            moment = dt.datetime.combine(day, dt.time(9), tzinfo=OSLO)
            round_ = round_services.round_open(reference_date=day, actor=None, now=moment)
        facts = collect(round_, frozen_at=FROZEN)
        summary = NationalSummary.objects.get_queryset().create(
            round=round_, version=1, status="ready", as_of=NOW, frozen_at=FROZEN, requested_at=FROZEN,
            submission_ids=[], register_ids=register_ids(facts),
        )  # fmt: skip
        content = compute(facts, "nb", lambda text: text)
        figures = [figure for figure in content.figures() if figure.source is not None]
        wrong = disagreements(Frozen(summary), figures)
        homes = {
            figure.row: Frozen(summary).home(dict(figure.source.select))
            for figure in figures
            if figure.source.rule == "core.plan_adopted.borders"
        }
        numbers = dict(Municipality.objects.across_all(reason="test").as_of(NOW).values_list("pk", "number"))
        kept = kept_registers(summary)
        select = next(f for f in figures if f.row == OLD.isoformat() and f.source.rule == "core.plan_adopted.borders")
        select = dict(select.source.select)
        registered, parts = register_words(Frozen(summary), select), made_of(Frozen(summary), select)
        words = {
            numbers[pk]: (", ".join(sorted(names[0].split(", "))), registered[pk].count("2019"))
            for pk, names in parts.items()
        }
        transaction.set_rollback(True)
    return {
        "facts": facts,
        "content": content,
        "wrong": wrong,
        "homes": homes,
        "numbers": numbers,
        "kept": kept,
        "words": words,
    }


def trend(content, borders: bool) -> dict[str, dict[str, object]]:
    last = "unknown" if borders else "samfunnsdel"
    table = next(t for t in content.tables() if any(column.key == last for column in t.columns))
    keys = [column.key for column in table.columns]
    return {row.key: dict(zip(keys[1:], (cell.value for cell in row.cells[1:]), strict=True)) for row in table.rows}


def test_each_round_has_its_own_number_of_units_and_all_have_that_of_today(made):
    own, today = trend(made["content"], False), trend(made["content"], True)
    assert [own[day.isoformat()]["units"] for day in (OLD, LATE, NOW)] == [422, 356, 357]
    assert {row["units"] for row in today.values()} == {357}


def test_a_merger_counts_when_all_its_parts_did_and_not_when_one_did_not(made):
    own, today = trend(made["content"], False)[OLD.isoformat()], trend(made["content"], True)[OLD.isoformat()]
    assert own["adopted"] == 7  # five parts, Hvaler, Moss
    counted = {made["numbers"][unit.unit] for unit in made["homes"][OLD.isoformat()].counted}
    assert counted == {"3118", "3110"}  # Indre Østfold and Hvaler by their numbers of 2024
    assert today["adopted"] == 2


def test_the_figure_of_a_split_municipality_is_shared_out_to_none(made):
    own, today = trend(made["content"], False)[LATE.isoformat()], trend(made["content"], True)[LATE.isoformat()]
    assert own["adopted"] == 1
    assert (today["adopted"], today["unknown"]) == (0, 2)
    missing = {made["numbers"][unit.unit] for unit in made["homes"][LATE.isoformat()].missing}
    assert missing == {"1508", "1580"}  # Ålesund and Haram


def test_every_figure_is_what_its_selector_counts_from_what_was_kept(made):
    assert made["wrong"] == []
    assert problems(made["content"]) == []
    assert made["kept"].parts == made["facts"].parts


def test_where_the_borders_are_the_same_in_all_rounds_there_is_no_such_table(made):
    units = [row.unit for row in made["facts"].parts if row.round == NOW]
    lineage = Lineage([Span(pk, str(pk), "", dt.date(2020, 1, 1), None) for pk in units], [])
    spring, autumn = dt.date(2022, 5, 1), dt.date(2022, 11, 1)
    assert parts_of(lineage, {spring: units, autumn: units}, autumn) == ()


def test_the_page_of_a_figure_names_what_each_municipality_was_made_of(made):
    assert made["words"]["3118"] == ("Askim, Eidsberg, Hobøl, Spydeberg, Trøgstad", 5)

"""The figures: right by hand, the same in both ways of counting, never guessed, and the same to the last character."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from django.db import transaction

from reporting.documents import rules
from reporting.documents.collect import collect
from reporting.documents.collect_registers import register_ids
from reporting.documents.compute import compute
from reporting.documents.content import Chart, Column, Figure, Paragraph, TileMap, from_json, to_json
from reporting.documents.content_check import problems
from reporting.documents.facts import Composed
from reporting.documents.formats import format_date
from reporting.documents.measure import Tallies
from reporting.documents.selectors import Frozen, disagreements
from reporting.models import NationalSummary
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, answers_of, populate, registered
from tests.world import build_world

ASSESSMENT = {"nb": {"status": "Godt i gang.\n\nMen noen mangler.", "goals": "", "progress": "Jevn."}, "nn": {}}


def same(text: str) -> str:
    return text


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Population, facts and content, made once and rolled back: most tests only read them."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = populate(build_world(), extra=14)
        facts = collect(people.now, frozen_at=FROZEN, composed=Composed(assessment=ASSESSMENT))
        transaction.set_rollback(True)
    return people, facts, compute(facts, "nb", same)


@pytest.fixture
def people(made):
    return made[0]


@pytest.fixture
def facts(made):
    return made[1]


@pytest.fixture
def content(made):
    return made[2]


@pytest.fixture
def stored(world):
    """The same in the database, with a summary that froze it: population, summary and content."""
    people = populate(world, extra=9)
    facts = collect(people.now, frozen_at=FROZEN)
    return people, freeze(people, facts), compute(facts, "nb", same)


def freeze(people, facts) -> NationalSummary:
    return NationalSummary.objects.get_queryset().create(
        round=people.now, version=1, status="ready", as_of=NOW, frozen_at=facts.frozen_at, requested_at=FROZEN,
        submission_ids=list(facts.submission_ids), register_ids=register_ids(facts),
    )  # fmt: skip


def cell(content, table: str, column: str, row: str = "total"):
    found = next(entry for entry in content.tables() if entry.id == table)
    place = [entry.key for entry in found.columns].index(column)
    return next(entry for entry in found.rows if entry.key == row).cells[place]


def table_of(content, column: str, title: str):
    return next(t for t in content.tables() if title in t.title and any(c.key == column for c in t.columns))


def test_the_content_hangs_together_and_survives_json(content):
    assert problems(content) == []
    assert from_json(to_json(content)) == content


def test_every_figure_with_a_selector_is_what_the_selector_counts(stored):
    _people, summary, content = stored
    figures = [figure for figure in content.figures() if figure.source is not None]
    assert len(figures) > 500
    assert disagreements(Frozen(summary), figures) == []


def test_every_figure_with_an_address_has_a_selector(content):
    without = [f"{figure.ref}/{figure.row}" for figure in content.figures() if figure.ref and figure.source is None]
    assert without == []


def test_the_check_finds_a_figure_that_was_changed(stored):
    _people, summary, content = stored
    frozen = Frozen(summary)
    figure = next(figure for figure in content.figures() if figure.source and isinstance(figure.value, int))
    forged = Figure(figure.value + 1, figure.kind, figure.ref, figure.row, figure.source)
    assert len(disagreements(frozen, [forged])) == 1


def test_the_way_home_stays_when_reports_move_on(stored):
    people, summary, content = stored
    report = people.report(3)
    report.status = "returned"
    report.save()
    report = people.report(0)
    report.status = "submitted"
    report.save()
    figures = [figure for figure in content.figures() if figure.source is not None]
    assert disagreements(Frozen(summary), figures) == []


def counted(people, day=NOW):
    """The indices of the municipalities whose report counts, and the number their answers were made from."""
    municipalities = [index for index, unit in enumerate(people.units) if unit.kind == "municipality"]
    if day == BEFORE:
        return [(index, index + 1) for index in municipalities]
    return [(index, index) for index in municipalities if index != 0 and index != len(people.units) - 1]


def test_plan_status_by_hand(people, content):
    given = [
        next((row["value"] for row in answers_of(made) if row["question"] == "plan.status"), None)
        for _index, made in counted(people)
    ]
    municipalities = sum(unit.kind == "municipality" for unit in people.units)
    table = table_of(content, "adopted_share", "Plan status by office").id
    assert cell(content, table, "units").value == municipalities
    assert cell(content, table, "own").value == given.count("own")
    assert cell(content, table, "inside").value == given.count("inside")
    assert cell(content, table, "process").value == given.count("process")
    assert cell(content, table, "none").value == given.count("none") + given.count("declined")
    assert cell(content, table, "declined").value == given.count("declined") > 0
    answered = sum(value is not None for value in given)
    assert cell(content, table, "missing").value == municipalities - answered > 1
    adopted = given.count("own") + given.count("inside")
    assert cell(content, table, "adopted_share").value == (Decimal(adopted) / municipalities).quantize(
        Decimal("0.000001")
    )


@pytest.mark.parametrize(
    ("title", "of", "parts"),
    [
        ("Plan status by office", "units", ("own", "inside", "process", "none", "missing")),
        ("Delivery by office", "units", ("on_time", "late", "returned", "missing")),
        ("Step by office", "units", ("1", "2", "3", "4", "5", "missing")),
        ("Phase by office", "units", ("2", "3", "4", "missing")),
        ("Delay against", "units", ("0", "1-6", "7-12", "13-24", "25-", "missing")),
        ("Learning networks by office", "units", ("yes", "planned", "no", "missing")),
        ("Support by office", "units", ("received", "none", "missing")),
        ("Support by office", "units", ("reached", "not_reached")),
        ("Local measurement", "units", ("yes", "planned", "no", "missing")),
    ],
)
def test_classes_sum_to_the_units_in_every_row(content, title, of, parts):
    table = table_of(content, parts[0], title)
    keys = [column.key for column in table.columns]
    for row in table.rows:
        values = {key: cell.value for key, cell in zip(keys, row.cells, strict=True) if isinstance(cell, Figure)}
        assert sum(values[part] for part in parts) == values[of], row.key


def test_offices_sum_to_the_country(content):
    for table in content.tables():
        keys = {row.key for row in table.rows}
        if "total" not in keys or "oslo-og-viken" not in keys:
            continue
        for place, column in enumerate(table.columns):
            if column.kind != "count":
                continue
            rows = {row.key: row.cells[place].value for row in table.rows}
            if column.key == "activities":
                continue  # one activity can reach municipalities of several offices
            assert rows["total"] == rows["oslo-og-viken"] + rows["troms-og-finnmark"], (table.title, column.key)


def test_positions_and_not_answered_sum_for_each_solution(people, content):
    municipalities = sum(unit.kind == "municipality" for unit in people.units)
    table = table_of(content, "taken", "Position on each solution")
    assert len(table.rows) == 25
    for row in table.rows:
        assert sum(entry.value for entry in row.cells[1:7]) == municipalities


def test_districts_count_in_the_delivery_only(content):
    table = table_of(content, "on_behalf", "Delivery by office")
    units = {row.key: row.cells[1].value for row in table.rows}
    assert units["total"] == units["municipalities"] + units["districts"]
    assert units["districts"] == 1
    assert cell(content, table_of(content, "own", "Plan status by office").id, "units").value == units["municipalities"]


def test_who_came_within_an_extended_deadline_is_counted_among_those_on_time_and_for_itself(content):
    table = table_of(content, "on_behalf", "Delivery by office")
    assert cell(content, table.id, "extended").value == 1
    total = {entry.key: cell(content, table.id, entry.key).value for entry in table.columns[1:]}
    assert total["on_time"] + total["late"] + total["returned"] + total["missing"] == total["units"]


def adopters(people, day, values=rules.ADOPTED):
    """Counted by hand from the rows of the plan register."""
    every = [index for index, unit in enumerate(people.units) if unit.kind == "municipality"]
    return sum(registered(index, day) in values for index in every)


def test_a_second_round_gives_change_and_trend(people, content):
    cards = next(block for block in content.blocks if type(block).__name__ == "KeyFigures").cards
    adopted = next(card for card in cards if card.figure.source.rule == "core.plan_adopted")
    assert adopted.figure.value == adopters(people, NOW) > 2
    assert adopted.change.value == adopters(people, NOW) - adopters(people, BEFORE) != 0
    assert [value for _name, value in adopted.trend] == [adopters(people, BEFORE), adopters(people, NOW)]


def test_the_core_indicators_come_from_the_registers_on_each_rounds_own_day(people, content):
    trend = table_of(content, "samfunnsdel", "Core indicators over the rounds")
    rows = {row.key: dict(zip([c.key for c in trend.columns], row.cells, strict=True)) for row in trend.rows}
    for day in (BEFORE, NOW):
        found = rows[day.isoformat()]
        assert found["adopted"].value == adopters(people, day)
        assert found["adopted_process"].value == adopters(people, day, rules.ADOPTED_OR_PROCESS)
        assert dict(found["adopted"].source.select)["register"] == "plan"
    # units 0-2 all the time, 3 until the day before; the age-friendly network is no regional one
    assert [rows[day.isoformat()]["network"].value for day in (BEFORE, NOW)] == [4, 3]
    assert "register" in next(c for c in trend.columns if c.key == "adopted").definition


def test_the_first_sentence_and_the_cards_say_the_same(people, content):
    lead = next(block for block in content.blocks if isinstance(block, Paragraph) and block.role == "lead")
    values = [part.value for part in lead.parts if isinstance(part, Figure)]
    assert adopters(people, NOW) in values


def test_every_municipality_is_in_one_class_of_agreement(people, facts, content):
    for what, title in (("plan", "Plan status in reports and register"), ("network", "Networks in reports")):
        table = table_of(content, "register_only", title)
        for row in table.rows:
            values = [entry.value for entry in row.cells[1:]]
            assert values[0] == sum(values[1:]), (what, row.key)
    given = dict(counted(people))
    plan = table_of(content, "register_only", "Plan status in reports and register").id

    def answer(index):
        made = answers_of(given[index]) if index in given else []
        return next((row["value"] for row in made if row["question"] == "plan.status"), "")

    every = [index for index, unit in enumerate(people.units) if unit.kind == "municipality"]
    differ = [i for i in every if answer(i) and registered(i, NOW) and answer(i) != registered(i, NOW)]
    assert cell(content, plan, "differ").value == len(differ) > 0
    names = table_of(content, "why", "do not say the same")
    numbers = [people.units[i].number for i in every if answer(i) and answer(i) != registered(i, NOW)]
    assert sorted(row.key.split(":")[0] for row in names.rows if row.key.endswith(":plan")) == sorted(numbers)
    assert {row.cells[-1] for row in names.rows} == {"The report is not approved yet"}


def test_a_register_that_is_put_right_later_changes_no_stored_figure(stored):
    from municipalities.models import PlanDecision
    from networks.models import Participation

    people, summary, content = stored
    PlanDecision.objects.get_queryset().update(status="none")
    Participation.objects.get_queryset().all().delete()
    figures = [figure for figure in content.figures() if figure.source is not None]
    assert disagreements(Frozen(summary), figures) == []
    now = compute(collect(people.now, frozen_at=FROZEN), "nb", same)
    assert cell(now, table_of(now, "unregistered", "from the registers").id, "adopted").value == 0


def test_an_older_summary_has_no_value_for_what_it_did_not_keep(stored):
    _people, summary, content = stored
    core = table_of(content, "unregistered", "from the registers").id
    figure = cell(content, core, "adopted")
    summary.register_ids = {key: rows for key, rows in summary.register_ids.items() if key != "plan"}
    assert Frozen(summary).figure_value(figure) is None


def test_without_an_earlier_round_no_change_is_given(world):
    first = populate(world).rounds[BEFORE]
    content = compute(collect(first, frozen_at=FROZEN), "nb", same)
    assert problems(content) == []
    cards = next(block for block in content.blocks if type(block).__name__ == "KeyFigures").cards
    assert {card.change.value for card in cards} == {None}
    assert not any("Changes of plan status" in table.title for table in content.tables())


def test_a_round_without_any_report_gives_zeros_and_missing_never_a_guess(world):
    from reporting.services.rounds import round_open

    round_ = round_open(reference_date=NOW, actor=None, now=FROZEN)
    content = compute(collect(round_, frozen_at=FROZEN), "nb", same)
    assert problems(content) == []
    plan = table_of(content, "adopted", "Plan status by office").id
    assert cell(content, plan, "missing").value == cell(content, plan, "units").value == 5
    assert cell(content, plan, "adopted").value == 0


def test_charts_and_map_name_their_table_and_say_what_they_show(content):
    drawings = [block for block in content.blocks if isinstance(block, Chart | TileMap)]
    assert len(drawings) >= 10
    for drawing in drawings:
        assert drawing.table[1:] in drawing.alt
        assert len(drawing.alt) > 40


def test_the_map_has_the_figures_of_the_table(people, content):
    tiles = next(block for block in content.blocks if isinstance(block, TileMap))
    plan = table_of(content, "adopted", "Plan status by office").id
    for letter, _label, number in tiles.key:
        assert sum(tile.letter == letter for tile in tiles.tiles) <= number
    assert sum(number for _letter, _label, number in tiles.key) == cell(content, plan, "units").value


def test_a_chart_shows_what_its_table_says(content):
    by_id = {table.id: table for table in content.tables()}
    charts = [block for block in content.blocks if isinstance(block, Chart)]
    chart = next(chart for chart in charts if "Plan status by office" in chart.title)
    table = by_id[chart.table]
    for series in chart.series:
        place = [column.key for column in table.columns].index(series.key)
        assert list(series.values) == [row.cells[place].value for row in table.rows]


def test_missing_parts_of_the_assessment_are_named(facts):
    texts = ["".join(getattr(run, "text", "") for run in block.parts)
             for block in compute(facts, "nb", same).blocks if isinstance(block, Paragraph)]  # fmt: skip
    assert "Status: Godt i gang." in texts
    assert "Men noen mangler." in texts
    assert "Not written yet in this language: goal attainment." in texts
    nn = ["".join(getattr(run, "text", "") for run in block.parts)
          for block in compute(facts, "nn", same).blocks if isinstance(block, Paragraph)]  # fmt: skip
    assert "Not written yet in this language: status, goal attainment, progress." in nn


def test_the_annex_has_a_row_for_every_unit(people, content):
    numbers = [row.key for table in content.tables() if table.kind == "annex" for row in table.rows]
    assert sorted(numbers) == sorted(unit.number for unit in people.units)


def test_the_workbook_sheets_hold_every_answer_and_every_code(facts, content):
    sheets = {sheet.id: sheet for sheet in content.sheets}
    assert len(sheets["answers"].rows) == len(facts.answers) > 100
    codes = {row.cells[0] for row in sheets["codes"].rows}
    assert {question.code for question in facts.form.questions()} == codes
    assert dict(content.counts)["Answers in these submissions"] == len(sheets["answers"].rows)
    texts = [row.cells[6] for row in sheets["answers"].rows]
    assert "=1+1 Hjelp til plan æøå" in texts


def test_columns_with_an_address_are_defined(content):
    for table in content.tables():
        for column in table.columns:
            if column.ref:
                assert column.definition and column.rule, (table.title, column.key)


def test_the_same_facts_give_the_same_json_whatever_the_order_of_the_rows(facts):
    from dataclasses import replace

    turned = replace(
        facts,
        counts=tuple(reversed(facts.counts)),
        unit_answers=tuple(reversed(facts.unit_answers)),
        deliveries=tuple(reversed(facts.deliveries)),
    )
    assert to_json(compute(facts, "nn", same)) == to_json(compute(turned, "nn", same))


def test_computing_needs_neither_django_nor_a_clock():
    code = (
        "import sys, reporting.documents.compute, reporting.documents.rules;"
        "bad = [name for name in sys.modules if name == 'django' or name.startswith('django.')];"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


GIVEN = {
    "org.sectors": frozenset({"health", "culture"}),
    "org.involved": frozenset({"inhabitants", "employees"}),
    "org.responsible": frozenset({"director"}),
    "plan.anchoring": frozenset({"samfunnsdel"}),
    "org.analysis": frozenset({"yes"}),
}


@pytest.mark.parametrize(
    ("pattern", "answers", "state"),
    [
        ("health_only", {"org.sectors": {"health"}}, "seen"),
        ("health_only", {"org.sectors": {"health", "other"}}, "not_seen"),
        ("health_only", {"org.sectors": {"culture"}}, "not_seen"),
        ("health_only", {"org.sectors": set()}, "missing"),
        ("involvement", {"org.involved": {"inhabitants"}}, "seen"),
        ("involvement", {"org.involved": {"hospital", "county", "employees"}}, "seen"),
        ("involvement", {"org.involved": {"inhabitants", "county"}}, "not_seen"),
        ("involvement", {"org.involved": set()}, "missing"),
        ("placed_low", {"org.responsible": {"unit"}}, "seen"),
        ("placed_low", {"org.responsible": {"project"}}, "seen"),
        ("placed_low", {"org.responsible": {"sector"}}, "not_seen"),
        ("placed_low", {"org.responsible": set()}, "missing"),
        ("isolated", {"plan.anchoring": {"own_plan"}}, "seen"),
        ("isolated", {"plan.anchoring": {"own_plan", "budget"}}, "not_seen"),
        ("isolated", {"plan.anchoring": set()}, "missing"),
        ("analysis", {"org.analysis": {"no"}}, "seen"),
        ("analysis", {"org.analysis": {"partly"}}, "not_seen"),
        ("analysis", {"org.analysis": set()}, "missing"),
    ],
)
def test_the_five_patterns(pattern, answers, state):
    given = {**GIVEN, **{question: frozenset(values) for question, values in answers.items()}}
    assert rules.pattern_state(pattern, given) == state


@pytest.mark.parametrize(
    ("number", "numbers", "inside"),
    [(0, "0", True), (1, "0", False), (6, "1-6", True), (7, "1-6", False), (25, "25-", True), (24, "25-", False),
     (Decimal("12.0000"), "7-12", True)],
)  # fmt: skip
def test_classes_of_numbers(number, numbers, inside):
    assert rules.in_range(number, numbers) is inside


def test_an_unknown_state_of_delivery_is_refused(facts):
    with pytest.raises(ValueError, match="unknown state"):
        Tallies(facts).count({"delivery": "perhaps"})


def test_what_is_not_counted_for_an_early_round_is_refused_and_never_zero(facts):
    with pytest.raises(ValueError, match="not counted"):
        Tallies(facts).count({"question": "org.analysis", "values": "no", "round": "2020-05-01"})


def test_a_place_that_nothing_fills_is_an_error(facts):
    from reporting.documents.book import Book

    with pytest.raises(KeyError):
        Book(facts, "nb", same).say("{n} of {units}", n="3")


def test_columns_are_addressed_by_table_and_number(content):
    for table in content.tables():
        refs = [column.ref for column in table.columns if column.ref]
        assert refs == [f"{table.id}.{index}" for index in range(1, len(refs) + 1)]
    assert isinstance(content.tables()[0].columns[1], Column)


def test_the_method_says_in_which_borders_the_tables_and_the_older_rounds_stand(content, facts):
    place = next(n for n, block in enumerate(content.blocks) if getattr(block, "id", "") == "method_day")
    following = [block for block in content.blocks[place + 1 : place + 3] if isinstance(block, Paragraph)]
    said = " ".join(text.text for block in following for text in block.parts)
    assert f"in the borders of {format_date(facts.round.date)}." in said
    assert "each round is in the borders of its own reference date" in said

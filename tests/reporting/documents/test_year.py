"""The yearly report: registers on 31 December, the reports of the year's two rounds, and nothing asked for beside."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from municipalities.models import PlanDecision
from networks.models import SupportActivity
from reform.tasks import BackgroundTask
from reporting import guards
from reporting.documents import build
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.documents.content import Figure, Heading, KeyFigures, Paragraph
from reporting.documents.content_check import problems
from reporting.documents.facts import Composed
from reporting.documents.formats import format_date
from reporting.documents.freeze import recollect
from reporting.documents.inputs import inputs_hash
from reporting.documents.render import render
from reporting.documents.selectors import Frozen, disagreements
from reporting.documents.year import since_of, year_ends
from reporting.models import Answer, NationalSummary, Report
from reporting.services import summaries
from reporting.services.rounds import round_open
from reporting.services.verify import verify_file
from tests.reporting.documents import compare
from tests.reporting.documents.population import BEFORE, NOW, OSLO, _send, populate

AUTUMN = dt.date(2022, 11, 1)
END, END_BEFORE = dt.date(2022, 12, 31), dt.date(2021, 12, 31)
JANUARY = dt.datetime(2023, 1, 20, 12, tzinfo=OSLO)
YEARLY = Composed(kind="yearly")


def same(text: str) -> str:
    return text


def without_plan(people):
    """The municipalities that have no adopted plan by the register, from the spring on."""
    adopted = PlanDecision.objects.get_queryset().filter(status__in=("own", "inside"), valid_to=None)
    known = set(adopted.values_list("municipality_id", flat=True))
    return [unit for unit in people.units[1:-1] if unit.kind == "municipality" and unit.pk not in known]


def adopt(unit, day: dt.date) -> None:
    """The plan of a municipality is adopted on ``day``."""
    rows = PlanDecision.objects.get_queryset()
    rows.filter(municipality=unit, valid_to=None).update(valid_to=day - dt.timedelta(days=1))
    rows.create(municipality=unit, status="own", origin="register", valid_from=day, registered_at=JANUARY)


@pytest.fixture
def people(world, monkeypatch):
    """Three rounds. After 1 November 2022 one municipality has adopted a plan, another one in the new year, and support
    was given on the first and last days of the year and on the days beside them."""
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    found = populate(world, extra=5)
    moment = dt.datetime.combine(AUTUMN, dt.time(9), tzinfo=OSLO)
    round_ = round_open(reference_date=AUTUMN, actor=None, now=moment)
    found.rounds[AUTUMN] = round_
    for index, unit in enumerate(found.units[:-1]):
        _send(round_, unit, index + 2, world.users["editor-3004"], moment, index)
    first, second = without_plan(found)[:2]
    adopt(first, dt.date(2022, 11, 21))
    adopt(second, dt.date(2023, 1, 1))
    office = next(iter(world.offices.values()))
    for day in (dt.date(2022, 1, 1), dt.date(2022, 12, 31), dt.date(2021, 12, 31), dt.date(2023, 1, 1)):
        activity = SupportActivity.objects.get_queryset().create(
            office=office, kind="dialogue", on=day, provider="statsforvalter", title="Samtale"
        )
        activity.municipalities.add(found.units[6])
    return found


@pytest.fixture
def facts(people):
    return collect(people.rounds[AUTUMN], frozen_at=JANUARY, composed=YEARLY)


@pytest.fixture
def content(facts):
    return compute(facts, "nb", same)


def cell(content, table: str, column: str, row: str = "total"):
    found = next(entry for entry in content.tables() if entry.name == table)
    place = [entry.key for entry in found.columns].index(column)
    return next(entry for entry in found.rows if entry.key == row).cells[place].value


def made(people) -> NationalSummary:
    summary = summaries.summary_request(round=people.rounds[AUTUMN], actor=None, now=JANUARY, kind="yearly")
    assert summaries.summary_build(pk=summary.pk, clock=lambda: JANUARY)
    summary.refresh_from_db()
    return summary


def test_the_last_day_of_the_year_is_a_moment_of_its_own(facts):
    assert [entry.date for entry in facts.rounds] == [BEFORE, END_BEFORE, NOW, AUTUMN, END]
    assert (facts.round.date, facts.round.since, facts.round.of) == (END, END_BEFORE, AUTUMN)
    assert facts.previous.date == END_BEFORE
    assert {report.round for report in facts.reports} == {END_BEFORE, END}
    assert since_of(AUTUMN) == NOW and since_of(END) == END_BEFORE
    assert year_ends(facts.rounds) == tuple(entry for entry in facts.rounds if entry.of)


def test_the_report_hangs_together_and_every_figure_is_counted_unit_by_unit(people, content):
    assert problems(content) == []
    summary = made(people)
    for language in ("nb", "nn"):
        stored = build.summary_content(summary, language)
        figures = [figure for figure in stored.figures() if figure.source is not None]
        assert len(figures) > 500
        assert disagreements(Frozen(summary), figures) == []


def test_registers_are_those_of_the_last_day_and_reports_those_of_the_autumn_round(people, facts, content):
    half = compute(collect(people.rounds[AUTUMN], frozen_at=JANUARY), "nb", same)
    assert cell(content, "core", "adopted") == cell(half, "core", "adopted") + 1
    assert cell(content, "trend", "adopted", AUTUMN.isoformat()) == cell(half, "trend", "adopted", AUTUMN.isoformat())
    assert cell(content, "trend", "adopted", END.isoformat()) == cell(content, "core", "adopted")
    for column in ("own", "inside", "process", "none", "missing"):
        assert cell(content, "plan", column) == cell(half, "plan", column)
        assert cell(content, "trend", column, NOW.isoformat()) == cell(half, "trend", column, NOW.isoformat())
    delivered = Report.objects.get_queryset().filter(round=people.rounds[AUTUMN], status__in=Report.DELIVERED)
    assert cell(content, "delivery", "delivered") == delivered.count()


def test_support_is_that_of_the_whole_year_and_of_no_other_day(facts):
    unit = next(row.unit for row in facts.support if row.on == END)
    within = [row.on for row in facts.support if facts.round.since < row.on <= facts.round.date and row.unit == unit]
    assert {dt.date(2022, 1, 1), END} <= set(within)
    assert END_BEFORE not in within and dt.date(2023, 1, 1) not in {row.on for row in facts.support}


def test_both_rounds_of_the_year_stand_in_it_and_the_change_is_since_last_year(content):
    table = next(entry for entry in content.tables() if entry.name == "delivery_rounds")
    assert [row.key for row in table.rows] == [NOW.isoformat(), AUTUMN.isoformat()]
    cards = next(block for block in content.blocks if isinstance(block, KeyFigures)).cards
    assert {card.change_label for card in cards} == {f"since {format_date(END_BEFORE)}"}
    assert {card.year for card in cards} == {None}
    headings = {block.id: block.text for block in content.blocks if isinstance(block, Heading)}
    assert headings["changes"] == "Changes since last year"


def test_the_risk_stands_first_after_the_summary(content):
    chapters = [block.id for block in content.blocks if isinstance(block, Heading) and block.level == 1]
    assert chapters[:5] == ["summary", "tasks", "method", "core", "delivery"]
    said = "".join(getattr(run, "text", "") for b in content.blocks if isinstance(b, Paragraph) for run in b.parts)
    assert "The municipalities were asked for nothing more." in said
    assert f"{format_date(NOW)} and {format_date(AUTUMN)}" in said
    assert [table.name for table in content.tables()][:3] == ["tasks", "trend", "core"]
    assert [table.id for table in content.tables()][:3] == ["T1", "T2", "T3"]
    assert content.label("document_kind") == "Yearly report" and content.as_of == END
    assert content.subtitle.startswith("Yearly report")
    missing = "Not written yet in this language: status, goal attainment, progress, nationally, regionally, locally."
    assert missing in said


def test_the_same_facts_are_read_again_from_what_was_kept(people, facts):
    summary = made(people)
    today = collect(people.rounds[AUTUMN], frozen_at=JANUARY, composed=Composed.of(summary))
    again = recollect(summary, today)
    assert inputs_hash(again, []) == inputs_hash(today, [])
    for language in ("nb", "nn"):
        assert compute(again, language, same).blocks == compute(today, language, same).blocks
    PlanDecision.objects.get_queryset().filter(valid_from=dt.date(2022, 11, 21)).delete()
    Report.objects.get_queryset().filter(round=people.rounds[AUTUMN], status="submitted").update(status="returned")
    later = collect(people.rounds[AUTUMN], frozen_at=JANUARY, composed=Composed.of(summary))
    assert inputs_hash(later, []) != inputs_hash(today, [])
    assert inputs_hash(recollect(summary, later), []) == inputs_hash(today, [])


def test_a_file_of_it_is_verified_and_one_altered_answer_is_named(people, tmp_path):
    summary = made(people)
    file = tmp_path / "report.json"
    file.write_bytes(build.draw(summary.documents.get(format="json", language="nn")))
    verdict = verify_file(file)
    assert verdict.ok, verdict.problems
    answers = Answer.objects.across_all(reason="test").filter(question="plan.status", value="own")
    with guards.lifted():
        answers.filter(pk__in=answers.filter(submission__report__round=people.rounds[AUTUMN])[:1]).update(value="none")
    assert any(re.search(r"\bT\d+\.\d+/", problem) for problem in verify_file(file).problems)


def test_it_is_not_made_before_the_year_is_over_or_of_another_round(people):
    with pytest.raises(summaries.TooEarly) as early:
        summaries.summary_request(
            round=people.rounds[AUTUMN], actor=None, now=dt.datetime(2022, 12, 31, 12, tzinfo=OSLO), kind="yearly"
        )
    assert early.value.day == END
    assert not NationalSummary.objects.get_queryset().exists()


def test_a_note_and_a_yearly_report_of_one_round_have_versions_of_their_own(people):
    yearly = made(people)
    half = summaries.summary_request(round=people.rounds[AUTUMN], actor=None, now=JANUARY)
    assert (yearly.version, half.version) == (1, 1)
    assert (yearly.as_of, half.as_of) == (END, AUTUMN)


def test_the_first_year_has_nothing_to_compare_with(people):
    facts = collect(people.rounds[BEFORE], frozen_at=JANUARY, composed=YEARLY)
    content = compute(facts, "nn", same)
    assert [entry.date for entry in facts.rounds] == [BEFORE, END_BEFORE] and facts.previous is None
    assert problems(content) == []
    shares = [figure for figure in content.figures() if isinstance(figure, Figure) and figure.kind == "share"]
    assert shares


def test_all_four_files_of_it_hold_its_figures(content):
    files = {fmt: render(content, fmt) for fmt in ("json", "xlsx", "docx", "pdf")}
    assert min(compare.check(content, files).values()) > 300

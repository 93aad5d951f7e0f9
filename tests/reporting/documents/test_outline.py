"""What Helsedirektoratet composes: parts in any order and any selection, its own words, comments at tables, risks."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace

import openpyxl
import pytest
from django.db import transaction
from docx import Document

from reporting.documents import outline, texts
from reporting.documents.assessments import LABEL, LINE, ROOM, lines_of
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.documents.content import Content, Figure, Heading, Paragraph, Table
from reporting.documents.content_check import problems
from reporting.documents.facts import Composed, Facts
from reporting.documents.render import render
from reporting.models import Composition
from reporting.task_matrix import read_tasks
from tests.reporting.documents import compare
from tests.reporting.documents.population import FROZEN, populate
from tests.world import build_world

ALWAYS = ["summary", "method", "core"]
"""The chapters that every document begins with."""
LONG = 2 * ROOM * LINE
RISKS = {
    "evaluation": {"level": 3, "nb": "Rapporten er forsinket.", "nn": "Rapporten er forseinka."},
    "prize": {"level": 1, "nb": "Alt er på plass."},
    "training": {"level": 9, "nb": "Ukjent trinn."},
}


def same(text: str) -> str:
    return text


@pytest.fixture(scope="module")
def facts(django_db_setup, django_db_blocker) -> Facts:
    with django_db_blocker.unblock(), transaction.atomic():
        found = collect(populate(build_world(), extra=6).now, frozen_at=FROZEN)
        transaction.set_rollback(True)
    return found


def composed(facts: Facts, language: str = "nb", **fields) -> Content:
    return compute(replace(facts, composed=Composed(**fields)), language, same)


def chapters(content: Content) -> list[str]:
    """The ids of the chapters, in order."""
    return [block.id for block in content.blocks if isinstance(block, Heading) and block.level == 1]


def said(content: Content) -> list[str]:
    """Every paragraph as text."""
    return ["".join(getattr(run, "text", "") for run in b.parts) for b in content.blocks if isinstance(b, Paragraph)]


def table_named(content: Content, title: str) -> Table:
    return next(table for table in content.tables() if title in table.title)


# --- parts ----------------------------------------------------------------------------------------


def test_without_a_choice_all_parts_stand_in_the_usual_order(facts):
    drawn = chapters(composed(facts))
    assert drawn == [*ALWAYS, *(key for key in outline.USUAL if key not in ("judgement", "tasks"))]


def test_each_part_is_named_as_its_heading(facts):
    long = {"nb": {"status": "x" * LONG}}
    content = composed(facts, outline=outline.USUAL, risks=RISKS, assessment=long)
    headings = {block.id: block.text for block in content.blocks if isinstance(block, Heading)}
    names = outline.titles(same)
    assert {key: headings[key] for key in outline.USUAL} == {key: names[key] for key in outline.USUAL}
    assert names.keys() == set(outline.usual("half_year")) == set(outline.usual("yearly"))


def test_the_parts_stand_in_the_chosen_order_and_the_others_are_out(facts):
    content = composed(facts, outline=("solutions", "unknown", "plan", "solutions"))
    assert chapters(content) == [*ALWAYS, "solutions", "plan"]
    assert problems(content) == []
    assert [table.id for table in content.tables()] == [f"T{n}" for n in range(1, len(content.tables()) + 1)]
    assert not [table for table in content.tables() if table.kind == "annex"]
    assert dict(content.counts)["Rows in the annex by municipality"] == 0
    assert content.sheets  # the workbook keeps all answers and the code book


@pytest.mark.parametrize("key", outline.USUAL)
def test_each_part_stands_alone_and_can_be_left_out(facts, key):
    """No part needs a figure of another: alone, left out, and in the opposite order everything hangs together."""
    alone = composed(facts, outline=(key,), risks=RISKS)
    assert problems(alone) == [] and chapters(alone)[:3] == ALWAYS
    without = composed(facts, outline=tuple(other for other in outline.USUAL if other != key), risks=RISKS)
    assert problems(without) == [] and key not in chapters(without)
    titles = {table.title for table in alone.tables()[2:]}
    assert titles.isdisjoint({table.title for table in without.tables()})


def test_in_the_opposite_order_each_figure_is_the_same(facts):
    def values(content: Content) -> dict[tuple[str, str, str], object]:
        return {
            (table.title, column.key, row.key): cell.value
            for table in content.tables()
            for row in table.rows
            for column, cell in zip(table.columns, row.cells, strict=True)
            if isinstance(cell, Figure)
        }

    turned = composed(facts, outline=outline.USUAL[::-1])
    assert problems(turned) == []
    usual = values(composed(facts))
    assert {key: value for key, value in values(turned).items() if key in usual} == usual


# --- own words ------------------------------------------------------------------------------------


def test_a_short_assessment_stands_on_the_summary_page(facts):
    content = composed(facts, assessment={"nb": {"overall": "Godt i gang.", "local": "Ujevnt."}})
    at = {text: place for place, text in enumerate(said(content))}
    assert "Overall: Godt i gang." in at
    assert chapters(content)[:4] == [*ALWAYS, "judgement"]
    assert "Ujevnt." in at and "The assessment goes on in a chapter of its own." in " ".join(at)


def test_a_long_assessment_leaves_the_summary_on_one_page(facts):
    content = composed(facts, assessment={"nb": {"overall": "Kort.", "status": "æ" * LONG, "goals": "Mål."}})
    blocks = content.blocks[: [getattr(block, "id", "") for block in content.blocks].index("method")]
    first = ["".join(getattr(run, "text", "") for run in b.parts) for b in blocks if isinstance(b, Paragraph)]
    assert "Overall: Kort." in first and not any("æ" * 50 in text for text in first)
    assert "æ" * LONG in said(content) and "Mål." in said(content)
    assert problems(content) == []


def test_the_summary_is_one_page_also_with_as_much_text_as_it_has_room_for(facts):
    """The list of contents begins the third page: after the cover and the summary."""
    words = "Kommunene er godt i gang, men tempoet varierer mellom regionene og innad i dem. Det er ventet. " * 3
    full = {"overall": words[: 2 * LINE - LABEL], "status": words[: 2 * LINE - LABEL], "goals": words[: LINE - LABEL]}
    assert ROOM - 2 <= sum(map(lines_of, full.values())) <= ROOM
    assessment = {"nb": {**full, "local": "Ujevnt."}, "nn": {"progress": "Jamn."}}  # both notes stand below
    ago = replace(facts.rounds[0], date=facts.round.date.replace(year=facts.round.date.year - 1))
    known = replace(facts, rounds=(ago, *facts.rounds))  # a year ago stands on the cards too
    data = render(compute(replace(known, composed=Composed(assessment=assessment)), "nb", same), "pdf")
    for page, words in ((2, "In brief"), (3, "Contents")):
        command = ["pdftotext", "-f", str(page), "-l", str(page), "-", "-"]
        text = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
        assert words in text, page


def test_what_is_missing_in_one_language_is_named_there(facts):
    assessment = {
        "nb": {"status": "Ja.", "goals": "Ja.", "progress": "Ja.", "regional": "Ja."},
        "nn": {"status": "Ja."},
    }
    remarks = {"nb": {"plan": "Les med varsomhet."}, "nn": {"core": " "}}
    risks = {"prize": {"level": 2, "nb": "Alt er klart."}}
    bokmal = composed(facts, assessment=assessment, remarks=remarks, risks=risks)
    nynorsk = composed(facts, "nn", assessment=assessment, remarks=remarks, risks=risks)
    assert not [text for text in said(bokmal) if text.startswith("Not written")]
    assert "Not written yet in this language: goal attainment, progress, regionally." in " ".join(said(nynorsk))
    assert "Helsedirektoratet's comment is not written in this language." in said(nynorsk)
    judged = {row.key: row.cells[-1] for row in table_named(nynorsk, "Risk in the tasks").rows}
    assert judged["prize"] == "Not written in this language."


def test_a_comment_stands_right_under_its_table_whatever_the_order(facts):
    remarks = {"nb": {"plan": "Første.\n\nAndre <b>.", "core": "Kjernen.", "gone": "Borte."}}
    for order in ((), ("plan",), outline.USUAL[::-1]):
        content = composed(facts, outline=order, remarks=remarks)
        place = content.blocks.index(table_named(content, "Plan status by office"))
        first, second = content.blocks[place + 1 : place + 3]
        assert [first.role, second.role] == ["assessment", "assessment"]
        assert [run.text for run in first.parts] == ["Helsedirektoratet's comment: ", "Første."]
        assert second.parts[0].text == "Andre <b>."
        assert "Helsedirektoratet's comment: Kjernen." in said(content)
        assert "Borte." not in " ".join(said(content))
    assert "Første." not in " ".join(said(composed(facts, outline=("support",), remarks=remarks)))


# --- risk of tasks --------------------------------------------------------------------------------


def test_every_task_has_its_step_as_a_digit_and_in_words(facts):
    content = composed(facts, risks=RISKS)
    assert "tasks" in chapters(content)
    rows = {row.key: row.cells for row in table_named(content, "Risk in the tasks").rows}
    assert list(rows) == [task.code for task in read_tasks()]
    level, word, text = rows["evaluation"][2:]
    assert (level.value, word, text) == (3, texts.risk_levels(same)[3], "Rapporten er forsinket.")
    assert (rows["training"][2].value, rows["training"][3]) == (None, "Not judged")
    assert (rows["information"][2].value, rows["information"][4]) == (None, "–")
    assert "2 of 20 tasks are judged. High or very high risk: 1." in said(content)


def test_a_half_year_note_without_judged_tasks_has_no_such_chapter_unless_it_was_chosen(facts):
    assert "tasks" not in chapters(composed(facts))
    assert "tasks" in chapters(composed(facts, outline=("tasks",)))
    assert chapters(composed(facts, kind="yearly"))[:2] == ["summary", "tasks"]


def test_the_tasks_have_stable_codes_and_words_in_both_languages():
    tasks = read_tasks()
    assert len({task.code for task in tasks}) == len(tasks) == 20
    for task in tasks:
        assert task.code.isidentifier() and len(task.code) <= 40
        assert all(task.names[lang] and task.sources[lang] for lang in ("nb", "nn"))
    assert {"information", "evaluation", "prize", "report_to_ministry"} <= {task.code for task in tasks}


@pytest.mark.django_db
def test_a_composition_and_its_copy_say_the_same(world):
    row = Composition(kind="yearly", outline=["plan"], assessment={"nb": {}}, remarks={}, risks=RISKS)
    assert Composed.of(row) == Composed("yearly", ("plan",), {"nb": {}}, {}, RISKS)


def test_every_table_has_a_name_of_its_own_that_its_number_does_not_change(facts):
    usual, turned = composed(facts, risks=RISKS), composed(facts, risks=RISKS, outline=outline.USUAL[::-1])
    names = [table.name for table in usual.tables()]
    assert all(names) and len(set(names)) == len(names)
    assert {table.name: table.title for table in turned.tables()} == {t.name: t.title for t in usual.tables()}
    assert {table.name: table.id for table in turned.tables()} != {t.name: t.id for t in usual.tables()}


def test_all_four_files_hold_what_was_composed(facts):
    """Own words, comments and judgements beside the figures, in a document with other parts in another order."""
    hostile = "=1+1 <b>æøå</b> & «sitat»"
    content = composed(
        facts, outline=("tasks", "support", "judgement", "plan"), risks={"prize": {"level": 4, "nb": hostile}},
        assessment={"nb": {"overall": "Kort.", "status": "Lang tekst. " * 200, "local": hostile}},
        remarks={"nb": {"plan": hostile}},
    )  # fmt: skip
    files = {fmt: render(content, fmt) for fmt in ("json", "xlsx", "docx", "pdf")}
    found = compare.check(content, files)
    assert found["json"] == sum(1 for _figure in content.figures())
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {4, "Very high risk", hostile} <= cells
    paragraphs = [paragraph.text for paragraph in Document(io.BytesIO(files["docx"])).paragraphs]
    assert f"Helsedirektoratet's comment: {hostile}" in paragraphs

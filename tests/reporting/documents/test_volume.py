"""The volumes of the regions: what stands in them, what never does, and that an unchanged one stays the same."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from municipalities.models import PlanDecision
from reporting import guards
from reporting.documents.collect import collect
from reporting.documents.collect_volume import collect_volumes
from reporting.documents.compute import compute
from reporting.documents.content import Figure, Heading, Paragraph, Table, to_json
from reporting.documents.content_check import problems
from reporting.documents.facts import Composed
from reporting.documents.formats import format_cell
from reporting.documents.render import render
from reporting.documents.volume import volumes
from reporting.form_spec import local, visible_codes
from reporting.models import ReviewComment, Submission
from reporting.services.rounds import form_spec
from tests import verapdf
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, _more_units, populate

VIKEN, FINNMARK = "oslo-og-viken", "troms-og-finnmark"


def facts_of(round_, **more):
    return collect(round_, frozen_at=FROZEN, **more)


def made(round_, language="nb", **more):
    """The contents of the regions' volumes by the office's key."""
    facts = facts_of(round_, **more)
    with translation.override(language):
        return dict(volumes(facts, collect_volumes(facts), language, gettext))


def chapter(content, number):
    """The blocks of one unit's chapter."""
    ids = [block.id if isinstance(block, Heading) and block.level == 1 else "" for block in content.blocks]
    start = ids.index(f"unit-{number}")
    end = next((at for at in range(start + 1, len(ids)) if ids[at]), len(ids))
    return content.blocks[start:end]


def words(blocks):
    found = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found += [run.text for run in block.parts if hasattr(run, "text")]
        if isinstance(block, Table):
            found += [block.title, *(format_cell(cell) for row in block.rows for cell in row.cells)]
    return " ".join(found)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_each_region_has_a_volume_with_a_chapter_for_each_unit_in_their_order(world, language):
    people = populate(world, extra=3)
    facts = facts_of(people.now)
    found = made(people.now, language)
    assert list(found) == [office.key for office in facts.offices]
    for key, content in found.items():
        assert problems(content) == []
        assert content.language == language and content.kind == "volume"
        named = [b.id for b in content.blocks if isinstance(b, Heading) and b.id.startswith("unit-")]
        assert named == [f"unit-{unit.number}" for unit in facts.units if unit.office == key]


def test_the_queries_do_not_grow_with_the_units(world):
    people = populate(world)
    facts = facts_of(people.now)
    with CaptureQueriesContext(connection) as few:
        collect_volumes(facts)
    _more_units(world, 30)
    from reporting.services.rounds import round_open

    round_open(reference_date=NOW, actor=None, now=FROZEN)
    facts = facts_of(people.now)
    with CaptureQueriesContext(connection) as many:
        collect_volumes(facts)
    assert len(few) == len(many) <= 8


def test_the_regions_figures_are_those_of_the_offices_in_the_note(world):
    people = populate(world, extra=9)
    facts = facts_of(people.now)
    with translation.override("nb"):
        note = compute(facts, "nb", gettext)
    theirs = {(f.source.rule, f.source.select): f.value for f in note.figures() if f.source and f.kind == "count"}
    checked = 0
    for content in made(people.now).values():
        for table in content.tables()[:2]:
            row = next(row for row in table.rows if row.key == NOW.isoformat())
            for figure in (cell for cell in row.cells if isinstance(cell, Figure)):
                select = tuple(entry for entry in figure.source.select if entry[0] != "round")
                if (figure.source.rule, select) in theirs:
                    assert figure.value == theirs[figure.source.rule, select], figure
                    checked += 1
    assert checked >= 30


def test_every_question_that_was_asked_stands_in_the_units_chapter_and_in_the_workbook(world):
    people = populate(world, extra=2)
    found = made(people.now)
    looked_at = 0
    for index, unit in enumerate(people.units[1:-1], start=1):
        sent = people.report(index).current
        spec = form_spec(sent.form_version)
        content = next(c for c in found.values() if f"unit-{unit.number}" in str(c.blocks))
        blocks = chapter(content, unit.number)
        answers = next(b for b in blocks if isinstance(b, Table) and b.columns[0].key == "question")
        rows = {row.key.partition(":")[0]: row for row in answers.rows}
        sheet = {row.key.split(":")[1] for row in content.sheets[0].rows if row.cells[0] == unit.number}
        assert set(rows) == visible_codes(spec, sent.answers) == sheet
        for question in spec.questions():
            if question.kind == "matrix" and question.code in rows:
                told = " ".join(format_cell(r.cells[1]) for r in answers.rows if r.key.startswith(question.code))
                assert all(local(row.text, "nb") in told for row in question.rows)
                looked_at += 1
    assert looked_at >= 5


def test_a_unit_without_a_report_has_no_answers_and_none_is_carried_forward(world):
    people = populate(world)
    returned, missing = people.units[0], people.units[-1]
    found = made(people.now)
    for unit, sentence in ((returned, "sendt tilbake|sent back"), (missing, "for this round|i denne runden")):
        content = next(c for c in found.values() if f"unit-{unit.number}" in str(c.blocks))
        blocks = chapter(content, unit.number)
        assert not [b for b in blocks if isinstance(b, Table) and b.columns[0].key == "question"]
        assert any(part in words(blocks) for part in sentence.split("|")), words(blocks)
        assert not [row for row in content.sheets[0].rows if row.cells[0] == unit.number]


def test_what_has_changed_since_the_round_before_is_named_with_its_old_answer(world):
    people = populate(world)
    unit = people.units[2]
    content = next(c for c in made(people.now).values() if f"unit-{unit.number}" in str(c.blocks))
    answers = next(b for b in chapter(content, unit.number) if isinstance(b, Table) and len(b.rows[0].cells) == 3
                   and b.columns[0].key == "question")  # fmt: skip
    step = next(row for row in answers.rows if row.key == "progress.step")
    spec = form_spec(people.now.form_version)
    options = {option.key: local(option.text, "nb") for option in spec.question("progress.step").options}
    now = people.report(2).current.answers["progress.step"]
    then = people.report(2, BEFORE).current.answers["progress.step"]
    assert now != then
    assert step.cells[1:] == (options[now], options[then])
    assert local(spec.question("progress.step").name, "nb").lower() in words(chapter(content, unit.number))


def test_an_answer_is_told_in_the_words_of_the_form_it_was_given_in(world):
    import copy

    from reporting.models import FormVersion
    from reporting.question_bank import definition_hash

    people = populate(world)
    definition = copy.deepcopy(people.now.form_version.definition)
    question = next(q for s in definition["sections"] for q in s["questions"] if q["code"] == "progress.step")
    question["options"][0]["text"] = {"nb": "Et helt annet ord", "nn": "Eit heilt anna ord"}
    other = FormVersion.objects.create(
        name="Ny", definition=definition, definition_hash=definition_hash(definition), published_at=FROZEN
    )
    people.now.form_version = other
    people.now.save()
    assert "Et helt annet ord" not in "".join(to_json(content) for content in made(people.now).values())


def test_internal_notes_risk_drafts_and_people_never_stand_in_a_volume(world):
    people = populate(world)
    report = people.report(2)
    ReviewComment.objects.get_queryset().create(
        report=report, text="INTERN-MERKNAD", internal=True, author=world.user("hdir"), author_name="HEMMELIG NAVN",
        written_at=FROZEN,
    )  # fmt: skip
    report.draft = {"answers": {"comment": "UTKAST-SVAR"}}
    report.save()
    with guards.lifted():
        Submission.objects.get_queryset().filter(report=report).update(
            submitted_by_name="INNSENDER-NAVN",
            findings=[{"key": "x", "message": {"nb": "FUNN"}, "comment": "FORKLART"}],
        )
    PlanDecision.objects.get_queryset().update(registered_by_name="REGISTRERT-AV", process="INTERN-PROSESS")
    told = "".join(to_json(content) for content in made(people.now).values())
    for word in ("INTERN-MERKNAD", "HEMMELIG NAVN", "UTKAST-SVAR", "INNSENDER-NAVN", "FORKLART", "REGISTRERT-AV",
                 "INTERN-PROSESS", "health_only", "@"):  # fmt: skip
        assert word not in told, word


def test_a_correction_changes_its_own_regions_volume_and_no_other(world):
    people = populate(world, extra=4)
    before = {key: to_json(content) for key, content in made(people.now, version=1).items()}
    later = made(people.now, version=7, composed=Composed(assessment={"nb": {"status": "Ny tekst"}}))
    assert {key: to_json(content) for key, content in later.items()} == before  # a new version of the note

    report = people.report(2)
    again = Submission.objects.get_queryset().create(
        report=report, number=2, form_version=people.now.form_version, answers={"plan.status": "none"},
        answers_hash="y" * 64, submitted_by_name="Ny", submitted_at=FROZEN + dt.timedelta(days=3),
    )  # fmt: skip
    report.current = again
    report.save()
    after = {key: to_json(content) for key, content in made(people.now).items()}
    changed = [key for key in before if after[key] != before[key]]
    assert len(changed) == 1
    assert made(people.now)[changed[0]].frozen_at.startswith("2022-05-26")


def test_the_moment_is_that_of_the_newest_row_and_not_of_the_building(world):
    people = populate(world)
    found = made(people.now)
    moments = {content.frozen_at for content in found.values()}
    assert all(moment.startswith(("2022-05-01", "2022-05-23")) for moment in moments)
    PlanDecision.objects.get_queryset().update(registered_at=FROZEN + dt.timedelta(hours=1))
    assert any(content.frozen_at.startswith("2022-05-23T13") for content in made(people.now).values())


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_pdf_is_for_archives_and_for_everyone_and_twice_the_same(world, tmp_path, language):
    people = populate(world, extra=6)
    content = made(people.now, language)[FINNMARK]
    data = render(content, "pdf")
    assert render(content, "pdf") == data
    path = tmp_path / "volume.pdf"
    path.write_bytes(data)
    for profile in verapdf.check(path).values():
        assert profile.compliant, profile.failures


@pytest.mark.parametrize("fmt", ["docx", "xlsx", "json"])
def test_the_other_files_are_twice_the_same(world, fmt):
    people = populate(world, extra=2)
    content = made(people.now)[VIKEN]
    assert render(content, fmt) == render(content, fmt)

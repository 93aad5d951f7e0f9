"""The volumes of the regions are computed again from what their summary froze; what was altered is named with region,
unit and question, and what was put right in the portal later is none of theirs."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection
from django.utils.translation import gettext

from municipalities.models import MunicipalityLink, MunicipalityVersion, PlanDecision
from networks.models import Network, Participation, SupportActivity
from reform.tasks import BackgroundTask
from reporting import guards
from reporting.answers import answer_rows, answers_hash
from reporting.documents import build
from reporting.documents.collect_volume import collect_volumes
from reporting.documents.freeze import recollect
from reporting.documents.freeze_volume import kept_inputs, recollect_volumes
from reporting.documents.inputs import volume_inputs
from reporting.models import Answer, Document, NationalSummary, Submission, SummaryContent
from reporting.services import summaries, verify
from reporting.services.rounds import form_spec
from reporting.services.verify import verify_file
from tests.reporting import factories
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, populate

LATER = FROZEN + dt.timedelta(days=2)
VIKEN, FINNMARK = "oslo-og-viken", "troms-og-finnmark"


@pytest.fixture(autouse=True)
def day(settings):
    settings.PORTAL_CLOCK = LATER.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=5)


def version(people) -> NationalSummary:
    summary = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    assert summaries.summary_build(pk=summary.pk, clock=lambda: FROZEN)
    return NationalSummary.objects.get_queryset().get(pk=summary.pk)


@pytest.fixture
def ready(people, monkeypatch) -> NationalSummary:
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    return version(people)


def write(summary, folder, fmt="json", language="nb", office=""):
    row = SummaryContent.objects.filter(summary=summary, office__key=office).first()
    made = Document(format=fmt, language=language, summary=summary, office=row.office if row else None)
    path = folder / f"{office or 'note'}-{language}.{fmt}"
    path.write_bytes(build.draw(made))
    return path


def facts_again(summary):
    return recollect(summary, build.facts_of(summary, summary.frozen_at))


def a_unit(people, office):
    """The place, among the units, of a municipality of the region that has sent in, and its number."""
    for place, unit in enumerate(people.units[1:-1], start=1):
        of_day = unit.versions.filter(valid_from__lte=NOW).order_by("valid_from").last()
        if of_day.office.key == office and unit.kind == "municipality":
            return place, of_day.number
    raise AssertionError(office)


def write_answers(submission, answers, columns="answers = %s"):
    """As somebody who owns the database could: past every rule of the portal, and its guards taken away."""
    with guards.lifted(), connection.cursor() as cursor:
        values = [json.dumps(answers)] + ([answers_hash(answers)] if "hash" in columns else [])
        cursor.execute(f"UPDATE reporting_submission SET {columns} WHERE id = %s", [*values, submission.pk])


# --- equal ----------------------------------------------------------------------------------------


def test_with_the_note_every_volume_is_computed_again(ready, tmp_path):
    verdict = verify_file(write(ready, tmp_path))
    assert verdict.problems == []
    volumes = SummaryContent.objects.filter(summary=ready).exclude(office=None).count()
    assert volumes == 4
    assert f"volumes computed again from the frozen inputs: {volumes} of {volumes} equal" in verdict.checked


@pytest.mark.parametrize("fmt", ["pdf", "docx", "xlsx"])
def test_a_volumes_own_file_finds_its_region_and_is_computed_again(ready, tmp_path, fmt):
    verdict = verify_file(write(ready, tmp_path, fmt, "nn", FINNMARK))
    assert verdict.problems == []
    assert verdict.checked[0].endswith(f"that of version 1 per 2022-05-01 in nn, volume of {FINNMARK}")
    assert "volumes computed again from the frozen inputs: 1 of 1 equal" in verdict.checked


def test_a_volume_that_is_the_same_in_two_versions_names_the_other(people, ready, tmp_path):
    file = write(ready, tmp_path, office=FINNMARK)
    second = version(people)
    assert f"version {second.version} " in verify_file(file).checked[0]
    assert verify_file(file).checked[0].endswith("the same in version 1")


def test_what_the_volumes_rest_on_is_read_again_to_the_last_row(ready):
    facts = facts_again(ready)
    now = collect_volumes(build.facts_of(ready, ready.frozen_at))
    assert recollect_volumes(ready, facts) == now
    assert now.decisions and now.parts and now.support and now.sent
    for office in (VIKEN, FINNMARK):
        assert volume_inputs(facts, now, office) == kept_inputs(ready, office) != ""


# --- altered in the database ----------------------------------------------------------------------


def test_an_answer_of_a_volume_that_was_altered_is_named_with_region_and_question(people, ready, tmp_path):
    files = [write(ready, tmp_path), *(write(ready, tmp_path, fmt, office=FINNMARK) for fmt in ("xlsx", "docx"))]
    other = write(ready, tmp_path, office=VIKEN)
    place, number = a_unit(people, FINNMARK)
    sent = people.report(place).current
    answers = {**sent.answers, "result.measures": "yes" if sent.answers["result.measures"] != "yes" else "no"}
    write_answers(sent, answers)
    for file in files:
        named = [problem for problem in verify_file(file).problems if FINNMARK in problem]
        assert any(
            problem.startswith(f"volume of {FINNMARK} in nb computed again: table answers, column answer, "
                               f"row {number}:result.measures: ")
            for problem in named
        ), named  # fmt: skip
        assert any(f"{FINNMARK}, {number}, round of {NOW}: the answers have another hash" in said for said in named)
        assert any("question result.measures: the typed answer is" in said for said in named)
    assert verify_file(other).problems == []
    assert not any(VIKEN in problem for problem in verify_file(files[0]).problems)


def test_one_who_alters_all_that_hangs_together_is_still_found(people, ready, tmp_path):
    """The answers, their hash and the typed rows are changed alike: no figure of the volume counts the question."""
    file = write(ready, tmp_path, office=FINNMARK)
    place, number = a_unit(people, FINNMARK)
    sent = people.report(place).current
    answers = {**sent.answers, "support.needed": "Noe helt annet."}
    write_answers(sent, answers, "answers = %s, answers_hash = %s")
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting_answer WHERE submission_id = %s", [sent.pk])
    Answer.objects.get_queryset().bulk_create(
        Answer(submission=sent, **row.__dict__) for row in answer_rows(form_spec(sent.form_version), answers)
    )
    problems = verify_file(file).problems
    assert problems and f"row {number}:support.needed: " in problems[0]
    assert all(problem.startswith(f"volume of {FINNMARK}") for problem in problems)


def test_a_typed_row_that_no_figure_counts_is_named_all_the_same(people, ready, tmp_path):
    place, number = a_unit(people, FINNMARK)
    answer = people.report(place, BEFORE).current.answer_rows.filter(question="org.analysis").first()
    answer = answer or people.report(place, BEFORE).current.answer_rows.first()
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE reporting_answer SET value = 'annet' WHERE id = %s", [answer.pk])
    problems = verify_file(write(ready, tmp_path, office=FINNMARK)).problems
    place = f"question {answer.question}" + (f", {answer.row}" if answer.row else "")
    said = f"the typed answer is annet, what was sent in says {answer.value}"
    assert f"database: {FINNMARK}, {number}, round of {BEFORE}: {place}: {said}" in problems


def test_a_register_row_that_was_altered_in_what_is_kept_is_named(ready, tmp_path):
    file = write(ready, tmp_path)
    kept = ready.register_ids
    rows = kept["volume"]["decisions"]["rows"]
    for row in rows:
        row[kept["volume"]["decisions"]["columns"].index("case_number")] = "99/9"
    NationalSummary.objects.get_queryset().filter(pk=ready.pk).update(register_ids=kept)
    problems = verify_file(file).problems
    assert any("computed again: table" in problem and "99/9" in problem for problem in problems)


def test_a_stored_volume_whose_text_was_altered_is_named(ready, tmp_path):
    file = write(ready, tmp_path)
    row = SummaryContent.objects.filter(summary=ready, office__key=VIKEN, language="nn").get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reporting_summarycontent SET canonical = '{}' WHERE id = %s", [row.pk])
    said = [problem for problem in verify_file(file).problems if problem.startswith(f"volume of {VIKEN} in nn")]
    assert said == [f"volume of {VIKEN} in nn computed again: stored with one hash -> has another"]


# --- what does not disturb --------------------------------------------------------------------------


def correct(people, place):
    report = people.report(place)
    answers = {"plan.status": "none", "comment": "Rettet."}
    again = Submission.objects.get_queryset().create(
        report=report, number=2, form_version=people.now.form_version, answers=answers,
        answers_hash=answers_hash(answers), submitted_by_name="Ny", submitted_at=LATER,
    )  # fmt: skip
    report.current = again
    report.status = "approved"
    report.approved_at = LATER
    report.save()


def test_corrections_of_reports_and_registers_do_not_disturb(people, ready, tmp_path):
    files = [write(ready, tmp_path), write(ready, tmp_path, "xlsx", office=FINNMARK)]
    correct(people, a_unit(people, FINNMARK)[0])
    PlanDecision.objects.get_queryset().update(status="declined", title="Rettet")
    Participation.objects.get_queryset().update(status="planned")
    Network.objects.get_queryset().update(name="Et nytt navn")
    SupportActivity.objects.get_queryset().all().delete()
    for file in files:
        verdict = verify_file(file)
        assert verdict.problems == []
        assert any(line.endswith("equal") and line.startswith("volumes") for line in verdict.checked)
    assert not build.unchanged(ready)


def test_a_later_merger_does_not_disturb(people, ready, tmp_path):
    file = write(ready, tmp_path)
    on = dt.date(2023, 1, 1)
    place, _number = a_unit(people, FINNMARK)
    old = people.units[place]
    home = people.report(place).office
    new = factories.unit("Samlet", of=home, number="8999")
    MunicipalityVersion.objects.filter(municipality=new).update(valid_from=on)
    MunicipalityVersion.objects.filter(municipality=old, valid_from__gte=on).delete()
    newest = old.versions.order_by("valid_from").last()
    MunicipalityVersion.objects.filter(pk=newest.pk).update(valid_to=on - dt.timedelta(days=1))
    MunicipalityLink.objects.create(old=old, new=new, kind="merger", on=on, old_number="1", new_number="8999")
    assert verify_file(file).problems == []


def test_words_that_the_portal_changed_are_said_and_are_no_problem(ready, tmp_path, monkeypatch):
    file = write(ready, tmp_path, office=FINNMARK)
    monkeypatch.setattr(verify, "gettext", lambda words: f"{gettext(words)} ny")
    verdict = verify_file(file)
    assert verdict.problems == []
    assert any(f"volume of {FINNMARK} in nb: the portal words" in line for line in verdict.checked)


# --- older summaries --------------------------------------------------------------------------------


def forget(summary):
    """As a summary that was made before the volumes' rows were kept."""
    kept = {key: rows for key, rows in summary.register_ids.items() if key != "volume"}
    NationalSummary.objects.get_queryset().filter(pk=summary.pk).update(register_ids=kept)


def test_an_older_summary_is_checked_as_far_as_it_goes_and_says_what_it_cannot(people, ready, tmp_path):
    file = write(ready, tmp_path)
    forget(ready)
    verdict = verify_file(file)
    assert verdict.problems == []
    assert any("were not kept when this version was made" in line for line in verdict.checked)
    PlanDecision.objects.get_queryset().update(case_number="77/7")
    verdict = verify_file(file)
    assert verdict.problems == []
    assert any("things differ in what was not kept" in line for line in verdict.checked)

    place, number = a_unit(people, FINNMARK)
    sent = people.report(place).current
    write_answers(sent, {**sent.answers, "progress.step": "9"})
    assert any(f"row {number}:progress.step: " in problem for problem in verify_file(file).problems)

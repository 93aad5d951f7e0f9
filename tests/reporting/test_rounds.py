"""The question bank, publishing a form, and opening a round."""

import datetime as dt
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from municipalities.models import Event, MunicipalityVersion, OutgoingMail, Role
from reporting.form_spec import KINDS, FormError, FormSpec
from reporting.models import FormVersion, Question, Report, Round
from reporting.question_bank import read_layout, read_questions
from reporting.services import rounds
from reporting.services.composing import round_compose
from reporting.services.rounds import (
    RoundRefused,
    form_publish,
    form_spec,
    load_question_bank,
    previous_round,
    round_open,
    standard_dates,
)
from reporting.tasks import send_reminders
from tests.reporting.factories import AUTUMN, SPRING, at, editor, open_round, solutions, unit, user

pytestmark = pytest.mark.django_db
CODES = [
    "org.responsible", "org.sectors", "org.involved", "org.analysis",
    "progress.step", "progress.phase", "progress.delay_months", "progress.delay_reason",
    "plan.status", "plan.decided_on", "plan.case", "plan.link", "plan.expected_on", "plan.process", "plan.anchoring",
    "solutions", "network.participates", "network.which", "support.received", "support.needed",
    "result.measures", "result.example", "comment",
]  # fmt: skip
OPTIONS = {
    "plan.status": "own inside process none declined",
    "plan.anchoring": "samfunnsdel handlingsdel budget care_plan strategy own_plan",
    "solutions": "in_place adopted adapted considered not_considered",
    "org.responsible": "director sector unit project",
    "org.sectors": "health culture planning technical upbringing other",
    "org.involved": "elders_council inhabitants next_of_kin volunteers employees hospital county",
    "org.analysis": "yes partly no",
    "progress.step": "1 2 3 4 5",
    "progress.phase": "2 3 4",
    "progress.delay_reason": "pandemic capacity money merger priority other",
    "network.participates": "yes planned no",
    "support.received": "dialogue leaders course planning letter none",
    "result.measures": "yes planned no",
}


def test_the_bank_holds_the_stable_codes_and_option_keys():
    assert [entry["code"] for entry in read_questions()] and {e["code"] for e in read_questions()} == set(CODES)
    assert [code for section in read_layout() for code in section["questions"]] == CODES
    found = {entry["code"]: " ".join(option["key"] for option in entry["options"])
             for entry in read_questions() if "options" in entry}  # fmt: skip
    assert found == OPTIONS


def test_every_text_of_the_bank_is_in_both_languages_and_plain():
    def texts(value):
        if isinstance(value, dict) and set(value) == {"nb", "nn"}:
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)

    every = list(texts(read_questions())) + list(texts(read_layout()))
    assert len(every) > 100
    for text in every:
        for words in text.values():
            assert words == words.strip() and "!" not in words and "ennligst" not in words
    assert any(text["nb"] != text["nn"] for text in every)


def test_every_question_has_help_and_knows_a_kind():
    load_question_bank()
    for question in Question.objects.all():
        assert question.kind in KINDS
        assert "help" in question.definition or question.code == "progress.delay_reason"


def test_loading_the_bank_again_doubles_nothing_and_brings_changes_back():
    count = load_question_bank()
    Question.objects.filter(code="comment").update(definition={"text": {"nb": "x", "nn": "x"}})
    assert load_question_bank() == count == Question.objects.count() == len(CODES)
    assert Question.objects.get(code="comment").definition["text"]["nb"] == "Noe mer vi bør vite?"


def test_a_published_form_is_whole_and_frozen_and_the_same_again_is_the_same():
    solutions(areas=5, each=5)
    load_question_bank()
    form = form_publish(name="Vår", now=at(SPRING))
    spec = form_spec(form)
    assert len(spec.question("solutions").rows) == 25 and len(spec.question("solutions").groups) == 5
    assert [question.code for question in spec.questions()] == CODES
    assert form_publish(name="Annet navn", now=at(SPRING)) == form
    Question.objects.all().delete()
    fresh = FormVersion.objects.get(pk=form.pk)
    assert FormSpec.parse(fresh.definition) == spec
    fresh.definition = {"sections": []}
    with pytest.raises(ValidationError):
        fresh.save()


def test_another_round_may_ask_something_else():
    solutions()
    load_question_bank()
    layout = [{**read_layout()[0], "questions": ["org.analysis", "comment"]}]
    form = form_publish(name="Kort", now=at(SPRING), layout=layout)
    assert [question.code for question in form_spec(form).questions()] == ["org.analysis", "comment"]
    with pytest.raises(ValueError, match="another form"):
        form_publish(name="Kort", now=at(SPRING))
    with pytest.raises(KeyError):
        form_publish(name="Ukjent", now=at(SPRING), layout=[{**layout[0], "questions": ["unknown"]}])
    with pytest.raises(FormError):
        form_publish(name="Uten", now=at(SPRING), layout=[{**layout[0], "questions": ["progress.delay_reason"]}])


def test_opening_makes_a_report_for_every_unit_of_the_day_at_its_office():
    here, gone, new = unit("Her"), unit("Borte"), unit("Ny")
    MunicipalityVersion.objects.filter(municipality=gone).update(valid_to=dt.date(2022, 4, 30))
    MunicipalityVersion.objects.filter(municipality=new).update(valid_from=dt.date(2022, 5, 2))
    round_ = open_round()
    reports = Report.objects.get_queryset().filter(round=round_)
    assert [report.municipality_id for report in reports] == [here.pk]
    assert reports[0].status == "not_started" and reports[0].office.key == "agder"


def test_opening_again_adds_only_what_is_missing_and_changes_no_date():
    unit()
    first = open_round()
    unit("Senere")
    second = round_open(reference_date=SPRING, actor=None, now=at(SPRING), dates={"closes_on": dt.date(2022, 12, 31)})
    assert (second.pk, second.opened_at, second.closes_on) == (first.pk, first.opened_at, first.closes_on)
    assert Report.objects.get_queryset().count() == 2
    assert Event.objects.get_queryset().filter(name="open").count() == 1
    assert FormVersion.objects.count() == 1


def test_a_round_that_is_still_composed_is_not_opened():
    unit()
    solutions()
    load_question_bank()
    hdir = user(Role.HDIR)
    round_ = round_compose(reference_date=SPRING, actor=hdir, now=at(SPRING), letter="22/1")
    with pytest.raises(RoundRefused, match=r"composed|under arbeid"):
        round_open(reference_date=SPRING, actor=None, now=at(SPRING))
    round_.refresh_from_db()
    assert round_.opened_at is None and not Report.objects.get_queryset().exists()


class TestTheDailyJob:
    def test_it_makes_the_reports_of_units_that_came_later_once_with_an_event(self):
        unit()
        round_ = open_round()
        late = unit("Senere")
        assert rounds.rounds_open_due(now=at(round_.opens_on)) == [round_]
        assert rounds.rounds_open_due(now=at(round_.opens_on)) == []
        assert Report.objects.get_queryset().filter(round=round_, municipality=late).count() == 1
        assert Event.objects.get_queryset().filter(name="reports_added", object_id=round_.pk).count() == 1

    def test_outside_its_days_and_while_it_is_composed_nothing_is_made(self):
        unit()
        round_ = open_round()
        unit("Senere")
        composed = round_compose(
            reference_date=dt.date(2022, 11, 1), actor=user(Role.HDIR), now=at(SPRING), dates={"opens_on": SPRING}
        )
        day = dt.timedelta(days=1)
        for when in (round_.opens_on - day, round_.closes_on + day):
            assert rounds.rounds_open_due(now=at(when)) == []
        rounds.rounds_open_due(now=at(SPRING))
        composed.refresh_from_db()
        assert composed.opened_at is None and not composed.reports.exists()

    def test_it_is_part_of_the_job_and_of_the_command(self, settings):
        unit()
        round_ = open_round()
        settings.PORTAL_CLOCK = f"{round_.opens_on}T08:00"
        for count, run in ((2, send_reminders), (3, lambda: call_command("send_reminders", stdout=StringIO()))):
            unit(f"Senere {count}")
            run()
            assert Report.objects.get_queryset().filter(round=round_).count() == count


def test_who_opens_a_round_that_another_has_just_made_gets_that_round(monkeypatch):
    """Another makes the round between the look whether it is there and the making."""
    unit()
    solutions()
    met = []

    def form_then_another(day, now):
        form = plain(day, now)
        if not met:
            met.append(
                Round.objects.get_queryset().create(reference_date=day, form_version=form, **standard_dates(day))
            )
        return form

    plain = rounds._standard_form
    monkeypatch.setattr(rounds, "_standard_form", form_then_another)
    round_ = round_open(reference_date=SPRING, actor=None, now=at(SPRING))
    assert met and round_.opened_at is not None
    assert Report.objects.get_queryset().filter(round=round_).count() == 1


def test_a_round_with_impossible_dates_is_still_refused():
    unit()
    solutions()
    with pytest.raises((IntegrityError, ValidationError)):
        round_open(reference_date=SPRING, actor=None, now=at(SPRING), dates={"closes_on": dt.date(2022, 1, 1)})
    assert not Round.objects.get_queryset().exists()


def test_only_hdir_s_administrator_opens_a_round():
    unit()
    solutions()
    for role in (Role.HDIR, Role.HOD, Role.EVALUATOR):
        with pytest.raises(PermissionDenied):
            round_open(reference_date=SPRING, actor=user(role), now=at(SPRING))
    assert not Round.objects.get_queryset().exists()
    assert round_open(reference_date=SPRING, actor=user(Role.HDIR_ADMIN), now=at(SPRING)).pk


def test_without_units_no_round_is_made():
    solutions()
    with pytest.raises(RoundRefused):
        round_open(reference_date=SPRING, actor=None, now=at(SPRING))
    assert not Round.objects.get_queryset().exists()


def test_the_round_before():
    unit()
    autumn, spring = open_round(AUTUMN), open_round()
    assert previous_round(spring) == autumn
    assert previous_round(autumn) is None


def test_opening_costs_a_number_of_queries_that_does_not_grow(django_assert_max_num_queries):
    for name in range(40):
        unit(f"K{name}")
    solutions()
    load_question_bank()
    with django_assert_max_num_queries(20):
        round_open(reference_date=SPRING, actor=None, now=at(SPRING))
    assert Report.objects.get_queryset().count() == 40


def run(*args):
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_the_command_opens_and_tells_the_contacts_once():
    home = unit()
    one = editor(home)
    solutions()
    said = run("open_round", "2022-05-01", "--today", "2022-03-21")
    assert "1 reports" in said and "1 contacts" in said
    assert OutgoingMail.objects.get().user == one
    assert "0 contacts" in run("open_round", "2022-05-01", "--today", "2022-03-22")
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    ("args", "says"),
    [(["1. mai"], "is not a date"), (["2022-05-01", "--today", "x"], "is not a date"),
     (["2022-05-01", "--opens-on", "2022-06-01"], "not in order"),
     (["2022-05-01", "--closes-on", "2022-04-01"], "cannot close")],
)  # fmt: skip
def test_the_command_answers_bad_input_in_one_line(args, says):
    unit()
    solutions()
    with pytest.raises(CommandError, match=says):
        run("open_round", *args)
    assert not Round.objects.get_queryset().exists()


def test_the_command_without_registers_says_what_to_do():
    with pytest.raises(CommandError, match="2022-05-01"):
        run("open_round", "2022-05-01")


def test_parsed_forms_are_kept_by_their_hash():
    solutions()
    load_question_bank()
    form = form_publish(name="Vår", now=at(SPRING))
    assert form_spec(form) is form_spec(FormVersion.objects.defer("definition").get(pk=form.pk))
    assert form.definition_hash in rounds._SPECS

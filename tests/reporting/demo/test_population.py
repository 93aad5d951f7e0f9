"""The demo population: the same every time, made through the services, and never doubled."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from municipalities.models import Event, User
from reporting import question_bank
from reporting.answers_typed import clean
from reporting.demo.answers import Unit, answers, fits
from reporting.demo.population import CURRENT, OSLO, PREVIOUS, part_of, populate
from reporting.form_spec import FormSpec
from reporting.models import FormTime, Report, Round, Submission
from reporting.services.rounds import form_publish, form_spec, load_question_bank
from tests.world import World

UNTIL = dt.datetime(2022, 5, 4, 9, tzinfo=OSLO)
NUMBERS = ("0301", "3004", "3039", "1151", "5430", "030107", "4635", "5001", "1820", "3419")


@pytest.fixture
def spec(world: World) -> FormSpec:
    load_question_bank()
    return form_spec(form_publish(name="test", now=UNTIL))


@pytest.mark.django_db
@pytest.mark.parametrize("step", [0, 1])
def test_every_answer_is_one_that_the_form_takes(spec: FormSpec, step: int):
    rows = [key for question in spec.questions() if question.kind == "matrix" for key in question.row_keys]
    for number in NUMBERS:
        given = answers(Unit(number, False, ["1"], rows), step, (PREVIOUS, CURRENT)[step])
        for question in spec.questions():
            value = given.get(question.code)
            if value is None or question.kind == "register":
                continue
            fields = value.items() if question.kind == "matrix" else [("", value)]
            for row, one in fields:
                cleaned = clean(question, one, row=row)
                assert not cleaned.error, (number, question.code, one, cleaned.error)


def test_the_generator_knows_every_question_of_the_bank():
    bank = {entry["code"] for entry in question_bank.read_questions()}
    given = {code for number in NUMBERS for step in (0, 1) for code in answers(_unit(number), step, CURRENT)}
    assert given <= bank
    assert {"plan.status", "solutions", "network.participates", "support.received"} <= given
    assert fits({"plan.status": "own", "new": 1}, ["plan.status"]) == {"plan.status": "own"}


def _unit(number: str) -> Unit:
    return Unit(number, False, ["1"], ["1.1", "2.1"])


def test_the_same_unit_answers_the_same():
    assert answers(_unit("3419"), 1, CURRENT) == answers(_unit("3419"), 1, CURRENT)
    assert answers(_unit("3419"), 1, CURRENT) != answers(_unit("1820"), 1, CURRENT)


@pytest.mark.parametrize("step", [0, 1])
def test_things_happen_in_their_order_and_never_after_the_demos_day(step: int):
    day = (PREVIOUS, CURRENT)[step]
    round_ = Round(
        reference_date=day, opens_on=day - dt.timedelta(days=41), municipality_deadline=day,
        office_deadline=day + dt.timedelta(days=19), closes_on=day + dt.timedelta(days=31),
        hdir_deadline=day + dt.timedelta(days=45),
    )  # fmt: skip
    for number in range(1101, 1500):
        part = part_of(str(number), step, round_, UNTIL)
        assert part.begun_at <= part.sent_at
        assert part.begun_at.date() >= round_.opens_on
        if part.reviewed_at is not None:
            assert part.sent_at < part.reviewed_at <= UNTIL
        if part.fate == "late":
            assert part.sent_at.date() > round_.municipality_deadline


@pytest.mark.django_db
def test_it_plays_two_rounds_and_doubles_nothing(world: World):
    counts = populate(until=UNTIL, password="et-passord-for-demo")
    assert sum(counts.values()) == 6
    assert counts["draft"] >= 2, "Fredrikstad and Kautokeino are in the middle of it"
    first = (Report.objects.across_all(reason="test").count(), Submission.objects.across_all(reason="test").count())
    events = Event.objects.across_all(reason="test").count()
    assert first[1] > 4
    times = set(FormTime.objects.across_all(reason="test").values_list("report", "question", "seconds"))
    assert len({report for report, _question, _seconds in times}) > 4
    assert populate(until=UNTIL, password="et-passord-for-demo") == counts
    again = (Report.objects.across_all(reason="test").count(), Submission.objects.across_all(reason="test").count())
    assert again == first
    assert Event.objects.across_all(reason="test").count() == events
    assert set(FormTime.objects.across_all(reason="test").values_list("report", "question", "seconds")) == times
    assert User.objects.get(username="kommune-3004").check_password("et-passord-for-demo")
    sent = Report.objects.across_all(reason="test").filter(round__reference_date=PREVIOUS, status="approved")
    assert sent.exists()
    now = Report.objects.across_all(reason="test").filter(round__reference_date=CURRENT)
    assert now.get(municipality=world.unit("5430")).extended_to == dt.date(2022, 5, 9)
    assert now.get(municipality=world.unit("3004")).messages.count() == 1


@pytest.mark.django_db
def test_the_command_is_for_demonstrations_only(settings):
    settings.PORTAL_DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO"):
        call_command("demo_population", password="x")
    settings.PORTAL_DEMO = True
    with pytest.raises(CommandError, match="load_registers"):
        call_command("demo_population", password="x")


def test_a_decision_keeps_its_date_and_lies_before_the_round():
    for number in range(1101, 1900):
        unit = _unit(str(number))
        before, now = answers(unit, 0, PREVIOUS), answers(unit, 1, CURRENT)
        if "plan.decided_on" in before:
            assert now["plan.decided_on"] == before["plan.decided_on"] <= PREVIOUS.isoformat()
        elif "plan.decided_on" in now:
            assert PREVIOUS.isoformat() < now["plan.decided_on"] <= CURRENT.isoformat()

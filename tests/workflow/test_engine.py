"""The workflow engine: states, rights, notes, checks, the Event, and the lock."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from municipalities.models import Event
from municipalities.transitions import NoteMissing, Transition, TransitionRefused, Workflow, WrongState, log, perform
from reporting.models import FormVersion, Report, Round
from tests.world import build_world

TABLE = Workflow(
    name="report",
    states=("not_started", "draft"),
    transitions=(
        Transition("start", ("not_started",), "draft", "report.edit", "Start", stamp="draft_saved_at"),
        Transition("reset", ("draft",), "not_started", "report.return", "Reset", needs_note=True),
        Transition("wake", ("not_started",), "draft", None, "Wake"),
    ),
    wrong_state={"draft": "Somebody has started it."},
)


def a_report(world, number="3004"):
    """A report that nobody has touched, without the services of reporting."""
    form = FormVersion.objects.create(name=f"form {number}", definition={"sections": []})
    day = dict.fromkeys(
        ("opens_on", "municipality_deadline", "office_deadline", "hdir_deadline", "closes_on"), "2022-05-01"
    )
    round_ = Round.objects.get_queryset().create(reference_date="2022-05-01", form_version=form, **day)
    return Report.objects.get_queryset().create(
        round=round_, municipality=world.unit(number), office=world.office("oslo-og-viken")
    )


@pytest.fixture
def report(world):
    return a_report(world)


def stored(report):
    return Report.objects.get_queryset().get(pk=report.pk)


def test_a_transition_writes_state_stamp_and_event(report, world, now):
    editor = world.user("editor-3004")
    event = perform(
        TABLE, report, "start", actor=editor, now=now, note="now", content_hash="abc",
        updates={"draft_version": 7}, request_id="r-1",
    )  # fmt: skip
    assert report.status == stored(report).status == "draft"
    assert stored(report).draft_saved_at == now == report.draft_saved_at
    assert stored(report).draft_version == 7
    event.refresh_from_db()
    written = {key: getattr(event, key) for key in
               ("actor_id", "object_type", "object_id", "name", "from_state", "to_state", "note", "content_hash",
                "happened_at", "request_id", "municipality_id", "office_id")}  # fmt: skip
    assert written == {
        "actor_id": editor.pk, "object_type": "reporting.report", "object_id": report.pk, "name": "start",
        "from_state": "not_started", "to_state": "draft", "note": "now", "content_hash": "abc",
        "happened_at": now, "request_id": "r-1", "municipality_id": world.unit("3004").pk,
        "office_id": world.office("oslo-og-viken").pk,
    }  # fmt: skip
    assert event.actor_name == f"municipality_editor municipality:{world.unit('3004').pk}" and event.who == str(editor)


def test_on_behalf_of_and_the_portal_itself(report, world, now):
    event = perform(TABLE, report, "wake", actor=None, now=now, on_behalf_of=world.unit("3004"))
    assert (event.actor, event.actor_name, event.on_behalf_of) == (None, "", world.unit("3004"))


def test_a_wrong_state_is_refused_with_its_sentence(report, world, now):
    perform(TABLE, report, "start", actor=world.user("editor-3004"), now=now)
    with pytest.raises(WrongState, match="Somebody has started it") as caught:
        perform(TABLE, report, "start", actor=world.user("editor-3004"), now=now)
    assert caught.value.state == "draft"
    assert Event.objects.get_queryset().count() == 1


def test_a_stale_object_is_judged_by_the_database(report, world, now):
    mine, yours = stored(report), stored(report)
    perform(TABLE, mine, "start", actor=world.user("editor-3004"), now=now)
    assert yours.status == "not_started"
    with pytest.raises(WrongState):
        perform(TABLE, yours, "start", actor=world.user("editor-3004"), now=now)


@pytest.mark.parametrize("username", ["reader-3004", "editor-3025", "statsforvalter-oslo-og-viken", "hdir", "nobody"])
def test_without_the_right_nothing_happens(report, world, now, username):
    with pytest.raises(PermissionDenied) as caught:
        perform(TABLE, report, "start", actor=world.user(username), now=now)
    assert str(caught.value)
    assert stored(report).status == "not_started" and report.status == "not_started"
    assert not Event.objects.get_queryset().exists()


def test_the_portal_itself_makes_no_transition_that_needs_a_right(report, now):
    with pytest.raises(PermissionDenied):
        perform(TABLE, report, "start", actor=None, now=now)


@pytest.mark.parametrize("note", ["", "   ", "\n\t"])
def test_a_note_that_is_needed(report, world, now, note):
    perform(TABLE, report, "start", actor=world.user("editor-3004"), now=now)
    staff = world.user("statsforvalter-oslo-og-viken")
    with pytest.raises(NoteMissing):
        perform(TABLE, report, "reset", actor=staff, now=now, note=note)
    assert stored(report).status == "draft"
    assert perform(TABLE, report, "reset", actor=staff, now=now, note="Look at 1.3.").note == "Look at 1.3."


def test_a_check_that_refuses_undoes_everything(report, world, now):
    seen = []

    def too_early(row, moment):
        seen.append((row.pk, moment))
        raise TransitionRefused("The round has not opened.")

    guarded = replace(TABLE, transitions=(replace(TABLE.get("start"), checks=(too_early,)),))
    with pytest.raises(TransitionRefused, match="has not opened"):
        perform(guarded, report, "start", actor=world.user("editor-3004"), now=now)
    assert seen == [(report.pk, now)]
    assert stored(report).status == "not_started" and not Event.objects.get_queryset().exists()


def test_an_error_after_the_transition_takes_its_event_along(report, world, now):
    with pytest.raises(RuntimeError), transaction.atomic():
        perform(TABLE, report, "start", actor=world.user("editor-3004"), now=now)
        raise RuntimeError("the caller failed")
    assert stored(report).status == "not_started" and not Event.objects.get_queryset().exists()


def test_a_state_that_the_model_forbids_leaves_no_event(report, world, now):
    broken = replace(TABLE, transitions=(replace(TABLE.get("start"), target="approved"),))
    with pytest.raises(IntegrityError), transaction.atomic():
        perform(broken, report, "start", actor=world.user("editor-3004"), now=now)
    assert stored(report).status == "not_started" and not Event.objects.get_queryset().exists()


def test_the_table_answers_questions():
    assert [entry.name for entry in TABLE.open_to("not_started")] == ["start", "wake"]
    with pytest.raises(KeyError, match="no transition fly"):
        TABLE.get("fly")


def test_the_log_takes_objects_without_a_unit(world, now):
    event = log(world.user("hdir"), "seen", actor=None, now=now)
    assert (event.object_type, event.municipality_id, event.office_id) == ("municipalities.user", None, None)


def test_every_workflow_of_the_portal_is_whole():
    """States that exist, rights that exist, and one transition for each name and source."""
    from municipalities.access import RIGHTS
    from reporting import workflow
    from reporting.models import NationalSummary

    states = {"REPORT": set(Report.Status.values), "SUMMARY": set(NationalSummary.Status.values)}
    for name, known in states.items():
        table = getattr(workflow, name)
        assert set(table.states) <= known
        starts = [(entry.name, source) for entry in table.transitions for source in entry.source]
        assert len(starts) == len(set(starts))
        for entry in table.transitions:
            assert {*entry.source, entry.target} <= set(table.states)
            assert entry.right is None or entry.right in RIGHTS
            assert str(entry.label)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_at_once_give_one_event(now):
    """Two people press at the same moment: the second waits for the lock and is told that somebody was first."""
    world = build_world()
    report = a_report(world)
    ready, outcomes = threading.Barrier(2), []

    def press():
        try:
            mine = stored(report)
            actor = world.user("editor-3004")
            ready.wait(timeout=10)
            perform(TABLE, mine, "start", actor=actor, now=now)
            outcomes.append("done")
        except WrongState:
            outcomes.append("refused")
        finally:
            connection.close()

    people = [threading.Thread(target=press) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(timeout=30)
    assert sorted(outcomes) == ["done", "refused"]
    assert Event.objects.get_queryset().filter(name="start").count() == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_the_row_is_locked_while_the_transition_runs(now):
    """Another transaction cannot read the row for change before the first has ended."""
    world = build_world()
    report = a_report(world)
    inside, leave, seen = threading.Event(), threading.Event(), []

    def slow(row, moment):
        inside.set()
        leave.wait(timeout=10)

    guarded = replace(TABLE, transitions=(replace(TABLE.get("start"), checks=(slow,)),))

    def press():
        try:
            perform(guarded, stored(report), "start", actor=world.user("editor-3004"), now=now)
        finally:
            connection.close()

    person = threading.Thread(target=press)
    person.start()
    try:
        assert inside.wait(timeout=10)
        with transaction.atomic():
            free = Report.objects.get_queryset().select_for_update(skip_locked=True).filter(pk=report.pk)
            seen.append(free.exists())
    finally:
        leave.set()
        person.join(timeout=30)
    assert seen == [False]
    assert stored(report).status == "draft"

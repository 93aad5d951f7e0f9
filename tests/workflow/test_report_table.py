"""Every state, transition and role of a report: allowed, or refused."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from municipalities.access import RIGHTS
from municipalities.models import Event, Role
from municipalities.transitions import NoteMissing, WrongState, perform
from reporting.models import Report
from reporting.services.extensions import extension_give
from reporting.services.on_behalf import report_take_over
from reporting.workflow import REPORT, RoundClosed
from tests.reporting.factories import SPRING, ReportFactory, at, editor, office, reviewer, unit, user

NOW = at(SPRING)
EXPECTED = {
    "start": ({"not_started"}, "draft", {Role.MUNICIPALITY_EDITOR}),
    "submit": ({"draft", "returned", "reopened"}, "submitted", {Role.MUNICIPALITY_EDITOR}),
    "return": ({"submitted"}, "returned", {Role.STATSFORVALTER}),
    "approve": ({"submitted"}, "approved", {Role.STATSFORVALTER}),
    "take_back": ({"approved"}, "submitted", {Role.STATSFORVALTER}),
    "reopen": ({"approved"}, "reopened", {Role.STATSFORVALTER}),
}
TAKEN_OVER = {"start", "submit"}
"""What the statsforvalter may do too, and only with a report that she has taken over."""
BUILDERS = {
    "not_started": ReportFactory.not_started,
    "draft": ReportFactory.draft,
    "submitted": ReportFactory.submitted,
    "returned": ReportFactory.returned,
    "approved": ReportFactory.approved,
    "reopened": ReportFactory.reopened,
}


def test_the_table_is_exactly_this():
    table = {rule.name: (set(rule.source), rule.target, set(RIGHTS[rule.right].roles)) for rule in REPORT.transitions}
    assert table == {
        name: (sources, target, roles | ({Role.STATSFORVALTER} if name in TAKEN_OVER else set()))
        for name, (sources, target, roles) in EXPECTED.items()
    }
    assert set(REPORT.states) == set(Report.Status.values) == set(BUILDERS)
    assert set(REPORT.wrong_state) == set(REPORT.states)
    assert {rule.name for rule in REPORT.transitions if rule.needs_note} == {"return", "reopen"}


@pytest.fixture
def actors(db):
    """One user for each role, at one unit and its office."""

    def make(report):
        home = report.municipality
        municipal = {Role.MUNICIPALITY_EDITOR, Role.MUNICIPALITY_READER}
        regional = {Role.STATSFORVALTER, Role.KS, Role.USHT}
        return {
            role: user(
                role,
                municipality=home if role in municipal else None,
                of=report.office if role in regional else None,
            )
            for role in Role
        }

    return make


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(BUILDERS))
def test_every_transition_for_every_role_in_every_state(state, actors):
    report = BUILDERS[state]()
    everyone = actors(report)
    for name, (sources, _target, roles) in EXPECTED.items():
        for role, actor in everyone.items():
            events = Event.objects.get_queryset().count()
            row = Report.objects.get_queryset().get(pk=report.pk)
            if state not in sources:
                with pytest.raises(WrongState) as refused:
                    perform(REPORT, row, name, actor=actor, now=NOW, note="x")
                assert refused.value.message == REPORT.wrong_state[state]
            elif role not in roles:
                with pytest.raises(PermissionDenied):
                    perform(REPORT, row, name, actor=actor, now=NOW, note="x")
            else:
                continue  # made below, once
            row.refresh_from_db()
            assert (row.status, Event.objects.get_queryset().count()) == (state, events)
    for name, (sources, target, roles) in EXPECTED.items():
        if state in sources:
            row = BUILDERS[state](municipality=unit(name), round_=report.round)
            actor = editor(row.municipality) if Role.MUNICIPALITY_EDITOR in roles else reviewer(row.office)
            extra = {"current": row.current or report.current} if target in ("submitted",) else {}
            if target == "submitted" and state == "draft":
                extra = {"current": ReportFactory.submitted(municipality=unit("x"), round_=report.round).current}
            event = perform(REPORT, row, name, actor=actor, now=NOW, note="x", updates=extra)
            assert (event.from_state, event.to_state, row.status) == (state, target, target)


TAKEN = {Role.MUNICIPALITY_EDITOR: True, Role.STATSFORVALTER: True}
"""Who may begin and send in a report that the statsforvalter has taken over: the municipality goes on itself."""


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["not_started", "draft", "returned", "reopened"])
@pytest.mark.parametrize("name", sorted(TAKEN_OVER))
def test_a_report_that_is_taken_over_for_every_role(state, name, actors):
    report = BUILDERS[state]()
    submission = report.current or ReportFactory.submitted(municipality=unit("x"), round_=report.round).current
    report_take_over(report=report, reason="Ingen kontakt.", actor=reviewer(report.office), now=NOW)
    everyone = actors(report)
    other_office, other_unit = reviewer(office("rogaland")), editor(unit("Nabo"))
    for role, actor in [*everyone.items(), (None, other_office), (None, other_unit)]:
        with transaction.atomic():
            row = Report.objects.get_queryset().get(pk=report.pk)
            if state not in EXPECTED[name][0]:
                expected: type[Exception] | None = WrongState
            else:
                expected = None if TAKEN.get(role) else PermissionDenied
            if expected is not None:
                with pytest.raises(expected):
                    perform(REPORT, row, name, actor=actor, now=NOW)
            else:
                perform(REPORT, row, name, actor=actor, now=NOW, updates={"current": submission})
                assert row.status == EXPECTED[name][1]
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(BUILDERS))
def test_a_later_deadline_and_a_takeover_for_every_role_in_every_state(state, actors):
    """Extending and taking over are no transitions; who may make them, in which states."""
    report = BUILDERS[state]()
    steps = {
        "extend": lambda row, actor: extension_give(
            report=row, until=row.round.closes_on, reason="Møtet.", actor=actor, now=NOW
        ),
        "take over": lambda row, actor: report_take_over(report=row, reason="Ingen kontakt.", actor=actor, now=NOW),
    }
    for role, actor in actors(report).items():
        for make in steps.values():
            with transaction.atomic():
                row = Report.objects.get_queryset().get(pk=report.pk)
                if role != Role.STATSFORVALTER:
                    with pytest.raises(PermissionDenied):
                        make(row, actor)
                elif state in ("submitted", "approved"):
                    with pytest.raises(WrongState):
                        make(row, actor)
                else:
                    make(row, actor)
                    assert row.status == state
                transaction.set_rollback(True)


@pytest.mark.django_db
def test_another_municipality_and_another_office_may_not():
    report = ReportFactory.draft()
    with pytest.raises(PermissionDenied):
        perform(REPORT, report, "submit", actor=editor(unit("Nabo")), now=NOW)
    sent = ReportFactory.submitted(municipality=unit("Tredje"), round_=report.round)
    with pytest.raises(PermissionDenied):
        perform(REPORT, sent, "approve", actor=reviewer(office("rogaland")), now=NOW)


@pytest.mark.django_db
def test_a_return_needs_its_comment():
    report = ReportFactory.submitted()
    with pytest.raises(NoteMissing):
        perform(REPORT, report, "return", actor=reviewer(report.office), now=NOW, note="  ")


@pytest.mark.django_db
def test_nothing_of_the_municipality_happens_outside_the_round():
    report = ReportFactory.draft()
    one = editor(report.municipality)
    for day in (report.round.opens_on.replace(day=1), report.round.closes_on.replace(year=2023)):
        with pytest.raises(RoundClosed):
            perform(REPORT, report, "submit", actor=one, now=at(day))

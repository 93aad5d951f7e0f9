"""Every state, transition and role of a report and of a summary: allowed, or refused."""

import pytest
from django.core.exceptions import PermissionDenied

from municipalities.access import RIGHTS
from municipalities.models import Event, Role
from municipalities.transitions import NoteMissing, WrongState, perform
from reporting.models import NationalSummary, Report
from reporting.workflow import REPORT, SUMMARY, RoundClosed
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


def test_the_summary_s_table():
    table = {rule.name: (rule.source, rule.target, rule.right) for rule in SUMMARY.transitions}
    assert table == {
        "built": (("building",), "ready", None),
        "failed": (("building",), "failed", None),
        "retry": (("failed",), "building", "summary.build"),
        "send": (("ready",), "sent", "summary.send"),
    }
    assert set(SUMMARY.wrong_state) == set(NationalSummary.Status.values)

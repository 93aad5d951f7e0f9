"""What the registers or the last report know is filled in and marked with its source."""

import datetime as dt

import pytest

from municipalities.services import (
    phase_status_register,
    plan_anchoring_register,
    plan_decision_register,
    solution_positions_register,
)
from networks.services import participation_register, support_register
from reporting.models import Report
from reporting.services.drafts import draft_open, draft_save
from tests.reporting.factories import (
    AUTUMN,
    SPRING,
    ReportFactory,
    answers,
    at,
    editor,
    network,
    office,
    open_round,
    unit,
)

pytestmark = pytest.mark.django_db
NOW = at(dt.date(2022, 3, 25))


def opened(home, one=None):
    report = ReportFactory.not_started(municipality=home)
    return draft_open(report=report, actor=one or editor(home), now=NOW), report


def values(view):
    return {key: field.value for key, field in view.fields.items() if field.value is not None}


def test_without_registers_and_last_report_the_form_is_empty():
    view, report = opened(unit())
    assert values(view) == {} and view.last.submission is None
    before = report.draft_version
    draft_open(report=report, actor=editor(report.municipality), now=NOW)
    assert report.draft_version == before  # filled in once, also when there was nothing


def test_the_last_report_fills_in_all_but_what_holds_for_one_round_only():
    home = unit()
    one = editor(home, "kari")
    sent = ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home, actor=one)
    view, report = opened(home, one)
    expected = answers(support_received=None, comment=None)
    assert view.answers == expected
    field = view.fields["plan.status"]
    day = sent.round.municipality_deadline - dt.timedelta(days=3)
    assert field.source == {"kind": "last", "by": "Kari", "on": day.isoformat(), "round": "2021-11-01"}
    assert field.last == "own" and not field.confirmed and field.rev == 1
    assert view.fields["comment"].last == "Ordføreren følger arbeidet."
    assert report.status == "not_started"


def test_hidden_answers_of_last_time_are_not_dragged_along():
    home = unit()
    one = editor(home)
    autumn = open_round(AUTUMN)
    sent = ReportFactory.draft(round_=autumn, municipality=home, actor=one)
    now = at(autumn.opens_on)
    draft_save(report=sent, key="plan.status", raw="none", base_rev=None, actor=one, now=now)
    draft_save(report=sent, key="progress.phase", raw="2", base_rev=None, actor=one, now=now)
    from reporting.services.submissions import submission_submit

    submission_submit(report=sent, actor=one, now=now)
    view, _report = opened(home, one)
    assert view.fields["plan.case"].value is None


def test_the_registers_win_over_the_last_report():
    home = unit()
    one = editor(home)
    ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home, actor=one)
    now = at(dt.date(2022, 3, 3))
    where = {"municipality": home, "origin": "register", "valid_from": dt.date(2022, 2, 1)}
    plan_decision_register(**where, now=now, status="inside", decided_on=dt.date(2022, 1, 20), case_number="PS 3/22")
    plan_anchoring_register(**where, now=now, plan_types=["strategy", "budget"])
    solution_positions_register(**where, now=now, positions={"1.1": "adopted"})
    phase_status_register(**where, now=now, step=3, phase=2, delay_months=4, delay_reason="money")
    net = network("Agder", home.reports.first().office)
    participation_register(municipality=home, network_ids=[net.pk], status="planned", origin="register",
                           valid_from=dt.date(2022, 2, 1), now=NOW)  # fmt: skip
    for on in (dt.date(2021, 10, 1), dt.date(2022, 1, 10)):
        kind = "letter" if on.year == 2021 else "course"
        where = home.reports.first().office
        support_register(kind=kind, provider="ks", office=where, on=on, municipalities=[home], now=NOW)
    view, _report = opened(home, one)
    found = values(view)
    assert (found["plan.status"], found["plan.decided_on"], found["plan.case"]) == ("inside", "2022-01-20", "PS 3/22")
    assert found["plan.anchoring"] == ["budget", "strategy"]
    assert (found["solutions:1.1"], found["solutions:1.2"]) == ("adopted", "in_place")
    assert (found["progress.step"], found["progress.phase"], found["progress.delay_months"]) == ("3", "2", 4)
    assert (found["network.participates"], found["network.which"]) == ("planned", [str(net.pk)])
    assert found["support.received"] == ["course"]  # the letter was before the last round
    assert view.fields["plan.status"].source == {"kind": "plan", "by": "", "on": "2022-03-03"}
    assert view.fields["solutions:1.1"].source["kind"] == "positions"
    assert view.fields["solutions:1.2"].source["kind"] == "last"
    assert view.fields["plan.status"].last == "own"


def test_no_support_in_the_register_is_not_the_same_as_none_given():
    view, _report = opened(unit())
    assert view.fields["support.received"].value is None


def test_a_position_that_the_form_no_longer_knows_is_left_out():
    home = unit()
    ReportFactory.not_started(municipality=home)
    where = {"municipality": home, "origin": "register", "valid_from": dt.date(2022, 2, 1), "now": NOW}
    solution_positions_register(**where, positions={"1.1": "gone"})
    plan_anchoring_register(**where, plan_types=["samfunnsdel", "abolished"])
    view, _report = opened(home)
    assert view.fields["solutions:1.1"].value is None
    assert view.fields["plan.anchoring"].value is None


def test_register_rows_that_no_longer_hold_are_not_filled_in():
    home = unit()
    ReportFactory.not_started(municipality=home)
    where = {"municipality": home, "origin": "register", "now": NOW}
    plan_decision_register(**where, valid_from=dt.date(2021, 1, 1), status="none")
    plan_decision_register(**{**where, "origin": "later"}, valid_from=dt.date(2022, 1, 1), status="process")
    view, _report = opened(home)
    assert view.fields["plan.status"].value == "process"


def test_a_round_that_was_left_out_does_not_hide_the_report_before_it():
    home = unit()
    one = editor(home)
    values = answers(plan_decided_on="2021-02-18")
    ReportFactory.submitted(round_=open_round(dt.date(2021, 5, 1)), municipality=home, actor=one, values=values)
    open_round(AUTUMN)
    view, _report = opened(home, one)
    assert view.last.round.reference_date == dt.date(2021, 5, 1)


def test_filling_in_costs_a_bounded_number_of_queries(django_assert_max_num_queries):
    home = unit()
    one = editor(home)
    ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home, actor=one)
    report = ReportFactory.not_started(municipality=home)
    with django_assert_max_num_queries(16):
        draft_open(report=report, actor=one, now=NOW)
    again = Report.objects.get_queryset().select_related("round__form_version").get(pk=report.pk)
    with django_assert_max_num_queries(1):
        draft_open(report=again, actor=one, now=NOW)


def test_filling_in_happens_once_for_two_who_open_at_the_same_time():
    home = unit()
    ReportFactory.submitted(round_=open_round(AUTUMN), municipality=home, actor=editor(home))
    one, two = editor(home), editor(home)
    ReportFactory.not_started(municipality=home)
    rows = Report.objects.get_queryset().filter(round__reference_date=SPRING).select_related("round__form_version")
    first, second = rows.get(), rows.get()
    draft_open(report=first, actor=one, now=NOW)
    draft_save(report=first, key="plan.case", raw="PS 9/22", base_rev=1, actor=one, now=NOW)
    view = draft_open(report=second, actor=two, now=NOW)
    assert view.fields["plan.case"].value == "PS 9/22"


# --- the registers that know time -----------------------------------------------------------------


def test_a_plan_in_which_the_reform_is_only_expected_is_no_anchoring():
    from municipalities.models import PlanAnchoring

    home = unit()
    ReportFactory.not_started(municipality=home)
    for plan_type, expected in (("budget", False), ("samfunnsdel", True)):
        PlanAnchoring.objects.get_queryset().create(
            municipality=home, plan_type=plan_type, is_expected=expected, origin=f"register:{plan_type}",
            registered_at=NOW, valid_from=dt.date(2022, 1, 1),
        )  # fmt: skip
    view, _report = opened(home)
    assert view.fields["plan.anchoring"].value == ["budget"]


def test_networks_of_another_region_are_not_filled_in_and_age_friendly_ones_are_no_answer():
    from networks.models import Network, Participation

    home = unit()
    ReportFactory.not_started(municipality=home)
    friends = network("Aldersvennlig")
    Network.objects.get_queryset().filter(pk=friends.pk).update(kind="age_friendly")
    abroad = network("Rogaland", office("rogaland"))

    def part(net):
        Participation.objects.get_queryset().create(
            network=net, municipality=home, status="active", origin="register:1", valid_from=dt.date(2022, 1, 1)
        )

    part(friends)
    part(abroad)
    view, _report = opened(home)
    assert view.fields["network.participates"].value is None
    other = unit("Risør")
    ReportFactory.not_started(municipality=other)
    near = network("Agder", office())
    for net in (near, friends, abroad):
        Participation.objects.get_queryset().create(
            network=net, municipality=other, status="planned", origin="register:1", valid_from=dt.date(2022, 1, 1)
        )
    view, _report = opened(other)
    assert view.fields["network.participates"].value == "planned"
    assert sorted(view.fields["network.which"].value) == sorted([str(near.pk), str(friends.pk)])


def test_a_kind_of_support_that_no_form_asks_about_does_not_hide_the_others():
    home = unit()
    where = ReportFactory.not_started(municipality=home).office
    for kind in ("invitation", "course"):
        day = dt.date(2022, 1, 10)
        support_register(kind=kind, provider="ks", office=where, on=day, municipalities=[home], now=NOW)
    view, _report = opened(home)
    assert view.fields["support.received"].value == ["course"]

"""Who meets the criteria as of a day: what is read, who sees it, and what the statsforvalter has added."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from grants.collect import collect
from grants.models import Criterion, CriterionNote
from grants.services.criterion_notes import criterion_note_add, criterion_note_withdraw
from grants.services.priority import NoCriteria, UnitOutcomes, outcomes, years
from grants.services.shipped import shipped_load
from grants.services.what_if import what_if
from municipalities.access import scope_of
from municipalities.models import Event, Municipality, Office, PlanDecision
from municipalities.services import plan_anchoring_register, plan_decision_register, solution_positions_register
from municipalities.services.dated import EntryRefused
from networks.models import Participation
from reporting.models import Report
from reporting.services.reopening import approval_take_back, report_reopen
from tests.grants.population import approve
from tests.reporting import factories
from tests.reporting.factories import SPRING, ReportFactory, at
from tests.world import VIKEN, World

pytestmark = pytest.mark.django_db
D = dt.date
OSLO = ZoneInfo("Europe/Oslo")
DAY = D(2022, 5, 4)
CODES = ["plan_or_process", "plan_content", "samfunnsdel", "network"]
FIRST = D(2021, 3, 15)


@pytest.fixture
def year(world: World) -> World:
    shipped_load()
    return world


def meets(world: World, number: str, since: dt.date = FIRST, *, leave: str = "") -> Municipality:
    """Let a municipality meet the criteria of 2021, but the one to leave out."""
    unit = world.unit(number)
    where = {"municipality": unit, "origin": "register:t", "valid_from": since, "now": at(DAY)}
    plan_decision_register(status="own", decided_on=since, **where)
    if leave != "plan_content":
        solution_positions_register(positions={f"{area}.1": "adopted" for area in range(1, 6)}, **where)
    if leave != "samfunnsdel":
        plan_anchoring_register(plan_types=["samfunnsdel"], **where)
    if leave != "network":
        join(world, unit, since)
    return unit


def join(world: World, unit: Municipality, since: dt.date, **said) -> None:
    network = next(iter(world.networks.values()))
    values = {"status": "active", "origin": "register:t", "valid_from": since, **said}
    Participation.objects.get_queryset().create(network=network, municipality=unit, **values)


def rows(day: dt.date = DAY, **how) -> dict[str, UnitOutcomes]:
    return {row.number: row for row in outcomes(2021, day, **how)}


# --- What is computed -------------------------------------------------------------------------------


def test_every_municipality_of_the_day_has_its_outcomes_and_no_district(year: World):
    meets(year, "3004")
    meets(year, "5430", leave="samfunnsdel")
    found = rows()
    assert list(found) == ["3025", "3004", "5430", "0301", "5421"]
    assert all(list(row.verdicts) == CODES for row in found.values())
    assert [number for number, row in found.items() if row.priority] == ["3004"]
    assert found["5430"].states == {**dict.fromkeys(CODES, "met"), "samfunnsdel": "unknown"}
    assert (found["3004"].office_key, found["3004"].office_name) == (VIKEN, "Oslo og Viken")
    assert found["5430"].name == "Kautokeino – Guovdageaidnu"


def test_a_new_number_is_the_same_municipality(year: World):
    meets(year, "3004")
    found = rows(D(2024, 2, 1))
    assert "3004" not in found and found["3107"].priority
    assert found["3107"].verdicts["network"].since == FIRST


def test_a_merged_municipality_is_what_all_its_parts_were_until_it_speaks_itself(year: World):
    early = D(2019, 3, 1)
    meets(year, "0220", early)
    meets(year, "0627", D(2019, 9, 2), leave="samfunnsdel")
    asker = rows(D(2020, 1, 1))["3025"]
    assert asker.states == {**dict.fromkeys(CODES, "met"), "samfunnsdel": "unknown"}
    content = asker.verdicts["plan_content"]
    parts = {year.unit("0220").pk, year.unit("0627").pk}
    assert {unit for unit, _state in content.computed.parts} == parts == {row.unit for row in content.computed.evidence}
    assert content.since == D(2019, 9, 2)
    plan_decision_register(
        municipality=year.unit("3025"), status="none", origin="register:t", valid_from=D(2020, 6, 1), now=at(DAY)
    )
    later = rows(D(2020, 6, 1))["3025"]
    assert (later.states["plan_or_process"], later.states["plan_content"]) == ("not_met", "not_met")
    assert later.states["network"] == "met", "the other criteria follow for themselves"


def test_what_an_old_municipality_decided_counts_as_of_its_last_day(year: World):
    meets(year, "0627", D(2019, 9, 2))
    old = meets(year, "0220", D(2019, 3, 1))
    PlanDecision.objects.get_queryset().filter(municipality=old).update(valid_to=D(2019, 10, 1))
    asker = rows(D(2020, 1, 1))["3025"]
    assert asker.states["plan_or_process"] == "unknown"
    assert asker.states["samfunnsdel"] == "met"


def test_it_is_as_of_a_day(year: World):
    unit = meets(year, "3004")
    assert not rows(FIRST - dt.timedelta(days=1))["3004"].priority and rows(FIRST)["3004"].priority
    Participation.objects.get_queryset().filter(municipality=unit).update(valid_to=D(2022, 4, 30))
    assert rows(D(2022, 4, 30))["3004"].priority
    after = rows(D(2022, 5, 1))["3004"].verdicts["network"]
    assert (after.state, after.computed.missing) == ("not_met", "network.ended")


def test_a_year_without_criteria_says_so(year: World):
    with pytest.raises(NoCriteria, match="2020"):
        outcomes(2020, DAY)
    assert years() == [2021]


def test_a_criterion_without_a_function_is_never_left_out_in_silence(year: World):
    Criterion.objects.get_queryset().filter(code="network").update(code="something_new")
    with pytest.raises(KeyError, match="something_new"):
        outcomes(2021, DAY)


def test_as_many_questions_for_ten_times_the_municipalities(year: World):
    user = year.user("hdir")
    rows(scope=scope_of(user, today=DAY))  # the forms are known to the process from now on

    def asked() -> int:
        fresh = year.user("hdir")
        with CaptureQueriesContext(connection) as queries:
            outcomes(2021, DAY, scope=scope_of(fresh, today=DAY))
        return len(queries)

    home = Office.objects.get_queryset().get(key=VIKEN)
    approved(factories.unit(of=home))
    few = asked()
    for place in range(30):
        unit = factories.unit(name=f"Kommune {place}", of=home)
        PlanDecision.objects.get_queryset().create(
            municipality=unit, status="own", valid_from=FIRST, origin="register:t", registered_at=at(DAY)
        )
    assert asked() == few <= 11
    with CaptureQueriesContext(connection) as queries:
        collect(DAY)
    assert len(queries) <= 8


# --- Approved reports -------------------------------------------------------------------------------


@pytest.fixture
def report(year: World) -> Report:
    """Approved on 6 May 2022; the register is emptied, so that only the report knows."""
    found = approved(factories.unit(of=year.office(VIKEN)))
    PlanDecision.objects.get_queryset().all().delete()
    return found


def approved(unit: Municipality) -> Report:
    """A report of the spring that says of a plan, approved five days after the reference date."""
    report = ReportFactory.not_started(municipality=unit)
    given = {"plan.status": "own", "plan.decided_on": "2021-06-17", "plan.anchoring": ["budget"]}
    approve(report, given, sent_at=at(SPRING), now=at(SPRING + dt.timedelta(days=5), 23, 30))
    return report


def plan(report: Report, day: dt.date):
    return collect(day)[report.municipality_id].answers, {
        row.unit: row.verdicts["plan_or_process"] for row in outcomes(2021, day)
    }[report.municipality_id]


def test_a_report_counts_from_the_oslo_day_of_its_approval(report: Report):
    approved_on = SPRING + dt.timedelta(days=5)
    assert plan(report, approved_on - dt.timedelta(days=1))[0] is None
    answers, verdict = plan(report, approved_on)
    assert (answers.approved_on, answers.reference_date) == (approved_on, SPRING)
    assert verdict.state == "met" and verdict.computed.evidence[0].id == report.current_id


def test_a_report_that_was_reopened_counts_on_as_it_was_approved(report: Report):
    by = factories.reviewer(report.office)
    report_reopen(report=report, actor=by, now=at(SPRING + dt.timedelta(days=7)), note="Vedtaket er gjort om.")
    assert plan(report, SPRING + dt.timedelta(days=8))[1].state == "met"


def test_an_approval_that_was_taken_back_does_not_count(report: Report):
    by = factories.reviewer(report.office)
    approval_take_back(report=report, actor=by, now=at(SPRING + dt.timedelta(days=7)))
    assert plan(report, SPRING + dt.timedelta(days=6))[1].state == "met"
    answers, verdict = plan(report, SPRING + dt.timedelta(days=7))
    assert answers is None and verdict.state == "unknown"


# --- Who sees it, and in which words ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("hdir", {"3025", "3004", "5430", "0301", "5421"}),
        (f"statsforvalter-{VIKEN}", {"3025", "3004", "0301"}),
        ("editor-3025", {"3025"}),
        ("editor-030101", set()),
        ("hod", set()),
        (f"ks-{VIKEN}", set()),
        ("nobody", set()),
    ],
)
def test_each_sees_the_municipalities_of_ones_own(year: World, who: str, seen: set[str]):
    assert set(rows(scope=scope_of(year.user(who), today=DAY))) == seen


def test_what_is_missing_is_one_sentence_in_both_languages(year: World):
    meets(year, "3004", leave="network")
    meets(year, "5430")
    lacking = rows()
    assert lacking["5430"].missing == ""
    for language in ("nb", "nn", "en"):
        with translation.override(language):
            for row in lacking.values():
                assert row.priority == (row.missing == "")
                if row.missing:
                    assert row.missing.endswith(".") and row.missing.count(".") == 1 and "%(" not in row.missing
    with translation.override("en"):
        assert lacking["3004"].missing == (
            "The municipality must say whether it takes part in a regional network, or plans to."
        )


# --- What the statsforvalter adds -------------------------------------------------------------------


def note(world: World, number: str = "3004", *, who: str = f"statsforvalter-{VIKEN}", on: dt.date = DAY, **said):
    values = {"code": "network", "kind": "overrule", "outcome": "met", "reason": "Brev fra kommunen.", **said}
    return criterion_note_add(municipality=world.unit(number), year=2021, actor=world.user(who), now=at(on), **values)


def test_an_overruling_counts_from_its_day_until_it_is_withdrawn_and_both_are_shown(year: World):
    meets(year, "3004", leave="network")
    row = note(year)
    before, found = rows(DAY - dt.timedelta(days=1))["3004"], rows()["3004"]
    assert not before.priority and found.priority
    verdict = found.verdicts["network"]
    assert (verdict.computed.state, verdict.state, verdict.since) == ("unknown", "met", DAY)
    assert (verdict.overruling.reason, verdict.overruling.by) == ("Brev fra kommunen.", str(row.recorded_by))
    later = DAY + dt.timedelta(days=9)
    criterion_note_withdraw(note=row, reason="Feil kommune.", actor=year.user(f"statsforvalter-{VIKEN}"), now=at(later))
    assert rows(later - dt.timedelta(days=1))["3004"].priority
    after = rows(later)["3004"].verdicts["network"]
    assert (after.state, after.overruling, after.notes[0].withdrawn_on) == ("unknown", None, later)
    told = Event.objects.across_all(reason="test").filter(object_type="grants.criterionnote").order_by("id")
    assert [event.name for event in told] == ["criterion_noted", "criterion_note_withdrawn"]
    assert {event.municipality_id for event in told} == {year.unit("3004").pk}


def test_an_overruling_can_take_away_and_says_what_to_do(year: World):
    meets(year, "3004")
    note(year, code="plan_content", outcome="not_met", reason="Vedtaket nevner ikke måltider.")
    found = rows()["3004"]
    assert (found.priority, found.verdicts["plan_content"].computed.state) == (False, "met")
    with translation.override("en"):
        assert "statsforvalter" in found.missing


def test_documentation_stands_beside_and_changes_nothing(year: World):
    meets(year, "3004", leave="network")
    note(year, kind="documentation", outcome="", link="https://kommune.example/sak/1")
    verdict = rows()["3004"].verdicts["network"]
    assert (verdict.state, verdict.overruling, len(verdict.documentation)) == ("unknown", None, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 4001}, "reason"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "unknown"}, "outcome"),
        ({"kind": "documentation"}, "outcome"),
        ({"kind": "else"}, "kind"),
        ({"code": "else"}, "code"),
        ({"link": "kommune.example"}, "link"),
        ({"link": "https://" + "x" * 500}, "link"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(year: World, said: dict, field: str):
    with pytest.raises(EntryRefused) as refused:
        note(year, **said)
    assert list(refused.value.faults) == [field]
    assert not CriterionNote.objects.across_all(reason="test").exists()


def test_one_overruling_at_a_time(year: World):
    row = note(year)
    with pytest.raises(EntryRefused) as refused:
        note(year, outcome="not_met")
    assert list(refused.value.faults) == ["kind"]
    note(year, kind="documentation", outcome="")
    how = {"actor": year.user(f"statsforvalter-{VIKEN}"), "now": at(DAY)}
    with pytest.raises(EntryRefused):
        criterion_note_withdraw(note=row, reason="", **how)
    criterion_note_withdraw(note=row, reason="Feil.", **how)
    with pytest.raises(EntryRefused):
        criterion_note_withdraw(note=row, reason="Feil.", **how)
    note(year, outcome="not_met")


@pytest.mark.parametrize(
    ("who", "number"),
    [("hdir", "3004"), ("editor-3004", "3004"), (f"statsforvalter-{VIKEN}", "5430"), (f"ks-{VIKEN}", "3004")],
)
def test_only_the_statsforvalter_of_the_region_adds(year: World, who: str, number: str):
    with pytest.raises(PermissionDenied):
        note(year, number, who=who)
    row = note(year)
    with pytest.raises(PermissionDenied):
        criterion_note_withdraw(note=row, reason="Feil.", actor=year.user("hdir"), now=at(DAY))


@pytest.mark.parametrize("number", ["030101", "0220"])
def test_a_district_and_a_municipality_that_is_no_more_have_no_criteria(year: World, number: str):
    with pytest.raises(EntryRefused) as refused:
        note(year, number)
    assert list(refused.value.faults) == ["code"]


# --- What if ----------------------------------------------------------------------------------------


def test_who_falls_in_and_out_when_a_criterion_is_another_one(year: World):
    meets(year, "3004")
    meets(year, "5430", leave="samfunnsdel")
    planned = meets(year, "0301", leave="network")
    join(year, planned, FIRST, status="planned")
    strict = what_if(2021, DAY, settings={"network": {"planned_counts": False}})
    assert (strict.before, strict.after) == (2, 1)
    assert [(entry.shown.number, entry.falls_in, entry.codes) for entry in strict.moved] == [
        ("0301", False, ("network",))
    ]
    easier = what_if(2021, DAY, without=["samfunnsdel"])
    assert [(entry.shown.number, entry.falls_in) for entry in easier.moved] == [("5430", True)]
    assert [(row.name, row.before, row.after, row.falls_in, row.falls_out) for row in easier.offices] == [
        ("Oslo og Viken", 2, 2, 0, 0), ("Troms og Finnmark", 0, 1, 1, 0),
    ]  # fmt: skip


def test_another_day_can_be_tried_also_across_a_merger(year: World):
    meets(year, "3004")
    early = what_if(2021, DAY, tried_day=D(2021, 1, 1))
    assert [(entry.shown.number, entry.falls_in) for entry in early.moved] == [("3004", False)]
    before = what_if(2021, DAY, tried_day=D(2019, 6, 1))
    assert before.after == 0 and [entry.shown.number for entry in before.moved] == ["0106"]


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": {"else": {}}},
        {"settings": {"network": {"process_counts": True}}},
        {"without": ["else"]},
        {"without": CODES},
    ],
)
def test_what_the_year_does_not_have_cannot_be_tried(year: World, changes: dict):
    with pytest.raises(ValueError, match="2021"):
        what_if(2021, DAY, **changes)


def test_trying_stores_nothing(year: World):
    events = Event.objects.across_all(reason="test").count()
    what_if(2021, DAY, settings={"plan_content": {"process_counts": False}})
    assert Event.objects.across_all(reason="test").count() == events

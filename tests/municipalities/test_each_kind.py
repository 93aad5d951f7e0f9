"""Each kind of plan, decision, position, step, phase and reason that the registers know, one by one; and the two pairs
of municipalities of the same name in the real registers, each with registers of its own."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import TestCase, override_settings
from django.utils import translation

from municipalities.access import can
from municipalities.models import (
    AreaPosition,
    Municipality,
    MunicipalityVersion,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    Role,
    SolutionPosition,
    User,
)
from municipalities.registers.services import registers_load
from municipalities.services import lineage_of_all, membership_grant, unit_with_number
from municipalities.services.anchoring import AnchoringEntry, anchoring_enter
from municipalities.services.decisions import DecisionEntry, decision_enter
from municipalities.services.progress import ProgressEntry, progress_enter
from municipalities.vocabulary import DELAY_REASONS, PHASES, PLAN_TYPES, POSITIONS, STEPS
from reform.dates import EndDecision, PhaseDates, end_changes, phase_on, phases_on, reform_end_on
from reform.models import FocusArea, PhasePeriod, ReformEnd, Solution

D = dt.date
YEARS = {"handlingsdel": (2022, 2025), "budget": (2022, 2022)}
NAMESAKES = {
    "Herøy": (("1515", "1515", "1515"), ("1818", "1818", "1818")),
    "Våler": (("0137", "3018", "3114"), ("0426", "3419", "3419")),
}
"""The numbers of 2019, 2022 and 2024 of each municipality of a name."""
DAYS = (D(2019, 12, 31), D(2022, 5, 1), D(2024, 5, 1))


@pytest.fixture
def by(world, now):
    return {"municipality": world.unit("3004"), "actor": world.user("statsforvalter-oslo-og-viken"), "now": now}


@pytest.fixture
def page(world, client, settings):
    """The municipality's own page, in words."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    client.force_login(world.user("editor-3004"))
    return lambda where="": client.get(f"/kommune/3004/{where}").content.decode()


def word(words, key):
    with translation.override("nb"):
        return str(words[key])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "plan_type", ["samfunnsdel", "handlingsdel", "budget", "care_plan", "strategy", "own_plan"]
)  # fmt: skip
def test_the_reform_is_anchored_in_each_kind_of_plan(by, page, plan_type):
    assert plan_type in PLAN_TYPES and len(PLAN_TYPES) == 6
    first, last = YEARS.get(plan_type, (None, None))
    expected = AnchoringEntry(plan_type, True, name="Planen", valid_from=D(2021, 1, 5), expected_on=D(2021, 12, 1))
    anchoring_enter(entry=expected, **by)
    where = {"adopted_on": D(2021, 12, 14), "covers_from": first, "covers_to": last}
    anchoring_enter(entry=AnchoringEntry(plan_type, name="Planen", **where), **by)
    rows = PlanAnchoring.objects.get_queryset().order_by("valid_from")
    assert [(row.plan_type, row.is_expected, row.valid_from, row.valid_to, row.covers_to) for row in rows] == [
        (plan_type, True, D(2021, 1, 5), D(2021, 12, 13), None), (plan_type, False, D(2021, 12, 14), None, last),
    ]  # fmt: skip
    text = page("forankring/")
    assert word(PLAN_TYPES, plan_type) in text and "Planen" in text


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["own", "inside", "process", "none", "declined"])
def test_the_council_decides_in_each_way(by, page, status):
    assert status in PlanDecision.Status.values and len(PlanDecision.Status.values) == 5
    council = {"decided_on": D(2021, 6, 17), "case_number": "PS 82/21", "link": "https://a.example/82"}
    process = {"valid_from": D(2021, 6, 17), "expected_on": D(2022, 6, 16), "process": "Behandles i juni."}
    entry = DecisionEntry(status, **{"process": process, "none": {"valid_from": D(2021, 6, 17)}}.get(status, council))
    row = decision_enter(entry=entry, **by)
    assert (row.status, row.valid_from, row.valid_to) == (status, D(2021, 6, 17), None)
    assert (row.expected_on, row.process) == (
        (D(2022, 6, 16), "Behandles i juni.") if status == "process" else (None, "")
    )
    with translation.override("nb"):
        assert str(PlanDecision.Status(status).label).casefold() in page().casefold()


@pytest.mark.django_db
@pytest.mark.parametrize("position", ["in_place", "adopted", "adapted", "considered", "not_considered"])
def test_a_decision_takes_each_position_on_each_area_and_solution(by, position):
    assert position in POSITIONS and len(POSITIONS) == 5
    areas = {row.code: position for row in FocusArea.objects.all()}
    solutions = {row.code: position for row in Solution.objects.all()}
    row = decision_enter(entry=DecisionEntry("own", decided_on=D(2021, 6, 17), areas=areas, solutions=solutions), **by)
    assert (len(areas), len(solutions)) == (5, 25)
    assert AreaPosition.objects.get_queryset().filter(decision=row, position=position).count() == 5
    assert SolutionPosition.objects.get_queryset().filter(decision=row, position=position).count() == 25


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "phase", "reason"),
    [
        *((step, None, "") for step in STEPS),
        *((None, phase, "") for phase in PHASES),
        *((3, 2, r) for r in DELAY_REASONS),
    ],
)
def test_each_step_each_phase_and_each_reason_of_a_delay(by, page, step, phase, reason):
    assert (len(STEPS), len(PHASES), len(DELAY_REASONS)) == (5, 3, 6)
    delay = {"delay_months": 4, "delay_reason": reason, "note": "Se saken."} if reason else {}
    progress_enter(entry=ProgressEntry(D(2021, 9, 1), step, phase, **delay), **by)
    row = PhaseStatus.objects.get_queryset().get()
    assert (row.step, row.phase, row.delay_reason, row.valid_from) == (step, phase, reason, D(2021, 9, 1))
    text = page("framdrift/").casefold()
    for words, key in ((STEPS, step), (PHASES, phase), (DELAY_REASONS, reason)):
        assert not key or word(words, key).casefold() in text


class TestTheRealRegisters(TestCase):
    @classmethod
    def setUpTestData(cls):
        registers_load()

    def unit(self, number: str, day: dt.date) -> Municipality:
        return MunicipalityVersion.objects.on(day).get(number=number).municipality

    def test_namesakes_are_themselves_under_every_number_and_never_each_other(self):
        lineage = lineage_of_all()
        for name, both in NAMESAKES.items():
            seen = []
            for numbers in both:
                units = {self.unit(number, day).pk for number, day in zip(numbers, DAYS, strict=True)}
                assert len(units) == 1, (name, numbers)
                [unit] = units
                for number in numbers:
                    assert unit_with_number(number, DAYS[1])[0] == unit
                for day in DAYS:
                    assert [part.unit_id for part in lineage.today(unit, day)] == [unit]
                seen.append(unit)
            assert len(set(seen)) == 2
            for day in DAYS:
                named = set(
                    MunicipalityVersion.objects.on(day).filter(name=name).values_list("municipality", flat=True)
                )
                assert named == set(seen), (name, day)

    def test_the_registers_of_namesakes_are_kept_apart(self):
        now = dt.datetime(2022, 5, 4, 7, tzinfo=dt.UTC)
        person = User.objects.create(username="hdir")
        membership_grant(user=person, role=Role.HDIR, valid_from=D(2018, 1, 1), now=now)
        self.client.force_login(person)
        for name, ((_old, one, _new), (_older, other, _newer)) in NAMESAKES.items():
            first, second = self.unit(one, DAYS[1]), self.unit(other, DAYS[1])
            entry = DecisionEntry("own", decided_on=D(2021, 6, 17), case_number=f"PS {one}")
            decision_enter(municipality=first, entry=entry, actor=None, now=now)
            contact = User.objects.create(username=f"{name}-{one}")
            membership_grant(
                user=contact, role=Role.MUNICIPALITY_EDITOR, municipality=first, valid_from=D(2019, 1, 1), now=now
            )
            for day in DAYS:
                again = User.objects.get(pk=contact.pk)
                assert can(again, "report.edit", first, today=day) and not can(again, "report.edit", second, today=day)
            with override_settings(PORTAL_CLOCK="2022-05-04T09:00", SECURE_SSL_REDIRECT=False):
                assert f"PS {one}" in self.client.get(f"/kommune/{one}/").content.decode()
                assert f"PS {one}" not in self.client.get(f"/kommune/{other}/").content.decode()
                listed = {
                    row.number: row.plan for row in self.client.get("/kommuner/", {"q": name}).context["list"].hits
                }
            assert listed == {one: "own", other: ""}

    def test_the_reforms_phase_and_end_on_a_day_and_the_source_of_each_change(self):
        rows = list(ReformEnd.objects.all())
        ends = [EndDecision(row.ends_on, row.decided_on, row.source) for row in rows]
        changes = end_changes(D(2024, 5, 1), ends)
        assert [change.kind for change in changes] == ["planned", "prolonged", "taken_back"]
        assert [change.decision.ends_on.year for change in changes] == [2023, 2024, 2023]
        assert all(len(change.decision.source) > 10 for change in changes)
        periods = [
            PhaseDates(row.phase.number, row.starts_on, row.ends_on, row.decided_on, row.source)
            for row in PhasePeriod.objects.select_related("phase")
        ]
        assert all(len(period.source) > 10 for period in periods)
        days = [D(2018, 12, 31), D(2019, 6, 1), D(2020, 3, 1), D(2022, 5, 1), D(2023, 6, 1), D(2024, 6, 1)]
        running = [(), (1, 2), (2,), (3,), (3, 4), ()]
        assert [tuple(phases_on(day, periods)) for day in days] == running
        assert [phase_on(day, periods) for day in days] == [None, 2, 2, 3, 4, None]
        found = [reform_end_on(change.decision.decided_on, ends) for change in changes]
        assert found == [change.decision.ends_on for change in changes]

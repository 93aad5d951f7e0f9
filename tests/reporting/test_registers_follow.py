"""An approved report writes the registers, and loses nothing of what they know more than the form asks about."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import PlanAnchoring, PlanDecision, PlanDocument, SolutionPosition
from networks.models import Participation
from reform.models import Solution
from reporting.services.drafts import draft_open
from tests.reporting import factories
from tests.reporting.factories import SPRING, ReportFactory, answers, at

FIRST = dt.date(2021, 6, 17)
NOW = at(dt.date(2022, 1, 10))


@pytest.fixture
def home(db):
    return factories.office("agder")


@pytest.fixture
def place(home):
    return factories.unit("Lyngdal", of=home)


@pytest.fixture
def known(place):
    """What the register knows more: a title, the council for the elderly, a file, years, and what decided what."""
    factories.solutions()
    where = {"municipality": place, "registered_at": NOW, "valid_from": FIRST}
    decision = PlanDecision.objects.get_queryset().create(
        **where, origin="register:a", status="own", decided_on=FIRST, case_number="PS 82/21", title="Plan for livet",
        elder_council_on=dt.date(2021, 6, 1), elder_council="Støtter planen.", registered_by_name="Ola Nordmann",
    )  # fmt: skip
    PlanDocument.objects.get_queryset().create(
        decision=decision, file="xx/x.pdf", file_name="sak.pdf", media_type="application/pdf", size=1, sha256="0" * 64,
        uploaded_at=NOW,
    )  # fmt: skip
    for solution in Solution.objects.all():
        SolutionPosition.objects.get_queryset().create(
            **where, origin=f"register:{solution.pk}", solution=solution, position="in_place", decision=decision
        )
    for plan_type, expected in (("handlingsdel", False), ("samfunnsdel", False), ("strategy", True)):
        PlanAnchoring.objects.get_queryset().create(
            **where, origin=f"register:{plan_type}", plan_type=plan_type, name="Økonomiplan", covers_from=2022,
            covers_to=2025, is_expected=expected, decision=decision,
        )  # fmt: skip
    return decision


def approve(place, home, **changes):
    return ReportFactory.approved(
        round_=factories.open_round(), municipality=place, by=factories.reviewer(home, "amina"),
        values=answers(**changes),
    )  # fmt: skip


def on(model, place, day=SPRING):
    return list(model.objects.get_queryset().on(day).filter(municipality=place).order_by("pk"))


def test_a_report_that_says_the_same_changes_no_row(place, home, known):
    before = {model: list(model.objects.get_queryset().values()) for model in (SolutionPosition, PlanAnchoring)}
    approve(place, home)
    row = PlanDecision.objects.get_queryset().get()
    assert (row.pk, row.title, row.elder_council, row.valid_to) == (known.pk, known.title, known.elder_council, None)
    assert row.documents.count() == 1
    assert {model: list(model.objects.get_queryset().values()) for model in before} == before


def test_a_plan_that_is_added_leaves_the_years_and_the_expected_ones_alone(place, home, known):
    approve(place, home, plan_anchoring=["handlingsdel", "samfunnsdel", "budget"])
    rows = {row.plan_type: row for row in on(PlanAnchoring, place)}
    assert set(rows) == {"handlingsdel", "samfunnsdel", "strategy", "budget"}
    assert (rows["handlingsdel"].covers_from, rows["handlingsdel"].covers_to) == (2022, 2025)
    assert rows["strategy"].is_expected and rows["strategy"].valid_to is None
    assert rows["budget"].origin.startswith("report:")


def test_only_the_positions_that_changed_get_new_rows(place, home, known):
    codes = [solution.code for solution in Solution.objects.order_by("code")]
    approve(place, home, solutions={code: "adopted" if code == codes[0] else "in_place" for code in codes})
    rows = {row.solution.code: row for row in on(SolutionPosition, place)}
    assert rows[codes[0]].origin.startswith("report:") and rows[codes[0]].decision_id is None
    assert all(rows[code].decision_id == known.pk for code in codes[1:])


def test_another_decision_ends_the_first_one_and_its_papers_stay_with_it(place, home, known):
    approve(place, home, plan_decided_on="2022-04-20", plan_case="PS 3/22")
    known.refresh_from_db()
    assert known.valid_to == SPRING - dt.timedelta(days=1)
    assert known.documents.count() == 1 and known.title
    new = on(PlanDecision, place)[0]
    assert (new.decided_on, new.case_number, new.origin[:7]) == (dt.date(2022, 4, 20), "PS 3/22", "report:")


def test_the_form_is_filled_from_what_the_registers_know(place, home, known):
    net = factories.network("Agder", home)
    Participation.objects.get_queryset().create(
        network=net, municipality=place, status="planned", origin="register:n", valid_from=dt.date(2022, 1, 1)
    )
    report = ReportFactory.not_started(round_=factories.open_round(), municipality=place)
    view = draft_open(report=report, actor=factories.editor(place), now=at(report.round.opens_on))
    values = {key: entry.value for key, entry in view.fields.items()}
    assert (values["plan.status"], values["plan.decided_on"], values["plan.case"]) == ("own", "2021-06-17", "PS 82/21")
    assert sorted(values["plan.anchoring"]) == ["handlingsdel", "samfunnsdel"]
    assert (values["network.participates"], values["network.which"]) == ("planned", [str(net.pk)])
    assert values["solutions:1.1"] == "in_place"

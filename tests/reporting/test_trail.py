"""Everything that changes leaves an Event: every service that writes a register is called, and each row that began,
changed or went must have left one."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import pkgutil
import re
from dataclasses import replace
from pathlib import Path

import pytest

import municipalities.services
import networks.services
from grants.models import (
    ApplicationList,
    CriteriaYear,
    Criterion,
    CriterionNote,
    GrantApplication,
    PriorityDecision,
    Scheme,
)
from grants.services import applications, criteria, schemes
from grants.services.criterion_notes import criterion_note_add, criterion_note_withdraw
from grants.services.priority_decisions import priority_decide
from grants.services.shipped import shipped_load
from municipalities.models import (
    AreaPosition,
    CorrectionProposal,
    Event,
    Membership,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    PlanDocument,
    SolutionPosition,
)
from municipalities.services import anchoring, corrections, decisions, people, plan_documents, progress, registers
from networks.models import Network, NetworkMeeting, Participation, SupportActivity
from networks.services import meetings, participations, support, workbook
from networks.services import networks as network_services
from networks.services import registers as network_registers
from networks.services.networks import network_values
from reform.models import Solution
from reporting.documents.rules import PATTERN_BY_KEY
from reporting.models import RiskAssessment, Round
from reporting.services import opening, risk
from reporting.services.submissions import submission_approve
from tests.grants import lists
from tests.networks.workbooks import Edited
from tests.reporting.factories import ReportFactory, answers, open_round
from tests.world import VIKEN

pytestmark = pytest.mark.django_db
D = dt.date
REGISTERS = (
    PlanDecision, AreaPosition, SolutionPosition, PlanAnchoring, PhaseStatus, PlanDocument, CorrectionProposal,
    Membership, Network, Participation, NetworkMeeting, SupportActivity, RiskAssessment, Round,
    CriterionNote, PriorityDecision, Scheme, CriteriaYear, Criterion, GrantApplication, ApplicationList,
)  # fmt: skip
TOLD_ON = {PlanDocument: "decision_id", NetworkMeeting: "network_id"}
"""Registers whose rows are told about on what they belong to."""

PARTS = {
    "corrected", "end", "insert", "move", "remove", "register_set", "meeting_write", "network_write",
    "participation_write", "by_report", "note_event", "now_day",
}  # fmt: skip
"""What the services are made of, and what writes no row of its own."""
ELSEWHERE = {
    "structure_apply": "municipalities/test_import_klass.py::test_each_change_leaves_an_event",
    "membership_place": "municipalities/test_placements.py, after a split",
    "memberships_follow_all": "memberships_follow, for each day",
    "contact_invite": "membership_grant, and a mail",
    "contact_end": "membership_end",
    "contacts_of": "reads",
    "membership_withdraw": "municipalities/test_access_levels.py, with access_end",
    "contact_remind": "sends a mail, and changes no register",
    "notice_language_set": "municipalities/test_contacts.py::test_the_language_of_the_notices_leaves_an_event",
    "service_account_make": "municipalities/test_service_accounts.py",
    "service_account_revoke": "municipalities/test_service_accounts.py",
    "training_unit": "reporting/test_trial_rounds.py::test_it_is_made_once_with_an_event",
    "workbook_upload": "keeps the rows of a file, and changes no register",
    "workbook_discard": "throws the rows of a file away, and changes no register",
}


OTHERS = {
    "about_me": ("test_about_me.py", "test_access_events.py"), "access_given": ("test_access_levels.py",),
    "access_review": ("test_access_review.py",), "anonymise": ("test_access_events.py",),
    "invitations": ("test_invitations.py", "test_access_events.py"), "local_accounts": ("test_access_events.py",),
    "login": ("../login/test_staff.py", "test_access_events.py"), "trail_retention": ("test_trail_services.py",),
    "trail_seal": ("test_trail_services.py",), "trail_verify": ("test_trail_services.py",),
}  # fmt: skip
"""Modules of services that write no register of the reform, with the tests under municipalities/ of their Events."""


def test_each_event_of_the_others_is_asserted_where_it_is_said():
    found = set()
    for module, files in OTHERS.items():
        source = inspect.getsource(importlib.import_module(f"municipalities.services.{module}"))
        tests = "".join((Path(__file__).parents[1] / "municipalities" / file).read_text() for file in files)
        names = set(re.findall(r'\blog\(\w+, "(\w+)"', source))
        assert {name for name in names if f'"{name}"' not in tests} == set(), module
        found |= names
    assert len(found) > 8


def services() -> set[str]:
    """The public functions that write a register: those that ask when it is."""
    found = set()
    for package in (municipalities.services, networks.services):
        for info in pkgutil.iter_modules(package.__path__):
            if info.name in OTHERS:
                continue
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            found |= {
                name
                for name, call in inspect.getmembers(module, inspect.isfunction)
                if call.__module__ == module.__name__ and "now" in inspect.signature(call).parameters
            }
    return {name for name in found if not name.startswith("_")} - PARTS


def held() -> dict[tuple[type, int], tuple]:
    """What every register says, row by row, with what a row is tied to by a table of its own."""
    found = {}
    for model in REGISTERS:
        for row in model.objects.get_queryset():
            tied = [sorted(getattr(row, field.name).values_list("pk", flat=True)) for field in row._meta.many_to_many]
            values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
            found[model, row.pk] = (getattr(row, TOLD_ON.get(model, "pk")), values, tied)
    return found


class Walk:
    """Calls services one after the other, and holds each to its Events."""

    def __init__(self) -> None:
        self.called: set[str] = set()

    def __call__(self, call, *args, **kwargs):
        before, last = held(), Event.objects.get_queryset().order_by("-pk").values_list("pk", flat=True).first() or 0
        result = call(*args, **kwargs)
        after = held()
        new = Event.objects.get_queryset().filter(pk__gt=last)
        told = set(new.values_list("object_type", "object_id"))
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert changed, f"{call.__name__} changed nothing: the walk shows nothing about it"
        for model, pk in changed:
            owner = (after.get((model, pk)) or before[model, pk])[0]
            about = {PlanDocument: PlanDecision, NetworkMeeting: Network}.get(model, model)
            assert (about._meta.label_lower, owner) in told, f"{call.__name__} told nothing about {model.__name__} {pk}"
        self.called.add(call.__name__)
        return result


def test_every_service_that_writes_a_register_leaves_an_event_of_each_row(world, now, today):
    walk = Walk()
    by = {"actor": world.user(f"statsforvalter-{VIKEN}"), "now": now}
    unit = world.unit("3004")
    _plans(walk, unit, by)
    _reports(walk, unit, world, now)
    _people(walk, world, by)
    _networks(walk, world, by, today)
    _support(walk, world, by)
    _priority(walk, world, by)
    assert walk.called >= services() - set(ELSEWHERE), services() - set(ELSEWHERE) - walk.called


def _plans(walk, unit, by):
    entry = decisions.DecisionEntry(
        "own", decided_on=D(2021, 6, 17), areas={"1": "adopted"}, solutions={"1.1": "adopted"}
    )
    row = walk(decisions.decision_enter, municipality=unit, entry=entry, **by)
    entry = replace(entry, title="Plan", areas={}, solutions={"1.1": "considered", "1.2": "adopted"})
    walk(decisions.decision_correct, decision=row, entry=entry, reason="Lest på nytt.", **by)
    walk(decisions.decision_remove, decision=row, reason="Feil kommune.", **by)
    files = [plan_documents.Upload("ny.pdf", b"%PDF-1.7 ny")]
    entry = decisions.DecisionEntry("own", decided_on=D(2021, 9, 2))
    row = walk(plan_documents.decision_with_documents, municipality=unit, entry=entry, uploads=files, **by)
    files = [plan_documents.Upload("sak.pdf", b"%PDF-1.7 sak")]
    [document] = walk(plan_documents.documents_add, decision=row, uploads=files, **by)
    walk(plan_documents.document_remove, document=document, **by)

    plan = anchoring.AnchoringEntry("samfunnsdel", adopted_on=D(2020, 6, 1))
    row = walk(anchoring.anchoring_enter, municipality=unit, entry=plan, **by)
    walk(anchoring.anchoring_correct, anchoring=row, entry=replace(plan, name="Samfunnsdelen"), **by)
    walk(anchoring.anchoring_end, anchoring=row, last=D(2021, 6, 1), **by)
    walk(anchoring.anchoring_remove, anchoring=row, reason="Feil.", **by)

    entry = progress.ProgressEntry(D(2021, 1, 1), step=2, phase=2)
    row = walk(progress.progress_enter, municipality=unit, entry=entry, **by)
    walk(progress.progress_enter, municipality=unit, entry=replace(entry, valid_from=D(2021, 9, 1), step=3), **by)
    walk(progress.progress_correct, status=row, entry=replace(entry, delay_months=3, delay_reason="capacity"), **by)
    walk(progress.progress_remove, status=row, reason="Feil.", **by)


def _reports(walk, unit, world, now):
    """Each report begins rows, ends what held, rewrites or takes out what another said of the very day."""
    nets = [
        world.networks[VIKEN].pk,
        Network.objects.get_queryset().create(name="N", kind="leader", valid_from=D(2018, 1, 1)).pk,
    ]
    said = (
        (D(2021, 11, 1), 1, "process", "considered", ["budget"], "planned", nets[:1]),
        (D(2022, 5, 1), 2, "own", "adopted", ["strategy"], "active", nets[1:]),
        (D(2022, 5, 1), 3, "none", "adapted", [], "active", []),
    )
    for day, number, status, position, plans, takes_part, which in said:
        where = {"municipality": unit, "origin": f"report:{number}/1", "valid_from": day, "now": now}
        walk(registers.plan_decision_register, status=status, **where)
        walk(registers.phase_status_register, step=number, delay_months=number, **where)
        walk(registers.plan_anchoring_register, plan_types=plans, **where)
        walk(registers.solution_positions_register, positions={"1.1": position}, **where)
        walk(network_registers.participation_register, status=takes_part, network_ids=which, **where)
    report = ReportFactory.submitted(
        round_=open_round(D(2022, 5, 1)), municipality=world.unit("0301"), actor=world.user("editor-0301"),
        values=answers(solutions={row.code: "in_place" for row in Solution.objects.all()}),
    )  # fmt: skip
    walk(submission_approve, report=report, actor=world.user(f"statsforvalter-{VIKEN}"), now=now)
    figures = {"round_": report.round, "actor": world.user("hdir"), "now": now}
    walk(opening.figures_open, **figures)
    walk(opening.figures_close, **figures)


def _people(walk, world, by):
    person, role = world.user("nobody"), "municipality_editor"
    where = {"valid_from": D(2018, 1, 1), "municipality": world.unit("0627")}
    walk(people.membership_grant, user=person, role=role, **where, **by)
    walk(people.memberships_follow, day=D(2020, 1, 1), **by)
    row = Membership.objects.get(user=person, valid_to=None)
    walk(people.membership_end, membership=row, valid_to=D(2022, 4, 1), **by)

    editor = {"actor": world.user("editor-3004"), "now": by["now"]}
    where = {"municipality": world.unit("3004"), "about": "support"}
    row, _new = walk(corrections.correction_propose, text="Mangler et kurs.", **where, **editor)
    walk(corrections.correction_answer, row, "decline", text="Det er med.", **by)
    row, _new = walk(corrections.correction_propose, text="Mangler et møte.", **where, **editor)
    walk(corrections.correction_withdraw, row, **editor)
    where = {"unit": world.unit("3004"), "submission": None, "pattern": next(iter(PATTERN_BY_KEY))}
    walk(risk.risk_assess, verdict="confirmed", follow_up="Møte i mai.", **where, **by)


def _networks(walk, world, by, today):
    values = replace(network_values(world.networks[VIKEN]), name="Nytt nettverk", valid_from=D(2020, 1, 1))
    net = walk(network_services.network_create, values=values, **by)
    walk(network_services.network_change, network=net, values=replace(values, themes=("1.1",), host="Asker"), **by)
    units = [world.unit(number).pk for number in ("3004", "3025")]
    where = {"network": net, "units": units}
    first, _second = walk(participations.participations_add, status="planned", valid_from=D(2021, 1, 1), **where, **by)
    walk(participations.participations_add, status="active", valid_from=D(2021, 6, 1), **where, **by)
    period = {"status": "planned", "valid_from": D(2021, 2, 1), "valid_to": D(2021, 5, 31)}
    walk(participations.participation_change, participation=first, **period, **by)
    walk(participations.participation_remove, participation=first, **by)
    active = Participation.objects.get_queryset().filter(network=net, status="active").first()
    walk(participations.participation_end, participation=active, valid_to=D(2022, 3, 1), **by)
    meeting = walk(meetings.meeting_register, network=net, on=D(2021, 9, 1), attendance=units, **by)
    told = {"on": D(2021, 9, 1), "title": "Høstmøte", "note": "", "attendance": units[:1]}
    walk(meetings.meeting_change, meeting=meeting, **told, **by)
    walk(meetings.meeting_remove, meeting=meeting, **by)
    walk(network_services.network_end, network=net, valid_to=D(2022, 4, 1), **by)
    offices = [world.office(VIKEN)]
    where = {"name": "Fra før", "kind": "leader", "valid_from": D(2020, 1, 1), "now": by["now"]}
    walk(network_registers.network_register, offices=offices, **where)

    book = Edited(world.office(VIKEN))
    book.set("networks", 2, host="Oslo")
    upload = workbook.workbook_upload(office=world.office(VIKEN), file_name="nett.xlsx", data=book.bytes(), **by)
    walk(workbook.workbook_apply, upload=upload, seen=workbook.workbook_plan(upload, today=today).hash, **by)


def _support(walk, world, by):
    given = support.Support(world.office(VIKEN), "course", "usht", D(2022, 3, 1), (world.unit("3004").pk,))
    row = walk(support.support_give, given, **by).activity
    units = (world.unit("3004").pk, world.unit("3025").pk)
    walk(support.support_change, row, replace(given, units=units, solutions=("1.1",)), **by)
    walk(support.support_remove, row, reason="Ført to ganger.", **by)
    where = {"kind": "course", "provider": "ks", "office": world.office(VIKEN), "on": D(2021, 3, 1), "now": by["now"]}
    walk(network_registers.support_register, municipalities=[world.unit("3004")], **where)
    walk(network_registers.support_register, municipalities=[world.unit("3025")], **where)


def _priority(walk, world, by):
    shipped_load()
    scheme = Scheme.objects.across_all(reason="test").get(year=2021, key="usht")
    about = {"municipality": world.unit("3004"), "year": 2021, "code": "network"}
    walk(criterion_note_add, kind="documentation", reason="Brev.", **about, **by)
    note = walk(criterion_note_add, kind="overrule", outcome="met", reason="Brev.", **about, **by)
    walk(criterion_note_withdraw, note=note, reason="Feil kommune.", **by)
    walk(priority_decide, scheme=scheme, day=D(2022, 5, 1), actor=world.user("hdir"), now=by["now"])


def test_the_walk_hears_a_row_that_is_written_without_an_event(world, now):
    def silent():
        PhaseStatus.objects.get_queryset().create(
            municipality=world.unit("3004"), step=1, origin="register:x", valid_from=D(2022, 5, 1), registered_at=now
        )

    with pytest.raises(AssertionError, match="told nothing about PhaseStatus"):
        Walk()(silent)


def test_the_event_of_a_report_names_it_and_what_it_changed(world, now):
    where = {"municipality": world.unit("3004"), "now": now}
    net = world.networks[VIKEN].pk
    for day, number, status in ((D(2021, 11, 1), 1, "process"), (D(2022, 5, 1), 2, "own")):
        said = {**where, "origin": f"report:{number}/1", "valid_from": day}
        registers.plan_decision_register(status=status, **said)
        network_registers.participation_register(status="active", network_ids=[net] if number == 1 else [], **said)
    ended = Event.objects.get_queryset().get(object_type="municipalities.plandecision", note__startswith="valid_to")
    assert (ended.name, ended.from_state, ended.to_state) == ("register_by_report", "report:1/1", "report:2/1")
    assert ended.note == "valid_to: – → 2022-04-30"
    begun = Event.objects.get_queryset().filter(name="register_from_report").order_by("pk")
    assert [(event.from_state, event.to_state) for event in begun] == [("", "report:1/1"), ("", "report:2/1")]
    assert "status: process" in begun[0].note and "status: own" in begun[1].note
    began, over = Event.objects.get_queryset().filter(name="participation_by_report").order_by("pk")
    assert (began.to_state, over.to_state, over.municipality) == ("report:1/1", "report:2/1", world.unit("3004"))
    assert f'"network": [null, {net}]' in began.note and over.note == '{"valid_to": [null, "2022-04-30"]}'


def test_every_change_of_schemes_criteria_and_applications_leaves_an_event_of_each_row(world, now, today):
    walk = Walk()
    shipped_load()
    by = {"actor": world.user("hdir"), "now": now}
    made = walk(
        schemes.scheme_add, year=2021, **by,
        values=schemes.SchemeValues(key="ny", name_nb="Ny", name_nn="Ny", chapter="761", post="60"),
    )  # fmt: skip
    values = replace(schemes.scheme_values(made), managed_by="Helsedirektoratet")
    walk(schemes.scheme_change, scheme=made, values=values, seen=schemes.scheme_state(made), **by)
    walk(schemes.year_copy, year=2021, **by)
    walk(schemes.scheme_remove, scheme=made, **by)
    for rows in ({"network": {"planned_counts": False}}, {"network": {}, "samfunnsdel": {}}, {}):
        seen = criteria.criteria_get(2022)
        walk(criteria.criteria_set, year=2022, values=criteria.YearCriteria("Brev", rows=rows), seen=seen.state, **by)
    for status in ("applied", "refused"):
        rows = [lists.row(number=number, unit=None, status=status) for number in ("3004", "5421")]
        kept = lists.sent(world, lists.written(*rows), now=now)
        plan, _register = applications.list_plan(kept, today=today)
        walk(applications.list_take_in, held=kept, seen=plan.hash, **by)
    walk(applications.list_discard, held=lists.sent(world, lists.written(lists.row(status="withdrawn")), now=now), **by)
    entry = GrantApplication.objects.across_all(reason="a test").first()
    values, seen = applications.Values("granted", 500_000, 400_000), applications.application_state(entry)
    walk(applications.application_change, application=entry, values=values, seen=seen, **by)
    walk(applications.application_remove, application=entry, **by)

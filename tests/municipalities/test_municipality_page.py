"""The page of one municipality."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from municipalities.models import (
    AreaPosition,
    CorrectionProposal,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    SolutionPosition,
)
from municipalities.services import (
    phase_status_register,
    plan_anchoring_register,
    plan_decision_register,
    solution_positions_register,
)
from municipalities.services.decisions import DecisionEntry, decision_enter
from networks.models import Network, NetworkMeeting, Participation
from networks.services import participation_register, support_register
from reform.models import FocusArea
from reporting.register_page.plans import origin_of
from reporting.register_page.together import together

pytestmark = pytest.mark.django_db
SPRING = dt.date(2022, 5, 1)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"


def page(client, world, username, number):
    client.force_login(world.user(username))
    return client.get(f"/kommune/{number}/")


@pytest.mark.parametrize("number", ["0106", "3107"])
def test_an_older_or_later_number_leads_to_the_one_of_today(client, world, number):
    assert page(client, world, "hdir", number).headers["Location"] == "/kommune/3004/"


def test_the_number_follows_the_day(client, world, settings):
    settings.PORTAL_CLOCK = "2024-05-04T09:00"
    assert page(client, world, "hdir", "3004").headers["Location"] == "/kommune/3107/"


def test_names_and_numbers_through_time(client, world):
    text = page(client, world, "editor-5430", "5430").content.decode()
    assert 'Kautokeino – <span lang="se">Guovdageaidnu</span>' in text
    assert all(number in text for number in ("2011", "5430"))
    assert "5612" not in text  # not before 2024
    numbers = page(client, world, "editor-5430", "5430").context["page"].numbers
    assert [(row.number, row.valid_to) for row in numbers] == [("5430", None), ("2011", dt.date(2019, 12, 31))]
    merged = page(client, world, "hdir", "3025").content.decode()
    assert "Røyken" in merged


def test_a_district_and_a_municipality_that_is_no_more(client, world):
    district = page(client, world, "editor-030101", "030101")
    assert district.status_code == 200 and district.context["page"].unit.is_district
    merged = page(client, world, "hdir", "0627")
    assert merged.status_code == 200 and not merged.context["page"].exists
    assert [link.names for link in merged.context["page"].became] == [("Asker",)]


def test_registers_networks_and_support(client, world, now):
    unit = world.unit("3004")
    where = {"municipality": unit, "origin": "report:1/1", "valid_from": SPRING}
    plan_decision_register(
        **where, status="own", decided_on=dt.date(2021, 6, 17), case_number="PS 82/21",
        link="javascript:alert(1)", now=now,
    )  # fmt: skip
    solution_positions_register(**where, positions={"1.1": "adopted", "1.2": "not_considered"}, now=now)
    participation_register(**where, network_ids=[world.networks["oslo-og-viken"].pk], status="active", now=now)
    support_register(
        kind="course", provider="usht", office=world.office("oslo-og-viken"), on=dt.date(2021, 11, 4),
        municipalities=[unit], title="<b>Ernæring</b>", now=now,
    )  # fmt: skip
    response = page(client, world, "editor-3004", "3004")
    text = response.content.decode()
    assert response.status_code == 200
    assert "PS 82/21" in text and "Learning network Oslo og Viken" in text
    assert "&lt;b&gt;Ernæring&lt;/b&gt;" in text
    assert "javascript:" not in text  # only an address that a browser may follow becomes a link
    assert response.context["page"].chosen == 1
    other = page(client, world, "editor-3025", "3025").content.decode()
    assert "PS 82/21" not in other and "Ernæring" not in other


def test_unknown_numbers_and_other_units_are_not_there(client, world):
    assert page(client, world, "hdir", "9998").status_code == 404
    assert page(client, world, "editor-3004", "3025").status_code == 404
    assert page(client, world, "statsforvalter-oslo-og-viken", "3025").status_code == 200
    assert page(client, world, "statsforvalter-oslo-og-viken", "5430").status_code == 404
    assert page(client, world, "hod", "3004").status_code == 403


def rich(world, now, number="3004", years=3):
    """A unit with a long history in every register."""
    unit, office = world.unit(number), world.office("oslo-og-viken")
    actor = world.user("statsforvalter-oslo-og-viken")
    for step in range(years * 4):
        day = dt.date(2019, 2, 1) + dt.timedelta(days=90 * step)
        where = {"municipality": unit, "origin": f"report:{step}/1", "valid_from": day}
        plan_decision_register(
            **where, status="process", process=str(step), now=now, expected_on=day + dt.timedelta(days=400)
        )
        plan_anchoring_register(**where, plan_types=["samfunnsdel", "budget"][: 1 + step % 2], now=now)
        solution_positions_register(
            **where, positions={f"{area}.{n}": ("adopted", "considered")[(step + n) % 2]
                                for area in range(1, 6) for n in range(1, 6)}, now=now,
        )  # fmt: skip
        phase_status_register(**where, step=1 + step % 5, phase=2 + step % 3, delay_months=step, now=now)
        support_register(kind="course", provider="ks", office=office, on=day, municipalities=[unit], now=now)
        network = Network.objects.get_queryset().create(
            name=f"N{step}", kind="regional", valid_from=dt.date(2018, 1, 1)
        )
        network.offices.add(office)
        Participation.objects.get_queryset().create(
            network=network, municipality=unit, status="active", origin="register", valid_from=day
        )
        NetworkMeeting.objects.get_queryset().create(network=network, on=day + dt.timedelta(days=5))
        CorrectionProposal.objects.get_queryset().create(
            municipality=unit,
            about="plan",
            text=f"Feil {step}",
            proposed_by=actor,
            proposed_by_name="N",
            proposed_at=now,
        )
        AreaPosition.objects.get_queryset().create(
            municipality=unit, area=FocusArea.objects.get(code=str(1 + step % 5)), position="adopted",
            valid_from=day, origin=f"register:{step}", registered_at=now, registered_by_name="Kari",
        )  # fmt: skip
    return unit


def queries(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("username", ["statsforvalter-oslo-og-viken", "editor-3004", "hdir", "evaluator"])
def test_at_most_fifteen_queries_whatever_the_history(client, world, now, username):
    client.force_login(world.user(username))
    client.get("/kommune/3004/")
    before = queries(client, "/kommune/3004/")
    rich(world, now)
    assert queries(client, "/kommune/3004/") == before <= 15


def test_everything_of_a_rich_history_is_there(client, world, now):
    rich(world, now)
    found = page(client, world, "statsforvalter-oslo-og-viken", "3004").context["page"]
    assert len(found.plans) == len(found.networks) == len(found.support) == len(found.corrections) == 12
    assert found.networks[0].last_met == found.networks[0].row.valid_from + dt.timedelta(days=5)
    assert found.plan.row.process == "11" and found.status.delay_months == 11
    assert [entry.day for entry in found.timeline if entry.state == "done"] == sorted(
        entry.day for entry in found.timeline if entry.state == "done"
    )
    assert found.corrections[0].proposed_at == now


def test_the_steps_say_when_they_were_finished(client, world, now):
    unit = world.unit("3004")
    for step, day in ((1, dt.date(2019, 5, 1)), (2, dt.date(2020, 5, 1)), (4, dt.date(2021, 5, 1))):
        phase_status_register(
            municipality=unit, origin=f"report:{step}/1", valid_from=day, step=step, phase=2, delay_months=None, now=now
        )
    steps = page(client, world, "editor-3004", "3004").context["page"].steps
    assert [(step.state, step.day) for step in steps] == [
        ("done", dt.date(2020, 5, 1)), ("done", dt.date(2021, 5, 1)), ("done", dt.date(2021, 5, 1)),
        ("now", dt.date(2021, 5, 1)), ("", None),
    ]  # fmt: skip


def test_what_no_report_put_there_says_so(client, world, now):
    actor = world.user("statsforvalter-oslo-og-viken")
    entry = DecisionEntry(status="own", decided_on=dt.date(2022, 4, 20), solutions={"1.1": "adopted"})
    decision_enter(municipality=world.unit("3004"), entry=entry, actor=actor, now=now)
    response = page(client, world, "editor-3004", "3004")
    found = response.context["page"]
    origin = found.plans[0].origin
    assert origin.direct and not origin.after_report and origin.by == str(actor)
    assert str(actor) in response.content.decode()
    assert found.areas[0].rows[0].decision == found.plans[0] and found.plans[0].positions == 1


def test_a_direct_change_after_the_report_shows_as_such(now):
    row = PlanDecision(origin="register:abc", registered_at=now, registered_by_name="Kari")
    assert origin_of(row, now - dt.timedelta(days=1)).after_report
    assert not origin_of(row, now + dt.timedelta(days=1)).after_report
    assert not origin_of(PlanDecision(origin="report:1/1", registered_at=now), None).direct


def test_the_risk_patterns_are_internal(client, world):
    assert page(client, world, "statsforvalter-oslo-og-viken", "3004").context["page"].risk
    assert page(client, world, "hdir", "3004").context["page"].risk
    for username in ("editor-3004", "ks-oslo-og-viken", "usht-oslo-og-viken", "evaluator"):
        response = page(client, world, username, "3004")
        assert not response.context["page"].risk and 'id="risk"' not in response.content.decode()


def test_each_is_offered_what_her_role_may_do(client, world):
    def may(username, number="3004"):
        return page(client, world, username, number).context["page"].may & {
            "register.edit", "support.edit", "correction.propose",
        }  # fmt: skip

    assert may("statsforvalter-oslo-og-viken") == {"register.edit", "support.edit"}
    assert may("ks-oslo-og-viken") == {"support.edit"}
    assert may("editor-3004") == {"correction.propose"}
    assert may("reader-3004") == may("evaluator") == may("hdir") == set()
    assert may("hdir-admin") == {"register.edit", "support.edit"}


def test_a_unit_that_is_no_more_leads_to_what_it_became(client, world):
    text = page(client, world, "statsforvalter-oslo-og-viken", "0627").content.decode()
    assert 'href="/kommune/3025/"' in text
    back = page(client, world, "editor-3025", "3025").content.decode()
    assert 'href="/kommune/0627/"' in back


def test_rows_that_came_together_are_those_of_their_tables(world, now, django_assert_num_queries):
    rich(world, now, years=1)
    models = (PlanDecision, PlanAnchoring, SolutionPosition, AreaPosition, PhaseStatus, CorrectionProposal)
    with django_assert_num_queries(1):
        found = together(model.objects.get_queryset() for model in models)
    for model in models:
        wanted = list(model.objects.get_queryset().order_by("pk"))
        fields = [field.attname for field in model._meta.concrete_fields]
        assert wanted == found[model]
        assert [[getattr(row, name) for name in fields] for row in wanted] == [
            [getattr(row, name) for name in fields] for row in found[model]
        ]
    with pytest.raises(ValueError):
        together([])

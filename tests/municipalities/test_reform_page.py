"""The page of the reform: its phases on a day, and how its period was changed."""

from __future__ import annotations

import datetime as dt

import pytest

from reform.dates import EndDecision, PhaseDates, end_changes, periods_known
from reform.models import Phase, PhasePeriod, Reform, ReformEnd

D = dt.date
PLANNED, PROLONGED, TAKEN_BACK = D(2018, 5, 4), D(2021, 10, 12), D(2022, 10, 6)
ENDS = [(D(2023, 12, 31), PLANNED), (D(2024, 12, 31), PROLONGED), (D(2023, 12, 31), TAKEN_BACK)]


def test_the_changes_of_the_end_seen_from_a_day():
    ends = [EndDecision(end, day) for end, day in reversed(ENDS)]
    changes = end_changes(D(2022, 5, 1), ends)
    assert [change.kind for change in changes] == ["planned", "prolonged", "taken_back"]
    assert [change.known for change in changes] == [True, True, False]
    assert [change.in_force for change in changes] == [False, True, False]
    assert [change.before for change in changes] == [None, D(2023, 12, 31), D(2024, 12, 31)]
    assert [change.in_force for change in end_changes(D(2023, 1, 1), ends)] == [False, False, True]
    assert not any(change.in_force for change in end_changes(D(2018, 1, 1), ends))
    assert end_changes(PLANNED, [EndDecision(*ENDS[0]), EndDecision(D(2023, 12, 31), PROLONGED)])[1].kind == "unchanged"


def test_the_periods_as_they_were_known():
    periods = [PhaseDates(4, D(2023, 1, 1), end, day) for end, day in ENDS]
    assert periods_known(D(2018, 1, 1), periods) == ()
    assert [period.ends_on for period in periods_known(D(2022, 5, 1), periods)] == [D(2024, 12, 31)]
    assert [period.ends_on for period in periods_known(D(2023, 5, 1), periods)] == [D(2023, 12, 31)]


@pytest.fixture
def reform(world, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    row = Reform.objects.create(key="x", name_nb="Leve hele livet", name_nn="Leve heile livet", starts_on=D(2019, 1, 1))
    for number, (end, day) in enumerate(ENDS):
        ReformEnd.objects.create(reform=row, ends_on=end, decided_on=day, source=f"Kilde {number}")
    for number, (first, last) in {3: (D(2021, 1, 1), D(2023, 12, 31)), 4: (D(2023, 1, 1), D(2023, 12, 31))}.items():
        phase = Phase.objects.create(number=number, name_nb=f"Fase {number}", name_nn=f"Fase {number}")
        PhasePeriod.objects.create(phase=phase, starts_on=first, ends_on=last, decided_on=PLANNED, source="Kilde 0")
    PhasePeriod.objects.create(
        phase=phase, starts_on=D(2023, 1, 1), ends_on=D(2024, 12, 31), decided_on=PROLONGED, source="Kilde 1"
    )


@pytest.mark.django_db
def test_every_role_reads_it(client, world, reform):
    for username in ("editor-3004", "ks-oslo-og-viken", "hdir", "hod", "evaluator"):
        client.force_login(world.user(username))
        response = client.get("/reformen/")
        assert response.status_code == 200 and response.context["running"] == ["Fase 3"]
    text = response.content.decode()
    assert all(f"Kilde {number}" in text for number in range(3))
    assert response.context["ends_on"] == D(2024, 12, 31)


@pytest.mark.django_db
def test_it_is_seen_from_another_day(client, world, reform):
    client.force_login(world.user("hdir"))
    later = client.get("/reformen/", {"dato": "1.6.2023"})
    assert later.context["running"] == ["Fase 3", "Fase 4"] and later.context["ends_on"] == D(2023, 12, 31)
    assert client.get("/reformen/", {"dato": "2024-06-01"}).context["running"] == ["Fase 4"]
    early = client.get("/reformen/", {"dato": "01.01.2018"})
    assert early.status_code == 200 and early.context["ends_on"] is None


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["32.1.2022", "x" * 300, "<script>", "1.1.22222", "\x07"])
def test_a_day_that_is_none_is_said_at_the_field(client, world, reform, typed):
    client.force_login(world.user("hdir"))
    response = client.get("/reformen/", {"dato": typed})
    assert response.status_code == 400 and response.context["fault"]
    assert "<script>alert" not in response.content.decode()


@pytest.mark.django_db
def test_four_queries_for_the_reform_itself(client, world, reform, django_assert_max_num_queries):
    client.force_login(world.user("hdir"))
    client.get("/reformen/")
    with django_assert_max_num_queries(9):
        client.get("/reformen/")

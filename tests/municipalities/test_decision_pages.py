"""The pages of decisions, anchoring and progress: what is typed is kept, each fault at its field, nobody too far."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import AreaPosition, Event, PhaseStatus, PlanAnchoring, PlanDecision, SolutionPosition
from municipalities.services import plan_decision_register
from municipalities.services.anchoring import AnchoringEntry, anchoring_enter
from municipalities.services.decisions import DecisionEntry, decision_enter
from municipalities.services.progress import ProgressEntry, progress_enter
from reform.models import Solution

D = dt.date
pytestmark = pytest.mark.django_db
NEW, ANCHORING, PROGRESS = "/kommune/3004/vedtak/nytt/", "/kommune/3004/forankring/", "/kommune/3004/framdrift/"
PDF = b"%PDF-1.7\nnothing more"
HOSTILE = "<script>alert(1)</script> =SUM(1+1)"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"


@pytest.fixture
def writer(client, world):
    """The statsforvalter's browser."""
    client.force_login(world.user("statsforvalter-oslo-og-viken"))
    return client


@pytest.fixture
def decision(world, now):
    entry = DecisionEntry("own", decided_on=D(2021, 6, 17), title=HOSTILE, solutions={"1.1": "adopted"})
    actor = world.user("statsforvalter-oslo-og-viken")
    return decision_enter(municipality=world.unit("3004"), entry=entry, actor=actor, now=now)


def own(**values):
    return {"status": "own", "decided_on": "10.03.2022", **values}


def faults(response):
    return {name: errors[0] for name, errors in response.context["form"].errors.items()}


# --- A new decision -----------------------------------------------------------------------------------


def test_a_decision_with_positions_and_a_document(writer):
    data = own(
        title="Plan", case_number="PS 1/22", link="https://a.example/1", area_1="adopted", same_1="on", **{
            "solution_1.2": "considered", "solution_2.1": "adapted", "elder_council_on": "1. mars 2022",
            "elder_council": HOSTILE, "documents": [SimpleUploadedFile("sak.pdf", PDF)],
        },
    )  # fmt: skip
    response = writer.post(NEW, data, follow=True)
    row = PlanDecision.objects.get_queryset().get()
    assert response.redirect_chain == [(f"/vedtak/{row.pk}/", 302)]
    assert (row.title, row.decided_on, row.elder_council_on) == ("Plan", D(2022, 3, 10), D(2022, 3, 1))
    positions = dict(SolutionPosition.objects.get_queryset().values_list("solution__code", "position"))
    assert positions == {
        "1.1": "adopted", "1.2": "considered", "1.3": "adopted", "1.4": "adopted", "1.5": "adopted", "2.1": "adapted",
    }  # fmt: skip
    assert AreaPosition.objects.get_queryset().get().position == "adopted"
    text = response.content.decode()
    assert "sak.pdf" in text and "&lt;script&gt;" in text and "<script>alert" not in text


def test_all_faults_at_once_and_all_that_was_typed_is_kept(writer):
    data = own(
        decided_on="32.13.2022", link="ftp://a", title=HOSTILE, elder_council_on="1.1.2030", area_2="in_place",
        **{"solution_3.3": "adapted", "same_2": "on"},
    )  # fmt: skip
    response = writer.post(NEW, data)
    assert response.status_code == 400
    assert set(faults(response)) == {"decided_on", "link", "elder_council_on"}
    text = response.content.decode()
    assert 'value="32.13.2022"' in text and 'value="ftp://a"' in text and "&lt;script&gt;" in text
    assert 'name="area_2" value="in_place" id="id_area_2_1" checked' in text
    assert 'name="solution_3.3" value="adapted" id="id_solution_3.3_3" checked' in text
    assert PlanDecision.objects.get_queryset().count() == 0


def test_what_only_the_register_knows_is_said_at_the_field(writer, decision):
    response = writer.post(NEW, own(decided_on="17.06.2021"))
    assert response.status_code == 400 and list(faults(response)) == ["decided_on"]
    assert "17.\u00a0juni 2021" in faults(response)["decided_on"]


@pytest.mark.parametrize("data", [{}, {"status": "x"}, own(area_1="x"), own(**{"solution_1.1": "<b>"})])
def test_nonsense_is_refused(writer, data):
    assert writer.post(NEW, data).status_code == 400
    assert PlanDecision.objects.get_queryset().count() == 0


def test_a_file_of_another_kind_is_refused_and_asked_for_anew(writer):
    response = writer.post(NEW, own(documents=[SimpleUploadedFile("sak.pdf", b"MZ program")]))
    assert response.status_code == 400 and "sak.pdf" in faults(response)["documents"]
    assert response.context["files_again"]


def test_it_says_until_when_an_older_decision_holds(writer, decision):
    response = writer.post(NEW, own(decided_on="18.06.2020"), follow=True)
    assert any("2021" in str(message) for message in response.context["messages"])


def test_an_older_number_leads_to_the_one_of_today(writer):
    assert writer.get("/kommune/0106/vedtak/nytt/").headers["Location"] == NEW
    assert writer.get("/kommune/0106/forankring/").headers["Location"] == ANCHORING
    assert writer.get("/kommune/9998/framdrift/").status_code == 404


# --- One decision ----------------------------------------------------------------------------------------


def test_everybody_with_the_right_reads_it_and_few_may_change(client, world, decision):
    client.force_login(world.user("editor-3004"))
    text = client.get(f"/vedtak/{decision.pk}/").content.decode()
    assert "&lt;script&gt;" in text and f"/vedtak/{decision.pk}/rett/" not in text and "/dokument/" not in text
    assert "/kommune/3004/rett/?om=plan" in text
    assert client.post(f"/vedtak/{decision.pk}/dokument/").status_code == 403
    client.force_login(world.user("editor-3025"))
    assert client.get(f"/vedtak/{decision.pk}/").status_code == 404


def test_putting_right_shows_what_is_registered_and_keeps_the_history(writer, decision):
    page = writer.get(f"/vedtak/{decision.pk}/rett/").content.decode()
    assert 'value="17.06.2021"' in page
    assert 'name="solution_1.1" value="adopted" id="id_solution_1.1_2" checked' in page
    data = {"status": "own", "decided_on": "18.06.2021", "title": "Plan", "solution_1.1": "in_place", "reason": "Slip"}
    response = writer.post(f"/vedtak/{decision.pk}/rett/", data, follow=True)
    text = response.content.decode()
    assert "Slip" in text and "<del>17.\u00a0juni 2021</del>" in text and "<ins>18.\u00a0juni 2021</ins>" in text
    assert writer.post(f"/vedtak/{decision.pk}/rett/", {"status": "own"}).status_code == 400


def test_a_report_s_decision_says_where_it_came_from(writer, world, now):
    row = plan_decision_register(
        municipality=world.unit("3004"), status="inside", decided_on=D(2021, 6, 17), link="javascript:alert(1)",
        origin="report:12/1", valid_from=D(2021, 11, 1), now=now,
    )  # fmt: skip
    text = writer.get(f"/vedtak/{row.pk}/").content.decode()
    assert f'href="{reverse("report_detail", args=[12])}"' in text
    assert 'href="javascript:' not in text
    data = {"status": "inside", "decided_on": "17.06.2021", "valid_from": "01.11.2021", "case_number": "PS 2/21"}
    assert writer.post(f"/vedtak/{row.pk}/rett/", data).status_code == 302
    row.refresh_from_db()
    assert row.origin.startswith("register:") and row.valid_from == D(2021, 11, 1)
    assert writer.post(f"/vedtak/{row.pk}/ta-ut/", {"reason": ""}).status_code == 400


def test_taking_out(writer, decision):
    assert writer.post(f"/vedtak/{decision.pk}/ta-ut/", {"reason": " "}).status_code == 400
    response = writer.post(f"/vedtak/{decision.pk}/ta-ut/", {"reason": "Wrong municipality"})
    assert response.headers["Location"] == "/kommune/3004/"
    assert PlanDecision.objects.get_queryset().count() == 0
    assert Event.objects.get_queryset().filter(name="register_removed").exists()


def test_a_document_is_saved_and_never_shown(writer, client, world, decision):
    add = f"/vedtak/{decision.pk}/dokument/"
    assert writer.post(add, {}).status_code == 400
    assert writer.post(add, {"document": [SimpleUploadedFile("x.html", b"<html>")]}).status_code == 400
    assert writer.post(add, {"document": [SimpleUploadedFile("Sak æøå.pdf", PDF)]}).status_code == 302
    document = decision.documents.get()
    client.force_login(world.user("editor-3004"))
    response = client.get(f"/vedtak/dokument/{document.pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "application/pdf"
    client.force_login(world.user("editor-3025"))
    assert client.get(f"/vedtak/dokument/{document.pk}/").status_code == 404
    client.force_login(world.user("statsforvalter-oslo-og-viken"))
    assert client.post(f"/vedtak/dokument/{document.pk}/ta-bort/").status_code == 302
    assert client.get(f"/vedtak/dokument/{document.pk}/").status_code == 404


# --- Anchoring -------------------------------------------------------------------------------------------


def plan(**values):
    return {
        "plan_type": "handlingsdel", "is_expected": "0", "adopted_on": "14.12.2020", "covers_from": "2021",
        "covers_to": "2024", **values,
    }  # fmt: skip


def test_a_plan_and_that_its_revision_is_due(writer, decision):
    response = writer.post(ANCHORING, plan(decision=str(decision.pk), note=HOSTILE), follow=True)
    row = PlanAnchoring.objects.get_queryset().get()
    assert (row.covers_from, row.covers_to, row.decision) == (2021, 2024, decision)
    text = response.content.decode()
    assert "31.\u00a0desember 2024" in text and "1.\u00a0januar 2022" in text and "<script>alert" not in text


def test_faults_of_a_plan_keep_what_was_typed(writer):
    response = writer.post(ANCHORING, plan(adopted_on="no day", covers_from="x", link="ftp", name=HOSTILE))
    assert response.status_code == 400
    assert set(faults(response)) == {"adopted_on", "covers_from", "link"}
    assert 'value="no day"' in response.content.decode() and "&lt;script&gt;" in response.content.decode()
    assert set(faults(writer.post(ANCHORING, {}))) >= {"plan_type", "is_expected"}


def test_a_decision_of_another_unit_cannot_be_chosen(writer, world, now):
    other = plan_decision_register(
        municipality=world.unit("3025"), status="none", origin="report:9/1", valid_from=D(2021, 11, 1), now=now
    )
    assert list(faults(writer.post(ANCHORING, plan(decision=str(other.pk))))) == ["decision"]


def test_a_plan_is_put_right_ended_and_taken_out(writer, world, now):
    entry = AnchoringEntry("samfunnsdel", adopted_on=D(2021, 3, 1))
    row = anchoring_enter(municipality=world.unit("3004"), entry=entry, actor=None, now=now)
    url = f"/forankring/{row.pk}/rett/"
    assert 'value="01.03.2021"' in writer.get(url).content.decode()
    data = {"adopted_on": "02.03.2021", "name": "Samfunnsdel", "reason": "Slip"}
    assert writer.post(url, data).headers["Location"] == ANCHORING
    row.refresh_from_db()
    assert (row.valid_from, row.name) == (D(2021, 3, 2), "Samfunnsdel")
    assert writer.post(url, {"gjor": "avslutt", "last": ""}).status_code == 400
    assert writer.post(url, {"gjor": "avslutt", "last": "1.1.2020"}).status_code == 400
    assert writer.post(url, {"gjor": "avslutt", "last": "30.04.2022"}).status_code == 302
    assert writer.post(url, {"gjor": "ta-ut", "reason": ""}).status_code == 400
    assert writer.post(url, {"gjor": "ta-ut", "reason": "Twice"}).status_code == 302
    assert PlanAnchoring.objects.get_queryset().count() == 0


# --- Progress --------------------------------------------------------------------------------------------


def test_progress_begins_from_what_holds_and_takes_its_place(writer, world, now):
    entry = ProgressEntry(D(2020, 3, 1), 2, 2, 6, "pandemic")
    progress_enter(municipality=world.unit("3004"), entry=entry, actor=None, now=now)
    page = writer.get(PROGRESS)
    assert page.context["form"].initial["step"] == 2
    data = {"valid_from": "1.2.2021", "step": "3", "phase": "2", "delay_months": "0", "note": HOSTILE}
    text = writer.post(PROGRESS, data, follow=True).content.decode()
    assert "<script>alert" not in text and "til 31.\u00a0januar 2021" in text
    again = writer.post(PROGRESS, {**data, "step": "4"})
    assert again.status_code == 400 and list(faults(again)) == ["valid_from"]
    row = PhaseStatus.objects.get_queryset().order_by("valid_from").last()
    url = f"/framdrift/{row.pk}/rett/"
    assert writer.post(url, {**data, "step": "4", "reason": "Slip"}).status_code == 302
    assert "Slip" in writer.get(url).content.decode()
    assert writer.post(url, {"gjor": "ta-ut", "reason": "Wrong"}).status_code == 302
    assert PhaseStatus.objects.get_queryset().get().valid_to is None


def test_faults_of_progress(writer):
    response = writer.post(PROGRESS, {"valid_from": "", "delay_months": "many"})
    assert response.status_code == 400 and {"valid_from", "delay_months"} <= set(faults(response))
    assert 'value="many"' in response.content.decode()


def test_a_municipality_reads_and_does_not_write(client, world):
    client.force_login(world.user("editor-3004"))
    for url in (ANCHORING, PROGRESS):
        response = client.get(url)
        assert response.status_code == 200 and '<form method="post" class="stack-lg' not in response.content.decode()
        assert client.post(url, {}).status_code == 403


# --- Queries -----------------------------------------------------------------------------------------------


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_the_number_of_queries_does_not_grow(writer, world, decision, now):
    unit, by = world.unit("3004"), {"actor": world.user("hdir-admin"), "now": now}
    urls = (NEW, ANCHORING, PROGRESS, f"/vedtak/{decision.pk}/", f"/vedtak/{decision.pk}/rett/")
    for url in urls:
        writer.get(url)
    before = [queries(writer, url) for url in urls]
    codes = list(Solution.objects.values_list("code", flat=True))
    for month in range(1, 11):
        entry = DecisionEntry("own", decided_on=D(2020, month, 3), solutions=dict.fromkeys(codes, "adopted"))
        row = decision_enter(municipality=unit, entry=entry, **by)
        adopted = AnchoringEntry("strategy", adopted_on=D(2020, month, 3), decision=row)
        anchoring_enter(municipality=unit, entry=adopted, **by)
        progress_enter(municipality=unit, entry=ProgressEntry(D(2020, month, 3), 1 + month % 5), **by)
    assert [queries(writer, url) for url in urls] == before
    assert max(before) <= 20


def test_the_api_gives_positions_at_a_constant_number_of_queries(writer, world, decision, now):
    url = "/api/v1/plan-decisions/"
    (row,) = [entry for entry in writer.get(url).json()["results"] if entry["id"] == decision.pk]
    assert row["positions"] == {"1.1": "adopted"} and row["areas"] == {} and row["title"] == HOSTILE
    before = queries(writer, url)
    for number in ("3025", "0301"):
        entry = DecisionEntry("own", decided_on=D(2021, 3, 1), areas={"2": "adapted"}, solutions={"2.1": "adapted"})
        decision_enter(municipality=world.unit(number), entry=entry, actor=None, now=now)
    # the areas come with the first decision that takes a position on one
    assert queries(writer, url) <= before + 1

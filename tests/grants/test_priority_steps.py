"""What is done on the pages of the priority lists: adding to a criterion, deciding a list, trying other criteria."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from grants.models import CriterionNote, PriorityDecision
from grants.services.criterion_notes import criterion_note_add
from grants.services.priority_decisions import priority_decide
from grants.services.shipped import shipped_load
from municipalities.models import PlanDecision
from networks.models import Participation
from tests.grants.priority_world import NOW, join, meets, scheme
from tests.world import FINNMARK, VIKEN

pytestmark = pytest.mark.django_db
LIST = "/tilskudd/2021/prioritet/"
API = "/api/v1/grants/priority/"
HOSTILE = '<script>alert(1)</script>=HYPERLINK("x")'


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def login(world):
    shipped_load()
    meets(world.unit("3004"), world.networks[VIKEN])
    meets(world.unit("3025"), world.networks[VIKEN], leave="network")
    meets(world.unit("5430"), world.networks[FINNMARK])

    def make(username="hdir"):
        client = Client()
        client.force_login(world.user(username))
        return client

    return make


@pytest.fixture
def page_of(world):
    return lambda number: f"{LIST}kommune/{world.unit(number).pk}/"


def text(response) -> str:
    return response.content.decode()


def part(response, code="network"):
    return next(part for part in response.context["parts"] if part.head.code == code)


# --- one municipality -----------------------------------------------------------------------------------


def test_each_piece_of_evidence_leads_to_what_it_is(login, world, page_of):
    client = login("editor-3004")
    page = client.get(page_of("3004"))
    assert page.context["line"].priority and "own_url" in page.context
    plan, content = part(page, "plan_or_process"), part(page, "plan_content")
    decision = PlanDecision.objects.across_all(reason="test").get(municipality=world.unit("3004"))
    assert [row.url for row in plan.evidence] == [f"/vedtak/{decision.pk}/"]
    assert {row.url for row in content.evidence} == {f"/vedtak/{decision.pk}/", "/kommune/3004/#solutions"}
    assert [row.url for row in part(page, "samfunnsdel").evidence] == ["/kommune/3004/#anchored"]
    network = world.networks[VIKEN]
    shown = part(page).evidence[0]
    assert (shown.url, shown.what) == (f"/nettverk/{network.pk}/", network.name)
    for found in page.context["parts"]:
        for row in found.evidence:
            assert client.get(row.url.split("#")[0]).status_code == 200
        assert "kap. 3.2" in found.head.source and found.head.version >= 1


def test_what_is_missing_is_one_sentence_about_what_to_do(login, page_of):
    found = part(login("editor-3025").get(page_of("3025")))
    assert found.verdict.state == "unknown" and found.verdict.missing.count(".") == 1
    assert found.form is None


def test_a_merged_municipality_shows_the_evidence_of_each_part(login, world, page_of):
    for number in ("1927", "1928"):
        meets(world.unit(number), None, since=dt.date(2019, 3, 1))
    page = login(f"statsforvalter-{FINNMARK}").get(page_of("5421"))
    found = part(page, "plan_or_process")
    assert {row.part for row in found.evidence} == {"1927 Tranøy", "1928 Torsken"}
    assert [name for name, _state in found.parts] == ["1927 Tranøy", "1928 Torsken"]
    gone = login(f"statsforvalter-{FINNMARK}").get(page_of("1927"))
    assert gone.status_code == 404 and "2022" in text(gone)
    then = login(f"statsforvalter-{FINNMARK}").get(page_of("1927") + "?dag=2019-06-01")
    assert then.status_code == 200 and then.context["line"].name == "Tranøy"


def test_a_district_has_no_page(login, page_of):
    assert login().get(page_of("030101")).status_code == 404


def test_the_statsforvalter_documents_overrules_and_withdraws_and_the_municipality_sees_it(login, world, page_of):
    client, own = login(f"statsforvalter-{VIKEN}"), login("editor-3025")
    url = page_of("3025")
    said = {"code": "network", "network-what": "documentation", "network-reason": HOSTILE, "network-link": ""}
    assert client.post(url, said).headers["Location"] == f"{url}#network"
    assert part(own.get(url)).verdict.state == "unknown"
    said = {**said, "network-what": "overrule-met", "network-link": "https://asker.example.no/vedtak"}
    assert client.post(url, said).status_code == 302
    page = own.get(url)
    assert part(page).verdict.state == "met" and part(page).verdict.computed.state == "unknown"
    assert page.context["line"].priority
    assert "<script>alert" not in text(page) and "https://asker.example.no/vedtak" in text(page)
    assert [note.form for note in part(page).notes] == [None, None]
    again = client.post(url, said)
    assert again.status_code == 422 and part(again).form.errors["what"]
    row = CriterionNote.objects.across_all(reason="test").get(kind="overrule")
    empty = client.post(url, {"note": row.pk, f"note-{row.pk}-reason": "  "})
    assert empty.status_code == 422 and part(empty).notes[0].is_open
    assert client.post(url, {"note": row.pk, f"note-{row.pk}-reason": "Feil kommune"}).status_code == 302
    page = own.get(url)
    assert part(page).verdict.state == "unknown" and "Feil kommune" in text(page) and "data-withdrawn" in text(page)


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"network-what": "", "network-reason": "Fordi"}, "what"),
        ({"network-what": "tull", "network-reason": "Fordi"}, "what"),
        ({"network-what": "overrule-met", "network-reason": " "}, "reason"),
        ({"network-what": "overrule-met", "network-reason": "x" * 4001}, "reason"),
        ({"network-what": "documentation", "network-reason": "Fordi", "network-link": "javascript:alert(1)"}, "link"),
        ({"network-what": "documentation", "network-reason": "Fordi", "network-link": "x" * 600}, "link"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(login, page_of, typed, where):
    page = login(f"statsforvalter-{VIKEN}").post(page_of("3025"), {"code": "network", **typed})
    form = part(page).form
    assert page.status_code == 422 and list(form.errors) == [where] and len(form.errors[where]) == 1
    assert form["reason"].value() == typed["network-reason"]
    assert not CriterionNote.objects.across_all(reason="test").exists()


def test_nobody_else_adds_or_withdraws(login, world, page_of):
    said = {"code": "network", "network-what": "documentation", "network-reason": "Fordi"}
    url = page_of("3025")
    for user, status in (("hdir", 403), ("editor-3025", 403), (f"statsforvalter-{FINNMARK}", 404)):
        assert login(user).post(url, said).status_code == status, user
    assert login(f"statsforvalter-{VIKEN}").post(url, {**said, "code": "tull"}).status_code == 404
    other = criterion_note_add(
        municipality=world.unit("5430"), year=2021, code="network", kind="documentation", reason="x",
        actor=world.user(f"statsforvalter-{FINNMARK}"), now=NOW,
    )  # fmt: skip
    given = {"note": other.pk, f"note-{other.pk}-reason": "Fordi"}
    assert login(f"statsforvalter-{VIKEN}").post(url, given).status_code == 404
    assert login(f"statsforvalter-{VIKEN}").post(url, {"note": "9" * 40}).status_code == 404


def test_an_earlier_day_is_read_and_not_written_to(login, page_of):
    page = login(f"statsforvalter-{VIKEN}").get(page_of("3025") + "?dag=2022-05-01")
    assert all(found.form is None for found in page.context["parts"]) and not page.context["is_today"]


# --- deciding -------------------------------------------------------------------------------------------


def decided(client, **typed):
    return client.post(f"{LIST}usht/", {"day": "4.5.2022", "note": "", **typed})


def test_a_list_is_decided_once_and_anew_only_with_a_reason(login):
    client = login()
    first = decided(client)
    row = PriorityDecision.objects.across_all(reason="test").get()
    assert first.headers["Location"] == f"/tilskudd/prioritet/vedtak/{row.pk}/"
    page = client.get(first.headers["Location"])
    assert row.content_hash in text(page) and page.context["holds"] and "Hdir Testesen" in text(page)
    assert page.context["rows"][0]["line"].name == "Asker" and page.context["met"] == 2
    assert not page.context["fallen_in"] and not page.context["fallen_out"]
    again = decided(client)
    assert again.status_code == 422 and list(again.context["form"].errors) == ["note"]
    assert decided(client, note="Ny dag").status_code == 302
    listed = client.get(f"{LIST}usht/").context["decisions"]
    assert [entry.version for entry in listed] == [2, 1]
    scheme_line = next(
        line["line"].scheme for line in client.get(LIST).context["schemes"] if line["line"].scheme.decided
    )
    assert scheme_line.key == "usht" and scheme_line.decided == listed[0].pk


@pytest.mark.parametrize("day", ["", "tull", "5.5.2022", "1.1.1900", "<b>"])
def test_a_day_that_cannot_be_decided_is_told_at_its_field(login, day):
    page = decided(login(), day=day, note="Merknad")
    assert page.status_code == 422 and list(page.context["form"].errors) == ["day"]
    assert page.context["form"]["note"].value() == "Merknad"
    assert not PriorityDecision.objects.across_all(reason="test").exists()


def test_only_hdir_decides(login):
    for user in (f"statsforvalter-{VIKEN}", "editor-3004"):
        assert decided(login(user)).status_code == 403
        assert "form" not in login(user).get(f"{LIST}usht/").context
        assert login(user).get(f"{LIST}hva-om/").status_code == 403


def test_the_decision_stands_and_says_who_would_fall_in_and_out_today(login, world):
    client = login()
    url = decided(client).headers["Location"]
    before = PriorityDecision.objects.across_all(reason="test").get().canonical
    Participation.objects.get_queryset().filter(municipality=world.unit("3004")).delete()
    join(world.unit("3025"), world.networks[VIKEN])
    page = client.get(url)
    assert [entry["row"].name for entry in page.context["fallen_out"]] == ["Fredrikstad"]
    assert [entry["row"].name for entry in page.context["fallen_in"]] == ["Asker"]
    short, was, now, why = page.context["fallen_out"][0]["why"][0]
    assert (was, now) == ("met", "unknown") and short and why
    assert page.context["met"] == 2 and page.context["holds"]
    assert PriorityDecision.objects.across_all(reason="test").get().canonical == before


def test_each_sees_her_own_rows_of_a_decision(login):
    url = decided(login()).headers["Location"]
    seen = {
        user: [line["line"].name for line in login(user).get(url).context["rows"]]
        for user in (f"statsforvalter-{FINNMARK}", "editor-3004")
    }
    assert seen == {
        f"statsforvalter-{FINNMARK}": ["Kautokeino – Guovdageaidnu", "Senja"],
        "editor-3004": ["Fredrikstad"],
    }
    for user, names in seen.items():
        assert len(text(login(user).get(url + "?format=csv")).splitlines()) == len(names) + 1
    for user in ("hod", "evaluator", f"ks-{VIKEN}"):
        assert login(user).get(url).status_code == 403


def test_a_decision_that_was_tampered_with_says_so(login):
    url = decided(login()).headers["Location"]
    row = PriorityDecision.objects.across_all(reason="test").get()
    PriorityDecision.objects.get_queryset().update(canonical=row.canonical.replace("Asker", "Bsker"))
    assert not login().get(url).context["holds"]


def test_the_file_of_a_decision_names_its_hash_and_who_decided(login):
    url = decided(login()).headers["Location"]
    row = PriorityDecision.objects.across_all(reason="test").get()
    page = openpyxl.load_workbook(io.BytesIO(login().get(url + "?format=xlsx").content)).active
    facts = " ".join(str(cell.value) for line in page.iter_rows(max_row=10) for cell in line if cell.value)
    assert row.content_hash in facts and "Hdir Testesen" in facts


def test_a_decision_asks_no_more_when_there_are_more_municipalities(login, world):
    client = login()
    url = decided(client).headers["Location"]

    def asked() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return len(caught)

    few = asked()
    for number in ("0301", "5421"):
        meets(world.unit(number), None)
    priority_decide(scheme=scheme("usht"), day=NOW.date(), actor=world.user("hdir"), now=NOW, note="Igjen")
    assert asked() == few <= 25


# --- what if --------------------------------------------------------------------------------------------

EVERY = "prov=1&" + "&".join(
    f"kriterium={code}" for code in ("plan_or_process", "plan_content", "samfunnsdel", "network")
)


def test_as_the_year_has_it_nothing_moves(login):
    page = login().get(f"{LIST}hva-om/")
    assert (page.context["found"].before, page.context["found"].after) == (2, 2)
    assert not page.context["changed"] and all(choice["on"] for choice in page.context["choices"])


def test_without_a_criterion_those_who_lacked_it_fall_in(login):
    page = login().get(f"{LIST}hva-om/?{EVERY.replace('&kriterium=network', '')}")
    assert [row["line"].name for row in page.context["falls_in"]] == ["Asker"]
    assert page.context["changed"] and not page.context["falls_out"]
    sums = {row.name: (row.before, row.after, row.falls_in) for row in page.context["found"].offices}
    assert sums == {"Oslo og Viken": (1, 2, 1), "Troms og Finnmark": (1, 1, 0)}
    found = text(login().get(f"{LIST}hva-om/?{EVERY.replace('&kriterium=network', '')}&format=csv"))
    assert [line[1] for line in csv.reader(io.StringIO(found.lstrip("\ufeff")), delimiter=";")][1:] == ["Asker"]


def test_what_a_criterion_accepts_is_tried(login, world):
    Participation.objects.get_queryset().filter(municipality=world.unit("3004")).update(status="planned")
    strict = login().get(f"{LIST}hva-om/?{EVERY}&plan_or_process.process_counts=1")
    assert [row["line"].name for row in strict.context["falls_out"]] == ["Fredrikstad"]
    kind = login().get(f"{LIST}hva-om/?{EVERY}&network.planned_counts=1")
    assert not kind.context["falls_out"]


def test_another_day_is_tried(login):
    page = login().get(f"{LIST}hva-om/?prov_dag=1.1.2021")
    assert page.context["found"].after == 0 and len(page.context["falls_out"]) == 2


@pytest.mark.parametrize("asked", ["prov=1", "prov=1&kriterium=tull"])
def test_one_criterion_must_be_left(login, asked):
    page = login().get(f"{LIST}hva-om/?{asked}")
    assert page.status_code == 422 and page.context["fault"] and page.context["found"] is None


@pytest.mark.parametrize("asked", ["dag=2040-01-01", "dag=tull", "prov_dag=1850-01-01"])
def test_an_absurd_day_is_told_and_kept(login, asked):
    page = login().get(f"{LIST}hva-om/?{asked}")
    assert page.status_code == 200 and (page.context["day_error"] or page.context["tried_error"])


def test_nothing_is_stored_by_trying(login):
    client = login()
    client.get(f"{LIST}hva-om/")
    with CaptureQueriesContext(connection) as caught:
        client.get(f"{LIST}hva-om/?{EVERY}&prov_dag=1.1.2022")
    assert not [row["sql"] for row in caught if re.match(r"(INSERT|UPDATE|DELETE)", row["sql"])]


# --- the API --------------------------------------------------------------------------------------------


def api(world, username="hdir") -> APIClient:
    client = APIClient()
    client.force_authenticate(world.user(username))
    client.force_login(world.user(username))
    return client


def test_the_api_gives_the_same_as_the_page_in_the_same_scope(login, world):
    for user in ("hdir", f"statsforvalter-{VIKEN}", "editor-3004"):
        answer = api(world, user).get(API, {"year": "2021"}).json()
        page = login(user).get(f"{LIST}usht/")
        assert [row["number"] for row in answer["municipalities"]] == [
            row["line"].number for row in page.context["rows"]
        ]
        assert [row["priority"] for row in answer["municipalities"]] == [
            row["line"].priority for row in page.context["rows"]
        ]
    row = answer["municipalities"][0]
    assert row["number"] == "3004" and row["priority"] and row["missing"] == ""
    network = next(said for said in row["criteria"] if said["code"] == "network")
    assert (network["state"], network["computed"], network["overruled"]) == ("met", "met", False)
    assert network["evidence"][0]["kind"] == "participation" and network["since"] == "2021-03-15"
    assert [said["code"] for said in answer["criteria"]] == [said["code"] for said in row["criteria"]]


def test_the_api_takes_a_day_and_a_scheme_with_its_decisions(login, world):
    decided(login())
    answer = api(world).get(API, {"year": "2021", "as_of": "2021-01-01", "scheme": "usht"}).json()
    assert not any(row["priority"] for row in answer["municipalities"])
    assert (answer["as_of"], answer["scheme"]) == ("2021-01-01", "usht")
    assert [row["version"] for row in answer["decisions"]] == [1] and len(answer["decisions"][0]["content_hash"]) == 64
    assert api(world).get(API).json()["year"] == 2021


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"as_of": "2030-01-01"}, 400), ({"as_of": "1990-01-01"}, 400), ({"as_of": "tull"}, 400),
        ({"year": "tull"}, 400), ({"year": "99999"}, 400), ({"year": "2031"}, 404), ({"scheme": "tull"}, 404),
    ],
)  # fmt: skip
def test_the_api_answers_bad_questions_in_a_sentence(login, world, asked, status):
    answer = api(world).get(API, {"year": "2021", **asked})
    assert answer.status_code == status and answer.json()
    assert api(world, "hod").get(API).status_code == 403

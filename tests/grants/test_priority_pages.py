"""The priority lists on pages: who sees which municipalities, what stands there, its files, and how much it asks."""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grants.models import CriteriaYear, CriterionNote
from grants.services.criterion_notes import criterion_note_add
from grants.services.shipped import shipped_load
from municipalities.models import MunicipalityVersion
from tests.grants.priority_world import NOW, join, meets, scheme
from tests.world import FINNMARK, VIKEN

pytestmark = pytest.mark.django_db
LIST = "/tilskudd/2021/prioritet/"


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def login(world):
    shipped_load()
    meets(world.unit("3004"), world.networks[VIKEN])
    meets(world.unit("3025"), world.networks[VIKEN], leave="network")
    meets(world.unit("5430"), world.networks[FINNMARK], since=dt.date(2022, 2, 1))

    def make(username="hdir"):
        client = Client()
        client.force_login(world.user(username))
        return client

    return make


def names(response) -> list[str]:
    return [row["line"].name for row in response.context["rows"]]


def text(response) -> str:
    return response.content.decode()


# --- the list -------------------------------------------------------------------------------------------


def test_hdir_sees_every_municipality_with_its_outcomes_and_what_is_missing(login):
    page = login().get(LIST)
    assert names(page) == ["Asker", "Fredrikstad", "Kautokeino – Guovdageaidnu", "Oslo", "Senja"]
    assert page.context["met"] == 2
    rows = {row["line"].number: row for row in page.context["rows"]}
    assert [cell.state for cell in rows["3025"]["cells"]] == ["met", "met", "met", "unknown"]
    assert rows["3025"]["missing"] == rows["3025"]["line"].missing != ""
    assert rows["3004"]["missing"] == ""
    assert [cell.since for cell in rows["5430"]["cells"]] == [dt.date(2022, 2, 1)] * 4
    assert [(row["name"], row["units"], row["met"]) for row in page.context["sums"]] == [
        ("Oslo og Viken", 3, 1),
        ("Troms og Finnmark", 2, 1),
    ]


def test_each_outcome_is_a_word_and_a_shape(login):
    page = text(login().get(LIST))
    for state in ("met", "unknown"):
        assert f'data-state="{state}"><svg' in page
    assert page.count('<svg viewBox="0 0 20 20" aria-hidden') == 5 * 4


@pytest.mark.parametrize(
    ("user", "found"),
    [
        (f"statsforvalter-{VIKEN}", ["Asker", "Fredrikstad", "Oslo"]),
        (f"statsforvalter-{FINNMARK}", ["Kautokeino – Guovdageaidnu", "Senja"]),
    ],
)
def test_the_statsforvalter_sees_its_region_alone(login, world, user, found):
    client = login(user)
    assert names(client.get(LIST)) == found
    lines = text(client.get(LIST + "?format=csv")).splitlines()
    assert len(lines) == len(found) + 1
    assert names(client.get(f"{LIST}usht/")) == found
    other = "5430" if VIKEN in user else "3004"
    assert client.get(f"{LIST}kommune/{world.unit(other).pk}/").status_code == 404


def test_a_municipality_is_led_to_its_own_page_and_finds_no_other(login, world):
    client = login("editor-3004")
    own = f"{LIST}kommune/{world.unit('3004').pk}/"
    assert client.get(LIST).headers["Location"] == own
    assert client.get("/tilskudd/prioritet/kommune/3004/").headers["Location"] == own
    assert client.get("/tilskudd/prioritet/kommune/3025/").status_code == 404
    assert client.get("/tilskudd/prioritet/kommune/9999/").status_code == 404
    assert client.get(own).status_code == 200
    assert client.get(f"{LIST}kommune/{world.unit('3025').pk}/").status_code == 404
    assert names(client.get(f"{LIST}usht/")) == ["Fredrikstad"]
    assert "Asker" not in text(client.get(f"{LIST}usht/"))
    assert "/tilskudd/prioritet/kommune/3004/" in text(client.get(reverse("municipality_home")))
    assert "/tilskudd/prioritet/kommune/3004/" in text(client.get("/kommune/3004/"))


def test_a_district_is_told_that_the_criteria_are_not_for_it(login):
    page = login("editor-030101").get(LIST)
    assert page.status_code == 200 and page.context["whole"] == 0
    assert page.context["list"].hits == [] and "strong" in text(page).split("<main")[1]
    assert "prioritet/kommune" not in text(login("editor-030101").get(reverse("municipality_home")))


@pytest.mark.parametrize("user", [f"ks-{VIKEN}", f"usht-{VIKEN}", "hod", "evaluator", "nobody"])
def test_others_see_none_of_it(login, world, user):
    client, unit = login(user), world.unit("3004").pk
    for url in (LIST, f"{LIST}usht/", f"{LIST}hva-om/", f"{LIST}kommune/{unit}/", "/tilskudd/prioritet/kommune/3004/"):
        assert client.get(url).status_code == 403, url
    assert "/tilskudd/prioritet/" not in text(client.get("/kommune/3004/"))


@pytest.mark.parametrize(
    ("asked", "day", "met"),
    [("", "2022-05-04", 2), ("dag=2021-12-31", "2021-12-31", 1), ("dag=1.2.2021", "2021-02-01", 0)],
)
def test_the_list_is_as_of_the_day(login, asked, day, met):
    page = login().get(f"{LIST}?{asked}")
    assert (page.context["day"].isoformat(), page.context["met"]) == (day, met)
    assert not page.context["day_error"]


@pytest.mark.parametrize("day", ["2030-01-01", "1999-01-01", "tull", "31.02.2022", "9" * 60, "%00", "<script>"])
def test_an_absurd_day_is_told_in_a_sentence_and_kept_in_its_field(login, day):
    page = login().get(LIST, {"dag": day})
    assert page.status_code == 200 and page.context["day"] == dt.date(2022, 5, 4)
    assert page.context["day_error"] and 'aria-invalid="true"' in text(page)
    assert "<script>" not in text(page).split("<main")[1]
    unit = page.context["rows"][0]["line"].unit
    assert login().get(f"{LIST}kommune/{unit}/", {"dag": day}).context["day_error"]


def test_a_year_without_criteria_is_told_with_the_years_that_have_some(login):
    page = login().get("/tilskudd/2031/prioritet/")
    assert page.status_code == 404 and "2031" in text(page) and LIST in text(page)
    CriteriaYear.objects.across_all(reason="test").all().delete()
    assert login().get(LIST).status_code == 404
    assert login("editor-3004").get("/tilskudd/prioritet/kommune/3004/").status_code == 404


def test_a_scheme_that_is_not_there_and_one_outside_the_criteria(login):
    client = login()
    assert client.get(f"{LIST}finnes-ikke/").status_code == 404
    row = scheme()
    type(row).objects.get_queryset().filter(pk=row.pk).update(prioritised=False)
    page = client.get(f"{LIST}usht/")
    assert "form" not in page.context and page.status_code == 200
    assert "usht" not in [line["line"].scheme.key for line in client.get(LIST).context["schemes"]]


def test_a_scheme_says_its_exceptions_and_its_window(login):
    row = scheme("kompetanse-innovasjon")
    page = login().get(f"{LIST}kompetanse-innovasjon/")
    shown = page.context["scheme_line"]
    assert len(shown.exceptions) == 2 and "2021–2023" in shown.exceptions[0]
    type(row).objects.get_queryset().filter(pk=row.pk).update(
        opens_on=dt.date(2021, 2, 1), closes_on=dt.date(2021, 3, 1)
    )
    page = login().get(f"{LIST}kompetanse-innovasjon/")
    assert "februar" in page.context["scheme_line"].window and "mars" in page.context["scheme_line"].window


def test_an_overruling_counts_in_the_list_and_shows_as_such(login, world):
    criterion_note_add(
        municipality=world.unit("3025"), year=2021, code="network", kind=CriterionNote.Kind.OVERRULE, outcome="met",
        reason="Deltar siden april.", actor=world.user(f"statsforvalter-{VIKEN}"), now=NOW,
    )  # fmt: skip
    page = login().get(LIST)
    assert page.context["met"] == 3
    row = next(row for row in page.context["rows"] if row["line"].number == "3025")
    assert row["cells"][3].overruled and row["cells"][3].since == NOW.date()
    assert login().get(f"{LIST}?dag=2022-05-03").context["met"] == 2


# --- files ----------------------------------------------------------------------------------------------


def test_the_files_hold_the_hits_of_the_page(login):
    client = login()
    for asked in ("", "vis=alle-oppfylt", "embete=troms-og-finnmark", "kriterium=network", "q=finnes+ikke"):
        hits = [row.number for row in client.get(f"{LIST}?{asked}").context["list"].hits]
        found = client.get(f"{LIST}?{asked}&format=csv").content.decode("utf-8-sig")
        heads, *lines = csv.reader(io.StringIO(found), delimiter=";")
        assert [line[0] for line in lines] == hits
        assert all(len(line) == len(heads) for line in lines)


def test_the_workbook_has_numbers_as_text_days_as_days_and_a_head_that_stays(login):
    page = openpyxl.load_workbook(io.BytesIO(login().get(f"{LIST}?format=xlsx").content)).active
    cells = {cell.value: cell for row in page.iter_rows() for cell in row if cell.value is not None}
    assert cells["0301"].data_type == "s"
    assert cells[dt.datetime(2021, 3, 15)].is_date
    head = page.freeze_panes
    assert head and page.auto_filter.ref
    assert page.cell(row=int(head[1:]) - 1, column=1).value == "Nummer"


# --- how much it asks -----------------------------------------------------------------------------------


def more_units(world, count: int) -> None:
    like = MunicipalityVersion.objects.on(NOW.date()).get(municipality=world.unit("3025"))
    for index in range(count):
        unit = type(world.unit("3025")).objects.get_queryset().create(kind="municipality")
        MunicipalityVersion.objects.create(
            municipality=unit, number=f"39{index:02}", name=f"Kommune {index}", sort_key=f"kommune {index:02}",
            county=like.county, office=like.office, valid_from=dt.date(2020, 1, 1),
        )  # fmt: skip
        meets(unit, None)
        join(unit, world.networks[VIKEN])


def asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_no_page_asks_more_when_there_are_more_municipalities(login, world):
    client = login()
    unit = world.unit("3004").pk
    pages = {
        "list": LIST,
        "file": f"{LIST}?format=csv",
        "scheme": f"{LIST}usht/",
        "unit": f"{LIST}kommune/{unit}/",
        "api": "/api/v1/grants/priority/?year=2021",
        "what if": f"{LIST}hva-om/?prov=1&kriterium=network&prov_dag=2021-12-31",
    }
    frame = asked(client, "/hjelp/")
    few = {name: asked(client, url) for name, url in pages.items()}
    more_units(world, 12)
    assert {name: asked(client, url) for name, url in pages.items()} == few
    assert {name: count - frame for name, count in few.items() if name != "what if" and count - frame > 12} == {}
    assert few["what if"] - frame <= 18  # it judges the country twice

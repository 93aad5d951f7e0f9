"""The appropriations: amounts as people write them, the table over the years, the pages, and what is refused."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from grants.amounts import MILLIONS, MOST, THOUSANDS, AmountRefused, in_millions, read_amount
from grants.appropriation_chart import NARROW, Bars, draw
from grants.models import Appropriation
from grants.services.appropriations import (
    AppropriationValues,
    appropriation_mark,
    appropriation_remove,
    appropriation_write,
    appropriations,
    overview,
)
from grants.services.shipped import shipped_load
from municipalities.models import Event
from municipalities.services.dated import EntryRefused
from tests.grants.test_funds_pages import words
from tests.world import VIKEN

LIST = reverse("appropriation_list")
NEW = reverse("appropriation_new")
TYPED = {
    "year": "2022", "occasion": "budget", "receiver": "ks", "receiver_nb": "", "receiver_nn": "", "amount": "10,5",
    "unit": "mill", "purpose_nb": "Nettverk", "purpose_nn": "Nettverk", "source": "Prop. 1 S (2021–2022)",
}  # fmt: skip

# --- Amounts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("12,5", MILLIONS, 12_500), ("12.5", MILLIONS, 12_500), (" 48 ", MILLIONS, 48_000), ("0,865", MILLIONS, 865),
        ("0", MILLIONS, 0), ("-0", MILLIONS, 0), ("1 000", MILLIONS, MOST), ("12 500", THOUSANDS, 12_500),
        ("12\u00a0500", THOUSANDS, 12_500), ("12500,0", THOUSANDS, 12_500), ("1000000", THOUSANDS, MOST),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text, unit, amount):
    assert read_amount(text, unit) == amount


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("", MILLIONS, "no_number"), ("ti", MILLIONS, "no_number"), ("1e3", MILLIONS, "no_number"),
        ("12,5 mill", MILLIONS, "no_number"), ("1 00", THOUSANDS, "no_number"), ("1,2,3", MILLIONS, "no_number"),
        ("١٢", MILLIONS, "no_number"), ("9" * 50, MILLIONS, "no_number"), ("--1", MILLIONS, "no_number"),
        ("-2,5", MILLIONS, "negative"), ("−2", THOUSANDS, "negative"), ("0,0005", MILLIONS, "too_precise"),
        ("12,5", THOUSANDS, "too_precise"), ("1.230", THOUSANDS, "too_precise"), ("1001", MILLIONS, "too_large"),
        ("12 500 000", MILLIONS, "too_large"), ("10000000", THOUSANDS, "too_large"),
    ],
)  # fmt: skip
def test_amounts_that_are_no_amounts_are_refused(text, unit, code):
    with pytest.raises(AmountRefused) as refused:
        read_amount(text, unit)
    assert refused.value.code == code


@given(st.integers(0, MOST))
def test_what_is_shown_reads_back_as_the_same(amount):
    assert read_amount(in_millions(amount), MILLIONS) == amount


@given(st.text(max_size=12), st.sampled_from([MILLIONS, THOUSANDS]))
def test_whatever_is_typed_is_an_amount_or_refused(text, unit):
    try:
        assert 0 <= read_amount(text, unit) <= MOST
    except AmountRefused as refused:
        assert refused.code in ("no_number", "negative", "too_precise", "too_large")


def test_changes_are_shown_with_their_sign():
    assert [in_millions(n) for n in (12_500, 48_000, 865, -2_500, 0)] == ["12,5", "48", "0,865", "−2,5", "0"]


# --- The table --------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def values(**changed) -> AppropriationValues:
    given = {
        "year": 2022, "occasion": "budget", "receiver": "", "receiver_nb": "Helsedirektoratet ", "receiver_nn": "x",
        "purpose_nb": "", "purpose_nn": "", "amount": 1_000, "source": "", **changed,
    }  # fmt: skip
    return AppropriationValues(**given)


def test_sums_and_changes_of_what_ships_with_the_portal():
    shipped_load()
    table = overview(appropriations())
    assert [(one.key, one.total, one.change) for one in table.budgets] == [
        ((2018, "rnb"), 12_500, None), ((2021, "budget"), 48_000, 35_500),
    ]  # fmt: skip
    cells = {one.key: [(cell.amount, cell.change) for cell in one.cells] for one in table.receivers}
    assert cells["statsforvalterne"] == [(5_000, None), (10_000, 5_000)]
    assert cells["informasjon"] == [(2_500, None), (None, -2_500)]
    assert cells["usht"] == [(None, None), (6_000, 6_000)]
    assert {one.key: one.name_nb for one in table.receivers}["statsforvalterne"] == "Statsforvalterne"
    for place, budget in enumerate(table.budgets):
        assert sum(one.cells[place].amount or 0 for one in table.receivers) == budget.total
        assert sum(one.cells[place].change or 0 for one in table.receivers) == (budget.change or 0)
    assert table.years == ((2018, 12_500), (2021, 48_000))
    assert [one.key for one in table.receivers][:3] == ["hdir", "aldersvennlig", "evaluering"]


def test_an_appropriation_is_entered_changed_and_taken_away_with_events(world, now):
    shipped_load()
    hdir = world.user("hdir")
    row = appropriation_write(values(receiver="statsforvalterne", receiver_nb="", receiver_nn=""), actor=hdir, now=now)
    assert (row.receiver_nb, row.receiver_nn, row.order) == ("Statsforvalterne", "Statsforvaltarane", 1)
    where = {"row": row, "actor": hdir, "now": now}
    same = appropriation_write(values(receiver="statsforvalterne"), seen=appropriation_mark(row), **where)
    assert same.receiver_nb == "Helsedirektoratet"
    appropriation_write(values(receiver="statsforvalterne"), seen=appropriation_mark(same), **where)
    with pytest.raises(EntryRefused):
        appropriation_write(values(receiver="ks"), seen=appropriation_mark(row), **where)
    new = appropriation_write(values(receiver_nb="Ny mottaker ÆØÅ", receiver_nn="Ny mottakar"), actor=hdir, now=now)
    assert (new.receiver, new.order) == ("ny-mottaker-aeoa", 2)
    appropriation_remove(new, actor=hdir, now=now)
    appropriation_remove(new, actor=hdir, now=now)
    names = Event.objects.across_all(reason="test").order_by("pk").values_list("name", flat=True)
    assert [name for name in names if name.startswith("appropriation")] == [
        "appropriation_entered", "appropriation_changed", "appropriation_entered", "appropriation_removed",
    ]  # fmt: skip
    with pytest.raises(EntryRefused):
        appropriation_write(values(receiver="ks"), row=new, actor=hdir, now=now)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"receiver": "ks", "year": 2017}, "year"),
        ({"receiver": "ks", "occasion": "spring"}, "occasion"),
        ({"receiver_nb": " "}, "receiver_nb"),
        ({"receiver_nb": "?!"}, "receiver_nb"),
        ({"receiver_nb": "Ny", "receiver_nn": ""}, "receiver_nn"),
        ({"receiver": "nobody"}, "receiver"),
        ({"receiver_nb": "ks", "receiver_nn": "KS"}, "receiver"),
        ({"receiver": "ks", "year": 2021}, "receiver"),
        ({"receiver": "ks", "amount": -1}, "amount"),
        ({"receiver": "ks", "amount": MOST + 1}, "amount"),
        ({"receiver": "ks", "source": "x" * 301}, "source"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_changes(world, now, changed, field):
    shipped_load()
    before = list(appropriations().values())
    with pytest.raises(EntryRefused) as refused:
        appropriation_write(values(**changed), actor=world.user("hdir"), now=now)
    assert list(refused.value.faults) == [field]
    assert list(appropriations().values()) == before


def test_only_hdir_writes(world, now):
    shipped_load()
    row = appropriations().first()
    for username in (f"statsforvalter-{VIKEN}", "editor-3004", "evaluator", "hod"):
        with pytest.raises(PermissionDenied):
            appropriation_write(values(receiver="ks"), actor=world.user(username), now=now)
        with pytest.raises(PermissionDenied):
            appropriation_remove(row, actor=world.user(username), now=now)
    assert appropriations().count() == 13


# --- The drawing ------------------------------------------------------------------------------------


def test_the_drawing_has_every_figure_and_its_words_and_needs_no_colour():
    rows = [
        Bars("A & <b>", (("2018", 2_500, "2,5"), ("2021", 10_000, "10"))),
        Bars("C", (("2018", None, "–"), ("2021", 0, "0"))),
    ]
    tree = ElementTree.fromstring(draw(rows, "Alt & tekst"))
    texts = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["A & <b>", "2018", "2,5", "2021", "10", "C", "2018", "–", "2021", "0"]
    assert tree.find("{http://www.w3.org/2000/svg}title").text == "Alt & tekst"
    bars = [float(node.get("width")) for node in tree.iter("{http://www.w3.org/2000/svg}rect")]
    assert len(bars) == 2 and bars[1] == pytest.approx(4 * bars[0], abs=0.1)
    assert "style=" not in draw(rows, "")
    assert draw([], "x").startswith("<svg")
    narrow = ElementTree.fromstring(draw(rows, "", NARROW))
    assert [node.text for node in narrow.iter("{http://www.w3.org/2000/svg}text")] == texts
    for node in narrow.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(node.get("x")) + float(node.get("width")) < NARROW.width


# --- The pages --------------------------------------------------------------------------------------


@pytest.fixture
def pages(world, client, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False
    shipped_load()

    def login(username="hdir"):
        client.force_login(world.user(username))
        return client

    return login


def test_the_page_shows_sums_changes_and_the_drawing(pages):
    answer = pages("reader-3004").get(LIST)
    seen = words(answer)
    for text in ("12,5", "48", "+35,5", "−2,5", "Fylkesmennene", "Tillegg nr. 40"):
        assert text in seen, text
    assert "<svg" in answer.content.decode() and NEW not in answer.content.decode()
    assert NEW in pages("hdir").get(LIST).content.decode()
    assert pages("hod").get(LIST).status_code == 403


def test_more_budgets_take_no_more_queries(world, pages, now):
    def asked() -> int:
        client = pages("hdir")
        client.get(LIST)
        with CaptureQueriesContext(connection) as found:
            assert client.get(LIST).status_code == 200
        return len(found)

    few = asked()
    for year in range(2022, 2027):
        for receiver in ("ks", "hdir", "usht"):
            said = values(year=year, receiver=receiver, receiver_nb="", receiver_nn="")
            appropriation_write(said, actor=world.user("hdir"), now=now)
    assert asked() == few <= 8


def test_hdir_enters_one_and_puts_it_right(pages):
    client = pages("hdir")
    assert client.get(NEW).status_code == 200
    assert client.post(NEW, TYPED)["Location"] == LIST
    row = Appropriation.objects.across_all(reason="test").get(year=2022)
    assert (row.receiver, row.amount, row.receiver_nb) == ("ks", 10_500, "KS")
    edit = reverse("appropriation_edit", args=[row.pk])
    assert 'value="10,5"' in client.get(edit).content.decode()
    typed = {**TYPED, "amount": "9 750", "unit": "1000"}
    assert client.post(edit, typed).status_code == 422
    assert client.post(edit, {**typed, "seen": appropriation_mark(row)})["Location"] == LIST
    row.refresh_from_db()
    assert row.amount == 9_750 and "9,75" in words(client.get(LIST))
    assert client.post(reverse("appropriation_remove", args=[row.pk]))["Location"] == LIST
    assert not Appropriation.objects.across_all(reason="test").filter(year=2022).exists()
    assert client.get(edit).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "10,00005"}, "amount"),
        ({"amount": "10 500 000"}, "amount"),
        ({"amount": "10500000", "unit": "1000"}, "amount"),
        ({"amount": "mye"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"unit": "kr"}, "unit"),
        ({"year": "i fjor"}, "year"),
        ({"year": "99999999999999999999"}, "year"),
        ({"receiver": "nobody"}, "receiver"),
        ({"receiver": "", "receiver_nb": "Ny", "receiver_nn": ""}, "receiver_nn"),
        ({"year": "2021"}, "receiver"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_typed_is_lost(pages, wrong, field):
    answer = pages("hdir").post(NEW, {**TYPED, **wrong})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert {name: len(texts) for name, texts in form.errors.items()} == {field: 1}
    for name, value in {**TYPED, **wrong}.items():
        assert form[name].value() == value
    assert not Appropriation.objects.across_all(reason="test").filter(year=2022).exists()


def test_the_files_have_every_row_and_numbers_that_add_up(pages):
    client = pages("evaluator")
    lines = list(csv.reader(io.StringIO(client.get(LIST + "?format=csv").content.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 14
    assert sum(Decimal(line[4]) for line in lines[1:]) == Decimal("60.5")
    assert sum(int(line[5]) for line in lines[1:]) == 60_500
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(LIST + "?format=xlsx").content)).worksheets[0]
    found = [row for row in sheet.iter_rows(values_only=True) if row[0] in (2018, 2021)]
    assert sum(row[5] for row in found) == 60_500
    facts = " ".join(str(cell) for row in sheet.iter_rows(max_row=6, values_only=True) for cell in row if cell)
    assert re.search(r"12,5", facts) and re.search(r"48", facts)

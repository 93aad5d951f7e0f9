"""The offices' funds: the letter's figures, other years and counts, the writing of a formula, and what is refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from grants.models import AllocationFormula, AllocationPart, KeyTable, KeyValue
from grants.services.funds import (
    FormulaValues,
    PartValues,
    YearUnknown,
    allocation,
    allocation_by,
    fingerprint,
    formula_copied,
    formula_of,
    formula_try,
    formula_write,
    plain,
)
from grants.services.shipped import shipped_load
from municipalities.models import Event, Municipality, MunicipalityVersion
from municipalities.registers.services import registers_load
from municipalities.services.dated import EntryRefused
from tests.grants.test_allocation import LETTER
from tests.world import FINNMARK, VIKEN

D = dt.date
pytestmark = pytest.mark.django_db
KEYS = [
    "oslo-og-viken", "innlandet", "vestfold-og-telemark", "agder", "rogaland",
    "vestland", "more-og-romsdal", "trondelag", "nordland", "troms-og-finnmark",
]  # fmt: skip
API = "/api/v1/grants/allocations/"


@pytest.fixture
def real(now):
    """The real registers, and the formula that ships with the portal."""
    registers_load(now=now)
    shipped_load()


@pytest.fixture
def small(world):
    """The two offices of the tests' world with the formula of 2022."""
    shipped_load()
    return world


def of_2022(**changed) -> FormulaValues:
    parts = (PartValues("flat", 5_000), PartValues("municipalities", 5_000))
    return replace(FormulaValues(2022, 10_000, D(2022, 1, 1), "Oppdragsbrev 2022", parts), **changed)


JANUARY = D(2022, 1, 1)


def table_of(world, now, day=JANUARY, **values: int) -> KeyTable:
    """A table with the figures of units by their number in the tests' world."""
    table = KeyTable.objects.get_queryset().create(
        key="population_67", day=day, title="Befolkning 67+", source="SSB", sha256="x", read_by_name="Hdir", read_at=now
    )
    for number, value in values.items():
        KeyValue.objects.get_queryset().create(table=table, municipality=world.unit(number[1:]), value=value)
    return table


# --- The figures ------------------------------------------------------------------------------------


def test_2022_gives_the_ten_figures_of_the_letter(real):
    shared = allocation(2022)
    assert [(row.key, row.amount) for row in shared.rows] == list(zip(KEYS, LETTER, strict=True))
    assert (shared.total, shared.municipalities, shared.summed) == (10_000, 356, (5_000, 5_000))
    assert [row.municipalities for row in shared.rows] == [52, 46, 23, 25, 23, 43, 26, 38, 41, 39]
    assert shared.rows[0].name == "Statsforvalteren i Oslo og Viken"


@pytest.mark.parametrize(("year", "count"), [(2019, 422), (2020, 356), (2024, 357)])
def test_other_years_and_counts_hold_their_sum(real, year, count):
    shared = allocation_by(formula_copied(formula_of(2022), year))
    assert shared.municipalities == count
    assert sum(row.amount for row in shared.rows) == shared.total == 10_000
    assert shared.summed == (5_000, 5_000)
    for row in shared.rows:
        assert abs(row.amount - row.line.exact) < 2


def test_a_year_without_a_formula_says_which_years_there_are(small):
    with pytest.raises(YearUnknown, match=r"2023.*2022"):
        allocation(2023)
    with pytest.raises(YearUnknown):
        allocation(99_999)


def queries_of(year: int) -> int:
    with CaptureQueriesContext(connection) as asked:
        allocation(year)
    return len(asked)


def test_two_offices_take_five_queries(small):
    assert queries_of(2022) == 5


def test_ten_offices_take_as_many(real):
    assert queries_of(2022) == 5


# --- By a table -------------------------------------------------------------------------------------


def test_a_part_by_a_table_of_an_earlier_day_follows_the_mergers(small, now):
    table = table_of(small, now, D(2019, 1, 1), n3004=10, n0220=20, n0627=30, n0301=40, n5430=15, n1927=25, n1928=60)
    parts = (PartValues("flat", 100), PartValues("table", 200, table))
    shared = formula_try(of_2022(total=300, parts=parts))
    assert [(row.key, row.weights[1], row.amount) for row in shared.rows] == [(VIKEN, 100, 150), (FINNMARK, 100, 150)]


def test_a_table_that_lacks_a_municipality_of_the_day_is_refused_by_name(small, now):
    table = table_of(small, now, n3004=10, n3025=20, n5430=15, n5421=5)
    parts = (PartValues("table", 200, table),)
    with pytest.raises(EntryRefused) as refused:
        formula_try(of_2022(total=200, parts=parts))
    assert set(refused.value.faults) == {"table"}
    assert "Oslo" in refused.value.faults["table"]


def test_a_table_in_which_all_is_nought_is_refused_at_its_amount(small, now):
    table = table_of(small, now, n3004=0, n3025=0, n0301=0, n5430=0, n5421=0)
    with pytest.raises(EntryRefused) as refused:
        formula_try(of_2022(total=200, parts=(PartValues("table", 200, table),)))
    assert set(refused.value.faults) == {"by_table"}


# --- Writing a formula ------------------------------------------------------------------------------


def test_hdir_writes_a_year_and_changes_it_and_each_leaves_an_event(small, now):
    hdir = small.user("hdir")
    new = formula_copied(of_2022(source=" Oppdragsbrev\n2023 "), 2023)
    assert formula_write(new, seen="", actor=hdir, now=now)
    kept = formula_of(2023)
    assert (kept.source, kept.counted_on) == ("Oppdragsbrev 2023", D(2023, 1, 1))
    assert not formula_write(new, seen=fingerprint(kept), actor=hdir, now=now)
    parts = (PartValues("flat", 4_000), PartValues("municipalities", 6_000))
    assert formula_write(replace(kept, parts=parts), seen=fingerprint(kept), actor=hdir, now=now)
    events = Event.objects.across_all(reason="test").filter(name="formula_written").order_by("pk")
    assert [event.note.count("->") for event in events] == [0, 1]
    assert "flat 5000" in events[1].note and "flat 4000" in events[1].note
    assert AllocationFormula.objects.across_all(reason="test").get(year=2023).parts.count() == 2


def test_only_hdir_writes_and_nobody_writes_over_another(small, now):
    formula = formula_of(2022)
    for username in (f"statsforvalter-{VIKEN}", "editor-3004", "evaluator", "hod"):
        with pytest.raises(PermissionDenied):
            formula_write(formula, seen=fingerprint(formula), actor=small.user(username), now=now)
    with pytest.raises(EntryRefused):
        formula_write(replace(formula, source="Annet"), seen="an older one", actor=small.user("hdir"), now=now)
    assert formula_of(2022) == formula


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"total": 10_001}, "total", "10\u00a0000"),
        ({"total": 0, "parts": (PartValues("flat", 0),)}, "total", ""),
        ({"total": 10_000_000, "parts": (PartValues("flat", 10_000_000),)}, "total", "milliard"),
        ({"parts": ()}, "total", ""),
        ({"parts": (PartValues("flat", 10_001), PartValues("municipalities", -1))}, "total", ""),
        ({"parts": (PartValues("flat", 5_000), PartValues("flat", 5_000))}, "total", ""),
        ({"parts": (PartValues("table", 10_000),)}, "table", ""),
        ({"counted_on": D(1814, 5, 17)}, "counted_on", "1814"),
        ({"source": " "}, "source", ""),
        ({"source": "x" * 301}, "source", "300"),
        ({"year": 2017}, "year", "2018"),
    ],
)
def test_what_is_wrong_with_a_formula_is_one_sentence_at_its_field(small, now, changed, field, words):
    wrong = of_2022(**changed)
    before = list(AllocationPart.objects.across_all(reason="test").values_list("pk", "amount"))
    with pytest.raises(EntryRefused) as refused:
        formula_write(wrong, seen=fingerprint(formula_of(2022)), actor=small.user("hdir"), now=now)
    assert list(refused.value.faults) == [field]
    assert words in refused.value.faults[field]
    assert list(AllocationPart.objects.across_all(reason="test").values_list("pk", "amount")) == before


# --- The command ------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("allocate_funds", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_gives_json_and_csv(real):
    told = json.loads(run("2022", "--format", "json"))
    assert [(row["office"], row["amount"]) for row in told["offices"]] == list(zip(KEYS, LETTER, strict=True))
    assert (told["total"], told["unit"], told["counted_on"], told["municipalities"]) == (
        10_000, "1000 NOK", "2022-01-01", 356,
    )  # fmt: skip
    assert told == json.loads(run("2022"))
    lines = list(csv.DictReader(io.StringIO(run("2022", "--format", "csv"))))
    assert [int(line["amount"]) for line in lines] == [*LETTER, 10_000]
    assert [line["office"] for line in lines] == [*KEYS, "total"]
    assert lines[0]["name"] == "Statsforvalteren i Oslo og Viken"
    assert lines[-1] == {
        "office": "total", "name": "", "municipalities": "356", "part_flat": "5000", "part_municipalities": "5000",
        "amount": "10000",
    }  # fmt: skip


def test_another_years_formula_may_be_used(real):
    told = json.loads(run("2024", "--formula", "2022"))
    assert (told["year"], told["municipalities"], told["counted_on"]) == (2024, 357, "2024-01-01")
    assert sum(row["amount"] for row in told["offices"]) == told["total"] == 10_000


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "Say which year"),
        (["twenty"], "'twenty' is not a year"),
        (["22"], "'22' is not a year"),
        (["-2022"], ""),
        (["2022", "--format", "xml"], "Unknown format 'xml'"),
        (["2023"], "There is no formula for 2023. There are formulas for: 2022. With --formula YEAR"),
        (["2023", "--formula", "2021"], "There is no formula for 2021"),
        (["1814", "--formula", "2022"], "No municipality is registered on 1."),
    ],
)
def test_bad_input_is_one_line(small, arguments, why):
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_without_registers_the_command_says_what_to_run():
    with pytest.raises(CommandError, match="load_registers"):
        run("2022")
    shipped_load()
    with pytest.raises(CommandError, match="No municipality is registered"):
        run("2022")


# --- The API ----------------------------------------------------------------------------------------


@pytest.fixture
def api(world, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False

    def login(username="hdir"):
        client = APIClient()
        token, _made = Token.objects.get_or_create(user=world.users[username])
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return client

    return login


def test_the_api_gives_what_the_command_gives(small, api):
    answer = api("editor-3004").get(API, {"year": "2022"})
    assert answer.status_code == 200
    assert answer.json() == plain(allocation(2022)) == json.loads(run("2022"))
    assert api().get(API).json() == answer.json()


def test_the_api_says_what_is_wrong_and_whom_it_does_not_serve(small, api):
    assert api().get(API, {"year": "MMXXII"}).json().keys() == {"year"}
    assert api().get(API, {"year": "MMXXII"}).status_code == 400
    missing = api().get(API, {"year": "2023"})
    assert missing.status_code == 404 and "2022" in missing.json()["detail"]
    assert api("hod").get(API).status_code == 403
    assert APIClient().get(API).status_code == 401
    assert api().post(API, {}).status_code == 405


def test_the_api_is_described():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    entry = schema["paths"]["/api/v1/grants/allocations/"]["get"]
    assert [one["name"] for one in entry["parameters"]] == ["year"]
    assert set(entry["responses"]) >= {"200", "400", "404"}


def test_an_office_without_municipalities_gets_its_flat_part_only(small):
    finnmark = MunicipalityVersion.objects.filter(office=small.office(FINNMARK))
    finnmark.update(office=small.office(VIKEN))
    shared = allocation(2022)
    assert [(row.key, row.amount) for row in shared.rows] == [(VIKEN, 7_500), (FINNMARK, 2_500)]
    assert Municipality.objects.across_all(reason="test").as_of(D(2022, 1, 1)).count() == shared.municipalities

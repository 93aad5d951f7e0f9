"""A table of Statistics Norway in the form JSON-stat2: what is read of it, and what is refused whole."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import json
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from grants.models import KeyTable, KeyValue
from grants.read_jsonstat import FILE_SIZE, TableRefused, read_population
from grants.services.key_tables import KeyTableRefused, key_table_look, key_table_take, key_tables
from municipalities.models import Event
from tests.world import VIKEN

D = dt.date
OF_2022 = ("3004", "3025", "0301", "5430", "5421")
AGES = {"066": "66 år", "067": "67 år", "068-104": "68-104 år", "105+": "105 år eller eldre"}


def dimension(labels: dict[str, str]) -> dict:
    index = {code: place for place, code in enumerate(labels)}
    return {"label": "x", "category": {"index": index, "label": labels}}


def table(numbers=OF_2022, ages=None, sexes=None, years=("2022",), prefix="K-", figure=None, **more) -> dict:
    """A table as SSB gives it. ``figure(number, age, sex)`` is each cell; without it, 1 for each."""
    ages, sexes = AGES if ages is None else ages, sexes or {"2": "Kvinner", "1": "Menn"}
    parts = {
        "Region": {f"{prefix}{number}": f"Kommune {number}" for number in numbers},
        "Kjonn": sexes,
        "Alder": ages,
        "ContentsCode": {"Personer1": "Personer"},
        "Tid": {year: year for year in years},
    }
    cells = product(numbers, sexes, ages, ["Personer1"], years)
    value = [1 if figure is None else figure(number, age, sex) for number, sex, age, _what, _year in cells]
    return {
        "version": "2.0", "class": "dataset", "label": "07459: Befolkning, etter region, kjønn, alder",
        "source": "Statistisk sentralbyrå", "id": list(parts), "size": [len(part) for part in parts.values()],
        "dimension": {key: dimension(part) for key, part in parts.items()}, "value": value, **more,
    }  # fmt: skip


def as_bytes(said) -> bytes:
    return json.dumps(said).encode()


def refused(said) -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        read_population(said if isinstance(said, bytes) else as_bytes(said))
    return caught.value


# --- The reader -------------------------------------------------------------------------------------


def test_both_sexes_and_all_ages_from_67_are_summed_and_younger_are_not():
    def figure(number, age, sex):
        return {"066": 1_000_000, "067": 10, "068-104": 200, "105+": 1}[age] + (5 if sex == "1" else 0)

    read = read_population(as_bytes(table(figure=figure)))
    assert read.values == dict.fromkeys(OF_2022, 2 * 211 + 3 * 5)
    assert (read.day, read.source) == (D(2022, 1, 1), "Statistisk sentralbyrå")
    assert read.title.startswith("07459") and len(read.sha256) == 64


@pytest.mark.parametrize(
    "ages",
    [
        {f"{age:03}": f"{age} år" for age in range(60, 105)} | {"105+": "105 år eller eldre"},
        {"F67-79": "67-79 år", "F80+": "80 år eller eldre"},
        {"F80-": "80 år eller eldre", "F67-79": "67–79 år", "999A": "Alder i alt"},
        {"067+": "67 år og over"},
        {"067-105": "67-105 years"},
    ],
)
def test_ages_come_as_single_years_or_as_groups(ages):
    read = read_population(as_bytes(table(ages=ages, sexes={"0": "Begge kjønn"}, numbers=["3004"])))
    wanted = sum(
        1 for label in ages.values() if not label.startswith(("60", "61", "62", "63", "64", "65", "66", "Alder"))
    )
    assert read.values == {"3004": wanted}


def test_the_whole_beside_its_parts_is_not_counted_twice():
    sexes = {"0": "Begge kjønn", "1": "Menn", "2": "Kvinner"}
    read = read_population(as_bytes(table(sexes=sexes, ages={"067+": "67 år eller eldre"})))
    assert set(read.values.values()) == {2}


def test_other_shapes_of_the_same_form():
    plain = table(prefix="")
    sparse = copy.deepcopy(plain)
    sparse["value"] = {str(place): value for place, value in enumerate(plain["value"])}
    for entry in sparse["dimension"].values():
        entry["category"]["index"] = list(entry["category"]["index"])
    del sparse["dimension"]["Tid"]["category"]["index"]
    assert read_population(as_bytes(sparse)).values == read_population(as_bytes(plain)).values
    marked = b"\xef\xbb\xbf" + as_bytes(plain)
    assert read_population(marked).values == read_population(as_bytes(plain)).values


def changed(**more) -> dict:
    return {**table(), **more}


def without(name: str) -> dict:
    said = table()
    place = said["id"].index(name)
    del said["id"][place], said["size"][place], said["dimension"][name]
    said["value"] = said["value"][: len(said["value"]) // 4] if name == "Alder" else said["value"]
    return said


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"", "json"),
        (b"\xff\xfe", "json"),
        (b"[" * 100_000, "json"),
        (b'{"value": NaN}', "json"),
        (b" " * (FILE_SIZE + 1), "size"),
        ([], "jsonstat"),
        ({"dataset": {}}, "jsonstat"),
        (changed(**{"class": "collection"}), "jsonstat"),
        (changed(version="1.0"), "jsonstat"),
        (changed(size=[5, 2, 4, 1]), "shape"),
        (changed(size=[5, 2, 4, 1, 2]), "shape"),
        (changed(id="Region"), "shape"),
        (changed(id=["Region"] * 5), "shape"),
        (changed(dimension={}), "shape"),
        (changed(dimension=[]), "shape"),
        (changed(value=[1]), "shape"),
        (changed(value={"x": 1}), "shape"),
        (changed(value={"9999": 1}), "shape"),
        (changed(value="1"), "shape"),
        (without("Alder"), "without"),
        (table(years=("2021", "2022")), "years"),
        (table(years=("2022K1",)), "year"),
        (table(numbers=("0",), prefix=""), "region"),
        (table(numbers=("30",)), "region"),
        (table(ages={"060-069": "60-69 år", "070+": "70 år eller eldre"}), "across"),
        (table(ages={"067-079": "67-79 år"}), "ages_missing"),
        (table(ages={"067": "67 år", "069+": "69 år eller eldre"}), "ages_missing"),
        (table(ages={"040": "40 år"}), "ages_missing"),
        (table(ages={"067-079": "67-79 år", "070+": "70 år eller eldre"}), "ages_twice"),
        (table(ages={"old": "gamle"}), "age"),
        (table(figure=lambda number, age, sex: None), "no_figure"),
        (table(figure=lambda number, age, sex: "12"), "no_number"),
        (table(figure=lambda number, age, sex: True), "no_number"),
        (table(figure=lambda number, age, sex: -1), "negative"),
        (table(figure=lambda number, age, sex: 1.5), "decimal"),
        (table(figure=lambda number, age, sex: 1e300), "too_large"),
    ],
)
def test_what_is_no_such_table_is_refused(said, code):
    assert refused(said).code == code


def test_a_figure_that_no_computer_holds_is_too_large():
    said = table(ages={"067+": "67+"})
    raw = as_bytes(said).replace(b'"value": [1,', b'"value": [1e999,')
    assert refused(raw).code == "too_large"


def test_the_same_municipality_in_two_spellings_is_doubled():
    said = table(numbers=("3004", "3025"))
    category = said["dimension"]["Region"]["category"]
    category["index"], category["label"] = {"3004": 0, "K-3004": 1}, {}
    assert refused(said).code == "doubled"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=8,
    ),
    st.sampled_from(["id", "size", "dimension", "value", "label", "source", "Region", "Alder", "Tid"]),
)
def test_whatever_stands_in_a_file_it_is_read_or_refused(anything, where):
    said = table()
    if where in said:
        said[where] = anything
    else:
        said["dimension"][where]["category"] = anything
    with contextlib.suppress(TableRefused):
        read_population(as_bytes(said))


# --- Taking in --------------------------------------------------------------------------------------

in_database = pytest.mark.django_db


def look(said, today=D(2022, 5, 4)):  # noqa: B008
    return key_table_look(as_bytes(said), today=today)


@in_database
def test_it_is_looked_at_and_taken_in_with_an_event(world, now, django_assert_num_queries):
    data = as_bytes(table())
    with django_assert_num_queries(3):
        looked = key_table_look(data, today=now.date())
    assert looked.offices == (("Oslo og Viken", 3, 18), ("Troms og Finnmark", 2, 12))
    assert looked.total == 30
    assert not KeyTable.objects.across_all(reason="test").exists()
    key_table_take(looked.figures, actor=world.user("hdir"), now=now)
    row = key_tables().get()
    assert (row.day, row.number, row.total, row.read_by_name) == (D(2022, 1, 1), 5, 30, str(world.user("hdir")))
    assert Event.objects.across_all(reason="test").get(name="key_table_read").content_hash == row.sha256
    with pytest.raises(KeyTableRefused):
        key_table_take(looked.figures, actor=world.user("hdir"), now=now)
    assert KeyTable.objects.across_all(reason="test").count() == 1


@in_database
@pytest.mark.parametrize(
    ("said", "words"),
    [
        (table(numbers=(*OF_2022, "9999")), "9999"),
        (table(numbers=("0106", "3025", "0301", "5430", "5421")), "0106 (Fredrikstad)"),
        (table(years=("2024",)), ""),
        (table(numbers=OF_2022[1:]), "Fredrikstad"),
        (table(numbers=OF_2022[:1]), "4"),
        (table(years=("2000",)), "2000"),
        (table(years=("2022K1",)), "2022K1"),
        (table(figure=lambda number, age, sex: -7), "-7"),
    ],
)
def test_a_file_that_does_not_fit_the_registers_changes_nothing_and_says_why(world, now, said, words):
    with pytest.raises(KeyTableRefused) as caught:
        look(said)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".") and "%(" not in str(caught.value)
    assert not KeyTable.objects.across_all(reason="test").exists()


@in_database
def test_only_hdir_takes_tables_in(world, now):
    looked = look(table())
    for username in (f"statsforvalter-{VIKEN}", "editor-3004", "evaluator"):
        with pytest.raises(PermissionDenied):
            key_table_take(looked.figures, actor=world.user(username), now=now)
    assert not KeyValue.objects.across_all(reason="test").exists()

"""bin/manage municipalities: one of the doors that scripts rely on."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command("municipalities", *arguments, stdout=out)
    return out.getvalue()


def test_json(world):
    rows = json.loads(run("--as-of", "2022-05-01"))
    assert [row["number"] for row in rows] == ["3025", "3004", "5430", "0301", "5421"]
    assert rows[1] == {
        "id": world.unit("3004").pk,
        "number": "3004",
        "name": "Fredrikstad",
        "county": "Viken",
        "office": "Statsforvalteren i Oslo og Viken",
    }


def test_csv_keeps_numbers_as_text_and_the_id_through_renumbering(world):
    def row(day):
        lines = csv.DictReader(io.StringIO(run("--as-of", day, "--format", "csv")))
        return next(line for line in lines if line["name"] == "Fredrikstad")

    assert [row(day)["number"] for day in ("2019-12-31", "2022-05-01", "2024-05-01")] == ["0106", "3004", "3107"]
    assert {row(day)["id"] for day in ("2019-12-31", "2024-05-01")} == {str(world.unit("3004").pk)}
    assert row("2019-12-31")["office"] == "Fylkesmannen i Oslo og Viken"


def test_in_the_borders_of_another_day(world):
    rows = {row["number"]: row for row in json.loads(run("--as-of", "2019-12-31", "--in-borders-of", "2024-05-01"))}
    asker = {"id": world.unit("3025").pk, "number": "3203", "name": "Asker", "whole": True}
    assert rows["0220"]["belongs_to"] == rows["0627"]["belongs_to"] == [asker]
    assert [unit["number"] for unit in rows["0106"]["belongs_to"]] == ["3107"]
    back = csv.DictReader(io.StringIO(run("--as-of", "2022-05-01", "--in-borders-of", "2019-12-31", "--format", "csv")))
    assert {row["number"]: row["belongs_to"] for row in back}["3025"] == "0220; 0627"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "Say which day"),
        (["--as-of", "1. mai 2022"], "is not a day"),
        (["--as-of", "2022-13-01"], "is not a day"),
        (["--as-of", "20220501"], "is not a day"),
        (["--as-of", "2022-05-01", "--format", "xml"], "Unknown format 'xml'"),
        (["--as-of", "2022-05-01", "--in-borders-of", "today"], "'today' is not a day"),
        (["--as-of", "1814-05-17"], "No municipality is registered on 1814-05-17"),
    ],
)
def test_bad_input_is_told_in_one_line(world, arguments, why):
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert why in str(caught.value) and "\n" not in str(caught.value)

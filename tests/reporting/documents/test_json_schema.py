"""The documented schema is that of the dataclasses, real documents are valid against it, and it refuses others."""

from __future__ import annotations

import json
from copy import deepcopy
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from django.core.management import call_command
from django.utils.translation import gettext

from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.documents.content import blocks_and_parts
from reporting.documents.json_schema import schema
from reporting.documents.render_json import render_json
from tests.reporting.documents.population import FROZEN, populate

from .conftest import made

FILE = Path(__file__).resolve().parents[3] / "docs" / "document-schema.json"
CHECK = jsonschema.Draft202012Validator(schema())


def test_the_schema_in_the_documents_is_that_of_the_code():
    out = StringIO()
    call_command("document_schema", stdout=out)
    assert FILE.read_text("utf-8") == out.getvalue(), "bin/manage document_schema > docs/document-schema.json"
    jsonschema.Draft202012Validator.check_schema(schema())
    assert set(schema()["$defs"]) == {kind.__name__ for kind in blocks_and_parts()} | {"Decimal", "date"}


@pytest.mark.parametrize("name", ["note", "hostile"])
def test_the_examples_are_valid(name):
    CHECK.validate(json.loads(made(name, "json")))


def test_a_real_summary_is_valid_in_both_languages(world):
    facts = collect(populate(world, extra=5).now, frozen_at=FROZEN)
    for language in ("nb", "nn"):
        CHECK.validate(json.loads(render_json(compute(facts, language, gettext))))


def _first(plain, kind):
    """The first object of a kind anywhere in a document."""
    if isinstance(plain, dict):
        if plain.get("_") == kind:
            return plain
        plain = list(plain.values())
    found = (_first(member, kind) for member in plain) if isinstance(plain, list) else ()
    return next((entry for entry in found if entry is not None), None)


@pytest.mark.parametrize("kind", sorted({kind.__name__ for kind in blocks_and_parts()} | {"Decimal", "date"}))
def test_a_field_too_few_or_too_many_is_refused(kind):
    whole = json.loads(made("note", "json"))
    entry = _first(whole, kind)
    assert entry is not None, f"the example has no {kind}"
    for spoil in (lambda e: e.pop(next(name for name in sorted(e) if name != "_"), None), lambda e: e.update(more=1)):
        other = deepcopy(whole)
        spoil(_first(other, kind))
        if _first(other, kind) != entry:
            assert list(CHECK.iter_errors(other)), kind


@pytest.mark.parametrize(
    "value", [1.5, "5", True, {"_": "Decimal", "value": "NaN"}, {"_": "date", "value": "1.5.2022"}]
)
def test_a_count_is_a_whole_number(value):
    whole = json.loads(made("note", "json"))
    _first(whole, "Tile")["column"] = value
    assert list(CHECK.iter_errors(whole))

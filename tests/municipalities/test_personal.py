"""The table of what is kept about persons names every field that could hold it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from municipalities.personal import ANONYMISE_AFTER_MONTHS, MAIL_MONTHS, NONE, PERSONAL, Kept, Then, privacy_rows
from municipalities.trail_rule import KEPT

KINDS = (
    models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField,
    models.GenericIPAddressField,
)  # fmt: skip


def text_fields() -> Iterator[str]:
    """Every field of every model, allauth's and Django's too, in which a text could stand."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, KINDS) and not field.choices:
                yield f"{model._meta.label}.{field.name}"


def test_every_text_field_is_in_the_table_or_said_to_hold_nothing_about_persons():
    none = {f"{model}.{name}" for model, names in NONE.items() for name in names.split()}
    missing = sorted(set(text_fields()) - none - PERSONAL.keys())
    assert not missing, f"say in municipalities/personal.py what these hold: {missing}"
    assert not none & PERSONAL.keys(), "a field is in both tables"


def test_the_tables_name_only_fields_that_exist():
    for name in [*PERSONAL, *(f"{model}.{field}" for model, fields in NONE.items() for field in fields.split())]:
        model, _dot, field = name.rpartition(".")
        assert apps.get_model(model)._meta.get_field(field), name


@pytest.mark.parametrize("name", [name for name, row in PERSONAL.items() if row.whose])
def test_the_way_to_the_person_leads_to_a_user(name):
    model = apps.get_model(name.rpartition(".")[0])
    for step in PERSONAL[name].whose.split("__"):
        model = model._meta.get_field(step).related_model
    assert model._meta.label == "municipalities.User"


def test_the_sentences_say_the_months_and_years_of_the_rules():
    assert str(ANONYMISE_AFTER_MONTHS) in str(Kept.ACCOUNT.label) and str(MAIL_MONTHS) in str(Kept.MAIL.label)
    with override("en"):
        years = [str(rule.years) for rule in KEPT.values()]
        assert all(f"{number} years" in str(Kept.TRAIL.label) for number in years)


def test_a_name_that_is_replaced_is_a_short_text_and_what_is_sealed_is_let_be():
    for name, row in PERSONAL.items():
        model, _dot, field = name.rpartition(".")
        if row.then is Then.NAME:
            assert apps.get_model(model)._meta.get_field(field).max_length == 200, name


@pytest.mark.django_db
def test_the_page_is_made_from_the_table(client, settings):
    html = client.get(reverse("privacy")).content.decode()
    for row in privacy_rows():
        for text in (row.what, row.purpose, row.ground, row.kept):
            with override("nb"):
                assert escape(str(text)) in html
    assert settings.PORTAL_PRIVACY_CONTACT in html


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_line_of_the_page_has_the_name_of_another(language):
    """Two lines of one name, with different times, would leave a person to guess which is hers."""
    with override(language):
        names = [str(row.what) for row in privacy_rows()]
    assert len(set(names)) == len(names)

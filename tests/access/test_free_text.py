"""No way in for national identity numbers: every form, and every body that the API reads, asks the one rule."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from rest_framework import serializers

from municipalities.free_text import FreeTextForm, FreeTextMixin, refuse_national_ids
from municipalities.transitions import event_about
from tests.municipalities.test_national_ids import made

ROOT = Path(__file__).resolve().parents[2]
APPS = ("reform", "municipalities", "networks", "reporting", "grants")
NUMBER = made("010190124")
OF_THE_REPORT = {"SectionForm"}
"""A report's free text is saved as it is written, and asked about before it is sent in (checks/national_id.py)."""
API_OF_THE_REPORT = {"DraftFieldSerializer", "ManyAnswersSerializer", "LookedOverSerializer"}


def modules() -> Iterator[Any]:
    for app in APPS:
        package = importlib.import_module(app)
        for entry in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in entry.name and entry.name not in ("reform.wsgi",):
                yield importlib.import_module(entry.name)


def own(kind: type) -> list[type]:
    """The classes of this kind that are written in the five apps, each once."""
    found = {
        value
        for module in modules()
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, kind) and value.__module__.split(".")[0] in APPS
    }
    return sorted(found, key=lambda one: f"{one.__module__}.{one.__qualname__}")


def free(field: Any) -> bool:
    """Whether one writes a text in the field that others read: no password, nothing hidden."""
    return isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)


def test_every_form_refuses_them_in_every_text_field():
    """A form of allauth's takes names and passwords and no free text; it is known by its package among the bases."""
    loose = [
        f"{form.__module__}.{form.__name__}"
        for form in own(forms.BaseForm)
        if not issubclass(form, FreeTextForm)
        and form.__name__ not in OF_THE_REPORT
        and not any(base.__module__.startswith("allauth.") for base in form.__mro__)
        and any(free(field) for field in getattr(form, "base_fields", {}).values())
    ]
    assert not loose, f"make these FreeTextForm: {loose}"


@pytest.mark.parametrize("form", [one for one in own(forms.BaseForm) if issubclass(one, FreeTextForm)])
def test_a_form_says_so_at_its_field(form):
    fields = {name: field for name, field in form.base_fields.items() if isinstance(field, forms.CharField)}
    bare = type("Bare", (FreeTextForm,), dict(fields))  # without what the subclass needs to be made
    bound = bare(dict.fromkeys(fields, f"Ring {NUMBER}"))
    assert bound.errors.keys() >= fields.keys()
    assert all(bound[name].value() == f"Ring {NUMBER}" for name in fields), "what was typed is lost"
    for name, field in fields.items():
        if type(field).clean is forms.CharField.clean and not (field.max_length and field.max_length < 16):
            assert NUMBER not in str(bound.errors[name].as_data())


def bodies() -> list[str]:
    """The names of the serializers that something posted is read with: ``XSerializer(data=…)``."""
    found = set()
    for app in APPS:
        for path in (ROOT / app).rglob("api*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                if any(key.arg == "data" for key in node.keywords) and node.func.id != "Response":
                    found.add(node.func.id)
    return sorted(found)


def test_every_body_of_the_api_refuses_them():
    known = {one.__name__: one for one in own(serializers.BaseSerializer)}
    named = {name for name in bodies() if name in known} - API_OF_THE_REPORT
    named |= {name for name in known if "Write" in name or "Change" in name}  # those that are given as an argument
    loose = sorted(name for name in named if not issubclass(known[name], FreeTextMixin))
    assert named and not loose, f"put FreeTextMixin before these: {loose}"
    for name in named:
        for field in known[name]().fields.values():
            for text in (field, getattr(field, "child", None)):
                if isinstance(text, serializers.CharField) and not text.read_only:
                    assert refuse_national_ids in text.validators, f"{name}.{text.field_name}"


def test_what_the_trail_says_never_holds_one(world, now):
    event = event_about(world.unit("3004"), "x", actor=None, now=now, note=f"note: – → Ring {NUMBER}")
    assert NUMBER not in event.note and event.note.startswith("note: – → Ring *")

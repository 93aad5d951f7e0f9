"""Free text that people write, and what it may not hold: the sentence, and where forms and the API ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from municipalities.national_ids import has_national_id

SENTENCE = _("This looks like somebody's national identity number. Take it out: the portal keeps none.")


def refuse_national_ids(value: Any) -> None:
    """A validator of form fields and of the API. Raises ValidationError, which never repeats the number."""
    if isinstance(value, str) and has_national_id(value):
        raise ValidationError(SENTENCE, code="national_id")


def text_fault(value: str) -> str:
    """The sentence, or the empty text when there is nothing wrong."""
    return str(SENTENCE) if has_national_id(value) else ""


class FreeTextForm(forms.Form):
    """The base of every form of the portal: no text field takes a national identity number. What was typed stays."""

    def full_clean(self) -> None:
        """Ask each text field, those that a subclass has added too."""
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and refuse_national_ids not in field.validators:
                field.validators.append(refuse_national_ids)
        super().full_clean()


class FreeTextMixin:
    """The same for what is written by the API."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields: dict[str, serializers.Field] = super().get_fields()  # type: ignore[misc]
        for field in _texts(fields.values()):
            if refuse_national_ids not in field.validators:
                field.validators = [*field.validators, refuse_national_ids]
        return fields


def _texts(fields: Iterable[serializers.Field]) -> Iterable[serializers.Field]:
    """The text fields among these, those within lists and dictionaries too."""
    for field in fields:
        if isinstance(field, serializers.CharField):
            yield field
        elif isinstance(field, serializers.ListField | serializers.DictField):
            yield from _texts([field.child])

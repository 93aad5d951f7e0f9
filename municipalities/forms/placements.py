"""The form that asks where the people of a split municipality belong. It reads; the service decides what may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.html import conditional_escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.free_text import FreeTextForm
from municipalities.services import Homeless

NOWHERE = "ingen"


class PlaceField(forms.MultipleChoiceField):
    """The parts as check boxes. It may be left open, but is not one that does not matter, so not called optional."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class PlacementForm(FreeTextForm):
    """One question for each person of one unit: which of the parts, or none. Who is left open goes on waiting."""

    def __init__(self, people: Sequence[Homeless], data: Any = None) -> None:
        unit = people[0].membership.municipality_id
        super().__init__(data, prefix=f"k{unit}", auto_id="%s")
        self.people = people
        choices = [(str(part.unit_id), f"{span.number} {span.name}") for part, span in people[0].parts]
        for entry in people:
            self.fields[str(entry.membership.pk)] = PlaceField(
                label=str(entry.membership.user),
                help_text=self._about(entry),
                choices=[*choices, (NOWHERE, _("None of them; the access ends"))],
            )

    @staticmethod
    def _about(entry: Homeless) -> str:
        """Role and address, escaped: the template pack takes a help text as HTML."""
        role = capfirst(entry.membership.get_role_display())
        return "<br>".join(conditional_escape(part) for part in (role, entry.membership.user.email) if part)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, chosen in list(cleaned.items()):
            if NOWHERE in chosen and len(chosen) > 1:
                self.add_error(name, _("Choose one or more of them, or none of them, not both."))
        if not self.errors and not any(cleaned.values()):
            self.add_error(None, _("Choose where at least one of them belongs."))
        return cleaned

    @cached_property
    def answers(self) -> dict[int, list[int]]:
        """The units chosen for each membership that was answered; an empty list is none of them."""
        return {
            int(name): [int(unit) for unit in chosen if unit != NOWHERE]
            for name, chosen in self.cleaned_data.items()
            if chosen
        }

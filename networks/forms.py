"""The forms of networks, participations and meetings. They read what was typed; what may be registered the services
say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.free_text import FreeTextForm
from municipalities.models import Office
from networks.forms_support import FILL_IN, DayField, UnitsField, UnitTicks
from networks.models import Network, Participation, Provider
from networks.rules import NAME_LENGTH, NOTE_LENGTH, PART_NOTE_LENGTH, NetworkValues, clean_line, clean_text
from networks.services.support_units import MAX_TYPED, UnitBook, UnitOnDay
from reform.models import Solution


class Told(FreeTextForm):
    """A form that takes the services' sentences at its fields."""

    use_required_attribute = False
    PLACES: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def refuse(self, error: ValidationError) -> None:
        """Put a service's sentences at the fields; what has no field goes on top."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, sentences in error.message_dict.items():
            place = self.PLACES.get(name, name)
            for sentence in sentences:
                self.add_error(place if place in self.fields else None, sentence)


class Ticks(forms.MultipleChoiceField):
    """Boxes to tick; what is none of them is said in our own words."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": gettext_lazy("Choose from the list.")}


class NetworkForm(Told):
    """A network. ``offices`` are all regions with their names, ``own`` the ids of those the writer keeps."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH, error_messages=FILL_IN)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), error_messages=FILL_IN)
    offices = Ticks(label=gettext_lazy("Regions"), error_messages=FILL_IN)
    host = forms.CharField(
        label=gettext_lazy("Host"),
        help_text=gettext_lazy("The municipality or organisation that runs the network."),
        required=False,
        max_length=NAME_LENGTH,
    )
    organisers = Ticks(label=gettext_lazy("Organisers"), required=False)
    valid_from = DayField(
        label=gettext_lazy("First day"), help_text=gettext_lazy("For example 1.9.2020"), error_messages=FILL_IN
    )
    valid_to = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Empty while the network goes on. Participations end with it."),
        required=False,
    )
    themes = Ticks(label=gettext_lazy("Solutions that the network works with"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, offices: Sequence[tuple[Office, str]], own: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ids = {office.key: office.pk for office, _name in offices}
        self.own = set(own)
        self.fields["kind"].choices = [("", _("Choose")), *((k, capfirst(text)) for k, text in Network.Kind.choices)]
        self.fields["offices"].choices = [(office.key, name) for office, name in offices]
        self.fields["organisers"].choices = [
            (key, capfirst(text)) for key, text in Provider.choices if key != Provider.TOGETHER
        ]
        self.solutions = list(Solution.objects.select_related("area").order_by("area__order", "order"))
        self.fields["themes"].choices = [(row.code, f"{row.code} {row.name}") for row in self.solutions]

    def clean_offices(self) -> frozenset[int]:
        """The regions by id. One's own must be among them: a network of others is kept by others."""
        chosen = frozenset(self.ids[key] for key in self.cleaned_data["offices"])
        if not chosen & self.own:
            raise ValidationError(_("Your own region must be among them."))
        return chosen

    def theme_groups(self) -> list[tuple[str, list[tuple[Solution, bool]]]]:
        """The solutions by focus area, each with whether it is ticked."""
        chosen, groups = set(self["themes"].value() or ()), {}
        for row in self.solutions:
            groups.setdefault(row.area.name, []).append((row, row.code in chosen))
        return list(groups.items())

    def values(self) -> NetworkValues:
        """What is to be registered. Only for a valid form."""
        data = self.cleaned_data
        return NetworkValues(
            name=clean_line(data["name"]),
            kind=data["kind"],
            offices=data["offices"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            host=clean_line(data["host"]),
            organisers=tuple(key for key in Provider.values if key in data["organisers"]),
            themes=tuple(sorted(data["themes"])),
            note=clean_text(data["note"]),
        )


STATUSES = [(key, capfirst(text)) for key, text in Participation.Status.choices if key != Participation.Status.ENDED]


class PartForm(Told):
    """One participation: its status and days."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=STATUSES,
        widget=forms.RadioSelect,
        initial="active",
        error_messages=FILL_IN,
    )
    valid_from = DayField(
        label=gettext_lazy("First day"), help_text=gettext_lazy("For example 1.9.2020"), error_messages=FILL_IN
    )
    valid_to = DayField(
        label=gettext_lazy("Last day"), help_text=gettext_lazy("Empty while it goes on."), required=False
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=PART_NOTE_LENGTH)

    def values(self) -> dict[str, Any]:
        """What is to be registered. Only for a valid form."""
        data = self.cleaned_data
        return {**{name: data[name] for name in ("status", "valid_from", "valid_to")}, "note": clean_line(data["note"])}


class WithUnits(Told):
    """A form that names units of one region: written, pasted or ticked. ``offered`` are the units to tick, ``book``
    understands what is written, ``office`` (an id) is the region."""

    PLACES = {"units": "units_text", "attendance": "units_text"}
    units_text = UnitsField(
        label=gettext_lazy("Municipalities and districts"),
        help_text=gettext_lazy(
            "Numbers or names with comma, semicolon or line shift between. You can paste a column from Excel."
        ),
        max_length=MAX_TYPED,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    units = UnitTicks(label=gettext_lazy("Tick in the list"), required=False, widget=forms.CheckboxSelectMultiple)
    day_field = "valid_from"
    units_needed = True

    def __init__(
        self, *args: Any, book: UnitBook, office: int, offered: Sequence[UnitOnDay], own: Iterable[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.book, self.office, self.offered, self.own = book, office, offered, set(own)
        self.fields["units"].choices = [(str(row.unit_id), row.full_name) for row in offered]

    def unit_groups(self) -> list[tuple[str, list[tuple[UnitOnDay, bool]]]]:
        """The municipalities to tick, and the districts where there are any."""
        ticked = {str(value) for value in self["units"].value() or ()}
        rows = [(row, str(row.unit_id) in ticked) for row in self.offered]
        parts = ((_("Municipalities"), False), (_("Districts"), True))
        groups = [(label, [entry for entry in rows if entry[0].is_district is kind]) for label, kind in parts]
        return [(label, entries) for label, entries in groups if entries]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day: dt.date | None = data.get(self.day_field)
        if day is None or "units_text" not in data:
            return data
        found = self.book.read(data["units_text"], office_id=self.office, day=day)
        for fault in found.faults:
            self.add_error("units_text", fault)
        ticked = [int(value) for value in data.get("units", [])]
        data["unit_ids"] = list(dict.fromkeys([*found.unit_ids, *ticked]))
        if not set(data["unit_ids"]) <= self.own:
            self.add_error("units_text", _("Only municipalities and districts of your own region can be chosen."))
        elif self.units_needed and not data["unit_ids"] and not found.faults:
            self.add_error("units_text", _("Write or tick at least one municipality or district."))
        return data


class PartsForm(PartForm, WithUnits):
    """Many participations at once."""

    field_order = ("units_text", "units", "status", "valid_from", "valid_to", "note")


class MeetingForm(WithUnits):
    """A meeting and who was there."""

    day_field, units_needed = "on", False
    on = DayField(label=gettext_lazy("Date"), help_text=gettext_lazy("For example 1.9.2020"), error_messages=FILL_IN)
    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=NAME_LENGTH)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("on", "title", "units_text", "units", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units_text"].required = False

    def values(self) -> dict[str, Any]:
        """What is to be registered. Only for a valid form."""
        data = self.cleaned_data
        texts = {"title": clean_line(data["title"]), "note": clean_text(data["note"])}
        return {"on": data["on"], "attendance": data["unit_ids"], **texts}


class UploadForm(FreeTextForm):
    """A workbook."""

    file = forms.FileField(
        label=gettext_lazy("Workbook"),
        help_text=gettext_lazy("An Excel workbook (.xlsx) of at most 5 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("The file is empty."),
            "invalid": gettext_lazy("Choose a file first."),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
    use_required_attribute = False

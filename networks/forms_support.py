"""The form for one line of support. It reads what was typed; what may be registered the services say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.free_text import FreeTextForm
from municipalities.models import Office
from networks.days import read_day, typed
from networks.models import Provider, SupportActivity
from networks.services.support import NOTE_LENGTH, TITLE_LENGTH, Support, day_fault, not_started
from networks.services.support_units import MAX_TYPED, UnitBook, UnitOnDay
from reform.models import Solution

SOME, REGION, NOT_STARTED = "noen", "region", "ikke-i-gang"
FILL_IN = {"required": gettext_lazy("Fill in this field.")}
TO = (
    (SOME, gettext_lazy("Those I write or tick")),
    (REGION, gettext_lazy("The whole region")),
    (NOT_STARTED, gettext_lazy("All that have not started")),
)


class DayField(forms.CharField):
    """A day as people write it; its value is a date."""

    widget = forms.TextInput(attrs={"class": "w-date", "autocomplete": "off", "inputmode": "text"})

    def prepare_value(self, value: Any) -> Any:
        return typed(value) if isinstance(value, dt.date) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        day = read_day(text) if text else None
        if text and day is None:
            raise forms.ValidationError(_("Write the date as day, month and year, for example 4.5.2022."))
        return day


class UnitsField(forms.CharField):
    """Not marked as optional, since most lines need it; that it is empty is said where all ways are known."""

    def validate(self, value: Any) -> None:
        """Nothing to say about an empty one."""


class UnitTicks(forms.MultipleChoiceField):
    """Ticked units by id. Whether each may be chosen on the day is said by the services, by name."""

    def valid_value(self, value: Any) -> bool:
        return str(value).isascii() and str(value).isdigit() and len(str(value)) < 10


class SupportForm(FreeTextForm):
    """One line: when, what, who, to whom, about what. ``offices`` are those the writer may write for, ``book`` the
    units; those of the line's own day, else of ``today``, are offered to tick."""

    on = DayField(label=gettext_lazy("Date"), max_length=60, error_messages=FILL_IN)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of support"), error_messages=FILL_IN)
    provider = forms.ChoiceField(label=gettext_lazy("Given by"), error_messages=FILL_IN)
    office = forms.ChoiceField(label=gettext_lazy("Region"), error_messages=FILL_IN)
    to = forms.ChoiceField(
        label=gettext_lazy("Who received the support?"),
        choices=TO,
        initial=SOME,
        widget=forms.RadioSelect,
        error_messages=FILL_IN,
    )
    units_text = UnitsField(
        label=gettext_lazy("Municipalities and districts"),
        help_text=gettext_lazy(
            "Numbers or names with comma, semicolon or line shift between. You can paste a column from Excel."
        ),
        max_length=MAX_TYPED,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    units = UnitTicks(label=gettext_lazy("Tick in the list"), required=False, widget=forms.CheckboxSelectMultiple)
    title = forms.CharField(
        label=gettext_lazy("What it was about"),
        help_text=gettext_lazy("A few words, for example the name of the course."),
        required=False,
        max_length=TITLE_LENGTH,
    )
    solutions = forms.MultipleChoiceField(
        label=gettext_lazy("Solutions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("The municipalities that received the support can read the note."),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        offices: Iterable[Office],
        office_labels: Mapping[int, str],
        book: UnitBook,
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {office.key: office for office in offices}
        self.book = book
        self.today = today
        self.label_suffix = ""
        first = [("", _("Choose"))]
        self.fields["kind"].choices = first + [(key, capfirst(text)) for key, text in SupportActivity.Kind.choices]
        self.fields["provider"].choices = first + [(key, capfirst(text)) for key, text in Provider.choices]
        names = [(key, office_labels.get(office.pk, key)) for key, office in self.offices.items()]
        if len(names) == 1:
            self.fields["office"].widget = forms.HiddenInput()
            self.fields["office"].required = False
        self.fields["office"].choices = names if len(names) == 1 else [*first, *names]
        self.solutions_by_area = list(Solution.objects.select_related("area").order_by("area__order", "order"))
        self.fields["solutions"].choices = [(row.code, row.name) for row in self.solutions_by_area]
        self.fields["to"].choices = TO
        self.offered = self._offered(today)
        self.fields["units"].choices = [(str(row.unit_id), row.full_name) for row in self.offered]

    def _offered(self, today: dt.date) -> list[UnitOnDay]:
        """The chosen office's units on the form's own date, so that names fit it; else on ``today``."""
        office = self.office_row
        on = self.data.get("on", "") if self.is_bound else self.initial.get("on", "")
        own_day = on if isinstance(on, dt.date) else read_day(str(on or ""))
        return self.book.of_office(office.pk, own_day or today) if office else []

    @property
    def office_row(self) -> Office | None:
        """The office that the line is for; None until one of several is chosen."""
        if len(self.offices) == 1:
            return next(iter(self.offices.values()))
        key = self.data.get("office", "") if self.is_bound else self.initial.get("office", "")
        return self.offices.get(key)

    @property
    def ticked(self) -> set[str]:
        """The ids of the units that are ticked as the form stands."""
        return {str(value) for value in self["units"].value() or ()}

    @property
    def ticks_unseen(self) -> list[str]:
        """Ticked ids that the list does not offer (units of another day): they go along all the same."""
        offered = {str(row.unit_id) for row in self.offered}
        return [value for value in sorted(self.ticked) if value not in offered and value.isdigit()]

    def solution_groups(self) -> list[tuple[str, list[tuple[Solution, bool]]]]:
        """The solutions by focus area, each with whether it is ticked."""
        chosen = set(self["solutions"].value() or ())
        groups: dict[str, list[tuple[Solution, bool]]] = {}
        for row in self.solutions_by_area:
            groups.setdefault(row.area.name, []).append((row, row.code in chosen))
        return list(groups.items())

    def unit_groups(self) -> list[tuple[Any, list[tuple[UnitOnDay, bool]]]]:
        """The region's municipalities, and its districts where it has any, each with whether it is ticked."""
        ticked = self.ticked
        rows = [(row, str(row.unit_id) in ticked) for row in self.offered]
        parts = ((_("Municipalities"), False), (_("Districts"), True))
        groups = [(label, [entry for entry in rows if entry[0].is_district is kind]) for label, kind in parts]
        return [(label, entries) for label, entries in groups if entries]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        office, day = self.office_row, data.get("on")
        if day is not None and (fault := day_fault(day, self.today)):
            self.add_error("on", fault)
            day = self.today if day > self.today else None  # what else is wrong is told at once, where it can be
        if office is None or day is None or "to" not in data:
            return data
        typed_text, ticked = data.get("units_text", "").strip(), data.get("units", [])
        data["unit_ids"] = ()
        if data["to"] != SOME and (typed_text or ticked):
            text = _("You have written or ticked municipalities as well. Take them out, or choose “%(choice)s”.")
            self.add_error("to", text % {"choice": dict(TO)[SOME]})
        elif data["to"] == NOT_STARTED:
            data["unit_ids"] = not_started(self.book, office, day)
            if not data["unit_ids"]:
                self.add_error("to", _("Everybody in the region had started on this day."))
        elif data["to"] == SOME:
            found = self.book.read(typed_text, office_id=office.pk, day=day)
            for fault in found.faults:
                self.add_error("units_text", fault)
            if not found.faults and not found.unit_ids and not ticked and "units" not in self.errors:
                self.add_error("units_text", _("Say which municipalities received the support."))
            data["unit_ids"] = tuple(dict.fromkeys([*found.unit_ids, *(int(value) for value in ticked)]))
        return data

    def support(self) -> Support:
        """What is to be registered. Only for a valid form."""
        data = self.cleaned_data
        office = self.office_row
        if office is None:
            raise ValueError("no office is chosen")
        return Support(
            office=office,
            kind=data["kind"],
            provider=data["provider"],
            on=data["on"],
            units=data["unit_ids"],
            whole_region=data["to"] == REGION,
            solutions=tuple(data["solutions"]),
            title=" ".join(data["title"].split()),
            note=data["note"],
        )

    def refuse(self, faults: Mapping[str, Iterable[str]]) -> None:
        """Put the services' sentences at the fields."""
        for name, texts in faults.items():
            for text in texts:
                self.add_error({"units": "units_text"}.get(name, name), text)

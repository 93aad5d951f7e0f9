"""Fields and the base of the registers' forms: days as people write them, files, and sentences of the services."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.free_text import FreeTextForm
from municipalities.services.dated import EntryRefused
from municipalities.services.plan_documents import MOST, Upload, room_fault, size_fault, upload_fault

LONG = 4000
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_WRITTEN = re.compile(r"(?P<d>\d{1,2})\.? (?P<m>[a-z]{3,9})\.? (?P<y>\d{4})")
_FORMATS = ("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
FILL_IN = {"required": gettext_lazy("Fill in this field.")}


class DayField(forms.CharField):
    """A day as people write it (``17.06.2021``, ``2021-06-17``, ``17. juni 2021``); its value is a date."""

    widget = forms.TextInput(attrs={"class": "w-date", "autocomplete": "off"})

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, max_length=40, error_messages=FILL_IN, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d.%m.%Y}" if isinstance(value, dt.date) else value

    def clean(self, value: Any) -> Any:
        text = " ".join(super().clean(value).casefold().split())
        day = read_day(text)
        if text and day is None:
            raise forms.ValidationError(_("Write the date as day, month and year, for example 4.5.2022."))
        return day


def read_day(text: str) -> dt.date | None:
    """The day that a text says; None when it says none, or one outside the years 2000-2100."""
    if match := _WRITTEN.fullmatch(text):
        short = match["m"][:3]
        text = f"{match['d']}.{_MONTHS.index(short) + 1}.{match['y']}" if short in _MONTHS else ""
    for style in _FORMATS:
        try:
            day = dt.datetime.strptime(text, style).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        return day if 2000 <= day.year <= 2100 else None
    return None


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """One file or several; the value is a list of ``Upload``. What each of them is, is judged by its bytes."""

    widget = FilesInput(attrs={"accept": ".pdf,.docx,.odt,.xlsx"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > MOST:
            raise forms.ValidationError(room_fault())
        faults = [fault for fault in (size_fault(file.name, file.size) for file in files) if fault]
        if faults:
            raise forms.ValidationError(faults)
        uploads = [Upload(file.name, file.read()) for file in files]
        faults = [fault for fault in map(upload_fault, uploads) if fault]
        if faults:
            raise forms.ValidationError(faults)
        return uploads


class EntryForm(FreeTextForm):
    """A form whose entry a service judges. What is wrong in itself is said at once, at each field; ``refused`` puts
    what only the register knows at its field. ``NEEDED`` are the fields that the chosen answer makes necessary: they
    are never marked as optional, and the service says when one is missing."""

    NEEDED: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, today: dt.date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def full_clean(self) -> None:
        """Ask the service, and not the field, whether a field that is needed may be empty."""
        self._need(False)
        super().full_clean()
        self._need(True)

    def __getitem__(self, name: str) -> Any:
        if not self.is_bound:
            self._need(True)
        return super().__getitem__(name)

    def _need(self, needed: bool) -> None:
        for name in self.NEEDED:
            self.fields[name].required = needed

    def faults(self, today: dt.date) -> Mapping[str, str]:
        """What is wrong with what was typed, by field; a subclass asks its service."""
        return {}

    def clean(self) -> Any:
        data = super().clean()
        if self.today is not None:
            for name, sentence in self.faults(self.today).items():
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, sentence)
        return data

    def refused(self, refused: EntryRefused) -> None:
        """Show why the service did not take the entry, each sentence at its field."""
        for name, sentence in refused.faults.items():
            self.add_error(name if name in self.fields else None, sentence)


def text_field(label: Any, length: int, help_text: Any = "", *, css: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"class": css, "autocomplete": "off"} if css else {"autocomplete": "off"})
    return forms.CharField(label=label, max_length=length, required=False, help_text=help_text, widget=widget)


def words_field(label: Any, help_text: Any = "", rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "aria-describedby": "pii"})
    return forms.CharField(label=label, max_length=LONG, required=False, help_text=help_text, widget=widget)

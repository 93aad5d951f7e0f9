"""The forms of the plan registers. They read what was typed; what may be registered the services say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import PlanAnchoring, PlanDecision
from municipalities.services.anchoring import AnchoringEntry
from municipalities.services.dated import EntryRefused
from municipalities.services.decisions import DecisionEntry
from municipalities.services.plan_documents import Upload, size_fault, upload_fault
from municipalities.services.progress import ProgressEntry
from municipalities.vocabulary import DELAY_REASONS, PHASES, PLAN_TYPES, POSITIONS, STEPS

LONG = 4000
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_WRITTEN = re.compile(r"(?P<d>\d{1,2})\.? (?P<m>[a-z]{3,9})\.? (?P<y>\d{4})")
_FORMATS = ("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
FILL_IN = {"required": gettext_lazy("Fill in this field.")}


class DayField(forms.CharField):
    """A day as people write it (``17.06.2021``, ``2021-06-17``, ``17. juni 2021``); its value is a date."""

    widget = forms.TextInput(attrs={"class": "w-date", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, **kwargs)

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
        faults = [fault for fault in (size_fault(file.name, file.size) for file in files) if fault]
        if faults:
            raise forms.ValidationError(faults)
        uploads = [Upload(file.name, file.read()) for file in files]
        faults = [fault for fault in map(upload_fault, uploads) if fault]
        if faults:
            raise forms.ValidationError(faults)
        return uploads


class EntryForm(forms.Form):
    """A form whose entry a service judges: ``refused`` puts its sentences at the fields."""

    def refused(self, refused: EntryRefused) -> None:
        """Show why the service did not take the entry, each sentence at its field."""
        for name, sentence in refused.faults.items():
            self.add_error(name if name in self.fields else None, sentence)


def _text(label: Any, length: int, help_text: Any = "", *, css: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"class": css, "autocomplete": "off"} if css else {"autocomplete": "off"})
    return forms.CharField(label=label, max_length=length, required=False, help_text=help_text, widget=widget)


def _area(label: Any, help_text: Any = "", rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "aria-describedby": "pii"})
    return forms.CharField(label=label, max_length=LONG, required=False, help_text=help_text, widget=widget)


class ReasonForm(EntryForm):
    """Why an entry is taken out."""

    reason = _area(gettext_lazy("Why is the entry taken out?"), rows=2)


class DecisionForm(EntryForm):
    """A plan decision with its positions. ``areas`` are the five areas with their solutions at hand."""

    status = forms.ChoiceField(
        label=gettext_lazy("What has the municipality decided?"), widget=forms.RadioSelect, error_messages=FILL_IN
    )
    title = _text(gettext_lazy("Title of the case"), 200, gettext_lazy("As it stands in the minutes."))
    decided_on = DayField(
        label=gettext_lazy("Day of the council's decision"), help_text=gettext_lazy("For example 17.06.2021")
    )
    case_number = _text(
        gettext_lazy("Case number"),
        60,
        gettext_lazy("As it stands in the minutes, for example PS 82/21"),
        css="w-short",
    )
    link = _text(gettext_lazy("Address of the document"), 500, gettext_lazy("Begins with https://"))
    expected_on = DayField(
        label=gettext_lazy("Day on which the decision is expected"), help_text=gettext_lazy("For example 22.06.2022")
    )
    process = _area(
        gettext_lazy("How the municipality works towards the decision"),
        gettext_lazy("What is done, what remains, and who handles the case."),
    )
    valid_from = DayField(
        label=gettext_lazy("Holds from"),
        help_text=gettext_lazy("A council's decision holds from the day it was made when this is left empty."),
    )
    elder_council_on = DayField(label=gettext_lazy("Day of the statement from the council for the elderly"))
    elder_council = _area(gettext_lazy("What the council for the elderly said"), rows=3)
    documents = FilesField(
        label=gettext_lazy("Documents"),
        help_text=gettext_lazy(
            "PDF, docx, odt or xlsx, at most 20 MB each. Only where the case papers have no address on the net."
        ),
    )
    reason = _text(gettext_lazy("What was wrong?"), 300, gettext_lazy("Kept in the history of the entry."))

    def __init__(self, *args: Any, areas: Iterable[Any], now: Mapping[str, str], correcting: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.areas, self.now = list(areas), now
        self.fields["status"].choices = [(value, capfirst(label)) for value, label in PlanDecision.Status.choices]  # type: ignore[attr-defined]
        for area in self.areas:
            self.fields[f"area_{area.code}"] = _position(area.name)
            self.fields[f"same_{area.code}"] = forms.BooleanField(
                required=False,
                label=_("The same answer for the solutions here that have none"),
            )
            for solution in area.solutions.all():
                self.fields[f"solution_{solution.code}"] = _position(solution.name)
        del self.fields["documents" if correcting else "reason"]

    @property
    def matrix(self) -> list[dict[str, Any]]:
        """The areas as the page draws them: each with its own row, its solutions, and whether it is open."""
        return [
            {
                "area": area,
                "row": self._row("area", area, _("The area as a whole")),
                "same": self[f"same_{area.code}"],
                "rows": [self._row("solution", solution, solution.name) for solution in area.solutions.all()],
            }
            for area in self.areas
        ]

    def _row(self, kind: str, about: Any, name: str) -> dict[str, Any]:
        field = self[f"{kind}_{about.code}"]
        return {
            "field": field,
            "code": about.code if kind == "solution" else "",
            "name": name,
            "value": field.value() or "",
            "now": POSITIONS.get(self.now.get(f"{kind}_{about.code}", ""), ""),
        }

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """The columns of the matrix."""
        return [("", _("Not mentioned")), *POSITIONS.items()]

    def entry(self) -> DecisionEntry:
        """What was typed, for the service."""
        data = self.cleaned_data
        areas = {area.code: data.get(f"area_{area.code}", "") for area in self.areas}
        solutions = {}
        for area in self.areas:
            same = areas[area.code] if data.get(f"same_{area.code}") else ""
            for solution in area.solutions.all():
                solutions[solution.code] = data.get(f"solution_{solution.code}", "") or same
        names = (
            "status", "valid_from", "title", "decided_on", "case_number", "link", "expected_on", "process",
            "elder_council_on", "elder_council",
        )  # fmt: skip
        return DecisionEntry(
            **{name: data[name] for name in names},
            areas={code: position for code, position in areas.items() if position},
            solutions={code: position for code, position in solutions.items() if position},
        )


def _position(label: str) -> forms.ChoiceField:
    choices = [("", _("Not mentioned")), *POSITIONS.items()]
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


class AnchoringForm(EntryForm):
    """A plan in which the reform is anchored, or is to be."""

    plan_type = forms.ChoiceField(
        label=gettext_lazy("Which plan?"), choices=list(PLAN_TYPES.items()), widget=forms.RadioSelect,
        error_messages=FILL_IN,
    )  # fmt: skip
    is_expected = forms.TypedChoiceField(
        label=gettext_lazy("Is the plan adopted?"),
        choices=[
            ("", gettext_lazy("Yes, the reform is part of an adopted plan")),
            ("1", gettext_lazy("No, the reform is to be taken in")),
        ],
        coerce=lambda value: value == "1",
        empty_value="",
        required=False,
        initial="",
        widget=forms.RadioSelect,
    )
    name = _text(gettext_lazy("Name of the plan"), 200)
    adopted_on = DayField(
        label=gettext_lazy("Day on which the plan was adopted"), help_text=gettext_lazy("For example 17.06.2021")
    )
    expected_on = DayField(label=gettext_lazy("Day on which the plan is expected to be adopted"))
    covers_from = forms.IntegerField(
        label=gettext_lazy("First year"), required=False, widget=forms.TextInput(attrs={"class": "w-num"}),
        error_messages={"invalid": gettext_lazy("Write the year with four digits, for example 2022.")},
    )  # fmt: skip
    covers_to = forms.IntegerField(
        label=gettext_lazy("Last year"), required=False, widget=forms.TextInput(attrs={"class": "w-num"}),
        error_messages={"invalid": gettext_lazy("Write the year with four digits, for example 2022.")},
        help_text=gettext_lazy("The economic plan covers four years, the yearly budget one."),
    )  # fmt: skip
    link = _text(gettext_lazy("Address of the plan"), 500, gettext_lazy("Begins with https://"))
    note = _area(gettext_lazy("Note"), rows=2)
    decision = forms.ChoiceField(label=gettext_lazy("Belongs to the decision"), required=False)
    reason = _text(gettext_lazy("What was wrong?"), 300, gettext_lazy("Kept in the history of the entry."))

    def __init__(self, *args: Any, decisions: Iterable[tuple[PlanDecision, str]], correcting: bool = False, **kw: Any):
        super().__init__(*args, **kw)
        self.decisions = {str(row.pk): row for row, _words in decisions}
        choices = [("", _("None in particular")), *((str(row.pk), words) for row, words in decisions)]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        if correcting:
            self.fields["plan_type"].disabled = self.fields["is_expected"].disabled = True
        else:
            del self.fields["reason"]

    def entry(self) -> AnchoringEntry:
        """What was typed, for the service."""
        data = self.cleaned_data
        names = ("plan_type", "name", "adopted_on", "expected_on", "covers_from", "covers_to", "link", "note")
        decision = self.decisions.get(data.get("decision", ""))
        expected = data["is_expected"] in (True, "1")
        return AnchoringEntry(is_expected=expected, decision=decision, **{name: data[name] for name in names})

    @staticmethod
    def initial_of(row: PlanAnchoring) -> dict[str, Any]:
        """What a row says, as the form shows it."""
        names = ("plan_type", "name", "adopted_on", "expected_on", "covers_from", "covers_to", "link", "note")
        initial = {name: getattr(row, name) for name in names}
        if row.adopted_on is None and not row.is_expected and row.origin.startswith("register:"):
            initial["adopted_on"] = row.valid_from
        return {**initial, "is_expected": "1" if row.is_expected else "", "decision": row.decision_id or ""}  # type: ignore[attr-defined]


class ProgressForm(EntryForm):
    """Where a municipality stands from a day on."""

    valid_from = DayField(label=gettext_lazy("From which day?"), help_text=gettext_lazy("For example 01.02.2022"))
    step = forms.TypedChoiceField(
        label=gettext_lazy("Step"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect,
        choices=[("", gettext_lazy("Not known")), *STEPS.items()], initial="",
    )  # fmt: skip
    phase = forms.TypedChoiceField(
        label=gettext_lazy("Phase"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect,
        choices=[("", gettext_lazy("Not known")), *PHASES.items()], initial="",
    )  # fmt: skip
    delay_months = forms.IntegerField(
        label=gettext_lazy("Delay in months"),
        required=False,
        widget=forms.TextInput(attrs={"class": "w-num", "inputmode": "numeric"}),
        help_text=gettext_lazy("Against the municipality's own plan. Write 0 when it is on schedule."),
        error_messages={"invalid": gettext_lazy("Write a number of months from 0 to 120.")},
    )
    delay_reason = forms.ChoiceField(
        label=gettext_lazy("Main reason for the delay"),
        required=False,
        choices=[("", gettext_lazy("Not delayed")), *DELAY_REASONS.items()],
    )
    note = _area(gettext_lazy("Note"), gettext_lazy("In a few words: why, and what is done about it."), rows=3)
    reason = _text(gettext_lazy("What was wrong?"), 300, gettext_lazy("Kept in the history of the entry."))

    def __init__(self, *args: Any, correcting: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not correcting:
            del self.fields["reason"]

    def entry(self) -> ProgressEntry:
        """What was typed, for the service."""
        names = ("valid_from", "step", "phase", "delay_months", "delay_reason", "note")
        return ProgressEntry(**{name: self.cleaned_data[name] for name in names})


class EndForm(EntryForm):
    """The last day of an anchoring."""

    last = DayField(label=gettext_lazy("Last day"), help_text=gettext_lazy("For example 31.12.2021"))
    note = _area(gettext_lazy("Why it ends"), rows=2)


class DocumentsForm(EntryForm):
    """More documents to a decision."""

    document = FilesField(
        label=gettext_lazy("Add documents"), help_text=gettext_lazy("PDF, docx, odt or xlsx, at most 20 MB each.")
    )

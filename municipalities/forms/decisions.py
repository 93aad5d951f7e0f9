"""The forms of the plan registers. They read what was typed; what may be registered the services say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.forms import FILL_IN, DayField, EntryForm, FilesField, text_field, words_field
from municipalities.models import PlanAnchoring, PlanDecision
from municipalities.services.anchoring import AnchoringEntry, anchoring_faults
from municipalities.services.decisions import DecisionEntry, decision_faults
from municipalities.services.progress import ProgressEntry, progress_faults
from municipalities.vocabulary import DELAY_REASONS, PHASES, PLAN_TYPES, POSITIONS, STEPS


class ReasonForm(EntryForm):
    """Why an entry is taken out."""

    reason = words_field(gettext_lazy("Why is the entry taken out?"), rows=2)
    NEEDED = ("reason",)


class DecisionForm(EntryForm):
    """A plan decision with its positions. ``areas`` are the five areas with their solutions at hand."""

    NEEDED = ("decided_on", "expected_on", "process")

    status = forms.ChoiceField(
        label=gettext_lazy("What has the municipality decided?"), widget=forms.RadioSelect, error_messages=FILL_IN
    )
    title = text_field(gettext_lazy("Title of the case"), 200, gettext_lazy("As it stands in the minutes."))
    decided_on = DayField(
        label=gettext_lazy("Day of the council's decision"), help_text=gettext_lazy("For example 17.06.2021")
    )
    case_number = text_field(
        gettext_lazy("Case number"),
        60,
        gettext_lazy("As it stands in the minutes, for example PS 82/21"),
        css="w-short",
    )
    link = text_field(gettext_lazy("Address of the document"), 500, gettext_lazy("Begins with https://"))
    expected_on = DayField(
        label=gettext_lazy("Day on which the decision is expected"), help_text=gettext_lazy("For example 22.06.2022")
    )
    process = words_field(
        gettext_lazy("How the municipality works towards the decision"),
        gettext_lazy("What is done, what remains, and who handles the case."),
    )
    valid_from = DayField(
        label=gettext_lazy("Holds from"),
        help_text=gettext_lazy("A council's decision holds from the day it was made when this is left empty."),
    )
    elder_council_on = DayField(label=gettext_lazy("Day of the statement from the council for the elderly"))
    elder_council = words_field(gettext_lazy("What the council for the elderly said"), rows=3)
    documents = FilesField(
        label=gettext_lazy("Documents"),
        help_text=gettext_lazy(
            "PDF, docx, odt or xlsx, at most 20 MB each. Only where the case papers have no address on the net."
        ),
    )
    reason = text_field(gettext_lazy("What was wrong?"), 300, gettext_lazy("Kept in the history of the entry."))

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

    def faults(self, today: dt.date) -> Mapping[str, str]:
        return decision_faults(self.entry(), today)

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
            **{name: data.get(name) or _EMPTY.get(name, "") for name in names},
            areas={code: position for code, position in areas.items() if position},
            solutions={code: position for code, position in solutions.items() if position},
        )


_EMPTY: Mapping[str, Any] = dict.fromkeys(("valid_from", "decided_on", "expected_on", "elder_council_on"))


def _position(label: str) -> forms.ChoiceField:
    choices = [("", _("Not mentioned")), *POSITIONS.items()]
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


class AnchoringForm(EntryForm):
    """A plan in which the reform is anchored, or is to be."""

    NEEDED = ("adopted_on",)

    plan_type = forms.ChoiceField(
        label=gettext_lazy("Which plan?"), choices=list(PLAN_TYPES.items()), widget=forms.RadioSelect,
        error_messages=FILL_IN,
    )  # fmt: skip
    is_expected = forms.TypedChoiceField(
        label=gettext_lazy("Is the plan adopted?"),
        choices=[
            ("0", gettext_lazy("Yes, the reform is part of an adopted plan")),
            ("1", gettext_lazy("No, the reform is to be taken in")),
        ],
        coerce=lambda value: value == "1",
        initial="0",
        widget=forms.RadioSelect,
        error_messages=FILL_IN,
    )
    name = text_field(gettext_lazy("Name of the plan"), 200)
    adopted_on = DayField(
        label=gettext_lazy("Day on which the plan was adopted"), help_text=gettext_lazy("For example 17.06.2021")
    )
    expected_on = DayField(label=gettext_lazy("Day on which the plan is expected to be adopted"))
    covers_from = forms.IntegerField(
        label=gettext_lazy("First year"),
        help_text=gettext_lazy("For example 2022"), required=False, widget=forms.TextInput(attrs={"class": "w-num"}),
        error_messages={"invalid": gettext_lazy("Write the year with four digits, for example 2022.")},
    )  # fmt: skip
    covers_to = forms.IntegerField(
        label=gettext_lazy("Last year"), required=False, widget=forms.TextInput(attrs={"class": "w-num"}),
        error_messages={"invalid": gettext_lazy("Write the year with four digits, for example 2022.")},
        help_text=gettext_lazy("For example 2025"),
    )  # fmt: skip
    link = text_field(gettext_lazy("Address of the plan"), 500, gettext_lazy("Begins with https://"))
    note = words_field(gettext_lazy("Note"), rows=2)
    decision = forms.ChoiceField(label=gettext_lazy("Belongs to the decision"), required=False)
    reason = text_field(gettext_lazy("What was wrong?"), 300, gettext_lazy("Kept in the history of the entry."))

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
        values: dict[str, Any] = {
            name: data.get(name) or None if name in _UNSET else data.get(name, "") for name in names
        }
        return AnchoringEntry(is_expected=data.get("is_expected") in (True, "1"), decision=decision, **values)

    def faults(self, today: dt.date) -> Mapping[str, str]:
        faults = dict(anchoring_faults(self.entry(), today))
        if {"covers_from", "covers_to"} & set(self.errors):  # a year that is no number is no missing one
            faults.pop("covers_from", None)
            faults.pop("covers_to", None)
        return faults

    @staticmethod
    def initial_of(row: PlanAnchoring) -> dict[str, Any]:
        """What a row says, as the form shows it."""
        names = ("plan_type", "name", "adopted_on", "expected_on", "covers_from", "covers_to", "link", "note")
        initial = {name: getattr(row, name) for name in names}
        if row.adopted_on is None and not row.is_expected and row.origin.startswith("register:"):
            initial["adopted_on"] = row.valid_from
        return {**initial, "is_expected": "1" if row.is_expected else "0", "decision": row.decision_id or ""}  # type: ignore[attr-defined]


_UNSET = ("adopted_on", "expected_on", "covers_from", "covers_to")


class ProgressForm(EntryForm):
    """Where a municipality stands from a day on."""

    valid_from = DayField(
        required=True, label=gettext_lazy("From which day?"), help_text=gettext_lazy("For example 01.02.2022")
    )
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
    note = words_field(gettext_lazy("Note"), gettext_lazy("In a few words: why, and what is done about it."), rows=3)
    reason = text_field(gettext_lazy("What was wrong?"), 300, gettext_lazy("Kept in the history of the entry."))

    def __init__(self, *args: Any, correcting: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not correcting:
            del self.fields["reason"]

    def entry(self) -> ProgressEntry:
        """What was typed, for the service."""
        names = ("valid_from", "step", "phase", "delay_months", "delay_reason", "note")
        return ProgressEntry(**{name: self.cleaned_data.get(name, _START[name]) for name in names})

    def faults(self, today: dt.date) -> Mapping[str, str]:
        return progress_faults(self.entry(), today)


_START: Mapping[str, Any] = {
    "valid_from": None, "step": None, "phase": None, "delay_months": None, "delay_reason": "", "note": "",
}  # fmt: skip


class EndForm(EntryForm):
    """The last day of an anchoring."""

    last = DayField(required=True, label=gettext_lazy("Last day"), help_text=gettext_lazy("For example 31.12.2021"))
    note = words_field(gettext_lazy("Why it ends"), rows=2)


class DocumentsForm(EntryForm):
    """More documents to a decision."""

    NEEDED = ("document",)

    document = FilesField(
        label=gettext_lazy("Add documents"), help_text=gettext_lazy("PDF, docx, odt or xlsx, at most 20 MB each.")
    )

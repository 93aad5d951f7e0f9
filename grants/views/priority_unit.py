"""One municipality's page: each criterion with its evidence, what the statsforvalter has added, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from grants import words
from grants.evidence_shown import EvidenceLine, places_of
from grants.forms_priority import NoteForm, WithdrawForm
from grants.models import CriterionNote
from grants.priority_shown import Head, heads
from grants.services import priority
from grants.services.criterion_notes import criterion_note_add, criterion_note_withdraw
from grants.services.priority import UnitOutcomes, Verdict
from municipalities.access import can
from municipalities.errors import stopped
from municipalities.models import Municipality
from municipalities.services import unit_with_number
from municipalities.services.dated import EntryRefused
from municipalities.templatetags.portal import day as day_words
from municipalities.views import ScopedView
from reporting.register_day import read_day


@dataclass(frozen=True)
class NoteShown:
    """A note with the way to withdraw it (None where the reader cannot, or it is withdrawn)."""

    row: CriterionNote
    words: str
    form: WithdrawForm | None

    @property
    def is_open(self) -> bool:
        """Whether the form stands open: what was typed in it was refused."""
        return self.form is not None and self.form.is_bound


@dataclass(frozen=True)
class Part:
    """One criterion: what it asks and accepts, the outcome, its evidence, its notes, and the form."""

    head: Head
    verdict: Verdict
    accepts: list[str]
    evidence: list[EvidenceLine]
    parts: list[tuple[str, str]]
    notes: list[NoteShown]
    form: NoteForm | None


class PriorityUnit(ScopedView):
    """``/tilskudd/2021/prioritet/kommune/17/``; a POST adds to a criterion, or withdraws what was added."""

    right = "priority.read"
    model = Municipality

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.method == "POST":
            self.right = "priority.document"  # type: ignore[misc]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except priority.NoCriteria as unknown:
            text = _("Helsedirektoratet has not entered criteria for that year.")
            return stopped(request, str(unknown), text, self.ways_on(), 404, code="no_criteria")

    @property
    def year(self) -> int:
        return int(self.kwargs["year"])

    @cached_property
    def asked_day(self) -> tuple[dt.date, str]:
        """The day that the address asks for, and a sentence where it cannot be shown (today is shown instead)."""
        return read_day(" ".join(self.request.GET.get("dag", "").split())[:40], self.today)

    @property
    def day(self) -> dt.date:
        return self.asked_day[0]

    @cached_property
    def unit(self) -> Municipality:
        """The municipality of the address, if the reader may see it."""
        unit: Municipality = self.get_object()
        return unit

    @cached_property
    def criteria(self) -> tuple[priority.CriterionRow, ...]:
        """Raises NoCriteria."""
        return priority.criteria_of(self.year)

    @cached_property
    def may_add(self) -> bool:
        """Whether the reader may add to the criteria: today's outcome, never that of an earlier day."""
        allowed = can(self.request.user, "priority.document", self.unit, today=self.today)
        return bool(allowed) and self.day == self.today

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.unit  # noqa: B018 - outside the reader's region there is nothing to write to
        if (note := request.POST.get("note", "")).isascii() and note.isdigit():
            return self._withdraw(int(note[:15]))
        return self._add(request.POST.get("code", ""))

    def _add(self, code: str) -> HttpResponse:
        if code not in {row.code for row in self.criteria}:
            raise Http404
        form = NoteForm(self.request.POST, prefix=code, use_required_attribute=False)
        if form.is_valid():
            try:
                criterion_note_add(
                    municipality=self.unit, year=self.year, code=code, actor=self.request.user, now=self.now,
                    **form.entry(),
                )  # fmt: skip
            except EntryRefused as refused:
                form.take(dict(refused.faults))
            else:
                messages.success(self.request, _("It is added, and the municipality can read it."))
                return redirect(f"{self.own_url}#{code}")
        return self.page(added=(code, form), status=422)

    def _withdraw(self, pk: int) -> HttpResponse:
        note = self.rows(CriterionNote).filter(pk=pk, municipality=self.unit, year=self.year).first()
        if note is None:
            raise Http404
        form = WithdrawForm(self.request.POST, prefix=f"note-{pk}", use_required_attribute=False)
        if form.is_valid():
            try:
                criterion_note_withdraw(
                    note=note, reason=form.cleaned_data["reason"], actor=self.request.user, now=self.now
                )
            except EntryRefused as refused:
                form.refused(refused)
            else:
                messages.success(self.request, _("It is withdrawn. It stays visible, and does not count."))
                return redirect(f"{self.own_url}#{note.code}")
        return self.page(withdrawn=(pk, form), status=422)

    @property
    def own_url(self) -> str:
        """This page as of today."""
        return reverse("priority_unit", args=[self.year, self.unit.pk])

    def page(
        self,
        *,
        added: tuple[str, NoteForm] | None = None,
        withdrawn: tuple[int, WithdrawForm] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The page; ``added`` and ``withdrawn`` are forms that were refused, with what they are about."""
        unit, criteria = self.unit, self.criteria
        if unit.kind != Municipality.Kind.MUNICIPALITY:
            raise Http404
        found = priority.outcomes(self.year, self.day, units=[unit.pk], scope=self.scope, criteria=criteria)
        if not found:
            return self._not_there()
        line = found[0]
        parts = self._parts(line, added, withdrawn)
        context = {
            "year": self.year,
            "line": line,
            "parts": parts,
            "day": self.day,
            "day_error": self.asked_day[1],
            "is_today": self.day == self.today,
            "missing": line.missing,
            "own": unit.pk in self.scope.municipality_ids,
            "may_add": self.may_add,
            "list_title": _("Priority list %(year)s") % {"year": self.year},
            "list_address": reverse("priority_list", args=[self.year]),
            "own_url": self.own_url,
            "failed": added[1] if added else withdrawn[1] if withdrawn else None,
        }
        return self.render("grants/priority_unit.html", context, status=status)

    def _not_there(self) -> HttpResponse:
        heading = _("The municipality did not exist on %(day)s") % {"day": day_words(self.day)}
        text = _("What it had is followed to the municipalities that it was made of, or that it went into.")
        links = [(_("Priority list %(year)s") % {"year": self.year}, reverse("priority_list", args=[self.year]))]
        return stopped(self.request, heading, text, links, 404, code="not_there")

    def _parts(
        self,
        line: UnitOutcomes,
        added: tuple[str, NoteForm] | None,
        withdrawn: tuple[int, WithdrawForm] | None,
    ) -> list[Part]:
        rows = [row for verdict in line.verdicts.values() for row in verdict.computed.evidence]
        merged = {unit for verdict in line.verdicts.values() for unit, _state in verdict.computed.parts}
        places = places_of(rows, {line.unit, *merged}, self.day)
        asked = {row.code: row.settings for row in self.criteria}
        kept = {row.pk: row for row in self._notes()}
        parts = []
        for head in heads(self.criteria):
            verdict = line.verdicts[head.code]
            form = None
            if self.may_add:
                fresh = NoteForm(prefix=head.code, use_required_attribute=False)
                form = added[1] if added and added[0] == head.code else fresh
            parts.append(
                Part(
                    head=head,
                    verdict=verdict,
                    accepts=accepts_words(asked[head.code]),
                    evidence=[places.line(row, line.unit) for row in verdict.computed.evidence],
                    parts=[(" ".join(places.units[unit]), state) for unit, state in verdict.computed.parts],
                    notes=[self._note(kept[note.id], withdrawn) for note in reversed(verdict.notes)],
                    form=form,
                )
            )
        return parts

    def _notes(self) -> list[CriterionNote]:
        """Everything that was added to the municipality's criteria of the year. One query."""
        return list(self.rows(CriterionNote).filter(municipality=self.unit, year=self.year))

    def _note(self, row: CriterionNote, withdrawn: tuple[int, WithdrawForm] | None) -> NoteShown:
        form = None
        if self.may_add and row.withdrawn_at is None:
            fresh = WithdrawForm(prefix=f"note-{row.pk}", use_required_attribute=False)
            form = withdrawn[1] if withdrawn and withdrawn[0] == row.pk else fresh
        return NoteShown(row, note_words(row), form)


class PriorityUnitNow(ScopedView):
    """``/tilskudd/prioritet/kommune/3004/``: the way from a municipality's number to its page of the newest year."""

    right = "priority.read"
    model = Municipality

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        named = unit_with_number(number, self.today)
        if named is None:
            raise Http404
        unit = self.get_object(pk=named[0])
        if not (known := priority.years()):
            heading = _("There are no criteria for priority yet")
            text = _("Helsedirektoratet enters them for each year.")
            return stopped(request, heading, text, self.ways_on(), 404, code="no_criteria")
        return redirect("priority_unit", year=known[0], pk=unit.pk)


def note_words(row: CriterionNote) -> str:
    """What a note is: documentation, or which outcome it puts in the place of what is computed."""
    if row.kind == CriterionNote.Kind.DOCUMENTATION:
        return _("Documentation")
    if row.outcome == CriterionNote.Outcome.MET:
        return _("Overruled: the criterion is met")
    return _("Overruled: the criterion is not met")


def accepts_words(settings: Mapping[str, Any]) -> list[str]:
    """What the year's criterion accepts beside what it asks, in words."""
    return [str(text) for key, text in words.ACCEPTS.items() if settings.get(key)]

"""Hdir's list of rounds, and the builder of one: its dates, its scope, its questions, what differs, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from municipalities.templatetags.portal import clock, day, moment
from municipalities.views import ScopedPage
from reporting import compose_shown as shown
from reporting.compose import Difference, EditRefused, Fault, differences, estimate
from reporting.compose.editing import question_move, section_move
from reporting.models import Report, Round
from reporting.question_views import dom_id
from reporting.services.burden import measured_medians
from reporting.services.composing import ComposeRefused, form_faults, publish_faults
from reporting.services.rounds import previous_round
from reporting.timing import RoundState, round_state
from reporting.views.compose_base import REGION, ComposeView, number_of
from reporting.views.shown import language

STATES: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("Draft"), "info"),
    RoundState.UPCOMING: (pgettext_lazy("round", "Published"), "accent"),
    RoundState.OPEN: (pgettext_lazy("round", "Open"), "success"),
    RoundState.LATE: (gettext_lazy("After the deadline"), "warning"),
    RoundState.CLOSED: (pgettext_lazy("round", "Closed"), "neutral"),
}
"""The state of a round in words, and its colour."""


def state_of(round_: Round, today: Any) -> tuple[Any, str]:
    """The tag of a round on ``today``."""
    if round_.published_at is None:
        return STATES["draft"]
    return STATES[round_state(round_, today)]


class RoundList(ScopedPage):
    """``/runder/``: every round, the newest first; the test rounds for themselves."""

    right = "round.compose"
    template_name = "reporting/compose/list.html"

    def get_context(self) -> dict[str, Any]:
        rounds = [(row, *state_of(row, self.today)) for row in self.rows(Round).order_by("-reference_date", "-id")]
        return {
            "rounds": [entry for entry in rounds if not entry[0].is_test],
            "tests": [entry for entry in rounds if entry[0].is_test],
        }


class RoundCompose(ComposeView):
    """``/runde/7/``: the builder. A subclass opens something beside the list of questions."""

    chosen_question = ""
    chosen_section = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        """The builder, with what a subclass has opened."""
        return self.render("reporting/compose/round.html", self.context() | more, status)

    # --- what the page shows ------------------------------------------------------------------------

    @cached_property
    def before(self) -> Any:
        """The form it is compared with: the one it corrects, else that of the last round. None for a first one."""
        if self.form.replaces_id is not None:
            return self.form.replaces
        last = self.last_round
        return (last.regional_form if self.is_region else last.form_version) if last else None

    @cached_property
    def last_round(self) -> Round | None:
        return previous_round(self.round)

    @cached_property
    def measured(self) -> dict[str, float]:
        """The seconds that questions took in the last round, where that was measured."""
        return {} if self.is_region else measured_medians(self.last_round)

    @cached_property
    def found(self) -> list[Fault]:
        """All that is wrong with the form."""
        return form_faults(self.round, self.definition, self.audience)

    @cached_property
    def changed(self) -> list[Difference]:
        if not self.before:
            return []
        return differences(self.before.definition, self.definition, measured=self.measured)

    @cached_property
    def units(self) -> int:
        """How many report: of this round when its reports are made, else of the last one."""
        reports = Report.objects.across_all(reason="how many a round asks")
        last = self.last_round
        return reports.filter(round=self.round).count() or (reports.filter(round=last).count() if last else 0)

    def estimates(self) -> list[shown.Figure]:
        """The scope against last time."""
        how: dict[str, Any] = {"measured": self.measured} | ({"units": self.units} if self.units else {})
        last = estimate(self.before.definition, **how) if self.before else None
        return shown.figures(estimate(self.definition, **how), last)

    def sections(self) -> list[shown.SectionRow]:
        return shown.section_rows(
            self.definition,
            estimate(self.definition, measured=self.measured),
            self.changed,
            self.found,
            self.url,
            language(),
            question=self.chosen_question,
            section=self.chosen_section,
            opened=self.request.GET.get("apen", ""),
        )

    @cached_property
    def dates_missing(self) -> Mapping[str, str]:
        """Sentences about the dates and the letter."""
        missing = publish_faults(self.round) if self.round.published_at is None else None
        return {name: text for name, text in missing.faults.items() if name} if missing else {}

    @cached_property
    def other_faults(self) -> bool:
        """Whether the round's other form, that is not on the page, is what stops it."""
        missing = publish_faults(self.round) if self.round.published_at is None else None
        return bool(missing and any(found for name, found in missing.found.items() if name != self.audience))

    @property
    def ready(self) -> bool:
        return not (self.found or self.dates_missing or self.other_faults)

    def saved_words(self) -> str:
        """Who saved last, and when."""
        at, name = self.form.edited_at, self.form.edited_by
        if at is None:
            return ""
        when = _("at %(clock)s") % {"clock": clock(at)} if at.date() == self.today else moment(at)
        return _("Saved %(when)s by %(name)s.") % {"when": when, "name": name}

    def context(self) -> dict[str, Any]:
        state, color = state_of(self.round, self.today)
        last = self.before and not self.correction and self.last_round
        return {
            "round": self.round,
            "state": state,
            "color": color,
            "saved": self.saved_words(),
            "last": last,
            "last_day": day(last.reference_date) if last else "",
            "dates": date_pairs(self.round),
            "open_again": self._open_again(),
            "tabs": self.tabs(),
            "figures": self.estimates() if not self.is_region else [],
            "sections": self.sections(),
            "differences": shown.difference_rows(self.changed, language()),
            "checks": shown.check_rows(
                self.found, {} if self.correction else self.dates_missing, self.url, language(), self.url("round_dates")
            ),
            "urls": {
                name: self.url(name)
                for name in ("compose_move", "compose_preview", "compose_section_new", "round_publish", "round_correct")
            },
        }

    def _open_again(self) -> str:
        """Until when a locked round is open again; empty where it is not."""
        until = self.round.unlocked_until
        if until is None or until < self.today:
            return ""
        return _("It is open until and with %(day)s.") % {"day": day(until)}

    def tabs(self) -> list[tuple[Any, str, bool]]:
        """The forms of the round: (words, address, whether it is the one on the page)."""
        if self.round.regional_form_id is None:
            return []
        here = reverse("round_compose", args=[self.round.pk])
        return [
            (_("The municipalities' form"), here, not self.is_region),
            (_("The statsforvalter's form"), f"{here}?skjema={REGION}", self.is_region),
        ]


def date_pairs(round_: Round) -> list[tuple[Any, Any]]:
    """The dates and the letter with their names."""
    return [
        (_("Opens"), day(round_.opens_on)),
        (_("The municipalities' deadline"), day(round_.municipality_deadline)),
        (_("The statsforvalter's deadline"), day(round_.office_deadline)),
        (_("Note to the ministry"), day(round_.hdir_deadline)),
        (_("Closes"), day(round_.closes_on)),
        (_("Corrections until"), day(round_.corrections_until) or _("The day it closes")),
        (_("Reference letter"), round_.letter or _("Not set yet")),
    ]


class ComposeMove(ComposeView):
    """``/runde/7/flytt/``: a question or a section one place up or down."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        what, _sep, name = request.POST.get("move", "").partition(":")
        opened = request.POST.get("opened", "")
        back = self.url("compose_question", opened) if opened else self.url("round_compose")
        by = {"up": -1, "down": 1, "section_up": -1, "section_down": 1}.get(what)
        if by is None:
            return redirect(back)
        move: Any = section_move if what.startswith("section") else question_move
        key = "key" if what.startswith("section") else "code"
        try:
            self.edit(
                lambda definition: move(definition, by=by, **{key: name}),
                number_of(request.POST.get("edit_number")),
                f"move {what} {name}",
            )
        except (ComposeRefused, EditRefused) as refused:
            return self.told(refused, back)
        place = f"#sp-{dom_id(name)}" if key == "code" else f"#del-{name}"
        return redirect((back if opened else self.url("round_compose", apen=self._section_with(name))) + place)

    def _section_with(self, name: str) -> str:
        for section in self.definition.get("sections") or []:
            if section.get("key") == name or any(one.get("code") == name for one in section.get("questions") or []):
                return str(section["key"])
        return ""

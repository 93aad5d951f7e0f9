"""The front page of a municipality."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from municipalities.access import can
from municipalities.acting import choose_first
from municipalities.errors import stopped
from municipalities.models import Event, MunicipalityVersion
from municipalities.services import OfficeNameOnDay, UnitName, office_names, unit_names
from municipalities.templatetags.portal import day, number
from municipalities.views import ScopedView
from reporting.models import Report, Round
from reporting.services import home
from reporting.services.comparison import ADOPTED, Comparison, comparison
from reporting.services.draft_view import EDITABLE, progress, spec_of
from reporting.services.prefill import LastReport, last_report
from reporting.services.submissions import changed_by_hand
from reporting.timing import days_late, deadline_of, open_until
from reporting.views import shown


@dataclass(frozen=True)
class Link:
    text: str
    url: str
    current: bool = False
    name: str = ""


@dataclass(frozen=True)
class RoundPanel:
    """The block where the page's work is: the open round, how far the report is, and the next thing to do."""

    report: Report
    asked: str
    done: int
    total: int
    progress_text: str
    primary_text: str
    primary_url: str
    links: Sequence[Link]
    previous: LastReport
    can_repeat: bool
    fills_in: bool
    comment: str
    why: str
    is_late: bool
    days_late: int

    @property
    def round(self) -> Round:
        return self.report.round

    @property
    def deadline(self) -> dt.date:
        """The deadline that holds for this report; for one that has come and is sent back, its last day."""
        if self.report.current_id is not None:
            return self.open_until
        return deadline_of(self.round, self.report.extended_to)

    @property
    def open_until(self) -> dt.date:
        """The last day on which it can be sent in."""
        return open_until(self.round, self.report.status, self.report.extended_to)

    @property
    def on_behalf(self) -> bool:
        """Whether the statsforvalter has taken it over and not sent it in yet."""
        return self.waiting and self.report.on_behalf_at is not None

    @property
    def waiting(self) -> bool:
        """Whether something is still expected from the municipality."""
        return self.report.status in EDITABLE

    @property
    def show_progress(self) -> bool:
        return self.waiting and self.total > 0 and bool(self.report.draft.get("fields"))


@dataclass(frozen=True)
class EarlierRow:
    """An earlier report: what happened with it, and the statsforvalter's words."""

    report: Report
    story: str
    words: str
    late: int


@dataclass(frozen=True)
class Bar:
    """A bar with its figure in words; ``width`` is of a hundred, written for SVG."""

    label: str
    width: str
    text: str
    own: bool = False


@dataclass(frozen=True)
class Card:
    title: str
    figure: str
    bars: Sequence[Bar]
    source: str


@dataclass(frozen=True)
class Figures:
    """Own, region and country from a round that is over, with what they are counted from."""

    day: str
    cards: Sequence[Card]
    source: str


READER = gettext_lazy("You can read the report. Others in the municipality fill it in.")
CHANGED = gettext_lazy("Answers have been changed since last time, so you send the report in from the form.")


class MunicipalityHome(ScopedView):
    """What is asked now, how far the report is, what comes back for it, and the earlier reports."""

    right = "home.read"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.scope.municipality_ids:
            return redirect("home")
        if self.acting.must_choose:
            return choose_first(request)
        units = unit_names(filter(None, [self.acting.unit_id]), self.today)
        if not units:
            heading = _("Your unit is not in the register today")
            text = _(
                "It may have become part of another one, or been split. Helsedirektoratet says which of the new ones"
                " you belong to. Until then you can read what was registered and reported before."
            )
            return stopped(
                request, heading, text, [*self._units_that_were(), (_("Help"), reverse("help"))], 404, code="no_unit"
            )
        return self.render("reporting/home_municipality.html", self.context(*next(iter(units.items()))))

    def _units_that_were(self) -> list[tuple[str, str]]:
        """Links to the pages of the reader's units that are no more."""
        rows = MunicipalityVersion.objects.filter(municipality_id__in=self.scope.municipality_ids)
        last = {row.municipality_id: row for row in rows.order_by("valid_from")}
        text = _("Read about %(unit)s")
        return [(text % {"unit": row}, reverse("municipality_detail", args=[row.number])) for row in last.values()]

    def context(self, pk: int, unit: UnitName) -> dict[str, Any]:
        """Everything the page shows for one unit."""
        user = self.request.user
        rows = self.rows(Report).filter(municipality_id=pk, round__opened_at__isnull=False)
        rows = rows.filter(round__opens_on__lte=self.today)
        rows = rows.select_related("round__form_version", "current", "municipality")
        every = list(rows.defer("round__form_version__definition").order_by("-round__reference_date"))
        reports = [report for report in every if not report.round.is_test]
        now = home.current_report(reports, self.today)
        events = shown.events_of(reports, self.rows(Event))
        rest = [report for report in reports if report is not now]
        sent = [report for report in reports if report.status in Report.DELIVERED]
        back = next((report for report in sent if report.round.figures_opened_at is not None), None)
        offices = office_names(self.today)
        return {
            "unit": unit,
            "today": self.today,
            "first_name": user.first_name or str(user),
            "now": self._panel(now, events) if now else None,
            **home.what_waits(now, user=user, today=self.today),
            "coming": self._coming() if now is None else None,
            "tests": [row for row in every if row.round.is_test and row.round.closes_on >= self.today],
            "returned_before": [report for report in rest if self._returned(report)],
            "contacts": home.contacts_at(unit.office_id, today=self.today) if now else [],
            "office_name": offices[unit.office_id].name if unit.office_id in offices else "",
            "colleagues": home.colleagues_of(pk, user=user, today=self.today) if now else [],
            "figures": self._figures(back, unit, offices) if back else None,
            "back": back,
            "not_open": sent[0] if sent and sent[0].round.figures_opened_at is None else None,
            "earlier": [earlier_row(report, events, self.today) for report in rest],
        }

    def _returned(self, report: Report) -> bool:
        open_ = self.today <= open_until(report.round, report.status, report.extended_to)
        return report.status in (Report.Status.RETURNED, Report.Status.REOPENED) and open_

    def _coming(self) -> Round | None:
        rounds = self.rows(Round).counted().filter(opens_on__gt=self.today, opened_at__isnull=False)
        return rounds.order_by("opens_on").first()

    def _panel(self, report: Report, events: list[Any]) -> RoundPanel:
        spec, last = spec_of(report), last_report(report)
        steps = progress(spec, report.draft)
        may_edit = bool(can(self.request.user, "report.edit", report, today=self.today))
        editable = report.status in EDITABLE
        sections_done = sum(step.is_done for step in steps)
        text, url = self._next_thing(report, may_edit and editable)
        may_repeat = may_edit and report.status in EDITABLE[:2] and last.submission is not None
        changed = may_repeat and changed_by_hand(report, last)
        returned = shown.return_note(events_about(events, report), {}, spec, report, links=False)
        return RoundPanel(
            report=report,
            asked=self._asked(report, spec, last),
            done=sections_done,
            total=len(steps),
            progress_text=ngettext(
                "%(done)s of %(total)s part is done", "%(done)s of %(total)s parts are done", len(steps)
            ) % {"done": sections_done, "total": len(steps)},
            primary_text=text,
            primary_url=url,
            links=self._links(report, may_edit and editable),
            previous=last,
            can_repeat=may_repeat and not changed,
            fills_in=may_edit and editable,
            comment=returned.text if returned else "",
            why=str(READER) if editable and not may_edit else str(CHANGED) if may_repeat and changed else "",
            is_late=report.current_id is None and self.today > deadline_of(report.round, report.extended_to),
            days_late=report.current.days_late
            if report.current
            else days_late(report.round, self.today, report.extended_to),
        )  # fmt: skip

    def _asked(self, report: Report, spec: Any, last: LastReport) -> str:
        if report.status == Report.Status.SUBMITTED:
            return _("The report is sent in. You get an e-mail if something must be corrected.")
        if report.status == Report.Status.APPROVED:
            return _("The statsforvalter has approved the report. There is nothing more to do in this round.")
        if report.status == Report.Status.REOPENED:
            return _("The report was approved, and is reopened. Correct it and send it in again.")
        questions = sum(1 for _question in spec.questions())
        count = ngettext("The form has %(count)s question", "The form has %(count)s questions", questions) % {
            "count": questions
        }
        parts = ngettext("in %(count)s part.", "in %(count)s parts.", len(spec.sections)) % {
            "count": len(spec.sections)
        }
        known = (
            _("What the registers and your last report know, is filled in: look it over, and change what is new.")
            if last.submission
            else _("What the registers know is filled in: look it over, and answer the rest.")
        )
        return f"{count} {parts} {known}"

    def _next_thing(self, report: Report, fills_in: bool) -> tuple[str, str]:
        form, read = reverse("report_form", args=[report.pk]), reverse("report_detail", args=[report.pk])
        if not fills_in:
            return _("See the report"), read
        return {
            Report.Status.NOT_STARTED: (_("Start on the report"), form),
            Report.Status.DRAFT: (_("Go on with the report"), form),
            Report.Status.RETURNED: (_("Correct the report"), read),
            Report.Status.REOPENED: (_("Correct the report"), read),
        }[report.status]

    def _links(self, report: Report, fills_in: bool) -> list[Link]:
        if report.status in Report.DELIVERED:
            return [Link(_("See the receipt"), reverse("report_receipt", args=[report.pk]))]
        return []

    def _figures(self, report: Report, unit: UnitName, offices: dict[int, OfficeNameOnDay]) -> Figures | None:
        found = comparison(round_=report.round, municipality=report.municipality)
        if found is None:
            return None
        region = offices[report.office_id].short_name if report.office_id in offices else ""
        return figures(found, unit.display_name, region)


def events_about(events: list[Event], report: Report) -> list[Event]:
    """The events of one report among several."""
    return [event for event in events if event.object_id == report.pk]


def earlier_row(report: Report, events: list[Event], today: Any) -> EarlierRow:
    """What happened with an earlier report, in one sentence, and the last words that the statsforvalter wrote."""
    mine = events_about(events, report)
    returns = sum(event.name == "return" for event in mine)
    words = next((event.note for event in reversed(mine) if event.name in ("approve", "return") and event.note), "")
    late = report.current.days_late if report.current else 0
    return EarlierRow(report, _story(report, returns), words, late)


def _story(report: Report, returns: int) -> str:
    times = ngettext("returned %(count)s time", "returned %(count)s times", returns) % {"count": returns}
    if report.status == Report.Status.APPROVED:
        text = _("Approved %(day)s") % {"day": day(report.approved_at)}
        return f"{text}, {times}" if returns else text
    if report.status == Report.Status.RETURNED:
        return _("Returned %(day)s, and not sent in again") % {"day": day(report.returned_at)}
    if report.status == Report.Status.SUBMITTED:
        return _("Waits for the statsforvalter")
    if report.status == Report.Status.REOPENED:
        return _("Reopened %(day)s, and not sent in again") % {"day": day(report.reopened_at)}
    return _("Nothing was sent in")


def figures(found: Comparison, unit: str, region: str) -> Figures:
    """The comparison in words and bars."""
    here = _("Districts in %(region)s") % {"region": region} if found.is_district else region
    country = _("The country")
    solutions = [_bar(unit, found.own_solutions or 0, found.rows, own=True)]
    if found.region_solutions:
        solutions.append(_bar(_("%(place)s, mean") % {"place": here}, found.region_solutions.value, found.rows))
    plans = [_share_bar(here, found.region_plan)] if found.region_plan else []
    if not found.is_district:
        plans.append(_share_bar(country, found.country_plan))
        if found.country_solutions:
            label = _("%(place)s, mean") % {"place": country}
            solutions.append(_bar(label, found.country_solutions.value, found.rows))
    if found.is_district:
        known = _("%(part)s of %(whole)s districts in %(place)s") % _words(found.region_delivered, region)
    else:
        known = _("%(part)s of %(whole)s in %(place)s") % _words(found.region_delivered, here)
        known += ", " + _("%(part)s of %(whole)s in %(place)s") % _words(found.country_delivered, _("the country"))
    cards = [
        Card(
            _("Districts with an adopted plan") if found.is_district else _("Municipalities with an adopted plan"),
            _("You have one") if found.own_plan in ADOPTED else _("You do not have one yet"),
            plans,
            _("Own plans and plans inside another adopted plan. Those that have not answered count as without."),
        )
    ]
    if found.rows:
        own = _("%(part)s of %(whole)s") % {"part": found.own_solutions, "whole": found.rows}
        about = _("In place, adopted or adapted locally. The mean is of the units that have sent in.")
        cards.insert(0, Card(_("Solutions adopted or in place"), own, solutions, about))
    source = _(
        "Counted now from the reports that are sent in: %(known)s. The official figures are those in the summary of "
        "Helsedirektoratet."
    ) % {"known": known}
    return Figures(day(found.round.reference_date), cards, source)


def _words(share: Any, place: str) -> dict[str, str]:
    return {"part": number(share.part), "whole": number(share.whole), "place": place}


def _bar(label: str, value: int | Decimal, whole: int, *, own: bool = False) -> Bar:
    width = 100 * float(value) / whole if whole else 0.0
    return Bar(label, f"{width:.1f}", number(value), own)


def _share_bar(label: str, share: Any) -> Bar:
    text = _("%(part)s of %(whole)s") % {"part": number(share.part), "whole": number(share.whole)}
    return Bar(label, f"{share.per_cent:.1f}", text)

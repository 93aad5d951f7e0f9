"""The statsforvalter's work list: what needs her, who has delivered, and several clean reports approved at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.readings import read_logged
from municipalities.views import ScopedPage, ScopedView
from reporting import worklist
from reporting.form_spec import local
from reporting.models import Report, Round
from reporting.querysets import chosen_round, editors_of, opened_rounds, round_key, work_rows
from reporting.services import notice_day, submissions
from reporting.services.rounds import form_spec
from reporting.worklist import Day, Query, WorkList, WorkRow

VIEW_LABELS = {
    "trenger": gettext_lazy("Needs you"),
    "alle": gettext_lazy("All"),
    "mangler": gettext_lazy("Not delivered"),
    "gjennomgang": gettext_lazy("To review"),
    "returnert": gettext_lazy("Returned or reopened"),
    "godkjent": gettext_lazy("Approved"),
    "svar": gettext_lazy("Waits for an answer"),
}
COLUMNS = (
    ("kommune", gettext_lazy("Municipality")),
    ("status", gettext_lazy("Status")),
    ("levert", gettext_lazy("Delivered")),
    ("varsler", gettext_lazy("Warnings")),
    ("endret", gettext_lazy("Changed since last time")),
)
FILTERS = (
    (
        "status",
        gettext_lazy("Status"),
        (
            ("", gettext_lazy("All")),
            ("ikke-startet", gettext_lazy("Not started")),
            ("utkast", gettext_lazy("Draft")),
            ("sendt-inn", gettext_lazy("Sent in")),
            ("returnert", gettext_lazy("Returned")),
            ("gjenaapnet", gettext_lazy("Opened again")),
            ("godkjent", gettext_lazy("Approved")),
        ),
    ),
    (
        "levert",
        gettext_lazy("Delivered"),
        (
            ("", gettext_lazy("All")),
            ("i-tide", gettext_lazy("On time")),
            ("utsatt", gettext_lazy("Extended deadline")),
            ("for-sent", gettext_lazy("Late")),
            ("ikke-levert", gettext_lazy("Not delivered")),
            ("paa-vegne", gettext_lazy("On behalf of the municipality")),
        ),
    ),
    (
        "varsler",
        gettext_lazy("Warnings"),
        (
            ("", gettext_lazy("With and without")),
            ("med", gettext_lazy("Only with warnings")),
            ("uten", gettext_lazy("Only without warnings")),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    """A link with its state: a view, a column, a page, a round."""

    label: Any
    url: str
    current: bool = False
    count: int | None = None
    sort: str = ""


@dataclass(frozen=True)
class Shown:
    """A row with its address and the names of the questions whose answers differ from last round."""

    row: WorkRow
    url: str
    changed: list[str]

    @property
    def first_changed(self) -> list[str]:
        """As many names as a cell has room for."""
        return self.changed[:3]

    @property
    def more_changed(self) -> int:
        return max(len(self.changed) - 3, 0)


@dataclass(frozen=True)
class Listing:
    """Everything that both the list and the review of one report know about the list."""

    rounds: list[Round]
    tests: list[Round]
    round: Round | None
    previous: Round | None
    rows: list[WorkRow]
    last_days: list[tuple[str, dt.date]]
    query: Query
    list: WorkList


def read_listing(view: ScopedView, *, round_: Round | None = None) -> Listing:
    """The list that the address asks for; a test round only where it is asked for. Two queries, and the scope."""
    query = Query.read(view.request.GET.get)
    every = opened_rounds(view.request.user, today=view.today, tests=True)
    rounds, tests = [row for row in every if not row.is_test], [row for row in every if row.is_test]
    wanted = round_key(round_) if round_ else query.round
    trial = next((row for row in tests if round_key(row) == wanted), None)
    chosen, previous = (trial, None) if trial else chosen_round(rounds, wanted)
    rows: list[WorkRow] = []
    days: list[tuple[str, dt.date]] = []
    if chosen is not None:
        rows, days = work_rows(view.request.user, round_=chosen, previous=previous, today=view.today)
    return Listing(rounds, tests, chosen, previous, rows, days, query, worklist.work_list(rows, query))


def list_url(query: Query, **changes: Any) -> str:
    """The address of the list with changes to what it shows."""
    parameters = query.parameters(**changes)
    return reverse("work_list") + (f"?{urlencode(parameters)}" if parameters else "")


def review_url(row: WorkRow, query: Query) -> str:
    """The address of a report's review that remembers the list it was opened from."""
    parameters = query.parameters(page=1)
    return reverse("report_review", args=[row.pk]) + (f"?{urlencode(parameters)}" if parameters else "")


class WorkListPage(ScopedPage):
    """The list. At most six queries for the whole page, whatever the size."""

    right = "report.review"
    template_name = "reporting/review/work_list.html"

    def get_context(self) -> dict[str, Any]:
        listing = read_listing(self)
        query, found = listing.query, listing.list
        national = len({row.office_key for row in listing.rows}) > 1
        context: dict[str, Any] = {
            "listing": listing,
            "query": query,
            "list": found,
            "rows": self._shown(listing),
            "views": [
                Link(label, list_url(query, view=name, page=1), name == query.view, found.counts[name])
                for name, label in VIEW_LABELS.items()
            ],
            "view_label": VIEW_LABELS[query.view],
            "columns": [
                Link(label, list_url(query, sort=query.next_sort(name), page=1), sort=query.sorted_by(name))
                for name, label in COLUMNS
            ],
            "filters": self._filters(query),
            "kept": [(name, value) for name, value in query.parameters(page=1).items() if name in _KEPT],
            "reset_url": list_url(query, search="", status="", delivery="", warnings="", page=1),
            "pages": [
                Link(number, list_url(query, page=number), number == found.page) for number in range(1, found.pages + 1)
            ],
            "offices": found.offices if national or query.office else (),
            "national": national and not query.office,
            "office_name": self._office_name(listing),
            "may_decide": bool(can(self.request.user, "report.approve", today=self.today)),
            "pickable": sum(row.clean for row in found.rows),
        }
        context.update(self._curve(listing))
        return context

    @staticmethod
    def _shown(listing: Listing) -> list[Shown]:
        if listing.round is None:
            return []
        spec = form_spec(listing.round.form_version)
        language = get_language() or "nb"

        def names(codes: tuple[str, ...]) -> list[str]:
            known = dict.fromkeys(code.partition(":")[0] for code in codes)
            return [local(spec.question(code).name, language) for code in known if spec.has(code)]

        return [Shown(row, review_url(row, listing.query), names(row.changed)) for row in listing.list.rows]

    @staticmethod
    def _filters(query: Query) -> list[tuple[str, Any, list[tuple[str, Any, bool]]]]:
        chosen = query.parameters()
        return [
            (name, label, [(key, text, chosen.get(name, "") == key) for key, text in options])
            for name, label, options in FILTERS
        ]

    @staticmethod
    def _office_name(listing: Listing) -> str:
        names = {row.office for row in listing.rows if listing.query.office in ("", row.office_key)}
        return names.pop() if len(names) == 1 else ""

    def _curve(self, listing: Listing) -> dict[str, Any]:
        if listing.round is None:
            return {}
        office = listing.query.office
        days = [row.first_day for row in listing.rows if row.first_day and office in ("", row.office_key)]
        last_days = [day for key, day in listing.last_days if office in ("", key)]
        until = min(self.today, max([listing.round.closes_on, *days]))
        points = worklist.curve(
            days,
            last_days if listing.previous else None,
            opens_on=listing.round.opens_on,
            deadline=listing.round.municipality_deadline,
            last_deadline=listing.previous.municipality_deadline if listing.previous else None,
            until=until,
        )
        return {"curve": Curve.draw(points, listing.list.total, listing.round.municipality_deadline)} if points else {}


_KEPT = ("utvalg", "sorter", "embete", "runde")


@dataclass(frozen=True)
class Curve:
    """The chart of reports day by day, in units of one day and one report. ``top`` is a round number above all."""

    points: tuple[Day, ...]
    table: tuple[Day, ...]
    top: int
    middle: int
    due: float | None
    line: str
    difference: int | None

    @classmethod
    def draw(cls, points: tuple[Day, ...], total: int, deadline: dt.date) -> Curve:
        """Measures for the template; the numbers themselves stay those of ``points``."""
        top = _round_up(max(total, *(point.now for point in points), *(point.last or 0 for point in points)))
        last = points[-1]
        due = next((point.place + 1 for point in points if point.day == deadline), None)
        steps = max(1, len(points) // 8)
        chosen = {len(points) - 1 - step * steps for step in range(len(points) // steps)}
        chosen |= {point.place for point in points if point.day == deadline}
        return cls(
            points=points,
            table=tuple(point for point in points if point.place in chosen),
            top=top,
            middle=top // 2,
            due=due,
            line=" ".join(f"{p.place + 0.5:.1f},{top - p.last}" for p in points if p.last is not None),
            difference=None if last.last is None else last.now - last.last,
        )

    @property
    def width(self) -> int:
        return len(self.points)

    @property
    def first(self) -> Day:
        return self.points[0]

    @property
    def last(self) -> Day:
        return self.points[-1]

    @property
    def fewer(self) -> int:
        """How many fewer than last round, where that is so."""
        return -(self.difference or 0)

    @property
    def half(self) -> Day:
        return self.points[len(self.points) // 2]

    @property
    def bars(self) -> list[tuple[str, int, int]]:
        """(x, y, height) of each bar."""
        return [(f"{point.place + 0.14:.2f}", self.top - point.now, point.now) for point in self.points]


def _round_up(value: int) -> int:
    """The next even and round number: 67 gives 70, 371 gives 400, 7 gives 8."""
    step = 2 if value <= 20 else 10 if value <= 100 else 50 if value <= 500 else 500
    return max(step, -(-value // step) * step)


class NotDelivered(ScopedPage):
    """Those who have not delivered, with their contacts: write to them, or send the portal's reminder."""

    right = "report.return"
    template_name = "reporting/review/not_delivered.html"

    def get_context(self) -> dict[str, Any]:
        listing = read_listing(self)
        missing = sorted((row for row in listing.rows if not row.sent_in), key=lambda row: (row.key, row.number))
        editors = editors_of({row.unit_id for row in missing}, today=self.today)
        if any(editors.values()):
            read_logged(self.request, None, "contacts_read")
        addresses = list(dict.fromkeys(user.email for row in missing for user in editors.get(row.unit_id, ())))
        return {
            "listing": listing,
            "query": listing.query,
            "back": list_url(listing.query),
            "rows": [(row, editors.get(row.unit_id, [])) for row in missing],
            "without": [row for row in missing if not editors.get(row.unit_id)],
            "addresses": addresses,
            "mailto": self._mailto(addresses, listing.round) if listing.round else "",
        }

    @staticmethod
    def _mailto(addresses: list[str], round_: Round) -> str:
        """A mail with everybody as blind copies: they do not have to know of each other."""
        subject = _("The report as of %(date)s") % {"date": round_.reference_date.strftime("%d.%m.%Y")}
        return f"mailto:?bcc={quote(','.join(addresses), safe='@,')}&subject={quote(subject)}"

    def post(self, request: Any) -> HttpResponse:
        listing = read_listing(self)
        if listing.round is None:
            return redirect("work_list")
        missing = [row.pk for row in listing.rows if not row.sent_in]
        reports = self.rows(Report).filter(pk__in=missing).select_related("round")
        sent = notice_day.reminders_send(
            reports=list(reports), actor=request.user, now=self.now, request_id=request.request_id
        )
        if sent.notices:
            text = ngettext("%(count)s reminder is on its way.", "%(count)s reminders are on their way.", sent.notices)
            messages.success(request, text % {"count": sent.notices})
        else:
            messages.info(request, _("Everybody has been reminded today already."))
        return redirect(list_url(listing.query))


class ReportsApprove(ScopedView):
    """Approve several clean reports at once. Each picked row says which Submission the reader saw."""

    right = "report.approve"
    http_method_names = ["post", "options"]

    def post(self, request: Any) -> HttpResponse:
        back = list_url(Query.read(request.GET.get))
        seen = dict(_picked(request.POST.getlist("rapport")))
        if not seen:
            messages.warning(request, _("Choose one or more reports first."))
            return redirect(back)
        reports = list(self.rows(Report).filter(pk__in=seen).select_related("round", "current", "municipality"))
        outcome = submissions.submissions_approve_many(
            reports=reports, seen=seen, actor=request.user, now=self.now, request_id=request.request_id
        )
        approved, refused = len(outcome.approved), outcome.refused
        if approved:
            text = ngettext("%(count)s report is approved.", "%(count)s reports are approved.", approved)
            messages.success(request, text % {"count": approved})
        names = self._names([report for report, _reason in refused])
        for report, reason in refused:
            text = _("%(name)s is not approved. %(reason)s")
            messages.warning(request, text % {"name": names.get(report.pk, ""), "reason": reason})
        unseen = len(seen) - approved - len(refused)
        if unseen > 0:
            messages.warning(request, _("Some of the reports you chose are not in your region."))
        return redirect(back)

    def _names(self, reports: list[Report]) -> dict[int, str]:
        from municipalities.services import unit_names

        if not reports:
            return {}
        day = reports[0].round.reference_date
        names = unit_names({report.municipality_id for report in reports}, day)
        return {report.pk: names[report.municipality_id].display_name for report in reports}


def _picked(values: list[str]) -> list[tuple[int, int]]:
    """(report, Submission's number) of each picked row, ``12:2``; what cannot be read is left out."""
    pairs = []
    for value in values:
        report, _colon, number = value.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 12 for part in (report, number)):
            pairs.append((int(report), int(number)))
    return pairs
